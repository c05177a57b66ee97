"""What the import dialog says of a file as a whole, and on its button."""

from PySide6.QtCore import QCoreApplication

from coinbudget.services.assessment import Assessment
from coinbudget.services.import_parts import State
from coinbudget.services.intake import GiftAmount, ImportChanges
from coinbudget.services.sources import Reading
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.dialogs.import_words import format_words, isolated
from coinbudget.ui.widgets.labels import one_line

_COLUMNS_NAMED = 8


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportSummary", text)


def source_words(reading: Reading, amounts: Amounts) -> str:
    """What a file is, and how many rows it has."""
    rows = sum(reading.sections.values())
    words = format_words(str(reading.format))
    if len(reading.members) > 1:
        count = amounts.number(len(reading.members))
        words = _tr("{format}, {count} files").format(format=words, count=count)
    if rows == 1:
        return _tr("{format}: 1 row").format(format=words)
    return _tr("{format}: {rows} rows").format(format=words, rows=amounts.number(rows))


def summary_words(assessment: Assessment, amounts: Amounts) -> str:
    """What became of the rows, in sentences."""
    reading = assessment.reading
    parts = [source_words(reading, amounts)]
    faulty = assessment.tally("problem")
    if not assessment.tally("new") and not assessment.tally("pair") and not faulty:
        parts.append(
            _tr("Everything in this file is in the ledger already")
            if assessment.tally("known")
            else _tr("By what was said, no row is a purchase or a gift")
        )
    voided = assessment.count_of(State.VOIDED)
    if voided == 1:
        parts.append(_tr("1 row you had voided: tick it to bring it back"))
    elif voided:
        parts.append(
            _tr("{count} rows you had voided: tick them to bring them back").format(count=amounts.number(voided))
        )
    asked = sum(bool(pair.choices) and number not in assessment.choices for number, pair in assessment.pairs.items())
    if asked == 1:
        parts.append(_tr("1 row may be a purchase that is in the ledger and stays out until that is said"))
    elif asked:
        words = _tr("{count} rows may be purchases that are in the ledger and stay out until that is said")
        parts.append(words.format(count=amounts.number(asked)))
    if faulty == 1:
        parts.append(_tr("1 row with a problem stays out"))
    elif faulty:
        parts.append(_tr("{count} rows with a problem stay out").format(count=amounts.number(faulty)))
    if assessment.answers.gift_amount == GiftAmount.PIECES and reading.sections["gifts"]:
        parts.append(_tr("Of gifts the pieces alone are known: their coins and cost stay unknown"))
    left_out = reading.columns_left_out()
    if left_out:
        names = ", ".join(isolated(one_line(name, most=40)) for name in left_out[:_COLUMNS_NAMED])
        parts.append(_tr("Columns that are not read: {names}").format(names=names))
    return ". ".join(parts) + "."


def button_words(assessment: Assessment, amounts: Amounts) -> str:
    """What the button does: how many rows it brings in, and how many it pairs."""
    paired = assessment.ticked_in(State.PAIR, State.ASK)
    new = assessment.ticked - paired + assessment.ticked_in_part
    if not assessment.ticked:
        return _tr("Import")
    if not paired:
        count = amounts.number(new)
        return _tr("Import 1 entry") if new == 1 else _tr("Import {count} entries").format(count=count)
    if not new:
        return _tr("Pair {count}").format(count=amounts.number(paired))
    return _tr("Import {count}, pair {paired}").format(count=amounts.number(new), paired=amounts.number(paired))


def imported_words(changes: ImportChanges, amounts: Amounts) -> str:
    """What came in."""
    count, paired = amounts.number(changes.count), amounts.number(changes.paired)
    if changes.paired and not changes.count:
        return _tr("1 row paired") if changes.paired == 1 else _tr("{count} rows paired").format(count=paired)
    if changes.paired:
        return _tr("{count} entries imported, {paired} paired").format(count=count, paired=paired)
    return _tr("1 entry imported") if changes.count == 1 else _tr("{count} entries imported").format(count=count)


def undo_words(changes: ImportChanges, amounts: Amounts) -> str:
    """What the undo menu calls it."""
    rows = changes.count + changes.paired
    return _tr("import of 1 row") if rows == 1 else _tr("import of {count} rows").format(count=amounts.number(rows))
