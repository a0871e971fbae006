"""What the scripted provider does with a job: told in the prompt, so it needs no channel of its own."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Literal

PLAIN, SAFE, BLIND = "scripted/plain", "scripted/safe", "scripted/blind"
"""Three models: every submit is billed; a token is billed once; billed, but the price is not known before."""

LOW_MICROS, PRICE_MICROS, HIGH_MICROS = 100_000, 150_000, 200_000
"""What the catalogue says a job costs at least, what each really costs, and the most the catalogue says."""

Submit = Literal["ok", "slow", "drop", "refuse", "away"]
"""Answer at once; long after charging; charge and hang up without an answer; refuse; be overloaded."""

Ending = Literal["done", "failed", "done_with_error", "empty", "not_media", "never"]


@dataclass(frozen=True, slots=True)
class Script:
    """One job. ``label`` names the request of a person it was made for; times are milliseconds of the provider.

    ``jumble``: progress runs backwards and from "running" to "queued". ``twice``: the result is listed twice.
    ``missing``: so many downloads fail before the result is there. ``flaky``: an order that is repeated is first
    answered with "overloaded", whatever became of the one before. ``cost``: what the provider says it cost (None: the
    truth).
    """

    label: str
    submit: Submit = "ok"
    ending: Ending = "done"
    work_ms: int = 0
    piece_ms: int = 0
    jumble: bool = False
    twice: bool = False
    missing: int = 0
    flaky: bool = False
    cost: int | None = None

    @property
    def prompt(self) -> str:
        """The script as the text of a prompt."""
        told = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        plain = {field.name: field.default for field in dataclasses.fields(self)}
        return json.dumps({name: value for name, value in told.items() if value != plain[name]})

    @property
    def delivers(self) -> bool:
        """Whether there is a result worth a take in the end."""
        return self.ending == "done" and self.submit not in ("refuse", "away")


def read_script(prompt: str) -> Script | None:
    """Inverse of ``Script.prompt``; None for what is no script."""
    try:
        return Script(**json.loads(prompt))
    except (ValueError, TypeError):
        return None
