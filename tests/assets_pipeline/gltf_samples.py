"""A small closed product with charts, seams and textures, for the glTF tests."""

from __future__ import annotations

import numpy as np

from assets_pipeline.types import Array, Asset, Material, Mesh, Source


def vase(rings: int = 60, segments: int = 90, height_m: float = 0.2) -> Mesh:
    """A closed lathe body: one chart for the side, mirrored charts for the two caps; origin at the bottom centre."""
    v, u = np.meshgrid(np.linspace(0, 1, rings), np.linspace(0, 1, segments + 1), indexing="ij")
    angle = 2 * np.pi * (u % 1.0)
    radius = 0.05 + 0.015 * np.sin(5 * v)
    side = np.stack([radius * np.sin(angle), v * height_m, radius * np.cos(angle)], -1).reshape(-1, 3)
    side_uv = np.stack([0.01 + 0.98 * u, 0.7 - 0.69 * v], -1).reshape(-1, 2)
    index = np.arange(rings * (segments + 1)).reshape(rings, segments + 1)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    vertices, uvs = [side], [side_uv]
    for ring, level, centre_u, turn in ((0, 0.0, 0.25, -1), (rings - 1, height_m, 0.75, 1)):
        start = sum(len(x) for x in vertices)
        rim = side[index[ring, :-1]]
        vertices.append(np.concatenate([rim, [[0.0, level, 0.0]]]))
        flat = np.concatenate([rim[:, [0, 2]], [[0.0, 0.0]]]) / 0.065 * 0.12
        uvs.append(flat + np.array([centre_u, 0.86]))
        i = np.arange(segments)
        j = (i + 1) % segments
        fan = np.stack([i, j, np.full(segments, segments)], -1)
        faces.append((fan if turn > 0 else fan[:, ::-1]) + start)
    return Mesh(
        np.concatenate(vertices).astype(np.float32),
        np.concatenate(faces).astype(np.int32),
        np.concatenate(uvs).astype(np.float32),
    )


def textures(side_px: int = 512) -> dict[str, Array]:
    """Base colour with stripes, a bumpy normal map and an ORM map, each (side_px, side_px, 3) uint8."""
    y, x = np.mgrid[:side_px, :side_px] / side_px
    stripes = (np.sin(x * 60) > 0) ^ (np.sin(y * 40) > 0)
    base = np.stack([90 + 100 * x, 80 + 100 * y, 120 + 60 * stripes], -1)
    bump = 0.2 * np.stack([np.sin(x * 100), np.cos(y * 80), np.zeros_like(x)], -1) + [0, 0, 1]
    bump /= np.linalg.norm(bump, axis=2, keepdims=True)
    orm = np.stack([200 + 40 * x, 120 + 80 * y, np.zeros_like(x)], -1)
    return {
        "base_color": base.astype(np.uint8),
        "normal": np.round(bump * 127.5 + 127.5).astype(np.uint8),
        "orm": orm.astype(np.uint8),
    }


def asset(side_px: int = 512, mesh: Mesh | None = None) -> Asset:
    images = textures(side_px)
    material = Material(images["base_color"], images["normal"], images["orm"])
    return Asset("vase", (mesh or vase(),), material, (Source("tool", "1.0", "MIT", True),), {"capture": "test"})


def open_edges(mesh: Mesh) -> int:
    """Edges with other than two faces, after merging vertices at one position."""
    _, merged = np.unique(np.round(mesh.vertices, 6), axis=0, return_inverse=True)
    faces = merged.reshape(-1)[mesh.faces]
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])]
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    return int((np.unique(edges, axis=0, return_counts=True)[1] != 2).sum())


def distance_to(mesh: Mesh, points: Array) -> Array:
    """Distance of points (N, 3) from the surface of ``mesh`` in metres."""
    import open3d as o3d

    scene = o3d.t.geometry.RaycastingScene()
    vertices, faces = np.ascontiguousarray(mesh.vertices, np.float32), np.ascontiguousarray(mesh.faces, np.uint32)
    scene.add_triangles(o3d.core.Tensor.from_numpy(vertices), o3d.core.Tensor.from_numpy(faces))
    query = o3d.core.Tensor.from_numpy(np.ascontiguousarray(points, np.float32))
    result: Array = scene.compute_distance(query).numpy()
    return result
