"""What a person said of a file that has nothing of the kind: told, as it may be a slip, and never refused."""

from coinbudget.domain.catalog import folded
from coinbudget.formats.source import Answers
from coinbudget.formats.tiktok_rows import GIFTS
from coinbudget.services.opening import Wishes
from coinbudget.services.sheet_source import SheetReading
from coinbudget.services.sources import Reading
from coinbudget.services.tiktok_source import TikTokReading

#: What was answered, as Problems name it ("type"), and of what: a kind of row, a number of coins, a column, or "".
Unused = tuple[str, str]


def unused_answers(reading: Reading, answers: Answers, wishes: Wishes) -> tuple[Unused, ...]:
    """The answers that no row of a file takes up."""
    return (*_of_rows(reading, answers), *_of_sheets(reading, wishes))


def _of_rows(reading: Reading, answers: Answers) -> list[Unused]:
    takes = reading.takes()
    tiktok = reading if isinstance(reading, TikTokReading) else None
    found: list[Unused] = []
    if answers.gift_amount and not (tiktok and tiktok.sections[GIFTS]):
        found.append(("gift-amount", ""))
    said = {"time-zone": (answers.zone, "zone"), "channel": (answers.channel, "channel")}
    if not answers.paid:
        said["currency"] = (answers.currency, "currency")
    found += [(name, "") for name, (answer, taken) in said.items() if answer and taken not in takes]
    kinds = {folded(name) for name in tiktok.types} if tiktok else set()
    found += [("type", name) for name in answers.types if name not in kinds]
    sizes = tiktok.unpriced(answers) if tiktok and answers.paid else {}
    found += [("paid", str(coins)) for coins in answers.paid if coins not in sizes]
    return found


def _of_sheets(reading: Reading, wishes: Wishes) -> list[Unused]:
    """What is said of a sheet, of a file that is none."""
    said = wishes.said
    found: list[Unused] = []
    if said.date_order and "date-order" not in reading.takes():
        found.append(("date-order", ""))
    if isinstance(reading, SheetReading):
        if said.kind and "kind" not in reading.takes():
            found.append(("kind", ""))
        if said.decimal and "decimal" not in reading.takes():
            found.append(("decimal", ""))
        return found
    given = {
        "kind": said.kind,
        "decimal": said.decimal,
        "mapping": wishes.mapping,
        "encoding": wishes.encoding,
        "separator": wishes.separator,
    }
    return [
        *found,
        *((name, "") for name, value in given.items() if value),
        *(("column", name) for name, _ in said.roles),
    ]
