"""What a round trip is asked and answers: the plan, what it asks for and decides, how it ended. JSON over the API."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from takebridge.cut.merge_types import Choice
from takebridge.cut.report_types import ConflictEntry, EditEntry, RemovedEntry
from takebridge.ids import CanvasId, LinkId, NodeId, TakeId

Outcome = Literal["base_kept", "no_base", "planned", "undecided", "waiting", "nothing", "applied"]
"""``base_kept``: the open cut is the base now, nothing was merged. ``no_base``: a dry run found none.
``planned``: a dry run. ``undecided``: conflicts wait for a choice, nothing was done. ``waiting``: takes are still being
made, nothing was done to the timeline. ``nothing``: both sides agree already. ``applied``: the timeline is the merged
cut, read back; of an editor driven by documents, the merged cut is written."""


class RoundTripRequest(BaseModel):
    """A round trip of the open timeline with a canvas. By default a dry run: it changes nothing and spends nothing.

    ``choices`` are for conflicts, by their id; ``all`` stands for every one that has that choice. ``generate`` lets
    takes be made for what the merged cut asks for, for at most ``max_micros`` (free ones without it).
    ``new_base`` takes the open cut as the base and merges nothing. ``resume`` only ends what a crash cut off.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    canvas_id: CanvasId = Field(max_length=80)
    dry_run: bool = True
    choices: dict[str, Choice] = Field(default_factory=dict, max_length=10_000)
    generate: bool = False
    max_micros: int = Field(default=0, ge=0, le=2**53 - 1)
    allow_unknown: bool = False
    keep_copy: bool = False
    new_base: bool = False
    resume: bool = False
    author: str = Field(default="editor", min_length=1, max_length=80)


class Part(BaseModel):
    """Base of the answer's parts. Fields of a newer bridge are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TakeRequest(Part):
    """Something only a new take can mend, with the shot and the node that would make it, and what that may cost.

    ``kind`` "media": the clip shows more than its take has. "slot": the take has another length than the slot; the
    editor's timing stands. ``possible`` says whether a new take can be made for it here; ``text`` says why not.
    """

    name: str
    shot: str = ""
    link_id: LinkId | None = None
    node: NodeId | None = None
    take: TakeId | None = None
    kind: Literal["media", "slot"]
    edge: Literal["head", "tail"]
    needs_frames: int
    text: str
    possible: bool = False


class Price(Part):
    """What making the requested takes costs. ``high_micros`` None: nobody knows; 0: free. Seconds likewise."""

    jobs: int
    low_micros: int | None
    high_micros: int | None
    currency: str
    seconds_low: int | None
    seconds_high: int | None
    sentence: str


class TripFacts(Part):
    """A round trip that changed a timeline, or began to."""

    trip: str
    canvas: CanvasId
    timeline: str
    state: Literal["applying", "undoing", "done", "rolled_back", "left"]
    steps: list[str]
    done: int
    copy_name: str = Field(description="The safety copy that is still there, empty when there is none.")
    reason: str
    created_at: str
    ended_at: str


class RoundTrip(Part):
    """The answer to a round trip."""

    outcome: Outcome
    dry_run: bool
    canvas_id: CanvasId
    project: str
    timeline: str
    sentence: str
    edits: list[EditEntry] = []
    steps: int = 0
    requests: list[TakeRequest] = []
    price: Price | None = None
    run: str = Field(default="", description="The run that makes the requested takes, empty when none was started.")
    conflicts: list[ConflictEntry] = []
    undecided: list[str] = []
    removed: list[RemovedEntry] = []
    notes: list[str] = []
    answer: str = Field(default="", description="The document with the merged cut, of an editor driven by documents.")
    trip: TripFacts | None = None
    settled: list[TripFacts] = Field(default=[], description="Earlier trips that were finished or undone first.")
