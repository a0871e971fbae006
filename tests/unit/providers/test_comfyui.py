"""A ComfyUI of one's own: what is posted, what is made of its answers, and how a run is watched."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from tests.support.remote_desk import Desk, desk_of

from takebridge.errors import CapabilityError, ProviderBusyError, ProviderKeyError, UnknownOutcomeError
from takebridge.providers.comfyui import watching
from takebridge.providers.comfyui.watching import Watch
from takebridge.providers.protocol import GenerationRequest, JobUpdate, MediaInput, RemoteJob
from takebridge.providers.remote.door import Door
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.testing.providers.comfyui import ComfyUIServer, event, preview
from takebridge.testing.providers.samples import clip, picture

VIDEO = {"avoid": "rain", "aspect": "auto", "resolution": "720p", "rate": "auto", "sound": False}


@pytest.fixture
def server() -> ComfyUIServer:
    return ComfyUIServer()


@pytest.fixture
def desk(tmp_path: Path, server: ComfyUIServer) -> Iterator[Desk]:
    with desk_of(tmp_path / "home", "comfyui", server) as found:
        yield found


def still(tmp_path: Path, role: str = "source_image") -> MediaInput:
    path = tmp_path / "still.png"
    path.write_bytes(picture("PNG"))
    return MediaInput.model_validate(
        {"role": role, "path": path, "content": "c", "media_type": "image", "width": 192, "height": 108}
    )


def edit(tmp_path: Path, token: str = "edit-0001", **more: object) -> GenerationRequest:
    return GenerationRequest.model_validate(
        {
            "token": token,
            "model": "comfyui/kontext-edit",
            "kind": "image_edit",
            "prompt": "Make it night.",
            "inputs": [still(tmp_path)],
            "params": {"aspect": "auto"},
            **more,
        }
    )


def film(tmp_path: Path, **more: object) -> GenerationRequest:
    return GenerationRequest.model_validate(
        {
            "token": "film-0001",
            "model": "comfyui/ltx-i2v",
            "kind": "video",
            "prompt": "She turns.",
            "inputs": [still(tmp_path, "start_frame")],
            "params": VIDEO,
            "duration_ms": 3_700,
            "seed": 99,
            **more,
        }
    )


def posted(desk: Desk) -> dict[str, dict[str, dict[str, object]]]:
    graph = desk.body("/prompt")["prompt"]
    assert isinstance(graph, dict)
    return graph


def forget(desk: Desk, token: str) -> None:
    """As if the answer had never been seen here."""
    (desk.home / "remote" / token / "job.json").unlink()


# --- what is posted -------------------------------------------------------------------------------------


def test_a_picture_becomes_a_clip_of_whole_steps(desk: Desk, tmp_path: Path) -> None:
    job = desk.submit(film(tmp_path))
    graph = posted(desk)
    assert (graph["3"]["inputs"]["text"], graph["4"]["inputs"]["text"]) == ("She turns.", "rain")
    assert graph["10"]["inputs"]["noise_seed"] == 99
    size = graph["6"]["inputs"]
    # 3.7 s at 24 fps are 88.8 frames, at least 89 = 11 x 8 + 1; 16:9 at 720 lines, in steps of 32.
    assert (size["length"], size["width"], size["height"]) == (89, 1280, 704)
    name = f"{hashlib.sha256(picture('PNG')).hexdigest()[:24]}.png"
    assert graph["5"]["inputs"]["image"] == f"takebridge/{name}"
    assert {port: path.suffix for port, path in desk.fetched(job, tmp_path / "into").items()} == {"video": ".mp4"}
    assert (tmp_path / "into" / "video.mp4").read_bytes() == clip()


def test_an_open_aspect_is_that_of_the_first_frame_and_a_chosen_one_is_kept(desk: Desk, tmp_path: Path) -> None:
    upright = still(tmp_path, "start_frame").model_copy(update={"width": 90, "height": 160})
    desk.submit(film(tmp_path, inputs=[upright], params={**VIDEO, "resolution": "480p"}))
    size = posted(desk)["6"]["inputs"]
    # 480 wide, 853.3 high: 27 steps of 32 are the nearest.
    assert (size["width"], size["height"]) == (480, 864)


def test_factors_are_whole_percents(desk: Desk, tmp_path: Path) -> None:
    desk.submit(edit(tmp_path, params={"aspect": "auto", "guidance_percent": 350, "steps": 8}))
    graph = posted(desk)
    assert (graph["9"]["inputs"]["guidance"], graph["11"]["inputs"]["steps"]) == (3.5, 8)


def test_a_parameter_out_of_its_range_is_refused_before_anything_is_sent(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(CapabilityError, match="from 1 and up to 60; 61 was asked for"):
        desk.submit(edit(tmp_path, params={"steps": 61}))
    assert not desk.sent("/prompt") + desk.sent("/upload/image")


def test_without_a_seed_each_token_has_one_of_its_own(desk: Desk, tmp_path: Path) -> None:
    first, second = desk.submit(edit(tmp_path)), desk.submit(edit(tmp_path, "edit-0002"))
    used = [json.loads(one.body)["prompt"]["11"]["inputs"]["seed"] for one in desk.sent("/prompt")]
    assert used[0] != used[1]
    assert [done(desk, job).seed_used for job in (first, second)] == used


def test_a_key_goes_along_and_is_no_part_of_the_graph(desk: Desk, tmp_path: Path) -> None:
    desk.submit(edit(tmp_path))
    (seen,) = desk.sent("/prompt")
    assert "extra_data" not in json.loads(seen.body)
    assert seen.headers["x-api-key"].encode() not in seen.body


def test_the_address_of_the_cloud_has_api_in_it_once(desk: Desk, tmp_path: Path) -> None:
    desk.url = f"{desk.url}/api"
    job = desk.submit(edit(tmp_path))
    assert done(desk, job).state == "done"
    assert {one.path.split("?")[0].split("/")[1] for one in desk.server.stage.seen} == {"api"}
    assert not any("/api/api" in one.path for one in desk.server.stage.seen)


# --- one run for a token --------------------------------------------------------------------------------


def done(desk: Desk, job: RemoteJob) -> JobUpdate:
    for _ in range(6):
        if (update := desk.poll(job)).state not in ("queued", "running"):
            return update
    raise AssertionError("it did not end")


def test_the_id_is_ours_and_the_same_token_runs_once(desk: Desk, tmp_path: Path) -> None:
    job = desk.submit(edit(tmp_path))
    assert str(uuid.UUID(job.id)) == job.id == desk.body("/prompt")["prompt_id"]
    forget(desk, "edit-0001")
    assert desk.submit(edit(tmp_path)) == job
    assert len(desk.sent("/prompt")) == 1


def test_a_run_whose_answer_was_lost_is_found(desk: Desk, tmp_path: Path) -> None:
    desk.server.stage.play("drop")
    with pytest.raises(UnknownOutcomeError):
        desk.submit(edit(tmp_path))
    found = desk.run(lambda provider: provider.find(edit(tmp_path)))
    assert found is not None
    assert done(desk, found).state == "done"
    assert len(desk.sent("/prompt")) == 1


def test_nothing_is_found_where_nothing_was_started(desk: Desk, tmp_path: Path) -> None:
    assert desk.run(lambda provider: provider.find(edit(tmp_path))) is None


def test_an_old_version_chooses_the_id_itself(desk: Desk, server: ComfyUIServer, tmp_path: Path) -> None:
    server.takes_ids = False
    job = desk.submit(edit(tmp_path))
    assert job.id != desk.body("/prompt")["prompt_id"]
    assert done(desk, job).state == "done"


# --- how a run ends -------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs_api", [True, False])
def test_a_run_is_queued_then_runs_then_is_done(
    desk: Desk, server: ComfyUIServer, tmp_path: Path, jobs_api: bool
) -> None:
    server.jobs_api = jobs_api
    job = desk.submit(edit(tmp_path))
    before = len(server.stage.seen)
    states = [desk.poll(job).state for _ in range(3)]
    assert states == ["queued", "running", "done"]
    asked = {one.path.split("/")[1] for one in server.stage.seen[before:] if one.method == "GET"}
    assert asked == ({"api"} if jobs_api else {"api", "history", "queue"})


@pytest.mark.parametrize("jobs_api", [True, False])
def test_an_error_names_the_node_and_keeps_the_traceback_out(
    desk: Desk, server: ComfyUIServer, tmp_path: Path, jobs_api: bool
) -> None:
    server.jobs_api = jobs_api
    server.stage.play("failed")
    update = done(desk, desk.submit(edit(tmp_path)))
    assert (update.state, update.error_code) == ("failed", "server")
    assert update.error_message.endswith("SamplerCustom: Allocation on device")
    assert "nodes.py" not in update.error_message


@pytest.mark.parametrize("jobs_api", [True, False])
def test_a_run_nobody_knows_is_lost(desk: Desk, server: ComfyUIServer, tmp_path: Path, jobs_api: bool) -> None:
    server.jobs_api = jobs_api
    server.stage.play("lost")
    assert desk.poll(desk.submit(edit(tmp_path))).state == "lost"


@pytest.mark.parametrize("jobs_api", [True, False])
def test_a_running_job_is_stopped(desk: Desk, server: ComfyUIServer, tmp_path: Path, jobs_api: bool) -> None:
    server.jobs_api = jobs_api
    server.stage.play("slow")
    job = desk.submit(edit(tmp_path))
    desk.poll(job)
    assert desk.poll(job).state == "running"
    desk.run(lambda provider: provider.cancel(job))
    assert desk.poll(job).state == "cancelled"
    assert server.interrupts == ([] if jobs_api else [job.id])


def test_to_the_first_jobs_api_an_interrupted_run_has_failed(desk: Desk, server: ComfyUIServer, tmp_path: Path) -> None:
    server.says_cancelled = False
    server.stage.play("slow")
    job = desk.submit(edit(tmp_path))
    desk.run(lambda provider: provider.cancel(job))
    assert desk.poll(job).state == "cancelled"


def test_what_could_not_run_of_a_graph_that_was_taken_is_told(
    desk: Desk, server: ComfyUIServer, tmp_path: Path
) -> None:
    fault = {"type": "value_not_in_list", "message": "Value not in list", "details": "vae_name: 'x'", "extra_info": {}}
    server.partial = {"3": {"errors": [fault], "dependent_outputs": ["13"], "class_type": "VAELoader"}}
    job = desk.submit(edit(tmp_path))
    update = done(desk, job.model_copy(update={"details": {**job.details, "outputs": '{"image": "12"}'}}))
    assert update.error_message.endswith("VAELoader 3: Value not in list: vae_name: 'x'")


def test_a_waiting_job_is_taken_from_the_queue_and_no_other_is_interrupted(
    desk: Desk, server: ComfyUIServer, tmp_path: Path
) -> None:
    server.jobs_api = False
    server.stage.play("slow", "slow")
    other, mine = desk.submit(edit(tmp_path)), desk.submit(edit(tmp_path, "edit-0002"))
    desk.poll(other)
    assert desk.poll(other).state == "running"
    desk.run(lambda provider: provider.cancel(mine))
    assert server.interrupts == []
    assert desk.poll(other).state == "running"


def test_a_node_that_left_nothing_behind_is_told(desk: Desk, tmp_path: Path) -> None:
    job = desk.submit(edit(tmp_path))
    elsewhere = job.model_copy(update={"details": {**job.details, "outputs": '{"image": "12"}'}})
    update = done(desk, elsewhere)
    assert (update.state, "node 12 left no image" in update.error_message) == ("failed", True)


def test_garbage_in_a_look_is_a_server_that_is_away(desk: Desk, tmp_path: Path) -> None:
    desk.server.stage.play("poll_garbage")
    job = desk.submit(edit(tmp_path))
    with pytest.raises(ProviderBusyError, match="unreadable"):
        desk.poll(job)
    assert done(desk, job).state == "done"


# --- refusals -------------------------------------------------------------------------------------------


def test_a_node_that_is_not_installed_is_named(desk: Desk, server: ComfyUIServer, tmp_path: Path) -> None:
    server.installed.discard("FluxGuidance")
    with pytest.raises(CapabilityError, match="“FluxGuidance” is not installed on this ComfyUI"):
        desk.submit(edit(tmp_path))
    assert server.stage.charged == 0


def test_a_model_file_that_is_not_there_is_named(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("takebridge.testing.providers.comfyui_nodes._MISSING_MODEL", "ae.safetensors")
    with pytest.raises(CapabilityError, match=r"VAELoader 3: Value not in list: vae_name: 'ae\.safetensors'"):
        desk.submit(edit(tmp_path))


def test_a_protected_server_wants_its_key(desk: Desk, server: ComfyUIServer, tmp_path: Path) -> None:
    server.protected = True
    with pytest.raises(ProviderKeyError):
        desk.run(lambda provider: provider.submit(edit(tmp_path)), key="another-key-1234")


def test_no_server_is_a_busy_provider_and_an_unready_one(tmp_path: Path) -> None:
    with desk_of(tmp_path / "home", "comfyui", ComfyUIServer()) as desk:
        pass
    status = desk.run(lambda provider: provider.check())
    assert (status.ready, "TAKEBRIDGE_COMFYUI_URL" in status.hint) == (False, True)


def test_the_check_names_version_and_memory(desk: Desk) -> None:
    status = desk.run(lambda provider: provider.check(), key="")
    assert (status.ready, status.message) == (True, "ComfyUI 0.4.0 answers on cuda:0, 20.0 GB free.")


# --- events ---------------------------------------------------------------------------------------------


def watched(desk: Desk, job: RemoteJob, wanted: int) -> list[int]:
    """Look until the run is as far as that, at most ten seconds; return all that was seen."""

    async def whole(provider: RemoteProvider) -> list[int]:
        seen: list[int] = []
        edge = time.monotonic() + 10
        while time.monotonic() < edge and (not seen or seen[-1] < wanted):
            seen.append((await provider.poll(job)).done)
            await asyncio.sleep(0.02)
        return seen

    return desk.run(whole)


def running(desk: Desk, tmp_path: Path) -> RemoteJob:
    desk.server.stage.play("slow")
    job = desk.submit(edit(tmp_path))
    desk.poll(job)
    return job


def test_progress_is_heard(desk: Desk, server: ComfyUIServer, tmp_path: Path) -> None:
    # One of 13 nodes was cached, one is at 5 of 10 steps: 1.5 of 13.
    assert watched(desk, running(desk, tmp_path), 11)[-1] == 11
    assert server.connections >= 1


def test_after_a_lost_connection_the_next_events_are_heard(desk: Desk, server: ComfyUIServer, tmp_path: Path) -> None:
    job = running(desk, tmp_path)
    half = event("progress", prompt_id=job.id, node="11", value=6, max=10)
    later = event("progress_state", prompt_id=job.id, nodes={"11": {"state": "finished"}, "12": {"state": "finished"}})
    server.frames = [[event("execution_cached", prompt_id=job.id, nodes=list("1234")), half, None], [None], [later]]
    begun = server.connections
    seen = watched(desk, job, 46)
    # 4 of 13; then 4.6 (35 %); at last 6 of 13 (46 %). It never falls.
    assert seen[-1] == 46
    assert seen == sorted(seen)
    assert server.connections - begun >= 3


def test_a_cached_run_ends_without_any_node_having_run(desk: Desk, server: ComfyUIServer, tmp_path: Path) -> None:
    job = desk.submit(edit(tmp_path))
    every = [str(number) for number in range(1, 14)]
    server.frames = [
        [event("execution_cached", prompt_id=job.id, nodes=every), event("execution_success", prompt_id=job.id)]
    ]
    desk.poll(job)
    assert desk.poll(job).state == "running"
    update = desk.poll(job)
    assert (update.state, len(update.artifacts)) == ("done", 1)


def test_frames_nobody_knows_and_events_of_others_change_nothing(
    desk: Desk, server: ComfyUIServer, tmp_path: Path
) -> None:
    job = running(desk, tmp_path)
    server.frames = [
        [
            preview(4),
            preview(77),
            b"",
            "no JSON",
            "[1]",
            event("crystools.monitor", cpu=3),
            event("progress", prompt_id="another", node="9", value=9, max=10),
            event("execution_success", prompt_id="another"),
            event("progress", prompt_id=job.id, node="9", value=3, max=0),
            event("executed", prompt_id=job.id, node="4"),
        ]
    ]
    assert watched(desk, job, 7)[-1] == 7  # 1 of 13


def test_a_server_without_a_socket_is_looked_at_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def closed(self: ComfyUIServer, line: object) -> None:
        await line.close()  # type: ignore[attr-defined]

    monkeypatch.setattr(ComfyUIServer, "_ws", closed)
    with desk_of(tmp_path / "home", "comfyui", ComfyUIServer()) as desk:
        job = desk.submit(edit(tmp_path))
        assert [desk.poll(job).state for _ in range(3)] == ["queued", "running", "done"]


def test_a_node_before_the_one_that_runs_has_finished() -> None:
    watch = Watch("p", 4)
    for node in ("1", "2", "3"):
        watch.hear({"type": "executing", "data": {"node": node, "prompt_id": "p"}})
    assert watch.percent == 50
    watch.hear({"type": "executing", "data": {"node": None, "prompt_id": "p"}})
    assert (watch.percent, watch.over) == (75, True)


def test_a_run_is_never_said_to_be_whole_before_history_says_so() -> None:
    watch = Watch("p", 1)
    watch.hear({"type": "executed", "data": {"node": "1"}})
    assert watch.percent == 99


def test_a_run_that_was_left_and_is_looked_at_again_is_heard_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def whole() -> None:
        heard = asyncio.Event()

        async def hear(door: object, watch: Watch, client: str) -> None:
            heard.set()
            watch.over = True

        monkeypatch.setattr(watching, "_hear", hear)
        monkeypatch.setattr(watching, "UNWATCHED", -1.0)
        watcher, door = watching.Watcher(), cast("Door", None)
        first = watcher.watch(door, "p", "c", 4)
        first.hear({"type": "executed", "data": {"node": "1"}})
        for _ in range(5):
            await asyncio.sleep(0)
        assert not heard.is_set(), "nobody looks, and it is listened to"
        monkeypatch.setattr(watching, "UNWATCHED", 90.0)
        again = watcher.watch(door, "p", "c", 4)
        await asyncio.wait_for(heard.wait(), 10)
        assert (again is first, again.percent) == (True, 25)

    asyncio.run(whole())
