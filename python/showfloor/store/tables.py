"""The tables. ``migrations/`` brings a database to this shape; times are UTC and aware, ids are ``showfloor.ids``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A key that counts up by itself; SQLite does that for INTEGER only."""


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time on every database; SQLite has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


class Blob(Base):
    """A file in the blob store. Everything that uses it holds a foreign key, so that none in use can be removed."""

    __tablename__ = "blobs"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    used_time: Mapped[datetime] = mapped_column(default=now)
    """When it was last put or claimed; garbage collection leaves young ones alone."""
    unused_time: Mapped[datetime | None]
    """When garbage collection first saw that nothing refers to it; None while something does."""
    removing: Mapped[bool] = mapped_column(default=False)
    """The file is not there yet, or is being taken away: it must not be referenced (``blobs.claim``)."""


class Capture(Base):
    __tablename__ = "captures"
    __table_args__ = (UniqueConstraint("key_id", "request_id"),)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40))
    request_id: Mapped[str | None] = mapped_column(String(64))
    display_name: Mapped[str] = mapped_column(Text)
    kind: Mapped[int]
    state: Mapped[int] = mapped_column(index=True)
    create_time: Mapped[datetime] = mapped_column(default=now)
    expire_time: Mapped[datetime | None]


class CaptureFile(Base):
    __tablename__ = "capture_files"
    capture_id: Mapped[str] = mapped_column(ForeignKey("captures.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    blob: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"), index=True)
    """Set once the file is whole and verified."""


class Job(Base):
    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("key_id", "request_id"), Index(None, "state", "create_time"))
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40))
    request_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[int]
    state: Mapped[int]
    display_name: Mapped[str] = mapped_column(Text)
    capture_id: Mapped[str | None] = mapped_column(ForeignKey("captures.id"), index=True)
    asset_id: Mapped[str | None] = mapped_column(String(40), index=True)
    product_id: Mapped[str | None] = mapped_column(String(64))
    profile: Mapped[str] = mapped_column(String(32))
    options: Mapped[dict[str, Any]]
    """Fields of ``assets_pipeline.ConvertOptions``."""
    stage: Mapped[str] = mapped_column(String(32), default="")
    fraction: Mapped[float] = mapped_column(default=0.0)
    message: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[dict[str, Any] | None]
    """``{code, message, fix}``."""
    verdict: Mapped[str] = mapped_column(String(8), default="")
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    preview: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"), index=True)
    """A small picture of what there is so far."""
    attempt: Mapped[int] = mapped_column(default=0)
    cancel: Mapped[bool] = mapped_column(default=False)
    """Somebody asked for it to stop."""
    owner: Mapped[str | None] = mapped_column(String(80))
    """The server process that runs it."""
    lease_time: Mapped[datetime | None]
    """Until when the owner holds it; a job whose lease has run out is begun again by whoever sees it first. While the
    job waits: not to be begun before this moment."""
    create_time: Mapped[datetime] = mapped_column(default=now)
    start_time: Mapped[datetime | None]
    end_time: Mapped[datetime | None]


class Asset(Base):
    __tablename__ = "assets"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    display_name: Mapped[str] = mapped_column(Text)
    product_id: Mapped[str | None] = mapped_column(String(64), index=True)
    capture_id: Mapped[str | None] = mapped_column(ForeignKey("captures.id"), index=True)
    size_x_m: Mapped[float]
    size_y_m: Mapped[float]
    size_z_m: Mapped[float]
    size_known: Mapped[bool]
    scale_source: Mapped[str] = mapped_column(String(32))
    verdict: Mapped[str] = mapped_column(String(8))
    reasons: Mapped[list[Any]]
    options: Mapped[dict[str, Any]]
    """What it was made with, for variants to follow."""
    thumbnail: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"), index=True)
    report: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"), index=True)
    etag: Mapped[str] = mapped_column(String(64))
    create_time: Mapped[datetime] = mapped_column(default=now, index=True)


class Variant(Base):
    __tablename__ = "variants"
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    profile: Mapped[str] = mapped_column(String(32), primary_key=True)
    extensions_required: Mapped[list[Any]]
    etag: Mapped[str] = mapped_column(String(64))


class Lod(Base):
    __tablename__ = "lods"
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    profile: Mapped[str] = mapped_column(String(32), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    triangles: Mapped[int] = mapped_column(BigInteger)
    blob: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"), index=True)


class Product(Base):
    __tablename__ = "products"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[dict[str, Any]]
    """``showfloor.v1.Product`` as protobuf JSON, without asset_id, etag and times."""
    words: Mapped[str] = mapped_column(Text)
    """Case-folded id, titles, brand and tags, for ListProducts.contains."""
    category: Mapped[str] = mapped_column(String(300), index=True)
    asset_id: Mapped[str | None] = mapped_column(String(40), index=True)
    etag: Mapped[str] = mapped_column(String(64))
    create_time: Mapped[datetime] = mapped_column(default=now)
    update_time: Mapped[datetime] = mapped_column(default=now, index=True)


class ProductWords(Base):
    """What a product can be found by, cut into words by ``search.words``, for the full-text index of the database."""

    __tablename__ = "product_words"
    number: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), unique=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class ProductVector(Base):
    """A product's text as a vector."""

    __tablename__ = "product_vectors"
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    """Of the model and the text it was made from."""
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """Little-endian 16-bit floats."""


class Event(Base):
    """Something a shopper did. ``number`` grows in the order of commits, and is never given again."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "shopper_id", "number"), {"sqlite_autoincrement": True})
    number: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[int]
    time: Mapped[datetime] = mapped_column(index=True)
    shopper_id: Mapped[str] = mapped_column(String(64))
    session_id: Mapped[str] = mapped_column(String(64))
    product_id: Mapped[str] = mapped_column(String(64))
    scene: Mapped[str] = mapped_column(String(200))
    arms: Mapped[dict[str, Any]]


class Conversation(Base):
    """What the assistant keeps of a dialogue: no text of it."""

    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40), index=True)
    shopper_id: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every turn; its number is that of the last turn."""
    state: Mapped[dict[str, Any]]
    """``showfloor.assistant.state.State``."""
    create_time: Mapped[datetime] = mapped_column(default=now)
    update_time: Mapped[datetime] = mapped_column(default=now, index=True)


class DialogueTurn(Base):
    """A judged turn, or with ``Settings.keep_dialogues`` every turn; texts are masked, and empty where none are kept.

    It outlives its conversation, until somebody forgets it.
    """

    __tablename__ = "dialogue_turns"
    conversation_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40))
    shopper_id: Mapped[str] = mapped_column(String(64), index=True)
    language: Mapped[str] = mapped_column(String(35))
    intent: Mapped[str] = mapped_column(String(40))
    engine: Mapped[str] = mapped_column(String(200))
    asked: Mapped[str] = mapped_column(Text)
    answered: Mapped[str] = mapped_column(Text)
    good: Mapped[bool | None]
    comment: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(default=now)


class ApiKey(Base):
    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the key, which has 160 random bits; the key itself is not kept."""
    scopes: Mapped[list[Any]]
    create_time: Mapped[datetime] = mapped_column(default=now)
    revoke_time: Mapped[datetime | None]
