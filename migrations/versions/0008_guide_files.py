"""Guides on cards, on paper and aloud."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "guide_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("media_id", KEY, nullable=False),
        sa.Column(
            "kind", sa.Enum("card", "page", "recording", name="guidefilekind", **STORED), nullable=False
        ),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_guide_file_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_file")),
        sa.UniqueConstraint("media_id", name=op.f("uq_guide_file_media_id")),
    )


def downgrade() -> None:
    op.drop_table("guide_file")
