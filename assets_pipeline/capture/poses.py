"""Camera poses of an RGB-D folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assets_pipeline.errors import InputError
from assets_pipeline.types import Array

_RIGID_TOLERANCE = 1e-2


def read_poses(folder: Path, stems: Sequence[str]) -> Array | None:
    """(N, 4, 4) float64 ``cam_from_world`` for the frames named ``stems``; None where the folder has no poses.

    Reads ``trajectory*.log`` (Redwood format: ``world_from_cam`` blocks, taken by frame number when there are more
    of them than frames, else by order) or ``poses.json`` (``{file stem or name: 4×4 rows of cam_from_world}``).

    Raises:
        InputError: POSES_BAD.
    """
    log = next(iter(sorted(folder.glob("trajectory*.log"))), None)
    table = folder / "poses.json"
    try:
        if table.is_file():
            poses = _from_json(table, stems)
        elif log is not None:
            poses = _from_log(log, stems)
        else:
            return None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _bad(f"cannot be understood: {error}") from error
    rotation = poses[:, :3, :3]
    rigid = np.abs(rotation @ rotation.transpose(0, 2, 1) - np.eye(3)).max(initial=0.0) < _RIGID_TOLERANCE
    if not np.isfinite(poses).all() or not rigid:
        raise _bad("hold matrices that are no rotation and translation")
    return poses


def _from_json(file: Path, stems: Sequence[str]) -> Array:
    rows = {Path(name).stem: matrix for name, matrix in json.loads(file.read_text("utf-8")).items()}
    return np.array([np.asarray(rows[stem], np.float64).reshape(4, 4) for stem in stems])


def _from_log(file: Path, stems: Sequence[str]) -> Array:
    lines = [line for line in file.read_text("utf-8").splitlines() if line.strip()]
    blocks = [lines[i + 1 : i + 5] for i in range(0, len(lines), 5)]
    world_from_cam = np.array([[row.split() for row in block] for block in blocks], np.float64).reshape(-1, 4, 4)
    numbers = [int(stem) if stem.isdecimal() else -1 for stem in stems]
    if len(world_from_cam) == len(stems):
        numbers = list(range(len(stems)))
    if min(numbers) < 0 or max(numbers) >= len(world_from_cam):
        raise ValueError(f"{len(world_from_cam)} poses for {len(stems)} frames")
    return np.linalg.inv(world_from_cam[numbers])


def _bad(what: str) -> InputError:
    return InputError("POSES_BAD", f"The poses {what}.", "Fix the pose file, or remove it to have the poses solved.")
