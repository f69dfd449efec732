"""The commerce audit finds what it is there to find."""

from __future__ import annotations

import dataclasses

import gltf_samples as samples
import numpy as np

from assets_pipeline.gltf.audit import audit_asset, inverted_share, rasterise_uvs
from assets_pipeline.types import Mesh

SIDES = [(512, 512)]


def failed(mesh: Mesh, base_color: np.ndarray | None = None, sides: list[tuple[int, int]] = SIDES, **more) -> set[str]:
    textures = {"base_color": base_color if base_color is not None else samples.textures(128)["base_color"]}
    return {name for name, check in audit_asset(mesh, textures, sides, **more).checks.items() if not check.ok}


def test_a_clean_asset_passes() -> None:
    audit = audit_asset(samples.vase(), samples.textures(128), SIDES, watertight=True)
    assert audit.passed, audit.checks
    assert audit.watertight is True


def test_overlapping_charts() -> None:
    mesh = samples.vase()
    assert mesh.uvs is not None
    shifted = mesh.uvs.copy()
    shifted[shifted[:, 1] > 0.7, 1] -= 0.3
    assert failed(dataclasses.replace(mesh, uvs=shifted)) == {"uv_overlap"}


def test_a_triangle_folded_over_inside_its_chart() -> None:
    mesh = samples.vase()
    assert mesh.uvs is not None
    folded = mesh.uvs.copy()
    folded[30 * 91 + 20 : 30 * 91 + 70] += [0, 0.1]  # pulls one ring of the side across its neighbours
    broken = dataclasses.replace(mesh, uvs=folded.astype(np.float32))
    assert "uv_inverted" in failed(broken)
    assert inverted_share(mesh) == 0


def test_uvs_outside_the_texture() -> None:
    mesh = samples.vase()
    assert mesh.uvs is not None
    assert "uv_inside_unit_square" in failed(dataclasses.replace(mesh, uvs=mesh.uvs + np.float32(0.5)))


def test_too_dark_and_too_bright_base_colour() -> None:
    for grey in (5, 252):
        assert failed(samples.vase(), np.full((128, 128, 3), grey, np.uint8)) == {"base_color_luminance"}


def test_luminance_ignores_texels_that_no_triangle_uses() -> None:
    mesh = samples.vase()
    base = samples.textures(1024)["base_color"].copy()
    base[rasterise_uvs(mesh, 1024) == 0] = 0
    assert failed(mesh, base) == set()


def test_size_origin_materials_and_sides() -> None:
    mesh = samples.vase()
    assert failed(dataclasses.replace(mesh, vertices=mesh.vertices * 1000)) == {"size_m"}
    assert failed(dataclasses.replace(mesh, vertices=mesh.vertices + np.float32(0.05))) == {"origin_bottom_centre"}
    assert failed(mesh, materials=6) == {"materials"}
    assert failed(mesh, sides=[(500, 512)]) == {"power_of_two_textures"}
