"""Looking things up in a cut."""

from __future__ import annotations

from tests.support.cuts import A1, V1, V2, clip, cut

from takebridge.ids import ClipKey


def test_clips_are_found_by_key_and_listed_in_record_order() -> None:
    late, early, other, sound = clip("late", at=50), clip("early"), clip("other", V2), clip("sound", A1)
    made = cut(late, early, other, sound)
    assert made.clip(ClipKey("key early")) is early
    assert made.clip(ClipKey("none")) is None
    assert made.on_track(V1) == (early, late)
    assert made.on_track(A1) == (sound,)
