"""The round trip through Premiere's own documents, without its panel: File > Export, merge, File > Import."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from tests.support.exchange_rig import ExchangeRig, gone, move, razor, recut, slip, source_start, trim
from tests.support.premiere_documents import HOST, PremiereRig
from tests.support.roundtrip_rig import CLIP_FRAMES, RATES

from takebridge.interchange.documents import read_cut

HANDLES = 12
F = CLIP_FRAMES


def premiere(folder: Path, suffix: str, label: str, clips: int) -> PremiereRig:
    rig = PremiereRig(folder, suffix, clips=clips, label=label)
    rig.drops = RATES[label][1]
    rig.start = 3600 * rig.rate.nominal if not rig.drops else 107_892  # 01:00:00:00
    return rig


def is_premiere_s(path: Path) -> bool:
    if path.suffix == ".otio":
        value = json.loads(path.read_text("utf-8"))
        text = path.read_text("utf-8")
        return HOST in value["metadata"] and '"takebridge"' not in text and "Resolve_OTIO" not in text
    return etree.parse(path).getroot().get("version") == "4"


@pytest.mark.parametrize("suffix", [".otio", ".xml"])
@pytest.mark.parametrize("label", [*RATES])
def test_out_into_takes_and_back_is_exact(tmp_path: Path, suffix: str, label: str) -> None:
    """1 is trimmed, 2 razored, 3 and 4 swapped, 5 deleted, 6 slipped, while takes of 1, 2, 3 and 6 are made."""
    rig = premiere(tmp_path, suffix, label, clips=6)
    first = rig.begin(marked=(1, 2, 3, 6))
    for shot, number in ((1, 2), (2, 3), (3, 4), (4, 5)):
        rig.take(shot, number=number)
    edits = {"shot 1": trim(3, 4), "shot 2": razor(10), "shot 3": move(F), "shot 4": move(-F)}
    rig.export(recut(first, "Film v02", {**edits, "shot 5": gone, "shot 6": slip(5)}))
    ended = rig.only()
    assert ended.ending == "answered", ended
    assert is_premiere_s(Path(ended.answer))
    answer = rig.read(ended.answer)
    assert (answer.rate, answer.start) == (rig.rate, rig.start)
    places = [(clip.record.start, clip.record.end) for clip in answer.tracks[0].clips]
    assert places == [(3, F - 4), (F, F + 10), (F + 10, 2 * F), (2 * F, 3 * F), (3 * F, 4 * F), (5 * F, 6 * F)]
    assert rig.picture_at(answer, 3) == [(2, HANDLES + 3 + n) for n in range(F - 7)]
    assert rig.picture_at(answer, F) == [(3, HANDLES + n) for n in range(10)]
    assert rig.picture_at(answer, F + 10) == [(3, HANDLES + 10 + n) for n in range(F - 10)]
    assert rig.picture_at(answer, 2 * F) == [(1, source_start(4) + n) for n in range(F)]
    assert rig.picture_at(answer, 3 * F) == [(4, HANDLES + n) for n in range(F)]
    assert rig.picture_at(answer, 5 * F) == [(5, HANDLES + 5 + n) for n in range(F)]


@pytest.mark.parametrize("suffix", [".otio", ".xml"])
@pytest.mark.parametrize("label", [*RATES])
def test_an_imported_answer_is_cut_on_and_gets_its_next_take(tmp_path: Path, suffix: str, label: str) -> None:
    """Nothing of ours came back but the file's path: that is enough to know whose take it is."""
    rig = premiere(tmp_path, suffix, label, clips=3)
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    rig.export(recut(first, "Film v02", {"shot 1": trim(3, 4)}))
    answer = rig.read(rig.only().answer)
    rig.export(replace(recut(answer, "Film v03", {"shot 3": trim(5, 0)})))
    assert rig.only().ending == "nothing"
    rig.take(1, number=3)
    rig.export(recut(answer, "Film v04", {"shot 3": trim(5, 0), answer.tracks[0].clips[0].name: trim(2, 2)}))
    newest = rig.read(rig.only().answer)
    assert rig.picture_at(newest, 5) == [(3, HANDLES + 5 + n) for n in range(F - 11)]
    assert rig.picture_at(newest, 2 * F + 5) == [(1, source_start(3) + 5 + n) for n in range(F - 5)]


def test_an_answer_to_our_own_otio_holds_everything(tmp_path: Path) -> None:
    rig = ExchangeRig(tmp_path, ".otio", clips=2)
    answer = rig.second(rig.begin(marked=(1,))).answer
    assert any(len(clip.takes) == 2 for clip in read_cut(Path(answer)).cut.tracks[0].clips)
