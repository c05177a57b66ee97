"""The sample ledger: fourteen months of two made-up people, the same every time for the same `now`.

Mia is a fan near her week's limit; Leo is a minor with a cap. Everything goes the ordinary way through drafts and
`record`, so the sample shows nothing the program would not keep. Times hang on `now`: this week and this month are
always the current ones.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import Draft, Facts
from coinbudget.domain.entries import Adjustment, Entry, Gift, Purchase, Refund
from coinbudget.domain.errors import Refusal
from coinbudget.domain.periods import HomeCalendar, Period, calendar_of
from coinbudget.domain.profiles import Profile
from coinbudget.services import household, limits, record
from coinbudget.services.facts import facts_of
from coinbudget.services.ledger import Ledger

ZONE = "Europe/Berlin"
_MONTHS = 13
_SEED = 1913

#: Coins and price by channel: what a fan in Germany pays, web cheapest.
_PACKAGES = {
    "web": ((70, "0.85"), (350, "3.99"), (700, "7.58")),
    "ios": ((65, "1.19"), (220, "2.99"), (330, "4.99"), (660, "9.99")),
    "android": ((65, "1.09"), (330, "4.79"), (660, "9.49")),
}
#: What is bought in a month, in turn; the ninth is one that goes over.
_SHOPPING = (
    (("web", 1), ("ios", 1), ("web", 0)),
    (("web", 2), ("android", 1), ("web", 1)),
    (("ios", 2), ("web", 1), ("web", 0), ("ios", 0)),
    (("web", 2), ("web", 1), ("ios", 1)),
    (("web", 1), ("web", 1), ("android", 0), ("web", 2)),
    (("ios", 1), ("web", 0)),
    (("web", 2), ("ios", 2), ("web", 1), ("web", 0)),
    (("web", 2), ("web", 2), ("ios", 1)),
    (("web", 2), ("ios", 3), ("web", 2), ("android", 2), ("web", 2)),
    (("web", 1), ("ios", 1), ("web", 1)),
    (("web", 2), ("android", 1), ("web", 0), ("web", 1)),
    (("web", 1), ("ios", 2), ("web", 2), ("ios", 0)),
    (("web", 2), ("ios", 1), ("web", 1)),
)
_GIFTS = (
    ("Rose", 1),
    ("Finger Heart", 5),
    ("Rosa", 10),
    ("Perfume", 20),
    ("Doughnut", 30),
    ("Paper Crane", 99),
    ("Confetti", 100),
    ("Sunglasses", 199),
    ("Corgi", 299),
)
_GIFT_WEIGHTS = (16, 14, 8, 14, 12, 9, 6, 4, 3)
_CREATORS = ("lunabeats", "chef.tomo", "nightowl", "paperfold", "sönke_spielt", "the.midnight.piano.room.with.ella")
_CREATOR_WEIGHTS = (46, 18, 14, 9, 7, 6)
#: From so many coins on gifts come singly.
_DEAR = 30
#: To whom and what, this month before this week, in turn while there are coins.
_WISHES = (
    ("lunabeats", "Corgi", 299),
    ("chef.tomo", "Sunglasses", 199),
    ("nightowl", "Paper Crane", 99),
    ("lunabeats", "Hand Hearts", 100),
    ("paperfold", "Doughnut", 30),
    *(("lunabeats", name, coins) for name, coins in reversed(_GIFTS)),
)
#: Ids of the sample are made from this.
_NAMES = uuid.UUID("5b0f6c3e-30a1-4f0d-9b53-0a6d4c1e8f27")
_REFUNDED = str(uuid.uuid5(_NAMES, "refunded"))
#: Coins on hand when this week begins; this week's entries make 746 of them.
_LEFT_BEFORE_WEEK = 130


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Where the sample's times hang.

    Attributes:
        week, month: when the current ones began; `ahead`: a time that is still to come in this month or soon after.
    """

    now: datetime
    week: datetime
    month: datetime
    ahead: datetime
    home: HomeCalendar

    def between(self, start: datetime, end: datetime, share: float) -> datetime:
        """A time at a share of the way, on a whole minute."""
        return (start + (end - start) * share).replace(second=0, microsecond=0)

    def evening(self, start: datetime, end: datetime, share: float, *, hour: int) -> datetime:
        """The evening of that day, or that very time where the evening lies outside."""
        at = self.between(start, end, share)
        later = at.replace(hour=hour)
        return later if start < later < end else at


def fill(ledger: Ledger, *, now: datetime) -> None:
    """Fill a new ledger with the sample.

    Args:
        ledger: one without profiles.
    """
    mia = _profile(ledger, "Mia", now=now)
    when = _calendar(mia, now)
    history = [*_history(when), *_beside(when)]
    _write(ledger, mia, [*history, *_this_month(when, _on_hand(history))], now=now)
    back = _at(when.month - timedelta(days=22))
    record.add(
        ledger, Draft(kind="refund", refers_to=_REFUNDED, at=back, note="Bought by mistake", id=_name("back")), now=now
    )
    for measure, period, amount in (
        ("money", "week", "12"),
        ("money", "month", "40"),
        ("money", "24h", "12"),
        ("coins", "month", "3000"),
    ):
        limits.add(ledger, profile_id=mia.id, measure=measure, period=period, amount_text=amount, now=now)
    for number, draft in enumerate(_this_week(when)):
        record.add(ledger, draft._replace(id=_name(f"week {number}")), now=now)
    _fill_leo(ledger, when)


def _profile(ledger: Ledger, name: str, *, now: datetime, birth_year: int | None = None) -> Profile:
    household.add_profile(ledger, name=name, region="DE", currency="EUR", zone=ZONE, birth_year=birth_year, now=now)
    return household.profile(ledger, name)


def _calendar(profile: Profile, now: datetime) -> _Calendar:
    home = calendar_of(profile.settings)
    today = home.day_of(now)
    month = home.window(Period.MONTH, today)
    soon = min(now + timedelta(days=4), month.end_at - timedelta(hours=3))
    return _Calendar(
        now=now,
        week=home.window(Period.WEEK, today).start_at,
        month=month.start_at,
        ahead=soon if soon > now else now + timedelta(hours=5),
        home=home,
    )


def _history(when: _Calendar) -> Iterator[Draft]:
    """The months before this one: purchases by the list, and gifts while there are coins."""
    rng = random.Random(_SEED)  # noqa: S311 - sample data, the same every time
    first = when.home.day_of(when.month)
    months = [when.home.window(Period.MONTH, first - timedelta(days=1))]
    while len(months) < _MONTHS:
        months.append(when.home.previous_window(Period.MONTH, months[-1]))
    on_hand = 0
    for number, month in enumerate(reversed(months)):
        end = min(month.end_at, when.week)
        shopping = _SHOPPING[number % len(_SHOPPING)]
        for place, (channel, size) in enumerate(shopping):
            begin = when.between(month.start_at, end, (place + 0.15 + 0.6 * rng.random()) / len(shopping))
            until = when.between(month.start_at, end, (place + 0.95) / len(shopping))
            coins, paid = _PACKAGES[channel][size]
            bought = _evening(begin, rng)
            yield _purchase(bought, coins, paid, channel, number=number * 10 + place)
            on_hand += coins
            for draft in _evenings(rng, bought, until, on_hand):
                on_hand -= int(draft.coins)
                yield draft


def _evenings(rng: random.Random, start: datetime, end: datetime, on_hand: int) -> Iterator[Draft]:
    """Gifts of the evenings after a purchase, until few coins are left."""
    keep = rng.randrange(8, 60)
    at = start
    for _ in range(9):
        at = min(at + timedelta(minutes=rng.choice((4, 7, 12, 1450, 2890))), end)
        name, each = rng.choices(_GIFTS, _GIFT_WEIGHTS)[0]
        pieces = rng.choice((1, 1, 1, 2, 5)) if each < _DEAR else 1
        if on_hand - each * pieces < keep or at <= start:
            continue
        on_hand -= each * pieces
        yield _gift(at, name, each, pieces, rng.choices(_CREATORS, _CREATOR_WEIGHTS)[0])


def _this_month(when: _Calendar, on_hand: int) -> Iterator[Draft]:
    """This month up to this week, ending with a known number of coins; nothing where the month began this week."""
    if when.week - when.month < timedelta(days=1):
        return
    plan = (
        (0.13, 350, "3.99", "web"),
        (0.34, 65, "1.19", "ios"),
        (0.52, 660, "9.99", "ios"),
        (0.81, 65, "1.09", "android"),
    )
    for number, (share, coins, paid, channel) in enumerate(plan):
        at = when.evening(when.month, when.week, share, hour=18)
        yield _purchase(at, coins, paid, channel, number=900 + number)
        on_hand += coins
    share, left = 0.54, on_hand - _LEFT_BEFORE_WEEK
    for creator, name, each in _WISHES:
        pieces = min(left // each, 1 if each >= _DEAR else 9)
        if pieces > 0:
            left -= each * pieces
            yield _gift(when.evening(when.month, when.week, share, hour=20), name, each, pieces, creator)
            share = min(share + 0.035, 0.98)


def _beside(when: _Calendar) -> Iterator[Draft]:
    """What happens beside buying and gifting: bonus coins, foreign money, coins used otherwise, a wrong purchase."""
    start = when.month
    bonus, other = start - timedelta(days=77), start - timedelta(days=40)
    yield Draft(kind="adjustment", coins="40", reason="bonus", at=_at(bonus), note="Welcome-back event")
    dollars = _bought(start - timedelta(days=52), 350, "4.24", "web", "USD")
    yield dollars._replace(note="Paid in dollars while travelling")
    yield Draft(kind="adjustment", coins="-50", reason="other-use", at=_at(other), note="Promote")
    yield _bought(start - timedelta(days=25), 330, "4.79", "android")._replace(id=_REFUNDED)


def _this_week(when: _Calendar) -> Iterator[Draft]:
    """The current week, close to its limit, then what is planned."""
    shares = {name: when.between(when.week, when.now, share) for name, share in (("first", 0.55), ("then", 0.556))}
    yield _purchase(shares["first"], 220, "2.99", "ios", number=950)
    yield _gift(shares["then"], "Rose", 1, 5, "chef.tomo")
    last = when.between(when.week, when.now, 0.992)
    yield _purchase(last, 700, "7.58", "web", number=951)
    yield _gift(when.between(last, when.now, 0.5), "Corgi", 299, 1, "lunabeats")
    planned = _bought(when.ahead, 330, "4.99", "ios")
    yield planned._replace(profile="Mia", planned="1", note="Next birthday stream")


def _fill_leo(ledger: Ledger, when: _Calendar) -> None:
    leo = _profile(ledger, "Leo", now=when.now, birth_year=when.now.year - 14)
    begin = when.month - timedelta(days=33)
    drafts = [
        draft._replace(profile="Leo")
        for draft in (
            _purchase(begin, 65, "1.19", "ios", number=1),
            _gift(begin + timedelta(minutes=9), "Finger Heart", 5, 3, "nightowl"),
            _purchase(begin + timedelta(days=9, hours=2), 330, "4.99", "ios", number=2),
            _gift(begin + timedelta(days=9, hours=3), "Confetti", 100, 1, "nightowl"),
            _gift(begin + timedelta(days=12), "Perfume", 20, 2, "chef.tomo"),
        )
    ]
    _write(ledger, leo, drafts, now=when.now)
    limits.add(ledger, profile_id=leo.id, measure="money", period="month", amount_text="10", cap=True, now=when.now)
    bought = _purchase(when.between(when.month, when.now, 0.4), 330, "4.99", "ios", number=3)
    record.add(ledger, bought._replace(profile="Leo", id=_name("Leo")), now=when.now)


def _write(ledger: Ledger, profile: Profile, drafts: list[Draft], *, now: datetime) -> None:
    """Believe drafts and write them in one transaction, in the order of their times."""
    named = [
        draft if draft.id else draft._replace(id=_name(f"{profile.name} {number}"))
        for number, draft in enumerate(sorted(drafts, key=lambda draft: draft.at))
    ]
    with ledger.database.writing() as tx:
        facts = facts_of(ledger, tx, now=now, default_profile=profile)
        record.write_batch(ledger, tx, [_believed(draft, facts) for draft in named], now=now, batch=None)


def _believed(draft: Draft, facts: Facts) -> Entry:
    entry = believe(draft, facts)
    if not isinstance(entry, Purchase | Gift | Refund | Adjustment):
        raise Refusal(*entry)
    return entry


def _purchase(at: datetime, coins: int, paid: str, channel: str, *, number: int) -> Draft:
    ref = {
        "ios": f"MX{number:03d}QW7{number % 7}K",
        "android": f"GPA.3391-{4000 + number}-{7100 + number}-20{number:03d}",
    }
    return _bought(at, coins, paid, channel)._replace(order_ref=ref.get(channel, ""))


def _bought(at: datetime, coins: int, paid: str, channel: str, currency: str = "EUR") -> Draft:
    return Draft(
        kind="purchase", at=_at(at), coins=str(coins), paid=paid, currency=currency, channel=channel, region="DE"
    )


def _gift(at: datetime, name: str, each: int, pieces: int, creator: str) -> Draft:
    return Draft(
        kind="gift", at=_at(at), gift=name, coins=str(each * pieces), quantity=str(pieces), creator=f"@{creator}"
    )


def _at(at: datetime) -> str:
    return at.isoformat()


def _evening(at: datetime, rng: random.Random) -> datetime:
    """The same day in the evening."""
    return at.replace(hour=rng.randrange(17, 21), minute=rng.randrange(60))


def _on_hand(drafts: list[Draft]) -> int:
    """Coins left after some drafts, the refunded purchase left out."""
    signs = {"purchase": 1, "adjustment": 1, "gift": -1}
    return sum(int(draft.coins) * signs[draft.kind] for draft in drafts if draft.id != _REFUNDED)


def _name(what: str) -> str:
    """An id that is the same every time."""
    return str(uuid.uuid5(_NAMES, what))
