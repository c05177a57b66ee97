"""How channels and reasons are called: one wording for forms, ledger, filters and pages."""

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.catalog import Channel
from coinbudget.domain.entries import Reason


def _tr(text: str) -> str:
    return QCoreApplication.translate("EntryWords", text)


def channel_name(channel: str) -> str:
    """How a channel (a `Channel` or its text) is called; "" for none."""
    return {
        Channel.IOS.value: _tr("iOS"),
        Channel.ANDROID.value: _tr("Android"),
        Channel.WEB.value: _tr("Web"),
        Channel.GIFT_CARD.value: _tr("Gift card"),
        Channel.OTHER.value: _tr("Other channel"),
    }.get(channel, "")


def reason_name(reason: Reason) -> str:
    """How a reason of an adjustment is called."""
    return {
        Reason.OPENING: _tr("Coins I already had"),
        Reason.BONUS: _tr("Bonus coins"),
        Reason.OTHER_USE: _tr("Spent on something else"),
        Reason.CORRECTION: _tr("Correction"),
    }[reason]
