"""What both ports need before they listen, checked where the reason can still be told."""

from __future__ import annotations

import socket
import ssl
from typing import Any

from assets_pipeline.errors import InputError, MachineError
from showfloor.settings import Settings

Address = tuple[socket.AddressFamily, Any]


def resolve(host: str, port: int) -> Address:
    """The first address of a host.

    Raises:
        InputError: HOST_INVALID.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise InputError(
            "HOST_INVALID", f"{host!r} is no address of this machine: {error}.", "Check --host; 127.0.0.1 always works."
        ) from error
    return family, address


def read_pair(settings: Settings) -> tuple[bytes, bytes]:
    """Key and certificate chain as PEM, of which OpenSSL can make a server.

    Raises:
        MachineError: TLS_UNREADABLE.
    """
    assert settings.tls_cert is not None
    assert settings.tls_key is not None
    try:
        pair = settings.tls_key.read_bytes(), settings.tls_cert.read_bytes()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password="")  # or OpenSSL asks the terminal for it
    except ssl.SSLError as error:
        raise MachineError(
            "TLS_UNREADABLE",
            f"{settings.tls_cert} and {settings.tls_key} are no certificate with its key: {error.reason or error}.",
            "Give a PEM certificate chain as tls_cert and its key, without a password, as tls_key.",
        ) from error
    except OSError as error:
        raise MachineError(
            "TLS_UNREADABLE", f"{error.filename} cannot be read: {error.strerror}.", "Check tls_cert and tls_key."
        ) from error
    return pair
