"""Simplification that keeps the texture in place."""

from __future__ import annotations

import gltf_samples as samples
import numpy as np
import pytest

from assets_pipeline.errors import Cancelled, InputError
from assets_pipeline.gltf.lods import make_lods, simplify
from assets_pipeline.progress import Progress
from assets_pipeline.types import Mesh


def test_targets_are_met_and_the_shape_is_kept() -> None:
    mesh = samples.vase(120, 180)
    lods = simplify(mesh, (10_000, 2_000, 500))
    for lod, target, tolerance in zip(lods, (10_000, 2_000, 500), (0.0003, 0.001, 0.003)):
        assert 0.8 * target <= len(lod.mesh.faces) <= target
        assert samples.distance_to(lod.mesh, mesh.vertices).max() < tolerance
        assert np.allclose(lod.mesh.size, mesh.size, atol=tolerance)
        assert lod.method == "seam-aware"
    assert lods[0].error_m < lods[1].error_m < lods[2].error_m


def test_a_watertight_mesh_stays_watertight() -> None:
    mesh = samples.vase()
    assert samples.open_edges(mesh) == 0
    for lod in make_lods(mesh, (4_000, 1_000, 300)):
        assert samples.open_edges(lod) == 0


def test_texture_stays_in_place() -> None:
    """On the side chart v tells the height and u the angle: it must still do so on the simplified mesh."""
    mesh = samples.vase(120, 180)
    (lod,) = make_lods(mesh, (1_500,))
    assert lod.uvs is not None
    on_side = lod.uvs[:, 1] <= 0.7
    height = (0.7 - lod.uvs[on_side, 1]) / 0.69 * 0.2
    assert np.abs(height - lod.vertices[on_side, 1]).max() < 0.003


def test_a_mesh_of_loose_seams_still_meets_its_target() -> None:
    """Every triangle its own chart: only the freer methods can reach the count."""
    whole = samples.vase(40, 60)
    assert whole.uvs is not None
    rng = np.random.default_rng(0)
    loose = Mesh(
        whole.vertices[whole.faces.ravel()],
        np.arange(whole.faces.size, dtype=np.int32).reshape(-1, 3),
        rng.random((whole.faces.size, 2)).astype(np.float32),
    )
    (lod,) = simplify(loose, (400,))
    assert len(lod.mesh.faces) <= 400
    assert lod.method in ("permissive", "sloppy")
    assert lod.error_m > 0


def test_meshes_within_the_target_come_back_unchanged() -> None:
    mesh = samples.vase(10, 12)
    assert make_lods(mesh, (100_000,)) == (mesh,)


def test_tiled_uvs_keep_their_range() -> None:
    mesh = samples.vase()
    assert mesh.uvs is not None
    tiled = Mesh(mesh.vertices, mesh.faces, mesh.uvs * 3 - 1)
    (lod,) = make_lods(tiled, (3_000,))
    assert lod.uvs is not None
    assert tiled.uvs is not None
    assert np.allclose(lod.uvs.max(0), tiled.uvs.max(0), atol=0.1)
    assert np.allclose(lod.uvs.min(0), tiled.uvs.min(0), atol=0.1)


def test_bad_targets_and_cancel() -> None:
    with pytest.raises(InputError, match="LOD_TARGET"):
        make_lods(samples.vase(10, 12), (0,))
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        make_lods(samples.vase(), (100,), progress)
