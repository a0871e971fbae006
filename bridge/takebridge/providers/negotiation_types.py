"""What came of negotiating a request with a model: values that are shown before anything is spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from takebridge.media.fitting_types import Fit
from takebridge.providers.capability import Files
from takebridge.providers.protocol import GenerationRequest, MediaInput, ModelProfile, ParamValue

Subject = Literal["length", "aspect", "resolution", "rate", "words", "sound", "references", "input", "parameter"]


@dataclass(frozen=True, slots=True)
class Adaptation:
    """One thing that is done otherwise than asked, in a sentence for people."""

    subject: Subject
    words: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """A request a model can express.

    ``request`` names the inputs as they are, ``sent`` as they will be once ``fits`` (by the place of the input) are
    carried out. ``keep_ms`` is how much of the result, from its head, was asked for; None: all of it.
    """

    request: GenerationRequest
    sent: GenerationRequest
    adaptations: tuple[Adaptation, ...] = ()
    fits: Mapping[int, Fit] = field(default_factory=dict)
    keep_ms: int | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """The adaptations in words, each once."""
        return tuple(dict.fromkeys(one.words for one in self.adaptations))


@dataclass(slots=True)
class Talk:
    """A negotiation while it goes on. ``defaults`` are the values nobody chose: those of the node's kind."""

    profile: ModelProfile
    defaults: Mapping[str, ParamValue]
    files: Files
    said: list[Adaptation] = field(default_factory=list)
    keep_ms: int | None = None

    def note(self, subject: Subject, words: str) -> None:
        """Keep an adaptation."""
        self.said.append(Adaptation(subject, words))

    @property
    def who(self) -> str:
        """What the model is called."""
        return self.profile.title

    def unasked(self, name: str, value: ParamValue) -> bool:
        """Say whether a value is the one nobody chose."""
        return name in self.defaults and type(self.defaults[name]) is type(value) and self.defaults[name] == value


def picture_of(request: GenerationRequest) -> MediaInput | None:
    """Return the input whose shape the result follows: a frame, or the source."""
    for role in ("start_frame", "source_image", "source_video", "end_frame"):
        for one in request.inputs:
            if one.role == role and one.width > 0 and one.height > 0:
                return one
    return None
