"""The round trip tab (review_ux §3 d): what changed, what to decide, apply, what became of it.

Looking is a dry run and changes nothing. What is applied is exactly what was seen: a plan that is another one by then
is shown again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from takebridge.client.http import is_away
from takebridge.errors import BridgeError, CutMismatchError, HostBusyError, HostOfflineError, HostTimeoutError
from takebridge.ids import CanvasId
from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.announce import announce
from takebridge_resolve.panel.ask_card import AskCard
from takebridge_resolve.panel.connection_words import BUSY, NO_HOST
from takebridge_resolve.panel.controls import Elided, button, card, column, label, row
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.page import Page, scrolled
from takebridge_resolve.panel.trip_body import TripBody
from takebridge_resolve.panel.trip_calls import (
    Agreed,
    Applied,
    Found,
    apply_seen,
    finish_or_undo,
    left_open,
    new_base,
    past,
    what_changed,
)
from takebridge_resolve.panel.trip_foot import TripFoot
from takebridge_resolve.panel.trip_rest import Rest, put_rest, undisputed
from takebridge_resolve.panel.trip_takes import TakesDialog
from takebridge_resolve.panel.trip_words import (
    LATER,
    apart_words,
    apply_words,
    changes_after,
    cut_off_words,
    failed_words,
    later_words,
    outcome_words,
    own_hint,
    progress_words,
    put_words,
    result_words,
    sent_choices,
    state_words,
    steps_for,
    to_you,
    why_not_apply,
)

if TYPE_CHECKING:
    from takebridge.client.api import Api
    from takebridge.client.live import LiveEvent
    from takebridge.cut.merge_types import Choice
    from takebridge.cut.trip_types import RoundTrip, TripFacts

_ENDED = ("Complete", "Failed")
Stage = Literal["idle", "looking", "planned", "applying", "applied", "failed"]
FIRST = "See what you and the canvas changed since both last agreed. Looking changes nothing and costs nothing."
CHANGED = "The timeline or the canvas changed since you looked. Nothing was applied. This is the plan now."
LOST = "The bridge went away in the middle. It finishes the round trip or undoes it when it is back; nothing is lost."
LOST_TAKES = "The bridge went away while takes were put in. Each is in or not, none is half in: look again."
AWAY = "The bridge is away. What you see is from before; look again when it is back."
CANVAS_CHANGED = "The canvas changed since you looked: look again."
EDITOR_CHANGED = "The editor was connected anew since you looked: look again."
WAS_AWAY = "The bridge was away since you looked: look again."


class RoundTripTab(QWidget):
    """``RoundTripTab(link)``; `set_canvas` chooses the canvas. ``conflicts`` carries how many the last look found."""

    conflicts = Signal(int)

    def __init__(self, link: Link, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link = link
        self.canvas_id: CanvasId | None = None
        self.stage: Stage = "idle"
        self.stale = ""
        self.dialog: TakesDialog | None = None
        self._asked: Asked | None = None
        self._loading: Asked | None = None
        self._lost = self._apart = False
        self._waits = False
        self._known: frozenset[str] = frozenset()
        """Trips there were before the last call that changes something."""
        self._make()
        self._lay_out()
        keys.attach(self, "confirm", self.apply)
        link.event.connect(self._on_event)
        link.away.connect(self._on_away)
        link.resync.connect(self._on_resync)
        self.refresh()

    # --- making it

    def _make(self) -> None:
        self.look = button("What changed", self.look_up, "primary")
        self.status = Elided("", "label")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the round trip")
        self.notice = AskCard("Try again", self.look_up)
        self.base = AskCard("Make this cut the base", self.make_base)
        self.cut_off = AskCard("Finish or undo", self.finish)
        self.outcome = label("", "title", wrap=True)
        self.first = card(label(FIRST, wrap=True))
        self.body = TripBody(self.link)
        self.foot = TripFoot()
        self.foot.apply_wanted.connect(self.apply)
        self.foot.preview_wanted.connect(self.preview)
        self.body.picked.connect(self.refresh)
        self.body.park_wanted.connect(self._park)

    def _lay_out(self) -> None:
        tops = (self.cut_off, self.notice, self.base, self.outcome, self.first)
        inside = Page(column(*tops, spacing=8, margins=(8, 8, 8, 0)), self.body, spacing=0)
        self.area = scrolled(inside, "What changed")
        self.look.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(row(self.look, self.status, margins=(8, 8, 8, 4)))
        layout.addWidget(self.bar)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.foot)

    # --- which canvas

    def set_canvas(self, canvas_id: CanvasId | None) -> None:
        """Show the round trips of a canvas; a plan of another one goes. What is being applied goes on."""
        self.canvas_id = canvas_id
        self._forget()
        self._lost = False
        self._empty()
        self.body.show_past(())
        self._load_past()

    def _empty(self) -> None:
        self.stage, self.stale = "idle", ""
        self.body.clear()
        for part in (self.notice, self.base, self.cut_off, self.outcome):
            part.hide()
        self.conflicts.emit(0)
        self.refresh()

    def _forget(self) -> None:
        for asked in (self._asked, self._loading):
            if asked is not None:
                asked.cancel()
        self._asked = self._loading = None

    def close_down(self) -> None:
        """Lose interest in everything that is under way."""
        self._forget()
        self.body.clear()

    # --- looking

    @property
    def found(self) -> Found | None:
        """What the last look found."""
        return self.body.found

    def look_up(self) -> None:
        """Ask what changed: a dry run, without any choice."""
        self._ask_plan({})

    def preview(self) -> None:
        """Ask what the choices made so far lead to; a dry run as well."""
        self._ask_plan(sent_choices(self.body.choices))

    def _ask_plan(self, choices: Mapping[str, Choice]) -> None:
        canvas_id = self.canvas_id
        if canvas_id is None or self.busy or self.link.is_there is False:
            return
        self.stage = "looking"
        self._hide_tops()
        self.refresh()
        self._asked = self.link.ask(lambda api: what_changed(api, canvas_id, choices), self._got_plan, self._failed)

    def _hide_tops(self) -> None:
        for part in (self.notice, self.base, self.outcome):
            part.hide()

    def _got_plan(self, found: Found) -> None:
        self._asked, self.stale = None, ""
        self._show_open(found.trips)
        if found.trip.outcome == "no_base":
            self.stage = "idle"
            self.body.clear()
            self.body.show_past(found.trips)
            self.base.tell(outcome_words(found.trip)[0], to_you(found.trip.sentence))
            self.base.button.setFocus()
        else:
            self.stage = "planned"
            self.body.show_found(found, dict(self.body.choices))
            announce(self, self.body.head.text())
        self.conflicts.emit(len(found.trip.conflicts))
        self.refresh()

    def _show_open(self, trips: tuple[TripFacts, ...]) -> None:
        """Offer to end a trip that a crash cut off."""
        open_trip = left_open(trips)
        if open_trip is None or self.stage == "applying":
            self.cut_off.hide()
            return
        self.cut_off.tell(
            cut_off_words(open_trip),
            "It is finished if nobody edited the timeline since, else what it did is taken back. Open that timeline.",
        )

    # --- applying

    @property
    def busy(self) -> bool:
        """Whether a call of a person's is under way."""
        return self.stage in ("looking", "applying")

    def apply(self) -> None:
        """Apply what is shown; where takes are to be made for it, ask about their price first."""
        found = self.found
        if found is None or not self.foot.apply.isEnabled() or self.foot.isHidden():
            return
        if LATER in self.body.choices.values():
            self._put_rest(found)
            return
        if self.body.make_takes.isChecked() and found.trip.price is not None and found.trip.price.jobs:
            self._ask_consent(found)
            return
        self._apply(Agreed(sent_choices(self.body.choices), self.foot.keep_copy.isChecked()))

    def _ask_consent(self, found: Found) -> None:
        assert self.canvas_id is not None
        changes = changes_after(found.trip, found.choices, self.body.choices)
        self.dialog = TakesDialog(self.link, self.canvas_id, found.trip, changes, self)
        self.dialog.agreed.connect(self._apply_with_takes)
        self.dialog.finished.connect(self._dialog_closed)
        self.dialog.open()

    def _dialog_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _apply_with_takes(self, max_micros: int, allow_unknown: bool) -> None:
        keep = self.foot.keep_copy.isChecked()
        self._apply(Agreed(sent_choices(self.body.choices), keep, True, max_micros, allow_unknown))

    def _apply(self, agreed: Agreed) -> None:
        found = self.found
        if found is not None:
            self._act(lambda api, canvas_id: apply_seen(api, canvas_id, found, agreed))

    def _put_rest(self, found: Found) -> None:
        """Put in what no conflict is about, while the round trip waits."""
        canvas_id = self.canvas_id
        if canvas_id is not None and not self.busy and self.link.is_there is not False:
            self._begin("Putting takes on the timeline…", apart=True)
            self._asked = self.link.ask(lambda api: put_rest(api, canvas_id, found), self._put, self._failed)

    def _put(self, rest: Rest) -> None:
        self.body.lock(False)
        self.stage = "looking"
        self._got_plan(rest.found)
        if rest.done is None:
            self.notice.tell(CHANGED, urgent=True, button="Look again")
        else:
            self._tell_outcome(*put_words(rest.done))

    def make_base(self) -> None:
        """Take the open cut as the base."""
        self._act(new_base)

    def finish(self) -> None:
        """End a trip that was cut off."""
        self._act(finish_or_undo)

    def _act(self, call: Callable[[Api, CanvasId], Applied]) -> None:
        canvas_id = self.canvas_id
        if canvas_id is None or self.busy or self.link.is_there is False:
            return
        self._begin("Making the files that are needed…")
        self._asked = self.link.ask(lambda api: call(api, canvas_id), self._done, self._failed)

    def _begin(self, words: str, *, apart: bool = False) -> None:
        self.stage, self._apart = "applying", apart
        self._known = frozenset(one.trip for one in self.body.trips)
        self._hide_tops()
        self.cut_off.hide()
        self.body.lock(True)
        self._show_progress(0, 0, "applying")
        self.status.say(words)
        self.refresh()

    def _done(self, applied: Applied) -> None:
        self._asked = None
        self.body.lock(False)
        if applied.trip is None:
            self.stage = "looking"
            if applied.found is not None:
                self._got_plan(applied.found)
            self.notice.tell(CHANGED, urgent=True, button="Look again")
            return
        self._show_outcome(applied.trip)
        self.body.show_past(applied.trips)
        self._show_open(applied.trips)
        self.refresh()

    def _show_outcome(self, trip: RoundTrip) -> None:
        words, tone = outcome_words(trip)
        if trip.settled:
            words = to_you(trip.sentence)
        undecided = trip.outcome == "undecided"
        self._waits = trip.outcome == "waiting"
        self.stage = "planned" if undecided and self.found else "applied"
        self._tell_outcome(words, tone)
        if self.found is not None and not undecided:
            self.body.show_results(result_words(trip), "fresh" if tone == "good" else "stale")
            self.body.settle()
            self.conflicts.emit(0)
        if trip.answer:
            self.body.written.say(steps_for(trip.answer), selectable=True)
        self.foot.say(_copy_left(trip), "")

    def _tell_outcome(self, words: str, tone: str) -> None:
        self.outcome.setText(words)
        self.outcome.setAccessibleName(words)
        theme.give_role(self.outcome, role={"warning": "warning", "error": "error"}.get(tone, "title"))
        self.outcome.show()
        announce(self, words, urgent=tone in ("warning", "error"))

    # --- when it fails

    def _failed(self, error: BridgeError) -> None:
        self._asked = None
        applying, self.stage = self.stage == "applying", "failed"
        self.body.lock(False)
        self._lost = applying and not self._apart and (is_away(error) or isinstance(error, HostTimeoutError))
        if is_away(error):
            lost = LOST_TAKES if self._apart else LOST
            self.notice.tell(lost if applying else AWAY, urgent=True, button="Look again")
        elif isinstance(error, CutMismatchError):
            self.base.tell(to_you(error.message), own_hint(error.hint), urgent=True)
        elif isinstance(error, HostOfflineError) and not applying:
            self.notice.tell(NO_HOST, own_hint(error.message), urgent=True, button="Check again")
        elif isinstance(error, HostBusyError):
            self.notice.tell(BUSY, own_hint(error.message), urgent=True, button="Try again")
        else:
            self.notice.tell(to_you(error.message), own_hint(error.hint), urgent=True, button="Look again")
        self.notice.setToolTip(f"code: {error.code}")
        path = error.details.get("path")
        if isinstance(path, str):
            self.body.written.say(steps_for(path), selectable=True)
        if applying:
            self.stale = "This was not applied: look again."
            self._load_past(lambda trips: self._tell_failed(error, trips))
        self.refresh()

    def _tell_failed(self, error: BridgeError, trips: tuple[TripFacts, ...]) -> None:
        if self.found is not None and self.stage == "failed":
            self.body.show_results(failed_words(to_you(error.message), left_open(trips)), "failed")

    # --- what happens meanwhile

    def _load_past(self, then: Callable[[tuple[TripFacts, ...]], None] | None = None) -> None:
        canvas_id = self.canvas_id
        if canvas_id is None or self.link.is_there is False:
            return
        if self._loading is not None:
            self._loading.cancel()

        def got(trips: tuple[TripFacts, ...]) -> None:
            self.body.show_past(trips)
            self._show_open(trips)
            if then is not None:
                then(trips)

        self._loading = self.link.ask(lambda api: past(api, canvas_id), got, lambda _: None)

    def _on_event(self, event: LiveEvent) -> None:
        mine = event.data.get("canvas") == self.canvas_id
        if event.topic == "roundtrip.changed" and mine:
            self._on_trip(int(event.data.get("done", 0)), int(event.data.get("total", 0)), str(event.data.get("state")))
        elif event.topic == "put.progress" and mine and self._apart and self.stage == "applying":
            self._show_progress(int(event.data.get("done", 0)), int(event.data.get("total", 0)), "applying")
        elif event.topic == "canvas.changed" and mine:
            self._outdate(CANVAS_CHANGED)
        elif event.topic == "job.changed" and mine and self._waits and event.data.get("status") in _ENDED:
            self._waits = False
            self.notice.tell("A take this round trip waits for is made.", "Look at what changed.", button="Look again")
        elif event.topic in ("host.connected", "host.disconnected"):
            self._outdate(EDITOR_CHANGED)
            if event.topic == "host.connected" and not self.busy:
                self._load_past()

    def _on_trip(self, done: int, total: int, state: str) -> None:
        if state in ("applying", "undoing"):
            self._show_progress(done, total, state)
            return
        self.bar.hide()
        if self.stage != "applying":
            self._outdate("Another round trip changed the timeline since you looked: look again.")
            self.status.say("")
            self._load_past(self._tell_lost if self._lost else None)

    def _show_progress(self, done: int, total: int, state: str) -> None:
        self.bar.setVisible(total > 0)
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        if total:
            self.status.say(progress_words(done, total, state))

    def _outdate(self, words: str) -> None:
        if self.stage == "planned":
            self.stale = words
            self.refresh()

    def _on_away(self, _: str) -> None:
        if self.dialog is not None:
            self.dialog.reject()
        self.refresh()

    def _on_resync(self) -> None:
        if self.stage == "planned":
            self.stale = WAS_AWAY
        self._load_past(self._tell_lost if self._lost else None)
        self.refresh()

    def _tell_lost(self, trips: tuple[TripFacts, ...]) -> None:
        """Say what became of a trip whose answer never came; one still under way tells of itself."""
        self._lost = False
        if left_open(trips) is not None:
            return
        self.notice.hide()
        newest = trips[0] if trips and trips[0].trip not in self._known else None
        if newest is None:
            self._tell_outcome("The round trip was not begun: nothing was changed.", "warning")
        elif newest.state == "done":
            self._tell_outcome("The round trip was finished: the timeline is the merged cut.", "good")
        else:
            self._tell_outcome(state_words(newest), "warning")

    def _park(self, record_frame: int) -> None:
        self.link.ask(lambda api: api.park(record_frame), lambda _: None, self._park_failed)

    def _park_failed(self, error: BridgeError) -> None:
        self.status.say(to_you(f"{error.message} {error.hint}"))

    # --- showing it

    def refresh(self) -> None:
        """Show buttons and reasons as they are now."""
        found, there = self.found, self.link.is_there is not False
        planned = self.stage == "planned" and found is not None
        fresh = planned and not self.stale and there
        self.look.setText({"looking": "Looking…", "applying": "Applying…"}.get(self.stage, "What changed"))
        self.look.setAccessibleName("What changed since both last agreed")
        self.look.setEnabled(there and not self.busy and self.canvas_id is not None)
        theme.give_role(self.look, role="" if fresh else "primary")
        self.first.setVisible(found is None and self.stage in ("idle", "looking") and self.base.isHidden())
        if self.stage != "applying":
            self.bar.hide()
            self.status.say(self._status_words(there))
        self.foot.setVisible(planned or (self.stage == "applied" and bool(self.foot.copy.text())))
        for part in (self.foot.apply, self.foot.preview, self.foot.keep_copy):
            part.setVisible(planned)
        if planned and found is not None:
            self._refresh_foot(found, there)

    def _refresh_foot(self, found: Found, there: bool) -> None:
        picked, trip = self.body.choices, found.trip
        changes = changes_after(trip, found.choices, picked)
        why = "" if there else AWAY
        why = why or self.stale or why_not_apply(trip, picked)
        later = LATER in picked.values()
        apart = len(undisputed(found)) if later else 0
        self.foot.apply.say(apart_words(apart) if later else apply_words(changes, folder=found.folder))
        self.foot.apply.setEnabled(not why and (bool(apart) or not later))
        self.foot.keep_copy.setVisible(bool(changes) and not found.folder and not later)
        decided = sent_choices(picked)
        self.foot.preview.setVisible(bool(decided) and decided != dict(found.choices))
        self.foot.preview.setEnabled(there and not self.stale)
        safe = bool(changes) and not later and not found.folder
        copy = f"A safety copy of “{trip.timeline}” is made before the first change." if safe else ""
        self.foot.say(copy, why or later_words(picked, apart, changes - apart))

    def _status_words(self, there: bool) -> str:
        if not there:
            return "The bridge is away"
        return "Choose or make a canvas on the first page." if self.canvas_id is None else ""


def _copy_left(trip: RoundTrip) -> str:
    left = trip.trip.copy_name if trip.trip else ""
    return f"Safety copy: “{left}”" if left else ""
