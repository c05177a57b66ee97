"""What is seen: PySide6 over services. Computes no totals, limits or conversions of its own.

PySide6 watches every import of the program: it reads and keeps the source of each module, to look for its switch
`from __feature__ import snake_case`. Nobody here uses that switch, and the watch costs a third of the time and 25 MiB
of what is imported after it (measured with sqlmodel and numpy, PySide6 6.11), so importing goes back to what it was.
"""

import builtins

import PySide6.QtCore  # noqa: F401 - sets up the watch, and must not do so later

#: What PySide6 put its watch around; it keeps it under this name.
_unwatched = getattr(builtins, "__orig_import__", None)
if _unwatched is not None:
    builtins.__import__ = _unwatched
