"""Replicate's predictions: Seedance 2.0 from a first frame."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.replicate import ReplicateServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    still = MediaInput(
        role="start_frame", path=media.picture, content="picture", media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="replicate/seedance-2.0",
        kind="video",
        inputs=(still,),
        prompt="A lighthouse at dusk, slow push in",
        params={"aspect": "auto", "resolution": "720p", "sound": True},
        seed=7,
        duration_ms=5000,
    )


CASE = RemoteCase(
    name="replicate",
    catalog="replicate",
    server=ReplicateServer,
    request=_request,
    skips={"throttled": "A prediction that waits is 'starting' like any other."},
)
