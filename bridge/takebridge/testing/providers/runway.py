"""Runway's tasks on 127.0.0.1 (runwayml 5.24.0; what each model takes is read from its generated types)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.form_parts import form_parts
from takebridge.testing.providers.stage import FakeJob, Stage

VERSION = "2024-11-06"
CREATED = "2026-11-21T12:00:00Z"
_STILLS = ("image", "banana", "seedream", "ideogram", "recraft", "2.5_flash", "precision")
_FAILURES = {
    "failed": ("INTERNAL.BAD_OUTPUT.CODE01", "The model made nothing usable."),
    "moderated_in": ("SAFETY.INPUT.TEXT", "The prompt was refused by content moderation."),
    "moderated_out": ("SAFETY.OUTPUT.VIDEO", "The result was refused by content moderation."),
}


class RunwayServer(ContractServer):
    """Submits, tasks, uploads and the organisation.

    Every request needs the version header. Input moderation shows in the task. A failed task names its cost, 0 when
    all was given back. Asking for a task again gives a fresh address of its result.
    """

    name: ClassVar[str] = "runway"
    moderates_later: ClassVar[bool] = True
    refusal_status: ClassVar[Mapping[str, int]] = {
        "rate_limit": 429,
        "auth": 401,
        "quota": 400,
        "retired": 400,
        "invalid": 400,
        "server_error": 500,
        "shed": 503,
        "not_found": 404,
    }

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.uploads: dict[str, bytes] = {}
        self.balance = 1234
        self._promised: list[str] = []

    def routes(self) -> Sequence[BaseRoute]:
        """Return the API's routes; ``/s3/`` is the storage uploads go to, with a proof of its own."""
        return [
            Route("/v1/organization", self._organization, methods=["GET"]),
            Route("/v1/uploads", self._upload, methods=["POST"]),
            Route("/s3/{name}", self._stored, methods=["POST"]),
            Route("/v1/tasks/{id}", self._task, methods=["GET"]),
            Route("/v1/tasks/{id}", self._delete, methods=["DELETE"]),
            Route("/v1/{path}", self._submit, methods=["POST"]),
        ]

    def is_authorised(self, request: Request) -> bool:
        """Bearer; the storage knows no key."""
        return request.url.path.startswith("/s3/") or request.headers.get("authorization") == f"Bearer {KEY}"

    def error(self, kind: str, message: str) -> Json:
        """Return ``{error}``; validation names its issues."""
        if kind == "retired":
            issue = {"code": "invalid_union_discriminator", "path": ["model"], "message": "Invalid discriminator value"}
            return {"error": "Validation of body failed", "issues": [issue]}
        if kind == "quota":
            return {"error": "You do not have enough credits to run this task."}
        return {"error": message}

    # --- tasks

    async def _submit(self, request: Request) -> Response:
        if (missing := _versionless(request)) is not None:
            return missing
        path = request.path_params["path"]
        try:
            body = await request.json()
        except ValueError:
            return JSONResponse({"error": "The body is no JSON."}, status_code=400)
        if path not in {one for one, _ in models()}:
            return JSONResponse({"error": "Not found"}, status_code=404)
        model = body.get("model") if isinstance(body, dict) else None
        schema = models().get((path, str(model)))
        if schema is None:
            return self.refusal("retired")
        wish = {name: value for name, value in body.items() if name != "model"}
        if issues := list(faults({"object": schema}, wish, ())) + list(self._strangers(wish)):
            return JSONResponse({"error": "Validation of body failed", "issues": issues}, status_code=400)
        job = self.begin(body, str(model))
        if not isinstance(job, FakeJob):
            return job
        return JSONResponse({"id": job.id, "estimatedCost": {"credits": job.micros / 10_000}})

    async def _task(self, request: Request) -> Response:
        if (missing := _versionless(request)) is not None:
            return missing
        job = self.looked_at(request.path_params["id"])
        if not isinstance(job, FakeJob):
            return job
        facts: dict[str, Any] = {"id": job.id, "createdAt": CREATED}
        credits = job.micros // 10_000
        if job.cancelled:
            return JSONResponse({**facts, "status": "CANCELLED", "cost": {"credits": 0 if job.refunded else credits}})
        match self.stage.phase(job):
            case "queued":
                word = "THROTTLED" if job.act == "throttled" else "PENDING"
                return JSONResponse({**facts, "status": word, "estimatedCost": {"credits": credits}})
            case "running":
                told = {"status": "RUNNING", "progress": 0.4, "estimatedCost": {"credits": credits}}
                return JSONResponse({**facts, **told})
        if job.act in _FAILURES:
            job.refunded = job.act == "failed"
            code, words = _FAILURES[job.act]
            cost = {"credits": 0 if job.refunded else credits}
            return JSONResponse({**facts, "status": "FAILED", "failure": words, "failureCode": code, "cost": cost})
        output = [self.result_url(job, _file_of(job))]
        return JSONResponse({**facts, "status": "SUCCEEDED", "output": output, "cost": {"credits": credits}})

    async def _delete(self, request: Request) -> Response:
        """Cancel a task that waits or runs; delete one that has ended. A running one is not refunded."""
        job = self.stage.jobs.get(request.path_params["id"])
        if job is None:
            return JSONResponse({"error": "Task not found"}, status_code=404)
        if job.polls >= 3 and job.act != "slow":
            del self.stage.jobs[job.id]
        else:
            job.refunded = job.polls < 2
            job.cancelled = True
        return Response(status_code=204)

    # --- uploads and the account

    async def _upload(self, request: Request) -> Response:
        told = await request.json()
        if set(told) != {"filename", "type"} or told["type"] != "ephemeral" or "." not in told["filename"]:
            return JSONResponse({"error": "Validation of body failed"}, status_code=400)
        name = f"upload-{len(self._promised) + 1}"
        self._promised.append(name)
        fields = {"key": name, "policy": "signed", "x-amz-algorithm": "AWS4-HMAC-SHA256"}
        return JSONResponse(
            {"uploadUrl": f"{self.url}/s3/{name}", "fields": fields, "runwayUri": f"runway://{name}"},
        )

    async def _stored(self, request: Request) -> Response:
        name = request.path_params["name"]
        if "authorization" in request.headers:
            return Response("<Error><Code>InvalidArgument</Code></Error>", status_code=400)
        parts = form_parts(request.headers.get("content-type", ""), await request.body())
        key = next((one.text for one in parts if one.name == "key"), "")
        if not parts or parts[-1].name != "file" or key != name or name not in self._promised:
            return Response("<Error><Code>AccessDenied</Code></Error>", status_code=403)
        self.uploads[name] = parts[-1].data
        return Response(status_code=204)

    async def _organization(self, request: Request) -> Response:
        if (missing := _versionless(request)) is not None:
            return missing
        limits = {"maxConcurrentGenerations": 3, "maxDailyGenerations": 200}
        tier = {"maxMonthlyCreditSpend": 100_000, "models": {"gen4.5": limits}}
        usage = {"models": {"gen4.5": {"dailyGenerations": 1}}}
        return JSONResponse({"creditBalance": self.balance, "tier": tier, "usage": usage})

    def _strangers(self, wish: Json) -> list[dict[str, Any]]:
        """Return an issue for each upload that never arrived."""
        named = [text for text in _texts(wish) if text.startswith("runway://")]
        return [_issue(("uri",), f"{one} was not uploaded") for one in named if one[9:] not in self.uploads]


@cache
def models() -> dict[tuple[str, str], dict[str, Any]]:
    """Return what each model takes at each path: ``required`` and ``fields``."""
    text = resources.files("takebridge.testing.providers").joinpath("runway_models.json").read_text("utf-8")
    return {(row["path"], model): row for row in json.loads(text) for model in row["models"]}


def faults(spec: Json, value: Json, path: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what is wrong with a value: ``spec`` is a type's name, the values allowed, an object, a list or any of."""
    if isinstance(spec, list):
        return [] if value in spec and type(value) in {type(one) for one in spec} else [_issue(path, f"not in {spec}")]
    if isinstance(spec, dict) and "any" in spec:
        tried = [faults(one, value, path) for one in spec["any"]]
        return [] if any(not one for one in tried) else tried[-1]
    if isinstance(spec, dict) and "list" in spec:
        if not isinstance(value, list) or not value:
            return [_issue(path, "a list is wanted")]
        return [issue for n, one in enumerate(value) for issue in faults(spec["list"], one, (*path, str(n)))]
    if isinstance(spec, dict):
        return _object_faults(spec["object"], value, path)
    return [] if spec == "any" or _is_a(spec, value) else [_issue(path, f"a {spec} is wanted")]


def _object_faults(spec: Mapping[str, Any], value: Json, path: tuple[str, ...]) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return [_issue(path, "an object is wanted")]
    found = [_issue((*path, name), "Required") for name in spec["required"] if name not in value]
    found += [_issue((*path, name), "Unrecognized key") for name in value if name not in spec["fields"]]
    for name, one in value.items():
        if name in spec["fields"]:
            found += faults(spec["fields"][name], one, (*path, name))
    return found


def _is_a(kind: str, value: Json) -> bool:
    if isinstance(value, bool):
        return kind == "bool"
    wanted: dict[str, type | tuple[type, ...]] = {"string": str, "int": int, "number": (int, float), "bool": bool}
    return isinstance(value, wanted[kind])


def _issue(path: Sequence[str], message: str) -> dict[str, Any]:
    return {"code": "custom", "path": list(path), "message": message}


def _texts(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]


def _versionless(request: Request) -> Response | None:
    if request.headers.get("x-runway-version") == VERSION:
        return None
    return JSONResponse({"error": "The X-Runway-Version header is missing or unknown."}, status_code=400)


def _file_of(job: FakeJob) -> str:
    if any(
        word in job.model for word in ("image", "banana", "seedream", "ideogram", "recraft", "2.5_flash", "precision")
    ):
        return "image.png"
    return "speech.mp3" if job.model.startswith(("eleven", "seed_audio", "mirelo")) else "take.mp4"
