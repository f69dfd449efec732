"""Small rendered captures with ground truth, for tests: ray cast on the CPU in seconds, no renderer needed.

>>> capture = render(SyntheticOptions(shape="tin", views=24))
>>> write(capture, folder)  # folder/*.jpg, as a user would hand them in
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import open3d as o3d
from PIL import Image, ImageDraw, ImageFont

from assets_pipeline.types import Array, Mesh, View

FOV_X_DEG = 40.0


@dataclass(frozen=True)
class SyntheticOptions:
    """What to render."""

    shape: str = "tin"  # 'tin', 'box' or 'vase'
    views: int = 24
    width: int = 480
    height: int = 360
    height_m: float = 0.12  # of the product
    elevations_deg: tuple[float, ...] = (18.0, 48.0)  # one ring of cameras each
    turntable: bool = False  # the product turns before a plain, static background; the light stays with the camera
    blur_px: float = 0.0  # Gaussian sigma
    noise: float = 1.5  # sigma in grey levels
    plain: bool = False  # a product without any print
    samples: int = 2  # rays per pixel along one side
    seed: int = 0


@dataclass(frozen=True)
class SyntheticCapture:
    """``views`` hold pixels, mask and ``cam_from_asset``; ``depths`` (H, W) float32 metres include the table."""

    views: tuple[View, ...]
    depths: tuple[Array, ...]
    mesh: Mesh
    texture: Array


def render(options: SyntheticOptions = SyntheticOptions()) -> SyntheticCapture:
    """Render a product standing on a table (or turning before a plain background) on rings around it."""
    mesh = MESHES[options.shape](options.height_m)
    texture = label_texture(options.seed) if not options.plain else np.full((512, 1024, 3), (70, 140, 200), np.uint8)
    table = table_texture(options.seed + 1)
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(mesh.vertices, mesh.faces.astype(np.uint32))
    half = 5 * options.height_m
    if not options.turntable:
        corners = np.array([[-half, 0, -half], [-half, 0, half], [half, 0, half], [half, 0, -half]], np.float32)
        scene.add_triangles(corners, np.array([[0, 1, 2], [0, 2, 3]], np.uint32))

    focal = options.width / 2 / np.tan(np.radians(FOV_X_DEG) / 2)
    K = np.array([[focal, 0, options.width / 2], [0, focal, options.height / 2], [0, 0, 1]])
    rng = np.random.default_rng(options.seed)
    views, depths = [], []
    for index, (R, t) in enumerate(ring_poses(options, mesh)):
        colour, mask, depth = _shoot(scene, mesh, texture, table, half, K, R, t, options)
        if options.blur_px > 0:
            colour = cv2.GaussianBlur(colour, (0, 0), options.blur_px)
        colour = colour + rng.normal(0, options.noise, colour.shape)
        pixels = np.clip(colour, 0, 255).astype(np.uint8)
        views.append(View(f"{index:03d}.jpg", pixels, mask, K, R, t))
        depths.append(depth)
    return SyntheticCapture(tuple(views), tuple(depths), mesh, texture)


def write(capture: SyntheticCapture, folder: Path, quality: int = 94) -> None:
    """Write the photos as JPEG with a 35 mm-equivalent focal length in EXIF, as a phone does."""
    folder.mkdir(parents=True, exist_ok=True)
    for view in capture.views:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0xA405] = round(36 * view.K[0, 0] / view.width)  # FocalLengthIn35mmFilm
        Image.fromarray(view.pixels).save(folder / view.file, quality=quality, exif=exif)


def write_truth(capture: SyntheticCapture, folder: Path) -> None:
    """Write ``gt.ply`` and ``cameras.json`` (``cam_from_asset``)."""
    folder.mkdir(parents=True, exist_ok=True)
    mesh = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(capture.mesh.vertices.astype(float)), o3d.utility.Vector3iVector(capture.mesh.faces)
    )
    o3d.io.write_triangle_mesh(str(folder / "gt.ply"), mesh)
    cameras = {v.file: {"K": v.K.tolist(), "R": v.R.tolist(), "t": v.t.tolist()} for v in capture.views}
    first = capture.views[0]
    text = json.dumps({"width": first.width, "height": first.height, "cameras": cameras})
    (folder / "cameras.json").write_text(text)


def ring_poses(options: SyntheticOptions, mesh: Mesh) -> list[tuple[Array, Array]]:
    """``cam_from_asset`` (R, t) of cameras on rings, looking at the middle of the product."""
    target = np.array([0, options.height_m / 2, 0])
    radius = 2.6 * float(mesh.size.max())
    per_ring = np.diff(np.linspace(0, options.views, len(options.elevations_deg) + 1).round().astype(int))
    poses = []
    for ring, (elevation, count) in enumerate(zip(np.radians(options.elevations_deg), per_ring)):
        for i in range(count):
            azimuth = 2 * np.pi * (i + 0.5 * ring) / count
            direction = [np.cos(elevation) * np.sin(azimuth), np.sin(elevation), np.cos(elevation) * np.cos(azimuth)]
            eye = target + radius * np.array(direction)
            forward = (target - eye) / np.linalg.norm(target - eye)
            right = np.cross(forward, [0, 1, 0])
            right /= np.linalg.norm(right)
            R = np.stack([right, np.cross(forward, right), forward])
            poses.append((R, -R @ eye))
    return poses


def _shoot(
    scene: o3d.t.geometry.RaycastingScene,
    mesh: Mesh,
    texture: Array,
    table: Array,
    half: float,
    K: Array,
    R: Array,
    t: Array,
    options: SyntheticOptions,
) -> tuple[Array, Array, Array]:
    n = options.samples
    w, h = options.width * n, options.height * n
    x, y = np.meshgrid((np.arange(w) + 0.5) / n, (np.arange(h) + 0.5) / n)
    in_camera = np.stack([(x - K[0, 2]) / K[0, 0], (y - K[1, 2]) / K[1, 1], np.ones_like(x)], -1)
    direction = in_camera @ R  # z in the camera stays 1, so that the hit distance is the depth
    rays = np.concatenate([np.broadcast_to(-R.T @ t, direction.shape), direction], -1).astype(np.float32)
    hit = {k: v.numpy() for k, v in scene.cast_rays(o3d.core.Tensor(rays)).items()}
    on_product = hit["geometry_ids"] == 0
    on_table = hit["geometry_ids"] == 1

    face = mesh.faces[np.where(on_product, hit["primitive_ids"], 0).astype(np.int64)]
    b = hit["primitive_uvs"]
    bary = np.stack([1 - b.sum(-1), b[..., 0], b[..., 1]], -1)
    assert mesh.uvs is not None
    uv = (mesh.uvs[face] * bary[..., None]).sum(-2)
    size = np.array([texture.shape[1], texture.shape[0]])
    product_uv = (uv * size - 0.5).astype(np.float32)
    albedo = cv2.remap(texture, product_uv[..., 0], product_uv[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)

    point = rays[..., :3] + np.where(np.isfinite(hit["t_hit"]), hit["t_hit"], 0)[..., None] * rays[..., 3:]
    table_uv = ((point[..., [0, 2]] / (2 * half) + 0.5) * table.shape[0] - 0.5).astype(np.float32)
    ground = cv2.remap(table, table_uv[..., 0], table_uv[..., 1], cv2.INTER_LINEAR)

    light = np.array([-0.4, -0.6, -0.7]) @ R if options.turntable else np.array([0.4, 0.8, 0.45])
    light = light / np.linalg.norm(light)
    shade = 0.55 + 0.45 * np.clip(hit["primitive_normals"] @ light, 0, 1)
    background = np.array([236.0, 236.0, 232.0]) if options.turntable else np.array([150.0, 160.0, 170.0])
    colour = np.where(on_product[..., None], albedo, np.where(on_table[..., None], ground, background))
    colour = np.where((on_product | on_table)[..., None], colour * shade[..., None], colour).astype(np.float32)
    small = (options.width, options.height)
    mask = cv2.resize(on_product.astype(np.float32), small, interpolation=cv2.INTER_AREA) > 0.5
    depth = np.where(np.isfinite(hit["t_hit"]), hit["t_hit"], 0)[n // 2 :: n, n // 2 :: n].astype(np.float32)
    return cv2.resize(colour, small, interpolation=cv2.INTER_AREA), mask.astype(np.uint8) * 255, depth


def label_texture(seed: int, width: int = 1024, height: int = 512) -> Array:
    """A printed label: coloured bands, words, small print and ornaments, (H, W, 3) uint8."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (width, height), tuple(int(c) for c in rng.integers(150, 235, 3)))
    draw = ImageDraw.Draw(image)
    for _ in range(260):
        x, y, r = rng.integers(0, width), rng.integers(0, height), rng.integers(4, 34)
        fill = tuple(int(c) for c in rng.integers(20, 235, 3))
        shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        shape([x - r, y - r, x + r, y + r], fill=fill)
    for _ in range(40):
        word = "".join(rng.choice(list("ABCDEFGHKLMNPRSTUVXYZ0123456789"), 6))
        font = ImageFont.load_default(int(rng.integers(14, 44)))
        position = (int(rng.integers(0, width - 80)), int(rng.integers(0, height - 40)))
        draw.text(position, word, fill=tuple(int(c) for c in rng.integers(0, 90, 3)), font=font)
    return np.asarray(image)


def table_texture(seed: int, side: int = 2048) -> Array:
    """Speckled stone: noise of several scales, (side, side, 3) uint8."""
    rng = np.random.default_rng(seed)
    grey = np.zeros((side, side), np.float32)
    for cells, weight in ((32, 0.2), (128, 0.25), (512, 0.3), (1024, 0.25)):
        noise = rng.random((cells, cells), np.float32)
        grey += weight * cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)
    grey = np.clip((grey - 0.5) * 2.2 + 0.5, 0, 1)[..., None]
    return ((1 - grey) * np.array([84, 66, 52]) + grey * np.array([214, 194, 168])).astype(np.uint8)


def lathe(profile: Array, segments: int = 96) -> Mesh:
    """Surface of revolution about +Y. ``profile`` (N, 2) is (radius, y) from bottom to top; closed if the ends are at
    radius 0. v runs along the profile's length, u around."""
    angle = np.linspace(0, 2 * np.pi, segments + 1)
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(profile, axis=0), axis=1))]
    r, y = profile[:, :1], np.broadcast_to(profile[:, 1:], (len(profile), segments + 1))
    vertices = np.stack([r * np.sin(angle), y, r * np.cos(angle)], -1).reshape(-1, 3)
    v = np.broadcast_to(1 - (length / length[-1])[:, None], y.shape)
    uvs = np.stack([np.broadcast_to(angle / (2 * np.pi), y.shape), v], -1).reshape(-1, 2)
    row = segments + 1
    a = (np.arange(len(profile) - 1)[:, None] * row + np.arange(segments)).reshape(-1)
    faces = np.concatenate([np.stack([a, a + 1, a + row + 1], -1), np.stack([a, a + row + 1, a + row], -1)])
    corners = vertices[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return Mesh(vertices.astype(np.float32), faces[area > 1e-12].astype(np.int32), uvs.astype(np.float32))


def tin(height_m: float) -> Mesh:
    """A cylinder with a lid that stands out."""
    h, r = height_m, 0.33 * height_m
    body = [(0, 0), (r, 0), (r, 0.8 * h), (1.05 * r, 0.8 * h), (1.05 * r, 0.98 * h), (r, h), (0, h)]
    return lathe(np.array(body))


def vase(height_m: float) -> Mesh:
    """A curved bottle shape."""
    y = np.linspace(0, 1, 40)
    r = 0.22 + 0.14 * np.sin(2.6 * np.pi * y**0.8) * (1 - 0.3 * y)
    return lathe(height_m * np.r_[[(0, 0)], np.c_[r, y], [(0, 1)]])


def box(height_m: float) -> Mesh:
    """A carton 0.7 × 1 × 0.45 of its height, each side with its own part of the texture."""
    w, h, d = 0.35 * height_m, height_m, 0.225 * height_m
    corner = np.array([[x, y, z] for x in (-w, w) for y in (0, h) for z in (-d, d)])
    sides = [(1, 5, 7, 3), (5, 4, 6, 7), (4, 0, 2, 6), (0, 1, 3, 2), (3, 7, 6, 2), (0, 4, 5, 1)]
    vertices, faces, uvs = [], [], []
    for i, side in enumerate(sides):
        column, row = i % 3, i // 3
        vertices.append(corner[list(side)])
        quad = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], float)
        uvs.append((quad + np.array([column, row])) / np.array([3, 2]))
        faces.append(np.array([[0, 1, 2], [0, 2, 3]]) + 4 * i)
    return Mesh(
        np.concatenate(vertices).astype(np.float32),
        np.concatenate(faces).astype(np.int32),
        np.concatenate(uvs).astype(np.float32),
    )


MESHES: dict[str, Callable[[float], Mesh]] = {"tin": tin, "vase": vase, "box": box}
