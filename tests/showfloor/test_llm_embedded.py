"""The engine in this process: its answers, its end, and what becomes of a bad model."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import psutil
import pytest
from showfloor.llm import EngineError, Message, llama, open_engine
from showfloor.llm import embedded as embedded_module
from showfloor.llm.embedded import MAX_WAITING, EmbeddedEngine
from showfloor.settings import Settings

from assets_pipeline import models
from assets_pipeline.errors import InputError, MachineError

BOUND_S = 60.0
SYSTEM = Message("system", "You are a shop assistant. Answer in one short sentence.")
STORY = Message("user", "Tell me a very long story about a chair, with many details.")


@pytest.fixture(scope="module")
def gguf() -> Path:
    try:
        return models.path("smollm2-135m")
    except MachineError as error:
        pytest.skip(f"the model is not here: {error.fix}")


def loaded(engine: Any) -> Any:
    """The engine, once its model is there."""

    async def wait() -> None:
        await engine.warm(SYSTEM.text)

    asyncio.run(asyncio.wait_for(wait(), BOUND_S))
    return engine


@pytest.fixture(scope="module")
def engine(gguf: Path) -> Iterator[EmbeddedEngine]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(llama, "try_model", lambda *_: None)  # the file is sound
        engine = EmbeddedEngine("test", lambda: gguf, 50.0)
        assert not engine.ready()
        loaded(engine)
    yield engine
    asyncio.run(engine.close())


async def reply(engine: Any, *messages: Message, **options: Any) -> str:
    return "".join([piece async for piece in engine.stream(messages, **{"max_tokens": 24, **options})])


def test_it_answers_in_pieces_and_always_the_same(engine: EmbeddedEngine) -> None:
    async def ask() -> list[str]:
        messages = [SYSTEM, Message("user", "What is a chair for?")]
        return [piece async for piece in engine.stream(messages, max_tokens=24)]

    first, second = asyncio.run(ask()), asyncio.run(ask())
    assert len(first) > 3
    assert all(first)
    assert first == second
    assert "chair" in "".join(first).lower()


def test_max_tokens_and_stop_end_the_reply(engine: EmbeddedEngine) -> None:
    assert len(asyncio.run(reply(engine, STORY, max_tokens=3)).split()) <= 3
    assert "chair" not in asyncio.run(reply(engine, STORY, max_tokens=60, stop=["chair"]))


def test_chinese_is_never_cut_inside_a_character(engine: EmbeddedEngine) -> None:
    said = asyncio.run(reply(engine, Message("user", "请重复：红色的椅子很舒服。"), max_tokens=40))
    assert "\ufffd" not in said


def test_a_schema_makes_json(engine: EmbeddedEngine) -> None:
    schema = {"type": "object", "properties": {"red": {"type": "boolean"}}, "required": ["red"]}
    said = asyncio.run(reply(engine, Message("user", "Is a tomato red?"), max_tokens=40, schema=schema))
    assert isinstance(json.loads(said)["red"], bool)


def test_a_client_that_leaves_frees_the_processor(engine: EmbeddedEngine) -> None:
    async def leave() -> None:
        async with aclosing(engine.stream([SYSTEM, STORY], max_tokens=2000)) as pieces:
            async for _ in pieces:
                break
        await quiet()

    asyncio.run(leave())


def test_a_call_that_is_cancelled_while_it_reads_its_prompt_frees_the_processor(engine: EmbeddedEngine) -> None:
    async def leave() -> None:
        task = asyncio.create_task(reply(engine, Message("user", "word " * 2500)))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await quiet()

    asyncio.run(leave())


async def quiet() -> None:
    """Wait until this process rests; fails when it goes on working."""
    me = psutil.Process()
    for _ in range(60):
        before = sum(me.cpu_times()[:2])
        await asyncio.sleep(0.25)
        if sum(me.cpu_times()[:2]) - before < 0.05:
            return
    pytest.fail("the engine goes on working for a client that has left")


def test_too_many_calls_are_refused_at_once_and_the_others_answered(engine: EmbeddedEngine) -> None:
    async def crowd() -> list[Any]:
        calls = [reply(engine, SYSTEM, STORY, max_tokens=2) for _ in range(llama.SLOTS + MAX_WAITING + 3)]
        return await asyncio.gather(*calls, return_exceptions=True)

    said = asyncio.run(crowd())
    assert [e.code for e in said if isinstance(e, EngineError)] == ["ENGINE_BUSY"] * 3
    assert sum(isinstance(s, str) and bool(s) for s in said) == llama.SLOTS + MAX_WAITING
    assert asyncio.run(reply(engine, SYSTEM, STORY, max_tokens=2))


def test_a_prompt_beyond_the_context_is_an_error(engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError, match=r"ENGINE_PROMPT_TOO_LONG.*4096"):
        asyncio.run(reply(engine, Message("user", "word " * 6000)))
    assert asyncio.run(reply(engine, SYSTEM, STORY))


def test_a_slow_reply_ends_in_time(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_timeout_s", 0.2)
    with pytest.raises(EngineError, match=r"ENGINE_SLOW.*0\.2 s"):
        asyncio.run(reply(engine, SYSTEM, STORY, max_tokens=2000))


def test_it_listens_on_no_port(engine: EmbeddedEngine) -> None:
    address = engine._server.listening_address
    assert address.startswith("unix:")
    assert oct(Path(address.removeprefix("unix://")).parent.stat().st_mode)[-3:] == "700"


@pytest.mark.slow
def test_open_close_and_silence(gguf: Path, tmp_path: Path) -> None:
    """A process of its own: nothing of llama.cpp on its output, closed in mid-reply, gone without a trace."""
    script = f"""
import asyncio, os, tempfile
from pathlib import Path
from showfloor.llm import Message
from showfloor.llm.embedded import EmbeddedEngine

async def main():
    engine = EmbeddedEngine("x", lambda: Path({str(gguf)!r}), 50)
    await engine.warm("Be brief.")
    stream = engine.stream([Message("user", "Tell me a long story.")], max_tokens=1000)
    await anext(stream)
    await engine.close()
    assert not engine.ready()
    await stream.aclose()
    try:
        await anext(engine.stream([Message("user", "Hello")], max_tokens=10))
    except Exception as error:
        print(error.code)

asyncio.run(main())
print(os.listdir(tempfile.gettempdir()))
print(os.environ.get("OMP_WAIT_POLICY"))
"""
    environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=BOUND_S,
        env={**environment, "TMPDIR": str(tmp_path)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n") == ["ENGINE_NOT_READY", "[]", "None", ""]


def test_it_can_be_closed_while_it_loads(gguf: Path) -> None:
    async def open_and_close() -> None:
        engine = EmbeddedEngine("test", lambda: gguf, 5.0)
        await asyncio.wait_for(engine.close(), BOUND_S)
        assert not engine.ready()
        await engine.warm("x")

    asyncio.run(open_and_close())


def test_closing_does_not_wait_for_a_model_that_is_read_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tens of gigabytes are hashed for minutes; the server still ends."""
    monkeypatch.setattr(embedded_module, "CLOSE_S", 0.1)
    go = threading.Event()

    def find() -> Path:
        go.wait(BOUND_S)
        return Path("gone.gguf")

    async def close() -> None:
        await asyncio.wait_for(EmbeddedEngine("slow", find, 5.0).close(), 10.0)

    asyncio.run(close())
    (thread,) = [t for t in threading.enumerate() if t.name == "llm-load"]
    assert thread.daemon
    go.set()
    thread.join(BOUND_S)


def test_calls_that_wait_are_told_when_it_closes(gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama, "try_model", lambda *_: None)

    async def crowd() -> list[Any]:
        engine = EmbeddedEngine("test", lambda: gguf, 50.0)
        await engine.warm("Be brief.")
        calls = [asyncio.create_task(reply(engine, STORY, max_tokens=2000)) for _ in range(4)]
        await asyncio.sleep(0.1)
        await engine.close()
        done, _ = await asyncio.wait(calls, timeout=10.0)
        return [task.exception() for task in done]

    said = asyncio.run(crowd())
    assert [getattr(e, "code", None) for e in said] == ["ENGINE_NOT_READY"] * 4


# What the settings say


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOWFLOOR_MODELS_DIR", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def embedded(**values: Any) -> Settings:
    return Settings(engine="embedded", **values)


def failed_to_load(settings: Settings, caplog: pytest.LogCaptureFixture) -> str:
    """The code that stands in the log; the engine never gets ready, and says so."""
    with caplog.at_level(logging.WARNING, "showfloor"):
        engine = open_engine(settings)
        if engine is not None:
            loaded(engine)
            assert not engine.ready()
            with pytest.raises(EngineError, match="ENGINE_NOT_READY"):
                asyncio.run(reply(engine, STORY))
            asyncio.run(engine.close())
    (record,) = [r for r in caplog.records if r.name.startswith("showfloor.llm")]
    assert "templates" in record.getMessage()
    return record.getMessage()


def test_a_missing_model_is_a_warning(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = failed_to_load(embedded(), caplog)
    assert "MODEL_MISSING" in said
    assert "showfloor models pull smollm2-135m" in said


def test_a_registered_model_with_a_wrong_hash_is_not_loaded(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / models.find_model("smollm2-135m").file).write_bytes(b"GGUF" + bytes(1000))
    assert "MODEL_DAMAGED" in failed_to_load(embedded(), caplog)


def test_a_file_that_is_no_gguf(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "own.gguf").write_bytes(b"PK\x03\x04" * 100)
    assert "MODEL_DAMAGED" in failed_to_load(embedded(engine_model=str(tmp_path / "own.gguf")), caplog)
    assert "MODEL_MISSING" in failed_to_load_again(embedded(engine_model=str(tmp_path / "gone.gguf")), caplog)


def failed_to_load_again(settings: Settings, caplog: pytest.LogCaptureFixture) -> str:
    caplog.clear()
    return failed_to_load(settings, caplog)


@pytest.mark.parametrize("damage", ["cut", "header"])
def test_a_damaged_gguf_never_ends_the_process(
    gguf: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    data = gguf.read_bytes()
    bad = {"cut": data[: len(data) // 3], "header": data[:8] + b"\xff" * 40 + data[48:4096]}[damage]
    (tmp_path / "own.gguf").write_bytes(bad)
    assert "MODEL_DAMAGED" in failed_to_load(embedded(engine_model=str(tmp_path / "own.gguf")), caplog)


def test_a_model_that_kills_its_process_is_only_tried_elsewhere(
    gguf: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stands for a file on which llama.cpp aborts: the process that tries it dies of a signal."""
    monkeypatch.setattr(llama.sys, "executable", shutil.which("false"))
    monkeypatch.setattr(llama, "open_server", lambda *_: pytest.fail("loaded in this process"))
    assert "MODEL_DAMAGED" in failed_to_load(embedded(engine_model=str(gguf)), caplog)


def test_a_gguf_of_ones_own_needs_its_licence_for_commercial_use(gguf: Path, folder: Path) -> None:
    with pytest.raises(InputError, match=r"MODEL_NOT_COMMERCIAL.*models add"):
        open_engine(embedded(engine_model=str(gguf), commercial_only=True))
    models.add("research", f"file:{gguf}", licence="CC-BY-NC-4.0", commercial=False)
    with pytest.raises(InputError, match=r"MODEL_NOT_COMMERCIAL.*CC-BY-NC"):
        open_engine(embedded(engine_model="research", commercial_only=True))


def test_an_unknown_model_names_the_known(folder: Path) -> None:
    with pytest.raises(InputError, match=r"MODEL_UNKNOWN.*smollm2-135m"):
        open_engine(embedded(engine_model="gpt"))
    with pytest.raises(InputError, match="MODEL_UNKNOWN"):
        open_engine(embedded(engine_model="u2netp"))


def test_none_is_none() -> None:
    assert open_engine(Settings(engine="none")) is None
