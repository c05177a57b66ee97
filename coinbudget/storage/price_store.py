"""What a profile itself paid for coins: the last purchase of each storefront."""

from collections.abc import Mapping

from coinbudget.domain.catalog import OWN_SOURCE, Channel, CoinPackage
from coinbudget.domain.money import Currency, Money
from coinbudget.domain.profiles import ProfileId
from coinbudget.storage.columns import rows
from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import day_of

# The kept totals tell which channels were ever used, so that none is searched in vain.
_CHANNELS = """
SELECT channel FROM day_total
WHERE profile_id = :profile AND purchases > 0 AND coins_bought > 0 AND channel <> '' GROUP BY channel ORDER BY channel
"""

_LAST = """
SELECT coins, paid_minor, currency, converted_minor, home_on FROM entry
WHERE profile_id = :profile AND kind = 'purchase' AND channel = :channel AND region = :region
      AND coins > 0 AND paid_minor > 0 AND voided_at IS NULL AND planned = 0
ORDER BY at DESC, sequence DESC LIMIT 1
"""

_LAST_USED = """
SELECT channel, region FROM entry
WHERE profile_id = :profile AND kind = 'purchase' AND voided_at IS NULL AND planned = 0
ORDER BY at DESC, sequence DESC LIMIT 1
"""


def own_prices(
    tx: Transaction, profile_id: ProfileId, region: str, *, home: Currency, currencies: Mapping[str, Currency]
) -> tuple[CoinPackage, ...]:
    """The last purchase of a profile in each channel of a region, as packages.

    What was converted or charged is the price where it is known, for that is what it really cost.
    """
    found = []
    for (channel,) in rows(tx, _CHANNELS, {"profile": profile_id}):
        place = {"profile": profile_id, "channel": channel, "region": region}
        for coins, paid, currency, converted, day in rows(tx, _LAST, place):
            price = Money(minor=paid, currency=currencies[currency])
            if converted:
                price = Money(minor=converted, currency=home)
            found.append(
                CoinPackage(
                    region=region,
                    channel=Channel(channel),
                    coins=coins,
                    price=price,
                    seen_on=day_of(day),
                    estimate=False,
                    source=OWN_SOURCE,
                )
            )
    return tuple(found)


def last_storefront(tx: Transaction, profile_id: ProfileId) -> tuple[str, str] | None:
    """Channel and region of the newest purchase, None without one."""
    for channel, region in rows(tx, _LAST_USED, {"profile": profile_id}):
        return channel, region
    return None
