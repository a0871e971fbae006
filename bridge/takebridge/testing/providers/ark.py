"""Ark as arkruntime 0.17 speaks it: tasks with content, usage in tokens, a DELETE that cancels or forgets."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.samples import sample
from takebridge.testing.providers.stage import FakeJob

_CODES = {
    "rate_limit": "RateLimitExceeded.EndpointRPMExceeded",
    "auth": "AuthenticationError",
    "quota": "AccountOverdueError",
    "retired": "InvalidEndpointOrModel.NotFound",
    "invalid": "InvalidParameter",
    "not_found": "NotFound",
    "server_error": "InternalServiceError",
    "shed": "ServerOverloaded",
    "moderated_in": "InputTextSensitiveContentDetected",
}
_ROLES = {
    "image_url": {"first_frame", "last_frame", "reference_image", "mask"},
    "video_url": {"reference_video"},
    "audio_url": {"reference_audio"},
}
_RATIOS = {"16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive"}
_FIELDS = {
    "model", "content", "resolution", "ratio", "duration", "frames", "seed", "generate_audio", "watermark",
    "return_last_frame", "camera_fixed", "draft", "service_tier", "execution_expires_after", "callback_url",
    "safety_identifier", "output_format", "omni_reference_task_type",
}  # fmt: skip
_PREFIXES = ("", "/api/v3")
TOKENS = 108_000
"""What a task says to have used: 1280x720 at 24 a second for 5 s, by 1024 pixels a token."""


class ArkServer(ContractServer):
    """Deleting takes a queued task out of the queue, and forgets one that has ended."""

    name = "ark"
    refusal_status: ClassVar[Mapping[str, int]] = {**ContractServer.refusal_status, "quota": 403, "shed": 503}

    def routes(self) -> Sequence[BaseRoute]:
        """Bare, and below /api/v3."""
        tasks = "/contents/generations/tasks"
        return [
            route
            for prefix in _PREFIXES
            for route in (
                Route(f"{prefix}{tasks}", self._create, methods=["POST"]),
                Route(f"{prefix}{tasks}", self._list),
                Route(f"{prefix}{tasks}/{{job}}", self._task),
                Route(f"{prefix}{tasks}/{{job}}", self._delete, methods=["DELETE"]),
                Route(f"{prefix}/images/generations", self._picture, methods=["POST"]),
            )
        ]

    def new_id(self) -> str:
        """Ids such as ``cgt-20261121-00001``."""
        self._count += 1
        return f"cgt-20261121-{self._count:05d}"

    def is_authorised(self, request: Request) -> bool:
        """A bearer token."""
        return request.headers.get("authorization") == f"Bearer {KEY}"

    def error(self, kind: str, message: str) -> Json:
        """``{error: {code, message, param, type}}``."""
        return {"error": {"code": _CODES.get(kind, "InvalidParameter"), "message": message, "param": "", "type": kind}}

    async def _create(self, request: Request) -> Response:
        body = await request.json()
        if (wrong := _wrong(body)) is not None:
            return self.refusal("invalid", wrong)
        if not re.fullmatch(r"(dreamina|doubao|seedance)-?[a-z0-9-]+", str(body["model"])):
            return self.refusal("retired", f"The model {body['model']} does not exist.")
        job = self.begin(body, str(body["model"]))
        if not isinstance(job, FakeJob):
            return job
        job.micros = 756_000
        return JSONResponse({"id": job.id})

    async def _list(self, request: Request) -> Response:
        return JSONResponse({"items": [], "total": len(self.stage.jobs)})

    async def _task(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["job"])
        if not isinstance(job, FakeJob):
            return job
        told = {"id": job.id, "model": job.model, "created_at": 1_795_000_000, "updated_at": 1_795_000_001}
        return JSONResponse({**told, **self._status(job)})

    def _status(self, job: FakeJob) -> dict[str, Any]:
        if job.cancelled:
            return {"status": "cancelled"}
        phase = self.stage.phase(job)
        if phase != "done":
            return {"status": "queued" if job.act == "throttled" else phase}
        if job.act == "failed":
            return {"status": "failed", "error": {"code": "InternalServiceError", "message": "the renderer stopped"}}
        if job.act == "moderated_out":
            told = "the output video may contain sensitive information"
            return {"status": "failed", "error": {"code": "OutputVideoSensitiveContentDetected", "message": told}}
        body = job.body
        return {
            "status": "succeeded",
            "content": {"video_url": self.result_url(job)},
            "usage": {"completion_tokens": TOKENS, "total_tokens": TOKENS},
            "seed": body.get("seed", job.seed),
            "resolution": body.get("resolution", "720p"),
            "ratio": body.get("ratio", "16:9"),
            "duration": body.get("duration", 5),
            "framespersecond": 24,
        }

    async def _delete(self, request: Request) -> Response:
        job = self.stage.jobs.get(request.path_params["job"])
        if job is None:
            return self.refusal("not_found", "no such task")
        if job.polls <= 1:
            job.cancelled = job.refunded = True
        elif job.polls == 2 or job.act == "slow":
            return JSONResponse(self.error("invalid", "a running task cannot be deleted"), status_code=409)
        else:
            del self.stage.jobs[job.id]
        return JSONResponse({})

    async def _picture(self, request: Request) -> Response:
        body = await request.json()
        if not isinstance(body.get("prompt"), str) or body.get("response_format") not in ("url", "b64_json"):
            return self.refusal("invalid", "prompt and response_format")
        if not re.fullmatch(r"\d+x\d+|[124]K", str(body.get("size"))):
            return self.refusal("invalid", "size")
        job = self.begin(body, str(body.get("model")))
        if not isinstance(job, FakeJob):
            return job
        if job.act in ("moderated_out", "failed"):
            code = "OutputImageSensitiveContentDetected" if job.act == "moderated_out" else "InternalServiceError"
            return JSONResponse({"model": job.model, "data": [{"error": {"code": code, "message": "held back"}}]})
        data = base64.b64encode(sample("x.jpg")[0]).decode()
        return JSONResponse({"model": job.model, "created": 1, "data": [{"b64_json": data, "size": body["size"]}]})


def _wrong(body: dict[str, Any]) -> str | None:
    if unknown := set(body) - _FIELDS:
        return f"unknown field {min(unknown)}"
    if not isinstance(body.get("model"), str) or not isinstance(body.get("content"), list) or not body["content"]:
        return "model and content are required"
    roles = [one.get("role") for one in body["content"]]
    for one in body["content"]:
        kind = one.get("type")
        if kind == "text":
            if not isinstance(one.get("text"), str):
                return "text"
        elif kind not in _ROLES or one.get("role") not in _ROLES[kind]:
            return f"{kind} with role {one.get('role')}"
        elif not re.match(r"https?://|data:[a-z]+/[a-z0-9.+-]+;base64,", str(one.get(kind, {}).get("url"))):
            return f"{kind}.url"
    if {"first_frame", "last_frame"} & set(roles) and any(str(role).startswith("reference") for role in roles):
        return "frames and references exclude each other"
    if "last_frame" in roles and "first_frame" not in roles:
        return "last_frame needs first_frame"
    if body.get("ratio", "16:9") not in _RATIOS or body.get("resolution", "720p") not in (
        "480p",
        "720p",
        "1080p",
        "4k",
    ):
        return "ratio or resolution"
    return None if isinstance(body.get("duration", 5), int) else "duration must be whole seconds"
