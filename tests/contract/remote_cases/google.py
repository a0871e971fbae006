"""Google: video in the background. Pictures at once are a case of their own."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.google import GoogleServer


def request(token: str, media: CaseMedia) -> GenerationRequest:
    """A clip of 4 s that begins with a picture."""
    first = MediaInput(
        role="start_frame", path=media.picture, content="p" * 64, media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="google/omni-1.2-flash",
        kind="video",
        prompt="rain on a window",
        inputs=(first,),
        duration_ms=4_000,
        params={"aspect": "16:9", "resolution": "720p"},
    )


CASE = RemoteCase(
    name="google",
    catalog="google",
    server=GoogleServer,
    request=request,
    can_cancel=True,
    refreshes=True,
)
