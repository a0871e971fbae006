"""World Labs' Marble."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.worldlabs import WorldLabsServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    picture = MediaInput(
        role="reference_image", path=media.picture, content="picture", media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token, model="worldlabs/marble-1.1", kind="world", inputs=(picture,), prompt="A kite field", seed=7
    )


CASE = RemoteCase(
    name="worldlabs",
    catalog="worldlabs",
    server=WorldLabsServer,
    request=_request,
    can_cancel=False,
    refreshes=True,
    finds=True,
    skips={"throttled": "an operation is done or not; there is no word for waiting"},
)
