"""What the buttons do: push, generate, pull, put. Each is one call on a thread; its outcome is told in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from takebridge.errors import BridgeError, UsageError, from_wire
from takebridge.ids import CanvasId, LinkId, NodeId, TakeId
from takebridge_resolve.panel import log_words
from takebridge_resolve.panel.following import Following
from takebridge_resolve.panel.link import Asked
from takebridge_resolve.panel.log_words import Line
from takebridge_resolve.panel.plan_words import label_price
from takebridge_resolve.panel.state import State
from takebridge_resolve.panel.words import counted, money

if TYPE_CHECKING:
    from takebridge.canvas.plan_types import Plan
    from takebridge.client.api import Api
    from takebridge.client.panel_api import Pushed
    from takebridge.client.panel_types import LookMode, PlaceHow, PutClip
    from takebridge.client.replies import Job, Snapshot

Which = Literal["clip", "selection", "all"]
HOWS: dict[PlaceHow, str] = {"take": "As take", "replace": "Replace the clip", "above": "On a track above"}
WHICH: dict[Which, str] = {"clip": "This clip", "selection": "Selection", "all": "All pinned"}
DEFAULT_TITLE = "Canvas"


class Acts(QObject):
    """Acts on the shown clip. ``plan_wanted`` asks a person about a paid plan first; ``planned``: a price is known."""

    plan_wanted = Signal(object)
    again_wanted = Signal(object, object)
    planned = Signal()
    result = Signal(str)

    def __init__(self, state: State, following: Following) -> None:
        super().__init__(state)
        self.state = state
        self.following = following
        self.plan: Plan | None = None
        self._planned_for: tuple[object, ...] | None = None
        self._planning: Asked | None = None
        self._once_priced: NodeId | None = None
        state.canvas_changed.connect(self.price)
        state.clip_changed.connect(self.price)

    # --- price before the click

    def price(self) -> None:
        """Ask what one more take of the shown clip's node costs, when that may have changed."""
        node, canvas_id = self.state.node, self.state.canvas_id
        snapshot = self.state.snapshot
        wanted = (canvas_id, node.id, snapshot.rev, snapshot.epoch) if node and snapshot else None
        if wanted == self._planned_for:
            return
        self._planned_for = wanted
        if self._planning:
            self._planning.cancel()
        if node is None or canvas_id is None:
            self._got_plan(None)
            return
        from takebridge.canvas.plan_types import Scope

        scope = Scope(kind="node", nodes=(node.id,))
        self._planning = self.state.link.ask(
            lambda api: api.plan(canvas_id, scope), self._got_plan, lambda _: self._got_plan(None)
        )

    def _got_plan(self, plan: Plan | None) -> None:
        self.plan, self._planning = plan, None
        self.planned.emit()
        node, wanted = self.state.node, self._once_priced
        self._once_priced = None
        if node is not None and node.id == wanted:
            self.generate()

    def price_words(self) -> str:
        """What is written behind *Generate take*; "" where nobody knows yet."""
        if words := label_price(self.plan):
            return words
        pinned = self.state.pinned
        if pinned is None or pinned.recipe is None:
            return ""
        known = pinned.cost_actual_micros if pinned.cost_estimated_micros is None else pinned.cost_estimated_micros
        text = money(known, pinned.currency)
        return text if known in (None, 0) else f"~{text}"

    def why_not_generate(self) -> str:
        """Say why no take can be generated now, "" when one can."""
        if self.state.clip is None:
            return "There is no clip to make a take for."
        if self.state.seen_link is None:
            return "Push the clip first."
        node = self.state.node
        if node is None:
            return "Nothing is made of this clip yet: choose what with “Send to canvas”."
        if node.locked:
            return "The node is locked. Unlock it to generate."
        skipped = self.plan.skipped if self.plan else ()
        blocked = next((one.words for one in skipped if one.reason in ("blocked", "no_provider")), "")
        return blocked

    # --- push

    def push(self) -> None:
        """Send the clips a person means to the chosen canvas; without one, make it."""
        mode = self.following.mode
        canvas_id = self.state.canvas_id
        self.state.work("Pushing clip…", lambda api: _push(api, canvas_id, mode, ("upscale",), None), self.pushed)

    def pushed(self, result: tuple[CanvasId, list[Pushed]]) -> None:
        """Tell what was pushed and show its canvas."""
        canvas_id, clips = result
        if canvas_id != self.state.canvas_id:
            self.state.choose_canvas(canvas_id)
            self.state.load_canvases()
        for clip in clips:
            kept = "was there already" if clip.repeated else f"is on the canvas, {counted(clip.frames, 'frame')}"
            notes = "".join(f" {note}" for note in clip.notes)
            self._tell(f"{clip.link.shot} ({clip.name}) {kept}.{notes}", good=True)

    # --- generate

    def generate(self) -> None:
        """Generate a take of the shown clip's node: at once where it is free, else after a look at plan and price."""
        node, canvas_id, reason = self.state.node, self.state.canvas_id, self.why_not_generate()
        if reason or node is None or canvas_id is None:
            self._tell(reason or "There is no clip to make a take for.")
            return
        if self._planning is not None:  # pressed before the price was here: go on once it is
            self._once_priced = node.id
            return
        steps = self.plan.steps if self.plan else ()
        if steps and not all(step.free for step in steps):
            from takebridge.canvas.plan_types import Scope

            self.plan_wanted.emit(Scope(kind="node", nodes=(node.id,)))
        elif steps or self.price_words() == "free":
            self.generate_node(node.id, again=not steps, max_micros=None)
        else:
            self.again_wanted.emit(node, self.price_words())

    def generate_node(self, node_id: NodeId, *, again: bool, max_micros: int | None) -> None:
        """Queue a take of a node; ``max_micros`` is the most that may be paid, None lets only what is free run."""
        canvas_id = self.state.canvas_id
        if canvas_id is None:
            return
        self.state.link.ask(
            lambda api: api.generate(canvas_id, node_id, again=again, max_micros=max_micros), self._queued, self._failed
        )

    def _queued(self, job: Job) -> None:
        self.state.jobs.put(job)

    def _failed(self, error: BridgeError) -> None:
        self.state.tell(error)
        self.result.emit(error.message)

    # --- onto the timeline

    def pull(self) -> None:
        """Bring the pinned take to its clip as the editor's native take."""
        pinned = self.state.pinned
        name = f"take {pinned.seq}" if pinned else "take"
        self.put("take", "clip", doing=f"Pulling {name}…")

    def pull_take(self, take_id: TakeId) -> None:
        """Bring one take to the shown clip, pinned or not."""
        link, canvas_id = self.state.seen_link, self.state.canvas_id
        if link is not None and canvas_id is not None:
            from takebridge.client.panel_types import PutRequest

            request = PutRequest(canvas_id=canvas_id, links=(link.link_id,), takes={link.link_id: take_id})
            self.state.work("Pulling take…", lambda api: api.put(request), self.was_put)

    def put(self, how: PlaceHow, which: Which, *, doing: str = "Putting on the timeline…") -> None:
        """Put pinned takes on the timeline."""
        canvas_id, link = self.state.canvas_id, self.state.seen_link
        if canvas_id is None or (which == "clip" and link is None):
            self._tell("This clip is not on the canvas: push it first.")
            return
        own = (link.link_id,) if link else ()
        self.state.work(doing, lambda api: _put(api, canvas_id, how, which, own), self.was_put)

    def was_put(self, clips: Sequence[PutClip]) -> None:
        """Tell clip by clip what became of it."""
        if not clips:
            self._tell("Every clip shows its pinned take already.")
        for clip in clips:
            if clip.error is None:
                self._tell(clip.sentence, good=True)
                if clip.take_id is not None and clip.how == "take":
                    self.state.mark_shown(clip.link_id, clip.take_id)
                continue
            error = from_wire(clip.error, UsageError)
            self.state.say(log_words.of_error(error, datetime.now(UTC), clip.shot))
            self.result.emit(f"{clip.shot}: {error.message}")

    def _tell(self, words: str, *, good: bool = False) -> None:
        self.state.say(Line(datetime.now(UTC), words, "good" if good else "plain"))
        self.result.emit(words)


def _push(
    api: Api, canvas_id: CanvasId | None, mode: LookMode, process: Sequence[str], handles: int | None
) -> tuple[CanvasId, list[Pushed]]:
    """Push to a canvas, made first where there is none."""
    if canvas_id is None:
        made: Snapshot = api.create_canvas(DEFAULT_TITLE)
        canvas_id = made.canvas.id
    return canvas_id, api.push(canvas_id, mode, process=process, handles=handles)


def _put(api: Api, canvas_id: CanvasId, how: PlaceHow, which: Which, own: tuple[LinkId, ...]) -> list[PutClip]:
    """Put the takes of these clips; for a selection, of those selected in the editor now.

    Raises UsageError when no selected clip is on the canvas.
    """
    from takebridge.client.panel_types import PutRequest

    links = own if which == "clip" else ()
    if which == "selection":
        seen = [link for clip in api.look("selected").clips for link in clip.links if link.canvas_id == canvas_id]
        links = tuple(link.link_id for link in seen)
        if not links:
            raise UsageError(
                "None of the selected clips is on this canvas.", hint="Select clips that were pushed, then try again."
            )
    return api.put(PutRequest(canvas_id=canvas_id, links=links, how=how))
