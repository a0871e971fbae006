"""``takebridge models`` and swapping a node's model, as a person runs them; the same over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from takebridge.canvas.op_types import AddNode, Connect
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.errors import CapabilityError, NotFoundError
from takebridge.ids import NodeId, WireId
from takebridge_server.cli import app


def say(home: Path, *words: str) -> tuple[int, str]:
    """Run a command in this process: its exit code and what it printed."""
    done = CliRunner().invoke(app, [*words, "--home", str(home)])
    return done.exit_code, done.output


def run(home: Path, *words: str) -> tuple[int, Any]:
    code, said = say(home, *words, "--json")
    return code, json.loads(said)


@pytest.fixture
def canvas(client: BridgeClient) -> str:
    """A shot with a prompt and things no model over the network has a field for."""
    api = Api(client)
    canvas_id = api.create_canvas("Models").canvas.id
    params: dict[str, Any] = {"prompt": "A tram at dawn", "avoid": "people", "duration_ms": 3700, "seed": 7}
    nodes = [
        AddNode(id=NodeId("words"), kind="brief", title="Words"),
        AddNode(id=NodeId("shot"), kind="video", title="Shot", model="local/previz-video", params=params),
        AddNode(id=NodeId("edit"), kind="video_edit", title="Edit"),
    ]
    wire = Connect(
        id=WireId("w"), src_node=NodeId("words"), src_port="text", dst_node=NodeId("shot"), dst_port="direction"
    )
    api.apply(canvas_id, [*nodes, wire])
    return str(canvas_id)


# --- listing: no bridge is needed -------------------------------------------------------------------------


def test_a_shot_in_words_is_answered_with_models_and_prices(tmp_path: Path) -> None:
    code, found = run(tmp_path, "models", "--for", "replace a 6 s clip, keep motion")
    assert code == 0
    assert found["understood"] == ["change a clip", "6 s long", "keeps motion and length"]
    assert found["models"] and all(one["kind"] == "video_edit" and one["fits"] for one in found["models"])
    aleph = next(one for one in found["models"] if one["id"] == "runway/aleph2")
    assert (aleph["high_micros"], aleph["key"]) == (1_680_000, False), "6 s at $0.28"
    code, said = say(tmp_path, "models", "--for", "replace a 6 s clip with a xylophone, keep motion")
    assert code == 0
    assert "Understood: change a clip, 6 s long, keeps motion and length." in said
    assert "Not understood: xylophone." in said and "runway/aleph2" in said and "$1.68" in said


def test_models_are_listed_by_kind_and_provider(tmp_path: Path) -> None:
    code, found = run(tmp_path, "models", "--kind", "upscale", "--provider", "local")
    assert code == 0 and [one["id"] for one in found["models"]] == ["local/span-x2", "local/span-x4"]
    code, some = run(tmp_path, "models", "--kind", "video")
    code, whole = run(tmp_path, "models", "--kind", "video", "--all")
    assert {one["lifecycle"] for one in some["models"]} <= {"available", "retiring"}
    assert "retired" in {one["lifecycle"] for one in whole["models"]}
    code, said = say(tmp_path, "models", "--kind", "poetry")
    assert code == 0 and "No model fits" in said


@pytest.mark.parametrize("name", ["Sora 2", "sora-2", "openai/sora-2"])
def test_a_retired_name_says_why_and_what_follows(name: str, tmp_path: Path) -> None:
    code, said = say(tmp_path, "models", "show", name)
    assert code == 0
    flat = " ".join(said.split())
    assert "is retired since 2026-09-24" in flat and "Use google/omni" in flat


def test_a_name_nobody_has_is_an_error_with_a_hint(tmp_path: Path) -> None:
    code, found = run(tmp_path, "models", "show", "Seedanse 2.5")
    assert code == 1 and found["error"]["code"] == "unknown_model"
    assert "Seedance 2.5" in found["error"]["message"]


def test_loadouts_are_listed(tmp_path: Path) -> None:
    code, found = run(tmp_path, "models", "loadouts")
    shots = {one["shot"]: one for one in found}
    assert code == 0 and shots["replace"]["choices"][0]["model"] == "runway/aleph2"
    code, said = say(tmp_path, "models", "loadouts")
    assert code == 0 and "cinematic" in said and "fal/seedance-2.5" in said


def test_a_broken_catalogue_of_ones_own_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "providers.toml").write_text("schema = [", "utf-8")
    code, found = run(tmp_path, "models", "--kind", "video_edit")
    assert code == 0 and found["models"]


# --- swapping ---------------------------------------------------------------------------------------------


def test_a_swap_keeps_the_prompt_and_says_what_will_not_carry_over(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    code, looked = run(home, "node", "model", "Shot", "fal/veo-3.1", "--look", *at)
    assert code == 0 and looked["changed"] is False
    swap = looked["swap"]
    assert (swap["before"], swap["after"], swap["refusal"]) == ("local/previz-video", "fal/veo-3.1", "")
    assert "The prompt is kept." in swap["carries"]
    assert "Asked for 3.7 s; made 4 s, the last 0.3 s is trimmed and stays as a handle." in swap["lost"]
    # 4 s at $0.40.
    assert (swap["high_micros"], swap["before_high_micros"], swap["consent"]) == (1_600_000, 0, True)
    code, said = say(home, "node", "model", "Shot", "fal/veo-3.1", *at)
    assert code == 0 and "Will not carry over: Asked for 3.7 s" in " ".join(said.split())
    code, shown = run(home, "canvas", "show", canvas)
    node = shown["canvas"]["nodes"]["shot"]
    assert (node["model"], node["params"]["prompt"], node["params"]["seed"]) == ("fal/veo-3.1", "A tram at dawn", 7)
    assert len(shown["canvas"]["wires"]) == 1
    code, plan = run(home, "plan", *at)
    notes = next(step for group in plan["groups"] for step in group if step["node"] == "shot")["notes"]
    assert any(note.startswith("Asked for 3.7 s; made 4 s") for note in notes)


def test_a_retired_model_is_not_chosen_and_a_model_of_another_kind_neither(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    code, refused = run(home, "node", "model", "Shot", "Sora 2", *at)
    assert code == 1 and "retired since 2026-09-24" in refused["error"]["message"]
    assert refused["error"]["hint"].startswith("Use google/omni")
    code, refused = run(home, "node", "model", "Shot", "Aleph 2", *at)
    assert code == 1 and "makes video edit" in refused["error"]["message"]


def test_a_loadout_without_a_key_says_which_one_is_missing(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    code, refused = run(home, "node", "model", "Edit", "--loadout", "replace", *at)
    assert code == 1 and "No key for runway" in refused["error"]["message"]
    code, refused = run(home, "node", "model", "Edit", "--loadout", "cinematic", *at)
    assert code == 1 and "replace" in refused["error"]["hint"]
    code, done = run(home, "node", "model", "Shot", "--loadout", "sketch", *at)
    assert code == 0 and done["swap"]["after"] == "local/previz-video"
    code, refused = run(home, "node", "model", "Shot", *at)
    assert code == 1 and "Name a model" in refused["error"]["message"]


def test_what_costs_nothing_is_free_also_while_something_is_missing(client: BridgeClient) -> None:
    api = Api(client)
    canvas_id = api.create_canvas("Early").canvas.id
    film = AddNode(id=NodeId("film"), kind="nle_export", title="Film", model="local/assemble")
    api.apply(canvas_id, [film])
    swap = api.model_swap(canvas_id, NodeId("film"), "local/assemble")
    assert swap.refusal
    assert (swap.low_micros, swap.high_micros) == (0, 0)


def test_the_same_over_http(canvas: str, client: BridgeClient) -> None:
    api = Api(client)
    offers = api.model_offers("replace a 6 s clip, keep motion")
    assert offers.models[0].id == "runway/aleph2" and offers.models[0].fits
    assert {one["provider"] for one in client.get("/api/models", provider="local")} == {"local"}
    assert api.models_named("Imagen 4").cards
    assert api.loadouts()[0].shot == "cinematic"
    with pytest.raises(CapabilityError, match="retired"):
        api.model_swap(canvas, NodeId("shot"), "Sora 2")  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        api.model_swap(canvas, NodeId("shot"), "nobody")  # type: ignore[arg-type]
