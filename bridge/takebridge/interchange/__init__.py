"""Cuts to and from exchange formats; the only floor that imports OpenTimelineIO."""
