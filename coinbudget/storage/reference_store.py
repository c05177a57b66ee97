"""The bundled facts of `resources/catalog`, read once: currencies, regions, packages and gifts.

The files are ours and part of the installation, so a fault in them is a broken assumption and raises.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache

from coinbudget import paths
from coinbudget.domain.catalog import CatalogGift, Channel, CoinPackage, Reference, Region, folded
from coinbudget.domain.money import Currency, Money


@cache
def load_reference() -> Reference:
    """Everything in `resources/catalog`, read at the first call; it cannot change while the program runs."""
    currencies = {row["code"]: Currency(code=row["code"], digits=int(row["digits"])) for row in _rows("currencies")}
    return Reference(
        currencies=currencies,
        regions={
            row["code"]: Region(code=row["code"], name=row["name"], currency=row["currency"] or None)
            for row in _rows("regions")
        },
        packages=_packages(currencies),
        gifts=_gifts(),
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with paths.resource(f"catalog/{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _packages(currencies: dict[str, Currency]) -> tuple[CoinPackage, ...]:
    packages = []
    for row in _rows("packages"):
        currency = currencies[row["currency"]]
        minor = Decimal(row["price"]).scaleb(currency.digits)
        if minor != int(minor):
            raise ValueError(f"more decimals than {currency.code} has: {row['price']}")
        packages.append(
            CoinPackage(
                region=row["region"],
                channel=Channel(row["channel"]),
                coins=int(row["coins"]),
                price=Money(minor=int(minor), currency=currency),
                seen_on=_day(row["seen_on"]),
                estimate=row["estimate"] == "1",
                source=row["source"],
            )
        )
    packages.sort(key=lambda p: (p.region, p.channel, -(p.seen_on or date.min).toordinal(), p.coins))
    return tuple(packages)


def _gifts() -> dict[str, tuple[CatalogGift, ...]]:
    by_name: dict[str, list[CatalogGift]] = {}
    for row in _rows("gifts"):
        gift = CatalogGift(
            name=row["name"], coins=int(row["coins"]), seen_on=_day(row["seen_on"]), lists=int(row["lists"])
        )
        by_name.setdefault(folded(gift.name), []).append(gift)
    return {
        name: tuple(sorted(gifts, key=lambda gift: (-(gift.seen_on or date.min).toordinal(), gift.coins)))
        for name, gifts in sorted(by_name.items())
    }
