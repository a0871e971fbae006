"""Ark: a task with a first frame."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.ark import ArkServer


def request(token: str, media: CaseMedia) -> GenerationRequest:
    """A clip of 4 s that begins with a picture."""
    first = MediaInput(
        role="start_frame", path=media.picture, content="p" * 64, media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="ark/seedance-2.0",
        kind="video",
        prompt="rain on a window",
        inputs=(first,),
        duration_ms=4_000,
        params={"aspect": "16:9", "resolution": "720p"},
    )


CASE = RemoteCase(
    name="ark",
    catalog="ark",
    server=ArkServer,
    request=request,
    can_cancel=False,  # only while it is queued
    refreshes=True,
)
