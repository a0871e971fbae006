"""The main thread: runs ops, posts answers, knows when to leave."""

import os
import queue
import sys
import time

from .channel import Channel
from .desk import OPS, Desk, capabilities_of
from .guards import is_alive
from .link import Link
from .status import host_status
from .terms import AGENT_VERSION, PACE, PROTOCOL_VERSION


class ParentWatch(object):
    """Notices that the process which started us is gone.

    A menu script is a child of Resolve and must not outlive it. Inside Resolve's own process there is nothing
    to watch; that is told by ``sys.executable``, because a parent's name is unreadable in a sandbox.
    """

    def __init__(self):
        inside = os.path.basename(sys.executable or "").lower().startswith("resolve")
        self.parent = 0 if inside else os.getppid()
        self.handle = open_process(self.parent) if os.name == "nt" and self.parent else None

    def is_gone(self):
        """Say whether the parent has ended; False where it cannot be told."""
        if self.handle is not None:
            return process_has_ended(self.handle)
        return os.name != "nt" and self.parent > 1 and os.getppid() != self.parent


def open_process(pid):
    """Return a Windows handle to wait on, or None."""
    import ctypes

    synchronize = 0x00100000
    return ctypes.windll.kernel32.OpenProcess(synchronize, False, pid) or None


def process_has_ended(handle):
    """Say whether the process of a Windows handle has ended (WAIT_OBJECT_0)."""
    import ctypes

    return ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == 0


class Agent(object):
    """The main thread's side: runs ops, posts answers, and knows when to leave."""

    def __init__(self, resolve, home, log, pace=PACE, source=""):
        self.resolve, self.log, self.pace = resolve, log, pace
        self.inbox = queue.Queue()
        self.desk = Desk(resolve, pace.write_delays, log=log, source=source)
        self.link = Link(home, self.inbox, log, pace)
        self.channel = None
        self.parent = ParentWatch()
        self.last_alive = self.last_look = time.monotonic()

    def run(self):
        """Serve until there is a reason to leave, and return it."""
        self.link.thread.start()
        try:
            return self.serve()
        finally:
            self.link.close()
            if self.channel is not None:
                self.channel.drop()

    def serve(self):
        """Take one inbox entry after another; between them, look whether to go on."""
        while not self.desk.stopping:
            reason = self.reason_to_leave()
            if reason:
                return reason
            try:
                what, body = self.inbox.get(timeout=self.pace.tick)
            except queue.Empty:
                self.send_unsent()
                continue
            self.handle(what, body)
        return "The bridge asked the agent to %s." % ("start again" if self.desk.reloading else "stop")

    def handle(self, what, body):
        """Do one inbox entry."""
        if what == "hello":
            body.put(self.make_hello())
        elif what == "op":
            answer = self.desk.execute(body)
            self.link.remember(answer)
            self.send(answer["op_id"])
        elif what == "again":
            self.send(body)
        else:
            self.send_unsent()

    def send_unsent(self):
        """Post what the bridge has not acknowledged yet."""
        for key in self.link.unsent():
            self.send(key)

    def send(self, key):
        """Post an answer on the main thread's own connection, opened anew when the bridge has moved.

        Without a session it waits: another program may listen on the port of a bridge that has gone.
        """
        endpoint = self.link.endpoint
        if not self.link.session:
            return
        if self.channel is None or self.channel.endpoint != endpoint:
            if self.channel is not None:
                self.channel.drop()
            self.channel = Channel(endpoint)
        self.link.post_answer(self.channel, key)

    def make_hello(self):
        """Return the Hello of this host as it is now; a host that fails to answer is still introduced."""
        try:
            status, verbs = host_status(self.resolve), capabilities_of(self.resolve, self.desk.source)
        except Exception:
            self.log.exception("Resolve could not be read")
            status = {"product": "DaVinci Resolve", "version": "", "edition": "unknown"}
            verbs = sorted(set(OPS) - {"agent.reload"})
        return {
            "protocol": PROTOCOL_VERSION,
            "agent": "takebridge-resolve",
            "agent_version": AGENT_VERSION,
            "pid": os.getpid(),
            "status": status,
            "capabilities": verbs,
        }

    def reason_to_leave(self):
        """Return why to end now, or "": the parent is gone, or the API has been dead for long."""
        if self.parent.is_gone():
            return "Resolve has closed."
        now = time.monotonic()
        if now - self.last_look < self.pace.liveness:
            return ""
        self.last_look = now
        if self.answers_calls():
            self.last_alive = now
        return "Resolve no longer answers." if now - self.last_alive > self.pace.dead_after else ""

    def answers_calls(self):
        """Read liveness; an API that raises is as dead as one that answers None."""
        try:
            return is_alive(self.resolve)
        except Exception:  # noqa: BLE001 - a dying API may raise anything
            return False
