import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinbudget.domain.drafts import COLUMNS, Draft
from coinbudget.domain.errors import Problem, Refusal
from coinbudget.formats.ledger_csv import GUARDED, LedgerFile, draft_from, guard, unguard

HEADER = ",".join(COLUMNS)


def read(tmp_path: Path, text: str | bytes) -> list[Draft | Problem]:
    path = tmp_path / "ledger.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with LedgerFile(path) as file:
        return list(file.rows)


def refused(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(Refusal) as found:
        read(tmp_path, text)
    return found.value.problems[0].code


def codes(tmp_path: Path, text: bytes) -> set[str]:
    """Codes of all problems, of the file or of its rows."""
    try:
        return {row.code for row in read(tmp_path, text) if isinstance(row, Problem)}
    except Refusal as refusal:
        return {found.code for found in refusal.problems}


def full_row(**given: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([given.get(name, "") for name in COLUMNS])
    return out.getvalue()


def test_columns_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    (draft,) = read(tmp_path, "creator,at,kind,coins\n@a,2026-01-02,gift,5\n")
    assert draft == Draft(kind="gift", at="2026-01-02", coins="5", creator="@a", row=2)


def test_a_draft_made_quickly_equals_one_made_slowly() -> None:
    cells = tuple(f"<{name}>" for name in COLUMNS)
    slow = Draft(row=7)
    for name, cell in zip(COLUMNS, cells, strict=True):
        slow = slow._replace(**{name: cell})  # type: ignore[arg-type]  # only texts are given
    assert draft_from(cells, 7) == slow


def test_a_byte_order_mark_and_header_case_and_blanks_do_no_harm(tmp_path: Path) -> None:
    assert len(read(tmp_path, "\ufeff Kind , AT ,coins\r\ngift,2026-01-02,5\r\n")) == 1


def test_blank_rows_are_passed_over_and_rows_keep_their_number(tmp_path: Path) -> None:
    rows = read(tmp_path, "kind,at\n\n,\ngift,2026-01-02\n")
    assert [draft.row for draft in rows] == [4]


def test_a_text_may_hold_line_ends_separators_and_quotes(tmp_path: Path) -> None:
    note = 'a "quoted", text\r\nover two\nlines; and\ttabs'
    (draft,) = read(tmp_path, f"{HEADER}\r\n" + full_row(kind="gift", at="2026-01-02", note=note))
    assert isinstance(draft, Draft)
    assert draft.note == note


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(tmp_path: Path, ends: str) -> None:
    assert len(read(tmp_path, ends.join(["kind,at", "gift,2026-01-02", "gift,2026-01-03", ""]))) == 2


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_told_by_the_header(tmp_path: Path, separator: str) -> None:
    (draft,) = read(tmp_path, "kind,at,coins\ngift,2026-01-02,5\n".replace(",", separator))
    assert isinstance(draft, Draft)
    assert draft.coins == "5"


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("kind,at,mood\ngift,2026-01-02,fine\n")
    with LedgerFile(path) as file:
        assert file.unknown == ("mood",)
        assert len(list(file.rows)) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_text"),
        ("\n\n", "no_header"),
        ("gift,2026-01-02,5\n", "no_header"),
        ("mood,weather\nfine,rain\n", "no_header"),
        ("kind,coins\ngift,5\n", "no_header"),
        ("at,coins\n2026-01-02,5\n", "no_header"),
        ("date,note,note\n2026-01-02,,\n", "no_header"),
        ("kind,at,kind\ngift,2026-01-02,gift\n", "duplicate_column"),
        ("kind,at,Kind \ngift,2026-01-02,gift\n", "duplicate_column"),
        ('kind,at,note\ngift,2026-01-02,"never closed\n', "broken_quotes"),
        ('kind,at,note\ngift,2026-01-02,"closed"here\n', "broken_quotes"),
        (f"kind,at,note\ngift,2026-01-02,{'x' * 200_000}\n", "cell_too_long"),
        ("kind,at\ngift,2026-01-02\n".encode("utf-16"), "not_text"),
        ("kind,at,note\ngift,2026-01-02,Gr\u00fc\u00dfe\n".encode("cp1252"), "not_utf8"),
        (b"kind,at\ngift,2026\0-01-02\n", "nul_character"),
    ],
)
def test_a_faulty_file_is_refused_as_a_whole(tmp_path: Path, text: str | bytes, code: str) -> None:
    assert refused(tmp_path, text) == code


def test_a_file_of_ours_cut_off_anywhere_inside_a_row_is_never_taken_for_whole(tmp_path: Path) -> None:
    row = full_row(id="e1", kind="gift", at="2026-01-02", coins="5", creator="\u00e9", voided="2026-01-03T00:00:00Z")
    whole = f"{HEADER}\r\n{row}{row}".encode()
    last = whole.rfind(b"\r\n", 0, len(whole) - 2) + 2
    for end in range(last + 1, len(whole) - 2):
        assert codes(tmp_path, whole[:end]) & {"cut_off", "not_utf8", "broken_quotes"}, end


def test_a_last_row_without_line_end_is_whole_where_others_write_so(tmp_path: Path) -> None:
    assert len(read(tmp_path, "kind,at,coins\ngift,2026-01-02,5")) == 1


def test_rows_with_too_few_or_too_many_cells_are_problems_in_their_place(tmp_path: Path) -> None:
    rows = read(tmp_path, "kind,at,coins\ngift,2026-01-02\ngift,2026-01-02,5,6\ngift,2026-01-02,5\n")
    assert [row.code if isinstance(row, Problem) else "" for row in rows] == ["too_few_cells", "too_many_cells", ""]
    assert [row.row for row in rows] == [2, 3, 4]


def test_the_spreadsheet_form_is_undone_row_by_row(tmp_path: Path) -> None:
    header = "kind;at;note;paid;currency;instant;form"
    rows = read(
        tmp_path,
        f"{header}\r\npurchase;2026-01-02;'=1+1;5,29;EUR;2026-01-03T00:30:00+01:00;spreadsheet\r\n"
        "purchase;2026-01-02;'=1+1;5.29;EUR;;\r\n",
    )
    first, second = rows
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.note, first.paid, first.numbers.decimal, first.at) == (
        *("=1+1", "5,29", ","),
        "2026-01-03T00:30:00+01:00",
    )
    assert (second.note, second.numbers.decimal, second.at) == ("'=1+1", ".", "2026-01-02")


def test_a_date_changed_in_the_spreadsheet_counts(tmp_path: Path) -> None:
    (draft,) = read(tmp_path, "kind,at,instant,form\ngift,2026-02-20,2026-01-03T00:30:00+01:00,spreadsheet\n")
    assert isinstance(draft, Draft)
    assert draft.at == "2026-02-20"


def test_an_unknown_form_is_a_problem_of_its_row(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "kind,at,form\ngift,2026-01-02,sheet\n")
    assert isinstance(found, Problem)
    assert found.code == "unknown_form"


@given(st.text())
def test_guarding_is_undone_exactly_and_leaves_nothing_to_run(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text)[:1] or guard(text)[0] == "'" or guard(text)[0] not in GUARDED


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "\uff1dA1"])
def test_cells_that_would_run_are_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"
