"""A key that does not print itself."""

from __future__ import annotations

from typing import NoReturn

_SHOWN = 4


class Secret:
    """A provider's key. Its ``str`` and ``repr`` show at most its last four characters; `reveal` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the key itself: for a request header, and nowhere else."""
        return self._text

    @property
    def tail(self) -> str:
        """The last four characters, nothing of a key shorter than twelve."""
        return self._text[-_SHOWN:] if len(self._text) >= 3 * _SHOWN else ""

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")

    def __repr__(self) -> str:
        return f"Secret(…{self.tail})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)
