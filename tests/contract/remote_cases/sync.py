"""sync.so."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.sync import SyncServer


def _request(token: str, media: CaseMedia) -> GenerationRequest:
    picture = MediaInput(
        role="source_video",
        path=media.clip,
        content="clip",
        width=320,
        height=180,
        frame_count=48,
        rate="24/1",
        duration_ms=2_000,
    )
    voice = MediaInput(role="audio", path=media.voice, content="voice", media_type="audio", duration_ms=2_000)
    return GenerationRequest(
        token=token,
        model="sync/sync-3",
        kind="lip_sync",
        inputs=(picture, voice),
        params={"length": "audio"},
    )


CASE = RemoteCase(
    name="sync",
    catalog="sync",
    server=SyncServer,
    request=_request,
    can_cancel=False,
    refreshes=True,
    skips={"throttled": "a job over the limit of the plan is refused with 429, none is kept waiting"},
)
