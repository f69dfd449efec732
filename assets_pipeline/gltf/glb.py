"""The GLB container: one JSON chunk and one binary chunk (glTF 2.0 specification, section 4)."""

from __future__ import annotations

import json
import struct
from typing import Any

from assets_pipeline.errors import InputError

_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942


def pack(document: dict[str, Any], binary: bytes) -> bytes:
    """A GLB file of ``document`` and the ``binary`` that its buffer 0 names."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<II", len(text), _JSON) + text
    if binary:
        chunks += struct.pack("<II", len(binary), _BIN) + binary
    return struct.pack("<III", _MAGIC, 2, 12 + len(chunks)) + chunks


def unpack(data: bytes, name: str = "file") -> tuple[dict[str, Any], bytes]:
    """The document and the binary chunk of a GLB file; raises ``InputError`` GLB_INVALID."""
    try:
        magic, version, length = struct.unpack_from("<III", data, 0)
        if magic != _MAGIC or version != 2 or length != len(data):
            raise ValueError("header")
        document: dict[str, Any] = {}
        binary, offset = b"", 12
        while offset < length:
            size, kind = struct.unpack_from("<II", data, offset)
            chunk = data[offset + 8 : offset + 8 + size]
            if len(chunk) != size:
                raise ValueError("chunk")
            if kind == _JSON:
                document = json.loads(chunk)
            elif kind == _BIN:
                binary = chunk
            offset += 8 + size
    except (struct.error, ValueError) as error:
        raise InputError("GLB_INVALID", f"{name} is not a whole GLB 2.0 file.", "Export it again.") from error
    return document, binary
