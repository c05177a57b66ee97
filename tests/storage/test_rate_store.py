"""Exchange rates: the bank's own figures, 28 digits, never older than ten days, never a guess."""

import subprocess
import sys
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from coinbudget.domain.rates import Rate, RateSource
from coinbudget.storage.rate_store import RateTable, bundled_table, freeze_rate, last_day, read_table

TABLE = """Date,USD,JPY,RUB,
2026-03-06,1.2,150,N/A,
2026-03-05,1.1,140,N/A,
2026-02-27,1.0,130,90,
2026-02-26,N/A,120,80,
"""


@pytest.fixture
def table(tmp_path: Path) -> RateTable:
    file = tmp_path / "rates.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("eurofxref-hist.csv", TABLE)
    return read_table(file)


def value(rate: Rate | None) -> Decimal | None:
    return rate.value if rate else None


def test_rate_is_one_ecb_figure_by_another_with_28_digits(table: RateTable) -> None:
    rate = table.rate("USD", "JPY", date(2026, 3, 5))
    assert rate is not None
    assert rate.value == Decimal("127.2727272727272727272727273")
    assert len(rate.value.as_tuple().digits) == 28
    assert (rate.on, rate.source) == (date(2026, 3, 5), RateSource.ECB)


def test_euro_needs_no_column(table: RateTable) -> None:
    assert value(table.rate("EUR", "JPY", date(2026, 3, 6))) == Decimal(150)
    assert value(table.rate("JPY", "EUR", date(2026, 3, 6))) == Decimal("0.006666666666666666666666666667")


def test_same_currency_is_one(table: RateTable) -> None:
    rate = table.rate("USD", "USD", date(2026, 3, 6))
    assert rate is not None
    assert (rate.value, rate.source) == (Decimal(1), RateSource.SAME)


def test_day_without_rates_takes_the_last_day_before_it(table: RateTable) -> None:
    rate = table.rate("USD", "EUR", date(2026, 3, 4))
    assert rate is not None
    assert (rate.on, rate.value) == (date(2026, 2, 27), Decimal(1))


def test_both_currencies_are_of_the_same_day(table: RateTable) -> None:
    assert table.rate("USD", "JPY", date(2026, 2, 26)) is None


def test_rate_older_than_ten_days_is_unknown(table: RateTable) -> None:
    known = table.rate("RUB", "EUR", date(2026, 3, 6))
    assert known is not None
    assert known.on == date(2026, 2, 27)
    assert table.rate("RUB", "EUR", date(2026, 3, 10)) is not None  # provisional, counted back from the last day
    older = RateTable(table.columns, (*table.lines, (date(2026, 3, 20).toordinal(), "2026-03-20,1.3,160,N/A,")))
    assert older.rate("RUB", "EUR", date(2026, 3, 10)) is None


def test_day_after_the_table_is_provisional_with_the_last_rate(table: RateTable) -> None:
    rate = table.rate("USD", "EUR", date(2027, 1, 1))
    assert rate is not None
    assert (rate.on, rate.source) == (date(2026, 3, 6), RateSource.PROVISIONAL)


@pytest.mark.parametrize("currency", ["VND", "XXX", "usd", ""])
def test_currency_outside_the_table_is_unknown(table: RateTable, currency: str) -> None:
    assert table.rate(currency, "EUR", date(2026, 3, 6)) is None
    assert table.rate("EUR", currency, date(2026, 3, 6)) is None


def test_day_before_the_table_is_unknown(table: RateTable) -> None:
    assert table.rate("USD", "EUR", date(2020, 1, 1)) is None


def test_bundled_table_has_known_figures() -> None:
    assert value(freeze_rate("EUR", "USD", date(2024, 1, 2))) == Decimal("1.0956")
    assert value(freeze_rate("EUR", "BGN", date(2024, 1, 2))) == Decimal("1.9558")
    assert bundled_table().first_day == date(1999, 1, 4)
    assert last_day() >= date(2026, 1, 1)


@pytest.mark.parametrize(
    ("currency", "on"), [("RUB", date(2022, 6, 1)), ("RUB", date(2026, 1, 9)), ("HRK", date(2023, 3, 1))]
)
def test_currency_the_bank_stopped_quoting_is_unknown(currency: str, on: date) -> None:
    assert freeze_rate(currency, "EUR", on) is None
    assert freeze_rate(currency, "EUR", last_day() + timedelta(days=30)) is None


def test_reading_rates_imports_no_network_module() -> None:
    code = (
        "import sys, datetime; from coinbudget.storage.rate_store import freeze_rate; "
        "assert freeze_rate('USD', 'EUR', datetime.date(2024, 1, 2)); "
        "print([name for name in ('currency_converter', 'urllib.request', 'ssl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
