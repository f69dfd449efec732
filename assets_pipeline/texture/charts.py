"""Cuts a mesh into charts that are flat enough to be projected onto a plane without folds.

Variational shape approximation (Cohen-Steiner, Alliez, Desbrun 2004) with a cone limit: charts grow from seeds over
the faces whose normals fit best, the seeds move to the best fitting face, and the growth is repeated. Faces that no
chart may take become seeds of new charts. Afterwards faces that would cover another face of their chart are cut out.
"""

from __future__ import annotations

import heapq

import numba
import numpy as np

from assets_pipeline.types import Array

_MIN_FACING = 0.17  # cosine between a face and its chart's projection; lower stretches or folds


@numba.njit(cache=True)
def _grow(neighbours, normals, facets, centers, labels, seeds, proxies, cone, distance_scale):
    """Assign faces to ``seeds``; adds seeds for what is left. Returns seeds, proxies and the order of growth."""
    count = len(neighbours)
    order = np.zeros(count, np.int32)
    labels[:] = -1
    heap = [(np.float32(0.0), np.int32(0), np.int32(0))]
    heap.pop()
    for k in range(len(seeds)):
        heapq.heappush(heap, (np.float32(-1.0), np.int32(seeds[k]), np.int32(k)))
    step, cursor = 0, 0
    while True:
        while len(heap) > 0:
            entry = heapq.heappop(heap)
            f, k = int(entry[1]), int(entry[2])
            if labels[f] >= 0:
                continue
            labels[f] = k
            order[f] = step
            step += 1
            for e in range(3):
                g = neighbours[f, e]
                if g < 0 or labels[g] >= 0:
                    continue
                fit = np.dot(normals[g], proxies[k])
                if fit < cone or np.dot(facets[g], proxies[k]) < _MIN_FACING:
                    continue
                away = centers[g] - centers[seeds[k]]
                price = np.float32(1.0 - fit + distance_scale * np.sqrt(np.dot(away, away)))
                heapq.heappush(heap, (price, np.int32(g), np.int32(k)))
        while cursor < count and labels[cursor] >= 0:
            cursor += 1
        if cursor == count:
            break
        normal = normals[cursor] if np.dot(normals[cursor], facets[cursor]) > _MIN_FACING else facets[cursor]
        seeds = np.append(seeds, np.int32(cursor))
        proxies = np.vstack((proxies, normal.reshape(1, 3)))
        heapq.heappush(heap, (np.float32(-1.0), np.int32(cursor), np.int32(len(seeds) - 1)))
    return seeds, proxies, order


@numba.njit(cache=True)
def _absorb(neighbours, facets, labels, sizes, proxies, smallest):
    """Give the faces of charts smaller than ``smallest`` to a neighbouring chart that can project them."""
    for _ in range(4):
        moved = 0
        for f in range(len(labels)):
            own = labels[f]
            if sizes[own] >= smallest:
                continue
            best, best_fit = -1, 2.0 * _MIN_FACING
            for e in range(3):
                g = neighbours[f, e]
                if g < 0 or labels[g] == own or sizes[labels[g]] <= sizes[own]:
                    continue
                fit = np.dot(facets[f], proxies[labels[g]])
                if fit > best_fit:
                    best, best_fit = labels[g], fit
            if best >= 0:
                sizes[own] -= 1
                sizes[best] += 1
                labels[f] = best
                moved += 1
        if moved == 0:
            break


@numba.njit(cache=True)
def _covered(uv, labels, order, origins, widths, offsets, total, texel):
    """Faces whose texels are already taken by an earlier face of their own chart."""
    owner = np.zeros(total, np.uint8)
    hit = np.zeros(len(labels), np.bool_)
    for f in order:
        k = labels[f]
        ax, ay = (uv[f, 0, 0] - origins[k, 0]) / texel, (uv[f, 0, 1] - origins[k, 1]) / texel
        bx, by = (uv[f, 1, 0] - origins[k, 0]) / texel, (uv[f, 1, 1] - origins[k, 1]) / texel
        cx, cy = (uv[f, 2, 0] - origins[k, 0]) / texel, (uv[f, 2, 1] - origins[k, 1]) / texel
        if (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) <= 0.0:
            continue
        x0, x1 = int(np.floor(min(ax, bx, cx))), int(np.ceil(max(ax, bx, cx)))
        y0, y1 = int(np.floor(min(ay, by, cy))), int(np.ceil(max(ay, by, cy)))
        for write in range(2):
            if write and hit[f]:
                break
            for y in range(y0, y1 + 1):
                for x in range(x0, x1 + 1):
                    px, py = x + 0.5, y + 0.5
                    inner = 1e-4
                    if (bx - ax) * (py - ay) - (by - ay) * (px - ax) <= inner:
                        continue
                    if (cx - bx) * (py - by) - (cy - by) * (px - bx) <= inner:
                        continue
                    if (ax - cx) * (py - cy) - (ay - cy) * (px - cx) <= inner:
                        continue
                    cell = offsets[k] + y * widths[k] + x
                    if write:
                        owner[cell] = 1
                    elif owner[cell]:
                        hit[f] = True
    return hit


@numba.njit(cache=True)
def _components(neighbours, labels):
    """Connected pieces of equal label."""
    piece = np.full(len(labels), -1, np.int32)
    stack = np.empty(len(labels), np.int32)
    count = 0
    for start in range(len(labels)):
        if piece[start] >= 0:
            continue
        piece[start] = count
        stack[0], top = start, 1
        while top > 0:
            top -= 1
            f = stack[top]
            for e in range(3):
                g = neighbours[f, e]
                if g >= 0 and piece[g] < 0 and labels[g] == labels[f]:
                    piece[g] = count
                    stack[top] = g
                    top += 1
        count += 1
    return piece, count


def cut_charts(
    centers: Array,
    normals: Array,
    facets: Array,
    areas: Array,
    neighbours: Array,
    cone_deg: float,
    seeds: int,
    rounds: int,
) -> tuple[Array, Array]:
    """Chart of each face (M,) int32 and the order (M,) in which the charts grew.

    ``normals`` (M, 3) are smoothed face normals that decide the shape of charts, ``facets`` (M, 3) the exact ones that
    decide what can be projected; ``neighbours`` (M, 3) int32 as from ``face_neighbours``.
    """
    count = len(neighbours)
    scale = 0.6 / max(float(np.linalg.norm(centers.max(0) - centers.min(0))), 1e-9)
    picked = _spread(centers * scale * 2.0, normals, min(seeds, count))
    proxies = normals[picked].copy()
    labels = np.empty(count, np.int32)
    order = np.zeros(count, np.int32)
    cone = np.float32(np.cos(np.radians(cone_deg)))
    for turn in range(rounds):
        picked, proxies, order = _grow(
            neighbours, normals, facets, centers, labels, picked, proxies, cone, np.float32(scale)
        )
        if turn + 1 < rounds:
            picked, proxies = _recenter(labels, centers, normals, facets, areas, len(picked), scale)
    sizes = np.bincount(labels, minlength=len(picked)).astype(np.int64)
    _absorb(neighbours, facets, labels, sizes, _means(labels, facets, areas, len(picked)), 40)
    labels, _ = _components(neighbours, labels)
    return labels, order


def project(labels: Array, corners: Array, facets: Array, areas: Array) -> Array:
    """Orthographic plane coordinates (M, 3, 2) float64 in metres of every face corner (M, 3, 3), per chart."""
    proxies = _means(labels, facets, areas, int(labels.max()) + 1)
    axis = np.eye(3)[np.argmin(np.abs(proxies), axis=1)]
    u = np.cross(axis, proxies)
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(proxies, u)
    flat = np.stack([np.einsum("fki,fi->fk", corners, u[labels]), np.einsum("fki,fi->fk", corners, v[labels])], axis=-1)
    solid = np.bincount(labels, areas, len(proxies))
    plane = np.bincount(labels, np.abs(_signed(flat)), len(proxies))
    return flat * np.sqrt(np.clip(solid / np.maximum(plane, 1e-20), 1.0, 4.0))[labels][:, None, None]


def separate(labels: Array, order: Array, corners: Array, facets: Array, areas: Array, neighbours: Array) -> Array:
    """Cut out faces that fold over or cover others of their chart, until none does. Returns new labels (M,) int32."""
    texel = float(np.sqrt(max(float(areas.sum()), 1e-20) / 4e6))
    rank = np.argsort(order, kind="stable")
    for attempt in range(8):
        flat = project(labels, corners, facets, areas)
        count = int(labels.max()) + 1
        low = np.full((count, 2), np.inf)
        high = np.full((count, 2), -np.inf)
        for k in range(3):
            np.minimum.at(low, labels, flat[:, k])
            np.maximum.at(high, labels, flat[:, k])
        low -= texel
        extent = np.ceil((high - low) / texel).astype(np.int64) + 3
        offsets = np.concatenate([[0], np.cumsum(extent.prod(axis=1))])
        hit = _covered(flat, labels, rank, low, extent[:, 0], offsets, int(offsets[-1]), texel)
        hit |= _signed(flat) < 0
        if not hit.any():
            break
        if attempt >= 5:
            labels = labels.copy()
            labels[hit] = count + np.arange(int(hit.sum()))
        else:
            labels = labels + count * hit.astype(np.int32)
        labels, _ = _components(neighbours, labels.astype(np.int32))
    return labels


def _signed(flat: Array) -> Array:
    a, b = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    return 0.5 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _means(labels: Array, vectors: Array, areas: Array, count: int) -> Array:
    weight = areas + 1e-12
    total = np.stack([np.bincount(labels, vectors[:, c] * weight, count) for c in range(3)], axis=1)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.where(length > 1e-20, total / np.maximum(length, 1e-20), [[0.0, 1.0, 0.0]]).astype(np.float32)


def _spread(centers: Array, normals: Array, seeds: int) -> Array:
    """Farthest-point sampling over position and normal."""
    features = np.concatenate([centers, normals], axis=1).astype(np.float32)
    picked = np.zeros(seeds, np.int32)
    distance = np.full(len(features), np.inf, np.float32)
    for k in range(1, seeds):
        distance = np.minimum(distance, ((features - features[picked[k - 1]]) ** 2).sum(axis=1))
        picked[k] = int(distance.argmax())
    return picked


def _recenter(
    labels: Array, centers: Array, normals: Array, facets: Array, areas: Array, count: int, scale: float
) -> tuple[Array, Array]:
    """The face of each chart that lies nearest its mean position and normal; charts that died are dropped."""
    proxies = _means(labels, normals, areas, count)
    weight = areas + 1e-12
    total = np.maximum(np.bincount(labels, weight, count), 1e-30)
    middle = np.stack([np.bincount(labels, centers[:, c] * weight, count) for c in range(3)], axis=1) / total[:, None]
    cost = 1.0 - (normals * proxies[labels]).sum(axis=1)
    cost += scale * np.linalg.norm(centers - middle[labels], axis=1)
    cost += 10.0 * ((facets * proxies[labels]).sum(axis=1) < _MIN_FACING)
    rank = np.lexsort((cost, labels))
    kept, first = np.unique(labels[rank], return_index=True)
    big = np.bincount(labels, minlength=count)[kept] >= 12
    return rank[first][big].astype(np.int32), proxies[kept[big]]
