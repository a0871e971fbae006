"""OpenAI's pictures: the answer is the result."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.openai_images import OpenAIImagesServer

_INLINE = "the picture comes inside the answer: there is nothing to fetch"
_AT_ONCE = "the answer is the result: there is nothing to look at"


def request(token: str, media: CaseMedia) -> GenerationRequest:
    """A picture after another one."""
    other = MediaInput(
        role="reference_image", path=media.picture, content="p" * 64, media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="openai/gpt-image-2",
        kind="image",
        prompt="a kettle in the rain",
        inputs=(other,),
        params={"aspect": "16:9", "resolution": "720p"},
    )


CASE = RemoteCase(
    name="openai_images",
    catalog="openai",
    server=OpenAIImagesServer,
    request=request,
    synchronous=True,
    can_cancel=False,
    moderates_out=False,
    skips={
        "moderated_out": "a picture held back is a refused request (400 moderation_blocked)",
        **dict.fromkeys(("slow", "throttled", "lost", "poll_errors", "poll_garbage"), _AT_ONCE),
        **dict.fromkeys(
            ("expired_url", "truncated", "oversized", "drip", "redirect_loopback", "wrong_type", "foreign_host"),
            _INLINE,
        ),
    },
)
