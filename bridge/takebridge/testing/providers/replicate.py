"""Replicate's predictions on 127.0.0.1 (replicate 1.0.7; inputs as replicate.com's API pages showed them)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.form_parts import form_parts
from takebridge.testing.providers.stage import FakeJob, Stage

CREATED = "2026-11-21T12:00:00.000Z"
VERSION = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"
_RESOLUTIONS = ["480p", "720p", "1080p"]
_FRAMES: dict[str, Any] = {"prompt": str, "image": str, "last_frame_image": str, "seed": int, "duration": int}
_SEEDANCE_1 = _FRAMES | {"resolution": _RESOLUTIONS, "aspect_ratio": str, "fps": [24], "camera_fixed": bool}
_INPUTS: Mapping[str, Mapping[str, Any] | None] = {
    "bytedance/seedance-1-pro": _SEEDANCE_1,
    "bytedance/seedance-1-lite": _SEEDANCE_1 | {"reference_images": list},
    "bytedance/seedance-1.5-pro": _FRAMES
    | {"aspect_ratio": str, "fps": [24], "camera_fixed": bool, "generate_audio": bool},
    "bytedance/seedance-2.0": _FRAMES
    | {"resolution": [*_RESOLUTIONS, "4k"], "aspect_ratio": str, "generate_audio": bool}
    | {"reference_images": list, "reference_videos": list, "reference_audios": list},
    # A model of somebody's own: any input goes.
    "acme/kites": None,
}
_TITLES = {401: "Unauthenticated", 402: "Insufficient credit", 404: "Not found", 422: "Input validation failed"}
_BAR = " 40%|████      | 20/50 [00:10<00:15,  2.00it/s]\n"


class ReplicateServer(ContractServer):
    """Models, versions, predictions, files and the account.

    The body of a prediction holds ``input``. A throttle has no Retry-After: it says in words when it ends. A result
    lies at one address. ``aborts``: jobs end as ``aborted``; ``removed``: their data is gone.
    """

    name: ClassVar[str] = "replicate"
    moderates_later: ClassVar[bool] = True
    refusal_status: ClassVar[Mapping[str, int]] = {
        "rate_limit": 429,
        "auth": 401,
        "quota": 402,
        "retired": 404,
        "invalid": 422,
        "server_error": 500,
        "shed": 503,
        "not_found": 404,
    }

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.uploads: dict[str, bytes] = {}
        self.aborts = False
        self.removed = False

    def routes(self) -> Sequence[BaseRoute]:
        """Return the API's routes."""
        return [
            Route("/v1/account", self._account, methods=["GET"]),
            Route("/v1/files", self._file, methods=["POST"]),
            Route("/v1/models/{owner}/{name}/predictions", self._official, methods=["POST"]),
            Route("/v1/predictions", self._version, methods=["POST"]),
            Route("/v1/predictions/{id}", self._prediction, methods=["GET"]),
            Route("/v1/predictions/{id}/cancel", self._cancel, methods=["POST"]),
        ]

    def is_authorised(self, request: Request) -> bool:
        """Bearer."""
        return request.headers.get("authorization") == f"Bearer {KEY}"

    def new_id(self) -> str:
        """26 characters of lower case, as theirs are."""
        self._count += 1
        return f"takebridge{self._count:016d}"

    def error(self, kind: str, message: str) -> Json:
        """Return a problem (RFC 7807, nearly)."""
        status = self.refusal_status.get(kind, 400)
        if kind == "rate_limit":
            return {"detail": "Request was throttled. Your rate limit resets in ~1s.", "status": 429}
        return {"title": _TITLES.get(status, "Error"), "detail": message, "status": status}

    def refusal(self, act: str, message: str = "") -> Response:
        """Return the refusal, without Retry-After."""
        return JSONResponse(
            self.error(act, message or f"refused: {act}"), status_code=self.refusal_status.get(act, 400)
        )

    # --- predictions

    async def _official(self, request: Request) -> Response:
        model = f"{request.path_params['owner']}/{request.path_params['name']}"
        if model not in _INPUTS:
            return self.refusal("retired", "The requested resource could not be found.")
        return self._made(
            await request.json(), model, "hidden", {"input", "stream", "webhook", "webhook_events_filter"}
        )

    async def _version(self, request: Request) -> Response:
        body = await request.json()
        if not isinstance(body, dict) or body.get("version") != VERSION:
            return self.refusal("invalid", "The specified version does not exist (or you don't have permission).")
        known = {"version", "input", "stream", "webhook", "webhook_events_filter"}
        return self._made(body, "acme/kites", VERSION, known)

    def _made(self, body: Json, model: str, version: str, known: set[str]) -> Response:
        if not isinstance(body, dict) or not isinstance(body.get("input"), dict) or set(body) - known:
            return self.refusal("invalid", "- input: input is required")
        if fault := _fault(body["input"], _INPUTS[model]):
            return self.refusal("invalid", fault)
        job = self.begin({**body, "version": version}, model)
        return JSONResponse(self._facts(job, "starting"), status_code=201) if isinstance(job, FakeJob) else job

    async def _prediction(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["id"])
        if not isinstance(job, FakeJob):
            return job
        if job.cancelled:
            return JSONResponse(self._facts(job, "canceled"))
        match self.stage.phase(job):
            case "queued":
                return JSONResponse(self._facts(job, "starting"))
            case "running":
                return JSONResponse(self._facts(job, "processing", logs=f"Using seed: {job.seed}\n{_BAR}"))
        if self.aborts:
            return JSONResponse(self._facts(job, "aborted"))
        told = {
            "failed": "CUDA out of memory",
            "moderated_in": "The input was flagged as sensitive. Please try again with different inputs.",
            "moderated_out": "The input or output was flagged as sensitive. Please try again. (E005)",
        }
        if job.act in told:
            return JSONResponse(self._facts(job, "failed", error=told[job.act]))
        if self.removed:
            return JSONResponse(self._facts(job, "succeeded", data_removed=True))
        seed = job.body["input"].get("seed", job.seed)
        facts = self._facts(job, "succeeded", logs=f"Using seed: {seed}\n", output=self.result_url(job))
        return JSONResponse({**facts, "metrics": {"predict_time": 41.2}})

    async def _cancel(self, request: Request) -> Response:
        job = self.stage.jobs.get(request.path_params["id"])
        if job is None:
            return self.refusal("not_found", "The requested resource could not be found.")
        job.cancelled = job.cancelled or job.polls < 3 or job.act == "slow"
        return JSONResponse(self._facts(job, "canceled" if job.cancelled else "succeeded"))

    def result_url(self, job: FakeJob, name: str = "take.mp4") -> str:
        """Return the one address of a result: looking again gives no fresh one."""
        origin = self.stage.foreign if job.act == "foreign_host" else self.url
        return f"{origin}/results/{job.id}/{name}"

    def _facts(self, job: FakeJob, status: str, **more: Json) -> dict[str, Any]:
        root = f"{self.url}/v1/predictions/{job.id}"
        urls = {"get": root, "cancel": f"{root}/cancel", "web": f"https://replicate.com/p/{job.id}"}
        times = {"created_at": CREATED, "started_at": None, "completed_at": None}
        facts = {"id": job.id, "model": job.model, "version": job.body["version"], "status": status, "urls": urls}
        empty: dict[str, Any] = {"input": job.body["input"], "output": None, "error": None, "logs": "", "metrics": {}}
        return {**facts, **times, **empty, "data_removed": False, **more}

    # --- files and the account

    async def _file(self, request: Request) -> Response:
        parts = {one.name: one for one in form_parts(request.headers.get("content-type", ""), await request.body())}
        if "content" not in parts or not parts["content"].data:
            return self.refusal("invalid", "content: this field is required")
        content, name = parts["content"], f"file-{len(self.uploads) + 1}"
        self.uploads[name] = content.data
        facts = {"id": name, "name": content.filename, "content_type": content.kind, "size": len(content.data)}
        marks = {"etag": "e", "checksums": {"sha256": "0"}, "metadata": {}}
        times = {"created_at": CREATED, "expires_at": "2026-11-22T12:00:00.000Z"}
        return JSONResponse(
            {**facts, **marks, **times, "urls": {"get": f"{self.url}/v1/files/{name}"}}, status_code=201
        )

    async def _account(self, request: Request) -> Response:
        return JSONResponse({"type": "user", "username": "kite", "name": "A. Kite", "github_url": None})


def _fault(given: Mapping[str, Any], wanted: Mapping[str, Any] | None) -> str:
    """Return what is wrong with an input, as the vendor lists it."""
    if wanted is None:
        return ""
    if not given.get("prompt"):
        return "- input: prompt is required"
    for name, value in given.items():
        rule = wanted.get(name)
        if rule is None:
            return f"- input: Additional property {name} is not allowed"
        if isinstance(rule, list) and value not in rule:
            return f"- input.{name}: must be one of {rule}"
        if isinstance(rule, type) and (not isinstance(value, rule) or (rule is int and isinstance(value, bool))):
            return f"- input.{name}: Invalid type. Expected: {rule.__name__}"
    if not -1 <= given.get("duration", 5) <= 15:
        return "- input.duration: Must be less than or equal to 15"
    if not re.fullmatch(r"adaptive|\d+:\d+", given.get("aspect_ratio", "adaptive")):
        return "- input.aspect_ratio: must be a ratio"
    return ""
