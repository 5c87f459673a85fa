"""What is wrong with this installation, and what is good to know about it?"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import locales
from bot import config_types, migrations, readiness
from bot.config import Config
from bot.database import Database
from locales import gettext as _
from locales import npgettext
from services import counts, freshness, guides, lessons, official, units
from services.guides import Guide

Mark = Literal["good", "wrong", "note"]
WRONG_SUMS = 20
SIGNS: dict[Mark, str] = {"good": "✓", "wrong": "✗", "note": "!"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: good, wrong (somebody must act), or worth knowing."""

    mark: Mark
    sentence: str


def content(root: Path, today: date, kinds: Collection[str] | None = None) -> Iterator[Finding]:
    """Look at words, guides and lessons; `kinds` are the kinds of work this installation counts."""
    yield from _words(root / "locales")
    yield from _guides(root / "guides", today, kinds)
    yield from _lessons(root / "lessons")
    yield from _addresses(root)


def installation(config: Config) -> Iterator[Finding]:
    """Look at tables and channels."""
    yield tables(config)
    yield from channels(config)


def channels(config: Config) -> Iterator[Finding]:
    """Tell which channels are on, and what keeps the others from it."""
    telegram, zalo_bot, zalo_oa = config.telegram, config.zalo_bot, config.zalo_oa
    is_public = config.web.address.startswith("https://")
    yield _channel(
        "Telegram", "TOSO_TELEGRAM__TOKEN", config, telegram.is_on, is_public or telegram.mode == "polling"
    )
    yield _channel(
        "Zalo Bot", "TOSO_ZALO_BOT__TOKEN", config, zalo_bot.is_on, is_public or zalo_bot.mode == "polling"
    )
    if zalo_oa.is_on and not (zalo_oa.oa_id and zalo_oa.oa_secret_key.get_secret_value()):
        sentence = _(
            "Zalo OA: TOSO_ZALO_OA__OA_ID or TOSO_ZALO_OA__OA_SECRET_KEY is missing; add it to .env."
        )
        yield Finding("wrong", sentence)
    missing = "TOSO_ZALO_OA__SECRET_KEY" if zalo_oa.app_id else "TOSO_ZALO_OA__APP_ID"
    yield _channel("Zalo OA", missing, config, zalo_oa.is_on, is_public)


def _channel(name: str, variable: str, config: Config, is_on: bool, can_run: bool) -> Finding:  # noqa: FBT001 - private, one caller
    if not is_on:
        return Finding(
            "note", _("{channel}: off ({variable} is not set).").format(channel=name, variable=variable)
        )
    if not can_run:
        sentence = _(
            "{channel}: has a token but cannot run: web.public_url is {address}, "
            "{platform} needs a public https address."
        )
        platform = name.partition(" ")[0]
        return Finding("wrong", sentence.format(channel=name, address=config.web.address, platform=platform))
    return Finding("good", name)


def tables(config: Config) -> Finding:
    """Tell whether the database has the tables this version needs."""
    try:
        at, behind = migrations.current(config.database.url), migrations.pending(config.database.url)
    except migrations.UnknownDatabase as error:
        return Finding("wrong", str(error))
    except Exception:  # noqa: BLE001 - whatever the driver raises, it means the same to the operator
        sentence = _("The database {url} does not answer; check database.url.")
        return Finding("wrong", sentence.format(url=config_types.without_password(config.database.url)))
    if at == migrations.BASE:
        return Finding("note", _("There is no database yet; toso run makes it."))
    if behind:
        return Finding("wrong", readiness.older(behind))
    return Finding("good", _("database {revision}").format(revision=at))


def _words(folder: Path) -> Iterator[Finding]:
    from babel.messages.pofile import read_po  # noqa: PLC0415 - half of the start of every other command

    file = folder / "vi" / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        words = read_po(opened, locale="vi")
    template = folder / "messages.pot"
    wanted = words
    if template.exists():
        with template.open("rb") as opened:
            wanted = read_po(opened)
    messages = [words.get(message.id, context=message.context) for message in wanted if message.id]
    done = sum(1 for message in messages if message and message.string and not message.fuzzy)
    if done == len(messages):
        sentence = _("Vietnamese words complete {done}/{all}")
        yield Finding("good", sentence.format(done=done, all=len(messages)))
    else:
        sentence = _("{file}: {n} sentences have no Vietnamese yet; run make translations and fill them in.")
        name = file.relative_to(folder.parent)
        yield Finding("wrong", sentence.format(file=name, n=len(messages) - done))


def _guides(folder: Path, today: date, kinds: Collection[str] | None) -> Iterator[Finding]:
    complaints = guides.check(folder, kinds)
    library = guides.Library.load(folder)
    count = sum(not guide.is_stub for guide in library)
    yield Finding("good", npgettext("check", "{n} guide", "{n} guides", count).format(n=count))
    yield from (Finding("wrong", complaint) for complaint in complaints)
    for slug in library.slugs:
        for guide in library.versions(slug):
            yield from _freshness(guide, f"{folder.name}/{guide.slug}/{guide.locale}.md", today)


def _freshness(guide: Guide, file: str, today: date) -> Iterator[Finding]:
    """Tell of a guide that is past the day its keeper vouches for, or will be within 30 days."""
    if not guide.expires_on or not freshness.expires_soon(guide, today):
        return
    is_past = guide.is_expired(today)
    sentence = (
        _("{file}: was to be checked by {day}; its keeper is {owner}.")
        if is_past
        else _("{file}: is to be checked by {day}; its keeper is {owner}.")
    )
    day = f"{guide.expires_on:%d/%m/%Y}"
    said = sentence.format(file=file, day=day, owner=guide.owner or "?")
    yield Finding("wrong" if is_past else "note", said)


def _lessons(folder: Path) -> Iterator[Finding]:
    count = len({path.parent for path in folder.glob(f"[!._]*/{locales.DEFAULT}.md")})
    yield Finding("good", npgettext("check", "{n} lesson", "{n} lessons", count).format(n=count))
    yield from (Finding("wrong", complaint) for complaint in lessons.check(folder))


def _addresses(root: Path) -> Iterator[Finding]:
    """Find addresses in what citizens are shown that are not the state's."""
    texts = [*root.glob("guides/*/*.md"), *root.glob("lessons/*/*.md")]
    shown = {path: path.read_text("utf-8") for path in texts}
    for catalog in root.glob("locales/*/LC_MESSAGES/messages.po"):
        lines = catalog.read_text("utf-8").splitlines()
        shown[catalog] = "\n".join(line for line in lines if not line.startswith("#"))
    sentence = _(
        "{file}: shows {address}, which is not on the list of official domains; take it out,"
        " or add it to services/official_domains.txt with the reason."
    )
    strange = [
        (path, host) for path, text in shown.items() for host in dict.fromkeys(official.strangers(text))
    ]
    for path, host in strange:
        yield Finding("wrong", sentence.format(file=path.relative_to(root), address=host))
    if not strange:
        yield Finding("good", _("official addresses only"))


def summed_up(findings: list[Finding]) -> str:
    """Say how much is left to do."""
    wrong = sum(finding.mark == "wrong" for finding in findings)
    notes = sum(finding.mark == "note" for finding in findings)
    if not wrong and not notes:
        return _("Nothing needs to be done.")
    if not wrong:
        return _("Nothing needs to be put right (✗); {notes} to know (!).").format(notes=notes)
    if not notes:
        return _("{wrong} to put right (✗).").format(wrong=wrong)
    return _("{wrong} to put right (✗) and {notes} to know (!).").format(wrong=wrong, notes=notes)


def shown(findings: list[Finding]) -> str:
    """Write the findings for a person: what is good on one line, the rest a line each."""
    good = "   ".join(f"{SIGNS['good']} {finding.sentence}" for finding in findings if finding.mark == "good")
    rest = [f"{SIGNS[finding.mark]} {finding.sentence}" for finding in findings if finding.mark != "good"]
    return "\n".join([*([good] if good else []), *rest, summed_up(findings)])


async def looked_at(config: Config | None, root: Path, today: date) -> list[Finding]:
    """Look at everything; without a usable config, at what needs none."""
    findings = [Finding("good", "config.toml")] if config else []
    kinds = [kind.name for kind in config.activity.kinds] if config else None
    findings += await asyncio.to_thread(lambda: list(content(root, today, kinds)))
    if config:
        findings += await asyncio.to_thread(lambda: list(installation(config)))
    return findings


async def counts_proved(config: Config) -> list[Finding]:
    """Prove every daily sum against the entries it is made of; name the first that are wrong."""
    found = await asyncio.to_thread(tables, config)
    if found.mark != "good":
        return []
    database = Database(config.database.url)
    try:
        async with database.reading() as session:
            wrong = await counts.prove(session)
            named = [await units.unit_of(session, one.unit_id) for one in wrong[:WRONG_SUMS]]
    finally:
        await database.close()
    if not wrong:
        return [Finding("good", _("every daily sum is the sum of its entries"))]
    text = _(
        "{unit} ({code}), {day}, {kind}: the daily sum says {total} in {entries} entries,"
        " the entries add up to {count} in {rows}."
    )
    findings = [
        Finding(
            "wrong",
            text.format(
                unit=units.display_name(unit),
                code=unit.code,
                day=f"{one.day:%d/%m/%Y}",
                kind=one.kind,
                total=one.rollup[0],
                entries=one.rollup[1],
                count=one.rows[0],
                rows=one.rows[1],
            ),
        )
        for one, unit in zip(wrong, named, strict=False)
    ]
    what = _("{n} daily sums are wrong: something else wrote into the database. Restore the last backup.")
    return [*findings, Finding("wrong", what.format(n=len(wrong)))]
