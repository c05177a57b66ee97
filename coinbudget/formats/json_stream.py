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

#: ijson's C part hands out a broken value for an integer of more digits than Python reads (4300).
_MAX_DIGITS = 1000
_DIGITS = re.compile(rb"[0-9]{%d}" % _MAX_DIGITS)
#: So many digits in a row meet at least so many of every so manieth byte; the whole pattern takes long to say no.
_SAMPLED = 125
_SAMPLES = re.compile(rb"[0-9]{%d}" % (_MAX_DIGITS // _SAMPLED))
_WHOLE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
#: An escaped backslash or a sign that takes two escapes, else half of such a sign; the parser takes whatever escape
#: follows a half for the other one, or gives up the whole file. Chats hold halves where a text was cut.
_HALF = re.compile(rb"(\\\\|" + _WHOLE.pattern + rb")|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
#: An escape that a block may end in the middle of, and its most bytes.
_OPEN_ESCAPE = re.compile(
    rb"(?<!\\)(\\+)(?:u[0-9a-fA-F]{0,3}|u[dD][89abAB][0-9a-fA-F]{2}(?:\\(?:u[0-9a-fA-F]{0,3})?)?)?\Z"
)
_LONGEST_OPEN = 12
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
        # Without values and with a parse error alike; the words of the error tell them apart.
        code = "json_cut_off" if _is_end(error) else "json_not_utf8" if "utf8" in str(error).lower() else "json_broken"
        raise Refusal(problem("file", code)) from None
    except UnicodeError:
        raise Refusal(problem("file", "json_not_utf8")) from None
    except (ijson.JSONError, ValueError, ArithmeticError, RecursionError):
        raise Refusal(problem("file", "json_broken")) from None


def _is_end(error: Exception) -> bool:
    text = str(error).lower()
    return not text or "premature" in text or "incomplete" in text


def _unmarked(stream: BinaryIO) -> "_Checked":
    head = stream.read(len(_MARK))
    if head.startswith(_OTHER_MARKS):
        raise Refusal(problem("file", "json_not_utf8"))
    return _Checked(b"" if head == _MARK else head, stream)


class _Checked:
    """A stream behind the bytes already read from it, refused where one text of it would fill memory.

    No block of it ends inside an escape, and half signs are replaced by U+FFFD.
    """

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest
        self._held = b""
        self._inside = False  # a text
        self._open_bytes = 0
        self._tail = b""

    def read(self, size: int = -1) -> bytes:
        """What `ijson` asks for.

        Raises:
            Refusal: a text has no end, or a number very many digits.
        """
        block = self._whole(size)
        plain = _plain(block)
        quotes = plain.count(b'"')
        outside = self._tail + plain
        if _SAMPLES.search(outside[::_SAMPLED]) and _DIGITS.search(outside):
            self._refuse_long_number(plain)
        self._inside ^= bool(quotes & 1)
        last = plain[plain.rfind(b'"') + 1 :]
        if quotes:
            self._open_bytes, self._tail = 0, b""
        if self._inside:
            self._open_bytes += len(last)
            if self._open_bytes > MAX_TEXT_BYTES:
                raise Refusal(problem("file", "text_too_long"))
        else:
            self._tail = (self._tail + last)[-_MAX_DIGITS:]
        return block

    def _whole(self, size: int) -> bytes:
        """The next bytes up to where no escape is open; none at the end alone."""
        while True:
            more = self._head.read(size) or self._rest.read(size)
            block, self._held = self._held + more, b""
            opened = _OPEN_ESCAPE.search(block) if more and b"\\" in block[-_LONGEST_OPEN:] else None
            if opened is not None:
                # Of a run of backslashes all pairs but the last are whole.
                cut = opened.start() + (len(opened[1]) - 1) // 2 * 2
                block, self._held = block[:cut], block[cut:]
            if block or not more:
                return _HALF.sub(lambda found: found[1] or rb"\ufffd", block) if _has_half(block) else block

    def _refuse_long_number(self, plain: bytes) -> None:
        """Refuse where so many digits stand outside of texts."""
        outside = b'"'.join(plain.split(b'"')[self._inside :: 2])
        if _DIGITS.search(self._tail + outside):
            raise Refusal(problem("file", "json_broken"))


def _plain(block: bytes) -> bytes:
    """Bytes of the same length in which every quotation mark begins or ends a text."""
    return block.replace(rb"\\", b"??").replace(rb"\"", b"??") if b"\\" in block else block


def _has_half(block: bytes) -> bool:
    """Whether there may be half a sign; looked at first, as to find its place takes long."""
    if rb"\ud" not in block and rb"\uD" not in block:
        return False
    rest = _WHOLE.sub(b"", _plain(block))
    return rb"\ud" in rest or rb"\uD" in rest
