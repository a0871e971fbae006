"""Models for a shot, compared: who can, what it costs there, what would be made otherwise; loadouts with consent."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from takebridge.errors import NotFoundError, PreconditionError, ProviderUnavailableError
from takebridge.providers.facts import ProviderFacts
from takebridge.providers.loadouts import USER_FILE, Loadout, choose, load_loadouts
from takebridge.providers.offer_types import ModelOffer
from takebridge.providers.protocol import ModelProfile, Price
from takebridge.providers.registry import ProviderRegistry, load_registry
from takebridge.services.loadouts import loadout_facts
from takebridge.services.offers import list_price, named_models, offers, offers_for
from takebridge.services.wishes import read_wish


def editor(model_id: str, micros: int | None, **facts: Any) -> ModelProfile:
    plain: dict[str, Any] = {
        "id": model_id,
        "provider": model_id.partition("/")[0],
        "title": model_id,
        "kind": "video_edit",
        "inputs": ({"role": "source_video", "minimum": 1, "max_ms": 10_000},),
        "prompt": True,
        "price": Price(low_micros=micros, high_micros=micros),
        "price_per": "second",
        "keeps_length": True,
    }
    return ModelProfile.model_validate({**plain, **facts})


class Shop:
    """A provider of these models; ``key``: whether there is one."""

    def __init__(self, name: str, *models: ModelProfile, key: bool = True) -> None:
        self.name, self._models, self._key = name, models, key
        self.facts = ProviderFacts(provider=name, title=name.title(), key_page=f"https://{name}.example/keys")

    def models(self) -> tuple[ModelProfile, ...]:
        return self._models

    def has_key(self) -> bool:
        return self._key


def shops(*found: Shop) -> ProviderRegistry:
    return ProviderRegistry(found, today=lambda: date(2026, 11, 21))  # type: ignore[arg-type]


REGISTRY = shops(
    Shop(
        "acme",
        editor("acme/dear", 300_000),
        editor("acme/short", 100_000, inputs=({"role": "source_video", "max_ms": 5000},)),
        editor("acme/loose", 50_000, keeps_length=False),
        editor("acme/old", 10_000, lifecycle="retired", retired_on="2026-10-01", replaced_by=("acme/dear",)),
    ),
    Shop("bolt", editor("bolt/cheap", 200_000), editor("bolt/dark", None), key=False),
)


def by_id(found: list[ModelOffer]) -> dict[str, ModelOffer]:
    return {one.id: one for one in found}


def test_those_that_can_come_first_and_the_cheapest_of_them_first() -> None:
    found = offers(REGISTRY, read_wish("replace a 6 s clip, keep motion"))
    assert [one.id for one in found] == ["bolt/cheap", "acme/dear", "bolt/dark", "acme/loose", "acme/short", "acme/old"]
    assert [one.fits for one in found] == [True, True, True, False, False, False]
    rows = by_id(found)
    # 6 s at $0.20 and at $0.30.
    assert (rows["bolt/cheap"].high_micros, rows["acme/dear"].high_micros) == (1_200_000, 1_800_000)
    assert rows["bolt/dark"].high_micros is None
    assert "6 s long; acme/short takes at most 5 s" in rows["acme/short"].why_not
    assert "keep the length" in rows["acme/loose"].why_not
    assert "acme/old is retired since 2026-10-01" in rows["acme/old"].lifecycle_words


def test_without_a_key_a_model_is_listed_and_marked() -> None:
    rows = by_id(offers(REGISTRY, read_wish("edit a clip")))
    assert (rows["bolt/cheap"].key, rows["acme/dear"].key) == (False, True)


def test_a_budget_leaves_out_what_may_cost_more() -> None:
    rows = by_id(offers(REGISTRY, read_wish("edit a 6 s clip under $1.50")))
    assert (rows["bolt/cheap"].fits, rows["acme/dear"].fits) == (True, False)
    assert rows["bolt/dark"].fits is True, "a price nobody knows is shown as that"


def test_without_words_it_is_a_list() -> None:
    found = offers_for(REGISTRY, "", provider="acme")
    assert found.understood == () and {one.provider for one in found.models} == {"acme"}
    assert all(one.fits is None for one in found.models)
    assert offers_for(REGISTRY, "", kind="music").models == ()


def test_what_would_be_made_otherwise_is_in_the_offer() -> None:
    video = editor("acme/v", 1000, kind="video", inputs=(), durations_ms=(4000, 8000), keeps_length=False)
    (row,) = offers(shops(Shop("acme", video)), read_wish("a 5 s shot"))
    assert row.notes == ("Asked for 5 s; made 8 s, the last 3 s is trimmed and stays as a handle.",)
    assert row.high_micros == 8000, "what is made is paid for"


def test_a_name_gives_the_whole_card() -> None:
    found = named_models(REGISTRY, "acme/old")
    (card,) = found.cards
    assert (card.profile["id"], card.provider.key_page) == ("acme/old", "https://acme.example/keys")
    assert found.successors == ("acme/dear",)
    assert "Use acme/dear." in found.words
    assert named_models(REGISTRY, "nobody").cards == ()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"micros": 0}, "free"),
        ({"micros": None}, "unknown"),
        ({"micros": 120_000}, "$0.12 a second"),
        (
            {"micros": None, "prices": ({"when": {"resolution": "1080p"}, "low_micros": 1, "high_micros": 2_000_000},)},
            "$0.000001–$2.00 a second",
        ),
    ],
)
def test_a_list_price_is_said_by_the_unit(facts: dict[str, Any], words: str) -> None:
    assert list_price(editor("acme/x", facts.pop("micros"), **facts)) == words


def test_the_real_catalogue_answers_the_question_of_the_seeds(tmp_path: Path) -> None:
    registry = load_registry(tmp_path, [], today=lambda: date(2026, 11, 21))
    found = offers_for(registry, "replace a 6 s clip, keep motion")
    assert (found.understood, found.not_understood) == (("change a clip", "6 s long", "keeps motion and length"), ())
    fitting = [one.id for one in found.models if one.fits]
    assert fitting[0] == "runway/aleph2"
    # 6 s at $0.28 a second.
    assert by_id(list(found.models))["runway/aleph2"].high_micros == 1_680_000


# --- loadouts ---------------------------------------------------------------------------------------------


def loaded(*models: str) -> Loadout:
    return Loadout(shot="replace", title="Change a clip", kind="video_edit", models=models)


def test_the_first_choice_is_used_without_a_question() -> None:
    found = loadout_facts(REGISTRY, loaded("acme/dear", "bolt/cheap"))
    assert (found.chosen, found.consent) == ("acme/dear", False)
    assert choose(found).model == "acme/dear"


def test_a_stand_in_at_another_price_needs_a_yes() -> None:
    found = loadout_facts(REGISTRY, loaded("bolt/cheap", "acme/old", "acme/dear"))
    assert (found.chosen, found.consent) == ("acme/dear", True)
    with pytest.raises(PreconditionError, match=r"acme/dear would stand in, at \$0\.30 a second instead of \$0\.20"):
        choose(found)
    assert choose(found, fallback=True).model == "acme/dear"


def test_a_stand_in_at_the_same_price_needs_none() -> None:
    registry = shops(Shop("acme", editor("acme/a", 5)), Shop("bolt", editor("bolt/b", 5), key=False))
    found = loadout_facts(registry, loaded("bolt/b", "acme/a"))
    assert (found.chosen, found.consent) == ("acme/a", False)


def test_where_none_is_ready_the_keys_are_named() -> None:
    found = loadout_facts(REGISTRY, loaded("bolt/cheap", "acme/old", "nobody/x"))
    assert [one.ready for one in found.choices] == [False, False, False]
    with pytest.raises(ProviderUnavailableError, match="No key for bolt"):
        choose(found)


def test_ones_own_loadouts_replace_and_add_and_faults_cost_nothing_that_ships(tmp_path: Path) -> None:
    text = """
    [[loadout]]
    shot = "replace"
    title = "Mine"
    kind = "video_edit"
    models = ["acme/dear"]
    [[loadout]]
    shot = "trailer"
    title = "Trailer"
    kind = "video"
    models = ["acme/v"]
    [[loadout]]
    shot = "broken"
    kind = "video"
    """
    (tmp_path / USER_FILE).write_text(text, "utf-8")
    found = load_loadouts(tmp_path)
    assert found.of("replace").models == ("acme/dear",)
    assert found.of("Trailer").kind == "video"
    assert found.of("cinematic").models[0] == "fal/seedance-2.5"
    assert len(found.faults) == 1 and "broken" in found.faults[0]
    with pytest.raises(NotFoundError) as caught:
        found.of("broken")
    assert "cinematic" in caught.value.hint
    (tmp_path / USER_FILE).write_text("[[[", "utf-8")
    assert load_loadouts(tmp_path).faults and load_loadouts(tmp_path).of("cinematic")
