"""The grammar of the command line. Imports nothing heavy, so that --help and --version answer at once.

Errors are one sentence and never a usage block; options are never abbreviated. Values are checked by the services,
which know the one sentence for each fault, and not by the parser.
"""

import argparse
from collections.abc import Iterable, Sequence
from typing import NoReturn

from coinbudget import __version__

_EPILOG = (
    "Exit status: 0 done, whatever the limits say; 1 'verify' found something wrong; 2 refused, with one line on "
    "standard error and nothing written."
)
#: Names of the formats an import reads; told by content where none is given.
FORMATS = ("ledger-csv", "tiktok", "tiktok-txt", "google-takeout", "apple-history", "sheet")
_ENTRY_HELP = "id of an entry, the first characters of it (four or more), or an order number"


class UsageError(Exception):
    """The words of a command do not fit its grammar; the message is one sentence."""


class _Parser(argparse.ArgumentParser):
    """A parser that raises its one sentence."""

    def error(self, message: str) -> NoReturn:
        """Overrides ArgumentParser: one sentence instead of a usage block and an exit."""
        raise UsageError(message)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The options of a command line.

    Raises:
        UsageError: they do not fit.
        SystemExit: --help or --version was answered.
    """
    parser, known = _grammar()
    return parser.parse_args(_joined(argv, known))


def _joined(argv: Sequence[str], known: set[str]) -> list[str]:
    """The words with "--paid -5,29" as "--paid=-5,29": a value may start with a minus and deserves its own sentence."""
    words: list[str] = []
    for word in argv:
        if word.startswith("-") and word.partition("=")[0] not in known and words and words[-1] in known:
            words[-1] = f"{words[-1]}={word}"
        else:
            words.append(word)
    return words


def _grammar() -> tuple[argparse.ArgumentParser, set[str]]:
    """The parser, and every option it knows."""
    shared = _Parser(add_help=False, allow_abbrev=False)
    shared.add_argument("--data", metavar="FILE", default=argparse.SUPPRESS, help="the ledger file")
    shared.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document instead of text"
    )
    parser = _Parser(
        prog="coinbudget",
        description="A ledger that says what TikTok coins really cost, and warns before a limit is passed. "
        "Without a command it opens the window.",
        epilog=_EPILOG,
        allow_abbrev=False,
        parents=[shared],
    )
    parser.add_argument("--version", action="version", version=f"coinbudget {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    grammar = _Grammar(commands, shared)
    grammar.window()
    grammar.profiles()
    grammar.entries()
    grammar.limits()
    grammar.questions()
    grammar.files()
    return parser, grammar.known(parser)


class _Grammar:
    """Builds the commands, noun by noun."""

    def __init__(self, commands: "argparse._SubParsersAction[_Parser]", shared: _Parser) -> None:
        self._commands = commands
        self._shared = shared
        self._parsers: list[argparse.ArgumentParser] = [shared]

    def known(self, root: argparse.ArgumentParser) -> set[str]:
        """Every option string of every command."""
        parsers = (root, *self._parsers)
        # argparse has no public list of its options.
        return {word for parser in parsers for action in parser._actions for word in action.option_strings}  # noqa: SLF001

    def _command(
        self, name: str, text: str, under: "argparse._SubParsersAction[_Parser] | None" = None, *, profile: bool = False
    ) -> argparse.ArgumentParser:
        parser = (under or self._commands).add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False, parents=[self._shared]
        )
        if profile:
            parser.add_argument("--profile", metavar="P", default="", help="name of the profile")
        self._parsers.append(parser)
        return parser

    def _group(self, name: str, text: str, dest: str) -> "argparse._SubParsersAction[_Parser]":
        group = self._command(name, text)
        return group.add_subparsers(dest=dest, required=True, metavar=dest.upper(), parser_class=_Parser)

    def window(self) -> None:
        """Commands: demo and screenshots."""
        self._command("demo", "open the window on sample data, in a file of its own")
        pictures = self._command("screenshots", "draw every page and dialog from sample data, light and dark, as PNG")
        pictures.add_argument("directory", metavar="DIR")

    def profiles(self) -> None:
        """Commands: profile add and list."""
        actions = self._group("profile", "who is tracked", "action")
        add = self._command("add", "add a profile; makes the ledger where there is none", actions)
        add.add_argument("name", metavar="NAME")
        add.add_argument("--region", metavar="DE", required=True, help="ISO 3166 country, two letters")
        add.add_argument("--currency", metavar="EUR", required=True, help="ISO 4217 currency, three letters")
        add.add_argument("--time-zone", metavar="ZONE", required=True, help="for example Europe/Berlin")
        add.add_argument("--birth-year", metavar="Y", default="")
        self._command("list", "list the profiles", actions)

    def entries(self) -> None:
        """add, what-if, void, unvoid."""
        add = self._group("add", "record an entry", "kind")
        self._purchase(self._command("purchase", "record coins bought", add, profile=True))
        self._gift(self._command("gift", "record coins sent to a creator", add, profile=True))
        refund = self._command("refund", "record money returned for a purchase; without amounts all that is left", add)
        refund.add_argument("entry", metavar="ENTRY", help=_ENTRY_HELP)
        _texts(refund, paid="A", coins="N", at="ISO", note="T", profile="P")
        other = self._command("adjustment", "record coins that came or went otherwise", add, profile=True)
        _texts(other, coins="N", reason="bonus|opening|other-use|correction", at="ISO", note="T")
        question = self._group("what-if", "the state of the limits after an entry that is not saved", "kind")
        self._purchase(self._command("purchase", "after buying coins", question, profile=True))
        self._gift(self._command("gift", "after sending coins", question, profile=True))
        for name, text in (("void", "take an entry out of all figures"), ("unvoid", "bring a voided entry back")):
            self._command(name, text).add_argument("entry", metavar="ENTRY", help=_ENTRY_HELP)

    @staticmethod
    def _purchase(parser: argparse.ArgumentParser) -> None:
        _texts(parser, paid="5.29", currency="EUR", coins="N", charged="A", channel="web", region="DE", at="ISO")
        parser.add_argument("--order-ref", metavar="X", default="", help="order number")
        parser.add_argument("--note", metavar="T", default="")
        parser.add_argument("--planned", action="store_true", help="meant to happen later")

    @staticmethod
    def _gift(parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "gift", metavar="GIFT", nargs="?", default="", help='name, or pieces and price as in "5x30"'
        )
        _texts(parser, coins="N", quantity="Q", creator="@x", at="ISO", note="T")

    def limits(self) -> None:
        """Commands: limit add, list, change, remove; confirm and cancel are named, but not built."""
        actions = self._group("limit", "what a profile means to spend at most", "action")
        add = self._command("add", "add a limit", actions, profile=True)
        _texts(add, measure="money|coins|cost", period="day|week|month|year|24h|7d|30d", amount="50")
        _texts(add, creator="@x", channel="C")
        add.add_argument("--cap", action="store_true", help="set by a guardian")
        self._command("list", "list the limits with their use", actions, profile=True)
        change = self._command("change", "change the amount or the period of a limit", actions)
        change.add_argument("limit", metavar="ID")
        _texts(change, amount="50", period="day|week|month|year|24h|7d|30d")
        for name in ("remove", "confirm", "cancel"):
            self._command(name, f"{name} a limit" if name == "remove" else "not available yet", actions).add_argument(
                "limit", metavar="ID"
            )

    def questions(self) -> None:
        """Commands: status and convert."""
        self._command("status", "every limit: used, left, level, and which one is the tightest", profile=True)
        convert = self._command("convert", "what a number of coins costs, with basis and date", profile=True)
        convert.add_argument("coins", metavar="COINS", nargs="?", default="")
        _texts(convert, region="R", channel="C", currency="X", money="A")

    def files(self) -> None:
        """import, imports, export, verify, backup, restore."""
        self._import()
        self._imports()
        self._export()
        self._command("verify", "check the file, its kept totals and its history; exit 1 when something is wrong")
        backup = self._command("backup", "write a checked copy of the ledger")
        backup.add_argument("file", metavar="FILE")
        backup.add_argument("--force", action="store_true", help="replace FILE")
        self._command("restore", "put a backup in the ledger's place").add_argument("file", metavar="FILE")

    def _import(self) -> None:
        read = self._command(
            "import",
            "read a ledger CSV, a data export, a store's history or any sheet: a file, folder or ZIP",
            profile=True,
        )
        read.add_argument("file", metavar="FILE")
        _texts(read, format="|".join(FORMATS))
        read.add_argument("--mapping", metavar="NAME", default="", help="of a sheet's columns, saved in the window")
        self._meanings(read)
        self._pairs(read)
        self._sheet(read)
        read.add_argument("--dry-run", action="store_true", help="say what would be imported and write nothing")
        read.add_argument("--skip-problems", action="store_true", help="import the rows that have no problem")

    @staticmethod
    def _meanings(parser: argparse.ArgumentParser) -> None:
        """What the words of a file's rows mean."""
        parser.add_argument("--time-zone", metavar="ZONE", default="", help="of times without an offset")
        parser.add_argument(
            "--gift-amount", metavar="coins|pieces", default="", help="what the bare number beside a gift counts"
        )
        parser.add_argument("--currency", metavar="EUR", default="", help="of prices without one")
        parser.add_argument(
            "--channel", metavar="web", default="", help="where coins were bought, where no row says it"
        )
        parser.add_argument(
            "--type",
            metavar="NAME=bought|ignore",
            action="append",
            default=[],
            help="what a kind of row in a list of coins means; once for each",
        )
        parser.add_argument(
            "--paid",
            metavar="COINS=PRICE",
            action="append",
            default=[],
            help="what so many coins cost, where the file names no price; in --currency; once for each",
        )

    @staticmethod
    def _pairs(parser: argparse.ArgumentParser) -> None:
        """How a file meets the ledger."""
        parser.add_argument(
            "--pair",
            metavar="ROW=ID|new",
            action="append",
            default=[],
            help="which purchase of the ledger a row is, or that it is one of its own; once for each",
        )
        parser.add_argument(
            "--earlier",
            metavar="app|web|both",
            default="",
            help="where the coins of before the ledger were mostly bought",
        )

    @staticmethod
    def _sheet(parser: argparse.ArgumentParser) -> None:
        """How a sheet is written, and what its columns mean."""
        _texts(parser, **{"date-order": "dmy|mdy|ymd", "decimal": "comma|point"})
        parser.add_argument("--kind", dest="sheet_kind", metavar="purchase|gift", default="", help="of a sheet's rows")
        _texts(parser, encoding="NAME", separator="comma|semicolon|tab|bar")
        parser.add_argument(
            "--column",
            metavar="NAME=ROLE",
            action="append",
            default=[],
            help="what a sheet's column means: date, coins, coins_each, paid, creator, ..., ignore; once for each",
        )

    def _imports(self) -> None:
        actions = self._group("imports", "the imports of the past, each with its undo", "action")
        self._command("list", "list the newest imports with their numbers", actions)
        for name, text in (
            ("undo", "take an import back: what it brought counts no more, but for what another source told of too"),
            ("bring-back", "let an import that was taken back stand again"),
        ):
            self._command(name, text, actions).add_argument("number", metavar="N", help="number of the import")

    def _export(self) -> None:
        write = self._command("export", "write entries or totals as CSV", profile=True)
        write.add_argument("what", metavar="entries|summary|bundle")
        write.add_argument("--by", metavar="KEYS", default="", help="month,profile,creator,gift,channel,region,...")
        write.add_argument("--from", dest="from_on", metavar="D", default="", help="first day")
        write.add_argument("--to", dest="to_on", metavar="D", default="", help="last day")
        write.add_argument("--form", metavar="exact|spreadsheet", default="")
        write.add_argument("-o", dest="output", metavar="FILE", default="", help="replace this file; - is stdout")


def _texts(parser: argparse.ArgumentParser, **options: str) -> None:
    """Options that take one text and are empty when not given."""
    for name, metavar in options.items():
        parser.add_argument(f"--{name}", metavar=metavar, default="")


def wants_json(argv: Iterable[str]) -> bool:
    """Whether a command line, even a broken one, asked for JSON."""
    return "--json" in argv
