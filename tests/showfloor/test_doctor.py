"""``showfloor doctor``: each line, as it is with the thing and without it."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from showfloor.cli import doctor_install, doctor_server, main
from showfloor.cli.doctor import Check
from showfloor.settings import Settings
from showfloor.store.database import Database
from showfloor.store.keys import create_key
from sqlalchemy import text


def settings(tmp_path: Path, **values: Any) -> Settings:
    return Settings(data_dir=tmp_path / "data", **values)


def only(checks: list[Check]) -> Check:
    (check,) = checks
    return check


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {c.name: c for c in checks}


def test_the_whole_table(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_install, "NATIVE", ("cv2",))
    monkeypatch.setenv("SHOWFLOOR_PORT", "0")
    monkeypatch.setenv("SHOWFLOOR_WEB_PORT", "0")
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--data-dir", str(tmp_path / "data"), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert end.value.code == document["exit_code"]
    names = [c["name"] for c in document["checks"]]
    assert len(names) == len(set(names))
    assert {"Python", "Node", "glTF validator", "Model u2netp", "Dense stereo", "Ray", "Data folder"} <= set(names)
    assert {"Memory", "gRPC port", "Web port", "TLS", "Database"} <= set(names)
    assert all(c["fix"] for c in document["checks"] if c["status"] in ("missing", "warn", "optional"))
    assert any(c["status"] == "missing" for c in document["checks"]) == (document["exit_code"] == 1)
    assert not (tmp_path / "data").exists()


def test_wrong_settings_are_a_line_and_not_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_install, "CHECKS", (doctor_install.python,))
    monkeypatch.setenv("SHOWFLOOR_HOST", "0.0.0.0")
    with pytest.raises(SystemExit) as end:
        main(["doctor"])
    shown = capsys.readouterr().out
    assert end.value.code == 1
    assert "Python" in shown
    assert "--insecure" in shown
    assert "Needed and not there: Settings." in shown


def test_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(doctor_install.packages()).status == "ok"
    wanted = ["numpy>=99", "pycolmap>=4.2", "no-such-package>=1", "torch>=2; extra == 'gen'"]
    monkeypatch.setattr(doctor_install, "requires", lambda _: wanted)
    found = by_name(doctor_install.packages())
    assert set(found) == {"Package numpy", "Package no-such-package"}
    assert found["Package numpy"].fix == "pip install 'numpy>=99'"
    monkeypatch.setattr(doctor_install, "requires", lambda _: ["pycolmap>=4.2"])
    monkeypatch.setattr(doctor_install, "version", {"pycolmap-cuda12": "4.2.1"}.__getitem__)
    monkeypatch.setattr(doctor_install, "PackageNotFoundError", KeyError)
    assert only(doctor_install.packages()).status == "ok"


def test_a_library_that_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_install, "NATIVE", ("json", "no_such_library"))
    check = only(doctor_install.libraries())
    assert (check.name, check.status) == ("Library no_such_library", "missing")
    assert "libgl1" in check.fix


def test_node_and_what_is_made_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert {c.status for c in doctor_install.node()} == {"ok"}
    assert only(doctor_install.validator()).status == "ok"
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v16.1.0\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert doctor_install.node()[0].status == "missing"
    assert "v16.1.0" in doctor_install.node()[0].found
    monkeypatch.setenv("SHOWFLOOR_NODE_DIR", str(tmp_path))
    assert by_name(doctor_install.node())["Node packages"].status == "missing"
    assert only(doctor_install.validator()).status == "missing"


def test_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHOWFLOOR_MODELS_DIR", str(tmp_path))
    found = by_name(doctor_install.models())
    assert found["Model u2netp"].status == "missing"
    assert found["Model u2netp"].fix == "Run: showfloor models pull u2netp"
    assert {c.status for name, c in found.items() if name != "Model u2netp"} == {"optional"}
    (tmp_path / "u2netp.onnx").write_bytes(b"torn")
    assert by_name(doctor_install.models())["Model u2netp"].status == "missing"


@pytest.mark.parametrize(
    ("has_cuda", "device", "status", "start"),
    [
        (True, True, "ok", "cuda:"),
        (True, False, "ok", "cpu:"),
        (False, True, "warn", "cpu:"),
        (False, False, "ok", "cpu:"),
    ],
)
def test_the_stereo_path_and_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, has_cuda: bool, device: bool, status: str, start: str
) -> None:
    import pycolmap

    from assets_pipeline.stereo import cuda

    monkeypatch.setattr(pycolmap, "has_cuda", has_cuda)
    monkeypatch.setattr(cuda, "DEVICES", (str(tmp_path) if device else "/no/such/device",))
    check = only(doctor_install.stereo())
    assert check.status == status
    assert check.found.startswith(start)


def test_drivers_are_needed_when_the_settings_use_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor_server, "installed", lambda _: "")
    assert {c.status for c in doctor_server.drivers(settings(tmp_path))} == {"optional"}
    used = settings(
        tmp_path, executor="ray", database_url="postgresql://h/d", blob_url="s3://b", otlp_endpoint="http://c"
    )
    assert {c.status for c in doctor_server.drivers(used)} == {"missing"}
    assert by_name(doctor_server.drivers(used))["S3 driver"].fix == "pip install 'showfloor[s3]'"


def test_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(doctor_server.data_dir(settings(tmp_path))).status == "ok"
    assert not (tmp_path / "data").exists()
    monkeypatch.setattr(doctor_server, "LITTLE_DISK_MB", 1e12)
    assert only(doctor_server.data_dir(settings(tmp_path))).status == "warn"
    monkeypatch.setattr(doctor_server, "NO_DISK_MB", 1e12)
    assert only(doctor_server.data_dir(settings(tmp_path))).status == "missing"
    (tmp_path / "data").write_text("a file")
    assert only(doctor_server.data_dir(settings(tmp_path))).status == "missing"


def test_memory(tmp_path: Path) -> None:
    assert only(doctor_server.memory(settings(tmp_path, workers=0))).status == "ok"
    assert only(doctor_server.memory(settings(tmp_path, workers=64))).status == "warn"


def test_ports(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = by_name(doctor_server.ports(settings(tmp_path, port=port, web_port=0)))
    assert found["gRPC port"].status == "missing"
    assert "--port" in found["gRPC port"].fix
    assert found["Web port"].status == "ok"


def test_tls(tmp_path: Path) -> None:
    assert only(doctor_server.safety(settings(tmp_path))).status == "ok"
    assert only(doctor_server.safety(settings(tmp_path, host="0.0.0.0", insecure=True))).status == "warn"
    (tmp_path / "c.pem").write_text("no certificate")
    broken = settings(tmp_path, tls_cert=tmp_path / "c.pem", tls_key=tmp_path / "none.pem")
    assert only(doctor_server.safety(broken)).status == "missing"


def test_the_database(tmp_path: Path) -> None:
    here = settings(tmp_path, require_keys=True)
    assert "will be made" in only(doctor_server.database(here)).found
    assert not (tmp_path / "data").exists()
    db = Database(here.database)
    db.transact(lambda session: session.execute(text("CREATE TABLE notes (id INTEGER)")) and None)
    assert "makes its tables" in only(doctor_server.database(here)).found
    db.migrate()
    assert [c.status for c in doctor_server.database(here)] == ["ok", "warn"]
    db.transact(create_key, "a", ["read"])
    assert only(doctor_server.database(here)).status == "ok"
    db.transact(lambda session: session.execute(text("DELETE FROM alembic_version")) and None)
    assert only(doctor_server.database(here)).status == "warn"
    db.transact(lambda session: session.execute(text("INSERT INTO alembic_version VALUES ('9999')")) and None)
    assert "newer version" in only(doctor_server.database(here)).found
    db.close()
    away = settings(tmp_path, database_url="postgresql://me:secret@127.0.0.1:1/shop")
    check = only(doctor_server.database(away))
    assert check.status == "missing"
    assert "secret" not in check.found
    assert only(doctor_server.database(settings(tmp_path, database_url="mysql://h/d"))).status == "missing"


def test_the_blob_store(tmp_path: Path) -> None:
    assert doctor_server.blobs(settings(tmp_path)) == []
    assert only(doctor_server.blobs(settings(tmp_path, blob_url="nonsense://x"))).status == "missing"


def test_the_guide_lists_every_setting_with_its_default() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "operators.md").read_text()
    listed = dict(re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", guide, re.MULTILINE))
    for name, field in Settings.model_fields.items():
        assert name in listed, name
        value = re.fullmatch(r"`(.*)`", listed[name])
        if value is None:
            assert str(field.default) in ("None", "", "()")
        else:
            assert str(field.default).lower().removesuffix(".0") == value[1]


def test_the_assistants_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOWFLOOR_MODELS_DIR", str(tmp_path / "models"))
    assert only(doctor_server.engine(settings(tmp_path, engine="none"))).status == "ok"
    missing = only(doctor_server.engine(settings(tmp_path, engine="embedded")))
    assert (missing.status, "models pull smollm2-135m" in missing.fix) == ("warn", True)
    assert only(doctor_server.engine(settings(tmp_path, engine="embedded", engine_model="gpt"))).status == "missing"
    (tmp_path / "own.gguf").write_bytes(b"GGUF")
    own = settings(tmp_path, engine="embedded", engine_model=str(tmp_path / "own.gguf"))
    assert only(doctor_server.engine(own)).status == "ok"
    refused = only(doctor_server.engine(own.model_copy(update={"commercial_only": True})))
    assert (refused.status, "licence" in refused.found) == ("missing", True)
    url = settings(tmp_path, engine="openai", engine_url="http://127.0.0.1:9/v1", engine_model="m", engine_key="secret")
    assert only(doctor_server.engine(url)).status == "ok"
    assert "secret" not in only(doctor_server.engine(url)).found
    assert only(doctor_server.engine(settings(tmp_path, engine="openai"))).status == "missing"
