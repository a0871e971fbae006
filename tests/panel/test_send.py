"""What can be made of a clip, on which models, and what goes to the canvas: without a window or a bridge."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest

from takebridge.canvas.model import Canvas, Node, NodeKind, Port, Wire
from takebridge.canvas.op_types import AddNode, Connect, Disconnect, Op, RemoveNode
from takebridge.client.api import Api
from takebridge.client.panel_types import SeenLink
from takebridge.client.replies import TemplateInfo, TemplateSlot
from takebridge.errors import UsageError
from takebridge.ids import CanvasId, LinkId, NodeId, WireId
from takebridge.nodes.registry import load_kinds
from takebridge_resolve.panel.models import Model, fitting, makings, model_line, rough_price, usable
from takebridge_resolve.panel.sending import Wish, send

CANVAS = CanvasId("canvas_1")
SOURCE = NodeId("source")
KINDS = load_kinds().kinds
UPSCALE = next(one for one in makings(KINDS) if one.kind == "upscale")


def model(name: str, **more: Any) -> Model:
    plain = {"id": name, "title": name, "kind": "upscale", "inputs": [{"role": "source_video"}], "provider": "acme"}
    return Model.model_validate({**plain, **more})


# --- what takes a clip


def test_only_kinds_that_take_a_clip_alone_are_offered() -> None:
    found = {one.kind: one for one in makings(KINDS)}
    assert {"upscale", "video_edit", "previz", "video", "reframe"} <= set(found)
    assert found["upscale"].port == "source" and not found["upscale"].prompts
    assert found["video_edit"].prompts
    assert not {"image", "voice", "script", "source_clip", "note"} & set(found), "they take no picture that moves"
    assert not {"lip_sync", "nle_export"} & set(found), "they need more than a clip, or several"


def test_a_kind_without_a_model_is_not_offered() -> None:
    made = NodeKind(
        key="mirror",
        title="Mirror",
        category="deterministic",
        inputs=(Port(name="source", types=frozenset({"video"})),),
        outputs=(Port(name="video", types=frozenset({"video"})),),
    )
    assert makings({"mirror": made}) == []


def test_models_that_fit_come_free_ones_first() -> None:
    price = {"low_micros": 100_000, "high_micros": 100_000}
    models = [
        model("dear", price=price),
        model("unknown"),
        model("local", local=True, price={"low_micros": 0, "high_micros": 0}),
        model("retired", lifecycle="retired"),
        model("other", kind="video"),
        model("stills", inputs=[{"role": "source_image"}]),
        model("short", inputs=[{"role": "clip", "max_frames": 10}]),
        model("small", inputs=[{"role": "clip", "max_pixels": 1000}]),
    ]
    found = fitting(models, KINDS["upscale"], pixels=1920 * 1080, frames=80)
    assert [one.id for one in found] == ["local", "dear", "unknown"]


def test_a_model_says_price_and_lifecycle() -> None:
    price = {"low_micros": 100_000, "high_micros": 100_000}
    line = model_line(model("Astra", price=price, price_per="second", lifecycle="retiring"))
    assert line == "$0.10 a second · Astra · acme · retiring soon"
    assert model_line(model("Astra")).startswith("Price unknown · ")


@pytest.mark.parametrize(
    "more, said",
    [
        ({"price": {"low_micros": 100_000, "high_micros": 200_000}, "price_per": "second"}, "$0.40 – $0.80"),
        ({"price": {"low_micros": 500_000, "high_micros": 500_000}}, "~$0.50"),
        ({}, "Price unknown"),
        (
            {"price": {"low_micros": 0, "high_micros": 0}, "local": True, "seconds_low": 40, "seconds_high": 40},
            "Free, on this computer, about 40 s",
        ),
    ],
)
def test_a_rough_price_counts_the_seconds_of_the_clip(more: dict[str, Any], said: str) -> None:
    assert rough_price(model("m", **more), 100, Fraction(25)) == said


# --- what goes to the canvas


class Script:
    """An Api that keeps what it was told."""

    def __init__(self, *nodes: Node, wires: tuple[Wire, ...] = ()) -> None:
        self.nodes = {node.id: node for node in (Node(id=SOURCE, kind="source_clip", title="SH010"), *nodes)}
        self.wires = {wire.id: wire for wire in wires}
        self.pushed: list[dict[str, Any]] = []
        self.inserted: list[tuple[str, dict[str, str]]] = []
        self.ops: list[Op] = []

    def canvas(self, canvas_id: CanvasId) -> Any:
        return SimpleNamespace(canvas=Canvas(id=canvas_id, nodes=self.nodes, wires=self.wires))

    def create_canvas(self, title: str) -> Any:
        return SimpleNamespace(canvas=Canvas(id=CanvasId("canvas_new"), title=title))

    def push(self, canvas_id: CanvasId, mode: str, **more: Any) -> Any:
        self.pushed.append({"canvas": canvas_id, "mode": mode, **more})
        return [SimpleNamespace(link=SimpleNamespace(node_id=SOURCE, shot="SH010"), notes=("12 handles.",))]

    def apply(self, canvas_id: CanvasId, ops: list[Op]) -> None:
        self.ops += ops

    def insert_template(self, name: str, *, canvas_id: CanvasId, inputs: dict[str, str]) -> Any:
        self.inserted.append((name, inputs))
        return SimpleNamespace(nodes={"clip": NodeId("stand_in"), "edit": NodeId("edit")}, notes=())


def wish(**changes: Any) -> Wish:
    plain = {
        "canvas_id": CANVAS,
        "mode": "playhead",
        "link": None,
        "shot": "",
        "making": UPSCALE,
        "template": None,
        "model": "local/span-x2",
        "prompt": "",
        "handles": None,
    }
    return Wish(**{**plain, **changes})


def sent(script: Script, asked: Wish) -> Any:
    return send(cast(Api, script), asked)


def test_a_new_clip_is_pushed_alone_and_gets_the_chosen_node() -> None:
    script = Script()
    found = sent(script, wish(handles=24))
    assert script.pushed == [{"canvas": CANVAS, "mode": "playhead", "process": (), "handles": 24}]
    node, wire = script.ops
    assert isinstance(node, AddNode) and isinstance(wire, Connect)
    assert (node.kind, node.model, node.title) == ("upscale", "local/span-x2", "SH010 upscale")
    assert (wire.src_node, wire.dst_node, wire.dst_port) == (SOURCE, node.id, "source")
    assert found.nodes == (node.id,) and found.notes == ("12 handles.",)


def test_a_clip_that_is_there_already_is_not_pushed_again() -> None:
    script = Script()
    link = SeenLink(link_id=LinkId("l"), canvas_id=CANVAS, shot="SH010", source_node=SOURCE, node=SOURCE)
    sent(script, wish(link=link, shot="SH010"))
    assert script.pushed == [] and len(script.ops) == 2


def test_without_a_canvas_one_is_made() -> None:
    assert sent(Script(), wish(canvas_id=None)).canvas_id == "canvas_new"


def test_a_new_node_lies_on_no_other() -> None:
    taken = Node(id=NodeId("n1"), kind="upscale", title="SH010 upscale", x=320, y=0)
    script = Script(taken)
    sent(script, wish())
    node = script.ops[0]
    assert isinstance(node, AddNode) and (node.x, node.y) == (320, 240)


def test_words_go_to_kinds_that_have_a_prompt() -> None:
    script = Script()
    edit = next(one for one in makings(KINDS) if one.kind == "video_edit")
    sent(script, wish(making=edit, prompt="rain"))
    plain = Script()
    sent(plain, wish(prompt="rain"))
    assert [cast(AddNode, one.ops[0]).params for one in (script, plain)] == [{"prompt": "rain"}, {}]


def test_the_pushed_clip_takes_the_place_of_a_templates_own() -> None:
    fed = Wire(
        id=WireId("w"), src_node=NodeId("stand_in"), src_port="video", dst_node=NodeId("edit"), dst_port="source"
    )
    nodes = [Node(id=NodeId("stand_in"), kind="source_clip"), Node(id=NodeId("edit"), kind="video_edit")]
    script = Script(*nodes, wires=(fed,))
    slots = (
        TemplateSlot(name="clip", kind="clip", title="Clip"),
        TemplateSlot(name="words", kind="text", title="Words"),
    )
    template = TemplateInfo(name="replace-this-clip", title="Replace this clip", about="", slots=slots)
    found = sent(script, wish(making=None, template=template, prompt="rain"))
    assert script.inserted == [("replace-this-clip", {"words": "rain"})]
    cut, joined, gone = script.ops
    assert isinstance(cut, Disconnect) and cut.wire == "w"
    assert isinstance(joined, Connect) and (joined.src_node, joined.dst_node) == (SOURCE, "edit")
    assert isinstance(gone, RemoveNode) and gone.node == "stand_in"
    assert found.nodes == ("edit",)


def test_nothing_chosen_is_refused() -> None:
    with pytest.raises(UsageError, match="Nothing was chosen"):
        sent(Script(), wish(making=None))


def test_models_of_providers_that_cannot_work_now_are_not_offered() -> None:
    models = [model(name, provider=provider) for name, provider in (("a", "able"), ("b", "keyless"), ("c", "new"))]
    providers = {"able": {"ready": True}, "keyless": {"ready": False, "message": "There is no key for it."}}
    assert [one.id for one in usable(models, providers)] == ["a", "c"]
