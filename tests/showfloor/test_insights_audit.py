"""The audit: it sees a group that is served worse, nothing where there is nothing, and says no more than it knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import duckdb
import numpy as np
import pytest
from showfloor.insights.audit import Group, _mark, audit
from showfloor.insights.funnel import Period
from showfloor.store.database import Database
from showfloor.store.tables import now
from showfloor.v1 import insights_pb2 as pb

from assets_pipeline.errors import InputError
from tests.showfloor.insights_shop import Shop, opened


@pytest.fixture
def shop(db: Database) -> Iterator[Shop]:
    with opened(db) as shop:
        yield shop


@pytest.fixture
def lite(sqlite_db: Database) -> Iterator[Shop]:
    with opened(sqlite_db) as shop:
        yield shop


BRANDS = {"Hollis": ("pot", "cup", "tin"), "<b>Nord</b>": ("lamp", "desk", "rug")}


def furnish(shop: Shop) -> None:
    for brand, products in BRANDS.items():
        for product in products:
            shop.put(product, brand=brand, category=f"home/{brand.lower().strip('<b>/')}")


def crowd(shop: Shop, shown_nord: int) -> None:
    """Eighty shoppers, each opens the three of one brand in order; all are shown tea things, few see the others."""
    sent = []
    for n in range(80):
        own = BRANDS["<b>Nord</b>" if n % 2 else "Hollis"]
        sent += [shop.event(f"s{n}", "shown", p) for p in BRANDS["Hollis"]]
        if n < shown_nord:
            sent += [shop.event(f"s{n}", "shown", p) for p in BRANDS["<b>Nord</b>"]]
        sent += [shop.event(f"s{n}", "opened", p) for p in own]
    shop.record(sent)


def test_a_brand_that_is_shown_too_little(shop: Shop) -> None:
    furnish(shop)
    crowd(shop, shown_nord=20)
    found = shop.audit()
    hollis, nord = found.groups
    assert (hollis.name, hollis.size, hollis.exposures) == ("Hollis", 3, 240)
    assert (nord.name, nord.size, nord.exposures) == ("<b>Nord</b>", 3, 60)
    assert nord.exposure_ratio == pytest.approx(0.2 / 0.5)
    assert hollis.exposure_ratio == pytest.approx(0.8 / 0.5)
    assert nord.under_served
    assert not hollis.under_served
    assert (nord.tried, hollis.tried) == (40, 40)
    assert nord.hit_rate == hollis.hit_rate == 1  # six products, ten places
    assert "'<b>Nord</b>' (0.40 of its share)" in found.conclusion
    assert "Why is not in these numbers" in found.conclusion
    assert {g.name for g in shop.audit(by=pb.AUDIT_BY_CATEGORY).groups} == {"home"}


def test_what_is_fair_is_called_neither_unfair_nor_proven(lite: Shop) -> None:
    furnish(lite)
    crowd(lite, shown_nord=80)
    found = lite.audit()
    assert not any(g.under_served for g in found.groups)
    assert "none is clearly under-served. That is no proof of fairness" in found.conclusion


def test_declared_shoppers(lite: Shop) -> None:
    furnish(lite)
    crowd(lite, shown_nord=80)
    groups = {f"s{n}": "odd" if n % 2 else "even" for n in range(80)} | {"stranger": "even"}
    found = lite.audit(by=pb.AUDIT_BY_SHOPPERS, shopper_groups=groups)
    assert [(g.name, g.size, g.exposures, g.tried) for g in found.groups] == [
        ("even", 41, 240, 40),
        ("odd", 40, 240, 40),
    ]
    assert all(g.exposure_ratio == pytest.approx(1) for g in found.groups)
    with pytest.raises(InputError, match="AUDIT_INVALID"):
        lite.audit(by=pb.AUDIT_BY_SHOPPERS)
    with pytest.raises(InputError, match="AUDIT_INVALID"):
        lite.audit(by=pb.AUDIT_BY_BRAND, shopper_groups=groups)
    with pytest.raises(InputError, match="AUDIT_INVALID"):
        lite.audit(by=9)
    with pytest.raises(InputError, match="AUDIT_INVALID"):
        lite.audit(by=pb.AUDIT_BY_SHOPPERS, shopper_groups={f"s{n}": "a" for n in range(50_001)})


def test_small_shops_and_deleted_products(lite: Shop) -> None:
    furnish(lite)
    lite.did("ann", "shown", "opened", product="pot")
    lite.did("ann", "opened", product="ghost")
    found = lite.audit()
    assert "Too little is known" in found.conclusion
    assert not any(g.under_served for g in found.groups)
    crowd(lite, shown_nord=80)
    for product in BRANDS["<b>Nord</b>"]:
        lite.delete(product)
    assert [g.name for g in lite.audit().groups] == ["Hollis"]


def test_a_brand_that_was_never_shown_and_hardly_chosen(lite: Shop) -> None:
    """One choice in two hundred is no evidence that somebody hides it; forty are."""
    furnish(lite)
    crowd(lite, shown_nord=80)
    lite.put("sofa", brand="Rare")
    lite.record([lite.event(f"s{n}", "liked", "sofa") for n in range(40)])
    lite.did("s1", "opened", product="sofa")
    rare = next(g for g in lite.audit().groups if g.name == "Rare")
    assert (rare.exposures, rare.exposure_ratio, rare.under_served) == (0, 0, False)
    lite.record([lite.event(f"s{n}", "opened", "sofa") for n in range(2, 41)])
    assert next(g for g in lite.audit().groups if g.name == "Rare").under_served


class Columns:
    """Events in columns as the audit reads them."""

    def __init__(self, rows: Sequence[tuple[int, int, str]]) -> None:
        self.cursor = duckdb.connect(":memory:")
        self.cursor.execute(
            "CREATE TABLE events (number BIGINT, kind UTINYINT, time TIMESTAMP, person UBIGINT, product VARCHAR)"
        )
        moment = (now() - timedelta(hours=1)).replace(tzinfo=None)
        numbers = range(len(rows))
        batch = {
            "number": np.array(numbers),
            "kind": np.array([r[1] for r in rows]),
            "person": np.array([r[0] for r in rows], np.uint64),
            "product": np.array([r[2] for r in rows], dtype=object),
        }
        self.cursor.register("batch", batch)
        self.cursor.execute("INSERT INTO events SELECT number, kind, ?, person, product FROM batch", [moment])

    def flagged(self, find: Sequence[str]) -> dict[str, list[str]]:
        period = Period(now() - timedelta(days=1), now())
        group_of = {f"p{n}": f"g{n % 8}" for n in range(40)}
        found = audit(self.cursor, period, "brand", group_of, lambda kept: lambda h: find, lambda p: True, 30.0)
        return {g.name: g.low for g in found.groups if g.low}


def test_chance_alone_is_rarely_called_unfair() -> None:
    """Eight equal groups, thirty shops: some seen by few heavy shoppers, whose events are anything but independent."""
    random = np.random.default_rng(2)
    called = 0
    for _ in range(30):
        rows = []
        for person in range(150):
            tastes = random.dirichlet(np.full(40, 0.2))
            shown = random.choice(40, 1 + int(random.pareto(1.5) * 5) % 60, p=tastes)
            rows += [(person, 1, f"p{n}") for n in shown] + [
                (person, 2, f"p{n}") for n in shown if random.random() < 0.4
            ]
        called += bool(Columns(rows).flagged([f"p{n}" for n in random.choice(40, 10, replace=False)]))
    assert called <= 4


def test_a_group_that_is_never_found() -> None:
    rows = [(person, 2, f"p{n}") for person in range(800) for n in (person % 40, (person + 9) % 40)]
    rows += [(person, 1, f"p{n}") for person in range(800) for n in (person % 40, (person + 9) % 40)]
    served = [f"p{n}" for n in range(40) if n % 8]
    assert Columns(rows).flagged(served) == {"g0": ["found"]}


def test_the_hidden_choice_is_not_leaked() -> None:
    seen: list[list[str]] = []
    asked: list[Sequence[str]] = []
    rows = [(1, 2, "p1"), (1, 2, "p2"), (1, 1, "p3"), (1, 6, "p1"), (2, 2, "p4"), (3, 2, "p5"), (3, 7, "p6")]

    def learn(kept: Sequence[Sequence[str]]) -> object:
        seen.extend(list(k) for k in kept)
        return lambda history: asked.append(history) or ["p1"]

    columns = Columns(rows)
    period = Period(now() - timedelta(days=1), now())
    found = audit(columns.cursor, period, "brand", {"p1": "x", "p6": "y"}, learn, lambda p: True, 30.0)  # type: ignore[arg-type]
    assert sorted(map(tuple, seen)) == [("p2",), ("p5",)]
    assert sorted(map(tuple, asked)) == [("p2",), ("p5",)]
    assert {g.name: (g.tried, g.hits) for g in found.groups} == {"x": (1, 1), "y": (1, 0)}


def test_corrections_grow_with_the_number_of_groups() -> None:
    def groups(count: int) -> list[Group]:
        odd = Group("odd", 1, people=50, exposures=10, interest=30, exposure_ratio=0.5, exposure_p=0.02)
        return [odd, *(Group(str(n), 1, people=50, exposures=9, interest=9, exposure_ratio=1) for n in range(count))]

    few, many = groups(1), groups(20)
    _mark(few)
    _mark(many)
    assert few[0].low == ["shown"]
    assert many[0].low == []


def test_time_is_bounded() -> None:
    rows = [(person, 2, f"p{n}") for person in range(200) for n in (person % 40, (person + 9) % 40)]
    columns = Columns(rows)
    period = Period(now() - timedelta(days=1), now())
    group_of = {f"p{n}": f"g{n % 8}" for n in range(40)}
    found = audit(columns.cursor, period, "brand", group_of, lambda k: lambda h: [], lambda p: True, budget_s=0.0)
    assert sum(g.tried for g in found.groups) < 200
