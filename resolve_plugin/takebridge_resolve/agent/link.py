"""The network thread: one session with the bridge."""

import collections
import queue
import threading
import time

from .channel import Channel, LinkError, read_endpoint
from .terms import PACE, REMEMBERED_ANSWERS
from .values import short, whole


class Link(object):
    """The network thread: says hello, polls, and puts what arrives into the inbox of the main thread.

    Inbox entries: ("hello", reply queue) asks the main thread for a Hello; ("op", op) is to be executed;
    ("again", op id) asks to repeat an answer; ("welcome", None) says that a session began.
    """

    def __init__(self, home, inbox, log, pace=PACE):
        self.home, self.inbox, self.log, self.pace = home, inbox, log, pace
        self.lock = threading.Lock()
        self.answers = collections.OrderedDict()
        self.pending = []
        self.received = ""
        self.endpoint, self.session = None, ""
        self.channel = None
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.work, name="takebridge-poll")
        self.thread.daemon = True

    # - network thread

    def work(self):
        """Keep a session until told to stop."""
        delay, told = self.pace.first_retry, ""
        while not self.stopping.is_set():
            try:
                self.hold_session()
                delay, told = self.pace.first_retry, ""
            except LinkError as error:
                if str(error) != told and not self.stopping.is_set():
                    told = str(error)
                    self.log.warning("%s Trying again.", told)
            finally:
                self.session = ""
                if self.channel is not None:
                    self.channel.drop()
            self.stopping.wait(delay)
            delay = min(delay * 2, self.pace.last_retry)

    def hold_session(self):
        """Say hello and poll until the bridge forgets the session; return only after a poll went well."""
        self.endpoint = read_endpoint(self.home)
        self.channel = Channel(self.endpoint)
        hello = self.ask_hello()
        if hello is None:
            return
        welcome = self.channel.post("/agent/hello", hello)
        self.session = short(welcome.get("session"))
        seconds = whole(welcome.get("poll_seconds")) or 25
        self.log.info("Connected to the bridge on port %d.", self.endpoint.port)
        self.inbox.put(("welcome", None))
        polled = False
        while not self.stopping.is_set():
            try:
                self.poll(seconds)
            except LinkError:
                if not polled:
                    raise
                return
            polled = True

    def ask_hello(self):
        """Have the main thread make the Hello, which reads the host; None when stopping."""
        reply = queue.Queue()
        self.inbox.put(("hello", reply))
        while not self.stopping.is_set():
            try:
                return reply.get(timeout=self.pace.tick)
            except queue.Empty:
                continue
        return None

    def poll(self, seconds):
        """Ask once for an op. An empty answer that came at once is followed by a breath, never by a hot
        loop.
        """
        began = time.monotonic()
        with self.lock:
            busy = self.pending[0] if self.pending else ""
        body = {"session": self.session, "received": self.received, "busy_with": busy}
        op = self.channel.post("/agent/poll", body, seconds + 10.0).get("op")
        if isinstance(op, dict) and op.get("id"):
            self.accept(op)
        elif time.monotonic() - began < 0.05:
            self.stopping.wait(0.05)

    def accept(self, op):
        """Queue an op once: a repeated one is answered from memory, or ignored while it runs."""
        key = short(op["id"])
        with self.lock:
            self.received = key
            if key in self.pending:
                return
            known = key in self.answers
            if not known:
                self.pending.append(key)
        self.inbox.put(("again", key) if known else ("op", op))

    # - main thread

    def remember(self, answer):
        """Keep an answer, marked as not yet received by the bridge."""
        with self.lock:
            self.answers[answer["op_id"]] = [answer, False]
            if answer["op_id"] in self.pending:
                self.pending.remove(answer["op_id"])
            while len(self.answers) > REMEMBERED_ANSWERS:
                self.answers.popitem(last=False)

    def unsent(self):
        """Return the ids of answers the bridge has not acknowledged, oldest first."""
        with self.lock:
            return [key for key, (_answer, sent) in self.answers.items() if not sent]

    def post_answer(self, channel, key):
        """Post a remembered answer. One that does not get through is kept and tried again."""
        with self.lock:
            entry = self.answers.get(key)
        if entry is None:
            return
        try:
            channel.post("/agent/answer", dict(entry[0], session=self.session))
        except LinkError as error:
            self.log.info("An answer is kept for later: %s", error)
            return
        with self.lock:
            entry[1] = True

    def close(self):
        """Stop polling and wait for the thread."""
        self.stopping.set()
        if self.channel is not None:
            self.channel.interrupt()
        if self.thread.is_alive():
            self.thread.join(2.0)
