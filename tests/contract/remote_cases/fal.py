"""fal's queue: Seedance 2.0 from a first frame."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.fal import FalServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    still = MediaInput(
        role="start_frame", path=media.picture, content="picture", media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="fal/seedance-2.0",
        kind="video",
        inputs=(still,),
        prompt="A lighthouse at dusk, slow push in",
        params={"aspect": "auto", "resolution": "720p", "sound": True},
        seed=7,
        duration_ms=5000,
    )


CASE = RemoteCase(
    name="fal",
    catalog="fal",
    server=FalServer,
    request=_request,
    skips={"throttled": "The queue has no state of its own for an account's limit: such jobs stay IN_QUEUE."},
)
