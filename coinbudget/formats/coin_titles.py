"""How many coins the title of a store's line names: "350 Coins (TikTok)", "350 TikTok Coins", "TikTok 1.000 Münzen".

The number a title begins with, straight before the word for coins, is its coins; the app's name may stand before it or
between them. No public TikTok line was found, so this is the pattern of other apps, read strictly: a title that has
another number beside, outside brackets, may be of a bonus, a rebate or a bundle, and names no coins.
"""

import re
from functools import lru_cache
from unicodedata import normalize

from coinbudget.domain.money import MAX_COINS, NumberFault, NumberStyle, parse_coins

_WORDS = "|".join(
    (
        *("coins?", "münzen?", "monedas?", "moedas?", "pièces?", "monet[ea]", "munten", "monety?", "mynt", "mønter"),
        *("kolikkoa", "koin", "xu", "jeton", "mincí", "érme", "monede", "монет[аы]?", "монети"),
    )
)
#: In these no blank parts a word from the next.
_JOINED_WORDS = "コイン|金币|金幣|코인|เหรียญ"
_COINS = re.compile(
    "(?:tiktok[\\s:\u2013\u2014-]+)?"
    "([0-9](?:[0-9.,'\u2019 ]*[0-9])?)"
    f"(?:[\\s-]+tiktok)?[\\s-]*(?:(?:{_WORDS})\\b|{_JOINED_WORDS})",
    re.IGNORECASE,
)
_A_WORD = re.compile(f"(?<![^\\W\\d_])(?:{_WORDS})\\b|{_JOINED_WORDS}", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）")
_DIGIT = re.compile(r"\d")
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))
_STYLES = tuple(NumberStyle(decimal="." if group != "." else ",", group=group) for group in (",", ".", " ", "'"))
#: Longer ones are no title of coins.
_LONGEST = 200


def coins_of(title: str) -> str:
    """The coins a title names, as plain digits; "" where it names none, or it is not sure that it does."""
    return _coins_of(title) if len(title) <= _LONGEST else ""


def speaks_of_coins(title: str) -> bool:
    """Whether a title has a word for coins in it, with or without their number."""
    return _A_WORD.search(normalize("NFC", title)) is not None


@lru_cache(maxsize=1024)
def _coins_of(title: str) -> str:
    title = normalize("NFC", title).translate(_BLANKS).strip()
    found = _COINS.match(title)
    if found is None or _DIGIT.search(_BRACKETS.sub("", title[found.end() :])):
        return ""
    numbers = {
        number
        for style in _STYLES
        if not isinstance(number := parse_coins(found[1], style, most=MAX_COINS), NumberFault)
    }
    return str(numbers.pop()) if len(numbers) == 1 else ""
