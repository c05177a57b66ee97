"""A month of a fan on the command line, every figure worked out by hand beside it.

March 2026 in Berlin: limits of 25 EUR a month and 12 EUR in any 7 days; purchases in euros, dollars, yen and dong,
gifts by name, a refund. Converted amounts are the central bank's rate of the day, read here from the package itself,
not through the program.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import time_machine
from currency_converter import ECB_URL, CurrencyConverter

from tests.cli.conftest import Run

MONTH, WEEK = 2500, 1200


def bank_cents(minor: int, digits: int, currency: str, day: date) -> int:
    """So much of a currency in euro cents: half-even, once."""
    quoted = CurrencyConverter(decimal=True)._rates[currency][day]
    assert quoted is not None, ECB_URL
    return round(Fraction(minor, 10**digits) / Fraction(quoted) * 100)


class Month:
    """What was bought, as one would keep it on paper."""

    def __init__(self, clock: time_machine.Traveller, run: Run) -> None:
        self.clock = clock
        self.run = run
        self.bought: list[tuple[datetime, int]] = []
        self.refunded: dict[datetime, int] = {}

    def at(self, text: str) -> datetime:
        """Set the clock to a time in Berlin before the change to summer time."""
        moment = datetime.fromisoformat(f"2026-03-{text}:00+01:00").astimezone(UTC)
        self.clock.move_to(moment, tick=False)
        return moment

    def buy(self, moment: datetime, cents: int, *words: str) -> dict[str, Any]:
        """A purchase that must come to so many cents."""
        said = self.run("add", "purchase", *words, "--json")
        assert said.status == 0, said.err
        assert said.document["entry"]["converted"] == euros(cents)
        self.bought.append((moment, cents))
        document: dict[str, Any] = said.document
        return document

    def used(self, since: datetime, until: datetime) -> tuple[int, int]:
        """Used and gross between two instants, the first outside."""
        inside = [(at, cents) for at, cents in self.bought if since < at <= until]
        gross = sum(cents for _, cents in inside)
        return gross - sum(self.refunded.get(at, 0) for at, _ in inside), gross

    def check(self, moment: datetime, month_level: str, week_level: str) -> None:
        """The status of now, to the last cent."""
        month, week = self.run("status", "--json").document["limits"]
        month_used, month_gross = self.used(datetime(2026, 2, 28, 22, 59, 59, tzinfo=UTC), moment)
        week_used, week_gross = self.used(moment - timedelta(days=7), moment)
        for limit, most, used, gross, level in (
            (month, MONTH, month_used, month_gross, month_level),
            (week, WEEK, week_used, week_gross, week_level),
        ):
            assert (limit["used"], limit["gross"], limit["left"]) == (euros(used), euros(gross), euros(most - used))
            assert (limit["level"], limit["judged"], limit["planned"]) == (level, True, "0.00")
        assert month["binding"] is (MONTH - month_used < WEEK - week_used)
        assert week["binding"] is not month["binding"]
        assert (month["window_start"], month["window_end"]) == (
            "2026-03-01T00:00:00+01:00",
            "2026-04-01T00:00:00+02:00",
        )


def euros(cents: int) -> str:
    """Cents as the program writes them."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def marks(document: dict[str, Any]) -> list[tuple[int, str, int | None, str]]:
    """Limit, level, threshold and used of each alert, by limit."""
    found = sorted(document["alerts"], key=lambda alert: alert["limit"])
    assert not [alert for alert in found if alert["seen"]]
    return [(alert["limit"], alert["level"], alert["threshold"], alert["used"]) for alert in found]


@pytest.fixture
def month(data: Path, run: Run) -> Iterator[Month]:
    assert not data.exists()
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        yield Month(clock, run)


def test_status_and_alerts_are_right_to_the_last_minor_unit(month: Month) -> None:
    run = month.run
    assert (
        run("profile", "add", "Mia", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin").status == 0
    )
    assert run("limit", "add", "--measure", "money", "--period", "month", "--amount", "25").status == 0
    assert run("limit", "add", "--measure", "money", "--period", "7d", "--amount", "12").status == 0

    # Tuesday: 5.29 of 25 is 21 %, of 12 is 44 %; no mark.
    tuesday = month.at("03T18:00")
    said = month.buy(tuesday, 529, "--paid", "5.29", "--currency", "EUR", "--coins", "350", "--channel", "web")
    assert said["alerts"] == []
    month.check(tuesday, "WITHIN", "WITHIN")

    # Thursday, in dollars: the seven days are over, the month has passed a half.
    thursday = month.at("05T20:00")
    dollars = bank_cents(999, 2, "USD", date(2026, 3, 5))
    assert 1250 <= 529 + dollars < 2000
    said = month.buy(thursday, dollars, "--paid", "9.99", "--currency", "USD", "--coins", "700", "--order-ref", "D-1")
    assert marks(said) == [
        (1, "NEARING", 50, euros(529 + dollars)),
        (2, "BREACHED", None, euros(529 + dollars)),
    ]
    month.check(thursday, "NEARING", "BREACHED")

    # A Rose is 1 coin, and the first coins are Tuesday's: 529 * 100 // 350 = 151 cents.
    gift = run("add", "gift", "rose", "--quantity", "100", "--creator", "@Luna", "--json").document
    assert (gift["entry"]["gift"], gift["entry"]["coins"], gift["alerts"]) == ("Rose", "100", [])
    assert (gift["entry"]["cost"], gift["entry"]["cost_unknown_coins"]) == ("1.51", 0)
    # 300 more: 250 from Tuesday's order, 50 of the 700 in dollars.
    more = run("add", "gift", "Rose", "--coins", "300", "--quantity", "300", "--creator", "luna", "--json").document
    assert more["entry"]["cost"] == euros(529 - 151 + dollars * 50 // 700)

    # A minute after Tuesday's purchase has left the seven days.
    later = month.at("10T18:01")
    month.check(later, "NEARING", "NEARING")

    # Thursday again, in yen, an hour before Thursday's purchase leaves: over once more.
    again = month.at("12T19:00")
    yen = bank_cents(1500, 0, "JPY", date(2026, 3, 12))
    spent = 529 + dollars + yen
    assert dollars + yen > WEEK
    assert 2000 <= spent < MONTH
    said = month.buy(again, yen, "--paid", "1500", "--currency", "JPY", "--coins", "650", "--channel", "ios")
    assert marks(said) == [(1, "NEARING", 80, euros(spent)), (2, "BREACHED", None, euros(dollars + yen))]
    month.check(again, "NEARING", "BREACHED")

    # In dong the central bank has no rate: what the card was charged counts, and fills the month to the last cent.
    friday = month.at("20T21:30")
    rest = MONTH - spent
    words = ("--paid", "79000", "--currency", "VND", "--coins", "300", "--charged", euros(rest))
    over = run("what-if", "purchase", "--paid", "79000", "--currency", "VND", "--charged", euros(rest + 1), "--json")
    assert over.document["limits"][0]["left"] == "-0.01"
    assert over.document["limits"][0]["level"] == "BREACHED"
    said = month.buy(friday, rest, *words)
    assert marks(said) == [(1, "REACHED", 100, "25.00")]
    month.check(friday, "REACHED", "WITHIN")

    # The whole dollar order is returned: room in the month of its purchase, none in these seven days.
    refunded = month.at("22T12:00")
    back = run("add", "refund", "D-1", "--paid", "9.99", "--json").document
    assert (back["entry"]["converted"], back["alerts"]) == (euros(dollars), [])
    month.refunded[thursday] = dollars
    month.check(refunded, "NEARING", "WITHIN")

    # One cent above what is left now is over again, as a new occurrence.
    last = month.at("28T23:59")
    said = month.buy(last, dollars + 1, "--paid", euros(dollars + 1), "--currency", "EUR", "--channel", "web")
    assert marks(said)[0] == (1, "BREACHED", None, "25.01")
    assert month.run("verify").status == 0

    # In April the month begins anew; summer time has come.
    april = datetime(2026, 4, 1, 8, tzinfo=UTC)
    month.clock.move_to(april, tick=False)
    limit, week = run("status", "--json").document["limits"]
    assert (limit["used"], limit["left"], limit["level"]) == ("0.00", "25.00", "WITHIN")
    assert limit["window_start"] == "2026-04-01T00:00:00+02:00"
    assert (week["used"], week["window_end"]) == (euros(dollars + 1), "2026-04-01T10:00:00+02:00")
