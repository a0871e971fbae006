"""Fitting inputs to a model's limits: shape, size, rate, length, format. Pure: it says what has to be done."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, isqrt
from typing import Literal

from takebridge.errors import CapabilityError
from takebridge.media.fitting_types import Fit
from takebridge.providers.capability import (
    FileFacts,
    length_ms,
    megabytes,
    name_of,
    plain_mime,
    rate_of,
    rate_words,
    seconds,
)
from takebridge.providers.negotiation_types import Talk
from takebridge.providers.pricing import ratio_of
from takebridge.providers.protocol import GenerationRequest, InputSlot, MediaInput

_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
}
"""What we can write, by MIME type."""

_USUAL = {"image": ".png", "video": ".mp4", "audio": ".wav"}
_TAKEN = {
    "image": ("image/png", "image/jpeg", "image/webp"),
    "video": ("video/mp4", "video/quicktime", "video/webm"),
    "audio": ("audio/wav", "audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/flac"),
}
"""What every service takes, where a model says nothing of formats. An editor's own codecs are not among them."""

_FRAMES = frozenset({"start_frame", "end_frame"})
_KEEPS = frozenset({"video_edit", "upscale"})
"""Kinds whose result is as long as the source: too long a source is never cut short by itself."""

_SHORTENED = frozenset({"voice_sample"})
"""Sound of which a part does as well."""

_MOST_ENLARGED = 4
_MOST_PARTS = 200
"""Parts that are offered: nobody wires more nodes than that."""

_NEAR = Fraction(51, 50)
_MEASURED = frozenset({"image", "video", "audio"})


def fitted_inputs(talk: Talk, request: GenerationRequest) -> tuple[GenerationRequest, dict[int, Fit]]:
    """Return the request with its inputs as they will be, and what has to be done to which.

    Raises CapabilityError for a source that is too long, with the parts it could be split into.
    """
    slots = {slot.role: slot for slot in talk.profile.inputs}
    aspect = ratio_of(request.params.get("aspect")) or ratio_of(request.params.get("size"))
    fits: dict[int, Fit] = {}
    inputs = list(request.inputs)
    for place, one in enumerate(request.inputs):
        slot = slots.get(one.role)
        if slot is None or one.media_type not in _MEASURED:
            continue
        fit = _fit(talk, slot, one, aspect if one.role in _FRAMES else None)
        if fit is not None:
            fits[place], inputs[place] = fit, _as_sent(one, fit)
    _match_mask(request, inputs, fits)
    sent = request.model_copy(update={"inputs": tuple(inputs)})
    return _timed(request, sent), fits


def _match_mask(request: GenerationRequest, inputs: list[MediaInput], fits: dict[int, Fit]) -> None:
    """A mask stays as large as the picture it lies on."""
    places = {one.role: place for place, one in enumerate(request.inputs)}
    picture, mask = places.get("source_image"), places.get("mask")
    if picture is None or mask is None or picture not in fits:
        return
    own = fits[picture]
    fits[mask] = Fit("image", ".png", width=own.width, height=own.height, bars=own.bars)
    inputs[mask] = _as_sent(request.inputs[mask], fits[mask])


def _fit(talk: Talk, slot: InputSlot, one: MediaInput, aspect: Fraction | None) -> Fit | None:
    """Return what has to be done to one input; None: it goes as it is."""
    whole = _as_it_is(talk, slot, one)
    fit = whole
    if one.media_type in ("image", "video") and one.width > 0 and one.height > 0:
        fit = _shaped(talk, slot, one, fit, aspect)
        fit = _sized(talk, slot, one, fit)
    if one.media_type == "video" and one.frame_count:
        fit = _timed_clip(talk, slot, one, fit)
    elif one.media_type == "audio":
        fit = _timed_sound(talk, slot, one, fit)
    changed = fit != whole or one.used not in (None, (0, one.frame_count))
    wrong = _wrong_file(talk, slot, one, fit, changed=changed)
    if not changed and not wrong:
        return None
    return replace(fit, max_bytes=slot.max_bytes)


def _as_it_is(talk: Talk, slot: InputSlot, one: MediaInput) -> Fit:
    kind: Literal["image", "video", "audio"] = "audio" if one.media_type == "audio" else "video"
    if one.media_type != "audio" and one.frame_count is None:
        kind = "image"  # a still may stand where clips are taken
    start, end = one.used or (0, one.frame_count or 0)
    return Fit(
        kind,
        _suffix(slot, kind, talk.files.get(one.content)),
        width=one.width,
        height=one.height,
        start=start,
        frame_count=end - start,
        rate=one.rate or "",
    )


def _formats(slot: InputSlot, kind: str) -> tuple[str, ...]:
    """The formats a slot takes of stills, clips or sound; a slot may list those of several."""
    return tuple(plain_mime(one) for one in slot.formats if one.startswith(f"{kind}/")) or _TAKEN[kind]


def _suffix(slot: InputSlot, kind: str, file: FileFacts | None) -> str:
    """The format a file is written in where it has to be: its own where that is taken, JPEG for too large a still."""
    taken = [_SUFFIXES[mime] for mime in _formats(slot, kind) if mime in _SUFFIXES]
    own = _SUFFIXES.get(plain_mime(file.mime), "") if file else ""
    if file and kind == "image" and slot.max_bytes is not None and file.size > slot.max_bytes and ".jpg" in taken:
        return ".jpg"
    if own in taken:
        return own
    return _USUAL[kind] if _USUAL[kind] in taken or not taken else taken[0]


# --- pictures -------------------------------------------------------------------------------------------


def _shaped(talk: Talk, slot: InputSlot, one: MediaInput, fit: Fit, aspect: Fraction | None) -> Fit:
    """Crop a frame to the shape asked for; bring others within the shapes taken with bars, so that nothing is lost."""
    ratio = Fraction(one.width, one.height)
    low, high = ratio_of(slot.min_ratio), ratio_of(slot.max_ratio)
    wanted = aspect if aspect is not None and max(aspect / ratio, ratio / aspect) >= _NEAR else ratio
    wanted = max(wanted, low) if low is not None else wanted
    wanted = min(wanted, high) if high is not None else wanted
    if wanted == ratio:
        return fit
    bars = one.role not in _FRAMES
    wider = (wanted > ratio) == bars  # bars at the sides, or less height
    if wider:
        size = (_up(one.height * wanted), one.height) if bars else (_down(one.height * wanted), one.height)
    else:
        size = (one.width, _up(one.width / wanted)) if bars else (one.width, _down(one.width / wanted))
    how = "gets bars to be" if bars else "is cropped to"
    talk.note(
        "input", f"“{name_of(one)}” ({one.width}×{one.height}) {how} {size[0]}×{size[1]}: {_shape_words(wanted)}."
    )
    return replace(fit, width=size[0], height=size[1], bars=bars)


def _sized(talk: Talk, slot: InputSlot, one: MediaInput, fit: Fit) -> Fit:
    """Scale a picture into the limits. What is to be enlarged is never made smaller first."""
    if talk.profile.kind == "upscale":
        return fit
    width, height = fit.width, fit.height
    size = _within(slot, width, height, even=fit.media_type == "video")
    if size == (width, height) or max(size) > _MOST_ENLARGED * max(width, height):
        return fit
    way = "down" if size[0] < width else "up"
    talk.note("input", f"“{name_of(one)}” is scaled {way} from {width}×{height} to {size[0]}×{size[1]}.")
    return replace(fit, width=size[0], height=size[1])


def _within(slot: InputSlot, width: int, height: int, *, even: bool) -> tuple[int, int]:
    """Return the size nearest to ``width`` x ``height`` in the same shape that the slot takes."""
    factor = Fraction(1)
    if slot.max_side is not None:
        factor = min(factor, Fraction(slot.max_side, max(width, height)))
    if slot.max_pixels is not None and width * height > slot.max_pixels:
        factor = min(factor, Fraction(isqrt(slot.max_pixels * 10**12 // (width * height)), 10**6))
    if factor < 1:
        step = 2 if even else 1
        return (max(step, int(width * factor) // step * step), max(step, int(height * factor) // step * step))
    if slot.min_side is not None:
        factor = max(factor, Fraction(slot.min_side, min(width, height)))
    if slot.min_pixels is not None and width * height < slot.min_pixels:
        factor = max(factor, Fraction(isqrt(slot.min_pixels * 10**12 // (width * height)) + 1, 10**6))
    if factor == 1:
        return (width, height)
    step = 2 if even else 1
    return (ceil(width * factor / step) * step, ceil(height * factor / step) * step)


# --- time -----------------------------------------------------------------------------------------------


def _timed_clip(talk: Talk, slot: InputSlot, one: MediaInput, fit: Fit) -> Fit:
    rate, length = rate_of(fit.rate), length_ms(one)
    if rate is None or length is None:
        return fit
    sent = _legal_rate(slot, rate)
    if sent != rate:
        talk.note(
            "rate", f"“{name_of(one)}” runs at {rate_words(rate)} frames a second; it is sent at {rate_words(sent)}."
        )
        count = max(1, ceil(fit.frame_count * sent / rate))
        fit = replace(fit, rate=f"{sent.numerator}/{sent.denominator}", frame_count=count)
    if slot.max_ms is not None and length > slot.max_ms:
        if talk.profile.kind in _KEEPS or talk.profile.keeps_length:
            raise _too_long(talk, slot, one, rate)
        if talk.profile.kind != "lip_sync":
            most = max(1, int(slot.max_ms * sent / 1000))
            talk.note(
                "input", f"“{name_of(one)}” is {seconds(length)} s long; its first {seconds(slot.max_ms)} s are sent."
            )
            fit = replace(fit, frame_count=most)
    if slot.min_ms is not None and length < slot.min_ms <= 2 * length:
        least = ceil(slot.min_ms * sent / 1000)
        talk.note(
            "length",
            f"“{name_of(one)}” is {seconds(length)} s long; {talk.who} takes at least {seconds(slot.min_ms)} s: its "
            "last frame is held, and what was made of that is trimmed.",
        )
        talk.keep_ms = talk.keep_ms or length
        fit = replace(fit, frame_count=least)
    return fit


def _legal_rate(slot: InputSlot, rate: Fraction) -> Fraction:
    """The fastest rate taken that is not faster than the clip's, else the slowest taken."""
    legal = sorted(found for found in map(rate_of, slot.rates) if found is not None)
    most = rate_of(slot.max_rate)
    if legal and rate not in legal:
        return max((one for one in legal if one <= rate), default=legal[0])
    if most is None or rate <= most:
        return rate
    divided = rate / ceil(rate / most)  # every second, third … frame: no frame is mixed or stands twice
    return divided if divided * 2 > most else most


def _timed_sound(talk: Talk, slot: InputSlot, one: MediaInput, fit: Fit) -> Fit:
    length = one.duration_ms
    if length is None:
        return fit
    if slot.max_ms is not None and length > slot.max_ms and one.role in _SHORTENED:
        talk.note(
            "input", f"“{name_of(one)}” is {seconds(length)} s long; its first {seconds(slot.max_ms)} s are sent."
        )
        return replace(fit, length_ms=slot.max_ms)
    if slot.min_ms is not None and length < slot.min_ms and one.role not in _SHORTENED:
        talk.note(
            "input", f"“{name_of(one)}” is {seconds(length)} s long; silence is added up to {seconds(slot.min_ms)} s."
        )
        talk.keep_ms = talk.keep_ms or length
        return replace(fit, length_ms=slot.min_ms)
    return fit


def _too_long(talk: Talk, slot: InputSlot, one: MediaInput, rate: Fraction) -> CapabilityError:
    """A source whose length has to be kept is not shortened: say which parts would do."""
    start, end = one.used or (0, one.frame_count or 0)
    parts = split(start, end, rate, slot.min_ms or 0, slot.max_ms or 0)
    length = length_ms(one) or 0
    told = ", ".join(f"{first}–{last}" for first, last in parts[:6]) + (" …" if len(parts) > 6 else "")
    offer = (
        f"Split it into {len(parts)} parts, frames {told} (trim nodes, ends exclusive), one node for each."
        if parts
        else f"No split of it makes parts of {seconds(slot.min_ms or 0)} to {seconds(slot.max_ms or 0)} s."
    )
    return CapabilityError(
        f"“{name_of(one)}” is {seconds(length)} s long; {talk.profile.id} takes at most {seconds(slot.max_ms or 0)} s "
        "and its result would be shorter than the clip.",
        hint=offer,
        duration_ms=length,
        max_ms=slot.max_ms,
        parts=", ".join(f"{first}-{last}" for first, last in parts),
    )


def split(start: int, end: int, rate: Fraction, min_ms: int, max_ms: int) -> list[tuple[int, int]]:
    """Cut the frames ``start`` up to ``end`` into the fewest parts of legal length, as equal as frames allow.

    Ends are exclusive; together they are exactly the whole. Empty where no such split exists, or only one of more
    than `_MOST_PARTS`.
    """
    most, least = int(max_ms * rate / 1000), ceil(min_ms * rate / 1000)
    if most < 1 or end <= start:
        return []
    count = -(-(end - start) // most)
    if count > _MOST_PARTS:
        return []
    edges = [start + (end - start) * number // count for number in range(count + 1)]
    parts = list(pairwise(edges))
    return parts if all(last - first >= least for first, last in parts) else []


# --- files ----------------------------------------------------------------------------------------------


def _wrong_file(talk: Talk, slot: InputSlot, one: MediaInput, fit: Fit, *, changed: bool) -> bool:
    """Say whether the file has to be written anew for its size or format, and why."""
    file = talk.files.get(one.content)
    if file is None:
        return False
    if plain_mime(file.mime) not in _formats(slot, fit.media_type):
        talk.note("input", f"“{name_of(one)}” is {file.mime}; it is sent as {fit.suffix.lstrip('.').upper()}.")
        return True
    if slot.max_bytes is not None and file.size > slot.max_bytes:
        if not changed:
            most = megabytes(slot.max_bytes)
            talk.note("input", f"“{name_of(one)}” has {megabytes(file.size)}; it is compressed to at most {most}.")
        return True
    return False


# --- the request as it is sent --------------------------------------------------------------------------


def _as_sent(one: MediaInput, fit: Fit) -> MediaInput:
    changes: dict[str, object] = {"width": fit.width, "height": fit.height}
    if fit.media_type == "video":
        rate = rate_of(fit.rate)
        length = -(-fit.frame_count * 1000 * rate.denominator // rate.numerator) if rate else one.duration_ms
        changes |= {"frame_count": fit.frame_count, "rate": fit.rate, "used": None, "duration_ms": length}
    elif fit.length_ms is not None:
        changes["duration_ms"] = fit.length_ms
    return one.model_copy(update=changes)


def _timed(request: GenerationRequest, sent: GenerationRequest) -> GenerationRequest:
    """Where the source decides size, count and rate, those are the ones that are sent."""
    before = next((one for one in request.inputs if one.role == "source_video"), None)
    after = next((one for one in sent.inputs if one.role == "source_video"), None)
    if before is None or after is None or before == after:
        return sent
    changes: dict[str, object] = {}
    if request.frame_count is not None and after.frame_count is not None:
        changes |= {"frame_count": after.frame_count, "rate": after.rate}
    if request.width is not None:
        changes |= {"width": after.width, "height": after.height}
    return sent.model_copy(update=changes)


def _shape_words(ratio: Fraction) -> str:
    if ratio.numerator <= 100 and ratio.denominator <= 100:
        return f"{ratio.numerator}:{ratio.denominator}"
    return f"{float(ratio):.2f}:1" if ratio >= 1 else f"1:{float(1 / ratio):.2f}"


def _up(side: Fraction) -> int:
    return ceil(side / 2) * 2


def _down(side: Fraction) -> int:
    return max(2, int(side / 2) * 2)
