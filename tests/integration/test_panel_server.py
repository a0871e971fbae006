"""A panel's calls over HTTP: a real server, the real agent in the emulator, the typed client."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from tests.support.trip import START, Trip, card, clip, editor, running_server, spec

from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.client.panel_types import FillRequest, PutRequest
from takebridge.errors import BlobMissingError, HostOfflineError, MediaError, NotFoundError, UsageError
from takebridge.ids import BlobHash, CanvasId, TakeId
from takebridge.media.probe import probe
from takebridge.media.reader import read_frames
from takebridge.media.testcard import frame_numbers, read_frame_number
from takebridge_server.token_file import BridgeAddress

FRAMES = 24


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("panel") / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[BridgeClient]:
    with running_server(home) as found:
        yield found


@pytest.fixture(scope="module")
def trip(client: BridgeClient, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trip]:
    """Shots at 0–24 and 48–72, a gap between them; shot 1 is on the canvas."""
    folder = tmp_path_factory.mktemp("editor")
    film = card(folder / "camera.mp4", 120)
    clips = [clip(film), clip(film, timeline_start=2 * FRAMES, source_start=60)]
    with ExitStack() as stack:
        made = stack.enter_context(editor(client, home, folder, spec(clips, marks=[FRAMES, 2 * FRAMES - 1])))
        made.push()
        yield made


@pytest.fixture
def api(client: BridgeClient, trip: Trip) -> Api:
    return Api(client)


def number(data: bytes) -> int:
    return read_frame_number(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))[1]


def test_spot_look_park_and_frame(api: Api, trip: Trip) -> None:
    here = api.spot()
    assert (here.record_frame, here.timecode) == (START + 10, "01:00:00:10")
    seen = api.look("playhead")
    assert (seen.session, [one.clip for one in seen.clips]) == (here.session, [here.clip])
    (first,) = seen.clips
    assert [(link.canvas_id, link.shot) for link in first.links] == [(trip.canvas, "SH010")]
    assert number(api.clip_frame(here.session, here.clip, START + 5, width=200)) == 25
    assert api.park(START + 3, timeline_id=here.timeline_id).record_frame == START + 3
    assert api.spot(fresh=False).record_frame == START + 3


def test_frames_of_clips_nobody_looked_at_are_not_shown(api: Api) -> None:
    session = api.spot().session
    with pytest.raises(NotFoundError):
        api.clip_frame(session, "/etc/passwd", START)
    with pytest.raises(HostOfflineError):
        api.clip_frame("another session", "clip", START)


def test_the_links_and_the_push_of_a_canvas_are_typed(api: Api, trip: Trip) -> None:
    canvas = CanvasId(trip.canvas)
    (again,) = api.push(canvas, process=())
    assert (again.repeated, again.link) == (True, api.links(canvas)[0])


def test_previews_of_a_pushed_take(api: Api, trip: Trip, tmp_path: Path) -> None:
    source = api.links(CanvasId(trip.canvas))[0].source_take_id
    output = api.canvas(CanvasId(trip.canvas)).canvas.takes[TakeId(source)].outputs["video"]
    with Image.open(io.BytesIO(api.poster(output.content))) as poster:
        assert (poster.format, poster.size) == ("JPEG", (320, 180))
    sheet, cells = api.sprite(output.content)
    count = int(output.facts["frame_count"])
    assert (cells.count, cells.columns, cells.width, cells.height) == (min(48, count), 8, 160, 90)
    with Image.open(io.BytesIO(sheet)) as picture:
        assert picture.size == (8 * 160, -(-cells.count // 8) * 90)
    proxy = api.proxy(output.content, tmp_path / "new" / "take.mp4")
    assert (probe(proxy).frame_count, str(probe(proxy).rate)) == (count, output.facts["rate"])
    first = 20 - 12  # the clip begins on frame 20, its take twelve frames earlier
    assert frame_numbers(read_frames(proxy)) == list(range(first, first + count))


def test_previews_may_be_kept_for_ever_and_read_in_ranges(client: BridgeClient, api: Api, trip: Trip) -> None:
    source = api.links(CanvasId(trip.canvas))[0].source_take_id
    content = api.canvas(CanvasId(trip.canvas)).canvas.takes[TakeId(source)].outputs["video"].content
    address: BridgeAddress = client.address
    headers = {"Authorization": f"Bearer {address.token}"}
    for kind, media_type in (("poster", "image/jpeg"), ("sprite", "image/jpeg"), ("proxy", "video/mp4")):
        part = httpx.get(f"{address.url}/api/media/{content}/{kind}", headers={**headers, "Range": "bytes=0-9"})
        assert (part.status_code, len(part.content), part.headers["content-type"]) == (206, 10, media_type)
        assert "immutable" in part.headers["cache-control"]


def test_media_without_a_preview_say_so(api: Api, trip: Trip, tmp_path: Path) -> None:
    with pytest.raises(BlobMissingError):
        api.poster(BlobHash("b3:" + "0" * 64))
    still = tmp_path / "still.png"
    Image.new("RGB", (64, 64), (9, 90, 9)).save(still)
    node = api.add_reference(CanvasId(trip.canvas), still)
    (take,) = api.tray(CanvasId(trip.canvas), node).takes
    content = take.outputs["image"].content
    with Image.open(io.BytesIO(api.poster(content))) as poster:
        assert poster.size == (64, 64)
    for call in (api.sprite, lambda one: api.proxy(one, tmp_path / "none.mp4")):
        with pytest.raises(MediaError):
            call(content)
    assert not (tmp_path / "none.mp4").exists()


def test_a_gap_is_found_filled_generated_and_put(api: Api, trip: Trip) -> None:
    canvas = CanvasId(trip.canvas)
    (marked,) = [gap for gap in api.gaps("marks") if gap.track_index == 1]
    (between,) = api.gaps("gaps")
    assert marked == between
    assert (between.start_record_frame, between.end_record_frame) == (START + FRAMES, START + 2 * FRAMES)
    asked = FillRequest(
        canvas_id=canvas,
        track_index=1,
        start_record_frame=between.start_record_frame,
        end_record_frame=between.end_record_frame,
        prompt="She turns.",
    )
    made = api.fill(asked)
    assert set(made.nodes) == {"video", "first_frame", "last_frame"}
    job = trip.generate(made.nodes["video"])  # for real: the model that ships makes a previz of the two frames
    assert job["state"] == "done"
    (done,) = api.put(PutRequest(canvas_id=canvas, links=(made.link_id,)))
    assert (done.shot, done.changed, done.error) == (made.shot, True, None)
    placed = sorted(trip.item(index)["start_record_frame"] - START for index in range(3))
    assert placed == [0, FRAMES, 2 * FRAMES]
    (again,) = api.put(PutRequest(canvas_id=canvas, links=(made.link_id,)))
    assert (again.changed, again.error) == (False, None)
    assert api.gaps("gaps") == []


def test_requests_that_make_no_sense_are_refused(api: Api, trip: Trip) -> None:
    asked = FillRequest(
        canvas_id=CanvasId(trip.canvas), track_index=7, start_record_frame=START, end_record_frame=START + 1
    )
    with pytest.raises(UsageError):
        api.fill(asked)
    with pytest.raises(NotFoundError):
        api.put(PutRequest(canvas_id=CanvasId("nowhere")))
