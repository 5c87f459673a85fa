"""Training and work."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401 - for a type of SQLModel's that is written by its full name
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STORED = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "rollup",
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_rollup_unit_id_unit")),
        sa.PrimaryKeyConstraint("unit_id", "day", "kind", name=op.f("pk_rollup")),
    )
    op.create_table(
        "summary",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("iso_year", sa.Integer(), nullable=False),
        sa.Column("iso_week", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("opened_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_summary_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_summary_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary")),
        sa.UniqueConstraint(
            "person_id",
            "unit_id",
            "iso_year",
            "iso_week",
            "revision",
            name=op.f("uq_summary_person_id_unit_id_iso_year_iso_week_revision"),
        ),
    )
    op.create_index(op.f("ix_summary_person_id"), "summary", ["person_id"], unique=False)
    op.create_index(op.f("ix_summary_unit_id"), "summary", ["unit_id"], unique=False)
    op.create_table(
        "training_task",
        sa.Column("id", KEY, nullable=False),
        sa.Column("lesson", sa.String(60), nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("opens_at", AT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assigned_by", KEY, nullable=True),
        sa.Column("assigned_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["person.id"], name=op.f("fk_training_task_assigned_by_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_training_task_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_task")),
    )
    op.create_index(op.f("ix_training_task_assigned_by"), "training_task", ["assigned_by"], unique=False)
    op.create_index(op.f("ix_training_task_due_on"), "training_task", ["due_on"], unique=False)
    op.create_index(op.f("ix_training_task_lesson"), "training_task", ["lesson"], unique=False)
    op.create_index(op.f("ix_training_task_unit_id"), "training_task", ["unit_id"], unique=False)
    op.create_table(
        "activity",
        sa.Column("id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("help_request_id", KEY, nullable=True),
        sa.Column("corrects_id", KEY, nullable=True),
        sa.Column("corrected_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["activity.id"], name=op.f("fk_activity_corrects_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["help_request_id"], ["help_request.id"], name=op.f("fk_activity_help_request_id_help_request")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_activity_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_activity_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(op.f("ix_activity_corrects_id"), "activity", ["corrects_id"], unique=False)
    op.create_index(op.f("ix_activity_help_request_id"), "activity", ["help_request_id"], unique=False)
    op.create_index(op.f("ix_activity_person_id"), "activity", ["person_id"], unique=False)
    op.create_index("ix_activity_unit_day", "activity", ["unit_id", "happened_on"], unique=False)
    op.create_table(
        "task_assignment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column(
            "state",
            sa.Enum("assigned", "opened", "passed", "failed", "missed", "late", name="taskstate", **STORED),
            nullable=False,
        ),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("assigned_at", AT, nullable=False),
        sa.Column("opened_at", AT, nullable=True),
        sa.Column("finished_at", AT, nullable=True),
        sa.Column("remind_at", AT, nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("is_stuck", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_task_assignment_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["training_task.id"], name=op.f("fk_task_assignment_task_id_training_task")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_assignment")),
        sa.UniqueConstraint("task_id", "person_id", name=op.f("uq_task_assignment_task_id_person_id")),
    )
    op.create_index(op.f("ix_task_assignment_person_id"), "task_assignment", ["person_id"], unique=False)
    op.create_index(op.f("ix_task_assignment_remind_at"), "task_assignment", ["remind_at"], unique=False)
    op.create_index(op.f("ix_task_assignment_task_id"), "task_assignment", ["task_id"], unique=False)


def downgrade() -> None:
    op.drop_table("task_assignment")
    op.drop_table("activity")
    op.drop_table("training_task")
    op.drop_table("summary")
    op.drop_table("rollup")
