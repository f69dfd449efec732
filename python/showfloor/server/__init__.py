"""The services on the network: native gRPC, and gRPC-Web, Connect, files and the gallery."""
