"""What a profile used lately, for pickers: creators, gifts, packages. Only its newest entries are looked at."""

from coinbudget.domain.profiles import ProfileId
from coinbudget.storage.columns import rows
from coinbudget.storage.database import Transaction

#: Enough to know a person's habits by.
_NEWEST = 300

_CREATORS = """
SELECT handle, (SELECT max(e.at) FROM entry e WHERE e.creator_id = creator.id) AS newest
FROM creator ORDER BY newest DESC, handle
"""

_GIFTS = """
SELECT gift_name, coins, quantity FROM entry
WHERE profile_id = :profile AND kind = 'gift' AND voided_at IS NULL ORDER BY at DESC, sequence DESC LIMIT :newest
"""

_PACKAGES = """
SELECT coins, paid_minor, currency FROM entry
WHERE profile_id = :profile AND kind = 'purchase' AND voided_at IS NULL AND coins > 0 AND paid_minor > 0
      AND (:channel = '' OR channel = :channel)
ORDER BY at DESC, sequence DESC LIMIT :newest
"""

_LAST_PURCHASE = """
SELECT channel, region, currency FROM entry
WHERE profile_id = :profile AND kind = 'purchase' AND voided_at IS NULL ORDER BY at DESC, sequence DESC LIMIT 1
"""

_LAST_CREATOR = """
SELECT (SELECT handle FROM creator WHERE creator.id = entry.creator_id) FROM entry
WHERE profile_id = :profile AND kind = 'gift' AND voided_at IS NULL ORDER BY at DESC, sequence DESC LIMIT 1
"""


def creators(tx: Transaction) -> list[str]:
    """Every handle, the one gifted last first."""
    return [handle for handle, _ in rows(tx, _CREATORS, {})]


def gifts(tx: Transaction, profile_id: ProfileId) -> list[tuple[str, int]]:
    """Name and coins of one piece of the gifts sent lately, the last first, each once; gifts without a name too."""
    found: dict[tuple[str, int], None] = {}
    for name, coins, quantity in rows(tx, _GIFTS, {"profile": profile_id, "newest": _NEWEST}):
        if coins and coins % quantity == 0:
            found.setdefault((name, coins // quantity))
    return list(found)


def packages(tx: Transaction, profile_id: ProfileId, channel: str) -> list[tuple[int, int, str]]:
    """Coins, minor units and currency of what was bought lately in a channel ("" any), the last first, each once."""
    values = {"profile": profile_id, "channel": channel, "newest": _NEWEST}
    return list(dict.fromkeys((coins, minor, currency) for coins, minor, currency in rows(tx, _PACKAGES, values)))


def last_purchase(tx: Transaction, profile_id: ProfileId) -> tuple[str, str, str] | None:
    """Channel, region and currency of the newest purchase."""
    for channel, region, currency in rows(tx, _LAST_PURCHASE, {"profile": profile_id}):
        return channel, region, currency
    return None


def last_creator(tx: Transaction, profile_id: ProfileId) -> str:
    """Who got the newest gift; "" for nobody yet."""
    for (handle,) in rows(tx, _LAST_CREATOR, {"profile": profile_id}):
        return str(handle)
    return ""
