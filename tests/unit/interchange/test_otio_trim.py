"""A track's own source range: what it does not show is not read, and told."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest

from takebridge.cut.model import Cut, Span
from takebridge.interchange.documents import read_cut, write_cut

RT, TR = otio.opentime.RationalTime, otio.opentime.TimeRange


def track_of(window: tuple[int, int] | None) -> otio.schema.Timeline:
    """Four clips of 20 frames that begin at frame 10 of their media, the second played backwards at 200 %."""
    track = otio.schema.Track("V1", kind="Video")
    for place in range(4):
        media = otio.schema.ExternalReference(f"/m/{place}.mov", TR(RT(100, 24), RT(500, 24)))
        clip = otio.schema.Clip(f"c{place}", media_reference=media, source_range=TR(RT(110, 24), RT(20, 24)))
        if place == 1:
            clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=-2.0))
        track.append(clip)
    if window is not None:
        track.source_range = TR(RT(window[0], 24), RT(window[1], 24))
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(track)
    return timeline


def read(window: tuple[int, int] | None, tmp_path: Path) -> tuple[Cut, tuple[str, ...]]:
    path = tmp_path / "in.otio"
    otio.adapters.write_to_file(track_of(window), str(path))
    found = read_cut(path)
    return found.cut, found.losses


def shown(cut: Cut) -> list[tuple[str, Span, Span | None]]:
    return [(clip.name, clip.record, clip.source) for clip in cut.tracks[0].clips]


def test_items_are_trimmed_and_begin_at_zero(tmp_path: Path) -> None:
    cut, losses = read((25, 30), tmp_path)
    # c1 stands at 20–40 and shows 50 down to 10; its first 5 frames, 10 of the media's last, are not seen.
    assert shown(cut) == [("c1", Span(0, 15), Span(10, 40)), ("c2", Span(15, 30), Span(10, 25))]
    assert [name for name in ("c0", "c1", "c2", "c3") if any(f"“{name}”" in line for line in losses)] == ["c0", "c3"]


@pytest.mark.parametrize("suffix", [".otio", ".fcpxml", ".xml"])
def test_what_was_trimmed_stays_trimmed(suffix: str, tmp_path: Path) -> None:
    cut, _ = read((25, 30), tmp_path)
    write_cut(cut, tmp_path / f"out{suffix}")
    assert shown(read_cut(tmp_path / f"out{suffix}").cut) == shown(cut)


@pytest.mark.parametrize("window", [None, (0, 80), (-7, 100), (5000, 80)])
def test_a_range_that_trims_nothing_changes_nothing(window: tuple[int, int] | None, tmp_path: Path) -> None:
    cut, losses = read(window, tmp_path)
    assert [record for _, record, _ in shown(cut)] == [Span(0, 20), Span(20, 40), Span(40, 60), Span(60, 80)]
    assert losses == ()


def test_a_transition_at_the_edge_is_told(tmp_path: Path) -> None:
    timeline = track_of((20, 40))
    timeline.tracks[0].insert(1, otio.schema.Transition("fade", in_offset=RT(3, 24), out_offset=RT(3, 24)))
    otio.adapters.write_to_file(timeline, str(tmp_path / "in.otio"))
    found = read_cut(tmp_path / "in.otio")
    assert [item.record for item in found.cut.tracks[0].items] == [Span(0, 20), Span(20, 40)]
    assert any("“fade”" in line for line in found.losses)
