"""Products from CSV and JSON Lines, row by row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import chain

from google.protobuf import json_format

from assets_pipeline.errors import InputError, ShowfloorError
from showfloor.services.checks import shown
from showfloor.v1 import catalog_pb2 as pb

UNKNOWN_LANGUAGE = "und"
"""BCP 47 for a title column that names no language."""
_PLAIN = {"id", "title", "description", "brand", "category", "price", "currency", "stock", "tags"}
_SIZES = {"width_m": "x_m", "height_m": "y_m", "depth_m": "z_m"}
_PREFIXES = ("title.", "description.", "attribute.")


@dataclass(frozen=True)
class Row:
    """A row of an import: a product, not checked yet, or what was wrong with the row."""

    line: int
    product: pb.Product
    problem: ShowfloorError | None = None


def read_rows(format: int, data: bytes) -> Iterator[Row]:
    """The rows of a file; empty lines are passed over.

    Raises:
        InputError: IMPORT_FORMAT_INVALID, IMPORT_NOT_UTF8, IMPORT_HEADER_INVALID: the whole file is wrong.
    """
    if format not in (pb.IMPORT_FORMAT_CSV, pb.IMPORT_FORMAT_JSONL):
        raise InputError("IMPORT_FORMAT_INVALID", f"There is no import format {format}.", "Use CSV or JSONL.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "IMPORT_NOT_UTF8", f"Byte {error.start:,} of the file is not UTF-8.", "Save it as UTF-8."
        ) from error
    return _csv(text) if format == pb.IMPORT_FORMAT_CSV else _jsonl(text)


def _jsonl(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        product = pb.Product()
        try:
            json_format.Parse(line, product)
        except (json_format.ParseError, ValueError, RecursionError) as error:
            reason = shown(str(error).partition("\n")[0], 200)
            yield Row(number, pb.Product(id=product.id[:64]), _row_error(f"The line is no product: {reason}"))
        else:
            yield Row(number, product)


def _csv(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise _header_error(f"cannot be read: {error}") from error
    _check_header(header)
    return _csv_rows(reader, header)


def _csv_rows(reader: Iterator[list[str]], header: list[str]) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, pb.Product(), _row_error(f"The row cannot be read: {error}"))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        values = {name: cell.strip() for name, cell in zip(header, cells)}
        product = pb.Product(id=values.get("id", "")[:200])
        try:
            if len(cells) != len(header):
                raise _row_error(f"The row has {len(cells)} cells, the header {len(header)}")
            _fill(product, values)
        except InputError as error:
            yield Row(line, product, error)
        else:
            yield Row(line, product)


def _check_header(header: list[str]) -> None:
    known = _PLAIN | set(_SIZES)
    unknown = [n for n in header if n not in known and not (n.startswith(_PREFIXES) and n.partition(".")[2])]
    twice = [n for n in header if header.count(n) > 1]
    if unknown:
        raise _header_error(f"has the unknown column {shown(unknown[0])}")
    if twice:
        raise _header_error(f"has the column {shown(twice[0])} twice")
    if "id" not in header or not any(n == "title" or n.startswith("title.") for n in header):
        raise _header_error("needs the columns id and title")


def _header_error(problem: str) -> InputError:
    columns = ", ".join(chain(sorted(_PLAIN), _SIZES))
    return InputError(
        "IMPORT_HEADER_INVALID",
        f"The header line {problem}.",
        f"Columns are {columns}, title.<language>, description.<language>, attribute.<name>.",
    )


def _row_error(problem: str) -> InputError:
    return InputError("IMPORT_ROW_INVALID", f"{problem.rstrip('.')}.", "Correct the row; the others were taken.")


def _fill(product: pb.Product, values: dict[str, str]) -> None:
    for name, value in values.items():
        if not value:
            continue
        field, _, detail = name.partition(".")
        if field in ("title", "description"):
            texts = product.titles if field == "title" else product.descriptions
            texts[detail or UNKNOWN_LANGUAGE] = value
        elif field == "attribute":
            product.attributes[detail] = value
        elif name == "brand":
            product.brand = value
        elif name == "category":
            product.category = value
        elif name == "tags":
            product.tags.extend(tag.strip() for tag in value.split(";") if tag.strip())
        elif name == "stock":
            if not re.fullmatch(r"[0-9]{1,9}", value):
                raise _row_error(f"stock is {shown(value)}, not a whole number from 0")
            product.stock = int(value)
        elif name in _SIZES:
            setattr(product.size, _SIZES[name], float(_number(name, value)))
    if values.get("price"):
        amount = _number("price", values["price"])
        product.price.currency_code = values.get("currency", "")
        product.price.units = int(amount)
        product.price.nanos = int((amount - int(amount)) * 1_000_000_000)


def _number(name: str, text: str) -> Decimal:
    try:
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", text):
            raise InvalidOperation
        return Decimal(text)
    except InvalidOperation as error:
        raise _row_error(f'{name} is {shown(text)}, not a number like "19.99"') from error
