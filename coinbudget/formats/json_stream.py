"""JSON as a stream of events, guarded: memory stays flat, and whatever is no sound JSON is one sentence.

The parser (ijson) takes any depth, stumbles over a byte order mark, and gives events before it notices that a file is
cut off or broken further on. Here depth is bounded, a UTF-8 mark is passed over, and every failure is a Refusal; who
reads must throw away what it had read by then.

Numbers come as `int` or `Decimal`, never as float; NaN and Infinity are no JSON.
"""

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from coinbudget.domain.errors import Refusal, problem

#: No export seen nests deeper than a dozen levels.
MAX_DEPTH = 64
#: No text of an export comes near this; the parser would keep all of one in memory.
MAX_TEXT_BYTES = 4 * 1024**2
#: Bytes handed to the parser at once.
BLOCK_BYTES = 64 * 1024

_ESCAPED = re.compile(rb"\\\\.", re.DOTALL)
#: ijson's C part hands out a broken value for an integer of more digits than Python reads (4300).
_MAX_DIGITS = 1000
_DIGITS = re.compile(rb"[0-9]{%d}" % _MAX_DIGITS)
#: An escaped backslash, a pair of surrogates, or half of one: what a program writes that cut a text inside an emoji.
_HALVES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_FIRST_HALF = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}")
_PAIR_BYTES, _HALF_BYTES = 12, 6
_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_DEEPER = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}

#: An event of the parser: its name and its value, as `ijson.basic_parse` gives them.
Event = tuple[str, Any]


def events(stream: BinaryIO) -> Iterator[Event]:
    """Every event of one JSON document, to its very end.

    Raises:
        Refusal: it is no sound JSON, is cut off, nests too deep, or is not UTF-8.
    """
    depth = 0
    try:
        for event in ijson.basic_parse(_unmarked(stream), buf_size=BLOCK_BYTES):
            step = _DEEPER.get(event[0])
            if step is not None:
                depth += step
                if depth > MAX_DEPTH:
                    raise Refusal(problem("file", "json_too_deep", most=MAX_DEPTH))
            yield event
    except ijson.IncompleteJSONError as error:
        # Without values and with a parse error alike; the end of the file tells them apart.
        raise Refusal(problem("file", "json_cut_off" if _is_end(error) else "json_broken")) from None
    except UnicodeError:
        raise Refusal(problem("file", "not_utf8")) from None
    except (ijson.JSONError, ValueError, ArithmeticError, RecursionError):
        raise Refusal(problem("file", "json_broken")) from None


def _is_end(error: Exception) -> bool:
    text = str(error).lower()
    return not text or "premature" in text or "incomplete" in text


def _unmarked(stream: BinaryIO) -> "_Checked":
    head = stream.read(len(_MARK))
    if head.startswith(_OTHER_MARKS):
        raise Refusal(problem("file", "not_utf8"))
    return _Checked(b"" if head == _MARK else head, stream)


class _Checked:
    """A stream behind the bytes already read from it, refused where one text of it would fill memory."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest
        self._open_bytes = 0
        self._tail = b""
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        """What `ijson` asks for.

        Raises:
            Refusal: a text has no end, or a number very many digits.
        """
        block = self._whole(self._head.read(size) or self._rest.read(size))
        plain = _ESCAPED.sub(b"", block) if b"\\" in block else block
        last = plain.rfind(b'"')
        self._open_bytes = self._open_bytes + len(block) if last < 0 else len(plain) - last - 1
        if self._open_bytes > MAX_TEXT_BYTES:
            raise Refusal(problem("file", "text_too_long"))
        if _DIGITS.search(self._tail + block):
            raise Refusal(problem("file", "json_broken"))
        self._tail = block[-_MAX_DIGITS:]
        return block

    def _whole(self, block: bytes) -> bytes:
        """The next bytes with halves of surrogate pairs replaced, for the parser stumbles over them."""
        last = not block
        block = self._held + block
        self._held = b""
        if b"\\" not in block:
            return block
        if not last:
            # An escape may go on in the next block: it is held back from where its backslashes begin.
            cut = block.find(b"\\", max(len(block) - _PAIR_BYTES, 0))
            if cut >= _HALF_BYTES and _FIRST_HALF.fullmatch(block[cut - _HALF_BYTES : cut]):
                cut -= _HALF_BYTES
            while cut > 0 and block[cut - 1 : cut] == b"\\":
                cut -= 1
            if cut > 0:
                block, self._held = block[:cut], block[cut:]
        return _HALVES.sub(_whole_escape, block)


def _whole_escape(found: re.Match[bytes]) -> bytes:
    half = len(found[0]) not in {2, _PAIR_BYTES}
    return b"\\ufffd" if half else found[0]
