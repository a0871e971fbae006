"""What a take is, in words: model, length, seed, price, where it came from, and how two takes differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache

from takebridge.canvas.model import Output, ParamValue, Take
from takebridge.errors import UnknownRateError
from takebridge.ids import BlobHash
from takebridge.timebase import FrameRate, parse_media_rate
from takebridge_resolve.panel import frame_words
from takebridge_resolve.panel.words import money

_PICTURES = ("video", "image", "frame", "board")
_BROUGHT_IN = {"nle": "From the timeline", "imported": "Imported", "manual": "Made by hand"}
_PROMPTS = ("prompt", "text", "instruction")
_SHOWN_APART = frozenset({*_PROMPTS, "seed", "duration", "frames", "frame_count", "duration_ms"})
_MOST_DIFFERENCES = 8


# --- the file -------------------------------------------------------------------------------------------


def picture(take: Take) -> Output | None:
    """Return the output of ``take`` that can be looked at; None for sound and words."""
    named = [take.outputs[port] for port in _PICTURES if port in take.outputs]
    pictured = (output for output in [*named, *take.outputs.values()] if "width" in output.facts)
    return next(pictured, named[0] if named else None)


def picture_content(take: Take) -> BlobHash | None:
    """Return the content hash of what there is to look at: the picture, or the sound, whose poster is its waveform."""
    found = picture(take) or next((one for one in take.outputs.values() if "sample_rate" in one.facts), None)
    return found.content if found else None


def frame_count(take: Take) -> int | None:
    """Return how many frames the take has; None when it is a still or nobody said."""
    count = (found.facts.get("frame_count") if (found := picture(take)) else None) or None
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def rate(take: Take) -> FrameRate | None:
    """Return the take's own rate; None for stills."""
    said = found.facts.get("rate") if (found := picture(take)) else None
    if not isinstance(said, str) or not said:
        return None
    try:
        return parse_media_rate(said)
    except UnknownRateError:
        return None


def size(take: Take) -> tuple[int, int] | None:
    """Return width and height in pixels."""
    facts = found.facts if (found := picture(take)) else {}
    width, height = facts.get("width"), facts.get("height")
    return (width, height) if isinstance(width, int) and isinstance(height, int) else None


# --- words ----------------------------------------------------------------------------------------------


def model(take: Take) -> str:
    """Return the model by its name, or where the take came from when no model made it."""
    return model_title(take.model_reported or take.model_requested) or _BROUGHT_IN.get(take.origin, "Generated")


@lru_cache(maxsize=512)
def model_title(name: str) -> str:
    """Return a model's id as a name: ``google/veo-3.1`` is ``Veo 3.1``."""
    words = re.sub(r"[-_]+", " ", name.rsplit("/", 1)[-1].split("@")[0]).strip()
    return words[:1].upper() + words[1:]


def length(take: Take) -> str:
    """Return ``8 s``; nothing for stills."""
    count, own = frame_count(take), rate(take)
    return frame_words.length(count, own) if count and own else ""


def seed(take: Take) -> str:
    """Return the seed that was drawn, or that was asked for; nothing when none was."""
    asked = take.seed_requested
    found: ParamValue | None = take.seed_used if take.seed_used is not None else asked
    return "" if found is None else str(found)


def price(take: Take) -> str:
    """Return what was paid; an estimate with ``~``; ``price unknown`` is never written as nothing."""
    if take.cost_actual_micros is not None:
        return money(take.cost_actual_micros, take.currency)
    if take.cost_estimated_micros is not None:
        about = money(take.cost_estimated_micros, take.currency)
        return f"~{about}" if take.cost_estimated_micros else about
    return "price unknown" if take.origin == "generated" else ""


def prompt(take: Take) -> str:
    """Return the words the take was made from, as far as its own recipe has them."""
    params = take.recipe.params if take.recipe else {}
    return next((str(params[name]) for name in _PROMPTS if params.get(name)), "")


def provenance(take: Take) -> str:
    """Return ``Veo 3.1 · 8 s · seed 4411 · $3.20``."""
    drawn = seed(take)
    parts = (model(take), length(take), f"seed {drawn}" if drawn else "", price(take))
    return " · ".join(part for part in parts if part)


def recipe_words(take: Take) -> str:
    """Return the whole recipe, one fact a line, for tooltips and the recipe sheet."""
    words = prompt(take)
    facts: dict[str, str] = {"Model": model(take), "Prompt": words, "Seed": seed(take), "Length": length(take)}
    if found := size(take):
        facts["Picture"] = f"{found[0]} × {found[1]}"
    params = take.recipe.params if take.recipe else {}
    facts |= {_title(name): _said(value) for name, value in sorted(params.items()) if name not in _SHOWN_APART}
    facts |= {"Price": price(take), "By": take.author, "Made": made_at(take)}
    return "\n".join(f"{name}: {value}" for name, value in facts.items() if value)


def made_at(take: Take) -> str:
    """Return when the take was made, in this machine's time to the minute; as written if that is no time."""
    try:
        found = datetime.fromisoformat(take.created_at)
    except ValueError:
        return take.created_at
    return found.astimezone().strftime("%Y-%m-%d %H:%M")


def _said(value: ParamValue) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


# --- two takes ------------------------------------------------------------------------------------------


def differences(a: Take, b: Take) -> tuple[str, ...]:
    """Return what is not the same in ``b``, the most telling first; nothing when all that is known is equal."""
    found = [*_values("model", model(a), model(b)), *_prompt_change(prompt(a), prompt(b))]
    found += _values("seed", seed(a), seed(b))
    found += _params(a, b)
    found += _inputs(a, b)
    found += [*_values("", length(a), length(b)), *_values("", price(a), price(b))]
    if len(found) > _MOST_DIFFERENCES:
        found = [*found[: _MOST_DIFFERENCES - 1], f"{len(found) - _MOST_DIFFERENCES + 1} more"]
    return tuple(found)


def what_differs(a: Take, b: Take) -> str:
    """Return the line under a comparison."""
    found = differences(a, b)
    return "What differs: " + (" · ".join(found) if found else "nothing that was written down")


def _values(name: str, before: str, after: str) -> Iterator[str]:
    if before != after:
        yield f"{name} {before or 'none'} → {after or 'none'}".strip()


def _prompt_change(before: str, after: str) -> Iterator[str]:
    """Yield words that came and went, as ``prompt +“rain” −“sun”``."""
    if before == after:
        return
    old, new = before.split(), after.split()
    signs = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            signs += _signed("+", new[new_from:new_to]) + _signed("−", old[old_from:old_to])
    yield "prompt " + " ".join(signs) if signs else "prompt spaced differently"


def _signed(sign: str, words: list[str]) -> list[str]:
    text = " ".join(words)
    return [f"{sign}“{text if len(text) <= 60 else text[:59] + '…'}”"] if words else []


def _params(a: Take, b: Take) -> Iterator[str]:
    one: Mapping[str, ParamValue] = a.recipe.params if a.recipe else {}
    other: Mapping[str, ParamValue] = b.recipe.params if b.recipe else {}
    if a.recipe is None or b.recipe is None:
        return
    for name in sorted({*one, *other} - _SHOWN_APART):
        yield from _values(_title(name).lower(), _said(one.get(name, "")), _said(other.get(name, "")))


def _inputs(a: Take, b: Take) -> Iterator[str]:
    if a.recipe is None or b.recipe is None:
        return
    one = {(found.port, found.rank): found.content for found in a.recipe.inputs}
    other = {(found.port, found.rank): found.content for found in b.recipe.inputs}
    changed = {port for port, rank in {*one, *other} if one.get((port, rank)) != other.get((port, rank))}
    yield from (f"another {_title(port).lower()}" for port in sorted(changed))


def _title(name: str) -> str:
    words = re.sub(r"[._]+", " ", name)
    return words[:1].upper() + words[1:]
