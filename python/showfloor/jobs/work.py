"""What a worker process does: fetch the capture's files, show the first picture, convert."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assets_pipeline.errors import InputError, MachineError
from assets_pipeline.progress import Progress
from assets_pipeline.report import Report
from showfloor.errors import Unavailable

if TYPE_CHECKING:
    from assets_pipeline.recipes import ConvertOptions

NICENESS = 5  # the answers of a server on the same machine go first


@dataclass(frozen=True)
class Input:
    """A capture, as the worker gets it. ``name`` is safe as a file name; ``files`` are ``(name, sha256)``."""

    name: str
    folder: Path
    blobs: str
    files: tuple[tuple[str, str], ...]


def reconstruct(product: Input, folder: Path, options: ConvertOptions, progress: Progress) -> Report:
    """Convert a capture into ``folder``.

    Raises:
        ShowfloorError: Whatever stopped the conversion.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with progress.stage("capture", "fetching the files"):
        fetch(product, progress)
    from assets_pipeline.recipes import convert
    from showfloor.jobs.preview import first_picture
    from showfloor.services.capture_files import as_product

    found = replace(as_product(product.folder, [name for name, _ in product.files]), name=product.name)
    if preview := first_picture(found):
        progress.show(preview)
    return convert(found, folder, options, progress)


def fetch(product: Input, progress: Progress) -> None:
    """Put the files into ``product.folder`` under the names that they had at home.

    Raises:
        MachineError: BLOB_STORE_UNAVAILABLE, BLOB_MISSING, DISK_FULL, …: those of the blob store.
    """
    from showfloor.store.shelves import open_shelf

    root = product.folder.resolve()
    try:
        shelf = open_shelf(product.blobs)
        for name, sha256 in product.files:
            progress.check()
            to = (root / name).resolve()
            if not to.is_relative_to(root):
                raise InputError("NAME_INVALID", f"{name!r} is outside the capture.", "Use names without '..'.")
            to.parent.mkdir(parents=True, exist_ok=True)
            shelf.fetch(sha256, to)
    except Unavailable as error:
        raise MachineError(error.code, error.message, error.fix) from error
