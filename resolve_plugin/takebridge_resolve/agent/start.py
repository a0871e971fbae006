"""Finding Resolve, and starting."""

import importlib
import logging
import logging.handlers
import os
import sys

from .channel import default_home
from .loop import Agent
from .terms import AGENT_VERSION, PACE

OWN_MARK = "The TakeBridge agent "
NOT_FOUND = """TakeBridge could not reach DaVinci Resolve.
  Inside Resolve: start it from Workspace > Scripts > TakeBridge.
  From a terminal (Studio only): Resolve must be running, and in Preferences > System > General,
  External scripting must be Local. If Resolve is installed elsewhere, set RESOLVE_SCRIPT_API
  and RESOLVE_SCRIPT_LIB."""


def find_resolve(names):
    """Return Resolve's scripting root: the global ``resolve`` or ``app`` of a menu script, else by the script
    module.

    None when Resolve is not there or refuses.
    """
    if names.get("resolve") is not None:
        return names["resolve"]
    app = names.get("app")
    ask = getattr(app, "GetResolve", None)  # dir() of Fusion objects leaves out methods that exist
    found = ask() if callable(ask) else None
    if found is not None:
        return found
    module = load_script_module()
    return module.scriptapp("Resolve") if module is not None else None


def load_script_module():
    """Import DaVinciResolveScript from the path, RESOLVE_SCRIPT_API or the default place; None when it is
    nowhere.
    """
    places = [os.path.join(place, "Modules") for place in script_places() if place]
    sys.path.extend(place for place in places if os.path.isdir(place) and place not in sys.path)
    try:
        return importlib.import_module("DaVinciResolveScript")
    except (ImportError, OSError, SystemExit):
        return None


def script_places():
    """Return where the scripting API may be, the user's own choice first."""
    support = os.path.join("Blackmagic Design", "DaVinci Resolve")
    by_platform = {
        "darwin": ["/Library/Application Support/" + support + "/Developer/Scripting"],
        "win32": [os.path.join(os.environ.get("PROGRAMDATA", ""), support, "Support", "Developer", "Scripting")],
    }
    others = ["/opt/resolve/Developer/Scripting", "/home/resolve/Developer/Scripting"]
    return [os.environ.get("RESOLVE_SCRIPT_API"), *by_platform.get(sys.platform, others)]


def open_log(home):
    """Return a logger that writes to the console and to <home>/agent.log.

    The console is stderr: Resolve shows it, and a parent process may use stdout for itself.
    """
    log = logging.Logger("takebridge.agent", logging.INFO)
    if sys.stderr is not None:
        log.addHandler(logging.StreamHandler(sys.stderr))
    try:
        os.makedirs(home, mode=0o700, exist_ok=True)
        path = os.path.join(home, "agent.log")
        log.addHandler(logging.handlers.RotatingFileHandler(path, maxBytes=500000, backupCount=1, encoding="utf-8"))
    except OSError as error:
        log.warning("No agent.log: %s", error)
    for handler in log.handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s TakeBridge: %(message)s"))
    return log


def run(resolve, home=None, pace=PACE, source=""):
    """Serve the bridge of this data folder until there is a reason to leave; return whether to start again.

    Blocks; call it on the main thread. ``source`` is the agent's own file, for ``agent.reload``.
    """
    home = home or default_home()
    log = open_log(home)
    try:
        agent = Agent(resolve, home, log, pace, source)
        log.info("Agent %s started. Leave this running; data folder %s", AGENT_VERSION, home)
        log.info("%s", agent.run())
        return agent.desk.reloading
    finally:
        for handler in log.handlers:
            handler.close()


def own_file(names):
    """Return the path of this agent's one file, "" when it is not known. Menu scripts may lack ``__file__``."""
    for path in (names.get("__file__"), sys.argv[0] if sys.argv else ""):
        try:
            with open(os.path.abspath(path), "r", encoding="utf-8") as file:
                if OWN_MARK in file.read(400):
                    return os.path.abspath(path)
        except (OSError, TypeError, ValueError):
            continue
    return ""


def load_again(path):
    """Return the ``run`` of the agent's file as it is on disk now, or None when that file does not run."""
    names = {"__name__": "takebridge_agent", "__file__": path}
    try:
        with open(path, "r", encoding="utf-8") as file:
            exec(compile(file.read(), path, "exec"), names)  # noqa: S102 - the agent's own file, as Resolve runs it
        return names["run"]
    except Exception as error:  # noqa: BLE001 - a broken update must not end the agent that works
        log = open_log(default_home())
        log.error("The agent's file %s cannot be run (%s: %s): going on as before", path, type(error).__name__, error)
        for handler in log.handlers:
            handler.close()
        return None


def main(names):
    """Find Resolve and run, again when asked to; return the exit status."""
    resolve = find_resolve(names)
    if resolve is None:
        log = open_log(default_home())
        log.error("%s", NOT_FOUND)
        for handler in log.handlers:
            handler.close()
        return 1
    source, serve = own_file(names), run
    while serve(resolve, source=source):
        serve = load_again(source) or serve
    return 0


if __name__ == "__main__" and main(globals()):
    sys.exit(1)
