"""What a profile cannot express fails here, before anything is spent. Pure: whoever asks hands in what it looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from takebridge.errors import CapabilityError, RetiredModelError
from takebridge.providers.facts import Mode
from takebridge.providers.pricing import ratio_of
from takebridge.providers.protocol import GenerationRequest, InputSlot, MediaInput, ModelProfile, ParamValue
from takebridge.providers.remote.order import mode_of

_PICTURES = frozenset({"video", "image"})
"""Media types that have a size; text, sound and the rest have none."""

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file is on the drive: its size in bytes, its MIME type."""

    size: int
    mime: str


Files = Mapping[str, FileFacts]
"""By content; what is not in it is not checked."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths a model makes, in milliseconds: only ``only``, else ``low`` to ``high`` in steps of ``step``."""

    only: tuple[int, ...] = ()
    low: int = 0
    high: int = 0
    step: int = 1

    @property
    def known(self) -> bool:
        """Whether a length can be asked for at all."""
        return bool(self.only) or self.high > 0

    @property
    def shortest(self) -> int:
        """The shortest result."""
        return self.only[0] if self.only else self.low

    @property
    def longest(self) -> int:
        """The longest result."""
        return self.only[-1] if self.only else self.low + (self.high - self.low) // self.step * self.step

    def up(self, asked: int) -> int | None:
        """Return the shortest legal length that is not shorter than ``asked``; None above the longest."""
        if self.only:
            return next((one for one in self.only if one >= asked), None)
        snapped = self.low + max(0, -(-(asked - self.low) // self.step)) * self.step
        return snapped if snapped <= self.high else None

    def words(self) -> str:
        """Return them as people say them: ``4, 6 or 8``, ``1.5 to 15``."""
        if not self.only:
            grid = f" in steps of {seconds(self.step)}" if self.step > 1 else ""
            return f"{seconds(self.low)} to {seconds(self.high)} s{grid}"
        *first, last = map(seconds, self.only)
        return f"{', '.join(first)} or {last} s" if first else f"{last} s"


def lengths_of(profile: ModelProfile, mode: Mode | None = None) -> Lengths:
    """Return the lengths the model makes, in this mode where it has its own."""
    only = (mode.durations_ms if mode else ()) or (profile.durations_ms if not (mode and mode.duration_ms) else ())
    if only:
        return Lengths(tuple(sorted(only)))
    ends = (mode.duration_ms if mode else None) or profile.duration_ms
    return Lengths((), *ends, profile.duration_step_ms or 1) if ends else Lengths()


def check_request(
    profile: ModelProfile, request: GenerationRequest, *, prompt: str | None = None, files: Files | None = None
) -> None:
    """Raise CapabilityError, with the numbers in the message, unless ``profile`` can express ``request``.

    Reads nothing but its arguments: sizes, lengths and frame counts are those the request states. ``prompt`` is the
    whole prompt with the words wired in, where somebody read them; ``files`` what the inputs are on the drive.
    """
    if request.model != profile.id or request.kind != profile.kind:
        raise CapabilityError(
            f"{profile.id} does {profile.kind}, but {request.model} was asked for {request.kind}.",
            hint="Choose a model made for this kind of node.",
        )
    if profile.lifecycle == "retired":
        raise retired(profile)
    _check_words(profile, request, prompt)
    for name, value in request.params.items():
        _check_param(profile, name, value)
    _check_inputs(profile, request.inputs, files or {})
    mode = mode_of(profile, request.inputs)
    _check_duration(profile, mode, request.duration_ms)
    for name, allowed in mode.params.items():
        _check_in_mode(profile, mode, name, request.params.get(name), allowed)


def naming(error: CapabilityError, able: Iterable[ModelProfile]) -> CapabilityError:
    """Return the error with the models that could do it in its hint."""
    names = [one.id for one in able]
    if not names:
        return error
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    hint = f"{error.hint} These could do it: {', '.join(names[:_MOST_NAMED])}{more}.".strip()
    return type(error)(error.message, hint=hint, **error.details)


def retired(profile: ModelProfile) -> RetiredModelError:
    """Return the error that says since when a model is switched off, why, and what to take instead."""
    since = f" since {profile.retired_on or profile.retires_on}" if profile.retired_on or profile.retires_on else ""
    why = f" {profile.why.rstrip('.')}." if profile.why else ""
    instead = " or ".join(profile.replaced_by)
    return RetiredModelError(
        f"{profile.id} is retired{since}.{why}",
        hint=f"Use {instead}." if instead else "Choose another model: 'takebridge models' lists them.",
        model=profile.id,
    )


def _check_words(profile: ModelProfile, request: GenerationRequest, prompt: str | None) -> None:
    if request.prompt.strip() and not profile.prompt:
        raise CapabilityError(f"{profile.id} takes no prompt.", hint="Clear the prompt, or choose another model.")
    count = len(request.prompt if prompt is None else prompt)
    if profile.max_prompt is not None and count > profile.max_prompt:
        told = "The prompt has" if count == len(request.prompt) else "The prompt and the words wired to it have"
        raise CapabilityError(
            f"{told} {count:,} characters; {profile.id} takes at most {profile.max_prompt:,}.",
            hint="Shorten the prompt, or choose another model.",
            characters=count,
            max_characters=profile.max_prompt,
        )
    if request.seed is not None and not profile.seed:
        raise CapabilityError(f"{profile.id} takes no seed.", hint="Clear the seed: its result is always the same.")
    if request.seed is not None and request.seed < 0:
        raise CapabilityError(f"The seed {request.seed} is negative.", hint="Use 0 or a larger whole number.")


def _check_duration(profile: ModelProfile, mode: Mode, asked: int | None) -> None:
    if asked is None:
        return
    lengths = lengths_of(profile, mode)
    if not lengths.known:
        raise CapabilityError(
            f"{profile.id} cannot be told a length.", hint="Set the length to auto, or choose another model."
        )
    if lengths.up(asked) != asked:
        raise CapabilityError(
            f"{profile.id} makes {lengths.words()}; {seconds(asked)} s were asked for.",
            hint="Change the length, or choose another model.",
            duration_ms=asked,
            min_ms=lengths.shortest,
            max_ms=lengths.longest,
        )


def _check_in_mode(
    profile: ModelProfile, mode: Mode, name: str, value: ParamValue | None, allowed: tuple[ParamValue, ...]
) -> None:
    if value is None or value in allowed:
        return
    raise CapabilityError(
        f"{profile.id} cannot do {name} {_said(value)} from {_mode_words(mode)}.",
        hint=f"It does {', '.join(map(_said, allowed))} there. Change {name}, or choose another model.",
    )


def _check_param(profile: ModelProfile, name: str, value: ParamValue) -> None:
    if name not in profile.params:
        near = get_close_matches(name, profile.params, 1, 0.6)
        known = ", ".join(sorted(profile.params)) or "no parameters"
        raise CapabilityError(
            f"{profile.id} has no parameter “{name}”.",
            hint=f"Did you mean {near[0]}?" if near else f"It has {known}.",
        )
    wanted = type(profile.params[name])
    if type(value) is not wanted:
        kind = {bool: "true or false", int: "a whole number", str: "text"}[wanted]
        raise CapabilityError(f"{name} of {profile.id} must be {kind}, not {value!r}.", hint="Correct the parameter.")
    choices = profile.choices.get(name)
    if choices == ("",) and value:
        raise CapabilityError(f"{profile.id} has no use for “{name}”.", hint=f"Clear {name}, or choose another model.")
    if choices is not None and value not in choices:
        told = ", ".join(map(_said, choices))
        raise CapabilityError(
            f"{profile.id} cannot do {name} {_said(value)}.",
            hint=f"It does {told}. Change {name}, or choose another model.",
        )


def _check_inputs(profile: ModelProfile, inputs: Iterable[MediaInput], files: Files) -> None:
    slots = {slot.role: slot for slot in profile.inputs}
    given = list(inputs)
    for one in given:
        if one.role not in slots:
            raise CapabilityError(
                f"{profile.id} takes no {spoken(one.role)}.", hint="Remove the wire, or choose another model."
            )
        _check_used(one)
        if one.media_type in _PICTURES:
            _check_picture(profile, slots[one.role], one)
        _check_time(profile, slots[one.role], one)
        _check_file(profile, slots[one.role], one, files.get(one.content))
    for slot in profile.inputs:
        count = sum(one.role == slot.role for one in given)
        if not slot.minimum <= count <= slot.maximum:
            wanted = str(slot.minimum) if slot.minimum == slot.maximum else f"{slot.minimum} to {slot.maximum}"
            raise CapabilityError(
                f"{profile.id} takes {wanted} × {spoken(slot.role)}; {count} were given.",
                hint="Add or remove wires of this node.",
            )
        _check_together(profile, slot, [one for one in given if one.role == slot.role])


def _check_used(one: MediaInput) -> None:
    if one.used is None:
        return
    start, end = one.used
    if not 0 <= start < end:
        raise CapabilityError(
            f"Frames {start:,} to {end:,} of “{name_of(one)}” are no range.",
            hint="A range starts at 0 or later and holds at least one frame; its end is exclusive.",
        )
    if one.frame_count is not None and end > one.frame_count:
        raise CapabilityError(
            f"Frames {start:,} to {end:,} of “{name_of(one)}” are asked for; it has {one.frame_count:,}.",
            hint="Choose the best range of this take again.",
            frames=one.frame_count,
        )


def _check_picture(profile: ModelProfile, slot: InputSlot, one: MediaInput) -> None:
    pixels = one.width * one.height
    if one.width < 1 or one.height < 1:
        raise CapabilityError(f"“{name_of(one)}” has no picture.", hint="Choose a clip or image with a picture.")
    if slot.max_pixels is not None and pixels > slot.max_pixels:
        raise CapabilityError(
            f"“{name_of(one)}” is {one.width}×{one.height} ({pixels:,} pixels); {profile.id} takes at most "
            f"{slot.max_pixels:,}.",
            hint="Use a smaller clip, a proxy, or another model.",
            pixels=pixels,
            max_pixels=slot.max_pixels,
        )
    frames = one.frame_count or 1 if one.used is None else one.used[1] - one.used[0]
    if slot.max_frames is not None and frames > slot.max_frames:
        raise CapabilityError(
            f"“{name_of(one)}” has {frames:,} frames; {profile.id} takes at most {slot.max_frames:,}.",
            hint="Push a shorter range of the clip.",
            frames=frames,
            max_frames=slot.max_frames,
        )
    _check_shape(profile, slot, one)


def _check_shape(profile: ModelProfile, slot: InputSlot, one: MediaInput) -> None:
    """Pixels, sides and ratio."""
    pixels, size = one.width * one.height, f"“{name_of(one)}” is {one.width}×{one.height}"
    if slot.min_pixels is not None and pixels < slot.min_pixels:
        raise _unfit(f"{size} ({pixels:,} pixels); {profile.id} takes at least {slot.min_pixels:,}.", _LARGER)
    if slot.max_side is not None and max(one.width, one.height) > slot.max_side:
        raise _unfit(f"{size}; {profile.id} takes at most {slot.max_side:,} pixels a side.", _SMALLER)
    if slot.min_side is not None and min(one.width, one.height) < slot.min_side:
        raise _unfit(f"{size}; {profile.id} takes at least {slot.min_side:,} pixels a side.", _LARGER)
    ratio, low, high = Fraction(one.width, one.height), ratio_of(slot.min_ratio), ratio_of(slot.max_ratio)
    if (low is not None and ratio < low) or (high is not None and ratio > high):
        allowed = " to ".join(part for part in (slot.min_ratio, slot.max_ratio) if part)
        raise _unfit(
            f"{size}; {profile.id} takes pictures of {'at least ' if high is None else ''}"
            f"{'at most ' if low is None else ''}{allowed}.",
            "Crop it to a usual shape, or choose another model.",
        )


def _check_time(profile: ModelProfile, slot: InputSlot, one: MediaInput) -> None:
    """Length and rate."""
    length = length_ms(one)
    if length is not None and slot.max_ms is not None and length > slot.max_ms:
        raise _unfit(
            f"“{name_of(one)}” is {seconds(length)} s long; {profile.id} takes at most {seconds(slot.max_ms)} s.",
            "Use a shorter range of it, or choose another model.",
        )
    if length is not None and slot.min_ms is not None and length < slot.min_ms:
        raise _unfit(
            f"“{name_of(one)}” is {seconds(length)} s long; {profile.id} takes at least {seconds(slot.min_ms)} s.",
            "Use a longer range of it, or choose another model.",
        )
    rate = rate_of(one.rate)
    if rate is None or one.media_type != "video" or one.frame_count is None:
        return
    legal = [found for found in map(rate_of, slot.rates) if found is not None]
    most = rate_of(slot.max_rate)
    if (legal and rate not in legal) or (most is not None and rate > most):
        allowed = ", ".join(map(rate_words, legal)) or f"at most {rate_words(most or rate)}"
        raise _unfit(
            f"“{name_of(one)}” runs at {rate_words(rate)} frames a second; {profile.id} takes {allowed}.",
            "Convert it, or choose another model.",
        )


def _check_file(profile: ModelProfile, slot: InputSlot, one: MediaInput, file: FileFacts | None) -> None:
    if file is None:
        return
    if slot.max_bytes is not None and file.size > slot.max_bytes:
        raise _unfit(
            f"“{name_of(one)}” has {megabytes(file.size)}; {profile.id} takes at most {megabytes(slot.max_bytes)}.",
            "Compress it, or choose another model.",
        )
    if slot.formats and plain_mime(file.mime) not in map(plain_mime, slot.formats):
        raise _unfit(
            f"“{name_of(one)}” is {file.mime}; {profile.id} takes {', '.join(slot.formats)}.",
            "Convert it, or choose another model.",
        )


def _check_together(profile: ModelProfile, slot: InputSlot, given: list[MediaInput]) -> None:
    lengths = [found for found in map(length_ms, given) if found is not None]
    if slot.total_ms is not None and sum(lengths) > slot.total_ms:
        raise _unfit(
            f"The {spoken(slot.role)} inputs are {seconds(sum(lengths))} s long together; {profile.id} takes at most "
            f"{seconds(slot.total_ms)} s.",
            "Use shorter ranges, or fewer of them.",
        )


# --- amounts and words ----------------------------------------------------------------------------------

_SMALLER = "Use a smaller clip, a proxy, or another model."
_SAME = {
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/x-flac": "audio/flac",
    "image/jpg": "image/jpeg",
    "video/x-quicktime": "video/quicktime",
}
_LARGER = "Use a larger picture, or choose another model."


def length_ms(one: MediaInput) -> int | None:
    """Return how long what is used of an input is, in milliseconds, rounded up; None where nothing says."""
    frames = one.frame_count if one.used is None else one.used[1] - one.used[0]
    rate = rate_of(one.rate)
    if frames is not None and rate is not None:
        return -(-frames * 1000 * rate.denominator // rate.numerator)
    return one.duration_ms


def rate_of(text: str | None) -> Fraction | None:
    """Return frames a second of ``n/d``; None for what is no rate."""
    try:
        rate = Fraction(text or "")
    except (ValueError, ZeroDivisionError):
        return None
    return rate if rate > 0 else None


def rate_words(rate: Fraction) -> str:
    """Return a rate as people say it: 24, 23.976."""
    return str(rate.numerator) if rate.denominator == 1 else f"{float(rate):.3f}".rstrip("0").rstrip(".")


def seconds(milliseconds: int) -> str:
    """Write milliseconds as seconds, exactly: 1500 is 1.5."""
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def megabytes(count: int) -> str:
    """Write bytes for people."""
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count:,} bytes"


def plain_mime(mime: str) -> str:
    """Return a MIME type by its usual name: several are in use for the same thing."""
    return _SAME.get(mime.lower(), mime.lower())


def name_of(one: MediaInput) -> str:
    """Return what people call an input."""
    return one.name or one.path.name


def spoken(role: str) -> str:
    """Return a role in words."""
    return role.replace("_", " ")


def _said(value: ParamValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mode_words(mode: Mode) -> str:
    return " and ".join(map(spoken, mode.needs)) or "words alone"


def _unfit(message: str, hint: str) -> CapabilityError:
    return CapabilityError(message, hint=hint)
