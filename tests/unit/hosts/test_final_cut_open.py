"""Bringing a document to Final Cut: what is run on a Mac, what is said when it does not work, nothing run elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.support.final_cut_rig import Mac

from takebridge.hosts.final_cut_open import Opener, Ran, run

PATH = Path('/Films/Ana\'s "best" – Film TakeBridge v07.fcpxml')
NAME = "Film TakeBridge v07"
LIBRARY = "file:///Users/ana/Movies/Film.fcpbundle/"


def test_elsewhere_nothing_is_run_and_the_way_is_named() -> None:
    def forbidden(_argv: Sequence[str], _seconds: float) -> Ran:
        raise AssertionError("nothing may be run here")

    opened = Opener("linux", forbidden).open(PATH, NAME, library=LIBRARY)
    assert opened.arrival == "by_hand"
    assert "File > Import > XML" in opened.text and PATH.name in opened.text


def test_the_path_is_an_argument_and_never_part_of_a_script(tmp_path: Path) -> None:
    document = tmp_path / 'a" & (do shell script "x") & ".fcpxml'
    document.write_text(f'<fcpxml><project name="{NAME}"/></fcpxml>', "utf-8")
    mac = Mac()
    opened = mac.opener().open(document, NAME, library=LIBRARY)
    assert opened.arrival == "imported" and NAME in opened.text
    sent = next(argv for argv in mac.asked if "open theFile" in argv[2])
    assert sent[3] == str(document)
    assert not any("do shell script" in argv[2] for argv in mac.asked)


def test_delivered_is_not_imported() -> None:
    mac = Mac(imports=False)
    pauses: list[float] = []
    opened = Opener("darwin", mac, pauses.append).open(PATH, NAME, library=LIBRARY)
    assert opened.arrival == "delivered" and "has not shown" in opened.text
    assert 5 <= sum(pauses) <= 30


def test_a_final_cut_that_does_not_run_is_not_started() -> None:
    mac = Mac(running=False)
    opened = mac.opener().open(PATH, NAME, library=LIBRARY)
    assert opened.arrival == "by_hand" and "not running" in opened.text
    assert not any("open theFile" in argv[2] for argv in mac.asked)


def test_without_a_library_nothing_is_sent() -> None:
    mac = Mac()
    opened = mac.opener().open(PATH, NAME)
    assert opened.arrival == "by_hand" and "--final-cut-library" in opened.text and not mac.asked


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("execution error: Not authorized to send Apple events to Final Cut Pro. (-1743)", "Automation"),
        ("execution error: Application isn’t running. (-600)", "not running"),
        ("execution error: AppleEvent timed out. (-1712)", "dialog"),
        ("execution error: Can’t get application. (-1728)", "not installed"),
        ("something new", "something new"),
    ],
)
def test_what_macos_says_becomes_words_and_a_way_on(error: str, words: str) -> None:
    opened = Mac(error=error).opener().open(PATH, NAME, library=LIBRARY)
    assert opened.arrival == "by_hand" and words in opened.text and "File > Import > XML" in opened.text


def test_projects_nobody_may_ask_for_are_no_failure() -> None:
    """Asking is refused, opening is not: the document was delivered."""

    def half(argv: Sequence[str], _seconds: float) -> Ran:
        return Ran(1, err="(-1728)") if "projects of" in argv[2] else Ran(0, "true")

    opened = Opener("darwin", half, lambda _seconds: None).open(PATH, NAME, library=LIBRARY)
    assert opened.arrival == "delivered"


def test_a_command_that_is_not_there_or_hangs_is_an_answer() -> None:
    assert run(["/nonexistent/osascript"], 1).code == 127
    assert run(["sleep", "30"], 0.05).code == 124
