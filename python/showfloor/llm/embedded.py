"""A model in this process: loaded in the background, answered by llama.cpp's own threads."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from assets_pipeline.errors import ShowfloorError
from showfloor.llm import llama
from showfloor.llm.engine import EngineError, Message
from showfloor.llm.wire import chat_request, delta_text, error_text

MAX_WAITING = 8
"""Calls that may wait for a slot; the next one is told at once that the engine is busy."""
CLOSE_S = 3.0
"""So long ``close`` waits for a model that is being read or loaded; then the process may end without it."""

log = logging.getLogger(__name__)
Put = Callable[[str | EngineError | None], None]


class EmbeddedEngine:
    """llama.cpp; ``find`` gives the checked file and runs in the background too.

    Args:
        name: The model's name.
        find: Gives the path of the GGUF file.
        timeout_s: Time for a whole reply, the wait for a slot included.
    """

    def __init__(self, name: str, find: Callable[[], Path], timeout_s: float) -> None:
        self.name = name
        self._find = find
        self._timeout_s = timeout_s
        self._server: Any = None
        self._folder = tempfile.TemporaryDirectory(prefix="showfloor-", ignore_cleanup_errors=True)
        self._closing = threading.Event()
        self._room = threading.BoundedSemaphore(llama.SLOTS + MAX_WAITING)
        self._pool = ThreadPoolExecutor(llama.SLOTS, thread_name_prefix="llm")
        self._loading: Future[None] = Future()
        threading.Thread(target=self._load, name="llm-load", daemon=True).start()

    def ready(self) -> bool:
        """Whether the model is loaded."""
        return self._server is not None and not self._closing.is_set()

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
            raise EngineError("ENGINE_NOT_READY", f"{self.name} is not loaded.", "Try again in a few seconds.")
        if not self._room.acquire(blocking=False):
            raise EngineError(
                "ENGINE_BUSY",
                f"{llama.SLOTS} replies are being made and {MAX_WAITING} calls wait.",
                "Try again in a few seconds; a second server, or one with a faster engine, takes more.",
            )
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[str | EngineError | None] = asyncio.Queue()
        left = threading.Event()

        def put(piece: str | EngineError | None) -> None:
            try:
                loop.call_soon_threadsafe(pieces.put_nowait, piece)
            except RuntimeError:  # the loop is closed, and nobody waits any more
                left.set()

        request = chat_request(messages, max_tokens, stop, temperature, schema)
        job = self._pool.submit(self._answer, {**request, "return_progress": True}, put, left)
        job.add_done_callback(lambda job: self._ended(job, put))
        end = loop.time() + self._timeout_s
        try:
            while (piece := await asyncio.wait_for(pieces.get(), end - loop.time())) is not None:
                if isinstance(piece, EngineError):
                    raise piece
                yield piece
        except TimeoutError:
            raise EngineError(
                "ENGINE_SLOW",
                f"{self.name} did not finish within {self._timeout_s:g} s.",
                "Choose a smaller model, or raise engine_timeout_s.",
            ) from None
        finally:
            left.set()
            job.cancel()

    async def warm(self, system: str) -> None:
        """Read the system prompt into every slot, once the model is loaded; never raises."""
        await asyncio.wait([asyncio.wrap_future(self._loading)])
        if not self.ready():
            return
        request = chat_request([Message("system", system), Message("user", "Hello")], 1)
        jobs = [self._pool.submit(self._warm, {**request, "id_slot": slot}) for slot in range(llama.SLOTS)]
        await asyncio.wait([asyncio.wrap_future(job) for job in jobs])

    async def close(self) -> None:
        """Stop what runs and free the model; takes seconds at most."""
        self._closing.set()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        wait([self._loading], CLOSE_S)
        self._server = None
        self._folder.cleanup()

    def _ended(self, job: Future[None], put: Put) -> None:
        self._room.release()
        if job.cancelled():
            put(_stopping())

    def _load(self) -> None:
        try:
            self._open()
        finally:
            self._loading.set_result(None)

    def _open(self) -> None:
        begun = time.monotonic()
        try:
            path = self._find()
            llama.try_model(path, self._closing)
            if self._closing.is_set():
                return
            server = llama.open_server(path, Path(self._folder.name))
            if not self._closing.is_set():
                self._server = server
        except ShowfloorError as error:
            log.error("The assistant answers from templates. %s", error)
        except Exception as error:
            log.error("The assistant answers from templates: %s cannot be loaded: %s", self.name, error)
        else:
            took = time.monotonic() - begun
            log.info("%s is loaded, after %.1f s; threads: %d", self.name, took, llama.cores())

    def _answer(self, request: dict[str, Any], put: Put, left: threading.Event) -> None:
        said = False
        failed: EngineError | None = None

        def take(chunk: dict[str, Any]) -> bool:
            """Hand on what came; True ends the reply and frees the slot."""
            nonlocal said, failed
            if left.is_set() or self._closing.is_set():
                return True
            if "error" in chunk:
                failed = _error_of(chunk)
            elif text := delta_text(chunk):
                said = True
                put(text)
            return False

        try:
            self._server.handle_chat_completions({**request, "stream": True}, take)
        except Exception as error:  # whatever it is, somebody waits for the end
            failed = EngineError("ENGINE_ANSWER_INVALID", f"llama.cpp: {error}.", "Report it, with the server's log.")
        if failed is None and self._closing.is_set():
            failed = _stopping()
        if failed is None and not said:
            failed = EngineError("ENGINE_ANSWER_INVALID", f"{self.name} said nothing.", "Ask in another way.")
        put(failed)

    def _warm(self, request: dict[str, Any]) -> None:
        self._server.handle_chat_completions({**request, "stream": True}, lambda _: self._closing.is_set())


def _stopping() -> EngineError:
    return EngineError("ENGINE_NOT_READY", "The server stops.", "Try again in a few seconds.")


def _error_of(chunk: dict[str, Any]) -> EngineError:
    message = error_text(chunk)
    if "context size" in message:
        return EngineError(
            "ENGINE_PROMPT_TOO_LONG",
            f"The dialogue and its facts are longer than the {llama.CONTEXT_TOKENS} tokens that the model takes.",
            "Ask about fewer things at once.",
        )
    return EngineError("ENGINE_ANSWER_INVALID", f"llama.cpp: {message}.", "Report it, with the server's log.")
