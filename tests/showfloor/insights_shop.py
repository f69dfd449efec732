"""A shop whose shoppers do what a test says, for the tests of insights."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from showfloor.services.call import Call
from showfloor.services.catalog import CatalogService
from showfloor.services.insights import InsightsService
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.store.tables import now
from showfloor.v1 import catalog_pb2, insights_pb2

T = TypeVar("T")
CALL = Call()
KINDS = {
    "shown": insights_pb2.EVENT_KIND_EXPOSURE,
    "opened": insights_pb2.EVENT_KIND_CARD_OPENED,
    "placed": insights_pb2.EVENT_KIND_AR_PLACED,
    "tried": insights_pb2.EVENT_KIND_TRY_ON,
    "visited": insights_pb2.EVENT_KIND_VR_VISIT,
    "cart": insights_pb2.EVENT_KIND_CART,
    "bought": insights_pb2.EVENT_KIND_PURCHASE,
    "liked": insights_pb2.EVENT_KIND_THUMBS_UP,
}


def stamp(moment: datetime) -> Timestamp:
    found = Timestamp()
    found.FromDatetime(moment)
    return found


class Shop:
    def __init__(self, db: Database) -> None:
        self.db = db
        shelf = Shelf(db)
        self.catalog = CatalogService(db, shelf)
        self.insights = InsightsService(db, shelf)
        self.count = 0

    def ask(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(work)

    def put(self, product_id: str, **fields: Any) -> None:
        product = catalog_pb2.Product(id=product_id, titles={"en": product_id}, **fields)
        self.ask(self.catalog.upsert_product(catalog_pb2.UpsertProductRequest(product=product), CALL))

    def delete(self, product_id: str) -> None:
        self.ask(self.catalog.delete_product(catalog_pb2.DeleteProductRequest(product_id=product_id), CALL))

    def event(self, who: str, kind: str, product: str = "", ago: timedelta = timedelta(hours=1), **fields: Any) -> Any:
        """``who`` that begins with ``?`` is a session without a shopper."""
        self.count += 1
        whose = {"session_id": who} if who.startswith("?") else {"shopper_id": who}
        moment = stamp(now() - ago)
        fields = whose | {"id": f"e{self.count}", "kind": KINDS[kind], "product_id": product, "time": moment} | fields
        return insights_pb2.Event(**fields)

    def did(self, who: str, *kinds: str, product: str = "", **fields: Any) -> None:
        self.record([self.event(who, kind, product, **fields) for kind in kinds])

    def record(self, events: list[insights_pb2.Event]) -> int:
        request = insights_pb2.RecordEventsRequest
        batches = [events[n : n + 1000] for n in range(0, len(events), 1000)]
        return sum(self.ask(self.insights.record_events(request(events=batch), CALL)).stored for batch in batches)

    def funnel(self, **fields: Any) -> insights_pb2.FunnelResponse:
        return self.ask(self.insights.funnel(insights_pb2.FunnelRequest(**fields), CALL))

    def steps(self, **fields: Any) -> list[int]:
        """Shoppers: shown, opened, AR, try-on, VR, cart, bought."""
        return [step.shoppers for step in self.funnel(**fields).steps]

    def breakdown(self, **fields: Any) -> insights_pb2.BreakdownResponse:
        return self.ask(self.insights.breakdown(insights_pb2.BreakdownRequest(**fields), CALL))

    def retention(self, **fields: Any) -> list[insights_pb2.RetentionCohort]:
        return list(self.ask(self.insights.retention(insights_pb2.RetentionRequest(**fields), CALL)).cohorts)

    def experiments(self) -> list[str]:
        request = insights_pb2.ListExperimentsRequest()
        return list(self.ask(self.insights.list_experiments(request, CALL)).experiments)

    def experiment(self, name: str, **fields: Any) -> insights_pb2.ExperimentResponse:
        request = insights_pb2.ExperimentRequest(experiment=name, **fields)
        return self.ask(self.insights.experiment(request, CALL))

    def audit(self, **fields: Any) -> insights_pb2.AuditResponse:
        return self.ask(self.insights.audit(insights_pb2.AuditRequest(**fields), CALL))


@contextmanager
def opened(db: Database) -> Iterator[Shop]:
    shop = Shop(db)
    try:
        yield shop
    finally:
        shop.insights.close()
        shop.catalog.close()
