"""llama.cpp in this process, by xllamacpp: how a model is opened, and tried first in a process of its own.

xllamacpp always opens the HTTP port of llama.cpp's server too. Here that is a Unix socket in a private folder, or a
loopback port where there are none, locked by a key that nobody has.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import psutil

from assets_pipeline.errors import MachineError

if TYPE_CHECKING:
    import xllamacpp

SLOTS = 2
"""Replies at the same time; on a CPU more of them only make each slower."""
CONTEXT_TOKENS = 4096
"""Prompt and reply together, of each slot."""
_BATCH_TOKENS = 64
"""Tokens of a prompt between two looks at whether the client is still there."""
_CACHE_MIB = 256
"""Memory for prompts that were read before and are in no slot."""
_TRY_S = 600.0
_SOCKET_PATH_BYTES = 100
"""The least that any system takes is 104, with the final zero."""


def open_server(path: Path, folder: Path) -> xllamacpp.Server:
    """Load a GGUF file; takes seconds to minutes.

    Args:
        path: The model.
        folder: An empty folder that only this user can read; for the socket.

    Raises:
        RuntimeError: llama.cpp cannot load the file. On some damaged files it ends the process instead: ``try_model``.
    """
    xllamacpp = _import()
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = SLOTS * CONTEXT_TOKENS
    params.n_parallel = SLOTS
    params.n_batch = params.n_ubatch = _BATCH_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = cores()
    params.cache_ram_mib = _CACHE_MIB
    params.enable_reasoning = 0
    params.verbosity = -1
    socket = folder / "llama.sock"
    fits = sys.platform != "win32" and len(os.fsencode(socket)) <= _SOCKET_PATH_BYTES
    params.hostnames = [str(socket) if fits else "127.0.0.1"]
    params.api_keys = [secrets.token_urlsafe(32)]
    params.endpoint_slots = False
    params.n_threads_http = 1
    params.ui = False
    return xllamacpp.Server(params)


def try_model(path: Path, stop: Event) -> None:
    """Load the model and make one token in a process of its own, so that a bad file cannot end this one.

    Raises:
        MachineError: MODEL_DAMAGED.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "showfloor.llm.llama", str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + _TRY_S
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            break
        if stop.is_set() or time.monotonic() > end:
            process.kill()
            process.wait()
            break
    if process.returncode != 0 and not stop.is_set():
        raise MachineError(
            "MODEL_DAMAGED",
            f"llama.cpp cannot run {path.name} (exit code {process.returncode}).",
            "Fetch the file again, or choose another with engine_model.",
        )


def cores() -> int:
    """Physical cores that this process may use: more threads make llama.cpp slower."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = min(allowed, psutil.cpu_count(logical=False) or allowed)
    with suppress(OSError, ValueError):  # "max 100000" without a limit, which is no number
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        found = min(found, round(int(quota) / int(period)))
    return max(1, found)


def _import() -> Any:
    """xllamacpp, whose threads sleep while they wait instead of spinning; OpenMP reads this once, when it is loaded."""
    before = os.environ.get("OMP_WAIT_POLICY")
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    try:
        import xllamacpp
    finally:
        if before is None:
            del os.environ["OMP_WAIT_POLICY"]
        else:
            os.environ["OMP_WAIT_POLICY"] = before
    return xllamacpp


def _try(path: Path) -> int:
    import tempfile

    said: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="showfloor-") as folder:
        server = open_server(path, Path(folder))
        request = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}
        server.handle_chat_completions(request, said.append)
        del server
    return 0 if said and "choices" in said[0] else 1


if __name__ == "__main__":
    sys.exit(_try(Path(sys.argv[1])))
