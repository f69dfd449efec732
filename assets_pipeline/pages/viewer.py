"""The 3D preview, bundled so that it works from disk.

A page opened from disk may not fetch files, but it may load scripts: so the viewer, its decoders and each model are
scripts. ``static/page.js`` hands their content to model-viewer.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from assets_pipeline.errors import MachineError
from assets_pipeline.files import write_atomic
from assets_pipeline.gltf.node import node_dir

FOLDER = "_viewer"
STATIC = Path(__file__).parent / "static"
LARGEST_PREVIEW_MB = 32.0  # a larger model falls back to its next level of detail
SCRIPTS = {
    "model-viewer.js": "@google/model-viewer/dist/model-viewer-umd.min.js",
    "meshopt_decoder.js": "meshoptimizer/meshopt_decoder.cjs",
}
TRANSCODER = (
    "three/examples/jsm/libs/basis/basis_transcoder.js",
    "three/examples/jsm/libs/basis/basis_transcoder.wasm",
)


def install_viewer(out_dir: Path) -> bool:
    """Copy what the pages need into ``out_dir/_viewer``; False when the Node parts are not installed."""
    folder = out_dir / FOLDER
    (folder / "models").mkdir(parents=True, exist_ok=True)
    for file in STATIC.iterdir():
        write_atomic(folder / file.name, file.read_bytes())
    try:
        modules = node_dir() / "node_modules"
    except MachineError:
        return False
    if not all((modules / p).is_file() for p in (*SCRIPTS.values(), *TRANSCODER)):
        return False
    for name, source in SCRIPTS.items():
        write_atomic(folder / name, (modules / source).read_bytes())
    parts = {Path(p).name: _base64(modules / p) for p in TRANSCODER}
    write_atomic(folder / "basis.js", f"window.showfloorBasis = {json.dumps(parts)};\n".encode())
    return True


def write_preview(out_dir: Path, name: str) -> Path | None:
    """Make the finest model of a product that is not too large loadable as a script; None when there is no model."""
    folder = out_dir / name
    for level in ("", ".lod1", ".lod2"):
        glb = folder / f"{name}{level}.glb"
        if glb.is_file() and glb.stat().st_size <= LARGEST_PREVIEW_MB * 1e6:
            script = out_dir / FOLDER / "models" / f"{name}.js"
            if not script.exists() or script.stat().st_mtime_ns < glb.stat().st_mtime_ns:
                write_atomic(script, f'showfloorModel({json.dumps(name)}, "{_base64(glb)}");\n'.encode())
            return script
    return None


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
