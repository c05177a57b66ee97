"""`verify` sees each kind of damage, and its totals agree with a plain count."""

from collections import Counter

import pytest

from coinbudget.domain.entries import Adjustment, Gift, Purchase, Reason, Refund
from coinbudget.services import record
from coinbudget.services.ledger import Ledger
from coinbudget.services.verify import verify
from coinbudget.storage import totals
from coinbudget.storage.tables import day_number
from tests import make
from tests.conftest import NOW


def filled(ledger: Ledger) -> Ledger:
    bought = record.add(ledger, make.purchase(), now=NOW).entries[0]
    record.add(ledger, make.refund(bought, paid="1.00", coins="50"), now=NOW)
    whole = record.add(ledger, make.purchase(channel="ios"), now=NOW).entries[0]
    record.add(ledger, make.refund(whole, at="2026-11-22T21:00Z"), now=NOW)
    record.add(ledger, make.purchase(paid="100000", currency="VND", at="2026-11-01"), now=NOW)
    record.add(ledger, make.purchase(coins="", at="2026-11-01"), now=NOW)
    record.add(ledger, make.gift(), now=NOW)
    record.add(ledger, make.adjustment(), now=NOW)
    record.add(ledger, make.adjustment(coins="9", reason="opening", at="2026-10-01"), now=NOW)
    record.add(ledger, make.adjustment(coins="-9", reason="other-use"), now=NOW)
    record.void(ledger, [record.add(ledger, make.gift(), now=NOW).entries[0]], now=NOW)
    return ledger


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("UPDATE day_total SET spent_minor = spent_minor + 1 WHERE channel = 'ios'", "totals_differ"),
        ("DELETE FROM day_total WHERE channel = ''", "totals_differ"),
        ("UPDATE entry SET coins = coins + 1 WHERE kind = 'gift'", "totals_differ"),
        ("UPDATE journal SET detail = '{\"x\": 1}' WHERE id = 2", "chain_broken"),
        ("DELETE FROM journal WHERE id = 3", "chain_broken"),
        ("UPDATE entry SET converted_minor = converted_minor + 1 WHERE kind = 'refund'", "refunds_differ"),
        ("UPDATE entry SET refers_to = 'nobody' WHERE kind = 'refund'", "foreign_key_broken"),
        ("UPDATE entry SET paid_minor = 1 WHERE kind = 'purchase' AND channel = 'ios'", "refunds_differ"),
    ],
)
def test_each_kind_of_damage_is_seen(file_ledger: Ledger, damage: str, code: str) -> None:
    filled(file_ledger)
    assert verify(file_ledger) == ()
    with file_ledger.database.reading() as tx:
        tx.connection.exec_driver_sql("ROLLBACK")
        tx.connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        tx.connection.exec_driver_sql(damage)
        tx.connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        tx.connection.exec_driver_sql("BEGIN")
    assert code in {fault.code for fault in verify(file_ledger)}


def test_kept_totals_are_what_a_plain_count_says(ledger: Ledger) -> None:
    entries = [entry for entry in make.all_entries(filled(ledger)) if entry.counts]
    purchases = {entry.id: entry for entry in entries if isinstance(entry, Purchase)}
    counted: Counter[tuple[int, str, str]] = Counter()
    for entry in entries:
        day = day_number(entry.home_on)
        if isinstance(entry, Gift):
            counted.update(
                {
                    (day, "", "gifts"): 1,
                    (day, "", "coins_gifted"): entry.coins or 0,
                    (day, "", "use_coins"): entry.coins or 0,
                }
            )
        elif isinstance(entry, Purchase):
            channel, refunds = (
                entry.channel.value,
                [r for r in entries if isinstance(r, Refund) and r.refers_to == entry.id],
            )
            coins = (entry.coins or 0) - sum(refund.coins for refund in refunds)
            counted.update(
                {
                    (day, channel, "purchases"): 1,
                    (day, channel, "coins_bought"): entry.coins or 0,
                    (day, channel, "lot_coins"): coins,
                }
            )
            if entry.converted_minor is None:
                counted.update({(day, channel, "rate_missing"): 1, (day, channel, "lot_unknown_coins"): coins})
                continue
            cost = entry.converted_minor - sum(refund.converted_minor or 0 for refund in refunds)
            counted.update(
                {
                    (day, channel, "spent_minor"): entry.converted_minor,
                    (day, channel, "lot_cost_minor" if coins else "idle_minor"): cost,
                }
            )
        elif isinstance(entry, Refund):
            counted.update(
                {(day, purchases[entry.refers_to].channel.value, "refunded_minor"): entry.converted_minor or 0}
            )
        elif isinstance(entry, Adjustment):
            counted.update({(day, "", "lot_coins" if entry.coins > 0 else "use_coins"): abs(entry.coins)})
            if entry.coins > 0 and entry.reason is not Reason.BONUS:
                counted.update({(day, "", "lot_unknown_coins"): entry.coins})
    with ledger.database.reading() as tx:
        kept = {
            (day, channel, name): figure
            for (_, day, channel), figures in totals.kept(tx).items()
            for name, figure in zip(totals.FIGURES, figures, strict=True)
            if figure and name != "entries"
        }
    assert kept == {key: figure for key, figure in counted.items() if figure}
