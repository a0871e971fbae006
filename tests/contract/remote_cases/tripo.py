"""Tripo's own API."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.tripo import TripoServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    picture = MediaInput(
        role="reference_image", path=media.picture, content="picture", media_type="image", width=320, height=180
    )
    return GenerationRequest(token=token, model="tripo/3.1", kind="model_3d", inputs=(picture,), seed=7)


CASE = RemoteCase(
    name="tripo",
    catalog="tripo",
    server=TripoServer,
    request=_request,
    can_cancel=False,
    refreshes=True,
    skips={"throttled": "a task over the limit is refused with code 2000, none is kept waiting"},
)
