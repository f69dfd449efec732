"""Messages made and read by Python's protobuf, for the C# codec to agree with.

Each line: full name, bytes in hex, and what the message holds, as ``dump`` writes it (tab separated).
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from showfloor.server.contract import FILES
from showfloor.v1 import common_pb2

F = FieldDescriptor
EDGES: dict[int, list[Any]] = {
    F.CPPTYPE_INT32: [0, 1, -1, 127, 128, 2**31 - 1, -(2**31)],
    F.CPPTYPE_INT64: [0, 1, -1, 2**63 - 1, -(2**63), 2**32],
    F.CPPTYPE_UINT32: [0, 1, 2**32 - 1],
    F.CPPTYPE_UINT64: [0, 1, 2**64 - 1, 2**63],
    F.CPPTYPE_DOUBLE: [0.0, -0.0, 1.5, -1e300, float("inf"), 5e-324],
    F.CPPTYPE_FLOAT: [0.0, -0.0, 1.5, -3.0e38, float("-inf"), 1e-45],
    F.CPPTYPE_BOOL: [False, True],
    F.CPPTYPE_STRING: ["", "a", "Tea tin", "茶叶罐", "🫖 \u0000\n", "x" * 200],
}
EACH = 6


def classes() -> dict[str, type[Message]]:
    found = {
        d.full_name: GetMessageClass(d)
        for f in (*FILES, common_pb2)
        for d in f.DESCRIPTOR.message_types_by_name.values()
    }
    return found | {c.DESCRIPTOR.full_name: c for c in (Timestamp, ErrorInfo, RetryInfo, Status)}


def fill(message: Message, dice: random.Random, depth: int = 0) -> Message:
    for field in message.DESCRIPTOR.fields:
        if dice.random() < 0.35 or (depth > 3 and field.message_type):
            continue
        value = getattr(message, field.name)
        if field.message_type and field.message_type.GetOptions().map_entry:
            for _ in range(dice.randint(1, 3)):
                value[dice.choice(EDGES[F.CPPTYPE_STRING])] = dice.choice(EDGES[F.CPPTYPE_STRING])
        elif field.is_repeated:
            for _ in range(dice.randint(1, 4)):
                if field.message_type:
                    fill(value.add(), dice, depth + 1)
                else:
                    value.append(scalar(field, dice))
        elif field.message_type:
            value.SetInParent()
            fill(value, dice, depth + 1)
        else:
            setattr(message, field.name, scalar(field, dice))
    return message


def scalar(field: FieldDescriptor, dice: random.Random) -> Any:
    if field.enum_type:
        return dice.choice([*(v.number for v in field.enum_type.values), 77, -1])
    value = dice.choice(EDGES[field.cpp_type])
    return value.encode() + b"\xff\x00" if field.type == F.TYPE_BYTES else value


def dump(message: Message) -> str:
    """What is set, one ``path=value`` after another; the same text for the same message in Python and C#."""
    return ";".join(_dump(message, ""))


def _dump(message: Message, path: str) -> Iterator[str]:
    for field, value in sorted(message.ListFields(), key=lambda pair: pair[0].number):
        name = path + "".join(part[:1].upper() + part[1:] for part in field.name.split("_"))
        if field.message_type and field.message_type.GetOptions().map_entry:
            for key in sorted(value, key=lambda k: k.encode("utf-16-be")):
                yield f"{name}{{{key.encode().hex()}}}={value[key].encode().hex()}"
        elif field.is_repeated:
            for i, item in enumerate(value):
                yield from _one(field, item, f"{name}[{i}]")
        else:
            yield from _one(field, value, name)


def _one(field: FieldDescriptor, value: Any, name: str) -> Iterator[str]:
    if field.message_type:
        yield f"{name}=message"
        yield from _dump(value, name + ".")
    elif field.type == F.TYPE_STRING:
        yield f"{name}={value.encode().hex()}"
    elif field.type == F.TYPE_BYTES:
        yield f"{name}={value.hex()}"
    elif field.type == F.TYPE_DOUBLE:
        yield f"{name}={struct.pack('>d', value).hex()}"
    elif field.type == F.TYPE_FLOAT:
        yield f"{name}={struct.pack('>f', value).hex()}"
    else:
        yield f"{name}={int(value)}"


def vectors() -> Iterator[str]:
    dice = random.Random(4)
    for name, cls in sorted(classes().items()):
        for i in range(EACH):
            message = cls() if i == 0 else fill(cls(), dice)
            yield f"{name}\t{message.SerializeToString(deterministic=True).hex()}\t{dump(message)}"
    yield from odd(dice)


def odd(dice: random.Random) -> Iterator[str]:
    """What no serialiser writes and every parser must read: halves to be merged, lists not packed."""
    for name, cls in sorted(classes().items()):
        data = fill(cls(), dice).SerializeToString() + fill(cls(), dice).SerializeToString()
        yield f"{name}\t{data.hex()}\t{dump(cls.FromString(data))}\tmerge"
    floats = b"".join(b"\x1d" + struct.pack("<f", v) for v in (1.0, -2.5)) + b"\x1a\x04" + struct.pack("<f", 7.0)
    cls = classes()["showfloor.v1.FitFaceResponse"]
    yield f"{cls.DESCRIPTOR.full_name}\t{floats.hex()}\t{dump(cls.FromString(floats))}\tmerge"
    states = b"\x18\x01\x1a\x02\x02\x03\x18\x05"
    cls = classes()["showfloor.v1.ListJobsRequest"]
    yield f"{cls.DESCRIPTOR.full_name}\t{states.hex()}\t{dump(cls.FromString(states))}\tmerge"


def write(path: Path) -> None:
    path.write_text("".join(line + "\n" for line in vectors()))


def disagreements(path: Path) -> list[str]:
    """Lines of C# whose bytes Python reads as another message, or writes as other bytes."""
    known, wrong = classes(), []
    lines = path.read_text().splitlines()
    for line in lines:
        name, data, text = line.split("\t")
        message = known[name].FromString(bytes.fromhex(data))
        unordered = any(
            f.message_type and f.message_type.GetOptions().map_entry for f in all_fields(message.DESCRIPTOR)
        )
        if dump(message) != text or (not unordered and message.SerializeToString().hex() != data):
            wrong.append(line)
    return wrong if lines else ["C# wrote no message"]


def all_fields(descriptor: Descriptor, seen: frozenset[str] = frozenset()) -> Iterator[FieldDescriptor]:
    for field in descriptor.fields:
        yield field
        if field.message_type and field.message_type.full_name not in seen:
            yield from all_fields(field.message_type, seen | {descriptor.full_name, field.message_type.full_name})
