"""Whole conversions of small rendered captures, one per kind of input."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from assets_pipeline import ConvertOptions, convert
from assets_pipeline.capture import Product, find_products
from assets_pipeline.errors import Cancelled, CaptureError, InputError
from assets_pipeline.gltf.decode import read_glb
from assets_pipeline.progress import Event, Progress
from assets_pipeline.recipes import RECIPES, VideoRecipe
from assets_pipeline.report import Report
from tests.assets_pipeline.synthetic import SyntheticCapture, SyntheticOptions, render, write

pytestmark = pytest.mark.usefixtures("mask_model")


@pytest.fixture(scope="module")
def shot() -> SyntheticCapture:
    return render(SyntheticOptions(shape="box", views=20))


@pytest.fixture(scope="module")
def photos(shot: SyntheticCapture, tmp_path_factory: pytest.TempPathFactory) -> Product:
    folder = tmp_path_factory.mktemp("shoot") / "a box"
    write(shot, folder)
    (folder / "notes.jpg").write_text("not a photo")
    (product,) = find_products([folder])
    return product


@pytest.fixture(scope="module")
def made(photos: Product, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    out = tmp_path_factory.mktemp("made")
    return convert(photos, out, ConvertOptions("quest2", height_m=0.12)), out


def test_photos_become_a_sized_asset_within_its_budget(
    shot: SyntheticCapture, made: tuple[Report, Path], photos: Product
) -> None:
    report, out = made
    assert report.verdict in ("pass", "warn"), report.reasons
    assert report.size_m is not None
    assert report.size_m[1] == pytest.approx(0.12, abs=1e-4)
    wanted = sorted(shot.mesh.size[[0, 2]])
    np.testing.assert_allclose(sorted([report.size_m[0], report.size_m[2]]), wanted, rtol=0.07)  # 480 × 360 photos
    assert all(b["ok"] for b in report.budget.values())
    assert report.validator["errors"] == 0
    assert report.quality["watertight"] is True
    assert report.camera == {"registered": 20, "total": 20, "reprojection_px": pytest.approx(0.5, abs=0.5)}
    assert report.quality["label_ncc"] > 0.8
    assert report.triangles[0] <= 30_000
    assert report.triangles[0] > report.triangles[1] > report.triangles[2]
    assert {s["name"] for s in report.provenance} >= {"u2netp", "pycolmap", "open3d"}
    (refused,) = [i for i in report.images if not i["used"]]
    assert refused["file"] == "notes.jpg"
    names = [f"{photos.name}{suffix}" for suffix in (".glb", ".lod1.glb", ".lod2.glb")]
    assert {*names, "thumbnail.png", "cameras.json"} <= set(report.files)
    assert [(out / n).stat().st_size for n in names] == list(report.bytes)
    with Image.open(out / "thumbnail.png") as picture:
        assert np.asarray(picture.convert("L")).std() > 10


def test_the_model_meets_the_photos_through_cameras_json(made: tuple[Report, Path], photos: Product) -> None:
    out = made[1]
    mesh, textures = read_glb(out / f"{photos.name}.glb")
    assert textures
    cameras = json.loads((out / "cameras.json").read_text())
    inside = []
    for name, camera in cameras["cameras"].items():
        cam = mesh.vertices @ np.array(camera["R"]).T + np.array(camera["t"])
        pixels = cam @ np.array(camera["K"]).T
        pixels = pixels[:, :2] / pixels[:, 2:]
        photo = cv2.imread(str(photos.path / name))
        assert photo.shape[:2] == (cameras["height"], cameras["width"])
        inside.append(np.mean((pixels > 0).all(1) & (pixels < [cameras["width"], cameras["height"]]).all(1)))
    assert min(inside) > 0.98
    assert abs(mesh.vertices[:, 1].min()) < 1e-3
    assert abs(mesh.vertices.max(0) + mesh.vertices.min(0))[[0, 2]].max() < 2e-3


@pytest.mark.parametrize("stage", ["capture", "segment", "camera"])
def test_cancel_in_a_stage_stops_the_conversion(stage: str, photos: Product, tmp_path: Path) -> None:
    def listen(event: Event) -> None:
        if event.stage == stage:
            progress.cancel()

    progress = Progress(listen)
    with pytest.raises(Cancelled):
        convert(photos, tmp_path, progress=progress)
    assert list(tmp_path.iterdir()) == []


def test_rgbd_frames_become_a_metric_asset(tmp_path: Path) -> None:
    shot = render(SyntheticOptions(shape="tin", views=20))
    folder = tmp_path / "tin"
    poses = []
    for view, depth in zip(shot.views, shot.depths):
        for name, pixels in (("color", view.pixels), ("depth", np.round(depth * 1000).astype(np.uint16))):
            (folder / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save((folder / name / view.file).with_suffix(".png"))
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = view.R, view.t
        inverse = np.linalg.inv(pose)
        poses.append(f"{len(poses)} {len(poses)} 0\n" + "\n".join(" ".join(map(str, row)) for row in inverse))
    (folder / "intrinsics.json").write_text(json.dumps({"K": shot.views[0].K.tolist()}))
    (folder / "trajectory.log").write_text("\n".join(poses) + "\n")
    (product,) = find_products([folder])
    assert product.kind == "rgbd"
    report = convert(product, tmp_path / "out", ConvertOptions("quest2"))
    assert report.scale_source == "rgbd"
    assert report.quality["watertight"] is True
    assert report.size_m is not None
    np.testing.assert_allclose(sorted(report.size_m), sorted(shot.mesh.size), rtol=0.06)
    assert report.validator["errors"] == 0


def test_a_single_photo_is_marked_as_a_guess(shot: SyntheticCapture, tmp_path: Path) -> None:
    Image.fromarray(shot.views[2].pixels).save(tmp_path / "box.jpg")
    (product,) = find_products([tmp_path / "box.jpg"])
    report = convert(product, tmp_path / "out", ConvertOptions("web", height_m=0.12))
    assert report.verdict == "warn"
    assert "one photo" in report.reasons[0]
    assert report.size_m is not None
    assert report.size_m[1] == pytest.approx(0.12, abs=1e-3)
    assert report.quality["watertight"] is True


def test_a_photo_of_nothing_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.full((480, 640, 3), 200, np.uint8)).save(tmp_path / "wall.png")
    (product,) = find_products([tmp_path / "wall.png"])
    with pytest.raises(CaptureError, match="NO_PRODUCT"):
        convert(product, tmp_path / "out")


def test_a_video_gives_its_frames_as_photos(shot: SyntheticCapture, tmp_path: Path) -> None:
    film = cv2.VideoWriter(str(tmp_path / "round.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (480, 360))
    for view in shot.views:
        film.write(view.pixels[..., ::-1])
    film.release()
    (product,) = find_products([tmp_path / "round.avi"])
    assert RECIPES[product.kind] is VideoRecipe
    assert len(VideoRecipe().load(product, Progress()).photos) >= 15


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"profile": "quest9"}, "UNKNOWN_PROFILE"),
        ({"height_m": -1.0}, "SIZE_OUT_OF_RANGE"),
        ({"marker_m": 1e4}, "SIZE_"),
    ],
)
def test_options_are_checked(wrong: dict[str, object], code: str) -> None:
    with pytest.raises(InputError, match=code):
        ConvertOptions(**wrong)  # type: ignore[arg-type]
