"""CapCut as a host: a plain draft is read, a cut goes back as a new draft, nothing that is there changes."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.capcut import content, film

from takebridge.errors import HostOfflineError, TimelineChangedError, UnsupportedFormatError, UnsupportedOpError
from takebridge.hosts.capcut import CapCutHost
from takebridge.hosts.port import DocumentHost
from takebridge.hosts.protocol import (
    MUTATING,
    VERBS,
    OpAnswer,
    PingArgs,
    SelectionArgs,
    Snapshot,
    SnapshotArgs,
    StatusArgs,
    TrackRef,
    Verb,
    WireModel,
)
from takebridge.interchange.capcut_write import write_draft


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture
def host(media: Path, tmp_path: Path) -> CapCutHost:
    write_draft(film(media), tmp_path / "root")
    (tmp_path / "out").mkdir()
    return CapCutHost(tmp_path / "root", tmp_path / "out")


def ask(host: CapCutHost, verb: Verb, args: WireModel) -> OpAnswer:
    return asyncio.run(host.call(verb, args))


def snapshot(host: CapCutHost, verb: Verb = "timeline.snapshot", args: WireModel | None = None) -> Snapshot:
    answer = ask(host, verb, args or SnapshotArgs())
    assert answer.outcome == "verified", answer.error
    return Snapshot.model_validate(answer.result)


def test_it_says_what_it_is_and_what_is_open(host: CapCutHost) -> None:
    assert isinstance(host, DocumentHost)
    status = host.status
    assert (status.host, status.product, status.edition) == ("capcut", "CapCut", "unknown")
    assert "experimental" in status.version
    assert status.timeline is not None
    assert (status.timeline.timeline_name, status.timeline.rate) == ("Der-Fum", "25")
    assert ask(host, "agent.ping", PingArgs()).outcome == "verified"
    assert ask(host, "host.status", StatusArgs()).result == status.model_dump(mode="json")


def test_the_snapshot_is_the_draft(host: CapCutHost) -> None:
    items = snapshot(host).items
    takes = [item for item in items if (item.track.type, item.track.index) == ("video", 1)]
    assert [(item.name, item.start_record_frame, item.end_record_frame) for item in takes] == [
        ("SH010", 0, 20),
        ("SH020 é", 20, 33),
        ("SH030", 40, 50),
    ]
    assert len({item.key for item in items}) == len(items)
    audio = snapshot(host, args=SnapshotArgs(tracks=[TrackRef(type="audio", index=1)])).items
    assert {item.track.type for item in audio} == {"audio"} and len(audio) == 1


@pytest.mark.parametrize("verb", sorted(MUTATING))
def test_nothing_that_changes_a_timeline_is_offered(verb: Verb, host: CapCutHost) -> None:
    assert verb not in host.capabilities
    with pytest.raises(UnsupportedOpError, match="CapCut offers no") as caught:
        asyncio.run(host.call(verb, VERBS[verb].model_construct()))
    assert "export --for capcut" in caught.value.hint


def test_a_text_over_a_clip_chooses_it(host: CapCutHost, tmp_path: Path) -> None:
    refused = ask(host, "selection.get", SelectionArgs())
    assert refused.outcome == "not_applied" and refused.error is not None and "“takebridge”" in refused.error.hint
    (path,) = (tmp_path / "root").glob("*/draft_content.json")
    text = path.read_text("utf-8").replace("Ende", "TakeBridge")
    for name in ("draft_content.json", "draft_info.json"):
        path.with_name(name).write_text(text, "utf-8")
    chosen = snapshot(host, "selection.get", SelectionArgs())
    # “Ende” stands over frames 19 to 30.
    assert [item.name for item in chosen.items] == ["SH010", "SH020 é"]


def test_an_answer_is_a_new_draft_with_its_bundle(host: CapCutHost, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in (tmp_path / "root").rglob("*") if path.is_file()}
    cut = asyncio.run(host.cut())
    where, losses = asyncio.run(host.answer(replace(cut, tracks=cut.tracks[:1])))
    assert Path(where).name == "Der-Fum-2" or Path(where).name == "Der-Fum 2"
    assert [len(one["segments"]) for one in content(Path(where))["tracks"]] == [3]
    assert "experimental" in losses[0]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Der-Fum for CapCut bundle"]
    assert {path: path.read_bytes() for path in before} == before


def test_an_answer_to_a_draft_that_was_saved_again_is_refused(host: CapCutHost, tmp_path: Path) -> None:
    cut = asyncio.run(host.cut())
    (path,) = (tmp_path / "root").glob("*/draft_content.json")
    path.write_text(path.read_text("utf-8").replace('"SH010"', '"SH011"'), "utf-8")
    os.utime(path, (4_000_000_000, 4_000_000_000))
    with pytest.raises(TimelineChangedError, match="saved again"):
        asyncio.run(host.answer(cut))
    assert len(list((tmp_path / "root").iterdir())) == 1 and not list((tmp_path / "out").iterdir())


def test_without_a_draft_nothing_is_open(tmp_path: Path) -> None:
    host = CapCutHost(tmp_path, tmp_path)
    assert host.status.timeline is None
    with pytest.raises(HostOfflineError, match="no CapCut draft"):
        asyncio.run(host.cut())
    answer = ask(host, "timeline.snapshot", SnapshotArgs())
    assert answer.error is not None and answer.error.code == "host_offline"


def test_an_encrypted_draft_is_no_open_timeline(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "draft_content.json").write_bytes(b"AAECAwQ" * 99)
    host = CapCutHost(tmp_path, tmp_path)
    assert host.status.timeline is None
    with pytest.raises(UnsupportedFormatError, match="CapCut encrypts this draft"):
        asyncio.run(host.cut())
