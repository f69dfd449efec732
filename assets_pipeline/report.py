"""What became of one product: ``report.json``, the single source of every table and page shown to a user."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from assets_pipeline.errors import InputError, ShowfloorError
from assets_pipeline.files import write_atomic

Verdict = Literal["pass", "warn", "fail"]
FILE_NAME = "report.json"


@dataclass(frozen=True)
class ErrorInfo:
    """Why a product failed, as the user reads it; the codes are listed in ``docs/errors.md``."""

    code: str
    message: str
    fix: str

    @classmethod
    def of(cls, error: ShowfloorError) -> ErrorInfo:
        return cls(error.code, error.message, error.fix)


@dataclass(frozen=True)
class Report:
    """The outcome of one conversion. Everything is plain JSON data; lists per LOD run from the finest to the coarsest.

    Attributes:
        name: The product's name, and the name of its folder.
        profile: The target profile.
        verdict: ``pass``; ``warn``: usable, read the reasons; ``fail``: do not ship.
        reasons: Why the verdict is not ``pass``, one sentence each.
        size_m: Extent along x, y, z in metres; None when there is no mesh.
        scale_source: ``height``, ``width``, ``depth``, ``marker``, ``rgbd`` or ``unknown``.
        scale_tolerance: Relative uncertainty of the size; None when the size is unknown.
        triangles: Triangle count per LOD.
        bytes: File size per LOD.
        textures: ``{role, width, height, encoding, bytes}`` each.
        budget: ``{limit, value, ok}`` per limit of the profile.
        images: ``{file, used, reason}`` for each file that was offered.
        camera: ``{registered, total, reprojection_px}``.
        quality: ``{holdout_psnr_db, holdout_ssim, label_ncc, watertight, visible_texel_fraction}``, None: unknown.
        validator: ``{errors, warnings}`` of the Khronos glTF validator.
        audit: Commerce audit, one entry per check.
        timings_s: Seconds per step, and ``total``.
        peak_memory_mb: Largest resident memory of the process, in 1e6 bytes.
        provenance: ``{name, version, licence, commercial}`` of each tool and model.
        error: Set when the conversion stopped.
        files: What was written, relative to the product's folder.
    """

    name: str
    profile: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    size_m: tuple[float, float, float] | None = None
    scale_source: str = "unknown"
    scale_tolerance: float | None = None
    triangles: tuple[int, ...] = ()
    bytes: tuple[int, ...] = ()
    textures: tuple[dict[str, Any], ...] = ()
    budget: dict[str, dict[str, Any]] = field(default_factory=dict)
    images: tuple[dict[str, Any], ...] = ()
    camera: dict[str, Any] = field(default_factory=dict)
    quality: dict[str, Any] = field(default_factory=dict)
    validator: dict[str, Any] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)
    timings_s: dict[str, float] = field(default_factory=dict)
    peak_memory_mb: float = 0.0
    provenance: tuple[dict[str, Any], ...] = ()
    error: ErrorInfo | None = None
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.verdict not in ("pass", "warn", "fail"):
            raise InputError(
                "REPORT_INVALID", f"The verdict is {self.verdict!r}, not pass, warn or fail.", "Correct the report."
            )

    @classmethod
    def failure(cls, name: str, profile: str, error: ShowfloorError, **known: Any) -> Report:
        """The report of a product that stopped with ``error``; ``known`` are the fields found out before."""
        return cls(name, profile, "fail", reasons=(error.message,), error=ErrorInfo.of(error), **known)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; not-a-number and infinity become None."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Report:
        """Read ``to_dict`` back; keys that a newer version added are ignored."""
        known = {f.name for f in fields(cls)}
        try:
            values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
            if values.get("error") is not None:
                values["error"] = ErrorInfo(**values["error"])
            return cls(**values)
        except (TypeError, AttributeError) as e:
            raise InputError(
                "REPORT_INVALID", f"Not a report of Showfloor: {e}.", "Convert the product again with --no-resume."
            ) from e

    def write(self, folder: Path) -> Path:
        """Write ``folder/report.json`` at once or not at all."""
        return write_atomic(folder / FILE_NAME, self.to_json().encode())

    @classmethod
    def read(cls, folder: Path) -> Report:
        """Read ``folder/report.json``; raises ``InputError`` when it is missing or broken."""
        path = folder / FILE_NAME
        try:
            return cls.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as e:
            raise InputError(
                "REPORT_INVALID", f"{path} cannot be read: {e}.", "Convert the product again with --no-resume."
            ) from e


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):  # NumPy scalars and arrays
        value = value.tolist()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Path):
        return value.as_posix()
    return value
