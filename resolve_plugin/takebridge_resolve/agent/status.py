"""The ops that only say how the host is, and the one that ends the agent."""

from .faults import OpError
from .guards import call_if, is_alive
from .scene import open_scene, timeline_info
from .values import short


def host_status(resolve):
    """Return HostStatus. ``timeline`` is None when none is open."""
    try:
        timeline = timeline_info(open_scene(resolve))
    except OpError:
        timeline = None
    return {
        "host": "resolve",
        "product": short(resolve.GetProductName()),
        "version": short(resolve.GetVersionString()),
        "edition": edition_of(resolve),
        "page": short(resolve.GetCurrentPage()),
        "timeline": timeline,
    }


def edition_of(resolve):
    """Return "studio", "free" or "unknown": by IsStudio (21.1), else by the product name."""
    said = call_if(resolve, "IsStudio")
    if said is not None:
        return "studio" if said else "free"
    product = str(resolve.GetProductName() or "")
    if not product:
        return "unknown"
    return "studio" if "studio" in product.lower() else "free"


def op_ping(desk, args, expect):
    """``agent.ping``."""
    return "verified", {"alive": is_alive(desk.resolve)}


def op_stop(desk, args, expect):
    """``agent.stop``: the main loop leaves after the answer."""
    desk.stopping = True
    return "verified", {}


def op_reload(desk, args, expect):
    """``agent.reload``: the main loop leaves after the answer, and starts again from the agent's own file."""
    if not desk.source:
        hint = "Stop the agent and start it again from Workspace > Scripts."
        raise OpError("unsupported_op", "This agent does not know the file it was started from.", hint)
    desk.stopping = desk.reloading = True
    return "verified", {}


def op_status(desk, args, expect):
    """``host.status``."""
    return "verified", host_status(desk.resolve)
