"""Bad input on the way to a provider, in a whole bridge beside contract servers: a clear error with the next step and
nothing charged, or a job that waits and goes on by itself.
"""

from __future__ import annotations

import itertools
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from takebridge.canvas.ops import AddNode, Connect
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.client.replies import Job
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId, NodeId, WireId
from takebridge.media.ffmpeg import find_ffmpeg
from takebridge.media.testcard import render_test_clip
from takebridge.providers.catalog import load_file
from takebridge.providers.remote.keys import KeyChain
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.fal import FalServer
from takebridge.testing.providers.serving import serving
from takebridge.testing.providers.stage import Stage
from takebridge.testing.providers.vidu import ViduServer
from takebridge.timebase import FrameRate
from takebridge_server.demo.actors import Server

SEEDANCE, VEO_LITE, VIDU = "fal/seedance-2.0", "fal/veo-3.1-lite", "vidu/q3-pro"
DOLLARS = 9_000_000
PATIENCE = 30.0
catalog = cache(load_file)
ENDED = ("done", "failed", "cancelled", "unknown")
WORDS: dict[str, Any] = {"prompt": "A kite over the dunes", "duration_ms": 4000}


@dataclass
class Office:
    """A bridge, a canvas of it, and the servers that stand for fal and for a network that asks for a login first."""

    api: Api
    home: Path
    fal: FalServer
    down_port: int
    asked_to_log_in: list[str]
    start: Callable[[], Server]
    server: Server
    canvas: CanvasId = field(init=False)
    names: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.canvas = self.api.create_canvas("Film").canvas.id

    def key(self, provider: str, text: str | None) -> None:
        """Set a provider's key; None: there is none."""
        chain, facts = KeyChain(self.home), catalog(provider).facts
        if text is None:
            chain.remove(facts)
        else:
            chain.put(facts, text, "file")

    def node(self, model: str, kind: str = "video", **params: Any) -> NodeId:
        """A new node set to a model."""
        name = NodeId(f"n{next(self.names)}")
        given = {**(WORDS if kind == "video" else {"prompt": WORDS["prompt"]}), **params}
        self.api.apply(self.canvas, [AddNode(id=name, kind=kind, model=model, params=given)])
        return name

    def wire(self, source: NodeId, port: str, target: NodeId, into: str) -> None:
        """Wire two nodes."""
        ends = {"src_node": source, "src_port": port, "dst_node": target, "dst_port": into}
        self.api.apply(self.canvas, [Connect.model_validate({"id": WireId(f"w{next(self.names)}"), **ends})])

    def ask(self, node: NodeId) -> Job:
        """Ask for a take, with consent to pay."""
        return self.api.generate(self.canvas, node, max_micros=DOLLARS)

    def until(self, job: Job, met: Callable[[Job], bool]) -> Job:
        """Look at a job until ``met``."""
        edge = time.monotonic() + PATIENCE
        while not met(seen := self.api.job(job.job)):
            assert time.monotonic() < edge, f"it never came: {seen}"
        return seen

    def ended(self, job: Job) -> Job:
        """A job once it has ended."""
        return self.until(job, lambda seen: seen.state in ENDED)

    def refused(self, node: NodeId) -> BridgeError:
        """The error of asking for a take; no job is kept and the provider hears of nothing."""
        jobs, heard = len(self.api.jobs()), len(self.fal.stage.seen)
        with pytest.raises(BridgeError) as caught:
            self.ask(node)
        assert (len(self.api.jobs()), len(self.fal.stage.seen)) == (jobs, heard)
        assert caught.value.hint
        return caught.value


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """fal: a contract server; Vidu: nobody listens; Runway: no such name; Luma: behind a proxy that is down; Kling: a
    network that sends everybody to its login page.
    """
    folder = tmp_path_factory.mktemp("office")
    home, fal, sent_away, down = folder / "home", FalServer(Stage(seconds=0.0)), list[str](), free_port()
    home.mkdir(mode=0o700)
    with ExitStack() as stack:
        fal.url = stack.enter_context(serving(fal.app()))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("FAL_KEY", "VIDU_API_KEY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "https_proxy"):
            patch.delenv(name, raising=False)
        for name, value in {
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "TAKEBRIDGE_FAL_URL": fal.url,
            "TAKEBRIDGE_VIDU_URL": f"http://127.0.0.1:{down}",
            "TAKEBRIDGE_RUNWAY_URL": "http://nobody.invalid",  # RFC 6761: never resolves
            "TAKEBRIDGE_LUMA_URL": "https://luma.invalid",
            "TAKEBRIDGE_KLING_URL": stack.enter_context(serving(login_page(sent_away))),
            "HTTPS_PROXY": f"http://127.0.0.1:{free_port()}",
            "NO_PROXY": "127.0.0.1,localhost",
        }.items():
            patch.setenv(name, value)

        def start() -> Server:
            return Server(home, folder / "server.log")

        server = start()
        found = Office(Api(BridgeClient(home)), home, fal, down, sent_away, start, server)
        try:
            yield found
        finally:
            found.api.client.close()
            found.server.end()


@pytest.fixture(autouse=True)
def with_keys(request: pytest.FixtureRequest) -> None:
    """Every test begins with keys that work, and a server that has been told nothing."""
    if "office" in request.fixturenames:
        found: Office = request.getfixturevalue("office")
        found.fal.stage = Stage(seconds=0.0)
        for provider in ("fal", "vidu", "runway", "luma"):
            found.key(provider, KEY)
        found.key("kling", "access:secret")


def login_page(seen: list[str]) -> ASGIApp:
    """A network that sends everybody to its login page; ``seen``: the headers of who followed."""

    async def anywhere(request: Request) -> Response:
        if request.url.path == "/login":
            seen.append(str(dict(request.headers)))
            return Response("<h1>Log in</h1>", media_type="text/html")
        return RedirectResponse("/login", 302)

    return Starlette(routes=[Route("/{path:path}", anywhere, methods=["GET", "POST", "PUT"])])


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving_at(app: ASGIApp, port: int) -> Iterator[None]:
    """Serve at a port that was down until now."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


# --- keys and money -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "said", "hint"),
    [
        (None, "There is no key for fal", "takebridge keys set fal"),
        ("wrong-key-0123456789", "fal does not take the key", "takebridge keys test fal"),
    ],
    ids=["no key", "wrong key"],
)
def test_without_a_key_that_works_nothing_is_charged_and_the_next_try_goes_well(
    office: Office, key: str | None, said: str, hint: str
) -> None:
    office.key("fal", key)
    job = office.ended(office.ask(office.node(SEEDANCE)))
    assert job.error is not None
    assert (job.state, job.error["code"], job.actual_micros) == ("failed", "provider_key", 0)
    assert said in job.error["message"]
    assert hint in job.error["hint"]
    assert office.fal.stage.charged == 0
    office.key("fal", KEY)
    again = office.ended(office.api.retry(job.job, max_micros=DOLLARS))
    assert (again.state, office.fal.stage.charged) == ("done", 1)


def test_an_empty_balance_is_said_as_such(office: Office) -> None:
    office.fal.stage.play("quota")
    job = office.ended(office.ask(office.node(SEEDANCE)))
    assert job.error is not None
    assert (job.state, job.error["code"], job.actual_micros) == ("failed", "provider_quota", 0)
    assert "balance" in job.error["message"]
    assert "Top up" in job.error["hint"]
    assert office.fal.stage.charged == 0


# --- models -------------------------------------------------------------------------------------------------


def test_an_unknown_model_is_refused_with_the_nearest_names(office: Office) -> None:
    error = office.refused(office.node("fal/seedance-9"))
    assert error.code == "unknown_model"
    assert "fal/seedance-2.0" in error.hint


def test_a_name_in_the_place_of_an_id_is_answered_with_the_id(office: Office) -> None:
    assert "fal/veo-3.1" in office.refused(office.node("Veo 3.1")).hint
    assert "2026-09-24" in office.refused(office.node("Sora 2")).hint


def test_a_retired_model_is_refused_with_its_date_and_what_follows(office: Office) -> None:
    error = office.refused(office.node("openai/sora-2"))
    assert error.code == "retired_model"
    assert "2026-09-24" in error.message
    assert "google/omni" in error.hint


def test_a_model_of_another_kind_is_refused(office: Office) -> None:
    assert office.refused(office.node("fal/nano-banana-2")).code == "capability"


# --- inputs -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG of 7680x4320, 99.5 MB: it is not compressed."""
    path = tmp_path_factory.mktemp("still") / "plate.png"
    Image.new("RGB", (7680, 4320), (90, 120, 60)).save(path, compress_level=0)
    return path


@pytest.fixture(scope="module")
def ten_minutes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """14,400 frames at 24 a second: two seconds, three hundred times."""
    folder = tmp_path_factory.mktemp("clip")
    short = render_test_clip(
        folder / "short.mp4", clip_id=1, frame_count=48, rate=FrameRate(24), width=320, height=180, audio=False
    )
    argv = [str(find_ffmpeg()), "-v", "error", "-stream_loop", "299", "-i", str(short), "-c", "copy"]
    subprocess.run([*argv, str(folder / "long.mp4")], check=True, timeout=60)
    return folder / "long.mp4"


@pytest.fixture(scope="module")
def long_clip(office: Office, ten_minutes: Path) -> NodeId:
    """The node that shows the ten minutes."""
    made = office.api.insert_template("replace-this-clip", canvas_id=office.canvas, inputs={"clip": str(ten_minutes)})
    office.canvas = made.canvas_id
    return made.nodes["clip"]


def test_an_8k_still_is_made_fit_and_that_is_written_down(office: Office, still: Path) -> None:
    limit = next(
        slot.max_bytes for one in catalog("fal").models if one.id == SEEDANCE for slot in one.inputs
        if slot.role == "start_frame"
    )  # fmt: skip
    assert limit is not None
    assert still.stat().st_size > limit
    node = office.node(SEEDANCE)
    office.wire(office.api.add_reference(office.canvas, still), "image", node, "start_frame")
    job = office.ended(office.ask(node))
    assert (job.state, office.fal.stage.charged) == ("done", 1)
    assert any("99." in note and "compressed" in note for note in job.notes)
    sent = list(office.fal.uploads.values())[-1]
    assert len(sent) <= limit
    with Image.open(BytesIO(sent)) as shown:
        assert shown.width * 9 == shown.height * 16


@pytest.mark.parametrize("model", ["runway/aleph2", "fal/kling-o3-pro-edit"])
def test_a_source_of_ten_minutes_is_refused_with_the_parts_it_could_be_split_into(
    office: Office, long_clip: NodeId, model: str
) -> None:
    node = office.node(model, "video_edit")
    office.wire(long_clip, "video", node, "source")
    error = office.refused(node)
    assert error.code == "capability"
    assert "600 s" in error.message
    longest = {"runway/aleph2": 30_000, "fal/kling-o3-pro-edit": 10_050}[model]
    parts = [tuple(map(int, part.split("-"))) for part in str(error.details["parts"]).split(", ")]
    assert parts[0][0] == 0
    assert parts[-1][1] == 14_400
    assert all(before[1] == after[0] for before, after in itertools.pairwise(parts))
    assert all((end - start) * 1000 / 24 <= longest for start, end in parts)


def test_an_input_the_model_has_no_use_for_is_refused_with_models_that_take_it(
    office: Office, long_clip: NodeId
) -> None:
    node = office.node(VEO_LITE)
    office.wire(long_clip, "video", node, "source")
    error = office.refused(node)
    assert error.code == "capability"
    assert f"{VEO_LITE} takes no source video" in error.message
    assert "These could do it" in error.hint


def test_a_last_frame_alone_is_refused(office: Office, tmp_path: Path) -> None:
    Image.new("RGB", (1280, 720)).save(tmp_path / "last.png")
    node = office.node("fal/veo-3.1")
    office.wire(office.api.add_reference(office.canvas, tmp_path / "last.png"), "image", node, "end_frame")
    error = office.refused(node)
    assert error.code == "capability"
    assert "end frame" in error.message


def test_a_prompt_over_the_limit_is_refused_with_both_numbers(office: Office) -> None:
    error = office.refused(office.node(VIDU, prompt="x" * 2001))
    assert error.code == "capability"
    assert "2,001" in error.message
    assert "2,000" in error.message


def test_a_damaged_file_never_gets_onto_the_canvas(office: Office, ten_minutes: Path, tmp_path: Path) -> None:
    (tmp_path / "still.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"junk" * 100)
    (tmp_path / "clip.mp4").write_bytes(ten_minutes.read_bytes()[:3000])
    (tmp_path / "words.mp4").write_text("no clip at all")
    before = office.api.canvas(office.canvas).canvas
    with pytest.raises(BridgeError) as caught:
        office.api.add_reference(office.canvas, tmp_path / "still.png")
    assert (caught.value.code, "still.png" in caught.value.message) == ("probe", True)
    for name in ("clip.mp4", "words.mp4"):
        with pytest.raises(BridgeError) as caught:
            office.api.insert_template(
                "replace-this-clip", canvas_id=office.canvas, inputs={"clip": str(tmp_path / name)}
            )
        assert name in caught.value.message
        assert caught.value.hint
    assert office.api.canvas(office.canvas).canvas == before


def test_a_result_that_is_no_clip_is_no_take(office: Office) -> None:
    office.fal.stage.play("wrong_type")
    node = office.node(SEEDANCE)
    job = office.ended(office.ask(node))
    assert job.error is not None
    assert (job.state, job.error["code"]) == ("failed", "job_failed")
    assert "ledger" in job.error["hint"]
    assert office.api.tray(office.canvas, node).takes == ()


# --- the network --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "length", "said"),
    [
        (VIDU, 4000, "cannot be reached"),
        ("runway/gen4.5", 4000, "address was not found"),
        ("luma/ray-3.2", 5000, "reached"),
    ],
    ids=["down", "no such name", "proxy down"],
)
def test_a_provider_nobody_reaches_makes_the_job_wait_at_no_cost(
    office: Office, model: str, length: int, said: str
) -> None:
    asked = office.ask(office.node(model, duration_ms=length))
    job = office.until(asked, lambda seen: seen.error is not None)
    assert job.error is not None
    assert (job.state, job.error["code"]) == ("queued", "provider_busy")
    assert said in job.error["message"]
    assert "proxy" in job.error["hint"]
    office.api.cancel(job.job)
    job = office.ended(job)
    assert (job.state, job.actual_micros) == ("cancelled", 0)


def test_a_login_page_in_between_gets_no_key_and_the_job_says_so(office: Office) -> None:
    job = office.ended(office.ask(office.node("kling/3.0", duration_ms=5000)))
    assert job.error is not None
    assert (job.state, job.error["code"], job.actual_micros) == ("failed", "provider_unavailable", 0)
    assert "proxy" in job.error["hint"]
    assert office.asked_to_log_in == [], "the redirect was followed"


def test_a_job_that_waits_for_its_provider_outlives_the_bridge_and_is_paid_once(office: Office) -> None:
    vidu = ViduServer(Stage(seconds=0.0))
    vidu.url = f"http://127.0.0.1:{office.down_port}"
    job = office.until(office.ask(office.node(VIDU)), lambda seen: seen.error is not None)
    assert job.state == "queued"
    office.server.kill()
    office.server.end()
    with serving_at(vidu.app(), office.down_port):
        office.server = office.start()
        job = office.ended(job)
    assert (job.state, job.error) == ("done", None)
    assert (len(vidu.stage.jobs), vidu.stage.charged) == (1, 1)
    # Four credits at five cents each (the contract server's price).
    assert job.actual_micros == 200_000
