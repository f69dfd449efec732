"""Asset → GLB files that hold to a profile's limits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assets_pipeline.errors import BudgetError, InputError
from assets_pipeline.files import write_atomic
from assets_pipeline.gltf.audit import Audit, audit_asset
from assets_pipeline.gltf.budget import LADDER, Rung, texture_jobs
from assets_pipeline.gltf.document import EncodingOptions, build_glb
from assets_pipeline.gltf.lods import simplify
from assets_pipeline.gltf.textures import EncodedTexture, TextureJob, encode_textures
from assets_pipeline.gltf.validate import Validation, validate_glbs
from assets_pipeline.profiles import Profile
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array, Asset, Mesh

_LODS = 3
_LOD_RATIOS = (1.0, 1 / 2, 1 / 6)  # of the finest LOD's triangles, where the profile would allow more


@dataclass(frozen=True)
class ExportOptions:
    """How an asset is written."""

    validate: bool = True  # run the Khronos validator on every file written
    workers: int = 2  # textures encoded at the same time
    position_bits: int = 14  # of quantised positions, per axis of the longest side
    watertight: bool | None = None  # what the surface step found, passed through to the audit

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise InputError("OPTION_INVALID", f"workers is {self.workers}.", "Use 1 or more.")
        EncodingOptions(position_bits=self.position_bits)


@dataclass(frozen=True)
class Limit:
    """One limit of the profile and the value reached; ``limit`` None means there is none."""

    limit: float | None
    value: float
    ok: bool


@dataclass(frozen=True)
class ExportReport:
    """What was written. Lists go finest LOD first."""

    files: tuple[str, ...]
    triangles: tuple[int, ...]
    bytes: tuple[int, ...]
    textures: tuple[dict[str, Any], ...]  # of LOD 0: role, width, height, encoding, bytes
    budget: dict[str, Limit]
    rung: str  # what had to give way
    lod_error_m: tuple[float, ...]
    lod_method: tuple[str, ...]
    validator: Validation
    audit: Audit
    sha256: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain lists and dictionaries, ready for JSON."""
        return asdict(self)


def export_asset(
    asset: Asset,
    out_dir: Path,
    profile: Profile,
    options: ExportOptions | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Write ``<name>.glb``, ``<name>.lod1.glb`` and ``<name>.lod2.glb`` into ``out_dir``.

    Missing LODs are simplified from the finest. Where a file is too large, the export goes down ``budget.LADDER`` for
    that LOD: detail maps, encoding quality, base colour, triangles.

    Raises:
        BudgetError: BUDGET_MISSED naming limit and value when the last rung is still too large; nothing is written.
        InputError: MESH_INVALID, TEXTURE_INVALID. MachineError: OUT_NOT_WRITABLE, NODE_MISSING, KTX2_FAILED, ….
    """
    options = options or ExportOptions()
    progress = progress or Progress()
    sources = _sources(asset)
    exporter = _Exporter(asset, sources, profile, options, progress)
    progress.update(0.0, "levels of detail")
    exporter.make_lods()
    progress.update(0.1, "textures")
    exporter.encode(LADDER[0], range(_LODS))
    built = []
    for lod in range(_LODS):
        progress.update(0.6 + 0.05 * lod, f"LOD {lod}")
        built.append(exporter.fit(lod))
    names = [f"{asset.name}.glb", *(f"{asset.name}.lod{i}.glb" for i in range(1, _LODS))]
    paths = [out_dir / name for name in names]
    for path, result in zip(paths, built):
        write_atomic(path, result.data)
    progress.update(0.8, "validator")
    validation = _sum(names, validate_glbs(paths, progress)) if options.validate else Validation(0, 0, ("not run",))
    progress.update(0.95, "audit")
    largest = built[0].textures
    audit = audit_asset(built[0].mesh, sources, [(t.width, t.height) for t in largest], watertight=options.watertight)
    return ExportReport(
        files=tuple(names),
        triangles=tuple(len(b.mesh.faces) for b in built),
        bytes=tuple(len(b.data) for b in built),
        textures=tuple(
            {"role": t.role, "width": t.width, "height": t.height, "encoding": t.encoding, "bytes": len(t.data)}
            for t in largest
        ),
        budget=_budget(profile, built),
        rung=str(built[0].rung),
        lod_error_m=tuple(b.error_m for b in built),
        lod_method=tuple(b.method for b in built),
        validator=validation,
        audit=audit,
        sha256={name: hashlib.sha256(b.data).hexdigest() for name, b in zip(names, built)},
    )


@dataclass(frozen=True)
class _Built:
    data: bytes
    mesh: Mesh
    textures: tuple[EncodedTexture, ...]
    rung: Rung
    error_m: float
    method: str


class _Exporter:
    """Keeps encoded textures and simplified meshes, so that going down the ladder repeats no work."""

    def __init__(
        self, asset: Asset, sources: dict[str, Array], profile: Profile, options: ExportOptions, progress: Progress
    ) -> None:
        self.asset, self.sources, self.profile = asset, sources, profile
        self.options, self.progress = options, progress
        self.encoded: dict[TextureJob, EncodedTexture] = {}
        self.lods: dict[tuple[int, float], tuple[Mesh, float, str]] = {}

    def make_lods(self) -> None:
        """Meshes of all LODs within the profile's triangle limits, all in one run of the simplifier."""
        finest = self.asset.lods[0]
        top = min(len(finest.faces), _triangle_limit(self.profile, 0) or len(finest.faces))
        wanted: list[tuple[int, int]] = []
        for lod in range(_LODS):
            limit = _triangle_limit(self.profile, lod)
            given = self.asset.lods[lod] if lod < len(self.asset.lods) else None
            if given is not None and (limit is None or len(given.faces) <= limit):
                self.lods[lod, 1.0] = (given, 0.0, "given")
            else:
                target = max(1, round(top * _LOD_RATIOS[lod]))
                wanted.append((lod, target if limit is None else min(limit, target)))
        made = simplify(finest, [target for _, target in wanted], self.progress)
        for (lod, _), result in zip(wanted, made):
            self.lods[lod, 1.0] = (result.mesh, result.error_m, result.method)

    def encode(self, rung: Rung, lods: Sequence[int]) -> None:
        """Encode what these LODs need at this rung and is not there yet."""
        jobs = [job for lod in lods for job in texture_jobs(self.sources, self.profile, rung, lod)]
        fresh = [job for job in dict.fromkeys(jobs) if job not in self.encoded]
        if fresh:
            self.encoded.update(encode_textures(self.sources, fresh, self.progress, self.options.workers))

    def fit(self, lod: int) -> _Built:
        """The LOD at the first rung whose file is small enough."""
        limit = self.profile.max_file_mb
        rungs = LADDER if limit is not None else LADDER[:1]
        for rung in rungs:
            self.progress.check()
            built = self.build(lod, rung)
            if limit is None or len(built.data) <= limit * 1e6:
                return built
        raise BudgetError(
            "BUDGET_MISSED",
            f"LOD {lod} of {self.asset.name} needs {len(built.data) / 1e6:.3f} MB at the least; "
            f"profile {self.profile.name} allows max_file_mb = {limit}.",
            "Choose a profile with a larger limit, or simplify the product.",
        )

    def build(self, lod: int, rung: Rung) -> _Built:
        mesh, error_m, method = self.mesh(lod, rung.triangles)
        self.encode(rung, [lod])
        textures = tuple(self.encoded[job] for job in texture_jobs(self.sources, self.profile, rung, lod))
        encoding = EncodingOptions(self.profile.meshopt, self.profile.meshopt, self.options.position_bits)
        data = build_glb(mesh, textures, encoding, name=self.asset.name, extras=self.extras(lod))
        return _Built(data, mesh, textures, rung, error_m, method)

    def mesh(self, lod: int, share: float) -> tuple[Mesh, float, str]:
        if (lod, share) not in self.lods:
            whole = self.lods[lod, 1.0][0]
            (result,) = simplify(whole, [max(1, int(len(whole.faces) * share))], self.progress)
            self.lods[lod, share] = (result.mesh, result.error_m, result.method)
        return self.lods[lod, share]

    def extras(self, lod: int) -> dict[str, Any]:
        sources = [asdict(source) for source in self.asset.provenance]
        return {**self.asset.extras, "profile": self.profile.name, "lod": lod, "provenance": sources}


def _sources(asset: Asset) -> dict[str, Array]:
    if not asset.lods:
        raise InputError("MESH_INVALID", f"{asset.name} has no mesh.", "Check the reconstruction step.")
    if not asset.name or "/" in asset.name or "\\" in asset.name or asset.name in (".", ".."):
        raise InputError("NAME_INVALID", f"{asset.name!r} cannot be a file name.", "Use a name without slashes.")
    if any(mesh.uvs is None for mesh in asset.lods):
        raise InputError("MESH_INVALID", f"A mesh of {asset.name} has no texture coordinates.", "Unwrap it first.")
    named = {"base_color": asset.material.base_color, "normal": asset.material.normal, "orm": asset.material.orm}
    sources = {role: pixels for role, pixels in named.items() if pixels is not None}
    for role, pixels in sources.items():
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != "uint8" or pixels.size == 0:
            raise InputError(
                "TEXTURE_INVALID",
                f"The {role} texture is {pixels.dtype} {pixels.shape}; it must be uint8 (H, W, 3).",
                "Check the texture step.",
            )
    return sources


def _budget(profile: Profile, built: list[_Built]) -> dict[str, Limit]:
    budget = {}
    for lod, result in enumerate(built):
        suffix = "" if lod == 0 else f"_lod{lod}"
        budget[f"file_mb{suffix}"] = _limit(profile.max_file_mb, round(len(result.data) / 1e6, 6))
        triangles = _triangle_limit(profile, lod)
        budget[f"triangles{suffix}"] = _limit(triangles, len(result.mesh.faces))
        side = max((max(t.width, t.height) for t in result.textures), default=0)
        budget[f"texture_px{suffix}"] = _limit(profile.max_texture_px, side)
    return budget


def _triangle_limit(profile: Profile, lod: int) -> int | None:
    limits = profile.max_triangles
    return None if limits is None else limits[min(lod, len(limits) - 1)]


def _limit(limit: float | None, value: float) -> Limit:
    return Limit(limit, value, limit is None or value <= limit)


def _sum(names: list[str], validations: Sequence[Validation]) -> Validation:
    messages = [f"{name}: {m}" for name, v in zip(names, validations) for m in v.messages]
    return Validation(sum(v.errors for v in validations), sum(v.warnings for v in validations), tuple(messages))
