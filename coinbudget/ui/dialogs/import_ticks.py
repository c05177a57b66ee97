"""What a person ticked and unticked of a file, kept while its rows are judged anew.

A line of a reading has one number as long as the reading lives, so it is known again by that, whatever another owner,
other answers or another pairing make of it.
"""

from itertools import compress
from operator import ne

from coinbudget.services.assessment import Assessment
from coinbudget.services.import_parts import TICKED

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
