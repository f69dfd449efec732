"""Which server process holds a job, and whether that process still lives."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
from pathlib import Path

import psutil

START_TOLERANCE_S = 10.0  # the start of a process is reckoned from a clock that may have been set since


def new_owner() -> str:
    """``place:process:start:random``; place tells machines, and containers on one machine, apart."""
    process = psutil.Process()
    return f"{_place()}:{process.pid}:{process.create_time():.0f}:{os.urandom(2).hex()}"


def is_gone(owner: str) -> bool:
    """Whether the process ran where this one runs and has ended; False for one that cannot be seen from here."""
    place, pid, start, _ = owner.split(":")
    if place != _place():
        return False
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(start)) > START_TOLERANCE_S
    except psutil.NoSuchProcess:
        return True


def _place() -> str:
    """Host, boot and process namespace: process numbers mean something only within one of these."""
    facts = [platform.node()]
    with contextlib.suppress(OSError):
        facts += [Path("/proc/sys/kernel/random/boot_id").read_text(), os.readlink("/proc/self/ns/pid")]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
