"""What all contract servers share: the key, the acts every vendor has, a download route that misbehaves on demand."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, MutableMapping, Sequence
from typing import Any, ClassVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from takebridge.providers.facts import Json
from takebridge.testing.providers.samples import sample
from takebridge.testing.providers.stage import REFUSED, Act, FakeJob, Seen, Stage

KEY = "test-key-0123456789abcdef"  # what every contract server takes; not a secret

_PAGE = "<!doctype html><title>502</title><h1>Bad gateway</h1>"


class ContractServer(ABC):
    """One provider's API. Subclasses give its routes and the shapes of its answers.

    ``url`` is set by whoever serves it, for the addresses in its answers. Paths below ``/results/`` are downloads.
    """

    name: ClassVar[str]
    results_need_key: ClassVar[bool] = False
    refusal_status: ClassVar[Mapping[str, int]] = {
        "rate_limit": 429,
        "auth": 401,
        "quota": 402,
        "retired": 404,
        "invalid": 400,
        "server_error": 500,
        "shed": 503,
        "moderated_in": 400,
    }

    def __init__(self, stage: Stage | None = None) -> None:
        self.stage = stage or Stage()
        self.url = ""
        self._count = 0

    # --- what a vendor's server defines

    @abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """Return the API's routes."""

    @abstractmethod
    def is_authorised(self, request: Request) -> bool:
        """Say whether the request carries `KEY` the way this API wants it."""

    @abstractmethod
    def error(self, kind: str, message: str) -> Json:
        """Return the JSON body of an error, in the vendor's shape. ``kind`` is an act's name (or ``not_found``)."""

    # --- what all do alike

    def app(self) -> ASGIApp:
        """Return the ASGI app."""
        routes = [*self.routes(), Route("/results/{job}/{name}", self._result)]
        return _Logged(Starlette(routes=routes), self)

    def new_id(self) -> str:
        """Return an id in the vendor's style (a UUID unless overridden)."""
        self._count += 1
        return f"00000000-0000-4000-8000-{self._count:012d}"

    def begin(self, body: dict[str, Any], model: str = "") -> FakeJob | Response:
        """Take a submit: return the job accepted, or the answer that refuses it. `broken` ends a ``drop``."""
        act = self.stage.next_act()
        if act in REFUSED or (act == "moderated_in" and not self.moderates_later):
            return self.refusal(act)
        job = self.stage.accept(self.new_id(), act, body, model)
        if act == "garbage":
            return HTMLResponse(_PAGE)
        return _Broken() if act == "drop" else job

    moderates_later: ClassVar[bool] = False
    """Whether input moderation shows in the job's status instead of the submit's answer."""

    def refusal(self, act: Act | str, message: str = "") -> Response:
        """Return the vendor's answer for a refused request."""
        headers = {"Retry-After": "1"} if act in ("rate_limit", "shed") else {}
        status = self.refusal_status.get(act, 400)
        return JSONResponse(self.error(act, message or f"refused: {act}"), status_code=status, headers=headers)

    def looked_at(self, job_id: str) -> FakeJob | Response:
        """Return the job a status request names, or the answer instead: unknown, a burst of errors, garbage."""
        job = self.stage.jobs.get(job_id)
        if job is None or job.act == "lost":
            return JSONResponse(self.error("not_found", "no such job"), status_code=404)
        if job.act == "poll_errors" and job.errors < 3:
            job.errors += 1
            return JSONResponse(self.error("server_error", "try again"), status_code=503)
        if job.act == "poll_garbage" and job.errors < 2:
            job.errors += 1
            return HTMLResponse(_PAGE)
        return job

    def result_url(self, job: FakeJob, name: str = "take.mp4") -> str:
        """Return an address of a result; after ``expired_url`` a fresh one each time it is asked for."""
        if job.act == "expired_url" and job.fetches:
            job.links = 2
        origin = self.stage.foreign if job.act == "foreign_host" else self.url
        return f"{origin}/results/{job.id}/{name}?v={job.links}"

    async def _result(self, request: Request) -> Response:
        job = self.stage.jobs.get(request.path_params["job"])
        if job is None or (self.results_need_key and not self.is_authorised(request)):
            return Response(status_code=404 if job is None else 401)
        job.fetches += 1
        return _download(job, request.path_params["name"], request.query_params.get("v", "1"), self.stage)


def _download(job: FakeJob, name: str, version: str, stage: Stage) -> Response:
    data, kind = sample(name)
    match job.act:
        case "expired_url" if version == "1":
            return Response("<Error><Code>AccessDenied</Code></Error>", status_code=403, media_type="application/xml")
        case "truncated" if job.fetches == 1:
            return _Broken(data[: len(data) // 2], {"content-length": str(len(data)), "content-type": kind})
        case "oversized":
            return _Broken(data, {"content-length": str(2**50), "content-type": kind})
        case "drip":
            return StreamingResponse(_drops(data), media_type=kind)
        case "redirect_loopback":
            return RedirectResponse(f"{stage.foreign}/results/{job.id}/{name}", status_code=302)
        case "wrong_type":
            return HTMLResponse(_PAGE)
    return Response(data, media_type=kind)


async def _drops(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, min(len(data), 400), 100):
        yield data[start : start + 100]


class _Broken(Response):
    """Begins an answer and lets the connection break before it is whole."""

    def __init__(self, data: bytes = b"{", headers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._data = data
        self._raw = {"content-length": "1000", "content-type": "application/json", **(headers or {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = [(name.encode(), value.encode()) for name, value in self._raw.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        await send({"type": "http.response.body", "body": self._data, "more_body": True})


class _Logged:
    """Logs each request and refuses those without the key, before the routes see it."""

    def __init__(self, app: ASGIApp, server: ContractServer) -> None:
        self._app, self._server = app, server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        path = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        self._server.stage.note(Seen(request.method, path, dict(request.headers), body, time.monotonic()))

        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> MutableMapping[str, Any]:
            return given.pop() if given else await receive()

        if not request.url.path.startswith("/results/") and not self._server.is_authorised(request):
            answer: Response = self._server.refusal("auth", "invalid key")
            await answer(scope, again, send)
            return
        await self._app(scope, again, send)


def json_of(seen: Seen) -> Json:
    """Return the JSON body of a logged request."""
    return json.loads(seen.body)
