"""A real bridge for the page in Chromium: ``python -m tests.support.premiere_bridge [HOME]``, JSON lines in and out.

The first line out is ``{"port", "home", "token", "url"}``. Each line in is ``{"id", "do", …}`` and gets
``{"id", "result"}`` or ``{"id", "error": {code, message, hint}}``:

* ``api`` (method, path, body): a call of the HTTP API with the bridge's own token;
* ``code``: a pairing code, as ``takebridge pair`` makes it;
* ``probe`` (path): what Premiere would learn of a file it imports, None for no media;
* ``footage`` (name, frames, rate, width, height, audio): a numbered clip, with clicks unless ``audio`` is false, beside
  the data folder; gives its path;
* ``stop``, ``start``: the bridge ends as on Ctrl+C, or comes up again on the same data folder (``start`` gives the
  first line's facts again); ``kill``: it dies without a word.

Ends with its standard input, and the bridge with it. Without HOME the data folder is a temporary one.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

from tests.support.media import card

from takebridge.client.address import read_token_file
from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge.media.probe import probe
from takebridge.timebase import parse_edit_rate

PATIENCE = 30
"""Seconds a bridge gets to come up or to go."""
_KEYLESS = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


class Served:
    """``takebridge serve`` on one data folder, started and ended at will. Use as a context manager.

    ``environ`` is put into its environment, ``words`` behind its command line; both may be changed between two starts.
    """

    def __init__(self, home: Path, environ: Mapping[str, str] | None = None, words: Sequence[str] = ()) -> None:
        self.home = home
        self.environ = dict(environ or {})
        self.words = [*words]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> dict[str, Any]:
        """Come up and return where it is: port, home, token, url."""
        assert self._process is None, "the bridge runs already"
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TAKEBRIDGE_")}
        environ = {**plain, **_KEYLESS, **self.environ}
        command = [sys.executable, "-m", "takebridge_server", "serve", "--json", "--attended", "--home", str(self.home)]
        command += self.words
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environ
        )
        assert self._process.stdout is not None
        told = self._process.stdout.readline()
        if not told:
            raise RuntimeError(f"the bridge ended with code {self._process.wait(PATIENCE)} before it was ready")
        said = json.loads(told)
        if "error" in said:
            raise RuntimeError(f"the bridge does not start: {said['error']}")
        address = read_token_file(self.home)
        return {"port": address.port, "home": str(self.home), "token": address.token, "url": address.url}

    def stop(self) -> None:
        """End it as a person does; nothing happens when it is gone."""
        self._end(lambda process: process.stdin.close() if process.stdin else None)

    def kill(self) -> None:
        """Let it die without a word."""
        self._end(lambda process: process.kill())

    def limit_files(self, size: int | None) -> None:
        """Let no file it writes to get larger than ``size`` bytes, as on a full drive; None: any size. Linux only."""
        import resource  # Windows has none

        assert self._process is not None, "the bridge does not run"
        most = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    def _end(self, how: Any) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            how(process)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def answer(served: Served, asked: dict[str, Any]) -> Any:
    """Do what one line asks. Raises BridgeError, or KeyError for a line that is none."""
    match asked["do"]:
        case "api":
            return _call(served, asked["method"], asked["path"], asked.get("body"))
        case "code":
            return _call(served, "POST", "/api/panels/pair", None)
        case "probe":
            return facts_of(Path(asked["path"]))
        case "footage":
            return str(_footage(served.home, asked))
        case "start":
            return served.start()
        case "stop":
            return served.stop()
        case "kill":
            return served.kill()
    raise KeyError(asked["do"])


def facts_of(path: Path) -> dict[str, Any] | None:
    """Frames, rate, size and whether there is sound, read from the file itself; None when it is no picture."""
    try:
        info = probe(path)
    except BridgeError:
        return None
    if not info.frame_count or info.rate is None:
        return None
    return {
        "frames": info.frame_count,
        "rate": str(info.rate),
        "width": info.width,
        "height": info.height,
        "audio": info.has_audio,
    }


def _call(served: Served, method: str, path: str, body: Any) -> Any:
    bare, _, query = path.partition("?")
    with BridgeClient(served.home) as client:
        match method:
            case "GET":
                return client.get(bare, **parse_qs(query))
            case "POST":
                return client.post(path, body)
            case "PUT":
                return client.put(path, body)
            case "DELETE":
                return client.delete(bare, **parse_qs(query))
    raise KeyError(method)


def _footage(home: Path, asked: dict[str, Any]) -> Path:
    folder = home.parent / "footage"
    folder.mkdir(exist_ok=True)
    rate = parse_edit_rate(asked.get("rate", "24"))
    size = {name: asked[name] for name in ("width", "height", "clip_id", "audio") if name in asked}
    return card(folder / asked["name"], rate, asked.get("frames", 48), **size)


def main(argv: list[str]) -> None:
    """Serve until standard input ends."""
    with _home(argv) as home, contextlib.ExitStack() as closing:
        served = Served(home)
        closing.callback(served.stop)
        _say(served.start())
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                _say({"id": asked["id"], "result": answer(served, asked)})
            except BridgeError as error:
                _say({"id": asked["id"], "error": error.to_wire()})
            except Exception as error:  # noqa: BLE001 - the test that asked shall hear of it
                _say({"id": asked["id"], "error": {"code": "test", "message": repr(error), "hint": ""}})


@contextlib.contextmanager
def _home(argv: list[str]) -> Iterator[Path]:
    if argv:
        yield Path(argv[0])
        return
    with tempfile.TemporaryDirectory(prefix="takebridge-panel-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "data"


def _say(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
