"""Vidu's API: the four ways to ask, credits as money, and errors that name their reason."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, still, talking

from takebridge.errors import (
    CapabilityError,
    ModerationError,
    ProviderBusyError,
    ProviderQuotaError,
    ProviderUnavailableError,
    RetiredModelError,
)
from takebridge.media.probe import probe
from takebridge.testing.providers.vidu import ViduServer


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with talking("vidu", ViduServer(), tmp_path) as found:
        yield found


def test_words_become_a_clip_and_credits_become_money(talk: Talk) -> None:
    params = {"aspect": "9:16", "resolution": "1080p", "sound": True}
    job = talk.submit("vidu/q3-pro", "video", duration_ms=5_000, seed=77, params=params)
    assert talk.body("/ent/v2/text2video") == {
        "model": "viduq3-pro",
        "prompt": "a red kite",
        "duration": 5,
        "resolution": "1080p",
        "aspect_ratio": "9:16",
        "audio": True,
        "seed": 77,
        "watermark": False,
    }
    seen = talk.watch(job)
    assert [(one.state, one.done, one.total) for one in seen] == [
        ("queued", 0, 0),
        ("running", 40, 100),
        ("done", 0, 0),
    ]
    assert (seen[-1].cost_micros, seen[-1].seed_used) == (200_000, 77)
    assert probe(talk.fetch(seen[-1])).frame_count == 48
    assert talk.server.stage.seen[0].headers["authorization"].startswith("Token ")


def test_one_frame_and_two_frames_have_addresses_of_their_own(talk: Talk, tmp_path: Path) -> None:
    first, last = still(tmp_path, "start_frame"), still(tmp_path, "end_frame", "last.png")
    talk.submit("vidu/q3-turbo", "video", first, duration_ms=3_000)
    talk.submit("vidu/q3-turbo", "video", last, first, duration_ms=3_000)
    (one,) = talk.body("/ent/v2/img2video")["images"]
    head, _, data = one.partition(",")
    assert (head, base64.b64decode(data)) == ("data:image/png;base64", first.path.read_bytes())
    body = talk.body("/ent/v2/start-end2video")
    assert len(body["images"]) == 2
    assert body["images"][0] == one, "the first frame comes first, whatever the order of the wires"
    assert "aspect_ratio" not in body


def test_references_are_a_list(talk: Talk, tmp_path: Path) -> None:
    refs = [still(tmp_path, "reference_image", f"{name}.png") for name in "abc"]
    talk.submit("vidu/q4-preview", "video", *refs, duration_ms=3_000, params={"resolution": "2160p"})
    body = talk.body("/ent/v2/reference2video")
    assert (len(body["images"]), body["resolution"], body["model"]) == (3, "4K", "viduq4-preview")


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("quota", ProviderQuotaError),
        ("retired", RetiredModelError),
        ("invalid", CapabilityError),
        ("moderated_in", ModerationError),
        ("rate_limit", ProviderBusyError),
    ],
)
def test_the_reason_counts_where_the_status_is_always_400(talk: Talk, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error) as raised:
        talk.submit("vidu/q3-pro", "video", duration_ms=4_000)
    assert type(raised.value) is error
    assert talk.server.stage.charged == 0


def test_a_withheld_result_is_given_back(talk: Talk) -> None:
    talk.server.stage.play("moderated_out")
    last = talk.watch(talk.submit("vidu/q3-pro", "video", duration_ms=4_000))[-1]
    assert (last.state, last.error_code, last.cost_micros) == ("failed", "moderation_output", 0)
    assert "CreationPolicyViolation" in last.error_message
    assert talk.server.stage.charged == 0


def test_a_waiting_job_can_be_stopped_and_a_running_one_cannot(talk: Talk) -> None:
    waiting = talk.submit("vidu/q3-pro", "video", duration_ms=4_000)
    talk.run(lambda: talk.provider.cancel(waiting))
    talk.run(lambda: talk.provider.cancel(waiting))
    assert (talk.poll(waiting).state, talk.server.stage.charged) == ("cancelled", 0)
    talk.server.stage.play("slow")
    running = talk.submit("vidu/q3-pro", "video", duration_ms=4_000)
    assert [talk.poll(running).state for _ in range(2)] == ["queued", "running"]
    with pytest.raises(ProviderUnavailableError, match="only while it waits"):
        talk.run(lambda: talk.provider.cancel(running))
    talk.server.stage.release()
    assert talk.watch(running)[-1].state == "done"
    talk.run(lambda: talk.provider.cancel(running))


def test_an_expired_address_is_asked_for_again(talk: Talk) -> None:
    talk.server.stage.play("expired_url")
    last = talk.watch(talk.submit("vidu/q3-pro", "video", duration_ms=4_000))[-1]
    assert probe(talk.fetch(last)).frame_count == 48


def test_a_job_nobody_knows_is_lost(talk: Talk) -> None:
    talk.server.stage.play("lost")
    assert talk.watch(talk.submit("vidu/q3-pro", "video", duration_ms=4_000))[-1].state == "lost"


def test_what_is_left_is_told(talk: Talk) -> None:
    status = talk.run(talk.provider.check)
    assert (status.ready, "1,200 credits" in status.message) == (True, True)
