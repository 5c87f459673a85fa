"""When somebody wrote last stands with their accounts alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.drop_column("seen_at")


def downgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("seen_at", AT, nullable=True))
