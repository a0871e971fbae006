"""Vidu's own API."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.vidu import ViduServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    frame = MediaInput(
        role="start_frame", path=media.picture, content="picture", media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="vidu/q3-pro",
        kind="video",
        inputs=(frame,),
        prompt="The kite rises",
        seed=7,
        duration_ms=4_000,
        params={"resolution": "720p", "sound": True},
    )


CASE = RemoteCase(
    name="vidu",
    catalog="vidu",
    server=ViduServer,
    request=_request,
    can_cancel=False,  # only while it waits
    refreshes=True,
)
