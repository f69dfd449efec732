"""A link of a phone: a proxy in a thread that delays and limits what passes."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress

PIECE = 8 * 1024
QUEUE = 64 * 1024


class Link:
    """Passes TCP connections on to ``port`` with ``mbit`` in each direction and a round trip of ``rtt_ms``."""

    def __init__(self, port: int, mbit: float, rtt_ms: float) -> None:
        self._target = port
        self._bytes_per_s = mbit * 1e6 / 8
        self._delay_s = rtt_ms / 2000
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._connected, "127.0.0.1", 0), self._loop
        ).result()
        self.port: int = server.sockets[0].getsockname()[1]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target, limit=PIECE)
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pieces leave one after the other at the link's rate, and each arrives half a round trip later."""
        loop = asyncio.get_running_loop()
        on_the_way: deque[tuple[float, bytes]] = deque()
        changed = asyncio.Event()
        free = 0.0

        async def deliver() -> None:
            while True:
                while not on_the_way:
                    changed.clear()
                    await changed.wait()
                arrival, piece = on_the_way[0]
                await asyncio.sleep(max(arrival - loop.time(), 0))
                on_the_way.popleft()
                if not piece:
                    return
                writer.write(piece)
                await writer.drain()

        delivering = asyncio.create_task(deliver())
        with suppress(ConnectionError):
            while piece := await reader.read(PIECE):
                free = max(free, loop.time()) + len(piece) / self._bytes_per_s
                on_the_way.append((free + self._delay_s, piece))
                changed.set()
                await asyncio.sleep(max(free - loop.time() - QUEUE / self._bytes_per_s, 0))
        on_the_way.append((loop.time(), b""))
        changed.set()
        with suppress(ConnectionError):
            await delivering
            writer.close()
