"""Assets for the tests, as a finished job leaves them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from showfloor.ids import new_id
from showfloor.store.blobs import Blobs, claim
from showfloor.store.database import Database
from showfloor.store.tables import Asset, Lod, Product, Variant, now
from sqlalchemy.orm import Session

COMPRESSED = ("EXT_meshopt_compression", "KHR_mesh_quantization", "KHR_texture_basisu")


def content(size: int, seed: int = 0) -> bytes:
    """``size`` bytes that look like nothing, the same each time."""
    return random.Random(seed).randbytes(size)


def add_variant(
    db: Database,
    blobs: Blobs,
    asset_id: str,
    profile: str = "quest3",
    files: Sequence[bytes] = (b"fine", b"coarse"),
    extensions: Sequence[str] = COMPRESSED,
) -> None:
    """``files`` are the LODs, the finest first."""
    names = [blobs.put_bytes(data, "model/gltf-binary") for data in files]

    def write(session: Session) -> None:
        claim(session, *names)
        etag = hashlib.sha256(repr((profile, names)).encode()).hexdigest()[:32]
        session.merge(Variant(asset_id=asset_id, profile=profile, extensions_required=list(extensions), etag=etag))
        for level, name in enumerate(names):
            session.merge(Lod(asset_id=asset_id, profile=profile, level=level, triangles=1000 >> level, blob=name))
        asset = session.get(Asset, asset_id)
        assert asset is not None
        asset.etag = hashlib.sha256((asset.etag + etag).encode()).hexdigest()[:32]

    db.transact(write)


def add_asset(
    db: Database,
    blobs: Blobs,
    files: Sequence[bytes] = (b"fine", b"coarse"),
    *,
    name: str = "Tea tin",
    product_id: str | None = None,
    profile: str = "quest3",
    extensions: Sequence[str] = COMPRESSED,
) -> str:
    """An asset with one variant; returns its id."""
    asset_id = new_id("ast")
    thumbnail = blobs.put_bytes(b"\x89PNG of " + name.encode(), "image/png")

    def write(session: Session) -> None:
        claim(session, thumbnail)
        session.add(
            Asset(
                id=asset_id,
                display_name=name,
                product_id=product_id,
                size_x_m=0.1,
                size_y_m=0.2,
                size_z_m=0.3,
                size_known=True,
                scale_source="height",
                verdict="pass",
                reasons=[],
                options={},
                thumbnail=thumbnail,
                etag="1",
                create_time=now(),
            )
        )
        if product_id:
            session.merge(Product(id=product_id, data={}, words=product_id, category="", asset_id=asset_id, etag="1"))

    db.transact(write)
    if files:
        add_variant(db, blobs, asset_id, profile, files, extensions)
    return asset_id
