"""Anthropic's Messages API: what goes over the wire, and what an answer becomes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, talking

from takebridge.errors import (
    CapabilityError,
    ModerationError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.providers.protocol import MediaInput
from takebridge.providers.remote.drafting import SCHEMA
from takebridge.testing.providers import samples
from takebridge.testing.providers.anthropic import AnthropicServer
from takebridge.testing.providers.base import KEY

MODEL = "anthropic/claude-sonnet-5-5"


@pytest.fixture
def server() -> AnthropicServer:
    return AnthropicServer()


@pytest.fixture
def talk(server: AnthropicServer, tmp_path: Path) -> Iterator[Talk]:
    with talking("anthropic", server, tmp_path, poll_seconds=1e-9) as found:
        yield found


def test_a_brief_becomes_a_script(talk: Talk) -> None:
    job = talk.submit(MODEL, "text", prompt="a kettle at night", params={"language": "en"})
    body = talk.body("/messages")
    assert sorted(body) == ["max_tokens", "messages", "model", "output_config", "system"]
    assert (body["model"], body["max_tokens"]) == ("claude-sonnet-5-5", 16_000)
    assert body["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
    words = "a kettle at night\n\nWrite dialogue in the language with the tag en."
    assert body["messages"] == [{"role": "user", "content": [{"type": "text", "text": words}]}]
    (sent,) = talk.sent("POST", "/messages")
    assert (sent.headers["x-api-key"], sent.headers["anthropic-version"]) == (KEY, "2023-06-01")
    assert "authorization" not in sent.headers
    update = talk.poll(job)
    assert (update.state, update.model_reported) == ("done", "claude-sonnet-5-5-2026")
    ports = {one.port for one in update.artifacts}
    assert ports == {"script", "scene.s01", "shot.s01a", "shot.s01b", "line.s01a1"}


def test_an_answer_that_does_not_fit_is_sent_back_once(talk: Talk, server: AnthropicServer) -> None:
    server.answers.append("no JSON at all")
    assert talk.poll(talk.submit(MODEL, "text")).state == "done"
    second = json.loads(talk.sent("POST", "/messages")[1].body)
    assert [one["role"] for one in second["messages"]] == ["user", "assistant", "user"]


def test_a_model_without_structured_output_is_asked_plainly(talk: Talk, server: AnthropicServer) -> None:
    server.enforces = False
    assert talk.poll(talk.submit(MODEL, "text")).state == "done"
    assert "output_config" not in talk.body("/messages")
    assert server.stage.charged == 1


def test_frames_of_a_clip_go_inside(talk: Talk, tmp_path: Path) -> None:
    path = tmp_path / "card.mp4"
    path.write_bytes(samples.clip())
    source = MediaInput(role="source_video", path=path, content="m" * 8, width=192, height=108, frame_count=48)
    update = talk.poll(talk.submit(f"{MODEL}-breakdown", "breakdown", source, prompt=""))
    content = talk.body("/messages")["messages"][0]["content"]
    assert [one["type"] for one in content] == [*["image"] * 8, "text"]
    assert content[0]["source"]["media_type"] == "image/jpeg"
    assert [one.port for one in update.artifacts] == ["script"]


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("auth", ProviderKeyError),
        ("quota", ProviderQuotaError),  # a 400 whose words alone say so
        ("rate_limit", ProviderBusyError),
        ("shed", UnknownOutcomeError),  # a 503 says nothing of what was taken
        ("retired", RetiredModelError),
        ("invalid", CapabilityError),
        ("moderated_in", ModerationError),
        ("server_error", UnknownOutcomeError),
        ("garbage", UnknownOutcomeError),
    ],
)
def test_a_refusal_is_the_error_it_proves(talk: Talk, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error) as caught:
        talk.submit(MODEL, "text")
    assert type(caught.value) is error
    assert len(talk.sent("POST", "/messages")) == 1


def test_an_overloaded_vendor_has_taken_nothing(talk: Talk, server: AnthropicServer) -> None:
    server.overloaded = True
    with pytest.raises(ProviderBusyError, match="overloaded"):
        talk.submit(MODEL, "text")
    assert server.stage.charged == 0


@pytest.mark.parametrize(("act", "code"), [("moderated_out", "moderation_output"), ("failed", "server")])
def test_an_answer_without_words_is_a_failed_job(talk: Talk, act: str, code: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    update = talk.poll(talk.submit(MODEL, "text"))
    assert (update.state, update.error_code) == ("failed", code)


def test_the_check_lists_a_model_and_costs_nothing(talk: Talk) -> None:
    assert talk.run(talk.provider.check).ready
    assert talk.server.stage.charged == 0
