"""Duty hours, the roster, and each helper's time with a request."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "duty_span",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("span", sa.Enum("morning", "afternoon", "evening", name="span", **STORED), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_span_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_span")),
        sa.UniqueConstraint("person_id", "span", name=op.f("uq_duty_span_person_id_span")),
    )
    op.create_index(op.f("ix_duty_span_person_id"), "duty_span", ["person_id"], unique=False)
    op.create_table(
        "duty_shift",
        sa.Column("id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("shift", sa.Enum("day", "evening", "night", name="shift", **STORED), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("given_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_shift_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_shift_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
        sa.UniqueConstraint(
            "unit_id",
            "weekday",
            "shift",
            "person_id",
            name=op.f("uq_duty_shift_unit_id_weekday_shift_person_id"),
        ),
    )
    op.create_index(op.f("ix_duty_shift_person_id"), "duty_shift", ["person_id"], unique=False)
    op.create_index(op.f("ix_duty_shift_unit_id"), "duty_shift", ["unit_id"], unique=False)
    op.create_table(
        "help_stint",
        sa.Column("id", KEY, nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("helper_id", KEY, nullable=True),
        sa.Column("claimed_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=False),
        sa.Column(
            "ending",
            sa.Enum(
                "done", "busy", "unsure", "settled", "silent", "lapsed", "stopped", name="ending", **STORED
            ),
            nullable=False,
        ),
        sa.Column("rating", sa.Enum("good", "partly", "not_yet", name="rating", **STORED), nullable=True),
        sa.Column("rated_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["helper_id"], ["person.id"], name=op.f("fk_help_stint_helper_id_person")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name=op.f("fk_help_stint_request_id_help_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_stint")),
    )
    op.create_index(op.f("ix_help_stint_helper_id"), "help_stint", ["helper_id"], unique=False)
    op.create_index(op.f("ix_help_stint_request_id"), "help_stint", ["request_id"], unique=False)
    op.add_column("help_request", sa.Column("rung_at", AT, nullable=True))
    for name in ("is_off_hours", "is_unclear"):
        # The default is for the requests that are there already; what is written says its own.
        column = sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column("help_request", column)
    with op.batch_alter_table("help_request") as table:
        for name in ("is_off_hours", "is_unclear"):
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    for name in ("is_unclear", "is_off_hours", "rung_at"):
        op.drop_column("help_request", name)
    op.drop_table("help_stint")
    op.drop_table("duty_shift")
    op.drop_table("duty_span")
