"""What an assembled film says of itself: where every clip, transition and sound lies, in whole frames and samples."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from takebridge.errors import InvalidDocumentError, UnknownRateError
from takebridge.ids import BlobHash
from takebridge.timebase import FrameRate, parse_media_rate

SCHEMA = "takebridge.assembly/1"

Whole = Annotated[int, Field(ge=0, le=2**53 - 1)]
Span = tuple[Whole, Whole]
"""``[start, end)``."""
Ratio = tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
Role = Literal["dialogue", "music", "sfx"]


class Fact(BaseModel):
    """Base: a newer release may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class AssembledClip(Fact):
    """One picture. ``record`` counts frames of the film, ``source`` and ``available`` those of its own rate.

    ``record`` holds the frames of both its transitions: neighbours overlap where both are seen.
    """

    rank: Whole
    name: str = ""
    content: BlobHash
    media_type: Literal["video", "image"]
    record: Span
    source: Span
    source_rate: Ratio
    available: Span
    sound: bool = False

    @property
    def rate(self) -> FrameRate:
        """The rate its source frames are counted at."""
        return _rate(self.source_rate)


class AssembledTransition(Fact):
    """``before`` and ``after`` are ranks; None where the film begins or ends. ``record`` is its whole length."""

    kind: str
    before: Whole | None = Field(default=None, alias="from")
    after: Whole | None = Field(default=None, alias="to")
    record: Span


class AssembledSound(Fact):
    """One sound of the mix, in samples."""

    role: Role
    name: str = ""
    content: BlobHash
    record_samples: Span
    source_samples: Span
    gain_db: int = 0


class AssembledCaptions(Fact):
    """The captions that were burnt in."""

    name: str = ""
    content: BlobHash


class Assembly(Fact):
    """The whole film. Clips lie in order of their rank."""

    rate_ratio: Ratio = Field(alias="rate")
    width: Whole
    height: Whole
    frame_count: Whole
    sample_rate: Annotated[int, Field(ge=1)]
    samples: Whole
    clips: tuple[AssembledClip, ...] = Field(min_length=1)
    transitions: tuple[AssembledTransition, ...] = ()
    sounds: tuple[AssembledSound, ...] = ()
    captions: AssembledCaptions | None = None

    @property
    def rate(self) -> FrameRate:
        """The film's rate."""
        return _rate(self.rate_ratio)


class _Schema(Fact):
    name: str = Field(alias="schema")


def read_assembly(text: str) -> Assembly:
    """Read the facts of an assembled film. Raises InvalidDocumentError for anything else, or a newer schema."""
    try:
        schema = _Schema.model_validate_json(text).name
        if schema != SCHEMA:
            raise _refusal(f"its schema is “{schema[:60]}”, this release reads “{SCHEMA}”")
        found = Assembly.model_validate_json(text)
        _ = found.rate, [clip.rate for clip in found.clips]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _refusal(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except UnknownRateError as error:
        raise _refusal(error.message) from error
    _check(found)
    return found


def _rate(ratio: Ratio) -> FrameRate:
    return parse_media_rate(f"{ratio[0]}/{ratio[1]}")


def _check(found: Assembly) -> None:
    spans = [clip.record for clip in found.clips]
    if [clip.rank for clip in found.clips] != list(range(len(spans))) or any(start >= end for start, end in spans):
        raise _refusal("its clips are not in order")
    if spans[0][0] != 0 or spans[-1][1] != found.frame_count:
        raise _refusal("its clips do not fill its length")
    if any(later[0] > former[1] or later[1] < former[1] for former, later in pairwise(spans)):
        raise _refusal("its clips leave gaps")


def _refusal(problem: str) -> InvalidDocumentError:
    return InvalidDocumentError(
        f"What the film says of its own cut cannot be read: {problem[:300]}.", hint="Generate the export again."
    )
