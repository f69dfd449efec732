"""A studio picture of an asset, ray cast on the CPU: no GPU, display or driver needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import open3d as o3d

from assets_pipeline.errors import InputError
from assets_pipeline.files import write_atomic
from assets_pipeline.gltf.decode import read_glb
from assets_pipeline.gltf.images import linear_from_srgb
from assets_pipeline.gltf.shading import Light, Surface, display, shade
from assets_pipeline.tangents import unit, vertex_normals, vertex_tangents
from assets_pipeline.types import Array, Asset, Mesh

_SAMPLES = 2  # per pixel and axis
_SHADOW_RAYS = 2  # per sample
_LIGHTS = (
    Light((-0.55, 0.75, 0.65), 2.15, 0.25),
    Light((0.85, 0.25, 0.55), 0.6, 0.4),
    Light((0.25, 0.55, -0.9), 1.1, 0.3),
)
_BACKDROP_TOP, _BACKDROP_BOTTOM = 0.86, 0.62  # linear grey


@dataclass(frozen=True)
class ThumbnailOptions:
    """How the picture is taken."""

    size_px: int = 512
    yaw_deg: float = 32.0  # to the product's left of front
    pitch_deg: float = 20.0  # above the horizon
    fov_deg: float = 26.0

    def __post_init__(self) -> None:
        if not 16 <= self.size_px <= 4096:
            raise InputError("OPTION_INVALID", f"size_px is {self.size_px}.", "Use 16 to 4096.")
        if not -89 <= self.pitch_deg <= 89 or not 5 <= self.fov_deg <= 90:
            raise InputError("OPTION_INVALID", "The camera's pitch or field of view is out of range.", "Use ±89, 5–90.")


def render_thumbnail(
    source: Asset | Path, path: Path, size_px: int = 512, options: ThumbnailOptions | None = None
) -> None:
    """Write a PNG of an asset (its finest LOD) or of a GLB file; ``options`` overrides ``size_px``.

    Raises:
        InputError: GLB_INVALID, GLB_UNSUPPORTED. MachineError: OUT_NOT_WRITABLE.
    """
    if isinstance(source, Asset):
        material = source.material
        named = {"base_color": material.base_color, "normal": material.normal, "orm": material.orm}
        mesh, textures = source.lods[0], {k: v for k, v in named.items() if v is not None}
    else:
        mesh, textures = read_glb(source)
    pixels = render(mesh, textures, options or ThumbnailOptions(size_px))
    write_atomic(path, cv2.imencode(".png", pixels[..., ::-1])[1].tobytes())


def render(mesh: Mesh, textures: dict[str, Array], options: ThumbnailOptions) -> Array:
    """The picture as (size_px, size_px, 3) uint8 sRGB; the same input gives the same picture."""
    random = np.random.default_rng(0)
    side = options.size_px * _SAMPLES
    scene = o3d.t.geometry.RaycastingScene()
    vertices = np.ascontiguousarray(mesh.vertices, np.float32)
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(vertices), o3d.core.Tensor.from_numpy(np.ascontiguousarray(mesh.faces, np.uint32))
    )
    origin, directions = _camera(mesh, side, options)
    rays = np.concatenate([np.broadcast_to(origin, directions.shape), directions], 1).astype(np.float32)
    hit = scene.cast_rays(o3d.core.Tensor.from_numpy(rays))
    distance = hit["t_hit"].numpy()
    on_product = np.isfinite(distance)

    image = _backdrop(scene, mesh, origin, directions, on_product, side, random)
    if on_product.any():
        index = np.flatnonzero(on_product)
        face = hit["primitive_ids"].numpy()[index]
        surface = _surface(mesh, textures, face, hit["primitive_uvs"].numpy()[index])
        points = origin + directions[index] * distance[index, None]
        lit = _visibility(scene, points, surface.geometric_normal, on_product.reshape(side, side), mesh, random)
        image[index] = shade(surface, -directions[index], _LIGHTS, lit[:, :-1], lit[:, -1])
    image = image.reshape(options.size_px, _SAMPLES, options.size_px, _SAMPLES, 3)
    return display(image).reshape(image.shape).astype(np.float32).mean((1, 3)).round().astype(np.uint8)


def _camera(mesh: Mesh, side: int, options: ThumbnailOptions) -> tuple[Array, Array]:
    """Camera centre (3,) and unit ray directions (side², 3), framing the product."""
    yaw, pitch = np.radians([options.yaw_deg, options.pitch_deg])
    back = np.array([-np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    up = np.cross(back, right)
    low, high = mesh.vertices.min(0).astype(np.float64), mesh.vertices.max(0).astype(np.float64)
    tangent = np.tan(np.radians(options.fov_deg) / 2)
    local = (mesh.vertices.astype(np.float64) - (low + high) / 2) @ np.stack([right, up, back], 1)
    centre = (low + high) / 2
    for _ in range(2):  # perspective shifts the outline's centre, so frame twice
        distance = float((np.abs(local[:, :2]).max(1) / (0.84 * tangent) + local[:, 2]).max())
        seen = local[:, :2] / (distance - local[:, 2:3])
        shift = (seen.max(0) + seen.min(0)) / 2 * distance
        local[:, :2] -= shift
        centre = centre + right * shift[0] + up * shift[1]
    axis = ((np.arange(side) + 0.5) / side * 2 - 1) * tangent
    x, y = np.meshgrid(axis, -axis)
    rays = x.ravel()[:, None] * right + y.ravel()[:, None] * up - back
    return centre + back * distance, rays / np.linalg.norm(rays, axis=1, keepdims=True)


def _surface(mesh: Mesh, textures: dict[str, Array], face: Array, uv: Array) -> Surface:
    """What the hit points are made of."""
    weights = np.stack([1 - uv[:, 0] - uv[:, 1], uv[:, 0], uv[:, 1]], 1).astype(np.float32)
    corners = mesh.faces[face]
    triangle = mesh.vertices[corners]
    geometric = np.cross(triangle[:, 1] - triangle[:, 0], triangle[:, 2] - triangle[:, 0])
    facing = unit(geometric, np.array([0.0, 1.0, 0.0]))
    vertex = mesh.normals if mesh.normals is not None else vertex_normals(mesh.vertices, mesh.faces)
    normal = unit(_blend(vertex, corners, weights), np.array([0.0, 1.0, 0.0]))
    count = len(face)
    colour: Array = np.full((count, 3), 0.6, np.float32)
    orm: Array = np.broadcast_to(np.array([1.0, 0.7, 0.0], np.float32), (count, 3))
    if mesh.uvs is not None:
        place = _blend(mesh.uvs, corners, weights)
        if "base_color" in textures:
            colour = _sample(linear_from_srgb(textures["base_color"]), place)
        if "orm" in textures:
            orm = _sample(textures["orm"], place).astype(np.float32) / 255
        if "normal" in textures:
            tangent = _blend(vertex_tangents(mesh, vertex), corners, weights)
            bitangent = np.cross(normal, tangent[:, :3]) * np.sign(tangent[:, 3:])
            mapped = _sample(textures["normal"], place).astype(np.float32) / 127.5 - 1
            bent = tangent[:, :3] * mapped[:, :1] + bitangent * mapped[:, 1:2] + normal * mapped[:, 2:]
            normal = unit(bent, normal)
    return Surface(colour, normal, facing, orm[:, 0], orm[:, 1], orm[:, 2])


def _blend(values: Array, corners: Array, weights: Array) -> Array:
    result: Array = np.einsum("nck,nc->nk", values[corners].astype(np.float32), weights)
    return result


def _sample(texture: Array, uv: Array) -> Array:
    """Bilinear, repeating."""
    height, width = texture.shape[:2]
    columns = 4096  # cv2.remap takes at most 32767 rows and columns
    padded = np.zeros((-(-len(uv) // columns) * columns, 2), np.float32)
    padded[: len(uv)] = uv % 1.0 * (width, height) - 0.5
    x, y = padded[:, 0].reshape(-1, columns), padded[:, 1].reshape(-1, columns)
    sampled = cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    result: Array = sampled.reshape(-1, 3)[: len(uv)]
    return result


def _visibility(
    scene: o3d.t.geometry.RaycastingScene,
    points: Array,
    normals: Array,
    mask: Array,
    mesh: Mesh,
    random: np.random.Generator,
) -> Array:
    """How much of each light, and last of the open sky, every point sees: (N, lights + 1) in 0..1."""
    size = float(mesh.size.max())
    start = points + normals * size * 1e-3
    columns = []
    for light in _LIGHTS[:1]:
        towards = unit(np.asarray(light.towards) + light.spread * random.normal(size=(len(points), 3)), np.zeros(3))
        columns.append(_open(scene, start, towards, np.inf))
    columns += [np.ones(len(points), np.float32)] * (len(_LIGHTS) - 1)
    sky = [
        _open(scene, start, unit(normals + unit(random.normal(size=normals.shape), normals), normals), size * 0.35)
        for _ in range(_SHADOW_RAYS)
    ]
    columns.append(np.mean(sky, 0))
    return _smooth(np.stack(columns, 1), mask, 1.6 * _SAMPLES)


def _backdrop(
    scene: o3d.t.geometry.RaycastingScene,
    mesh: Mesh,
    origin: Array,
    directions: Array,
    on_product: Array,
    side: int,
    random: np.random.Generator,
) -> Array:
    """A light grey sweep with the product's contact shadow on it, (side², 3) linear."""
    grey = np.linspace(_BACKDROP_TOP, _BACKDROP_BOTTOM, side, dtype=np.float32).repeat(side)
    size = float(mesh.size.max())
    floor = float(mesh.vertices[:, 1].min()) - 1e-3 * size
    down = directions[:, 1] < -1e-6
    along = np.where(down, (floor - origin[1]) / np.where(down, directions[:, 1], -1.0), 0)
    points = origin + directions * along[:, None]
    centre = (mesh.vertices.max(0) + mesh.vertices.min(0)) / 2
    near = np.linalg.norm((points - centre)[:, [0, 2]], axis=1) < 1.3 * size
    index = np.flatnonzero(down & near)
    if not len(index):
        return np.repeat(grey[:, None], 3, 1)
    up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), (len(index), 3))
    sky = [
        _open(scene, points[index], unit(up + unit(random.normal(size=up.shape), up), up), size)
        for _ in range(_SHADOW_RAYS)
    ]
    key = _LIGHTS[0]
    towards = unit(np.asarray(key.towards) + 1.2 * key.spread * random.normal(size=up.shape), up)
    direct = _open(scene, points[index], towards, np.inf)
    seen = np.ones(side * side, np.float32)
    seen[index] = 0.6 * np.mean(sky, 0) + 0.4 * direct
    soft = cv2.GaussianBlur(seen.reshape(side, side), (0, 0), 2.5 * _SAMPLES).ravel()
    return np.repeat((grey * (0.02 + 0.98 * soft))[:, None], 3, 1)


def _open(scene: o3d.t.geometry.RaycastingScene, start: Array, towards: Array, reach: float) -> Array:
    rays = np.concatenate([start, towards], 1).astype(np.float32)
    blocked = scene.test_occlusions(o3d.core.Tensor.from_numpy(rays), tnear=0.0, tfar=reach).numpy()
    return (~blocked).astype(np.float32)


def _smooth(values: Array, mask: Array, sigma: float) -> Array:
    """Blur per-sample values inside ``mask``, whose true entries they belong to."""
    weight = np.maximum(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma), 1e-6)
    result = np.empty_like(values)
    for k in range(values.shape[1]):
        plane = np.zeros(mask.shape, np.float32)
        plane[mask] = values[:, k]
        result[:, k] = (cv2.GaussianBlur(plane, (0, 0), sigma) / weight)[mask]
    return result
