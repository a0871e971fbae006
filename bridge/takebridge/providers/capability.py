"""What a profile cannot express fails here, before anything is spent."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from takebridge.errors import CapabilityError
from takebridge.providers.protocol import GenerationRequest, InputSlot, MediaInput, ModelProfile, ParamValue

_PICTURES = frozenset({"video", "image"})
"""Media types that have a size; text, sound and the rest have none."""


def check_request(profile: ModelProfile, request: GenerationRequest) -> None:
    """Raise CapabilityError, with the numbers in the message, unless ``profile`` can express ``request``.

    Reads nothing but its arguments: sizes and frame counts are those the request states.
    """
    if request.model != profile.id or request.kind != profile.kind:
        raise CapabilityError(
            f"{profile.id} does {profile.kind}, but {request.model} was asked for {request.kind}.",
            hint="Choose a model made for this kind of node.",
        )
    if profile.lifecycle == "retired":
        raise CapabilityError(f"{profile.id} is retired.", hint="Choose another model.")
    _check_words(profile, request)
    _check_duration(profile, request.duration_ms)
    for name, value in request.params.items():
        _check_param(profile, name, value)
    _check_inputs(profile, request.inputs)


def _check_words(profile: ModelProfile, request: GenerationRequest) -> None:
    if request.prompt.strip() and not profile.prompt:
        raise CapabilityError(f"{profile.id} takes no prompt.", hint="Clear the prompt, or choose another model.")
    if profile.max_prompt is not None and len(request.prompt) > profile.max_prompt:
        raise CapabilityError(
            f"The prompt has {len(request.prompt):,} characters; {profile.id} takes at most {profile.max_prompt:,}.",
            hint="Shorten the prompt, or choose another model.",
            characters=len(request.prompt),
            max_characters=profile.max_prompt,
        )
    if request.seed is not None and not profile.seed:
        raise CapabilityError(f"{profile.id} takes no seed.", hint="Clear the seed: its result is always the same.")
    if request.seed is not None and request.seed < 0:
        raise CapabilityError(f"The seed {request.seed} is negative.", hint="Use 0 or a larger whole number.")


def _check_duration(profile: ModelProfile, asked: int | None) -> None:
    if asked is None:
        return
    if profile.duration_ms is None:
        raise CapabilityError(
            f"{profile.id} cannot be told a length.", hint="Set the length to auto, or choose another model."
        )
    low, high = profile.duration_ms
    if not low <= asked <= high:
        raise CapabilityError(
            f"{profile.id} makes {_seconds(low)} to {_seconds(high)} s; {_seconds(asked)} s were asked for.",
            hint="Change the length, or choose another model.",
            duration_ms=asked,
            min_ms=low,
            max_ms=high,
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


def _check_inputs(profile: ModelProfile, inputs: Iterable[MediaInput]) -> None:
    slots = {slot.role: slot for slot in profile.inputs}
    given = list(inputs)
    for one in given:
        if one.role not in slots:
            raise CapabilityError(
                f"{profile.id} takes no {_spoken(one.role)}.", hint="Remove the wire, or choose another model."
            )
        _check_size(profile, slots[one.role], one)
    for slot in profile.inputs:
        count = sum(one.role == slot.role for one in given)
        if not slot.minimum <= count <= slot.maximum:
            wanted = str(slot.minimum) if slot.minimum == slot.maximum else f"{slot.minimum} to {slot.maximum}"
            raise CapabilityError(
                f"{profile.id} takes {wanted} × {_spoken(slot.role)}; {count} were given.",
                hint="Add or remove wires of this node.",
            )


def _check_size(profile: ModelProfile, slot: InputSlot, one: MediaInput) -> None:
    _check_used(one)
    if one.media_type in _PICTURES:
        _check_picture(profile, slot, one)


def _check_used(one: MediaInput) -> None:
    if one.used is None:
        return
    start, end = one.used
    if not 0 <= start < end:
        raise CapabilityError(
            f"Frames {start:,} to {end:,} of “{_name(one)}” are no range.",
            hint="A range starts at 0 or later and holds at least one frame; its end is exclusive.",
        )
    if one.frame_count is not None and end > one.frame_count:
        raise CapabilityError(
            f"Frames {start:,} to {end:,} of “{_name(one)}” are asked for; it has {one.frame_count:,}.",
            hint="Choose the best range of this take again.",
            frames=one.frame_count,
        )


def _check_picture(profile: ModelProfile, slot: InputSlot, one: MediaInput) -> None:
    pixels = one.width * one.height
    if one.width < 1 or one.height < 1:
        raise CapabilityError(f"“{_name(one)}” has no picture.", hint="Choose a clip or image with a picture.")
    if slot.max_pixels is not None and pixels > slot.max_pixels:
        raise CapabilityError(
            f"“{_name(one)}” is {one.width}×{one.height} ({pixels:,} pixels); {profile.id} takes at most "
            f"{slot.max_pixels:,}.",
            hint="Use a smaller clip, a proxy, or another model.",
            pixels=pixels,
            max_pixels=slot.max_pixels,
        )
    frames = one.frame_count or 1 if one.used is None else one.used[1] - one.used[0]
    if slot.max_frames is not None and frames > slot.max_frames:
        raise CapabilityError(
            f"“{_name(one)}” has {frames:,} frames; {profile.id} takes at most {slot.max_frames:,}.",
            hint="Push a shorter range of the clip.",
            frames=frames,
            max_frames=slot.max_frames,
        )


def _said(value: ParamValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(one: MediaInput) -> str:
    return one.name or one.path.name


def _seconds(milliseconds: int) -> str:
    """Write milliseconds as seconds, exactly: 1500 is 1.5."""
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def _spoken(role: str) -> str:
    return role.replace("_", " ")
