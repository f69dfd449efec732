"""The services on the network: native gRPC, and gRPC-Web, Connect, files and the gallery."""

import os

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # read when grpc is imported; what it would print, the errors say
