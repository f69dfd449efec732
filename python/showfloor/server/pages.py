"""The gallery: a static page and the viewer that it loads, kept in memory."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from assets_pipeline.errors import MachineError
from assets_pipeline.gltf.node import node_dir
from showfloor.server.files import matches
from showfloor.server.http import Header, Scope, Send, header, respond

FOLDER = Path(__file__).parent / "gallery"
VENDOR = {
    "model-viewer.min.js": "@google/model-viewer/dist/model-viewer.min.js",
    "meshopt_decoder.js": "meshoptimizer/meshopt_decoder.cjs",
    "basis_transcoder.js": "three/examples/jsm/libs/basis/basis_transcoder.js",
    "basis_transcoder.wasm": "three/examples/jsm/libs/basis/basis_transcoder.wasm",
}
TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8", ".wasm": "application/wasm"}
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self' blob: data:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
TRANSCODER_POLICY = "default-src 'none'; script-src 'self' blob: 'unsafe-eval' 'wasm-unsafe-eval'"
"""The KTX2 transcoder makes code at run time. It runs in a worker of its own, without network."""


@dataclass(frozen=True)
class Page:
    """One file of the gallery."""

    body: bytes
    headers: tuple[Header, ...]
    etag: str


class Gallery:
    """All files of the gallery. Without the Node parts the 3D preview is missing, and nothing else."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._pages: dict[str, Page] = {}
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts:
                self._add("/" + file.relative_to(folder).as_posix(), file)
        try:
            modules = node_dir() / "node_modules"
        except MachineError:
            modules = folder / "vendor"
        for name, source in VENDOR.items():
            if (modules / source).is_file():
                self._add(f"/vendor/{name}", modules / source)
        if "/index.html" in self._pages:
            self._pages["/"] = self._pages["/index.html"]

    def __contains__(self, path: str) -> bool:
        return path in self._pages

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer GET or HEAD for a path that is contained."""
        page = self._pages[scope["path"]]
        if matches(header(scope, b"if-none-match"), page.etag):
            await respond(send, 304, page.headers)
        elif scope["method"] == "HEAD":
            await respond(send, 200, page.headers, length=len(page.body))
        else:
            await respond(send, 200, page.headers, page.body)

    def _add(self, path: str, file: Path) -> None:
        body = file.read_bytes()
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
        if path.startswith("/vendor/"):
            kind = TYPES.get(Path(path).suffix, kind)
        policy = TRANSCODER_POLICY if path == "/ktx2-worker.js" else POLICY
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = (
            (b"content-type", kind.encode()),
            (b"etag", etag.encode()),
            (b"cache-control", b"no-cache"),
            (b"content-security-policy", policy.encode()),
        )
        self._pages[path] = Page(body, headers, etag)
