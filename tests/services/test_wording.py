"""Every Problem code used in the program has its sentence, and every sentence is used."""

import re
from pathlib import Path

import pytest

import coinbudget
from coinbudget.domain.errors import Problem
from coinbudget.services.wording import SENTENCES, sentence

PACKAGE = Path(coinbudget.__file__).parent
QUOTED = re.compile(r"""["']([a-z][a-z0-9_]+)["']""")
REPORTED = re.compile(r"""(?:problem|faults\.add|Problem)\(\s*[^,()]+,\s*["']([a-z0-9_]+)["']""")


def sources() -> dict[str, str]:
    return {f"{path}": path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "wording.py"}


def test_every_reported_code_has_a_sentence() -> None:
    codes = {code for text in sources().values() for code in REPORTED.findall(text)}
    assert len(codes) > 40
    assert sorted(codes - SENTENCES.keys()) == []


def test_every_sentence_is_used() -> None:
    used = {code for text in sources().values() for code in QUOTED.findall(text)}
    # What a source leaves open is refused by the code of the question.
    used |= {f"ask_{code}" for code in used}
    assert sorted(SENTENCES.keys() - used) == []


def test_sentences_stand_in_the_order_of_their_codes() -> None:
    assert list(SENTENCES) == sorted(SENTENCES)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_one_neutral_line(code: str) -> None:
    names = re.findall(r"{(\w+)}", SENTENCES[code])
    said = sentence(Problem(field="", code=code, values=tuple((name, "X") for name in names)))
    assert "\n" not in said
    assert said[0].isupper() or said[0] in "“X"
    assert said.endswith((".", "?"))
    assert not re.search(r"\b(great|well done|sorry|oops|shame|please)\b", said, re.IGNORECASE)
