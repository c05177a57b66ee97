"""What is made quickly is the very thing that is made slowly."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from coinbudget.domain.quick import quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    name: str
    about: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Value(Base):
    coins: int | None
    quantity: int = 1


def test_a_quickly_made_value_is_no_other_than_a_slowly_made_one() -> None:
    made, plain = quick(Value)(coins=5, name="x"), Value(coins=5, name="x")
    assert type(made) is Value
    assert made == plain
    assert hash(made) == hash(plain)
    assert repr(made) == repr(plain)
    assert replace(made, about=True) == Value(coins=5, name="x", about=True)
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == plain  # noqa: S301 - our own


def test_a_quickly_made_value_is_frozen() -> None:
    made = quick(Value)(coins=5, name="x")
    with pytest.raises(FrozenInstanceError):
        made.coins = 6  # type: ignore[misc]  # what is tried
    with pytest.raises(FrozenInstanceError):
        del made.coins
    assert made.coins == 5


def test_a_quickly_made_value_takes_the_same_arguments() -> None:
    with pytest.raises(TypeError, match="coins"):
        quick(Value)(name="x")  # type: ignore[call-arg]  # what is tried
    with pytest.raises(TypeError, match="other"):
        quick(Value)(name="x", coins=1, other=2)  # type: ignore[call-arg]  # what is tried
