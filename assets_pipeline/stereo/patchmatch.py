"""PatchMatch kernels: one view's depth and normals against its neighbours (compiled for the CPU).

Each pixel carries a plane (depth, normal). Planes spread along scan lines and are refined by shrinking random
steps (Bleyer et al., "PatchMatch Stereo", BMVC 2011). A plane is scored by zero-mean normalised cross-correlation
of a window warped into the neighbours, averaged over the best few of them so that occlusion does not count
(Galliani et al., "Gipuma", ICCV 2015). A geometric term prefers planes that the neighbours' depth maps agree with
(Xu and Tao, "ACMM", CVPR 2019).
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

RADIUS = 5  # window half side, pixels
STEP = 2  # stride of the window's samples, pixels
SIDE = 2 * (RADIUS // STEP) + 2  # samples per window side: offsets -5, -3, -1, 1, 3, 5
WORST = 2.0  # cost of a plane that cannot be scored: 1 - NCC lies in 0..2


@numba.njit(nogil=True, cache=True, fastmath=True)
def _uniform(state: Any) -> float:
    """Next number in 0..1 of a xorshift generator (Marsaglia 2003); ``state`` is (1,) uint64."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return float(x >> np.uint64(40)) / 16777216.0


@numba.njit(nogil=True, cache=True, fastmath=True)
def _load_patch(image: Any, mask: Any, x: int, y: int, patch: Any, weight: Any) -> float:
    """Fill the reference window and its bilateral weights, which are 0 beside the product: what lies behind an
    outline moves differently. Returns the weighted variance.
    """
    h, w = image.shape
    centre = image[y, x]
    k = 0
    total = 0.0
    mean = 0.0
    for dy in range(-RADIUS, RADIUS + 1, STEP):
        yy = min(max(y + dy, 0), h - 1)
        for dx in range(-RADIUS, RADIUS + 1, STEP):
            xx = min(max(x + dx, 0), w - 1)
            v = image[yy, xx]
            g = np.exp(-abs(v - centre) * 0.03 - (dx * dx + dy * dy) * 0.012) if mask[yy, xx] else 0.0
            patch[k] = v
            weight[k] = g
            total += g
            mean += g * v
            k += 1
    mean /= total
    variance = 0.0
    for k in range(patch.size):
        weight[k] /= total
        patch[k] -= mean
        variance += weight[k] * patch[k] * patch[k]
    return variance


@numba.njit(nogil=True, cache=True, fastmath=True)
def _match(
    patch: Any, weight: Any, variance: float, source: Any, width: int, height: int, A: Any, b: Any,
    Kinv: Any, x: int, y: int, depth: float, nx: float, ny: float, nz: float, floor: float,
) -> float:  # fmt: skip
    """1 - NCC of the reference window and the source seen through the plane; WORST where it leaves the picture.

    ``A`` = K_src R and ``b`` = K_src t of source_from_reference.
    """
    rx = Kinv[0, 0] * (x + 0.5) + Kinv[0, 2]
    ry = Kinv[1, 1] * (y + 0.5) + Kinv[1, 2]
    dist = depth * (nx * rx + ny * ry + nz)
    if dist > -1e-9:
        return WORST
    inv = 1.0 / dist
    # homography on rays: h = A + b n^T / dist; on pixels the ray of x + dx moves by Kinv00 dx
    a = (nx * rx + ny * ry + nz) * inv
    u0 = A[0, 0] * rx + A[0, 1] * ry + A[0, 2] + b[0] * a
    v0 = A[1, 0] * rx + A[1, 1] * ry + A[1, 2] + b[1] * a
    w0 = A[2, 0] * rx + A[2, 1] * ry + A[2, 2] + b[2] * a
    ux = (A[0, 0] + b[0] * nx * inv) * Kinv[0, 0]
    vx = (A[1, 0] + b[1] * nx * inv) * Kinv[0, 0]
    wx = (A[2, 0] + b[2] * nx * inv) * Kinv[0, 0]
    uy = (A[0, 1] + b[0] * ny * inv) * Kinv[1, 1]
    vy = (A[1, 1] + b[1] * ny * inv) * Kinv[1, 1]
    wy = (A[2, 1] + b[2] * ny * inv) * Kinv[1, 1]
    if w0 <= 1e-6:
        return WORST
    s1 = 0.0
    s2 = 0.0
    cross = 0.0
    k = 0
    for iy in range(SIDE):
        dy = iy * STEP - RADIUS
        u = u0 + dy * uy - RADIUS * ux
        v = v0 + dy * vy - RADIUS * vx
        w = w0 + dy * wy - RADIUS * wx
        for _ in range(SIDE):
            iw = 1.0 / w
            fx = u * iw - 0.5
            fy = v * iw - 0.5
            if not (fx >= 0.0 and fy >= 0.0 and fx < width - 1 and fy < height - 1):
                return WORST
            x0 = int(fx)
            y0 = int(fy)
            ax = np.float32(fx - x0)
            ay = np.float32(fy - y0)
            p = source[y0, x0]
            q = source[y0 + 1, x0]
            top = p + ax * (source[y0, x0 + 1] - p)
            val = top + ay * (q + ax * (source[y0 + 1, x0 + 1] - q) - top)
            g = weight[k] * val
            s1 += g
            s2 += g * val
            cross += g * patch[k]
            k += 1
            u += STEP * ux
            v += STEP * vx
            w += STEP * wx
    other = s2 - s1 * s1
    if other < floor * 0.25:
        return 1.0
    return 1.0 - cross / np.sqrt(variance * other)


@numba.njit(nogil=True, cache=True, fastmath=True)
def _disagreement(
    depths: Any, s: int, A: Any, b: Any, back: Any, x: int, y: int, X: float, Y: float, Z: float
) -> float:
    """Round-trip error in pixels: reference → source → the source's own depth → reference, at most 3."""
    h, w = depths[s].shape
    iw = 1.0 / (A[2, 0] * X + A[2, 1] * Y + A[2, 2] * Z + b[2])
    u = (A[0, 0] * X + A[0, 1] * Y + A[0, 2] * Z + b[0]) * iw
    v = (A[1, 0] * X + A[1, 1] * Y + A[1, 2] * Z + b[1]) * iw
    if not (u >= 0.0 and v >= 0.0 and u < w and v < h):
        return 3.0
    d = depths[s, int(v), int(u)]
    if d <= 0.0:
        return 3.0
    # ``back`` (3, 4) = K_ref [R | t] of reference_from_source, composed with the source's inverse intrinsics
    su = back[0, 0] * u + back[0, 1] * v + back[0, 2]
    sv = back[1, 0] * u + back[1, 1] * v + back[1, 2]
    sw = back[2, 0] * u + back[2, 1] * v + back[2, 2]
    ru = su * d + back[0, 3]
    rv = sv * d + back[1, 3]
    rw = sw * d + back[2, 3]
    ex = ru / rw - (x + 0.5)
    ey = rv / rw - (y + 0.5)
    return min(3.0, np.sqrt(ex * ex + ey * ey))


@numba.njit(nogil=True, cache=True, fastmath=True)
def _score(
    patch: Any, weight: Any, variance: float, images: Any, sizes: Any, depths: Any, geometric: float, sources: Any,
    A: Any, b: Any, back: Any, Kinv: Any, x: int, y: int, depth: float, nx: float, ny: float, nz: float,
    best: int, costs: Any, floor: float,
) -> float:  # fmt: skip
    """Mean cost over the ``best`` cheapest sources."""
    X = (Kinv[0, 0] * (x + 0.5) + Kinv[0, 2]) * depth
    Y = (Kinv[1, 1] * (y + 0.5) + Kinv[1, 2]) * depth
    n = sources.size
    for i in range(n):
        s = sources[i]
        c = _match(
            patch,
            weight,
            variance,
            images[s],
            sizes[s, 1],
            sizes[s, 0],
            A[i],
            b[i],
            Kinv,
            x,
            y,
            depth,
            nx,
            ny,
            nz,
            floor,
        )
        if geometric > 0.0 and c < WORST:
            c += geometric * _disagreement(depths, s, A[i], b[i], back[i], x, y, X, Y, depth)
        costs[i] = c
    total = 0.0
    for i in range(best):  # selection of the few smallest
        m = i
        for j in range(i + 1, n):
            if costs[j] < costs[m]:
                m = j
        costs[i], costs[m] = costs[m], costs[i]
        total += costs[i]
    return total / best


@numba.njit(nogil=True, cache=True, fastmath=True)
def sweep(
    image: Any, mask: Any, images: Any, sizes: Any, depths: Any, geometric: float, sources: Any,
    A: Any, b: Any, back: Any, Kinv: Any, near: Any, far: Any, depth: Any, normal: Any, cost: Any,
    best: int, sweeps: int, floor: float, spread: float, seed: int,
) -> None:  # fmt: skip
    """Improve ``depth`` (h, w), ``normal`` (h, w, 3) and ``cost`` (h, w) in place inside ``mask`` (h, w) bool.

    ``images`` (N, H, W) float32 grey, ``sizes`` (N, 2) their true (height, width), ``depths`` (N, H, W) the maps of
    the previous round (used when ``geometric`` > 0), ``sources`` (S,) indices of neighbours with ``A`` (S, 3, 3),
    ``b`` (S, 3), ``back`` (S, 3, 4); ``near`` and ``far`` (h, w) bound the depth; windows whose
    variance is below ``floor`` (grey levels squared) are left as they are; ``spread`` is the first random step as a
    fraction of the depth.
    """
    h, w = image.shape
    patch = np.empty(SIDE * SIDE, np.float32)
    weight = np.empty(SIDE * SIDE, np.float32)
    costs = np.empty(sources.size, np.float64)
    state = np.array([seed * 2654435761 + 88172645463325252], np.uint64)
    for it in range(sweeps):
        forward = it % 2 == 0
        for jj in range(h):
            y = jj if forward else h - 1 - jj
            for ii in range(w):
                x = ii if forward else w - 1 - ii
                if not mask[y, x]:
                    continue
                variance = _load_patch(image, mask, x, y, patch, weight)
                if variance < floor:
                    continue
                rx = Kinv[0, 0] * (x + 0.5) + Kinv[0, 2]
                ry = Kinv[1, 1] * (y + 0.5) + Kinv[1, 2]
                d, nx, ny, nz = depth[y, x], normal[y, x, 0], normal[y, x, 1], normal[y, x, 2]
                if it == 0:
                    cost[y, x] = _score(
                        patch, weight, variance, images, sizes, depths, geometric, sources, A, b, back, Kinv, x, y,
                        d, nx, ny, nz, best, costs, floor,
                    )  # fmt: skip
                c = cost[y, x]
                back_step = -1 if forward else 1
                for k in range(2):
                    px = x + back_step if k == 0 else x
                    py = y if k == 0 else y + back_step
                    if px < 0 or py < 0 or px >= w or py >= h or not mask[py, px]:
                        continue
                    mx, my, mz = normal[py, px, 0], normal[py, px, 1], normal[py, px, 2]
                    prx = Kinv[0, 0] * (px + 0.5) + Kinv[0, 2]
                    pry = Kinv[1, 1] * (py + 0.5) + Kinv[1, 2]
                    facing = mx * rx + my * ry + mz
                    if facing > -1e-3:
                        continue
                    nd = depth[py, px] * (mx * prx + my * pry + mz) / facing
                    if not (nd > near[y, x] and nd < far[y, x]):
                        continue
                    nc = _score(
                        patch, weight, variance, images, sizes, depths, geometric, sources, A, b, back, Kinv, x, y,
                        nd, mx, my, mz, best, costs, floor,
                    )  # fmt: skip
                    if nc < c:
                        c, d, nx, ny, nz = nc, nd, mx, my, mz
                step = spread * 0.5**it
                turn = max(0.6 * 0.6**it, 0.05)
                for k in range(3):
                    nd = d
                    mx, my, mz = nx, ny, nz
                    if k != 1:
                        nd = d * (1.0 + step * (2.0 * _uniform(state) - 1.0))
                    if k != 0:
                        mx += turn * (2.0 * _uniform(state) - 1.0)
                        my += turn * (2.0 * _uniform(state) - 1.0)
                        mz += turn * (2.0 * _uniform(state) - 1.0)
                        length = np.sqrt(mx * mx + my * my + mz * mz)
                        mx, my, mz = mx / length, my / length, mz / length
                    if mx * rx + my * ry + mz > -0.1 or not (nd > near[y, x] and nd < far[y, x]):
                        continue
                    nc = _score(
                        patch, weight, variance, images, sizes, depths, geometric, sources, A, b, back, Kinv, x, y,
                        nd, mx, my, mz, best, costs, floor,
                    )  # fmt: skip
                    if nc < c:
                        c, d, nx, ny, nz = nc, nd, mx, my, mz
                    step *= 0.5
                    turn *= 0.5
                cost[y, x], depth[y, x] = c, d
                normal[y, x, 0], normal[y, x, 1], normal[y, x, 2] = nx, ny, nz


@numba.njit(nogil=True, cache=True, fastmath=True)
def agreement(
    depth: Any, mask: Any, depths: Any, sizes: Any, sources: Any, A: Any, b: Any, back: Any, Kinv: Any, agree_px: float
) -> Any:
    """How many sources' depth maps confirm each pixel, (h, w) uint8."""
    h, w = depth.shape
    votes = np.zeros((h, w), np.uint8)
    for y in range(h):
        for x in range(w):
            if not mask[y, x] or depth[y, x] <= 0:
                continue
            Z = depth[y, x]
            X = (Kinv[0, 0] * (x + 0.5) + Kinv[0, 2]) * Z
            Y = (Kinv[1, 1] * (y + 0.5) + Kinv[1, 2]) * Z
            for i in range(sources.size):
                if _disagreement(depths, sources[i], A[i], b[i], back[i], x, y, X, Y, Z) < agree_px:
                    votes[y, x] += 1
    return votes
