import csv
import io
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from coinbudget.domain.drafts import COLUMNS, NumberStyle, draft_of
from coinbudget.domain.entries import Purchase
from coinbudget.domain.errors import Refusal
from coinbudget.domain.summaries import Grouping
from coinbudget.services import household, limits, record, transfer, undo, verify
from coinbudget.services.import_parts import State
from coinbudget.services.ledger import Ledger, open_ledger
from tests import make, make_ledger

BY_MONTH = (Grouping.MONTH, Grouping.PROFILE)


@pytest.fixture
def people(now: datetime) -> Iterator[Ledger]:
    opened = new_people(now)
    yield opened
    opened.close()


def new_people(now: datetime) -> Ledger:
    opened = open_ledger(None, now=now, create=True)
    for name in make_ledger.PEOPLE:
        household.add_profile(opened, name=name, region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    return opened


def exported(ledger: Ledger, **chosen: object) -> bytes:
    out = io.BytesIO()
    transfer.export_entries(ledger, out, **chosen)  # type: ignore[arg-type]  # the options of a test
    return out.getvalue()


def csv_file(tmp_path: Path, *rows: str, header: str = "id,kind,at,coins,creator,gift") -> Path:
    path = tmp_path / "in.csv"
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


def summary_of(ledger: Ledger) -> dict[tuple[str, str], dict[str, int]]:
    out = io.BytesIO()
    transfer.export_summary(ledger, out, by=BY_MONTH)
    return {
        (row["period_start"][:7], row["profile"]): {
            name: int(row[name].replace(".", ""))
            for name in (
                *("spent", "refunded", "purchases", "coins_bought", "gifts", "coins_gifted", "gift_cost"),
                "gift_cost_unknown_coins",
            )
        }
        for row in csv.DictReader(io.StringIO(out.getvalue().decode()))
    }


def codes(refusal: Refusal) -> list[tuple[str, str, int | None]]:
    return [(found.field, found.code, found.row) for found in refusal.problems]


def check_totals(tmp_path: Path, now: datetime, rows: int, seed: int) -> None:
    made = make_ledger.rows_of(rows, seed)
    make_ledger.write(tmp_path / "made.csv", made, shuffled=seed)
    ledger, other = new_people(now), new_people(now)
    assert transfer.import_file(ledger, tmp_path / "made.csv", now=now).count == rows
    wanted = make_ledger.totals(made)
    empty = dict.fromkeys(next(iter(summary_of(ledger).values())), 0)
    assert summary_of(ledger) == {key: empty | figures for key, figures in wanted.items()}
    again = transfer.import_file(ledger, tmp_path / "made.csv", now=now)
    assert (again.count, again.duplicates) == (0, rows)
    assert verify.verify(ledger) == ()
    (tmp_path / "out.csv").write_bytes(exported(ledger))
    transfer.import_file(other, tmp_path / "out.csv", now=now)
    assert exported(other) == exported(ledger)
    (tmp_path / "sheet.csv").write_bytes(exported(ledger, form="spreadsheet", style=NumberStyle(decimal=",")))
    third = new_people(now)
    transfer.import_file(third, tmp_path / "sheet.csv", now=now)
    assert exported(third) == exported(ledger)
    for opened in (ledger, other, third):
        opened.close()


@pytest.mark.parametrize("seed", range(10))
def test_totals_are_exact_and_every_way_round_is_equal(tmp_path: Path, now: datetime, seed: int) -> None:
    check_totals(tmp_path, now, 3000, seed)


@pytest.mark.release
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(10))
def test_totals_are_exact_for_a_hundred_thousand_rows(tmp_path: Path, now: datetime, seed: int) -> None:
    check_totals(tmp_path, now, 100_000, seed)


def test_rows_without_id_are_counted(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    row = ",gift,2026-11-01T10:00:00+01:00,5,@a,Rose"
    five = csv_file(tmp_path, *[row] * 5)
    assert transfer.import_file(ledger, five, now=now).count == 5
    again = transfer.import_file(ledger, five, now=now)
    assert (again.count, again.duplicates) == (0, 5)
    more = transfer.import_file(ledger, csv_file(tmp_path, *[row] * 7), now=now)
    assert (more.count, more.duplicates) == (2, 5)


def test_overlapping_halves_bring_each_row_once(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    rows = [f",gift,2026-11-{day:02d}T10:00:00+01:00,5,@a,Rose" for day in range(1, 21)]
    transfer.import_file(ledger, csv_file(tmp_path, *rows[:14]), now=now)
    second = transfer.import_file(ledger, csv_file(tmp_path, *rows[8:]), now=now)
    assert (second.count, second.duplicates) == (6, 6)


def test_a_row_without_id_is_an_entry_recorded_by_hand(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    record.add(ledger, make.gift(at="2026-11-01T10:00", coins="5", creator="Bob", note="mine"), now=now)
    file = csv_file(tmp_path, ",gift,2026-11-01T09:00:00Z,5,@bOB,")
    assert transfer.import_file(ledger, file, now=now).duplicates == 1


def test_a_date_alone_is_not_the_same_as_noon(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    file = csv_file(tmp_path, ",gift,2026-11-01,5,@a,", ",gift,2026-11-01T12:00:00+01:00,5,@a,")
    assert transfer.import_file(ledger, file, now=now).count == 2
    assert transfer.import_file(ledger, file, now=now).duplicates == 2


def test_the_same_id_with_other_content_is_a_conflict_and_nothing_is_written(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    transfer.import_file(ledger, csv_file(tmp_path, "x1,gift,2026-11-01,5,@a,Rose"), now=now)
    before = exported(ledger)
    with pytest.raises(Refusal) as refused:
        transfer.import_file(
            ledger, csv_file(tmp_path, "x2,gift,2026-11-02,5,@a,", "x1,gift,2026-11-01,6,@a,Rose"), now=now
        )
    assert codes(refused.value) == [("id", "id_conflict", 3)]
    assert exported(ledger) == before


def test_columns_a_row_does_not_give_are_no_conflict(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    transfer.import_file(ledger, csv_file(tmp_path, "x1,gift,2026-11-01,5,@a,Rose"), now=now)
    again = transfer.import_file(ledger, csv_file(tmp_path, "x1,gift,2026-11-01,,@a,"), now=now)
    assert (again.count, again.duplicates) == (0, 1)


def test_an_id_twice_in_a_file_is_a_duplicate_or_a_conflict(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    row = "x1,gift,2026-11-01,5,@a,Rose"
    same = csv_file(tmp_path, row, row)
    for look in (transfer.preview_import(ledger, same, now=now), transfer.import_file(ledger, same, now=now)):
        assert look.duplicates == 1
    other = csv_file(tmp_path, "y1,gift,2026-11-01,5,@a,Rose", "y1,gift,2026-11-01,6,@a,Rose")
    assert [found.code for found in transfer.preview_import(ledger, other, now=now).problems] == ["id_conflict"]
    with pytest.raises(Refusal) as refused:
        transfer.import_file(ledger, other, now=now)
    assert codes(refused.value) == [("id", "id_conflict", 3)]


REFUNDS = "id,kind,at,coins,paid,currency,order_ref,refers_to"


def test_a_refund_may_stand_before_its_purchase_and_name_its_order(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    file = csv_file(
        tmp_path,
        "r1,refund,2026-11-03,100,2.00,EUR,,GPA.7",
        "p1,purchase,2026-11-02,350,5.29,EUR,GPA.7,",
        "r2,refund,2026-11-04,,3.29,EUR,,p1",
        header=REFUNDS,
    )
    assert transfer.preview_import(ledger, file, now=now).new == 3
    assert transfer.import_file(ledger, file, now=now).count == 3
    assert transfer.preview_import(ledger, file, now=now).duplicates == 3
    assert transfer.import_file(ledger, file, now=now).duplicates == 3
    # In the order of the file, though refunds are resolved last.
    assert [entry.id for entry in make.all_entries(ledger)] == ["r1", "p1", "r2"]
    assert verify.verify(ledger) == ()


def test_an_ambiguous_or_unknown_purchase_is_a_problem(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    file = csv_file(
        tmp_path,
        "p1,purchase,2026-11-02,350,5.29,EUR,GPA.7,",
        "p2,purchase,2026-11-02,350,5.29,EUR,GPA.7,",
        "r1,refund,2026-11-03,,2.00,EUR,,GPA.7",
        "r2,refund,2026-11-03,,2.00,EUR,,GPA.8",
        "r3,refund,2026-11-03,,2.00,EUR,,",
        header=REFUNDS,
    )
    wanted = [
        ("refers_to", "ambiguous_purchase", 4),
        ("refers_to", "unknown_purchase", 5),
        ("refers_to", "required", 6),
    ]
    seen = transfer.preview_import(ledger, file, now=now)
    assert [(found.field, found.code, found.row) for found in seen.problems] == wanted
    with pytest.raises(Refusal) as refused:
        transfer.import_file(ledger, file, now=now)
    assert codes(refused.value) == wanted


@pytest.mark.parametrize("with_id", [True, False])
def test_refunds_of_a_file_together_may_not_exceed_the_purchase(
    ledger: Ledger, tmp_path: Path, now: datetime, *, with_id: bool
) -> None:
    name = "r{}" if with_id else ""
    file = csv_file(
        tmp_path,
        "p1,purchase,2026-11-02,350,5.29,EUR,,",
        f"{name.format(1)},refund,2026-11-03,,5.00,EUR,,p1",
        f"{name.format(2)},refund,2026-11-04,,0.30,EUR,,p1",
        header=REFUNDS,
    )
    seen = transfer.preview_import(ledger, file, now=now)
    assert [found.code for found in seen.problems] == ["refund_exceeds_paid"]
    done = transfer.import_file(ledger, file, skip_problems=True, now=now)
    assert (done.count, len(done.problems)) == (2, 1)
    again = transfer.import_file(ledger, file, skip_problems=True, now=now)
    assert (again.count, again.duplicates, len(again.problems)) == (0, 2, 1)


def test_an_import_is_one_undo_and_what_it_voided_comes_back_when_imported_again(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    file = csv_file(
        tmp_path,
        "p1,purchase,2026-11-02,350,5.29,EUR,,",
        "r1,refund,2026-11-03,,2.00,EUR,,p1",
        ",purchase,2026-11-05,70,1.05,EUR,,",
        header=REFUNDS,
    )
    first = transfer.import_file(ledger, file, now=now)
    before = exported(ledger)
    assert first.undo is not None
    assert undo.revert(ledger, first.undo, now=now).count == 3
    assert all(entry.voided_at for entry in make.all_entries(ledger))
    assert transfer.preview_import(ledger, file, now=now).new == 3
    again = transfer.import_file(ledger, file, now=now)
    assert (again.count, again.duplicates) == (3, 0)
    assert exported(ledger) == before
    assert again.undo is not None
    assert undo.revert(ledger, again.undo, now=now).count == 3
    assert verify.verify(ledger) == ()


def test_what_was_voided_singly_stays_voided(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    file = csv_file(tmp_path, "x1,gift,2026-11-01,5,@a,Rose", ",gift,2026-11-02,5,@a,Rose")
    transfer.import_file(ledger, file, now=now)
    record.void(ledger, [entry.id for entry in make.all_entries(ledger)], now=now)
    again = transfer.import_file(ledger, file, now=now)
    assert (again.count, again.duplicates) == (0, 2)
    assert all(entry.voided_at for entry in make.all_entries(ledger))


def test_a_voided_purchase_with_its_voided_refund_goes_out_and_in(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    bought = record.add(ledger, make.purchase(at="2026-11-01"), now=now).entries[0]
    record.add(ledger, make.refund(bought, at="2026-11-02"), now=now)
    record.void(ledger, [bought], now=now)
    (tmp_path / "out.csv").write_bytes(exported(ledger))
    other = open_ledger(None, now=now, create=True)
    household.add_profile(other, name="MIA", region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    assert transfer.import_file(other, tmp_path / "out.csv", now=now).count == 2
    assert exported(other).replace(b"MIA", b"Mia") == exported(ledger)
    other.close()


def test_problems_write_nothing_unless_their_rows_are_left_out(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    file = csv_file(tmp_path, "x1,gift,2026-11-01,5,@a,", "x2,gift,2026-11-01,many,@a,", "x3,gift,2026-11-01,5,,")
    with pytest.raises(Refusal) as refused:
        transfer.import_file(ledger, file, now=now)
    assert codes(refused.value) == [("coins", "not_a_number", 3), ("creator", "required", 4)]
    assert make.all_entries(ledger) == []
    done = transfer.import_file(ledger, file, skip_problems=True, now=now)
    assert (done.count, len(done.problems)) == (1, 2)


def test_a_preview_counts_what_the_import_does_and_writes_nothing(
    people: Ledger, tmp_path: Path, now: datetime
) -> None:
    make_ledger.write(tmp_path / "made.csv", make_ledger.rows_of(800, 5), shuffled=1)
    seen = transfer.preview_import(people, tmp_path / "made.csv", now=now)
    assert make.all_entries(people) == []
    done = transfer.import_file(people, tmp_path / "made.csv", now=now)
    assert (seen.new, seen.duplicates, seen.problems) == (done.count, done.duplicates, done.problems)
    assert [line.row for line in seen.lines] == sorted(line.row for line in seen.lines)
    assert {line.state for line in transfer.preview_import(people, tmp_path / "made.csv", now=now).lines} == {
        State.KNOWN
    }


def test_a_naive_time_is_in_the_zone_asked_for(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    file = csv_file(tmp_path, ",gift,2026-11-01T10:00,5,@a,", ",gift,2026-11-01T10:00Z,5,@a,")
    transfer.import_file(ledger, file, zone="Asia/Tokyo", now=now)
    assert [entry.at.hour for entry in make.all_entries(ledger)] == [1, 10]


def test_a_cancelled_import_writes_nothing(people: Ledger, tmp_path: Path, now: datetime) -> None:
    make_ledger.write(tmp_path / "made.csv", make_ledger.rows_of(3000, 5))
    calls: list[int] = []
    with pytest.raises(Refusal) as refused:
        transfer.import_file(
            people,
            tmp_path / "made.csv",
            now=now,
            progress=lambda done, total: calls.append(done * 100 // total),
            cancelled=lambda: len(calls) > 1,
        )
    assert codes(refused.value) == [("", "cancelled", None)]
    assert calls == sorted(calls)
    assert make.all_entries(people) == []


def test_an_import_raises_each_alert_once(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    profile = household.profile(ledger, "Mia")
    limits.add(ledger, profile_id=profile.id, measure="coins", period="month", amount_text="20", now=now)
    file = csv_file(tmp_path, *[f",gift,2026-11-{day:02d},5,@a," for day in range(1, 7)])
    done = transfer.import_file(ledger, file, now=now)
    assert [(alert.level.value, alert.used) for alert in done.alerts] == [("BREACHED", 30)]
    assert transfer.import_file(ledger, file, now=now).alerts == ()


def test_the_quick_text_of_an_entry_is_the_text_of_its_draft(ledger: Ledger, now: datetime) -> None:
    bought = record.add(ledger, make.purchase(at="2026-10-25T02:30", currency="USD", note='a,"b";c'), now=now)
    record.add(ledger, make.purchase(at="2026-03-29", charged="4.00", currency="USD", order_ref="=1"), now=now)
    record.add(ledger, make.refund(bought.entries[0], paid="1.00", at="2026-10-26T23:59:59"), now=now)
    record.add(ledger, make.gift(creator="@=cmd", at="2026-03-29T03:00"), now=now)
    record.add(ledger, make.adjustment(coins="-5", reason="correction"), now=now)
    record.add(ledger, make.purchase(at="2027-02-01", planned="1"), now=now)
    record.void(ledger, [bought.entries[0]], now=now)
    rows = list(csv.DictReader(io.StringIO(exported(ledger).decode(), newline="")))
    profile = household.profile(ledger, "Mia")
    drafts = {entry.id: draft_of(entry, profile) for entry in make.all_entries(ledger)}
    assert len(rows) == 6
    for row in rows:
        assert row == {name: getattr(drafts[row["id"]], name) for name in COLUMNS}  # type: ignore[index]


@pytest.mark.parametrize("sign", [".", ",", "\u066b"])
def test_the_spreadsheet_form_runs_nothing_and_is_undone(
    ledger: Ledger, tmp_path: Path, now: datetime, sign: str
) -> None:
    record.add(ledger, make.purchase(order_ref="=1+1", note="+49 30", at="2026-11-01T23:30"), now=now)
    record.add(ledger, make.gift(creator="@-evil", gift="@SUM(A1)", note="'quoted"), now=now)
    record.add(ledger, make.adjustment(coins="-5", reason="other-use", note="\uff1d1"), now=now)
    text = exported(ledger, form="spreadsheet", style=NumberStyle(decimal=sign))
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(
        csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), delimiter=";" if sign == "," else ",")
    )
    assert [row["at"] for row in rows] == ["2026-11-01", "2026-11-22", "2026-11-22"]
    assert (rows[0]["amount"], rows[0]["paid"]) == (f"5{sign}29", f"5{sign}29")
    assert rows[1]["true_cost"] == f"1{sign}51"
    for row in rows:
        assert row["form"] == "spreadsheet"
        assert not [
            cell for name, cell in row.items() if cell[:1] in tuple("=+-@\t\r\uff1d") and name != "coins" and cell
        ]
    (tmp_path / "sheet.csv").write_bytes(text)
    assert transfer.import_file(ledger, tmp_path / "sheet.csv", now=now).duplicates == 3
    other = open_ledger(None, now=now, create=True)
    household.add_profile(other, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    transfer.import_file(other, tmp_path / "sheet.csv", now=now)
    assert exported(other) == exported(ledger)
    other.close()


def test_an_export_is_private_and_replaces_its_target_whole(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    record.add(ledger, make.gift(), now=now)
    target = tmp_path / "out.csv"
    target.write_text("old")
    target.chmod(0o644)
    assert transfer.export_entries(ledger, target) == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_bytes() == exported(ledger)
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_cancelled_export_leaves_the_old_file(people: Ledger, tmp_path: Path, now: datetime) -> None:
    make_ledger.write(tmp_path / "made.csv", make_ledger.rows_of(6000, 2))
    transfer.import_file(people, tmp_path / "made.csv", now=now)
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(Refusal):
        transfer.export_entries(people, target, cancelled=lambda: True)
    assert target.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"made.csv", "out.csv"}


def test_an_export_is_not_written_over_the_ledger_a_folder_or_into_none(file_ledger: Ledger, tmp_path: Path) -> None:
    assert file_ledger.path is not None
    for target, code in (
        (file_ledger.path, "is_the_ledger"),
        (tmp_path, "is_a_folder"),
        (tmp_path / "none" / "out.csv", "no_such_folder"),
        (Path("/dev/null"), "not_a_file"),
    ):
        with pytest.raises(Refusal) as refused:
            transfer.export_entries(file_ledger, target)
        assert refused.value.problems[0].code == code


def test_an_export_takes_both_days_and_one_profile(people: Ledger, tmp_path: Path, now: datetime) -> None:
    make_ledger.write(tmp_path / "made.csv", make_ledger.rows_of(2000, 2))
    transfer.import_file(people, tmp_path / "made.csv", now=now)
    ben = household.profile(people, "Ben")
    day = now.replace(year=2024, month=2, day=29).date()
    rows = csv.DictReader(io.StringIO(exported(people, profile_ids=[ben.id], from_on=day, to_on=day).decode()))
    assert {(row["profile"], row["at"][:10]) for row in rows} == {("Ben", "2024-02-29")}


def test_the_first_lines_are_those_of_the_export(ledger: Ledger, now: datetime) -> None:
    for number in range(8):
        record.add(ledger, make.gift(note=f"note {number}"), now=now)
    lines = transfer.first_lines(ledger, style=NumberStyle(decimal=","))
    assert len(lines) == 6
    assert lines[0][:3] == ("id", "kind", "at")
    assert len(transfer.first_lines(ledger, what="summary", form="exact")) == 2


def test_frozen_rates_come_back_to_the_same_cent(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    record.add(ledger, make.purchase(currency="USD", paid="9.99", at="2026-03-03"), now=now)
    (tmp_path / "out.csv").write_bytes(exported(ledger))
    other = open_ledger(None, now=now, create=True)
    household.add_profile(other, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    transfer.import_file(other, tmp_path / "out.csv", now=now)
    (first,), (second,) = make.all_entries(ledger), make.all_entries(other)
    assert isinstance(first, Purchase)
    assert isinstance(second, Purchase)
    assert (first.converted_minor, first.rate) == (second.converted_minor, second.rate)
    other.close()


def test_a_file_name_may_hold_bytes_that_are_no_text(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    csv_file(tmp_path, "x1,gift,2026-11-01,5,@a,Rose").rename(path)
    assert transfer.import_file(ledger, path, now=now).count == 1
