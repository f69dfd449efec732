"""A small real unit of work for job tests; the capture's name says how it behaves. Light, as each worker loads it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from showfloor.jobs.work import Input, fetch

from assets_pipeline.errors import CaptureError, MachineError
from assets_pipeline.progress import Progress
from assets_pipeline.report import Report

END_S = 60.0
"""Bound of every wait; no test waits so long unless it fails."""


def glb(text: str) -> bytes:
    """A whole GLB file that requires an extension; ``text`` makes it different from others."""
    asset = {"version": "2.0", "generator": text}
    document = json.dumps({"asset": asset, "extensionsRequired": ["KHR_mesh_quantization"]})
    body = document.encode() + b" " * (-len(document) % 4)
    return struct.pack("<5I", 0x46546C67, 2, 20 + len(body), len(body), 0x4E4F534A) + body


def work(product: Input, folder: Path, options: Any, progress: Progress) -> Report:
    """Stands in for ``reconstruct``: reads the files, reports stages, writes LODs and a thumbnail."""
    data, attempt = product.folder.parents[3], int(product.folder.parents[0].name)
    with (data / "calls.txt").open("a") as calls:
        calls.write(f"{product.name} {attempt} {os.getpid()}\n")
    progress.weights = {"capture": 1, "hull": 2, "export": 1}
    with progress.stage("capture", "reading"):
        fetch(product, progress)
        read = hashlib.sha256(b"".join((product.folder / n).read_bytes() for n, _ in product.files)).hexdigest()
        progress.show(b"JPEG of " + product.name.encode())
    with progress.stage("hull", "carving"):
        _behave(product.name, attempt, data, progress)
    with progress.stage("export"):
        for suffix in ("", ".lod1", ".lod2"):
            (folder / f"{product.name}{suffix}.glb").write_bytes(glb(f"{read} {options.profile}{suffix}"))
        (folder / "thumbnail.png").write_bytes((data / "thumbnail.png").read_bytes())
    unfit = product.name.startswith("unfit")
    return Report(
        product.name,
        options.profile,
        "fail" if unfit else "warn",
        ("Over budget: file_mb is 9, the limit is 5.",) if unfit else ("The mesh is not closed.",),
        size_m=(0.1, options.height_m or 1.0, 0.3),
        scale_source="height" if options.height_m else "rgbd",
        triangles=(300, 200, 100),
    )


def _behave(name: str, attempt: int, data: Path, progress: Progress) -> None:
    match name.split("-")[0]:
        case "hold":
            until((data / "go").exists, progress.check)
        case "stuck":
            until((data / "go").exists)
        case "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case "crashonce" if attempt == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        case "blurred":
            raise CaptureError("ALL_BLURRED", "All 3 photos are blurred.", "Use a tripod.")
        case "machine":
            raise MachineError("NODE_MISSING", "There is no node.", "make setup")
        case "machineonce" if attempt == 1:
            raise MachineError("NODE_MISSING", "There is no node.", "make setup")
        case "bug":
            raise ZeroDivisionError("a bug")


def until(done: Callable[[], object], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Wait in a thread or a worker."""
    end = time.monotonic() + END_S
    while not done():
        meanwhile()
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
