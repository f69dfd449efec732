"""Models that an operator added: ``models.toml`` in the model folder, with the fields of the project's own list."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from assets_pipeline.errors import InputError
from assets_pipeline.models.registry import MODELS, Model
from assets_pipeline.models.sources import parse

LIST = "models.toml"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIELDS = tuple(f.name for f in fields(Model) if f.name != "name")


def read(folder: Path) -> dict[str, Model]:
    """The models of ``folder / LIST``, by name; none when there is no such file.

    Raises:
        InputError: MODEL_LIST_INVALID.
    """
    file = folder / LIST
    try:
        return _parsed(file, file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(file, str(error)) from error


def check_name(name: str) -> None:
    """Refuse what cannot name a model.

    Raises:
        InputError: MODEL_NAME_INVALID.
    """
    if not _NAME.fullmatch(name) or name in MODELS:
        why = "is the project's own" if name in MODELS else "is no name"
        raise InputError(
            "MODEL_NAME_INVALID", f"{name!r} {why}.", "Take up to 64 letters, digits, '.', '_' and '-'; a new one."
        )


def listed(folder: Path, model: Model) -> str:
    """The list with one more model.

    Raises:
        InputError: MODEL_LIST_INVALID, if ``read`` would refuse it.
    """
    file = folder / LIST
    before = file.read_text("utf-8") if file.exists() else ""
    values = {f: getattr(model, f) for f in _FIELDS} | {"source": str(model.source)}
    lines = [f"[{json.dumps(model.name)}]", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in values.items())]
    text = before + ("\n" if before else "") + "\n".join(lines) + "\n"
    _parsed(file, text)
    return text


def write(folder: Path, text: str) -> None:
    """The file is never seen half written."""
    part = (folder / LIST).with_suffix(".part")
    part.write_text(text, "utf-8")
    os.replace(part, folder / LIST)


def _parsed(file: Path, text: str) -> dict[str, Model]:
    try:
        tables = tomllib.loads(text)
    except ValueError as error:
        raise _invalid(file, str(error)) from error
    found: dict[str, Model] = {}
    for name, values in tables.items():
        model = _model(file, name, values)
        if any(model.file == other.file for other in (*MODELS.values(), *found.values())):
            raise _invalid(file, f"[{name}]: another model has the file {model.file}")
        found[name] = model
    return found


def _model(file: Path, name: str, values: Any) -> Model:
    if not isinstance(values, Mapping) or set(values) != set(_FIELDS):
        raise _invalid(file, f"[{name}] needs exactly the fields {', '.join(_FIELDS)}")
    try:
        check_name(name)
        source = parse(str(values["source"]))
    except InputError as error:
        raise _invalid(file, f"[{name}]: {error.message.rstrip('.')}") from error
    model = Model(**{**values, "name": name, "source": source})
    for text in (model.purpose, model.file, model.sha256, model.licence):
        if not isinstance(text, str) or not text:
            raise _invalid(file, f"[{name}]: purpose, file, sha256 and licence are texts")
    if not _SHA256.fullmatch(model.sha256):
        raise _invalid(file, f"[{name}]: sha256 is 64 hexadecimal digits, in lower case")
    if Path(model.file).name != model.file or model.file in (LIST, ".", ".."):
        raise _invalid(file, f"[{name}]: file is the name of a file in the model folder, without folders")
    if not isinstance(model.commercial, bool):
        raise _invalid(file, f"[{name}]: commercial is true or false")
    if not isinstance(model.size, int) or model.size <= 0:
        raise _invalid(file, f"[{name}]: size is a number of bytes")
    return model


def _invalid(file: Path, why: str) -> InputError:
    return InputError("MODEL_LIST_INVALID", f"{file}: {why}.", "Correct the file, or remove it; docs/operators.md.")
