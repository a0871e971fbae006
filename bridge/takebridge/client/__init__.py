"""A client of the running bridge: find it, call it, hear what happens, hold a canvas in step (docs/live.md)."""
