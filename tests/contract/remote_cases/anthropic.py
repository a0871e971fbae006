"""Words about the frames of a clip, from Anthropic: the answer is the result."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase
from tests.contract.remote_cases.chat import SKIPS

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.anthropic import AnthropicServer


def request(token: str, media: CaseMedia) -> GenerationRequest:
    """A breakdown of a clip."""
    source = MediaInput(
        role="source_video", path=media.clip, content="m" * 64, width=320, height=180, frame_count=48, rate="24/1"
    )
    return GenerationRequest(
        token=token,
        model="anthropic/claude-sonnet-5-5-breakdown",
        kind="breakdown",
        inputs=(source,),
        params={"language": "en"},
    )


CASE = RemoteCase(
    name="anthropic",
    catalog="anthropic",
    server=AnthropicServer,
    request=request,
    synchronous=True,
    can_cancel=False,
    refreshes=False,
    skips=SKIPS,
)
