"""What search and recommendation keep: words, vectors, events."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_index("ix_products_update_time", "products", ["update_time"])
    op.create_table(
        "product_words",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("product_id", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_product_words"),
        sa.UniqueConstraint("product_id", name="uq_product_words_product_id"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], ondelete="CASCADE", name="fk_product_words_product_id_products"
        ),
    )
    op.create_table(
        "product_vectors",
        sa.Column("product_id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("product_id", name="pk_product_vectors"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], ondelete="CASCADE", name="fk_product_vectors_product_id_products"
        ),
    )
    op.create_table(
        "events",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("time", TIME, nullable=False),
        sa.Column("shopper_id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("product_id", sa.String(64), nullable=False),
        sa.Column("scene", sa.String(200), nullable=False),
        sa.Column("arms", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_events"),
        sa.UniqueConstraint("id", name="uq_events_id"),
    )
    op.create_index("ix_events_shopper_id_number", "events", ["shopper_id", "number"])
    op.create_index("ix_events_time", "events", ["time"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_words()
    else:
        op.execute(
            "ALTER TABLE product_words ADD COLUMN terms tsvector GENERATED ALWAYS AS (setweight(to_tsvector('simple', "
            "title), 'A') || setweight(to_tsvector('simple', body), 'D')) STORED"
        )
        op.execute("CREATE INDEX ix_product_words_terms ON product_words USING gin (terms)")


def _sqlite_words() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE product_fts USING fts5 "
        "(title, body, content='product_words', content_rowid='number', tokenize='unicode61')"
    )
    put = "INSERT INTO product_fts (rowid, title, body) VALUES (new.number, new.title, new.body);"
    drop = (
        "INSERT INTO product_fts (product_fts, rowid, title, body) VALUES ('delete', old.number, old.title, old.body);"
    )
    for name, event, body in (
        ("insert", "AFTER INSERT", put),
        ("delete", "AFTER DELETE", drop),
        ("update", "AFTER UPDATE", drop + put),
    ):
        op.execute(f"CREATE TRIGGER product_words_{name} {event} ON product_words BEGIN {body} END")
