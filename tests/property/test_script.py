"""Any script: written and read it is the same, an edit stays in its scene, and moving scenes changes no part."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from takebridge.canvas.script import Line, Scene, Script, Shot, format_script, parse_script, parts_of, with_ids
from takebridge.errors import InvalidParamError

WORDS = st.sampled_from(["rain", "Anna", "#1", "> she", "\\", "a:b", "[s01]", "é", "wide", "slow push in", "—"])
PHRASE = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
HEADING = PHRASE.filter(lambda text: not text.startswith("["))
SPEAKER = st.sampled_from(["ANNA", "BEN", "DR. ÅSE", "N°2"])
ACTION = st.lists(st.one_of(PHRASE, st.just("")), max_size=4).map(lambda lines: "\n".join(lines).strip("\n"))
ANY = st.text(alphabet="#>\\[]s01a :\n\r\t \u0301\u00e9x\u2028", max_size=60)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    scenes = []
    for n in range(draw(st.integers(0, 4))):
        shots = []
        for m in range(draw(st.integers(0, 3))):
            shot = f"s{n + 1:02}{'abc'[m]}"
            lines = tuple(
                Line(id=f"{shot}{k + 1}", speaker=draw(SPEAKER), text=draw(PHRASE))
                for k in range(draw(st.integers(0, 2)))
            )
            shots.append(Shot(id=shot, heading=draw(HEADING), text=draw(ACTION), lines=lines))
        scenes.append(Scene(id=f"s{n + 1:02}", heading=draw(HEADING), text=draw(ACTION), shots=tuple(shots)))
    return Script(title=draw(st.one_of(st.just(""), PHRASE)), scenes=tuple(scenes))


def bare(text: str) -> str:
    """The text as somebody types it who knows nothing of ids."""
    return re.sub(r"(?m)^(##|###|>) \[s\d\d[a-z]*\d*\] ", r"\1 ", text)


@given(scripts())
def test_what_is_written_reads_the_same(script: Script) -> None:
    assert parse_script(format_script(script)) == script


@given(ANY)
def test_whatever_is_read_is_written_and_read_the_same(text: str) -> None:
    try:
        script = parse_script(text)
    except InvalidParamError as error:
        assert error.hint
        assert 1 <= int(error.details["line"]) <= text.count("\n") + text.count("\r") + 1
        return
    assert parse_script(format_script(script)) == script
    named = with_ids(text, None)
    assert with_ids(named, None) == named
    assert len(parts_of(parse_script(named))) == sum(
        1 + len(scene.shots) + sum(len(shot.lines) for shot in scene.shots) for scene in script.scenes
    )


@given(scripts(), scripts())
def test_writing_ids_twice_writes_them_once(script: Script, before: Script) -> None:
    once = with_ids(bare(format_script(script)), format_script(before))
    assert with_ids(once, format_script(before)) == once
    assert with_ids(once, None) == once


@given(scripts())
def test_ids_come_back_when_nothing_changed(script: Script) -> None:
    text = format_script(script)
    assert with_ids(bare(text), text) == text.strip("\n")


@given(scripts().filter(lambda script: bool(script.scenes)), st.data())
def test_an_edit_stays_in_its_scene(script: Script, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(script.scenes) - 1))
    scene = script.scenes[at]
    edited = scene.model_copy(
        update={
            "heading": data.draw(st.one_of(st.just(scene.heading), HEADING)),
            "text": data.draw(st.one_of(st.just(scene.text), ACTION)),
            "shots": scene.shots[: data.draw(st.integers(0, len(scene.shots)))],
        }
    )
    scenes = (*script.scenes[:at], edited, *script.scenes[at + 1 :])
    text = bare(format_script(script.model_copy(update={"scenes": scenes})))
    before = parts_of(script)
    after = parts_of(parse_script(with_ids(text, format_script(script))))
    own = parts_of(Script(scenes=(scene,)))
    for port, words in before.items():
        if port not in own:
            assert after[port] == words
    new = len(after.keys() - before.keys())
    assert new <= 1 + len(edited.shots) + sum(len(shot.lines) for shot in edited.shots)


@given(scripts(), st.randoms(use_true_random=False))
def test_moving_whole_scenes_changes_no_part(script: Script, random: object) -> None:
    scenes = list(script.scenes)
    random.shuffle(scenes)  # type: ignore[attr-defined]
    text = bare(format_script(script.model_copy(update={"scenes": tuple(scenes)})))
    assert parts_of(parse_script(with_ids(text, format_script(script)))) == parts_of(script)


@given(scripts(), PHRASE)
def test_a_scene_put_in_between_renames_nothing(script: Script, words: str) -> None:
    fresh = Scene(id="", heading="NEW " + words, shots=(Shot(id="", heading="XYZ"),))
    half = len(script.scenes) // 2
    scenes = (*script.scenes[:half], fresh, *script.scenes[half:])
    text = bare(format_script(script.model_copy(update={"scenes": scenes})))
    after = parts_of(parse_script(with_ids(text, format_script(script))))
    before = parts_of(script)
    assert {port: after[port] for port in before} == before
    assert len(after) == len(before) + 2
