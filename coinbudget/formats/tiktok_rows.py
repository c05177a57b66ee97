"""What a row of TikTok's own export holds and means, whichever form of the export it stands in.

Sections and their cells:
    coins: date, type, coin amount (`CoinPurchaseHistoryList`)
    prices: date, price (`BuyGifts`)
    gifts: date, gift amount, user name (`SendGifts`)
    lives: room id, time it was opened, link (`WatchLiveMap`, an object keyed by room id)

What cannot be understood is a Problem of its row.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from coinbudget.domain.catalog import folded
from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.money import MAX_COINS, NumberFault, NumberStyle, parse_coins
from coinbudget.formats.moments import Clock, Moment, clock, moment, no_time
from coinbudget.formats.price_text import read_price
from coinbudget.formats.source import Answers, GiftAmount, Incoming, Record, TypeMeaning, Understood

COINS, PRICES, GIFTS, LIVES = "coins", "prices", "gifts", "lives"

_NUMBER_STYLES = (NumberStyle(), NumberStyle(group=","), NumberStyle(decimal=",", group="."), NumberStyle(group=" "))
#: "350.000" may be 350 or as many thousands.
_ZEROS_OR_THOUSANDS = re.compile(r"[0-9]{1,3}\.000")
#: A price of which the text does not tell whether its sign parts thousands.
_THOUSANDS_PERHAPS = re.compile(r"[^0-9.,]*([1-9][0-9]{0,2})[.,]([0-9]{3})[^0-9.,]*")
#: Stands in the note of what happened in an hour that the clock showed twice.
_TWICE = "The clock showed this time twice; taken as the first."
#: Amounts longer than any real one are not kept in memory: a file may hold very many of some megabytes.
_LONGEST_KEPT = 60


def coins_of(text: str) -> int | None:
    """A number of coins, in any style that leaves no doubt; None where it is none."""
    text = text.strip()
    return _coins_of(text) if len(text) <= _LONGEST_KEPT else None


@lru_cache(maxsize=4096)
def _coins_of(text: str) -> int | None:
    whole, _, part = text.rpartition(".")
    if "." not in whole and part in {"0", "00"}:
        text = whole
    if _ZEROS_OR_THOUSANDS.fullmatch(text):
        return None
    found = {
        number
        for style in _NUMBER_STYLES
        if not isinstance(number := parse_coins(text, style, most=MAX_COINS), NumberFault)
    }
    return found.pop() if len(found) == 1 else None


def _no_coins(text: str, row: int) -> Problem:
    """Why a text is no number of coins: it cannot be read, or it can and counts nothing."""
    plain = text.strip()
    unsigned = plain.removeprefix("-").removeprefix("\N{MINUS SIGN}")
    below = unsigned != plain and coins_of(unsigned) is not None
    nothing = "0" in plain and not unsigned.strip("0.")
    return problem("coins", "not_above_zero" if below or nothing else "not_coins_here", row, text=_short(text))


def price_currency_needed(record: Record) -> bool:
    """Whether a price names no currency of its own."""
    price = read_price(record.cells[1])
    return price is None or not price.currency


def purchase_of(coins: Record | None, price: Record | None, answers: Answers, decimal: str = "") -> Understood:
    """One purchase from the row of its coins, the row of its price, or both; it happened when the coins came.

    Args:
        decimal: the sign that parts decimals in the other prices of the file; "" where they do not tell.
    """
    first = coins or price
    if first is None:
        return None
    when = moment(first.cells[0])
    if when is None:
        return no_time(first.cells[0], first.row)
    shown = clock(when, answers.zone)
    if shown is Clock.NEVER:
        return problem("at", "skipped_here", first.row, text=_short(first.cells[0]), zone=answers.zone)
    given: dict[str, Any] = {"note": _TWICE} if shown is Clock.TWICE else {}
    if coins is not None:
        amount = coins_of(coins.cells[2])
        if amount is None:
            return _no_coins(coins.cells[2], first.row)
        given["coins"] = str(amount)
    if price is not None:
        read_as = read_price(price.cells[1], answers.currency, decimal=decimal)
        if read_as is None:
            return problem("paid", "not_a_price_here", price.row, text=_short(price.cells[1]))
        currency = read_as.currency or answers.currency
        given |= {"paid": read_as.number, "numbers": read_as.style, "currency": currency}
    at, zone = _at(when, answers)
    draft = Draft(kind="purchase", at=at, zone=zone, channel=answers.channel, row=first.row, **given)
    return Incoming(draft=draft, origin=origin(first))


def understand(record: Record, answers: Answers, decimal: str = "") -> Understood:
    """What a record of `coins`, `prices` or `gifts` means by the answers; `decimal` as for `purchase_of`."""
    if record.section == COINS:
        bought = answers.types.get(folded(record.cells[1].strip())) is TypeMeaning.BOUGHT
        return purchase_of(record, None, answers) if bought else None
    if record.section == PRICES:
        return purchase_of(None, record, answers, decimal)
    return gift(record, answers) if record.section == GIFTS else None


def gift(record: Record, answers: Answers) -> Understood:
    """The gift of a record of `gifts`."""
    at, amount, who = record.cells
    when = moment(at)
    if when is None:
        return no_time(at, record.row)
    number = coins_of(amount)
    if number is None:
        return _no_coins(amount, record.row)
    shown = clock(when, answers.zone)
    if shown is Clock.NEVER:
        return problem("at", "skipped_here", record.row, text=_short(at), zone=answers.zone)
    pieces = answers.gift_amount is GiftAmount.PIECES
    iso, zone = _at(when, answers)
    draft = Draft(
        kind="gift",
        at=iso,
        zone=zone,
        coins="" if pieces else str(number),
        quantity=str(number) if pieces else "",
        creator=who,
        note=_TWICE if shown is Clock.TWICE else "",
        row=record.row,
    )
    return Incoming(draft=draft, origin=f"{when.canonical}|{number}|{who.strip()}")


def glimpse(record: Record, answers: Answers) -> Draft:
    """What a row says in its own words, for showing one that is no entry; nothing in it is checked."""
    when = moment(record.cells[0])
    at, zone = _at(when, answers) if when else (_short(record.cells[0].strip()), "")
    if record.section == PRICES:
        return Draft(kind="purchase", at=at, zone=zone, paid=_short(record.cells[1]), row=record.row)
    if record.section == COINS:
        kind, coins = map(_short, record.cells[1:])
        return Draft(kind=kind, at=at, zone=zone, coins=coins, row=record.row)
    amount, who = map(_short, record.cells[1:])
    pieces = answers.gift_amount is GiftAmount.PIECES
    draft = Draft(kind="gift", at=at, zone=zone, creator=who, row=record.row)
    return draft._replace(quantity=amount) if pieces else draft._replace(coins=amount)


def _at(when: Moment, answers: Answers) -> tuple[str, str]:
    """Time and zone of a draft: what is UTC is shown by the clock at home, as nobody lives in UTC."""
    if when.zoned:
        return when.iso, ""
    return (f"{when.iso}Z", "") if answers.zone == "UTC" else (when.iso, answers.zone)


def origin(record: Record) -> str:
    """What tells a row again: its time, its amount and its name; the same for every answer, age and form of export."""
    when = moment(record.cells[0])
    time = when.canonical if when else record.cells[0].strip()
    if record.section == COINS:
        return f"{time}|{_amount(record.cells[2])}|{record.cells[1].strip()}"
    if record.section == PRICES:
        return f"{time}|{_price(record.cells[1])}"
    return f"{time}|{_amount(record.cells[1])}|{record.cells[2].strip()}"


def _amount(text: str) -> str:
    number = coins_of(text)
    return text.strip() if number is None else str(number)


def _price(text: str) -> str:
    """The amount of a price as plain digits, however it is written.

    Exports of one account name the currency in one age and leave it out in another, so it is no part: the same number
    in the same second is the same row. Equal rows of one file are counted, whatever their currencies.
    """
    price = read_price(text)
    if price is None:
        # "17.000" alone may be 17 or as many thousands; beside a currency that writes no decimals it is read so.
        unsure = _THOUSANDS_PERHAPS.fullmatch(text.strip())
        return f"{int(unsure[1] + unsure[2])}" if unsure else text.strip()
    # 3.7 and 3.70 are one price, written by two programs.
    return f"{Decimal(price.canonical).normalize():f}"


def _short(text: str) -> str:
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:60])
    return shown if len(text) <= len(shown) else f"{shown}\N{HORIZONTAL ELLIPSIS}"
