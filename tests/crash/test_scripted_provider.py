"""The scripted provider does what its scripts say, and its books are right: everything else is judged by them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.crash.actors import Provider, wait_for
from tests.crash.game import clip
from tests.crash.plan import FOCUS, ONCE, SHORT, deck, plans
from tests.support.scripted_provider.scripted_script import PLAIN, PRICE_MICROS, SAFE, Script, read_script

from takebridge.media.probe import probe


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with Provider(clip(tmp_path_factory.mktemp("clip"))) as found:
        yield found


@pytest.fixture
def http(provider: Provider) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=provider.url, trust_env=False, timeout=20) as client:
        yield client


def order(http: httpx.Client, script: Script, token: str, model: str = PLAIN) -> httpx.Response:
    body = {"token": token, "model": model, "prompt": script.prompt, "once": model == SAFE, "hold": False}
    return http.post("/jobs", json=body)


def charged(provider: Provider, token: str) -> list[int]:
    return [job["charged"] for job in provider.jobs() if job["token"] == token]


def test_a_script_survives_its_prompt() -> None:
    script = Script("a", submit="slow", ending="empty", work_ms=7, jumble=True, missing=2, flaky=True, cost=-5)
    assert read_script(script.prompt) == script
    assert read_script("a cat in the rain") is None


def test_every_order_of_a_plain_model_is_charged_and_a_safe_token_once(provider: Provider, http: httpx.Client) -> None:
    for model, token in ((PLAIN, "plain-1"), (SAFE, "safe-1")):
        answers = [order(http, Script("x"), token, model).json()["id"] for _ in range(2)]
        assert len(set(answers)) == (2 if model == PLAIN else 1)
    assert charged(provider, "plain-1") == [PRICE_MICROS] * 2
    assert charged(provider, "safe-1") == [PRICE_MICROS]


@pytest.mark.parametrize(("submit", "status"), [("refuse", 422), ("away", 503)])
def test_a_refused_order_is_not_charged(provider: Provider, http: httpx.Client, submit: Any, status: int) -> None:
    assert order(http, Script("x", submit=submit), f"token-{submit}").status_code == status
    assert charged(provider, f"token-{submit}") == []


def test_an_order_can_be_charged_and_never_answered(provider: Provider, http: httpx.Client) -> None:
    with pytest.raises(httpx.TransportError):
        order(http, Script("x", submit="drop"), "token-drop")
    assert charged(provider, "token-drop") == [PRICE_MICROS]
    assert http.get("/seen/token-drop").status_code == 200


def test_a_flaky_provider_turns_the_first_repetition_away(provider: Provider, http: httpx.Client) -> None:
    answers = [order(http, Script("x", flaky=True), "flaky-1", SAFE).status_code for _ in range(3)]
    assert answers == [201, 503, 201]
    assert charged(provider, "flaky-1") == [PRICE_MICROS]


def test_every_job_delivers_a_real_clip_of_its_own(http: httpx.Client, tmp_path: Path) -> None:
    files = []
    for number in range(2):
        job = order(http, Script("x", missing=1), f"clip-{number}").json()["id"]
        assert http.get(f"/jobs/{job}").json()["artifacts"][0]["path"] == f"/artifacts/{job}"
        assert http.get(f"/artifacts/{job}").status_code == 503
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(http.get(f"/artifacts/{job}").content)
        files.append(path)
    assert [probe(path).frame_count for path in files] == [6, 6]
    assert files[0].read_bytes() != files[1].read_bytes()


@pytest.mark.parametrize(
    ("script", "status", "artifacts"),
    [
        (Script("x", twice=True), "done", 2),
        (Script("x", ending="done_with_error"), "done", 0),
        (Script("x", ending="empty"), "done", 0),
        (Script("x", ending="failed"), "failed", 0),
        (Script("x", ending="never"), "running", 0),
    ],
)
def test_it_lies_as_told(http: httpx.Client, script: Script, status: str, artifacts: int) -> None:
    job = order(http, script, f"lie-{script.ending}-{script.twice}").json()["id"]
    told = http.get(f"/jobs/{job}").json()
    assert told["status"] == status
    assert len(told.get("artifacts", ())) == artifacts
    assert bool(told.get("error")) == (script.ending in ("done_with_error", "failed"))


def test_jumbled_progress_runs_backwards_and_ends(http: httpx.Client) -> None:
    job = order(http, Script("x", jumble=True, work_ms=400), "jumble-1").json()["id"]
    seen: list[dict[str, Any]] = []

    def ended() -> bool:
        seen.append(http.get(f"/jobs/{job}").json())
        return bool(seen[-1]["status"] == "done")

    wait_for("the end", ended, 20)
    assert {"queued", "running"} <= {one["status"] for one in seen}
    counts = [one["done"] for one in seen[:-1]]
    assert counts != sorted(counts)


def test_the_same_seed_draws_the_same_rounds_and_sixty_reach_every_point() -> None:
    drawn = list(plans(5, 60))
    assert drawn == list(plans(5, 60))
    assert drawn != list(plans(6, 60))
    assert {plan.name for plan in drawn} >= {*ONCE, *FOCUS}
    assert [plan.point for plan in plans(5, 6)] == list(SHORT)
    assert all(plan.wishes for plan in drawn)


def test_the_deck_knows_only_points_that_exist() -> None:
    import random

    from tests.crash.plan import RANDOM, START
    from tests.support.scripted_provider.scripted_faults import POINTS

    drawn = {name.rpartition("@")[2] for name in deck(random.Random(1), 60)}
    assert drawn <= {*POINTS, RANDOM, START}
    assert {point.partition(".")[0] for point in drawn} >= {point.partition(".")[0] for point in POINTS}
