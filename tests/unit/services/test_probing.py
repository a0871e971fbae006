"""What a probe says of the computer it ran on: nothing."""

from __future__ import annotations

import pytest

from takebridge.hosts.protocol import ProbeResult
from takebridge.services.probing import without_paths


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("Exports: [Errno 13] Permission denied: '/home/änne maß/x.otio'", "Exports: [Errno 13] Permission denied: "),
        (r"render: cannot open 'C:\Users\Änne Maß\tb.mov'.", "render: cannot open '"),
        ("import: /Volumes/Kunde A/b c.mov is offline", "import: "),
        ("export: “/Users/anne/Film.otio” was not written.", "” was not written."),
        ("see file:///home/anne/x.mov", "see "),
    ],
)
def test_paths_in_notes_are_blotted_out(note: str, kept: str) -> None:
    (said,) = without_paths(ProbeResult(facts={}, notes=[note])).notes
    assert kept in said and "(a path)" in said
    assert not any(word in said.casefold() for word in ("änne", "anne", "kunde", "maß", "film"))


@pytest.mark.parametrize("note", ["take: Resolve did not add a take.", "17/20 trials", "No timeline is open: none."])
def test_other_notes_stay(note: str) -> None:
    assert without_paths(ProbeResult(facts={}, notes=[note])).notes == [note]
