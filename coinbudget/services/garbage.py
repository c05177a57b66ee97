"""Long work without pauses for the garbage collector.

Lines on their way in are tuples and frozen values that hold no cycles: counting references frees them at once, and the
collector would look at everything that stands, again and again, to find nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector rest, unless it does so already; works as a decorator too."""
    rests = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not rests:
            gc.enable()
