"""``showfloor serve`` as a process, as its users start it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_S = 60.0
STOP_S = 20.0
COMMAND = [sys.executable, "-c", "from showfloor.cli import main; main()"]


class Served:
    """A server process. ``lines`` are what it printed."""

    def __init__(self, data_dir: Path, *flags: str, **environment: str) -> None:
        self.data_dir = data_dir
        env = {k: v for k, v in os.environ.items() if not k.startswith("SHOWFLOOR_")}
        self.log = data_dir.parent / f"{data_dir.name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", "--web-port", "0", "--data-dir", str(data_dir), *flags],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**env, **environment},
            )
        self.lines: list[str] = []
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        self._ready = threading.Event()
        if not self._wait():
            self.process.kill()
            raise AssertionError(f"the server did not start: {self.log.read_text()}")
        self.port = int(re.findall(r":(\d+) \(gRPC", self.lines[0])[0])
        self.web_port = int(re.findall(r":(\d+)/$", self.lines[1])[0])

    def _wait(self) -> bool:
        for _ in range(int(START_S * 20)):
            if len(self.lines) >= 2:
                return True
            if self.process.poll() is not None:
                return False
            threading.Event().wait(0.05)
        return False

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, and its exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_S)


@contextmanager
def served(data_dir: Path, *flags: str, **environment: str) -> Iterator[Served]:
    server = Served(data_dir, *flags, **environment)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait(STOP_S)


def showfloor(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run another command."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=START_S)
