"""A product on this machine → the files of a capture."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assets_pipeline.errors import CaptureError, InputError
from showfloor.v1 import capture_pb2

if TYPE_CHECKING:
    from assets_pipeline.capture.inputs import Product

KINDS = {
    "photos": capture_pb2.CAPTURE_KIND_PHOTOS,
    "video": capture_pb2.CAPTURE_KIND_VIDEO,
    "rgbd": capture_pb2.CAPTURE_KIND_RGBD,
    "single_photo": capture_pb2.CAPTURE_KIND_SINGLE_PHOTO,
}
RGBD_SUFFIXES = frozenset({".json", ".log"})


@dataclass(frozen=True)
class LocalFile:
    """``name`` is that in the capture; ``sha256`` that of the whole file."""

    name: str
    path: Path
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Plan:
    """What to upload. ``left_out`` names the files that are not worth it, with the reason."""

    kind: capture_pb2.CaptureKind
    files: tuple[LocalFile, ...]
    left_out: tuple[str, ...]

    @property
    def size_bytes(self) -> int:
        return sum(f.size_bytes for f in self.files)

    def request_id(self, name: str) -> str:
        """The same for the same files and name, so that a second run goes on with the upload of the first."""
        lines = [name, str(self.kind), *(f"{f.sha256} {f.name}" for f in self.files)]
        return str(uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(lines)))


def one_product(path: Path) -> Product:
    """The only product in ``path``.

    Raises:
        InputError: SEVERAL_PRODUCTS, INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_UNSUPPORTED.
    """
    from assets_pipeline.capture.inputs import find_products

    products = find_products([path.expanduser()])
    if len(products) != 1:
        names = ", ".join(p.name for p in products[:5]) + (", …" if len(products) > 5 else "")
        raise InputError(
            "SEVERAL_PRODUCTS",
            f"{path} holds {len(products)} products: {names}.",
            "Call it for each folder, or use `showfloor remote reconstruct`, which takes them all.",
        )
    return products[0]


def plan(product: Product) -> Plan:
    """Read and hash the files of ``product``.

    Raises:
        CaptureError: EMPTY_CAPTURE. InputError: FILE_UNREADABLE, RAW_NOT_SUPPORTED.
    """
    from assets_pipeline.capture.formats import RAW_EXTENSIONS

    if product.kind == "rgbd":
        pairs = [(f.relative_to(product.path).as_posix(), f) for f in _rgbd_files(product.path)]
    else:
        pairs = [(f.name, f) for f in product.files]
    raw = [name for name, _ in pairs if Path(name).suffix.lower() in RAW_EXTENSIONS]
    if raw and len(raw) == len(pairs):
        raise InputError(
            "RAW_NOT_SUPPORTED", f"{product.path} holds camera RAW files only.", "Export them as JPEG, PNG or TIFF."
        )
    files = [_read(name, path) for name, path in pairs if name not in raw]
    kept = tuple(f for f in files if f.size_bytes)
    if not kept:
        raise CaptureError("EMPTY_CAPTURE", f"{product.path} holds no photos.", "Add photos of one product.")
    left_out = [f"{name} (camera RAW)" for name in raw] + [f"{f.name} (empty)" for f in files if not f.size_bytes]
    return Plan(KINDS[product.kind], kept, tuple(left_out))


def _rgbd_files(folder: Path) -> list[Path]:
    from assets_pipeline.capture.formats import visible_files
    from assets_pipeline.capture.rgbd import rgbd_folders

    pictures = [f for inner in rgbd_folders(folder) or () for f in visible_files(inner)]
    return pictures + [f for f in visible_files(folder) if f.suffix.lower() in RGBD_SUFFIXES]


def _read(name: str, path: Path) -> LocalFile:
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return LocalFile(name, path, stream.tell(), digest)
    except OSError as e:
        raise InputError(
            "FILE_UNREADABLE", f"{path} cannot be read: {e.strerror}.", "Check the file and its rights."
        ) from e
