"""A real server with assets in it, for the C# tests: prints one line of JSON once it listens.

    python serve.py FOLDER [--web-port N] [--require-keys] [--tls] [--size-mb N]

The same folder can be served again after the server was killed. Jobs do the small work of
``tests/showfloor/job_work.py``.
"""

from __future__ import annotations

import argparse
import functools
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import certificates  # noqa: E402
from PIL import Image  # noqa: E402
from showfloor.server import app  # noqa: E402
from showfloor.server.run import serve  # noqa: E402
from showfloor.services.call import Scope  # noqa: E402
from showfloor.settings import Settings  # noqa: E402
from showfloor.store.blobs import Blobs  # noqa: E402
from showfloor.store.database import Database  # noqa: E402
from showfloor.store.keys import create_key  # noqa: E402

from tests.showfloor.assets import add_asset, content  # noqa: E402
from tests.showfloor.job_work import work  # noqa: E402

MB = 1_000_000
TIN = (2_400_000, 480_000, 120_000)
"""LODs of the product "tin", bytes, the finest first."""


def seed(settings: Settings, size_mb: int) -> dict[str, str]:
    """Fill a fresh folder; what is in it afterwards."""
    known = settings.root / "seeded.json"
    if known.exists():
        found: dict[str, str] = json.loads(known.read_text())
        return found
    settings.root.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (512, 400), (200, 30, 30)).save(settings.root / "thumbnail.png")
    db = Database(settings.database)
    db.migrate()
    blobs = Blobs(settings.blobs, db)
    seeded = {"tin": add_asset(db, blobs, [content(n, i) for i, n in enumerate(TIN)], product_id="tin")}
    if size_mb:
        seeded["big"] = add_asset(db, blobs, [content(size_mb * MB)], name="Big", product_id="big")
    seeded["key"] = db.transact(lambda session: create_key(session, "test", [Scope.read])[1])
    db.close()
    known.write_text(json.dumps(seeded))
    return seeded


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--web-port", type=int, default=0)
    parser.add_argument("--require-keys", action="store_true")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--size-mb", type=int, default=0)
    given = parser.parse_args()
    settings = Settings(
        data_dir=given.folder,
        port=0,
        web_port=given.web_port,
        require_keys=given.require_keys,
        engine="none",
        log_level="error",
    )
    if given.tls:
        given.folder.mkdir(exist_ok=True)
        certificate, key = certificates.write(given.folder)
        settings = settings.model_copy(update={"tls_cert": certificate, "tls_key": key})
    seeded = seed(settings, given.size_mb)
    app.Runner = functools.partial(app.Runner, work=work)  # type: ignore[misc,assignment]

    def say(line: str) -> None:
        if found := re.search(r"https?://[^ ]*:(\d+) ", line):
            print(json.dumps({"web_port": int(found[1]), **seeded}), flush=True)

    serve(settings, say)


if __name__ == "__main__":
    main()
