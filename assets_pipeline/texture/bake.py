"""The texture step: photos and meshes in, a glTF material out, with a score on photos it has not used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.progress import Progress
from assets_pipeline.texture.delight import delight, limit_luminance
from assets_pipeline.texture.fill import fill_unseen, to_image
from assets_pipeline.texture.maps import ambient_occlusion, normal_map
from assets_pipeline.texture.projection import project
from assets_pipeline.texture.raster import Buffer, Texels, rasterize_uv
from assets_pipeline.texture.score import HoldoutScore, score
from assets_pipeline.texture.stack import prepare
from assets_pipeline.texture.topology import smooth_normals
from assets_pipeline.types import Array, Cameras, Material, Mesh


@dataclass(frozen=True)
class BakeOptions:
    """How photos become a material."""

    size_px: int = 2048
    """Side of the base colour texture."""
    map_size_px: int = 1024
    """Side of the normal and occlusion textures (never more than ``size_px``)."""
    holdout_every: int = 8
    """Every n-th photo is kept out of the scored bake; 0 scores nothing. The shipped texture uses all photos."""
    erode_px: float = 1.5
    """Photo pixels this close to the product's outline are not used."""
    low_sigma_px: float = 3.0
    """Blur that parts tones (averaged over views) from detail (taken from the best view), in photo pixels."""
    detail_power: float = 4.0
    """How strongly detail is taken from the best view alone."""
    min_cos: float = 0.15
    """Surface seen under a smaller cosine is not used."""
    bias_of_diagonal: float = 0.004
    """How far behind the rendered depth a point still counts as seen, as a share of the product's diagonal."""
    delight_strength: float = 0.7
    """Share of the estimated shading that is removed, 0..1."""
    occlusion_rays: int = 32
    """Rays per vertex for ambient occlusion."""
    normal_smoothing: int = 3
    """Rounds of averaging of the dense mesh's normals before they become the normal map."""
    roughness: float = 0.6
    """Roughness of the whole product: photos under one fixed light do not tell it reliably."""

    def __post_init__(self) -> None:
        limits = {
            "size_px": (64, 16384), "map_size_px": (16, 16384), "holdout_every": (0, 1000), "erode_px": (0, 32),
            "low_sigma_px": (0.5, 64), "detail_power": (1, 64), "min_cos": (0.01, 0.9), "bias_of_diagonal": (0, 0.1),
            "delight_strength": (0, 1), "occlusion_rays": (1, 4096), "normal_smoothing": (0, 100), "roughness": (0, 1),
        }  # fmt: skip
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise InputError(
                    "BAKE_OPTIONS", f"{name} is {value}; allowed is {low}..{high}.", "Choose one of these."
                )


@dataclass(frozen=True)
class BakeResult:
    """The material, and what is known about it.

    ``lit_color`` (S, S, 3) uint8 sRGB is the base colour before light was removed; ``visible_texel_fraction`` the
    share of texels that a photo shows; ``notes`` say what was assumed.
    """

    material: Material
    lit_color: Array
    visible_texel_fraction: float
    holdout: HoldoutScore
    notes: tuple[str, ...] = ()


def bake(
    mesh: Mesh,
    cameras: Cameras,
    dense: Mesh | None,
    options: BakeOptions | None = None,
    progress: Progress | None = None,
) -> BakeResult:
    """Bake base colour, normal, occlusion and roughness for an unwrapped ``mesh``.

    ``dense`` is the mesh before simplification; without it no normal map is made. Raises ``InputError`` for a mesh
    without UVs or without cameras, ``CaptureError`` (TEXTURE_UNSEEN) when no photo shows any of the surface.
    """
    options, progress = options or BakeOptions(), progress or Progress()
    if not cameras.views:
        raise InputError("NO_VIEWS", "There are no photos to bake from.", "Add photos with solved cameras.")
    texels = rasterize_uv(mesh, options.size_px)
    stack, buffers = prepare(mesh, cameras.views, options.low_sigma_px, options.erode_px, progress)
    held = _held_out(len(cameras.views), options.holdout_every)
    uses = [np.ones(len(held), bool)] + ([~held] if held.any() else [])
    bias = options.bias_of_diagonal * float(np.linalg.norm(mesh.size))
    projections = project(mesh, texels, stack, uses, options.min_cos, options.detail_power, bias, progress)
    whole = projections[0]
    seen = float((whole.confidence > 0).mean()) if len(texels.cell) else 0.0
    if seen == 0.0:
        raise CaptureError(
            "TEXTURE_UNSEEN",
            "None of the photos shows any of the surface.",
            "Check that masks and cameras belong to this mesh.",
        )
    progress.update(0.7, "filling what no photo shows")
    colors = [fill_unseen(mesh, texels, p.color, p.confidence) for p in projections]
    lit = to_image(texels, _bytes(colors[0]))
    scored = to_image(texels, _bytes(colors[1])) if held.any() else lit
    result = _score(mesh, scored, cameras, held, buffers)
    occlusion = ambient_occlusion(mesh, options.occlusion_rays, progress)
    base = _base_color(mesh, texels, colors[0], whole.confidence, occlusion, options)
    material = _material(mesh, dense, base, occlusion, options, progress)
    notes = [f"roughness {options.roughness} is assumed, not measured; metallic 0"]
    if dense is None:
        notes.append("no dense mesh, so no normal map")
    progress.update(1.0, "texture done")
    return BakeResult(material, lit, seen, result, tuple(notes))


def _held_out(views: int, every: int) -> Array:
    """Every ``every``-th view, from the middle of the first block; none when there are fewer views than that."""
    held = np.zeros(views, bool)
    if every > 1 and views >= every:
        held[every // 2 :: every] = True
    return held


def _score(mesh: Mesh, lit: Array, cameras: Cameras, held: Array, buffers: list[Buffer]) -> HoldoutScore:
    chosen = np.flatnonzero(held)
    return score(mesh, lit, [cameras.views[k] for k in chosen], [buffers[k] for k in chosen])


def _base_color(
    mesh: Mesh, texels: Texels, color: Array, confidence: Array, occlusion: Array, options: BakeOptions
) -> Array:
    normals = texels.gather(mesh.faces, smooth_normals(mesh, smoothing=4))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    openness = texels.gather(mesh.faces, occlusion[:, None])[:, 0]
    plain = delight(np.clip(color, 0, 255), normals, openness, confidence, options.delight_strength)
    return to_image(texels, _bytes(limit_luminance(plain)))


def _material(
    mesh: Mesh, dense: Mesh | None, base: Array, occlusion: Array, options: BakeOptions, progress: Progress
) -> Material:
    texels = rasterize_uv(mesh, min(options.map_size_px, options.size_px))
    if len(texels.cell) == 0:
        return Material(base)
    orm = np.zeros((len(texels.cell), 3), np.float32)
    orm[:, 0] = texels.gather(mesh.faces, occlusion[:, None])[:, 0] * 255
    orm[:, 1] = options.roughness * 255
    normal = None
    if dense is not None:
        normal = to_image(texels, normal_map(mesh, dense, texels, options.normal_smoothing, progress))
    return Material(base, normal, to_image(texels, _bytes(orm)))


def _bytes(values: Array) -> Array:
    return np.clip(values + 0.5, 0, 255).astype(np.uint8)
