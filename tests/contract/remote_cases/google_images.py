"""Google: pictures, whose answer is the result."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.google import GoogleServer

_INLINE = "the picture comes inside the answer: there is nothing to fetch"
_AT_ONCE = "the answer is the result: there is nothing to look at"


def request(token: str, media: CaseMedia) -> GenerationRequest:
    """A picture after another one."""
    other = MediaInput(
        role="reference_image", path=media.picture, content="p" * 64, media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="google/nano-banana-2.1",
        kind="image",
        prompt="a kettle in the rain",
        inputs=(other,),
        params={"aspect": "16:9", "resolution": "720p"},
    )


CASE = RemoteCase(
    name="google_images",
    catalog="google",
    server=GoogleServer,
    request=request,
    synchronous=True,
    can_cancel=False,
    refreshes=False,
    skips={
        **dict.fromkeys(("slow", "throttled", "lost", "poll_errors", "poll_garbage"), _AT_ONCE),
        **dict.fromkeys(
            ("expired_url", "truncated", "oversized", "drip", "redirect_loopback", "wrong_type", "foreign_host"),
            _INLINE,
        ),
    },
)
