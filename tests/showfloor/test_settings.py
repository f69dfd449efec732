"""Settings: who needs keys, and what a mistake is answered with."""

from __future__ import annotations

from pathlib import Path

import pytest
from showfloor.settings import load_settings

from assets_pipeline.errors import InputError


@pytest.mark.parametrize(
    ("flags", "required"),
    [
        ({}, False),
        ({"require_keys": True}, True),
        ({"insecure": True}, True),  # strangers come through the proxy
        ({"host": "0.0.0.0", "insecure": True}, True),
        ({"host": "::1"}, False),
    ],
)
def test_keys_are_asked_for_wherever_others_may_come(flags: dict[str, object], required: bool) -> None:
    assert load_settings(**flags).keys_required is required


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SHOWFLOOR_REQUIRE_KEY", "true", "SHOWFLOOR_REQUIRE_KEYS"),
        ("SHOWFLOOR_CORS_ORIGINS", "https://shop.example", "cors_origins"),
        ("SHOWFLOOR_PORT", "many", "port"),
    ],
)
def test_a_mistake_in_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=told) as e:
        load_settings()
    assert e.value.code == "CONFIG_INVALID"
    assert "TOML" not in e.value.fix


def test_what_other_parts_read_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERVER", "API_KEY", "CA", "WEB", "MODELS_DIR", "NODE_DIR", "TEST_DATA"):
        monkeypatch.setenv(f"SHOWFLOOR_{name}", "x")
    load_settings()


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "showfloor.toml"
    file.write_text("port = 1001\nweb_port = 1002\nworkers = 3\n")
    monkeypatch.setenv("SHOWFLOOR_WEB_PORT", "2002")
    monkeypatch.setenv("SHOWFLOOR_PORT", "2001")
    settings = load_settings(file, port=3001)
    assert (settings.port, settings.web_port, settings.workers) == (3001, 2002, 3)
    file.write_text("port = [")
    with pytest.raises(InputError, match="TOML") as e:
        load_settings(file)
    assert e.value.code == "CONFIG_INVALID"
