"""What was dropped on a window: local files and folders; a link or a text is not for us."""

from PySide6.QtCore import QMimeData


def dropped_paths(data: QMimeData) -> tuple[str, ...]:
    """Paths of local files and folders, in the order they were dropped."""
    return tuple(url.toLocalFile() for url in data.urls() if url.isLocalFile())
