"""Malformed and odd JSON: the right records or one sentence, whatever the bytes; three hundred cases and more."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from coinbudget.domain.errors import Refusal
from coinbudget.formats import google_takeout, tiktok_export
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
