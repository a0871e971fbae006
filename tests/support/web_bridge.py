"""A real bridge for tests of the web page: ``python -m tests.support.web_bridge [HOME]``, JSON lines in and out.

The first line out is ``{"port", "home", "token", "url"}``. Each line in is ``{"id", "do", …}`` and gets ``{"id",
"result"}`` or ``{"id", "error": {code, message, hint}}``. Lines are worked on at once, each in a thread of its own:
answers come as they are ready. Ends with its standard input, and the bridge and all editors with it. Without HOME the
data folder is a temporary one. Frames of the timeline are counted from its start unless said otherwise.

The bridge
* ``stop``; ``start`` (words: more of the command line, environ: more of its environment) → the first line's facts, on
  the same data folder and, if it is free, the same port; ``kill``: it dies without a word;
* ``api`` (method, path with its query, body) → the answer of a route, asked with the bridge's own token, as the owner;
* ``room`` (bytes; none: any): no file the bridge writes to gets larger, as on a full drive. Linux only;
* ``key`` → ``{"key", "link"}``, a one-time sign-in for the owner; from a bridge that has no sign-in the bridge's own
  token as the key and no link.

Media and canvases
* ``footage`` (name, frames=48, rate="24", width, height, clip_id, audio) → path of a numbered clip beside the data
  folder;
* ``still`` (name, number=1, width=320, height=180) → path of a picture;
* ``canvas_of`` (nodes, takes=1, files=6, exported=90, title) → ``{"canvas", "nodes": [id], "takes": count}``: shots in
  rows, reference → image → video → upscale, ``exported`` to an export; all fresh, ``files`` different clips and
  pictures among their takes;
* ``take`` (canvas, node, frames=24, rate="24", clip_id=7, pin=true, author) → ``{"take", "seq", "content"}``: one more
  take of a node, of a numbered clip (a picture where the node makes pictures);
* ``template`` (name, inputs={slot: words or path}, canvas, run=true) → ``{"canvas", "nodes": {name: id}, "run"}``: put
  a template on a canvas and make all of it with the free local models; answers when the run has ended.

The editor: an emulated Resolve with the real agent, named ``name`` ("resolve" without)
* ``resolve.start`` (spec, or: clips=5, frames=24, rate="24", audio=false, timeline="Cut", project="Film", locked,
  other_timelines, other_projects; profile="20.3", agent="python"|"lua") → ``{"session", "project", "timeline"}``.
  ``spec`` and the lists are as docs/emulator.md describes; without, shots lie side by side on V1 and are marked from in
  to out;
* ``resolve.state`` → the truth about the open timeline;
* ``resolve.trim`` (shot|item, head, tail), ``resolve.move`` (…, timeline_start), ``resolve.slip`` (…, source_frames),
  ``resolve.razor`` (…, timeline_frame), ``resolve.delete`` (…, ripple), ``resolve.rename`` (…, to), ``resolve.set`` (…,
  enabled, color, properties, grade_nodes), ``resolve.unlink``, ``resolve.select_take`` (…,
  index): what a person does to a clip. ``shot`` is the nth picture of video track ``track`` (1) as it is now, from 1;
* ``resolve.switch`` (timeline), ``resolve.lock`` (type="video", index=1, locked=true), ``resolve.playhead`` (timecode),
  ``resolve.select`` (items), ``resolve.slow`` (latency_ms: slept before every call of the scripting API);
* ``resolve.tell`` (verb, …): any other verb of the emulator's control line;
* ``resolve.stop``; ``resolve.crash``: it dies without a word.

The provider "stage": models stage/video, stage/edit (video_edit), stage/image, stage/upscale, stage/dear ($5 to 9),
stage/free, stage/blind (price unknown); a take of each job looks different (see web_provider/stage_plugin.py)
* ``provider`` (then=part, next=[part, …], prices={model: [low, high]|null}): what becomes of the next jobs; a part is
  ``{"submit": "ok"|"refuse"|"away"|"unknown", "ending": "done"|"failed"|"never", "message", "work_ms", "submit_ms",
  "cost", "frames", "rate"}``. ``next`` are used up one a submit, ``then`` counts afterwards. What is left out stays as
  it was. Prices count from the next ``start``;
* ``books`` → ``[{"job", "token", "model", "prompt", "charged"}]``: every submit that was charged.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from tests.support.media import R24, card
from tests.support.premiere_bridge import Served
from tests.support.web_canvas import canvas_of, give_take
from tests.support.web_editor import Editors

from takebridge.canvas.plan_types import Scope
from takebridge.client.address import read_token_file
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError, NotFoundError, StoreError, from_wire
from takebridge.ids import CanvasId
from takebridge.media.testcard import paint_frame
from takebridge.timebase import parse_edit_rate
from takebridge_server.watch import watch_run

PLUGIN = Path(__file__).parent / "web_provider"
_LONG = 1800


class Web:
    """One bridge, its editors and its provider; ``answer`` does what a line asks."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.stage = home.parent / "stage"
        self.stage.mkdir(parents=True, exist_ok=True)
        environ = {"TAKEBRIDGE_TEST_STAGE": str(self.stage), "PYTHONPATH": str(PLUGIN)}
        self.served = Served(home, environ)
        self.editors = Editors(home)
        self._life = threading.Lock()
        self._script = threading.Lock()
        self._verbs: dict[str, Callable[[dict[str, Any]], Any]] = {
            "api": lambda asked: self.call(asked["method"], asked["path"], asked.get("body")),
            "key": lambda _: self._key(),
            "start": self._start,
            "stop": lambda _: self._end(self.served.stop),
            "kill": lambda _: self._end(self.served.kill),
            "room": lambda asked: self.served.limit_files(asked.get("bytes")),
            "footage": self._footage,
            "still": self._still,
            "canvas_of": self._canvas_of,
            "take": self._take,
            "template": self._template,
            "provider": self._provider,
            "books": lambda _: self._books(),
            "resolve.start": self.editors.start,
            "resolve.stop": self.editors.stop,
            "resolve.crash": lambda asked: self.editors.stop(asked, crash=True),
        }

    def answer(self, asked: dict[str, Any]) -> Any:
        """Do what one line asks. Raises BridgeError, or KeyError for a line that is none."""
        what = str(asked["do"])
        if what not in self._verbs and what.startswith("resolve."):
            return self.editors.do(what.removeprefix("resolve."), asked)
        return self._verbs[what](asked)

    def close(self) -> None:
        """End everything."""
        self.editors.close()
        self.served.stop()

    # --- the bridge

    def _start(self, asked: dict[str, Any]) -> dict[str, Any]:
        with self._life:
            self.served.words = [*map(str, asked.get("words", ()))]
            self.served.environ |= {str(name): str(value) for name, value in asked.get("environ", {}).items()}
            return self.served.start()

    def _end(self, how: Callable[[], None]) -> None:
        with self._life:
            how()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of a route, None for an empty one. Raises the bridge's own errors."""
        address = read_token_file(self.home)
        headers = {"Authorization": f"Bearer {address.token}", "X-TakeBridge": "1"}
        with httpx.Client(base_url=address.url, headers=headers, timeout=_LONG, trust_env=False) as client:
            reply = client.request(method, path, **({} if body is None else {"json": body}))
        told: Any = reply.json() if reply.content else None
        if reply.is_error:
            raise from_wire(told.get("error", told), StoreError)
        return told

    def _key(self) -> dict[str, Any]:
        try:
            link = str(self.call("POST", "/api/session/key", {})["link"])
            return {"key": link.rpartition("#key=")[2], "link": link}
        except NotFoundError:
            return {"key": read_token_file(self.home).token, "link": ""}

    # --- media and canvases

    def _footage(self, asked: dict[str, Any]) -> str:
        rate, path = parse_edit_rate(str(asked.get("rate", "24"))), self._beside("footage", asked["name"])
        size = {name: asked[name] for name in ("width", "height", "clip_id", "audio") if name in asked}
        return str(card(path, rate, asked.get("frames", 48), **size))

    def _still(self, asked: dict[str, Any]) -> str:
        path, number = self._beside("footage", asked["name"]), int(asked.get("number", 1))
        picture = paint_frame(number % 16, number, R24, asked.get("width", 320), asked.get("height", 180))
        Image.fromarray(picture).save(path)
        return str(path)

    def _beside(self, folder: str, name: str) -> Path:
        found = self.home.parent / folder
        found.mkdir(exist_ok=True)
        return found / name

    def _canvas_of(self, asked: dict[str, Any]) -> dict[str, Any]:
        more = {name: asked[name] for name in ("takes", "files", "exported", "title") if name in asked}
        with BridgeClient(self.home) as client:
            return canvas_of(self.home, Api(client), int(asked["nodes"]), **more)

    def _take(self, asked: dict[str, Any]) -> dict[str, Any]:
        with BridgeClient(self.home) as client:
            return give_take(self.home, Api(client), asked)

    def _template(self, asked: dict[str, Any]) -> dict[str, Any]:
        canvas = CanvasId(asked["canvas"]) if asked.get("canvas") else None
        with BridgeClient(self.home) as client:
            api = Api(client)
            made = api.insert_template(asked["name"], canvas_id=canvas, inputs=asked.get("inputs"))
            told: dict[str, Any] = {"canvas": made.canvas_id, "nodes": made.nodes, "run": None}
            if asked.get("run", True):
                scope = Scope(kind="stale")
                plan = api.plan(made.canvas_id, scope)
                run = api.run(made.canvas_id, scope, digest=plan.digest, max_micros=0)
                told["run"] = watch_run(api, run.run, None).model_dump(mode="json")
        return told

    # --- the provider

    def _provider(self, asked: dict[str, Any]) -> None:
        path = self.stage / "script.json"
        with self._script:
            told = json.loads(path.read_text("utf-8")) if path.exists() else {}
            told |= {name: asked[name] for name in ("then", "next", "prices") if name in asked}
            draft = path.with_suffix(".new")
            draft.write_text(json.dumps(told), "utf-8")
            draft.replace(path)

    def _books(self) -> list[dict[str, Any]]:
        path = self.stage / "books.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


class _Speaker:
    """Writes whole lines, whichever thread says them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def say(self, document: dict[str, Any]) -> None:
        with self._lock:
            print(json.dumps(document, ensure_ascii=False), flush=True)


def _work(web: Web, speaker: _Speaker, asked: dict[str, Any]) -> None:
    try:
        speaker.say({"id": asked["id"], "result": web.answer(asked)})
    except BridgeError as error:
        speaker.say({"id": asked["id"], "error": error.to_wire()})
    except Exception as error:  # noqa: BLE001 - the test that asked shall hear of it
        speaker.say({"id": asked["id"], "error": {"code": "test", "message": repr(error), "hint": ""}})


def main(argv: list[str]) -> None:
    """Serve until standard input ends."""
    with _home(argv) as home:
        web, speaker = Web(home), _Speaker()
        with contextlib.closing(web):
            speaker.say(web.served.start())
            for line in sys.stdin:
                threading.Thread(target=_work, args=(web, speaker, json.loads(line)), daemon=True).start()


@contextlib.contextmanager
def _home(argv: list[str]) -> Iterator[Path]:
    if argv:
        yield Path(argv[0]).absolute()
        return
    with tempfile.TemporaryDirectory(prefix="takebridge-web-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "data"


if __name__ == "__main__":
    main(sys.argv[1:])
