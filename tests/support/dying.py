"""Dying at the n-th point: before and after every request to a provider, and everything written to the drive for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from takebridge.providers.remote import fetching
from takebridge.providers.remote.door import Door
from takebridge.providers.remote.shelf import Shelf


class Death(BaseException):
    """The process dies here: nothing catches it."""


@dataclass
class Met:
    """How many points were met, and whether one of them was the last."""

    points: int = 0
    died: bool = False


@contextmanager
def dying_at(point: int) -> Iterator[Met]:
    """Raise `Death` at the ``point``-th point (from 1) met in this block."""
    met = Met()

    def pass_by() -> None:
        met.points += 1
        if met.points == point:
            met.died = True
            raise Death

    send, keep, save = Door._send, Shelf.keep, fetching._save

    async def mortal_send(*args: Any) -> Any:
        pass_by()
        answer = await send(*args)
        pass_by()
        return answer

    def mortal_keep(*args: Any) -> Any:
        pass_by()
        kept = keep(*args)
        pass_by()
        return kept

    async def mortal_save(*args: Any) -> Any:
        pass_by()
        await save(*args)
        pass_by()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Door, "_send", mortal_send)
        patch.setattr(Shelf, "keep", mortal_keep)
        patch.setattr(fetching, "_save", mortal_save)
        yield met
