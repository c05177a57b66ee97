"""Pages by name, each made when it is first asked for: most starts show one of them."""

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtWidgets import QWidget


class LazyPages(Mapping[str, QWidget]):
    """Every page there is; looking one up makes it. Whoever wants no new one asks `made`.

    Args:
        makers: what makes each page, by its name.
    """

    def __init__(self, makers: Mapping[str, Callable[[], QWidget]]) -> None:
        self._makers = makers
        self._made: dict[str, QWidget] = {}

    @property
    def made(self) -> Mapping[str, QWidget]:
        """Those that were asked for so far."""
        return self._made

    def __getitem__(self, name: str) -> QWidget:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
