"""Announcements."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("text", sa.String(700), nullable=False),
        sa.Column(
            "audience",
            sa.Enum("supervisors", "leaders", "members", "citizens", name="audience", **STORED),
            nullable=False,
        ),
        sa.Column("villages", sa.JSON(), nullable=False),
        sa.Column("made_by", KEY, nullable=True),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("send_at", AT, nullable=False),
        sa.Column("sent_at", AT, nullable=True),
        sa.Column("cancelled_at", AT, nullable=True),
        sa.Column("report_at", AT, nullable=False),
        sa.Column("reported_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_announcement_made_by_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_announcement_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(op.f("ix_announcement_made_by"), "announcement", ["made_by"], unique=False)
    op.create_index(op.f("ix_announcement_report_at"), "announcement", ["report_at"], unique=False)
    op.create_index(op.f("ix_announcement_unit_id"), "announcement", ["unit_id"], unique=False)
    op.create_table(
        "announcement_receipt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("announcement_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("queued_at", AT, nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("reminded_at", AT, nullable=True),
        sa.Column("answer", sa.Enum("read", "absent", name="readback", **STORED), nullable=True),
        sa.Column("answered_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_announcement_receipt_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_receipt_announcement_id_announcement"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_announcement_receipt_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_receipt")),
        sa.UniqueConstraint(
            "announcement_id", "person_id", name=op.f("uq_announcement_receipt_announcement_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_announcement_receipt_account_id"), "announcement_receipt", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_announcement_receipt_person_id"), "announcement_receipt", ["person_id"], unique=False
    )
    op.create_index(
        "ix_announcement_receipt_waiting",
        "announcement_receipt",
        ["announcement_id", "id"],
        unique=False,
        postgresql_where=sa.text("queued_at IS NULL"),
        sqlite_where=sa.text("queued_at IS NULL"),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("news_asked_at", AT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("news_asked_at")

    op.drop_table("announcement_receipt")
    op.drop_table("announcement")
