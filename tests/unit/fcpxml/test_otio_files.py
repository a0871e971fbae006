""".otio files from and for other releases, bad files, and the adapter plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import opentimelineio as otio
import pytest
from tests.support.fcpxml import film

from takebridge_fcpxml import otio as package
from takebridge_fcpxml.errors import FcpxmlError, FileError, OtioError
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import KEY, files, from_otio, read_otio, to_otio, write_otio
from takebridge_fcpxml.otio.schemas import downgrade, known_versions

SPINE = (
    '<audition offset="86486400/24000s"><asset-clip ref="r2" name="a" duration="1001/24000s"/>'
    '<asset-clip ref="r2" name="b" start="1s" duration="1001/24000s"/></audition>'
)
ASSET = '<asset id="r2" name="A" duration="10s" hasVideo="1" format="r1"><media-rep src="file:///media/A.mov"/></asset>'


def example() -> otio.schema.Timeline:
    return to_otio(film(SPINE, resources=ASSET).document)[0]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    place = tmp_path / "film.otio"
    assert not write_otio(example(), place)
    found, losses = read_otio(place)
    assert not losses
    assert from_otio(found)[0].to_bytes() == film(SPINE, resources=ASSET).to_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["film.otio"]


def test_an_old_family_drops_the_tray_and_says_so(tmp_path: Path) -> None:
    losses = write_otio(example(), tmp_path / "old.otio", family="0.14.0")
    assert losses.counts() == {("dropped", "media_references"): 1}
    assert '"Clip.1"' in (tmp_path / "old.otio").read_text()
    found, _ = read_otio(tmp_path / "old.otio")
    assert [one.get("name") for one in from_otio(found)[0].root.iter("asset-clip")] == ["a"]


def test_a_family_that_holds_everything_loses_nothing(tmp_path: Path) -> None:
    assert not write_otio(example(), tmp_path / "x.otio", family="0.15.0")


def test_an_unknown_family_is_an_error_that_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(OtioError, match=r"99\.0") as caught:
        write_otio(example(), tmp_path / "x.otio", family="99.0")
    assert "0.14.0" in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_names_of_the_first_releases_are_still_read() -> None:
    text = example().to_json_string().replace('"Track.1"', '"Sequence.1"')
    found, losses = files.parse_otio(text)
    assert not losses
    assert from_otio(found)[0].to_bytes() == film(SPINE, resources=ASSET).to_bytes()


def test_a_marker_with_rgb_colour_is_read_as_the_nearest_name() -> None:
    marker = {"OTIO_SCHEMA": "Marker.3", "name": "m", "color": {"OTIO_SCHEMA": "Color.1", "r": 0.9, "g": 0.1, "b": 0.1}}
    log = LossLog()
    lowered = downgrade(marker, log)
    assert lowered["OTIO_SCHEMA"] == f"Marker.{known_versions()['Marker']}"
    assert lowered["color"] == "RED"
    assert log.report().counts() == {("approximated", "Marker.3"): 1}


def test_newer_schemas_of_known_names_are_read_and_reported(tmp_path: Path) -> None:
    text = example().to_json_string()
    for name, newer in (("Clip.2", "Clip.9"), ("Track.1", "Track.5"), ("Timeline.1", "Timeline.77")):
        text = text.replace(f'"{name}"', f'"{newer}"')
    (tmp_path / "new.otio").write_text(text)
    found, losses = read_otio(tmp_path / "new.otio")
    assert {construct for _, construct in losses.counts()} == {"Clip.9", "Track.5", "Timeline.77"}
    assert from_otio(found)[0].to_bytes() == film(SPINE, resources=ASSET).to_bytes()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        "null",
        "<fcpxml/>",
        '{"a": 1}',
        '{"OTIO_SCHEMA": 5}',
        '{"OTIO_SCHEMA": "Alien.1"}',
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": 5}',
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": null}',
        '{"OTIO_SCHEMA": "Track.1", "children": [null]}',
        '{"OTIO_SCHEMA": "Track.1", "children": [3]}',
        '{"OTIO_SCHEMA": "Track.1", "children": [{"OTIO_SCHEMA": "Marker.2"}]}',
        '{"OTIO_SCHEMA": "Track.1", "children": [{"OTIO_SCHEMA": "Clip.2", "source_range": 3}]}',
        '{"OTIO_SCHEMA": "Clip.2", "media_references": {"a": null}, "active_media_reference_key": "b"}',
        '{"OTIO_SCHEMA": "Clip.2", "source_range": {"OTIO_SCHEMA": "TimeRange.1", "start_time": null}}',
        '{"OTIO_SCHEMA": "Clip.1", "media_reference": [{"OTIO_SCHEMA": "MissingReference.1"}]}',
        '{"OTIO_SCHEMA": "Clip.1", "media_reference": 5}',
        '{"OTIO_SCHEMA": "Clip.2", "media_references": [3]}',
        "[" * 5000,
        "[" * 100_000,
        '{"OTIO_SCHEMA": "Stack.1", "children": [' * 300 + "]}" * 300,
        "\ud800",
    ],
)
def test_bad_files_end_in_our_errors_only(text: str, tmp_path: Path) -> None:
    place = tmp_path / "bad.otio"
    place.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        found, _ = read_otio(place)
        from_otio(found)
    except FcpxmlError as error:
        assert error.message and error.hint


def test_missing_files_folders_and_huge_files_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (tmp_path / "none.otio", tmp_path):
        with pytest.raises(FileError):
            read_otio(wrong)
    place = tmp_path / "film.otio"
    write_otio(example(), place)
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    with pytest.raises(OtioError, match="larger"):
        read_otio(place)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    place = tmp_path / "film.otio"
    place.write_text("old")
    with pytest.raises(OtioError):
        write_otio("no timeline", place)
    with pytest.raises(FileError):
        write_otio(example(), tmp_path / "none" / "film.otio")
    assert place.read_text() == "old"


def test_the_adapter_is_registered_and_round_trips(tmp_path: Path) -> None:
    source, target = tmp_path / "in.fcpxml", tmp_path / "out.fcpxml"
    film(SPINE, resources=ASSET).write(source)
    found = otio.adapters.read_from_file(str(source), adapter_name="takebridge_fcpxml")
    rows = [dict(row) for row in found.metadata[KEY]["losses"]]
    assert ("carried", "format", 1) in [(row["kind"], row["construct"], row["count"]) for row in rows]
    assert otio.adapters.write_to_file(found, str(target), adapter_name="takebridge_fcpxml")
    assert target.read_bytes() == source.read_bytes()
    assert list(found.metadata[KEY]["losses"]) == []


def test_the_adapter_reads_and_writes_text() -> None:
    text = film(SPINE, resources=ASSET).to_bytes().decode()
    found = otio.adapters.read_from_string(text, adapter_name="takebridge_fcpxml")
    assert otio.adapters.write_to_string(found, adapter_name="takebridge_fcpxml") == text


def test_our_metadata_is_plain_json_under_one_key() -> None:
    data = json.loads(example().to_json_string())
    assert list(data["metadata"]) == [KEY]
    assert data["metadata"][KEY]["schema"] == 1


def test_the_adapter_leaves_plain_fcpxml_to_others_unless_it_is_made_the_default() -> None:
    folder = Path(package.__file__).parent
    claimed = {
        name: json.loads((folder / name).read_text("utf-8"))["adapters"][0]
        for name in ("plugin_manifest.json", "fcpxml_default_manifest.json")
    }
    assert {one["name"] for one in claimed.values()} == {"takebridge_fcpxml"}
    assert claimed["plugin_manifest.json"]["suffixes"] == ["fcpxmld"]
    assert "fcpxml" in claimed["fcpxml_default_manifest.json"]["suffixes"]
    assert otio.adapters.from_filepath("film.fcpxmld").name == "takebridge_fcpxml"


def test_the_default_manifest_makes_it_the_adapter_of_fcpxml_without_an_installation() -> None:
    folder = Path(package.__file__).parent
    code = "import opentimelineio as otio; print(otio.adapters.from_filepath('film.fcpxml').name)"
    manifest = {"OTIO_PLUGIN_MANIFEST_PATH": str(folder / "fcpxml_default_manifest.json")}
    environment = {**os.environ, **manifest, "OTIO_DISABLE_ENTRYPOINTS_PLUGINS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "takebridge_fcpxml"
