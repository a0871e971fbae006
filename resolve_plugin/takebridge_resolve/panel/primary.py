"""The one primary button: from what the panel knows to what it says and does. Pure (review_ux §3 a)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from takebridge_resolve.panel.connection_words import NO_HOST, Connection
from takebridge_resolve.panel.words import counted

Act = Literal["", "push", "generate", "send", "pull", "review", "reconnect"]
NodeThere = Literal["yes", "no", "loading"]

NO_CLIP = "Select a clip or park the playhead on one."
NOT_PUSHED = "Push the clip first: its takes show here."
NOTHING_MADE = "Nothing is made of this clip yet: choose what with “Send to canvas”."
AWAY = "The clip shows here once Resolve is connected."


@dataclass(frozen=True, slots=True)
class Facts:
    """What the button depends on. Take numbers are those of the tray; None: there is none.

    ``node`` says whether something makes takes of the clip; ``loading``: its canvas is not here yet.
    ``failed``: why the last job for the clip failed, "" when it did not.
    ``shown`` is the take the clip shows in the timeline. ``doing`` is what is being done just now, "" when nothing.
    """

    connection: Connection
    has_clip: bool = False
    problem: str = ""
    hint: str = ""
    linked: bool = False
    node: NodeThere = "yes"
    takes: int = 0
    pinned: int | None = None
    shown: int | None = None
    conflicts: int = 0
    making: int = 0
    failed: str = ""
    doing: str = ""


@dataclass(frozen=True, slots=True)
class Primary:
    """The button. Disabled (``enabled`` False) it always has a ``reason``; ``quiet``: there is nothing to do."""

    label: str
    act: Act = ""
    enabled: bool = True
    reason: str = ""
    quiet: bool = False


def primary(facts: Facts) -> Primary:
    """Return what the button says and does now: the first thing in the way, else the next step of the clip."""
    if facts.connection.standing == "looking":
        return Primary("Reconnect", enabled=False, reason=facts.connection.cause)
    if not facts.connection.is_live:
        return Primary("Reconnect", "reconnect", reason=facts.connection.cause or NO_HOST)
    if facts.doing:
        return Primary(facts.doing, enabled=False, reason="Wait for it to finish; the log tells how it went.")
    wanted = _of_clip(facts)
    if facts.connection.standing == "busy" and wanted.act in ("push", "pull"):
        return Primary(wanted.label, wanted.act, enabled=False, reason=facts.connection.cause)
    return wanted


def _of_clip(facts: Facts) -> Primary:
    if facts.conflicts:
        return Primary(f"Review {counted(facts.conflicts, 'conflict')}", "review", reason="Timeline and canvas differ.")
    if not facts.has_clip:
        return Primary("Push clip to canvas", enabled=False, reason=NO_CLIP)
    if not facts.linked:
        if facts.problem:
            return Primary("Push clip to canvas", enabled=False, reason=f"{facts.problem} {facts.hint}".strip())
        return Primary("Push clip to canvas", "push")
    return _of_takes(facts)


def _of_takes(facts: Facts) -> Primary:
    if facts.pinned is not None and facts.pinned != facts.shown:
        return Primary(f"Pull take {facts.pinned} into timeline", "pull")
    if facts.node == "loading":
        return Primary("Generate first take", enabled=False, reason="Loading the canvas…")
    if facts.node == "no":
        return Primary("Choose what to make", "send", reason="Nothing is made of this clip yet.")
    if facts.takes == 0:
        if facts.making:
            return Primary("First take in progress", enabled=False, reason="It shows in the tray when it is there.")
        why = f"The last one failed: {facts.failed}" if facts.failed else "No take yet."
        return Primary("Generate first take", "generate", reason=why)
    if facts.pinned is None:
        return Primary("Up to date", enabled=False, quiet=True, reason="No take is pinned: choose one with Pin.")
    return Primary(
        "Up to date", enabled=False, quiet=True, reason=f"The timeline shows the pinned take {facts.pinned}."
    )
