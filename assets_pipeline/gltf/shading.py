"""Metallic-roughness shading as the glTF 2.0 specification defines it (appendix B)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assets_pipeline.types import Array

_SKY, _GROUND = 0.55, 0.28  # ambient light from above and from below


@dataclass(frozen=True)
class Light:
    """A soft light: where it stands, its strength, and its angular spread (sine, one standard deviation)."""

    towards: tuple[float, float, float]
    strength: float
    spread: float


@dataclass(frozen=True)
class Surface:
    """N points: colour (N, 3) linear, unit normals (N, 3), and (N,) occlusion, roughness, metallic in 0..1."""

    colour: Array
    normal: Array
    geometric_normal: Array
    occlusion: Array
    roughness: Array
    metallic: Array


def shade(surface: Surface, view: Array, lights: Sequence[Light], lit: Array, sky: Array) -> Array:
    """Light sent along ``view`` (N, 3), linear (N, 3).

    ``lit`` (N, lights) and ``sky`` (N,) in 0..1 say how much of each light and of the open sky a point sees.
    """
    normal = surface.normal.astype(np.float32)
    view = view.astype(np.float32)
    toward = np.sum(normal * view, 1, keepdims=True)
    normal = np.where(toward < 0, normal - 2 * toward * view, normal)  # bumps cannot face away
    facing = np.clip(np.abs(toward[:, 0]), 1e-3, 1)
    metallic, roughness = surface.metallic[:, None], np.maximum(surface.roughness, 0.06)
    f0 = 0.04 * (1 - metallic) + surface.colour * metallic
    diffuse = surface.colour * (1 - metallic)
    result = np.zeros_like(surface.colour)
    for light, visible in zip(lights, lit.T):
        direction = np.asarray(light.towards, np.float32) / np.linalg.norm(light.towards).astype(np.float32)
        alpha = np.clip(roughness**2 + light.spread / 2, 0, 1)  # a soft light widens its highlight (Karis 2013)
        half = view + direction
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        n_l = np.clip(normal @ direction, 0, 1)
        n_h = np.clip(np.sum(normal * half, 1), 0, 1)
        v_h = np.clip(np.sum(view * half, 1), 0, 1)
        fresnel = f0 + (1 - f0) * ((1 - v_h) ** 5)[:, None]
        ggx = alpha**2 / (np.pi * (n_h**2 * (alpha**2 - 1) + 1) ** 2)
        masking = 0.5 / (n_l * (facing * (1 - alpha) + alpha) + facing * (n_l * (1 - alpha) + alpha) + 1e-6)
        narrowed = (roughness**2 / alpha) ** 2  # keeps the energy of the widened highlight
        specular = fresnel * (ggx * masking * narrowed)[:, None]
        radiance = (light.strength * visible * n_l)[:, None]
        result += ((1 - fresnel) * diffuse / np.pi + specular) * radiance
    open_sky = (sky * surface.occlusion)[:, None]
    upward = (0.5 + 0.5 * normal[:, 1:2]).astype(np.float32)
    ambient = _GROUND + (_SKY - _GROUND) * upward
    mirrored = 2 * facing[:, None] * normal - view
    glow = _GROUND + (1.1 - _GROUND) * np.clip(0.5 + 0.9 * mirrored[:, 1:2], 0, 1) ** 2
    rough = roughness[:, None]
    grazing = f0 + (np.maximum(1 - rough, f0) - f0) * ((1 - facing) ** 5)[:, None]
    result += open_sky * (ambient * diffuse + grazing * (glow * (1 - rough) + ambient * rough))
    return result


def display(linear: Array) -> Array:
    """Linear light → sRGB uint8 with a soft shoulder above 0.8, so that highlights do not clip."""
    over = np.maximum(linear - 0.8, 0)
    value = np.minimum(linear, 0.8) + 0.2 * (1 - np.exp(-over / 0.2))
    encoded = np.where(value <= 0.0031308, value * 12.92, 1.055 * np.maximum(value, 1e-9) ** (1 / 2.4) - 0.055)
    return np.clip(encoded * 255 + 0.5, 0, 255).astype(np.uint8)
