"""From a recipe to a provider's request, and what it will cost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from takebridge.canvas.model import Canvas, NodeKind, Recipe, RecipeInput, Take
from takebridge.errors import BridgeError, CapabilityError
from takebridge.media.probe import probe
from takebridge.nodes.roles import request_params, role_of
from takebridge.providers.pricing import Estimate, estimate, facts_of, pixels_of
from takebridge.providers.protocol import GenerationRequest, InputRole, MediaInput, ModelProfile
from takebridge.services.bridge import Bridge
from takebridge.timebase import FrameRate

_FRAMED = frozenset({"previz", "video_edit"})
"""Kinds whose result has the size of its source clip."""

TIMED = frozenset({"previz", "video_edit", "upscale"})
"""Kinds whose result has the length and rate of its source clip. Others read their inputs and decide themselves."""

_PICTURES = frozenset({"video", "image"})
_WORDS = frozenset({"text", "script", "style", "captions"})


def build_request(
    bridge: Bridge, canvas: Canvas, recipe: Recipe, profile: ModelProfile, *, token: str
) -> GenerationRequest:
    """Turn a recipe into a provider's request. Nothing is sent.

    Raises BlobMissingError, and CapabilityError where the model is not made for the recipe's kind.
    """
    kind = bridge.desk.kinds[recipe.kind]
    if profile.kind != kind.models:
        raise CapabilityError(
            f"{profile.id} does {profile.kind}, but “{kind.title}” needs {kind.models}.",
            hint="Choose a model made for this kind of node.",
            model=profile.id,
        )
    inputs = tuple(_inputs(bridge, canvas, kind, recipe, heard=not profile.local))
    source = next((one for one in inputs if one.role == "source_video" and one.frame_count), None)
    framed = source if profile.kind in _FRAMED else None
    timed = source if profile.kind in TIMED else None
    params = recipe.params
    return GenerationRequest(
        token=token,
        model=profile.id,
        kind=profile.kind,
        inputs=inputs,
        prompt=str(params.get("prompt", "")),
        params=request_params(params),
        seed=_number(params.get("seed")),
        width=framed.width if framed else None,
        height=framed.height if framed else None,
        frame_count=_frames_used(timed) if timed else None,
        rate=timed.rate if timed else None,
        duration_ms=_number(params.get("duration_ms")),
    )


def price_of(profile: ModelProfile, request: GenerationRequest) -> Estimate:
    """Return what the request will cost and take, as far as its inputs say."""
    return estimate(
        profile,
        duration_ms=_result_ms(request),
        characters=len(request.prompt) + sum(_characters(one) for one in request.inputs),
        pixels=pixels_of(request),
        facts=facts_of(profile, request),
    )


# --- inputs ---------------------------------------------------------------------------------------------


def _inputs(bridge: Bridge, canvas: Canvas, kind: NodeKind, recipe: Recipe, *, heard: bool) -> Iterator[MediaInput]:
    """Yield the inputs; ``heard``: sound is looked at as well, because it has limits where it is sent somewhere."""
    for item in recipe.inputs:
        role = role_of(kind.key, item.port)
        if role is not None:
            yield _media_input(bridge, canvas, kind, item, role, heard=heard)


def _media_input(
    bridge: Bridge, canvas: Canvas, kind: NodeKind, item: RecipeInput, role: InputRole, *, heard: bool
) -> MediaInput:
    take = canvas.takes[item.take]
    media_type = _type_of(bridge, canvas, kind, item, take)
    path = bridge.blobs.path_of(item.content)
    plain = MediaInput(
        role=role,
        path=path,
        content=item.content,
        media_type=media_type,
        used=(item.used.start, item.used.end) if item.used else None,
        name=_name_of(bridge, canvas, take),
    )
    if media_type == "audio" and heard:
        return plain.model_copy(update={"duration_ms": int(probe(path).duration * 1000)})
    if media_type not in _PICTURES:
        return plain
    info = probe(path)
    return plain.model_copy(
        update={
            "width": info.width,
            "height": info.height,
            "frame_count": None if info.is_still else info.frame_count,
            "rate": str(info.rate) if info.rate else None,
            "duration_ms": None if info.is_still else int(info.duration * 1000),
        }
    )


def _type_of(bridge: Bridge, canvas: Canvas, kind: NodeKind, item: RecipeInput, take: Take) -> str:
    """The media type of what flows in: that of the output it came from, as far as the input takes it."""
    port = kind.input(item.port)
    wanted = port.types if port else frozenset[str]()
    node = canvas.nodes.get(take.node_id)
    source = bridge.desk.kinds.get(node.kind) if node else None
    names = [name for name, output in take.outputs.items() if output.content == item.content]
    outputs = [source.output(name) if source else None for name in names]
    given = [media_type for output in outputs if output for media_type in sorted(output.types)]
    return next((one for one in given if one in wanted), next(iter(sorted(wanted)), "video"))


def _name_of(bridge: Bridge, canvas: Canvas, take: Take) -> str:
    node = canvas.nodes.get(take.node_id)
    if node is None:
        return ""
    kind = bridge.desk.kinds.get(node.kind)
    return node.title or (kind.title if kind else node.kind)


# --- amounts --------------------------------------------------------------------------------------------


def _number(value: object) -> int | None:
    """The number, None for a word such as ``random`` or ``auto``."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _frames_used(one: MediaInput) -> int | None:
    return one.frame_count if one.used is None else one.used[1] - one.used[0]


def _result_ms(request: GenerationRequest) -> int | None:
    """The length asked for, else that of the source clip, else that of the voice a face speaks."""
    if request.duration_ms is not None:
        return request.duration_ms
    if request.kind == "lip_sync":
        return next((one.duration_ms for one in request.inputs if one.role == "audio"), None)
    return _clip_ms(request)


def _clip_ms(request: GenerationRequest) -> int | None:
    """Length of the source clip where that is the length of the result, rounded up."""
    if request.frame_count is None or request.rate is None:
        return None
    with contextlib.suppress(BridgeError, ValueError):
        across, _, down = request.rate.partition("/")
        rate = FrameRate(int(across), int(down or 1)).fraction
        return -(-request.frame_count * 1000 * rate.denominator // rate.numerator)
    return None


def _characters(one: MediaInput) -> int:
    """Characters of a text input; an unreadable one is refused by the provider, not here."""
    if one.media_type not in _WORDS:
        return 0
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return len(one.path.read_text("utf-8"))
    return 0
