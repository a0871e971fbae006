"""Black Forest Labs' API on 127.0.0.1 (blackforest 0.1.3; providers.md §2.9)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.stage import FakeJob, Stage

_NUMBERED = {"input_image": "picture"} | {f"input_image_{number}": "picture" for number in range(2, 10)}
_ALWAYS = {"prompt": "text", "seed": "number", "safety_tolerance": "number", "output_format": ["jpeg", "png"]}
_FLUX_2 = _ALWAYS | _NUMBERED | {"width": "size", "height": "size"}
_KONTEXT = _ALWAYS | {"input_image": "picture", "aspect_ratio": "ratio", "prompt_upsampling": "switch"}
_MODELS: Mapping[str, Mapping[str, Json]] = {
    "flux-2-pro": _FLUX_2,
    "flux-2-flex": _FLUX_2 | {"steps": "number", "guidance": "number"},
    "flux-2-max": _FLUX_2,
    "flux-kontext-pro": _KONTEXT,
    "flux-kontext-max": _KONTEXT,
}
_MODERATED = {"moderated_in": "Request Moderated", "moderated_out": "Content Moderated"}


class BflServer(ContractServer):
    """Models, the regional address of each job, and the credits.

    A job is known below its region's path only: asking anywhere else finds no task. ``cost`` is in cents. Moderation is
    a status of the job. A result lies at one address.
    """

    name: ClassVar[str] = "bfl"
    moderates_later: ClassVar[bool] = True
    refusal_status: ClassVar[Mapping[str, int]] = {
        "rate_limit": 429,
        "auth": 403,
        "quota": 402,
        "retired": 404,
        "invalid": 422,
        "server_error": 500,
        "shed": 503,
        "not_found": 404,
    }

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.credits = 512.5

    def routes(self) -> Sequence[BaseRoute]:
        """Return the API's routes; ``/eu1/`` stands for another host."""
        return [
            Route("/v1/credits", self._credits, methods=["GET"]),
            Route("/v1/get_result", self._elsewhere, methods=["GET"]),
            Route("/eu1/v1/get_result", self._look, methods=["GET"]),
            Route("/v1/{model}", self._submit, methods=["POST"]),
        ]

    def is_authorised(self, request: Request) -> bool:
        """``x-key``; looking needs it as well."""
        return request.headers.get("x-key") == KEY

    def error(self, kind: str, message: str) -> Json:
        """Return ``{detail}``: a list for a body that does not fit."""
        if kind == "invalid":
            return {"detail": [{"loc": ["body", "prompt"], "msg": message, "type": "value_error"}]}
        return {"detail": message}

    async def _submit(self, request: Request) -> Response:
        wanted = _MODELS.get(request.path_params["model"])
        if wanted is None:
            return JSONResponse({"detail": "Not Found"}, status_code=404)
        try:
            body = await request.json()
        except ValueError:
            body = None
        if wrong := _faults(body, wanted):
            return JSONResponse({"detail": wrong}, status_code=422)
        job = self.begin(body, request.path_params["model"])
        if not isinstance(job, FakeJob):
            return job
        place = f"{self.url}/eu1/v1/get_result?id={job.id}"
        return JSONResponse({"id": job.id, "polling_url": place, "cost": job.micros / 10_000})

    async def _elsewhere(self, request: Request) -> Response:
        return JSONResponse({"id": request.query_params.get("id"), "status": "Task not found", "result": None})

    async def _look(self, request: Request) -> Response:
        job = self.looked_at(request.query_params.get("id", ""))
        if not isinstance(job, FakeJob):
            return job
        facts: dict[str, Any] = {"id": job.id, "result": None, "progress": None, "details": None, "preview": None}
        phase = self.stage.phase(job)
        if phase != "done":
            return JSONResponse({**facts, "status": "Pending", "progress": None if phase == "queued" else 0.3})
        if job.act in _MODERATED:
            told = {"Moderation Reasons": ["Derivative Works Filter"]}
            return JSONResponse({**facts, "status": _MODERATED[job.act], "details": told})
        if job.act == "failed":
            return JSONResponse({**facts, "status": "Error", "details": {"error": "The model crashed"}})
        result = {"sample": self.result_url(job, "sample.png"), "prompt": job.body["prompt"]}
        return JSONResponse(
            {**facts, "status": "Ready", "result": {**result, "seed": job.body.get("seed", job.seed), "duration": 2.5}}
        )

    async def _credits(self, request: Request) -> Response:
        return JSONResponse({"credits": self.credits})

    def result_url(self, job: FakeJob, name: str = "sample.png") -> str:
        """Return the one address of a result: looking again gives no fresh one."""
        origin = self.stage.foreign if job.act == "foreign_host" else self.url
        return f"{origin}/results/{job.id}/{name}"


def _faults(body: Json, wanted: Mapping[str, Json]) -> list[dict[str, Any]]:
    if not isinstance(body, dict):
        return [{"loc": ["body"], "msg": "Input should be a valid dictionary", "type": "dict_type"}]
    missing = [] if body.get("prompt") else [_issue("prompt", "Field required")]
    extra = [_issue(name, "Extra inputs are not permitted") for name in body if name not in wanted]
    wrong = [
        _issue(name, f"Input should be {wanted[name]}")
        for name, value in body.items()
        if name in wanted and not _fits(value, wanted[name])
    ]
    return [*missing, *extra, *wrong]


def _issue(name: str, message: str) -> dict[str, Any]:
    return {"loc": ["body", name], "msg": message, "type": "value_error"}


def _fits(value: Json, kind: Json) -> bool:
    if isinstance(kind, list):
        return value in kind
    match kind:
        case "text":
            return isinstance(value, str)
        case "switch":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int) and not isinstance(value, bool)
        case "size":
            return isinstance(value, int) and 256 <= value <= 2048 and value % 32 == 0
        case "ratio":
            width, _, height = str(value).partition(":")
            return width.isdecimal() and height.isdecimal() and 9 / 21 <= int(width) / int(height) <= 21 / 9
    return _is_base64(value)


def _is_base64(value: Json) -> bool:
    try:
        return bool(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError, TypeError):
        return False
