"""Every action of the window with its shortcut, and the menus that hold them.

The actions belong to the window, so their shortcuts work although the menus stand behind one button. On macOS the
same menus are the ones at the top of the screen.
"""

import sys
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow

from coinbudget.ui.theme import MODES, Theme
from coinbudget.ui.widgets.menus import Menu

translate = QCoreApplication.translate

#: Name and icon of each page, in the order of rail and Ctrl+1..4.
PAGES = (("overview", "overview"), ("ledger", "ledger"), ("limits", "limits"), ("insights", "insights"))


def page_word(name: str) -> str:
    """A page's word on the rail."""
    words = {
        "overview": translate("Pages", "Overview"),
        "ledger": translate("Pages", "Ledger"),
        "limits": translate("Pages", "Limits"),
        "insights": translate("Pages", "Insights"),
    }
    return words[name]


@dataclass(frozen=True, slots=True)
class Actions:
    """The window's actions by what they do."""

    purchase: QAction
    gift: QAction
    adjustment: QAction
    limit: QAction
    import_: QAction
    export: QAction
    preferences: QAction
    add_profile: QAction
    quit: QAction
    undo: QAction
    redo: QAction
    search: QAction
    menu: QAction
    about: QAction
    pages: tuple[QAction, ...]
    modes: tuple[QAction, ...]

    def of_ledger(self) -> tuple[QAction, ...]:
        """Those that need an open ledger."""
        return (
            self.purchase,
            self.gift,
            self.adjustment,
            self.limit,
            self.import_,
            self.export,
            self.preferences,
            self.add_profile,
            self.search,
            *self.pages,
        )


def make_actions(window: QMainWindow, theme: Theme) -> Actions:
    """Make the actions as children of the window, shortcuts included."""

    def action(name: str, text: str, keys: str | QKeySequence.StandardKey = "", icon: str = "") -> QAction:
        made = QAction(text, window)
        made.setObjectName(f"action.{name}")
        if keys:
            made.setShortcut(QKeySequence(keys))
        if icon:
            theme.bind_icon(made, icon, "muted")
        window.addAction(made)
        return made

    actions = Actions(
        purchase=action("purchase", translate("Actions", "Log &purchase…"), "Ctrl+N", "cart"),
        gift=action("gift", translate("Actions", "Log &gift…"), "Ctrl+G", "gift"),
        adjustment=action("adjustment", translate("Actions", "Adjust &coins…"), "", "adjust"),
        limit=action("limit", translate("Actions", "Add &limit…"), "Ctrl+L", "limits"),
        import_=action("import", translate("Actions", "&Import…"), QKeySequence.StandardKey.Open, "import"),
        export=action("export", translate("Actions", "&Export…"), "Ctrl+E", "export"),
        preferences=action("preferences", translate("Actions", "P&references…"), "Ctrl+,", "settings"),
        add_profile=action("add_profile", translate("Actions", "Add pr&ofile…"), "", "person-add"),
        quit=action("quit", translate("Actions", "&Quit"), "Ctrl+Q", "close"),
        undo=action("undo", translate("Actions", "&Undo"), "Ctrl+Z", "undo"),
        redo=action("redo", translate("Actions", "&Redo"), "Ctrl+Shift+Z", "redo"),
        search=action("search", translate("Actions", "&Find"), "Ctrl+F", "search"),
        menu=action("menu", translate("Actions", "Menu"), "F10"),
        about=action("about", translate("Actions", "&About coinbudget"), "", "info"),
        pages=_page_actions(window, theme),
        modes=_mode_actions(window, theme),
    )
    actions.quit.setMenuRole(QAction.MenuRole.QuitRole)
    actions.preferences.setMenuRole(QAction.MenuRole.PreferencesRole)
    actions.about.setMenuRole(QAction.MenuRole.AboutRole)
    return actions


def _page_actions(window: QMainWindow, theme: Theme) -> tuple[QAction, ...]:
    made = []
    for number, (name, icon) in enumerate(PAGES, start=1):
        action = QAction(page_word(name), window)
        action.setObjectName(f"action.page.{name}")
        action.setShortcut(QKeySequence(f"Ctrl+{number}"))
        theme.bind_icon(action, icon, "muted")
        window.addAction(action)
        made.append(action)
    return tuple(made)


def _mode_actions(window: QMainWindow, theme: Theme) -> tuple[QAction, ...]:
    words = {
        "system": translate("Actions", "As the system"),
        "light": translate("Actions", "Light"),
        "dark": translate("Actions", "Dark"),
    }
    group = QActionGroup(window)
    made = []
    for mode in MODES:
        action = QAction(words[mode], window)
        action.setObjectName(f"action.mode.{mode}")
        action.setCheckable(True)
        action.setChecked(theme.mode == mode)
        action.setData(mode)
        group.addAction(action)
        made.append(action)
    return tuple(made)


def make_menus(window: QMainWindow, actions: Actions) -> Menu:
    """The menu behind the last button of the top bar; on macOS the menu bar gets the same menus."""

    def menu(title: str, *content: QAction | None) -> Menu:
        made = Menu(title, window)
        for action in content:
            if action is None:
                made.addSeparator()
            else:
                made.addAction(action)
        return made

    file_menu = menu(
        translate("Actions", "&File"),
        actions.purchase,
        actions.gift,
        actions.adjustment,
        actions.limit,
        None,
        actions.import_,
        actions.export,
        None,
        actions.add_profile,
        actions.preferences,
        None,
        actions.quit,
    )
    edit_menu = menu(translate("Actions", "&Edit"), actions.undo, actions.redo, None, actions.search)
    view_menu = menu(translate("Actions", "&View"), *actions.pages, None, *actions.modes)
    help_menu = menu(translate("Actions", "&Help"), actions.about)
    menus = (file_menu, edit_menu, view_menu, help_menu)
    if sys.platform == "darwin":
        for one in menus:
            window.menuBar().addMenu(one)
    whole = Menu("", window)
    whole.addActions([actions.undo, actions.redo])
    whole.addSeparator()
    for one in menus:
        whole.addMenu(one)
    whole.addSeparator()
    whole.addAction(actions.preferences)
    return whole


class MenuKey(QObject):
    """Alt, pressed and let go alone, opens the menu as menu bars do."""

    def __init__(self, window: QMainWindow, action: QAction) -> None:
        super().__init__(window)
        self._action = action
        self._alone = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of QObject."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                self._alone = event.key() == Qt.Key.Key_Alt
            elif event.type() == QEvent.Type.KeyRelease and self._alone and event.key() == Qt.Key.Key_Alt:
                self._alone = False
                self._action.trigger()
        del watched
        return False
