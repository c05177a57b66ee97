"""A sheet of one's own: everything is told over all rows, and what two ways fit is asked."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinbudget.domain.errors import Problem, Refusal
from coinbudget.formats import sheet, sheet_facts, sheet_guess, sheet_mapping
from coinbudget.formats.sheet_mapping import Mapping, Role, Said
from coinbudget.formats.source import Answers, Incoming, Record

DATA = Path(__file__).parents[1] / "data" / "sheets"


def facts_of(text: str) -> sheet_facts.SheetFacts:
    separator = sheet_facts.separator_of(text)
    rows = sheet_facts.rows_of(io.StringIO(text, newline=""), separator)
    return sheet_facts.survey(rows, separator=separator, encoding="utf-8", undecided=False)


def drafts_of(text: str, mapping: Mapping | None = None) -> list[Incoming | Problem | None]:
    facts = facts_of(text)
    chosen = mapping or sheet_guess.propose(facts)
    rows = list(sheet_facts.rows_of(io.StringIO(text, newline=""), facts.separator))
    return [
        sheet.understand(Record("rows", number, tuple(cells)), chosen, Answers())
        for number, cells in rows[1 if facts.header else 0 :]
    ]


def open_codes(text: str) -> list[str]:
    facts = facts_of(text)
    return [point.code for point in sheet_guess.open_points(facts, sheet_guess.propose(facts))]


def test_one_row_decides_the_order_of_dates_for_all() -> None:
    assert facts_of("date;coins\n03.04.2026;5\n04.05.2026;5\n").columns[0].orders == ("dmy", "mdy")
    assert facts_of("date;coins\n03.04.2026;5\n14.05.2026;5\n").columns[0].orders == ("dmy",)
    assert facts_of("date,coins\n03/04/2026,5\n05/14/2026,5\n").columns[0].orders == ("mdy",)
    assert facts_of("date,coins\n03/04/2026,5\n05/14/2026,5\n14/05/2026,5\n").columns[0].orders == ("dmy", "mdy")


def test_what_fits_two_ways_is_asked() -> None:
    assert open_codes("date,coins,who\n03.04.2026,5,@a\n") == ["date_order"]
    assert open_codes("date;paid;currency\n2026-05-14;1.234;EUR\n") == ["decimal"]
    assert open_codes("date;paid\n2026-05-14;1,23\n") == ["currency"]
    assert open_codes("date;coins\n2026-05-14;5\n") == ["kind"]
    assert open_codes("who;coins\n@a;5\n") == ["date_column"]


def test_one_number_decides_the_decimal_sign_for_all() -> None:
    assert facts_of("date;paid\n2026-05-14;1.234\n2026-05-14;1,50\n").columns[1].decimals == (",",)
    assert facts_of("date;paid\n2026-05-14;1.234\n2026-05-14;1.50\n").columns[1].decimals == (".",)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("german.csv", ("purchase", "2026-05-14", "350", "3.70", "web")),
        ("american.csv", ("purchase", "2026-05-14", "350", "1003.70", "")),
        ("bank.csv", ("purchase", "2026-05-14", "", "3.70", "")),
    ],
)
def test_samples_are_understood_by_their_headers(name: str, first: tuple[str, ...]) -> None:
    found = drafts_of((DATA / name).read_text(encoding="utf-8"))[0]
    assert isinstance(found, Incoming)
    draft = found.draft
    assert (draft.kind, draft.at, draft.coins, draft.paid, draft.channel) == first


def test_gifts_with_times_are_understood_and_equal_rows_have_equal_origins() -> None:
    one, other = drafts_of((DATA / "iso_gifts.csv").read_text(encoding="utf-8"))
    assert isinstance(one, Incoming)
    assert isinstance(other, Incoming)
    assert (one.draft.kind, one.draft.at, one.draft.creator, one.draft.gift) == (
        "gift", "2026-05-14T21:03:00", "@luna", "Rose",
    )  # fmt: skip
    assert one.origin == other.origin


def test_a_sheet_without_header_keeps_its_first_row() -> None:
    facts = facts_of((DATA / "no_header.csv").read_text(encoding="utf-8"))
    assert (facts.header, facts.rows) == (False, 2)


def test_encodings_are_marks_then_strict_utf8() -> None:
    assert sheet_facts.encoding_of((DATA / "utf16.csv").read_bytes()) == "utf-16"
    assert sheet_facts.encoding_of("date,who\n".encode("utf-8-sig")) == "utf-8-sig"
    data = (DATA / "japanese_sjis.csv").read_bytes()
    with pytest.raises(Refusal) as refused:
        list(sheet_facts.lines_of(io.BytesIO(data), "utf-8"))  # type: ignore[arg-type]  # a raw stream would do
    assert refused.value.problems[0].code == "not_this_encoding"
    assert "日付" in next(sheet_facts.lines_of(io.BytesIO(data), "shift_jis"))  # type: ignore[arg-type]  # as above


def test_a_mapping_is_kept_as_text_and_fits_another_sheet_by_name() -> None:
    facts = facts_of((DATA / "german.csv").read_text(encoding="utf-8"))
    mapping = sheet_guess.propose(facts)
    assert sheet_mapping.from_json(sheet_mapping.to_json(mapping)) == mapping
    other = facts_of("Notiz;Betrag;Datum\nx;1,00;14.05.2026\n")
    fitted = sheet_mapping.fitted(mapping, other)
    assert fitted.roles == (Role.IGNORE, Role.PAID, Role.DATE)
    with pytest.raises(Refusal):
        sheet_mapping.fitted(mapping, facts_of("a;b\nx;y\n"))
    for broken in ("", "{}", "[]", '{"names": 1}', "null"):
        with pytest.raises(Refusal):
            sheet_mapping.from_json(broken)


def test_a_ragged_row_is_a_problem_in_its_place() -> None:
    found = drafts_of("date,coins,who\n2026-05-14,5,@a\n2026-05-15,5\n")
    assert isinstance(found[1], Problem)
    assert (found[1].code, found[1].row) == ("too_few_cells", 3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('date,who\n2026-05-14,"a\n', "broken_quotes"),
        ("date,who\n2026-05-14," + "x" * 200_000 + "\n", "cell_too_long"),
        ("," * 400 + "\n", "too_many_columns"),
    ],
)
def test_a_torn_sheet_is_one_sentence(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        list(sheet_facts.rows_of(io.StringIO(text, newline=""), ","))
    assert refused.value.problems[0].code == code


def test_formulas_are_text() -> None:
    found = drafts_of('date,who,coins\n2026-05-14,"=1+1",5\n')
    assert isinstance(found[0], Incoming)
    assert found[0].draft.creator == "=1+1"


Days = st.lists(st.dates(date(2020, 1, 1), date(2026, 12, 31)), min_size=2, max_size=15)


@given(Days, st.sampled_from([("dmy", "%d.%m.%Y"), ("mdy", "%m/%d/%Y"), ("ymd", "%Y-%m-%d")]), st.sampled_from(",;\t|"))
@settings(max_examples=80, deadline=None)
def test_dates_and_amounts_written_any_way_come_back_or_are_asked(
    days: list[date], order: tuple[str, str], separator: str
) -> None:
    name, form = order
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["date", "coins", "who"])
    for number, day in enumerate(days, 1):
        writer.writerow([day.strftime(form), number, "@a"])
    facts = facts_of(out.getvalue())
    assert facts.separator == separator
    assert name in facts.columns[0].orders or len(facts.columns[0].orders) == 3
    mapping = sheet_guess.propose(facts)
    if mapping.forms[0]:
        said = [found.draft.at for found in drafts_of(out.getvalue()) if isinstance(found, Incoming)]
        assert said == [day.isoformat() for day in days]
    else:
        assert "date_order" in open_codes(out.getvalue())


def test_an_odd_cell_does_not_take_its_column_away() -> None:
    rows = "".join(f"2026-05-{day:02d},{day},luna\n" for day in range(1, 21))
    facts = facts_of(f"date,coins,who\n{rows}2026-05-21,ten,luna\nTotal,30,\n")
    assert facts.columns[0].orders
    assert facts.columns[1].decimals
    mapping = sheet_guess.propose(facts)
    assert mapping.roles == (Role.DATE, Role.COINS, Role.CREATOR)
    odd = sheet.understand(Record("rows", 22, ("2026-05-21", "ten", "luna")), mapping, Answers())
    assert isinstance(odd, Problem)
    assert odd.code == "not_coins_here"


def test_a_column_of_words_with_a_number_among_them_is_no_column_of_numbers() -> None:
    rows = "2026-05-01,Rose\n2026-05-02,5\n2026-05-03,Lion\n"
    for name in ("gift", "coins"):
        facts = facts_of(f"date,{name}\n{rows}")
        assert Role.COINS not in sheet_guess.propose(facts).roles
        assert (facts.columns[1].no_numbers, facts.columns[1].filled) == (2, 3)
    assert sheet_guess.fits(facts.columns[1], Role.COINS), "a person may say so all the same"


def test_a_column_with_many_odd_cells_is_not_taken_away_in_silence() -> None:
    text = "date,coins,paid\n2026-05-01,70,0.79\n2026-05-02,?,1.00\n2026-05-03,n/a,1.00\n2026-05-04,70,0.79\n"
    mapping = sheet_guess.propose(facts_of(text))
    assert mapping.roles == (Role.DATE, Role.COINS, Role.PAID)
    assert sheet_guess.odd_cells(facts_of(text).columns[1], Role.COINS) == 2
    assert [isinstance(found, Problem) for found in drafts_of(text)] == [False, True, True, False]


def test_dates_of_which_many_are_day_first_and_many_month_first_are_asked() -> None:
    days = "".join(f"{day}/2026,5,a\n" for day in ("13/4", "14/4", "15/4", "4/13", "4/14"))
    assert open_codes(f"date,coins,who\n{days}") == ["date_order"]
    prices = "".join(
        f"2026-05-14;{price};EUR\n" for price in ("1.234,50", "2.345,60", "3.456,70", "1,234.50", "2,345.60")
    )
    assert open_codes(f"date;paid;currency\n{prices}") == ["decimal"]


@pytest.mark.parametrize("total", ["Total,30,", "Summe:,30,", ",,Total", "Gesamt,30", "Total May 2026,30,"])
def test_a_line_that_sums_up_the_others_is_no_entry(total: str) -> None:
    found = drafts_of(f"date,coins,who\n2026-05-01,10,luna\n2026-05-02,20,luna\n{total}\n")
    assert [type(one) for one in found] == [Incoming, Incoming, type(None)]


@pytest.mark.parametrize("row", ["Total,30", "yesterday,30,Total", ",30,luna", "2026-05-03,30,Total Drama"])
def test_only_a_line_without_a_date_sums_up(row: str) -> None:
    """A word for a total beside what is meant as a date, or to the name of somebody, hides no entry."""
    *_, last = drafts_of(f"date,coins,who\n2026-05-01,10,luna\n2026-05-02,20,luna\n{row}\n")
    assert (last is None) == (row == "Total,30")
    *_, last = drafts_of("who,date,coins\nluna,2026-05-01,10\nSaldo,2026-05-02,10\nTotal Drama,?,5\n")
    assert isinstance(last, Problem)


def test_the_currency_is_asked_where_any_price_names_none() -> None:
    assert "currency" in open_codes("date,coins,paid\n2026-05-01,70,3.70\n2026-05-02,70,10.49 EUR\n")
    assert "currency" not in open_codes("date,coins,paid\n2026-05-01,70,3.70 EUR\n2026-05-02,70,10.49 EUR\n")


@pytest.mark.parametrize("head", ["Price EUR", "Preis (€)", "paid_eur"])
def test_the_name_of_the_price_column_is_its_currency_below_what_a_row_says_and_above_any_answer(head: str) -> None:
    text = f"date,coins,{head},Currency\n2026-05-01,70,3.70,\n2026-05-02,70,$3.70 CAD,\n2026-05-03,70,3.70,NZD\n"
    bare = text.replace(",Currency", "").replace(",\n", "\n").replace(",NZD", "")
    assert open_codes(text) == open_codes(bare) == []
    for said in ("", "CHF"):
        found = drafts_of(text, replace(sheet_guess.propose(facts_of(text)), currency=said))
        assert [one.draft.currency for one in found if isinstance(one, Incoming)] == ["EUR", "CAD", "NZD"]


def test_two_columns_of_prices_in_their_own_currencies_are_asked_about() -> None:
    text = "date,coins,Price EUR,Price USD\n2026-05-01,70,3.70,3.99\n"
    assert open_codes(text) == ["column"]
    facts = facts_of(text)
    mapping = sheet_guess.with_said(sheet_guess.propose(facts), facts, Said(roles=(("price usd", Role.PAID),)))
    [found] = drafts_of(text, mapping)
    assert isinstance(found, Incoming)
    assert (found.draft.paid, found.draft.currency) == ("3.99", "USD")


@pytest.mark.parametrize(
    ("head", "code"), [("EUR", "EUR"), ("usd", "USD"), ("€", "EUR"), ("US$", "USD"), (" SEK ", "SEK"), ("(EUR)", "EUR")]
)
def test_a_column_of_amounts_that_is_named_by_a_currency_alone_is_what_was_paid_in_it(head: str, code: str) -> None:
    text = f"date,coins,{head}\n2026-05-01,70,3.70\n"
    facts = facts_of(text)
    mapping = sheet_guess.propose(facts)
    assert (mapping.roles[2], mapping.priced_in(), mapping.kind) == (Role.PAID, code, "purchase")
    assert open_codes(text) == []
    [found] = drafts_of(text)
    assert isinstance(found, Incoming)
    assert (found.draft.paid, found.draft.currency) == ("3.70", code)
    assert sheet_guess.with_said(mapping, facts, Said(roles=((head.strip(), Role.NOTE),))).roles[2] is Role.NOTE


def test_a_column_named_by_a_sign_that_several_currencies_share_is_what_was_paid_in_one_that_is_asked() -> None:
    assert open_codes("date,coins,$\n2026-05-01,70,3.70\n") == ["currency"]


@pytest.mark.parametrize(
    "column", ["EUR\n2026-05-01,70,luna", "Tag\n2026-05-01,70,3.70", "eur rate\n2026-05-01,70,3.70"]
)
def test_no_other_column_is_taken_for_an_amount_by_its_name(column: str) -> None:
    assert Role.PAID not in sheet_guess.propose(facts_of(f"date,coins,{column}\n")).roles


@pytest.mark.parametrize("heads", [("EUR", "USD"), ("€", "US$"), ("Price", "USD"), ("EUR", "$")])
def test_two_columns_named_by_currencies_are_asked_about_and_the_answer_says_the_currency(
    heads: tuple[str, str],
) -> None:
    text = f"date,coins,{','.join(heads)}\n2026-05-01,70,3.70 ,3.99\n"
    assert open_codes(text) == ["column"]
    facts = facts_of(text)
    for head, paid in zip(heads, ("3.70", "3.99"), strict=True):
        mapping = sheet_guess.with_said(sheet_guess.propose(facts), facts, Said(roles=((head, Role.PAID),)))
        code = {"€": "EUR", "US$": "USD", "Price": "", "$": ""}.get(head, head)
        assert [point.code for point in sheet_guess.open_points(facts, mapping)] == ([] if code else ["currency"])
        [found] = drafts_of(text, mapping)
        assert isinstance(found, Incoming)
        assert (found.draft.paid, found.draft.currency) == (paid, code)


def decimal_points(text: str, currency: str = "", said: str = "") -> list[sheet_guess.OpenPoint]:
    facts = facts_of(text)
    mapping = replace(sheet_guess.with_said(sheet_guess.propose(facts), facts, Said(decimal=said)), currency=currency)
    return [point for point in sheet_guess.open_points(facts, mapping) if point.code == "decimal"]


def paid_in(text: str, currency: str = "", said: str = "") -> list[str]:
    facts = facts_of(text)
    mapping = sheet_guess.with_said(sheet_guess.propose(facts), facts, Said(decimal=said))
    found = drafts_of(text, replace(mapping, currency=currency))
    return [one.code if isinstance(one, Problem) else one.draft.paid for one in found if one]


def prices(*amounts: str) -> str:
    return "date;coins;paid\n" + "".join(f"2026-05-01;70;{amount}\n" for amount in amounts)


def test_each_currency_of_a_column_settles_its_own_decimal_sign() -> None:
    text = prices("€ 3,70", "$3.70", "€ 1.234", "$1,234", "£0.80")
    assert decimal_points(text) == []
    assert paid_in(text, "USD") == ["3.70", "3.70", "1234", "1234", "symbol_of_another"]


def test_a_shared_sign_or_none_is_settled_by_the_currency_that_it_is_said_to_stand_for() -> None:
    text = prices("US$3.70", "€ 3,70", "$1,200", "1,300")
    assert [point.examples for point in decimal_points(text)] == [("$1,200", "1200", "1.200")]
    assert decimal_points(text, "USD") == []
    assert paid_in(text, "USD") == ["3.70", "3.70", "1200", "1300"]
    assert [point.examples[0] for point in decimal_points(text, "CAD")] == ["$1,200"]
    rows = text.replace("paid", "paid;currency").replace("0\n", "0;\n").replace("1,300;", "1,300;NZD")
    assert [point.examples[0] for point in decimal_points(rows, "USD")] == ["1,300"]


def test_amounts_that_can_each_be_read_in_one_way_are_not_asked_about_beside_several_currencies() -> None:
    text = "date;coins;paid;currency\n2026-05-01;70;3,70;EUR\n2026-05-02;70;4.70;USD\n"
    assert decimal_points(text) == []
    assert paid_in(text) == ["3.70", "4.70"]
    [point] = decimal_points(f"{text}2026-05-02;70;1.234;USD\n")
    assert point.examples == ("1.234", "1.234", "1234")


def test_only_the_currency_whose_amounts_settle_nothing_is_asked_about() -> None:
    text = prices("US$3.70", "US$4.70", "€ 1.234")
    [point] = decimal_points(text)
    assert (point.examples, point.choices) == (("€ 1.234", "1.234", "1234"), (".", ","))
    for said, paid in ((".", "1.234"), (",", "1234")):
        assert decimal_points(text, said=said) == []
        assert paid_in(text, said=said) == ["3.70", "4.70", paid]


@pytest.mark.parametrize(
    ("amounts", "currency", "paid"),
    [
        (("¥1,050", "¥1,200"), "JPY", ["1050", "1200"]),
        (("¥1.050",), "JPY", ["1050"]),
        (("1,050",), "JPY", ["1050"]),
        (("Rp 17.000",), "", ["17000"]),
        (("₩1,050", "$3.70"), "USD", ["1050", "3.70"]),
        (("JP¥1,050", "€ 1.234,50"), "", ["1050", "1234.50"]),
    ],
)
def test_a_currency_whose_prices_are_whole_settles_what_parts_them(
    amounts: tuple[str, ...], currency: str, paid: list[str]
) -> None:
    assert decimal_points(prices(*amounts), currency) == []
    assert paid_in(prices(*amounts), currency) == paid


def test_a_column_of_currencies_whose_prices_are_whole_settles_what_parts_them() -> None:
    text = "date;coins;paid;currency\n2026-05-01;70;1,050;{}\n2026-05-02;70;1.200;JPY\n"
    assert decimal_points(text.format("KRW")) == []
    assert paid_in(text.format("KRW")) == ["1050", "1200"]
    assert len(decimal_points(text.format("EUR"))) == 1


@pytest.mark.parametrize(
    ("amounts", "currency"),
    [
        (("$1,200", "$1,300"), "USD"),
        (("$1,200",), ""),
        (("¥1,050",), "CNY"),
        (("¥1,050",), ""),
        (("€3", "€5", "€7", "€9", "€1.234"), ""),
        (("3,70", "3.70", "1.234"), "EUR"),
        (("€ 1.234", "$1,200"), "USD"),
    ],
)
def test_the_question_about_a_decimal_sign_names_both_readings_and_either_answer_settles_it(
    amounts: tuple[str, ...], currency: str
) -> None:
    [point] = decimal_points(prices(*amounts), currency)
    sample, *ways = point.examples
    assert sample in amounts
    assert len(point.choices) == len(set(ways) - {"-"}) == 2
    for choice, way in zip(point.choices, ways, strict=True):
        assert decimal_points(prices(*amounts), currency, choice) == []
        assert paid_in(prices(*amounts), currency, choice)[amounts.index(sample)] == way


def test_amounts_lose_their_sign_only_where_all_or_three_in_four_are_below_zero() -> None:
    rows = ["-1.234,50", "-2.345,60", "-3.456,70", "-4.567,80", "1,5", "2,5", "-1,234.50"]
    spent = facts_of("date;paid;currency\n" + "".join(f"2026-05-14;{price};EUR\n" for price in rows))
    assert not spent.columns[1].negative
    assert facts_of("date;paid;currency\n2026-05-14;-1,5;EUR\n2026-05-14;-2,5;EUR\n").columns[1].negative


@pytest.mark.parametrize("column", ["paid", "charged"])
def test_an_amount_below_zero_among_others_says_that_the_signs_differ(column: str) -> None:
    price = "{}" if column == "paid" else "3.70,{}"
    rows = ["date,kind,coins,paid" + (",charged" if column == "charged" else "")]
    for kind, amount in (("purchase", "-3.70"), ("purchase", "3.70"), ("gift", "-3.70")):
        rows.append(f"2026-05-14,{kind},70,{price.format(amount)}")
    mixed, other, gift = drafts_of("\n".join(rows) + "\n")
    assert isinstance(mixed, Problem)
    assert (mixed.field, mixed.code, dict(mixed.values)["text"]) == (column, "signs_differ", "-3.70")
    assert isinstance(other, Incoming)
    assert isinstance(gift, Incoming)


def amounts_of(text: str) -> list[tuple[str, str]]:
    """What came of each row: its field and code as a problem, else its kind and what was paid."""
    found = drafts_of(text, replace(sheet_guess.propose(facts_of(text)), kind="purchase"))
    return [
        (one.field, one.code) if isinstance(one, Problem) else (one.draft.kind, one.draft.paid) for one in found if one
    ]


@pytest.mark.parametrize("other", ["3,70 €", "+3,70 €", "about 3,70 €"])
def test_a_lone_amount_below_zero_keeps_its_sign_whatever_the_others_can_be_read_as(other: str) -> None:
    found = amounts_of(f"date;coins;paid\n2026-05-01;70;-3,70 €\n2026-05-02;70;{other}\n")
    assert found[0] == ("paid", "signs_differ")


@pytest.mark.parametrize("column", ["paid", "charged"])
def test_an_amount_above_zero_among_those_of_a_bank_may_be_a_refund_until_its_kind_is_said(column: str) -> None:
    price = "paid,charged\n" if column == "charged" else "paid\n"
    before = "3.70 EUR," if column == "charged" else ""
    rows = [("", "-3.70 EUR"), ("", "3.70 EUR"), ("", "-0.80 EUR"), ("purchase", "2.90 EUR")]
    text = "".join(f"2026-05-0{day},{kind},70,{before}{amount}\n" for day, (kind, amount) in enumerate(rows, 1))
    found = amounts_of(f"date,kind,coins,{price}{text}2026-05-09,,70,{before}-0.80 EUR\n")
    assert found[:3] == [(column, "signs_differ"), (column, "may_be_refund"), (column, "signs_differ")]
    assert found[3] == ("purchase", "3.70" if column == "charged" else "2.90")


def test_of_a_banks_list_what_was_spent_comes_in_and_what_came_back_is_a_problem_of_its_row_alone() -> None:
    rows = ["-3,70", "-10,49", "3,70", "-0,99"]
    text = "".join(f"2026-05-0{day};70;{amount}\n" for day, amount in enumerate(rows, 1))
    assert amounts_of(f"date;coins;paid\n{text}") == [
        ("purchase", "3.70"),
        ("purchase", "10.49"),
        ("paid", "may_be_refund"),
        ("purchase", "0.99"),
    ]


@pytest.mark.parametrize("signs", [("", "-"), ("-", ""), ("-", "-")])
def test_what_came_back_needs_no_sign_where_its_kind_says_so(signs: tuple[str, str]) -> None:
    bought, back = signs
    rows = f"2026-05-01,purchase,70,{bought}3.70 EUR,A\n2026-05-02,refund,70,{back}3.70 EUR,A\n"
    text = f"date,type,coins,paid,order\n{rows}"
    assert amounts_of(text)[1] == ("refund", "3.70")


@pytest.mark.parametrize("kinds", [True, False])
@pytest.mark.parametrize(
    ("row", "came"),
    [
        ("@luna,Rose,,,", ("gift", "")),
        ("@luna,,,,", ("gift", "")),
        (",Rose,0.00,,", ("gift", "")),
        ("@luna,,3.70 EUR,,A1", ("purchase", "3.70")),
        ("@luna,,,3.70,", ("purchase", "")),
        (",,,,", ("purchase", "")),
        ("@luna,Rose,,,A1", ("kind", "gift_or_purchase")),
    ],
)
def test_a_row_without_a_kind_that_names_whom_or_what_and_no_money_is_a_gift(
    row: str, came: tuple[str, str], kinds: bool
) -> None:
    head, first, cell = ("kind,", "purchase,", ",") if kinds else ("", "", "")
    text = f"date,{head}coins,creator,gift,paid,charged,order\n2026-05-01,{first}70,,,3.70 EUR,3.70,A0\n"
    text += f"2026-05-02,{cell}5,{row}\n"
    assert amounts_of(text)[1] == came
    mapping = replace(sheet_guess.propose(facts_of(text)), kind="purchase")
    cells = tuple(text.splitlines()[2].split(","))
    seen = sheet.glimpse(Record("rows", 3, cells), mapping)
    assert seen.kind == ("purchase" if came[0] == "purchase" else "gift")
    assert not mapping.unread(mapping.roles.index(Role.CREATOR))


def test_a_purchase_that_names_whom_or_what_and_no_money_contradicts_itself() -> None:
    head = "date,kind,coins,creator,paid\n2026-05-01,purchase,70,,3.70 EUR\n"
    assert amounts_of(f"{head}2026-05-02,purchase,5,@luna,\n")[1] == ("kind", "gift_or_purchase")
    assert amounts_of(f"{head}2026-05-02,purchase,5,@luna,3.70 EUR\n")[1] == ("purchase", "3.70")


def test_all_rows_are_what_they_are_said_to_be_where_no_column_could_tell_otherwise() -> None:
    text = "date,coins,creator\n2026-05-01,70,@luna\n"
    assert amounts_of(text) == [("purchase", "")]
    mapping = replace(sheet_guess.propose(facts_of(text)), kind="purchase")
    assert mapping.unread(2)


def test_a_saved_mapping_does_not_say_which_signs_the_amounts_of_another_sheet_have() -> None:
    sheets = {sign: f"date,coins,paid\n2026-05-14,70,{sign}3.70 EUR\n" for sign in ("", "-")}
    for saved, read in ("", "-"), ("-", ""):
        mapping = sheet_mapping.fitted(sheet_guess.propose(facts_of(sheets[saved])), facts_of(sheets[read]))
        [found] = drafts_of(sheets[read], mapping)
        assert isinstance(found, Incoming)
        assert found.draft.paid == "3.70"


@pytest.mark.parametrize(
    ("head", "role", "columns"),
    [
        ("Date,Coins,Price,Total,Currency", "paid", ("Price", "Total")),
        ("Date,Coins,Coin count,Price,Currency", "coins", ("Coins", "Coin count")),
    ],
)
def test_two_columns_that_may_be_the_same_amount_are_asked_about(
    head: str, role: str, columns: tuple[str, ...]
) -> None:
    facts = facts_of(f"{head}\n2026-05-01,350,3,3,EUR\n")
    mapping = sheet_guess.propose(facts)
    [point] = sheet_guess.open_points(facts, mapping)
    assert (point.code, point.name, point.examples) == ("column", role, columns)
    one, other = (name.casefold() for name in columns)
    left = sheet_guess.with_said(mapping, facts, Said(roles=((one, Role.IGNORE),)))
    assert [point.examples for point in sheet_guess.open_points(facts, left)] == [columns[1:]]
    for said in (((other, Role(role)),), ((one, Role.IGNORE), (other, Role.IGNORE))):
        settled = sheet_guess.with_said(mapping, facts, Said(roles=said))
        assert sheet_guess.open_points(facts, settled) == ()
        assert sheet_guess.kept(settled, mapping, facts).open_roles() == ()
        again = sheet_mapping.from_json(sheet_mapping.to_json(settled))
        assert sheet_guess.open_points(facts, sheet_mapping.fitted(again, facts)) == ()
    assert sheet_mapping.fitted(sheet_mapping.from_json(sheet_mapping.to_json(mapping)), facts).open_roles() == (
        Role(role),
    )


def test_what_no_row_of_a_sheet_can_have_is_not_asked_about() -> None:
    facts = facts_of("Date,To,Coins,Price,Cost\n2026-05-01,@a,350,3,3\n")
    assert "column" not in [point.code for point in sheet_guess.open_points(facts, sheet_guess.propose(facts))]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("€", "EUR"), ("eur", "EUR"), ("US$", "USD"), ("lei", "RON"), ("zł", "PLN"), ("Euro", "EUR")),
        *(("EUROS", "EUR"), ("yen", "JPY"), ("Złoty", "PLN"), ("US Dollar", "USD"), ("Pound sterling", "GBP")),
    ],
)
def test_a_column_of_currencies_may_hold_their_signs(cell: str, code: str) -> None:
    [found] = drafts_of(f"Date,Coins,Price,Currency\n2026-05-01,350,3.70,{cell}\n")
    assert isinstance(found, Incoming)
    assert found.draft.currency == code


@pytest.mark.parametrize("sign", ["$", "Dollar", "dollars"])
def test_a_sign_that_several_currencies_share_is_asked_about_and_never_outweighs_the_answer(sign: str) -> None:
    text = f"Date,Coins,Price,Currency\n2026-05-01,350,3.70,{sign}\n"
    assert open_codes(text) == ["currency"]
    mapping = sheet_guess.propose(facts_of(text))
    [found] = drafts_of(text, replace(mapping, currency="CAD"))
    assert isinstance(found, Incoming)
    assert found.draft.currency == "CAD"
    [found] = drafts_of(text, replace(mapping, currency="EUR"))
    assert isinstance(found, Problem)
    assert found.code == "symbol_of_another"


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ("2026-05-01,350,3.70,kr\n2026-05-02,70,0.85,kr\n", ("3.70 kr", "0.85 kr")),
        ("2026-05-01,350,3.70,EUR\n2026-05-02,70,0.85,$\n", ("$",)),
    ],
)
def test_a_question_about_shared_signs_shows_them(rows: str, shown: tuple[str, ...]) -> None:
    facts = facts_of(f"Date,Coins,Price,Currency\n{rows}")
    [point] = sheet_guess.open_points(facts, sheet_guess.propose(facts))
    assert (point.code, point.examples) == ("currency", shown)


def test_a_refund_without_an_order_number_says_what_it_needs() -> None:
    [found] = drafts_of("Date,Type,Coins,Price\n2026-05-01,refund,350,3.70 EUR\n")
    assert isinstance(found, Problem)
    assert found.code == "refund_without_order"
