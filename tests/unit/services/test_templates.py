"""The shipped templates: they fit the node kinds, wait only for what is to be generated, and take a person's own."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.support.desks import desk_bridge

from takebridge.canvas.fingerprint import semantic_params
from takebridge.canvas.model import Canvas, Output, Take, Wire
from takebridge.canvas.ops import SetParam
from takebridge.canvas.places import COLUMN, ROW
from takebridge.canvas.script import parse_script, with_ids
from takebridge.canvas.state import Status, derive
from takebridge.cut.edits import lay_out, parse_edits, sound_starts
from takebridge.errors import BlobMissingError, DiskFullError, InvalidParamError, MediaError, NotFoundError
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId
from takebridge.media.probe import probe
from takebridge.nodes.registry import load_kinds
from takebridge.nodes.roles import request_params, role_of
from takebridge.providers.capability import check_request
from takebridge.providers.catalog import load_catalog
from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.services import templates
from takebridge.services.bridge import Bridge
from takebridge.services.placeholder import placeholder
from takebridge.services.templates import (
    Given,
    InsertedTemplate,
    Stored,
    Template,
    insert_template,
    load_template,
    template_names,
)
from takebridge.services.texts import read_text, save_text
from takebridge.store.blobs import BlobStore

NAMES = ("brand-video", "replace-this-clip", "stills-to-animatic")
KINDS = load_kinds(()).kinds


@pytest.fixture
def bridge(tmp_path: Path) -> Bridge:
    return desk_bridge(tmp_path)


def put(bridge: Bridge, name: str, **inputs: Given) -> InsertedTemplate:
    return insert_template(bridge, None, name, inputs, author="ann")


def canvas_of(bridge: Bridge, inserted: InsertedTemplate) -> Canvas:
    return bridge.desk.view(inserted.canvas_id).canvas


def default_of(template: Template, slot: str) -> str:
    return "\n".join(next(one for one in template.inputs if one.node == slot).default)


def params(template: Template, node: str) -> dict[str, Any]:
    return dict(next(one for one in template.graph.nodes if one.id == node).params)


# --- what ships -----------------------------------------------------------------------------------------


def test_three_templates_ship() -> None:
    assert template_names() == NAMES
    with pytest.raises(NotFoundError) as caught:
        load_template("../../secrets")
    assert "brand-video" in caught.value.hint


@pytest.mark.parametrize("name", NAMES)
def test_a_template_only_waits_for_what_is_to_be_generated(bridge: Bridge, name: str) -> None:
    inserted = put(bridge, name)
    canvas = canvas_of(bridge, inserted)
    states = bridge.desk.view(inserted.canvas_id).states
    assert not inserted.notes
    assert {state.problem for state in states.values()} == {""}
    assert {state.status for state in states.values()} <= {Status.FRESH, Status.EMPTY, Status.BLOCKED}
    # Filled from the sources down, nothing stays blocked: every input that is needed is wired to what gives it.
    for node, kind in ((node, KINDS[node.kind]) for node in canvas.nodes.values()):
        for port in kind.inputs:
            wired = [wire for wire in canvas.wires.values() if (wire.dst_node, wire.dst_port) == (node.id, port.name)]
            assert wired or not port.required, f"{node.title}: {port.name}"
    assert set(statuses_when_done(canvas).values()) == {Status.FRESH}


def statuses_when_done(canvas: Canvas) -> dict[str, Status]:
    """The states once every node that makes something has a take for the recipe it has then."""
    for number in range(len(canvas.nodes)):
        states = derive(canvas, KINDS)
        ready = next((node for node, state in states.items() if state.status is Status.EMPTY), None)
        if ready is None:
            break
        kind = KINDS[canvas.nodes[ready].kind]
        outputs = {port.name: Output(content=BlobHash(f"b3:{number:064x}")) for port in kind.outputs if not port.parts}
        take = Take(
            id=TakeId(f"take{number}"),
            node_id=ready,
            seq=1,
            origin="generated",
            outputs=outputs,
            recipe_fp=states[ready].expected_fp,
        )
        canvas = canvas.with_take(take).with_node(canvas.nodes[ready].model_copy(update={"pin": take.id}))
    return {canvas.nodes[node].title: state.status for node, state in derive(canvas, KINDS).items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_tidy_and_its_titles_differ(name: str) -> None:
    template = load_template(name)
    places = [(node.x, node.y) for node in template.graph.nodes]
    assert len(set(places)) == len(places)
    assert all(x % COLUMN == 0 and y % ROW == 0 for x, y in places)
    titles = Counter(node.title for node in template.graph.nodes)
    assert max(titles.values()) == 1
    assert all(titles)
    assert {slot.node for slot in template.inputs} <= {node.id for node in template.graph.nodes}


@pytest.mark.parametrize("name", NAMES)
def test_every_node_of_a_template_asks_its_model_for_what_it_can_do(bridge: Bridge, name: str) -> None:
    canvas = canvas_of(bridge, put(bridge, name))
    profiles = {profile.id: profile for profile in load_catalog("local")}
    making = [node for node in canvas.nodes.values() if KINDS[node.kind].models and node.kind != "script"]
    assert making
    for node in making:
        profile, kind = profiles[node.model], KINDS[node.kind]
        params = semantic_params(kind, node.params)
        length = params.get("duration_ms")
        request = GenerationRequest(
            token="12345678",
            model=node.model,
            kind=kind.models,  # type: ignore[arg-type] - which kinds there are is the model's to check
            inputs=tuple(given(canvas, wire) for wire in canvas.wires.values() if wire.dst_node == node.id),
            prompt=str(params.get("prompt", "")),
            params=request_params(params),
            duration_ms=length if isinstance(length, int) else None,
        )
        check_request(profile, request)


def given(canvas: Canvas, wire: Wire) -> MediaInput:
    """What a wire brings, as large and long as the templates make it."""
    source, target = canvas.nodes[wire.src_node], canvas.nodes[wire.dst_node]
    port, role = KINDS[source.kind].output(wire.src_port), role_of(target.kind, wire.dst_port)
    assert port is not None
    assert role is not None
    (media_type,) = port.types
    plain = MediaInput(role=role, path=Path("x"), content="b3:0", media_type=media_type)
    if media_type not in ("image", "video"):
        return plain
    moving = {"frame_count": 336, "rate": "24"} if media_type == "video" else {}
    return plain.model_copy(update={"width": 1280, "height": 720, **moving})


@pytest.mark.parametrize("name", ["brand-video", "stills-to-animatic"])
def test_a_template_is_wired_to_every_shot_of_its_script(name: str) -> None:
    template = load_template(name)
    text = default_of(template, "script")
    script = parse_script(text)
    assert with_ids(text, None) == text  # every part has its id
    shots = {f"shot.{shot.id}" for scene in script.scenes for shot in scene.shots}
    assert {wire.src_port for wire in template.graph.wires if wire.src_port.startswith("shot.")} == shots
    if name == "brand-video":
        lines = {f"line.{line.id}" for scene in script.scenes for shot in scene.shots for line in shot.lines}
        assert {wire.src_port for wire in template.graph.wires if wire.src_port.startswith("line.")} == lines


# --- the brand video ------------------------------------------------------------------------------------


def test_the_brand_video_has_two_minutes_of_picture_in_the_order_of_the_script() -> None:
    template = load_template("brand-video")
    script = parse_script(default_of(template, "script"))
    shots = [shot.id for scene in script.scenes for shot in scene.shots]
    assert (len(script.scenes), len(shots)) == (8, 16)
    clips = sorted(
        (wire for wire in template.graph.wires if (wire.dst_node, wire.dst_port) == ("export", "clips")),
        key=lambda wire: wire.order,
    )
    made_by = {"talking_head": "shot_s04a"}
    assert [made_by.get(wire.src_node, wire.src_node) for wire in clips] == [f"shot_{shot}" for shot in shots]
    lengths = [params(template, f"shot_{shot}")["duration_ms"] for shot in shots]
    assert sum(lengths) == 120_000
    said = [int(shot.heading.rsplit(", ", 1)[1].split()[0]) for scene in script.scenes for shot in scene.shots]
    assert [length // 1000 for length in lengths] == said


def test_the_brand_videos_edits_lay_out_exactly_two_minutes() -> None:
    template = load_template("brand-video")
    script = parse_script(default_of(template, "script"))
    shots = [shot for scene in script.scenes for shot in scene.shots]
    edits = parse_edits(params(template, "export")["edits"])
    places = lay_out(edits, [params(template, f"shot_{shot.id}")["duration_ms"] * 24 // 1000 for shot in shots])
    assert places[-1].end == 120 * 24
    # Each voice starts in the shot that has the line; Mara's is heard with her picture.
    wired = [wire for wire in template.graph.wires if (wire.dst_node, wire.dst_port) == ("export", "dialogue")]
    spoken = [wire.src_node.removeprefix("voice_") for wire in sorted(wired, key=lambda wire: wire.order)]
    starts = sound_starts(edits, places, "dialogue", len(spoken))
    for line, start in zip(spoken, starts, strict=True):
        place = places[[shot.id for shot in shots].index(line[:4])]
        words = next(one.text for shot in shots for one in shot.lines if one.id == line).split()
        assert start is not None
        assert place.start <= start
        # At 150 words a minute and a second of pauses it ends in its shot.
        assert start + len(words) * 24 * 60 // 150 + 24 <= place.end + 24
    assert spoken == [line.id for shot in shots for line in shot.lines if line.id != "s04a1"]


def test_an_edit_of_one_shot_reaches_one_still_only(bridge: Bridge) -> None:
    inserted = put(bridge, "brand-video")
    view = bridge.desk.view(inserted.canvas_id)
    script = inserted.nodes["script"]
    take = view.canvas.takes[view.canvas.nodes[script].pin or TakeId("")]
    text = read_text(bridge, take, "script").replace("Forty lamps", "Fifty lamps")
    save_text(bridge, inserted.canvas_id, script, text, author="ann")
    after = bridge.desk.view(inserted.canvas_id)
    changed = {name for name, node in inserted.nodes.items() if view.states[node] != after.states[node]}
    assert changed == {"still_s02a"}


# --- a person's own -------------------------------------------------------------------------------------


def test_slots_take_words_pictures_and_clips(bridge: Bridge, tmp_path: Path) -> None:
    picture = tmp_path / "me.png"
    picture.write_bytes(placeholder("ME", "location"))
    clip = tmp_path / "clip.mov"
    templates.render_test_clip(
        clip, clip_id=3, frame_count=10, rate=templates.FrameRate(25), width=320, height=180, audio=False
    )
    inserted = put(bridge, "replace-this-clip", direction="Snow.", look=picture, clip=clip)
    canvas = canvas_of(bridge, inserted)

    def pinned(slot: str) -> Take:
        return canvas.takes[canvas.nodes[inserted.nodes[slot]].pin or TakeId("")]

    assert read_text(bridge, pinned("direction"), "text") == "Snow."
    assert pinned("look").outputs["image"].facts == {"width": 1280, "height": 720, "name": "me.png"}
    facts = pinned("clip").outputs["video"].facts
    assert (facts["frame_count"], facts["rate"], facts["width"], facts["audio"]) == (10, "25", 320, False)
    assert clip.exists()


def test_slots_take_what_the_store_has(bridge: Bridge, tmp_path: Path) -> None:
    picture = tmp_path / "me.png"
    picture.write_bytes(placeholder("ME", "location"))
    content = bridge.blobs.add_foreign(picture).hash
    inserted = put(bridge, "replace-this-clip", look=Stored(content, "Look.png"))
    canvas = canvas_of(bridge, inserted)
    output = canvas.takes[canvas.nodes[inserted.nodes["look"]].pin or TakeId("")].outputs["image"]
    assert output.content == content and output.facts == {"width": 1280, "height": 720, "name": "Look.png"}
    before = len(bridge.desk.titles())
    with pytest.raises(MediaError, match=r"“Look\.png” is not a clip"):
        put(bridge, "replace-this-clip", clip=Stored(content, "Look.png"))
    with pytest.raises(BlobMissingError):
        put(bridge, "replace-this-clip", look=Stored(BlobHash("b3:" + "0" * 64), "Look.png"))
    with pytest.raises(InvalidParamError, match="words"):
        put(bridge, "replace-this-clip", direction=Stored(content, "Look.png"))
    assert len(bridge.desk.titles()) == before


def test_a_template_goes_below_what_is_there_as_one_edit(bridge: Bridge) -> None:
    first = put(bridge, "stills-to-animatic")
    before = canvas_of(bridge, first)
    second = insert_template(bridge, first.canvas_id, "stills-to-animatic", author="ann")
    after = canvas_of(bridge, second)
    lowest = max(node.y for node in before.nodes.values())
    assert all(after.nodes[node].y > lowest for node in second.nodes.values())
    assert bridge.desk.undo(first.canvas_id, author="ann").canvas.nodes == before.nodes


def test_a_script_with_fewer_shots_says_what_waits(bridge: Bridge) -> None:
    inserted = put(bridge, "stills-to-animatic", script="## A\n### One\n### Two")
    assert len(inserted.notes) == 8  # four stills, and their four captions on the board
    assert any("shot.s02a" in note for note in inserted.notes)
    assert not any("shot.s01b" in note for note in inserted.notes)


@pytest.mark.parametrize(
    ("inputs", "error", "word"),
    [
        ({"hat": "red"}, InvalidParamError, "hat"),
        ({"script": Path("/tmp/x.txt")}, InvalidParamError, "words"),
        ({"hero": "a red hat"}, InvalidParamError, "takes a file"),
        ({"script": "Fade in."}, InvalidParamError, "Line 1"),
        ({"hero": Path(__file__)}, MediaError, "test_templates"),
    ],
)
def test_what_does_not_fit_a_slot_makes_no_canvas(
    bridge: Bridge, inputs: dict[str, Any], error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        insert_template(bridge, None, "stills-to-animatic", inputs, author="ann")
    assert bridge.desk.titles() == {}


def test_a_clip_is_no_picture_and_a_picture_no_clip(bridge: Bridge, tmp_path: Path) -> None:
    picture = tmp_path / "me.png"
    picture.write_bytes(placeholder("ME", "product"))
    with pytest.raises(MediaError, match="not a clip"):
        put(bridge, "replace-this-clip", clip=picture)
    assert bridge.desk.titles() == {}


def test_a_full_drive_makes_no_canvas(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DiskFullError("The drive is full.")

    monkeypatch.setattr(BlobStore, "add_bytes", full)
    with pytest.raises(DiskFullError):
        put(bridge, "brand-video")
    assert bridge.desk.titles() == {}


def test_an_unknown_canvas_takes_no_template(bridge: Bridge) -> None:
    with pytest.raises(NotFoundError):
        insert_template(bridge, CanvasId("none"), "brand-video", author="ann")


def test_nothing_a_template_brings_starts_by_itself(bridge: Bridge) -> None:
    inserted = put(bridge, "brand-video")
    canvas = canvas_of(bridge, inserted)
    assert {node.policy for node in canvas.nodes.values()} == {"manual"}
    assert {take.job_id for take in canvas.takes.values()} == {None}
    # It is an ordinary canvas afterwards.
    node = NodeId(inserted.nodes["music"])
    bridge.desk.apply(inserted.canvas_id, [SetParam(node=node, name="tempo_bpm", value=120)], author="ann")


# --- placeholders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "size", "cut_out"),
    [
        ("character", (720, 960), True),
        ("product", (1500, 720), True),
        ("card", (1280, 720), False),
        ("location", (1280, 720), False),
    ],
)
def test_a_placeholder_is_a_still_and_always_the_same(
    tmp_path: Path, role: str, size: tuple[int, int], cut_out: bool
) -> None:
    data = placeholder("MARA", role)
    assert placeholder("MARA", role) == data
    assert placeholder("INES", role) != data
    path = tmp_path / "card.png"
    path.write_bytes(data)
    info = probe(path)
    assert info.is_still
    assert (info.width, info.height) == size
    assert ("a" in info.pixel_format) is cut_out


def test_the_files_say_what_the_loader_reads() -> None:
    folder = Path(templates.__file__).with_name("templates")
    for name in NAMES:
        document = json.loads((folder / f"{name}.json").read_text("utf-8"))
        assert document["name"] == name
        assert load_template(name).graph.title == document["title"] == load_template(name).title
