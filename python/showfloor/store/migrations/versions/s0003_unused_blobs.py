"""Since when nothing refers to a blob."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("blobs", sa.Column("unused_time", sa.DateTime(timezone=True), nullable=True))
