"""Send a running server the events of a made-up crowd, for a look at the insights page.

    showfloor serve                                   # in another terminal
    python samples/make_events.py [--web http://127.0.0.1:8080] [--shoppers 4000] [--api-key sfk_…]

The same seed makes the same crowd; times end now. A catalogue that is empty gets a few made-up products first, which
needs a key that may write. Sent twice, events are stored once.
"""

from __future__ import annotations

import argparse
import json
import random
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

WEEKS = 8
BATCH = 1000
SCENES = ("web/home", "ar-app/living-room", "vr-showroom/hall-1", "vr-showroom/hall-2")
WAYS = ("EVENT_KIND_AR_PLACED", "EVENT_KIND_TRY_ON", "EVENT_KIND_VR_VISIT")
BRANDS = ("Hollis", "Nordlys", "Ames & Field", "竹间", "Oakline")
THINGS = ("lamp", "chair", "desk", "rug", "vase", "shelf", "sofa", "mirror")
SELDOM_SHOWN = "Oakline"


class Server:
    """Calls as curl would make them."""

    def __init__(self, web: str, key: str) -> None:
        self._web = web.rstrip("/")
        self._headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})

    def call(self, method: str, message: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self._web}/showfloor.v1.{method}", json.dumps(message).encode(), self._headers
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def products(self) -> list[tuple[str, str]]:
        """Ids and brands, at most 200."""
        found = self.call("CatalogService/ListProducts", {"pageSize": 200}).get("products", [])
        return [(p["id"], p.get("brand", "")) for p in found]

    def furnish(self) -> None:
        for brand in BRANDS:
            for number, thing in enumerate(THINGS):
                name = f"{brand} {thing}"
                product = {
                    "id": f"{brand[:2].upper() if brand.isascii() else 'ZJ'}-{number + 1:02d}",
                    "titles": {"en": name.capitalize()},
                    "brand": brand,
                    "category": f"{'lighting' if thing == 'lamp' else 'furniture'}/{thing}",
                    "price": {"currencyCode": "EUR", "units": str(29 + 40 * number)},
                }
                self.call("CatalogService/UpsertProduct", {"product": product})


class Crowd:
    """Shoppers who come back less and less, and buy somewhat more with 3D."""

    def __init__(self, products: list[tuple[str, str]], shoppers: int, seed: int) -> None:
        self._products, self._shoppers, self._random = products, shoppers, random.Random(seed)
        self._now = datetime.now(UTC)
        self._number = 0
        self._prefix = f"demo-{seed}-{shoppers}"

    def events(self) -> Iterator[dict[str, Any]]:
        for number in range(self._shoppers):
            yield from self._shopper(number)

    def _shopper(self, number: int) -> Iterator[dict[str, Any]]:
        draw = self._random.random
        who = {"shopperId": f"demo-{number:05d}"} if draw() < 0.8 else {"sessionId": f"demo-web-{number:05d}"}
        arms = {"viewer-3d": "with-3d" if draw() < 0.5 else "photos", "card-order": "abc"[int(draw() * 3)]}
        visit = self._now - timedelta(weeks=WEEKS) * draw()
        loyalty = 0.15 + 0.45 * draw()
        while visit < self._now:
            yield from self._visit(who, arms, visit)
            if draw() > loyalty:
                return
            visit += timedelta(days=2 + 10 * draw())

    def _visit(self, who: dict[str, str], arms: dict[str, str], moment: datetime) -> Iterator[dict[str, Any]]:
        draw = self._random.random
        scene = self._random.choices(SCENES, (6, 3, 2, 1))[0]
        for _ in range(self._random.randint(1, 6)):
            rank = min(int(self._random.paretovariate(0.9)) - 1, len(self._products) - 1)
            product, brand = self._products[rank * 7 % len(self._products)]
            common = {**who, "productId": product, "arms": arms}

            def event(kind: str, where: str = scene, common: dict[str, Any] = common) -> dict[str, Any]:
                nonlocal moment
                moment += timedelta(seconds=5 + 40 * draw())
                self._number += 1
                time = min(moment, self._now).isoformat().replace("+00:00", "Z")
                return {"id": f"{self._prefix}-{self._number}", "kind": kind, "time": time, "scene": where, **common}

            if brand != SELDOM_SHOWN or draw() < 0.45:
                yield event("EVENT_KIND_EXPOSURE")
            elif draw() < 0.5:
                continue
            if draw() > 0.42:
                continue
            yield event("EVENT_KIND_CARD_OPENED")
            likely = 0.11
            if draw() < (0.55 if arms["viewer-3d"] == "with-3d" else 0.12):
                yield event(WAYS[2] if scene.startswith("vr") else self._random.choices(WAYS[:2], (3, 2))[0])
                likely = 0.25
            if draw() < likely:
                yield event("EVENT_KIND_CART")
                if draw() < 0.55:
                    yield event("EVENT_KIND_PURCHASE", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--web", default="http://127.0.0.1:8080", help="the server's web port")
    parser.add_argument("--api-key", default="", help="if the server asks for one")
    parser.add_argument("--shoppers", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server = Server(options.web, options.api_key)
    if not server.products():
        server.furnish()
    events = list(Crowd(server.products(), options.shoppers, options.seed).events())
    stored = 0
    for begin in range(0, len(events), BATCH):
        answer = server.call("InsightsService/RecordEvents", {"events": events[begin : begin + BATCH]})
        stored += answer.get("stored", 0)
    print(f"Sent {len(events):,} events of {options.shoppers:,} shoppers; {stored:,} were new.")


if __name__ == "__main__":
    main()
