"""pycapcut 0.0.4, whose drafts are reported to open in CapCut, and our writer give the same timeline the same shape."""

from __future__ import annotations

import json
import subprocess
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.support.capcut import R25, picture, sound

from takebridge.cut.model import Clip, Cut, Media, Span, Track, tile
from takebridge.interchange.capcut_write import write_draft

Json = dict[str, Any]
Both = tuple[dict[str, Json], dict[str, Json]]
OURS_MORE = {
    "draft_meta_info.json .tm_draft_create": "the list of drafts shows when it was made",
    "draft_meta_info.json .tm_draft_modified": "the same",
}
"""Keys only we write, and why."""
OTHER_VALUES = {
    ".config.maintrack_adsorb": "the magnet of the main track would close the gaps of the cut",
    ".platform.os": "the system it was written on",
    ".last_modified_platform.os": "the same",
    ".materials.texts[].alignment": "captions are centred",
    ".materials.texts[].type": "captions wrap, as imported ones do",
    ".tracks[].segments[].clip.transform.y": "captions stand low, as imported ones do",
    ".materials.videos[].local_material_id": "it leads to the list of media, which pycapcut leaves empty",
}
"""Values that differ on purpose, and why. Ids, names and paths differ of themselves."""
THEIRS_MORE = {".tracks[].segments[].extra_material_refs[]": "a text refers to a speed that is nowhere"}
_OWN = ("id", "material_id", "music_id", "local_material_id", "name", "material_name", "path", "content")


def keys(value: Any, at: str = "") -> dict[str, set[str]]:
    """Every place in a document with the types found there."""
    found: dict[str, set[str]] = {}
    if isinstance(value, dict):
        for key, one in value.items():
            for place, kinds in keys(one, f"{at}.{key}").items():
                found.setdefault(place, set()).update(kinds)
    elif isinstance(value, list):
        found[at] = {"list"}
        for one in value:
            for place, kinds in keys(one, f"{at}[]").items():
                found.setdefault(place, set()).update(kinds)
    else:
        found[at] = {"number" if type(value) in (int, float) else type(value).__name__}
    return found


def values(value: Any, at: str = "") -> list[tuple[str, Any]]:
    """Every leaf of a document in order, without what is each document's own."""
    if isinstance(value, dict):
        return [pair for key, one in value.items() if key not in _OWN for pair in values(one, f"{at}.{key}")]
    if isinstance(value, list):
        return [pair for one in value for pair in values(one, f"{at}[]")]
    return [(at, value)]


@pytest.fixture(scope="module")
def both(oracle_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    if subprocess.run([str(oracle_python), "-c", "import pycapcut"], capture_output=True, check=False).returncode:
        pytest.skip("pycapcut is not installed beside the vendors' clients: 'make oracle' installs it")
    folder = tmp_path_factory.mktemp("oracle")
    film, song = picture(folder, "film.mp4"), sound(folder)
    script = Path(__file__).with_name("capcut_client.py")
    command = [str(oracle_python), str(script), str(folder), str(film), str(song)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr
    draft = write_draft(_cut(film, song), folder / "ours").folder
    names = ("draft_content.json", "draft_meta_info.json")
    return {name: json.loads((draft / name).read_text("utf-8")) for name in names}, json.loads(ran.stdout)


def _cut(film: Path, song: Path) -> Cut:
    """The timeline of capcut_client.py, in frames of 1/25 s."""
    shot, music = (Media(path.name, str(path), R25, 50, 0) for path in (film, song))
    pictures = [
        Clip("a", Span(0, 25), shot, Span(0, 25)),
        Clip("a", Span(25, Fraction(75, 2)), shot, Span(5, 30), speed=Fraction(2)),
    ]
    own = [Clip("a", one.record, shot, one.source, speed=one.speed) for one in pictures]
    tracks = (
        Track("video", tile(pictures)),
        Track("audio", tile(own)),
        Track("audio", tile([Clip("m", Span(0, 30), music, Span(0, 30), role="music")])),
        Track("subtitle", tile([Clip("Hello", Span(0, 20), kind="caption")])),
    )
    return Cut("ours", R25, tracks, width=160, height=90)


@pytest.mark.parametrize("name", ["draft_content.json", "draft_meta_info.json"])
def test_the_same_places_hold_the_same_kinds_of_things(name: str, both: Both) -> None:
    ours, theirs = (keys(one[name]) for one in both)
    media = ".draft_materials[].value[]"  # theirs is empty
    more = {place for place in ours.keys() - theirs.keys() if not place.startswith(media)}
    assert more == {key.split(" ")[1] for key in OURS_MORE if key.startswith(name)}
    assert theirs.keys() - ours.keys() <= THEIRS_MORE.keys()
    assert {place: kinds for place, kinds in ours.items() if place in theirs and kinds != theirs[place]} == {}


def test_the_same_timeline_has_the_same_values(both: Both) -> None:
    ours, theirs = (deepcopy(one["draft_content.json"]) for one in both)
    ours["materials"]["speeds"].sort(key=lambda one: one["speed"])
    theirs["materials"]["speeds"].sort(key=lambda one: one["speed"])
    for said in (ours, theirs):  # pycapcut writes a film's material once for each use
        said["materials"]["videos"] = said["materials"]["videos"][:1]
        for one in said["tracks"]:
            for part in one["segments"]:
                part.pop("extra_material_refs")
    mine, others = (sorted(values(one), key=repr) for one in (ours, theirs))
    differ = {place for place, _ in set(map(repr_of, mine)) ^ set(map(repr_of, others))}
    assert differ <= OTHER_VALUES.keys(), differ - OTHER_VALUES.keys()


def repr_of(pair: tuple[str, Any]) -> tuple[str, str]:
    """A leaf that can be compared: 1 and 1.0 are one number, here as in JSON."""
    place, value = pair
    return place, repr(float(value)) if type(value) in (int, float) else repr(value)


def test_every_difference_is_still_one(both: Both) -> None:
    """The list of reasons does not outlive its differences."""
    ours, theirs = both
    for name_and_place in OURS_MORE:
        name, place = name_and_place.split(" ")
        assert place in keys(ours[name]) and place not in keys(theirs[name])
    mine, others = (dict.fromkeys(map(repr_of, values(one["draft_content.json"]))) for one in both)
    for place in OTHER_VALUES:
        if not place.endswith("local_material_id"):
            found = [{value for at, value in said if at == place} for said in (mine, others)]
            assert found[0] != found[1], place


def test_pycapcut_leaves_the_list_of_media_empty_and_we_do_not(both: Both) -> None:
    lengths = [sum(len(group["value"]) for group in one["draft_meta_info.json"]["draft_materials"]) for one in both]
    assert lengths == [2, 0]
