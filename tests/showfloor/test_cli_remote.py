"""``showfloor remote`` as its users call it, against a server of the contract."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contract_server import ContractServer, wait_for
from showfloor.cli import main
from showfloor.errors import Forbidden
from showfloor.v1 import catalog_pb2, common_pb2, generation_pb2

from assets_pipeline.errors import MachineError

COMMAND = [sys.executable, "-c", "from showfloor.cli import main; main()", "remote"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ContractServer]:
    server = ContractServer()
    monkeypatch.setenv("SHOWFLOOR_SERVER", server.address)
    monkeypatch.setenv("COLUMNS", "200")
    yield server
    server.stop()


@pytest.fixture
def shoot(tmp_path: Path) -> Path:
    """Two products."""
    for name in ("mug", "tin"):
        folder = tmp_path / "shoot" / name
        folder.mkdir(parents=True)
        for number in range(3):
            (folder / f"{number}.jpg").write_bytes(hashlib.shake_128(f"{name}{number}".encode()).digest(100_000))
    return tmp_path / "shoot"


def run(*arguments: Any) -> int:
    """The exit code of ``showfloor remote …``."""
    with pytest.raises(SystemExit) as end:
        main(["remote", *map(str, arguments)])
    return int(end.value.code or 0)


def test_reconstruct_brings_each_product_into_its_folder(
    server: ContractServer, shoot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("reconstruct", shoot, "-o", out, "--height", "12cm", "--profile", "quest3") == 0
    for name in ("mug", "tin"):
        assert sorted(f.name for f in (out / name).iterdir()) == [
            f"{name}.glb", f"{name}.lod1.glb", f"{name}.lod2.glb",
        ]  # fmt: skip
    shown = capsys.readouterr()
    assert "10.0 × 20.0 × 10.0" in shown.out
    assert str(out / "tin" / "tin.lod2.glb") in shown.out
    assert "Left out" not in shown.out
    assert "tin: camera" in shown.err
    assert all(r.options.height_m == pytest.approx(0.12) for r in server.seen["reconstruct"])


def test_reconstruct_as_json(server: ContractServer, shoot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reconstruct", shoot / "tin", "--json") == 0
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert shown.err == ""
    (product,) = document["products"]
    assert product["asset_id"] in server.assets
    assert (product["name"], product["verdict"]) == ("tin", "pass")
    assert document["counts"] == {"pass": 1, "warn": 0, "fail": 0}


def test_one_bad_product_fails_alone(server: ContractServer, shoot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shoot / "empty").mkdir()
    server.fail["create_capture"] = [MachineError("DISK_FULL", "The server's disk is full.", "Tell its operator.")]
    assert run("reconstruct", shoot, "--json") == 1
    by_name = {p["name"]: p for p in json.loads(capsys.readouterr().out)["products"]}
    assert by_name["empty"]["error"]["code"] == "EMPTY_CAPTURE"
    codes = [by_name[name]["error"] and by_name[name]["error"]["code"] for name in ("mug", "tin")]
    assert sorted(codes, key=str) == ["DISK_FULL", None]


def test_a_failed_job_tells_code_and_fix(
    server: ContractServer, shoot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = common_pb2.Problem(code="NO_OVERLAP", message="12 photos share nothing.", fix="Walk around in steps.")
    server.script = [{"state": generation_pb2.JOB_STATE_FAILED, "problem": problem}]
    assert run("reconstruct", shoot / "tin") == 1
    shown = capsys.readouterr().out
    assert "12 photos share nothing." in shown
    assert "Walk around in steps. [NO_OVERLAP]" in shown


def test_detach_watch_cancel_and_jobs(server: ContractServer, shoot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reconstruct", shoot, "--detach") == 0
    jobs = list(server.jobs)
    assert all(job in capsys.readouterr().out for job in jobs[:1])
    assert run("watch", jobs[0]) == 0
    assert "succeeded" in capsys.readouterr().out
    assert run("cancel", jobs[1]) == 0
    assert run("watch", jobs[1]) == 130
    assert run("jobs", "--state", "cancelled", "--json") == 0
    capsys.readouterr()
    run("jobs", "--state", "cancelled", "--json")
    assert [j["id"] for j in json.loads(capsys.readouterr().out)] == [jobs[1]]


def test_ctrl_c_cancels_the_jobs(server: ContractServer, shoot: Path) -> None:
    server.hold.clear()
    process = subprocess.Popen(
        [*COMMAND, "reconstruct", str(shoot)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for(lambda: len(server.seen["watch_job"]) == 2, 30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert len(server.seen["cancel_job"]) == 2
    assert "Traceback" not in err
    assert "Run the same command again" in out


def test_get_fetches_by_asset_and_by_product(
    server: ContractServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asset = server.add_asset("Tea tin", product_id="sku-1", thumbnail_path="/files/0/thumbnail.png")
    assert run("get", asset.id, "-o", tmp_path) == 0
    shown = capsys.readouterr()
    assert str(tmp_path / "Tea-tin" / "Tea-tin.glb") in shown.out
    assert "thumbnail.png: the web port is not known" in shown.err
    assert run("get", "--product", "sku-1", "-o", tmp_path / "b", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["files"]) == 3
    assert document["asset"]["id"] == asset.id
    assert run("get", "-o", tmp_path) == 2
    assert run("get", "ast_none", "-o", tmp_path) == 2


def test_lists(server: ContractServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.products["sku-1"] = catalog_pb2.Product(id="sku-1", titles={"zh": "茶叶罐"}, stock=3)
    server.products["sku-1"].price.units, server.products["sku-1"].price.currency_code = 12, "EUR"
    asset = server.add_asset("Tea tin")
    assert run("products") == run("assets") == run("jobs") == 0
    shown = capsys.readouterr().out
    assert all(text in shown for text in ("sku-1", "茶叶罐", "12.00 EUR", asset.id, "No jobs."))
    run("assets", "--json", "--limit", "1")
    assert json.loads(capsys.readouterr().out)[0]["display_name"] == "Tea tin"


def test_import_names_the_rows_that_were_not_taken(
    server: ContractServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shop.csv"
    file.write_text("id,title\na,A\nbad,B\nc,C\n")
    assert run("import", file) == 1
    shown = capsys.readouterr().out
    assert "2 products were new" in shown
    assert "3" in shown.split("1 rows were not taken")[1]
    file.write_text("id,title\na,A\n")
    assert run("import", file, "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"created": 1}
    assert server.seen["import_products"][-1].dry_run


def test_a_server_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, shoot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("showfloor.client.connection.FIRST_CONTACT_S", 0.1)
    assert run("reconstruct", shoot, "--server", "127.0.0.1:1") == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("SERVER_UNREACHABLE") == 1
    assert run("jobs", "--server", "127.0.0.1:1", "--json") == 3
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "SERVER_UNREACHABLE"


def test_a_wrong_key_is_told_before_any_upload(shoot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server = ContractServer(key="sfk_right")
    assert run("reconstruct", shoot, "--server", server.address, "--api-key", "sfk_wrong") == 2
    assert "KEY_WRONG" in capsys.readouterr().err
    assert server.seen["create_capture"] == []
    server.fail["create_capture"] = [Forbidden("SCOPE_MISSING", "It lacks capture.", "Use another.")] * 2
    assert run("reconstruct", shoot, "--server", server.address, "--api-key", "sfk_right") == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("SCOPE_MISSING")) == ("", 1)
    server.fail.clear()
    assert run("reconstruct", shoot, "--server", server.address, "--api-key", "sfk_right", "-q") == 0
    server.stop()
