"""What the shown entries add up to, in words."""

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.summaries import ShownTotals
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.models.line_texts import DOT
from coinbudget.ui.widgets.runs_label import Run


def _tr(text: str) -> str:
    return QCoreApplication.translate("TotalsWords", text)


def totals_runs(totals: ShownTotals, currency: str | None, amounts: Amounts) -> list[Run]:
    """Count and sums; amounts stand out. Coins stand in for money where currencies are mixed."""
    if not totals.entries:
        return [(_tr("No entries"), False)]
    one = totals.entries == 1
    count = _tr("1 entry") if one else _tr("{count} entries").format(count=amounts.number(totals.entries))
    runs: list[Run] = [(count, False)]

    def add(label: str, value: str) -> None:
        runs.append((f"{DOT}{label} ", False))
        runs.append((value, True))

    if currency is None or totals.spent_minor is None:
        add(_tr("coins bought"), amounts.coins(totals.coins_bought))
        add(_tr("gifted"), amounts.coins(totals.coins_gifted))
        return runs
    if totals.spent_minor or totals.coins_bought:
        add(_tr("paid"), amounts.money(totals.spent_minor, currency))
    if totals.refunded_minor:
        add(_tr("refunded"), amounts.money(totals.refunded_minor, currency))
    cost = totals.gift_cost
    if cost is not None and (cost.minor or cost.unknown_coins):
        known = amounts.money(cost.minor, currency)
        unknown = f"≥ {known}" if cost.minor else _tr("unknown")
        add(_tr("gifts cost"), unknown if cost.unknown_coins else known)
    if totals.rate_missing:
        runs.append((DOT + _tr("{count} not converted").format(count=amounts.number(totals.rate_missing)), False))
    return runs
