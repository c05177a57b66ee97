"""The window: rail, top bar, banner, pages, status line. It imports no service, so that the frame paints at once.

`app` shows it empty, a worker opens the ledger, and then `workspace` fills it with pages. Until then everything
that needs a ledger is disabled. Wishes of a person leave it as signals.
"""

from itertools import pairwise

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from coinbudget.paths import resource
from coinbudget.ui.actions import PAGES, MenuKey, make_actions, make_menus, page_word
from coinbudget.ui.dropped import dropped_paths
from coinbudget.ui.frame.rail import Rail
from coinbudget.ui.frame.status_line import StatusLine
from coinbudget.ui.frame.top_bar import TopBar
from coinbudget.ui.lazy_pages import LazyPages
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.banner import Banner
from coinbudget.ui.widgets.toast import Toast

SMALLEST = QSize(880, 560)
USUAL = QSize(1180, 780)


class MainWindow(QMainWindow):
    """The one window.

    Attributes:
        actions_: every action, see `actions`.
        rail, top_bar, banner, toast, status: the parts of the frame.

    Signals:
        file_dropped: path of a file or folder that was dropped on the window.
        several_dropped: paths of several that were dropped together.
        closing: the window is about to close.
        page_shown: name of the page now shown.
        first_painted: the empty frame is on the screen; once.
    """

    file_dropped = Signal(str)
    several_dropped = Signal(tuple)
    closing = Signal()
    page_shown = Signal(str)
    first_painted = Signal()

    def __init__(self, theme: Theme, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._settings = settings
        self._pages = LazyPages({})
        self._first: QWidget | None = None
        self._painted = False
        self.setWindowTitle("coinbudget")
        self.setWindowIcon(QIcon(str(resource("icons/coinbudget.svg"))))
        self.setMinimumSize(SMALLEST)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.actions_ = make_actions(self, theme)
        self._build()
        self._connect()
        self.enable(ledger=False)
        self._restore()

    def _build(self) -> None:
        self.rail = Rail(self.theme, tuple((name, icon, page_word(name)) for name, icon in PAGES))
        self.top_bar = TopBar(self.theme)
        self.banner = Banner(self.theme)
        self.stack = QStackedWidget()
        self.stack.addWidget(QWidget())
        self.status = StatusLine(self.theme)
        bannered = QHBoxLayout()
        bannered.setContentsMargins(24, 0, 24, 12)
        bannered.addWidget(self.banner)
        self._bannered = QWidget()
        self._bannered.setLayout(bannered)
        self._bannered.setVisible(False)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        for widget in (self.top_bar, self._bannered, self.stack, self.status):
            right.addWidget(widget, 1 if widget is self.stack else 0)
        canvas = QWidget()
        canvas.setObjectName("canvas")
        whole = QHBoxLayout(canvas)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.rail)
        whole.addLayout(right, 1)
        self.setCentralWidget(canvas)
        # The window opens with the focus here, not with a ring around the first control.
        canvas.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        canvas.setFocus()
        self.toast = Toast(self.theme, canvas)
        self.menu = make_menus(self, self.actions_)
        self.top_bar.more.setMenu(self.menu)
        # Focus goes as one reads: profile, search, the two actions, menu, then rail and page.
        order = (
            self.top_bar.profile,
            self.top_bar.search.edit,
            self.top_bar.gift,
            self.top_bar.purchase,
            self.top_bar.more,
            *(self.rail.button(name) for name, _icon in PAGES),
        )
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        actions = self.actions_
        self.rail.chosen.connect(self.show_page)
        for action, (name, _icon) in zip(actions.pages, PAGES, strict=True):
            action.triggered.connect(lambda _checked=False, name=name: self.show_page(name))
        for action in actions.modes:
            action.triggered.connect(lambda _checked=False, action=action: self._on_mode(str(action.data())))
        self.top_bar.gift_requested.connect(actions.gift.trigger)
        self.top_bar.purchase_requested.connect(actions.purchase.trigger)
        self.top_bar.search.left.connect(self._focus_page)
        actions.search.triggered.connect(self._on_find)
        actions.menu.triggered.connect(self.top_bar.more.showMenu)
        actions.quit.triggered.connect(self.close)
        MenuKey(self, actions.menu)
        self.banner.details_requested.connect(lambda: self.show_page("limits"))

    def enable(self, *, ledger: bool) -> None:
        """Enable or disable all that needs an open ledger."""
        for action in self.actions_.of_ledger():
            action.setEnabled(ledger)
        if not ledger:
            self.actions_.undo.setEnabled(False)
            self.actions_.redo.setEnabled(False)
        for widget in (self.top_bar.search, self.top_bar.gift, self.top_bar.purchase, self.top_bar.profile):
            widget.setEnabled(ledger)

    def detach(self) -> None:
        """Put the pages away: their ledger is closing."""
        self._take_focus()
        for gone in [*self._pages.made.values(), *([self._first] if self._first else [])]:
            self.stack.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self._pages, self._first = LazyPages({}), None
        self.hide_banner()
        self.toast.hide()
        self.enable(ledger=False)

    def attach(self, pages: LazyPages, first: QWidget | None = None) -> None:
        """Take the pages (and the first page, where the ledger is new), in place of those there were."""
        self.detach()
        self._pages = pages
        self._first = first
        self.enable(ledger=True)
        if first is not None:
            self.stack.addWidget(first)
            self.stack.setCurrentWidget(first)
            self.rail.show_chosen("overview")
        else:
            self.show_page(self.page_left())

    def show_page(self, name: str) -> None:
        """Show a page by name; one that is not there shows the overview."""
        if not self._pages:
            return
        name = name if name in self._pages else "overview"
        page = self._pages[name]
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        self.rail.show_chosen(name)
        self._settings.setValue("window/page", name)
        self.page_shown.emit(name)

    def page_left(self) -> str:
        """Name of the page that was shown last, by the settings."""
        return str(self._settings.value("window/page", "overview"))

    def page(self) -> str:
        """Name of the page shown; "" before there is one."""
        shown = self.stack.currentWidget()
        return next((name for name, page in self._pages.made.items() if page is shown), "")

    def leave_first(self) -> None:
        """The first page has done its work."""
        if self._first is not None:
            gone, self._first = self._first, None
            self._take_focus()
            self.stack.removeWidget(gone)
            gone.deleteLater()
            self.show_page("overview")

    def _take_focus(self) -> None:
        """Keep the focus when what has it goes, or Qt hands it to the next button, ring and all."""
        centre = self.centralWidget()
        if centre is not None:
            centre.setFocus(Qt.FocusReason.OtherFocusReason)

    def announce(self, strong: str, rest: str, look: str) -> None:
        """Show the banner."""
        self.banner.announce(strong, rest, look)
        self._bannered.setVisible(True)

    def hide_banner(self) -> None:
        """Put the banner away."""
        self.banner.setVisible(False)
        self._bannered.setVisible(False)

    def come_up(self) -> None:
        """Show in front of other windows: somebody started the program again."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Override of QWidget: remembers size and place."""
        self._settings.setValue("window/geometry", self.saveGeometry())
        self.closing.emit()
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of QWidget: tells when there is something to see."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override of QWidget: files may be dropped, when a ledger is open."""
        if self._pages and dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Override of QWidget."""
        paths = dropped_paths(event.mimeData())
        if not paths or not self._pages:
            return
        event.acceptProposedAction()
        if len(paths) == 1:
            self.file_dropped.emit(paths[0])
        else:
            self.several_dropped.emit(paths)

    def _restore(self) -> None:
        kept = self._settings.value("window/geometry")
        if not (isinstance(kept, QByteArray) and self.restoreGeometry(kept)):
            room = self.screen().availableGeometry().size()
            self.resize(USUAL.boundedTo(room))

    def _on_mode(self, mode: str) -> None:
        self.theme.set_mode(mode)
        self._settings.setValue("window/theme", mode)

    def _on_find(self) -> None:
        self.top_bar.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.top_bar.search.edit.selectAll()

    def _focus_page(self) -> None:
        shown = self.stack.currentWidget()
        if shown is not None:
            shown.setFocus(Qt.FocusReason.ShortcutFocusReason)
