"""The fields of a profile, shared by the form that adds one and by the preferences."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import get_day_names
from PySide6.QtCore import QCoreApplication

from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.profiles import HomeSettings, Profile
from coinbudget.services.ledger import Ledger
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import ReadingEdit
from coinbudget.ui.dialogs.form import FormDialog
from coinbudget.ui.pickers import CodePicker, currency_rows, region_rows, zone_rows
from coinbudget.ui.widgets.fields import QuietComboBox

_LAST_HOUR = 6
_LAST_DAY = 31


def _tr(text: str) -> str:
    return QCoreApplication.translate("ProfileFields", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileTexts:
    """What the fields say. `birth_year` is None where none is given."""

    name: str
    region: str
    currency: str
    zone: str
    birth_year: int | None
    day_start: int
    week_start: int
    month_start: int


class ProfileFields:
    """Name, region, currency, zone, birth year and the starts of day, week and month, in a form."""

    def __init__(self, form: FormDialog, context: Context) -> None:
        self._form = form
        self._context = context
        theme, amounts = context.theme, context.amounts
        self.name = ReadingEdit(theme)
        self.region = CodePicker(theme, ())
        self.currency = CodePicker(
            theme, currency_rows(amounts.locale, amounts.currencies, ("EUR", "USD", "GBP", "JPY"))
        )
        self.zone = CodePicker(theme, zone_rows())
        self.birth_year = ReadingEdit(theme)
        self.day_start, self.week_start, self.month_start = QuietComboBox(), QuietComboBox(), QuietComboBox()
        self._fill_starts(amounts)
        self._regions: dict[str, str] = {}
        self._lay_out()
        context.operations.read(f"{form.name}.regions", self._read_regions, self._on_regions, owner=form)

    def _fill_starts(self, amounts: Amounts) -> None:
        for hour in range(_LAST_HOUR + 1):
            self.day_start.addItem(amounts.time(datetime(2000, 1, 1, hour)), hour)  # noqa: DTZ001 - an hour of any day
        names = get_day_names("wide", locale=amounts.locale)
        for day in range(7):
            self.week_start.addItem(str(names[day]), day)
        for day in range(1, _LAST_DAY + 1):
            self.month_start.addItem(_tr("day {number}").format(number=day), day)

    def _lay_out(self) -> None:
        form = self._form
        name = form.field("name", _tr("Name"), self.name)
        birth = form.field("birth_year", _tr("Birth year"), self.birth_year, _tr("May stay empty."))
        region = form.field("region", _tr("Region"), self.region)
        currency = form.field("currency", _tr("Currency"), self.currency)
        zone = form.field("zone", _tr("Time zone"), self.zone)
        day = form.field("day_start", _tr("A day begins at"), self.day_start)
        week = form.field("week_start", _tr("A week begins on"), self.week_start)
        month = form.field("month_start", _tr("A month begins on"), self.month_start)
        form.grid(
            ((name, 8), (birth, 4)),
            ((region, 5), (currency, 3), (zone, 4)),
            ((day, 4), (week, 4), (month, 4)),
        )

    def _read_regions(self, ledger: Ledger, _now: datetime) -> dict[str, str]:
        return {code: region.currency or "" for code, region in ledger.reference.regions.items()}

    def _on_regions(self, regions: dict[str, str]) -> None:
        self._regions = regions
        self.region.set_rows(region_rows(self._context.amounts.locale, regions))

    def follow_region(self) -> None:
        """Let a chosen region bring its currency along."""
        self.region.code_changed.connect(self._on_region)

    def _on_region(self, code: str) -> None:
        own = self._regions.get(code)
        if own and not self.currency.isModified():
            self.currency.set_code(own)

    def show_profile(self, profile: Profile) -> None:
        """Fill in a profile."""
        self.show_settings(profile.settings[-1])
        self.name.setText(profile.name)
        self.region.set_code(profile.region)
        self.currency.set_code(profile.currency)
        self.birth_year.setText("" if profile.birth_year is None else str(profile.birth_year))
        for edit in (self.name, self.birth_year):
            edit.setCursorPosition(0)

    def show_settings(self, settings: HomeSettings) -> None:
        """Fill in zone and starts."""
        self.zone.set_code(settings.zone)
        self.day_start.setCurrentIndex(self.day_start.findData(settings.day_start))
        self.week_start.setCurrentIndex(self.week_start.findData(settings.week_start))
        self.month_start.setCurrentIndex(self.month_start.findData(settings.month_start))

    def texts(self) -> ProfileTexts | Problem:
        """What the fields say now; a birth year that is no year is a Problem."""
        year = self.birth_year.text().strip()
        if year and not (year.isascii() and year.isdigit() and len(year) <= 4):  # noqa: PLR2004 - digits of a year
            return problem("birth_year", "not_a_number")
        return ProfileTexts(
            name=self.name.text(),
            region=self.region.code(),
            currency=self.currency.code(),
            zone=self.zone.code(),
            birth_year=int(year) if year else None,
            day_start=int(self.day_start.currentData()),
            week_start=int(self.week_start.currentData()),
            month_start=int(self.month_start.currentData()),
        )
