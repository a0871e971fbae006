"""pycapcut writes a small draft: a film twice, a sound, a text. Prints its files as JSON."""

import json
import sys
from pathlib import Path

import pycapcut as cc


def main() -> None:
    """Root, film and sound are argv[1:4]. The film plays 0 to 1 s, then 1 to 1.5 s at double speed."""
    root, film, sound = sys.argv[1:4]
    script = cc.DraftFolder(root).create_draft("oracle", 160, 90, 25)
    script.add_track(cc.TrackType.video, "Takes").add_track(cc.TrackType.audio, "Music")
    script.add_track(cc.TrackType.text, "Captions")
    script.add_segment(cc.VideoSegment(film, cc.Timerange(0, 1_000_000)), "Takes")
    fast = cc.Timerange(1_000_000, 500_000), cc.Timerange(200_000, 1_000_000)
    script.add_segment(cc.VideoSegment(film, fast[0], source_timerange=fast[1]), "Takes")
    script.add_segment(cc.AudioSegment(sound, cc.Timerange(0, 1_200_000)), "Music")
    script.add_segment(cc.TextSegment("Hello", cc.Timerange(0, 800_000)), "Captions")
    script.save()
    folder = Path(root, "oracle")
    names = ("draft_content.json", "draft_meta_info.json")
    json.dump({name: json.loads((folder / name).read_text("utf-8")) for name in names}, sys.stdout)


if __name__ == "__main__":
    main()
