"""SQLite gives no number of a deleted event again, as PostgreSQL: whoever reads what is new relies on it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.create_table(
        "events_numbered",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shopper_id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("product_id", sa.String(64), nullable=False),
        sa.Column("scene", sa.String(200), nullable=False),
        sa.Column("arms", sa.JSON, nullable=False),
        sa.UniqueConstraint("id", name="uq_events_id"),
        sqlite_autoincrement=True,
    )
    names = "number, id, kind, time, shopper_id, session_id, product_id, scene, arms"
    op.execute(f"INSERT INTO events_numbered ({names}) SELECT {names} FROM events ORDER BY number")
    op.drop_table("events")
    op.rename_table("events_numbered", "events")
    op.create_index("ix_events_shopper_id_number", "events", ["shopper_id", "number"])
    op.create_index("ix_events_time", "events", ["time"])
