"""The products of dummyjson as a catalogue: every fact that its rows hold, under the names that shops use."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from showfloor.services.call import Call
from showfloor.services.catalog import CatalogService
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.v1 import catalog_pb2 as pb


def read_products(file: Path) -> list[dict[str, Any]]:
    """Rows of ``products.json``; the three pairs of one id become two products."""
    rows: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    return rows


def product_id(row: dict[str, Any]) -> str:
    """«dj-12» for row 12."""
    return f"dj-{row['id']}"


def as_product(row: dict[str, Any]) -> pb.Product:
    """Sides are centimetres; the weight has no unit in the data, so it gets none here."""
    product = pb.Product(id=product_id(row), brand=row.get("brand", ""), category=row["category"], tags=row["tags"])
    product.titles["en"], product.descriptions["en"] = row["title"], row["description"]
    cents = round(100 * row["price"])
    product.price.currency_code, product.price.units, product.price.nanos = "USD", cents // 100, cents % 100 * 10**7
    product.stock = row["stock"]
    sides = row["dimensions"]
    product.size.x_m, product.size.y_m, product.size.z_m = (
        round(sides[side] / 100, 6) for side in ("width", "height", "depth")
    )
    product.attributes.update(
        {
            "weight": str(row["weight"]),
            "warranty": row["warrantyInformation"],
            "delivery": row["shippingInformation"],
            "returns": row["returnPolicy"],
            "minimum order quantity": str(row["minimumOrderQuantity"]),
            "rating": str(row["rating"]),
            "sku": row["sku"],
        }
    )
    return product


def load_catalogue(file: Path, db: Database, shelf: Shelf) -> list[dict[str, Any]]:
    """Write all rows into ``db``; the rows."""
    rows = read_products(file)

    async def write() -> None:
        service = CatalogService(db, shelf)
        for row in rows:
            await service.upsert_product(pb.UpsertProductRequest(product=as_product(row)), Call())
        service.close()

    asyncio.run(write())
    return rows
