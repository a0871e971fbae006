"""Luma's Agents API on 127.0.0.1: generations and files, checked as luma-agents 0.5.0 types them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.stage import FakeJob, Stage

_WHEN = "2026-11-21T12:00:00Z"
_MODELS = {
    "uni-1": {"image", "image_edit", "layering"},
    "uni-1-max": {"image", "image_edit"},
    "ray-3.2": {"video", "video_edit", "video_reframe"},
}
_TOP = {
    "prompt", "aspect_ratio", "image_ref", "layering", "model", "output_format", "source", "style", "type", "user_id",
    "video", "web_search",
}  # fmt: skip
_VIDEO = {
    "duration", "edit", "end_frame", "exr_export", "hdr", "keyframe_indexes", "keyframes", "loop", "resolution",
    "source_position", "start_frame",
}  # fmt: skip
_ASPECTS = {"3:1", "2:1", "21:9", "16:9", "4:3", "3:2", "1:1", "3:4", "2:3", "9:16", "1:2", "1:3"}
_STRENGTHS = {f"{word}_{number}" for word in ("adhere", "flex", "reimagine") for number in (1, 2, 3)}


class LumaServer(ContractServer):
    """``/generations`` and ``/files``; presigned PUT addresses prove themselves by a signature instead of the key."""

    name = "luma"
    moderates_later: ClassVar[bool] = True
    refusal_status: ClassVar[Mapping[str, int]] = {**ContractServer.refusal_status, "retired": 404, "invalid": 422}

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.files: dict[str, dict[str, Any]] = {}
        self.fail_files = ""
        """A reason: the next files fail in the ingest with it."""

    def routes(self) -> Sequence[BaseRoute]:
        """The routes the client knows, and where presigned addresses lead."""
        return [
            Route("/generations", self._create, methods=["POST"]),
            Route("/generations/{id}", self._get),
            Route("/files", self._files, methods=["GET", "POST"]),
            Route("/files/{id}", self._file),
            Route("/files/{id}/complete", self._complete, methods=["POST"]),
            Route("/presigned/{id}", self._put, methods=["PUT"]),
        ]

    def is_authorised(self, request: Request) -> bool:
        """Bearer; a presigned address takes no key."""
        if request.url.path.startswith("/presigned/"):
            return "authorization" not in request.headers and request.query_params.get("X-Amz-Signature") == "good"
        return request.headers.get("authorization") == f"Bearer {KEY}"

    def error(self, kind: str, message: str) -> Json:
        """``{detail}`` (the client shows whatever there is)."""
        return {"detail": message}

    # --- generations

    async def _create(self, request: Request) -> Response:
        body = _json(await request.body())
        if body is None or (fault := self._fault(body)):
            return JSONResponse(self.error("invalid", fault if body is not None else "no JSON"), status_code=422)
        job = self.begin(body, body.get("model", "uni-1"))
        return JSONResponse(self._generation(job, "queued"), status_code=201) if isinstance(job, FakeJob) else job

    async def _get(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["id"])
        if not isinstance(job, FakeJob):
            return job
        phase = self.stage.phase(job)
        if phase != "done":
            return JSONResponse(self._generation(job, "queued" if phase == "queued" else "processing"))
        return JSONResponse(self._ended(job))

    def _ended(self, job: FakeJob) -> Json:
        reasons = {
            "failed": ("generation_failed", "the model could not make this"),
            "moderated_in": ("content_moderated", "the prompt was flagged"),
            "moderated_out": ("content_moderated", "the result was flagged"),
        }
        if job.act in reasons:
            code, reason = reasons[job.act]
            return {**self._generation(job, "failed"), "failure_code": code, "failure_reason": reason}
        is_video = str(job.body.get("type", "image")).startswith("video")
        url = self.result_url(job, "take.mp4" if is_video else "take.png")
        output = [{"type": "video" if is_video else "image", "url": url}]
        return {**self._generation(job, "completed"), "output": output}

    def _generation(self, job: FakeJob, state: str) -> dict[str, Any]:
        return {
            "id": job.id,
            "created_at": _WHEN,
            "model": job.model,
            "state": state,
            "type": job.body.get("type", "image"),
        }

    # --- what the vendor checks

    def _fault(self, body: dict[str, Any]) -> str:
        kind = body.get("type", "image")
        if unknown := set(body) - _TOP:
            return f"unknown field {min(unknown)}"
        if not isinstance(body.get("prompt"), str):
            return "prompt is required"
        if kind not in _MODELS.get(body.get("model", "uni-1"), ()):
            return "this model does not do this type"
        if body.get("aspect_ratio") is not None and body["aspect_ratio"] not in _ASPECTS:
            return "aspect_ratio"
        if len(refs := body.get("image_ref", [])) > (8 if kind == "image_edit" else 9):
            return "too many image_ref"
        needs_source = kind in ("image_edit", "video_edit", "video_reframe")
        if needs_source is not ("source" in body):
            return "source"
        wanted = "video/" if kind.startswith("video") else "image/"
        given = [(one, "image/") for one in refs] + ([(body["source"], wanted)] if needs_source else [])
        return next(filter(None, (self._ref_fault(*one) for one in given)), "") or self._video_fault(kind, body)

    def _video_fault(self, kind: str, body: dict[str, Any]) -> str:
        video = body.get("video", {})
        if not kind.startswith("video"):
            return "video is for video types" if video else ""
        if unknown := set(video) - _VIDEO:
            return f"unknown field video.{min(unknown)}"
        if video.get("duration", "5s") not in ("5s", "10s"):
            return "video.duration"
        if video.get("resolution", "720p") not in ("360p", "540p", "720p", "1080p"):
            return "video.resolution"
        frames = [video[name] for name in ("start_frame", "end_frame") if name in video]
        if frames and (kind != "video" or video.get("duration") == "10s"):
            return "start_frame and end_frame are for videos of 5s"
        if "edit" in video and (kind != "video_edit" or video["edit"].get("strength", "flex_2") not in _STRENGTHS):
            return "video.edit"
        return next(filter(None, (self._ref_fault(one, "image/") for one in frames)), "")

    def _ref_fault(self, ref: Json, wanted: str) -> str:
        if not isinstance(ref, dict) or len({"url", "data", "generation_id", "file_id"} & set(ref)) != 1:
            return "exactly one of url, data, generation_id, file_id"
        if (file_id := ref.get("file_id")) is None:
            return ""
        file = self.files.get(file_id)
        if file is None or file["state"] != "ready":
            return "the file is not ready"
        return "" if file["mime_type"].startswith(wanted) else f"a file of {wanted}* is wanted"

    # --- files

    async def _files(self, request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"data": list(self.files.values()), "has_more": False, "next_cursor": None})
        body = _json(await request.body()) or {}
        if not isinstance(body.get("mime_type"), str) or not isinstance(body.get("size_bytes"), int):
            return JSONResponse(self.error("invalid", "mime_type and size_bytes are required"), status_code=422)
        file = {
            "id": f"11111111-0000-4000-8000-{len(self.files) + 1:012d}",
            "created_at": _WHEN,
            "mime_type": body["mime_type"],
            "purpose": body.get("purpose", "input"),
            "size_bytes": body["size_bytes"],
            "state": "pending",
            "filename": body.get("filename"),
        }
        self.files[file["id"]] = file
        url = f"{self.url}/presigned/{file['id']}?X-Amz-Signature=good"
        headers = {"Content-Type": file["mime_type"]}
        upload = {"url": url, "method": "PUT", "headers": headers, "expires_at": "2026-11-21T13:00:00Z"}
        return JSONResponse({"id": file["id"], "state": "pending", "file": file, "upload": upload}, status_code=201)

    async def _put(self, request: Request) -> Response:
        file = self.files.get(request.path_params["id"])
        data = await request.body()
        if file is None or len(data) != file["size_bytes"] or request.headers.get("content-type") != file["mime_type"]:
            return Response("<Error><Code>SignatureDoesNotMatch</Code></Error>", status_code=403)
        file["received"] = True
        return Response(status_code=200)

    async def _complete(self, request: Request) -> Response:
        file = self.files.get(request.path_params["id"])
        if file is None or not file.pop("received", False):
            return JSONResponse(self.error("invalid", "no bytes were received"), status_code=409)
        return JSONResponse(file)

    async def _file(self, request: Request) -> Response:
        """Ready at the first look after the completion, which itself still says ``pending``."""
        file = self.files.get(request.path_params["id"])
        if file is None:
            return JSONResponse(self.error("not_found", "no such file"), status_code=404)
        file["state"] = "failed" if self.fail_files else "ready"
        return JSONResponse({**file, "failure_reason": self.fail_files or None})


def _json(data: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
