"""Every sample file through the whole way in: twice, in overlapping halves, paired across sources, and undone."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from coinbudget.domain.entries import Gift, Purchase, Refund
from coinbudget.domain.errors import Refusal
from coinbudget.formats.source import Answers, Format, GiftAmount, TypeMeaning
from coinbudget.services import record, sheet_source, transfer, undo, verify
from coinbudget.services.ledger import Ledger
from coinbudget.services.opening import Wishes
from coinbudget.storage import origin_store
from tests import make
from tests.services import tiktok_files

DATA = Path(__file__).parents[1] / "data"
SAID = Answers(
    zone="UTC",
    currency="EUR",
    gift_amount=GiftAmount.COINS,
    types={"recharge": TypeMeaning.BOUGHT, "reward": TypeMeaning.IGNORE},
)
SAMPLES = [
    *sorted(path.relative_to(DATA).as_posix() for path in (DATA / "tiktok").glob("*.json")),
    *("tiktok/txt", "google", "google/Order History.json", "google/Purchase History.json", "apple"),
    *("apple/Store Transaction History.csv", "sheets/german.csv", "sheets/american.csv", "sheets/iso_gifts.csv"),
    *("sheets/bank.csv", "sheets/utf16.csv"),
]


def bring(ledger: Ledger, path: Path, now: datetime) -> transfer.ImportChanges:
    wishes = Wishes(sheets=path.parent.name == "sheets")
    said = replace(SAID, currency="USD") if path.name == "american.csv" else SAID
    return transfer.import_file(ledger, path, answers=said, wishes=wishes, skip_problems=True, now=now)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_imported_twice_adds_nothing_and_goes_and_comes_back_whole(
    name: str, ledger: Ledger, now: datetime
) -> None:
    first = bring(ledger, DATA / name, now)
    again = bring(ledger, DATA / name, now)
    assert (again.count, again.paired) == (0, 0)
    assert (first.count > 0) == ("empty" not in name)
    if first.undo is not None:
        undo.revert(ledger, first.undo, now=now)
        assert bring(ledger, DATA / name, now).count == first.count
    assert make.totals_differ(ledger) == {}
    assert verify.verify(ledger) == ()


def halves_json(path: Path, tmp_path: Path) -> tuple[Path, Path]:
    whole = json.loads(path.read_text(encoding="utf-8"))

    def cut(value: object, first: bool) -> object:
        if isinstance(value, dict):
            return {key: cut(inner, first) for key, inner in value.items()}
        if isinstance(value, list):
            middle = len(value) // 2
            return value[: middle + 2] if first else value[max(middle - 2, 0) :]
        return value

    parts = tmp_path / "a.json", tmp_path / "b.json"
    for part, first in zip(parts, (True, False), strict=True):
        part.write_text(json.dumps(cut(whole, first)), encoding="utf-8")
    return parts


def halves_csv(path: Path, tmp_path: Path) -> tuple[Path, Path]:
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    parts = tmp_path / "a.csv", tmp_path / "b.csv"
    for part, chosen in zip(parts, (rows[:4], [rows[0], *rows[2:]]), strict=True):
        with part.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(chosen)
    return parts


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        *((f"tiktok/{era}.json", halves_json) for era in ("e1", "e2", "e3", "e3_lives", "e3_numbers")),
        ("google/Order History.json", halves_json),
        ("apple/Store Transaction History.csv", halves_csv),
    ],
)
def test_overlapping_halves_make_the_whole(
    name: str, cut: Callable[[Path, Path], tuple[Path, Path]], ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    first, second = cut(DATA / name, tmp_path)
    one, other = bring(ledger, first, now), bring(ledger, second, now)
    living = len(make.all_entries(ledger))
    assert one.count + other.count == living
    whole = bring(ledger, DATA / name, now)
    assert (whole.count, len(make.all_entries(ledger))) == (0, living)


def test_a_zip_is_read_as_it_is_and_nothing_else_of_it(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    with zipfile.ZipFile(tmp_path / "TikTok_Data.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.write(DATA / "tiktok" / "e3.json", "user_data_tiktok.json")
        made.writestr("readme.txt", "hello")
        made.writestr("photo.jpg", b"\xff\xd8\xff" + b"\0" * 5000)
    done = bring(ledger, tmp_path / "TikTok_Data.zip", now)
    assert done.count == 13
    assert bring(ledger, DATA / "tiktok" / "e1.json", now).count == 0


def test_apples_zip_inside_a_zip_is_read(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        for path in (DATA / "apple").iterdir():
            made.write(path, f"Stores Activity/Account and Transaction History/{path.name}")
    with zipfile.ZipFile(tmp_path / "Apple.zip", "w") as made:
        made.writestr("Apple_Media_Services.zip", inner.getvalue())
    assert bring(ledger, tmp_path / "Apple.zip", now).count == 5


def test_a_row_in_two_files_of_one_source_is_one_row(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    rose = ("2026-05-14 21:09:40", 1, "a")
    tiktok_files.write(tmp_path / "old.json", gifts=[rose] * 2)
    tiktok_files.write(tmp_path / "new.json", gifts=[rose] * 5)
    done = bring(ledger, tmp_path, now)
    assert (done.count, done.duplicates) == (5, 2)


def test_a_folder_with_several_sources_asks_which(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    tiktok_files.write(tmp_path / "a.json", gifts=[("2026-05-14 21:09:40", 1, "a")])
    (tmp_path / "b.json").write_bytes((DATA / "google" / "Order History.json").read_bytes())
    with pytest.raises(Refusal) as refused:
        bring(ledger, tmp_path, now)
    assert refused.value.problems[0].code == "several_formats"
    done = transfer.import_file(
        ledger, tmp_path, answers=SAID, wishes=Wishes(format=Format.TIKTOK), skip_problems=True, now=now
    )
    assert done.count == 1


def test_the_same_buying_in_tiktoks_list_and_a_stores_order_is_one_purchase_with_both_origins(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    listed = tiktok_files.write(tmp_path / "a.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)])
    bring(ledger, listed, now)
    orders = bring(ledger, DATA / "google" / "Order History.json", now)
    assert orders.paired == 1
    (only,) = [one for one in make.all_entries(ledger) if isinstance(one, Purchase) and one.coins == 350]
    assert (only.order_ref, only.channel.value) == ("GPA.0000-0000-0000-00001", "android")
    assert only.paid is not None
    assert (only.paid.minor, only.converted_minor) == (370, 370)
    with ledger.database.reading() as tx:
        told = origin_store.sources_of(tx, [only.sequence])
    assert told == {only.sequence: {"tiktok.coins", "google.orders"}}
    for path in (listed, DATA / "google" / "Order History.json"):
        again = bring(ledger, path, now)
        assert (again.count, again.paired) == (0, 0)
    assert verify.verify(ledger) == ()


def test_what_was_voided_stays_voided_whoever_tells_of_it(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    buying = "2026-05-14 21:03:11"
    bring(ledger, tiktok_files.write(tmp_path / "a.json", coins=[(buying, "Recharge", 350)]), now)
    (denied,) = make.all_entries(ledger)
    record.void(ledger, [str(denied.id)], now=now)
    orders = DATA / "google" / "Order History.json"
    looked = transfer.preview_import(ledger, orders, answers=SAID, now=now)
    done = bring(ledger, orders, now)
    assert looked.new == done.count
    living = [one for one in make.all_entries(ledger) if isinstance(one, Purchase) and one.counts]
    assert 350 not in {one.coins for one in living}
    # Asked for, it lives again, and the order then finds it.
    record.unvoid(ledger, [str(denied.id)], now=now)
    assert bring(ledger, orders, now).paired == 1


def test_another_row_of_the_same_list_is_not_the_voided_one(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    first, second = ("2026-05-14 21:03:11", "Recharge", 350), ("2026-05-14 21:08:11", "Recharge", 350)
    bring(ledger, tiktok_files.write(tmp_path / "a.json", coins=[first]), now)
    (denied,) = make.all_entries(ledger)
    record.void(ledger, [str(denied.id)], now=now)
    assert bring(ledger, tiktok_files.write(tmp_path / "b.json", coins=[second]), now).count == 1


def test_a_living_purchase_comes_before_a_voided_one(ledger: Ledger, now: datetime) -> None:
    for _ in range(2):
        record.add(ledger, make.purchase(coins="350", paid="3.70", at="2026-05-14T21:03:30Z"), now=now)
    twice, once = make.all_entries(ledger)
    record.void(ledger, [str(twice.id)], now=now)
    orders = bring(ledger, DATA / "google" / "Order History.json", now)
    assert orders.paired == 1
    (found,) = [one for one in make.all_entries(ledger) if one.id == once.id]
    assert isinstance(found, Purchase)
    assert found.order_ref == "GPA.0000-0000-0000-00001"


def test_refunds_of_a_store_refer_to_their_purchases(ledger: Ledger, now: datetime) -> None:
    bring(ledger, DATA / "google" / "Order History.json", now)
    entries = make.all_entries(ledger)
    refunds = [one for one in entries if isinstance(one, Refund)]
    assert [(one.paid.minor, one.paid.currency.code, one.coins) for one in refunds] == [
        (1049, "EUR", 1000),
        (50, "USD", 0),
    ]
    assert all(one.about for one in refunds)


def test_a_purchase_history_beside_the_orders_adds_only_what_they_do_not_have(ledger: Ledger, now: datetime) -> None:
    bring(ledger, DATA / "google", now)
    bought = [one for one in make.all_entries(ledger) if isinstance(one, Purchase)]
    assert sorted(one.coins or 0 for one in bought) == [65, 70, 350, 1000]


def test_a_saved_mapping_reads_a_sheet_without_a_window(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "mine.csv").write_text("when,what,n\n03.04.2026,@a,5\n", encoding="utf-8")
    mapping = sheet_source.Mapping(
        names=("when", "what", "n"),
        roles=(sheet_source.Role.DATE, sheet_source.Role.CREATOR, sheet_source.Role.COINS),
        forms=("dmy", "", "."),
        drop_sign=(False, False, False),
        kind="gift",
    )
    sheet_source.keep_mapping(ledger, "my log", mapping, now=now)
    wishes = Wishes(mapping=sheet_source.mapping_named(ledger, "my log"))
    done = transfer.import_file(ledger, tmp_path / "mine.csv", wishes=wishes, now=now)
    (gift,) = make.all_entries(ledger)
    assert done.count == 1
    assert isinstance(gift, Gift)
    assert (gift.home_on.isoformat(), gift.coins, gift.creator) == ("2026-04-03", 5, "a")
    with pytest.raises(Refusal) as refused:
        sheet_source.mapping_named(ledger, "other")
    assert refused.value.problems[0].code == "unknown_mapping"
