"""Messages that are serialised already, so that large ones are not copied once more."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import Message


@dataclass(frozen=True, slots=True)
class Encoded:
    """The bytes of one message of class ``kind``. A service may return or yield it instead of the message."""

    kind: type[Message]
    data: bytes

    def message(self) -> Message:
        return self.kind.FromString(self.data)


def varint(value: int) -> bytes:
    """``value`` ≥ 0 as a protobuf varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def key(field: int, wire_type: int) -> bytes:
    """The tag of a field: wire type 0 is a varint, 2 has a length before it."""
    return varint(field << 3 | wire_type)
