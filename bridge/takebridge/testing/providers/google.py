"""The Gemini API as google-genai 3.4.0 speaks it: generateContent, Interactions, operations, the Files API."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.samples import sample
from takebridge.testing.providers.stage import FakeJob, Stage

_STATUS = {
    "rate_limit": "RESOURCE_EXHAUSTED",
    "auth": "INVALID_ARGUMENT",
    "quota": "FAILED_PRECONDITION",
    "retired": "NOT_FOUND",
    "not_found": "NOT_FOUND",
    "invalid": "INVALID_ARGUMENT",
    "server_error": "INTERNAL",
    "shed": "UNAVAILABLE",
    "moderated_in": "INVALID_ARGUMENT",
}
_CODES = {
    "rate_limit": 429, "auth": 400, "quota": 400, "retired": 404, "not_found": 404, "server_error": 500, "shed": 503,
}  # fmt: skip
_MODELS = re.compile(r"(gemini|imagen|veo|lyria)-[a-z0-9.-]+")
_TASKS = {"text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale"}
_PICTURE_ASPECTS = {
    "1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9", "1:8", "8:1", "1:4", "4:1"
}  # fmt: skip


class GoogleServer(ContractServer):
    """Pictures are answered at once; interactions and operations are looked at.

    ``inline_video`` answers interactions with bytes instead of an address. A file uploaded is PROCESSING at the first
    look and ACTIVE from then on.
    """

    name = "google"
    results_need_key = True
    refusal_status: ClassVar[Mapping[str, int]] = {**_CODES, "invalid": 400, "moderated_in": 400}
    moderates_later = True

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.inline_video = False
        self.files: dict[str, dict[str, Any]] = {}
        self.uploaded: dict[str, bytes] = {}

    def routes(self) -> Sequence[BaseRoute]:
        """Both versions of the API."""
        both = [
            route
            for version in ("/v1beta", "/v1")
            for route in (
                Route(f"{version}/models", self._models),
                Route(f"{version}/models/{{call:path}}", self._model, methods=["POST"]),
                Route(f"{version}/models/{{model}}/operations/{{job}}", self._operation),
                Route(f"{version}/interactions", self._interact, methods=["POST"]),
                Route(f"{version}/interactions/{{job}}", self._interaction),
                Route(f"{version}/interactions/{{job}}/cancel", self._cancel, methods=["POST"]),
                Route(f"{version}/files/{{file}}", self._file),
            )
        ]
        return [
            *both,
            Route("/upload/{version}/files", self._upload, methods=["POST"]),
            Route("/upload/session/{file}", self._bytes, methods=["POST", "PUT"]),
        ]

    def is_authorised(self, request: Request) -> bool:
        """The key is a header of its own; in an address it would be logged. An upload's address proves itself."""
        if request.url.path.startswith("/upload/session/"):
            return True
        return request.headers.get("x-goog-api-key") == KEY and "key" not in request.query_params

    def error(self, kind: str, message: str) -> Json:
        """``{error: {code, message, status, details[]}}``; a wrong key is a 400 with its reason in the details."""
        details: list[Json] = []
        if kind == "auth":
            details.append({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"})
        if kind == "rate_limit":
            details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"})
        if kind == "quota":
            message = f"Billing is not enabled: {message}"
        if kind == "moderated_in":
            message = f"The prompt was blocked by the safety filters: {message}"
        status = _STATUS.get(kind, "INVALID_ARGUMENT")
        return {"error": {"code": _CODES.get(kind, 400), "message": message, "status": status, "details": details}}

    # --- models and their calls

    async def _models(self, request: Request) -> Response:
        return JSONResponse({"models": [{"name": "models/gemini-3.1-flash-image"}], "nextPageToken": "n"})

    async def _model(self, request: Request) -> Response:
        model, _, verb = str(request.path_params["call"]).partition(":")
        body = await _json(request)
        if not _MODELS.fullmatch(model):
            return self.refusal("not_found", f"models/{model} is not found")
        if verb == "generateContent":
            return self._generate(model, body)
        return self._start(model, body) if verb == "predictLongRunning" else self.refusal("not_found")

    def _generate(self, model: str, body: dict[str, Any]) -> Response:
        if (wrong := _wrong_contents(body)) is not None:
            return self.refusal("invalid", wrong)
        job = self.begin(body, model)
        if not isinstance(job, FakeJob):
            return job
        if job.act == "moderated_in":
            job.refunded = True
            feedback = {"blockReason": "PROHIBITED_CONTENT", "blockReasonMessage": "the prompt is not allowed"}
            return JSONResponse({"promptFeedback": feedback, "modelVersion": model})
        return JSONResponse({**_candidates(job), "usageMetadata": _tokens(), "modelVersion": f"{model}-2026"})

    # --- interactions

    async def _interact(self, request: Request) -> Response:
        body = await _json(request)
        if (wrong := _wrong_interaction(body)) is not None:
            return _in_words(self.refusal("invalid", wrong))
        known = {file["uri"] for file in self.files.values() if file["state"] == "ACTIVE"}
        if strange := [one["uri"] for one in _given(body) if "uri" in one and one["uri"] not in known]:
            return _in_words(self.refusal("invalid", f"the file {strange[0]} is not in an ACTIVE state"))
        job = self.begin(body, str(body["model"]))
        if not isinstance(job, FakeJob):
            return _in_words(job)
        return JSONResponse({"id": job.id, "object": "interaction", "model": job.model, "status": "in_progress"})

    async def _interaction(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["job"])
        if not isinstance(job, FakeJob):
            return _in_words(job)
        return JSONResponse({"id": job.id, "model": job.model, **self._status(job)})

    def _status(self, job: FakeJob) -> dict[str, Any]:
        phase = self.stage.phase(job)
        if job.cancelled:
            return {"status": "cancelled"}
        if phase != "done":
            return {"status": "queued" if phase == "queued" or job.act == "throttled" else "in_progress"}
        if job.act == "failed":
            return {"status": "failed", "errors": [{"code": "internal", "message": "the model stopped"}]}
        if job.act == "moderated_in":
            job.refunded = True
            told = "The prompt was blocked because it violates the safety settings."
            return {"status": "failed", "errors": [{"code": "prohibited_content", "message": told}]}
        if job.act == "moderated_out":
            return {"status": "completed", "steps": [{"type": "model_output", "content": []}]}
        return {"status": "completed", "steps": [_THOUGHT, self._output(job)], "usage": {"total_tokens": 5792}}

    def _output(self, job: FakeJob) -> Json:
        kind = str(job.body["response_format"]["type"])
        name = {"video": "take.mp4", "audio": "take.wav", "image": "take.png"}[kind]
        if self.inline_video:
            data, mime = sample(name)
            where = {"data": base64.b64encode(data).decode(), "mime_type": mime}
        else:
            where = {"uri": self.result_url(job, name), "mime_type": sample(name)[1]}
        return {"type": "model_output", "content": [{"type": kind, **where}]}

    async def _cancel(self, request: Request) -> Response:
        job = self.stage.jobs.get(request.path_params["job"])
        if job is None:
            return _in_words(self.refusal("not_found", "no such interaction"))
        if job.polls >= 3:
            return _in_words(self.refusal("invalid", "the interaction has ended"))
        job.cancelled = job.refunded = True
        return JSONResponse({"id": job.id, "status": "cancelled"})

    # --- operations

    def _start(self, model: str, body: dict[str, Any]) -> Response:
        instances = body.get("instances")
        if not isinstance(instances, list) or len(instances) != 1 or not instances[0].get("prompt"):
            return self.refusal("invalid", "instances: exactly one, with a prompt")
        if not isinstance(body.get("parameters", {}).get("durationSeconds", 8), int):
            return self.refusal("invalid", "durationSeconds must be an integer")
        job = self.begin(body, model)
        if not isinstance(job, FakeJob):
            return job
        return JSONResponse({"name": f"models/{model}/operations/{job.id}"})

    async def _operation(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["job"])
        if not isinstance(job, FakeJob):
            return job
        name = f"models/{job.model}/operations/{job.id}"
        if self.stage.phase(job) != "done":
            return JSONResponse({"name": name})
        if job.act == "failed":
            return JSONResponse({"name": name, "done": True, "error": {"code": 13, "message": "internal"}})
        if job.act in ("moderated_in", "moderated_out"):
            answer: Json = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["it showed a likeness"]}
        else:
            answer = {"generatedSamples": [{"video": {"uri": self.result_url(job)}}]}
        return JSONResponse({"name": name, "done": True, "response": {"generateVideoResponse": answer}})

    # --- files

    async def _upload(self, request: Request) -> Response:
        head = request.headers
        if head.get("x-goog-upload-protocol") != "resumable" or head.get("x-goog-upload-command") != "start":
            return self.refusal("invalid", "start a resumable upload")
        if not head.get("x-goog-upload-header-content-length", "").isdecimal():
            return self.refusal("invalid", "X-Goog-Upload-Header-Content-Length is missing")
        number = f"f{len(self.files) + 1}"
        self.files[number] = {
            "name": f"files/{number}",
            "uri": f"{self.url}/v1/files/{number}",
            "mimeType": head.get("x-goog-upload-header-content-type", ""),
            "sizeBytes": head["x-goog-upload-header-content-length"],
            "state": "PROCESSING",
        }
        headers = {"X-Goog-Upload-URL": f"{self.url}/upload/session/{number}", "X-Goog-Upload-Status": "active"}
        return JSONResponse({}, headers=headers)

    async def _bytes(self, request: Request) -> Response:
        file = self.files.get(request.path_params["file"])
        data = await request.body()
        if file is None or "finalize" not in request.headers.get("x-goog-upload-command", ""):
            return self.refusal("invalid", "finalize the upload")
        if str(len(data)) != file["sizeBytes"]:
            return self.refusal("invalid", "the upload is not as long as was said")
        self.uploaded[request.path_params["file"]] = data
        return JSONResponse({"file": file}, headers={"X-Goog-Upload-Status": "final"})

    async def _file(self, request: Request) -> Response:
        file = self.files.get(request.path_params["file"])
        if file is None:
            return HTMLResponse("no", status_code=404)
        file["state"] = "ACTIVE"
        return JSONResponse(file)


_THOUGHT = {"type": "thought", "summary": [{"type": "text", "text": "first light, then rain"}]}


def _candidates(job: FakeJob) -> dict[str, Any]:
    if job.act == "moderated_out":
        return {"candidates": [{"finishReason": "IMAGE_SAFETY", "finishMessage": "the picture was held back"}]}
    if job.act == "failed":
        return {"candidates": [{"content": {"parts": [{"text": "I cannot draw."}]}, "finishReason": "NO_IMAGE"}]}
    data, kind = sample("take.png")
    draft = {"thought": True, "inlineData": {"mimeType": "image/jpeg", "data": "AAAA"}}
    real = {"inlineData": {"mimeType": kind, "data": base64.b64encode(data).decode()}}
    parts = [{"text": "Here it is."}, draft, real]
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}]}


def _tokens() -> Json:
    return {"promptTokenCount": 12, "candidatesTokenCount": 1120, "totalTokenCount": 1132}


def _wrong_contents(body: dict[str, Any]) -> str | None:
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents or not contents[0].get("parts"):
        return "contents is required"
    for part in contents[0]["parts"]:
        if len(part) != 1 or not set(part) <= {"text", "inlineData", "fileData"}:
            return "a part holds exactly one of text, inlineData, fileData"
        if "inlineData" in part and not {"mimeType", "data"} <= set(part["inlineData"]):
            return "inlineData needs mimeType and data"
    wanted = body.get("generationConfig", {}).get("imageConfig", {})
    if wanted.get("aspectRatio", "1:1") not in _PICTURE_ASPECTS:
        return "imageConfig.aspectRatio is not supported"
    return None if wanted.get("imageSize", "1K") in ("512", "1K", "2K", "4K") else "imageConfig.imageSize"


def _in_words(answer: Response) -> Response:
    """Interactions name the kind of an error in words where the older calls have a number."""
    if not isinstance(answer, JSONResponse):
        return answer
    body = json.loads(bytes(answer.body))
    body["error"]["code"] = body["error"].pop("status").lower()
    headers = {"Retry-After": answer.headers["retry-after"]} if "retry-after" in answer.headers else {}
    return JSONResponse(body, status_code=answer.status_code, headers=headers)


def _given(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The content of an interaction: the client sends steps that hold it."""
    steps = [one for one in body["input"] if one["type"] == "user_input"]
    return [part for step in steps for part in step["content"]] if steps else body["input"]


def _wrong_interaction(body: dict[str, Any]) -> str | None:
    if not _MODELS.fullmatch(str(body.get("model"))):
        return "model is required"
    given = body.get("input")
    if not isinstance(given, list) or not all(isinstance(one, dict) and one.get("type") for one in given):
        return "input must be a list of content"
    if any(one["type"] == "user_input" and not isinstance(one.get("content"), list) for one in given):
        return "a user_input step holds content"
    for one in _given(body):
        if one["type"] == "text" and not isinstance(one.get("text"), str):
            return "text content needs text"
        if one["type"] != "text" and ("data" in one) == ("uri" in one):
            return "media content needs either data or uri"
    wanted = body.get("response_format", {})
    if wanted.get("type") not in ("video", "audio", "image"):
        return "response_format.type"
    if "duration" in wanted and not re.fullmatch(r"\d+(\.\d+)?s", str(wanted["duration"])):
        return "response_format.duration"
    if wanted.get("aspect_ratio", "16:9") not in ("16:9", "9:16"):
        return "response_format.aspect_ratio"
    if wanted.get("resolution", "720p") not in ("360p", "720p", "1080p", "4k"):
        return "response_format.resolution"
    task = body.get("generation_config", {}).get("video_config", {}).get("task", "edit")
    return None if task in _TASKS else "generation_config.video_config.task"


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
