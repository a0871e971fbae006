"""Over the real catalogue: every name people type resolves to a model there is today, or a reason and a successor."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from takebridge.providers.loadouts import load_loadouts
from takebridge.providers.naming import named
from takebridge.providers.registry import ProviderRegistry, load_registry

TODAY = date(2026, 11, 21)
"""When the facts were collected: lifecycles are as of that day."""

USABLE = """
Seedance | Seedance 2 | Seedance 2.0 | Seedance 2.5 | Seedance 1.5 Pro | Veo 3.1 | Veo | Gemini Omni | Omni
Gemini Omni 1.2 Flash | Runway Gen-4.5 | Gen-4.5 | gen4.5 | Gen-4 Turbo | Aleph 2 | Runway Aleph 2 | Act-Two
Kling 3.0 | Kling O3 | Kling 4 | Kling Avatar | Kling Avatar 2 | Kling lip-sync | Vidu | Vidu Q3 | Vidu Q4
Ray 3.2 | Ray 2 | Luma Ray | Nano Banana | Nano Banana 2 | Nano Banana 2.1 | Nano Banana Pro | Nano Banana 2 Lite
GPT Image | GPT Image 2 | GPT Image 2.5 | GPT Image 2.6 | Flux | Flux 2 | Flux Kontext | Kontext | Seedream 5
ElevenLabs | ElevenLabs v3 | ElevenLabs v4 | eleven_v3 | eleven_v4 | eleven_multilingual_v2 | eleven_flash_v2_5
ElevenLabs Music | ElevenLabs dialogue | Fish Audio | s2.1-pro | drama-3 | s1 | sync-3 | veed/lipsync
Topaz | Marble | marble-1.1 | Trellis 2 | Meshy | Tripo | Hunyuan3D | Rodin | Wan 3 | Hailuo 3 | MiniMax H3 | Grok
HappyHorse | Lyria 3.5 | dreamina-seedance-2-0-260128 | doubao-seedance-2-0-260128 | gemini-nano-banana-2.1
gemini-3.1-flash-image | gpt-image-2 | viduq3-pro | ray-3.2 | kling-v3-omni | bytedance/seedance-2.0
"""

RETIRED = """
Sora 2 | Imagen 4 | Veo 3.1 Lite | Nano Banana 1 | gemini-2.5-flash-image | GPT Image 1 | DALL-E 3 | DALL-E | Aleph 1
gen4_aleph
"""


def names(table: str) -> list[str]:
    return [name.strip() for line in table.strip().splitlines() for name in line.split("|") if name.strip()]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> ProviderRegistry:
    return load_registry(Path(tmp_path_factory.mktemp("home")), [], today=lambda: TODAY)


@pytest.mark.parametrize("name", names(USABLE))
def test_what_people_say_is_there_today(name: str, registry: ProviderRegistry) -> None:
    found = named(name, registry.profiles())
    assert found.usable, found.words


@pytest.mark.parametrize("name", names(RETIRED))
def test_what_is_gone_names_a_reason_or_a_day_and_a_successor_or_another_provider(
    name: str, registry: ProviderRegistry
) -> None:
    found = named(name, registry.profiles())
    assert found.known, found.words
    assert found.retired or any(one.lifecycle == "retiring" for one in found.usable) or found.usable
    assert found.usable or (found.successors and "is retired" in found.words), found.words


def test_every_retired_model_leads_somewhere_usable(registry: ProviderRegistry) -> None:
    lost = []
    for model in registry.profiles():
        if model.lifecycle == "retired":
            found = named(model.id, registry.profiles())
            if not (model.why or model.retired_on) or not found.successors:
                lost.append(model.id)
    assert lost == []


def test_every_successor_named_is_a_model_or_a_name_of_one(registry: ProviderRegistry) -> None:
    unknown = [
        f"{model.id} → {name}"
        for model in registry.profiles()
        for name in model.replaced_by
        if not named(name, registry.profiles()).known
    ]
    assert unknown == []


def test_every_model_of_every_loadout_is_there_and_makes_what_the_shot_needs(registry: ProviderRegistry) -> None:
    wrong = []
    for loadout in load_loadouts().all:
        for model_id in loadout.models:
            profile = next((one for one in registry.profiles() if one.id == model_id), None)
            if profile is None or profile.kind != loadout.kind or profile.lifecycle != "available":
                wrong.append(f"{loadout.shot}: {model_id}")
    assert wrong == []


def test_the_shots_people_ask_for_have_loadouts() -> None:
    shots = {one.shot for one in load_loadouts().all}
    wanted = {"cinematic", "wide", "kinetic", "replace", "speaking", "volume", "ray", "still", "voice", "music", "sfx"}
    assert wanted | {"lip-sync", "upscale", "world", "object"} <= shots
