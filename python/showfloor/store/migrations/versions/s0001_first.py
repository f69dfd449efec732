"""The first shape."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("used_time", TIME, nullable=False),
        sa.Column("removing", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )
    op.create_table(
        "captures",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("request_id", sa.String(64)),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("create_time", TIME, nullable=False),
        sa.Column("expire_time", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_captures"),
        sa.UniqueConstraint("key_id", "request_id", name="uq_captures_key_id_request_id"),
    )
    op.create_index("ix_captures_state", "captures", ["state"])
    op.create_table(
        "capture_files",
        sa.Column("capture_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("received_bytes", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.String(64)),
        sa.PrimaryKeyConstraint("capture_id", "name", name="pk_capture_files"),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], ondelete="CASCADE", name="fk_capture_files_capture_id_captures"
        ),
        sa.ForeignKeyConstraint(["blob"], ["blobs.sha256"], name="fk_capture_files_blob_blobs"),
    )
    op.create_index("ix_capture_files_blob", "capture_files", ["blob"])
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("request_id", sa.String(64)),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("capture_id", sa.String(40)),
        sa.Column("asset_id", sa.String(40)),
        sa.Column("product_id", sa.String(64)),
        sa.Column("profile", sa.String(32), nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("fraction", sa.Double, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("problem", sa.JSON),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("cancel", sa.Boolean, nullable=False),
        sa.Column("preview", sa.String(64)),
        sa.Column("owner", sa.String(80)),
        sa.Column("lease_time", TIME),
        sa.Column("create_time", TIME, nullable=False),
        sa.Column("start_time", TIME),
        sa.Column("end_time", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("key_id", "request_id", name="uq_jobs_key_id_request_id"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_jobs_capture_id_captures"),
        sa.ForeignKeyConstraint(["preview"], ["blobs.sha256"], name="fk_jobs_preview_blobs"),
    )
    op.create_index("ix_jobs_state_create_time", "jobs", ["state", "create_time"])
    op.create_index("ix_jobs_capture_id", "jobs", ["capture_id"])
    op.create_index("ix_jobs_asset_id", "jobs", ["asset_id"])
    op.create_index("ix_jobs_preview", "jobs", ["preview"])
    op.create_table(
        "assets",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("product_id", sa.String(64)),
        sa.Column("capture_id", sa.String(40)),
        sa.Column("size_x_m", sa.Double, nullable=False),
        sa.Column("size_y_m", sa.Double, nullable=False),
        sa.Column("size_z_m", sa.Double, nullable=False),
        sa.Column("size_known", sa.Boolean, nullable=False),
        sa.Column("scale_source", sa.String(32), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("thumbnail", sa.String(64)),
        sa.Column("report", sa.String(64)),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("create_time", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assets"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_assets_capture_id_captures"),
        sa.ForeignKeyConstraint(["thumbnail"], ["blobs.sha256"], name="fk_assets_thumbnail_blobs"),
        sa.ForeignKeyConstraint(["report"], ["blobs.sha256"], name="fk_assets_report_blobs"),
    )
    for column in ("product_id", "capture_id", "thumbnail", "report", "create_time"):
        op.create_index(f"ix_assets_{column}", "assets", [column])
    op.create_table(
        "variants",
        sa.Column("asset_id", sa.String(40), nullable=False),
        sa.Column("profile", sa.String(32), nullable=False),
        sa.Column("extensions_required", sa.JSON, nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("asset_id", "profile", name="pk_variants"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], ondelete="CASCADE", name="fk_variants_asset_id_assets"),
    )
    op.create_table(
        "lods",
        sa.Column("asset_id", sa.String(40), nullable=False),
        sa.Column("profile", sa.String(32), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("triangles", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("asset_id", "profile", "level", name="pk_lods"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], ondelete="CASCADE", name="fk_lods_asset_id_assets"),
        sa.ForeignKeyConstraint(["blob"], ["blobs.sha256"], name="fk_lods_blob_blobs"),
    )
    op.create_index("ix_lods_blob", "lods", ["blob"])
    op.create_table(
        "products",  # the short columns first: SQLite reads a row from its left, and lists look at these only
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("category", sa.String(300), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("asset_id", sa.String(40)),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("create_time", TIME, nullable=False),
        sa.Column("update_time", TIME, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
    )
    op.create_index("ix_products_category", "products", ["category"])
    op.create_index("ix_products_asset_id", "products", ["asset_id"])
    if op.get_bind().dialect.name == "sqlite":  # searched by words without reading whole rows; PostgreSQL does without
        op.create_index("ix_products_id_words", "products", ["id", "words"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("create_time", TIME, nullable=False),
        sa.Column("revoke_time", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("digest", name="uq_api_keys_digest"),
    )
