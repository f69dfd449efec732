"""Files that are written at once or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from assets_pipeline.errors import MachineError

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


def write_atomic(path: Path, data: bytes) -> Path:
    """Write a file so that a reader, or a crash, sees the old content or the new, never a part.

    Raises:
        MachineError: OUT_NOT_WRITABLE, DISK_FULL.
    """
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o644)
        os.replace(part, path)
    except OSError as error:
        if part is not None:
            Path(part).unlink(missing_ok=True)
        raise unwritable(path, error) from error
    return path


def unwritable(path: Path, error: OSError) -> MachineError:
    """What to tell a user of an error while ``path`` was written."""
    if error.errno in FULL_DISK:
        return MachineError(
            "DISK_FULL",
            f"The disk filled up while {path} was written.",
            "Free some space, or choose another folder with -o, and run the same command again.",
        )
    return MachineError(
        "OUT_NOT_WRITABLE",
        f"{path} cannot be written: {error.strerror or error}.",
        "Choose a folder that you may write to with -o.",
    )
