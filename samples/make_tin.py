"""Model, print and render the sample product: a tea tin on a wooden table, with its ground truth.

Everything is made here from numbers; no other data goes in. Needs ``pip install showfloor[sample]`` and, for Mitsuba's
fast variant, libLLVM 16 or newer (``DRJIT_LIBLLVM_PATH`` names it if it is not found).

    python samples/make_tin.py [--out samples/tin] [--spp 20] [--views 36]
"""

from __future__ import annotations

import argparse
import io
import json
from itertools import pairwise
from pathlib import Path

import cv2
import mitsuba as mi
import numpy as np
from PIL import Image
from tin_print import lid_print, side_print

WIDTH, HEIGHT, FOV_X_DEG = 960, 720, 40.0
SIZE_M = (0.086, 0.120, 0.066)  # lid included
JPEG_TOTAL_BYTES = 3_150_000

# --- geometry -------------------------------------------------------------------------------------------------------


def outline(half_x: float, half_z: float, radius: float) -> np.ndarray:
    """Rounded rectangle, (N, 2) of (x, z), starting at the middle of the back (-z): the label's seam."""
    corners = [(1, -1, -90), (1, 1, 0), (-1, 1, 90), (-1, -1, 180)]
    arcs = []
    for sx, sz, start in corners:
        angle = np.radians(start + np.linspace(0, 90, 11))
        centre = np.array([sx * (half_x - radius), sz * (half_z - radius)])
        arcs.append(centre + radius * np.c_[np.cos(angle), np.sin(angle)])
    path = np.concatenate([[(0, -half_z)], *arcs, [(0, -half_z)]])
    dense = [np.linspace(a, b, 2 + int(np.linalg.norm(b - a) / 0.006))[:-1] for a, b in pairwise(path)]
    return np.concatenate([*dense, path[-1:]])


def arc(centre: tuple[float, float], radius: float, start: float, end: float, n: int = 6) -> list[tuple[float, float]]:
    angle = np.radians(np.linspace(start, end, n))
    return [(centre[0] + radius * np.cos(a), centre[1] + radius * np.sin(a)) for a in angle]


def profile() -> tuple[np.ndarray, np.ndarray]:
    """(offset outward from the body's wall, y) in mm for the side and for the lid's top, from the bottom up."""
    side = [(-1.5, 0.0), *arc((-1.2, 1.2), 1.2, -60, 0, 4)]
    side += [(0, 4.5), *arc((0, 6), 0.8, -90, 90, 7), (0, 7.5)]  # a bead pressed into the sheet
    side += [(0, y) for y in np.linspace(12, 86, 9)]
    side += [*arc((0, 89), 0.8, -90, 90, 7), (0, 91.5)]
    side += [(0.9, 91.6), (1.0, 92.4), (1.0, 97), (1.0, 108), (1.0, 115)]  # the lid overlaps
    side += arc((-2.0, 115), 3.0, 8, 90, 9)
    return np.array(side), np.array([118.0, 118.0, 119.2, 119.9, 120.0, 119.9, 119.2, 118.0, 117.2, 117.2, 117.2])


def sweep() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The tin as two welded-at-the-seam meshes, metres: the side with its bottom, and the lid's top."""
    base = outline((SIZE_M[0] - 0.002) / 2, (SIZE_M[2] - 0.002) / 2, 0.017)
    tangent = np.gradient(base, axis=0)
    tangent[0] = tangent[-1] = (1, 0)
    normal = np.c_[tangent[:, 1], -tangent[:, 0]] / np.linalg.norm(tangent, axis=1, keepdims=True)
    step = np.linalg.norm(np.diff(base, axis=0), axis=1)
    u = np.r_[0, np.cumsum(step)] / step.sum()
    side, top_y = profile()
    rings = [
        np.c_[base[:, 0] + normal[:, 0] * o, np.full(len(base), y), base[:, 1] + normal[:, 1] * o]
        for o, y in side / 1000
    ]
    uv = [np.c_[1 - u, np.full(len(u), 1 - y / 120)] for _, y in side]
    bottom = rings[0] * [0, 1, 0]
    top_edge = rings[-1]
    scale = np.r_[np.linspace(1, 0.955, 2), np.linspace(0.935, 0.84, 7), 0.5, 0.0]
    tops = [top_edge * [s, 0, s] + [0, y / 1000, 0] for s, y in zip(scale, top_y)]
    top_uv = [t[:, [0, 2]] / [SIZE_M[0], SIZE_M[2]] + 0.5 for t in tops]
    return grid([bottom, *rings], [uv[0], *uv]), grid(tops, top_uv)


def grid(rows: list[np.ndarray], uvs: list[np.ndarray]) -> dict[str, np.ndarray]:
    n = len(rows[0])
    a = (np.arange(len(rows) - 1)[:, None] * n + np.arange(n - 1)).ravel()
    faces = np.concatenate([np.c_[a, a + n + 1, a + 1], np.c_[a, a + n, a + n + 1]])
    vertices = np.concatenate(rows)
    corner = vertices[faces]
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1)
    return {"vertices": vertices, "faces": faces[area > 1e-12], "uvs": np.concatenate(uvs)}


def write_truth(path: Path, parts: tuple[dict[str, np.ndarray], ...]) -> None:
    """One watertight mesh without seams, as binary PLY."""
    vertices, faces, start = [], [], 0
    for part in parts:
        vertices.append(part["vertices"])
        faces.append(part["faces"] + start)
        start += len(part["vertices"])
    points, inverse = np.unique(np.concatenate(vertices).round(7), axis=0, return_inverse=True)
    triangles = inverse.reshape(-1)[np.concatenate(faces)]
    triangles = triangles[(np.diff(np.sort(triangles, 1), axis=1) > 0).all(1)]
    header = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {len(triangles)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    records = np.empty(len(triangles), dtype=[("n", "u1"), ("v", "<i4", 3)])
    records["n"], records["v"] = 3, triangles
    path.write_bytes(header.encode() + points.astype("<f4").tobytes() + records.tobytes())


# --- table and light ------------------------------------------------------------------------------------------------


def noise(shape: tuple[int, int], cells: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    return cv2.resize(rng.random(cells, np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)


def wood(side: int = 4096, planks: int = 9) -> np.ndarray:
    """Planks of oak: warped year rings, pores along the grain, knots and gaps. (side, side, 3) uint8."""
    rng = np.random.default_rng(3)
    board = side // planks + 1
    rows = []
    for _ in range(planks):
        h, w = board, side
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        warp = 60 * noise((h, w), (4, 12), rng) + 14 * noise((h, w), (10, 60), rng)
        knots = np.zeros((h, w), np.float32)
        for _ in range(rng.integers(3, 6)):
            kx, ky, r = rng.uniform(0, w), rng.uniform(0.2, 0.8) * h, rng.uniform(14, 34)
            d = np.hypot((x - kx) / 1.7, y - ky)
            warp += 75 * np.exp(-((d / (2.6 * r)) ** 2))
            knots = np.maximum(knots, np.exp(-((d / r) ** 4)))
        rings = 0.5 + 0.5 * np.sin((y * 0.55 + warp) * 0.21)
        pores = noise((h, w), (h // 2, w // 26), rng)
        fleck = noise((h, w), (h // 4, w // 8), rng)
        tone = 0.26 * rings + 0.4 * pores + 0.3 * fleck + 0.2 * noise((h, w), (3, 9), rng) - 0.34 * knots
        tone += rng.uniform(-0.12, 0.12)
        gap = np.minimum(np.arange(h), h - 1 - np.arange(h))[:, None] < 3
        tone = np.where(gap, -0.35, tone)[..., None]
        rows.append(np.array([92, 70, 52]) + tone * np.array([124, 110, 92]))
    return np.clip(np.concatenate(rows)[:side], 0, 255).astype(np.uint8)


def room(width: int = 512) -> np.ndarray:
    """A quiet studio as an environment map, linear (H, W, 3) float32: warm floor, pale walls, soft boxes overhead."""
    v, u = np.mgrid[0 : width // 2, 0:width].astype(np.float32) / [[[width // 2]], [[width]]]
    elevation = (0.5 - v)[..., None] * 180
    sky = np.clip(elevation / 90, 0, 1)
    light = (1 - sky) * np.array([0.62, 0.58, 0.53]) + sky * np.array([0.82, 0.86, 0.92])
    fall = np.clip(-elevation / 40, 0, 1)
    light = np.where(elevation < 0, light * (1 - 0.5 * fall), light)
    for at, height, spread_u, spread_v, power in (
        (0.18, 52, 0.07, 16, 9.0),
        (0.62, 44, 0.09, 18, 5.5),
        (0.88, 68, 0.08, 12, 4.0),
    ):
        du = (u - at + 0.5) % 1 - 0.5
        soft = np.exp(-((du / spread_u) ** 4) - ((elevation[..., 0] - height) / spread_v) ** 4)
        light = light + soft[..., None] * power * np.array([1.0, 0.97, 0.92])
    return light.astype(np.float32)


# --- photographs ----------------------------------------------------------------------------------------------------


def shape(part: dict[str, np.ndarray], image: Image.Image, scratch: Path, name: str) -> dict:
    mesh = mi.Mesh(name, len(part["vertices"]), len(part["faces"]), has_vertex_texcoords=True)
    values = mi.traverse(mesh)
    values["vertex_positions"] = part["vertices"].astype(np.float32).ravel()
    values["faces"] = part["faces"].astype(np.uint32).ravel()
    values["vertex_texcoords"] = part["uvs"].astype(np.float32).ravel()
    values.update()
    mesh.write_ply(str(scratch / f"{name}.ply"))
    colour = {"type": "bitmap", "bitmap": mi.Bitmap(np.array(image)), "raw": False}
    paint = {"type": "principled", "base_color": colour, "roughness": 0.42, "specular": 0.45}
    return {"type": "ply", "filename": str(scratch / f"{name}.ply"), "bsdf": {"type": "twosided", "b": paint}}


def develop(image: np.ndarray) -> np.ndarray:
    """Rendered (H, W, 6) linear colour and albedo → (H, W, 3) uint8 sRGB, with the noise of smooth light removed."""
    colour, albedo = image[..., :3], image[..., 3:] + 0.04
    light = np.log((colour + 1e-3) / albedo).astype(np.float32)
    light = cv2.bilateralFilter(light, 13, 0.4, 3.5)
    linear = np.clip(np.exp(light) * albedo - 1e-3, 0, 1)
    srgb = np.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(255 * srgb).astype(np.uint8)


def cameras(views: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """``cam_from_asset`` (R, t) on two rings, 18° and 48° above the table."""
    target, distance, poses = np.array([0, SIZE_M[1] / 2 - 0.002, 0]), 2.6 * SIZE_M[1], []
    for ring, elevation in enumerate(np.radians((18, 48))):
        for k in range(views // 2):
            azimuth = 2 * np.pi * (k + 0.5 * ring) / (views // 2)
            flat = np.cos(elevation) * np.array([np.sin(azimuth), 0, np.cos(azimuth)])
            eye = target + distance * (flat + np.array([0, np.sin(elevation), 0]))
            forward = (target - eye) / distance
            right = np.cross(forward, [0, 1, 0])
            right /= np.linalg.norm(right)
            R = np.stack([right, np.cross(forward, right), forward])
            poses.append((R, -R @ eye))
    return poses


def encode(photos: list[np.ndarray], focal_35mm: int) -> list[bytes]:
    """JPEGs of one quality, the highest that keeps all of them inside the size limit."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Showfloor", "Rendered sample"
    exif.get_ifd(0x8769)[0xA405] = focal_35mm  # FocalLengthIn35mmFilm
    for quality in range(95, 40, -2):
        files = []
        for photo in photos:
            buffer = io.BytesIO()
            Image.fromarray(photo).save(buffer, "JPEG", quality=quality, optimize=True, progressive=True, exif=exif)
            files.append(buffer.getvalue())
        if sum(map(len, files)) <= JPEG_TOTAL_BYTES:
            print(f"JPEG quality {quality}, {sum(map(len, files)) / 1e6:.2f} MB")
            return files
    raise SystemExit("The photos do not fit into the size limit.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "tin")
    parser.add_argument("--scratch", type=Path, default=Path("/tmp"))
    parser.add_argument("--spp", type=int, default=20)
    parser.add_argument("--views", type=int, default=36)
    parser.add_argument("--only", type=int, nargs="*", help="render these views into the scratch folder, nothing else")
    args = parser.parse_args()
    mi.set_variant("llvm_ad_rgb", "scalar_rgb")

    side, top = sweep()
    ring = outline((SIZE_M[0] - 0.002) / 2, (SIZE_M[2] - 0.002) / 2, 0.017)
    perimeter_mm = 1000 * np.linalg.norm(np.diff(ring, axis=0), axis=1).sum()
    T = mi.ScalarTransform4f
    table = {"type": "bitmap", "bitmap": mi.Bitmap(wood()), "raw": False}
    scene = mi.load_dict(
        {
            "type": "scene",
            "integrator": {"type": "aov", "aovs": "albedo:albedo", "path": {"type": "path", "max_depth": 3}},
            "room": {"type": "envmap", "bitmap": mi.Bitmap(room()), "scale": 0.62},
            "side": shape(side, side_print(perimeter_mm), args.scratch, "tin_side"),
            "top": shape(top, lid_print(1000 * SIZE_M[0], 1000 * SIZE_M[2]), args.scratch, "tin_top"),
            "table": {
                "type": "rectangle",
                "to_world": T().rotate([0, 1, 0], 24) @ T().rotate([1, 0, 0], -90) @ T().scale(0.62),
                "bsdf": {"type": "principled", "base_color": table, "roughness": 0.6, "specular": 0.3},
            },
        }
    )
    focal = WIDTH / 2 / np.tan(np.radians(FOV_X_DEG) / 2)
    K = [[focal, 0, WIDTH / 2], [0, focal, HEIGHT / 2], [0, 0, 1]]
    photos, records = [], {}
    for index, (R, t) in enumerate(cameras(args.views)):
        if args.only and index not in args.only:
            continue
        eye = -R.T @ t
        film = {"type": "hdrfilm", "width": WIDTH, "height": HEIGHT, "rfilter": {"type": "gaussian", "stddev": 0.42}}
        pose = T().look_at(origin=eye.tolist(), target=(eye + R[2]).tolist(), up=[0, 1, 0])
        sensor = {"type": "perspective", "fov": FOV_X_DEG, "near_clip": 1e-3, "to_world": pose, "film": film}
        sensor["sampler"] = {"type": "multijitter", "sample_count": args.spp}
        image = mi.render(scene, sensor=mi.load_dict(sensor), seed=index)
        photos.append(develop(np.array(image)))
        records[f"{index:03d}.jpg"] = {"K": K, "R": R.tolist(), "t": t.tolist()}
        print(f"{index + 1}/{args.views}", flush=True)
        if args.only:
            Image.fromarray(photos[-1]).save(args.scratch / f"tin_{index:03d}.png")
    if args.only:
        return

    (args.out / "photos").mkdir(parents=True, exist_ok=True)
    for name, data in zip(records, encode(photos, round(36 * focal / WIDTH))):
        (args.out / "photos" / name).write_bytes(data)
    write_truth(args.out / "gt.ply", (side, top))
    text_json = json.dumps({"width": WIDTH, "height": HEIGHT, "cameras": records})
    (args.out / "cameras.json").write_text(text_json + "\n")
    facts = {
        "name": "Harbour Tea tin",
        "height_m": SIZE_M[1],
        "size_m": SIZE_M,
        "licence": "Apache-2.0",
        "photos": args.views,
    }
    (args.out / "sample.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
