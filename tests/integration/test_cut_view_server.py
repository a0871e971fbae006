"""The cut view over HTTP: no editor, one that goes while it is read, one that is slow, one that is written in."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.support.resolve_person import Person, person
from tests.support.roundtrip_rig import camera, spec
from tests.support.server import PATIENCE, ScriptedAgent
from tests.support.whole_bridge import whole_bridge

from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.cut.trip_types import RoundTripRequest
from takebridge.errors import HostOfflineError, NotFoundError, from_wire
from takebridge.errors import StoreError as Unknown
from takebridge.ids import CanvasId


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Person]:
    with person(tmp_path) as found:
        found.start_bridge()
        yield found


def test_without_an_editor_the_answer_says_so_in_words(ann: Person) -> None:
    with BridgeClient(ann.home) as client:
        api = Api(client)
        canvas = api.create_canvas("Film").canvas.id
        for ask in (api.cut, api.cut_layers):
            with pytest.raises(HostOfflineError) as caught:
                ask(canvas)
            assert caught.value.hint
            with pytest.raises(HostOfflineError):
                ask(canvas, session="somebody")
            with pytest.raises(NotFoundError):
                ask(CanvasId("nothing"))
        assert api.cut_hosts() == []
        with pytest.raises(NotFoundError):
            api.roundtrip_of("nothing")


def test_an_editor_that_goes_while_it_is_read_is_offline_and_holds_up_nobody(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with whole_bridge(home) as server, server.client() as http, ThreadPoolExecutor(2) as threads:
        canvas = http.post("/api/canvases", json={"title": "Film"}).json()["canvas"]["id"]
        agent = ScriptedAgent(server.client())
        agent.hello()
        asked = [threads.submit(http.get, "/api/cut", params={"canvas": canvas}) for _ in range(2)]
        op = agent.poll().op
        assert op is not None
        assert (op.verb, op.args["marks"]) == ("timeline.snapshot", True)
        assert http.get("/api/canvases").json() == {canvas: "Film"}  # while the editor is at it
        (facts,) = http.get("/api/cut/hosts").json()
        assert (facts["state"], facts["meant"]) == ("busy", True)
        session = agent.session
        server.on_loop(lambda: server.shell.hub.leave(session, "gone"))
        answers = [one.result(PATIENCE) for one in asked]
        assert [one.status_code for one in answers] == [503, 503]
        error = from_wire(answers[0].json(), Unknown)
        assert isinstance(error, HostOfflineError)
        assert "has quit" in error.message
        agent.client.close()


def test_what_the_bridge_wrote_is_read_again(ann: Person, tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    ann.start_resolve(spec(camera(media, "25"), "25", 3))
    with BridgeClient(ann.home) as client:
        api = Api(client)
        canvas = api.create_canvas("Film").canvas.id
        first = api.cut(canvas)
        assert api.cut(canvas).reading == first.reading
        assert [(host.state, host.meant) for host in first.hosts] == [("ready", True)]
        body = {"canvas_id": canvas, "mode": "marks", "process": [], "handles": 6}
        pushed: list[dict[str, Any]] = client.post("/api/clips/push", body)
        put = {"link_id": pushed[0]["link"]["id"], "take_id": pushed[0]["link"]["source_take_id"]}
        client.post("/api/clips/pull", put)
        now = api.cut(canvas)
        assert now.reading != first.reading
        shown = [item for item in now.tracks[0].clips if item.kind == "clip"]
        assert [item.take for item in shown] == [put["take_id"], None, None]
        assert all(item.thumb for item in shown)
        frame = api.clip_frame(now.session, shown[0].key, shown[0].record_start)
        assert frame.startswith(b"\xff\xd8")
        layers = api.cut_layers(canvas)
        assert layers.reading == now.reading
        assert layers.canvas is not None
        assert api.roundtrip(RoundTripRequest(canvas_id=canvas)).decisions == []
        client.post(f"/api/hosts/{now.session}/stop", {})
        with pytest.raises(HostOfflineError):
            api.cut(canvas)
        kept = api.cut_layers(canvas)
        assert (kept.session, kept.editor, kept.timeline) == ("", None, layers.timeline)
        assert kept.base is not None
        assert [(item.name, item.record_start) for item in kept.base.tracks[0].clips] == [
            (item.name, item.record_start) for item in shown
        ]
        with pytest.raises(HostOfflineError):
            api.cut_layers(canvas, session=now.session)
