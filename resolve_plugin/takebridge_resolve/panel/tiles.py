"""What the tray shows, as values: facts of one node's version tray, and a tile for each take and job of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

from takebridge.canvas.model import Take
from takebridge.client.replies import Job, StateFacts
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId
from takebridge_resolve.panel import rating, spoken, take_facts, theme, words
from takebridge_resolve.panel.take_notes import Note

Show = Literal["all", "picks", "unrated", "rejected"]
Order = Literal["newest", "oldest"]
SHOWS: tuple[Show, ...] = ("all", "picks", "unrated", "rejected")
OPEN = frozenset({"Pending", "InProgress", "PendingReview"})
_TOKENS = {"Pending": "pending", "InProgress": "in_progress", "PendingReview": "pending_review", "Failed": "failed"}


@dataclass(frozen=True, slots=True)
class TrayFacts:
    """One node's version tray as the bridge last told it. ``shown`` is the take the clip in the timeline shows."""

    canvas_id: CanvasId
    node_id: NodeId
    title: str = ""
    takes: tuple[Take, ...] = ()
    pin: TakeId | None = None
    shown: TakeId | None = None
    revert: TakeId | None = None
    locked: bool = False
    state: StateFacts | None = None
    jobs: tuple[Job, ...] = ()
    notes: Mapping[NodeId, Note] = field(default_factory=dict)
    place: tuple[int, int] = (0, 0)
    """Where the node lies on the canvas, in its units."""

    def take(self, take_id: TakeId | None) -> Take | None:
        """Return the take of this id, if it is of this tray."""
        return next((take for take in self.takes if take.id == take_id), None)

    def with_take(self, take: Take) -> TrayFacts:
        """Return the tray with this take added or replaced, in order."""
        others = [one for one in self.takes if one.id != take.id]
        return replace(self, takes=tuple(sorted([*others, take], key=lambda one: one.seq)))

    def with_job(self, job: Job) -> TrayFacts:
        """Return the tray with this job added or replaced, in order."""
        if any(one.job == job.job for one in self.jobs):
            return replace(self, jobs=tuple(job if one.job == job.job else one for one in self.jobs))
        return replace(self, jobs=(*self.jobs, job))


@dataclass(frozen=True)
class Tile:
    """One tile: a take, or a job that has none yet. ``health`` is a token of theme.py (``stale``), or nothing."""

    key: str
    take: Take | None = None
    job: Job | None = None
    pinned: bool = False
    in_timeline: bool = False
    health: str = ""
    usually: str = ""
    content: BlobHash | None = None
    """The picture's content hash."""
    notes: int = 0
    """How many notes there are on it."""

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Tokens of what is true of it, the cut first: a preview never looks like what is in the timeline."""
        if self.job is not None:
            return (_TOKENS.get(self.job.status, "unknown"),)
        assert self.take is not None
        found = {"in_timeline": self.in_timeline, "pinned": self.pinned}
        found |= {"previz": self.take.previz, "hidden": self.take.hidden, self.health or "fresh": bool(self.health)}
        return tuple(name for name, true in found.items() if true)

    @property
    def number(self) -> str:
        """The take's number; nothing for a job."""
        return str(self.take.seq) if self.take else ""


def word_of(mark: str) -> str:
    """Return a mark as it is said: ``pinned``, ``in timeline``."""
    return "hidden" if mark == "hidden" else theme.word(mark).lower()


def accessible_text(tile: Tile, now: datetime | None = None) -> str:
    """Return ``Take 5, pinned, 4 stars, Veo 3.1, 8 seconds, 3 dollars 20, out of date``."""
    marks = tuple(word_of(mark) for mark in tile.marks if mark != tile.health)
    marks += (words.counted(tile.notes, "note"),) if tile.notes else ()
    if tile.take is not None:
        return spoken.take_text(tile.take, marks=marks, health=word_of(tile.health) if tile.health else "")
    assert tile.job is not None
    parts = ("New take", *marks, take_facts.model_title(tile.job.model), job_time(tile, now or datetime.now(UTC)))
    return ", ".join(part for part in parts if part)


def job_time(tile: Tile, now: datetime) -> str:
    """Return ``0:41, usually 1–2 min`` of a job under way; nothing of any other tile."""
    if tile.job is None or tile.job.status not in ("Pending", "InProgress"):
        return ""
    return f"{words.clock(job_seconds(tile.job, now))}, {tile.usually}"


def job_seconds(job: Job, now: datetime) -> int:
    """Return for how many seconds a job has been under way, 0 when its start is not told."""
    begun = _time(job.created_at)
    return max(0, int((now - begun).total_seconds())) if begun else 0


# --- which tiles there are ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a tray is looked at. ``model`` "" is any; ``hidden`` shows rejected takes among the others too."""

    show: Show = "all"
    stars: int = 0
    model: str = ""
    order: Order = "newest"
    hidden: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out besides rejected takes."""
        return self.show != "all" or bool(self.stars) or bool(self.model)


def tiles_of(facts: TrayFacts, looked: Filter, known: Mapping[str, Tile] | None = None) -> tuple[Tile, ...]:
    """Return the tiles to show, in order. Jobs stand where their takes will be: after the newest take.

    ``known`` are tiles that were shown before, by key: what has not changed is the very same tile again.
    """
    before = known or {}
    noted = Counter(note.take for note in facts.notes.values())
    passing = (take for take in facts.takes if _passes(take, looked))
    kept = [_take_tile(facts, take, noted[take.id], before.get(take.id)) for take in passing]
    jobs = [_job_tile(facts, job) for job in _open_jobs(facts) if _job_passes(job, looked)]
    ordered = [*kept, *jobs]
    return tuple(ordered if looked.order == "oldest" else reversed(ordered))


def models_of(facts: TrayFacts) -> tuple[str, ...]:
    """Return the names of all models in the tray, for the filter."""
    return tuple(sorted({take_facts.model(take) for take in facts.takes}))


def next_ring(before: Sequence[str], after: Sequence[str], ring: str) -> str:
    """Return the tile that has the ring after tiles went: the same one, else the next that is left, else the last.

    ``before`` and ``after`` are keys in order. Never jumps to the first.
    """
    if ring in after or not after:
        return ring if ring in after else ""
    left = set(after)
    place = before.index(ring) if ring in before else len(before)
    onward = (key for key in before[place:] if key in left)
    back = (key for key in reversed(before[:place]) if key in left)
    return next(onward, None) or next(back, None) or after[0]


def _passes(take: Take, looked: Filter) -> bool:
    if take.hidden and not (looked.show == "rejected" or (looked.hidden and looked.show == "all")):
        return False
    if looked.show != "all" and not _judged(take, looked.show):
        return False
    if looked.stars and rating.stars_of(take.rating) < looked.stars:
        return False
    return looked.model in ("", take_facts.model(take)) if looked.model else True


def _judged(take: Take, show: Show) -> bool:
    if show == "rejected":
        return take.hidden
    return take.rating == "keep" if show == "picks" else take.rating is None


def _job_passes(job: Job, looked: Filter) -> bool:
    return looked.show == "all" and not looked.stars and looked.model in ("", take_facts.model_title(job.model))


def _take_tile(facts: TrayFacts, take: Take, notes: int, known: Tile | None) -> Tile:
    now = (take.id == facts.pin, take.id == facts.shown, _health(facts, take), notes)
    if known is not None and known.take is take:
        if (known.pinned, known.in_timeline, known.health, known.notes) == now:
            return known
        return replace(known, pinned=now[0], in_timeline=now[1], health=now[2], notes=notes)
    content = take_facts.picture_content(take)
    return Tile(take.id, take, None, now[0], now[1], now[2], content=content, notes=notes)


def _health(facts: TrayFacts, take: Take) -> str:
    """Say whether the take still is what its node asks for: the bridge's verdict for the pinned one."""
    if facts.state is None:
        return ""
    if take.id == facts.pin:
        return facts.state.status if facts.state.status in ("stale", "accepted", "upstream") else ""
    outdated = take.recipe_fp is not None and facts.state.expected_fp not in (None, take.recipe_fp)
    return "stale" if outdated else ""


def _open_jobs(facts: TrayFacts) -> list[Job]:
    """Jobs that are worth a tile: under way, to be decided about, or failed and neither retried nor made up for."""
    retried = {job.retry_of for job in facts.jobs}
    made = {take.job_id for take in facts.takes}
    newest = max((take.created_at for take in facts.takes), default="")
    mine = [job for job in facts.jobs if job.node == facts.node_id and job.job not in made]
    failed = {job.job for job in mine if job.state == "failed" and job.job not in retried and job.created_at > newest}
    return [job for job in mine if job.status in OPEN or job.job in failed]


def _job_tile(facts: TrayFacts, job: Job) -> Tile:
    return Tile(key=job.job, job=job, usually=usual_time(facts.jobs, job.model))


def usual_time(jobs: Sequence[Job], model: str) -> str:
    """Return how long jobs of this model took: ``usually 1–2 min``; without any, ``no estimate yet``.

    A fifth at either end is left out, so that one stuck job does not stretch the range.
    """
    taken = sorted(seconds for job in jobs if job.model == model and (seconds := _seconds(job)) is not None)
    if not taken:
        return words.span(None, None)
    aside = len(taken) // 5
    return words.span(taken[aside], taken[-1 - aside])


def _seconds(job: Job) -> int | None:
    begun, ended = _time(job.created_at), _time(job.ended_at or "")
    if job.status != "Complete" or begun is None or ended is None:
        return None
    return max(0, int((ended - begun).total_seconds()))


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
