"""Nobody can tell the bridge by a webhook that a job is done: not once, not twice, not with a signature."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.server import RunningServer
from tests.support.whole_bridge import whole_bridge

BODY = {"request_id": "r-1", "status": "OK", "payload": {"video": {"url": "https://example.com/forged.mp4"}}}
SIGNED = {"X-Fal-Webhook-Signature": "00" * 64, "webhook-id": "msg_1", "webhook-signature": "v1,AAAA"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with whole_bridge(tmp_path) as running:
        yield running


@pytest.mark.parametrize("path", ["/hooks/fal", "/webhooks/replicate", "/api/webhooks/fal", "/api/jobs/r-1/webhook"])
@pytest.mark.parametrize("headers", [{}, SIGNED], ids=["plain", "signed"])
def test_a_webhook_sent_twice_changes_nothing(server: RunningServer, path: str, headers: dict[str, str]) -> None:
    with server.client() as owner:
        before = owner.get("/api/jobs").json()
        for _ in range(2):
            stranger = owner.post(path, json=BODY, headers={**headers, "Authorization": ""})
            assert stranger.status_code == 401
            assert owner.post(path, json=BODY, headers=headers).status_code in (404, 405)
        assert owner.get("/api/jobs").json() == before
