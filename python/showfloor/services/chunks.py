"""Chunks of StreamAsset, serialised by hand: the bytes of a file go into the message with a single copy."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from showfloor.services.blocks import BlockReader
from showfloor.services.encoded import Encoded, key, varint
from showfloor.v1 import asset_pb2

EVENT_KEY = key(asset_pb2.StreamAssetResponse.CHUNK_FIELD_NUMBER, 2)
LEVEL_KEY = key(asset_pb2.Chunk.LEVEL_FIELD_NUMBER, 0)
OFFSET_KEY = key(asset_pb2.Chunk.OFFSET_FIELD_NUMBER, 0)
DATA_KEY = key(asset_pb2.Chunk.DATA_FIELD_NUMBER, 2)


async def chunks(reader: BlockReader, sha256: str, level: int, offset: int, size: int) -> AsyncGenerator[Encoded, None]:
    """The messages for the bytes of a file from ``offset`` on, each with at most 256 KiB.

    Raises:
        MachineError, Unavailable: As the blob store does.
    """

    def head(at: int, length: int) -> bytes:
        return chunk_head(level, at, length)

    async with aclosing(reader.blocks(sha256, offset, size, head)) as blocks:
        async for data in blocks:
            yield Encoded(asset_pb2.StreamAssetResponse, data)


def chunk_head(level: int, offset: int, length: int) -> bytes:
    """What stands before the bytes in a serialised ``StreamAssetResponse(chunk=Chunk(level, offset, data))``."""
    inner = b"".join(
        (
            LEVEL_KEY + varint(level) if level else b"",
            OFFSET_KEY + varint(offset) if offset else b"",
            DATA_KEY,
            varint(length),
        )
    )
    return EVENT_KEY + varint(len(inner) + length) + inner
