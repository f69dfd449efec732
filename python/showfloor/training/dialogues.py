"""What the assistant learns from: JSON Lines of dialogues, of questions with answers, and of products."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from assets_pipeline.errors import InputError
from showfloor.grounding.facts import Fact
from showfloor.llm.engine import Message
from showfloor.services.products import normal
from showfloor.training.catalogue import questions
from showfloor.v1 import catalog_pb2 as pb

LINE_BYTES = 1 << 20
HELD_OUT = 0.1
ROLES = ("system", "user", "assistant")


@dataclass(frozen=True)
class Example:
    """A reply that is to be learnt, after what was said before it.

    ``group`` names the dialogue or product that it is from; ``facts``, if from a product, are what its prompt holds.
    """

    prompt: tuple[Message, ...]
    reply: str
    group: str
    facts: tuple[Fact, ...] = ()


def read_examples(path: Path) -> list[Example]:
    """The examples of a file, or of every ``*.jsonl`` in a folder.

    A line is ``{"messages": [{"role": …, "content": …}, …]}``, ``{"question": …, "answer": …}``, or a product as
    ImportProducts takes it. Every reply of the assistant in a dialogue is an example.

    Raises:
        InputError: TRAIN_DATA_NOT_FOUND, TRAIN_DATA_INVALID with file and line.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise InputError(
            "TRAIN_DATA_NOT_FOUND", f"{path} is no JSON Lines file, and no folder of them.", "Check the path."
        )
    return [example for file in files for example in _read(file)]


def product_examples(product: pb.Product) -> list[Example]:
    """Questions about one product, with the answers that its facts give, in the languages of its titles."""
    return [
        Example((Message("user", q.prompt),), q.answer, f"product {product.id}", q.facts) for q in questions(product)
    ]


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Those to learn, and a tenth that is held out; a dialogue or product is whole on one side, the same every time.

    Raises:
        InputError: TRAIN_DATA_TOO_SMALL.
    """
    groups = sorted({e.group for e in examples}, key=lambda g: hashlib.sha256(g.encode()).digest())
    if len(groups) < 2:
        raise InputError(
            "TRAIN_DATA_TOO_SMALL",
            f"There are {len(groups)} dialogues or products; one has to be held out, so at least 2 are needed.",
            "Give more; from a few hundred on the model learns something.",
        )
    held = set(groups[: max(1, round(HELD_OUT * len(groups)))])
    return [e for e in examples if e.group not in held], [e for e in examples if e.group in held]


def _read(file: Path) -> Iterable[Example]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield from _examples(line)
            except (ValueError, RecursionError) as error:
                raise InputError(
                    "TRAIN_DATA_INVALID",
                    f"{file.name}, line {number}: {str(error).rstrip('.')}.",
                    "Correct or remove the line; docs/operators.md shows the forms.",
                ) from error


def _examples(line: bytes) -> list[Example]:
    if len(line) > LINE_BYTES:
        raise ValueError(f"longer than {LINE_BYTES // 1024} KiB")
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} at character {error.pos + 1}") from error
    if not isinstance(row, dict):
        raise ValueError("no JSON object")
    if "messages" in row:
        return _dialogue(row["messages"])
    if "question" in row:
        messages = [("user", "question"), ("assistant", "answer")]
        return _dialogue([{"role": role, "content": row.get(key)} for role, key in messages])
    if "titles" in row:
        try:
            return product_examples(normal(json_format.ParseDict(row, pb.Product(), ignore_unknown_fields=True)))
        except (json_format.ParseError, InputError) as error:
            raise ValueError(error.message if isinstance(error, InputError) else str(error)) from error
    raise ValueError("neither messages, nor question and answer, nor a product with titles")


def _dialogue(rows: Any) -> list[Example]:
    if not isinstance(rows, list):
        raise ValueError("messages is no list")
    messages = [_message(i, row) for i, row in enumerate(rows)]
    group = hashlib.sha256(repr(messages).encode()).hexdigest()[:16]
    found = []
    for i, message in enumerate(messages):
        if message.role == "system" and i > 0:
            raise ValueError(f"messages[{i}]: system stands only first")
        if message.role == "assistant":
            if i == 0 or messages[i - 1].role != "user":
                raise ValueError(f"messages[{i}]: an assistant's reply follows a user's message")
            found.append(Example(tuple(messages[:i]), message.text, f"dialogue {group}"))
    if not found:
        raise ValueError("no reply of the assistant")
    return found


def _message(i: int, row: Any) -> Message:
    if not isinstance(row, dict):
        raise ValueError(f"messages[{i}] is no object")
    role, text = row.get("role"), row.get("content")
    if role not in ROLES:
        raise ValueError(f"messages[{i}].role is {role!r}, not {', '.join(ROLES)}")
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"messages[{i}].content is no text, or empty")
    return Message(role, text.strip())
