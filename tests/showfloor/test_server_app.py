"""The parts of a server together: what ends before what."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

from showfloor.server.app import App
from showfloor.settings import Settings
from showfloor.store.database import Database
from showfloor.store.tables import Blob, now
from sqlalchemy import select, update


def test_a_server_that_stops_waits_for_the_collection_but_not_for_all_of_it(settings: Settings) -> None:
    app = App(settings.model_copy(update={"workers": 0}))
    for n in range(5):
        app.blobs.put_bytes(f"{n}".encode(), "a/b")
    old = now() - timedelta(hours=2)
    app.db.transact(lambda session: session.execute(update(Blob).values(used_time=old, unused_time=old)))
    begun, go, delete = threading.Event(), threading.Event(), app.blobs.shelf.delete

    def delete_slowly(sha256: str) -> None:
        begun.set()
        assert go.wait(30)
        delete(sha256)

    app.blobs.shelf.delete = delete_slowly  # type: ignore[method-assign]

    async def main() -> None:
        await app.start()
        await asyncio.to_thread(begun.wait, 30)
        closing = asyncio.create_task(app.close())
        done, _ = await asyncio.wait([closing], timeout=0.5)
        assert not done, "closed under a collection that runs"
        go.set()
        await closing

    asyncio.run(asyncio.wait_for(main(), 60))
    db = Database(settings.database)
    assert len(db.look(lambda session: session.scalars(select(Blob)).all())) == 4
    db.close()
