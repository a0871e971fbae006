"""What came: facts of every kind of result, and everything that is not what was promised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.support.scratch_sound import write_beep

from takebridge.errors import JobFailedError
from takebridge.nodes.registry import builtin_kinds
from takebridge.providers.protocol import Artifact, ModelProfile, Price
from takebridge.services.results import LARGEST_TEXT, chosen_artifacts, facts_of

KINDS = builtin_kinds()


def profile(*outputs: str) -> ModelProfile:
    price = Price(low_micros=0, high_micros=0)
    facts: dict[str, Any] = {"id": "p/x", "provider": "p", "title": "", "kind": "storyboard", "inputs": ()}
    return ModelProfile(**facts, outputs=outputs, price=price)


def artifacts(*ports: str) -> list[Artifact]:
    return [Artifact(port=port, media_type="", location=f"at {number}") for number, port in enumerate(ports)]


def test_every_promised_port_is_filled_or_it_is_no_take() -> None:
    kind, model = KINDS["storyboard"], profile("board", "animatic")
    both = artifacts("board", "animatic")
    assert chosen_artifacts(kind, model, both) == {"board": both[0], "animatic": both[1]}
    with pytest.raises(JobFailedError, match="did not bring animatic"):
        chosen_artifacts(kind, model, both[:1])
    with pytest.raises(JobFailedError, match="without a result"):
        chosen_artifacts(kind, model, [])


def test_parts_fill_the_port_they_are_parts_of() -> None:
    kind, model = KINDS["extract_frames"], profile("frame")
    parts = artifacts("frame.first", "frame.last")
    assert list(chosen_artifacts(kind, model, parts)) == ["frame.first", "frame.last"]
    with pytest.raises(JobFailedError, match="“frame”"):
        chosen_artifacts(kind, model, artifacts("frame"))  # parts only


def test_of_several_for_one_port_the_first_is_kept() -> None:
    several = artifacts("board", "board", "animatic")
    assert chosen_artifacts(KINDS["storyboard"], profile("board"), several)["board"] == several[0]


def test_sound_is_measured(tmp_path: Path) -> None:
    facts = facts_of(KINDS["voice"], "audio", write_beep(tmp_path / "a.wav", seconds=0.5))
    assert facts == {"duration_ms": 500, "sample_rate": 8000, "channels": 1}


def test_words_are_counted_in_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Grüße 👋", "utf-8")
    assert facts_of(KINDS["script"], "scene.s01", path) == {"characters": 7}


def test_a_picture_has_a_size_and_no_length(tmp_path: Path) -> None:
    Image.new("RGB", (64, 36)).save(tmp_path / "a.png")
    assert facts_of(KINDS["image"], "image", tmp_path / "a.png") == {"width": 64, "height": 36}


def test_a_timeline_is_an_otio_document(tmp_path: Path) -> None:
    path = tmp_path / "a.otio"
    text = json.dumps({"OTIO_SCHEMA": "Timeline.1"})
    path.write_text(text)
    assert facts_of(KINDS["nle_export"], "timeline", path) == {"characters": len(text)}
    for bad in ("[]", "{", "{}", "[" * 100_000):
        path.write_text(bad)
        with pytest.raises(JobFailedError, match="no OTIO"):
            facts_of(KINDS["nle_export"], "timeline", path)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "no UTF-8"),
        (b"", "empty text"),
        (b"  \n", "empty text"),
        (b"a\0b", "no text"),
        (b"x" * (LARGEST_TEXT + 1), "more than 5 MB"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, found: str) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(data)
    with pytest.raises(JobFailedError, match=found):
        facts_of(KINDS["captions"], "captions", path)


def test_a_picture_is_no_sound_and_sound_no_picture(tmp_path: Path) -> None:
    Image.new("RGB", (64, 36)).save(tmp_path / "a.png")
    with pytest.raises(JobFailedError, match="Sound was promised; what came is a picture"):
        facts_of(KINDS["music"], "audio", tmp_path / "a.png")
    with pytest.raises(JobFailedError, match="what came is sound"):
        facts_of(KINDS["image"], "image", write_beep(tmp_path / "b.wav"))


def test_a_model_is_any_file_that_is_not_empty(tmp_path: Path) -> None:
    port = KINDS["model_3d"].outputs[0].name
    (tmp_path / "m.glb").write_bytes(b"glTF1234")
    assert facts_of(KINDS["model_3d"], port, tmp_path / "m.glb") == {"bytes": 8}
    (tmp_path / "e.glb").write_bytes(b"")
    with pytest.raises(JobFailedError, match="empty file"):
        facts_of(KINDS["model_3d"], port, tmp_path / "e.glb")


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><title>502</title>", b"\n<html>", b"<Error><Code>AccessDenied</Code>"]
)
@pytest.mark.parametrize("kind", ["model_3d", "world"])
def test_a_web_page_is_no_model_and_no_world(tmp_path: Path, kind: str, page: bytes) -> None:
    path = tmp_path / "m.glb"
    path.write_bytes(page)
    with pytest.raises(JobFailedError, match="a web page"):
        facts_of(KINDS[kind], KINDS[kind].outputs[0].name, path)
