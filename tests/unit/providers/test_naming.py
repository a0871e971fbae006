"""Names people type mean models, whatever their case and punctuation; a retired one names what follows it."""

from __future__ import annotations

from typing import Any

import pytest

from takebridge.providers.naming import key_of, named, retirement
from takebridge.providers.protocol import ModelProfile, Price


def model(model_id: str, *aliases: str, **facts: Any) -> ModelProfile:
    given: dict[str, Any] = {"kind": "video", "title": model_id, "price": Price(), **facts}
    return ModelProfile(id=model_id, provider=model_id.partition("/")[0], inputs=(), aliases=aliases, **given)


OLD = model(
    "google/veo-3.1",
    "Veo 3.1",
    lifecycle="retired",
    retired_on="2026-10-22",
    why="The previews were shut down.",
    replaced_by=("google/omni-1.1",),
)
OMNI = model("google/omni-1.1", "Gemini Omni", lifecycle="retired", replaced_by=("Omni 1.2",))
OMNI2 = model("google/omni-1.2", "Omni 1.2", "Gemini Omni 1.2")
VEO_R = model("runway/veo-3.1", "Veo 3.1", "veo3", remote_id="veo3.1")
SEED = model("fal/seedance-2.0", "Seedance 2.0", "Seedance")
SEED25 = model("fal/seedance-2.5", "Seedance 2.5")
KLING = model("fal/kling-3.0-pro", "Kling 3 Pro")
ORPHAN = model("open/sora-2", "Sora 2", lifecycle="retired", retired_on="2026-09-24")
STILL = model("google/nano-2", "Nano Banana 2", kind="image")
ALL = (OLD, OMNI, OMNI2, VEO_R, SEED, SEED25, KLING, ORPHAN, STILL)


def ids(found: tuple[ModelProfile, ...]) -> list[str]:
    return [one.id for one in found]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Veo 3.1", "veo3.1"),
        ("veo-3-1", "veo3.1"),
        ("VEO3.1", "veo3.1"),
        ("Seedance 2.0", "seedance2"),
        ("Kling_3.0 / pro", "kling3pro"),
        ("GPT-Image-2.5-sunburst", "gptimage2.5sunburst"),
        ("s2.1-pro", "s2.1pro"),
        ("  ", ""),
        ("10.0.1", "10.0.1"),
        ("Gen 10", "gen10"),
    ],
)
def test_case_and_punctuation_do_not_count(name: str, key: str) -> None:
    assert key_of(name) == key


@pytest.mark.parametrize("name", ["Seedance 2", "seedance-2.0", "SEEDANCE 2.0", "fal/seedance-2.0", "fal Seedance 2.0"])
def test_one_model_answers_to_all_its_names(name: str) -> None:
    assert ids(named(name, ALL).usable) == ["fal/seedance-2.0"]


def test_a_name_that_two_providers_have_means_both() -> None:
    found = named("veo 3.1", ALL)
    assert (ids(found.usable), ids(found.retired)) == (["runway/veo-3.1"], ["google/veo-3.1"])
    assert found.successors == ()
    assert "google/veo-3.1 is retired since 2026-10-22: The previews were shut down." in found.words


def test_an_id_means_that_model_alone() -> None:
    found = named("google/veo-3.1", ALL)
    assert (found.usable, ids(found.retired)) == ((), ["google/veo-3.1"])
    # Over a replacement that is retired itself.
    assert ids(found.successors) == ["google/omni-1.2"]
    assert found.words.endswith("Use google/omni-1.2.")


def test_a_retired_model_without_a_named_successor_gets_others_of_its_kind() -> None:
    found = named("Sora 2", ALL)
    assert ids(found.retired) == ["open/sora-2"]
    assert found.successors and all(one.kind == "video" and one.lifecycle == "available" for one in found.successors)


@pytest.mark.parametrize(
    ("begun", "meant"),
    [
        ("kling 3", ["fal/kling-3.0-pro"]),
        ("nano banana", ["google/nano-2"]),
        ("veo3.1", ["google/veo-3.1", "runway/veo-3.1"]),
    ],
)
def test_the_beginning_of_a_name_is_enough(begun: str, meant: list[str]) -> None:
    found = named(begun, ALL)
    assert sorted([*ids(found.usable), *ids(found.retired)]) == meant


def test_half_a_number_is_no_beginning() -> None:
    assert not named("kling 30", ALL).known
    assert ids(named("seedance 2", ALL).usable) == ["fal/seedance-2.0"], "2.5 is another one"


def test_only_models_of_a_kind() -> None:
    assert not named("Nano Banana 2", ALL, kind="video").known
    assert ids(named("Nano Banana 2", ALL, kind="image").usable) == ["google/nano-2"]


@pytest.mark.parametrize("name", ["Seadance 2.5", "seedanse 2.5"])
def test_a_slip_is_answered_with_what_was_probably_meant(name: str) -> None:
    found = named(name, ALL)
    assert not found.known
    assert "Seedance 2.5" in found.words


@pytest.mark.parametrize("name", ["", "  ", "///", "🦊", "x" * 5000])
def test_nonsense_is_nobodys_name(name: str) -> None:
    assert not named(name, ALL).known


def test_who_retires_soon_says_when() -> None:
    soon = model("a/b", lifecycle="retiring", retires_on="2026-12-01", replaced_by=("a/c",))
    assert retirement(soon) == "a/b retires on 2026-12-01. Follows: a/c."
    assert retirement(SEED) == ""


def test_replacements_that_name_each_other_come_to_an_end() -> None:
    one = model("a/one", "One", lifecycle="retired", replaced_by=("a/two",))
    two = model("a/two", "Two", lifecycle="retired", replaced_by=("a/one",))
    assert named("One", (one, two)).successors == ()
