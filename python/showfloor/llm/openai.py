"""Any endpoint that speaks OpenAI's chat completions: vLLM, llama.cpp's server, a hosted model."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

import pyqwest

from assets_pipeline.errors import InputError
from showfloor.llm.engine import EngineError, Message
from showfloor.llm.wire import chat_request, delta_text, error_text, is_last

MAX_CALLS = 32
"""Calls at the same time; the next one is told at once that the engine is busy."""
REST_S = 10.0
"""For so long an engine that was dead or slow is not asked again, so that not every shopper waits for it."""
_CONNECT_S = 3.0
_LINE_BYTES = 1 << 20
_ERROR_BYTES = 1 << 16
_CHARS_PER_TOKEN = 32
"""More than any tokenizer's average: a reply that is longer ignores ``max_tokens``."""
_BROKEN = (OSError, pyqwest.ReadError, pyqwest.WriteError, pyqwest.RemoteProtocolError, pyqwest.StreamError)

log = logging.getLogger(__name__)


class OpenAIEngine:
    """A client of ``{url}/chat/completions``. The key is sent as a bearer token and nowhere else.

    Args:
        model: The model's name, as the endpoint knows it.
        url: Base URL, with ``/v1`` where the endpoint has it.
        key: API key; may be empty.
        timeout_s: Time for a whole reply.

    Raises:
        InputError: CONFIG_INVALID.
    """

    def __init__(self, model: str, url: str, key: str, timeout_s: float) -> None:
        parts = _parts(url)
        if parts is None:
            raise InputError(
                "CONFIG_INVALID",
                "engine_url is not the base URL of an API: http or https, a host, no user, no query, no fragment.",
                "For example: engine_url = 'http://127.0.0.1:8000/v1'; the key goes into engine_key.",
            )
        if not key.isascii() or any(c.isspace() for c in key):
            raise InputError("CONFIG_INVALID", "engine_key holds spaces or no ASCII.", "Copy the key again.")
        self.name = model
        self._url = url.rstrip("/") + "/chat/completions"
        self._where = parts.hostname
        self._key = key.encode()
        self._headers = {"accept": "text/event-stream", **({"authorization": f"Bearer {key}"} if key else {})}
        self._timeout_s = timeout_s
        self._transport = pyqwest.HTTPTransport(
            tls_include_system_certs=True,
            use_system_dns=True,
            connect_timeout=min(_CONNECT_S, timeout_s),
            follow_redirects=False,
            enable_otel=False,
        )
        self._client = pyqwest.Client(self._transport)
        self._calls = 0
        self._rests_until = 0.0

    def ready(self) -> bool:
        """False for ``REST_S`` after the endpoint was dead or slow."""
        return time.monotonic() >= self._rests_until

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        schema: dict[str, Any] | None = None,
    ) -> AsyncGenerator[str, None]:
        """As ``Engine.stream``."""
        if not self.ready():
            raise EngineError(
                "ENGINE_NOT_READY", f"{self._where} did not answer a moment ago.", "Try again in a few seconds."
            )
        if self._calls >= MAX_CALLS:
            raise EngineError("ENGINE_BUSY", f"{MAX_CALLS} replies are being made.", "Try again in a few seconds.")
        request = {"model": self.name, **chat_request(messages, max_tokens, stop, temperature, schema)}
        chars = 0
        self._calls += 1
        pieces = self._pieces(request)
        end = time.monotonic() + self._timeout_s
        try:
            while True:
                try:
                    piece = await asyncio.wait_for(anext(pieces), end - time.monotonic())
                except StopAsyncIteration:
                    break
                chars += len(piece)
                if chars > max_tokens * _CHARS_PER_TOKEN:
                    raise self._invalid(f"more than the {max_tokens} tokens that were asked for")
                yield piece
            if chars == 0:
                raise self._invalid("no text")
        except TimeoutError:
            self._rest()
            raise EngineError(
                "ENGINE_SLOW",
                f"{self._where} did not finish within {self._timeout_s:g} s.",
                "Give it more room, or raise engine_timeout_s.",
            ) from None
        except _BROKEN as error:
            self._rest()
            raise EngineError(
                "ENGINE_UNREACHABLE",
                f"{self._where} cannot be reached, or hung up: {_reason(error)}.",
                "Check that it runs, and engine_url.",
            ) from error
        finally:
            self._calls -= 1
            await pieces.aclose()

    async def warm(self, system: str) -> None:
        """Nothing: the endpoint keeps its own cache."""

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _pieces(self, request: dict[str, Any]) -> AsyncGenerator[str, None]:
        ended = False
        async with self._client.stream("POST", self._url, self._headers, request) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if response.status != 200:
                raise self._refusal(response.status, await _beginning(response.content))
            if kind != "text/event-stream":
                raise self._invalid(f"{kind or 'no content type'} instead of a stream of events")
            async for line in self._lines(response.content):
                if line == "[DONE]":
                    ended = True
                    break
                try:
                    chunk = json.loads(line)
                    if isinstance(chunk, dict) and "error" in chunk:
                        raise EngineError(
                            "ENGINE_REFUSED", f"{self._where}: {error_text(chunk)}.", "See the log of that engine."
                        )
                    text = delta_text(chunk)
                    ended = ended or is_last(chunk)
                except (ValueError, RecursionError) as error:
                    raise self._invalid(str(error)) from error
                if text:
                    yield text
        if not ended:
            raise self._invalid("half a reply")

    async def _lines(self, content: AsyncIterator[Any]) -> AsyncIterator[str]:
        """The ``data`` of server-sent events (WHATWG HTML, 9.2), one line each, as every such endpoint sends them."""
        rest = b""
        async for block in content:
            *lines, rest = (rest + bytes(block)).split(b"\n")
            if len(rest) > _LINE_BYTES:
                raise self._invalid(f"a line of more than {_LINE_BYTES // 1024} KiB")
            for line in map(self._without_key, lines):
                if line.startswith(b"data:"):
                    yield line[5:].decode("utf-8", "replace").strip()

    def _without_key(self, data: bytes) -> bytes:
        """Some endpoints repeat the key that they refuse, and errors go into logs."""
        return data.replace(self._key, b"(engine_key)") if self._key else data

    def _rest(self) -> None:
        if self.ready():
            log.warning("%s does not answer; the assistant answers from templates for %g s", self._where, REST_S)
        self._rests_until = time.monotonic() + REST_S

    def _refusal(self, status: int, body: bytes) -> EngineError:
        if 300 <= status < 400:
            why, fix = "it redirects, which could carry the key elsewhere", "Put the final address into engine_url."
            return EngineError("ENGINE_REFUSED", f"{self._where} answers HTTP {status}: {why}.", fix)
        try:
            why = error_text(json.loads(self._without_key(body)))
        except (ValueError, RecursionError):
            why = "no reason given"
        said = f"{self._where} answers HTTP {status}: {why}."
        if status in (429, 503):
            return EngineError("ENGINE_BUSY", said, "Try again in a few seconds, or ask for a higher limit there.")
        if "context" in why and status == 400:
            return EngineError("ENGINE_PROMPT_TOO_LONG", said, "Ask about fewer things at once.")
        fixes = {401: "Check engine_key.", 403: "Check engine_key.", 404: "Check engine_url and engine_model."}
        return EngineError("ENGINE_REFUSED", said, fixes.get(status, "See the log of that engine."))

    def _invalid(self, what: str) -> EngineError:
        return EngineError(
            "ENGINE_ANSWER_INVALID",
            f"{self._where} sent {what}.",
            "Check that engine_url is an OpenAI-compatible API, with streaming.",
        )


def _parts(url: str) -> SplitResult | None:
    """None where it is no base URL."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host.encode("idna") if ":" not in host else None
        usable = parts.scheme in ("http", "https") and parts.port != 0 and host and host.isprintable()
    except (ValueError, UnicodeError):
        return None
    odd = parts.query or parts.fragment or parts.username is not None or " " in host
    return parts if usable and not odd else None


async def _beginning(content: AsyncIterator[Any]) -> bytes:
    body = b""
    async for block in content:
        body += bytes(block)
        if len(body) >= _ERROR_BYTES:
            break
    return body


def _reason(error: BaseException) -> str:
    """The innermost part of a chain such as ``… client error (Connect): tcp connect error: Connection refused``."""
    return str(error).rpartition(": ")[2].rstrip(".") or type(error).__name__
