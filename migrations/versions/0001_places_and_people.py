"""Places and people."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "marker",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marker")),
    )
    op.create_table(
        "unit",
        sa.Column("id", KEY, nullable=False),
        sa.Column(
            "level",
            sa.Enum("province", "district", "commune", "village", name="level", **STORED),
            nullable=False,
        ),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("folded", sa.String(120), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column(
            "path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_index(op.f("ix_unit_folded"), "unit", ["folded"], unique=False)
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_path"), "unit", ["path"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column(
            "form_of_address",
            sa.Enum("anh", "chị", "cô", "chú", "bác", "name", name="formofaddress", **STORED),
            nullable=True,
        ),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("unit_id", KEY, nullable=True),
        sa.Column("phone", sa.String(20), nullable=True),
        sa.Column("has_large_text", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("seen_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_unit_id"), "person", ["unit_id"], unique=False)
    op.create_table(
        "unit_alias",
        sa.Column("id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("folded", sa.String(120), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_alias_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_alias")),
    )
    op.create_index(op.f("ix_unit_alias_folded"), "unit_alias", ["folded"], unique=False)
    op.create_index(op.f("ix_unit_alias_unit_id"), "unit_alias", ["unit_id"], unique=False)
    op.create_table(
        "unit_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column(
            "kind", sa.Enum("merge", "split", "move", "rename", name="changekind", **STORED), nullable=False
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("into_id", KEY, nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("undone_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["into_id"], ["unit.id"], name=op.f("fk_unit_change_into_id_unit")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_change_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_change")),
    )
    op.create_index(op.f("ix_unit_change_into_id"), "unit_change", ["into_id"], unique=False)
    op.create_index(op.f("ix_unit_change_unit_id"), "unit_change", ["unit_id"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("channel_account", sa.String(60), nullable=False),
        sa.Column("external_id", sa.String(80), nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("locale", sa.String(8), nullable=True),
        sa.Column("is_reachable", sa.Boolean(), nullable=False),
        sa.Column("unreachable_why", sa.String(120), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("seen_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint(
            "channel_account", "external_id", name=op.f("uq_account_channel_account_external_id")
        ),
    )
    op.create_index(op.f("ix_account_person_id"), "account", ["person_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column(
            "role",
            sa.Enum("member", "leader", "supervisor", "operator", name="role", **STORED),
            nullable=False,
        ),
        sa.Column("since", AT, nullable=False),
        sa.Column("until", AT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_assignment_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(
        "ix_assignment_held",
        "assignment",
        ["person_id", "unit_id", "role"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
        sqlite_where=sa.text("until IS NULL"),
    )
    op.create_index(op.f("ix_assignment_person_id"), "assignment", ["person_id"], unique=False)
    op.create_index(op.f("ix_assignment_unit_id"), "assignment", ["unit_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.String(200), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_actor_id"), "audit", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_subject_id"), "audit", ["subject_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("given_at", AT, nullable=False),
        sa.Column("withdrawn_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"], unique=False)
    op.create_table(
        "invite",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("short_code_hash", sa.String(64), nullable=True),
        sa.Column(
            "role",
            sa.Enum("member", "leader", "supervisor", "operator", name="role", **STORED),
            nullable=False,
        ),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("invited_by", KEY, nullable=True),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("revoked_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_invite_invited_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invite_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_invite_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("short_code_hash", name=op.f("uq_invite_short_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invite_token_hash")),
    )
    op.create_index(op.f("ix_invite_invited_by"), "invite", ["invited_by"], unique=False)
    op.create_index(op.f("ix_invite_person_id"), "invite", ["person_id"], unique=False)
    op.create_index(op.f("ix_invite_unit_id"), "invite", ["unit_id"], unique=False)
    op.create_table(
        "join_request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column(
            "role",
            sa.Enum("member", "leader", "supervisor", "operator", name="role", **STORED),
            nullable=False,
        ),
        sa.Column("invite_id", KEY, nullable=True),
        sa.Column(
            "state", sa.Enum("asked", "accepted", "declined", name="joinstate", **STORED), nullable=False
        ),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("reminded_at", AT, nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_join_request_decided_by_person")
        ),
        sa.ForeignKeyConstraint(["invite_id"], ["invite.id"], name=op.f("fk_join_request_invite_id_invite")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_join_request_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_join_request_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
    )
    op.create_index(op.f("ix_join_request_decided_by"), "join_request", ["decided_by"], unique=False)
    op.create_index(op.f("ix_join_request_invite_id"), "join_request", ["invite_id"], unique=False)
    op.create_index(op.f("ix_join_request_person_id"), "join_request", ["person_id"], unique=False)
    op.create_index(op.f("ix_join_request_unit_id"), "join_request", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("join_request")
    op.drop_table("invite")
    op.drop_table("consent")
    op.drop_table("audit")
    op.drop_table("assignment")
    op.drop_table("account")
    op.drop_table("unit_change")
    op.drop_table("unit_alias")
    op.drop_table("person")
    op.drop_table("unit")
    op.drop_table("marker")
