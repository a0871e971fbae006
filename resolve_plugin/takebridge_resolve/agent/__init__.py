"""The Python agent, in parts; `takebridge_resolve.building` joins them to the one file that runs inside Resolve.

Standard library only, Python 3.6 to 3.14, imports nothing of ours: the joined file is copied into Resolve's script
folder. Floor: Resolve 18.5 (unique ids). Parts import one another one way, in the order `building.PARTS` names.

Resolve's API is treated as single-threaded: the main thread makes every call, a network thread only polls. Calls
hardly ever raise: they answer None, False or an empty list, and some answer True and do nothing; so every write is
read back. Of handles only the project manager is kept between ops: all others go stale when the project or timeline
changes. Frames are integers; a name says its space: record frames are absolute timeline frames, source frames count
from the head of the media, ends are exclusive unless the name says ``host_end``.
"""

from .channel import LinkError, default_home, loopback_port, read_endpoint
from .desk import EDITS, OPS, Desk, capabilities_of
from .faults import HINTS, RETRYABLE, OpError
from .link import Link
from .loop import Agent
from .start import find_resolve, main, own_file, run
from .status import host_status
from .terms import AGENT_VERSION, PACE, PROTOCOL_VERSION, SAFETY_MARK, Pace
from .values import digest, rate_text, whole

__all__ = [
    "AGENT_VERSION",
    "EDITS",
    "HINTS",
    "OPS",
    "PACE",
    "PROTOCOL_VERSION",
    "RETRYABLE",
    "SAFETY_MARK",
    "Agent",
    "Desk",
    "Link",
    "LinkError",
    "OpError",
    "Pace",
    "capabilities_of",
    "default_home",
    "digest",
    "find_resolve",
    "host_status",
    "loopback_port",
    "main",
    "own_file",
    "rate_text",
    "read_endpoint",
    "run",
    "whole",
]
