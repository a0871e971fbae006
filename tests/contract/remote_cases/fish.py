"""Fish Audio: speech after reference sound; the answer is the result."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.fish import FishServer

_INLINE = "the sound is the answer itself: there is nothing to fetch"
_AT_ONCE = "the answer is the result: there is nothing to look at"


def request(token: str, media: CaseMedia) -> GenerationRequest:
    """A line in the voice of a sample whose owner agreed."""
    sample = MediaInput(role="voice_sample", path=media.voice, content="v" * 64, media_type="audio")
    return GenerationRequest(
        token=token,
        model="fish/s2.1-pro",
        kind="voice",
        prompt="We leave at dawn.",
        inputs=(sample,),
        params={"voice": "", "speed_percent": 100, "language": "en", "consent": "The speaker, by letter of 3 May"},
    )


CASE = RemoteCase(
    name="fish",
    catalog="fish",
    server=FishServer,
    request=request,
    synchronous=True,
    can_cancel=False,
    moderates_out=False,
    skips={
        "moderated_in": "no code of its own for content rules is known: such a refusal is refused input, in its words",
        "failed": "an answer that fails is an error status at submit",
        "moderated_out": "what is held back is a refused request",
        **dict.fromkeys(("slow", "throttled", "lost", "poll_errors", "poll_garbage"), _AT_ONCE),
        **dict.fromkeys(
            ("expired_url", "truncated", "oversized", "drip", "redirect_loopback", "wrong_type", "foreign_host"),
            _INLINE,
        ),
    },
)
