"""Meshy's own API."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.meshy import MeshyServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    picture = MediaInput(
        role="reference_image", path=media.picture, content="picture", media_type="image", width=320, height=180
    )
    return GenerationRequest(token=token, model="meshy/latest", kind="model_3d", inputs=(picture,))


CASE = RemoteCase(
    name="meshy",
    catalog="meshy",
    server=MeshyServer,
    request=_request,
    can_cancel=False,
    refreshes=True,
    skips={"throttled": "a task is pending or in progress; there is no word for waiting on a limit"},
)
