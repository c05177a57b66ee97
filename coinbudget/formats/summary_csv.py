"""Totals as text: the summary CSV, exact or for spreadsheets.

Columns: period start and end (end outside), the groupings asked for, the currency, then the figures. Amounts have
exactly the currency's decimals. The spreadsheet form is that of the ledger CSV: byte order mark, list separator,
decimal sign, guarded cells.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from coinbudget.domain.money import Currency, NumberStyle, decimal_text
from coinbudget.domain.summaries import Grouping, SummaryRow
from coinbudget.formats.ledger_csv import guard
from coinbudget.formats.ledger_csv_writer import list_separator

_PERIODS = frozenset({Grouping.DAY, Grouping.WEEK, Grouping.MONTH, Grouping.YEAR})
_FIGURES = (
    *("currency", "spent", "refunded", "net", "purchases", "coins_bought", "gifts", "coins_gifted", "gift_cost"),
    *("gift_cost_unknown_coins", "rate_missing"),
)


def header(by: Sequence[Grouping]) -> tuple[str, ...]:
    """The columns of a summary by these groupings."""
    return ("period_start", "period_end", *(key.value for key in by if key not in _PERIODS), *_FIGURES)


def write_exact(
    out: TextIO, rows: Iterable[SummaryRow], by: Sequence[Grouping], currencies: Mapping[str, Currency]
) -> None:
    """Header and rows; `out` is UTF-8 and translates no line ends."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header(by))
    writer.writerows(_cells(rows, currencies))


def write_spreadsheet(
    out: TextIO,
    rows: Iterable[SummaryRow],
    by: Sequence[Grouping],
    currencies: Mapping[str, Currency],
    style: NumberStyle,
) -> None:
    """Header and rows as a spreadsheet program of that locale opens them."""
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=list_separator(style), lineterminator="\r\n")
    writer.writerow(header(by))
    writer.writerows(_cells(rows, currencies, style.decimal, guarded=True))


def _cells(
    rows: Iterable[SummaryRow], currencies: Mapping[str, Currency], decimal: str = ".", *, guarded: bool = False
) -> Iterator[tuple[object, ...]]:
    for row in rows:
        digits = currencies[row.currency].digits
        minors = (row.spent_minor, row.refunded_minor, row.spent_minor - row.refunded_minor, row.gift_cost.minor)
        spent, refunded, net, cost = (decimal_text(minor, digits).replace(".", decimal) for minor in minors)
        yield (
            *(row.period_start.isoformat(), row.period_end.isoformat()),
            *((guard(key) for key in row.keys) if guarded else row.keys),
            *(row.currency, spent, refunded, net, row.purchases, row.coins_bought, row.gifts, row.coins_gifted, cost),
            *(row.gift_cost.unknown_coins, row.rate_missing),
        )
