"""Which commands ./toso has, and which words and options follow each; nothing is done here."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from locales import N_
from locales import gettext as _

ROLES = ("leader", "member", "supervisor", "operator")
REPORTS = Path(__file__).resolve().parent.parent / "services" / "reports"


class UsageWrong(Exception):
    """The command line cannot be understood; one sentence."""


class _Formatter(argparse.HelpFormatter):
    """Help in the operator's language; translated only when somebody asks for it."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return _(action.help) if action.help else None

    def _metavar_formatter(
        self, action: argparse.Action, default_metavar: str
    ) -> Callable[[int], tuple[str, ...]]:
        if isinstance(action.metavar, str):
            action.metavar = _(action.metavar)
        return super()._metavar_formatter(action, default_metavar)

    def add_text(self, text: str | None) -> None:
        super().add_text(_(text) if text else None)

    def start_section(self, heading: str | None) -> None:
        super().start_section(_(heading) if heading else None)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, _("usage") + ": " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An argparse parser that speaks one sentence and leaves exiting to the caller."""

    def __init__(self, **options: Any) -> None:
        options |= {"formatter_class": _Formatter, "add_help": False, "allow_abbrev": False}
        super().__init__(**options)
        self._positionals.title = N_("words")
        self._optionals.title = N_("options")
        self.add_argument("-h", "--help", action="help", help=N_("show this help"))

    def error(self, message: str) -> NoReturn:
        """Raise argparse's complaint as a sentence of ours."""
        raise UsageWrong(_usage_sentence(self.prog, message))


# argparse's own sentences (English, and worded a little differently by each Python) and ours.
_SENTENCES = (
    (
        r"the following arguments are required: (?P<what>.+)",
        N_("{command}: {what} is missing; {command} --help shows how."),
    ),
    (
        r"(?:argument (?P<what>.+?): )?invalid choice: '?(?P<value>.*?)'? \(choose from (?P<choices>.+)\)",
        N_('{command}: "{value}" is not known here; use one of {choices}.'),
    ),
    (
        r"unrecognized arguments: (?P<what>.+)",
        N_('{command}: "{what}" is too much; {command} --help shows how.'),
    ),
    (
        r"argument (?P<what>.+?): expected .*",
        N_("{command}: {what} needs a value; {command} --help shows how."),
    ),
    (r"argument (?P<what>.+?): (?P<own>.+)", N_("{command}: {what}: {own}")),
)


def _usage_sentence(command: str, message: str) -> str:
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            # What is missing is named as the help names it: FILE, CODE.
            values = {name: _(value) if value else "" for name, value in found.groupdict().items()}
            values["choices"] = values.get("choices", "").replace("'", "")
            return _(sentence).format(command=command, **values)
    return _("{command}: this cannot be understood; {command} --help shows how.").format(command=command)


def parse(argv: list[str]) -> argparse.Namespace:
    """Understand a command line; raises UsageWrong, and SystemExit(0) after --help."""
    top = Parser(prog="toso", description=N_("Tổ Số: a chat program for community digital-technology teams."))
    commands = top.add_subparsers(dest="command", metavar=N_("COMMAND"), required=True, title=N_("commands"))
    chosen = next((word for word in argv if not word.startswith("-")), None)
    if chosen is not None and chosen not in COMMANDS:
        raise UsageWrong(_unknown_command(chosen))
    for name, (sentence, add) in COMMANDS.items():
        # A command's options are built only when it is the one: `toso ask` should start at once.
        parser = commands.add_parser(name, help=sentence, description=sentence)
        if name == chosen:
            add(parser)
    return top.parse_args(argv)


def _unknown_command(word: str) -> str:
    close = difflib.get_close_matches(word, COMMANDS, n=1, cutoff=0.5)
    if close:
        return _('toso: there is no command "{word}", is it "{guess}"?').format(word=word, guess=close[0])
    return _('toso: there is no command "{word}"; toso --help lists them.').format(word=word)


def _run(parser: Parser) -> None:
    parser.add_argument(
        "--role", choices=("all", "web", "worker"), default="all", help=N_("which part runs here")
    )


def _chat(parser: Parser) -> None:
    parser.add_argument("--as", dest="person", metavar=N_("PERSON"), help=N_("speak as this person"))
    parser.add_argument(
        "--save", type=Path, metavar=N_("FILE"), help=N_("write the talk down as a golden conversation")
    )


def _demo(parser: Parser) -> None:
    parser.add_argument("--port", type=_number(1, 65_535), metavar="N", help=N_("listen on this port"))
    parser.add_argument("--fresh", action="store_true", help=N_("start again from the sample area"))


def _ask(parser: Parser) -> None:
    parser.add_argument("--json", dest="as_json", action="store_true", help=N_("one JSON line per question"))
    parser.add_argument(
        "--guides", type=Path, metavar=N_("FOLDER"), help=N_("read the guides of this folder")
    )
    parser.add_argument(
        "question", nargs="*", metavar=N_("QUESTION"), help=N_("one question; - or none: lines of stdin")
    )


def _units(parser: Parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar=N_("COMMAND"), required=True, title=N_("commands"))
    official = actions.add_parser(
        "official", help=N_("load provinces and communes with their official codes")
    )
    official.add_argument(
        "provinces", nargs="+", metavar=N_("PROVINCE"), help=N_("a province's name or code")
    )
    _add_import(actions, N_("load units from a .csv or .xlsx file"))


def _people(parser: Parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar=N_("COMMAND"), required=True, title=N_("commands"))
    people = _add_import(actions, N_("load people from a .csv or .xlsx file"))
    people.add_argument(
        "--invites",
        type=_file(".xlsx"),
        metavar=N_("FILE"),
        help=N_("write an invite link per person to this .xlsx file"),
    )


def _add_import(actions: Any, sentence: str) -> Parser:
    parser: Parser = actions.add_parser("import", help=sentence, description=sentence)
    parser.add_argument("file", type=Path, metavar=N_("FILE"), help=N_("the list, .csv or .xlsx"))
    parser.add_argument("--dry-run", action="store_true", help=N_("check every row and write nothing"))
    parser.add_argument("--sheet", metavar=N_("NAME"), help=N_("the workbook's sheet, by default the first"))
    return parser


def _invite(parser: Parser) -> None:
    parser.add_argument("--role", choices=ROLES, required=True, help=N_("what the invited may do"))
    parser.add_argument("--unit", required=True, metavar=N_("CODE"), help=N_("the unit's code"))
    parser.add_argument(
        "--uses", type=_number(1, 1000), default=1, metavar="N", help=N_("how many people may use it")
    )
    parser.add_argument(
        "--days", type=_number(1, 365), default=7, metavar="N", help=N_("for how many days it holds")
    )


def _report(parser: Parser) -> None:
    names = sorted(path.stem for path in REPORTS.glob("[!_]*.py"))
    parser.add_argument("report", choices=names, metavar=N_("REPORT"), help=", ".join(names))
    parser.add_argument("--unit", required=True, metavar=N_("CODE"), help=N_("the unit's code"))
    parser.add_argument("--week", type=_week, metavar="2026-W47", help=N_("the ISO week, for weekly"))
    parser.add_argument("--month", type=_month, metavar="2026-11", help=N_("the month, for monthly"))
    parser.add_argument("--quarter", type=_quarter, metavar="2026-Q4", help=N_("the quarter, for quarterly"))
    parser.add_argument(
        "--format", choices=("text", "json", "xlsx", "png", "pdf"), default="text", help=N_("what is made")
    )
    parser.add_argument("--out", type=Path, metavar=N_("FILE"), help=N_("write here instead of the screen"))


def _export(parser: Parser) -> None:
    parser.add_argument(
        "what",
        choices=("activities", "ledger"),
        metavar=N_("WHAT"),
        help=N_("activities: the entries of a unit's villages; ledger: who did what in a month"),
    )
    parser.add_argument("--unit", required=True, metavar=N_("CODE"), help=N_("the unit's code"))
    parser.add_argument(
        "--from", dest="first", type=_day, metavar="2026-11-01", help=N_("the first day, for activities")
    )
    parser.add_argument(
        "--to", dest="last", type=_day, metavar="2026-11-30", help=N_("the last day, for activities")
    )
    parser.add_argument("--month", type=_month, metavar="2026-11", help=N_("the month, for ledger"))
    parser.add_argument(
        "--out",
        type=_file(".xlsx", ".csv"),
        required=True,
        metavar=N_("FILE"),
        help=N_(".xlsx; activities also .csv"),
    )


def _check(parser: Parser) -> None:
    parser.add_argument("--json", dest="as_json", action="store_true", help=N_("for scripts"))
    parser.add_argument("--settings", action="store_true", help=N_("show every setting too, secrets as ***"))
    parser.add_argument(
        "--counts", action="store_true", help=N_("prove too that every daily sum is the sum of its entries")
    )


def _archive(parser: Parser) -> None:
    parser.add_argument("file", type=Path, metavar=N_("FILE"), help=N_("the backup, one .tar.gz file"))


def _nothing(_parser: Parser) -> None:
    pass


COMMANDS: dict[str, tuple[str, Callable[[Any], None]]] = {
    "run": (N_("run the program with config.toml and .env"), _run),
    "chat": (N_("talk in the terminal"), _chat),
    "demo": (N_("run a sample area to try things out, without a token"), _demo),
    "ask": (N_("ask the guides one question, or one per line of stdin"), _ask),
    "units": (N_("load provinces, communes and villages"), _units),
    "people": (N_("load team members, leaders and supervisors"), _people),
    "invite": (N_("make an invite: a token and a link per channel"), _invite),
    "report": (N_("make a report of a unit"), _report),
    "export": (N_("write entries to a .xlsx or .csv file"), _export),
    "check": (N_("list what is wrong with settings, words, guides, lessons and tables"), _check),
    "migrate": (N_("bring the database to the shape this version needs"), _nothing),
    "backup": (N_("copy database, media and settings into one file"), _archive),
    "restore": (N_("fill an empty database from a backup"), _archive),
    "purge": (N_("delete what need not be kept any longer"), _nothing),
    "doctor": (N_("look at database, disk, clock, channels and port"), _nothing),
}


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
            sentence = _('it must be a whole number from {least} to {most}, not "{value}".')
            raise argparse.ArgumentTypeError(sentence.format(least=least, most=most, value=text))
        return int(text)

    return number


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        sentence = _('it must be a day like 2026-11-22, not "{value}".')
        raise argparse.ArgumentTypeError(sentence.format(value=text)) from None


def _week(text: str) -> tuple[int, int]:
    """Read an ISO week: 2026-W47 is (2026, 47)."""
    found = re.fullmatch(r"(\d{4})-?W(\d{2})", text)
    try:
        year, week = (int(found[1]), int(found[2])) if found else (0, 0)
        date.fromisocalendar(year, week, 1)
    except ValueError:
        sentence = _('it must be an ISO week like 2026-W47, not "{value}".')
        raise argparse.ArgumentTypeError(sentence.format(value=text)) from None
    return year, week


def _month(text: str) -> date:
    """Read a month by its first day."""
    found = re.fullmatch(r"([1-9]\d{3})-(0[1-9]|1[0-2])", text)
    if found is None:
        sentence = _('it must be a month like 2026-11, not "{value}".')
        raise argparse.ArgumentTypeError(sentence.format(value=text))
    return date(int(found[1]), int(found[2]), 1)


def _quarter(text: str) -> date:
    """Read a quarter by its first day."""
    found = re.fullmatch(r"([1-9]\d{3})-?Q([1-4])", text)
    if found is None:
        sentence = _('it must be a quarter like 2026-Q4, not "{value}".')
        raise argparse.ArgumentTypeError(sentence.format(value=text))
    return date(int(found[1]), int(found[2]) * 3 - 2, 1)


def _file(*endings: str) -> Callable[[str], Path]:
    def file(text: str) -> Path:
        if not text.lower().endswith(endings):
            sentence = _('the name must end in {endings}, not "{value}".')
            raise argparse.ArgumentTypeError(sentence.format(endings=", ".join(endings), value=text))
        return Path(text)

    return file
