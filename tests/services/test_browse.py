"""The ledger table equals filtering and sorting every entry in Python; pickers find what a person types."""

from datetime import date, timedelta
from itertools import product

import pytest

from coinbudget.domain.catalog import Channel, search_folded
from coinbudget.domain.entries import Adjustment, Entry, Gift, Purchase, Refund
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.summaries import LedgerFilter, Sort
from coinbudget.domain.valuation import NO_COST, Cost, valued
from coinbudget.services import browse, household, record
from coinbudget.services.ledger import Ledger
from tests import make
from tests.coin_by_coin import movements_of
from tests.conftest import NOW
from tests.random_ledgers import MIA, START, random_ledger

FILTERS = [
    LedgerFilter(),
    LedgerFilter(voided=True),
    LedgerFilter(planned=False),
    LedgerFilter(profile_id=MIA),
    LedgerFilter(profile_id=MIA, from_on=START + timedelta(days=4), to_on=START + timedelta(days=11)),
    LedgerFilter(from_on=START + timedelta(days=9)),
    LedgerFilter(kinds=("gift",)),
    LedgerFilter(kinds=("purchase", "refund"), profile_id=MIA),
    LedgerFilter(creator="@LUNA"),
    LedgerFilter(creator="nobody"),
    LedgerFilter(channel="web"),
    LedgerFilter(text="rose"),
    LedgerFilter(text="@tomo", kinds=("gift",), to_on=START + timedelta(days=15)),
    LedgerFilter(text="ROSÉ", voided=True),
    LedgerFilter(text="%"),
]


def searched(entry: Entry) -> str:
    if isinstance(entry, Gift):
        return search_folded(f"{entry.gift_name}\n{entry.creator}\n{entry.note}")
    if isinstance(entry, Purchase):
        return search_folded(f"{entry.order_ref}\n{entry.region}\n{entry.channel}\n{entry.note}")
    return search_folded(entry.note)


def fits(entry: Entry, shown: LedgerFilter) -> bool:
    return (
        (shown.voided or entry.voided_at is None)
        and (shown.planned or not entry.planned)
        and shown.profile_id in {None, entry.profile_id}
        and (shown.from_on is None or entry.home_on >= shown.from_on)
        and (shown.to_on is None or entry.home_on <= shown.to_on)
        and (not shown.kinds or type(entry).__name__.lower() in shown.kinds)
        and (not shown.creator or (isinstance(entry, Gift) and f"@{entry.creator}".lower() == shown.creator.lower()))
        and (not shown.channel or (isinstance(entry, Purchase) and entry.channel == shown.channel))
        and search_folded(shown.text).removeprefix("@") in searched(entry)
    )


def figure(entry: Entry, sort: Sort) -> int | None:
    if sort is Sort.COINS:
        return None if entry.coins is None else abs(entry.coins)
    if sort is Sort.PAID:
        return entry.converted_minor if isinstance(entry, Purchase | Refund) else None
    return 0


def expected(ledger: Ledger, shown: LedgerFilter, sort: Sort, *, descending: bool) -> list[int]:
    """Every entry filtered and sorted; what has no figure comes last either way."""
    fitting = [entry for entry in make.all_entries(ledger) if fits(entry, shown)]
    fitting.sort(key=lambda entry: (entry.at, entry.sequence), reverse=descending)
    known = [entry for entry in fitting if figure(entry, sort) is not None]
    known.sort(key=lambda entry: figure(entry, sort) or 0, reverse=descending)
    return [entry.sequence for entry in (*known, *(one for one in fitting if figure(one, sort) is None))]


@pytest.fixture(scope="module")
def busy() -> Ledger:
    ledger = random_ledger(11, 120)
    record.add(ledger, make.purchase(at=(NOW + timedelta(days=2)).isoformat(), planned="1"), now=NOW)
    return ledger


@pytest.mark.parametrize("shown", FILTERS, ids=range(len(FILTERS)))
def test_view_is_every_fitting_entry_in_order(busy: Ledger, shown: LedgerFilter) -> None:
    for sort, descending in product(Sort, (True, False)):
        wanted = expected(busy, shown, sort, descending=descending)
        assert list(browse.ids(busy, shown, sort=sort, descending=descending)) == wanted
        page = browse.first_page(busy, shown, sort, descending, 7)
        assert [line.entry.sequence for line in page] == wanted[:7]


@pytest.mark.parametrize("shown", FILTERS, ids=range(len(FILTERS)))
def test_totals_are_the_sums_of_what_is_shown(busy: Ledger, shown: LedgerFilter) -> None:
    fitting = [entry for entry in make.all_entries(busy) if fits(entry, shown)]
    costs = {one.movement.place[1]: one.cost for one in valued(movements_of(make.all_entries(busy))).movements}
    living = [entry for entry in fitting if entry.counts]
    purchases = [entry for entry in living if isinstance(entry, Purchase)]
    gifts = [entry for entry in living if isinstance(entry, Gift)]
    told = browse.totals(busy, shown)
    assert told.entries == len(fitting) == browse.count(busy, shown)
    assert told.spent_minor == sum(entry.converted_minor or 0 for entry in purchases)
    assert told.refunded_minor == sum(e.converted_minor or 0 for e in living if isinstance(e, Refund))
    assert told.coins_bought == sum(entry.coins or 0 for entry in purchases)
    assert told.coins_gifted == sum(entry.coins or 0 for entry in gifts)
    assert told.rate_missing == sum(entry.converted_minor is None for entry in purchases)
    assert told.gift_cost == sum((costs.get(entry.sequence, NO_COST) for entry in gifts), start=NO_COST)


def test_lines_carry_cost_on_hand_and_what_was_refunded(busy: Ledger) -> None:
    entries = make.all_entries(busy)
    told = {one.movement.place[1]: one for one in valued(movements_of(entries)).movements}
    back: dict[str, int] = {}
    for entry in entries:
        if isinstance(entry, Refund) and entry.counts:
            back[entry.refers_to] = back.get(entry.refers_to, 0) + (entry.converted_minor or 0)
    lines = browse.lines(busy, [entry.sequence for entry in entries])
    assert [line.entry for line in lines] == entries
    for line in lines:
        one = told.get(line.entry.sequence)
        uses = isinstance(line.entry, Gift | Adjustment) and one is not None and one.movement.lot is None
        assert line.cost == (one.cost if uses and one else None)
        assert line.on_hand == (one.on_hand if one else None)
        assert line.refunded_minor == back.get(line.entry.id, 0)
        assert line.profile.name == "Mia"


def test_lines_stand_in_the_order_asked_for_without_unknown_ones(busy: Ledger) -> None:
    assert [line.entry.sequence for line in browse.lines(busy, [3, 10**9, 1])] == [3, 1]


def test_gift_of_unknown_coins_has_no_cost(ledger: Ledger) -> None:
    record.add(ledger, make.purchase(at="2026-11-01"), now=NOW)
    from_file = make.gift(at="2026-11-02", coins="", row=2)
    record.add(ledger, from_file, now=NOW)
    (line,) = browse.first_page(ledger, LedgerFilter(kinds=("gift",)))
    assert (line.cost, line.on_hand) == (None, 350)


def test_totals_of_several_currencies_have_no_sum_of_money(ledger: Ledger) -> None:
    household.add_profile(ledger, name="Ida", region="US", currency="USD", zone="America/New_York", now=NOW)
    for name, currency in (("Mia", "EUR"), ("Ida", "USD")):
        record.add(ledger, make.purchase(profile=name, currency=currency, at="2026-11-03"), now=NOW)
    told = browse.totals(ledger, LedgerFilter())
    assert (told.spent_minor, told.refunded_minor, told.gift_cost, told.coins_bought) == (None, None, None, 700)
    assert browse.totals(ledger, LedgerFilter(profile_id=ProfileId(2))).spent_minor == 529


def test_search_folds_case_and_accents_and_takes_signs_as_they_are(ledger: Ledger) -> None:
    record.add(ledger, make.gift(at="2026-11-02", creator="@Zoë_100%", note="Für Ärger"), now=NOW)
    record.add(ledger, make.gift(at="2026-11-03", creator="@zoe", note="_"), now=NOW)

    def found(text: str) -> int:
        return browse.count(ledger, LedgerFilter(text=text))

    assert [found(text) for text in ("ZOE", "@zoë_1", "100%", "fur arger", "0%", "_", "nothing")] == [
        2,
        1,
        1,
        1,
        1,
        2,
        0,
    ]


def test_creators_are_found_by_a_part_the_last_gifted_first(ledger: Ledger) -> None:
    for day, creator in (("01", "Anna"), ("03", "hánnes"), ("02", "Berta")):
        record.add(ledger, make.gift(at=f"2026-11-{day}", creator=creator), now=NOW)
    assert browse.creators_known(ledger) == ("hánnes", "Berta", "Anna")
    assert browse.creators_known(ledger, "AN") == ("hánnes", "Anna")
    assert browse.creators_known(ledger, "@ann") == ("hánnes", "Anna")
    assert browse.creators_known(ledger, "", 1) == ("hánnes",)


def test_gifts_are_found_by_name_and_by_coins_the_last_sent_first(ledger: Ledger) -> None:
    record.add(ledger, make.gift(at="2026-11-01", gift="Paper Crane", coins="198", quantity="2"), now=NOW)
    record.add(ledger, make.gift(at="2026-11-02", gift="Rosa", coins="10"), now=NOW)
    first = browse.gifts(ledger, "", MIA)
    assert [(one.name, one.coins, one.recent) for one in first[:2]] == [("Rosa", 10, True), ("Paper Crane", 99, True)]
    assert {one.name for one in browse.gifts(ledger, "29999", MIA)} >= {"Lion"}
    assert browse.gifts(ledger, "99", MIA)[0].name == "Paper Crane"
    assert browse.gifts(ledger, "rose", MIA)[0].name == "Rose"
    assert all("crane" in search_folded(one.name) for one in browse.gifts(ledger, "CRÁNE", MIA))
    assert browse.gifts(ledger, "no gift is called so", MIA) == ()


def test_gift_a_person_named_is_offered_again(ledger: Ledger) -> None:
    household.add_profile(ledger, name="Leo", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
    record.add(ledger, make.gift(profile="Leo", at="2026-11-02", gift="My own thing", coins="77"), now=NOW)
    (found,) = browse.gifts(ledger, "own thing", MIA)
    assert (found.name, found.coins, found.recent) == ("My own thing", 77, False)


def test_packages_are_own_ones_first_then_the_catalogue_then_sizes(ledger: Ledger) -> None:
    record.add(ledger, make.purchase(at="2026-11-01", coins="700", paid="7.58"), now=NOW)
    record.add(ledger, make.purchase(at="2026-11-02", coins="350", paid="3.99", channel="ios"), now=NOW)
    found = browse.packages(ledger, MIA, Channel.WEB)
    assert [(one.coins, one.basis) for one in found[:2]] == [(700, "own"), (70, "catalogue")]
    assert any(one.price is None and one.coins == 1400 for one in found)
    assert [one.coins for one in browse.packages(ledger, MIA, Channel.WEB, "7,5")] == [700]
    assert {one.coins for one in browse.packages(ledger, MIA, Channel.WEB, "35")} == {350, 3500}
    assert [one.basis for one in browse.packages(ledger, MIA)][:2] == ["own", "own"]


def test_last_used_is_of_the_newest_entries(ledger: Ledger) -> None:
    nothing = browse.last_used(ledger, MIA)
    assert (nothing.channel, nothing.region, nothing.creator, nothing.currency) == (None, "", "", "")
    record.add(ledger, make.purchase(at="2026-11-05", channel="ios", currency="USD"), now=NOW)
    record.add(ledger, make.purchase(at="2026-11-01", channel="web"), now=NOW)
    record.add(ledger, make.gift(at="2026-11-06", creator="@zoe"), now=NOW)
    last = browse.last_used(ledger, MIA)
    assert (last.channel, last.region, last.creator, last.currency) == (Channel.IOS, "DE", "zoe", "USD")


def test_empty_ledger_shows_nothing(ledger: Ledger) -> None:
    assert not browse.ids(ledger, LedgerFilter())
    assert browse.first_page(ledger, LedgerFilter(profile_id=MIA)) == ()
    told = browse.totals(ledger, LedgerFilter(from_on=date(2026, 1, 1)))
    assert (told.entries, told.spent_minor, told.gift_cost) == (0, 0, Cost(minor=0, unknown_coins=0))


def test_lines_of_refunds_carry_their_purchase(busy: Ledger) -> None:
    shown = browse.first_page(busy, LedgerFilter(kinds=("refund",)), Sort.AT, descending=True, size=20)
    assert shown
    for line in shown:
        assert isinstance(line.entry, Refund)
        assert line.purchase is not None
        assert line.purchase.id == line.entry.refers_to
    bought = browse.first_page(busy, LedgerFilter(kinds=("purchase",)), Sort.AT, descending=True, size=20)
    assert all(line.purchase is None for line in bought)
