"""FCPXML ⇄ OpenTimelineIO, exact in time and with a loss report both ways.

The package is also OTIO's adapter plugin ``takebridge_fcpxml``; see ``adapter``.
"""

from takebridge_fcpxml.otio.export import to_otio
from takebridge_fcpxml.otio.files import read_otio, write_otio
from takebridge_fcpxml.otio.restore import from_otio
from takebridge_fcpxml.otio.tags import KEY

__all__ = ["KEY", "from_otio", "read_otio", "to_otio", "write_otio"]
