"""The command line brings other sources in: answers by options, questions in one line."""

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services import test_store_refunds, tiktok_files

DATA = Path(__file__).parents[1] / "data"
EXPORT = str(DATA / "tiktok" / "e3.json")
ANSWERS = (
    *("--time-zone", "UTC", "--gift-amount", "coins", "--currency", "EUR"),
    *("--type", "Recharge=bought", "--type", "Reward=ignore"),
)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ((), "--time-zone"),
        (ANSWERS[:2], "--gift-amount"),
        (ANSWERS[:4], "--currency"),
        (ANSWERS[:6], "--type"),
        (ANSWERS[:8], "Reward"),
    ],
)
def test_what_is_not_answered_is_asked_in_one_line(mia: Run, words: tuple[str, ...], option: str) -> None:
    said = mia("import", EXPORT, *words)
    assert said.status == 2
    assert said.err.count("\n") == 1
    assert option in said.err
    assert said.out == ""


def test_an_export_comes_in_with_answers_and_again_adds_nothing(mia: Run) -> None:
    looked = mia("import", EXPORT, *ANSWERS, "--dry-run", "--json")
    assert looked.status == 0
    done = json.loads(mia("import", EXPORT, *ANSWERS, "--json").out)
    assert (done["new"], done["problems"]) == (13, [])
    assert json.loads(looked.out)["new"] == 13
    again = json.loads(mia("import", EXPORT, *ANSWERS, "--json").out)
    assert (again["new"], again["duplicates"], again["batch"]) == (0, 13, None)


@pytest.mark.parametrize(
    "words",
    [
        ("--gift-amount", "roses"),
        ("--currency", "XXQ"),
        ("--type", "Recharge"),
        ("--type", "Recharge=maybe"),
        ("--format", "word"),
        ("--mapping", "none"),
        ("--time-zone", "Mars"),
        ("--format", "google-takeout"),
    ],
)
def test_a_wrong_answer_is_one_sentence_and_nothing_is_written(mia: Run, words: tuple[str, ...]) -> None:
    said = mia("import", EXPORT, *words)
    assert said.status == 2
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


def test_store_histories_need_no_answers(mia: Run) -> None:
    apple = mia("import", str(DATA / "apple"), "--json")
    assert json.loads(apple.out)["new"] == 5
    google = mia("import", str(DATA / "google"), "--skip-problems", "--json")
    assert json.loads(google.out)["new"] == 6


def test_a_sheet_without_a_mapping_says_what_is_missing(mia: Run) -> None:
    said = mia("import", str(DATA / "sheets" / "ambiguous.csv"), "--format", "sheet")
    assert said.status == 2
    assert "day first" in said.err


def entries(mia: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(mia("export", "entries", "-o", "-").out.removeprefix("\ufeff"))))


def sheet(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("text", "option", "answer"),
    [
        ("Datum;Münzen;Empfänger\n03.04.2026;5;a\n04.05.2026;7;b\n", "--date-order", "dmy"),
        ("Datum;Preis\n13.04.2026;1.234\n14.05.2026;2.345\n", "--decimal", "comma"),
        ("Datum;Münzen\n13.04.2026;5\n", "--kind", "purchase"),
        ("Datum;Betrag\n13.04.2026;3,70\n", "--currency", "EUR"),
        ("A;B;Coins;To\n13.04.2026;14.04.2026;5;a\n14.05.2026;15.05.2026;6;b\n", "--column", "A=date"),
    ],
)
def test_each_question_of_a_sheet_names_the_option_that_answers_it(
    mia: Run, tmp_path: Path, text: str, option: str, answer: str
) -> None:
    file = sheet(tmp_path / "mine.csv", text)
    more = ("--currency", "EUR") if "Preis" in text else ()
    asked = mia("import", file, "--format", "sheet", *more)
    assert (asked.status, asked.err.count("\n")) == (2, 1)
    assert option in asked.err
    done = mia("import", file, "--format", "sheet", *more, option, answer, "--json")
    assert (done.status, done.document["problems"]) == (0, [])
    assert done.document["new"] > 0


@pytest.mark.parametrize(
    "words",
    [
        *(("--date-order", "ydm"), ("--decimal", "dot"), ("--kind", "loan"), ("--encoding", "klingon")),
        *(("--separator", "x"), ("--column", "Coins"), ("--column", "Coins=love"), ("--column", "Other=date")),
        *(("--column", "To=coins"), ("--paid", "350"), ("--paid", "many=3.70", "--currency", "EUR")),
        *(("--column", "To=creator", "--column", "to=note"), ("--column", "To=gift", "--column", "Coins=gift")),
        *(("--pair", "2=new", "--pair", "2=4711"), ("--separator", "|x")),
        *(("--paid", "350=3.70"), ("--pair", "2"), ("--pair", "99=new"), ("--pair", "2=nobody")),
    ],
)
def test_a_wrong_answer_about_a_sheet_is_one_sentence(mia: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    file = sheet(tmp_path / "mine.csv", "Date,Coins,To\n2026-04-13,5,luna\n")
    said = mia("import", file, "--format", "sheet", *words)
    assert (said.status, said.err.count("\n"), said.out) == (2, 1, "")
    assert mia("import", file, "--format", "sheet").status == 0


def test_what_coins_cost_is_said_where_the_file_has_no_price(mia: Run, tmp_path: Path) -> None:
    file = tiktok_files.write(tmp_path / "a.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)])
    words = ("--time-zone", "UTC", "--type", "Recharge=bought", "--currency", "EUR")
    mia("import", str(file), *words, "--paid", "350=3.70", "--json")
    (entry,) = entries(mia)
    assert (entry["coins"], entry["paid"], entry["currency"]) == ("350", "3.70", "EUR")


def test_two_meanings_of_one_kind_are_refused(mia: Run) -> None:
    said = mia("import", EXPORT, "--type", "Recharge=bought", "--type", "recharge=ignore")
    assert (said.status, "two meanings" in said.err) == (2, True)


def test_a_format_that_the_content_is_not_is_refused(mia: Run) -> None:
    said = mia("import", EXPORT, *ANSWERS, "--format", "tiktok-txt")
    assert (said.status, "tiktok-txt" in said.err) == (2, True)


def test_all_questions_are_told_to_a_script(mia: Run) -> None:
    said = mia("import", EXPORT, "--json")
    assert said.status == 2
    asked = [(one["code"], one["option"]) for one in said.document["questions"]]
    assert asked == [
        *(("zone", "--time-zone"), ("gift_amount", "--gift-amount"), ("currency", "--currency")),
        *(("type", "--type"), ("type", "--type")),
    ]


def test_a_problem_says_which_file_and_list_its_row_is_counted_in(mia: Run, tmp_path: Path) -> None:
    gift = ("2026-05-14 21:09:40", 1, "a")
    tiktok_files.write(tmp_path / "old.json", gifts=[gift])
    tiktok_files.write(tmp_path / "new.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)], gifts=[("?", 1, "a")])
    said = mia("import", str(tmp_path), *ANSWERS)
    assert said.err.startswith("coinbudget: new.json, gifts, row 1, at:")
    told = mia("import", str(tmp_path), *ANSWERS, "--json").document["problems"]
    assert [(one["list"], one["row"]) for one in told] == [("new.json, gifts", 1)]


def test_pairs_are_told_with_their_reason_and_totals_before_and_after(mia: Run, tmp_path: Path) -> None:
    file = tiktok_files.write(tmp_path / "a.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)])
    mia("import", str(file), "--time-zone", "UTC", "--type", "Recharge=bought")
    (entry,) = entries(mia)
    orders = str(DATA / "google" / "Order History.json")
    for words in (("--dry-run",), ()):
        told = mia("import", orders, "--skip-problems", *words, "--json").document
        assert told["paired"] == 1
        (pair,) = told["pairs"]
        assert (pair["entries"], pair["reason"], pair["sure"]) == ([entry["id"]], "time_and_amounts", True)
        before, after = told["before"]["Mia"], told["after"]["Mia"]
        assert (before["entries"], before["spent"], before["coins_bought"]) == (1, "0.00", 350)
        assert after["entries"] == 1 + told["new"]
        assert float(after["spent"]) > 3.70


def test_a_row_that_may_be_several_purchases_is_answered_by_its_id(mia: Run, tmp_path: Path) -> None:
    for minute in ("02", "04"):
        at = f"2026-05-14T21:{minute}:11Z"
        mia("add", "purchase", "--coins", "350", "--paid", "3.70", "--currency", "EUR", "--at", at)
    first, second = (one["id"] for one in entries(mia))
    file = tiktok_files.write(tmp_path / "a.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)])
    words = ("import", str(file), "--time-zone", "UTC", "--type", "Recharge=bought")
    asked = mia(*words)
    assert asked.status == 2
    assert first[:8] in asked.err
    assert second[:8] in asked.err
    assert mia(*words, "--pair", f"1={second[:8]}", "--dry-run", "--json").document["paired"] == 1
    done = mia(*words, "--pair", f"1={second[:8]}", "--json").document
    assert (done["paired"], done["new"], done["pairs"][0]["entries"]) == (1, 0, [second])
    other = tiktok_files.write(tmp_path / "b.json", coins=[("2026-05-14 21:03:12", "Recharge", 350)])
    words = ("import", str(other), "--time-zone", "UTC", "--type", "Recharge=bought")
    assert mia(*words, "--pair", "1=new", "--json").document["new"] == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("My coins\n\nDatum;Münzen;Empfänger\n13.04.2026;5;a\n14.05.2026;7;b\n", 2),
        ("sep=;\nDatum;Münzen;Empfänger\n13.04.2026;5;a\n", 1),
        ("Konto;DE12\nStand;;\nDatum;Münzen;Empfänger;Text\n13.04.2026;5;a;x\n14.04.2026;6;;\n", 2),
        ("13.04.2026;5;a\n14.04.2026;6;b\n", 0),
    ],
)
def test_what_stands_above_a_table_is_passed_over(mia: Run, tmp_path: Path, text: str, count: int) -> None:
    said = mia("import", sheet(tmp_path / "mine.csv", text), "--format", "sheet", "--skip-problems", "--json")
    if count:
        assert said.document["new"] + said.document["problem_count"] == count
    else:
        assert "--kind" in said.err, "rows without names come in only with a mapping"


def test_a_dollar_sign_is_no_price_in_euros(mia: Run, tmp_path: Path) -> None:
    file = sheet(tmp_path / "mine.csv", "Date,Coins,Price\n2026-04-13,350,$3.70\n")
    said = mia("import", file, "--format", "sheet", "--currency", "EUR")
    assert (said.status, "no amount in EUR" in said.err, "USD" in said.err) == (2, True, True)
    assert mia("import", file, "--format", "sheet", "--currency", "USD", "--json").document["new"] == 1


def test_a_sheet_in_utf16_is_read_and_an_archive_that_is_no_zip_is_named(mia: Run, tmp_path: Path) -> None:
    text = "Date,Coins,To\n2026-04-13,5,luna\n"
    (tmp_path / "wide.csv").write_text(text, encoding="utf-16")
    assert mia("import", str(tmp_path / "wide.csv"), "--format", "sheet", "--json").document["new"] == 1
    (tmp_path / "mine.csv.gz").write_bytes(gzip.compress(text.encode()))
    for words in ((), ("--format", "sheet"), ("--format", "tiktok")):
        said = mia("import", str(tmp_path / "mine.csv.gz"), *words)
        assert (said.status, "gzip" in said.err, "unpack it" in said.err, "CSV (UTF-8)" in said.err) == (
            *(2, True, True, False),
        )


@pytest.mark.parametrize(
    "source", ["tiktok/e3.json", "apple/Store Transaction History.csv", "google/Order History.json"]
)
def test_every_source_is_read_in_utf16_too(mia: Run, tmp_path: Path, source: str) -> None:
    text = (DATA / source).read_text(encoding="utf-8-sig")
    for encoding in ("utf-16", "utf-16-be"):
        mark = "" if encoding == "utf-16" else "\ufeff"
        (tmp_path / encoding).write_bytes((mark + text).encode(encoding))
    words = (*(ANSWERS if "tiktok" in source else ()), "--skip-problems", "--dry-run", "--json")
    plain = mia("import", str(DATA / source), *words).document
    assert plain["new"] > 0
    for encoding in ("utf-16", "utf-16-be"):
        assert mia("import", str(tmp_path / encoding), *words).document == plain
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as packed:
        packed.write(tmp_path / "utf-16", "x")
    assert mia("import", str(tmp_path / "in.zip"), *words).document == plain


def test_a_ledger_csv_is_read_in_utf16_too(mia: Run, tmp_path: Path) -> None:
    rows = "".join(f"gift,2026-11-{day:02d},5,lun\u00e9 {day * 1000}\n" for day in range(1, 20)) * 200
    (tmp_path / "in.csv").write_text(f"kind,at,coins,creator\n{rows}", encoding="utf-16")
    assert mia("import", str(tmp_path / "in.csv"), "--json").document["new"] == 19 * 200


@pytest.mark.parametrize(
    ("file", "format_", "right"),
    [
        ("tiktok/e3.json", "tiktok-txt", "tiktok,"),
        ("tiktok/e3.json", "sheet", "tiktok,"),
        ("tiktok/e3.json", "apple-history", "tiktok,"),
        ("google/Order History.json", "sheet", "google-takeout,"),
        ("sheets/german.csv", "tiktok", "not tiktok;"),
        ("sheets/german.csv", "google-takeout", "not google-takeout;"),
        ("apple/Store Transaction History.csv", "tiktok", "apple-history,"),
    ],
)
def test_content_that_is_another_format_is_named(mia: Run, file: str, format_: str, right: str) -> None:
    said = mia("import", str(DATA / file), "--format", format_)
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert f"The content is {right}" in said.err


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (
            "Datum;Preis\n3.4.2026;1,23\n",
            (),
            "Does 3.4.2026 in \u201cDatum\u201d mean 2026-04-03 (day first) or 2026-03-04 (month first)?",
        ),
        (
            "Datum;Preis\n13.4.2026;1.234\n",
            ("--currency", "EUR"),
            "Does 1.234 in \u201cPreis\u201d mean 1.234 (point) or 1234 (comma)?",
        ),
        ("Datum;M\u00fcnzen\n13.4.2026;1\n", (), "Are the rows (Datum, M\u00fcnzen) purchases or gifts?"),
        ("Wann;M\u00fcnzen\n?;1\n", (), "Which column is the date? Say it with --column NAME=date; there are Wann, M"),
    ],
)
def test_a_question_about_a_sheet_shows_what_each_answer_means(
    mia: Run, tmp_path: Path, text: str, words: tuple[str, ...], said: str
) -> None:
    assert said in mia("import", sheet(tmp_path / "mine.csv", text), "--format", "sheet", *words).err


def test_what_a_script_reads_has_the_same_keys_whatever_comes_of_the_file(mia: Run, tmp_path: Path) -> None:
    asked = mia("import", EXPORT, "--json").document
    looked = mia("import", EXPORT, *ANSWERS, "--dry-run", "--json").document
    done = mia("import", EXPORT, *ANSWERS, "--json").document
    file = sheet(tmp_path / "mine.csv", "Date,Coins,To\n2026-04-13,5,luna\n2026-04-14,x,luna\n")
    refused = mia("import", file, "--format", "sheet", "--json").document
    assert asked.keys() == looked.keys() == done.keys() == refused.keys()
    for words in (
        (str(tmp_path / "none"),),
        (EXPORT, "--gift-amount", "roses"),
        (EXPORT, "--data", str(tmp_path / "x")),
    ):
        failed = mia("import", *words, "--json").document
        assert failed.keys() == done.keys()
        assert failed["error"] == failed["problems"][0]["message"] or "--gift-amount" in words
    assert [document["error"] is None for document in (asked, looked, done, refused)] == [False, True, True, False]
    assert refused["before"] == refused["after"] == done["after"]


def test_a_refused_import_tells_its_pairs_and_what_each_row_may_be(mia: Run, tmp_path: Path) -> None:
    for minute in ("02", "04"):
        at = f"2026-05-14T21:{minute}:11Z"
        mia("add", "purchase", "--coins", "350", "--paid", "3.70", "--currency", "EUR", "--at", at)
    ids = {one["id"] for one in entries(mia)}
    file = tiktok_files.write(tmp_path / "a.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)])
    for more in ((), ("--dry-run",)):
        told = mia("import", str(file), "--time-zone", "UTC", "--type", "Recharge=bought", *more, "--json").document
        (pair,) = told["pairs"]
        assert (pair["row"], pair["sure"], set(pair["entries"])) == (1, False, ids)


def test_coins_of_before_the_ledger_are_told_as_a_range(mia: Run, tmp_path: Path) -> None:
    file = sheet(tmp_path / "mine.csv", "Date,Coins,To\n2026-04-13,500,luna\n")
    done = mia("import", file, "--format", "sheet")
    assert "500 coins were bought before this ledger begins" in done.out
    assert "--earlier" in done.out
    told = mia("import", file, "--format", "sheet", "--earlier", "web", "--json").document["earlier"]["Mia"]
    assert (told["coins"], told["bought"], told["currency"]) == (500, "web", "EUR")
    assert 0 < float(told["low"]) <= float(told["high"])
    assert mia("import", file, "--format", "sheet", "--earlier", "shop").status == 2


def test_coins_without_a_price_are_told_with_the_option_that_says_it(mia: Run, tmp_path: Path) -> None:
    file = tiktok_files.write(tmp_path / "a.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)])
    words = ("import", str(file), "--time-zone", "UTC", "--type", "Recharge=bought")
    assert "--paid 350=PRICE" in mia(*words, "--dry-run").out
    (question,) = mia(*words, "--json").document["questions"]
    assert (question["code"], question["subject"], question["option"]) == ("unpriced", "350", "--paid")


@pytest.mark.parametrize("name", ["latin1", "windows-1252", "ISO-8859-1", "cp1252"])
def test_an_encoding_is_known_by_each_of_its_names(mia: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "mine.csv").write_bytes("Date,Coins,To\n2026-04-13,5,J\u00fcrgen\n".encode("cp1252"))
    assert mia("import", str(tmp_path / "mine.csv"), "--format", "sheet", "--encoding", name).status == 0
    assert [one["creator"] for one in entries(mia)] == ["J\u00fcrgen"]


def test_a_column_can_be_left_out_and_is_told_as_such(mia: Run, tmp_path: Path) -> None:
    file = sheet(tmp_path / "mine.csv", "Date,Coins,To,Note,Price\n2026-04-13,5,luna,secret,?\n")
    said = mia("import", file, "--format", "sheet", "--column", "Note=ignore", "--dry-run")
    assert said.status == 0
    assert "not read: Note, Price" in said.out


def test_cells_that_do_not_read_are_counted(mia: Run, tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "mine.csv", "Date,Coins,To\n2026-04-13,5,a\n2026-04-14,?,a\n2026-04-15,x,a\n2026-04-16,7,a\n"
    )
    said = mia("import", file, "--format", "sheet", "--dry-run", "--skip-problems")
    assert "2 of 4 cells of Coins cannot be read" in said.out


def test_a_line_of_totals_keeps_no_sheet_out(mia: Run, tmp_path: Path) -> None:
    file = sheet(tmp_path / "mine.csv", "Date;Coins;To\n13.04.2026;5;a\n14.04.2026;7;a\nTotal;12;\n")
    assert mia("import", file, "--format", "sheet", "--json").document["new"] == 2


@pytest.mark.parametrize("words", [(), ("--format", "sheet"), ("--format", "tiktok")])
def test_a_folder_of_sheets_says_to_bring_in_each(mia: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "mine").mkdir()
    for name in ("a.csv", "b.csv"):
        sheet(tmp_path / "mine" / name, "Date,Coins,To\n2026-04-13,5,luna\n2026-04-14,6,luna\n")
    (tmp_path / "mine" / "readme.txt").write_text("Nothing, really.\n")
    said = mia("import", str(tmp_path / "mine"), *words)
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert "(a.csv, b.csv), which come in one at a time; bring in each by itself." in said.err
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as packed:
        packed.write(tmp_path / "mine" / "a.csv", "a.csv")
    assert (
        "(a.csv), which come in one at a time; unpack it and bring in each"
        in mia("import", str(tmp_path / "mine.zip"), *words).err
    )


def test_a_folder_that_holds_an_archive_names_it(mia: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with zipfile.ZipFile(tmp_path / "mine" / "Apple_Media_Services.zip", "w") as packed:
        packed.write(DATA / "apple" / "Store Transaction History.csv", "x.csv")
    said = mia("import", str(tmp_path / "mine"))
    assert (said.status, "(Apple_Media_Services.zip)" in said.err) == (2, True)
    assert mia("import", str(tmp_path / "mine" / "Apple_Media_Services.zip"), "--json").document["new"] > 0


def test_a_row_is_named_by_its_list_even_where_only_one_is_filled(mia: Run, tmp_path: Path) -> None:
    file = tiktok_files.write(tmp_path / "a.json", gifts=[("?", 1, "a")])
    assert mia("import", str(file), *ANSWERS).err.startswith("coinbudget: gifts, row 1, at:")
    order = {"orderId": "GPA.1", "creationTime": "2026-05-14T14:14:14Z", "totalPrice": "5,49 \u20ac"}
    lines = [{"doc": {"title": title}, "quantity": "1"} for title in ("70 Coins (TikTok)", "Sword (Game)")]
    (tmp_path / "b.json").write_text(json.dumps([{"orderHistory": order | {"lineItem": lines}}]))
    assert mia("import", str(tmp_path / "b.json")).err.startswith("coinbudget: orders, row 1, paid:")


def test_dates_of_a_store_are_never_year_first(mia: Run, tmp_path: Path) -> None:
    head = "Item Purchased Date,Item Description,Seller,Invoice Item Total,Order Number,Currency"
    file = sheet(tmp_path / "a.csv", f"{head}\n03/04/2026,350 Coins,TikTok,3.99,O1,EUR\n")
    for words in ((), ("--date-order", "ymd")):
        said = mia("import", file, *words)
        assert (said.status, "--date-order dmy or mdy" in said.err) == (2, True)
    assert mia("import", file, "--date-order", "mdy").status == 0
    assert [one["at"] for one in entries(mia)] == ["2026-03-04"]


@pytest.mark.parametrize("text", ["hello\n", "Date,Coins\n2026-04-13,5\n", "Name: Mia\n\nCity: Ulm\n"])
def test_text_of_another_kind_is_no_text_export_without_rows(mia: Run, tmp_path: Path, text: str) -> None:
    said = mia("import", sheet(tmp_path / "a.txt", text), "--format", "tiktok-txt")
    assert (said.status, "not tiktok-txt" in said.err) == (2, True)


def test_a_column_without_a_name_is_said_by_its_number(mia: Run, tmp_path: Path) -> None:
    file = sheet(tmp_path / "mine.csv", "2026-04-13,5,luna\n2026-04-14,6,luna\n")
    assert "(1, 2, 3)" in mia("import", file, "--format", "sheet").err
    words = ("--kind", "gift", "--column", "2=coins", "--column", "3=creator")
    assert mia("import", file, "--format", "sheet", *words, "--json").document["new"] == 2


def test_two_columns_with_one_meaning_are_refused_but_notes(mia: Run, tmp_path: Path) -> None:
    file = sheet(tmp_path / "mine.csv", "Date,Coins,To,A,B\n2026-04-13,5,luna,6,7\n")
    said = mia("import", file, "--format", "sheet", "--column", "A=coins", "--column", "B=coins")
    assert (said.status, "Two columns" in said.err) == (2, True)
    assert mia("import", file, "--format", "sheet", "--column", "A=note", "--column", "B=note").status == 0


@pytest.mark.parametrize(("text", "is_json"), [("[tool]\nname = 1\n", False), ('[{"a": 1}]', True), ("[ ]", True)])
def test_only_what_begins_as_json_is_called_so(mia: Run, tmp_path: Path, text: str, is_json: bool) -> None:
    said = mia("import", sheet(tmp_path / "a.txt", text))
    assert (said.status, "JSON" in said.err) == (2, is_json)


def test_json_with_a_mark_of_utf8_is_json(mia: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(Path(EXPORT).read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert mia("import", str(tmp_path / "a.json"), *ANSWERS, "--format", "tiktok", "--json").document["new"] == 13


def test_where_coins_were_bought_is_said_where_no_row_does(mia: Run, tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "mine.csv", "Date,Coins,Price,Store\n2026-04-13,70,0.79 EUR,\n2026-04-14,70,0.79 EUR,iPhone\n"
    )
    assert mia("import", file, "--format", "sheet", "--channel", "shop").status == 2
    assert mia("import", file, "--format", "sheet", "--channel", "web").status == 0
    export = tiktok_files.write(tmp_path / "a.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)])
    mia("import", str(export), "--time-zone", "UTC", "--type", "Recharge=bought", "--channel", "web")
    assert [one["channel"] for one in entries(mia)] == ["web", "ios", "web"]


@pytest.mark.parametrize("head", ["Date,Kind,Coins,Price", "At,Type,Coins,Price", "Date,Kind,Coins,Note,Note"])
def test_a_sheet_that_shares_a_column_with_the_ledgers_csv_is_told_as_a_sheet(
    mia: Run, tmp_path: Path, head: str
) -> None:
    file = sheet(tmp_path / "mine.csv", f"{head}\n2026-05-14,purchase,350,3.70\n")
    refused = mia("import", file)
    assert refused.status == 2
    assert "--format sheet" in refused.err


@pytest.mark.parametrize("words", [("--dry-run",), ()])
def test_a_refund_that_says_more_than_is_left_is_told(mia: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    lines = [("MA1", "11", "3.70", ""), ("MA1", "11", "-2.00", ""), ("MA1", "11", "-2.50", "")]
    path = str(test_store_refunds.apple(tmp_path / "a.csv", lines))
    sentence = "row 4: says 2.50 EUR came back, more than is left of what was paid; 1.70 EUR is taken\n"
    assert sentence in mia("import", path, "--dry-run").out
    told = mia("import", path, *words, "--json").document
    assert told["cuts"] == [{"list": "returns", "row": 4, "says": "2.50", "takes": "1.70", "currency": "EUR"}]


def test_a_refund_of_a_purchase_that_was_voided_stays_out_and_is_told(mia: Run, tmp_path: Path) -> None:
    path = str(test_store_refunds.google(tmp_path / "g.json", {"GPA.1": 0}))
    mia("import", path)
    mia("export", "entries", "-o", str(tmp_path / "out.csv"))
    [purchase] = csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines())
    mia("void", purchase["id"])
    path = str(test_store_refunds.google(tmp_path / "g.json", {"GPA.1": 370}))
    sentence = "1 refund stays out: its purchase is voided.\n"
    assert sentence in mia("import", path, "--dry-run").out
    done = mia("import", path)
    assert done.out == f"0 new, 1 already there.\n{sentence}"
    assert mia("import", path, "--json").document["left_out"] == 1


def test_a_sheet_that_the_likeliest_encoding_cannot_read_is_asked_about_by_one_that_can(
    mia: Run, tmp_path: Path
) -> None:
    file = tmp_path / "jp.csv"
    file.write_bytes("Date,Price,Coins,Note\n2026/05/14,490,350,ローズ\n".encode("shift_jis"))
    with pytest.raises(UnicodeDecodeError):
        file.read_bytes().decode("cp1252")
    asked = mia("import", str(file), "--format", "sheet", "--kind", "purchase")
    assert asked.err == (
        "coinbudget: The sheet is no UTF-8 text; read as shift_jis it says “ローズ”. "
        "Say with --encoding what it is, such as shift_jis.\n"
    )
    assert asked.status == 2
