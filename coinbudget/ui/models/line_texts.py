"""What a line of the ledger says: the texts of its cells, its badges, its tooltip and its spoken sentence.

Conventions: coins and money carry their sign where they change something (+ coins bought, − coins gifted); what is
not known is called unknown and never shown as zero; names and amounts are isolated against other text directions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_name
from PySide6.QtCore import QCoreApplication

from coinbudget.domain.entries import Adjustment, Entry, Gift, Purchase, Refund, kind_of
from coinbudget.domain.money import decimal_text
from coinbudget.domain.rates import RateSource
from coinbudget.domain.summaries import LedgerLine
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.entry_words import channel_name, reason_name
from coinbudget.ui.widgets.labels import one_line, plain_tip

DOT = " \N{MIDDLE DOT} "
#: Directional isolates; they are for the screen and stay off the clipboard.
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeText:
    """A word about a line, with the icon and the colour pair (token, token + "bg") it is drawn in."""

    word: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The texts of one row, in the order of the model's columns.

    Attributes:
        icon, icon_tone: icon of the kind and its colour token.
        day: the date alone, for where date and time have no room.
        detail, short_detail: fainter text after that of "To or from", and where it has less room.
        unsure: columns of figures that say "unknown", or stand in another currency than the rest.
    """

    texts: tuple[str, ...]
    icon: str
    icon_tone: str
    day: str
    detail: str
    short_detail: str
    badges: tuple[BadgeText, ...]
    unsure: frozenset[int]
    voided: bool
    planned: bool


def _tr(text: str) -> str:
    return QCoreApplication.translate("LineTexts", text)


def plain(text: str) -> str:
    """Text of the screen without its directional isolates."""
    return one_line(text.translate(_ISOLATES))


def kind_name(kind: str) -> str:
    """How a kind of entry is called."""
    return {
        "purchase": _tr("Purchase"),
        "gift": _tr("Gift"),
        "refund": _tr("Refund"),
        "adjustment": _tr("Adjustment"),
    }[kind]


class LineTexts:
    """The words of ledger lines in one locale. `clock` tells which year needs no saying."""

    def __init__(self, amounts: Amounts, clock: Callable[[], datetime]) -> None:
        self._amounts = amounts
        self._clock = clock

    # Cells

    def cells(self, line: LedgerLine) -> Cells:
        """The texts of one row."""
        entry = line.entry
        coins, paid, cost = self._coins(entry), self._paid(line), self._cost(line)
        on_hand = "" if line.on_hand is None else self._amounts.coins(line.on_hand)
        icon, tone = _icon(entry)
        word = _tr("unknown")
        local = entry.at.astimezone(ZoneInfo(entry.zone))
        day = self._day(local.date() if entry.hour_known else entry.home_on)
        texts = (
            f"{day} {self._amounts.time(local)}" if entry.hour_known else day,
            self.what(entry),
            self._from(line),
            self._amounts.isolate(one_line(line.profile.name)),
            coins,
            paid,
            cost,
            on_hand,
        )
        return Cells(
            texts=texts,
            icon=icon,
            icon_tone=tone,
            day=day,
            detail=self._detail(line),
            short_detail=self._detail(line, short=True),
            badges=tuple(self._badges(line)),
            unsure=frozenset(
                number
                for number, text in enumerate(texts)
                if number > _LAST_NAME and (text == word or (number == _PAID and text and line.amount_minor is None))
            ),
            voided=entry.voided_at is not None,
            planned=entry.planned,
        )

    def _day(self, on: date) -> str:
        """A day, with its year where it is not the present one."""
        return self._amounts.date_short(on) if on.year == self._clock().year else self._amounts.date(on)

    def what(self, entry: Entry) -> str:
        """What was bought, sent or changed."""
        if isinstance(entry, Purchase):
            if entry.coins is None:
                return _tr("Coins, number unknown")
            return _tr("{coins} coins").format(coins=self._amounts.coins(entry.coins))
        if isinstance(entry, Gift):
            name = self._amounts.isolate(one_line(entry.gift_name)) if entry.gift_name else _tr("Gift")
            return f"{self._amounts.number(entry.quantity)} × {name}" if entry.quantity != 1 else name
        if isinstance(entry, Refund):
            return _tr("Refund")
        return reason_name(entry.reason)

    def who(self, entry: Entry) -> str:
        """To whom a gift went, where coins were bought."""
        if isinstance(entry, Gift):
            return self._amounts.creator(one_line(entry.creator))
        if isinstance(entry, Purchase):
            return channel_name(entry.channel)
        if isinstance(entry, Refund):
            return _tr("Money back")
        return ""

    def _from(self, line: LedgerLine) -> str:
        """As `who`; for a refund the purchase it returns money of: "of 350 coins, 15 Nov"."""
        bought = line.purchase
        if bought is None:
            return self.who(line.entry)
        on = bought.at.astimezone(ZoneInfo(bought.zone)).date() if bought.hour_known else bought.home_on
        what = _tr("a purchase") if bought.coins is None else self.what(bought)
        return _tr("of {purchase}, {day}").format(purchase=what, day=self._day(on))

    def _detail(self, line: LedgerLine, *, short: bool = False) -> str:
        entry, parts = line.entry, []
        if line.purchase is not None and not short:
            parts.append(channel_name(line.purchase.channel))
        if isinstance(entry, Purchase):
            if entry.region and entry.region != line.profile.region:
                parts.append(entry.region)
            if entry.order_ref:
                number = self._amounts.isolate(one_line(entry.order_ref))
                parts.append(number if short else _tr("order {number}").format(number=number))
            if entry.paid and line.amount_minor is not None and entry.paid.currency.code != line.profile.currency:
                parts.append(self._amounts.money(entry.paid.minor, entry.paid.currency.code))
        if entry.hour_known:
            parts.append(self._amounts.elsewhere(entry.at, entry.zone, line.profile.settings[-1].zone))
        if entry.note:
            parts.append(self._amounts.isolate(one_line(entry.note)))
        return DOT.join(part for part in parts if part)

    def _coins(self, entry: Entry) -> str:
        if entry.coins is None:
            return _tr("unknown")
        if isinstance(entry, Refund) and not entry.coins:
            return ""
        signed = entry.coins if isinstance(entry, Purchase | Adjustment) else -entry.coins
        return self._amounts.coins(signed, sign=True)

    def _paid(self, line: LedgerLine) -> str:
        entry = line.entry
        if not isinstance(entry, Purchase | Refund):
            return ""
        sign = -1 if isinstance(entry, Refund) else 1
        if line.amount_minor is not None:
            return self._amounts.money(sign * line.amount_minor, line.profile.currency)
        if entry.paid is not None:
            return self._amounts.money(sign * entry.paid.minor, entry.paid.currency.code)
        return _tr("unknown")

    def _cost(self, line: LedgerLine) -> str:
        if line.cost is None:
            return ""
        known = self._amounts.money(line.cost.minor, line.profile.currency)
        if not line.cost.unknown_coins:
            return known
        return f"≥ {known}" if line.cost.minor else _tr("unknown")

    # Badges

    def _badges(self, line: LedgerLine) -> list[BadgeText]:
        entry, badges = line.entry, []
        if entry.voided_at is not None:
            badges.append(BadgeText(word=_tr("voided"), icon="close", tone="muted"))
        if entry.planned:
            badges.append(BadgeText(word=_tr("planned"), icon="clock", tone="accent"))
        if isinstance(entry, Purchase) and entry.voided_at is None:
            if entry.rate_source is RateSource.PROVISIONAL:
                badges.append(BadgeText(word=_tr("provisional"), icon="clock", tone="near"))
            if line.amount_minor is None and entry.paid is not None and not entry.planned:
                badges.append(BadgeText(word=_tr("not converted"), icon="warning", tone="near"))
            if line.refunded_minor:
                whole = line.refunded_minor == line.amount_minor
                word = _tr("refunded") if whole else _tr("partly refunded")
                badges.append(BadgeText(word=word, icon="refund", tone="muted"))
        if entry.about:
            badges.append(BadgeText(word=_tr("about"), icon="info", tone="muted"))
        return badges

    # Whole sentences

    def spoken(self, line: LedgerLine) -> str:
        """One sentence: "Gift, Corgi to @lunabeats, 299 coins, 3.58 euros"."""
        entry = line.entry
        parts = [kind_name(kind_of(entry)), self.subject(entry) or (self._from(line) if line.purchase else "")]
        if not isinstance(entry, Purchase) and entry.coins:
            count = entry.coins if isinstance(entry, Adjustment) else abs(entry.coins)
            parts.append(_tr("{coins} coins").format(coins=self._amounts.coins(count)))
        parts += self._spoken_money(line)
        parts += [badge.word for badge in self._badges(line)]
        return plain(", ".join(part for part in parts if part))

    def subject(self, entry: Entry) -> str:
        """What an entry is called in a sentence: "Corgi to @lunabeats"; "" for a refund, whose kind says it all."""
        if isinstance(entry, Gift):
            return _tr("{gift} to {creator}").format(gift=self.what(entry), creator=self.who(entry))
        if isinstance(entry, Refund):
            return ""
        where = self.who(entry)
        return f"{self.what(entry)}, {where}" if where else self.what(entry)

    def _spoken_money(self, line: LedgerLine) -> list[str]:
        entry = line.entry
        if isinstance(entry, Purchase | Refund):
            if line.amount_minor is not None:
                return [self.spoken_money(line.amount_minor, line.profile.currency)]
            if entry.paid is not None:
                return [self.spoken_money(entry.paid.minor, entry.paid.currency.code)]
            return [_tr("price unknown")]
        if line.cost is None:
            return []
        if line.cost.unknown_coins and not line.cost.minor:
            return [_tr("cost unknown")]
        known = self.spoken_money(line.cost.minor, line.profile.currency)
        return [_tr("at least {amount}").format(amount=known) if line.cost.unknown_coins else known]

    def spoken_money(self, minor: int, code: str) -> str:
        """An amount as it is read aloud: "3.58 euros"."""
        digits, locale = self._amounts.digits(code), self._amounts.locale
        amount = Decimal(decimal_text(minor, digits))
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        number = format_decimal(amount, pattern, locale=locale, numbering_system="latn")
        return f"{number} {get_currency_name(code, amount, locale=locale)}"

    def tip(self, line: LedgerLine) -> str:
        """Everything the row says and what it has no room for, as an escaped tooltip."""
        entry = line.entry
        local = entry.at.astimezone(ZoneInfo(entry.zone))
        parts = [f"{self.what(entry)} {self._from(line)}".strip(), self._full_day(local, entry)]
        parts += self._money_tips(line)
        parts.append(self._detail(line))
        return plain_tip("\n".join(part for part in parts if part)).replace("\n", "<br>")

    def _full_day(self, local: datetime, entry: Entry) -> str:
        if not entry.hour_known:
            day = format_date(entry.home_on, format="full", locale=self._amounts.locale)
            return _tr("{day}, hour not given").format(day=day)
        day = format_date(local.date(), format="full", locale=self._amounts.locale)
        return f"{day}, {self._amounts.time(local)} ({entry.zone})"

    def _money_tips(self, line: LedgerLine) -> list[str]:
        entry, tips = line.entry, []
        if isinstance(entry, Purchase):
            if entry.rate is not None and line.amount_minor is not None:
                words = (
                    _tr("Provisional: converted at the last known rate, of {day}")
                    if entry.rate_source is RateSource.PROVISIONAL
                    else _tr("Converted at the rate of {day}")
                )
                tips.append(words.format(day=self._amounts.date(entry.rate.on)))
            elif line.amount_minor is None and entry.paid is not None and not entry.planned:
                tips.append(_tr("Not converted: no exchange rate is known. Give what the account was charged."))
            if line.refunded_minor:
                money = self._amounts.money(line.refunded_minor, line.profile.currency)
                tips.append(_tr("{amount} refunded").format(amount=money))
        if line.cost is not None and line.cost.unknown_coins:
            coins = self._amounts.coins(line.cost.unknown_coins)
            tips.append(_tr("The cost of {coins} of these coins is unknown").format(coins=coins))
        return tips

    def copied(self, line: LedgerLine) -> str:
        """The row for the clipboard, cells parted by tabs."""
        cells = self.cells(line)
        texts = list(cells.texts)
        texts[_LAST_NAME - 1] = DOT.join(part for part in (texts[_LAST_NAME - 1], cells.detail) if part)
        return "\t".join(plain(text) for text in texts)


#: Number of the last column that holds a name; the figures follow.
_LAST_NAME = 3
_PAID = 5


def _icon(entry: Entry) -> tuple[str, str]:
    if isinstance(entry, Gift):
        return "gift", "coin"
    if isinstance(entry, Purchase):
        return "cart", "text"
    return ("refund", "muted") if isinstance(entry, Refund) else ("adjust", "muted")
