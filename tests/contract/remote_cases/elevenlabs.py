"""ElevenLabs: speech in a copied voice; the answer is the result, and the history knows it."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.elevenlabs import ElevenLabsServer

_INLINE = "the sound is the answer itself: there is nothing to fetch"
_AT_ONCE = "the answer is the result: there is nothing to look at"


def request(token: str, media: CaseMedia) -> GenerationRequest:
    """A line in the voice of a sample whose owner agreed."""
    sample = MediaInput(role="voice_sample", path=media.voice, content="v" * 64, media_type="audio")
    return GenerationRequest(
        token=token,
        model="elevenlabs/tts-v3",
        kind="voice",
        prompt=f"We leave at dawn, says {token}.",
        inputs=(sample,),
        params={"voice": "", "speed_percent": 100, "language": "en", "consent": "The speaker, by letter of 3 May"},
    )


CASE = RemoteCase(
    name="elevenlabs",
    catalog="elevenlabs",
    server=ElevenLabsServer,
    request=request,
    synchronous=True,
    can_cancel=False,
    finds=True,
    moderates_out=False,
    skips={
        "shed": "its word for overload is system_busy, a 429 that proves that nothing was started",
        "failed": "an answer that fails is an error status at submit",
        "moderated_out": "what is held back is a refused request",
        **dict.fromkeys(("slow", "throttled", "lost", "poll_errors", "poll_garbage"), _AT_ONCE),
        **dict.fromkeys(
            ("expired_url", "truncated", "oversized", "drip", "redirect_loopback", "wrong_type", "foreign_host"),
            _INLINE,
        ),
    },
)
