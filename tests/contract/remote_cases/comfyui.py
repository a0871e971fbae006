"""A ComfyUI of one's own, with and without its jobs API: a picture that is changed."""

from __future__ import annotations

from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.comfyui import ComfyUIServer
from takebridge.testing.providers.stage import Stage

_SKIPS = {
    "auth": "a server of one's own wants no key",
    "retired": "a model that is gone is a file the graph names and the server has not: refused input",
    "moderated_in": "it has no content rules",
    "moderated_out": "it has no content rules",
    "throttled": "its queue has no state of its own for an account's limit",
    "expired_url": "an address of a result is good as long as the file is there",
    "foreign_host": "the address of a result is made of the server's own",
}


def request(token: str, media: CaseMedia) -> GenerationRequest:
    """A picture, made night."""
    picture = MediaInput(
        role="source_image", path=media.picture, content="p" * 64, media_type="image", width=320, height=180
    )
    return GenerationRequest(
        token=token,
        model="comfyui/kontext-edit",
        kind="image_edit",
        prompt="Make it night.",
        inputs=(picture,),
        params={"aspect": "auto"},
    )


def before_the_jobs_api(stage: Stage) -> ComfyUIServer:
    """An older version: queue and history only."""
    server = ComfyUIServer(stage)
    server.jobs_api = False
    return server


CASES = (
    RemoteCase(
        name="comfyui",
        catalog="comfyui",
        server=ComfyUIServer,
        request=request,
        finds=True,
        moderates_out=False,
        skips=_SKIPS,
    ),
    RemoteCase(
        name="comfyui_old",
        catalog="comfyui",
        server=before_the_jobs_api,
        request=request,
        finds=True,
        moderates_out=False,
        skips=_SKIPS,
    ),
)
CASE = CASES[0]
