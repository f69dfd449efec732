"""A whole export: budgets, reports, thumbnails."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import cv2
import gltf_samples as samples
import numpy as np
import pytest

from assets_pipeline.errors import BudgetError, Cancelled, InputError
from assets_pipeline.gltf.decode import read_glb
from assets_pipeline.gltf.export import ExportReport, export_asset
from assets_pipeline.gltf.glb import unpack
from assets_pipeline.gltf.thumbnail import render_thumbnail
from assets_pipeline.profiles import PROFILES, Profile
from assets_pipeline.progress import Event, Progress
from assets_pipeline.types import Asset

SMALL = Profile("small", 5.0, (6_000, 2_000, 500), 256, meshopt=True, ktx2=True)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ExportReport, list[Event]]:
    folder = tmp_path_factory.mktemp("export")
    events: list[Event] = []
    progress = Progress(events.append, {"gltf": 1.0})
    with progress.stage("gltf"):
        report = export_asset(samples.asset(), folder, SMALL, progress=progress)
    return folder, report, events


def test_export_writes_three_valid_lods_within_the_profile(exported: tuple[Path, ExportReport, list[Event]]) -> None:
    folder, report, _ = exported
    assert sorted(p.name for p in folder.iterdir()) == ["vase.glb", "vase.lod1.glb", "vase.lod2.glb"]
    assert report.validator.errors == report.validator.warnings == 0, report.validator.messages
    assert all(limit.ok for limit in report.budget.values())
    assert report.audit.passed, report.audit.checks
    for lod, name in enumerate(report.files):
        data = (folder / name).read_bytes()
        assert report.bytes[lod] == len(data)
        assert report.sha256[name] == hashlib.sha256(data).hexdigest()
        mesh, textures = read_glb(folder / name)
        assert len(mesh.faces) == report.triangles[lod] <= (6_000, 2_000, 500)[lod]
        assert textures["base_color"].shape == ((256, 256, 3), (128, 128, 3), (128, 128, 3))[lod]
        assert samples.distance_to(mesh, samples.vase().vertices).max() < (0.001, 0.001, 0.003)[lod]
    assert report.bytes[0] > report.bytes[1] > report.bytes[2]


def test_report_is_plain_json_and_provenance_is_in_the_file(exported: tuple[Path, ExportReport, list[Event]]) -> None:
    folder, report, _ = exported
    again = json.loads(json.dumps(report.as_dict()))
    assert [t["role"] for t in again["textures"]] == ["base_color", "normal", "orm"]
    assert again["budget"]["file_mb"]["limit"] == 5.0
    document, _ = unpack((folder / "vase.lod1.glb").read_bytes())
    extras = document["asset"]["extras"]
    assert extras["provenance"] == [{"name": "tool", "version": "1.0", "licence": "MIT", "commercial": True}]
    assert (extras["profile"], extras["lod"], extras["capture"]) == ("small", 1, "test")


def test_progress_never_runs_backwards(exported: tuple[Path, ExportReport, list[Event]]) -> None:
    fractions = [event.fraction for event in exported[2]]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)


def test_a_tight_budget_gives_way_in_the_stated_order(tmp_path: Path) -> None:
    asset = samples.asset(512, samples.vase(20, 30))
    roomy = export_asset(asset, tmp_path / "a", dataclasses.replace(SMALL, max_texture_px=512))
    limit_mb = roomy.bytes[0] * 0.6 / 1e6
    tight = dataclasses.replace(SMALL, max_texture_px=512, max_file_mb=limit_mb)
    report = export_asset(asset, tmp_path / "b", tight)
    assert report.bytes[0] <= limit_mb * 1e6
    assert report.rung != roomy.rung
    sides = {t["role"]: t["width"] for t in report.textures}
    assert sides["normal"] < 256  # detail maps first
    assert report.triangles[0] == roomy.triangles[0]  # triangles last


def test_an_impossible_budget_fails_by_name_and_writes_nothing(tmp_path: Path) -> None:
    tiny = dataclasses.replace(SMALL, max_file_mb=0.004)
    with pytest.raises(BudgetError, match=r"BUDGET_MISSED.*max_file_mb = 0.004") as raised:
        export_asset(samples.asset(128), tmp_path / "out", tiny)
    assert "MB at the least" in raised.value.message
    assert not (tmp_path / "out").exists()


def test_profile_without_limits_keeps_everything(tmp_path: Path) -> None:
    asset = samples.asset(96)
    report = export_asset(asset, tmp_path, PROFILES["source"])
    mesh, textures = read_glb(tmp_path / "vase.glb")
    assert len(mesh.faces) == len(asset.lods[0].faces)
    assert np.array_equal(textures["base_color"], asset.material.base_color)
    assert {t["encoding"] for t in report.textures} == {"PNG"}
    assert "extensionsUsed" not in unpack((tmp_path / "vase.glb").read_bytes())[0]


def test_given_lods_are_used_and_missing_ones_made(tmp_path: Path) -> None:
    coarse = samples.vase(20, 30)
    asset = dataclasses.replace(samples.asset(64), lods=(samples.vase(30, 40), coarse))
    report = export_asset(asset, tmp_path, PROFILES["desktop"])
    assert report.triangles[1] == len(coarse.faces)
    assert report.lod_method == ("given", "given", "seam-aware")
    assert report.triangles[2] < report.triangles[1]


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b"])
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="NAME_INVALID"):
        export_asset(dataclasses.replace(samples.asset(64), name=name), tmp_path, SMALL)


def test_a_texture_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    asset = samples.asset(64)
    wrong = dataclasses.replace(asset, material=dataclasses.replace(asset.material, orm=np.zeros((64, 64), np.uint8)))
    with pytest.raises(InputError, match=r"TEXTURE_INVALID.*orm"):
        export_asset(wrong, tmp_path, SMALL)


def test_cancel_stops_the_export(tmp_path: Path) -> None:
    progress = Progress(lambda event: progress.cancel() if event.message == "textures" else None)
    with pytest.raises(Cancelled):
        export_asset(samples.asset(64), tmp_path, SMALL, progress=progress)
    assert list(tmp_path.iterdir()) == []


def test_thumbnail_shows_the_product_in_its_colours(tmp_path: Path) -> None:
    asset = samples.asset(64)
    red = np.full((64, 64, 3), (200, 30, 30), np.uint8)
    red_asset = Asset("vase", asset.lods, dataclasses.replace(asset.material, base_color=red))
    render_thumbnail(red_asset, tmp_path / "red.png", size_px=96)
    image = cv2.imread(str(tmp_path / "red.png"))[..., ::-1].astype(int)
    assert image.shape == (96, 96, 3)
    reddish = (image[..., 0] > 1.8 * image[..., 1]) & (image[..., 0] > 1.8 * image[..., 2])
    assert 0.08 < reddish.mean() < 0.5
    rows, columns = np.nonzero(reddish)
    assert abs(rows.mean() - 48) < 6
    assert abs(columns.mean() - 48) < 6
    assert rows.max() - rows.min() > 60  # it fills the frame
    assert image[:8].mean() > 200  # light backdrop
    assert image[:8].std() < 12


def test_thumbnail_of_a_compressed_file_matches_the_asset(tmp_path: Path, exported) -> None:
    render_thumbnail(exported[0] / "vase.glb", tmp_path / "file.png", size_px=96)
    render_thumbnail(samples.asset(), tmp_path / "asset.png", size_px=96)
    images = [cv2.imread(str(tmp_path / f"{n}.png")).astype(np.float32) for n in ("file", "asset")]
    assert np.abs(images[0] - images[1]).mean() < 4
