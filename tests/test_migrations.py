"""Do the migrations lead to what the models say, up and down, on both databases, without losing a row?"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from bot import migrations
from models.base import KEY

REBUILD = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = "{number}", "{last}"


def upgrade():
    with op.batch_alter_table("unit") as table:
        table.add_column(sa.Column("bell", sa.Integer(), nullable=True))
        table.alter_column("kind", type_=sa.String(80))


def downgrade():
    with op.batch_alter_table("unit") as table:
        table.alter_column("kind", type_=sa.String(40))
        table.drop_column("bell")
"""
ORPHANING = """
from alembic import op

revision, down_revision = "{number}", "{last}"


def upgrade():
    op.execute("DELETE FROM unit")


def downgrade():
    pass
"""


@pytest.fixture
def add_revision(tmp_path, monkeypatch):
    """Put one more revision after the real ones, in a copy of the folder."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "SCRIPTS", folder)

    def add(text: str) -> str:
        last = migrations.head()
        number = f"{int(last) + 1:04}"
        (folder / "versions" / f"{number}_added.py").write_text(text.format(number=number, last=last))
        return number

    return add


def in_transaction(url, work):
    """Do something over a plain connection, as neither the program nor Alembic would."""

    async def on_postgresql():
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            return await connection.run_sync(work)

    if url.startswith("postgresql"):
        return asyncio.run(on_postgresql())
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        return work(connection)


def fill(connection):
    """Put one row into every table there is, each pointing at the others' rows."""
    existing = set(sa.inspect(connection).get_table_names())
    for table in SQLModel.metadata.sorted_tables:
        if table.name in existing and connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0:
            connection.execute(sa.insert(table).values({c.name: an_example(c) for c in table.columns}))


def an_example(column):
    """Make a value for a column."""
    if column.foreign_keys or column.type is KEY:
        return 1
    if isinstance(column.type, sa.Enum):
        return column.type.enums[0]
    kind = column.type.impl_instance if isinstance(column.type, sa.types.TypeDecorator) else column.type
    examples = {
        sa.JSON: {"any": "thing"},
        sa.Boolean: True,
        sa.Integer: 1,
        sa.String: "x",
        sa.DateTime: datetime(2026, 11, 17, tzinfo=UTC),
        sa.Date: date(2026, 11, 17),
    }
    return next(value for type_, value in examples.items() if isinstance(kind, type_))


def counts(connection):
    """Count the rows of every table of ours."""
    names = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    return {name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in names}


def shape(connection):
    """Describe every table as the database itself does: what a migration forgot shows here."""
    look = sa.inspect(connection)
    found = {}
    for name in sorted(set(look.get_table_names()) - {"alembic_version"}):
        columns = [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(name)]
        foreign_keys = [
            (key["name"], key["constrained_columns"], key["referred_table"], key["options"])
            for key in look.get_foreign_keys(name)
        ]
        found[name] = {
            "columns": columns,
            "primary key": look.get_pk_constraint(name),
            "foreign keys": sorted(foreign_keys),
            "unique": sorted(
                (each["name"], each["column_names"]) for each in look.get_unique_constraints(name)
            ),
            "checks": sorted((each["name"], each["sqltext"]) for each in look.get_check_constraints(name)),
            "indexes": sorted(
                (each["name"], each["column_names"], each["unique"], condition(each))
                for each in look.get_indexes(name)
            ),
        }
    return found


def condition(index):
    """Tell which rows an index is for."""
    return next((str(value) for key, value in index["dialect_options"].items() if key.endswith("_where")), "")


def climb(url):
    """Reach the newest revision step by step, as a database of last year does."""
    for revision in migrations.revisions():
        migrations.upgrade(url, revision)


def test_every_revision_goes_up_down_and_up_again(empty_url):
    before = migrations.BASE
    for revision in migrations.revisions():
        migrations.upgrade(empty_url, revision)
        there = in_transaction(empty_url, shape)
        migrations.downgrade(empty_url, before)
        assert migrations.current(empty_url) == before
        migrations.upgrade(empty_url, revision)
        assert in_transaction(empty_url, shape) == there
        assert migrations.current(empty_url) == revision
        before = revision
    assert migrations.pending(empty_url) == 0


def test_rows_survive_every_step_down_and_up(empty_url):
    climb(empty_url)
    in_transaction(empty_url, fill)
    full = in_transaction(empty_url, counts)
    assert set(full.values()) == {1}
    for older in [*reversed(migrations.revisions()[:-1]), migrations.BASE]:
        migrations.downgrade(empty_url, older)
        kept = in_transaction(empty_url, counts)
        assert kept == dict.fromkeys(kept, 1)
        climb(empty_url)
        in_transaction(empty_url, fill)
        assert in_transaction(empty_url, counts) == full


def test_rebuilding_a_table_that_others_point_at_loses_nothing(database_url, add_revision):
    in_transaction(database_url, fill)
    full = in_transaction(database_url, counts)
    before = migrations.head()
    after = add_revision(REBUILD)

    migrations.upgrade(database_url)
    assert migrations.current(database_url) == after
    assert "bell" in {name for name, *_ in in_transaction(database_url, shape)["unit"]["columns"]}
    assert in_transaction(database_url, counts) == full

    migrations.downgrade(database_url, before)
    assert in_transaction(database_url, counts) == full


def test_a_migration_that_would_leave_orphans_is_undone(database_url, add_revision):
    in_transaction(database_url, fill)
    full = in_transaction(database_url, counts)
    before = migrations.head()
    add_revision(ORPHANING)
    with pytest.raises((migrations.OrphansFound, sa.exc.IntegrityError)):
        migrations.upgrade(database_url)
    assert in_transaction(database_url, counts) == full
    assert migrations.current(database_url) == before


@pytest.mark.databases("sqlite")
def test_orphans_are_named_by_their_tables(database_url, add_revision):
    in_transaction(database_url, fill)
    add_revision(ORPHANING)
    with pytest.raises(migrations.OrphansFound, match=r"Rows of activity, .*assignment, .* undone"):
        migrations.upgrade(database_url)


def test_migrations_lead_to_what_the_models_say(empty_url, database_url):
    climb(empty_url)
    migrated, made = in_transaction(empty_url, shape), in_transaction(database_url, shape)
    assert migrated == made, 'write what is missing: make migration m="...", by hand for a check or an enum'
    assert set(made) == set(SQLModel.metadata.tables)


def test_alembic_finds_nothing_left_to_write(empty_url):
    climb(empty_url)
    in_transaction(empty_url, lambda connection: command.check(migrations.config(connection)))


def test_an_empty_database_is_made_at_the_newest_revision(empty_url):
    assert migrations.pending(empty_url) == len(migrations.revisions())
    migrations.upgrade(empty_url)
    assert migrations.current(empty_url) == migrations.head()
    assert migrations.pending(empty_url) == 0
    in_transaction(empty_url, lambda connection: command.check(migrations.config(connection)))


def test_upgrading_again_changes_nothing(database_url):
    in_transaction(database_url, fill)
    full = in_transaction(database_url, counts)
    assert migrations.upgrade(database_url) is None
    assert in_transaction(database_url, counts) == full


def test_every_constraint_has_the_name_the_models_give_it(database_url):
    made = in_transaction(database_url, shape)
    for table in SQLModel.metadata.tables.values():
        expected = {str(each.name) for each in table.constraints if each.name} | {
            str(each.name) for each in table.indexes
        }
        found = made[table.name]
        named = [found["primary key"]["name"]]
        named += [row[0] for part in ("foreign keys", "unique", "checks", "indexes") for row in found[part]]
        # PostgreSQL lists the index under a unique key as well, by the key's own name.
        assert set(named) == expected
        assert all(name.startswith(("pk_", "fk_", "uq_", "ck_", "ix_")) for name in expected)


def test_revisions_are_one_chain_in_the_order_of_their_file_names():
    settings = Config()
    settings.set_main_option("script_location", str(migrations.SCRIPTS))
    chain = [script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()]
    assert migrations.revisions() == chain[::-1]
    assert migrations.head() == chain[0]


def test_a_database_of_a_newer_program_is_refused(database_url):
    in_transaction(
        database_url, lambda c: c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    )
    with pytest.raises(migrations.UnknownDatabase, match="revision 9999"):
        migrations.upgrade(database_url)


def test_a_database_of_something_else_is_refused(empty_url):
    in_transaction(empty_url, lambda c: c.execute(sa.text("CREATE TABLE harvest (id INTEGER)")))
    with pytest.raises(migrations.UnknownDatabase, match="something else"):
        migrations.upgrade(empty_url)
    assert set(in_transaction(empty_url, counts)) == {"harvest"}


@pytest.mark.databases("sqlite")
def test_asking_a_missing_file_does_not_make_it(empty_url, tmp_path):
    assert migrations.pending(empty_url) > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.databases("sqlite")
def test_asking_waits_for_no_writer(database_url, tmp_path):
    with closing(sqlite3.connect(tmp_path / "toso.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert migrations.pending(database_url) == 0


@pytest.mark.databases("sqlite")
def test_a_filled_file_is_copied_before_it_is_changed(database_url, add_revision):
    in_transaction(database_url, fill)
    before = migrations.head()
    add_revision(REBUILD)
    copy = migrations.upgrade(database_url)
    assert copy is not None
    assert copy.name == f"toso.at-{before}.db"
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == (before,)
        assert old.execute("SELECT count(*) FROM unit").fetchone() == (1,)
        assert old.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.databases("sqlite")
def test_the_next_revision_is_written_from_the_models(add_revision, monkeypatch, database_url):
    metadata = sa.MetaData(naming_convention=SQLModel.metadata.naming_convention)
    for table in SQLModel.metadata.sorted_tables:
        table.to_metadata(metadata)
    metadata.tables["unit"].append_column(sa.Column("bell", sa.String(20), index=True))
    monkeypatch.setattr(SQLModel, "metadata", metadata)
    made = migrations.revision("add the village bell")
    text = made.read_text()
    assert made.name == f"{migrations.head()}_add_the_village_bell.py"
    assert "import sqlmodel" in text
    assert 'sa.Column("bell", sa.String(length=20), nullable=True)' in text
    assert migrations.upgrade(database_url) is not None
    assert "bell" in {name for name, *_ in in_transaction(database_url, shape)["unit"]["columns"]}
