"""A small canvas over raw HTTP, and what a refusal must look like: one shape, and nothing changed or paid."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from tests.support.canvases import add, wire
from tests.support.whole_bridge import whole_bridge

from takebridge.canvas.ops import OP, Op
from takebridge_server.wire_errors import ErrorBody

JSON = {"Content-Type": "application/json"}


def as_json(*ops: Op) -> list[dict[str, Any]]:
    return [OP.dump_python(op, mode="json") for op in ops]


@dataclass
class Film:
    """A canvas with a brief, a script that has words, a previz and a still, over raw HTTP."""

    http: httpx.Client
    id: str

    @property
    def path(self) -> str:
        return f"/api/canvases/{self.id}"

    def ops(self, *ops: dict[str, Any], **more: Any) -> httpx.Response:
        return self.http.post(f"{self.path}/ops", json={"ops": list(ops), **more})

    def raw(self, body: bytes | str) -> httpx.Response:
        return self.http.post(f"{self.path}/ops", content=body, headers=JSON)

    def write(self, node: str, text: str) -> httpx.Response:
        return self.http.post(f"{self.path}/nodes/{node}/text", json={"text": text})

    def everything(self) -> tuple[str, ...]:
        """All a refused request could have changed: the canvas, its log's length, other canvases, jobs, money."""
        paths = (self.path, "/api/canvases", "/api/jobs", "/api/runs", "/api/ledger/entries", "/api/ledger/caps")
        return tuple(self.http.get(path).raise_for_status().text for path in (*paths, "/api/queue"))


def new_film(http: httpx.Client) -> Film:
    """Make the canvas."""
    made = Film(http, http.post("/api/canvases", json={"title": "Film"}).json()["canvas"]["id"])
    parts = (
        add("brief", "brief"),
        add("script", "script"),
        wire("brief.text", "script.brief"),
        add("previz", "panel", prompt="Dawn"),
        add("image", "still", prompt="Dawn"),
        add("extract_frames", "frame"),
        wire("panel.video", "frame.source"),
    )
    assert made.ops(*as_json(*parts)).status_code == 200
    return made


def refused(answer: httpx.Response, status: int, code: str, **details: object) -> ErrorBody:
    """Check the one shape: the status and code, words, a next step, and what it is about."""
    assert answer.status_code == status, answer.text[:500]
    body = ErrorBody.model_validate(answer.json(), strict=True)
    assert body.code == code, body
    assert body.message and body.hint and not body.retryable
    assert len(answer.content) < 4000 and "Traceback" not in answer.text
    assert {key: body.details.get(key) for key in details} == details, body
    return body


@contextlib.contextmanager
def nothing_changes(film: Film) -> Iterator[None]:
    before = film.everything()
    yield
    assert film.everything() == before


@contextlib.contextmanager
def bridge_over_http(home: Path) -> Iterator[httpx.Client]:
    """A client of a whole bridge."""
    with whole_bridge(home) as server, server.client() as client:
        yield client
