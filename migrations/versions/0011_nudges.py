"""Who asked after whom, and indexes by which requests are found whatever the history."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "nudge",
        sa.Column("id", KEY, nullable=False),
        sa.Column(
            "kind", sa.Enum("team", "area", "member", "lesson", name="nudgekind", **STORED), nullable=False
        ),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("by_id", KEY, nullable=True),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("answer", sa.String(24), nullable=False),
        sa.Column("answered_at", AT, nullable=True),
        sa.Column("returned_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_nudge_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nudge_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_nudge_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
        sa.UniqueConstraint(
            "person_id", "unit_id", "kind", "week", name=op.f("uq_nudge_person_id_unit_id_kind_week")
        ),
    )
    op.create_index(op.f("ix_nudge_at"), "nudge", ["at"], unique=False)
    op.create_index(op.f("ix_nudge_by_id"), "nudge", ["by_id"], unique=False)
    op.create_index(op.f("ix_nudge_person_id"), "nudge", ["person_id"], unique=False)
    op.create_index(op.f("ix_nudge_unit_id"), "nudge", ["unit_id"], unique=False)
    op.create_index("ix_help_request_unit_asked", "help_request", ["unit_id", "asked_at"], unique=False)
    op.create_index(
        "ix_help_request_helper_claimed", "help_request", ["helper_id", "claimed_at"], unique=False
    )
    op.create_index(
        "ix_help_request_open",
        "help_request",
        ["unit_id", "asked_at"],
        unique=False,
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_help_request_open", table_name="help_request")
    op.drop_index("ix_help_request_helper_claimed", table_name="help_request")
    op.drop_index("ix_help_request_unit_asked", table_name="help_request")
    op.drop_table("nudge")
