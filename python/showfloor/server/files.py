"""``/files/<sha256>/<name>``: files of the blob store by GET and HEAD, with ranges and caching for ever."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any

from assets_pipeline.errors import InputError, ShowfloorError
from showfloor.errors import NotBuilt, NotFound
from showfloor.server.http import SAFE_HEADERS, Header, Receive, Scope, Send, header, refuse, respond
from showfloor.server.metrics import Metrics
from showfloor.server.status import status_of
from showfloor.services.blocks import BlockReader
from showfloor.store.blobs import BlobInfo

PATH = re.compile(r"/files/([0-9a-f]{64})/([^/]{1,200})")
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
SUFFIXES = {
    "glb": "model/gltf-binary",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "json": "application/json",
}


class Files:
    """Serves blobs. A blob is named by its content, so what a path shows never changes.

    Args:
        find: Size and type of a blob; raises NotFound.
        private: Whether callers need a key, so that shared caches may not keep the files.
    """

    def __init__(
        self,
        find: Callable[[str], Awaitable[BlobInfo]],
        reader: BlockReader,
        metrics: Metrics,
        *,
        private: bool,
    ) -> None:
        self._find = find
        self._reader = reader
        self._sent = metrics.file_bytes
        reach = b"private" if private else b"public"
        self._cache: Header = (b"cache-control", reach + b", max-age=31536000, immutable")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request that has passed the gate.

        Raises:
            ShowfloorError: FILE_NOT_FOUND, and as the blob store does.
        """
        if scope["method"] not in ("GET", "HEAD"):
            error: ShowfloorError = NotBuilt("METHOD_NOT_ALLOWED", "Files can only be read.", "Use GET or HEAD.")
            return await refuse(send, status_of(error), [(b"allow", b"GET, HEAD")], http=405)
        found = PATH.fullmatch(scope["path"])
        if found is None:
            raise NotFound(
                "FILE_NOT_FOUND",
                "The path is not /files/<64 lower-case hex digits>/<name>.",
                "Take paths from the asset: lod.path, thumbnail_path, report_path.",
            )
        sha256, name = found.groups()
        blob = await self._find(sha256)
        etag = f'"{sha256}"'
        headers = [
            (b"etag", etag.encode()),
            self._cache,
            (b"accept-ranges", b"bytes"),
            (b"content-security-policy", b"default-src 'none'; sandbox"),
        ]
        if matches(header(scope, b"if-none-match"), etag):
            return await respond(send, 304, headers)
        headers.append((b"content-type", content_type(blob.media_type, name).encode()))
        size = blob.size_bytes
        if_range = header(scope, b"if-range")
        wanted = header(scope, b"range") if not if_range or if_range == etag else ""
        try:
            span = parse_range(wanted, size)
        except ValueError:
            error = InputError(
                "RANGE_INVALID",
                f"The range {wanted[:60]!r} lies outside the {size} bytes of the file.",
                "Ask for bytes that the file has.",
            )
            return await refuse(send, status_of(error), [(b"content-range", b"bytes */%d" % size)], http=416)
        begin, end = span or (0, size)
        number = 206 if span else 200
        if span:
            headers.append((b"content-range", b"bytes %d-%d/%d" % (begin, end - 1, size)))
        if scope["method"] == "HEAD":
            return await respond(send, number, headers, length=end - begin)
        framed = [*headers, *SAFE_HEADERS, (b"content-length", b"%d" % (end - begin))]
        start = {"type": "http.response.start", "status": number, "headers": framed}
        await self._send(receive, send, start, sha256, begin, end)

    async def _send(
        self, receive: Receive, send: Send, start: dict[str, Any], sha256: str, begin: int, end: int
    ) -> None:
        """Send ``start`` once the first bytes are there, and the bytes as long as the client is."""
        gone = asyncio.create_task(_gone(receive))
        try:
            async with aclosing(self._reader.blocks(sha256, begin, end)) as blocks:
                async for block in blocks:
                    if gone.done():
                        return
                    if start:
                        await send(start)
                        start = {}
                    await send({"type": "http.response.body", "body": block, "more_body": True})
                    self._sent.inc(len(block))
                    await asyncio.sleep(0)  # sending may never wait: others get their turn
            if start:
                await send(start)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone


def parse_range(text: str, size: int) -> tuple[int, int] | None:
    """Begin and end (exclusive) of a Range header; None where it asks for several ranges, or for nothing that is known.

    Raises:
        ValueError: It lies outside the file.
    """
    found = RANGE.fullmatch(text.replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        begin, end = max(size - int(last), 0), size
    else:
        begin, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < begin:
            return None
    if begin >= size:
        raise ValueError("outside")
    return begin, end


def matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison of an If-None-Match header with an ETag (RFC 9110 §13.1.2)."""
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in (etag, "*") for tag in tags if tag)


def content_type(media_type: str, name: str) -> str:
    """The stored type; by the suffix of the name where that says nothing."""
    if media_type and media_type != "application/octet-stream":
        return media_type
    return SUFFIXES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
