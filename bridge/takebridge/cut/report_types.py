"""The JSON of ``diff`` and ``merge`` as values: what the command line prints and the HTTP API answers.

Addresses are lists, ``[kind, track, item]`` and two more numbers a nest. Frames are whole numbers, or ``"n/d"`` where
a value is not whole. Nothing in a report depends on when, where or in which process it was made: no times of day, no
random ids, no folders. ``docs/cuts.md`` explains the fields, ``docs/schemas/`` has the JSON Schema of the reports.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from takebridge.cut.match import Word
from takebridge.cut.merge_types import Choice, Side
from takebridge.cut.model import TrackKind

WORDS: tuple[Word, ...] = get_args(Word)
"""Every change word, in the order of the list."""
SIDES: tuple[Side, ...] = get_args(Side)

Exact: TypeAlias = int | Annotated[str, Field(pattern=r"^-?\d+/\d+$")]
"""A frame number or number of frames: whole, or "n/d"."""
AddressJson: TypeAlias = Annotated[
    list[Annotated[Annotated[int, Field(ge=0)] | TrackKind, Field(union_mode="left_to_right")]],
    Field(min_length=3, description="[kind, track, item], and two more numbers for every nest."),
]
Range: TypeAlias = tuple[Exact, Exact]
"""First frame and the frame after the last."""


class Part(BaseModel):
    """Base of everything in a report."""

    # Readers pass over fields they do not know, of a newer bridge; what is written has exactly these.
    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra={"additionalProperties": False})


class CutFacts(Part):
    """One of the documents: what it is called, how it was read, what the reader could not bring over."""

    name: str = Field(description="What the timeline is called.")
    file: str = Field(description="The document's file name, without folders.")
    format: str
    rate: str = Field(description='Frames per second: "25", "24000/1001".')
    drop_frame: bool
    start: Exact = Field(description="The record frame of the cut's first frame.")
    frames: Exact = Field(description="How long the cut is.")
    tracks: dict[TrackKind, int]
    clips: int = Field(description="Clips of all tracks, those in nested cuts too.")
    losses: list[str] = Field(description="What the document says that a cut here cannot hold.")


class Detail(Part):
    """One change of a clip, in words; ``frames`` is 0 where a number says nothing."""

    word: Word
    text: str
    frames: Exact


class Places(Part):
    """Record ranges on both sides, in timeline frames; of a nested clip, in those of its nest."""

    a: Range | None
    b: Range | None


class PairFacts(Part):
    """One clip of ``a`` and what became of it in ``b``."""

    a: AddressJson | None
    b: AddressJson | None
    score: float = Field(ge=0, le=1, description="How sure the match is.")
    ambiguous: bool = Field(description="Another answer is about as likely; see rivals.")
    rivals: list[AddressJson] = Field(description="The other answers: clips of b where a is given, else of a.")
    evidence: list[str]
    changes: list[Word]
    details: list[Detail]
    relation: Literal["same", "piece", "copy", "added", "removed"]
    duplicate_of: AddressJson | None = Field(description="The clip of a that this new clip of b is a copy of.")
    name: str
    record: Places


class RippleFacts(Part):
    """Clips that only moved along, as one change: ``clips`` of them from frame ``at`` on, by ``frames``."""

    kind: TrackKind
    track: int
    at: Exact
    frames: Exact
    clips: int
    text: str


class CutChangeFacts(Part):
    """A change of the cut itself."""

    what: Literal["track", "marker", "transition", "timeline"]
    text: str


class DiffSummary(Part):
    """Counts. ``words``: in how many pairs a word stands, of those that stand anywhere."""

    pairs: int
    unchanged: int
    shifted: int = Field(description="Pairs whose only change is that they rippled.")
    changed: int = Field(description="All others.")
    ambiguous: int
    words: dict[Word, int]


class DiffReport(Part):
    """What ``takebridge diff`` prints."""

    a: CutFacts
    b: CutFacts
    pairs: list[PairFacts]
    ripples: list[RippleFacts]
    cut_changes: list[CutChangeFacts]
    summary: DiffSummary


class Covers(Part):
    """Every clip an entry covers, linked sound included, by side."""

    base: list[AddressJson]
    editor: list[AddressJson]
    canvas: list[AddressJson]


class Entry(Part):
    """Base of what a merge lists: the clip on each side (null where that side has none) and all it covers."""

    name: str
    base: AddressJson | None
    editor: AddressJson | None
    canvas: AddressJson | None
    covers: Covers
    text: str


class EditEntry(Entry):
    """Something the plan does to the editor's cut; ``operations`` are its steps."""

    operations: list[dict[str, JsonValue]]


class RequestEntry(Entry):
    """Something only a new take can mend: so many record frames more at that edge."""

    kind: Literal["media", "slot"]
    edge: Literal["head", "tail"]
    needs_frames: Exact


class ConflictEntry(Entry):
    """A decision; ``id`` is what ``--choose`` takes. ``chosen`` is what the merged cut follows."""

    id: str
    what: Literal["content", "time", "deleted_by_editor", "dropped_by_canvas", "no_room", "ambiguous", "state"]
    choices: list[Choice]
    chosen: Choice


class RemovedEntry(Entry):
    """A clip that the merged cut does not show."""

    by: Side


class MergeSummary(Part):
    """Counts; ``steps`` are the operations of the whole plan."""

    edits: int
    steps: int
    requests: int
    conflicts: int
    removed: int


class MergeReport(Part):
    """What ``takebridge merge`` prints."""

    base: CutFacts
    editor: CutFacts
    canvas: CutFacts
    merged: CutFacts
    edits: list[EditEntry]
    requests: list[RequestEntry]
    conflicts: list[ConflictEntry]
    removed: list[RemovedEntry]
    summary: MergeSummary


class ConvertReport(Part):
    """What ``takebridge convert`` prints."""

    source: CutFacts
    file: str
    format: str
    target: str = Field(description="The editor it was written for, empty for none in particular.")
    losses: list[str] = Field(description="What the cut says that the written document cannot.")


class DocumentBytes(Part):
    """A document as an answer: its file name, and its bytes in base64."""

    name: str
    content: str


class MergedDocument(MergeReport):
    """A merge over HTTP: the report, and the document the command line would have written."""

    document: DocumentBytes


class ConvertedDocument(ConvertReport):
    """A conversion over HTTP: the report, and the document."""

    document: DocumentBytes
