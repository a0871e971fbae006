"""From asking to the take: what was agreed is shown before, sent as agreed, and written on the take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.support.canvases import EMPTY, add, do, imported, pinned, wire
from tests.support.generation import MOST, PLAIN, set_up
from tests.support.rig import UP, Rig

from takebridge.canvas.model import Output, Take
from takebridge.canvas.ops import SetModel
from takebridge.canvas.plan_types import Offer
from takebridge.canvas.state import derive_next
from takebridge.errors import CapabilityError, PreconditionError, RetiredModelError
from takebridge.ids import BlobHash, NodeId
from takebridge.media.probe import probe
from takebridge.media.testcard import render_test_clip
from takebridge.nodes.registry import builtin_kinds
from takebridge.providers.protocol import GenerationRequest, InputSlot, MediaInput, ModelProfile, Price
from takebridge.providers.registry import ProviderRegistry
from takebridge.services import generate
from takebridge.services.fitting import agree, measured, sendable
from takebridge.services.keeping import _asked_for
from takebridge.services.plans import offers_of
from takebridge.store.blobs import BlobStore
from takebridge.timebase import FrameRate

KINDS = builtin_kinds()


def model(model_id: str = "acme/v-1", **facts: Any) -> ModelProfile:
    plain: dict[str, Any] = {
        "id": model_id,
        "provider": "acme",
        "title": "V",
        "kind": "video",
        "inputs": ({"role": "start_frame", "max_side": 100}, {"role": "text"}),
        "durations_ms": (4000, 8000),
        "prompt": True,
        "price": Price(low_micros=1000, high_micros=1000),
        "price_per": "second",
    }
    return ModelProfile.model_validate({**plain, **facts})


def frame(folder: Path, name: str = "a.png", size: tuple[int, int] = (320, 180)) -> MediaInput:
    Image.new("RGB", size, (9, 9, 9)).save(folder / name)
    return MediaInput(
        role="start_frame", path=folder / name, content="b3:a", media_type="image", width=size[0], height=size[1]
    )


def asked(*inputs: MediaInput, **changes: Any) -> GenerationRequest:
    return GenerationRequest(token="token-0001", model="acme/v-1", kind="video", inputs=inputs, **changes)


# --- agreeing ---------------------------------------------------------------------------------------------


def test_who_could_do_it_is_named(tmp_path: Path) -> None:
    others = [model(), model("acme/short", durations_ms=(5000,)), model("acme/long", durations_ms=(12_000,))]
    with pytest.raises(CapabilityError, match=r"makes 4 or 8 s; 10 s were asked for") as caught:
        agree(model(), asked(frame(tmp_path), duration_ms=10_000), others=others)
    assert "These could do it: acme/long." in caught.value.hint
    assert caught.value.details["max_ms"] == 8000


def test_a_retired_model_names_its_successor_and_nobody_else(tmp_path: Path) -> None:
    old = model(lifecycle="retired", retired_on="2026-10-22", replaced_by=("acme/new",), why="It was shut down")
    with pytest.raises(RetiredModelError, match=r"retired since 2026-10-22\. It was shut down\.") as caught:
        agree(old, asked(frame(tmp_path)), others=[model("acme/other")])
    assert caught.value.hint == "Use acme/new."


def test_all_words_count_towards_the_longest_prompt(tmp_path: Path) -> None:
    (tmp_path / "w.txt").write_text("x" * 30, "utf-8")
    words = MediaInput(role="text", path=tmp_path / "w.txt", content="b3:w", media_type="text")
    agree(model(max_prompt=42), asked(words, prompt="y" * 10))
    with pytest.raises(CapabilityError, match="have 43 characters; acme/v-1 takes at most 42"):
        agree(model(max_prompt=42), asked(words, prompt="y" * 11))


def test_an_editors_codec_is_told_from_what_services_know(tmp_path: Path) -> None:
    render_test_clip(
        tmp_path / "a.mp4", clip_id=1, frame_count=3, rate=FrameRate(24), width=320, height=180, audio=False
    )
    web = MediaInput(role="source_video", path=tmp_path / "a.mp4", content="b3:1", frame_count=3, rate="24")
    gone = web.model_copy(update={"path": tmp_path / "gone.mp4", "content": "b3:2"})
    found = measured(asked(web, gone))
    assert list(found) == ["b3:1"]
    assert (found["b3:1"].mime, found["b3:1"].size) == ("video/mp4", (tmp_path / "a.mp4").stat().st_size)


# --- sending ----------------------------------------------------------------------------------------------


def test_what_is_sent_is_as_agreed_and_the_original_stays(tmp_path: Path) -> None:
    agreed = agree(model(), asked(frame(tmp_path)))
    sent = sendable(model(), agreed.request, tmp_path / "sent")
    (one,) = sent.inputs
    assert (probe(one.path).width, probe(one.path).height) == (100, 56)
    assert (one.width, one.height, one.path.parent) == (100, 56, tmp_path / "sent")
    assert one.content.startswith("b3:") and one.content != "b3:a"
    assert probe(tmp_path / "a.png").width == 320


def test_what_fits_is_sent_as_it_is(tmp_path: Path) -> None:
    request = asked(frame(tmp_path, size=(90, 50)))
    assert sendable(model(), request, tmp_path / "sent") == request
    assert not (tmp_path / "sent").exists()


def test_a_picture_that_cannot_be_read_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = frame(tmp_path)
    broken.path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    with pytest.raises(Exception, match="cannot be read"):
        sendable(model(), asked(broken), tmp_path / "sent")
    assert not (tmp_path / "sent").exists()


# --- from the price to the take ---------------------------------------------------------------------------


def test_a_plan_says_what_will_be_made_otherwise(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path / "media")
    canvas = do(
        EMPTY, add("video", "shot", duration_ms=3700, avoid="rain"), SetModel(node=NodeId("shot"), model="acme/v-1")
    )
    offer = priced(canvas, blobs, model())
    assert offer.notes == (
        "Asked for 3.7 s; made 4 s, the last 0.3 s is trimmed and stays as a handle.",
        "V has no field for what to avoid: it is said in the prompt.",
    )
    assert (offer.low_micros, offer.high_micros) == (4000, 4000)


def test_a_plan_tells_a_refusal_before_anything_runs(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path / "media")
    canvas = do(EMPTY, add("video", "shot", duration_ms=9000), SetModel(node=NodeId("shot"), model="acme/v-1"))
    assert "it will be refused: acme/v-1 makes 4 or 8 s; 9 s were asked for" in priced(canvas, blobs, model()).notes[0]


def test_a_plan_knows_the_frame_that_will_be_cropped(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path / "media")
    canvas = do(
        EMPTY,
        add("reference", "still"),
        add("video", "shot", duration_ms=4000),
        SetModel(node=NodeId("shot"), model="acme/v-1"),
        wire("still.image", "shot.start_frame"),
    )
    before = priced(canvas, blobs, model())
    assert before.notes == (), "nothing is said of a frame that is still to come"
    take = imported(canvas, "still", 1, "image")
    frame(tmp_path)
    output = Output(content=blobs.add_foreign(tmp_path / "a.png").hash, facts={"width": 320, "height": 180})
    canvas = pinned(canvas, take.model_copy(update={"outputs": {"image": output}}))
    assert "is scaled down from 320×180 to 100×56" in priced(canvas, blobs, model()).notes[0]


def priced(canvas: Any, blobs: BlobStore, profile: ModelProfile) -> Offer:
    class Acme:
        name = "acme"

        def models(self) -> tuple[ModelProfile, ...]:
            return (profile,)

    registry = ProviderRegistry([Acme()])  # type: ignore[list-item]
    offer = offers_of(derive_next(None, canvas, KINDS), KINDS, registry, blobs)(canvas.nodes[NodeId("shot")])
    assert isinstance(offer, Offer)
    return offer


def test_the_job_carries_the_notes_and_the_take_has_them(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted model takes clips of at most 100 pixels a side and holds them to a second."""
    profile = rig.bridge.providers.profile(PLAIN)
    slot = InputSlot(role="source_video", minimum=1, max_side=100, min_ms=200)
    monkeypatch.setattr(
        type(rig.bridge.providers),
        "profile",
        lambda _self, _id: profile.model_copy(update={"inputs": (slot,), "kind": "video_edit"}),
    )
    seen: list[MediaInput] = []
    submit = type(rig.provider).submit

    async def watched(provider: Any, request: GenerationRequest) -> Any:
        seen.extend(request.inputs)
        assert all(one.path.is_file() for one in request.inputs)
        return await submit(provider, request)

    monkeypatch.setattr(type(rig.provider), "submit", watched)
    monkeypatch.setattr(generate, "_profile", lambda *_: rig.bridge.providers.profile(PLAIN))
    rig.canvas_id = set_up(rig.bridge, rig.provider.clip, PLAIN, 1).canvas.id
    monkeypatch.setattr("takebridge.services.requests.TIMED", frozenset({"video_edit"}))
    kinds = {**rig.bridge.desk.kinds}
    node = rig.bridge.desk.view(rig.canvas_id).canvas.nodes[UP]
    kinds[node.kind] = kinds[node.kind].model_copy(update={"models": "video_edit"})
    monkeypatch.setattr(rig.bridge.desk, "kinds", kinds)
    with pytest.raises(PreconditionError, match="scaled down from 320×180"):  # said with the price, before a yes
        generate.start(rig.bridge, rig.queue, rig.canvas_id, UP, author="ann")
    job = generate.start(rig.bridge, rig.queue, rig.canvas_id, UP, author="ann", max_micros=MOST)
    assert job.keep_ms == 167, "4 frames at 24"
    assert "scaled down from 320×180 to 100×56" in job.notes[0] and "last frame is held" in job.notes[1]
    assert rig.run(job.id)
    (sent,) = seen
    assert (sent.width, sent.height, sent.frame_count) == (100, 56, 5)
    assert not sent.path.exists(), "what was made to be sent is gone once it was"
    take = next(one for one in rig.takes() if one.job_id == job.id)
    assert take.notes == job.notes
    # What came back has 4 frames: all of them were asked for.
    assert take.best is None


def test_takes_of_earlier_releases_have_no_notes() -> None:
    old = '{"id": "take_1", "node_id": "n", "seq": 1, "origin": "generated", "outputs": {}}'
    assert Take.model_validate_json(old).notes == ()


def test_what_was_made_beyond_what_was_asked_stays_as_a_handle(rig: Rig) -> None:
    content = BlobHash(f"b3:{'0' * 64}")
    job = rig.ask().model_copy(update={"keep_ms": 3700})
    made = {"video": Output(content=content, facts={"frame_count": 96, "rate": "24/1"})}
    kept = _asked_for(job, made)
    # 3.7 s are 88.8 frames.
    assert kept is not None and (kept.start, kept.end) == (0, 89)
    assert _asked_for(job.model_copy(update={"keep_ms": None}), made) is None
    assert _asked_for(job, {"audio": Output(content=content, facts={"duration_ms": 4000})}) is None
