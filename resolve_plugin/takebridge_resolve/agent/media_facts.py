"""What the pool says of a media item: one property read per item and op, remembered in a dictionary by id."""

from .values import rate_text, short, text, whole


def media_item(media, pool, facts=None):
    """Return the MediaItem of a pool item; ``pool`` collects those read so far in this op, by id. ``facts`` are its
    properties where they were read already.
    """
    key = media_id(media)
    if key not in pool:
        facts = facts or media.GetClipProperty() or {}
        size = [whole(part) for part in str(facts.get("Resolution") or "").lower().split("x")]
        pool[key] = {
            "id": key,
            "name": text(facts.get("Clip Name") or media.GetName()),
            "path": text(facts.get("File Path")),
            "kind": short(facts.get("Type")),
            "rate": rate_text(facts.get("FPS")),
            "frame_count": whole(facts.get("Frames")),
            "start_timecode": short(facts.get("Start TC")),
            "width": size[0] if len(size) == 2 else None,
            "height": size[1] if len(size) == 2 else None,
            "online": str(facts.get("Online Status") or "").lower() != "offline",
        }
    return pool[key]


def media_id(media):
    """Return the id of a pool item."""
    return short(media.GetUniqueId() or media.GetMediaId())
