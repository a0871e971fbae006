"""Errors on the wire: one shape, ``{code, message, hint, retryable, details}``, and one table of HTTP statuses."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from takebridge import errors
from takebridge.errors import BridgeError
from takebridge.ids import new_id
from takebridge_server.sessions import UnknownSessionError

logger = logging.getLogger(__name__)

STATUS: Mapping[type[BridgeError], int] = {
    errors.BridgeError: 500,
    errors.UsageError: 400,
    errors.InvalidTimeError: 422,
    errors.UnknownRateError: 422,
    errors.InvalidWireError: 422,
    errors.CycleError: 422,
    errors.UnknownNodeError: 404,
    errors.UnknownTakeError: 404,
    errors.InvalidParamError: 422,
    errors.PreconditionError: 409,
    errors.UnknownModelError: 404,
    errors.NotFoundError: 404,
    errors.HostError: 502,
    errors.HostOfflineError: 503,
    errors.HostTimeoutError: 504,
    errors.HostBusyError: 503,
    errors.UnsupportedOpError: 501,
    errors.HostRejectedError: 502,
    errors.TimelineChangedError: 409,
    errors.TimelineSwitchedError: 409,
    errors.UnsupportedItemError: 422,
    errors.AgentFaultError: 502,
    errors.ProtocolVersionError: 426,
    UnknownSessionError: 409,
    errors.ProviderError: 502,
    errors.CapabilityError: 422,
    errors.ProviderUnavailableError: 503,
    errors.JobFailedError: 502,
    errors.JobCancelledError: 409,
    errors.UnknownOutcomeError: 409,
    errors.MediaError: 422,
    errors.ProbeError: 422,
    errors.UnsafeMediaError: 422,
    errors.RangeError: 422,
    errors.FFmpegError: 500,
    errors.FFmpegMissingError: 503,
    errors.ConformError: 422,
    errors.CancelledError: 409,
    errors.InterchangeError: 422,
    errors.InvalidDocumentError: 422,
    errors.StoreError: 500,
    errors.DataFolderLockedError: 503,
    errors.DiskFullError: 507,
    errors.ConflictError: 409,
    errors.MigrationError: 500,
    errors.BlobMissingError: 410,
    errors.UnsafeFolderError: 500,
}
"""Every class of the tree by name; a class added elsewhere takes the status of its nearest base."""

HTTP_CODES: Mapping[int, str] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "too_large",
    415: "unsupported_media_type",
    421: "misdirected",
    422: "invalid_request",
}
"""Codes of answers that are not BridgeErrors: the framework's and the guard's refusals."""


def status_of(error: type[BridgeError]) -> int:
    """Return the HTTP status of an error class."""
    return next(STATUS[base] for base in error.__mro__ if base in STATUS)


def wire_body(code: str, message: str, hint: str = "", **details: str) -> dict[str, object]:
    """Return an error body that belongs to no BridgeError."""
    return {"code": code, "message": message, "hint": hint, "retryable": False, "details": details}


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error in the one shape; unexpected exceptions are `Incidents`' part."""
    app.add_exception_handler(BridgeError, _bridge_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_middleware(Incidents)


async def _bridge_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BridgeError)
    return JSONResponse(error.to_wire(), status_of(type(error)))


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    """422 with the first problem in words; what was sent is not echoed."""
    assert isinstance(error, RequestValidationError)
    problems = [_problem(part) for part in error.errors()[:5]]
    body = wire_body(
        HTTP_CODES[422],
        f"The request is not valid: {problems[0]}.",
        "Compare the request with /openapi.json.",
        problems="; ".join(problems),
    )
    return JSONResponse(body, 422)


def _problem(part: Mapping[str, Any]) -> str:
    place = ".".join(str(step)[:64] for step in part["loc"] if step != "body")
    return f"{place or 'body'}: {part['msg']}"


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = HTTP_CODES.get(error.status_code, f"http_{error.status_code}")
    return JSONResponse(wire_body(code, str(error.detail)), error.status_code, error.headers)


class Incidents:
    """Innermost layer around the routes: an unexpected exception becomes 500 ``internal`` with an incident id.

    The traceback goes to the log under that id and never on the wire. After the response has begun, or on a
    WebSocket, the connection is closed instead.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and catch what nothing else caught."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:  # the last line of defence on purpose
            incident = new_id("inc")
            logger.exception("incident %s: %s %s", incident, scope["type"], scope.get("path", ""))
            if scope["type"] == "http" and not started:
                await JSONResponse(_internal(incident), 500)(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1011, "reason": incident})
            else:
                raise


def _internal(incident: str) -> dict[str, object]:
    return wire_body(
        "internal",
        "Something went wrong inside the bridge.",
        f"Look for {incident} in the bridge's log and report it.",
        incident=incident,
    )
