"""OpenAI's and Anthropic's own clients and our adapters understand the same servers alike."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.unit.providers.talks import talking

from takebridge.testing.providers.anthropic import AnthropicServer
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.chat import SCRIPT, ChatServer, WritingServer
from takebridge.testing.providers.serving import serving


def told(python: Path, script: str, server: WritingServer, *more: str) -> dict[str, Any]:
    """Run a vendor's client against a server; return what it says it understood."""
    with serving(server.app()) as url:
        command = [str(python), str(Path(__file__).with_name(script)), url, KEY, *more]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_openai_s_client_reads_the_chat_server_as_we_do(oracle_python: Path, tmp_path: Path) -> None:
    server = ChatServer()
    server.stage.play("ok", "moderated_out", "auth")
    said = told(oracle_python, "openai_client.py", server, "-")["said"]
    assert json.loads(said["text"]) == SCRIPT
    assert (said["models"], said["finish"], said["model"], said["tokens"]) == (
        ["tiny"],
        "stop",
        "tiny-2026",
        [400, 300],
    )
    assert said["held_back"] == "content_filter"
    assert (said["wrong_key"]["kind"], said["wrong_key"]["code"]) == ("AuthenticationError", "invalid_api_key")
    theirs = json.loads(next(one.body for one in server.stage.seen if one.method == "POST"))
    with talking("openai_text", ChatServer(), tmp_path) as talk:
        job = talk.submit("openai_text/gpt-6.2-sol", "text")
        assert sorted(talk.body("/chat/completions")) == sorted(theirs)
        assert talk.poll(job).state == "done"


def test_anthropic_s_client_reads_the_messages_server_as_we_do(oracle_python: Path, tmp_path: Path) -> None:
    server = AnthropicServer()
    server.stage.play("ok", "moderated_out", "rate_limit", "quota")
    said = told(oracle_python, "anthropic_client.py", server)
    assert json.loads(said["text"]) == SCRIPT
    assert (said["stop"], said["model"], said["tokens"]) == ("end_turn", "claude-sonnet-5-5-2026", [400, 300])
    assert said["declined"] == "refusal"
    assert (said["busy"]["kind"], said["busy"]["family"]) == ("RateLimitError", "rate_limit_error")
    assert (said["empty"]["status"], said["empty"]["family"]) == (400, "invalid_request_error")
    theirs = next(one for one in server.stage.seen if one.method == "POST")
    with talking("anthropic", AnthropicServer(), tmp_path) as talk:
        talk.submit("anthropic/claude-sonnet-5-5", "text", prompt="a kettle")
        ours = talk.sent("POST", "/messages")[0]
        # The client of 2.12 sends the key as a bearer token and a newer version; 2.11 sent what we send.
        assert KEY in theirs.headers.get("x-api-key", theirs.headers.get("authorization", ""))
        assert theirs.headers["anthropic-version"] >= ours.headers["anthropic-version"]
        assert sorted(talk.body("/messages")) == sorted(json.loads(theirs.body))
