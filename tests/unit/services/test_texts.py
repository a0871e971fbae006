"""Texts people write: one take a version, part by part for a script, fresh, and never over somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.canvases import add, wire
from tests.support.desks import desk_bridge

from takebridge.canvas.model import Output, Take
from takebridge.canvas.ops import AddTake, Connect, Pin
from takebridge.canvas.state import Status
from takebridge.errors import InvalidParamError, MediaError, PreconditionError, UnknownNodeError, UnknownTakeError
from takebridge.ids import CanvasId, NodeId, TakeId, WireId
from takebridge.services.bridge import Bridge
from takebridge.services.texts import MAX_TEXT_BYTES, read_text, save_text

BRIEF, SCRIPT, STILL_A, STILL_B, LOOK, SHOTS = (NodeId(name) for name in ("brief", "script", "a", "b", "look", "shots"))
TEXT = "## KITCHEN\n### Wide\nAnna waits.\n> ANNA: Hello.\n\n## STREET\n### Close\nRain."


@pytest.fixture
def bridge(tmp_path: Path) -> Bridge:
    return desk_bridge(tmp_path)


@pytest.fixture
def canvas(bridge: Bridge) -> CanvasId:
    canvas_id = bridge.desk.create("Film").canvas.id
    ops = [
        add("brief", "brief"),
        add("script", "script"),
        add("image", "a"),
        add("image", "b"),
        add("reference", "look"),
        add("breakdown", "shots"),
        wire("brief.text", "script.brief"),
        part("shot.s01a", STILL_A),
        part("shot.s02a", STILL_B),
    ]
    bridge.desk.apply(canvas_id, ops, author="a")
    return canvas_id


def part(port: str, target: NodeId) -> Connect:
    """Feed a part of the script into a still."""
    return Connect(id=WireId(port), src_node=SCRIPT, src_port=port, dst_node=target, dst_port="direction")


def save(bridge: Bridge, canvas: CanvasId, node: NodeId, text: str, seen: TakeId | None = None) -> Take:
    return save_text(bridge, canvas, node, text, author="ann", seen=seen)


def status(bridge: Bridge, canvas: CanvasId, node: NodeId) -> Status:
    return bridge.desk.view(canvas).states[node].status


def test_a_brief_is_one_text_of_one_take(bridge: Bridge, canvas: CanvasId) -> None:
    take = save(bridge, canvas, BRIEF, "Sell  the lamp. \r\nGently.\n")
    assert read_text(bridge, take, "text") == "Sell  the lamp.\nGently."
    assert (take.origin, take.seq, take.author, take.recipe) == ("manual", 1, "ann", None)
    assert take.outputs["text"].facts == {"characters": 23, "words": 4}
    assert bridge.desk.view(canvas).canvas.nodes[BRIEF].pin == take.id
    assert status(bridge, canvas, BRIEF) is Status.FRESH


def test_the_same_text_again_makes_no_take(bridge: Bridge, canvas: CanvasId) -> None:
    first = save(bridge, canvas, BRIEF, "Sell the lamp.")
    rev = bridge.desk.view(canvas).rev
    assert save(bridge, canvas, BRIEF, "Sell the lamp.  \n") == first
    assert bridge.desk.view(canvas).rev == rev
    assert save(bridge, canvas, BRIEF, "Sell it.").seq == 2


def test_a_script_has_ids_and_a_content_for_each_part(bridge: Bridge, canvas: CanvasId) -> None:
    save(bridge, canvas, BRIEF, "Sell the lamp.")
    take = save(bridge, canvas, SCRIPT, TEXT)
    assert list(take.outputs) == ["script", "scene.s01", "shot.s01a", "line.s01a1", "scene.s02", "shot.s02a"]
    assert read_text(bridge, take, "script").startswith("## [s01] KITCHEN\n### [s01a] Wide")
    assert read_text(bridge, take, "line.s01a1") == "ANNA: Hello."
    assert status(bridge, canvas, SCRIPT) is Status.FRESH
    assert take.recipe is not None
    assert [item.port for item in take.recipe.inputs] == ["brief"]


def test_an_edit_of_one_scene_makes_only_what_hangs_on_it_stale(bridge: Bridge, canvas: CanvasId) -> None:
    first = save(bridge, canvas, SCRIPT, TEXT)
    before = {node: bridge.desk.view(canvas).states[node].expected_fp for node in (STILL_A, STILL_B)}
    second = save(bridge, canvas, SCRIPT, TEXT.replace("Rain.", "Hail."))
    after = {node: bridge.desk.view(canvas).states[node].expected_fp for node in (STILL_A, STILL_B)}
    assert after[STILL_A] == before[STILL_A]
    assert after[STILL_B] != before[STILL_B]
    changed = {port for port in first.outputs if first.outputs[port].content != second.outputs[port].content}
    assert changed == {"script", "scene.s02", "shot.s02a"}


def test_ids_of_removed_parts_are_not_given_again(bridge: Bridge, canvas: CanvasId) -> None:
    save(bridge, canvas, SCRIPT, TEXT)
    save(bridge, canvas, SCRIPT, TEXT.partition("\n\n")[0])
    third = save(bridge, canvas, SCRIPT, TEXT.partition("\n\n")[0] + "\n\n## ATTIC\n### Dust")
    assert "scene.s03" in third.outputs
    assert "scene.s02" not in third.outputs


def test_a_reference_keeps_its_picture_when_its_words_change(bridge: Bridge, canvas: CanvasId) -> None:
    blob = bridge.blobs.add_bytes(b"picture", ".png")
    take = Take(id=TakeId("t"), node_id=LOOK, seq=1, origin="imported", outputs={"image": Output(content=blob.hash)})
    bridge.desk.apply(canvas, [AddTake(take=take), Pin(node=LOOK, take=take.id, expected=None)], author="a")
    styled = save(bridge, canvas, LOOK, "Brass #e0a84c")
    assert styled.outputs["image"] == take.outputs["image"]
    assert read_text(bridge, styled, "style") == "Brass #e0a84c"


def test_a_text_saved_meanwhile_is_not_replaced(bridge: Bridge, canvas: CanvasId) -> None:
    first = save(bridge, canvas, BRIEF, "One.")
    second = save(bridge, canvas, BRIEF, "Two.", seen=first.id)
    rev = bridge.desk.view(canvas).rev
    with pytest.raises(PreconditionError) as caught:
        save(bridge, canvas, BRIEF, "Three.", seen=first.id)
    assert caught.value.details["take"] == second.id
    assert bridge.desk.view(canvas).rev == rev


@pytest.mark.parametrize(
    ("node", "text", "error", "word"),
    [
        (BRIEF, "x" * (MAX_TEXT_BYTES + 1), InvalidParamError, "1,000,000"),
        (BRIEF, "x" * 5_000_000, InvalidParamError, "1,000,000"),
        (BRIEF, "é" * (MAX_TEXT_BYTES // 2 + 1), InvalidParamError, "1,000,000"),
        (BRIEF, " \n\t\n", InvalidParamError, "no text"),
        (BRIEF, "a\0b", InvalidParamError, "store"),
        (SCRIPT, "Fade in.", InvalidParamError, "Line 1"),
        (STILL_A, "Anna.", InvalidParamError, "no text of their own"),
        (SCRIPT, f"## {'x' * 1001}\n### Wide", InvalidParamError, "Line 1.*longer than 1,000"),
        (SCRIPT, f"## KITCHEN\n### {'x' * 1001}", InvalidParamError, "Line 2.*longer than 1,000"),
        (SHOTS, "## KITCHEN\n### Wide", InvalidParamError, "no text of their own"),
        (NodeId("none"), "Anna.", UnknownNodeError, "none"),
    ],
)
def test_what_cannot_be_saved_changes_nothing(
    bridge: Bridge, canvas: CanvasId, node: NodeId, text: str, error: type[Exception], word: str
) -> None:
    before = bridge.desk.view(canvas)
    with pytest.raises(error, match=word):
        save(bridge, canvas, node, text)
    assert bridge.desk.view(canvas) == before


def test_a_text_of_exactly_the_largest_size_is_kept(bridge: Bridge, canvas: CanvasId) -> None:
    take = save(bridge, canvas, BRIEF, "x" * MAX_TEXT_BYTES)
    assert len(read_text(bridge, take, "text")) == MAX_TEXT_BYTES


def test_reading_what_is_not_there_or_no_text_says_so(bridge: Bridge, canvas: CanvasId) -> None:
    take = save(bridge, canvas, BRIEF, "One.")
    with pytest.raises(UnknownTakeError, match=r"shot\.s01a"):
        read_text(bridge, take, "shot.s01a")
    picture = bridge.blobs.add_bytes(b"\x89PNG\xff", ".png")
    odd = take.model_copy(update={"outputs": {"text": Output(content=picture.hash)}})
    with pytest.raises(MediaError, match="no text"):
        read_text(bridge, odd, "text")


def test_bytes_enter_the_store_once_and_read_only(bridge: Bridge) -> None:
    first, again = (bridge.blobs.add_bytes(b"words", ".txt") for _ in range(2))
    assert (first.how, again.how) == ("copy", "present")
    assert first.hash == again.hash
    assert first.path.read_bytes() == b"words"
    assert first.path.stat().st_mode & 0o777 == 0o444
    assert bridge.blobs.verify(first.hash)
    assert not list(bridge.layout.media.rglob("*.part"))


def test_a_heading_of_the_largest_size_is_kept(bridge: Bridge, canvas: CanvasId) -> None:
    take = save(bridge, canvas, BRIEF, "a brief") and save(bridge, canvas, SCRIPT, f"## {'x' * 1000}\n### Wide")
    assert read_text(bridge, take, "shot.s01a") == f"{'x' * 1000}\n\nWide"
