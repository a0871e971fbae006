"""Runway's tasks: Gen-4.5 from a first frame."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.runway import RunwayServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    still = MediaInput(
        role="start_frame", path=media.picture, content="picture", media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="runway/gen4.5",
        kind="video",
        inputs=(still,),
        prompt="A lighthouse at dusk, slow push in",
        params={"aspect": "16:9", "resolution": "720p"},
        seed=7,
        duration_ms=5000,
    )


CASE = RemoteCase(name="runway", catalog="runway", server=RunwayServer, request=_request, refreshes=True)
