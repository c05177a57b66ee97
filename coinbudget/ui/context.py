"""What every page and dialog is handed: the look, the way of writing, the door to the services, and the session.

No registry: whoever needs one of these takes the Context in its constructor.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QSettings, Signal

from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.operations import Operations
from coinbudget.ui.theme import Theme


class Session(QObject):
    """Whose ledger is looked at, what is searched for, and what pages wish from the window.

    Attributes:
        profiles: everyone in the ledger, in order of making.
        profile: whose figures are shown; None before the ledger is open.

    Signals:
        profile_changed: another profile is shown, or the shown one was amended.
        profiles_changed: profiles were added or amended.
        search_changed: text of the search field.
        purchase_requested, gift_requested, limit_requested, preferences_requested, export_requested: open that form.
        refund_requested, amend_requested: with the Entry it is about.
        page_requested: name of a page and a LedgerFilter or None.
        entry_requested: id of an entry to show in the ledger.
        import_requested: path of a file, folder or archive, or "" to ask for one.
        rows_pasted: rows copied from a spreadsheet, to be brought in.
        earlier_requested: say where coins of before the ledger were bought: whose (a Profile, None for the shown one),
            and whether only if nobody has said yet.
        toast_requested: words, and whether Undo is offered.
    """

    profile_changed = Signal()
    profiles_changed = Signal()
    search_changed = Signal(str)
    purchase_requested = Signal()
    gift_requested = Signal()
    adjustment_requested = Signal()
    refund_requested = Signal(object)
    amend_requested = Signal(object)
    limit_requested = Signal()
    preferences_requested = Signal()
    export_requested = Signal()
    page_requested = Signal(str, object)
    entry_requested = Signal(str)
    import_requested = Signal(str)
    rows_pasted = Signal(str)
    earlier_requested = Signal(object, bool)
    toast_requested = Signal(str, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.profiles: tuple[Profile, ...] = ()
        self.profile: Profile | None = None
        self.search = ""

    def set_profiles(self, profiles: tuple[Profile, ...]) -> None:
        """Take the ledger's profiles; the shown one stays if it still is among them, else it is the first."""
        if profiles == self.profiles:
            return
        self.profiles = profiles
        shown = self.profile.id if self.profile else None
        before = self.profile
        self.profile = next((p for p in profiles if p.id == shown), profiles[0] if profiles else None)
        self.profiles_changed.emit()
        if self.profile != before:
            self.profile_changed.emit()

    def set_profile(self, profile_id: ProfileId) -> None:
        """Show another profile; unknown ids change nothing."""
        found = next((p for p in self.profiles if p.id == profile_id), None)
        if found is not None and found != self.profile:
            self.profile = found
            self.profile_changed.emit()

    def set_search(self, text: str) -> None:
        """Search for `text`; "" shows everything."""
        if text != self.search:
            self.search = text
            self.search_changed.emit(text)

    @property
    def zone(self) -> str:
        """The shown profile's zone now in force (its newest settings); UTC before there is one."""
        return self.profile.settings[-1].zone if self.profile else "UTC"


@dataclass(frozen=True, slots=True)
class Context:
    """What pages and dialogs work with.

    Attributes:
        settings: the window's own (last page, sizes, theme); nothing of the ledger.
    """

    theme: Theme
    amounts: Amounts
    operations: Operations
    session: Session
    settings: QSettings
