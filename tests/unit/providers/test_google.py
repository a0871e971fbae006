"""Google's Gemini API: what goes over the wire, and what comes back as one of our states."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, clip, still, talking

from takebridge.errors import (
    CapabilityError,
    ModerationError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    ProviderUnavailableError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.media.probe import probe
from takebridge.providers import catalog
from takebridge.providers.protocol import JobUpdate, RemoteJob
from takebridge.providers.remote.door import Account, Door
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.transports import transport_named
from takebridge.providers.transports.google_answers import download_address, of_interaction
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.google import GoogleServer

BANANA, OMNI = "google/nano-banana-2.1", "google/omni-1.2-flash"


@pytest.fixture
def server() -> GoogleServer:
    return GoogleServer()


@pytest.fixture
def talk(server: GoogleServer, tmp_path: Path) -> Iterator[Talk]:
    with talking("google", server, tmp_path, poll_seconds=1e-9) as found:
        yield found


# --- pictures


def test_a_picture_is_asked_for_with_its_references_and_is_here_at_once(talk: Talk, tmp_path: Path) -> None:
    first, second = still(tmp_path, "reference_image"), still(tmp_path, "reference_image", "other.png")
    job = talk.submit(BANANA, "image", first, second, params={"aspect": "21:9", "resolution": "1080p"})
    coded = base64.b64encode(first.path.read_bytes()).decode()
    part = {"inlineData": {"mimeType": "image/png", "data": coded}}
    assert talk.body("/v1/models/gemini-nano-banana-2.1:generateContent") == {
        "contents": [{"role": "user", "parts": [{"text": "a red kite"}, part, part]}],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "imageConfig": {"aspectRatio": "21:9", "imageSize": "2K"},
        },
    }
    update = talk.poll(job)
    assert (update.state, update.model_reported) == ("done", "gemini-nano-banana-2.1-2026")
    path = talk.fetch(update)
    # 192x108 is the answer's picture; the JPEG before it was a thought on the way.
    assert (path.name, probe(path).width) == ("image.png", 192)


def test_a_picture_that_is_changed_goes_first_and_auto_leaves_the_shape_to_the_model(
    talk: Talk, tmp_path: Path
) -> None:
    talk.submit("google/nano-banana-pro-edit", "image_edit", still(tmp_path, "source_image"), params={"aspect": "auto"})
    body = talk.body("/v1/models/gemini-3-pro-image:generateContent")
    assert [list(part) for part in body["contents"][0]["parts"]] == [["text"], ["inlineData"]]
    assert body["generationConfig"] == {"responseModalities": ["IMAGE"]}


def test_the_key_goes_as_a_header_and_never_into_an_address(talk: Talk) -> None:
    talk.submit(BANANA, "image")
    assert talk.server.stage.seen[-1].headers["x-goog-api-key"] == KEY
    assert not [one for one in talk.server.stage.seen if KEY in one.path]


def test_a_prompt_that_is_blocked_starts_nothing(talk: Talk) -> None:
    talk.server.stage.play("moderated_in")
    with pytest.raises(ModerationError, match="PROHIBITED_CONTENT: the prompt is not allowed"):
        talk.submit(BANANA, "image")


def test_a_picture_held_back_is_a_failed_job_with_the_reason(talk: Talk) -> None:
    talk.server.stage.play("moderated_out")
    update = talk.poll(talk.submit(BANANA, "image"))
    assert (update.state, update.error_code) == ("failed", "moderation_output")
    assert update.error_message == "IMAGE_SAFETY: the picture was held back"
    assert update.cost_micros is None


def test_an_answer_without_a_picture_fails_with_what_the_model_said_instead(talk: Talk) -> None:
    talk.server.stage.play("failed")
    update = talk.poll(talk.submit(BANANA, "image"))
    assert (update.error_code, update.error_message) == ("server", "NO_IMAGE: I cannot draw.")


def test_a_page_of_html_instead_of_a_picture_is_an_unknown_outcome(talk: Talk) -> None:
    talk.server.stage.play("garbage")
    with pytest.raises(UnknownOutcomeError):
        talk.submit(BANANA, "image")


def test_a_picture_that_came_is_found_again_after_the_process_died(talk: Talk) -> None:
    request = talk.ask(BANANA, "image")
    job = talk.run(lambda: talk.provider.submit(request))
    (talk.home / "remote" / request.token / "job.json").unlink()  # it died before the job was noted
    assert talk.run(lambda: talk.provider.find(request)) == job
    assert talk.server.stage.charged == 1


# --- refusals


@pytest.mark.parametrize(
    ("act", "error", "told"),
    [
        ("auth", ProviderKeyError, "keys test google"),
        ("quota", ProviderQuotaError, ""),
        ("rate_limit", ProviderBusyError, ""),
        ("retired", RetiredModelError, ""),
        ("invalid", CapabilityError, ""),
        # Google does not say that a 503 has started nothing.
        ("shed", UnknownOutcomeError, ""),
    ],
)
def test_a_refusal_is_the_error_it_proves(talk: Talk, act: str, error: type[Exception], told: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error) as caught:
        talk.submit(OMNI, "video")
    assert type(caught.value) is error
    assert told in str(getattr(caught.value, "hint", ""))
    assert talk.server.stage.charged == 0


def test_the_pause_google_asks_for_is_read_from_its_details(talk: Talk) -> None:
    talk.server.stage.play("rate_limit")
    with pytest.raises(ProviderBusyError) as caught:
        talk.submit(OMNI, "video")
    assert caught.value.details == {"retry_after": 1}


# --- interactions


def test_a_clip_is_an_interaction_in_the_background(talk: Talk) -> None:
    params = {"aspect": "9:16", "resolution": "2160p"}
    job = talk.submit(OMNI, "video", params=params, duration_ms=8_000)
    assert talk.body("/v1/interactions") == {
        "model": "gemini-omni-1.2-flash",
        "input": [{"type": "user_input", "content": [{"type": "text", "text": "a red kite"}]}],
        "background": True,
        "generation_config": {"video_config": {"task": "text_to_video"}},
        "response_format": {
            "type": "video",
            "delivery": "uri",
            "aspect_ratio": "9:16",
            "resolution": "4k",
            "duration": "8s",
        },
    }
    seen = talk.watch(job)
    assert [one.state for one in seen] == ["queued", "running", "done"]
    path = talk.fetch(seen[-1])
    assert (path.name, probe(path).frame_count) == ("video.mp4", 48)
    (download,) = talk.sent("GET", "/results/")
    assert download.headers["x-goog-api-key"] == KEY


def test_a_first_frame_goes_inside_and_a_clip_is_uploaded_first(talk: Talk, tmp_path: Path) -> None:
    talk.submit(OMNI, "video", still(tmp_path, "start_frame"))
    body = talk.body("/v1/interactions")
    assert body["generation_config"] == {"video_config": {"task": "image_to_video"}}
    assert body["input"][0]["content"][1].keys() == {"type", "data", "mime_type"}
    source = clip(tmp_path)
    talk.submit(f"{OMNI}-edit", "video_edit", source)
    body = talk.body("/v1/interactions")
    assert body["generation_config"] == {"video_config": {"task": "edit"}}
    uri = f"{talk.server.url}/v1/files/f1"
    assert body["input"][0]["content"][1] == {"type": "video", "uri": uri, "mime_type": "video/mp4"}
    server = talk.server
    assert isinstance(server, GoogleServer)
    assert server.uploaded == {"f1": source.path.read_bytes()}
    # It was PROCESSING when it was sent; it is only named once it is ACTIVE.
    assert talk.sent("GET", "/v1/files/f1")


def test_a_clip_that_comes_inside_the_answer_is_kept(talk: Talk, server: GoogleServer) -> None:
    server.inline_video = True
    update = talk.watch(talk.submit(OMNI, "video"))[-1]
    assert probe(talk.fetch(update)).frame_count == 48
    assert not talk.sent("GET", "/results/")


def test_music_fills_the_port_of_sound(talk: Talk) -> None:
    params = {"tempo_bpm": 0, "instrumental": True}
    update = talk.watch(talk.submit("google/lyria-3.5", "music", params=params))[-1]
    assert talk.body("/v1/interactions")["response_format"] == {
        "type": "audio",
        "mime_type": "audio/wav",
        "delivery": "uri",
    }
    (part,) = talk.body("/v1/interactions")["input"][0]["content"]
    assert part["text"] == "a red kite Instrumental, without singing."
    assert [(one.port, one.media_type) for one in update.artifacts] == [("audio", "audio")]
    assert probe(talk.fetch(update)).has_audio


@pytest.mark.parametrize(
    ("act", "state", "code"),
    [
        ("failed", "failed", "server"),
        ("moderated_in", "failed", "moderation_input"),
        # Completed, and nothing in it.
        ("moderated_out", "failed", "moderation_output"),
        ("lost", "lost", "not_found"),
    ],
)
def test_an_interaction_that_went_wrong(talk: Talk, act: str, state: str, code: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    update = talk.watch(talk.submit(OMNI, "video"))[-1]
    assert (update.state, update.error_code) == (state, code)


def test_an_interaction_can_be_cancelled_and_one_that_ended_is_no_error(talk: Talk) -> None:
    talk.server.stage.play("slow")
    job = talk.submit(OMNI, "video")
    talk.run(lambda: talk.provider.cancel(job))
    assert talk.poll(job).state == "cancelled"
    talk.server.stage.release()
    done = talk.submit(OMNI, "video")
    talk.watch(done)
    talk.run(lambda: talk.provider.cancel(done))


# --- operations, as retired models were asked


def revived(talk: Talk, model: str) -> None:
    """Let the provider offer a retired model, as a file of the user's own might."""
    file = catalog.load_file("google")
    facts = talk.provider.facts
    profile = next(one for one in file.models if one.id == model).model_copy(update={"lifecycle": "available"})
    transport = transport_named("google")
    talk.provider = RemoteProvider(
        talk.home, facts, [profile], transport, lambda _: Secret(KEY), base_url=talk.server.url
    )


def test_a_retired_model_starts_nothing(talk: Talk) -> None:
    with pytest.raises(CapabilityError, match="retired"):
        talk.submit("google/veo-3.1", "video")
    assert talk.server.stage.seen == []


def test_an_operation_writes_one_instance_and_its_parameters(talk: Talk, tmp_path: Path) -> None:
    revived(talk, "google/veo-3.1")
    first, last = still(tmp_path, "start_frame"), still(tmp_path, "end_frame", "last.png")
    params = {"aspect": "16:9", "resolution": "1080p", "avoid": "people"}
    job = talk.submit("google/veo-3.1", "video", first, last, params=params, duration_ms=6_000, seed=7)
    coded = {"bytesBase64Encoded": base64.b64encode(first.path.read_bytes()).decode(), "mimeType": "image/png"}
    assert talk.body("/v1beta/models/veo-3.1-generate-preview:predictLongRunning") == {
        "instances": [{"prompt": "a red kite", "image": coded, "lastFrame": coded}],
        "parameters": {
            "negativePrompt": "people",
            "aspectRatio": "16:9",
            "resolution": "1080p",
            "durationSeconds": 6,
            "seed": 7,
        },
    }
    assert probe(talk.fetch(talk.watch(job)[-1])).frame_count == 48
    with pytest.raises(ProviderUnavailableError, match="cannot stop"):
        talk.run(lambda: talk.provider.cancel(job))


def test_an_operation_done_without_a_sample_was_held_back(talk: Talk) -> None:
    revived(talk, "google/veo-3.1")
    talk.server.stage.play("moderated_out", "failed")
    update = talk.watch(talk.submit("google/veo-3.1", "video"))[-1]
    assert (update.error_code, update.error_message) == ("moderation_output", "it showed a likeness")
    assert talk.watch(talk.submit("google/veo-3.1", "video"))[-1].error_code == "server"


# --- the account


def test_the_check_lists_models_and_costs_nothing(talk: Talk) -> None:
    assert talk.run(talk.provider.check).ready
    assert talk.server.stage.charged == 0


def test_the_check_says_that_the_key_is_wrong(server: GoogleServer, tmp_path: Path) -> None:
    with talking("google", server, tmp_path, key="wrong") as talk:
        status = talk.run(talk.provider.check)
    assert (status.ready, "does not take the key" in status.message) == (False, True)


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("https://g.example/v1beta/files/abc", "https://g.example/v1beta/files/abc:download?alt=media"),
        ("https://g.example/v1beta/files/abc:download?alt=media", "same"),
        ("https://g.example/results/abc.mp4?sig=1", "same"),
        ("files/abc", "https://g.example/v1/files/abc:download?alt=media"),
    ],
)
def test_a_bare_file_is_downloaded_not_described(uri: str, address: str) -> None:
    facts = catalog.load_file("google").facts
    door = Door(Account(facts, "https://g.example"), lambda key: {})
    assert download_address(door, uri) == (uri if address == "same" else address)


JOB = RemoteJob(provider="google", id="i1", model=OMNI, details={"port": "video", "media": "video", "token": "t" * 10})


def read(home: Path, answer: dict[str, object]) -> JobUpdate:
    """What an interaction's answer means, without a server."""
    door = Door(Account(catalog.load_file("google").facts, "https://g.example"), lambda key: {})
    return asyncio.run(of_interaction(door, answer, JOB, Shelf(home)))


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [
        ("queued", "queued", ""),
        ("in_progress", "running", ""),
        ("cancelled", "cancelled", ""),
        ("failed", "failed", "server"),
        ("incomplete", "failed", "server"),
        ("budget_exceeded", "failed", "quota"),
        ("requires_action", "failed", "invalid_input"),
        # Going on would be another paid request: nobody makes it by itself.
        ("requires_continuation", "failed", "server"),
    ],
)
def test_every_status_google_has_means_one_of_ours(tmp_path: Path, status: str, state: str, code: str) -> None:
    update = read(tmp_path, {"id": "i1", "status": status})
    assert (update.state, update.error_code, update.cost_micros) == (state, code, None)


def test_a_status_nobody_knows_is_looked_at_again(tmp_path: Path) -> None:
    with pytest.raises(ProviderBusyError):
        read(tmp_path, {"id": "i1", "status": "pondering"})


def test_of_several_steps_the_last_one_counts(tmp_path: Path) -> None:
    def step(name: str) -> dict[str, object]:
        return {"type": "model_output", "content": [{"type": "video", "uri": f"https://g.example/{name}.mp4?k=1"}]}

    update = read(tmp_path, {"status": "completed", "steps": [step("draft"), {"type": "thought"}, step("last")]})
    assert [one.location for one in update.artifacts] == ["https://g.example/last.mp4?k=1"]
