"""Where the server is, and whether the way to it is encrypted."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from assets_pipeline.errors import InputError

DEFAULT = "localhost:50051"
DEFAULT_PORT = 50051


@dataclass(frozen=True)
class Address:
    """A server of native gRPC. ``roots`` is the PEM text that its certificate is checked with; None: the usual ones."""

    host: str
    port: int
    tls: bool
    roots: bytes | None = None

    @property
    def target(self) -> str:
        """``host:port`` as gRPC wants it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        return is_loopback(self.host)

    def __str__(self) -> str:
        return self.target


def is_loopback(host: str) -> bool:
    """Whether ``host`` names this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_address(text: str | None = None, ca: Path | str | None = None) -> Address:
    """``host``, ``host:port``, ``https://host:port`` (TLS) or ``http://host:port`` (none) → ``Address``.

    Without a scheme the way is encrypted unless the server is on this machine. ``ca`` is a PEM file with the
    certificates to trust, and asks for TLS. Defaults: ``SHOWFLOOR_SERVER``, else localhost:50051; ``SHOWFLOOR_CA``.

    Raises:
        InputError: SERVER_ADDRESS, FILE_UNREADABLE.
    """
    text = text or os.environ.get("SHOWFLOOR_SERVER") or DEFAULT
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname, parts.port or DEFAULT_PORT
    except ValueError:
        host, port = None, 0
    if not host or parts.scheme not in ("", "http", "https") or parts.path.strip("/") or parts.query or parts.username:
        raise InputError(
            "SERVER_ADDRESS",
            f"{text!r} is not the address of a server.",
            "Write host:port, or https://host:port; the port is that of native gRPC, 50051 by default.",
        )
    tls = parts.scheme == "https" or (parts.scheme == "" and (ca is not None or not is_loopback(host)))
    if ca is not None and not tls:
        raise InputError(
            "SERVER_ADDRESS", f"{text} is not encrypted, and a CA is given.", "Write https://, or no scheme."
        )
    ca = ca or os.environ.get("SHOWFLOOR_CA")
    return Address(host, port, tls, _read(Path(ca)) if tls and ca else None)


def _read(ca: Path) -> bytes:
    try:
        return ca.expanduser().read_bytes()
    except OSError as e:
        raise InputError("FILE_UNREADABLE", f"{ca} cannot be read: {e.strerror}.", "Check the path of the CA.") from e
