"""Cuts a catalogue file into pieces that fit one request, at the ends of its rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets_pipeline.errors import InputError
from showfloor.v1 import catalog_pb2

PIECE_BYTES = 2 * 2**20
FORMATS = {
    ".csv": catalog_pb2.IMPORT_FORMAT_CSV,
    ".jsonl": catalog_pb2.IMPORT_FORMAT_JSONL,
    ".ndjson": catalog_pb2.IMPORT_FORMAT_JSONL,
}


@dataclass(frozen=True)
class Piece:
    """``data`` for one request. ``shift`` makes its line numbers those of the file."""

    data: bytes
    shift: int
    share: float


def read_catalogue(path: Path) -> tuple[catalog_pb2.ImportFormat, bytes]:
    """Format, told by the suffix, and content of a catalogue file.

    Raises:
        InputError: CATALOGUE_FORMAT, FILE_UNREADABLE.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InputError(
            "CATALOGUE_FORMAT",
            f"{path.name!r} is neither CSV nor JSON Lines.",
            "Name it products.csv or products.jsonl.",
        )
    try:
        return kind, path.expanduser().read_bytes()
    except OSError as e:
        raise InputError(
            "FILE_UNREADABLE", f"{path} cannot be read: {e.strerror}.", "Check the file and its rights."
        ) from e


def pieces(kind: catalog_pb2.ImportFormat, data: bytes, piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """``data`` in pieces of about ``piece_bytes``; each CSV piece begins with the header."""
    lines = re.findall(rb"[^\n]*\n|[^\n]+", data)
    ends = _csv_ends(lines) if kind == catalog_pb2.IMPORT_FORMAT_CSV else list(range(1, len(lines) + 1))
    head = ends.pop(0) if kind == catalog_pb2.IMPORT_FORMAT_CSV and ends else 0
    header = b"".join(lines[:head])
    start = previous = head
    size = 0
    for end in ends:
        row = sum(len(line) for line in lines[previous:end])
        if size and len(header) + size + row > piece_bytes:
            yield Piece(header + b"".join(lines[start:previous]), start - head, previous / len(lines))
            start, size = previous, 0
        size += row
        previous = end
    yield Piece(header + b"".join(lines[start:previous]), start - head, 1.0)


def _csv_ends(lines: list[bytes]) -> list[int]:
    """The number of lines read after each row; a quoted value may run over several."""
    reader = csv.reader(line.decode("latin-1") for line in lines)
    try:
        return [reader.line_num for _ in reader]
    except csv.Error:
        return list(range(1, len(lines) + 1))
