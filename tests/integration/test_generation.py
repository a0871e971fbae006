"""Generation through the real server, job engine and worker processes."""

from __future__ import annotations

import json
from pathlib import Path

import psutil
import pytest
from tests.integration.conftest import OpenEditor
from tests.support.trip import Trip, card, clip, editor, spec

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge.media.frames import read_frames
from takebridge.media.testcard import read_frame_number
from takebridge.store.data_folder import DataLayout
from takebridge.store.ledger import Ledger
from takebridge_server.demo.actors import Server, wait_for_agent
from takebridge_server.watch import live, watch_job


def workers_of(server: psutil.Process) -> list[psutil.Process]:
    """The server's living workers; a finished one it has not yet waited for does not count."""
    living = [child for child in server.children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in living if "local.worker" in " ".join(child.cmdline())]


def server_process(client: BridgeClient) -> psutil.Process:
    return psutil.Process(client.address.pid)


def until_frame(trip: Trip, job: str, frames: int) -> None:
    """Wait until the job has made some frames, by its own events."""
    with live(trip.client) as socket:
        for text in socket:
            event = json.loads(text)
            data = event.get("data", {})
            if data.get("job") == job and (data["done"] >= frames or data["state"] in ("done", "failed")):
                assert data["state"] == "running", data
                return


def test_an_upscaled_take_is_pinned_and_pulled_frame_exact(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4", frames=40), duration=6)], playhead="01:00:00:02"))
    pushed = trip.push(process=["upscale"], handles=2)
    done = trip.generate(pushed["nodes"]["upscale"])
    view = trip.client.get(f"/api/canvases/{trip.canvas}")
    take = view["canvas"]["takes"][done["take"]]
    assert view["canvas"]["nodes"][pushed["nodes"]["upscale"]]["pin"] == done["take"]
    assert view["states"][pushed["nodes"]["upscale"]]["status"] == "fresh"
    assert (take["outputs"]["video"]["facts"]["width"], take["previz"], take["cost_actual_micros"]) == (640, False, 0)
    report = trip.pull(pushed, done["take"])
    shown = [read_frame_number(p)[1] for p in read_frames(Path(report["path"]), report["head"], 6)]
    assert shown == list(range(20, 26)) and "_upscale_" in report["path"]


def test_the_same_recipe_under_way_is_not_started_twice(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    node = trip.push(process=["upscale"])["nodes"]["upscale"]
    body = {"canvas_id": trip.canvas, "node_id": node}
    first = trip.client.post("/api/jobs", body)
    second = trip.client.post("/api/jobs", body)
    assert first["job"] == second["job"]
    trip.client.post(f"/api/jobs/{first['job']}/cancel")
    assert watch_job(trip.client, first["job"], None)["state"] == "cancelled"


def test_cancel_ends_the_worker_and_leaves_no_take(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    node = trip.push(process=["upscale"])["nodes"]["upscale"]
    job = trip.client.post("/api/jobs", {"canvas_id": trip.canvas, "node_id": node})["job"]
    until_frame(trip, job, 1)
    assert workers_of(server_process(trip.client))
    trip.client.post(f"/api/jobs/{job}/cancel")
    ended = watch_job(trip.client, job, None)
    takes = trip.client.get(f"/api/canvases/{trip.canvas}")["canvas"]["takes"].values()
    assert ended["state"] == "cancelled" and not [take for take in takes if take["node_id"] == node]
    assert not workers_of(server_process(trip.client))


def test_a_node_without_input_is_refused_before_anything_is_spent(client: BridgeClient) -> None:
    canvas = client.post("/api/canvases", {"title": "empty"})["canvas"]["id"]
    add = {"op": "add_node", "id": "node_lonely", "kind": "upscale"}
    client.post(f"/api/canvases/{canvas}/ops", {"ops": [add]})
    with pytest.raises(BridgeError) as caught:
        client.post("/api/jobs", {"canvas_id": canvas, "node_id": "node_lonely"})
    assert caught.value.hint and client.get("/api/jobs", canvas_id=canvas) == []


def test_a_parameter_the_model_cannot_do_is_refused(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    node = trip.push(process=["upscale"])["nodes"]["upscale"]
    change = {"op": "set_param", "node": node, "name": "scale", "value": 4}
    trip.client.post(f"/api/canvases/{trip.canvas}/ops", {"ops": [change]})
    with pytest.raises(BridgeError) as caught:
        trip.client.post("/api/jobs", {"canvas_id": trip.canvas, "node_id": node})
    assert caught.value.code == "capability" and "scale" in caught.value.message


def test_sigkill_in_the_middle_finishes_the_job_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = card(tmp_path / "a.mp4")
    server = Server(home, tmp_path / "server.log")
    try:
        with BridgeClient(home) as client, editor(client, home, tmp_path, spec([clip(path)])) as trip:
            node = trip.push(process=["upscale"])["nodes"]["upscale"]
            job = client.post("/api/jobs", {"canvas_id": trip.canvas, "node_id": node})["job"]
            until_frame(trip, job, 2)
            orphans = workers_of(psutil.Process(server.pid))
            server.kill()
            psutil.wait_procs(orphans, timeout=20)
            assert not [worker for worker in orphans if worker.is_running()], "the worker outlived the server"
            server.end()
            server = Server(home, tmp_path / "server.log")
            with BridgeClient(home) as again:
                done = watch_job(again, job, None)
                wait_for_agent(again)
                takes = again.get(f"/api/canvases/{trip.canvas}")["canvas"]["takes"].values()
                assert (done["state"], done["starts"]) == ("done", 1)
                assert len([take for take in takes if take["job_id"] == job]) == 1
                trip.client = again
                link = again.get("/api/clips/links", canvas_id=trip.canvas)[0]
                assert trip.pull({"link": link}, done["take"])["changed"]
                trip.client = client
    finally:
        server.end()
    ledger = Ledger(DataLayout(home).ledger_db)
    assert [(entry.token, entry.state, entry.actual_micros) for entry in ledger.all()] == [(job, "settled", 0)]
    ledger.close()
