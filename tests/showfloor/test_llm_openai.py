"""The engine at a URL: against llama.cpp's real server, and against servers that misbehave."""

from __future__ import annotations

import asyncio
import json
import logging
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from showfloor.llm import EngineError, Message, llama, open_engine, openai
from showfloor.llm.openai import OpenAIEngine
from showfloor.settings import Settings

from assets_pipeline import models
from assets_pipeline.errors import InputError, MachineError

KEY = "sk-secret-of-the-shop"
ASK = [Message("system", "Be brief."), Message("user", "What is a chair?")]


async def reply(engine: OpenAIEngine, messages: list[Message] = ASK, **options: Any) -> str:
    try:
        return "".join([p async for p in engine.stream(messages, **{"max_tokens": 16, **options})])
    finally:
        await engine.close()


# A real server


@pytest.fixture(scope="module")
def llama_server() -> Iterator[str]:
    """Base URL of llama.cpp's own HTTP server, with the small model and a key."""
    try:
        path = models.path("smollm2-135m")
    except MachineError as error:
        pytest.skip(f"the model is not here: {error.fix}")
    xllamacpp = llama._import()
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = 1024
    params.cpuparams.n_threads = llama.cores()
    params.api_keys = [KEY]
    params.verbosity = -1
    server = xllamacpp.Server(params)
    yield server.listening_address
    del server


def test_a_real_server_streams(llama_server: str) -> None:
    async def pieces() -> list[str]:
        engine = OpenAIEngine("smollm2", f"{llama_server}/v1/", KEY, 50.0)
        try:
            return [p async for p in engine.stream(ASK, max_tokens=16)]
        finally:
            await engine.close()

    said = asyncio.run(pieces())
    assert len(said) > 3
    assert "chair" in "".join(said).lower()


def test_a_real_server_takes_stop_and_schema(llama_server: str) -> None:
    def engine() -> OpenAIEngine:
        return OpenAIEngine("smollm2", f"{llama_server}/v1", KEY, 50.0)

    assert "chair" not in asyncio.run(reply(engine(), stop=["chair"]))
    schema = {"type": "object", "properties": {"red": {"type": "boolean"}}, "required": ["red"]}
    said = asyncio.run(reply(engine(), [Message("user", "Is a tomato red?")], schema=schema, max_tokens=40))
    assert isinstance(json.loads(said)["red"], bool)


def test_a_real_server_refuses_a_wrong_key_and_a_long_prompt(llama_server: str, caplog: Any) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(EngineError, match=r"ENGINE_REFUSED.*401.*engine_key") as error:
        asyncio.run(reply(OpenAIEngine("smollm2", f"{llama_server}/v1", "sk-wrong", 50.0)))
    assert "sk-wrong" not in str(error.value) + caplog.text
    long = [Message("user", "word " * 3000)]
    with pytest.raises(EngineError, match="ENGINE_PROMPT_TOO_LONG"):
        asyncio.run(reply(OpenAIEngine("smollm2", f"{llama_server}/v1", KEY, 50.0), long))


def test_a_real_server_is_freed_by_a_client_that_leaves(llama_server: str) -> None:
    """It makes one reply at a time: the next call answers soon only when the long one has ended."""

    async def leave_and_ask() -> None:
        engine = OpenAIEngine("smollm2", f"{llama_server}/v1", KEY, 50.0)
        story = [Message("user", "Tell me a very long story, of a thousand words.")]
        async with aclosing(engine.stream(story, max_tokens=900)) as pieces:
            await anext(pieces)
        assert await reply(engine)

    begun = time.monotonic()
    asyncio.run(leave_and_ask())
    assert time.monotonic() - begun < 25.0


# Servers that misbehave


class Fake(socketserver.ThreadingTCPServer):
    """Answers every request with what ``answer(request, send)`` sends, then hangs up."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, answer: Callable[[bytes, Callable[[str], None]], None]) -> None:
        self.answer, self.requests = answer, list[bytes]()
        super().__init__(("127.0.0.1", 0), FakeAnswers)


class FakeAnswers(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Fake)
        request = b""
        while b"\r\n\r\n" not in request:
            request += self.request.recv(65536)
        head, _, body = request.partition(b"\r\n\r\n")
        length = int(next(x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length")).split(b":")[1])
        while len(body) < length:
            body += self.request.recv(65536)
        self.server.requests.append(head + b"\r\n\r\n" + body)
        with suppress(OSError):  # the client has left, as it should
            self.server.answer(body, lambda text: self.request.sendall(text.encode()))


@contextmanager
def fake(answer: Callable[[bytes, Callable[[str], None]], None], timeout_s: float = 5.0) -> Iterator[Any]:
    with Fake(answer) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        engine = OpenAIEngine("model", f"http://127.0.0.1:{server.server_address[1]}/v1", KEY, timeout_s)
        yield engine, server
        server.shutdown()


STREAM = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nconnection: close\r\n\r\n"
DONE = "data: [DONE]\n\n"


def chunk(text: str | None = None, end: str | None = None) -> str:
    delta = {} if text is None else {"content": text}
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': delta, 'finish_reason': end}]})}\n\n"


def sends(*texts: str) -> Callable[[bytes, Callable[[str], None]], None]:
    def answer(_: bytes, send: Callable[[str], None]) -> None:
        for text in texts:
            send(text)

    return answer


def failure(*texts: str, **options: Any) -> str:
    """The error that this answer leads to; it never holds the key."""
    with fake(sends(*texts)) as (engine, _), pytest.raises(EngineError) as error:
        asyncio.run(reply(engine, **options))
    assert KEY not in str(error.value)
    return str(error.value)


def test_what_is_sent_and_read() -> None:
    answer = sends(
        STREAM, ": ping\n\n", "event: x\ndata:", chunk("红")[5:], chunk("色"), chunk(), chunk(end="stop"),
        'data: {"choices": [], "usage": {}}\n\n', DONE, "data: after the end\n\n",
    )  # fmt: skip
    with fake(answer) as (engine, server):
        assert asyncio.run(reply(engine, stop=["\n"], temperature=0.5)) == "红色"
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/chat/completions HTTP/1.1")
    assert f"authorization: Bearer {KEY}".encode() in head
    sent = json.loads(body)
    assert sent["messages"] == [{"role": m.role, "content": m.text} for m in ASK]
    assert (sent["model"], sent["max_tokens"], sent["temperature"], sent["stop"]) == ("model", 16, 0.5, ["\n"])
    assert sent["stream"] is True


def test_lines_may_be_cut_anywhere() -> None:
    whole = STREAM + chunk("红") + chunk("色", end="stop") + DONE

    def answer(_: bytes, send: Callable[[str], None]) -> None:
        for i in range(0, len(whole), 7):
            send(whole[i : i + 7])

    with fake(answer) as (engine, _):
        assert asyncio.run(reply(engine)) == "红色"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ((STREAM, "data: {no json}\n\n", DONE), "ENGINE_ANSWER_INVALID"),
        ((STREAM, "data: [1, 2]\n\n", DONE), "ENGINE_ANSWER_INVALID"),
        ((STREAM, 'data: {"choices": [{"delta": {"content": 5}}]}\n\n', DONE), "ENGINE_ANSWER_INVALID"),
        ((STREAM, "data: " + "[" * 20_000 + "\n\n", DONE), "ENGINE_ANSWER_INVALID"),
        ((STREAM, chunk("half a rep")), "half a reply"),
        ((STREAM, chunk(end="stop"), DONE), "no text"),
        ((STREAM, DONE), "no text"),
        ((STREAM,), "half a reply"),
        ((STREAM, "\x00\xff garbage\n" * 50), "half a reply"),
        ((STREAM, "data: " + "x" * 2_000_000), "a line of more than"),
        ((STREAM, 'data: {"error": {"message": "out of memory"}}\n\n'), "ENGINE_REFUSED: 127.0.0.1: out of memory"),
        (("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: text/html\r\n\r\nhi",), "text/html instead of"),
        (("HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\nhi",), "ENGINE_REFUSED: 127.0.0.1 answers HTTP 500"),
        (("HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n",), "engine_model"),
        (("HTTP/1.1 429 No\r\ncontent-length: 0\r\n\r\n",), "ENGINE_BUSY"),
        (("no HTTP at all\r\n\r\n",), "ENGINE_UNREACHABLE"),
        ((), "ENGINE_UNREACHABLE"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_bad_answers_are_errors(texts: tuple[str, ...], said: str) -> None:
    assert said in failure(*texts)


@pytest.mark.parametrize(
    "texts",
    [
        (f'HTTP/1.1 401 No\r\ncontent-length: 62\r\n\r\n{{"error": {{"message": "No such key: {KEY}"}}}}'.ljust(101),),
        (STREAM, f'data: {{"error": "bad key {KEY}"}}\n\n'),
        (STREAM, f'data: {{"choices": [{{"{KEY}": 1}}]}}\n\n'),
    ],
    ids=["refusal", "error in the stream", "no chunk"],
)
def test_a_server_that_repeats_the_key_does_not_bring_it_into_the_log(texts: tuple[str, ...]) -> None:
    assert "(engine_key)" in failure(*texts)


def test_an_endless_reply_is_cut() -> None:
    def answer(_: bytes, send: Callable[[str], None]) -> None:
        send(STREAM)
        while True:
            send(chunk("word " * 100))

    with fake(answer) as (engine, _), pytest.raises(EngineError, match=r"ENGINE_ANSWER_INVALID.*16 tokens"):
        asyncio.run(reply(engine))


def test_a_redirect_is_not_followed() -> None:
    with fake(sends(STREAM, chunk("stolen", end="stop"))) as (_, thief):
        where = f"http://localhost:{thief.server_address[1]}/v1/chat/completions"
        said = failure(f"HTTP/1.1 307 Go\r\nlocation: {where}\r\ncontent-length: 0\r\n\r\n")
        assert "ENGINE_REFUSED" in said
        assert "redirect" in said
        assert thief.requests == []


@pytest.mark.parametrize("texts", [(), (STREAM,), (STREAM, chunk("The"))], ids=["silent", "no token", "half"])
def test_a_slow_server_is_left_and_rests(texts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    hang = threading.Event()

    def answer(_: bytes, send: Callable[[str], None]) -> None:
        for text in texts:
            send(text)
        hang.wait(20)

    async def ask_twice(engine: OpenAIEngine) -> None:
        with pytest.raises(EngineError, match=r"ENGINE_SLOW.*0\.3 s"):
            [p async for p in engine.stream(ASK, max_tokens=16)]
        assert not engine.ready()
        with pytest.raises(EngineError, match="ENGINE_NOT_READY"):
            [p async for p in engine.stream(ASK, max_tokens=16)]
        monkeypatch.setattr(engine, "_rests_until", engine._rests_until - openai.REST_S)
        assert engine.ready()
        await engine.close()

    with caplog.at_level(logging.WARNING, "showfloor"), fake(answer, 0.3) as (engine, server):
        asyncio.run(ask_twice(engine))
        assert len(server.requests) == 1
        hang.set()
    assert "does not answer" in caplog.text


def test_a_dead_server_is_an_error_at_once() -> None:
    engine = OpenAIEngine("model", "http://127.0.0.1:9/v1", KEY, 5.0)
    with pytest.raises(EngineError, match=r"ENGINE_UNREACHABLE.*127\.0\.0\.1.*refused"):
        asyncio.run(reply(engine))


def test_too_many_calls_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "MAX_CALLS", 1)
    go = threading.Event()

    def answer(_: bytes, send: Callable[[str], None]) -> None:
        go.wait(10)
        sends(STREAM, chunk("Yes", end="stop"))(b"", send)

    async def two(engine: OpenAIEngine) -> None:
        first = asyncio.create_task(anext(engine.stream(ASK, max_tokens=4)))
        await asyncio.sleep(0.05)
        with pytest.raises(EngineError, match="ENGINE_BUSY"):
            await anext(engine.stream(ASK, max_tokens=4))
        go.set()
        assert await first == "Yes"

    with fake(answer) as (engine, _):
        asyncio.run(two(engine))


# What the settings say


@pytest.mark.parametrize(
    "change",
    [
        {"engine_url": ""},
        {"engine_model": ""},
        {"engine_url": "127.0.0.1:8000"},
        {"engine_url": "ftp://host/v1"},
        {"engine_url": "http://user:pass@host/v1"},
        {"engine_url": "http://host/v1?key=x"},
        {"engine_url": "http://[::1"},
        {"engine_url": "http://host:99999/v1"},
        {"engine_url": "http://ho st/v1"},
        {"engine_url": "http://host/v1#x"},
        {"engine_key": "two words"},
        {"engine_key": "ключ"},
    ],
    ids=str,
)
def test_settings_that_cannot_work_are_refused(change: dict[str, str]) -> None:
    good = {"engine": "openai", "engine_url": "https://host/v1", "engine_model": "m", "engine_key": KEY}
    assert open_engine(Settings(**good)).name == "m"  # type: ignore[arg-type, union-attr]
    with pytest.raises(InputError, match="CONFIG_INVALID") as error:
        open_engine(Settings(**{**good, **change}))  # type: ignore[arg-type]
    assert "pass" not in str(error.value)
    assert "ключ" not in str(error.value)


def test_the_key_is_not_in_its_description() -> None:
    engine = OpenAIEngine("m", "https://host/v1", KEY, 1.0)
    assert KEY not in repr(engine) + str(engine) + engine.name + str(Path(engine._url))
