"""``manifest.jsonl``: one line for each product that ended, safe on disk before the next one starts."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from assets_pipeline.errors import InputError, MachineError
from assets_pipeline.files import unwritable
from assets_pipeline.report import Report

try:
    import fcntl
except ImportError:  # Windows has no advisory locks; two runs into one folder go unnoticed there
    fcntl = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Entry:
    """One line. ``fingerprint`` stands for the files and options; ``retry`` marks a failure to try again on resume."""

    name: str
    verdict: str
    fingerprint: str
    retry: bool
    code: str | None
    seconds: float
    finished_at: str

    @classmethod
    def of(cls, report: Report, fingerprint: str, retry: bool) -> Entry:
        return cls(
            report.name,
            report.verdict,
            fingerprint,
            retry,
            report.error.code if report.error else None,
            round(report.timings_s.get("total", 0.0), 3),
            datetime.now(UTC).isoformat(timespec="seconds"),
        )


class Manifest:
    """Opens, locks and reads the manifest; the last line of a product counts, a torn line is ignored."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, Entry] = {}

    def __enter__(self) -> Manifest:
        self._file = self.path.open("a+b", buffering=0)  # closing it has nothing left to write
        try:
            if fcntl is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            self._file.close()
            raise MachineError(
                "OUT_BUSY",
                f"Another run is writing to {self.path.parent}.",
                "Wait for it, or choose another folder with -o.",
            ) from e
        self._file.seek(0)
        content = self._file.read()
        for line in content.splitlines():
            with contextlib.suppress(ValueError, TypeError):
                entry = Entry(**json.loads(line))
                self.entries[entry.name] = entry
        if content and not content.endswith(b"\n"):
            self._file.write(b"\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, entry: Entry) -> None:
        """Add a line and force it to the disk; raises ``MachineError`` DISK_FULL, OUT_NOT_WRITABLE."""
        line = json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n"
        try:
            if self._file.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
        except OSError as e:
            raise unwritable(self.path, e) from e
        self.entries[entry.name] = entry

    def finished(self, name: str, fingerprint: str) -> Report | None:
        """The report of an earlier run, if it is still good."""
        entry = self.entries.get(name)
        if entry is None or entry.fingerprint != fingerprint or entry.retry:
            return None
        try:
            return Report.read(self.path.parent / name)
        except InputError:
            return None
