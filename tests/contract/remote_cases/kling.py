"""Kling's own API."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.kling import KlingServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    # Stated larger than it is: the API takes no side below 300 pixels.
    frame = MediaInput(
        role="start_frame", path=media.picture, content="picture", media_type="image", width=320, height=320
    )
    return GenerationRequest(
        token=token,
        model="kling/3.0",
        kind="video",
        inputs=(frame,),
        prompt="The kite rises",
        duration_ms=5_000,
        params={"resolution": "720p", "sound": True},
    )


CASE = RemoteCase(
    name="kling",
    catalog="kling",
    server=KlingServer,
    request=_request,
    can_cancel=False,
    refreshes=True,
    finds=True,
    skips={"throttled": "a task is submitted or processing; there is no word for waiting"},
)
