"""Vidu's API on 127.0.0.1: ``Token``, data URIs, credits, and errors that name their reason."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.stage import FakeJob

CREDITS = 4
"""What each task costs."""

_REASONS = {
    "auth": "Unauthorized",
    "quota": "CreditInsufficient",
    "rate_limit": "QuotaExceeded",
    "retired": "ModelUnavailable",
    "invalid": "FieldInvalid",
    "server_error": "InternalServiceFailure",
    "shed": "InternalServiceFailure",
    "moderated_in": "AuditSubmitIllegal",
    "not_found": "TaskNotFound",
}
_MODELS: Mapping[str, set[str]] = {
    "text2video": {"viduq3-pro", "viduq3-turbo", "viduq2", "viduq4-preview"},
    "img2video": {"viduq3-pro", "viduq3-turbo", "viduq2-pro", "viduq2-turbo", "viduq4-preview"},
    "start-end2video": {"viduq3-pro", "viduq3-turbo", "viduq2-pro", "viduq2-turbo", "viduq4-preview"},
    "reference2video": {"viduq2", "viduq4-preview"},
}
_PICTURES = {"text2video": (0, 0), "img2video": (1, 1), "start-end2video": (2, 2), "reference2video": (1, 15)}
_MAY = {
    "model", "prompt", "duration", "seed", "aspect_ratio", "resolution", "movement_amplitude", "images", "subjects",
    "bgm", "audio", "off_peak", "watermark", "payload", "callback_url",
}  # fmt: skip


class ViduServer(ContractServer):
    """Tasks of four kinds. A task can be cancelled until it is looked at for the second time, a ``slow`` one never."""

    name = "vidu"
    refusal_status: ClassVar[Mapping[str, int]] = {**ContractServer.refusal_status, "quota": 400, "retired": 400}

    def routes(self) -> Sequence[BaseRoute]:
        """What the vendor documents."""
        found: list[BaseRoute] = [Route(f"/ent/v2/{kind}", self._create, methods=["POST"]) for kind in _MODELS]
        return [
            *found,
            Route("/ent/v2/tasks/{id}/creations", self._get),
            Route("/ent/v2/tasks/{id}/cancel", self._cancel, methods=["POST"]),
            Route("/ent/v2/credits", self._credits),
        ]

    def is_authorised(self, request: Request) -> bool:
        """The scheme is ``Token``."""
        return request.headers.get("authorization") == f"Token {KEY}"

    def error(self, kind: str, message: str) -> Json:
        """Code, reason, message, and a trace id."""
        reason = _REASONS.get(kind, "BadRequest")
        code = self.refusal_status.get(kind, 404 if kind == "not_found" else 400)
        return {"code": code, "reason": reason, "message": message, "metadata": {"trace_id": "t" * 32}}

    async def _create(self, request: Request) -> Response:
        kind = request.url.path.rpartition("/")[2]
        try:
            body = json.loads(await request.body())
        except ValueError:
            return self.refusal("invalid", "no JSON")
        if fault := _fault(kind, body):
            return self.refusal("invalid", f"invalid field: {fault}")
        job = self.begin(body, body["model"])
        if not isinstance(job, FakeJob):
            return job
        job.seed = body.get("seed") or job.seed
        told = {name: body[name] for name in ("model", "prompt", "duration", "resolution") if name in body}
        facts = {"task_id": job.id, "state": "created", "credits": CREDITS, "seed": job.seed}
        return JSONResponse({**facts, **told, "created_at": "2026-11-21T12:00:00Z"})

    async def _get(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["id"])
        if not isinstance(job, FakeJob):
            return job
        facts: dict[str, Json] = {"id": job.id, "credits": CREDITS, "payload": "", "err_code": "", "creations": []}
        if job.cancelled:
            return JSONResponse({**facts, "state": "failed", "err_code": "UserCancelled", "credits": 0})
        phase = self.stage.phase(job)
        if phase != "done":
            state = "queueing" if phase == "queued" or (job.act == "throttled" and job.polls < 3) else "processing"
            return JSONResponse({**facts, "state": state, "progress": 0 if state == "queueing" else 40})
        codes = {"failed": "InternalServiceFailure", "moderated_out": "CreationPolicyViolation"}
        if job.act in codes:
            job.refunded = True
            return JSONResponse({**facts, "state": "failed", "err_code": codes[job.act], "credits": 0})
        made = {"id": f"creation-{job.id}", "url": self.result_url(job), "cover_url": self.result_url(job, "cover.jpg")}
        return JSONResponse({**facts, "state": "success", "progress": 100, "creations": [made]})

    async def _cancel(self, request: Request) -> Response:
        job = self.stage.jobs.get(request.path_params["id"])
        if job is None:
            return JSONResponse(self.error("not_found", "task not found"), status_code=404)
        if (job.polls > 1 or job.act == "slow") and not job.cancelled:
            return JSONResponse(self.error("", "task state is scheduled, can not cancel"), status_code=400)
        job.cancelled = job.refunded = True
        return JSONResponse({})

    async def _credits(self, request: Request) -> Response:
        limits = {"concurrency_limit": 5, "current_concurrency": 0, "queue_count": 0}
        return JSONResponse({"remains": [{"type": "metered", "credit_remain": 1200, **limits}], "packages": []})


def _fault(kind: str, body: Json) -> str:
    """Return the field the vendor would refuse."""
    if not isinstance(body, dict) or set(body) - _MAY:
        return min(set(body) - _MAY) if isinstance(body, dict) else "body"
    if body.get("model") not in _MODELS[kind]:
        return "model"
    if not isinstance(body.get("prompt", ""), str) or len(body.get("prompt", "")) > 5000:
        return "prompt"
    if kind == "text2video" and not body.get("prompt"):
        return "prompt"
    if type(body.get("duration", 5)) is not int or not 1 <= body.get("duration", 5) <= 16:
        return "duration"
    if body.get("resolution", "720p") not in ("540p", "720p", "1080p", "2K", "4K"):
        return "resolution"
    if type(body.get("audio", False)) is not bool or type(body.get("seed", 0)) is not int:
        return "audio or seed"
    if body.get("aspect_ratio", "16:9") not in ("16:9", "9:16", "3:4", "4:3", "1:1"):
        return "aspect_ratio"
    low, high = _PICTURES[kind]
    pictures = body.get("images", [])
    return "" if low <= len(pictures) <= high and all(map(_is_picture, pictures)) else "images"


def _is_picture(value: Json) -> bool:
    """An address, or base64 that says its type: bare base64 is refused."""
    if not isinstance(value, str):
        return False
    head, _, data = value.partition(";base64,")
    try:
        return value.startswith("https://") or (
            head.startswith("data:image/") and bool(base64.b64decode(data, None, True))
        )
    except (binascii.Error, ValueError):
        return False
