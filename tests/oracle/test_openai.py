"""OpenAI's own client and our adapter understand the same image server alike."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.unit.providers.talks import still, talking

from takebridge.errors import ModerationError, ProviderQuotaError
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.openai_images import OpenAIImagesServer
from takebridge.testing.providers.samples import picture
from takebridge.testing.providers.serving import serving
from takebridge.testing.providers.stage import Act

ACTS: tuple[Act, ...] = "ok", "ok", "moderated_in", "quota", "rate_limit"


@pytest.fixture(scope="module")
def client(oracle_python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], OpenAIImagesServer]:
    """What OpenAI's client says of one round with the server."""
    source = still(tmp_path_factory.mktemp("oracle"), "reference_image").path
    server = OpenAIImagesServer()
    server.stage.play(*ACTS)
    script = Path(__file__).with_name("openai_client.py")
    with serving(server.app()) as url:
        ran = subprocess.run(
            [oracle_python, script, url, KEY, source], capture_output=True, text=True, timeout=100, check=False
        )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)["said"], server


def test_it_gets_the_picture_and_its_tokens(client: tuple[dict[str, Any], OpenAIImagesServer]) -> None:
    said, _ = client
    size = len(picture("PNG"))
    assert said["generated"] == {
        "size": size, "url": None, "format": "png", "pixels": "1280x720", "tokens": [20, 40, 1056]
    }  # fmt: skip
    assert said["edited"]["size"] == size


def test_its_form_is_ours(client: tuple[dict[str, Any], OpenAIImagesServer], tmp_path: Path) -> None:
    _, theirs = client
    server = OpenAIImagesServer()
    with talking("openai", server, tmp_path) as talk:
        first, second = still(tmp_path, "reference_image"), still(tmp_path, "reference_image")
        talk.submit("openai/gpt-image-2", "image", first, second, params={"aspect": "1:1", "resolution": "720p"})
    (ours,), (sent,) = server.forms, theirs.forms
    assert sent["images"] == ours["images"]
    assert {name: value for name, value in sent.items() if name != "images"}.items() <= ours.items()


def test_it_reads_the_same_refusals(client: tuple[dict[str, Any], OpenAIImagesServer], tmp_path: Path) -> None:
    said, _ = client
    assert (said["blocked"]["kind"], said["blocked"]["code"]) == ("BadRequestError", "moderation_blocked")
    assert (said["full"]["kind"], said["full"]["code"]) == ("RateLimitError", "insufficient_quota")
    assert (said["busy"]["kind"], said["busy"]["code"]) == ("RateLimitError", "rate_limit_exceeded")
    server = OpenAIImagesServer()
    server.stage.play("moderated_in", "quota")
    with talking("openai", server, tmp_path) as talk:
        with pytest.raises(ModerationError, match="refused: moderated_in"):
            talk.submit("openai/gpt-image-2", "image")
        with pytest.raises(ProviderQuotaError):
            talk.submit("openai/gpt-image-2", "image")
