"""fal's queue, upload CDN and REST host behind one address (fal-client 1.0.3; inputs from @fal-ai/client 1.10.1)."""

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
from takebridge.testing.providers.stage import FakeJob, Stage

_CDN_TOKEN = "cdn-token-of-a-contract-server"  # noqa: S105 - what this server hands out; no secret
_ERROR_TYPES = {"server_error": "internal_server_error", "shed": "runner_server_error"}
_EXHAUSTED = "User is locked. Reason: Exhausted balance."


class FalServer(ContractServer):
    """One app for ``queue.fal.run``, ``rest.fal.ai`` and the CDN.

    Status addresses leave out the endpoint's sub-path. A job that failed is COMPLETED with ``error`` and a 4xx/5xx at
    its result. Uploads need the token of ``/storage/auth/token``, not the key. Results keep one address.
    """

    name: ClassVar[str] = "fal"
    refusal_status: ClassVar[Mapping[str, int]] = {
        "rate_limit": 429,
        "auth": 401,
        "quota": 403,
        "retired": 404,
        "invalid": 422,
        "server_error": 500,
        "shed": 503,
        "moderated_in": 422,
        "not_found": 404,
    }
    moderates_later: ClassVar[bool] = True

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.uploads: dict[str, bytes] = {}
        self.lifecycles: list[dict[str, Any]] = []
        self._parts: dict[str, dict[int, bytes]] = {}

    def routes(self) -> Sequence[BaseRoute]:
        """Return the API's routes."""
        return [
            Route("/storage/auth/token", self._token, methods=["POST"]),
            Route("/files/upload", self._upload, methods=["POST"]),
            Route("/files/upload/multipart", self._begin_parts, methods=["POST"]),
            Route("/files/{name}/multipart/{upload}/complete", self._complete, methods=["POST"]),
            Route("/files/{name}/multipart/{upload}/{number:int}", self._part, methods=["PUT"]),
            Route("/{app:path}/requests/{id}/status", self._status, methods=["GET"]),
            Route("/{app:path}/requests/{id}/cancel", self._cancel, methods=["PUT"]),
            Route("/{app:path}/requests/{id}", self._response, methods=["GET"]),
            Route("/{endpoint:path}", self._submit, methods=["POST"]),
        ]

    def is_authorised(self, request: Request) -> bool:
        """The key everywhere but at the CDN, which takes its own token only."""
        wanted = f"Bearer {_CDN_TOKEN}" if request.url.path.startswith("/files/") else f"Key {KEY}"
        return request.headers.get("authorization") == wanted

    def error(self, kind: str, message: str) -> Json:
        """Return a model's error (a list of details) for inputs, else a request's (text and ``error_type``)."""
        if kind == "invalid":
            return {"detail": [{"loc": ["body", "prompt"], "msg": message, "type": "value_error"}]}
        if kind == "quota":
            return {"detail": _EXHAUSTED}
        if kind in _ERROR_TYPES:
            return {"detail": message, "error_type": _ERROR_TYPES[kind]}
        return {"detail": message}

    # --- the queue

    async def _submit(self, request: Request) -> Response:
        endpoint = request.path_params["endpoint"]
        schema = endpoints().get(endpoint)
        if schema is None:
            return JSONResponse({"detail": f"Path /{endpoint} not found"}, status_code=404)
        try:
            body = await request.json()
        except ValueError:
            return JSONResponse({"detail": "Invalid JSON"}, status_code=422)
        if faults := _faults(body, schema):
            return JSONResponse({"detail": faults}, status_code=422, headers={"X-Fal-Retryable": "false"})
        job = self.begin(body, endpoint)
        if not isinstance(job, FakeJob):
            return job
        root = f"{self.url}/{_app(endpoint)}/requests/{job.id}"
        return JSONResponse(
            {
                "status": "IN_QUEUE",
                "request_id": job.id,
                "response_url": root,
                "status_url": f"{root}/status",
                "cancel_url": f"{root}/cancel",
                "queue_position": 0,
            }
        )

    async def _status(self, request: Request) -> Response:
        job = self._job(request)
        if not isinstance(job, FakeJob):
            return job
        if job.cancelled:
            return JSONResponse({"status": "COMPLETED", "logs": None, "error": "Request was cancelled"})
        logs: list[Json] | None = [] if request.query_params.get("logs") in ("1", "true") else None
        match self.stage.phase(job):
            case "queued":
                return JSONResponse({"status": "IN_QUEUE", "request_id": job.id, "queue_position": 0})
            case "running":
                return JSONResponse({"status": "IN_PROGRESS", "request_id": job.id, "logs": logs})
        ended = {"status": "COMPLETED", "request_id": job.id, "logs": logs, "metrics": {"inference_time": 1.5}}
        if (fault := _fault(job)) is not None:
            ended |= {"error": fault[1], "error_type": fault[2]}
        return JSONResponse(ended)

    async def _response(self, request: Request) -> Response:
        job = self._job(request)
        if not isinstance(job, FakeJob):
            return job
        if job.cancelled:
            return JSONResponse({"detail": "Request was cancelled"}, status_code=400)
        if (fault := _fault(job)) is not None:
            status, reason, kind = fault
            told = {"loc": ["body", "prompt"] if job.act == "moderated_in" else ["body"], "msg": reason, "type": kind}
            headers = {"X-Fal-Retryable": "true" if status >= 500 else "false"}
            return JSONResponse({"detail": [told]}, status_code=status, headers=headers)
        return JSONResponse(self._output(job))

    async def _cancel(self, request: Request) -> Response:
        job = self.stage.jobs.get(request.path_params["id"])
        if job is None or not _belongs(job, request):
            return JSONResponse({"status": "NOT_FOUND"}, status_code=404)
        if job.polls >= 3 and job.act != "slow":
            return JSONResponse({"status": "ALREADY_COMPLETED"}, status_code=400)
        job.cancelled = True
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, status_code=202)

    def _job(self, request: Request) -> FakeJob | Response:
        job = self.looked_at(request.path_params["id"])
        if isinstance(job, FakeJob) and not _belongs(job, request):
            return JSONResponse({"detail": "Request not found"}, status_code=404)
        return job

    def _output(self, job: FakeJob) -> dict[str, Any]:
        """Return the output in the shape of the endpoint's kind of media."""
        key, name, kind, many = _shape(job.model)
        file = {"url": self.result_url(job, name), "content_type": kind, "file_name": name, "file_size": 1}
        seeded = {"seed": job.body.get("seed", job.seed)} if "seed" in endpoints()[job.model]["fields"] else {}
        return {key: [file] if many else file, **seeded}

    def result_url(self, job: FakeJob, name: str = "take.mp4") -> str:
        """Return the one address of a result: looking again gives no fresh one."""
        origin = self.stage.foreign if job.act == "foreign_host" else self.url
        return f"{origin}/results/{job.id}/{name}"

    # --- uploads

    async def _token(self, request: Request) -> Response:
        if request.query_params.get("storage_type") != "fal-cdn-v3":
            return JSONResponse({"detail": "unknown storage type"}, status_code=422)
        ends = "2099-01-01T00:00:00+00:00"
        return JSONResponse(
            {"token": _CDN_TOKEN, "token_type": "Bearer", "base_url": self.url, "expires_at": ends},
        )

    async def _upload(self, request: Request) -> Response:
        if not (body := await request.body()) or len(body) > 100 * 2**20:
            return JSONResponse({"detail": "empty or too large for one piece"}, status_code=413)
        return JSONResponse({"access_url": self._kept(request, body)})

    async def _begin_parts(self, request: Request) -> Response:
        address = self._kept(request, b"")
        self._parts[address.rsplit("/", 1)[1]] = {}
        return JSONResponse({"access_url": address, "uploadId": "up-1"})

    async def _part(self, request: Request) -> Response:
        number, data = request.path_params["number"], await request.body()
        parts = self._parts.get(request.path_params["name"])
        if parts is None or request.path_params["upload"] != "up-1" or number < 1:
            return JSONResponse({"detail": "no such upload"}, status_code=404)
        parts[number] = data
        return Response(headers={"ETag": f'"part-{number}"'})

    async def _complete(self, request: Request) -> Response:
        name = request.path_params["name"]
        parts = self._parts.get(name, {})
        told = (await request.json()).get("parts")
        wanted = [{"partNumber": number, "etag": f'"part-{number}"'} for number in sorted(parts)]
        if not parts or told != wanted:
            return JSONResponse({"detail": "the parts do not match"}, status_code=422)
        self.uploads[name] = b"".join(parts[number] for number in sorted(parts))
        return JSONResponse({})

    def _kept(self, request: Request, body: bytes) -> str:
        name = f"{len(self.uploads) + 1}-{request.headers.get('x-fal-file-name', 'upload.bin')}"
        self.uploads[name] = body
        self.lifecycles.append(json.loads(request.headers.get("x-fal-object-lifecycle", "{}")))
        return f"{self.url}/files/{name}"


@cache
def endpoints() -> dict[str, dict[str, Any]]:
    """Return what each endpoint takes: ``required`` and ``fields`` (a type, or the values allowed)."""
    text = resources.files("takebridge.testing.providers").joinpath("fal_endpoints.json").read_text("utf-8")
    return {endpoint: row for row in json.loads(text) for endpoint in row["endpoints"]}


def _faults(body: Json, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not isinstance(body, dict):
        return [{"loc": ["body"], "msg": "Input should be a valid dictionary", "type": "dict_type"}]
    missing = [_detail(name, "Field required", "missing") for name in schema["required"] if name not in body]
    unknown = [
        _detail(name, "Extra inputs are not permitted", "extra") for name in body if name not in schema["fields"]
    ]
    wrong = [
        _detail(name, f"Input should be {schema['fields'][name]}", "type_error")
        for name, value in body.items()
        if name in schema["fields"] and not _fits(value, schema["fields"][name])
    ]
    return [*missing, *unknown, *wrong]


def _detail(name: str, message: str, kind: str) -> dict[str, Any]:
    return {"loc": ["body", name], "msg": message, "type": kind}


def _fits(value: Json, wanted: Json) -> bool:
    if isinstance(wanted, list):
        sized = isinstance(value, dict) and set(value) == {"width", "height"}
        return value in [one for one in wanted if isinstance(one, str)] or (
            sized and any(isinstance(one, dict) for one in wanted)
        )
    match wanted:
        case "string":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "strings":
            return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
    return True


def _fault(job: FakeJob) -> tuple[int, str, str] | None:
    """Return status, reason and type of a job that failed."""
    match job.act:
        case "failed":
            return 500, "The model crashed", "internal_server_error"
        case "moderated_in":
            return 422, "The prompt was flagged by a content checker", "content_policy_violation"
        case "moderated_out":
            return 422, "The result was flagged by a content checker", "content_policy_violation"
    return None


def _shape(endpoint: str) -> tuple[str, str, str, bool]:
    """Return field, file name, content type and whether the output is a list."""
    if any(word in endpoint for word in ("3d", "trellis", "rodin")):
        key = "model_mesh" if "tripo" in endpoint or "rodin" in endpoint else "model_glb"
        return key, "model.glb", "model/gltf-binary", False
    if "elevenlabs" in endpoint:
        return "audio", "speech.mp3", "audio/mpeg", False
    if "upscale/image" in endpoint:
        return "image", "image.png", "image/png", False
    if (
        any(word in endpoint for word in ("image-2", "flux", "banana", "imagen", "gpt-image"))
        and "video" not in endpoint
    ):
        return "images", "image.png", "image/png", True
    return "video", "take.mp4", "video/mp4", False


def _app(endpoint: str) -> str:
    parts = endpoint.split("/")
    return "/".join(parts[: 3 if parts[0] in ("workflows", "comfy") else 2])


def _belongs(job: FakeJob, request: Request) -> bool:
    """Whether the address names the job's own app: a full endpoint in its place is not known to fal."""
    return bool(request.path_params["app"] == _app(job.model))
