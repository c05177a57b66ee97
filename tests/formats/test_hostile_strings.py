"""Names, types and amounts that are made to harm: kept as text, believed or told, and never more than that."""

import io
import itertools
import json
from datetime import datetime

import pytest

from coinbudget.domain.belief import believe
from coinbudget.domain.entries import Gift
from coinbudget.formats import price_text, sheet_facts, tiktok_export, tiktok_rows
from coinbudget.formats.source import Answers, GiftAmount, Incoming
from coinbudget.services.facts import facts_of
from coinbudget.services.ledger import Ledger

SAID = Answers(zone="UTC", currency="EUR", gift_amount=GiftAmount.COINS)

_MARKUP = [
    *("<b>a</b>", "<img src='file:///etc/passwd'>", "<script>alert(1)</script>", "&amp;", "&", "&&x", "<!--", "]]>"),
    *("<a href=x>y</a>", "<svg/onload=x>", "{{x}}", "{0}", "{name}", "%s", "%n%n", "%d", "${x}", "$x$", "$\\frac12$"),
    *(
        "\\",
        "\\n",
        "\\\\",
        "'",
        '"',
        "`",
        "';--",
        "' OR 1=1",
        '"; DROP TABLE entry; --',
        "Robert'); --",
        "--",
        "/*",
        "*/",
    ),
]
_PATHS = [
    *(
        "/etc/passwd",
        "../../x",
        "C:\\x",
        "\\\\host\\x",
        "file:///x",
        "~",
        "CON",
        "NUL",
        "aux.txt",
        ".",
        "..",
        "/dev/null",
    ),
    *("http://x", "javascript:x", "mailto:x", "data:text/html,x"),
]
_SHEETS = [
    *(
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "=cmd|' /C calc'!A0",
        "\t=1",
        "\r=1",
        "'=1",
        "\uff1d1",
        '=HYPERLINK("x")',
        ",",
        ";",
    ),
    *('""', '"a","b"', "a,b", "a\tb", "a;b", "|"),
]
_NUMBERS = [
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "0x1",
        "1_000",
        "\u0661\u0662",
        "\uff11\uff12",
        "\u00b2",
        "\u00bd",
        "-0",
    ),
    *("00", "1.", ".1", "1,", "1..2", "1,,2", "99999999999999999999", "-1", "+5", "(1)", "1-", "5 6", "1e3", "true"),
    *("null", "None", "undefined", "[]", "{}", "\u0969"),
]
_LETTERS = [
    *(
        "\u202eabc",
        "a\u202db",
        "\u2066x\u2069",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u00ad",
        "\u2060",
        "\u034f",
        "a\u0301" * 50,
    ),
    *(
        "\u0627\u0644",
        "\u05d0",
        "\u4f60\u597d",
        "\ud55c\uae00",
        "\u3042",
        "\u0e01",
        "\U0001f600",
        "\U0001f468\u200d\U0001f469",
    ),
    *("\U0001f1e9\U0001f1ea", "\u0130", "\u0131", "\u00df", "\ufb01", "\u212b", "\u1e9e", "K", "\u03c2", "\U00010400"),
    *("\u0345", "\u1161", "\ufdfa", "\uffff", "\U0010ffff", "\ue000", "\u2028", "\u2029", "\u0085", "\u00a0", "\u3000"),
]
_CONTROLS = [chr(number) for number in (*range(32), 127, 0x80, 0x9F)]
_LENGTHS = [
    "",
    " ",
    "  ",
    "a" * 200,
    "a" * 201,
    "a" * 5000,
    " a ",
    "@",
    "@@a",
    "@" * 300,
    "\n",
    "a\nb",
    "a\x00b",
    "\x1b[31m",
]
_SURROGATES = ["\ud800", "a\udfff", "\udc80x", "\\\ud800", "\\ud800"]
_WORDS = [
    "admin",
    "null\u0000",
    "undefined",
    "true",
    "id",
    "kind",
    "purchase",
    "__proto__",
    "constructor",
    "SELECT 1",
    "0",
    "1",
    "-",
]
_EMOJI = ["\u2764\ufe0f", "\U0001f3f4\u200d\u2620\ufe0f", "\U0001f44d\U0001f3fd", "\u20ac", "\u00a3", "\u20bd"]
STRINGS = list(
    dict.fromkeys(
        itertools.chain(_MARKUP, _PATHS, _SHEETS, _NUMBERS, _LETTERS, _CONTROLS, _LENGTHS, _SURROGATES, _WORDS, _EMOJI)
    )
)


def test_there_are_more_than_two_hundred() -> None:
    assert len(STRINGS) >= 200


@pytest.mark.parametrize("number", range(len(STRINGS)))
def test_a_hostile_name_is_the_name_or_a_problem(number: int, ledger: Ledger, now: datetime) -> None:
    text = STRINGS[number]
    document = {"SendGifts": [{"Date": "2023-05-14 21:09:40", "GiftAmount": "5", "UserName": text}]}
    (record,) = tiktok_export.read(io.BytesIO(json.dumps(document).encode()))
    # Half of a surrogate pair is no character; it is shown as the sign for that.
    text = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text)
    assert record.cells[2] == text
    found = tiktok_rows.understand(record, SAID)
    assert isinstance(found, Incoming)
    assert found.draft.creator == record.cells[2]
    with ledger.database.reading() as tx:
        entry = believe(found.draft, facts_of(ledger, tx, now=now))
    if isinstance(entry, Gift):
        assert entry.creator == record.cells[2].strip().lstrip("@\uff20").strip()
        assert entry.creator.isprintable() or "\n" not in entry.creator
    else:
        assert isinstance(entry, tuple)
        assert {problem.field for problem in entry} == {"creator"}


@pytest.mark.parametrize("number", range(len(STRINGS)))
def test_a_hostile_amount_price_date_or_kind_is_read_or_told(number: int) -> None:
    text = STRINGS[number]
    for fields in (
        {"SendGifts": [{"Date": text, "GiftAmount": text, "UserName": "a"}]},
        {"BuyGifts": [{"Date": "2023-05-14 21:09:40", "Price": text}]},
        {"CoinPurchaseHistoryList": [{"Date": "2023-05-14 21:09:40", "Type": text, "CoinAmount": text}]},
    ):
        for record in tiktok_export.read(io.BytesIO(json.dumps(fields).encode())):
            assert tiktok_rows.origin(record)
            tiktok_rows.understand(record, SAID)
    price = price_text.read_price(text, "EUR", "DE")
    assert price is None or price.number.lstrip("-")[:1].isdigit()
    facts = sheet_facts.survey(
        [(1, ["date", text]), (2, ["2026-05-14", text])], separator=",", encoding="utf-8", undecided=False
    )
    assert facts.rows in {1, 2}
