"""The typed client against the whole bridge: every method, its answer and its errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from tests.support.canvases import add, wire

from takebridge.canvas.ops import MoveNode
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.errors import InvalidParamError, NotFoundError, UnknownNodeError
from takebridge.ids import CanvasId, JobId, NodeId

PANEL = NodeId("panel")


@pytest.fixture
def api(client: BridgeClient) -> Api:
    return Api(client)


def test_the_status_says_what_is_running(api: Api) -> None:
    status = api.status()
    assert status.version and status.home and "local" in status.providers
    assert not status.hosts


def test_canvases_are_made_listed_and_read(api: Api) -> None:
    made = api.create_canvas("Spring campaign")
    assert (made.rev, made.canvas.title, made.states) == (0, "Spring campaign", {})
    assert api.canvases()[made.canvas.id] == "Spring campaign"
    assert api.canvas(made.canvas.id) == made
    with pytest.raises(NotFoundError):
        api.canvas(CanvasId("ghost"))


def test_ops_change_a_canvas_and_are_replayed(api: Api) -> None:
    made = api.create_canvas("Ops")
    done = api.apply(made.canvas.id, [add("previz", "panel", prompt="Dawn"), MoveNode(node=PANEL, x=1, y=2)])
    assert done.rev == 2 and done.states[PANEL] is not None
    page = api.ops_since(made.canvas.id, made.epoch, 0)
    assert page.complete and [item.op.op for item in page.ops] == ["add_node", "move_node"]
    assert {item.author for item in page.ops} == {"editor"}
    assert not api.ops_since(made.canvas.id, "another epoch", 0).complete
    with pytest.raises(InvalidParamError):
        api.apply(made.canvas.id, [add("previz", "other", no_such_parameter=1)])
    with pytest.raises(UnknownNodeError):
        api.why(made.canvas.id, NodeId("ghost"))


def test_a_reference_a_job_and_its_take(api: Api, tmp_path: Path) -> None:
    still = tmp_path / "still.png"
    Image.new("RGB", (64, 36), "teal").save(still)
    canvas = api.create_canvas("Job").canvas.id
    api.apply(canvas, [add("previz", "panel", prompt="Dawn")])
    reference = api.add_reference(canvas, still, feeds=PANEL)
    assert reference in api.canvas(canvas).canvas.nodes
    tray = api.tray(canvas, reference)
    assert [take.id for take in tray.takes] == [tray.pin]
    job = api.generate(canvas, PANEL)
    assert (job.canvas, job.node) == (canvas, PANEL)
    assert job.job in [found.job for found in api.jobs(canvas)]
    assert api.job(job.job).job == job.job
    api.cancel(job.job)
    with pytest.raises(NotFoundError):
        api.job(JobId("ghost"))


def test_words_are_kept_as_takes(api: Api) -> None:
    canvas = api.create_canvas("Words").canvas.id
    api.apply(canvas, [add("brief", "brief"), add("script", "script"), wire("brief.text", "script.brief")])
    take = api.write(canvas, NodeId("brief"), "A quiet film about tea.")
    assert api.text(canvas, take.id).text == "A quiet film about tea."
    assert api.tray(canvas, NodeId("brief")).pin == take.id
    assert api.orphans(canvas) == []
