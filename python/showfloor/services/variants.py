"""Which variant of an asset a client gets."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

from assets_pipeline.errors import InputError
from assets_pipeline.profiles import PROFILES
from showfloor.v1 import asset_pb2

DEFAULT_PROFILE = "quest3"
MESHOPT = frozenset({"KHR_mesh_quantization", "EXT_meshopt_compression"})
BASISU = frozenset({"KHR_texture_basisu"})


def checked_profile(name: str) -> str:
    """The profile asked for; quest3 by default.

    Raises:
        InputError: UNKNOWN_PROFILE.
    """
    if not name:
        return DEFAULT_PROFILE
    if name not in PROFILES:
        raise InputError("UNKNOWN_PROFILE", f"There is no profile {name[:40]!r}.", f"Use one of {', '.join(PROFILES)}.")
    return name


def choose_profile(variants: Iterable[asset_pb2.Variant], wanted: str, readable: Collection[str]) -> str:
    """The profile whose variant is sent to a client that wants ``wanted`` and reads the extensions ``readable``.

    ``wanted`` itself where the client reads all that it requires, or says nothing about what it reads. Else the nearest
    profile that it does read, by the ratios of triangles and texture sides. A variant that exists counts with the
    extensions that its files require, one that does not with those that its profile uses. ``source`` requires none, so
    there is always one.
    """
    required = {name: expected_extensions(name) for name in PROFILES}
    required |= {v.profile: frozenset(v.extensions_required) for v in variants if v.profile in PROFILES}
    if not readable or required[wanted] <= set(readable):
        return wanted
    fitting = [name for name, extensions in required.items() if extensions <= set(readable)]
    return min(fitting, key=lambda name: _distance(wanted, name)) if fitting else "source"


def expected_extensions(profile: str) -> frozenset[str]:
    """glTF extensions that files of a profile require."""
    limits = PROFILES[profile]
    return (MESHOPT if limits.meshopt else frozenset()) | (BASISU if limits.ktx2 else frozenset())


def _distance(one: str, other: str) -> float:
    a, b = PROFILES[one], PROFILES[other]
    if a.max_triangles is None or b.max_triangles is None or a.max_texture_px is None or b.max_texture_px is None:
        return 0.0 if one == other else math.inf
    triangles = math.log(a.max_triangles[0] / b.max_triangles[0])
    return abs(triangles) + abs(math.log(a.max_texture_px / b.max_texture_px))
