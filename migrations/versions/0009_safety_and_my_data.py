"""Check codes, urgent requests, voices to hand on, files that go with their person."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "check_code",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("used_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_check_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_code")),
    )
    op.create_index(op.f("ix_check_code_person_id"), "check_code", ["person_id"], unique=False)
    op.create_index(op.f("ix_check_code_code_hash"), "check_code", ["code_hash"], unique=False)
    op.add_column("person", sa.Column("withdrawn_at", AT, nullable=True))
    with op.batch_alter_table("media") as table:
        table.add_column(sa.Column("person_id", KEY, nullable=True))
        table.create_foreign_key(op.f("fk_media_person_id_person"), "person", ["person_id"], ["id"])
    op.create_index(op.f("ix_media_person_id"), "media", ["person_id"], unique=False)
    with op.batch_alter_table("help_request") as table:
        table.add_column(sa.Column("is_urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("voice_id", KEY, nullable=True))
        table.create_foreign_key(op.f("fk_help_request_voice_id_media"), "media", ["voice_id"], ["id"])
    with op.batch_alter_table("help_request") as table:
        table.alter_column("is_urgent", server_default=None)
    op.create_index(op.f("ix_help_request_voice_id"), "help_request", ["voice_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_help_request_voice_id"), table_name="help_request")
    with op.batch_alter_table("help_request") as table:
        table.drop_constraint(op.f("fk_help_request_voice_id_media"), type_="foreignkey")
        table.drop_column("voice_id")
        table.drop_column("is_urgent")
    op.drop_index(op.f("ix_media_person_id"), table_name="media")
    with op.batch_alter_table("media") as table:
        table.drop_constraint(op.f("fk_media_person_id_person"), type_="foreignkey")
        table.drop_column("person_id")
    with op.batch_alter_table("person") as table:
        table.drop_column("withdrawn_at")
    op.drop_table("check_code")
