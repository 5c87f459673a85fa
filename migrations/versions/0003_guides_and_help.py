"""Guides and help."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "screen_report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("reported_at", AT, nullable=False),
        sa.Column("settled_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_report")),
    )
    op.create_index(op.f("ix_screen_report_slug"), "screen_report", ["slug"], unique=False)
    op.create_table(
        "guide_visit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("started_at", AT, nullable=False),
        sa.Column("moved_at", AT, nullable=False),
        sa.Column("remind_at", AT, nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("done", "not_done", "handed_over", "left", name="visitoutcome", **STORED),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_guide_visit_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_visit")),
    )
    op.create_index(op.f("ix_guide_visit_person_id"), "guide_visit", ["person_id"], unique=False)
    op.create_index(op.f("ix_guide_visit_remind_at"), "guide_visit", ["remind_at"], unique=False)
    op.create_index(op.f("ix_guide_visit_slug"), "guide_visit", ["slug"], unique=False)
    op.create_table(
        "help_request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("guide", sa.String(60), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("question", sa.String(1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "claimed", "closed", "withdrawn", name="helpstate", **STORED),
            nullable=False,
        ),
        sa.Column(
            "rung", sa.Enum("team", "neighbour", "commune", "above", name="rung", **STORED), nullable=False
        ),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("next_word_at", AT, nullable=True),
        sa.Column("helper_id", KEY, nullable=True),
        sa.Column("claimed_at", AT, nullable=True),
        sa.Column("answered_at", AT, nullable=True),
        sa.Column("waiting_since", AT, nullable=True),
        sa.Column("reminded_at", AT, nullable=True),
        sa.Column("spoke_at", AT, nullable=True),
        sa.Column("idle_asked_at", AT, nullable=True),
        sa.Column("are_photos_fine", sa.Boolean(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("closed_at", AT, nullable=True),
        sa.Column("rating", sa.Enum("good", "partly", "not_yet", name="rating", **STORED), nullable=True),
        sa.Column("rated_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["helper_id"], ["person.id"], name=op.f("fk_help_request_helper_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_help_request_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_help_request_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
    )
    op.create_index(op.f("ix_help_request_asked_at"), "help_request", ["asked_at"], unique=False)
    op.create_index(op.f("ix_help_request_helper_id"), "help_request", ["helper_id"], unique=False)
    op.create_index(
        "ix_help_request_helping",
        "help_request",
        ["helper_id"],
        unique=True,
        postgresql_where=sa.text("state = 'claimed'"),
        sqlite_where=sa.text("state = 'claimed'"),
    )
    op.create_index(
        "ix_help_request_live",
        "help_request",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
    )
    op.create_index(op.f("ix_help_request_next_word_at"), "help_request", ["next_word_at"], unique=False)
    op.create_index(op.f("ix_help_request_person_id"), "help_request", ["person_id"], unique=False)
    op.create_index(op.f("ix_help_request_unit_id"), "help_request", ["unit_id"], unique=False)
    op.create_table(
        "help_offer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("offered_at", AT, nullable=False),
        sa.Column("declined_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_help_offer_person_id_person")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name=op.f("fk_help_offer_request_id_help_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_offer")),
        sa.UniqueConstraint("request_id", "person_id", name=op.f("uq_help_offer_request_id_person_id")),
    )
    op.create_index(op.f("ix_help_offer_person_id"), "help_offer", ["person_id"], unique=False)
    op.create_index(op.f("ix_help_offer_request_id"), "help_offer", ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("help_offer")
    op.drop_table("help_request")
    op.drop_table("guide_visit")
    op.drop_table("screen_report")
