"""Which maker does which kind of job: one check before anything starts, one function that makes the outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from takebridge.errors import CapabilityError
from takebridge.providers.local.assemble import check_assemble, make_assemble
from takebridge.providers.local.bench import Bench, Made
from takebridge.providers.local.captioning import check_captions, make_captions
from takebridge.providers.local.clip import film
from takebridge.providers.local.cuts import check_reframe, check_trim, make_reframe, make_trim
from takebridge.providers.local.effects import check_effect, make_effect
from takebridge.providers.local.extracts import check_frames, make_frames
from takebridge.providers.local.image import check_image, make_image
from takebridge.providers.local.lips import check_lips, make_lips
from takebridge.providers.local.music import check_music, make_music
from takebridge.providers.local.order import Order
from takebridge.providers.local.previz import check_previz, previz
from takebridge.providers.local.storyboard import check_board, make_board
from takebridge.providers.local.upscale import check_upscale, upscale
from takebridge.providers.local.video import check_video, make_video
from takebridge.providers.local.voice import check_voice, make_voice
from takebridge.providers.local.weights import find_weights


@dataclass(frozen=True, slots=True)
class Maker:
    """One kind of job.

    ``check`` raises CapabilityError (or ProviderUnavailableError) for what cannot be made and starts nothing.
    ``make`` works at a bench, counts its progress there and stops soon after it is told to. ``alone``: it starts no
    child process, so that its own process may simply be left in the middle of a long computation.
    """

    check: Callable[[Order], None]
    make: Callable[[Order, Bench], Made]
    alone: bool = False


def maker_of(kind: str) -> Maker:
    """Return the maker of a kind. Raises CapabilityError for what this machine cannot make."""
    found = MAKERS.get(kind)
    if found is None:
        raise CapabilityError(f"This machine cannot make {kind}.", hint="Choose a model of another provider.")
    return found


def _check_upscale(order: Order) -> None:
    scale = order.number("scale", 2)
    check_upscale(order.request, scale, order.given[0].media)
    find_weights(order.home, scale)


def _upscale(order: Order, bench: Bench) -> Made:
    made = upscale(bench.folder, order.request, order.number("scale", 2))
    return Made((film(bench, made),), made.facts, made.seed_used)


def _check_previz(order: Order) -> None:
    check_previz(order.request, [one.media for one in order.given])


def _previz(order: Order, bench: Bench) -> Made:
    made = previz(order.request.model_copy(update={"params": dict(order.params)}))
    return Made((film(bench, made),), made.facts, made.seed_used)


MAKERS: Mapping[str, Maker] = MappingProxyType(
    {
        "upscale": Maker(_check_upscale, _upscale),
        "previz": Maker(_check_previz, _previz),
        "image": Maker(check_image, make_image, alone=True),
        "video": Maker(check_video, make_video),
        "lip_sync": Maker(check_lips, make_lips),
        "voice": Maker(check_voice, make_voice, alone=True),
        "music": Maker(check_music, make_music, alone=True),
        "sfx": Maker(check_effect, make_effect, alone=True),
        "storyboard": Maker(check_board, make_board),
        "extract_frames": Maker(check_frames, make_frames, alone=True),
        "trim": Maker(check_trim, make_trim),
        "reframe": Maker(check_reframe, make_reframe),
        "captions": Maker(check_captions, make_captions, alone=True),
        "assemble": Maker(check_assemble, make_assemble),
    }
)
