"""A whole server on loopback for the gallery's tests, with assets that were published before."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from showfloor.ids import new_id
from showfloor.settings import Settings
from showfloor.store.blobs import Blobs, claim
from showfloor.store.database import Database
from showfloor.store.tables import Asset, Lod, Variant
from sqlalchemy.orm import Session

from assets_pipeline.gltf.export import ExportOptions, export_asset
from assets_pipeline.profiles import PROFILES
from assets_pipeline.report import Report
from assets_pipeline.types import Asset as PipelineAsset
from assets_pipeline.types import Material
from tests.assets_pipeline.synthetic import label_texture, tin
from tests.e2e.gallery_work import FOLDER


@contextmanager
def serve(data_dir: Path, *, model: Path | None = None, **settings: Any) -> Iterator[str]:
    """Run ``showfloor serve`` as its users do; gives the address of the gallery.

    With ``model``, a folder as ``gallery_work`` wants it, jobs take moments instead of minutes.
    """
    flags = [f"--{name.replace('_', '-')}" for name, value in settings.items() if value is True]
    for name, value in settings.items():
        if value is not True:
            flags += [f"--{name.replace('_', '-')}", str(value)]
    module = "tests.e2e.gallery_work" if model else "showfloor.cli"
    program = [sys.executable, "-c", f"import sys; from {module} import main; sys.exit(main())"]
    environment = os.environ | ({FOLDER: str(model)} if model else {})
    command = [*program, "serve", "--port", "0", "--web-port", "0"]
    log = data_dir.with_suffix(".log")
    with log.open("w") as errors:
        process = subprocess.Popen(
            [*command, "--data-dir", str(data_dir), *flags],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        )
        try:
            assert process.stdout is not None
            found = None
            for line in process.stdout:
                if found := re.search(r"Gallery: (http://\S+)", line):
                    break
            assert found, f"the server did not start: {log.read_text()}"
            yield found[1]
        finally:
            process.terminate()
            process.wait(30)
            assert process.stdout is not None
            process.stdout.close()


@contextmanager
def store(data_dir: Path) -> Iterator[tuple[Database, Blobs]]:
    """The store of a server that does not run."""
    settings = Settings(data_dir=data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database)
    db.migrate()
    try:
        yield db, Blobs(settings.blobs, db)
    finally:
        db.close()


def publish_tin(data_dir: Path, scratch: Path, profiles: Mapping[str, tuple[int, int, int]]) -> str:
    """An asset of 12 cm with real files, one variant for each profile with so many triangles; one without files."""
    asset_id = new_id("ast")
    mesh = tin(0.12)
    model = PipelineAsset("tin", (mesh,), Material(label_texture(0, 256, 128)))
    with store(data_dir) as (db, blobs):
        rows: list[Variant | Lod] = []
        names: list[str] = []
        for profile, triangles in profiles.items():
            wanted = replace(PROFILES[profile], max_triangles=triangles)
            made = export_asset(model, scratch / profile, wanted, ExportOptions(validate=False))
            extensions = ["EXT_meshopt_compression", "KHR_mesh_quantization"] if wanted.meshopt else []
            rows.append(Variant(asset_id=asset_id, profile=profile, extensions_required=extensions, etag=profile))
            for level, (file, count) in enumerate(zip(made.files, made.triangles, strict=True)):
                names.append(blobs.put_file(scratch / profile / file, "model/gltf-binary"))
                row = Lod(asset_id=asset_id, profile=profile, level=level, triangles=count, blob=names[-1])
                rows.append(row)
        report = Report(
            "tin",
            "web",
            "warn",
            reasons=("Only 61 % was seen.",),
            size_m=(0.08, 0.12, 0.08),
            scale_source="height",
            scale_tolerance=0.01,
            quality={"holdout_psnr_db": 25.25, "watertight": True},
            budget={"file_mb": {"limit": 3.0, "value": 0.4, "ok": True}},
            audit={"passed": True, "checks": {"uv_overlap": {"ok": True, "value": 0.0, "limit": f"≤ {'x' * 60}"}}},
            camera={"registered": 24, "note": "a text as long as any that a camera ever had to say about itself " * 3},
            timings_s={"stereo": 31.5, "total": 101.0},
            images=({"file": "7.jpg", "used": False, "reason": "blurred"}, {"file": "8.jpg", "used": True}),
        )
        described = blobs.put_bytes(report.to_json().encode(), "application/json")
        picture = scratch / "thumbnail.png"
        Image.fromarray(label_texture(1, 128, 128)).save(picture)
        thumbnail = blobs.put_file(picture, "image/png")

        def write(session: Session) -> None:
            claim(session, *names, described, thumbnail)
            common = {"size_known": True, "scale_source": "height", "options": {}, "thumbnail": thumbnail, "etag": "1"}
            session.add(
                Asset(
                    id=asset_id,
                    display_name="Harbour <b>tin</b>",
                    product_id="TIN-1",
                    size_x_m=float(mesh.size[0]),
                    size_y_m=0.12,
                    size_z_m=float(mesh.size[2]),
                    verdict="warn",
                    reasons=list(report.reasons),
                    report=described,
                    **common,
                )
            )
            session.flush()
            session.add_all(rows)
            bare = {"size_x_m": 1.0, "size_y_m": 1.0, "size_z_m": 1.0, "verdict": "pass", "reasons": []}
            session.add(Asset(id=new_id("ast"), display_name="Lamp", **bare, **(common | {"size_known": False})))

        db.transact(write)
    return asset_id
