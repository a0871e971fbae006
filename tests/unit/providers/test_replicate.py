"""Replicate's predictions: what goes over the wire, and what comes back as one of our states (providers.md §2.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.unit.providers.every_mode import asked_all, housed
from tests.unit.providers.talks import Talk, clip, still, talking

from takebridge.errors import (
    CapabilityError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.media.probe import probe
from takebridge.providers.catalog_user import catalog_with, read_user
from takebridge.providers.protocol import RemoteJob
from takebridge.providers.remote.door import Reply
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.transports import replicate, transport_named
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.replicate import VERSION, ReplicateServer

MODEL = "replicate/seedance-2.0"
PATH = "/v1/models/bytedance/seedance-2.0/predictions"
DOCS = Path(__file__).parents[3] / "docs" / "providers" / "replicate.md"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Talk]]:
    with housed("replicate", ReplicateServer(), tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
def talk(house: Callable[[Path], Talk], tmp_path: Path) -> Talk:
    return house(tmp_path)


def server_of(talk: Talk) -> ReplicateServer:
    assert isinstance(talk.server, ReplicateServer)
    return talk.server


def test_words_become_a_clip(talk: Talk) -> None:
    params = {"aspect": "21:9", "resolution": "1080p", "sound": True}
    job = talk.submit(MODEL, "video", params=params, duration_ms=6000, seed=99)
    assert talk.body(PATH) == {
        "input": {
            "prompt": "a red kite",
            "duration": 6,
            "seed": 99,
            "resolution": "1080p",
            "generate_audio": True,
            "aspect_ratio": "21:9",
        }
    }
    seen = talk.watch(job)
    assert [one.state for one in seen] == ["queued", "running", "done"]
    assert (seen[1].done, seen[1].total) == (20, 50)  # the progress bar in the logs
    assert (seen[-1].seed_used, seen[-1].model_reported) == (99, "bytedance/seedance-2.0")
    path = talk.fetch(seen[-1])
    assert (path.name, probe(path).frame_count) == ("video.mp4", 48)


def test_files_go_up_first_under_no_name_of_the_users(talk: Talk, tmp_path: Path) -> None:
    first = still(tmp_path, "start_frame", "Client footage.PNG")
    talk.submit(MODEL, "video", first, first.model_copy(update={"role": "end_frame"}), duration_ms=5000)
    told = talk.body(PATH)["input"]
    assert told["image"] == told["last_frame_image"] == f"{talk.server.url}/v1/files/file-1"
    assert server_of(talk).uploads == {"file-1": first.path.read_bytes()}
    assert b"Client footage" not in talk.sent("POST", "/v1/files")[0].body


def test_every_mode_is_written_as_the_model_takes_it(talk: Talk, tmp_path: Path) -> None:
    asked, refused = asked_all(talk, "replicate", tmp_path)
    assert refused == []
    jobs = talk.server.stage.jobs
    assert all(jobs[job.id].model == profile.remote_id for profile, _, job in asked)


def test_a_model_added_by_hand_is_asked_as_the_documentation_shows(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    told = example.replace("your-name/your-model", "acme/kites").replace("THE-VERSION", VERSION)
    (tmp_path / "providers.toml").write_text(told)
    user = read_user(tmp_path)
    file, faults = catalog_with("replicate", user, date(2026, 11, 21))
    assert (user.faults, faults) == ((), ())
    own = file.models[-2:]
    server = ReplicateServer()
    with talking("replicate", server, tmp_path) as talk:
        transport = transport_named("replicate")
        talk.provider = RemoteProvider(tmp_path, file.facts, own, transport, lambda _: Secret(KEY), base_url=server.url)
        official, versioned = (
            talk.submit(model.id, model.kind, clip(tmp_path), prompt="a red kite" if model.prompt else "")
            for model in own
        )
        bodies = [json.loads(one.body) for one in talk.sent("POST", "/v1/") if "files" not in one.path]
    assert bodies[0] == {"input": {"prompt": "a red kite", "video": f"{server.url}/v1/files/file-1"}}
    assert bodies[1] == {"version": VERSION, "input": {"video": f"{server.url}/v1/files/file-2"}}
    assert {server.stage.jobs[one.id].model for one in (official, versioned)} == {"acme/kites"}


# --- states


@pytest.mark.parametrize(
    ("act", "code"),
    [("failed", "server"), ("moderated_in", "moderation_input"), ("moderated_out", "moderation_output")],
)
def test_a_failed_prediction_says_why(talk: Talk, act: str, code: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    last = talk.watch(talk.submit(MODEL, "video", duration_ms=5000))[-1]
    assert (last.state, last.error_code, last.cost_micros) == ("failed", code, None)
    assert "CUDA" in last.error_message or "flagged as sensitive" in last.error_message


def test_aborted_is_an_end_although_the_vendors_client_does_not_know_it(talk: Talk) -> None:
    server_of(talk).aborts = True
    last = talk.watch(talk.submit(MODEL, "video", duration_ms=5000))[-1]
    assert (last.state, last.error_code) == ("failed", "timeout")


def test_a_result_deleted_after_an_hour_is_told_as_such(talk: Talk) -> None:
    server_of(talk).removed = True
    last = talk.watch(talk.submit(MODEL, "video", duration_ms=5000))[-1]
    assert last.state == "failed"
    assert "an hour" in last.error_message


@pytest.mark.parametrize(
    ("output", "address"),
    [
        ("https://x.replicate.delivery/a.mp4", "https://x.replicate.delivery/a.mp4"),
        (
            ["https://x.replicate.delivery/1.png", "https://x.replicate.delivery/2.png"],
            "https://x.replicate.delivery/1.png",
        ),
        ({"note": "ready", "video": "https://x.replicate.delivery/b.mp4"}, "https://x.replicate.delivery/b.mp4"),
    ],
)
def test_outputs_of_any_shape_are_read(output: object, address: str) -> None:
    job = RemoteJob(provider="replicate", id="a", model="replicate/x", details={"port": "video", "media": "video"})
    assert replicate._result(job, {"output": output}).artifacts[0].location == address


def test_cancelling_twice_and_after_the_end_is_no_error(talk: Talk) -> None:
    job = talk.submit(MODEL, "video", duration_ms=5000)
    for _ in range(2):
        talk.run(lambda: talk.provider.cancel(job))
    assert talk.poll(job).state == "cancelled"
    ended = talk.submit(MODEL, "video", duration_ms=5000)
    talk.watch(ended)
    talk.run(lambda: talk.provider.cancel(ended))
    assert talk.poll(ended).state == "done"


# --- refusals


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("auth", ProviderKeyError),
        ("quota", ProviderQuotaError),
        ("retired", RetiredModelError),
        ("invalid", CapabilityError),
        ("rate_limit", ProviderBusyError),
        ("server_error", UnknownOutcomeError),
        ("garbage", UnknownOutcomeError),
    ],
)
def test_refusals_say_whether_anything_was_started(talk: Talk, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error):
        talk.submit(MODEL, "video", duration_ms=5000)
    assert len(talk.sent("POST", PATH)) == 1


def test_a_throttle_says_in_words_when_it_ends() -> None:
    body = {"detail": "Request was throttled. Your rate limit resets in ~30s."}
    refusal = replicate.TRANSPORT.explain(Reply(429, {}, json.dumps(body).encode(), ""))
    assert (refusal.kind, refusal.retry_after) == ("rate_limit", 30.0)


def test_the_check_reads_the_account(talk: Talk) -> None:
    status = talk.run(talk.provider.check)
    assert (status.ready, "kite" in status.message) == (True, True)
