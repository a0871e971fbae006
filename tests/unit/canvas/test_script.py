"""Scripts: what is read, what is refused and in which line, and that an id once given stays with its part."""

from __future__ import annotations

import re
import time

import pytest

from takebridge.canvas.script import Line, Scene, Script, Shot, format_script, parse_script, parts_of, with_ids
from takebridge.errors import InvalidParamError

TEXT = """# The Kettle

## [s01] INT. KITCHEN – DAY
Rain on the window.

### [s01a] Wide, slow push in
Anna waits. #1 on her list: tea.
> [s01a1] ANNA: Hello there: come in.
> [s01a2] BEN: Oh.

### [s01b] Close on the kettle

## [s02] EXT. STREET – NIGHT

### [s02a] Wide
\\> It is raining.
"""

KEY = re.compile(r"[a-z][a-z0-9_.]{0,63}")


def without_ids(text: str) -> str:
    return re.sub(r"(?m)^(##|###|>) \[[a-z0-9_]+\] ", r"\1 ", text)


def refusal(text: str) -> InvalidParamError:
    with pytest.raises(InvalidParamError) as caught:
        parse_script(text)
    assert caught.value.hint
    return caught.value


def test_a_script_is_read_part_by_part() -> None:
    assert parse_script(TEXT) == Script(
        title="The Kettle",
        scenes=(
            Scene(
                id="s01",
                heading="INT. KITCHEN – DAY",
                text="Rain on the window.",
                shots=(
                    Shot(
                        id="s01a",
                        heading="Wide, slow push in",
                        text="Anna waits. #1 on her list: tea.",
                        lines=(
                            Line(id="s01a1", speaker="ANNA", text="Hello there: come in."),
                            Line(id="s01a2", speaker="BEN", text="Oh."),
                        ),
                    ),
                    Shot(id="s01b", heading="Close on the kettle"),
                ),
            ),
            Scene(
                id="s02",
                heading="EXT. STREET – NIGHT",
                shots=(Shot(id="s02a", heading="Wide", text="> It is raining."),),
            ),
        ),
    )


def test_parts_hold_the_words_and_no_ids() -> None:
    parts = parts_of(parse_script(TEXT))
    assert list(parts) == ["scene.s01", "shot.s01a", "line.s01a1", "line.s01a2", "shot.s01b", "scene.s02", "shot.s02a"]
    assert parts["shot.s01a"] == "INT. KITCHEN – DAY\n\nWide, slow push in\n\nAnna waits. #1 on her list: tea."
    assert parts["shot.s01b"] == "INT. KITCHEN – DAY\n\nClose on the kettle"
    assert parts["line.s01a1"] == "ANNA: Hello there: come in."
    assert "Oh." in parts["scene.s01"]
    assert not any("[s0" in text for text in parts.values())
    assert all(KEY.fullmatch(key) for key in parts)


def test_speech_is_no_part_of_a_shots_picture() -> None:
    before, after = parts_of(parse_script(TEXT)), parts_of(parse_script(TEXT.replace("Oh.", "Oh dear.")))
    assert {key for key in before if before[key] != after[key]} == {"scene.s01", "line.s01a2"}


def test_a_scenes_heading_reaches_its_shots_and_no_others() -> None:
    before, after = parts_of(parse_script(TEXT)), parts_of(parse_script(TEXT.replace("– DAY", "– DAWN")))
    assert {key for key in before if before[key] != after[key]} == {"scene.s01", "shot.s01a", "shot.s01b"}


def test_spelling_of_line_ends_accents_and_blanks_changes_nothing() -> None:
    other = TEXT.replace("Anna", "Ann\u0061").replace("\n", "  \r\n")
    assert parts_of(parse_script(other)) == parts_of(parse_script(TEXT))
    one, two = (parse_script(f"## CAF{e}\n### Wide") for e in ("\u00c9", "E\u0301"))
    assert one == two


def test_the_format_is_written_as_it_is_read() -> None:
    script = parse_script(TEXT)
    assert parse_script(format_script(script)) == script
    assert "\\> It is raining." in format_script(script)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("Fade in.", 1, "before the first scene"),
        ("# T\n\n### Wide", 3, "no scene"),
        ("## A\n> ANNA: Hi.", 2, "no shot"),
        ("## A\n### B\n## C\n> ANNA: Hi.", 4, "no shot"),
        ("## A\n# T", 2, "title"),
        ("# T\n# U", 2, "title"),
        ("## A\n#### B", 2, "# signs"),
        ("##A", 1, "together"),
        ("##", 1, "no words"),
        ("## [s01]", 1, "no words"),
        ("## [S01] A", 1, "[S01]"),
        ("## [1a] A", 1, "[1a]"),
        ("## [" + "a" * 57 + "] A", 1, "cannot be the id"),
        ("## A\n### B\n> Hello there.", 3, "who speaks"),
        ("## A\n### B\n> : Hello.", 3, "who speaks"),
        ("## A\n### B\n> ANNA:", 3, "what is said"),
        ("## [a] A\n## [b] B\n\n## [a] C", 4, "line 1"),
        ("## A\n### [x] B\n### [x] C", 3, "line 2"),
        ("## A\n" + "### B\n" * 2000, 2001, "2000"),
    ],
)
def test_what_is_no_script_is_refused_with_its_line(text: str, line: int, word: str) -> None:
    error = refusal(text)
    assert error.details["line"] == line
    assert word in error.message


def test_characters_no_file_can_hold_are_refused() -> None:
    assert "plain text" in refusal("## A\0").hint
    assert "plain text" in refusal("## \ud800").hint


def test_nothing_is_a_script_without_scenes() -> None:
    assert parse_script("") == Script()
    assert format_script(Script()) == ""
    assert parts_of(parse_script("# T")) == {}


# --- ids ------------------------------------------------------------------------------------------------


def test_missing_ids_are_written_in_order() -> None:
    assert with_ids(without_ids(TEXT), None) == TEXT.strip("\n")


def test_inserting_a_scene_renames_nothing() -> None:
    inserted = without_ids(TEXT).replace("## EXT", "## INT. CAR – DUSK\n### The wheel turns\n> ANNA: Left.\n\n## EXT")
    named = with_ids(inserted, TEXT)
    old, new = parts_of(parse_script(TEXT)), parts_of(parse_script(named))
    assert {key: new[key] for key in old} == old
    assert new.keys() - old.keys() == {"scene.s03", "shot.s03a", "line.s03a1"}


def test_an_edited_part_keeps_its_id() -> None:
    edited = without_ids(TEXT).replace("Rain on the window.", "Rain on the windows.").replace("come in", "come on in")
    assert list(parts_of(parse_script(with_ids(edited, TEXT)))) == list(parts_of(parse_script(TEXT)))


def test_a_moved_shot_keeps_its_id_in_its_new_scene() -> None:
    shot = "### [s01b] Close on the kettle\n\n"
    moved = without_ids(TEXT.replace(shot, "") + shot)
    script = parse_script(with_ids(moved, TEXT))
    assert [shot.id for shot in script.scenes[1].shots] == ["s02a", "s01b"]


def test_a_rewritten_part_is_a_new_one() -> None:
    other = without_ids(TEXT).replace("### Close on the kettle", "### Through the letterbox, handheld")
    script = parse_script(with_ids(other, TEXT))
    assert [shot.id for shot in script.scenes[0].shots] == ["s01a", "s01c"]


def test_ids_of_old_takes_do_not_come_back() -> None:
    shorter = TEXT[: TEXT.index("## [s02]")]
    grown = shorter + "## INT. ATTIC\n### Dust\n### Light"
    assert "## [s02] INT. ATTIC" in with_ids(grown, shorter)
    named = with_ids(grown, shorter, used={"scene.s02", "shot.s02a", "script"})
    assert "## [s03] INT. ATTIC" in named
    assert "### [s03b] Light" in named


def test_ids_people_chose_stay_and_name_what_lies_in_them() -> None:
    named = with_ids("## [kitchen] A\n### B\n> X: Hi.\n### [tea] C\n> X: Ho.", None)
    assert named == "## [kitchen] A\n### [kitchen_a] B\n> [kitchen_a1] X: Hi.\n### [tea] C\n> [tea1] X: Ho."
    longest = "k" * 56
    assert all(KEY.fullmatch(key) for key in parts_of(parse_script(with_ids(f"## [{longest}] A\n### B\n> X: y", None))))


def test_of_two_equal_scenes_the_edited_one_changes() -> None:
    twice = with_ids("## A\n### The same shot\n\n## A\n### The same shot", None)
    edited = with_ids(without_ids(twice).replace("shot", "shots", 1), twice)
    assert parse_script(edited).scenes[0].shots[0] == Shot(id="s01a", heading="The same shots")
    assert parse_script(edited).scenes[1] == parse_script(twice).scenes[1]


def test_a_text_that_was_no_script_gives_no_ids() -> None:
    assert with_ids("## A", "just words") == "## [s01] A"


def test_a_part_without_id_has_no_port() -> None:
    with pytest.raises(InvalidParamError, match="no id"):
        parts_of(parse_script("## A"))


def test_rewriting_two_thousand_parts_at_once_ends_soon() -> None:
    def scenes(word: str) -> str:
        return "\n".join(f"## {word} {n}\n### {word} {n * 7}\n{f'{word} {n} ' * 60}" for n in range(1000))

    before = with_ids(scenes("river"), None)
    started = time.monotonic()
    with_ids(scenes("meadow"), before)
    # Comparing each part with each would take many minutes; three seconds is what it takes here.
    assert time.monotonic() - started < 30
