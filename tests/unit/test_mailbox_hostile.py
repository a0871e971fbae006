"""Preferences somebody made to keep the bridge busy: too large, no file at all, a hundred thousand sections."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from tests.support.mailbox_stage import encoded, prefs_of

from takebridge_server.mailbox_files import MAX_PREFS_BYTES, PrefsWatch, find_knock, find_letter

MIB = 1 << 20
ANSWER = "q_1;1/1;" + encoded({"alive": True})


def test_a_file_of_200_mb_is_not_read(tmp_path: Path) -> None:
    """It has no blocks on the disk; read it would be 200 MB in memory, ten times a second."""
    path = tmp_path / "Fusion.prefs"
    path.write_bytes(prefs_of(ANSWER))
    watch = PrefsWatch(path)
    assert len(watch.changed([path])) == 1
    os.truncate(path, 200 * MIB)
    assert watch.changed([path], all_of_them=True) == []
    os.truncate(path, MAX_PREFS_BYTES)
    assert [len(text) for text in watch.changed([path])] == [MAX_PREFS_BYTES]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files in folders")
def test_a_pipe_in_its_place_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Fusion.prefs")
    read: list[list[bytes]] = []
    watch = PrefsWatch(tmp_path / "Fusion.prefs")
    reader = threading.Thread(target=lambda: read.append(watch.changed(watch.files())), daemon=True)
    reader.start()
    reader.join(10)
    assert read == [[]]


HOSTILE = {
    "the name and nothing else": b"TakeBridge" * (MAX_PREFS_BYTES // 10),
    "the name and spaces": b"TakeBridge" + b" " * (MAX_PREFS_BYTES - 10),
    "sections that never close": b"TakeBridge={" * (MAX_PREFS_BYTES // 12),
    "empty sections": b"TakeBridge={}" * (MAX_PREFS_BYTES // 13),
    "one section without an end": b"TakeBridge={" + b"a" * (MAX_PREFS_BYTES - 12),
    "answers that never close": (b"TakeBridge={" + b'Answer="q_1;1/1;' * 16_000 + b"}") * 60,
    "an id without an end": b'TakeBridge={Answer="' + b"q" * MAX_PREFS_BYTES + b'"}',
    "noise": bytes(range(256)) * (MAX_PREFS_BYTES // 256),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_reading_is_quick_whatever_is_in_it(what: str) -> None:
    """16 MiB in well under a second, on the thread every request waits for; a slow machine is allowed for."""
    began = time.perf_counter()
    assert find_letter(HOSTILE[what], "q_1") is None and find_knock(HOSTILE[what]) == ""
    assert time.perf_counter() - began < 2


def test_the_person_s_other_preferences_do_not_hide_the_answer() -> None:
    """The name stands in recent files and paths a thousand times; our section is before them, or behind."""
    others = b'\t\tRecent = "/home/ed/TakeBridge/TakeBridge.lua",\n' * 2000
    for prefs in (prefs_of(ANSWER) + others, others + prefs_of(ANSWER), others + prefs_of(ANSWER) + others):
        letter = find_letter(prefs, "q_1")
        assert letter is not None and letter.data == encoded({"alive": True})


def test_a_section_whose_name_only_ends_like_ours_is_not_ours() -> None:
    assert find_letter(prefs_of(ANSWER).replace(b"TakeBridge", b"MyTakeBridge"), "q_1") is None
