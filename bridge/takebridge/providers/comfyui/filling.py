"""A workflow with a request's values in it: what is posted to ComfyUI. Nothing is sent but files."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from fractions import Fraction
from typing import Any

from takebridge.errors import CapabilityError
from takebridge.providers.comfyui.binding import Place, unfit
from takebridge.providers.comfyui.workflows import Workflow
from takebridge.providers.facts import Json
from takebridge.providers.remote.order import Order, Upload, mime_of, prompt_of

_LARGEST_SEED = 2**53
"""Below it every number survives a JSON reader that knows only doubles."""
_SIDES = {"480p": 480, "720p": 720, "1080p": 1080, "2160p": 2160}


async def filled(workflow: Workflow, order: Order, upload: Upload) -> dict[str, Any]:
    """Return the graph to run. Files go through ``upload`` first. Raises CapabilityError before any is sent."""
    graph = deepcopy(dict(workflow.graph))
    for name, places in workflow.binding.values().items():
        for place in places:
            if place.node and (value := _value(workflow, order, name, place)) is not None:
                graph[place.node]["inputs"][place.field] = value
    for role, places in workflow.binding.roles().items():
        for place, one in zip(places, order.inputs(role), strict=False):
            graph[place.node]["inputs"][place.field] = await upload(one.path, mime_of(one.path, one.media_type))
    return graph


def seed_of(workflow: Workflow, order: Order) -> int | None:
    """Return the seed a run uses: the one asked for, else one made of the token; None for a workflow without.

    The seed a file holds is not used again: ComfyUI answers a graph it has just run from its cache.
    """
    if "seed" not in workflow.binding.values():
        return None
    if order.request.seed is not None:
        return order.request.seed
    return int.from_bytes(hashlib.sha256(order.request.token.encode()).digest()[:8]) % _LARGEST_SEED


def _value(workflow: Workflow, order: Order, name: str, place: Place) -> Json:
    value = _ours(workflow, order, place.of or name, place)
    if value is None:
        return None
    if place.map:
        key = str(value).lower() if isinstance(value, bool) else str(value)
        if key not in place.map:
            raise CapabilityError(
                f"{order.profile.title} cannot do {name} {key}.",
                hint=f"It does {', '.join(place.map)}. Change {name}, or choose another model.",
            )
        return place.map[key]
    _check_range(order, name, place, value)
    return _in_form(workflow, place, value)


def _ours(workflow: Workflow, order: Order, name: str, place: Place) -> Json:
    request, given = order.request, order.request.params
    match name:
        case "prompt":
            return prompt_of(request)
        case "seed":
            return seed_of(workflow, order)
        case "duration":
            return request.duration_ms
        case "size":
            return f"{given.get('aspect', '')}@{given.get('resolution', '')}"
        case "width" | "height":
            return _side(order, name, place.step)
    value = given.get(name, order.profile.params.get(name))
    return None if value in ("", "auto") and name != "avoid" else value


def _in_form(workflow: Workflow, place: Place, value: Json) -> Json:
    if place.form in ("percent", "seconds", "frames") and (isinstance(value, bool) or not isinstance(value, int)):
        raise unfit(workflow.name, f"{value!r} cannot be written as {place.form}")
    match place.form:
        case "text":
            return str(value).lower() if isinstance(value, bool) else str(value)
        case "percent":
            return value / 100
        case "seconds":
            return value / 1000
        case "frames":
            rate = place.rate or next(iter(workflow.binding.rates), "24/1")
            return _frames(value, Fraction(rate), place.step, place.plus)
        case _:
            return value


def _frames(ms: int, rate: Fraction, step: int, plus: int) -> int:
    """The fewest frames of the form ``n * step + plus`` that last ``ms``."""
    frames = -(-ms * rate // 1000)
    return int(-(-(frames - plus) // step)) * step + plus


def _side(order: Order, name: str, step: int) -> int | None:
    """Width or height from aspect and resolution, in whole steps. An open aspect is that of the first picture."""
    params = {**order.profile.params, **order.request.params}
    short = _SIDES.get(str(params.get("resolution", "")))
    ratio = _ratio(order, str(params.get("aspect", "")))
    if short is None or ratio is None:
        return None
    width, height = (short * ratio, short) if ratio >= 1 else (short, short / ratio)
    return max(1, round((Fraction(width) if name == "width" else Fraction(height)) / step)) * step


def _ratio(order: Order, aspect: str) -> Fraction | None:
    wide, found, high = aspect.partition(":")
    if found and wide.isdecimal() and high.isdecimal() and int(high):
        return Fraction(int(wide), int(high))
    first = next((one for one in order.request.inputs if one.width and one.height), None)
    return Fraction(first.width, first.height) if first else Fraction(16, 9)


def _check_range(order: Order, name: str, place: Place, value: Json) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or (place.min is None and place.max is None):
        return
    low, high = place.min, place.max
    if (low is not None and value < low) or (high is not None and value > high):
        told = " and ".join(
            part
            for part in (f"from {low}" if low is not None else "", f"up to {high}" if high is not None else "")
            if part
        )
        raise CapabilityError(
            f"{order.profile.title} takes {name} {told}; {value} was asked for.",
            hint=f"Change {name}, or the binding of the workflow.",
        )
