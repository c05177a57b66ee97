"""A layout that puts widgets one after the other and goes on in a new line where there is no room."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class WrapLayout(QLayout):
    """Widgets in reading order at their own size, wrapped at the width there is."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        """Overrides QLayout.addItem."""
        self._items.append(item)

    def count(self) -> int:
        """Overrides QLayout.count."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Overrides QLayout.itemAt."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Overrides QLayout.takeAt."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Overrides QLayout.expandingDirections: it takes no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Overrides QLayout.hasHeightForWidth."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Overrides QLayout.heightForWidth."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Overrides QLayout.setGeometry."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def natural_width(self) -> int:
        """The width all shown widgets need in one line."""
        widths = [item.sizeHint().width() for item in self._items if not item.isEmpty()]
        return sum(widths) + self.spacing() * max(len(widths) - 1, 0)

    def sizeHint(self) -> QSize:
        """Overrides QLayout.sizeHint."""
        return QSize(self.natural_width(), self._tallest())

    def minimumSize(self) -> QSize:
        """Overrides QLayout.minimumSize."""
        return QSize(max((item.minimumSize().width() for item in self._items), default=0), self._tallest())

    def _tallest(self) -> int:
        return max((item.sizeHint().height() for item in self._items if not item.isEmpty()), default=0)

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Put everything in its place (or only measure); the height needed."""
        x = y = line = 0
        parent = self.parentWidget()
        rtl = parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x and x + size.width() > rect.width():
                x, y, line = 0, y + line + self.spacing(), 0
            if move:
                left = rect.right() + 1 - x - size.width() if rtl else rect.left() + x
                drop = (self._tallest() - size.height()) // 2
                item.setGeometry(QRect(QPoint(left, rect.top() + y + drop), size))
            x += size.width() + self.spacing()
            line = max(line, self._tallest())
        return y + line
