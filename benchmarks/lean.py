"""Clients that do no more than the protocol asks for, so that a measurement shows the server and not its client.

Payloads are counted, not kept. ``Native`` speaks HTTP/2 with literal header fields, ``Web`` and ``Get`` HTTP/1.1.
"""

from __future__ import annotations

import selectors
import socket
import struct
import time
from dataclasses import dataclass, field

WINDOW = 2**31 - 1
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def grpc_frame(message: bytes) -> bytes:
    return b"\0" + struct.pack(">I", len(message)) + message


@dataclass
class Times:
    """Seconds after the request was sent. ``marks`` are the moments at which the byte counts asked for were there."""

    first: float = 0.0
    end: float = 0.0
    bytes: int = 0
    marks: dict[int, float] = field(default_factory=dict)
    failed: str = ""


class Native:
    """One HTTP/2 connection, one call at a time."""

    def __init__(self, port: int, max_frame: int = 2**24 - 1) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        settings = struct.pack(">HIHIHI", 1, 0, 4, WINDOW, 5, max_frame)
        self.socket.sendall(
            PREFACE + frame(SETTINGS, 0, 0, settings) + frame(8, 0, 0, struct.pack(">I", WINDOW - 65535))
        )
        self.stream = -1
        self.done = True
        self._credit = 0

    def send(self, path: str, message: bytes, marks: tuple[int, ...] = ()) -> None:
        self.stream += 2
        fields = (
            (b":method", b"POST"),
            (b":scheme", b"http"),
            (b":path", path.encode()),
            (b":authority", b"127.0.0.1"),
            (b"te", b"trailers"),
            (b"content-type", b"application/grpc"),
        )
        block = b"".join(b"\0" + bytes((len(n),)) + n + bytes((len(v),)) + v for n, v in fields)
        self.times, self._marks = Times(), list(marks)
        self.done, self._skip, self._rest, self._kind = False, 0, b"", 0
        self.began = time.perf_counter()
        self.socket.sendall(
            frame(HEADERS, END_HEADERS, self.stream, block) + frame(DATA, END_STREAM, self.stream, grpc_frame(message))
        )

    def feed(self, view: memoryview) -> None:
        """Take what arrived."""
        at, size = 0, len(view)
        while at < size:
            if self._skip:
                step = min(self._skip, size - at)
                self._skip -= step
                at += step
                self._count(step)
                continue
            need = 9 - len(self._rest)
            self._rest += bytes(view[at : at + need])
            at += need
            if len(self._rest) < 9:
                return
            length = int.from_bytes(self._rest[:3], "big")
            kind, flags, stream = self._rest[3], self._rest[4], int.from_bytes(self._rest[5:9], "big")
            if kind == DATA:
                self._skip, self._rest = length, b""
                if flags & END_STREAM:
                    self._finish("ended without trailers")
                continue
            whole = 9 + length
            if len(self._rest) + size - at < whole and len(self._rest) < whole:
                self._rest += bytes(view[at:])
                return self._hold(whole)
            payload = bytes(view[at : at + length])
            at += length
            self._rest = b""
            self._control(kind, flags, stream, payload)

    def _hold(self, whole: int) -> None:
        """A control frame in two pieces: read the rest of it at once."""
        while len(self._rest) < whole:
            self.socket.setblocking(True)
            self._rest += self.socket.recv(whole - len(self._rest))
        rest, self._rest = self._rest, b""
        self._control(rest[3], rest[4], int.from_bytes(rest[5:9], "big"), rest[9:])

    def _control(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == HEADERS and stream == self.stream and flags & END_STREAM:
            self._finish("" if self.times.bytes else "refused")
        elif kind == SETTINGS and not flags & ACK:
            self.socket.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind in (RST_STREAM, GOAWAY):
            self._finish(f"frame {kind}: {payload!r}")

    def _count(self, step: int) -> None:
        now = time.perf_counter() - self.began
        if not self.times.bytes:
            self.times.first = now
        self.times.bytes += step
        while self._marks and self.times.bytes >= self._marks[0]:
            self.times.marks[self._marks.pop(0)] = now
        self._credit += step
        if self._credit > 2**29:
            self.socket.sendall(frame(8, 0, 0, struct.pack(">I", self._credit)))
            self._credit = 0

    def _finish(self, failed: str) -> None:
        self.done = True
        self.times.end = time.perf_counter() - self.began
        self.times.failed = failed


class Web:
    """One HTTP/1.1 connection; a call of gRPC-Web, or a GET where ``message`` is None."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.done = True

    def send(self, path: str, message: bytes | None, marks: tuple[int, ...] = ()) -> None:
        self.times, self._marks = Times(), list(marks)
        self.done, self._tail, self._left = False, b"", -1
        self._chunked = message is not None
        if message is None:
            request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode()
        else:
            body = grpc_frame(message)
            request = (
                f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/grpc-web+proto\r\n"
                f"content-length: {len(body)}\r\n\r\n"
            ).encode() + body
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def feed(self, view: memoryview) -> None:
        now = time.perf_counter() - self.began
        size = len(view)
        if self._left < 0:
            head, found, _ = bytes(view[: min(size, 4096)]).partition(b"\r\n\r\n")
            if not found:
                raise RuntimeError("a header in two pieces")
            if b" 200 " not in head[:20]:
                self.times.failed = head[:60].decode()
            size -= len(head) + 4
            view = view[len(head) + 4 :]
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            self._left = int(lengths[0].split(b":")[1]) if lengths else 0
            self._chunked = not lengths
        if size and not self.times.bytes:
            self.times.first = now
        self.times.bytes += size
        while self._marks and self.times.bytes >= self._marks[0]:
            self.times.marks[self._marks.pop(0)] = now
        if self._chunked:
            self._tail = (self._tail + bytes(view[-64:]))[-64:]
            if self._tail.endswith(b"\r\n\r\n0\r\n\r\n"):  # trailers end with a line, then the last chunk
                self._end(now, "" if b"grpc-status: 0" in self._tail else "no grpc-status: 0")
        elif self.times.bytes >= self._left:
            self._end(now, self.times.failed)

    def _end(self, now: float, failed: str) -> None:
        self.done = True
        self.times.end, self.times.failed = now, self.times.failed or failed


def closed_loop(clients: list[Native], path: str, message: bytes, seconds: float) -> list[float]:
    """Every client calls again as soon as it has its answer; the seconds that each call took."""
    buffer = memoryview(bytearray(2**20))
    took: list[float] = []
    end = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.send(path, message)
        while time.perf_counter() < end:
            for key, _ in selector.select(1.0):
                client = key.data
                client.feed(buffer[: client.socket.recv_into(buffer)])
                if client.done:
                    if client.times.failed:
                        raise RuntimeError(client.times.failed)
                    took.append(client.times.end)
                    client.send(path, message)
    return took


def finish(clients: list[Native] | list[Web], timeout_s: float = 120.0) -> list[Times]:
    """Read until every client is done; in one thread, in the order in which data comes."""
    buffer = memoryview(bytearray(2**20))
    deadline = time.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        left = 0
        for client in clients:
            if not client.done:
                client.socket.setblocking(False)
                selector.register(client.socket, selectors.EVENT_READ, client)
                left += 1
        while left:
            for key, _ in selector.select(1.0):
                client = key.data
                try:
                    size = client.socket.recv_into(buffer)
                except BlockingIOError:
                    continue
                if size:
                    client.feed(buffer[:size])
                else:
                    client.done, client.times.failed = True, "connection closed"
                if client.done:
                    selector.unregister(client.socket)
                    left -= 1
                elif not client.socket.getblocking():
                    continue
                client.socket.setblocking(False)
            if time.monotonic() > deadline:
                for key in list(selector.get_map().values()):
                    key.data.times.failed = "too slow"
                break
    for client in clients:
        client.socket.setblocking(True)
    return [client.times for client in clients]
