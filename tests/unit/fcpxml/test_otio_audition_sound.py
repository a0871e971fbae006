"""The pick of an audition is heard, and what hangs on it is seen, on the way to OTIO and back."""

import opentimelineio as otio

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml.otio import from_otio, to_otio

FILM = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.10"><resources>
<format id="r1" frameDuration="1/24s" width="1920" height="1080"/>
<asset id="r2" name="one.mov" start="0s" duration="10s"
 hasVideo="1" hasAudio="1" format="r1" audioSources="1" audioChannels="2">
<media-rep kind="original-media" src="file:///m/one.mov"/></asset>
<asset id="r3" name="two.mov" start="0s" duration="10s"
 hasVideo="1" hasAudio="1" format="r1" audioSources="1" audioChannels="2">
<media-rep kind="original-media" src="file:///m/two.mov"/></asset>
<asset id="r4" name="steps.wav" start="0s" duration="10s" hasAudio="1" audioSources="1" audioChannels="2">
<media-rep kind="original-media" src="file:///m/steps.wav"/></asset>
</resources><library><event name="e"><project name="p"><sequence format="r1" tcStart="0s" duration="4s"><spine>
<audition offset="0s"><asset-clip ref="r2" name="one.mov" start="1s" duration="2s">
<asset-clip ref="r4" name="steps.wav" lane="-1" offset="1.5s" start="3s" duration="1s"/></asset-clip>
<asset-clip ref="r3" name="two.mov" start="0s" duration="2s"/></audition>
<asset-clip ref="r3" name="two.mov" offset="2s" start="5s" duration="2s"/>
</spine></sequence></project></event></library></fcpxml>
"""


def heard(timeline: otio.schema.Timeline) -> list[tuple[str, int, int, int]]:
    """Name, record start, duration and source start, in frames, of every clip on an audio track."""
    found = []
    for track in timeline.audio_tracks():
        for clip in track.find_clips():
            place = clip.transformed_time_range(clip.trimmed_range(), timeline.tracks)
            times = place.start_time, place.duration, clip.trimmed_range().start_time
            found.append((clip.media_reference.name or clip.name, *(round(v.rescaled_to(24).value) for v in times)))
    return sorted(found, key=lambda one: one[1])


def test_the_pick_is_heard_and_its_connected_sound_too() -> None:
    timeline = to_otio(fcpxml.parse(FILM).document)[0]
    assert heard(timeline) == [("one.mov", 0, 48, 24), ("steps.wav", 12, 24, 72), ("two.mov", 48, 48, 120)]


def test_an_untouched_audition_comes_back_as_it_was() -> None:
    film = fcpxml.parse(FILM)
    back = from_otio(to_otio(film.document)[0])[0]
    assert back.to_bytes() == film.document.to_bytes()


def test_sound_taken_off_a_pick_is_gone_and_the_rest_stays() -> None:
    timeline = to_otio(fcpxml.parse(FILM).document)[0]
    for track in timeline.audio_tracks():
        for index, child in enumerate(list(track)):
            if isinstance(child, otio.schema.Clip) and "steps" in child.name:
                track[index] = otio.schema.Gap(source_range=child.source_range)
    again = to_otio(from_otio(timeline)[0])[0]
    assert heard(again) == [("one.mov", 0, 48, 24), ("two.mov", 48, 48, 120)]
