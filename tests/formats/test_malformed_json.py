"""Malformed and odd JSON: the right records or one sentence, whatever the bytes; three hundred cases and more."""

import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coinbudget.domain.errors import Refusal
from coinbudget.formats import google_takeout, json_stream, tiktok_export
from coinbudget.formats.source import Record
from coinbudget.services.wording import SENTENCES

DATA = Path(__file__).parents[1] / "data"
ROW = '{"Date": "2023-05-14 21:09:40", "GiftAmount": "1", "UserName": "a"}'

#: Values no JSON has, and sound ones nobody expects, after the kinds of JSONTestSuite.
VALUES = [
    *("", " ", ",", ":", "]", "}", "[", "{", "[1", '{"a"', '{"a":', '{"a":1', '{"a":1,', "[1,", "[,1]", "[1,,2]"),
    *("[1 2]", '{"a" 1}', '{"a":1 "b":2}', "{1:2}", "{a:1}", "{'a':1}", '{"a":1,}', "[1,]", "[,]", "{,}", '{"a"}'),
    *("nul", "tru", "fals", "NULL", "True", "None", "undefined", "NaN", "-NaN", "Infinity", "-Infinity", "nan"),
    *("01", "-01", "1.", ".1", "-.1", "+1", "1e", "1e+", "1.e1"),
    *("0x1", "1_000", "--1", "-", "1a", "0b1", "1,5", "1 000"),
    *('"', '"a', "'a'", '"\\', '"\\x"', '"\\u12"', '"\\uZZZZ"'),
    *('"\\ud800', '"\\"', '"a\nb"', '"a\tb"', '"\x00"', '"\x1f"'),
    *("/* a */ 1", "// a\n1", "# a", "<a/>", "1 1", '"a" "b"', "[][]"),
    *("{}{}", "[1]x", '{"a":1}]', "\ufeff\ufeff1", "\\u0031"),
    *("1e999", "-1e999", "1E-999", "0e0", "-0", "9" * 400, "0." + "1" * 400, "123456789012345678901234567890"),
    *("1e400"),
    *('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\uffff"'),
    *('"\U0001f600"', '"\u2028"', '"\u202e"', '"\x7f"', '""'),
    *("[[]]", "[[[]]]", "{}", "[{}]", '{"":0}', '{"a":{"a":{"a":{}}}}', "[null]"),
    *("[true,false]", "true", "null", "[{},[],1]"),
    *('{"Date":null}', '{"Date":[]}', '{"Date":{}}', '{"Date":{"Date":"x"}}'),
    *('{"Date":1,"Date":2}', '{"date":"x","Date":"y"}'),
]  # fmt: skip
PLACES = {
    "alone": "%s",
    "list": '{"Your Activity": {"Purchases": {"SendGifts": {"SendGifts": [' + ROW + ", %s]}}}}",
    "field": '{"SendGifts": [{"Date": "2023-05-14 21:09:40", "GiftAmount": %s, "UserName": "a"}]}',
    "price": '{"Your Activity": {"BuyGifts": {"BuyGifts": [{"Date": "x", "Price": %s}]}}}',
    "live": '{"WatchLiveMap": {"1": {"WatchTime": %s}}}',
}


def bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def cases() -> Iterator[tuple[str, bytes]]:
    for place, shape in PLACES.items():
        for number, value in enumerate(VALUES):
            yield f"{place}-{number}", bytes_of(shape % value)
    yield "deep arrays", b"[" * 100_000
    yield "deep objects", b'{"a":' * 100_000
    yield "deep in a list", bytes_of(PLACES["list"] % ("[" * 500 + "]" * 500))
    yield "a text without end", b'{"a": "' + b"x" * 5_000_000
    yield "a long text", b'{"SendGifts": [{"UserName": "' + b"x" * 5_000_000 + b'"}]}'
    yield "many digits", b'{"SendGifts": [{"GiftAmount": ' + b"9" * 100_000 + b"}]}"
    yield "a mark", b"\xef\xbb\xbf" + bytes_of(PLACES["list"] % ROW)
    yield "utf-16", (PLACES["list"] % ROW).encode("utf-16")
    yield "utf-16 without mark", (PLACES["list"] % ROW).encode("utf-16-le")
    yield "utf-32", (PLACES["list"] % ROW).encode("utf-32")
    yield "latin-1", (PLACES["field"] % '"\u00e9"').encode("latin-1")
    yield "surrogates as bytes", b'{"SendGifts": [{"UserName": "\xed\xa0\x80"}]}'
    yield "overlong", b'{"SendGifts": [{"UserName": "\xc0\xaf"}]}'


CASES = dict(cases())


@pytest.mark.parametrize("case", CASES)
def test_malformed_json_is_one_sentence_or_the_right_records(case: str) -> None:
    data = CASES[case]
    for read in (tiktok_export.read, google_takeout.read):
        try:
            found = list(read(io.BytesIO(data)))
        except Refusal as refusal:
            codes = {problem.code for problem in refusal.problems}
            assert codes <= SENTENCES.keys()
            continue
        # Whatever came through was sound to the last byte.
        json.loads(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogatepass"))
        assert len(found) < 10


def test_there_are_more_than_three_hundred_cases() -> None:
    assert len(CASES) >= 300


@pytest.mark.parametrize("name", ["tiktok/e3.json", "google/Order History.json"])
def test_a_file_cut_off_at_any_byte_brings_nothing(name: str) -> None:
    data = (DATA / name).read_bytes().rstrip()
    read = google_takeout.read if name.startswith("google") else tiktok_export.read
    for length in range(0, len(data) - 1, 7):
        with pytest.raises(Refusal):
            list(read(io.BytesIO(data[:length])))


def test_a_sound_file_keeps_every_row_around_an_odd_one() -> None:
    found = list(tiktok_export.read(io.BytesIO(bytes_of(PLACES["list"] % "[1, {}]"))))
    assert [record.cells for record in found] == [("2023-05-14 21:09:40", "1", "a"), ("", "", "")]


@pytest.mark.parametrize("before", range(65_500, 65_560))
def test_an_escape_over_the_edge_of_a_block_stays_whole(before: int) -> None:
    text = "\\" + "\U0001f600" + '"' + "\ud83d"
    document = {"x": "a" * before, "SendGifts": [{"Date": "x", "GiftAmount": 1, "UserName": text}] * 2}
    found = list(tiktok_export.read(io.BytesIO(json.dumps(document).encode())))
    assert {record.cells[2] for record in found} == {"\\" + "\U0001f600" + '"' + "\ufffd"}


# Held against Python's own parser


class Number(str):
    """A number of JSON as it is written."""

    __slots__ = ()


class Pairs(list[tuple[str, Any]]):
    """An object of JSON with every key it has, equal ones too."""

    __slots__ = ()


UNSOUND = {"json_broken", "json_cut_off", "json_too_deep", "json_not_utf8", "text_too_long"}
LISTS = {"coinpurchasehistorylist": "coins", "buygifts": "prices", "sendgifts": "gifts", "watchlivemap": "lives"}
#: Of each cell: the field's own name, then its aliases.
CELLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "coins": (("date", "time"), ("type",), ("coinamount", "coins", "amount")),
    "prices": (("date", "time"), ("price", "amount")),
    "gifts": (("date", "time"), ("giftamount", "coins", "amount"), ("username", "recipient", "user")),
    "lives": ((), ("watchtime", "date"), ("link",)),
}


def no_constant(text: str) -> None:
    raise ValueError(text)


def number(text: str) -> Number:
    """As it is written, where it is one that can be held at all."""
    Decimal(text)
    return Number(text)


def parsed(data: bytes) -> Any:
    """A document by Python's parser, made as strict as the standard, but for two more signs that count as blanks."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    while True:
        try:
            return json.loads(
                text, parse_int=Number, parse_float=number, parse_constant=no_constant, object_pairs_hook=Pairs
            )
        except json.JSONDecodeError as error:
            if text[error.pos : error.pos + 1] not in {"\x0b", "\x0c"} or "control" in error.msg:
                raise
            text = f"{text[: error.pos]} {text[error.pos + 1 :]}"


def depth_of(value: Any) -> int:
    if not isinstance(value, list):
        return 0
    inner = (pair[1] for pair in value) if isinstance(value, Pairs) else iter(value)
    return 1 + max(map(depth_of, inner), default=0)


def cell(value: Any) -> str:
    if isinstance(value, Number):
        if re.fullmatch(r"-?[0-9]+", value):
            return str(int(value))
        number = Decimal(value)
        text = f"{number:f}" if -30 < number.adjusted() < 30 else str(number)
        # A number with three decimals is no thousand and more.
        return text + "0" if re.search(r"\.[0-9]{3}$", text) else text
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    return {None: "", True: "true", False: "false"}[value]


def folded(key: str) -> str:
    return re.sub(r"[\s_]", "", key).lower()


def cells(section: str, row: Any, room: str = "") -> tuple[str, ...]:
    found = [room if section == "lives" and not place else "" for place in range(len(CELLS[section]))]
    for key, value in row if isinstance(row, Pairs) else ():
        for place, names in enumerate(CELLS[section]):
            if folded(key) in names and not isinstance(value, list) and (folded(key) == names[0] or not found[place]):
                found[place] = cell(value)
    return tuple(found)


def rows(section: str, value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, Pairs):
        for key, inner in value:
            if LISTS.get(folded(key)) == section and isinstance(inner, list):
                yield from rows(section, inner)
            elif section == "lives" and isinstance(inner, Pairs):
                found = cells(section, inner, cell(key))
                if found[1] and found[0].strip() != "-1":
                    yield section, found
    elif isinstance(value, list) and section != "lives":
        for row in value:
            if isinstance(row, list):
                yield section, cells(section, row)
            elif row is not None:
                yield section, (cell(row), *[""] * (len(CELLS[section]) - 1))


def expected(value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The rows of a document that lies in memory whole."""
    if isinstance(value, Pairs):
        for key, inner in value:
            section = LISTS.get(folded(key))
            yield from rows(section, inner) if section else expected(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expected(inner)


def outcome(data: bytes, most: int = -1) -> list[Record] | str:
    """The records, or the code of the one problem; read in pieces of at most so many bytes."""
    try:
        return list(tiktok_export.read(Pieces(data, most)))
    except Refusal as refusal:
        (found,) = refusal.problems
        assert found.code in SENTENCES
        return found.code


class Pieces(io.BytesIO):
    """A stream that never gives more at once."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = -1 if size is None else size
        return super().read(wanted if self._most < 0 or 0 <= wanted < self._most else self._most)


def hold(data: bytes, most: int = -1) -> None:
    """Hold one document against Python's parser."""
    found = outcome(data, most)
    try:
        document = parsed(data)
        wanted = list(expected(document))
        sound = depth_of(document) <= json_stream.MAX_DEPTH
    except (ValueError, RecursionError, InvalidOperation):
        sound = False
    if not sound:
        assert found in UNSOUND
    elif isinstance(found, str):
        assert found == "not_tiktok"
        assert not wanted
    else:
        assert [(record.section, record.cells) for record in found] == wanted


LIMITED = {"a long text", "many digits"}
MORE = [
    *(r'"\ud83d\ude00"', r'"\ud83d"', r'"\ude00"', r'"\ud83d\ud83d\ude00"', r'"\ude00\ude00"', r'"\ud83dA"'),
    *(r'"\\ud83d"', r'"\\\ud83d"', r'"\\\\ude00"', r'"\uD83D\uDE00"', r'"\ud83d\u0041"', r'"\ud83d\n"'),
    *('"' + "7" * 5_000 + '"', '"a\\"' + '", "b": "' + "7" * 5_000 + '"', "1." + "0" * 998, "1.500", "5.000", "-0.0"),
    *("1E5", "1e-7", "1.5e+3", "0e99", "1e29", "1e30", "1e31", "1e-29", "1e-31", "1e99999999999999999999", "9" * 999),
    *('"\\/\\b\\f\\n\\r\\t"', '"\\a"', '"\\u00e9"', '"\\u00G9"', '"\u00e9\u20ac\U0001f468"', '"\ufeff"'),
    *('"\ufffe"', '"\ufdd0"'),
    *("[" * 40 + "]" * 40, "[" * 70 + "]" * 70, '{"a":' * 40 + "1" + "}" * 40, '{"a":' * 70 + "1" + "}" * 70),
    *('{"SendGifts":[{"Date":"x"}]}', '{"BuyGifts":{"BuyGifts":[{"Price":1}]}}', '[{"SendGifts":[1]}]'),
    *('{"SendGifts":{"SendGifts":{"SendGifts":[{"Date":"x"}]}},"BuyGifts":[{"Date":"y"}]}', '{"SendGifts":"x"}'),
    *('{"Coins":5,"GiftAmount":7}', '{"GiftAmount":7,"Coins":5}', '{"GiftAmount":null,"Coins":5}'),
    *('{"\\u0044ate":"x"}', '{"GiftAmount":7,"Coins":null}'),
    *('{"Date":"x","Date":null}', '{"User_Name":"x"," username ":"y"}'),
    *("\t1", "1\n", "\r\n1", "\x0b1", "\x0c1", "\xa01", "\u20281", "1\x00", "\x1e1", "1;", "1//", "1 /**/"),
]  # fmt: skip


@pytest.mark.parametrize("case", [case for case in CASES if case not in LIMITED])
def test_what_is_read_is_what_python_reads(case: str) -> None:
    hold(CASES[case])


@pytest.mark.parametrize("place", [*PLACES, "neighbour"])
@pytest.mark.parametrize("number", range(len(MORE)))
def test_odd_values_are_what_python_reads_in_every_place_and_piece(number: int, place: str) -> None:
    shape = PLACES.get(place, '{"Comment": [%s], "SendGifts": [' + ROW + "]}")
    data = bytes_of(shape % MORE[number])
    for most in (-1, 1, 7):
        hold(data, most)


@pytest.mark.parametrize("name", ["e1.json", "e3.json", "e3_drift.json", "e3_lives.json", "e3_numbers.json"])
def test_every_sample_is_what_python_reads(name: str) -> None:
    hold((DATA / "tiktok" / name).read_bytes(), 11)


@pytest.mark.parametrize("name", ["e3.json", "e3_lives.json"])
def test_a_sample_cut_off_after_any_byte_is_one_sentence(name: str) -> None:
    data = (DATA / "tiktok" / name).read_bytes().rstrip()
    codes = {outcome(data[:length]) if length else "json_cut_off" for length in range(len(data))}
    assert codes <= {"json_cut_off", "json_broken"}


@given(st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=4), st.integers(1, 70))
@settings(max_examples=300, deadline=None)
def test_flipped_bytes_are_what_python_reads(flips: list[tuple[int, int]], most: int) -> None:
    data = bytearray((DATA / "tiktok" / "e3_drift.json").read_bytes())
    for place, value in flips:
        data[place % len(data)] = value
    hold(bytes(data), most)


ESCAPES = [
    *("\\\\", '\\"', "\\n", "\\u0041", "\\ud83d", "\\ude00", "\\uDBFF", "\\udfff", "u", "d83d", "a", "\u00e9"),
    "9" * 600,
]


@given(st.lists(st.sampled_from(ESCAPES), max_size=30), st.integers(1, 40))
@example(["\\ud83d", "\\\\", "a", "\\ude00"], 3)
@example(["\\\\", "u", "d83d", "\\ude00"], 1)
@settings(max_examples=300, deadline=None)
def test_escapes_and_halves_of_signs_are_what_python_reads(parts: list[str], most: int) -> None:
    hold(bytes_of(PLACES["list"] % ('{"UserName": "' + "".join(parts) + '"}')), most)


@pytest.mark.parametrize("filler", [b"x", rb"\"", rb"\\", rb"\n", rb"\u00e9", "\u20ac".encode()])
@pytest.mark.parametrize(
    "shape", [b'{"SendGifts": [{"UserName": "%s"}]}', b'{"a": "%s", "SendGifts": []}', b'{"%s": 1}']
)
def test_one_text_of_five_mebibytes_is_refused_in_whatever_signs(shape: bytes, filler: bytes) -> None:
    assert outcome(shape % (filler * (5 * 1024**2 // len(filler)))) == "text_too_long"


def test_five_mebibytes_of_blanks_or_of_small_texts_are_no_long_text() -> None:
    for filler in (b" " * 5 * 1024**2, b'"\\"a", ' * 700_000):
        assert outcome(b'{"a": [%s1], "SendGifts": [{"Date": "x"}]}' % filler) == [Record("gifts", 1, ("x", "", ""))]


def test_a_long_run_of_digits_breaks_a_number_and_no_chat() -> None:
    digits = b"7" * 70_000
    assert outcome(b'{"SendGifts": [{"GiftAmount": %s}]}' % digits, 100) == "json_broken"
    found = outcome(b'{"Comment": "my number: %s", "SendGifts": [{"Date": "x"}]}' % digits)
    assert found == [Record("gifts", 1, ("x", "", ""))]
