"""From the root to a sequence, and the resources stories refer to."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml.errors import StructureError
from takebridge_fcpxml.view import Asset, Effect, Format, ImportOptions, Locator, Media, Resource, find

F = Fraction
GOLDEN = Path(__file__).parent / "golden"


def golden(name: str) -> fcpxml.Fcpxml:
    return fcpxml.read(GOLDEN / name)


def resources(inside: str) -> fcpxml.Fcpxml:
    return fcpxml.parse(f'<fcpxml version="1.10"><resources>{inside}</resources></fcpxml>')


def test_down_to_the_sequence() -> None:
    film = golden("browser.fcpxml")
    assert film.version == "1.10"
    assert film.library is not None
    assert film.library.location == "file:///media/Film.fcpbundle/"
    (event,) = film.events
    assert (event.name, event.uid) == ("Event", None)
    assert [project.name for project in event.projects] == ["Film"]
    assert [clip.name for clip in film.clips] == ["browser clip", "no duration"]
    sequence = film.projects[0].sequence
    assert (sequence.name, sequence.duration, sequence.tc_start, sequence.tc_format) == ("Film", 20, 3600, "NDF")
    assert (sequence.frame_duration, sequence.drop_frame) == (F(1, 25), False)
    assert (sequence.audio_layout, sequence.audio_rate) == ("stereo", "48k")
    assert sequence.spine.is_primary
    assert sequence.note is None
    assert sequence.metadata is None


@pytest.mark.parametrize(
    ("text", "events", "clips", "projects"),
    [
        ("<event name='a'/><event name='b'/>", ["a", "b"], [], []),
        ("<library><event name='a'><clip name='c'/></event></library>", ["a"], ["c"], []),
        ("<asset-clip name='c'/><project name='p'/>", [], ["c"], ["p"]),
        ("<library/>", [], [], []),
        ("", [], [], []),
    ],
)
def test_every_shape_of_root(text: str, events: list[str], clips: list[str], projects: list[str]) -> None:
    film = fcpxml.parse(f"<fcpxml version='1.10'>{text}</fcpxml>")
    assert [event.name for event in film.events] == events
    assert [clip.name for clip in film.clips] == clips
    assert [project.name for project in film.projects] == projects


def test_what_is_missing_is_said_with_path_and_line() -> None:
    film = fcpxml.parse("<fcpxml>\n<project name='P'/>\n<project><sequence format='x'/></project></fcpxml>")
    with pytest.raises(StructureError, match="P has no sequence") as caught:
        _ = film.projects[0].sequence
    assert (caught.value.path, caught.value.line) == ("fcpxml/project[1]", 2)
    with pytest.raises(StructureError, match="no spine") as caught:
        _ = film.projects[1].sequence.spine
    assert (caught.value.path, caught.value.line) == ("fcpxml/project[2]/sequence", 3)
    assert film.projects[1].sequence.format is None
    assert film.projects[1].sequence.frame_duration is None


def test_a_sequence_in_drop_frame_with_note_and_metadata() -> None:
    text = (
        "<fcpxml><project><sequence tcFormat='DF'><note>n</note><spine/><metadata><md key='k' value='v'/></metadata>"
        "</sequence></project></fcpxml>"
    )
    sequence = fcpxml.parse(text).projects[0].sequence
    assert sequence.drop_frame
    assert sequence.note == "n"
    assert sequence.metadata is not None
    assert sequence.metadata.get("k") == "v"


def test_import_options() -> None:
    text = "<fcpxml><import-options><option key='library location' value='file:///x'/></import-options></fcpxml>"
    options = fcpxml.parse(text).first(ImportOptions)
    assert options is not None
    assert options.get("library location") == "file:///x"
    assert options.get("copy assets") is None


def test_an_asset() -> None:
    film = golden("conform_rate.fcpxml")
    first, second = film.resources.assets
    assert (first.id, first.name, first.start, first.duration) == ("r2", "A.mov", 0, 100)
    assert (first.has_video, first.has_audio, first.audio_sources, first.audio_channels) == (True, True, 1, 2)
    assert (first.video_sources, first.audio_rate, first.uid) == (0, "48000", None)
    assert first.format is not None
    assert (first.format.rate, first.format.width, first.format.height) == (24, 1920, 1080)
    assert (first.src, first.media_path, first.file_name) == ("file:///media/A.mov", "/media/A.mov", "A.mov")
    assert not first.is_still
    assert second.start == 3600
    (rep,) = first.media_reps
    assert (rep.kind, rep.sig, rep.suggested_filename) == ("original-media", None, None)


@pytest.mark.parametrize(
    ("inside", "src"),
    [
        ('<media-rep kind="proxy-media" src="p"/><media-rep src="o"/>', "o"),
        ('<media-rep kind="proxy-media" src="p"/>', "p"),
        ("", "old"),
    ],
)
def test_the_original_of_an_asset(inside: str, src: str) -> None:
    asset = resources(f'<asset id="r1" src="old">{inside}</asset>').resources.assets[0]
    assert asset.src == src


def test_an_asset_without_media() -> None:
    asset = resources('<asset id="r1" format="none"/>').resources.assets[0]
    assert (asset.src, asset.media_path, asset.file_name, asset.format, asset.metadata) == (None, None, "", None, None)
    assert not asset.is_still


@pytest.mark.parametrize(
    ("attributes", "still"),
    [
        ('hasVideo="1" duration="0s"', True),
        ('hasVideo="1" format="rs"', True),
        ('hasVideo="1" duration="5s"', False),
        ('hasVideo="1" hasAudio="1" duration="0s"', False),
        ('hasAudio="1" duration="0s"', False),
    ],
)
def test_stills(attributes: str, still: bool) -> None:
    film = resources(f'<format id="rs" name="FFVideoFormatRateUndefined"/><asset id="r1" {attributes}/>')
    assert film.resources.assets[0].is_still is still


@pytest.mark.parametrize(
    ("duration", "rate"),
    [("1001/24000s", F(24000, 1001)), ("100/2500s", F(25)), ("", None), (" ", None), ("0s", None), ("-1/25s", None)],
)
def test_the_rate_of_a_format(duration: str, rate: Fraction | None) -> None:
    film = resources(f'<format id="r1" frameDuration="{duration}"/><format id="r2"/>')
    assert [form.rate for form in film.resources.formats] == [rate, None]


def test_a_bundle_resolves_relative_media() -> None:
    film = golden("bundle.fcpxmld")
    (asset,) = film.resources.assets
    assert asset.media_path == str(GOLDEN / "bundle.fcpxmld" / "Media" / "A B.mov")
    locator = film.resources.first(Locator)
    assert locator is not None
    assert locator.url == "CurrentVersion.flexolibrary/tracking.bin"


def test_resources_are_found_by_id_and_kind() -> None:
    film = golden("multicam.fcpxml")
    (media,) = film.resources.media
    assert find(film, "r5", Media) == media
    assert find(film, "r5", Asset) is None
    assert find(film, "r5", Resource) == media
    assert find(film, None, Format) is None
    assert (media.uid, media.sequence) == (None, None)
    assert [effect.name for effect in golden("titles.fcpxml").resources.effects] == ["Basic Title"]


def test_a_new_id_is_one_nothing_has() -> None:
    film = resources('<format id="r1"/><effect id="r3" uid="u" src="s"/>')
    film.element.set("id", "r4")
    added = film.resources.add_resource("asset", name="a")
    assert dict(added.element.attrib) == {"id": "r5", "name": "a"}
    assert film.document.resource("r5") is added.element
    given = film.resources.add_resource("effect", id="mine")
    assert isinstance(given, Effect)
    assert (given.id, given.uid, given.src) == ("mine", "", None)
    assert film.resources.effects[0].src == "s"
    assert film.to_bytes().count(b"\n        <") == 2


def test_the_view_writes_the_document(tmp_path: Path) -> None:
    film = golden("titles.fcpxml")
    film.write(tmp_path / "titles.fcpxml")
    assert (tmp_path / "titles.fcpxml").read_bytes() == (GOLDEN / "titles.fcpxml").read_bytes()
    assert [sequence.name for sequence in film.sequences] == ["Film"]
