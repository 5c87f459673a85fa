"""Conversations and delivery."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "job_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("job", sa.String(60), nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("lease_until", AT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", AT, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        sa.UniqueConstraint("job", "due_at", name=op.f("uq_job_run_job_due_at")),
    )
    op.create_table(
        "media",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token", sa.String(43), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("mime", sa.String(80), nullable=False),
        sa.Column("filename", sa.String(120), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("token", name=op.f("uq_media_token")),
    )
    op.create_index(op.f("ix_media_expires_at"), "media", ["expires_at"], unique=False)
    op.create_index(op.f("ix_media_sha256"), "media", ["sha256"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", KEY, nullable=False),
        sa.Column("channel_account", sa.String(60), nullable=False),
        sa.Column("external_id", sa.String(120), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handler", sa.String(120), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "seen",
        sa.Column("channel_account", sa.String(60), nullable=False),
        sa.Column("external_id", sa.String(120), nullable=False),
        sa.Column("seen_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("channel_account", "external_id", name=op.f("pk_seen")),
    )
    op.create_index(op.f("ix_seen_seen_at"), "seen", ["seen_at"], unique=False)
    op.create_table(
        "provider_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("media_id", KEY, nullable=False),
        sa.Column("channel_account", sa.String(60), nullable=False),
        sa.Column("file_id", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_provider_file_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_file")),
        sa.UniqueConstraint(
            "media_id", "channel_account", name=op.f("uq_provider_file_media_id_channel_account")
        ),
    )
    op.create_index(op.f("ix_provider_file_media_id"), "provider_file", ["media_id"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("channel_account", sa.String(60), nullable=False),
        sa.Column("chat", sa.String(80), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("states", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("offers", sa.JSON(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("said_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_conversation_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("channel_account", "chat", name=op.f("uq_conversation_channel_account_chat")),
    )
    op.create_index(op.f("ix_conversation_account_id"), "conversation", ["account_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("channel_account", sa.String(60), nullable=False),
        sa.Column("chat", sa.String(80), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", sa.String(160), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "pending",
                "leased",
                "sent",
                "failed",
                "in_doubt",
                "cancelled",
                name="deliverystate",
                **STORED,
            ),
            nullable=False,
        ),
        sa.Column("not_before", AT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", AT, nullable=True),
        sa.Column("provider_message_id", sa.String(80), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(200), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("sent_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_delivery_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_delivery_account_id_number")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_delivery_dedupe_key")),
    )
    op.create_index(op.f("ix_delivery_account_id"), "delivery", ["account_id"], unique=False)
    op.create_index(
        "ix_delivery_leased",
        "delivery",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'leased'"),
        sqlite_where=sa.text("state = 'leased'"),
    )
    op.create_index(
        "ix_delivery_numbers",
        "delivery",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("kind = 'RelayedNumber'"),
        sqlite_where=sa.text("kind = 'RelayedNumber'"),
    )
    op.create_index(
        "ix_delivery_pending",
        "delivery",
        ["channel_account", "lane", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("conversation")
    op.drop_table("provider_file")
    op.drop_table("seen")
    op.drop_table("quarantine")
    op.drop_table("media")
    op.drop_table("job_run")
