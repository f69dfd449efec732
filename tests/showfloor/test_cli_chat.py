"""``showfloor chat`` against a server that answers on native gRPC."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from showfloor.cli.app import app
from showfloor.settings import Settings
from showfloor.store.database import Database
from typer.testing import CliRunner

from tests.showfloor.assistant_shop import Talk
from tests.showfloor.running import transports


@pytest.fixture
def server(sqlite_db: Database, settings: Settings) -> Iterator[str]:
    talk = Talk(sqlite_db, settings)
    talk.fill()
    with transports({"AssistantService": talk.service}) as (running, _):
        yield f"localhost:{running.port}"


def test_one_message(server: str) -> None:
    result = CliRunner().invoke(app, ["chat", "Place the Nora oak table in my room", "--server", server])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "Placing Nora oak table in your room."
    assert "  ▢ Nora oak table (nora) – 299.99 EUR – 5 in stock" in lines
    assert "  ▶ place in the room nora" in lines
    assert any(line.startswith("  · nora titles.en") for line in lines)
    assert "template" in lines[-1]


def test_a_dialogue_goes_on(server: str) -> None:
    result = CliRunner().invoke(app, ["chat", "--server", server], input="莉亚沙发多少钱？\n有货吗？\n\nnever asked\n")
    assert "1,299 欧元" in result.output
    assert "没有库存" in result.output
    assert "never" not in result.output


def test_json_is_one_event_a_line(server: str) -> None:
    result = CliRunner().invoke(app, ["chat", "How much is it?", "--product", "nora", "--json", "--server", server])
    events = [json.loads(line) for line in result.output.splitlines()]
    assert "€299.99" in events[0]["token"]
    assert events[-1]["done"]["intent"] == "price"
