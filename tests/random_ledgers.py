"""Ledgers after a random run of acts, the same for the same seed, recorded the ordinary way."""

import random
from datetime import date, timedelta

from coinbudget.domain.entries import EntryId
from coinbudget.domain.errors import Refusal
from coinbudget.domain.profiles import ProfileId
from coinbudget.services import record
from coinbudget.services.household import add_profile
from coinbudget.services.ledger import Ledger, open_ledger
from tests import make
from tests.conftest import NOW

MIA = ProfileId(1)
START = date(2026, 9, 1)


def new_ledger() -> Ledger:
    opened = open_ledger(None, now=NOW, create=True)
    add_profile(opened, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
    return opened


def someday(rng: random.Random) -> str:
    day = START + timedelta(days=rng.randrange(20))
    return day.isoformat() if rng.random() < 0.2 else f"{day}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00+01:00"


def _act(ledger: Ledger, rng: random.Random, ids: list[EntryId]) -> None:
    """One act of a person: log, refund, amend, void or restore."""
    draw = rng.random()
    if draw < 0.3:
        currency = rng.choice(["EUR", "EUR", "USD", "VND"])
        paid = "9000" if currency == "VND" else f"{rng.randrange(1, 9)}.{rng.randrange(10, 99)}"
        draft = make.purchase(
            at=someday(rng),
            coins=str(rng.randrange(1, 90)),
            paid=paid,
            currency=currency,
            channel=rng.choice(["web", "ios"]),
            region=rng.choice(["DE", "AT"]),
        )
        if rng.random() < 0.1:
            draft = make.purchase(at=someday(rng), coins="")
        ids.append(record.add(ledger, draft, now=NOW).entries[0])
    elif draw < 0.65:
        ids.append(
            record.add(
                ledger,
                make.gift(
                    at=someday(rng),
                    coins=str(rng.randrange(1, 80)),
                    creator=rng.choice(["@luna", "@Tomo"]),
                    **_named(rng),
                ),
                now=NOW,
            ).entries[0]
        )
    elif draw < 0.75:
        reason, coins = rng.choice([("bonus", 9), ("opening", 14), ("other-use", -11), ("correction", -3)])
        draft = make.adjustment(at=someday(rng), reason=reason, coins=str(coins))
        ids.append(record.add(ledger, draft, now=NOW).entries[0])
    elif ids and draw < 0.85:
        part = {"paid": "0.05", "coins": rng.choice(["", "1"])} if rng.random() < 0.6 else {}
        ids.append(record.add(ledger, make.refund(rng.choice(ids), at=someday(rng), **part), now=NOW).entries[0])
    elif ids and draw < 0.9:
        record.amend(ledger, rng.choice(ids), make.gift(at=someday(rng), coins=str(rng.randrange(1, 40))), now=NOW)
    elif ids and draw < 0.96:
        record.void(ledger, [rng.choice(ids)], now=NOW)
    elif ids:
        record.unvoid(ledger, [rng.choice(ids)], now=NOW)


def random_ledger(seed: int, acts: int) -> Ledger:
    rng, ledger, ids = random.Random(seed), new_ledger(), list[EntryId]()
    for _ in range(acts):
        try:
            _act(ledger, rng, ids)
        except Refusal:
            continue  # not every act fits every entry
    return ledger


def _named(rng: random.Random) -> dict[str, str]:
    return rng.choice([{}, {"gift": "Rose"}, {"gift": "ROSE"}, {"gift": "My own"}])
