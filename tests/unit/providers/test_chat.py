"""chat/completions: what goes over the wire, and what an answer becomes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, still, talking

from takebridge.errors import (
    CapabilityError,
    ModerationError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.nodes.writing import SCRIPT as WRITTEN
from takebridge.providers.protocol import JobUpdate, MediaInput
from takebridge.providers.remote.drafting import SCHEMA
from takebridge.services.results import chosen_artifacts, facts_of
from takebridge.testing.providers import samples
from takebridge.testing.providers.chat import SCRIPT, ChatServer

MODEL = "openai_text/gpt-6.2-sol"


@pytest.fixture
def server() -> ChatServer:
    return ChatServer()


@pytest.fixture
def talk(server: ChatServer, tmp_path: Path) -> Iterator[Talk]:
    with talking("openai_text", server, tmp_path, poll_seconds=1e-9) as found:
        yield found


def texts(talk: Talk, update: JobUpdate) -> dict[str, str]:
    """The words of every port."""

    async def fetched() -> dict[str, Path]:
        return {one.port: await talk.provider.download(one, talk.home / one.port) for one in update.artifacts}

    return {port: path.read_text("utf-8") for port, path in talk.run(fetched).items()}


def test_a_brief_becomes_a_script_and_all_its_parts(talk: Talk) -> None:
    job = talk.submit(MODEL, "text", duration_ms=30_000, params={"language": "de"}, prompt="a kettle at night")
    body = talk.body("/chat/completions")
    assert sorted(body) == ["messages", "model", "response_format"]
    assert body["model"] == "gpt-6.2-sol"
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "script", "strict": True, "schema": SCHEMA},
    }
    system, user = body["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    assert user["content"] == (
        "a kettle at night\n\nAll shots together last about 30 seconds.\n\n"
        "Write dialogue in the language with the tag de."
    )
    update = talk.poll(job)
    assert (update.state, update.model_reported, update.cost_micros) == ("done", "gpt-6.2-sol-2026", None)
    found = texts(talk, update)
    assert found.pop("script") == (
        "# The Kettle\n\n## [s01] INT. KITCHEN – DAY\n\nRain on the window.\n\n### [s01a] Wide, slow push in\n\n"
        "Anna waits.\n\n> [s01a1] ANNA: Hello there: come in.\n\n### [s01b] Close on the kettle\n\nIt steams."
    )
    assert found.pop("scene.s01").startswith("## INT. KITCHEN – DAY")
    assert found == {
        "shot.s01a": "INT. KITCHEN – DAY\n\nWide, slow push in\n\nAnna waits.",
        "shot.s01b": "INT. KITCHEN – DAY\n\nClose on the kettle\n\nIt steams.",
        "line.s01a1": "ANNA: Hello there: come in.",
    }


def test_the_script_node_takes_the_answer_with_and_without_dialogue(talk: Talk, server: ChatServer) -> None:
    silent = json.loads(json.dumps(SCRIPT))
    silent["scenes"][0]["shots"][0]["lines"] = []
    server.answers.extend([json.dumps(SCRIPT), json.dumps(silent)])
    profile = next(one for one in talk.provider.models() if one.id == MODEL)
    for lines in (1, 0):
        update = talk.poll(talk.submit(MODEL, "text"))
        chosen = chosen_artifacts(WRITTEN, profile, update.artifacts)
        assert sum(port.startswith("line.") for port in chosen) == lines
        for port, one in chosen.items():
            path = talk.run(partial(talk.provider.download, one, talk.home / port))
            assert facts_of(WRITTEN, port, path)["characters"] == len(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "wrapped",
    [
        "```json\n{}\n```",
        "<think>{not this one}</think>\nHere it is: {} I hope it helps.",
    ],
)
def test_json_is_found_in_fences_and_after_thoughts(talk: Talk, server: ChatServer, wrapped: str) -> None:
    server.answers.append(wrapped.replace("{}", json.dumps(SCRIPT)))
    assert talk.poll(talk.submit(MODEL, "text")).state == "done"
    assert len(talk.sent("POST", "/chat/")) == 1


def test_marks_of_the_format_in_an_answer_stay_words(talk: Talk, server: ChatServer) -> None:
    shot = {"heading": "## [x] Wide", "text": "> she says\n# nothing", "lines": [{"speaker": "A: B", "text": "a\nb"}]}
    server.answers.append(json.dumps({"title": "", "scenes": [{"heading": "INT.", "text": "", "shots": [shot]}]}))
    found = texts(talk, talk.poll(talk.submit(MODEL, "text")))
    assert found["shot.s01a"] == "INT.\n\nWide\n\n> she says\n# nothing"
    assert found["line.s01a1"] == "A B: a b"


# --- repair


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("I cannot do that.", "no JSON object"),
        ('{"title": "x", "scenes": [', "it is no JSON"),
        ('{"title": "x", "scenes": []}', "every script needs a scene"),
        ('{"title": "x", "scenes": [{"heading": "INT.", "text": ""}]}', "scenes.0.shots"),
    ],
)
def test_an_answer_that_does_not_fit_is_sent_back_once(talk: Talk, server: ChatServer, answer: str, told: str) -> None:
    server.answers.append(answer)
    update = talk.poll(talk.submit(MODEL, "text"))
    assert update.state == "done"
    first, second = [json.loads(one.body) for one in talk.sent("POST", "/chat/")]
    assert second["messages"][:2] == first["messages"]
    assert second["messages"][2] == {"role": "assistant", "content": answer}
    assert told in second["messages"][3]["content"]


def test_a_model_that_cannot_is_a_failed_job_with_what_is_wrong(talk: Talk, server: ChatServer) -> None:
    server.answers.extend(["nothing", '{"scenes": []}'])
    update = talk.poll(talk.submit(MODEL, "text"))
    assert (update.state, update.error_code) == ("failed", "server")
    assert "no JSON object" in update.error_message
    assert "every script needs a scene" in update.error_message
    assert len(talk.sent("POST", "/chat/")) == 2


def test_a_repair_that_is_refused_is_a_failed_job_not_a_job_that_never_was(talk: Talk, server: ChatServer) -> None:
    server.answers.append("nothing")
    server.stage.play("ok", "rate_limit")
    update = talk.poll(talk.submit(MODEL, "text"))
    assert (update.state, "Asking again did not work" in update.error_message) == ("failed", True)


def test_a_job_whose_process_died_before_the_repair_is_found_as_paid_for(talk: Talk, server: ChatServer) -> None:
    server.answers.extend(["nothing", "nothing"])
    request = talk.ask(MODEL, "text")
    job = talk.run(lambda: talk.provider.submit(request))
    (talk.home / "remote" / request.token / "job.json").unlink()
    assert talk.run(lambda: talk.provider.find(request)) == job


def test_a_server_that_enforces_nothing_is_asked_plainly_with_the_whole_schema(talk: Talk, server: ChatServer) -> None:
    server.enforces = False
    assert talk.poll(talk.submit(MODEL, "text")).state == "done"
    first, second = [json.loads(one.body) for one in talk.sent("POST", "/chat/")]
    assert "response_format" in first
    assert "response_format" not in second
    assert json.dumps(SCHEMA) in second["messages"][0]["content"]
    assert server.stage.charged == 1


# --- refusals


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("auth", ProviderKeyError),
        ("quota", ProviderQuotaError),
        ("rate_limit", ProviderBusyError),
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
    assert len(talk.sent("POST", "/chat/")) == 1


@pytest.mark.parametrize(("act", "code"), [("moderated_out", "moderation_output"), ("failed", "server")])
def test_an_answer_without_words_is_a_failed_job_and_is_not_repaired(talk: Talk, act: str, code: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    update = talk.poll(talk.submit(MODEL, "text"))
    assert (update.state, update.error_code) == ("failed", code)
    assert len(talk.sent("POST", "/chat/")) == 1


# --- breakdown


def moving(folder: Path) -> MediaInput:
    path = folder / "card.mp4"
    path.write_bytes(samples.clip())
    return MediaInput(
        role="source_video",
        path=path,
        content="m" * 8,
        width=192,
        height=108,
        frame_count=48,
        rate="24/1",
        used=(6, 22),
    )


def test_a_breakdown_shows_frames_of_what_is_used_and_brings_the_script_alone(talk: Talk, tmp_path: Path) -> None:
    update = talk.poll(talk.submit(f"{MODEL}-breakdown", "breakdown", moving(tmp_path), prompt=""))
    content = talk.body("/chat/completions")["messages"][1]["content"]
    assert [part["type"] for part in content] == ["text", *["image_url"] * 8]
    assert all(part["image_url"]["url"].startswith("data:image/jpeg;base64,/9j/") for part in content[1:])
    assert len({part["image_url"]["url"] for part in content[1:]}) == 8
    assert [one.port for one in update.artifacts] == ["script"]


def test_a_breakdown_that_should_listen_is_refused(talk: Talk, tmp_path: Path) -> None:
    with pytest.raises(CapabilityError, match="transcribe true"):
        talk.submit(f"{MODEL}-breakdown", "breakdown", moving(tmp_path), prompt="", params={"transcribe": True})
    assert talk.server.stage.seen == []


def test_a_clip_nobody_can_read_sends_nothing(talk: Talk, tmp_path: Path) -> None:
    source = moving(tmp_path)
    source.path.write_text("no clip")
    with pytest.raises(CapabilityError):
        talk.submit(f"{MODEL}-breakdown", "breakdown", source, prompt="")
    assert talk.server.stage.seen == []


# --- servers of one's own


@pytest.mark.parametrize("name", ["ollama", "llamacpp", "lmstudio", "vllm"])
def test_a_server_of_ones_own_needs_no_key_and_says_itself_what_it_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"TAKEBRIDGE_{name.upper()}_MODEL", raising=False)
    server = ChatServer()
    server.key_needed = False
    with talking(name, server, tmp_path, key="", poll_seconds=1e-9) as talk:
        update = talk.poll(talk.submit(f"{name}/default", "text", seed=5))
        body = talk.body("/chat/completions")
        assert (body["model"], body["seed"]) == ("tiny", 5)
        assert (update.state, update.cost_micros) == ("done", 0)
        assert "authorization" not in talk.server.stage.seen[-1].headers
        assert "tiny" in talk.run(talk.provider.check).message


def test_of_several_models_one_must_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ChatServer()
    server.key_needed, server.models = False, ["small", "large"]
    monkeypatch.delenv("TAKEBRIDGE_OLLAMA_MODEL", raising=False)
    with talking("ollama", server, tmp_path, key="") as talk:
        with pytest.raises(CapabilityError, match="small, large") as caught:
            talk.submit("ollama/default", "text")
        assert "TAKEBRIDGE_OLLAMA_MODEL" in caught.value.hint
        assert talk.sent("POST", "/chat/") == []
        monkeypatch.setenv("TAKEBRIDGE_OLLAMA_MODEL", "large")
        talk.submit("ollama/default", "text")
        assert talk.body("/chat/completions")["model"] == "large"


@pytest.mark.parametrize(("name", "model"), [("google_text", "gemini-3.8-flash"), ("openai_text", "gpt-6-luna")])
def test_others_are_asked_the_same_way_under_their_own_names(name: str, model: str, tmp_path: Path) -> None:
    with talking(name, ChatServer(), tmp_path) as talk:
        job = talk.submit(f"{name}/{model}", "text")
        assert (talk.body("/chat/completions")["model"], job.provider) == (model, name)


def test_a_server_without_a_model_is_not_ready(tmp_path: Path) -> None:
    server = ChatServer()
    server.key_needed, server.models = False, []
    with talking("ollama", server, tmp_path, key="") as talk:
        status = talk.run(talk.provider.check)
    assert (status.ready, status.hint != "") == (False, True)


def test_words_and_pictures_do_not_mix_in_a_text_node(talk: Talk, tmp_path: Path) -> None:
    with pytest.raises(CapabilityError, match="reference image"):
        talk.submit(MODEL, "text", still(tmp_path, "reference_image"))
