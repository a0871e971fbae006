"""Our id of a clip, in every format, with places destroyed: what most places say counts."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from takebridge.cut.model import Clip, Cut, Media, Span, Track
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.timebase import FrameRate

ONE, TWO = "tb-0123456789ab", "tb-fedcba987654"
FILES = {"shot one.mov": ONE, "two.mov": TWO}
XML = [(".fcpxml", "fcp"), (".fcpxml", "resolve"), (".xml", "premiere")]
METADATA = ("metadata", "comments", "logginginfo")


def stamped(tmp_path: Path, suffix: str, target: str) -> Path:
    clips = tuple(
        Clip(name, Span(at, at + 20), Media(name, f"/m/{name}", FrameRate(24), 200, 0), Span(3, 23), stamp=stamp)
        for at, (name, stamp) in zip((0, 20), FILES.items(), strict=True)
    )
    path = tmp_path / f"out{suffix}"
    write_cut(Cut("film", FrameRate(24), (Track("video", clips),)), path, target=target)
    return path


def stamps(path: Path, files: Mapping[str, str] | None = None) -> list[str]:
    cut = read_cut(path, known_files=files or {}).cut
    assert not any(clip.markers for track in cut.tracks for clip in track.clips), "the stamp's marker is none of theirs"
    return [clip.stamp for track in cut.tracks for clip in track.clips]


def without(path: Path, *tags: str) -> Path:
    tree = etree.parse(str(path))
    for element in [one for tag in tags for one in tree.iter(tag)]:
        element.getparent().remove(element)
    tree.write(str(path))
    return path


@pytest.mark.parametrize(("suffix", "target"), XML)
@pytest.mark.parametrize("gone", [METADATA, ("marker",), ("keyword",), ("marker", "keyword"), (*METADATA, "keyword")])
def test_xml_with_places_destroyed(suffix: str, target: str, gone: tuple[str, ...], tmp_path: Path) -> None:
    assert stamps(without(stamped(tmp_path, suffix, target), *gone)) == [ONE, TWO]


@pytest.mark.parametrize(("suffix", "target"), XML)
def test_the_file_name_alone_is_enough(suffix: str, target: str, tmp_path: Path) -> None:
    path = without(stamped(tmp_path, suffix, target), *METADATA, "marker", "keyword")
    assert (stamps(path), stamps(path, FILES)) == (["", ""], [ONE, TWO])


@pytest.mark.parametrize(("suffix", "target"), XML)
def test_a_neighbours_marker_does_not_win(suffix: str, target: str, tmp_path: Path) -> None:
    path = stamped(tmp_path, suffix, target)
    tree = etree.parse(str(path))
    first, second = tree.iter("asset-clip", "clipitem")
    mark = first.find("marker")
    first.replace(mark, copy.deepcopy(second.find("marker")))
    tree.write(str(path))
    assert stamps(path) == stamps(path, FILES) == [ONE, TWO]


def clips_in(path: Path) -> tuple[Any, list[dict[str, Any]]]:
    value = json.loads(path.read_text())
    return value, value["tracks"]["children"][0]["children"]


@pytest.mark.parametrize("target", ["plain", "resolve", "premiere"])
@pytest.mark.parametrize("part", ["metadata", "markers"])
def test_otio_with_a_place_destroyed(target: str, part: str, tmp_path: Path) -> None:
    path = stamped(tmp_path, ".otio", target)
    value, clips = clips_in(path)
    for clip in clips:
        clip[part] = {} if part == "metadata" else []
    path.write_text(json.dumps(value))
    assert stamps(path, FILES) == [ONE, TWO]


@pytest.mark.parametrize("target", ["plain", "resolve", "premiere"])
def test_of_two_markers_the_one_the_file_agrees_with_counts(target: str, tmp_path: Path) -> None:
    path = stamped(tmp_path, ".otio", target)
    value, (first, second) = clips_in(path)
    first["markers"] = second["markers"] + first["markers"]
    path.write_text(json.dumps(value))
    assert stamps(path, FILES) == [ONE, TWO]


def test_edl_and_aaf(tmp_path: Path) -> None:
    assert stamps(stamped(tmp_path, ".edl", "")) == [ONE, TWO]
    assert stamps(stamped(tmp_path, ".aaf", ""), FILES) == [ONE, TWO]
