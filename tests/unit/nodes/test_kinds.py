"""The built-in node kinds, and kinds that other packages bring."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from takebridge import nodes
from takebridge.canvas.model import NodeKind, ParamSpec, Port
from takebridge.nodes.registry import GROUP, builtin_kinds, load_kinds
from takebridge.providers.protocol import GenerationKind

MEDIA_TYPES = {
    *("text", "script", "style", "image", "video", "audio", "captions", "timeline", "model_3d", "world"),
}

OURS = NodeKind(key="grain", title="Grain", category="deterministic")


def brings_one() -> NodeKind:
    return OURS


def brings_two() -> Iterable[NodeKind]:
    return (OURS, OURS.model_copy(update={"key": "halation"}))


def brings_a_taken_key() -> NodeKind:
    return OURS.model_copy(update={"key": "upscale"})


def brings_nonsense() -> list[str]:
    return ["grain"]


def breaks() -> NodeKind:
    raise RuntimeError("no GPU\nat all")


def point(name: str) -> EntryPoint:
    return EntryPoint(name=name, value=f"{__name__}:{name}", group=GROUP)


def test_the_built_in_kinds() -> None:
    assert set(builtin_kinds()) == {
        *("brief", "script", "reference", "source_clip"),
        *("image", "image_edit", "video", "video_edit", "previz"),
        *("voice", "music", "sfx", "lip_sync", "captions"),
        *("upscale", "extract_frames", "breakdown", "trim", "reframe"),
        *("model_3d", "world", "storyboard", "note", "group", "nle_export"),
    }
    assert all(key == kind.key for key, kind in builtin_kinds().items())


def test_no_kind_of_a_family_is_lost_on_the_way_to_the_registry() -> None:
    families = list(pkgutil.iter_modules(nodes.__path__, "takebridge.nodes."))
    brought = [kind.key for family in families for kind in getattr(importlib.import_module(family.name), "KINDS", ())]
    assert sorted(brought) == sorted(builtin_kinds())


@pytest.mark.parametrize("kind", builtin_kinds().values(), ids=lambda kind: kind.key)
def test_what_every_kind_keeps_to(kind: NodeKind) -> None:
    ports = [*kind.inputs, *kind.outputs]
    assert {media for port in ports for media in port.types} <= MEDIA_TYPES
    assert all(len(port.types) == 1 for port in kind.outputs), "an output gives one type"
    assert not any(port.parts for port in kind.inputs)
    assert all(port.types & {"video", "audio"} for port in kind.inputs if port.ranged), "only time has a best range"
    assert (kind.models is None) == (kind.category == "constant")
    assert kind.title and all(spec.title or kind.key == "source_clip" for spec in kind.params)
    if prompt := kind.param("prompt"):
        assert (prompt.type, prompt.default, prompt.maximum) == ("str", "", 20_000)
    if seed := kind.param("seed"):
        assert (seed.default, seed.words, seed.minimum) == ("random", ("random",), 0)


@pytest.mark.parametrize("kind", builtin_kinds().values(), ids=lambda kind: kind.key)
def test_kinds_that_generate_name_a_kind_of_model_that_exists(kind: NodeKind) -> None:
    if kind.models is not None:
        assert kind.models in get_args(GenerationKind)
        assert kind.models == {"script": "text", "nle_export": "assemble"}.get(kind.key, kind.key)


@pytest.mark.parametrize(
    ("key", "inputs", "outputs", "category", "model"),
    [
        ("source_clip", "", "video:video", "constant", ""),
        ("brief", "", "text:text", "constant", ""),
        ("reference", "", "image:image, style:style, audio:audio", "constant", ""),
        ("upscale", "source:video required", "video:video", "generative", "local/span-x2"),
        ("previz", "references:image many, source:video", "video:video", "seeded", "local/previz-1"),
        (
            "script",
            "brief:text many, style:style many",
            "script:script, scene:text parts, shot:text parts, line:text parts",
            "generative",
            "",
        ),
        (
            "lip_sync",
            "picture:image|video required ranged, audio:audio required",
            "video:video",
            "generative",
            "local/previz-lip-sync",
        ),
        ("extract_frames", "source:video required ranged", "frame:image parts", "deterministic", "local/frames"),
        (
            "nle_export",
            "clips:image|video required many ranged, dialogue:audio many, music:audio, sfx:audio many, "
            "captions:captions",
            "timeline:timeline, video:video",
            "deterministic",
            "local/assemble",
        ),
        ("note", "", "", "constant", ""),
        ("group", "", "", "constant", ""),
    ],
)
def test_ports_and_class_of_a_kind(key: str, inputs: str, outputs: str, category: str, model: str) -> None:
    kind = builtin_kinds()[key]
    assert ", ".join(map(spelled, kind.inputs)) == inputs
    assert ", ".join(map(spelled, kind.outputs)) == outputs
    assert (kind.category, kind.default_model) == (category, model)


def spelled(port: Port) -> str:
    flags = [name for name in ("required", "many", "ranged", "parts") if getattr(port, name)]
    return " ".join([f"{port.name}:{'|'.join(sorted(port.types))}", *flags])


def test_every_kind_survives_json() -> None:
    for kind in builtin_kinds().values():
        assert NodeKind.model_validate_json(kind.model_dump_json()) == kind


def test_the_registry_cannot_be_written_to() -> None:
    with pytest.raises(TypeError):
        builtin_kinds()["x"] = OURS  # type: ignore[index]


def test_packages_bring_one_kind_or_several() -> None:
    loaded = load_kinds([point("brings_two"), point("OURS")])
    assert {"grain", "halation", "upscale"} <= set(loaded.kinds)
    assert [problem.split(":")[0] for problem in loaded.problems] == [f"{__name__}"]
    assert load_kinds([point("brings_one")]).kinds["grain"] == OURS


@pytest.mark.parametrize("name", ["brings_a_taken_key", "brings_nonsense", "breaks", "missing"])
def test_a_package_that_fails_is_named_and_the_others_load(name: str) -> None:
    loaded = load_kinds([point(name), point("brings_one")])
    assert set(loaded.kinds) == {*builtin_kinds(), "grain"}
    (problem,) = loaded.problems
    assert name in problem
    assert "\n" not in problem


def test_a_failing_distribution_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "film_grain-2.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: film-grain\nVersion: 2.1\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\ngrain = film_grain_that_is_not_there:KIND\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = load_kinds()
    assert [p for p in loaded.problems if p.startswith("film-grain 2.1: ")]
    assert set(builtin_kinds()) <= set(loaded.kinds)


# --- specs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spec",
    [
        '{"name":"a","type":"int","default":"x"}',
        '{"name":"a","type":"int","default":5,"maximum":4}',
        '{"name":"a","type":"bool","default":1}',
        '{"name":"a","type":"choice","default":3,"choices":[1,2]}',
        '{"name":"a","type":"int","default":1.5}',
        '{"name":"A b","type":"int","default":1}',
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(spec: str) -> None:
    with pytest.raises(ValidationError):
        ParamSpec.model_validate_json(spec)


@pytest.mark.parametrize(
    "fields",
    [
        {"inputs": (Port(name="a", types=frozenset({"x"})), Port(name="a", types=frozenset({"y"})))},
        {"params": (ParamSpec(name="a", type="int", default=1), ParamSpec(name="a", type="str", default=""))},
        {"default_model": "m"},
    ],
)
def test_a_kind_that_contradicts_itself_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(NodeKind).validate_python({"key": "k", "title": "K", "category": "seeded", **fields})


def test_text_lengths_are_bounded_both_ways() -> None:
    spec = ParamSpec(name="a", type="str", default="ab", minimum=2, maximum=3)
    assert [spec.refusal(text) for text in ("ab", "abc")] == [None, None]
    assert "at least 2" in (spec.refusal("a") or "")
    assert "at most 3" in (spec.refusal("abcd") or "")
