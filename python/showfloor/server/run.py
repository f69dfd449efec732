"""``serve``: both ports in one event loop, from the first line printed to the last call ended."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from showfloor.server import logs
from showfloor.server.app import App
from showfloor.server.connections import WebServer
from showfloor.server.native import NativeServer
from showfloor.settings import Settings

log = logging.getLogger(__name__)


class Server:
    """A running server.

    Raises:
        InputError, MachineError: As ``App`` and the two ports do.
    """

    def __init__(self, settings: Settings) -> None:
        self.app = App(settings)
        self._settings = settings
        self._native = NativeServer(self.app.gate, self.app.health, settings)
        self._web = WebServer(self.app.web, settings)
        self.port = self._native.port
        self.web_port = self._web.port
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.app.start()
        await self.app.health.check()
        await self._native.start()
        await self._web.start()
        self._watch = asyncio.create_task(self.app.health.watch())

    async def stop(self) -> None:
        """End gracefully: no new calls, streams end with UNAVAILABLE, calls have ``drain_s``, jobs are kept."""
        self.app.health.stop()
        self.app.gate.drain()
        loop = asyncio.get_running_loop()
        end = loop.time() + self._settings.drain_s
        await self.app.gate.quiet(self._settings.drain_s)
        rest = max(0.5, end - loop.time())
        await asyncio.gather(self._native.stop(0.5), self._web.stop(rest))
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await self.app.close()

    def lines(self) -> tuple[str, str]:
        """What the user is told: where the server listens, and where the gallery is."""
        settings = self._settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        http = "https" if settings.tls else "http"
        keys = "API keys required" if settings.keys_required else "no keys needed on this machine"
        return (
            f"Showfloor listens on {host}:{self.port} (gRPC{', TLS' if settings.tls else ''}) and on "
            f"{http}://{host}:{self.web_port} (gRPC-Web, Connect, files); {keys}.",
            f"Gallery: {http}://{host}:{self.web_port}/",
        )


def serve(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Serve until SIGTERM or SIGINT; a second one ends the process at once. Blocks.

    Raises:
        InputError, MachineError: Where it cannot start.
    """
    logs.set_up(settings)
    _raise_file_limit()
    asyncio.run(_serve(settings, say))


async def _serve(settings: Settings, say: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    server = Server(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ask))
        else:
            loop.add_signal_handler(number, ask)
    await server.start()
    for line in server.lines():
        say(line)
    await stop.wait()
    log.info("stopping")
    await server.stop()
    log.info("stopped")


def _raise_file_limit() -> None:
    """Each connection is a file descriptor, and the usual limit is 1,024."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard) if soft < hard else (soft, hard))
