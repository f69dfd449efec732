"""Runs helper programs in parallel, and stops them when the work is cancelled."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from assets_pipeline.errors import MachineError
from assets_pipeline.progress import Progress

_POLL_S = 0.02


@contextmanager
def scratch_folder(name: str) -> Iterator[Path]:
    """A temporary folder, gone afterwards; raises ``MachineError`` SCRATCH_UNWRITABLE when the disk is full."""
    try:
        with tempfile.TemporaryDirectory(prefix=f"showfloor-{name}-") as folder:
            yield Path(folder)
    except OSError as error:
        raise MachineError(
            "SCRATCH_UNWRITABLE",
            f"Temporary files cannot be kept in {tempfile.gettempdir()}: {error.strerror or error}.",
            "Free some space, or point TMPDIR at another disk.",
        ) from error


def run_all(
    commands: Sequence[Sequence[str]], progress: Progress, *, code: str, workers: int = 2, folder: Path | None = None
) -> list[str]:
    """Run ``commands`` in ``folder``, at most ``workers`` at a time, and return what each printed.

    Raises:
        MachineError: ``code`` when one fails, with the end of its output.
        Cancelled: when the work is cancelled; running programs are killed first.
    """
    outputs = [""] * len(commands)
    waiting = list(range(len(commands)))[::-1]
    running: dict[int, tuple[subprocess.Popen[bytes], IO[bytes]]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                i = waiting.pop()
                log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when its program ends
                running[i] = (_start(commands[i], log, code, folder), log)
            progress.check()
            for i, (process, output) in list(running.items()):
                if process.poll() is None:
                    continue
                output.seek(0)
                outputs[i] = output.read().decode("utf-8", "replace")
                output.close()
                del running[i]
                if process.returncode != 0:
                    raise _failed(commands[i], process.returncode, outputs[i], code)
            if running:
                time.sleep(_POLL_S)
    finally:
        for process, output in running.values():
            process.kill()
            process.wait()
            output.close()
    return outputs


def _start(command: Sequence[str], log: IO[bytes], code: str, folder: Path | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise MachineError(
            code, f"{command[0]} cannot be started: {error.strerror}.", "Run `make setup` again."
        ) from error


def _failed(command: Sequence[str], status: int, output: str, code: str) -> MachineError:
    tail = " ".join(output.split())[-300:]
    return MachineError(
        code, f"{command[0]} ended with {status}: {tail}", "Check free memory and disk, then run it again."
    )
