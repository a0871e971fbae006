"""Asking: what is checked, agreed to and held before a job is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.canvases import add, wire
from tests.support.generation import FREE, LEAST, MOST, PLAIN, UNPRICED, set_up
from tests.support.rig import UP, Rig
from tests.support.scratch_sound import write_beep

from takebridge.canvas.fingerprint import recipe_of
from takebridge.canvas.model import FrameRange, Output, Take
from takebridge.canvas.ops import AddTake, Op, Pin, SetBestRange, SetLocked, SetModel
from takebridge.errors import (
    BudgetError,
    CapabilityError,
    PreconditionError,
    ProviderUnavailableError,
    UnknownModelError,
    UnknownNodeError,
    UsageError,
)
from takebridge.ids import NodeId, TakeId
from takebridge.providers.protocol import ModelProfile, Price
from takebridge.services import generate
from takebridge.services.requests import build_request, price_of
from takebridge.store.jobs import JobRecord, Variant
from takebridge.store.ledger import Cap


def ask(rig: Rig, model: str = PLAIN, **how: Any) -> JobRecord:
    if not hasattr(rig, "canvas_id"):
        rig.canvas_id = set_up(rig.bridge, rig.provider.clip, model, 1).canvas.id
    return generate.start(rig.bridge, rig.queue, rig.canvas_id, UP, **{"author": "ann", **how})


def nothing_happened(rig: Rig) -> None:
    assert (rig.bridge.jobs.all(), rig.bridge.ledger.all(), rig.queue.queued) == ([], [], [])


# --- money ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agreed", [None, 0, MOST - 1])
def test_what_is_not_free_needs_a_yes_to_its_price(rig: Rig, agreed: int | None) -> None:
    with pytest.raises(PreconditionError) as caught:
        ask(rig, max_micros=agreed)
    assert "$0.0001–$0.0002" in caught.value.message
    assert str(MOST) in caught.value.hint
    assert (caught.value.details["low_micros"], caught.value.details["high_micros"]) == (LEAST, MOST)
    nothing_happened(rig)


def test_with_a_yes_the_high_estimate_is_held_before_the_job_is_kept(rig: Rig) -> None:
    job = ask(rig, max_micros=5 * MOST)
    entry = rig.bridge.ledger.get(job.id)
    assert (entry.state, entry.reserved_micros, entry.low_micros, entry.high_micros) == ("reserved", MOST, LEAST, MOST)
    assert (entry.author, entry.canvas_id, entry.node_id, entry.shot) == ("ann", rig.canvas_id, UP, "up0")
    assert (job.max_micros, job.low_micros, job.high_micros) == (5 * MOST, LEAST, MOST)


def test_where_nobody_knows_the_price_what_was_agreed_to_is_held(rig: Rig) -> None:
    with pytest.raises(PreconditionError) as caught:
        ask(rig, UNPRICED)
    assert "Nobody knows" in caught.value.message
    nothing_happened(rig)
    job = ask(rig, max_micros=777)
    entry = rig.bridge.ledger.get(job.id)
    assert (entry.high_micros, entry.reserved_micros) == (None, 777)


@pytest.mark.parametrize("origin", ["sync", "import", "upgrade"])
def test_nobody_but_a_person_can_say_yes(rig: Rig, origin: Any) -> None:
    with pytest.raises(PreconditionError):
        ask(rig, max_micros=MOST, origin=origin)
    nothing_happened(rig)


def test_a_budget_policy_says_yes_up_to_what_it_covers(rig: Rig) -> None:
    with pytest.raises(PreconditionError):
        ask(rig, max_micros=MOST - 1, origin="policy")
    nothing_happened(rig)
    assert ask(rig, max_micros=MOST, origin="policy").origin == "policy"


@pytest.mark.parametrize("origin", ["user", "policy", "sync", "import", "upgrade"])
def test_what_is_free_needs_no_yes(rig: Rig, origin: Any) -> None:
    job = ask(rig, FREE, origin=origin)
    assert (job.origin, job.max_micros) == (origin, None)


def test_a_cap_stops_it_before_anything_is_kept(rig: Rig) -> None:
    rig.bridge.ledger.set_cap(Cap(scope="canvas", limit_micros=MOST - 1))
    with pytest.raises(BudgetError):
        ask(rig, max_micros=MOST)
    nothing_happened(rig)


def test_joining_a_job_holds_its_money_once_and_needs_no_yes(rig: Rig) -> None:
    job = ask(rig, max_micros=MOST)
    assert ask(rig).id == job.id
    assert [(entry.token, entry.state) for entry in rig.bridge.ledger.all()] == [(job.id, "reserved")]


def test_a_job_that_somebody_else_kept_in_this_moment_is_joined_and_the_money_given_back(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask(rig, max_micros=MOST)
    monkeypatch.setattr(type(rig.bridge.jobs), "under_way", lambda _store, _record: None)  # not seen yet
    assert ask(rig, max_micros=MOST).id == job.id
    assert sorted(entry.state for entry in rig.bridge.ledger.all()) == ["released", "reserved"]


def test_a_job_that_cannot_be_kept_holds_nothing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left")

    monkeypatch.setattr(type(rig.bridge.jobs), "add_or_join", full)
    with pytest.raises(OSError, match="No space"):
        ask(rig, max_micros=MOST)
    assert [entry.state for entry in rig.bridge.ledger.all()] == ["released"]
    assert rig.queue.queued == []


def test_below_nothing_is_no_consent(rig: Rig) -> None:
    with pytest.raises(UsageError):
        ask(rig, FREE, max_micros=-1)
    nothing_happened(rig)


# --- nodes ----------------------------------------------------------------------------------------------


def test_a_node_without_a_model_says_how_to_choose_one(rig: Rig) -> None:
    canvas = rig.bridge.desk.create("x").canvas
    rig.bridge.desk.apply(canvas.id, [add("upscale", "up"), SetModel(node=NodeId("up"), model="")], author="a")
    rig.canvas_id = set_up(rig.bridge, rig.provider.clip, "", 1).canvas.id
    with pytest.raises(ProviderUnavailableError, match="No provider is configured") as caught:
        ask(rig)
    assert PLAIN in caught.value.hint
    assert "node model" in caught.value.hint
    nothing_happened(rig)


def test_a_kind_nobody_makes_says_to_install_a_provider(rig: Rig) -> None:
    rig.canvas_id = rig.bridge.desk.create("x").canvas.id
    rig.bridge.desk.apply(rig.canvas_id, [add("script", UP, prompt="a film")], author="a")
    with pytest.raises(ProviderUnavailableError, match="No provider is configured") as caught:
        ask(rig)
    assert "nstall" in caught.value.hint
    nothing_happened(rig)


def test_locked_unknown_and_foreign_nodes_are_refused(rig: Rig) -> None:
    rig.canvas_id = set_up(rig.bridge, rig.provider.clip, FREE, 1).canvas.id
    with pytest.raises(UnknownNodeError):
        generate.start(rig.bridge, rig.queue, rig.canvas_id, NodeId("nowhere"), author="a")
    with pytest.raises(CapabilityError):
        generate.start(rig.bridge, rig.queue, rig.canvas_id, NodeId("clip"), author="a")
    rig.bridge.desk.apply(rig.canvas_id, [SetLocked(node=UP, locked=True)], author="a")
    with pytest.raises(PreconditionError, match="locked"):
        ask(rig)
    nothing_happened(rig)


# --- variants -------------------------------------------------------------------------------------------


def test_a_variant_runs_on_another_model_and_says_so_in_its_recipe(rig: Rig) -> None:
    job = ask(rig, PLAIN, variant=Variant(model=FREE), pinning=False)
    assert (job.request.model, job.max_micros) == (FREE, None)
    assert job.recipe_fp != job.node_fp
    assert rig.run(job.id)
    (take,) = rig.takes()
    assert take.recipe is not None
    assert (take.model_requested, take.recipe.route, rig.job(job).late) == (FREE, FREE, False)
    assert rig.bridge.desk.view(rig.canvas_id).canvas.nodes[UP].pin is None


def test_variants_that_cannot_be_are_refused(rig: Rig) -> None:
    with pytest.raises(UnknownModelError):
        ask(rig, variant=Variant(model="paid/nothing"))
    with pytest.raises(CapabilityError, match="no seed"):
        ask(rig, variant=Variant(seed=3))
    nothing_happened(rig)


# --- requests of all kinds ------------------------------------------------------------------------------


def fed(rig: Rig, *ops: Op) -> None:
    rig.bridge.desk.apply(rig.canvas_id, list(ops), author="a")


def bring(rig: Rig, node: str, port: str, path: Path, **facts: int) -> Take:
    """Pin a file on a node."""
    canvas = rig.bridge.desk.view(rig.canvas_id).canvas
    take = Take(
        id=TakeId(f"{node}/1"),
        node_id=NodeId(node),
        seq=canvas.next_seq(NodeId(node)),
        origin="manual",
        outputs={port: Output(content=rig.bridge.blobs.add_foreign(path).hash, facts=facts)},
    )
    fed(rig, AddTake(take=take), Pin(node=NodeId(node), take=take.id, expected=None))
    return take


def profile(kind: Any, **facts: Any) -> ModelProfile:
    price = Price(low_micros=1_000, high_micros=2_000)
    given = {"id": "paid/any", "provider": "paid", "title": "", "kind": kind, "inputs": (), "price": price, **facts}
    return ModelProfile.model_validate(given)


def test_words_sound_and_pictures_reach_the_provider_by_their_roles(rig: Rig, tmp_path: Path) -> None:
    rig.canvas_id = rig.bridge.desk.create("x").canvas.id
    text, beep = tmp_path / "line.txt", write_beep(tmp_path / "beep.wav")
    text.write_text("Grüße, “world”", "utf-8")
    fed(rig, add("brief", "words"), add("reference", "tone"), add("voice", "v", prompt="aloud", seed=7))
    fed(rig, wire("words.text", "v.line"), wire("tone.audio", "v.voice_sample"))
    bring(rig, "words", "text", text)
    bring(rig, "tone", "audio", beep)
    canvas = rig.bridge.desk.view(rig.canvas_id).canvas
    recipe = recipe_of(canvas, NodeId("v"), rig.bridge.desk.kinds)
    maker = profile("voice", price_per="1k_chars", seed=True, prompt=True)
    request = build_request(rig.bridge, canvas, recipe, maker, token="token_12345")
    given = {one.role: one for one in request.inputs}
    assert set(given) == {"text", "voice_sample"}
    assert (given["text"].media_type, given["text"].path.read_text("utf-8")) == ("text", "Grüße, “world”")
    assert (given["text"].width, given["text"].frame_count, given["text"].name) == (0, None, "words")
    assert (given["voice_sample"].media_type, given["voice_sample"].content) == (
        "audio",
        rig.bridge.blobs.add_foreign(beep).hash,
    )
    assert (request.prompt, request.seed, request.duration_ms) == ("aloud", 7, None)
    assert not {"prompt", "seed", "duration_ms"} & set(request.params)
    price = price_of(maker, request)
    # 5 characters of the prompt and 14 of the line, at 1000 to 2000 micros a thousand
    assert (price.low_micros, price.high_micros) == (19, 38)


def test_only_the_best_range_of_a_clip_is_used_and_a_length_asked_for_is_priced(rig: Rig) -> None:
    rig.canvas_id = rig.bridge.desk.create("x").canvas.id
    fed(rig, add("source_clip", "clip"), add("video_edit", "edit", prompt="rain"), wire("clip.video", "edit.source"))
    take = bring(rig, "clip", "video", rig.provider.clip, frame_count=4)
    fed(rig, SetBestRange(take=take.id, best=FrameRange(start=1, end=3)))
    canvas = rig.bridge.desk.view(rig.canvas_id).canvas
    recipe = recipe_of(canvas, NodeId("edit"), rig.bridge.desk.kinds)
    maker = profile("video_edit", price_per="second", prompt=True)
    request = build_request(rig.bridge, canvas, recipe, maker, token="token_12345")
    (source,) = request.inputs
    assert (source.role, source.used, source.frame_count, source.width) == ("source_video", (1, 3), 4, 320)
    assert (request.frame_count, request.width, request.height, request.rate) == (2, 320, 180, "24")
    # 2 frames at 24 are 84 ms, rounded up: 84 to 168 micros
    assert (price_of(maker, request).low_micros, price_of(maker, request).high_micros) == (84, 168)


def test_a_model_made_for_another_kind_is_refused(rig: Rig) -> None:
    rig.canvas_id = set_up(rig.bridge, rig.provider.clip, FREE, 1).canvas.id
    canvas = rig.bridge.desk.view(rig.canvas_id).canvas
    recipe = recipe_of(canvas, UP, rig.bridge.desk.kinds)
    with pytest.raises(CapabilityError, match="needs upscale"):
        build_request(rig.bridge, canvas, recipe, profile("music"), token="token_12345")
