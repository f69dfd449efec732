"""The model folder on disk: look up, fetch, check."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Literal

from assets_pipeline.errors import InputError, MachineError
from assets_pipeline.models import own
from assets_pipeline.models.registry import MODELS, Model
from assets_pipeline.models.sources import FileSource, Source, parse
from assets_pipeline.progress import Progress

_CHUNK_BYTES = 1 << 20


def model_folder() -> Path:
    """``$SHOWFLOOR_MODELS_DIR``, else ``~/.cache/showfloor/models``."""
    folder = os.environ.get("SHOWFLOOR_MODELS_DIR")
    return Path(folder).expanduser() if folder else Path.home() / ".cache" / "showfloor" / "models"


def list_models(commercial_only: bool = False) -> tuple[Model, ...]:
    """All registered models, by name: the project's and the operator's.

    Raises:
        InputError: MODEL_LIST_INVALID.
    """
    return tuple(m for _, m in sorted(_known().items()) if m.commercial or not commercial_only)


def find_model(name: str, commercial_only: bool = False) -> Model:
    """The registry's entry.

    Raises:
        InputError: MODEL_UNKNOWN, MODEL_NOT_COMMERCIAL, MODEL_LIST_INVALID.
    """
    known = MODELS if name in MODELS else _known()
    if name not in known:
        raise InputError(
            "MODEL_UNKNOWN", f"There is no model named {name!r}.", f"Use one of: {', '.join(sorted(known))}."
        )
    model = known[name]
    if commercial_only and not model.commercial:
        allowed = ", ".join(m.name for m in list_models(commercial_only=True))
        raise InputError(
            "MODEL_NOT_COMMERCIAL",
            f"The licence of {name} ({model.licence}) does not allow commercial use.",
            f"Use one of: {allowed}.",
        )
    return model


def path(name: str, commercial_only: bool = False) -> Path:
    """Where the checked weight file lies.

    Raises:
        InputError: MODEL_UNKNOWN, MODEL_NOT_COMMERCIAL.
        MachineError: MODEL_MISSING, MODEL_HASH_MISMATCH.
    """
    model = find_model(name, commercial_only)
    file = model_folder() / model.file
    if not file.is_file():
        raise MachineError(
            "MODEL_MISSING", f"The model {name} is not in {model_folder()}.", f"Run: showfloor models pull {name}"
        )
    _check_hash(model, file)
    return file


def verify(name: str) -> Path:
    """Check size and SHA-256 of an installed model; same errors as ``path``."""
    return path(name)


def pull(name: str, commercial_only: bool = False, progress: Progress | None = None) -> Path:
    """Fetch a model into the model folder unless a sound copy is there; the file appears whole or not at all.

    Raises:
        InputError: MODEL_UNKNOWN, MODEL_NOT_COMMERCIAL.
        MachineError: MODEL_PULL_FAILED, MODEL_HASH_MISMATCH, MODEL_FOLDER_UNWRITABLE.
    """
    model = find_model(name, commercial_only)
    target = model_folder() / model.file
    if target.is_file() and _sha256(target) == model.sha256:
        return target
    with _fetched(name, model.source, progress or Progress(), model.file) as part:
        _check_fetched(model.source, model.sha256, part)
        os.replace(part, target)
    return target


def add(
    name: str,
    source: str,
    licence: str,
    commercial: bool,
    purpose: str = "",
    sha256: str = "",
    progress: Progress | None = None,
) -> Model:
    """Fetch a model, and write it with its SHA-256 into the operator's list, so that it is pinned from now on.

    Args:
        name: How it will be called.
        source: As ``sources.parse`` reads it.
        licence: Its SPDX name, or what its page says.
        commercial: Whether the licence allows commercial use.
        purpose: What it is for, for people.
        sha256: What its publisher says, if anything; other bytes are refused.

    Raises:
        InputError: MODEL_NAME_INVALID, MODEL_SOURCE_INVALID, MODEL_HASH_INVALID, MODEL_LIST_INVALID.
        MachineError: MODEL_PULL_FAILED, MODEL_HASH_MISMATCH, MODEL_FOLDER_UNWRITABLE.
    """
    own.check_name(name)
    if name in _known():
        raise InputError("MODEL_NAME_INVALID", f"There is a model {name!r}.", f"Take another name, or edit {own.LIST}.")
    if sha256 and not re.fullmatch("[0-9a-fA-F]{64}", sha256):
        raise InputError("MODEL_HASH_INVALID", f"{sha256!r} is no SHA-256.", "Give all 64 hexadecimal digits.")
    place = parse(source)
    if isinstance(place, FileSource):  # found again from any other folder
        place = FileSource(str(Path(place.path).expanduser().absolute()))
    folder = model_folder()
    file = name + PurePosixPath(source).suffix
    model = Model(name, purpose or "added here", file, place, sha256.lower() or "0" * 64, 1, licence, commercial)
    own.listed(folder, model)  # refused before a long download
    with _fetched(name, place, progress or Progress()) as part:
        if sha256:
            _check_fetched(place, model.sha256, part)
        model = replace(model, sha256=model.sha256 if sha256 else _sha256(part), size=part.stat().st_size)
        text = own.listed(folder, model)
        os.replace(part, folder / file)
        own.write(folder, text)
    return model


def state(name: str) -> Literal["here", "missing", "damaged"]:
    """What is in the model folder under this name; reads the whole file."""
    try:
        verify(name)
    except MachineError as error:
        return "missing" if error.code == "MODEL_MISSING" else "damaged"
    return "here"


def _known() -> dict[str, Model]:
    return {**MODELS, **own.read(model_folder())}


@contextmanager
def _fetched(name: str, source: Source, progress: Progress, file: str = "") -> Iterator[Path]:
    """The file, beside where it will lie; gone afterwards unless it was moved."""
    folder = model_folder()
    by_hand = (
        f"copy it to {folder / file} from a machine that has it" if file else "download it and add it as file:PATH"
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".pull-") as beside:
            part = Path(beside) / "weights"
            try:
                source.fetch(part, progress)
            except MachineError as error:
                raise MachineError(error.code, error.message, f"{error.fix.rstrip('.')}; or {by_hand}.") from error
            yield part
    except OSError as error:
        raise MachineError(
            "MODEL_FOLDER_UNWRITABLE",
            f"The model {name} cannot be written to {folder}: {error.strerror or error}.",
            "Free some space there or point SHOWFLOOR_MODELS_DIR to a writable folder.",
        ) from error


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_CHUNK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _check_hash(model: Model, file: Path) -> None:
    found = _sha256(file)
    if found != model.sha256:
        raise MachineError(
            "MODEL_HASH_MISMATCH",
            f"{file} has SHA-256 {found[:16]}…, expected {model.sha256[:16]}….",
            f"Delete it and run: showfloor models pull {model.name}",
        )


def _check_fetched(source: Source, sha256: str, part: Path) -> None:
    found = _sha256(part)
    if found != sha256:
        raise MachineError(
            "MODEL_HASH_MISMATCH",
            f"{source} has SHA-256 {found[:16]}…, expected {sha256[:16]}…; nothing was kept.",
            "Its publisher has changed it, or the line was tampered with: compare with the publisher's page.",
        )
