"""Words from OpenAI's chat: the answer is the result."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest
from takebridge.testing.providers.chat import ChatServer

_INLINE = "the words come inside the answer: there is nothing to fetch"
_AT_ONCE = "the answer is the result: there is nothing to look at"

SKIPS = {
    **dict.fromkeys(("slow", "throttled", "lost", "poll_errors", "poll_garbage"), _AT_ONCE),
    **dict.fromkeys(
        ("expired_url", "truncated", "oversized", "drip", "redirect_loopback", "wrong_type", "foreign_host"), _INLINE
    ),
}


def request(token: str, media: CaseMedia) -> GenerationRequest:
    """A script after a prompt; a script takes no files."""
    return GenerationRequest(
        token=token,
        model="openai_text/gpt-6.2-sol",
        kind="text",
        prompt="a kettle in the rain",
        duration_ms=30_000,
        params={"language": "en"},
    )


CASE = RemoteCase(
    name="chat",
    catalog="openai_text",
    server=ChatServer,
    request=request,
    synchronous=True,
    can_cancel=False,
    refreshes=False,
    skips=SKIPS,
)
