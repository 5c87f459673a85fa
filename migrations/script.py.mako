<%!
def body(steps):
    """Leave out Alembic's own remarks."""
    return "\n".join(line for line in (steps or "").splitlines() if "# ###" not in line).strip() or "pass"
%>"""${message[:1].upper() + message[1:]}."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    ${body(upgrades)}


def downgrade() -> None:
    ${body(downgrades)}
