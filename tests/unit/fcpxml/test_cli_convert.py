"""convert: lossless without wishes, honest with them, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.fcpxml import film, require_corpus

from takebridge_fcpxml.cli import arguments, main
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.targets import TARGETS

ASSET = (
    '<asset id="r2" name="A.mov" start="0s" duration="3600s" hasVideo="1" format="r1"><media-rep src="{src}"/></asset>'
)
CLIP = '<asset-clip ref="r2" name="A.mov" offset="86486400/24000s" duration="24024/24000s"{more}/>'


def data(*, src: str = "file:///media/A.mov", more: str = "", version: str = "1.10") -> bytes:
    return film(CLIP.format(more=more), resources=ASSET.format(src=src), version=version).to_bytes()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "film.fcpxml"
    path.write_bytes(data())
    return path


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "film.fcpxmld"
    (path / "Media").mkdir(parents=True)
    (path / "Info.fcpxml").write_bytes(data(src="Media/A%20B.mov"))
    (path / "Media" / "A B.mov").write_bytes(b"12345")
    return path


def convert(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, dict[str, object]]:
    """Exit code and JSON of a conversion."""
    code = main(["convert", *map(str, words), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert isinstance(told, dict)
    return code, told


def test_without_a_wish_the_bytes_stay(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = file.read_bytes().replace(b"24024/24000s", b"1.001s").replace(b"\n", b"\r\n")
    file.write_bytes(odd)
    code, told = convert(capsys, file, tmp_path / "out.fcpxml")
    assert (code, told["unchanged"], told["losses"], told["version"]) == (0, True, [], "1.10")
    assert (tmp_path / "out.fcpxml").read_bytes().split(b"?>", 1)[1] == odd.split(b"?>", 1)[1]


def test_the_verdict_is_one_line(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(file), str(tmp_path / "out.fcpxml")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing was lost."


def test_in_place_works(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file.read_bytes()
    code, _ = convert(capsys, file, file)
    assert (code, file.read_bytes()) == (0, before)
    assert [entry.name for entry in file.parent.iterdir()] == ["film.fcpxml"]


def test_a_bundle_in_place_keeps_its_side_data(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = convert(capsys, bundle, bundle, "--version", "1.11")
    assert (code, told["version"]) == (0, "1.11")
    assert (bundle / "Media" / "A B.mov").read_bytes() == b"12345"
    assert Document.read(bundle).version == "1.11"
    assert [entry.name for entry in bundle.parent.iterdir()] == ["film.fcpxmld"]


def test_a_file_becomes_a_bundle(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = convert(capsys, file, tmp_path / "out.fcpxmld")
    assert (code, told["format"]) == (0, "fcpxmld")
    assert (tmp_path / "out.fcpxmld" / "Info.fcpxml").read_bytes() == file.read_bytes()


def test_a_bundle_made_flat_tells_what_stays_behind(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = convert(capsys, bundle, tmp_path / "out.fcpxml")
    assert code == 1
    losses = told["losses"]
    assert isinstance(losses, list)
    assert [(loss["kind"], loss["construct"], loss["path"]) for loss in losses] == [
        ("dropped", "bundle file", "Media/A B.mov (5 bytes)"),
        ("approximated", "media-rep@src", "fcpxml/resources/asset/media-rep"),
    ]
    rep = Document.read(tmp_path / "out.fcpxml").root.find(".//media-rep")
    assert rep is not None
    assert rep.get("src") == "file://" + str(bundle.resolve()).replace(" ", "%20") + "/Media/A%20B.mov"
    assert b"Media/A%20B.mov" in (bundle / "Info.fcpxml").read_bytes()


def test_a_flat_table_names_the_files(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(bundle), str(tmp_path / "out.fcpxml")]) == 1
    text = capsys.readouterr().out
    assert text.splitlines()[2].split()[:3] == ["Kind", "Construct", "Count"]
    assert "Not everything came along: 1 dropped, 1 approximated." in text


def test_the_content_says_what_a_file_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = tmp_path / "film.otio"
    odd.write_bytes(data())
    code, told = convert(capsys, odd, tmp_path / "out.fcpxml")
    assert (code, told["unchanged"]) == (0, True)


def test_a_version_is_stamped_and_its_losses_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "film.fcpxml"
    source.write_bytes(
        film(
            CLIP.format(more="").replace("/>", '><hidden-clip-marker start="0s"/></asset-clip>'),
            resources=ASSET.format(src="file:///media/A.mov"),
            version="1.13",
        ).to_bytes()
    )
    code, told = convert(capsys, source, tmp_path / "out.fcpxml", "--version", "1.10")
    assert (code, told["version"]) == (1, "1.10")
    losses = told["losses"]
    assert isinstance(losses, list)
    assert [(loss["kind"], loss["construct"]) for loss in losses] == [("dropped", "hidden-clip-marker")]
    assert Document.read(tmp_path / "out.fcpxml").version == "1.10"


def test_many_losses_of_one_kind_stay_readable_and_json_has_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "film.fcpxmld"
    (bundle / "Media").mkdir(parents=True)
    assets = "".join(
        f'<asset id="a{number}" name="{number}"><media-rep src="Media/{number}.mov"/></asset>' for number in range(60)
    )
    (bundle / "Info.fcpxml").write_bytes(film("", resources=assets).to_bytes())
    code, told = convert(capsys, bundle, tmp_path / "out.fcpxml")
    losses = told["losses"]
    assert isinstance(losses, list)
    assert (code, len(losses)) == (1, 60)
    assert main(["convert", str(bundle), str(tmp_path / "out.fcpxml")]) == 1
    assert len(capsys.readouterr().out.splitlines()) < 12


def test_the_targets_on_the_command_line_are_those_of_the_library() -> None:
    for target in TARGETS:
        assert arguments.parse(["convert", "a", "b", "--target", target]).target == target


def test_a_target_is_applied(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(data(version="1.13"))
    code, told = convert(capsys, file, tmp_path / "out.fcpxml", "--target", "resolve")
    assert code in (0, 1)
    assert told["version"] == "1.10"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("{in}", "{out}.xml"), "bad_value"),
        (("{in}", "{out}"), "bad_value"),
        (("{in}", "{out}.fcpxml", "--project", "Film"), "bad_value"),
        (("{in}", "{out}.fcpxml", "--version", "1.99"), "unsupported_version"),
        (("{in}", "{out}.fcpxml", "--version", "x"), "unsupported_version"),
        (("{in}", "{out}.fcpxml", "--target", "premiere"), "usage"),
    ],
)
def test_a_wish_that_cannot_be_met_writes_nothing(
    words: tuple[str, ...], code: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [word.replace("{in}", str(file)).replace("{out}", str(file.with_name("out"))) for word in words]
    done, told = convert(capsys, *named)
    error = told["error"]
    assert isinstance(error, dict)
    assert (done, error["code"]) == (2, code)
    assert error["hint"]
    assert [entry.name for entry in file.parent.iterdir()] == ["film.fcpxml"]


def test_a_wrong_suffix_names_the_three(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(file), "out.edl"]) == 2
    assert ".fcpxml, .fcpxmld or .otio" in capsys.readouterr().err


def test_to_otio_and_back(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("opentimelineio")
    code, told = convert(capsys, file, tmp_path / "out.otio", "--project", "Film")
    assert code in (0, 1)
    assert told["format"] == "otio"
    code, told = convert(capsys, tmp_path / "out.otio", tmp_path / "back.fcpxml")
    assert code in (0, 1)
    assert told["version"] == "1.10"
    clip = Document.read(tmp_path / "back.fcpxml").root.find(".//asset-clip")
    assert clip is not None
    assert clip.get("name") == "A.mov"
    code, told = convert(capsys, tmp_path / "out.otio", tmp_path / "copy.otio")
    assert (code, told["losses"]) == (0, [])


def test_otio_that_is_none_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("opentimelineio")
    source = tmp_path / "film.otio"
    for text in ("", "{", "{}", '{"OTIO_SCHEMA": "Timeline.1", "tracks": 3}', "[1]"):
        source.write_text(text)
        code, told = convert(capsys, source, tmp_path / "out.fcpxml")
        error = told["error"]
        assert isinstance(error, dict)
        assert (code, error["code"]) == (2, "otio"), text
        assert error["message"]
        assert error["hint"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.otio"]


def test_from_otio_to_otio_there_is_no_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "film.otio"
    source.write_text("{}")
    code, told = convert(capsys, source, tmp_path / "out.otio", "--version", "1.9")
    error = told["error"]
    assert isinstance(error, dict)
    assert (code, error["code"]) == (2, "bad_value")


def test_real_files_are_rewritten_byte_for_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in require_corpus():
        out = tmp_path / "out.fcpxml"
        code, told = convert(capsys, path, out)
        assert (code, told["unchanged"]) == (0, True), path.name
        before, after = path.read_bytes(), out.read_bytes()
        assert after[after.index(b"<fcpxml") :] == before[before.index(b"<fcpxml") :], path.name


def test_real_files_differ_from_another_version_of_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in require_corpus():
        out = tmp_path / "out.fcpxml"
        code, _ = convert(capsys, path, out, "--version", "1.14")
        assert code in (0, 1), path.name
        same = Document.read(path).version == "1.14"
        assert main(["diff", str(path), str(out)]) == (0 if same else 1), path.name
        capsys.readouterr()


def test_an_older_family_of_otio_drops_waiting_takes_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    takes = "".join(f'<asset-clip ref="r2" name="take {one}" duration="48048/24000s"/>' for one in (1, 2))
    asset = '<asset id="r2" name="A" duration="100s" hasVideo="1" format="r1"><media-rep src="file:///a.mov"/></asset>'
    film(f'<audition offset="86486400/24000s">{takes}</audition>', resources=asset).write(tmp_path / "a.fcpxml")
    source, target = str(tmp_path / "a.fcpxml"), tmp_path / "a.otio"
    assert main(["convert", source, str(target), "--family", "0.14.0", "--json"]) == 1
    losses = json.loads(capsys.readouterr().out)["losses"]
    assert ("dropped", "media_references") in [(loss["kind"], loss["construct"]) for loss in losses]
    assert '"Clip.1"' in target.read_text("utf-8")
    assert main(["convert", source, str(target), "--family", "9.9"]) == 2
    assert "0.14.0" in capsys.readouterr().err
    assert main(["convert", source, str(tmp_path / "b.fcpxml"), "--family", "0.14.0"]) == 2
    assert not (tmp_path / "b.fcpxml").exists()
    capsys.readouterr()
