"""Which GGUF file the setting ``engine_model`` means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assets_pipeline import models
from assets_pipeline.errors import InputError, MachineError

_MAGIC = b"GGUF"


@dataclass(frozen=True)
class Gguf:
    """A model that was found. ``check`` reads the whole file and gives its path; it raises MODEL_DAMAGED."""

    name: str
    path: Path
    check: Callable[[], Path]


def find_gguf(model: str, commercial_only: bool) -> Gguf:
    """A registered model by name, or a file by path.

    Raises:
        InputError: MODEL_UNKNOWN, MODEL_NOT_COMMERCIAL.
        MachineError: MODEL_MISSING.
    """
    known = {m.name: m for m in models.list_models() if m.file.endswith(".gguf")}
    if model in known:
        found = models.find_model(model, commercial_only)
        path = models.model_folder() / found.file
        if not path.is_file():
            raise _missing(f"The model {model} is not in {models.model_folder()}.", model)
        return Gguf(model, path, lambda: _checked(model))
    path = Path(model).expanduser()
    if path.suffix != ".gguf":
        raise InputError(
            "MODEL_UNKNOWN",
            f"engine_model {model!r} is no language model that is known, and no .gguf file.",
            f"Use one of: {', '.join(sorted(known))}; or the path of a GGUF file; or add one: showfloor models add.",
        )
    if commercial_only:
        raise InputError(
            "MODEL_NOT_COMMERCIAL",
            f"The licence of {path.name} is not known, and commercial_only is set.",
            f"Register it with its licence: showfloor models add NAME file:{path} --licence … --commercial; "
            "then set engine_model to NAME.",
        )
    if not path.is_file():
        raise MachineError("MODEL_MISSING", f"There is no file {path}.", "Check engine_model.")
    return Gguf(path.stem, path, lambda: _looks_sound(path))


def _missing(message: str, name: str) -> MachineError:
    return MachineError("MODEL_MISSING", message, f"Run: showfloor models pull {name}; then restart the server.")


def _checked(name: str) -> Path:
    try:
        return models.verify(name)
    except MachineError as error:
        if error.code != "MODEL_HASH_MISMATCH":
            raise
        raise MachineError("MODEL_DAMAGED", error.message, error.fix) from error


def _looks_sound(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            begin = file.read(len(_MAGIC))
    except OSError as error:
        raise MachineError("MODEL_MISSING", f"{path} cannot be read: {error.strerror}.", "Check its rights.") from error
    if begin != _MAGIC:
        raise MachineError("MODEL_DAMAGED", f"{path} is no GGUF file.", "Fetch it again, or check engine_model.")
    return path
