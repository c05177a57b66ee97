"""What a person ticked of a file, and which purchase a row was said to be, kept while its rows are judged anew.

A line of a reading has one number as long as the reading lives, so it is known again by that, whatever another owner,
other answers or another pairing make of it.
"""

from itertools import compress
from operator import ne

from coinbudget.domain.profiles import Profile
from coinbudget.services.assessment import Assessment
from coinbudget.services.import_parts import AS_NEW, TICKED

_USUAL = bytes(value in TICKED for value in range(256))


class KeptTicks:
    """The ticks of one reading that are not what they would be by themselves."""

    def __init__(self) -> None:
        self._said: dict[int, bool] = {}

    def note(self, assessment: Assessment) -> None:
        """Remember what the person changed; lines that cannot be ticked now keep what was said of them before."""
        usual, ticks = assessment.states.translate(_USUAL), assessment.ticks
        for number in [each for each in self._said if each < len(ticks) and assessment.can_tick(each)]:
            if ticks[number] == usual[number]:
                del self._said[number]
        for number in compress(range(len(ticks)), map(ne, ticks, usual)):
            self._said[number] = bool(ticks[number])

    def apply(self, assessment: Assessment) -> None:
        """Tick a judged assessment as the person had it."""
        for number, on in self._said.items():
            if assessment.can_tick(number):
                assessment.set_tick(number, on=on)

    def forget(self) -> None:
        """The lines are other ones now."""
        self._said.clear()


class KeptChoices:
    """Which purchase or gift rows of one reading were said to be, and for which owner."""

    def __init__(self) -> None:
        self._said: dict[int, tuple[int, Profile | None]] = {}

    def say(self, number: int, choice: int, owner: Profile | None) -> None:
        """Remember an answer: an order of entry or AS_NEW."""
        self._said[number] = choice, owner

    def of(self, owner: Profile | None) -> dict[int, int]:
        """The answers that may hold for rows of an owner; a row of its own was told apart from that owner's alone."""
        return {
            number: choice
            for number, (choice, said_for) in self._said.items()
            if choice != AS_NEW or said_for is None or owner is None or said_for.id == owner.id
        }

    @staticmethod
    def still_possible(assessment: Assessment) -> dict[int, int]:
        """Of the answers a judged assessment was given those that its rows can still be."""
        problems_of = assessment.reading.staging.problems_of
        gone = {
            number
            for number in assessment.choices
            if any(problem.code == "pair_not_possible" for problem in problems_of(number))
        }
        return {number: choice for number, choice in assessment.choices.items() if number not in gone}

    def forget(self) -> None:
        """The lines are other ones now."""
        self._said.clear()
