"""What was learnt, in a file: a server that starts with it needs no events of its own."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets_pipeline.errors import InputError, MachineError
from showfloor.recommend.model import Counts

FILE = "recommend.npz"
"""Its name in the server's data directory."""
_FORMAT = 1


@dataclass(frozen=True)
class Saved:
    """Counts, and the newest event of the database in them; 0: they come from elsewhere, and add to the database's."""

    counts: Counts
    newest: int


def save(path: Path, saved: Saved) -> None:
    """Write it whole or not at all.

    Raises:
        MachineError: DATA_DIR_UNWRITABLE.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.savez_compressed(
                file,
                format=np.int64(_FORMAT),
                newest=np.int64(saved.newest),
                ids=np.array(saved.counts.ids, np.str_),
                together=saved.counts.together,
                following=saved.counts.following,
            )
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise MachineError(
            "DATA_DIR_UNWRITABLE", f"{path} cannot be written: {error.strerror}.", "Choose another data_dir."
        ) from error


def load(path: Path) -> Saved:
    """
    Raises:
        InputError: RECOMMEND_FILE_INVALID.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            version, ids = int(file["format"]), tuple(file["ids"].tolist())
            saved = Saved(Counts(ids, file["together"], file["following"]), int(file["newest"]))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise _invalid(path, str(error) or type(error).__name__) from error
    shape = (len(ids), len(ids))
    for table in (saved.counts.together, saved.counts.following):
        if version != _FORMAT or table.shape != shape or table.dtype != np.float32 or not np.isfinite(table).all():
            raise _invalid(path, "its tables are not those of this version")
    return saved


def _invalid(path: Path, why: str) -> InputError:
    return InputError("RECOMMEND_FILE_INVALID", f"{path}: {why}.", "Make it again with `showfloor train recommend`.")
