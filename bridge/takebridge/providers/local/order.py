"""What a maker is asked for: the request with its parameters complete, and every input as it really is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from takebridge.errors import CapabilityError, ProbeError
from takebridge.media.info import MediaInfo
from takebridge.media.probe import probe
from takebridge.providers.local.shot import seed_of
from takebridge.providers.protocol import GenerationRequest, InputRole, MediaInput, ModelProfile, ParamValue

WORDS: frozenset[InputRole] = frozenset({"text", "script", "style_text", "captions"})
"""Roles whose content is UTF-8 text."""

LARGEST_TEXT = 5_000_000
"""Bytes of one text input."""


@dataclass(frozen=True, slots=True)
class Given:
    """One input: ``info`` of a picture, clip or sound, or the ``text`` of words; the other one is None."""

    asked: MediaInput
    info: MediaInfo | None = None
    text: str | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.asked.name or self.asked.path.name

    @property
    def media(self) -> MediaInfo:
        """The probed facts. Only for roles that are not words."""
        assert self.info is not None
        return self.info

    @property
    def used(self) -> tuple[int, int]:
        """Frames to take, end exclusive: the asked range, or the whole clip."""
        return self.asked.used or (0, self.media.edit_frames)


@dataclass(frozen=True, slots=True)
class Order:
    """One job. ``params`` are complete; ``seed`` is the one used, given or drawn from the token."""

    home: Path
    request: GenerationRequest
    profile: ModelProfile
    params: Mapping[str, ParamValue]
    given: tuple[Given, ...]
    seed: int

    def of(self, *roles: InputRole) -> tuple[Given, ...]:
        """Inputs with one of these roles, in order."""
        return tuple(one for one in self.given if one.asked.role in roles)

    def words(self, *roles: InputRole) -> str:
        """The texts of these roles, one below the other."""
        return "\n".join(one.text.strip() for one in self.of(*roles) if one.text and one.text.strip())

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text."""
        return str(self.params.get(name, default)).strip()

    def number(self, name: str, default: int) -> int:
        """A parameter as a whole number; ``default`` where the model has no such parameter."""
        value = self.params.get(name, default)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def flag(self, name: str, *, default: bool) -> bool:
        """A parameter as yes or no."""
        value = self.params.get(name, default)
        return value if isinstance(value, bool) else default

    @property
    def direction(self) -> str:
        """Everything the shot says in words: the prompt, then the wired texts."""
        return "\n".join(part for part in (self.request.prompt.strip(), self.words("text", "script")) if part)


def read_order(home: Path, request: GenerationRequest, profile: ModelProfile) -> Order:
    """Read every input. Raises ProbeError for files that cannot be read, CapabilityError for unfit ranges."""
    given = tuple(_read(one) for one in request.inputs)
    for one in given:
        _check_range(one)
    params = {**profile.params, **request.params}
    seed = request.seed if request.seed is not None else seed_of(request.token)
    return Order(home, request, profile, params, given, seed)


def _read(one: MediaInput) -> Given:
    if one.role in WORDS:
        return Given(one, text=_text(one.path))
    return Given(one, info=probe(one.path))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_TEXT:
            raise ProbeError(
                f"“{path.name}” is longer than {LARGEST_TEXT // 1_000_000} MB of text.", hint="Use a shorter text."
            )
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ProbeError(f"“{path.name}” is no UTF-8 text.", hint="Save it again as UTF-8 text.") from error
    except OSError as error:
        raise ProbeError(
            f"“{path.name}” cannot be read: {error.strerror}.", hint="Check that the file is still there."
        ) from error


def _check_range(one: Given) -> None:
    if one.asked.used is None or one.info is None or one.info.is_still or not one.info.has_video:
        return
    start, end = one.asked.used
    if not 0 <= start < end <= one.info.edit_frames:
        raise CapabilityError(
            f"Frames {start} up to {end} are asked of “{one.name}”, which has {one.info.edit_frames}.",
            hint="Choose a range inside the clip.",
        )


# --- what several makers ask of their inputs ------------------------------------------------------------


def need_picture(given: Sequence[Given]) -> None:
    """Raise CapabilityError when one of them has no picture."""
    for one in given:
        if not one.media.has_video or one.media.width < 1 or one.media.height < 1:
            raise CapabilityError(f"“{one.name}” has no picture.", hint="Wire a clip or an image with a picture.")


def need_clip(given: Sequence[Given]) -> None:
    """Raise CapabilityError when one of them does not move."""
    for one in given:
        if not one.media.has_video or one.media.is_still or one.media.rate is None:
            raise CapabilityError(f"“{one.name}” has no moving picture.", hint="Wire a clip to this port.")


def need_sound(given: Sequence[Given]) -> None:
    """Raise CapabilityError when one of them has no sound."""
    for one in given:
        if not one.media.has_audio or one.media.audio_samples < 1:
            raise CapabilityError(f"“{one.name}” has no sound.", hint="Wire a voice or sound take that can be heard.")


def need(given: Sequence[Given], what: str) -> None:
    """Raise CapabilityError when there is none of ``what``."""
    if not given:
        raise CapabilityError(f"No {what} is wired.", hint=f"Wire at least one {what} to the node.")


def milliseconds(order: Order, default: int, most: int) -> int:
    """Return the asked length in milliseconds. Raises CapabilityError outside 100 to ``most``."""
    asked = order.request.duration_ms
    length = order.number("duration_ms", default) if asked is None else asked
    if not 100 <= length <= most:
        raise CapabilityError(
            f"{seconds_of(length)} cannot be made: 0.1 s to {seconds_of(most)} can.", hint="Choose another length."
        )
    return length


def seconds_of(length_ms: int) -> str:
    """Spell a length: ``12.5 s``."""
    return f"{float(Fraction(length_ms, 1000)):g} s"
