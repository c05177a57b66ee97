import contextlib
import csv
import io
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from coinbudget.cli.terminal import shortened
from coinbudget.domain.drafts import COLUMNS
from tests.cli.conftest import NOW, Run, program

pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture
def at_now() -> Iterator[None]:
    """A fixed clock: Sunday 22 November 2026, 22:30 in Berlin."""
    with time_machine.travel(NOW, tick=False):
        yield


def test_adding_says_the_entry_under_the_columns_of_the_file(mia: Run) -> None:
    said = mia("add", "purchase", "--paid", "5.29", "--currency", "eur", "--coins", "350", "--channel", "WEB", "--json")
    entry = said.document["entry"]
    assert list(entry) == [*COLUMNS, "converted", "cost", "cost_unknown_coins"]
    assert (entry["paid"], entry["currency"], entry["channel"], entry["converted"]) == ("5.29", "EUR", "web", "5.29")
    gift = mia("add", "gift", "Rose", "--creator", "@bob", "--quantity", "10", "--json").document["entry"]
    assert (gift["coins"], gift["cost"], gift["cost_unknown_coins"]) == ("10", "0.15", 0)
    assert gift["at"] == "2026-11-22T22:30:00+01:00"


def test_an_entry_is_found_by_id_by_its_start_and_by_order_number(mia: Run) -> None:
    bought = mia(
        *("add", "purchase", "--paid", "5.29", "--currency", "EUR", "--coins", "350", "--order-ref", "GPA.1", "--json")
    ).document["entry"]
    assert mia("void", bought["id"][:8]).status == 0
    assert mia("unvoid", "GPA.1").status == 0
    back = mia("add", "refund", bought["id"], "--paid", "1.00", "--json").document["entry"]
    assert (back["refers_to"], back["coins"], back["converted"]) == (bought["id"], "", "1.00")
    rest = mia("add", "refund", "GPA.1", "--json").document["entry"]
    assert (rest["paid"], rest["coins"]) == ("4.29", "350")
    assert mia("void", bought["id"][:3]).status == 2
    voided = mia("void", "GPA.1")
    assert "2 refunds of it too." in voided.out


def test_planned_purchases_and_dates_alone_are_kept_as_such(mia: Run) -> None:
    later = mia("add", "purchase", "--paid", "9", "--currency", "EUR", "--at", "2026-12-01", "--planned", "--json")
    assert (later.document["entry"]["planned"], later.document["entry"]["at"]) == ("1", "2026-12-01")
    assert mia("add", "purchase", "--paid", "9", "--currency", "EUR", "--at", "2026-12-01").status == 2


def test_status_and_limit_list_say_the_same(mia: Run) -> None:
    mia("limit", "add", "--measure", "money", "--period", "week", "--amount", "12")
    mia("limit", "add", "--measure", "coins", "--period", "day", "--amount", "100", "--cap")
    mia("add", "purchase", "--paid", "5.29", "--currency", "EUR", "--coins", "350")
    status, listed = mia("status", "--json").document, mia("limit", "list", "--json").document
    assert status == listed
    money, coins = status["limits"]
    assert list(money) == [
        *("id", "profile", "measure", "period", "scope", "cap", "amount", "currency", "used", "gross", "planned"),
        *("left", "level", "judged", "window_start", "window_end", "binding"),
    ]
    assert (money["amount"], money["used"], money["left"], money["currency"]) == ("12.00", "5.29", "6.71", "EUR")
    assert (coins["amount"], coins["used"], coins["currency"], coins["cap"]) == ("100", "0", None, True)
    assert (money["window_start"], money["window_end"]) == ("2026-11-16T00:00:00+01:00", "2026-11-23T00:00:00+01:00")
    human = mia("status").out
    assert "12.00 EUR a week" in human
    assert "logged up to 2026-11-22 22:30" in human


def test_periods_that_are_over_are_summed_up_in_one_line(mia: Run) -> None:
    mia("limit", "add", "--measure", "money", "--period", "week", "--amount", "1")
    said = mia("add", "purchase", "--paid", "5.29", "--currency", "EUR", "--at", "2026-11-03").out
    assert "1 past period was over its limit.\n" in said
    assert "(a period that is over)" in said
    mia("limit", "add", "--measure", "money", "--period", "month", "--amount", "1")
    assert (
        "2 past periods were over their limits.\n"
        in mia("add", "purchase", "--paid", "5.29", "--currency", "EUR", "--at", "2026-10-03").out
    )


def test_a_limit_is_changed_and_removed(mia: Run) -> None:
    mia("limit", "add", "--measure", "money", "--period", "week", "--amount", "12")
    changed = mia("limit", "change", "1", "--amount", "10.50", "--json").document["limits"]
    assert [limit["amount"] for limit in changed] == ["10.50"]
    assert mia("limit", "change", "1").status == 2
    assert mia("limit", "remove", "1", "--json").document == {"removed": 1}
    assert mia("status", "--json").document["limits"] == []
    assert mia("limit", "remove", "1").status == 2


def test_what_if_shows_the_state_after_and_saves_nothing(mia: Run, data: Path) -> None:
    mia("limit", "add", "--measure", "money", "--period", "week", "--amount", "12")
    before = data.read_bytes()
    after = mia("what-if", "purchase", "--paid", "15", "--currency", "EUR", "--json").document["limits"]
    assert [(limit["used"], limit["left"], limit["level"]) for limit in after] == [("15.00", "-3.00", "BREACHED")]
    assert data.read_bytes() == before
    assert mia("status", "--json").document["limits"][0]["used"] == "0.00"


def test_recording_never_fails_because_a_limit_is_passed(mia: Run) -> None:
    mia("limit", "add", "--measure", "money", "--period", "week", "--amount", "0")
    said = mia("add", "purchase", "--paid", "15", "--currency", "EUR", "--json")
    assert said.status == 0
    (alert,) = said.document["alerts"]
    assert (alert["level"], alert["threshold"], alert["used"], alert["amount"]) == ("BREACHED", None, "15.00", "0.00")


def test_convert_names_basis_and_date(mia: Run) -> None:
    mia(
        "add",
        "purchase",
        "--paid",
        "7",
        "--currency",
        "EUR",
        "--coins",
        "350",
        "--channel",
        "web",
        "--at",
        "2026-11-02",
    )
    found = mia("convert", "350", "--json").document
    assert (found["amount"], found["currency"], found["region"], found["channel"], found["as_of"]) == (
        *("7.00", "EUR", "DE", "web"),
        "2026-11-02",
    )
    assert mia("convert", "350", "--region", "AQ").status == 2


def test_with_several_profiles_one_must_be_named(mia: Run) -> None:
    mia(
        "profile",
        "add",
        "Leo",
        "--region",
        "FR",
        "--currency",
        "EUR",
        "--time-zone",
        "Europe/Paris",
        "--birth-year",
        "2013",
    )
    refused = mia("add", "gift", "Rose", "--creator", "a")
    assert (refused.status, "Leo, Mia" in refused.err) == (2, True)
    assert mia("limit", "add", "--measure", "coins", "--period", "day", "--amount", "5").status == 2
    assert mia("what-if", "gift", "Rose", "--creator", "a").status == 2
    assert mia("add", "gift", "Rose", "--creator", "a", "--profile", " leo ").status == 0
    assert mia("status", "--profile", "Leo").status == 0
    names = [profile["name"] for profile in mia("profile", "list", "--json").document["profiles"]]
    assert names == ["Mia", "Leo"]


def test_import_says_new_duplicates_and_problems(mia: Run, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("kind,at,coins,creator\ngift,2026-11-01,5,a\ngift,2026-11-01,x,a\n")
    dry = mia("import", str(file), "--dry-run", "--json")
    assert (dry.status, dry.document["new"], dry.document["batch"]) == (2, 1, None)
    refused = mia("import", str(file), "--json")
    assert refused.status == 2
    told = refused.document
    assert (told["new"], told["duplicates"], told["problem_count"], told["batch"]) == (0, 0, 1, None)
    message = "This is not a number."
    assert told["problems"] == [{"list": None, "row": 3, "field": "coins", "code": "not_a_number", "message": message}]
    assert told.keys() == dry.document.keys()
    assert refused.err == "coinbudget: row 3, coins: This is not a number.\n"
    done = mia("import", str(file), "--skip-problems", "--json").document
    assert (done["new"], done["duplicates"], len(done["problems"]), done["batch"] is None) == (1, 0, 1, False)
    assert done.keys() == told.keys()
    again = mia("import", str(file), "--skip-problems", "--json").document
    assert (again["new"], again["duplicates"], again["batch"]) == (0, 1, None)


def test_a_file_with_only_a_header_is_nothing_new(mia: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("kind,at\n")
    assert mia("import", str(tmp_path / "in.csv"), "--json").document["new"] == 0


def test_exports_go_to_a_private_file(mia: Run, tmp_path: Path) -> None:
    mia("add", "gift", "Rose", "--creator", "\u00e9ve")
    target = tmp_path / "out.csv"
    assert mia("export", "entries", "-o", str(target), "--json").document == {"file": str(target), "rows": 1}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    (row,) = csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"), newline=""))
    assert (row["creator"], row["gift"]) == ("\u00e9ve", "Rose")
    assert mia("export", "entries", "--json").status == 2
    sheet = tmp_path / "sheet.csv"
    assert mia("export", "summary", "--by", "month,creator", "--form", "spreadsheet", "-o", str(sheet)).status == 0
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")


def test_verify_answers_one_when_something_is_wrong(mia: Run, data: Path) -> None:
    mia("add", "gift", "Rose", "--creator", "a")
    assert mia("verify", "--json").document == {"ok": True, "problems": []}
    with sqlite3.connect(data) as connection:
        connection.execute("UPDATE day_total SET gifts = gifts + 1")
    connection.close()
    said = mia("verify", "--json")
    assert (said.status, said.document["ok"], len(said.document["problems"])) == (1, False, 1)


def test_a_backup_is_restored(mia: Run, tmp_path: Path) -> None:
    mia("add", "gift", "Rose", "--creator", "a")
    copy = str(tmp_path / "copy.db")
    assert mia("backup", copy).status == 0
    assert mia("backup", copy).status == 2
    assert mia("backup", copy, "--force").status == 0
    mia("add", "gift", "Rose", "--creator", "b")
    assert mia("restore", copy).status == 0
    assert mia("export", "entries", "-o", str(tmp_path / "out.csv"), "--json").document["rows"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("limit", "confirm", "1"),
        ("limit", "cancel", "1"),
        ("export", "bundle"),
        ("convert", "--money", "5"),
        ("limit", "add", "--measure", "cost", "--period", "day", "--amount", "5"),
        ("limit", "add", "--measure", "money", "--period", "day", "--amount", "5", "--channel", "web"),
        ("limit", "add", "--measure", "coins", "--period", "day", "--amount", "5", "--creator", "@a"),
    ],
)
def test_what_is_not_built_yet_says_so(mia: Run, words: tuple[str, ...]) -> None:
    said = mia(*words)
    assert said.status == 2
    assert "not available yet" in said.err


def test_without_a_display_the_window_names_the_text_commands(mia: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    for words in ((), ("demo",)):
        said = mia(*words)
        assert (said.status, said.out) == (2, "")
        assert "--help" in said.err


def test_a_number_out_of_bounds_is_one_sentence_for_convert_too(mia: Run) -> None:
    for coins in ("100000001", "0", "-5", "1.5", "x"):
        said = mia("convert", coins)
        assert (said.status, said.err.count("\n")) == (2, 1)
        assert said.err.startswith("coinbudget: --coins: ")


def test_import_takes_the_profile_for_rows_that_name_none(mia: Run, tmp_path: Path) -> None:
    mia("profile", "add", "Tom", "--region", "US", "--currency", "USD", "--time-zone", "America/New_York")
    file = tmp_path / "gifts.csv"
    file.write_text("kind,at,creator,coins,profile\ngift,2026-11-01,x,5,\ngift,2026-11-02,x,5,Mia\n", encoding="utf-8")
    assert mia("import", str(file)).status == 2
    nobody = mia("import", str(file), "--profile", "nobody", "--json")
    assert (nobody.status, nobody.document["problems"][0]["code"]) == (2, "unknown_profile")
    assert mia("import", str(file), "--profile", "tom", "--dry-run", "--json").document["new"] == 2
    assert mia("import", str(file), "--profile", "tom", "--json").document["new"] == 2
    mia("export", "entries", "-o", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as text:
        assert [row["profile"] for row in csv.DictReader(text)] == ["Tom", "Mia"]


@pytest.mark.parametrize("typed", ["@ @luna", "@@luna", " @\N{NO-BREAK SPACE}luna ", "\N{FULLWIDTH COMMERCIAL AT}luna"])
def test_a_handle_is_kept_without_at_so_that_its_export_is_a_duplicate(mia: Run, tmp_path: Path, typed: str) -> None:
    gift = mia("add", "gift", "Rose", "--creator", typed, "--json").document["entry"]
    assert gift["creator"] == "luna"
    mia("export", "entries", "-o", str(tmp_path / "out.csv"))
    again = mia("import", str(tmp_path / "out.csv"), "--json").document
    assert (again["new"], again["duplicates"]) == (0, 1)


def test_a_measure_or_period_left_out_must_be_given(mia: Run) -> None:
    for words in (("--period", "day"), ("--measure", "money")):
        assert mia("limit", "add", *words, "--amount", "5").err.endswith(": This must be given.\n")


def test_voiding_twice_says_so(mia: Run) -> None:
    bought = mia("add", "purchase", "--paid", "5", "--currency", "EUR", "--json").document["entry"]
    mia("void", bought["id"])
    assert mia("void", bought["id"]).err == "coinbudget: This entry is voided already.\n"


def test_a_provisional_rate_is_marked_with_its_date(mia: Run) -> None:
    late = mia("add", "purchase", "--paid", "9.99", "--currency", "USD")
    assert " EUR (provisional, rate of 20" in late.out
    assert "provisional" not in mia("add", "purchase", "--paid", "9.99", "--currency", "USD", "--at", "2026-03-02").out


def test_an_empty_file_that_becomes_a_ledger_is_private(run: Run, data: Path) -> None:
    data.parent.mkdir()
    data.touch(0o644)
    data.chmod(0o644)
    done = run("profile", "add", "Mia", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin")
    assert done.status == 0
    assert stat.S_IMODE(data.stat().st_mode) == 0o600


def test_restore_leaves_a_folder_and_a_foreign_file_and_names_them(mia: Run, data: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE x (a)")
        other.commit()
    before = foreign.read_bytes()
    said = mia("--data", str(foreign), "restore", str(data))
    assert (said.status, said.err) == (
        2,
        f"coinbudget: {shortened(str(foreign))} belongs to another program; it was left untouched.\n",
    )
    assert foreign.read_bytes() == before
    assert mia("--data", str(tmp_path), "restore", str(data)).err == (
        f"coinbudget: {shortened(str(tmp_path))} is a folder, not a ledger file.\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_refused_stays_two_when_nobody_can_read_why(data: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        assert program("nonsense", data=data, capture_output=False, stdout=full, stderr=full).returncode == 2


def test_prices_of_the_catalogue_need_no_ledger_and_make_none(run: Run, data: Path) -> None:
    said = run("convert", "70", "--region", "US", "--json")
    assert (said.document["amount"], said.document["currency"], said.document["as_of"]) == ("0.74", "USD", "2024-04-30")
    assert not data.exists()
    assert run("convert", "70").status == 2
    assert run("convert", "70", "--region", "US", "--profile", "Nobody").status == 2
