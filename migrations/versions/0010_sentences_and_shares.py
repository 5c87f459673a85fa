"""Sentences and shares."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "activity_share",
        sa.Column("id", KEY, nullable=False),
        sa.Column("activity_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("told_at", AT, nullable=False),
        sa.Column("declined_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_share_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_share_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_share")),
        sa.UniqueConstraint("activity_id", "person_id", name=op.f("uq_activity_share_activity_id_person_id")),
    )
    op.create_index(op.f("ix_activity_share_activity_id"), "activity_share", ["activity_id"], unique=False)
    op.create_index(op.f("ix_activity_share_person_id"), "activity_share", ["person_id"], unique=False)
    op.create_table(
        "activity_photo",
        sa.Column("id", KEY, nullable=False),
        sa.Column("activity_id", KEY, nullable=False),
        sa.Column("media_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("added_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_photo_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_activity_photo_media_id_media")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_photo_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_photo")),
    )
    op.create_index(op.f("ix_activity_photo_activity_id"), "activity_photo", ["activity_id"], unique=False)
    op.create_index(op.f("ix_activity_photo_media_id"), "activity_photo", ["media_id"], unique=False)
    op.create_index(op.f("ix_activity_photo_person_id"), "activity_photo", ["person_id"], unique=False)
    op.create_table(
        "activity_note",
        sa.Column("id", KEY, nullable=False),
        sa.Column("activity_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("added_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_note_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_activity_note_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_note")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_activity_note_activity_id")),
    )
    op.create_index(op.f("ix_activity_note_person_id"), "activity_note", ["person_id"], unique=False)
    op.create_table(
        "activity_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=True),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("mates", sa.JSON(), nullable=False),
        sa.Column("entry_ids", sa.JSON(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("asked_at", AT, nullable=True),
        sa.Column("reminded_at", AT, nullable=True),
        sa.Column("settled_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_draft_person_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_activity_draft_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_draft")),
    )
    op.create_index(op.f("ix_activity_draft_made_at"), "activity_draft", ["made_at"], unique=False)
    op.create_index(op.f("ix_activity_draft_person_id"), "activity_draft", ["person_id"], unique=False)
    op.create_index(op.f("ix_activity_draft_unit_id"), "activity_draft", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("activity_draft")
    op.drop_table("activity_note")
    op.drop_table("activity_photo")
    op.drop_table("activity_share")
