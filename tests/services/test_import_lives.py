"""Whatever is imported, undone, done again, voided and typed in whatever order: what truly happened stands once.

A random life that fails is shrunk and shown; its shortest form belongs among LIVES, by the rule it breaks.
"""

import random
from typing import Any

import pytest

from tests.services.life_maker import a_life, shrunk
from tests.services.life_truth import Buying, Export, Sent
from tests.services.lives import Act, Life, fault_of


def buying(n: int = 0, **said: Any) -> Buying:
    return Buying(**{"n": n, "at": 3600, "coins": 350, "paid": 420, **said})


def google(n: int = 0, **said: Any) -> Buying:
    return buying(n, **{"channel": "google", "order": f"GPA.{n}", **said})


def apple(n: int = 0, **said: Any) -> Buying:
    return buying(n, **{"channel": "apple", "order": "MA1", **said})


def bring(n: int, kind: str, **said: Any) -> Act:
    return Act(n, "import", export=Export(kind=kind, **said))


def life(truth: Buying | tuple[Buying, ...], *acts: Act, gifts: tuple[Sent, ...] = ()) -> Life:
    return Life(truth if isinstance(truth, tuple) else (truth,), gifts, acts)


TYPED = Act(1, "type", 0, said="cp")
FIRST_UNDONE = Act(9, "undo", 1)
ONE_GIFT = (Sent(n=0, at=5000, coins=1, creator="luna"),)
TWO = (buying(0, at=100_000, coins=1400, priced=True), buying(1, at=194_000, priced=True, sheet="p"))
EMPTY: dict[str, Any] = {"order": "", "backs": (20,)}

#: The shortest lives that once went wrong, by the rule they broke.
LIVES = {
    "a refund that grew is what came back in all": life(
        google(backs=(30, 400)), bring(1, "orders"), bring(2, "orders", stage=1), Act(3, "probe", 2)
    ),
    "an undone row that comes again is one with what came since": life(
        google(off=5), bring(1, "tiktok"), FIRST_UNDONE, bring(10, "orders"), Act(11, "again", 1)
    ),
    "an undo takes what it alone told": life(google(off=5), bring(1, "orders"), bring(2, "tiktok"), FIRST_UNDONE),
    "an undo takes nothing that an equal row told": life(
        apple(), bring(1, "apple"), bring(2, "tiktok"), FIRST_UNDONE, gifts=ONE_GIFT
    ),
    "an undo takes no price that a known row told": life(
        TWO, bring(1, "sheet"), bring(2, "tiktok", prices=False), bring(3, "tiktok"), FIRST_UNDONE
    ),
    "a typed time is no clock of an export": life(google(off=240), TYPED, bring(2, "orders"), bring(3, "purchases")),
    "an order without a number has its refund": life(google(**EMPTY), bring(1, "purchases"), bring(2, "orders")),
    "a preview knows the refund of an order without a number": life(
        google(off=5, **EMPTY), bring(1, "tiktok"), bring(2, "orders")
    ),
    "a refund comes back with its conversion": life(
        google(sheet="dc", backs=(20,)), bring(1, "sheet"), bring(2, "orders"), Act(3, "probe", 2)
    ),
    "a preview converts what comes back": life(
        google(currency="USD"), bring(1, "orders"), FIRST_UNDONE, Act(10, "again", 1)
    ),
    "what comes back is what the row tells": life(google(), bring(1, "orders"), FIRST_UNDONE, bring(10, "tiktok")),
    "equal rows of one second come again as they came": life(
        (google(0), buying(1, paid=364)), bring(1, "orders"), bring(2, "tiktok")
    ),
    "equal lines have each their refund in the preview too": life(
        (apple(0, backs=(20,)), apple(1, backs=(420,))), bring(1, "tiktok"), bring(2, "apple")
    ),
    "half a row brings half back": life(
        buying(priced=True), bring(1, "tiktok"), FIRST_UNDONE, bring(10, "tiktok", prices=False)
    ),
    "a preview knows the price typed into what comes back": life(
        buying(), bring(1, "tiktok"), Act(2, "price"), FIRST_UNDONE, Act(10, "again", 1)
    ),
    "what a person voided is the row that it is most surely": life(
        (buying(0, at=3780, coins=70, paid=72), buying(1, at=3781, priced=True)),
        Act(1, "type", 1),
        bring(2, "tiktok"),
        Act(3, "undo", 2),
        Act(4, "void", 1),
        Act(5, "again", 2),
    ),
    "equal rows of one order come again as they went": life(
        (apple(0, at=4200), apple(1, at=4200, off=20)),
        bring(1, "apple"),
        Act(3, "void", 0),
        Act(4, "undo", 1),
        Act(8, "again", 1),
    ),
    "a row known as what a person voided brings nothing else back": life(
        (google(1, coins=700, paid=840), google(3, at=200_000)),
        bring(3, "purchases"),
        Act(4, "undo", 3),
        bring(5, "tiktok"),
        Act(6, "void", 1),
        Act(8, "again", 3),
    ),
    "a price that two imports said is worth what it was when one goes": life(
        google(priced=True), bring(1, "orders"), bring(2, "tiktok"), FIRST_UNDONE
    ),
    "a refund comes back with its purchase alone": life(
        google(backs=(20, 20, 420)),
        bring(1, "orders"),
        Act(3, "undo", 1),
        bring(4, "orders", stage=2),
        Act(6, "undo", 4),
        Act(7, "redo", 1),
    ),
    "an import that is done again lives, whoever else brought it back": life(
        google(), bring(1, "tiktok"), Act(2, "undo", 1), Act(3, "again", 1), Act(4, "undo", 3), Act(5, "redo", 1)
    ),
    "a voided entry that has all the rows of a line is that line, whoever has equal ones": life(
        (
            buying(1, at=3631, coins=350, paid=465, channel="apple", order="apple-1"),
            buying(2, at=3631, coins=70, paid=93, channel="apple", order="apple-1", priced=True),
            buying(3, at=3631, coins=70, paid=93, channel="apple", order="apple-1", priced=True),
        ),
        Act(1, "type", 2),
        Act(6, "void", 2),
        bring(8, "tiktok"),
    ),
    "a row known as a voided entry is that, and not what an undo took with other rows": life(
        (google(at=266603, coins=1400, paid=1680, priced=True), google(1, at=530031, coins=700, paid=840, priced=True)),
        bring(1, "tiktok"),
        Act(2, "undo", 1),
        bring(3, "purchases"),
        Act(5, "void", 0),
        bring(7, "tiktok", coins=False),
    ),
}


@pytest.mark.parametrize("rule", LIVES)
def test_a_life_that_once_went_wrong(rule: str) -> None:
    assert fault_of(LIVES[rule]) is None


def stands_once(seed: int) -> None:
    tried = a_life(seed)
    fault = fault_of(tried)
    assert fault is None, f"{fault}\n{shrunk(tried, fault.kind)}"


@pytest.mark.parametrize("seed", range(150))
def test_what_truly_happened_stands_once_through_any_life(seed: int) -> None:
    stands_once(seed)


@pytest.mark.release
@pytest.mark.timeout(0)
def test_what_truly_happened_stands_once_for_a_release() -> None:
    first = random.randrange(1_000_000)
    for seed in range(first, first + 10_000):
        fault = fault_of(a_life(seed))
        assert fault is None, f"seed {seed}: {fault}"
