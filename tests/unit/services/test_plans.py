"""What nodes are priced at from their parameters and the takes that are wired to them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.support.canvases import EMPTY, KINDS, add, do, imported, pinned, wire

from takebridge.canvas.fingerprint import recipe_of
from takebridge.canvas.model import Canvas, FrameRange, Output
from takebridge.canvas.op_types import SetBestRange, SetModel, SetParam
from takebridge.canvas.plan_types import NoProvider, Offer
from takebridge.canvas.state import derive_next
from takebridge.ids import NodeId, TakeId
from takebridge.media.testcard import render_test_clip
from takebridge.providers.protocol import GenerationKind, InputSlot, ModelProfile, Price
from takebridge.providers.registry import ProviderRegistry
from takebridge.services.plans import offers_of
from takebridge.services.requests import build_request, price_of
from takebridge.store.blobs import BlobStore
from takebridge.timebase import FrameRate


def profile(kind: GenerationKind = "upscale", **facts: Any) -> ModelProfile:
    values: dict[str, Any] = {
        "id": "x/one",
        "provider": "x",
        "title": "One",
        "kind": kind,
        "inputs": (InputSlot(role="source_video", minimum=1),),
        "price": Price(low_micros=1000, high_micros=3000),
        "price_per": "second",
        "seconds_low": 5,
        "seconds_high": 50,
    }
    return ModelProfile(**{**values, **facts})


class Shop:
    """Prices one node of a canvas with one model."""

    def __init__(self, folder: Path) -> None:
        self.blobs = BlobStore(folder)

    def offer(self, canvas: Canvas, node: str, model: ModelProfile) -> Offer | NoProvider:
        class Seller:
            name = "x"

            def models(self) -> list[ModelProfile]:
                return [model]

        provider: Any = Seller()
        found = derive_next(None, canvas, KINDS)
        return offers_of(found, KINDS, ProviderRegistry([provider]), self.blobs)(canvas.nodes[NodeId(node)])

    def cost(self, canvas: Canvas, node: str, model: ModelProfile) -> tuple[int | None, int | None]:
        offer = self.offer(canvas, node, model)
        assert isinstance(offer, Offer)
        return offer.low_micros, offer.high_micros


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def clip_to(kind: str, **facts: int | str) -> Canvas:
    """clip (with these facts) → a node ``up`` of a kind, on the model."""
    canvas = do(
        EMPTY,
        add("source_clip", "clip"),
        add(kind, "up"),
        SetModel(node=NodeId("up"), model="x/one"),
        wire("clip.video", "up.source"),
    )
    take = imported(canvas, "clip", 1)
    output = Output(content=take.outputs["video"].content, facts=facts)
    return pinned(canvas, take.model_copy(update={"outputs": {"video": output}}))


def test_the_length_of_the_source_prices_what_keeps_it(shop: Shop) -> None:
    canvas = clip_to("upscale", frame_count=48, rate="24000/1001")
    # 48 frames at 23.976 are 2.002 seconds.
    assert shop.cost(canvas, "up", profile()) == (2002, 6006)
    best = SetBestRange(take=TakeId("clip/1"), best=FrameRange(start=12, end=36))
    assert shop.cost(do(canvas, best), "up", profile()) == (2002, 6006)  # an upscale makes all of it


def test_an_input_that_takes_the_best_part_is_priced_by_it(shop: Shop) -> None:
    canvas = clip_to("video_edit", frame_count=48, rate="24/1")
    model = profile("video_edit")
    assert shop.cost(canvas, "up", model) == (2000, 6000)
    best = SetBestRange(take=TakeId("clip/1"), best=FrameRange(start=12, end=36))
    assert shop.cost(do(canvas, best), "up", model) == (1000, 3000)


def test_what_decides_its_own_length_is_priced_by_what_was_asked_for(shop: Shop) -> None:
    canvas = clip_to("video", frame_count=48, rate="24/1")
    model = profile("video", duration_ms=(4000, 10_000))
    assert shop.cost(canvas, "up", model) == (4000, 30_000)
    asked = do(canvas, SetParam(node=NodeId("up"), name="duration_ms", value=5000))
    assert shop.cost(asked, "up", model) == (5000, 15_000)


@pytest.mark.parametrize(
    "facts",
    [{}, {"frame_count": 48}, {"frame_count": 48, "rate": "fast"}, {"frame_count": 48, "rate": "24/0"}],
)
def test_a_length_nobody_knows_is_an_unknown_price(shop: Shop, facts: dict[str, Any]) -> None:
    assert shop.cost(clip_to("upscale", **facts), "up", profile()) == (None, None)


def test_words_are_counted_by_the_character(shop: Shop) -> None:
    canvas = do(
        EMPTY,
        add("brief", "words"),
        add("voice", "say", prompt="Hi"),
        SetModel(node=NodeId("say"), model="x/one"),
        wire("words.text", "say.line"),
    )
    model = profile("voice", price_per="1k_chars")
    assert shop.cost(canvas, "say", model) == (None, None)  # the words are still to come
    take = imported(canvas, "words", 1, "text")
    content = shop.blobs.add_bytes("Grüße".encode(), ".txt").hash
    canvas = pinned(canvas, take.model_copy(update={"outputs": {"text": Output(content=content)}}))
    assert shop.cost(canvas, "say", model) == (7, 21)


def test_who_cannot_make_it_is_said(shop: Shop) -> None:
    canvas = clip_to("upscale")
    for model, words in (("", "No provider is configured"), ("x/two", "No model is called “x/two”")):
        offer = shop.offer(do(canvas, SetModel(node=NodeId("up"), model=model)), "up", profile())
        assert isinstance(offer, NoProvider)
        assert words in offer.words
    offer = shop.offer(canvas, "up", profile(lifecycle="retired"))
    assert isinstance(offer, NoProvider)
    assert "retired" in offer.words


def test_a_plan_costs_what_the_job_will_be_held_for(shop: Shop, tmp_path: Path) -> None:
    """Jobs are priced from the media itself, plans from the facts that were noted of it."""
    clip = tmp_path / "clip.mp4"
    render_test_clip(clip, clip_id=1, frame_count=7, rate=FrameRate(24), width=320, height=180, audio=False)
    canvas = clip_to("upscale", frame_count=7, rate="24/1")
    take = imported(canvas, "clip", 2)
    facts = {"frame_count": 7, "rate": "24/1"}
    output = Output(content=shop.blobs.add_foreign(clip).hash, facts=facts)
    canvas = pinned(canvas, take.model_copy(update={"outputs": {"video": output}}))
    bridge: Any = SimpleNamespace(desk=SimpleNamespace(kinds=KINDS), blobs=shop.blobs)
    request = build_request(bridge, canvas, recipe_of(canvas, NodeId("up"), KINDS), profile(), token="t" * 8)
    price = price_of(profile(), request)
    # 7 frames at 24 are 291.67 ms, counted as 292.
    assert shop.cost(canvas, "up", profile()) == (price.low_micros, price.high_micros) == (292, 876)
