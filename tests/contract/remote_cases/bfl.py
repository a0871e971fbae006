"""Black Forest Labs: FLUX.2 Pro with a reference."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.bfl import BflServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    still = MediaInput(
        role="reference_image", path=media.picture, content="picture", media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="bfl/flux-2-pro",
        kind="image",
        inputs=(still,),
        prompt="A lighthouse at dusk",
        params={"aspect": "16:9", "resolution": "720p"},
        seed=7,
    )


CASE = RemoteCase(
    name="bfl",
    catalog="bfl",
    server=BflServer,
    request=_request,
    can_cancel=False,
    skips={"throttled": "A job that waits is 'Pending' like any other."},
)
