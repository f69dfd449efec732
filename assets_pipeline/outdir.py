"""Can results be written there, and is there room? Asked before hours of work, not after."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from assets_pipeline.errors import MachineError

RESERVE_MB = 200.0


def prepare(folder: Path, need_mb: float = 0.0) -> None:
    """Make ``folder``, prove that it can be written to, and that ``need_mb`` (1e6 bytes) fit beside a reserve.

    Raises:
        MachineError: OUT_NOT_WRITABLE or DISK_FULL.
    """
    probe = folder / f".probe.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.mkdir()
        probe.rmdir()
        free_mb = shutil.disk_usage(folder).free / 1e6
    except OSError as e:
        raise MachineError(
            "OUT_NOT_WRITABLE",
            f"{folder} cannot be written to: {e.strerror}.",
            "Choose a folder that you may write to with -o.",
        ) from e
    if need_mb and free_mb < need_mb + RESERVE_MB:
        raise MachineError(
            "DISK_FULL",
            f"{folder} has {free_mb:,.0f} MB free; this run needs about {need_mb + RESERVE_MB:,.0f} MB.",
            "Free some space, or choose another folder with -o.",
        )
