"""What may stand wrong on the command line, and what is said about it. Nothing is written, ever."""

import pytest

from tests.bad_input.conftest import Refuse

LONG = "x" * 10_000
BUY = ("add", "purchase")
GIVE = ("add", "gift")
PAID = ("--paid", "5.29", "--currency", "EUR")
PROFILE = ("profile", "add")
PLACE = ("--region", "FR", "--currency", "EUR", "--time-zone", "Europe/Paris")
LIMIT = ("limit", "add", "--measure", "money", "--period", "week", "--amount")

#: Words, field and code of the problem; field "" and code "usage" where the words do not fit the grammar.
OPTIONS = [
    *[
        ((*BUY, "--paid", text, "--currency", "EUR"), "paid", "not_a_number")
        for text in ("x", "5,29", "1e3", "NaN", "inf", "\u0665", "5.29 EUR", "1 000")
    ],
    ((*BUY, "--paid", "-5.29", "--currency", "EUR"), "paid", "negative"),
    ((*BUY, "--paid=-5,29", "--currency", "EUR"), "paid", "not_a_number"),
    ((*BUY, "--paid", "0", "--currency", "EUR"), "paid", "paid_zero"),
    ((*BUY, "--paid", "0.00", "--currency", "EUR"), "paid", "paid_zero"),
    ((*BUY, "--paid", "5.299", "--currency", "EUR"), "paid", "too_many_decimals"),
    ((*BUY, "--paid", "15.5", "--currency", "JPY"), "paid", "too_many_decimals"),
    ((*BUY, "--paid", "9" * 30, "--currency", "EUR"), "paid", "too_large"),
    ((*BUY, "--currency", "EUR", "--coins", "5"), "paid", "required"),
    ((*BUY, "--paid", "5.29"), "currency", "required"),
    ((*BUY, "--paid", "5.29", "--currency", "XXQ"), "currency", "unknown_currency"),
    ((*BUY, "--paid", "5.29", "--currency", LONG), "currency", "unknown_currency"),
    ((*BUY, *PAID, "--coins", "0"), "coins", "zero"),
    ((*BUY, *PAID, "--coins", "-3"), "coins", "negative"),
    ((*BUY, *PAID, "--coins", "1.5"), "coins", "not_whole"),
    ((*BUY, *PAID, "--coins", "999999999"), "coins", "too_large"),
    ((*BUY, *PAID, "--charged", "x"), "charged", "not_a_number"),
    ((*BUY, *PAID, "--channel", "shop"), "channel", "unknown_channel"),
    ((*BUY, *PAID, "--region", "QQ"), "region", "unknown_region"),
    ((*BUY, *PAID, "--at", "yesterday"), "at", "not_an_instant"),
    ((*BUY, *PAID, "--at", "2026-11-23"), "at", "in_future"),
    ((*BUY, *PAID, "--at", "2015-01-01"), "at", "too_early"),
    ((*BUY, *PAID, "--at", "2026-02-30"), "at", "not_a_date"),
    ((*BUY, *PAID, "--at", "2026-03-29T02:30"), "at", "no_such_time"),
    ((*BUY, *PAID, "--at", "0000-00-00"), "at", "not_a_date"),
    ((*BUY, *PAID, "--order-ref", LONG), "order_ref", "too_long"),
    ((*BUY, *PAID, "--note", "a\nb"), "note", "control_character"),
    ((*BUY, *PAID, "--note", "a\udce9b"), "note", "control_character"),
    ((*BUY, *PAID, "--note", "a\x00b"), "note", "control_character"),
    ((*BUY, *PAID, "--profile", "Nobody"), "profile", "unknown_profile"),
    ((*BUY, *PAID, "--profile", "a\udce9b"), "profile", "unknown_profile"),
    ((*BUY, *PAID, "--profile", LONG), "profile", "unknown_profile"),
    ((*GIVE, "Rose"), "creator", "required"),
    ((*GIVE, "Rose", "--creator", "@"), "creator", "required"),
    ((*GIVE, "Rose", "--creator", LONG), "creator", "too_long"),
    ((*GIVE, "Rose", "--creator", "a\tb"), "creator", "control_character"),
    ((*GIVE, "No Such Gift", "--creator", "a"), "coins", "unknown_gift"),
    ((*GIVE, "--creator", "a"), "coins", "required"),
    ((*GIVE, "Rose", "--creator", "a", "--coins", "x"), "coins", "not_a_number"),
    ((*GIVE, "Rose", "--creator", "a", "--quantity", "0"), "quantity", "zero"),
    ((*GIVE, "Rose", "--creator", "a", "--quantity", "x"), "quantity", "not_a_number"),
    ((*GIVE, "0x5", "--creator", "a"), "gift", "zero"),
    ((*GIVE, "999999x999999", "--creator", "a"), "gift", "too_large"),
    (("add", "refund", "GPA.9"), "refers_to", "unknown_purchase"),
    (("add", "refund", "GPA.1", "--paid", "9"), "paid", "refund_exceeds_paid"),
    (("add", "refund", "GPA.1", "--coins", "5"), "paid", "required"),
    (("add", "refund", "GPA.1", "--paid", "1", "--coins", "351"), "coins", "refund_exceeds_coins"),
    (("add", "refund", "GPA.1", "--profile", "Nobody"), "profile", "unknown_profile"),
    (("add", "adjustment", "--coins", "5"), "reason", "required"),
    (("add", "adjustment", "--coins", "5", "--reason", "luck"), "reason", "unknown_reason"),
    (("add", "adjustment", "--coins", "-5", "--reason", "bonus"), "coins", "must_add_coins"),
    (("add", "adjustment", "--coins", "5", "--reason", "other-use"), "coins", "must_take_coins"),
    (("add", "adjustment", "--reason", "bonus"), "coins", "required"),
    (("void", "zzzz"), "entry", "unknown_entry"),
    (("void", ""), "entry", "unknown_entry"),
    (("void", "a\udce9b"), "entry", "unknown_entry"),
    (("unvoid", "GPA.1"), "entry", "entry_not_voided"),
    ((*PROFILE, "", *PLACE), "name", "name_missing"),
    ((*PROFILE, "mia", *PLACE), "name", "profile_exists"),
    ((*PROFILE, LONG, *PLACE), "name", "name_too_long"),
    ((*PROFILE, "a\x07b", *PLACE), "name", "name_control"),
    ((*PROFILE, "Leo", *PLACE, "--region", "QQ"), "region", "unknown_region"),
    ((*PROFILE, "Leo", *PLACE, "--currency", "EURO"), "currency", "unknown_currency"),
    ((*PROFILE, "Leo", *PLACE, "--time-zone", "Paris"), "zone", "unknown_zone"),
    ((*PROFILE, "Leo", *PLACE, "--time-zone", "/etc/localtime"), "zone", "unknown_zone"),
    ((*PROFILE, "Leo", *PLACE, "--birth-year", "x"), "birth_year", "not_a_year"),
    ((*PROFILE, "Leo", *PLACE, "--birth-year", "1700"), "birth_year", "out_of_range"),
    ((*PROFILE, "Leo", *PLACE, "--birth-year", "2027"), "birth_year", "out_of_range"),
    ((*PROFILE, "Leo", "--currency", "EUR"), "", "usage"),
    ((*LIMIT, "x"), "amount", "not_a_number"),
    ((*LIMIT, "-5"), "amount", "below_zero"),
    ((*LIMIT, "5.999"), "amount", "too_many_decimals"),
    ((*LIMIT, "9" * 20), "amount", "too_large"),
    (("limit", "add", "--measure", "hours", "--period", "week", "--amount", "5"), "measure", "unknown_measure"),
    (("limit", "add", "--measure", "money", "--period", "decade", "--amount", "5"), "period", "unknown_period"),
    (("limit", "add", "--measure", "coins", "--period", "week", "--amount", "1.5"), "amount", "not_whole"),
    (("limit", "remove", "99"), "limit", "unknown_limit"),
    (("limit", "remove", "one"), "limit", "unknown_limit"),
    (("limit", "remove", "9" * 40), "limit", "unknown_limit"),
    (("limit", "change", "1", "--amount", "x"), "amount", "not_a_number"),
    (("limit", "change", "1", "--period", "x"), "period", "unknown_period"),
    (("limit", "change", "1"), "amount", "nothing_to_change"),
    (("status", "--profile", "Nobody"), "profile", "unknown_profile"),
    (("what-if", "purchase", "--paid", "x", "--currency", "EUR"), "paid", "not_a_number"),
    (("what-if", "gift", "No Such Gift", "--creator", "a"), "coins", "unknown_gift"),
    (("convert",), "coins", "required"),
    (("convert", "x"), "coins", "not_a_number"),
    (("convert", "0"), "coins", "zero"),
    (("convert", "-5"), "coins", "negative"),
    (("convert", "350", "--region", "QQ"), "region", "unknown_region"),
    (("convert", "350", "--channel", "shop"), "channel", "unknown_channel"),
    (("convert", "350", "--currency", "QQQ"), "currency", "unknown_currency"),
    (("export", "everything"), "what", "unknown_export"),
    (("export", "entries", "-o", "x.csv", "--from", "01.02.2026"), "from", "not_a_date"),
    (("export", "entries", "-o", "x.csv", "--to", "2026-02-30"), "to", "not_a_date"),
    (("export", "entries", "-o", "x.csv", "--from", "2026-02-02", "--to", "2026-02-01"), "from", "from_after_to"),
    (("export", "entries", "-o", "x.csv", "--form", "pdf"), "form", "unknown_export_form"),
    (("export", "entries", "-o", "x.csv", "--by", "month"), "by", "only_for_summary"),
    (("export", "summary", "-o", "x.csv", "--by", "mood"), "by", "unknown_grouping"),
    (("export", "summary", "-o", "x.csv", "--by", "month,month"), "by", "grouping_twice"),
    (("export", "entries", "-o", "none/x.csv"), "file", "no_such_folder"),
    (("export", "entries", "-o", "private/coinbudget.db"), "file", "is_the_ledger"),
    (("export", "entries", "-o", "."), "file", "is_a_folder"),
    (("import", "none.csv"), "file", "no_such_file"),
    (("import", "none.csv", "--format", "excel"), "format", "unknown_format"),
    (("import", "none.csv", "--time-zone", "Paris"), "zone", "unknown_zone"),
    (("import", LONG), "file", "not_readable"),
    (("import", "private/coinbudget.db"), "file", "not_text"),
    (("backup", "private/coinbudget.db"), "", "backup_is_ledger"),
    (("nonsense",), "", "usage"),
    (("add",), "", "usage"),
    (("add", "coins"), "", "usage"),
    (("status", "--everything"), "", "usage"),
    (("status", "--prof", "Mia"), "", "usage"),
    (("add", "purchase", "--paid"), "", "usage"),
    (("import",), "", "usage"),
    (("limit", "remove"), "", "usage"),
]


@pytest.mark.parametrize(("words", "field", "code"), OPTIONS, ids=lambda value: repr(value)[:60])
def test_a_wrong_option_is_told_in_one_sentence(refuse: Refuse, words: tuple[str, ...], field: str, code: str) -> None:
    assert refuse(*words) == (field, code)


def test_both_tables_hold_at_least_a_hundred_and_fifty_cases() -> None:
    from tests.bad_input.test_csv_cells import CELLS, FILES  # noqa: PLC0415 - counted here

    assert len(OPTIONS) + len(CELLS) + len(FILES) >= 150
