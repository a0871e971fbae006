"""The words and numbers of the agent: versions, limits, what our marks look like, how patient it is."""

import collections
import re

PROTOCOL_VERSION = "1.2"
AGENT_VERSION = "0.1.0"
TRACK_TYPES = ("video", "audio", "subtitle")
MAX_REPLY_BYTES = 16 * 1024 * 1024
REMEMBERED_ANSWERS = 64
SAFETY_MARK = "TakeBridge safety"
STAMP_KEY = "takebridge.stamp"
STAMP = re.compile(r"tb-[0-9a-f]{12}\Z")
MARKER_COLOUR_OF_STAMPS = "Lavender"
Pace = collections.namedtuple("Pace", "write_delays tick liveness dead_after first_retry last_retry")
Pace.__doc__ = """How patient the agent is, all in seconds: waits for refused writes (spent once per op), the
idle tick, the time between liveness reads, how long the API may stay dead, the back-off to the bridge."""
PACE = Pace((0.05, 0.1, 0.2, 0.4, 0.7), 1.0, 10.0, 120.0, 0.2, 5.0)
