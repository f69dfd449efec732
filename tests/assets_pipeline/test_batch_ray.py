"""The Ray engine, on a real local Ray."""

from __future__ import annotations

import builtins
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from assets_pipeline.batch import BatchEvent, convert_all
from assets_pipeline.errors import MachineError

sys.path.insert(0, str(Path(__file__).parent))
from batch_work import ThingOptions, make_things, work


def test_ray_missing_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_ray(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == "ray":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_ray)
    with pytest.raises(MachineError) as e:
        convert_all(make_things(tmp_path, "a"), tmp_path / "out", ThingOptions(), work=work, engine="ray")
    assert e.value.code == "RAY_MISSING"
    assert "pip install" in e.value.fix


@pytest.fixture
def ray_path(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="pip install 'showfloor[ray]' to test the Ray engine")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.mark.slow
@pytest.mark.usefixtures("ray_path")
def test_ray_does_what_local_does(tmp_path: Path) -> None:
    events: list[BatchEvent] = []
    things = make_things(tmp_path, "good", "blurred", "killed", "good2")
    options, out = ThingOptions(hold_s=1.5), tmp_path / "out"
    result = convert_all(things, out, options, work=work, engine="ray", workers=2, on_event=events.append)
    assert {r.name: r.error.code if r.error else None for r in result.reports} == {
        "good": None,
        "blurred": "ALL_BLURRED",
        "killed": "WORKER_DIED",
        "good2": None,
    }
    assert (out / "good2/good2.txt").exists()
    assert any(e.kind == "progress" and e.stage == "hold" for e in events)
    again = convert_all(things, out, options, work=work, engine="ray", workers=2)
    assert again.skipped == ("good", "blurred", "good2")


@pytest.mark.slow
@pytest.mark.usefixtures("ray_path")
def test_ray_cancels(tmp_path: Path) -> None:
    cancel, out = threading.Event(), tmp_path / "out"
    result = convert_all(
        make_things(tmp_path, "a"),
        out,
        ThingOptions(hold_s=60),
        work=work,
        engine="ray",
        on_event=lambda e: cancel.set() if e.stage == "hold" else None,
        cancel=cancel,
    )
    assert result.exit_code == 130
    assert [p.name for p in out.iterdir()] == ["manifest.jsonl"]
