"""What a round trip is asked and answers: the plan, what it asks for and decides, how it ended. JSON over the API."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from takebridge.cut.merge_types import Choice
from takebridge.cut.report_types import ConflictEntry, EditEntry, RemovedEntry
from takebridge.cut.view_types import Picture
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


Certainty = Literal["would", "verified", "unconfirmed", "not_applied"]
"""``would``: a dry run. ``verified``: read back as wanted. ``unconfirmed``: placed, and nobody has read it back.
``not_applied``: the clip is as it was."""


class TripClip(Part):
    """One clip that a round trip changes: what is done to it, and how that ended, in ``words`` for people.

    ``clip`` is the editor's id of the clip as it is there, "" for one that is placed. Record frames are absolute, of
    where it is then; None where it goes. ``conflict`` is the decision behind it.
    """

    name: str
    clip: str = ""
    shot: str = ""
    link_id: LinkId | None = None
    node: NodeId | None = None
    take: TakeId | None = None
    record_start: int | None = None
    record_end: int | None = None
    does: tuple[str, ...] = ()
    conflict: str = ""
    state: Certainty = "would"
    words: str = ""
    picture: Picture | None = Field(default=None, description="What it shows afterwards, where that can be had.")


class SideFacts(Part):
    """A clip on one side of a decision: what that side did to it since the base, and where it is there.

    ``did`` are sentences; ``frames`` by how many record frames each changed it: positive later or longer, negative
    earlier or shorter, 0 where a number says nothing. Record frames are absolute. ``picture`` is its first frame;
    ``no_picture`` says why there is none.
    """

    name: str
    clip: str = ""
    record_start: int
    record_end: int
    source_start: int | None = None
    media: str = ""
    take: TakeId | None = None
    enabled: bool = True
    did: tuple[str, ...] = ()
    frames: tuple[int, ...] = ()
    picture: Picture | None = None
    no_picture: str = ""


class ChoiceFacts(Part):
    """One way to decide. ``id`` is what `choices` of a request takes; ``words`` say what the cut shows then.

    ``why_not`` says why it is not offered; ``chosen`` is what the merged cut of this answer follows.
    """

    id: Choice
    words: str
    possible: bool = True
    why_not: str = ""
    chosen: bool = False


class Decision(Part):
    """A conflict, side by side; its ``id`` is that of the entry in ``conflicts``. A side without the clip is null."""

    id: str
    name: str
    shot: str = ""
    link_id: LinkId | None = None
    node: NodeId | None = None
    text: str
    base: SideFacts | None = None
    editor: SideFacts | None = None
    canvas: SideFacts | None = None
    choices: tuple[ChoiceFacts, ...] = ()
    decided: bool = Field(default=False, description="Whether a person chose; else it waits.")


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
    clips: list[TripClip] = Field(default=[], description="How it ended, clip by clip; where one trip is asked for.")


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
    decisions: list[Decision] = Field(default=[], description="The conflicts again, side by side with their choices.")
    clips: list[TripClip] = Field(default=[], description="What is done clip by clip, and how it ended.")
    undecided: list[str] = []
    removed: list[RemovedEntry] = []
    notes: list[str] = []
    answer: str = Field(default="", description="The document with the merged cut, of an editor driven by documents.")
    trip: TripFacts | None = None
    settled: list[TripFacts] = Field(default=[], description="Earlier trips that were finished or undone first.")
