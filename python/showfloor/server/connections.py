"""The web port's connections, each bounded in time: silent clients, slow senders, and clients that never read."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from assets_pipeline.errors import MachineError
from showfloor.server.listening import read_pair, resolve
from showfloor.settings import Settings

HEADER_S = 15.0
"""A request's header must have come within this time after the connection opened or the request before it ended."""
KEEP_ALIVE_S = 30
SILENT_BODY_S = 30.0
SWEEP_S = 0.5


class Bounded(H11Protocol):
    """uvicorn's connection, with what it needs to be told from a dead one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.waits_since: float | None = self.loop.time()
        self.heard = self.loop.time()
        self.read = self.loop.time()
        self.unread = 0

    def data_received(self, data: bytes) -> None:
        self.heard = self.loop.time()
        super().data_received(data)

    def overdue(self, now: float, idle_s: float) -> bool:
        """Whether the client has had its time."""
        unread = self.transport.get_write_buffer_size()
        if unread != self.unread:
            self.unread, self.read = unread, now
        if unread:
            return now - self.read > idle_s
        if self.cycle is None or self.cycle.response_complete:
            if self.waits_since is None:
                self.waits_since = now
            return now - self.waits_since > HEADER_S + (KEEP_ALIVE_S if self.cycle is not None else 0)
        self.waits_since = None
        return self.cycle.more_body and not self.flow.read_paused and now - self.heard > SILENT_BODY_S


class WebServer:
    """An ASGI application on the web port, in the running event loop.

    Raises:
        InputError: HOST_INVALID.
        MachineError: PORT_IN_USE, TLS_UNREADABLE.
    """

    def __init__(self, app: Any, settings: Settings) -> None:
        self._idle_s = settings.idle_timeout_s
        if settings.tls:
            read_pair(settings)
        self._socket = _listen(settings.host, settings.web_port)
        self.port: int = self._socket.getsockname()[1]
        self._config = uvicorn.Config(
            app,
            http=Bounded,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=1024,
            timeout_keep_alive=KEEP_ALIVE_S,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
        )
        self._config.load()
        self._server = uvicorn.Server(self._config)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._server.lifespan = self._config.lifespan_class(self._config)
        await self._server.startup(sockets=[self._socket])
        self._tasks = [asyncio.create_task(self._server.main_loop()), asyncio.create_task(self._sweep())]

    async def stop(self, grace_s: float) -> None:
        """Take no new connections, close idle ones, and cut what is still open after ``grace_s``."""
        self._server.should_exit = True
        self._config.timeout_graceful_shutdown = max(1, round(grace_s))
        try:
            async with asyncio.timeout(grace_s + 1):
                await self._server.shutdown(sockets=[self._socket])
        except TimeoutError:
            pass
        finally:
            for connection in tuple(self._server.server_state.connections):
                connection.transport.abort()
            for task in self._tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            now = asyncio.get_running_loop().time()
            for connection in tuple(self._server.server_state.connections):
                if isinstance(connection, Bounded) and connection.overdue(now, self._idle_s):
                    connection.transport.abort()


def _listen(host: str, port: int) -> socket.socket:
    family, address = resolve(host, port)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise MachineError(
            "PORT_IN_USE",
            f"The server cannot listen on {host}:{port}: {error.strerror}.",
            "Stop the program that has the port, or choose another with --web-port.",
        ) from error
    return listener
