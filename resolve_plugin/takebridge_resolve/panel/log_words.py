"""Live events and what the panel did, as sentences with a time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from takebridge.errors import BridgeError
from takebridge_resolve.panel.job_words import paid, told
from takebridge_resolve.panel.words import counted, in_words

AUTHOR = "editor"
"""Who this panel says it is: `takebridge.client.api.AUTHOR`, spelled out so that no window waits for that module."""
Level = Literal["plain", "good", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log. ``details`` are for those who look into it: a code and raw words, kept under Details."""

    at: datetime
    text: str
    level: Level = "plain"
    details: str = ""

    def as_text(self) -> str:
        """The line as it is copied."""
        head = f"{self.at.astimezone():%H:%M:%S}  {self.text}"
        return f"{head}\n          {self.details}" if self.details else head


Names = Callable[[str], str]
"""What a node, canvas or link is called, by id; "" for what is not known."""
_REASONS = {
    "replaced": "another one took its place",
    "stopped": "it was stopped",
    "silent": "it stopped answering",
    "gone": "it was closed, or its agent was ended",
    "server stopping": "the bridge stops",
}
_TRIPS = {
    "done": ("The round trip is done: the timeline is as agreed.", "good"),
    "failed": ("The round trip did not work; the timeline is as it was before.", "error"),
    "undone": ("The round trip was undone.", "plain"),
}


def of_error(error: BridgeError, at: datetime, doing: str = "") -> Line:
    """Return an error's line: what was being done, what happened, what to do; its code under Details."""
    wire = error.to_wire()
    raw = ", ".join(f"{key}: {value}" for key, value in error.details.items())
    details = f"code: {wire['code']}" + (f" · {raw}" if raw else "")
    text = f"{doing}: {in_words(error)}" if doing else in_words(error)
    return Line(at, text, "error", details)


def of_event(topic: str, data: Mapping[str, Any], at: datetime, names: Names) -> Line | None:
    """Return an event's line; None for what a person need not read."""
    if topic == "job.changed":
        return _job(data, at, names)
    if topic == "canvas.changed":
        return _canvas(data, at)
    words = _WORDS.get(topic)
    return words(data, at) if words else None


def _connected(data: Mapping[str, Any], at: datetime) -> Line:
    return Line(at, f"{data.get('product') or 'An editor'} {data.get('version', '')} is connected.".replace(" .", "."))


def _lost(data: Mapping[str, Any], at: datetime) -> Line:
    return Line(at, "The editor doesn't answer. Nothing is lost; it goes on when it does.", "warning")


def _gone(data: Mapping[str, Any], at: datetime) -> Line:
    reason = _REASONS.get(str(data.get("reason")), str(data.get("reason", "")))
    return Line(at, f"The editor is disconnected: {reason}.", "warning")


def _trip(data: Mapping[str, Any], at: datetime) -> Line | None:
    found = _TRIPS.get(str(data.get("state")))
    return (
        Line(at, found[0], "good" if found[1] == "good" else "error" if found[1] == "error" else "plain")
        if found
        else None
    )


def _export(data: Mapping[str, Any], at: datetime) -> Line:
    level: Level = "warning" if data.get("ending") in ("undecided", "refused") else "good"
    return Line(at, f"{data.get('name', 'An export')}: {data.get('text', '')}", level)


def _unreadable(data: Mapping[str, Any], at: datetime) -> Line:
    return Line(at, f"{data.get('name', 'A file')} cannot be read: {data.get('message', '')}", "error")


_WORDS: dict[str, Callable[[Mapping[str, Any], datetime], Line | None]] = {
    "host.connected": _connected,
    "host.heartbeat-lost": _lost,
    "host.disconnected": _gone,
    "roundtrip.changed": _trip,
    "exchange.export": _export,
    "exchange.unreadable": _unreadable,
}


def _job(data: Mapping[str, Any], at: datetime, names: Names) -> Line | None:
    from takebridge.client.replies import Job, read

    job = read(Job, dict(data))
    name = names(job.node) or "A node"
    if job.status == "Pending":
        return Line(at, f"{name}: queued on {job.model}.")
    if job.status == "Complete":
        return Line(at, f"{name}: a new take is there. {paid(job)}".strip(), "good")
    error = job.error or {}
    details = f"code: {error.get('code', '')} · job: {job.job}"
    if job.status == "PendingReview":
        return Line(
            at,
            f"{name}: {told(error) or 'its outcome is not known.'} {error.get('hint', '')}",
            "warning",
            details,
        )
    if job.status == "Failed":
        cancelled = error.get("code") == "job_cancelled"
        text = (
            f"{name}: cancelled. {paid(job)}"
            if cancelled
            else f"{name}: failed. {error.get('message', '')} {paid(job)}"
        )
        return Line(at, text.strip(), "plain" if cancelled else "error", "" if cancelled else details)
    return None


_VERBS = {
    "add_node": "added a node",
    "pin": "pinned a take",
    "rate_take": "rated a take",
    "accept": "kept a take as is",
    "set_locked": "locked or unlocked a node",
    "set_best_range": "marked a best range",
    "set_param": "changed a setting",
    "set_model": "chose a model",
}


def _canvas(data: Mapping[str, Any], at: datetime) -> Line | None:
    """What somebody did to a canvas; the bridge's own takes are told by their jobs."""
    if data.get("origin") not in (None, "user"):
        return None
    names = [str(op.get("op")) for op in data.get("ops") or ()]
    if "add_take" in names:
        return None  # a push or an import, which tells of itself
    notes = [op for op in data.get("ops") or () if op.get("op") == "add_node" and op.get("kind") == "note"]
    done = [_VERBS.get(name, "") for name in names] if len(notes) < len(names) else ["posted a note"]
    author = str(data.get("author") or "Somebody")
    own = author == AUTHOR
    said = [verb for verb in dict.fromkeys(done) if verb and not (own and verb == _VERBS["add_node"])]
    if not said:
        return None
    return Line(at, f"{'You' if own else author} {' and '.join(said[:2])}.")


def joined(lines: list[Line]) -> str:
    """Return a log as text, oldest first."""
    return "\n".join(line.as_text() for line in lines) or f"{counted(0, 'line')}"
