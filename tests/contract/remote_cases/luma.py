"""Luma's Agents API."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.luma import LumaServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    frame = MediaInput(
        role="start_frame", path=media.picture, content="picture", media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="luma/ray-3.2",
        kind="video",
        inputs=(frame,),
        prompt="The kite rises",
        duration_ms=5_000,
        params={"aspect": "16:9", "resolution": "720p"},
    )


CASE = RemoteCase(
    name="luma",
    catalog="luma",
    server=LumaServer,
    request=_request,
    can_cancel=False,
    refreshes=True,
    skips={"throttled": "a generation is queued or processing; there is no word for waiting"},
)
