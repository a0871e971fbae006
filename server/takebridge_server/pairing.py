"""Pairing codes: six digits a person carries from a terminal to a panel. One at a time, one use, a minute, five tries.

A try against no code at all costs the same and is answered in the same words as one against a code that is there: who
guesses learns nothing but that the guess was wrong.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from takebridge.errors import BridgeError

CODE_DIGITS = 6
CODE_SECONDS = 60
WRONG_TRIES = 5
_REMEMBERED = 16

State = Literal["waiting", "paired", "expired", "voided", "replaced", "failed"]
"""How a code ends: used, too old, guessed at too often, followed by a newer one, or used and not to be kept."""


class PairingError(BridgeError):
    """A pairing code was not taken; no panel was let in."""

    code: ClassVar[str] = "pairing"
    default_hint: ClassVar[str] = "Run 'takebridge pair premiere' on this machine and type the code it shows."


class UnknownPanelError(BridgeError):
    """No panel with this token is paired (any more)."""

    code: ClassVar[str] = "unknown_panel"
    default_hint: ClassVar[str] = "Pair the panel again: 'takebridge pair premiere' shows a code to type there."


@dataclass(slots=True)
class Pairing:
    """One code and what became of it. ``ends`` is in the clock's seconds, ``panel`` the id of the panel it paired."""

    id: str
    editor: str
    ends: float
    code: str = field(repr=False)
    state: State = "waiting"
    panel: str = ""
    wrong: int = 0


class PairingCodes:
    """The codes of one bridge, of which at most one is live. ``clock`` counts steady seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made: dict[str, Pairing] = {}
        self._live: Pairing | None = None

    def new(self, editor: str) -> Pairing:
        """Make a code for a panel in ``editor``; one that was live ends with it."""
        if self.live() is not None:
            self._end("replaced")
        pairing = Pairing(
            id=f"pairing-{secrets.token_hex(8)}",
            editor=editor,
            ends=self._clock() + CODE_SECONDS,
            code=_random_code(),
        )
        self._made[pairing.id] = self._live = pairing
        while len(self._made) > _REMEMBERED:
            del self._made[next(iter(self._made))]
        return pairing

    def live(self) -> Pairing | None:
        """Return the code that may be used now."""
        if self._live is not None and self._clock() >= self._live.ends:
            self._end("expired")
        return self._live

    def find(self, pairing_id: str) -> Pairing | None:
        """Return one of the last codes, with its state as it is now."""
        self.live()
        return self._made.get(pairing_id)

    def seconds_left(self, pairing: Pairing) -> int:
        """Whole seconds a waiting code may still be used, 0 for any other."""
        return max(0, round(pairing.ends - self._clock())) if pairing.state == "waiting" else 0

    def use(self, said: str) -> Pairing:
        """Spend the live code if ``said`` is it: nobody else can use it from now on.

        The caller says with `settle` what became of it. Raises PairingError, in the same words whatever is wrong.
        """
        live = self.live()
        expected = live.code if live else _random_code()
        right = hmac.compare_digest(expected.encode(), _digits(said).encode("utf-8", "replace"))
        if live is not None and right:
            self._live = None
            return live
        if live is not None:
            live.wrong += 1
            if live.wrong >= WRONG_TRIES:
                self._end("voided")
        raise PairingError(f"The code is wrong, was used already or is older than {CODE_SECONDS} seconds.")

    @staticmethod
    def settle(pairing: Pairing, panel: str) -> None:
        """Say which panel a spent code has paired, "" when the panel could not be kept."""
        pairing.state, pairing.panel = ("paired", panel) if panel else ("failed", "")

    def _end(self, state: State) -> None:
        if self._live is not None:
            self._live.state = state
            self._live = None


def in_groups(code: str) -> str:
    """Return a code as people read it: ``482 913``."""
    return f"{code[:3]} {code[3:]}"


def _random_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def _digits(said: str) -> str:
    """Return what a person typed without the blanks and dashes of the groups."""
    return "".join(char for char in said if char not in " \u00a0\u202f-\u2013")
