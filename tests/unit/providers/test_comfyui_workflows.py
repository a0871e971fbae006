"""Workflow files as models: what binds them, what is refused and in which words, and that a person approves them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.remote_desk import Desk, desk_of

from takebridge.canvas.model import NodeKind
from takebridge.errors import CapabilityError
from takebridge.nodes.registry import builtin_kinds
from takebridge.nodes.roles import request_params
from takebridge.providers.capability import check_request
from takebridge.providers.catalog import load_file
from takebridge.providers.comfyui.binding import parse_binding
from takebridge.providers.comfyui.profiles import comfyui_models, profile_of, workflow_problems
from takebridge.providers.comfyui.workflows import approve, load_workflow
from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.providers.registry import load_registry
from takebridge.testing.providers.comfyui import ComfyUIServer
from takebridge.testing.providers.comfyui_nodes import INSTALLED
from takebridge.testing.providers.samples import picture

GRAPH: dict[str, Any] = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 20, "cfg": 7.5, "latent_image": ["5", 0]}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat"}, "_meta": {"title": "Prompt"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "x"}},
}
BINDING: dict[str, Any] = {
    "inputs": {"prompt": {"node": "6", "field": "text"}, "seed": {"node": 3, "field": "seed"}},
    "outputs": {"image": {"node": "9"}},
    "params": {"steps": {"node": "3", "field": "steps", "min": 1, "max": 50}},
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / "workflows").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    with desk_of(home, "comfyui", ComfyUIServer()) as found:
        yield found


def write(home: Path, name: str, graph: object, binding: object = None) -> Path:
    path = home / "workflows" / f"{name}.json"
    path.write_text(json.dumps(graph), "utf-8")
    if binding is not None:
        path.with_name(f"{name}.binding.json").write_text(json.dumps(binding), "utf-8")
    return path


def told(home: Path) -> str:
    """Return what is said of the only workflow there is."""
    assert comfyui_models(home) == ()
    ((_, words),) = workflow_problems(home)
    return words


def request(**more: object) -> GenerationRequest:
    return GenerationRequest.model_validate(
        {"token": "image-001", "model": "comfyui/cat", "kind": "image", "prompt": "a dog", "seed": 8, **more}
    )


# --- profiles -------------------------------------------------------------------------------------------


def test_a_workflow_and_its_binding_are_a_model(home: Path) -> None:
    write(home, "My Cat (v2)", GRAPH, BINDING)
    (model,) = comfyui_models(home)
    assert (model.id, model.kind, model.outputs) == ("comfyui/my-cat-v2", "image", ("image",))
    assert model.params == {"avoid": "", "aspect": "16:9", "resolution": "1080p", "steps": 20}
    assert (model.prompt, model.seed, model.idempotent_submit) == (True, True, True)
    assert (model.price.low_micros, model.price.high_micros) == (0, 0)
    # What a node sends unasked is taken; what the workflow cannot do is refused.
    usual = {"avoid": "", "aspect": "16:9", "resolution": "720p"}
    check_request(model, request(model=model.id, params=usual))
    with pytest.raises(CapabilityError, match="no use for “avoid”"):
        check_request(model, request(model=model.id, params={**usual, "avoid": "dogs"}))


def test_a_model_of_the_data_folder_is_in_the_registry_and_an_unfit_one_is_told(home: Path) -> None:
    write(home, "cat", GRAPH, BINDING)
    write(home, "dog", {"nodes": [], "links": []}, BINDING)
    registry = load_registry(home, ())
    assert registry.profile("comfyui/cat").provider == "comfyui"
    problems = [one for one in registry.problems if one.distribution == "workflows"]
    assert [(one.name, "as the editor draws it" in one.message) for one in problems] == [("dog.json", True)]


def test_a_map_lists_the_values_there_are(home: Path) -> None:
    graph = {**GRAPH, "7": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "x4.pth"}}}
    scale = {"node": "7", "field": "model_name", "map": {"2": "x2.pth", "4": "x4.pth"}}
    binding = {"kind": "upscale", "inputs": {}, "params": {"scale": scale}, "outputs": {"video": "9"}}
    write(home, "cat", graph, binding)
    (model,) = comfyui_models(home)
    assert (model.params["scale"], model.choices["scale"]) == (2, (2, 4))
    write(home, "cat", graph, {**binding, "params": {"scale": {**scale, "map": {"4": "x4.pth"}}}})
    assert comfyui_models(home)[0].params["scale"] == 4
    write(home, "cat", graph, {**binding, "params": {"scale": {**scale, "map": {"double": "x2.pth"}}}})
    assert "lists “double”, which is no value like 2" in told(home)


def test_paid_nodes_have_a_price_nobody_knows(home: Path) -> None:
    write(home, "cat", GRAPH, {**BINDING, "comfy_org_key": True})
    (model,) = comfyui_models(home)
    assert (model.price.low_micros, model.price.high_micros) == (None, None)


def test_names_people_give_are_understood(home: Path) -> None:
    graph = {**GRAPH, "7": {"class_type": "LoadImage", "inputs": {"image": "x.png"}}}
    video = {"inputs": {**BINDING["inputs"], "start_image": {"node": "7", "field": "image"}}, "outputs": {"video": "9"}}
    write(home, "cat", graph, video)
    (model,) = comfyui_models(home)
    assert model.kind == "video"
    assert [slot.role for slot in model.inputs if slot.minimum] == ["start_frame"]


@pytest.mark.parametrize("name", ["ltx-i2v", "upscale-x4", "kontext-edit"])
def test_the_examples_are_what_the_catalogue_says(name: str) -> None:
    shipped = next(one for one in load_file("comfyui").models if one.id == f"comfyui/{name}")
    workflow = load_workflow(shipped.remote_id)
    made = profile_of(workflow, shipped.id, shipped.remote_id, shipped.checked_on)
    fields = (
        "title",
        "kind",
        "params",
        "choices",
        "outputs",
        "prompt",
        "seed",
        "duration_ms",
        "rates",
        "sound",
        "price",
    )
    assert {name: getattr(made, name) for name in fields} == {name: getattr(shipped, name) for name in fields}
    counts = [{slot.role: (slot.minimum, slot.maximum) for slot in one.inputs} for one in (made, shipped)]
    assert counts[0] == counts[1]
    assert {node["class_type"] for node in workflow.graph.values()} <= INSTALLED
    assert workflow.approved


KINDS = [kind for kind in builtin_kinds().values() if kind.models in ("video", "video_edit", "image", "image_edit")]
KINDS += [kind for kind in builtin_kinds().values() if kind.models in ("voice", "music", "sfx", "upscale", "lip_sync")]
KINDS += [kind for kind in builtin_kinds().values() if kind.models in ("model_3d", "world")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_a_workflow_takes_what_a_node_sends_unasked(home: Path, kind: NodeKind) -> None:
    inputs = {"prompt": BINDING["inputs"]["prompt"], "duration": {"node": "3", "field": "steps", "form": "seconds"}}
    outputs = {port.name: "9" for port in kind.outputs}
    write(home, "cat", GRAPH, {"kind": kind.models, "inputs": inputs, "outputs": outputs})
    (model,) = comfyui_models(home)
    sent = request_params({one.name: one.default for one in kind.params})
    check_request(model, request(model=model.id, kind=model.kind, params=sent, seed=None))


def test_the_documented_binding_is_a_binding() -> None:
    page = (Path(__file__).parents[3] / "docs" / "providers" / "comfyui.md").read_text("utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    binding = parse_binding(json.loads(example), "the page")
    assert list(binding.roles()) == ["start_frame", "reference_image"]
    assert set(binding.values()) == {"prompt", "avoid", "seed", "duration", "width", "height", "steps"}


# --- approval -------------------------------------------------------------------------------------------


def test_a_new_workflow_asks_once(desk: Desk, home: Path) -> None:
    path = write(home, "cat", GRAPH, BINDING)
    desk.models = comfyui_models(home)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(CapabilityError, match="may run any code") as caught:
        desk.submit(request())
    assert "takebridge workflows approve cat.json" in caught.value.hint
    assert desk.server.stage.seen == []
    # The line is what sha256sum writes.
    (home / "workflows" / "approved.txt").write_text(f"{digest}  cat.json\n", "utf-8")
    desk.submit(request())
    graph = desk.body("/prompt")["prompt"]
    assert graph["6"]["inputs"]["text"] == "a dog"
    assert (graph["3"]["inputs"]["seed"], graph["3"]["inputs"]["steps"]) == (8, 20)


def test_a_changed_workflow_asks_again(desk: Desk, home: Path) -> None:
    path = write(home, "cat", GRAPH, BINDING)
    desk.models = comfyui_models(home)
    approve(path)
    approve(path)
    assert len((home / "workflows" / "approved.txt").read_text("utf-8").splitlines()) == 1
    assert load_workflow(str(path)).approved
    write(home, "cat", {**GRAPH, "10": {"class_type": "RunShell", "inputs": {"text": "rm"}}})
    with pytest.raises(CapabilityError, match="new, or was changed"):
        desk.submit(request())


def test_a_file_that_is_gone_is_told(desk: Desk, home: Path) -> None:
    path = write(home, "cat", GRAPH, BINDING)
    desk.models = comfyui_models(home)
    path.unlink()
    with pytest.raises(CapabilityError, match=r"cat\.json cannot be used: it cannot be read"):
        desk.submit(request())


# --- files that cannot be used --------------------------------------------------------------------------


def test_the_editors_format_is_refused_with_the_way_to_export(home: Path) -> None:
    write(home, "cat", {"nodes": [{"id": 1}], "links": [], "version": 0.4})
    assert "Workflow > Export (API)" in told(home)


def test_a_workflow_nobody_bound_is_told_with_a_suggestion(home: Path) -> None:
    write(home, "cat", GRAPH)
    words = told(home)
    assert "cat.binding.json" in words
    suggestion = json.loads(words.partition("A first suggestion: ")[2])
    assert suggestion == {
        "inputs": {"seed": {"node": "3", "field": "seed"}, "prompt": {"node": "6", "field": "text"}},
        "outputs": {"image": {"node": "9"}},
    }


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        ([], "no workflow in API format"),
        ({}, "no workflow in API format"),
        ("x", "no workflow in API format"),
        ({"3": {"inputs": {}}}, "node 3 has no class_type"),
        ({"3": {"class_type": "X"}}, "node 3 has no inputs"),
    ],
)
def test_what_is_no_workflow_is_told(home: Path, graph: object, words: str) -> None:
    write(home, "cat", graph, BINDING)
    assert words in told(home)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outputs": {}}, "outputs"),
        ({"outputs": {"image": {"node": "77"}}}, "image names node 77, which it does not have"),
        ({"inputs": {"prompt": {"node": "66", "field": "text"}}}, "prompt names node 66, which it does not have"),
        ({"inputs": {"prompt": {"node": "6", "field": "txt"}}}, "node 6 has no input “txt” for prompt (it has text)"),
        ({"inputs": {"prompt": {"node": "9", "field": "images"}}}, "comes from another node"),
        ({"outputs": {"audio": {"node": "9"}}}, "kind"),
        ({"params": {"cfg": {"node": "3", "field": "cfg"}}}, "cfg is 7.5: give it a default, or the form “percent”"),
        ({"colour": "red"}, "colour"),
        ({"outputs": {"clip": {"node": "9"}}}, "image gives “image”, and the binding names clip"),
        ({"outputs": {"image": "9", "video": "9"}}, "the binding names image, video"),
        ({"kind": "captions"}, "a workflow cannot do captions"),
        ({"inputs": []}, "inputs"),
    ],
)
def test_a_binding_that_makes_no_sense_is_told(home: Path, change: dict[str, Any], words: str) -> None:
    kind = {} if "audio" in change.get("outputs", {}) else {"kind": "image"}
    write(home, "cat", GRAPH, {**kind, **BINDING, **change})
    assert words in told(home)


def test_no_json_and_too_large_a_file_are_told(home: Path) -> None:
    path = write(home, "cat", GRAPH, BINDING)
    path.write_text("{", "utf-8")
    assert "it is no JSON" in told(home)
    path.write_bytes(b" " * 5_000_001)
    assert "more than 5,000,000 bytes" in told(home)


def test_two_files_of_one_name_are_told(home: Path) -> None:
    write(home, "Cat", GRAPH, BINDING)
    write(home, "cat!", GRAPH, BINDING)
    assert len(comfyui_models(home)) == 1
    assert "already called comfyui/cat" in workflow_problems(home)[0][1]


# --- titles, several files of a role, forms -------------------------------------------------------------


def test_titles_bind_as_well_as_a_file(home: Path) -> None:
    graph = json.loads(json.dumps(GRAPH))
    graph["6"]["_meta"] = {"title": "takebridge:prompt"}
    graph["3"]["_meta"] = {"title": "TakeBridge:seed"}
    graph["9"]["_meta"] = {"title": "takebridge:out:image"}
    path = write(home, "cat", {"prompt": graph})
    binding = load_workflow(str(path)).binding
    assert {name: (place.node, place.field) for name, place in binding.places()} == {
        "prompt": ("6", "text"),
        "seed": ("3", "seed"),
    }
    assert (binding.kind, binding.outputs["image"].node) == ("image", "9")


def test_the_nth_file_of_a_role_goes_to_the_nth_place(desk: Desk, home: Path, tmp_path: Path) -> None:
    more = {str(n): {"class_type": "LoadImage", "inputs": {"image": "old.png"}} for n in (20, 21)}
    places = [{"node": 20, "field": "image"}, {"node": 21, "field": "image", "optional": True}]
    inputs = {**BINDING["inputs"], "references": places}
    path = write(home, "cat", {**GRAPH, **more}, {**BINDING, "inputs": inputs, "kind": "image"})
    approve(path)
    desk.models = comfyui_models(home)
    files = []
    for name, kind in (("a.png", "PNG"), ("b.jpg", "JPEG")):
        file = tmp_path / name
        file.write_bytes(picture(kind))
        files.append(
            MediaInput(role="reference_image", path=file, content=name, media_type="image", width=192, height=108)
        )
    desk.submit(request(inputs=files))
    graph = desk.body("/prompt")["prompt"]
    ends = [graph[number]["inputs"]["image"][-4:] for number in ("20", "21")]
    assert ends == [".png", ".jpg"]
    slot = next(one for one in desk.models[0].inputs if one.role == "reference_image")
    assert (slot.minimum, slot.maximum) == (1, 2)


def test_sizes_may_be_listed(desk: Desk, home: Path) -> None:
    width = {"node": "5", "field": "width", "of": "size", "map": {"16:9@720p": 1344, "1:1@720p": 1024}}
    write(home, "cat", GRAPH, {**BINDING, "inputs": {**BINDING["inputs"], "width": width}})
    approve(home / "workflows" / "cat.json")
    desk.models = comfyui_models(home)
    desk.submit(request(params={"aspect": "16:9", "resolution": "720p"}))
    assert desk.body("/prompt")["prompt"]["5"]["inputs"]["width"] == 1344
    with pytest.raises(CapabilityError, match="cannot do width 4:3@720p"):
        desk.submit(request(token="image-002", params={"aspect": "4:3", "resolution": "720p"}))
