"""The bridge that tests of the web page drive: every verb does what its page of words says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.support.web_bridge import Web

from takebridge.client.http import BridgeClient
from takebridge.errors import UsageError
from takebridge_server.watch import watch_job


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with closing(Web(tmp_path_factory.mktemp("web") / "data")) as found:
        found.served.start()
        yield found


def ask(web: Web, do: str, **words: Any) -> Any:
    return web.answer({"id": 1, "do": do, **words})


def test_a_person_edits_in_an_editor_and_the_view_says_it(web: Web) -> None:
    made = ask(web, "resolve.start", clips=3)
    assert (made["project"], made["timeline"]) == ("Film", "Cut")
    with pytest.raises(UsageError):
        ask(web, "resolve.start", clips=3)
    canvas = ask(web, "api", method="POST", path="/api/canvases", body={"title": "Film"})["canvas"]["id"]
    push = {"canvas_id": canvas, "mode": "marks", "process": ["upscale"], "handles": 6}
    pushed = ask(web, "api", method="POST", path="/api/clips/push", body=push)
    take = ask(web, "take", canvas=canvas, node=pushed[0]["nodes"]["upscale"], frames=36)
    ask(web, "resolve.trim", shot=2, head=4)
    ask(web, "resolve.rename", shot=3, to="another name")
    ask(web, "resolve.lock", index=1)
    view = ask(web, "api", method="GET", path=f"/api/cut?canvas={canvas}&fresh=true")
    clips = [item for item in view["tracks"][0]["clips"] if item["kind"] == "clip"]
    assert [item["state"] for item in clips] == ["new take", "changed", "changed"]
    assert (clips[0]["pinned"], clips[2]["name"], view["tracks"][0]["locked"]) == (take["take"], "another name", True)
    ask(web, "resolve.stop")


def test_a_large_canvas_is_made_in_a_moment_and_is_fresh(web: Web) -> None:
    made = ask(web, "canvas_of", nodes=50, takes=2, files=2)
    snapshot = ask(web, "api", method="GET", path=f"/api/canvases/{made['canvas']}")
    assert len(made["nodes"]) == len(snapshot["canvas"]["nodes"]) == 50
    assert made["takes"] == 100
    assert {state["status"] for state in snapshot["states"].values()} == {"fresh"}


def test_jobs_end_as_the_script_says(web: Web) -> None:
    ops = [{"op": "add_node", "id": "v", "kind": "video", "model": "stage/video", "params": {"prompt": "rain"}}]
    canvas = ask(web, "api", method="POST", path="/api/canvases", body={"title": "Jobs"})["canvas"]["id"]
    ask(web, "api", method="POST", path=f"/api/canvases/{canvas}/ops", body={"author": "a", "ops": ops})
    ask(web, "provider", next=[{"submit": "unknown"}, {"ending": "failed", "message": "No luck."}], then={"work_ms": 1})
    body = {"canvas_id": canvas, "node_id": "v", "again": True, "max_micros": 200_000}
    ends = []
    with BridgeClient(web.home) as client:
        for _ in range(3):
            job = watch_job(client, ask(web, "api", method="POST", path="/api/jobs", body=body)["job"], None)
            ends.append(job["state"])
    assert ends == ["unknown", "failed", "done"]
    assert [line["charged"] for line in ask(web, "books")] == [200_000] * 3


def test_it_dies_and_comes_back_on_its_port(web: Web) -> None:
    before = ask(web, "api", method="GET", path="/api/canvases")
    web.served.kill()
    told = ask(web, "start")
    assert ask(web, "api", method="GET", path="/api/canvases") == before
    assert told["home"] == str(web.home)
    assert ask(web, "key")["key"]
    assert Path(ask(web, "still", name="x.png")).exists()
