"""A small real unit of work for batch tests, with ways to misbehave chosen by the product's name."""

from __future__ import annotations

import errno
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from assets_pipeline.errors import CaptureError
from assets_pipeline.progress import Progress
from assets_pipeline.report import Report


@dataclass(frozen=True)
class Thing:
    """Stands in for a product."""

    name: str
    path: Path
    files: tuple[Path, ...]


@dataclass(frozen=True)
class ThingOptions:
    profile: str = "quest3"
    hold_s: float = 0.0


def make_things(folder: Path, *names: str) -> list[Thing]:
    things = []
    for i, name in enumerate(names):
        path = folder / f"in{i}"
        path.mkdir(parents=True)
        (path / "data.bin").write_bytes(bytes([i] * 100))
        things.append(Thing(name, path, (path / "data.bin",)))
    return things


def work(product: Thing, folder: Path, options: ThingOptions, progress: Progress) -> Report:
    with progress.stage("read"):
        data = product.files[0].read_bytes()
    (folder / f"{product.name}.txt").write_text(str(sum(data) / len(data)))
    with (product.path.parent / "calls.txt").open("a") as f:
        f.write(f"{product.name} {os.getpid()}\n")
    with progress.stage("hold"):
        end = time.monotonic() + options.hold_s
        while time.monotonic() < end:
            progress.update(0.5, "holding")
            time.sleep(0.02)
    match product.name.split("-")[0]:
        case "blurred":
            raise CaptureError("ALL_BLURRED", "All 3 photos are blurred.", "Use a tripod.")
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "killedonce" if not (product.path.parent / "died").exists():
            (product.path.parent / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        case "bug":
            raise ZeroDivisionError("a bug")
        case "diskfull":
            raise OSError(errno.ENOSPC, "No space left on device")
        case "memory":
            raise MemoryError
        case "stuck":
            while True:  # does not listen to cancel
                time.sleep(0.1)
    threads = os.environ.get("OMP_NUM_THREADS", "")
    return Report(product.name, options.profile, "pass", audit={"threads": threads}, files=(f"{product.name}.txt",))
