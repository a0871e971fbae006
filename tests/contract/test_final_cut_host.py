"""The Final Cut host against real exports: every file of the corpus is read, answered with takes, and otherwise kept.

Without the files the tests are skipped, saying where they were looked for.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections import Counter
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

import pytest
from lxml import etree
from tests.support.fcpxml import corpus_files, dtd_folder, require_corpus
from tests.support.final_cut_rig import FILM, film

from takebridge.cut.edit_plan import apply_plan
from takebridge.cut.edit_types import AddTake, EditPlan
from takebridge.cut.model import Address, Clip, Cut, Media, Span, Take, items_of, whole
from takebridge.errors import HostOfflineError, TimelineChangedError, UnsupportedOpError
from takebridge.hosts.final_cut import FinalCutFolder, FinalCutHost
from takebridge.hosts.final_cut_facts import TakeFacts
from takebridge.hosts.final_cut_open import Opener
from takebridge.hosts.port import DocumentHost
from takebridge.hosts.protocol import SnapshotArgs
from takebridge.hosts.tool_ops import SaveProjectArgs
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.lint.dtd import validate

FILES = corpus_files() or [Path("absent")]
HANDLE, MOST_CLIPS = 12, 100
Picture = tuple[object, object, str]


class Exported:
    """One real file in a folder of its own; read once, and answered once with a take for every clip."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.path = folder / source.name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, self.path)
        self.document = Document.read(self.path)
        self.host = host_of(self.path)

    @cached_property
    def clips(self) -> list[tuple[Address, Clip]]:
        """What a take can be pulled to."""
        return filmed(asyncio.run(self.host.cut()))

    @cached_property
    def taken(self) -> tuple[Cut, Document]:
        """The cut with a take in every clip, and its document; the bridge knows its takes."""
        folder = self.host.final_cut
        folder.known_takes = lambda: facts_of(MOST_CLIPS)
        try:
            return answer(FinalCutHost(folder, opener=Opener("linux")), self.clips)
        finally:
            folder.known_takes = dict


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def export(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """One real export; the tests of a file run one after the other and share it."""
    require_corpus()
    return Exported(request.param, tmp_path_factory.mktemp("export"))


def host_of(export: Path, facts: dict[str, TakeFacts] | None = None) -> FinalCutHost:
    """The host of the folder, which has looked."""
    folder = FinalCutFolder(export.parent, known_takes=lambda: facts or {})
    seen = [folder.look() for _ in range(3)]
    assert not [one for look in seen for one in look.unreadable]
    return FinalCutHost(folder, opener=Opener("linux"))


def filmed(cut: Cut) -> list[tuple[Address, Clip]]:
    """Clips that play media at normal speed: what a take can be pulled to."""
    return [
        (at, item)
        for at, item in items_of(cut)
        if at[0] == "video" and isinstance(item, Clip) and item.media and item.kind == "clip" and item.speed == 1
    ]


def answer(host: FinalCutHost, clips: list[tuple[Address, Clip]]) -> tuple[Cut, Document]:
    """Pull a take to each of these clips; the cut asked for, and the document written."""
    cut = asyncio.run(host.cut())
    edits = []
    for number, (at, clip) in enumerate(clips):
        frames = clip.record.duration
        name = f"take{number}.mov"
        media = Media(name, f"/takes/{name}", cut.rate, whole(frames + 2 * HANDLE), 0)
        edits.append(AddTake(at, Take("new", media, Span.of(HANDLE, frames), take_id=f"take-{number}")))
    wanted = apply_plan(cut, EditPlan(tuple(edits)))
    path, _ = asyncio.run(host.answer(wanted))
    return wanted, Document.read(path)


def facts_of(count: int) -> dict[str, TakeFacts]:
    """What a bridge would know of the files of `answer`."""
    return {
        f"take{n}.mov": TakeFacts(f"/takes/take{n}.mov", f"tb-{n:012x}", f"take-{n}", f"{n:08x}", pinned=True)
        for n in range(count)
    }


def pictures(cut: Cut) -> Counter[Picture]:
    return Counter(
        (item.record.start, item.record.end, item.media.location if item.media else item.kind)
        for at, item in items_of(cut)
        if at[0] == "video" and isinstance(item, Clip)
    )


def test_it_is_answered_in_its_bytes_where_nothing_changed(export: Exported) -> None:
    """The name of the project, what names it to Final Cut alone, and the options: nothing else is another byte."""
    _, made = answer(export.host, [])
    assert made.root[0].tag == "import-options"
    after = re.sub(rb"<import-options>.*?</import-options>", b"", made.to_bytes(), count=1, flags=re.DOTALL)
    assert _without_projects(after).split() == _without_projects(export.document.to_bytes()).split()


def _project_tags(text: bytes) -> list[bytes]:
    return [b"<project" + one.partition(b">")[0] for one in text.split(b"<project")[1:]]


def _without_projects(text: bytes) -> bytes:
    for tag in _project_tags(text):
        text = text.replace(tag, b"<project", 1)
    return text


def test_a_take_is_pulled_to_every_clip_and_stands_in_its_place(export: Exported) -> None:
    clips = export.clips
    if not clips:
        pytest.skip("no clip with media in it")
    wanted, made = export.taken
    again = made.path
    assert again is not None
    back = FinalCutFolder(again.parent / "back")
    back.folder.mkdir()
    shutil.copy(again, back.folder / "again.fcpxml")
    for _ in range(3):
        back.look()
    read = asyncio.run(FinalCutHost(back, opener=Opener("linux")).cut())
    assert pictures(read) == pictures(wanted)
    shown = {item.media.location: item for _, item in filmed(read) if item.media}
    rate = wanted.rate.fraction
    for number, (_, clip) in enumerate(clips):
        found = shown[f"/takes/take{number}.mov"]
        assert found.source is not None and found.media is not None and found.media.rate is not None
        assert found.source.start / found.media.rate.fraction == HANDLE / rate
        assert found.stamp == f"tb-{number:012x}"
        assert next(take.media.location for take in found.takes if take.media) == f"/takes/take{number}.mov"
        assert len(found.takes) == max(1, len(clip.takes)) + 1


def test_it_stays_as_valid_as_it_was(export: Exported) -> None:
    folder = dtd_folder()
    _, made = export.taken
    known = Counter(one.code for one in validate(export.document, folder))
    said = validate(made, folder)
    assert not Counter(one.code for one in said) - known, [one.message for one in said]


def test_only_the_lines_of_the_clip_are_touched(export: Exported) -> None:
    """One take is pulled: whatever is gone from the text stood in that clip, or names the project."""
    clips = [pair for pair in export.clips if len(pair[0]) == 3][:1]
    if not clips:
        pytest.skip("no clip with media in it")
    _, made = answer(export.host, clips)
    before, after = export.document.to_bytes().split(b"\n"), made.to_bytes().split(b"\n")
    gone = {
        number
        for kind, a, b, _, _ in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if kind in ("delete", "replace")
        for number in range(a, b)
    }
    allowed = {number for number, line in enumerate(before) if b"<project" in line}
    allowed |= _lines_of(made, export.document, "take0.mov")
    assert gone <= allowed, [before[number] for number in sorted(gone - allowed)][:5]


def _lines_of(made: Document, source: Document, file: str) -> set[int]:
    """The lines of the clip in the source that stands where the audition with ``file`` stands in the answer."""
    asset = next(one for one in made.root.iter("asset") if one.get("name") == file)
    audition = next(one for one in made.root.iter("asset-clip") if one.get("ref") == asset.get("id")).getparent()
    assert audition is not None
    path: list[int] = []
    at = audition
    while at.getparent() is not None and at.tag != "project":
        parent = at.getparent()
        assert parent is not None
        path.append(parent.index(at))
        at = parent
    number = list(made.root.iter("project")).index(at)
    element = list(source.root.iter("project"))[number]
    for index in reversed(path):
        element = element[index]
    first = element.sourceline or 1
    return set(range(first - 1, first + etree.tostring(element, with_tail=False).count(b"\n") + 3))


# --- the host -------------------------------------------------------------------------------------------


def test_it_says_what_it_is_and_what_is_open(tmp_path: Path) -> None:
    host = host_of(film(tmp_path))
    assert isinstance(host, DocumentHost)
    status = host.status
    assert (status.host, status.product) == ("fcp", "Final Cut Pro")
    assert status.timeline is not None and status.timeline.timeline_name == "Übung / Äpfel"
    assert status.timeline.drop_frame
    found = asyncio.run(host.call("timeline.snapshot", SnapshotArgs()))
    assert found.outcome == "verified" and found.result is not None
    assert [item["start_record_frame"] for item in found.result["items"] if item["track"]["type"] == "video"] == [0, 90]


def test_what_it_does_not_offer_is_refused_with_a_way_on(tmp_path: Path) -> None:
    host = host_of(film(tmp_path))
    with pytest.raises(UnsupportedOpError) as caught:
        asyncio.run(host.call("project.save", SaveProjectArgs()))
    assert caught.value.hint


def test_before_the_first_export_it_says_how_to_export(tmp_path: Path) -> None:
    host = FinalCutHost(FinalCutFolder(tmp_path), opener=Opener("linux"))
    assert host.status.timeline is None and host.status.host == "fcp"
    with pytest.raises(HostOfflineError) as caught:
        asyncio.run(host.cut())
    assert "Export XML" in caught.value.hint


def test_other_documents_in_its_folder_are_not_final_cut_s(tmp_path: Path) -> None:
    (tmp_path / "Film.edl").write_text("TITLE: FILM\n", "utf-8")
    (tmp_path / "Film.xml").write_text("<xmeml", "utf-8")
    folder = FinalCutFolder(tmp_path)
    seen = [folder.look() for _ in range(6)]
    assert not any(look.exports or look.unreadable for look in seen)


def test_the_answer_is_named_and_numbered_and_goes_into_the_library(tmp_path: Path) -> None:
    export = film(tmp_path)
    host = host_of(export)
    clips = filmed(asyncio.run(host.cut()))
    _, first = answer(host, clips)
    assert first.path == tmp_path / "Übung - Äpfel TakeBridge v01.fcpxml"
    project = next(first.root.iter("project"))
    assert (project.get("name"), project.get("uid")) == ("Übung / Äpfel TakeBridge v01", None)
    said = {one.get("key"): one.get("value") for one in first.root[0]}
    assert said == {
        "library location": "file:///Users/ana/Films/%C3%9Cbung.fcpbundle/",
        "suppress warnings": "1",
        "copy assets": "0",
    }
    first.path.unlink()  # the number is used up: Final Cut may have the project
    _, second = answer(host, clips)
    assert second.path == tmp_path / "Übung - Äpfel TakeBridge v02.fcpxml"


def test_a_library_that_was_set_wins(tmp_path: Path) -> None:
    film(tmp_path)
    folder = FinalCutFolder(tmp_path, library=Path("/Films/Other one.fcpbundle"))
    for _ in range(3):
        folder.look()
    host = FinalCutHost(folder, opener=Opener("linux"))
    _, made = answer(host, filmed(asyncio.run(host.cut())))
    said = {one.get("key"): one.get("value") for one in made.root[0]}
    assert said["library location"] == "file:///Films/Other%20one.fcpbundle/"


def test_a_bundle_is_answered_with_one_file_that_finds_its_media(tmp_path: Path) -> None:
    export = film(tmp_path, bundle=True, media="Media/a.mov")
    host = host_of(export)
    _, made = answer(host, filmed(asyncio.run(host.cut())))
    assert made.path is not None and made.path.is_file() and made.path.suffix == ".fcpxml"
    sources = [one.get("src") for one in made.root.iter("media-rep")]
    assert sources[0] == (export / "Media" / "a.mov").as_uri()


def test_a_format_without_frame_duration_is_no_obstacle(tmp_path: Path) -> None:
    text = FILM.format(media="file:///a/a.mov").replace('frameDuration="1001/30000s" ', "")
    (tmp_path / "Film.fcpxml").write_text(text, "utf-8")
    host = host_of(tmp_path / "Film.fcpxml")
    _, made = answer(host, filmed(asyncio.run(host.cut())))
    (audition,) = made.root.iter("audition")
    assert [one.get("name") for one in audition] == ["take0.mov", "a"]
    assert {one.get("duration") for one in audition} == {"3003/1000s"}


def test_an_export_that_changed_since_it_was_read_gets_no_answer(tmp_path: Path) -> None:
    export = film(tmp_path)
    host = host_of(export)
    clips = filmed(asyncio.run(host.cut()))
    export.write_text(export.read_text("utf-8").replace("Tag 1", "Tag 2"), "utf-8")
    with pytest.raises(TimelineChangedError):
        answer(host, clips)
    assert sorted(path.name for path in tmp_path.glob("*.fcpxml")) == ["Film.fcpxml"]
