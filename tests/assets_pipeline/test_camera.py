"""Cameras of small rendered captures against their ground truth."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic import SyntheticCapture, SyntheticOptions, render

from assets_pipeline.camera import CameraOptions, aligned_rmse, solve_cameras, umeyama
from assets_pipeline.errors import Cancelled, CaptureError, InputError
from assets_pipeline.progress import Event, Progress
from assets_pipeline.types import Array, Cameras, Photo


def inputs(capture: SyntheticCapture, focal: float = 0.0, prefix: str = "") -> tuple[list[Photo], list[Array]]:
    photos = [Photo(prefix + v.file, v.pixels, focal * v.K[0, 0] or None) for v in capture.views]
    return photos, [v.mask for v in capture.views]


def centers(cameras: Cameras, capture: SyntheticCapture) -> tuple[Array, Array]:
    true = {v.file: v.center for v in capture.views}
    return np.array([v.center for v in cameras.views]), np.array([true[v.file] for v in cameras.views])


@pytest.fixture(scope="module")
def tin() -> SyntheticCapture:
    return render(SyntheticOptions(shape="tin", views=24))


@pytest.fixture(scope="module")
def solved(tin: SyntheticCapture) -> Cameras:
    photos, masks = inputs(tin, focal=1.0)
    return solve_cameras(photos, masks, CameraOptions(height_m=0.12))


def test_every_photo_is_placed_within_a_millimetre(tin: SyntheticCapture, solved: Cameras) -> None:
    found, true = centers(solved, tin)
    assert solved.registered == solved.total == 24
    assert [v.file for v in solved.views] == [v.file for v in tin.views]
    assert aligned_rmse(found, true) < 1e-3
    assert solved.reprojection_px < 1.0


def test_table_is_level_and_at_zero(tin: SyntheticCapture, solved: Cameras) -> None:
    scale, rotation, shift = umeyama(*centers(solved, tin))
    assert solved.ground
    assert rotation[1, 1] > np.cos(np.radians(0.3))
    assert abs(shift[1]) < 0.5e-3
    assert scale == pytest.approx(1.0, abs=0.25)  # read off the coarse hull, which has a cone above a flat top
    assert solved.scale.source == "height"


def test_product_is_centred_in_its_box(tin: SyntheticCapture, solved: Cameras) -> None:
    scale, rotation, shift = umeyama(*centers(solved, tin))
    product = (tin.mesh.vertices - shift) @ rotation / scale
    assert (product.min(0) >= solved.box[0] - 1e-3).all()
    assert (product.max(0) <= solved.box[1] + 1e-3).all()
    assert (np.ptp(solved.box, axis=0) < 1.4 * np.ptp(product, axis=0)).all()
    assert np.abs((product.min(0) + product.max(0))[[0, 2]] / 2).max() < 2e-3


def test_first_photo_faces_front(solved: Cameras) -> None:
    x, _, z = solved.views[0].center
    assert abs(np.degrees(np.arctan2(x, z))) < 2.0


@pytest.mark.slow
@pytest.mark.parametrize("lie", [2.0, 0.5])
def test_lying_focal_length_does_no_harm(tin: SyntheticCapture, lie: float) -> None:
    cameras = solve_cameras(*inputs(tin, focal=lie))
    assert cameras.registered == 24
    assert cameras.views[0].K[0, 0] == pytest.approx(tin.views[0].K[0, 0], rel=0.02)
    assert aligned_rmse(*centers(cameras, tin)) < 1.5e-3
    assert cameras.scale.source == "unknown"
    assert cameras.scale.tolerance is None


@pytest.mark.slow
def test_turntable_before_resting_background() -> None:
    capture = render(SyntheticOptions(shape="box", views=24, turntable=True))
    photos, masks = inputs(capture)
    rng = np.random.default_rng(0)  # a patterned wall that stays while the product turns
    wall = np.kron(rng.integers(40, 220, (45, 60, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    photos = [Photo(p.file, np.where(m[..., None] > 0, p.pixels, wall)) for p, m in zip(photos, masks)]
    cameras = solve_cameras(photos, masks)
    assert cameras.registered >= 22
    assert not cameras.ground
    assert aligned_rmse(*centers(cameras, capture)) < 3e-3
    _, rotation, _ = umeyama(*centers(cameras, capture))
    assert rotation[1, 1] > np.cos(np.radians(3.0))


def test_photos_of_different_objects_are_named(tin: SyntheticCapture) -> None:
    other = render(SyntheticOptions(shape="box", views=24, seed=7))
    photos, masks = inputs(tin, prefix="a")
    more, more_masks = inputs(other, prefix="b")
    with pytest.raises(CaptureError) as error:
        solve_cameras(photos[:8] + more[:8], masks[:8] + more_masks[:8], CameraOptions(min_registered_share=0.8))
    assert error.value.code == "PHOTOS_OF_DIFFERENT_OBJECTS"
    assert "of 16 photos" in error.value.message


def test_plain_pictures_are_refused() -> None:
    plain = [Photo(f"{i}.jpg", np.full((300, 400, 3), 120, np.uint8)) for i in range(6)]
    with pytest.raises(CaptureError) as error:
        solve_cameras(plain)
    assert error.value.code == "TOO_LITTLE_TEXTURE"


def test_too_few_photos_and_misfit_masks(tin: SyntheticCapture) -> None:
    photos, masks = inputs(tin)
    with pytest.raises(CaptureError, match="TOO_FEW_PHOTOS"):
        solve_cameras(photos[:2])
    with pytest.raises(InputError, match="MASKS_MISMATCH"):
        solve_cameras(photos, masks[:-1])
    with pytest.raises(InputError, match="MASKS_MISMATCH"):
        solve_cameras(photos, [m[:-1] for m in masks])


def test_cancel_stops_the_work(tin: SyntheticCapture) -> None:
    progress = Progress()

    def stop(event: Event) -> None:
        if event.message == "matching":
            progress.cancel()

    progress.listener = stop
    with pytest.raises(Cancelled):
        solve_cameras(*inputs(tin), progress=progress)
