"""Options of an import that answer wrongly, or say what the file has nothing of."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services import test_store_refunds, test_store_rows, tiktok_files

COIN = ("2026-05-14 21:03:11", "Recharge", 350)
SAID = ("--time-zone", "UTC", "--type", "Recharge=bought")


def export(folder: Path, name: str = "a.json", at: str = COIN[0]) -> str:
    return str(tiktok_files.write(folder / name, coins=[(at, *COIN[1:])]))


def entries(mia: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(mia("export", "entries").out)))


@pytest.mark.parametrize("price", ["3,70", "$0.25", "0", "-1", "3.705"])
@pytest.mark.parametrize("coins", ["350", "20"])
def test_a_price_that_cannot_be_read_is_the_options_fault_and_no_rows(
    mia: Run, tmp_path: Path, price: str, coins: str
) -> None:
    refused = mia(
        "import", export(tmp_path), *SAID, "--currency", "EUR", "--paid", f"{coins}={price}", "--skip-problems"
    )
    assert refused.status == 2
    assert "--paid" in refused.err
    assert f"{coins}={price}" in refused.err
    assert "350=3.70" in refused.err
    assert entries(mia) == []


def test_the_example_of_a_price_has_the_decimals_of_its_currency(mia: Run, tmp_path: Path) -> None:
    assert "350=370;" not in mia("import", export(tmp_path), *SAID, "--currency", "EUR", "--paid", "350=x").err
    assert "350=370." in mia("import", export(tmp_path), *SAID, "--currency", "JPY", "--paid", "350=x").err


def test_options_that_say_nothing_of_the_file_are_told_and_refuse_nothing(mia: Run, tmp_path: Path) -> None:
    words = (
        *("import", export(tmp_path), *SAID, "--currency", "EUR", "--paid", "350=3.70", "--paid", "20=0.25"),
        *("--gift-amount", "coins", "--type", "Reward=ignore", "--column", "Wem=creator", "--kind", "gifts"),
    )
    unused = ["--gift-amount", "--type Reward", "--paid 20", "--kind", "--column Wem"]
    looked = mia(*words, "--dry-run")
    assert looked.status == 0
    assert looked.err == f"coinbudget: Nothing in this file needed these: {', '.join(unused)}.\n"
    told = mia(*words, "--json")
    assert (told.status, told.document["unused_options"], told.document["error"]) == (0, unused, None)
    assert [entry["paid"] for entry in entries(mia)] == ["3.70"]


def test_options_that_a_file_takes_up_are_not_told(mia: Run, tmp_path: Path) -> None:
    file = str(tiktok_files.write(tmp_path / "a.json", coins=[COIN], gifts=[("2026-05-14 21:09:40", 1, "a")]))
    words = (*SAID, "--currency", "EUR", "--paid", "350=3.70", "--gift-amount", "coins")
    done = mia("import", file, *words)
    assert (done.status, done.err) == (0, "")
    mine = tmp_path / "mine.csv"
    mine.write_text("when,n,to\n03/04/2026,5,luna\n", encoding="utf-8")
    done = mia("import", str(mine), "--kind", "gifts", "--date-order", "dmy", "--column", "n=coins")
    assert (done.status, done.err) == (0, "")


def test_any_purchase_that_a_row_may_be_can_be_named(mia: Run, tmp_path: Path) -> None:
    for at in ("2026-05-14T21:03:00Z", "2026-05-14T21:12:00Z"):
        mia("add", "purchase", "--coins", "350", "--paid", "3.70", "--currency", "EUR", "--at", at)
    _, farther = (one["id"] for one in entries(mia))
    done = mia("import", export(tmp_path), *SAID, "--pair", f"1={farther}", "--json").document
    assert (done["paired"], done["new"], done["pairs"][0]["entries"]) == (1, 0, [farther])


@pytest.mark.parametrize("coins", ["350", "70"])
def test_a_row_that_cannot_be_the_purchase_named_is_a_problem_and_not_new(mia: Run, tmp_path: Path, coins: str) -> None:
    mia("add", "purchase", "--coins", coins, "--paid", "3.70", "--currency", "EUR", "--at", "2026-05-01T21:03:00Z")
    (one,) = entries(mia)
    refused = mia("import", export(tmp_path), *SAID, "--pair", f"1={one['id']}", "--json")
    assert (refused.status, refused.document["problems"][0]["code"]) == (2, "pair_not_possible")
    assert len(entries(mia)) == 1


def test_what_the_file_says_itself_needs_no_option_and_that_is_told(mia: Run, tmp_path: Path) -> None:
    store = str(test_store_refunds.google(tmp_path / "g.json", {"GPA.1": 0}))
    general = ("--time-zone", "UTC", "--currency", "EUR", "--channel", "web")
    assert mia("import", store, *general, "--dry-run").err.endswith("--time-zone, --channel, --currency.\n")
    sheet = tmp_path / "mine.csv"
    sheet.write_text("date,coins,price,channel\n2026-05-14,350,3.70 EUR,web\n", encoding="utf-8")
    forms = ("--date-order", "dmy", "--decimal", "comma", "--kind", "purchase")
    told = mia("import", str(sheet), *general[2:], *forms, "--dry-run").err
    assert told.endswith("--channel, --currency, --date-order, --decimal.\n")
    ledger = tmp_path / "ledger.csv"
    mia("add", "gift", "@luna", "--coins", "5", "--at", "2026-05-14T10:00:00Z")
    ledger.write_text(mia("export", "entries").out, encoding="utf-8")
    assert mia("import", str(ledger), *general[2:], "--dry-run").err.endswith("--channel, --currency.\n")


def test_what_an_option_answers_is_not_told(mia: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "mine.csv"
    sheet.write_text("date,coins,price\n03.04.2026 10:00,350,3.70\n", encoding="utf-8")
    said = ("--kind", "purchase", "--currency", "EUR", "--channel", "web", "--date-order", "dmy", "--time-zone", "UTC")
    assert mia("import", str(sheet), *said, "--dry-run").err == ""
    slashed = str(
        test_store_refunds.apple(tmp_path / "a.csv", [("MA1", "1", "$3.70", "")], at="03/04/2026", currency="")
    )
    assert mia("import", slashed, "--date-order", "dmy", "--currency", "USD", "--dry-run").err == ""


def test_a_pair_that_nothing_depended_on_is_told(mia: Run, tmp_path: Path) -> None:
    done = mia("import", export(tmp_path), *SAID, "--pair", "1=new")
    assert (done.status, done.err) == (0, "coinbudget: Nothing in this file needed these: --pair 1.\n")
    again = mia("import", export(tmp_path), *SAID, "--pair", "1=new", "--dry-run")
    assert again.err == done.err
    mia("add", "purchase", "--coins", "70", "--paid", "0.80", "--currency", "EUR", "--at", "2026-05-15T21:03:00Z")
    near = str(tiktok_files.write(tmp_path / "b.json", coins=[("2026-05-15 21:03:11", "Recharge", 70)]))
    for words in (("--dry-run",), ()):
        assert mia("import", near, *SAID, "--pair", "1=new", *words).err == ""


def test_a_refused_import_tells_idle_options_too(mia: Run, tmp_path: Path) -> None:
    store = str(test_store_refunds.google(tmp_path / "g.json", {"GPA.1": 900}))
    told = mia("import", store, "--channel", "web", "--json")
    assert (told.status, told.document["unused_options"]) == (2, ["--channel"])


def test_earlier_coins_that_are_none_are_told(mia: Run, tmp_path: Path) -> None:
    store = str(test_store_refunds.google(tmp_path / "g.json", {"GPA.1": 0}))
    assert mia("import", store, "--earlier", "app").err.endswith("--earlier.\n")


def test_what_is_there_already_is_said_to_stay(mia: Run, tmp_path: Path) -> None:
    price = ("--currency", "EUR", "--paid", "350=3.70")
    assert "stays" not in mia("import", export(tmp_path), *SAID, *price).out
    assert "stays" in mia("import", export(tmp_path), *SAID, "--currency", "EUR", "--paid", "350=9.99").out


def test_names_are_told_as_they_were_written(mia: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "mine.csv"
    sheet.write_text("Date,Coins,Price\n2026-05-14,350,3.70 EUR\n", encoding="utf-8")
    assert "“Nope”" in mia("import", str(sheet), "--column", "Nope=note").err
    nameless = str(tiktok_files.write(tmp_path / "b.json", coins=[("2026-05-15 21:03:11", "", 70)]))
    asked = mia("import", nameless, "--time-zone", "UTC").err
    assert "without a kind" in asked
    assert mia("import", nameless, "--time-zone", "UTC", "--type", "=bought").status == 0
    twice = str(tiktok_files.write(tmp_path / "c.json", coins=[COIN, COIN]))
    assert mia("import", twice).err.count(COIN[0]) == 1


def test_a_pair_says_what_the_ledger_keeps_though_the_row_says_otherwise(mia: Run, tmp_path: Path) -> None:
    mia("add", "purchase", "--coins", "350", "--paid", "3.70", "--currency", "EUR", "--at", "2026-05-14T21:02:00Z")
    words = (export(tmp_path), *SAID, "--currency", "EUR", "--paid", "350=3.99", "--dry-run")
    assert (
        mia("import", *words)
        .out.splitlines()[1]
        .endswith("(minutes apart, coins or price the same); the ledger keeps 3.70 EUR")
    )
    keeps = {"coins": None, "paid": "3.70", "currency": "EUR"}
    assert mia("import", *words, "--json").document["pairs"][0]["keeps"] == keeps
    by_day = str(tiktok_files.write(tmp_path / "d.json", coins=[("2026-05-20 21:03:11", "Recharge", 70)]))
    mia("add", "purchase", "--coins", "70", "--paid", "0.80", "--currency", "EUR", "--at", "2026-05-20")
    assert "(the same day, coins or price the same)" in mia("import", by_day, *SAID, "--dry-run").out
    same = (*words[:-2], "350=3.70", "--dry-run")
    assert "keeps" not in mia("import", *same).out


@pytest.mark.parametrize(("price", "currency"), [("¥1,200", "JPY"), ("1,200", "JPY"), ("kr 1.200", "ISK")])
def test_a_price_that_only_its_currency_makes_readable_is_asked_about(
    mia: Run, tmp_path: Path, price: str, currency: str
) -> None:
    google = str(test_store_rows.order(tmp_path / "g.json", test_store_rows.PACKAGES[:1], totalPrice=price))
    apple = str(test_store_refunds.apple(tmp_path / "a.csv", [("MA1", "1", price, "")], currency=""))
    for file in (google, apple):
        asked = mia("import", file, "--json").document
        assert [(one["code"], one["examples"]) for one in asked["questions"]] == [("currency", [price])]
        done = mia("import", file, "--currency", currency)
        assert (done.status, done.err) == (0, "")
    assert {entry["paid"] for entry in entries(mia)} == {"1200"}


def test_a_currency_that_the_price_column_names_itself_is_told_as_not_needed(mia: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("Date,Coins,Price USD\n2026-05-14,350,3.70\n", encoding="utf-8")
    assert mia("import", str(file), "--format", "sheet", "--currency", "EUR").err.endswith(": --currency.\n")
    assert [(entry["paid"], entry["currency"]) for entry in entries(mia)] == [("3.70", "USD")]


def test_what_would_be_refunded_is_told_where_it_changes(mia: Run, tmp_path: Path) -> None:
    assert mia("import", str(test_store_refunds.google(tmp_path / "1.json", {"GPA.1": 0}))).status == 0
    told = mia("import", str(test_store_refunds.google(tmp_path / "2.json", {"GPA.1": 100})), "--dry-run").out
    assert "Mia: 3.70 -> 3.70 EUR spent, 0.00 -> 1.00 EUR refunded, 350 -> 350 coins bought" in told
    told = mia("import", str(test_store_refunds.google(tmp_path / "3.json", {"GPA.1": 0, "GPA.2": 0})), "--dry-run").out
    assert "7.40 EUR spent" in told
    assert "refunded" not in told


@pytest.mark.parametrize(
    ("head", "row", "idle"),
    [
        ("date,coins,price", "2026-05-14,350,3.70 EUR", ["--time-zone"]),
        ("date,coins,price", "2026-05-14T10:00:00+02:00,350,3.70 EUR", ["--time-zone"]),
        ("date,coins,price", "2026-05-14T10:00:00Z,350,3.70 EUR", ["--time-zone"]),
        ("date,coins,price", "14.05.2026 10:00,350,3.70 EUR", []),
        ("date,time,coins,price", "2026-05-14,10:00,350,3.70 EUR", []),
        ("date,coins,price,type", "2026-05-14 10:00,350,3.70 EUR,purchase", ["--kind"]),
        ("date,coins,price,type", "2026-05-14 10:00,350,3.70 EUR,", []),
    ],
)
def test_a_zone_or_a_kind_that_no_row_of_a_sheet_needs_is_told(
    mia: Run, tmp_path: Path, head: str, row: str, idle: list[str]
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(f"{head}\n{row}\n", encoding="utf-8")
    said = ("--format", "sheet", "--kind", "purchase", "--time-zone", "UTC", "--json")
    assert mia("import", str(file), *said).document["unused_options"] == idle


@pytest.mark.parametrize(
    ("at", "zone", "idle"),
    [
        *(("2026-05-14T10:00:00Z", "", True), ("2026-05-14T10:00:00", "UTC", True), ("2026-05-14", "", True)),
        ("2026-05-14T10:00:00", "", False),
    ],
)
def test_a_zone_that_no_time_of_a_ledger_csv_needs_is_told(
    mia: Run, tmp_path: Path, at: str, zone: str, *, idle: bool
) -> None:
    file = tmp_path / "ledger.csv"
    file.write_text(f"kind,at,zone,coins,creator\ngift,{at},{zone},5,@luna\n", encoding="utf-8")
    told = mia("import", str(file), "--time-zone", "Europe/Paris", "--json").document["unused_options"]
    assert told == (["--time-zone"] if idle else [])
