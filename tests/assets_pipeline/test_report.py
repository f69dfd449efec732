"""report.json: what is written is what is read, and it is always valid JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assets_pipeline.errors import CaptureError, InputError, MachineError
from assets_pipeline.files import write_atomic
from assets_pipeline.report import Report


def test_round_trip_of_numpy_and_not_a_number(tmp_path: Path) -> None:
    report = Report(
        "tin",
        "quest3",
        "warn",
        reasons=("The size is unknown.",),
        size_m=tuple(np.float32([0.5, 0.25, 0.125])),
        triangles=(np.int64(60_000), 20_000),
        quality={"holdout_psnr_db": float("nan"), "watertight": np.bool_(True)},
    )
    report.write(tmp_path)
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["size_m"] == [0.5, 0.25, 0.125]
    assert data["quality"] == {"holdout_psnr_db": None, "watertight": True}
    again = Report.read(tmp_path)
    assert again.triangles == (60_000, 20_000)
    assert again.to_dict() == data


def test_failure_keeps_what_was_known() -> None:
    error = CaptureError("TOO_FEW_PHOTOS", "2 photos.", "Take 20.")
    report = Report.failure("x", "web", error, images=({"file": "a.jpg", "used": False, "reason": "blurred"},))
    again = Report.from_dict(json.loads(report.to_json()))
    assert again == report
    assert again.verdict == "fail"
    assert again.error is not None
    assert again.error.fix == "Take 20."


@pytest.mark.parametrize("text", ["{", "[]", '{"name": 1}', '{"name":"a","profile":"b","verdict":"maybe"}'])
def test_broken_files_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(InputError) as e:
        Report.read(tmp_path)
    assert e.value.code == "REPORT_INVALID"


def test_an_interrupted_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_atomic(tmp_path / "a", b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(MachineError, match="full"):
        write_atomic(tmp_path / "a", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"
