"""Reviews."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "week_reopening",
        sa.Column("id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("iso_year", sa.Integer(), nullable=False),
        sa.Column("iso_week", sa.Integer(), nullable=False),
        sa.Column("opened_by", KEY, nullable=True),
        sa.Column("opened_at", AT, nullable=False),
        sa.Column("until", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["person.id"], name=op.f("fk_week_reopening_opened_by_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_week_reopening_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_reopening")),
    )
    op.create_index(op.f("ix_week_reopening_opened_by"), "week_reopening", ["opened_by"], unique=False)
    op.create_index(op.f("ix_week_reopening_unit_id"), "week_reopening", ["unit_id"], unique=False)
    op.create_index(op.f("ix_week_reopening_until"), "week_reopening", ["until"], unique=False)
    op.create_index("ix_week_reopening_week", "week_reopening", ["iso_year", "iso_week"], unique=False)
    op.create_table(
        "count_review",
        sa.Column("id", KEY, nullable=False),
        sa.Column("activity_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column(
            "reason",
            sa.Enum("high", "same", "burst", "approval", name="reviewreason", **STORED),
            nullable=False,
        ),
        sa.Column("usual", sa.Integer(), nullable=True),
        sa.Column(
            "state", sa.Enum("waiting", "right", "changed", name="reviewstate", **STORED), nullable=False
        ),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("asked_at", AT, nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_count_review_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_count_review_decided_by_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_count_review_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_review")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_count_review_activity_id")),
    )
    op.create_index(op.f("ix_count_review_decided_by"), "count_review", ["decided_by"], unique=False)
    op.create_index(
        "ix_count_review_waiting",
        "count_review",
        ["unit_id", "made_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("needs_approval", sa.Boolean(), nullable=True))
    op.execute(sa.text("UPDATE unit SET needs_approval = false"))
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.alter_column("needs_approval", existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_column("needs_approval")

    op.drop_table("count_review")
    op.drop_table("week_reopening")
