"""What may stand wrong in the cells of a ledger CSV, and what is said about it. Nothing is written, ever."""

from pathlib import Path

import pytest

from coinbudget.domain.drafts import COLUMNS
from tests.bad_input.conftest import Refuse

LONG = "x" * 10_000
PURCHASE = {"kind": "purchase", "at": "2026-11-02", "coins": "350", "paid": "5.29", "currency": "EUR"}
GIFT = {"kind": "gift", "at": "2026-11-02", "coins": "5", "creator": "@luna"}
REFUND = {"kind": "refund", "at": "2026-11-03", "paid": "1.00", "refers_to": "GPA.1"}
ADJUSTMENT = {"kind": "adjustment", "at": "2026-11-02", "coins": "5", "reason": "bonus"}

NUMBERS = [
    "many",
    "1,5",
    "1.000,00",
    "1_000",
    "0x10",
    "1e3",
    "NaN",
    "Infinity",
    "-inf",
    "\u0661\u0662",
    "\uff11",
    "5 coins",
    "--5",
    ".",
]

#: Row, column, cell, field and code of the problem.
CELLS = [
    *[(PURCHASE, "paid", cell, "paid", "not_a_number") for cell in NUMBERS],
    *[(GIFT, "coins", cell, "coins", "not_a_number") for cell in NUMBERS],
    *[(GIFT, "quantity", cell, "quantity", "not_a_number") for cell in ("x", "1,5", "\u0661", "NaN")],
    (PURCHASE, "paid", "-5.29", "paid", "negative"),
    (PURCHASE, "paid", "(5.29)", "paid", "negative"),
    (PURCHASE, "paid", "0", "paid", "paid_zero"),
    (PURCHASE, "paid", "5.291", "paid", "too_many_decimals"),
    (PURCHASE, "paid", "900000000.01", "paid", "too_large"),
    (PURCHASE, "paid", "9" * 40, "paid", "too_large"),
    (PURCHASE, "paid", "9" * 5000, "paid", "too_large"),
    (PURCHASE, "coins", "0", "coins", "zero"),
    (PURCHASE, "coins", "-350", "coins", "negative"),
    (PURCHASE, "coins", "1.5", "coins", "not_whole"),
    (PURCHASE, "coins", "100000001", "coins", "too_large"),
    (PURCHASE, "currency", "", "currency", "required"),
    (PURCHASE, "currency", "XYZ", "currency", "unknown_currency"),
    (PURCHASE, "currency", "eur", "currency", "unknown_currency"),
    (PURCHASE, "currency", "\u20ac", "currency", "unknown_currency"),
    (PURCHASE, "currency", LONG, "currency", "unknown_currency"),
    (PURCHASE, "charged", "0", "charged", "zero"),
    (PURCHASE, "charged", "x", "charged", "not_a_number"),
    (PURCHASE, "charged", "5.999", "charged", "too_many_decimals"),
    (PURCHASE, "rate", "x", "rate", "rate_same_currency"),
    (PURCHASE, "rate_on", "2026-11-02", "rate", "required"),
    (PURCHASE | {"currency": "USD"}, "rate", "x", "rate", "not_a_number"),
    (PURCHASE | {"currency": "USD"}, "rate", "0", "rate", "rate_out_of_range"),
    (PURCHASE | {"currency": "USD"}, "rate", "-1", "rate", "rate_out_of_range"),
    (PURCHASE | {"currency": "USD", "charged": "5"}, "rate", "1.1", "rate", "rate_and_charged"),
    (PURCHASE | {"paid": "", "currency": ""}, "coins", "", "coins", "coins_or_paid"),
    (PURCHASE | {"paid": "", "currency": ""}, "charged", "5", "charged", "charged_without_paid"),
    (PURCHASE, "region", "XX", "region", "unknown_region"),
    (PURCHASE, "region", "Germany", "region", "unknown_region"),
    (PURCHASE, "channel", "shop", "channel", "unknown_channel"),
    (PURCHASE, "channel", "WEB", "channel", "unknown_channel"),
    (PURCHASE, "order_ref", "a\x07b", "order_ref", "control_character"),
    (PURCHASE, "order_ref", LONG, "order_ref", "too_long"),
    (PURCHASE, "creator", "@luna", "creator", "not_for_kind"),
    (PURCHASE, "reason", "bonus", "reason", "not_for_kind"),
    (PURCHASE, "kind", "", "kind", "required"),
    (PURCHASE, "kind", "sale", "kind", "unknown_kind"),
    (PURCHASE, "kind", "Purchase", "kind", "unknown_kind"),
    (GIFT, "at", "", "at", "required"),
    *[
        (GIFT, "at", cell, "at", "not_an_instant")
        for cell in (
            *(
                "yesterday",
                "02.11.2026",
                "11/02/2026",
                "2026-11-2",
                "20261102",
                "1793600000",
                "2026-W45-1",
                "2026-11-02T",
            ),
            *(
                "2026-11-02T25:00",
                "2026-11-02T10:00+25:00",
                "2026-11-02T10:00 Europe/Berlin",
                "\u0662\u0660\u0662\u0666-11-02",
                LONG,
            ),
        )
    ],
    *[(GIFT, "at", cell, "at", "not_a_date") for cell in ("2026-13-01", "2026-02-30", "0000-01-01")],
    (GIFT, "at", "2015-12-31", "at", "too_early"),
    (GIFT, "at", "0001-01-01", "at", "too_early"),
    (GIFT, "at", "1970-01-01T00:00:00Z", "at", "too_early"),
    (GIFT, "at", "2026-11-23", "at", "in_future"),
    (GIFT, "at", "2026-11-22T21:36:00Z", "at", "in_future"),
    (GIFT, "at", "9999-12-31", "at", "too_far"),
    (GIFT, "at", "2026-03-29T02:30", "at", "no_such_time"),
    (GIFT | {"planned": "1"}, "at", "2060-01-01", "at", "too_far"),
    (GIFT, "zone", "Mars/Olympus", "zone", "unknown_zone"),
    (GIFT, "zone", "../../etc/passwd", "zone", "unknown_zone"),
    (GIFT, "zone", LONG, "zone", "unknown_zone"),
    (GIFT, "profile", "Nobody", "profile", "unknown_profile"),
    (GIFT, "profile", LONG, "profile", "unknown_profile"),
    (GIFT, "profile", "<b>Mia</b>", "profile", "unknown_profile"),
    (GIFT, "creator", "", "creator", "required"),
    (GIFT, "creator", "@", "creator", "required"),
    (GIFT, "creator", "a\x1b[31mb", "creator", "control_character"),
    (GIFT, "creator", LONG, "creator", "too_long"),
    (GIFT, "gift", LONG, "gift", "too_long"),
    (GIFT, "gift", "a\x00b".replace("\x00", "\x01"), "gift", "control_character"),
    (GIFT, "quantity", "0", "quantity", "zero"),
    (GIFT, "quantity", "-1", "quantity", "negative"),
    (GIFT, "quantity", "1000001", "quantity", "too_large"),
    (GIFT, "coins", "0", "coins", "zero"),
    (GIFT, "coins", "-5", "coins", "negative"),
    (GIFT, "coins", "100000001", "coins", "too_large"),
    (GIFT, "paid", "5", "paid", "not_for_kind"),
    (GIFT, "note", "a\x08b", "note", "control_character"),
    (GIFT, "note", LONG, "note", "too_long"),
    (GIFT, "id", "a\x08b", "id", "control_character"),
    (GIFT, "id", LONG, "id", "too_long"),
    (GIFT, "about", "maybe", "about", "not_a_flag"),
    (GIFT, "planned", "yes please", "planned", "not_a_flag"),
    (GIFT, "voided", "yes", "voided", "not_an_instant"),
    (GIFT, "voided", "2030-01-01T00:00:00Z", "voided", "in_future"),
    (REFUND, "refers_to", "", "refers_to", "required"),
    (REFUND, "refers_to", "GPA.2", "refers_to", "unknown_purchase"),
    (REFUND, "refers_to", LONG, "refers_to", "unknown_purchase"),
    (REFUND, "paid", "5.30", "paid", "refund_exceeds_paid"),
    (REFUND, "paid", "-1", "paid", "negative"),
    (REFUND, "paid", "x", "paid", "not_a_number"),
    (REFUND, "currency", "USD", "currency", "refund_currency"),
    (REFUND, "coins", "351", "coins", "refund_exceeds_coins"),
    (REFUND, "coins", "-1", "coins", "negative"),
    (REFUND, "gift", "Rose", "gift", "not_for_kind"),
    (ADJUSTMENT, "coins", "", "coins", "required"),
    (ADJUSTMENT, "coins", "0", "coins", "zero"),
    (ADJUSTMENT, "coins", "-5", "coins", "must_add_coins"),
    (ADJUSTMENT | {"reason": "other-use"}, "coins", "5", "coins", "must_take_coins"),
    (ADJUSTMENT, "coins", "100000001", "coins", "too_large"),
    (ADJUSTMENT, "reason", "", "reason", "required"),
    (ADJUSTMENT, "reason", "gift card", "reason", "unknown_reason"),
    (ADJUSTMENT, "creator", "@luna", "creator", "not_for_kind"),
]


def written(path: Path, row: dict[str, str]) -> str:
    cells = ['"' + row.get(name, "").replace('"', '""') + '"' for name in COLUMNS]
    path.write_text(",".join(COLUMNS) + "\r\n" + ",".join(cells) + "\r\n", encoding="utf-8", newline="")
    return str(path)


@pytest.mark.parametrize(("row", "column", "cell", "field", "code"), CELLS)
def test_a_wrong_cell_is_told_in_one_sentence(
    refuse: Refuse, tmp_path: Path, row: dict[str, str], column: str, cell: str, field: str, code: str
) -> None:
    assert refuse("import", written(tmp_path / "in.csv", row | {column: cell})) == (field, code)


def test_the_rows_the_table_is_made_of_are_good(ledger: Path, tmp_path: Path) -> None:
    from coinbudget.cli import main  # noqa: PLC0415 - beside the control, not the rule

    assert ledger.exists()
    for row in (PURCHASE, GIFT, REFUND, ADJUSTMENT):
        assert main(["import", written(tmp_path / "in.csv", row)]) == 0


#: Bytes of a file, and the code of what is said.
FILES = [
    (b"", "empty_text"),
    (b"\r\n\r\n", "empty_text"),
    (b"\xef\xbb\xbf", "empty_text"),
    (b"one,two\r\n1,2\r\n", "no_header"),
    (b"kind,coins\r\ngift,5\r\n", "no_header"),
    (b"kind,at,at\r\ngift,2026-11-02,2026-11-02\r\n", "duplicate_column"),
    (b"kind,at,coins,creator\r\ngift,2026-11-02,5\r\n", "too_few_cells"),
    (b"kind,at,coins,creator\r\ngift,2026-11-02,5", "cut_off"),
    (b"kind,at,coins,creator\r\ngift,2026-11-02,5,a,b\r\n", "too_many_cells"),
    (b'kind,at,coins,creator\r\ngift,2026-11-02,5,"a\r\n', "broken_quotes"),
    (b'kind,at,coins,creator\r\ngift,2026-11-02,5,"a"b\r\n', "broken_quotes"),
    ("kind,at,creator\r\ngift,2026-11-02,J\u00fcrgen\r\n".encode("cp1252"), "not_utf8"),
    ("kind,at,creator\r\ngift,2026-11-02,\u0418\u0432\u0430\u043d\r\n".encode("cp1251"), "not_utf8"),
    ("kind,at\r\n".encode("utf-16")[:-1], "not_this_encoding"),
    ("kind,at\r\n".encode("utf-16-le"), "nul_character"),
    (b"kind,at,creator\r\ngift,2026-11-02,\xed\xa0\x80\r\n", "not_utf8"),
    (b"kind,at,creator\r\ngift,2026-11-02,a\x00b\r\n", "nul_character"),
    (b"PK\x03\x04" + b"\x00" * 50, "archive_broken"),
    (b'{"a": 1}', "not_tiktok"),
    (b'[{"orderHistory": ', "json_cut_off"),
    (b"%PDF-1.7\n", "not_text"),
    (b"SQLite format 3\x00" + b"\x00" * 100, "not_text"),
    (b"kind,at,note\r\ngift,2026-11-02," + b"x" * 200_000 + b"\r\n", "cell_too_long"),
    (b"kind,at,note\r\n" + b"x" * 1_200_000, "line_too_long"),
    (b"kind,at,coins,creator,id\r\ngift,2026-11-02,5,a,i\r\ngift,2026-11-02,6,a,i\r\n", "id_conflict"),
    (b"kind,at,coins,creator,form\r\ngift,2026-11-02,5,a,letter\r\n", "unknown_form"),
]


@pytest.mark.parametrize(("text", "code"), FILES)
def test_a_wrong_file_is_told_in_one_sentence(refuse: Refuse, tmp_path: Path, text: bytes, code: str) -> None:
    (tmp_path / "in.csv").write_bytes(text)
    assert refuse("import", str(tmp_path / "in.csv"))[1] == code


def test_a_folder_a_missing_file_and_a_pipe_are_told(refuse: Refuse, tmp_path: Path) -> None:
    import os  # noqa: PLC0415 - pipes are a matter of POSIX

    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert refuse("import", str(tmp_path / "folder"))[1] == "not_recognised"
    assert refuse("import", str(tmp_path / "none.csv"))[1] == "no_such_file"
    assert refuse("import", str(tmp_path / "pipe"))[1] == "not_a_file"
