"""Showfloor from Python: ``Client`` for ordinary code, ``AsyncClient`` for asyncio.

>>> from showfloor.client import Client
>>> with Client("localhost:50051") as client:
...     asset = client.reconstruct("photos/", height_m=0.12, on_progress=print)
...     client.download(asset.id, "out/")
"""

from showfloor.client.aio import AsyncClient, Download
from showfloor.client.step import OnProgress, Step
from showfloor.client.sync import Client

__all__ = ["AsyncClient", "Client", "Download", "OnProgress", "Step"]
