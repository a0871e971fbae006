"""The bridge's side of the agent transport, as small as it can be: a stdlib HTTP server for agent tests.

It keeps the transport rules an agent may rely on: one op at a time, an op is sent again until a poll says it was
received, a forgotten session answers 409 ``unknown_session``. Every message is checked against the wire models.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from takebridge.hosts import protocol

TOKEN = "ab" * 32
RESULTS: dict[str, type[protocol.WireModel]] = {
    "host.status": protocol.HostStatus,
    "timeline.snapshot": protocol.Snapshot,
    "selection.get": protocol.Snapshot,
    "media.import": protocol.ImportResult,
    "clip.add_take": protocol.TakeResult,
    "clip.select_take": protocol.TakeResult,
    "clip.remove_take": protocol.TakeResult,
    "clip.pull": protocol.PullClipResult,
    "timeline.duplicate": protocol.TimelineResult,
    "timeline.select": protocol.TimelineResult,
    "timeline.rename": protocol.TimelineResult,
    "timeline.delete": protocol.TimelineResult,
    "track.add": protocol.TrackResult,
    "clip.place": protocol.PlaceResult,
    "clip.delete": protocol.DeleteResult,
    "clip.set_enabled": protocol.ClipResult,
    "clip.rename": protocol.ClipResult,
    "clip.stamp": protocol.StampResult,
    "marker.add": protocol.MarkerResult,
    "marker.remove": protocol.MarkerResult,
}
WAIT_SECONDS = 30


def check_answer(verb: str, answer: dict[str, Any]) -> protocol.OpAnswer:
    """Validate an answer and its result against the wire models, strictly (JSON types as they are)."""
    parsed = protocol.OpAnswer.model_validate_json(json.dumps(answer), strict=True)
    assert parsed.result is not None or parsed.error is not None
    if parsed.error is not None:
        assert parsed.outcome != "verified"
    if parsed.result is not None and verb in RESULTS:
        RESULTS[verb].model_validate_json(json.dumps(parsed.result), strict=True)
    return parsed


class AgentServer:
    """One server, one agent at a time. Use as a context manager; `call` from the test's thread."""

    def __init__(self, home: Path, *, poll_seconds: int = 2) -> None:
        self.home = home
        self.poll_seconds = poll_seconds
        self.changed = threading.Condition()
        self.hellos: list[dict[str, Any]] = []
        self.polls: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.deliveries: list[str] = []
        self.complaints: list[str] = []
        self.lose_replies = 0
        self.lose_acks = 0
        self.hello_refusal: tuple[int, str] | None = None
        self._verbs: dict[str, str] = {}
        self._waiting: deque[dict[str, Any]] = deque()
        self._current: dict[str, Any] | None = None
        self._session = ""
        self._count = 0
        self._http: ThreadingHTTPServer | None = None
        self._sockets: set[socket.socket] = set()

    def __enter__(self) -> AgentServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        assert not self.complaints, self.complaints

    # - life

    def start(self) -> None:
        """Listen on a free port and write bridge.json."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # cut connections are the tests' doing
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        facts = {"url": f"http://127.0.0.1:{self._http.server_address[1]}", "token": TOKEN, "pid": 1, "protocol": "1.0"}
        draft = self.home / "bridge.json.new"
        draft.write_text(json.dumps(facts), "utf-8")
        draft.replace(self.home / "bridge.json")

    def stop(self) -> None:
        """Stop listening, cut every connection and forget the session, as a killed server does."""
        assert self._http is not None
        self._http.shutdown()
        self._http.server_close()
        with self.changed:
            self._session = ""
            for connection in self._sockets:
                _cut(connection)
            self.changed.notify_all()

    def forget_session(self) -> None:
        """Answer 409 from now on until the agent says hello again."""
        with self.changed:
            self._session = ""
            self.changed.notify_all()

    # - ops

    def send(self, verb: str, args: dict[str, Any] | None = None, expect: dict[str, Any] | None = None) -> str:
        """Queue an op and return its id."""
        with self.changed:
            self._count += 1
            op = {"id": f"op-{self._count}", "verb": verb, "args": args or {}, "expect": expect}
            if verb in protocol.VERBS:
                protocol.VERBS[verb].model_validate(op["args"])
                protocol.Op.model_validate(op)
            self._verbs[op["id"]] = verb
            self._waiting.append(op)
            self.changed.notify_all()
            return str(op["id"])

    def answer_to(self, op_id: str) -> dict[str, Any]:
        """Wait for the answer to an op."""
        self.wait_for(lambda: any(answer["op_id"] == op_id for answer in self.answers))
        return next(answer for answer in self.answers if answer["op_id"] == op_id)

    def call(
        self, verb: str, args: dict[str, Any] | None = None, expect: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Send an op and return its answer."""
        return self.answer_to(self.send(verb, args, expect))

    def resend(self, op_id: str) -> None:
        """Deliver an op that was delivered before once more."""
        with self.changed:
            self._waiting.append({"id": op_id, "verb": self._verbs[op_id], "args": {}, "expect": None})
            self.changed.notify_all()

    def wait_for(self, what: Any) -> None:
        """Block until the condition holds."""
        with self.changed:
            assert self.changed.wait_for(what, WAIT_SECONDS), "the agent did not do it in time"

    # - the three requests

    def _hello(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        protocol.Hello.model_validate_json(json.dumps(body), strict=True)
        with self.changed:
            self.hellos.append(body)
            self.changed.notify_all()
            if self.hello_refusal is not None:
                return self.hello_refusal[0], {"code": self.hello_refusal[1]}
            self._session = f"session-{len(self.hellos)}"
            return 200, {"session": self._session, "protocol": "1.0", "poll_seconds": self.poll_seconds}

    def _poll(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        protocol.Poll.model_validate_json(json.dumps(body), strict=True)
        with self.changed:
            self.polls.append(body)
            self.changed.notify_all()
            if self._current is not None and body["received"] == self._current["id"]:
                self._current["received"] = True
            self.changed.wait_for(lambda: body["session"] != self._session or self._deliverable(), self.poll_seconds)
            if body["session"] != self._session:
                return 409, {"code": "unknown_session"}
            op = self._take()
            return 200, {"op": op}

    def _deliverable(self) -> bool:
        return bool(self._waiting) if self._current is None else not self._current["received"]

    def _take(self) -> dict[str, Any] | None:
        if not self._deliverable():
            return None
        if self._current is None:
            self._current = {"id": self._waiting[0]["id"], "received": False, "op": self._waiting.popleft()}
        self.deliveries.append(self._current["id"])
        return dict(self._current["op"])

    def _answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        check_answer(self._verbs.get(body["op_id"], ""), body)
        with self.changed:
            if body["session"] != self._session:
                return 409, {"code": "unknown_session"}
            self.answers.append(body)
            known = self._current is not None and self._current["id"] == body["op_id"]
            if known:
                self._current = None
            self.changed.notify_all()
            return 200, {"known": known}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self
        routes = {"/agent/hello": self._hello, "/agent/poll": self._poll, "/agent/answer": self._answer}

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def setup(self) -> None:
                super().setup()
                server._sockets.add(self.connection)

            def do_POST(self) -> None:
                try:
                    self._serve()
                except (AssertionError, ValueError) as fault:
                    server.complaints.append(f"{self.path}: {fault}")
                    _cut(self.connection)

            def _serve(self) -> None:
                length = int(self.headers["Content-Length"])
                data = self.rfile.read(length)
                if len(data) < length:  # an agent that leaves may cut its poll anywhere
                    return
                body = json.loads(data)
                assert self.headers["Authorization"] == f"Bearer {TOKEN}"
                assert self.headers["Origin"] is None
                status, reply = routes[self.path](body)
                if server._loses(self.path, reply):
                    _cut(self.connection)
                    return
                sent = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test output quiet."""

        return Handler

    def _loses(self, path: str, reply: dict[str, Any]) -> bool:
        with self.changed:
            if path == "/agent/poll" and reply.get("op") and self.lose_replies:
                self.lose_replies -= 1
                return True
            if path == "/agent/answer" and self.lose_acks:
                self.lose_acks -= 1
                return True
            return False


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
