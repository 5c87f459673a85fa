"""May the program start here: tables up to date, port free, nobody else at this database?"""

from __future__ import annotations

import errno
import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from bot import migrations
from bot.commands import Refused
from bot.config import Config
from locales import gettext as _
from locales import ngettext


def prepare_database(config: Config) -> None:
    """Make a database that is not there yet; refuse one that is older than the program."""
    if migrations.current(config.database.url) == migrations.BASE:
        migrations.upgrade(config.database.url)
        return
    behind = migrations.pending(config.database.url)
    if behind:
        raise Refused(older(behind), code=2)


def older(revisions: int) -> str:
    """Say that the database is behind the program."""
    sentence = ngettext(
        "The database is {n} revision older than the program; run toso migrate first (after toso backup).",
        "The database is {n} revisions older than the program; run toso migrate first (after toso backup).",
        revisions,
    )
    return sentence.format(n=revisions)


def is_port_free(host: str, port: int) -> bool:
    """Tell whether the program could listen there; raises OSError for another machine's address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the server itself does: a port whose last connection is still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def taken(port: int) -> str:
    """Say that the port cannot be had."""
    return _("Another program is using port {port}; change web.port in config.toml.").format(port=port)


def refuse_taken_port(config: Config) -> None:
    """Stop before anything is started if the port cannot be had."""
    if not is_port_free(config.web.host, config.web.port):
        raise Refused(taken(config.web.port), code=2)


@contextmanager
def only_one(config: Config) -> Iterator[None]:
    """Hold a SQLite database against a second program; on PostgreSQL several may run.

    The system lets go of the lock when the process ends, however it ends.
    """
    path = config.database.path
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sentence = _("{file} is in use by a program that is running; stop it first.")
            raise Refused(sentence.format(file=path)) from None
        yield


def is_running(config: Config) -> bool:
    """Tell whether a program holds the SQLite database; not known on PostgreSQL."""
    path = config.database.path
    if path is None or not path.with_suffix(".lock").exists():
        return False
    try:
        with only_one(config):
            return False
    except Refused:
        return True
