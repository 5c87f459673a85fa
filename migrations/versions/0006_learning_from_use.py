"""Learning from use: proposals, what a request for help may teach, and who was told of screens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", KEY, nullable=False),
        sa.Column("words", sa.String(120), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "accepted", "rejected", name="proposalstate", **STORED),
            nullable=False,
        ),
        sa.Column("noted_at", AT, nullable=False),
        sa.Column("last_at", AT, nullable=False),
        sa.Column("costs", sa.Integer(), nullable=True),
        sa.Column("tried_at", sa.String(60), nullable=False),
        sa.Column("told_at", AT, nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("words", "slug", name=op.f("uq_proposal_words_slug")),
    )
    op.create_index(op.f("ix_proposal_state"), "proposal", ["state"], unique=False)
    op.add_column("help_request", sa.Column("words", sa.String(120), nullable=True))
    op.add_column("help_request", sa.Column("stub", sa.String(60), nullable=True))
    op.add_column("screen_report", sa.Column("told_at", AT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("screen_report") as table:
        table.drop_column("told_at")
    with op.batch_alter_table("help_request") as table:
        table.drop_column("stub")
        table.drop_column("words")
    op.drop_table("proposal")
