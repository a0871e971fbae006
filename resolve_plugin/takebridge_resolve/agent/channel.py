"""Finding the bridge and talking HTTP to it; only ever to this machine."""

import collections
import http.client
import json
import os
import socket
import sys
from urllib.parse import urlsplit

from .terms import MAX_REPLY_BYTES
from .values import short

Endpoint = collections.namedtuple("Endpoint", "port token")


class LinkError(Exception):
    """The bridge cannot be reached, or refuses us. ``code`` is its error code, "" when it is just not
    there.
    """

    def __init__(self, message, code=""):
        super(LinkError, self).__init__(message)
        self.code = code


def default_home():
    """Return the data folder shared with the bridge: TAKEBRIDGE_HOME or the platform's place."""
    if os.environ.get("TAKEBRIDGE_HOME"):
        return os.environ["TAKEBRIDGE_HOME"]
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/takebridge")
    if os.name == "nt":
        return os.path.join(os.environ.get("LOCALAPPDATA") or os.path.expanduser("~"), "takebridge")
    return os.path.expanduser("~/.local/share/takebridge")


def read_endpoint(home):
    """Read where the bridge listens from <home>/bridge.json; only plain HTTP on this machine is accepted."""
    path = os.path.join(home, "bridge.json")
    try:
        with open(path, "r", encoding="utf-8") as file:
            facts = json.loads(file.read(65536))
        url, token = facts["url"], facts["token"]
    except OSError:
        raise LinkError("The bridge is not running (no %s)." % path) from None
    except (ValueError, KeyError, TypeError):
        raise LinkError("%s is damaged; restart the bridge." % path) from None
    return Endpoint(loopback_port(url), check_token(token))


def loopback_port(url):
    """Return the port of ``http://127.0.0.1:PORT`` or ``http://localhost:PORT``; anything else is refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except (ValueError, AttributeError, TypeError):
        raise LinkError("The bridge's address is not a URL.") from None
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost") and bool(port)
    if not local or parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise LinkError("The bridge's address is not on this machine; not connecting.")
    return port


def check_token(token):
    """Return the token when it can go into a header."""
    if not isinstance(token, str) or not token.isalnum() or len(token) > 512:
        raise LinkError("The bridge's token is damaged; restart the bridge.")
    return token


class Channel(object):
    """One keep-alive connection to the bridge, used by one thread. Proxies are never asked (http.client has
    none).
    """

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.connection = None
        self.closed = False

    def post(self, path, body, timeout=10.0):
        """Post JSON and return the JSON answer, or raise LinkError.

        A kept-alive connection that turns out to be dead is opened again once; every message may arrive
        twice.
        """
        data = json.dumps(body, separators=(",", ":")).encode("utf-8")
        reused = self.connection is not None
        try:
            status, reply = self.exchange(path, data, timeout)
        except (http.client.HTTPException, OSError) as error:
            self.drop()
            if not reused or self.closed or isinstance(error, socket.timeout):
                raise LinkError("The bridge does not answer (%s)." % type(error).__name__) from None
            return self.post(path, body, timeout)
        return decode_reply(status, reply)

    def exchange(self, path, data, timeout):
        """Send one request and return (status, body)."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.endpoint.port, timeout=timeout)
            self.connection.connect()
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.sock.settimeout(timeout)
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + self.endpoint.token}
        self.connection.request("POST", path, data, headers)
        response = self.connection.getresponse()
        reply = response.read(MAX_REPLY_BYTES + 1)
        if response.will_close or len(reply) > MAX_REPLY_BYTES:
            self.drop()
        return response.status, reply

    def drop(self):
        """Close the connection; the next post opens another."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def interrupt(self):
        """Wake the thread that waits in this channel. May be called from another thread."""
        self.closed = True
        connection = self.connection
        sock = connection.sock if connection is not None else None
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def decode_reply(status, reply):
    """Return the JSON object of a 200 answer; raise LinkError with the bridge's code for any other."""
    try:
        body = json.loads(reply.decode("utf-8"))
    except ValueError:
        body = None
    if status == 200 and isinstance(body, dict):
        return body
    code = body.get("code") if isinstance(body, dict) else None
    if code == "protocol_version":
        raise LinkError("The agent and the bridge are of different releases: update the agent.", code)
    raise LinkError("The bridge refused (%s %s)." % (status, short(code)), short(code) or "http_%s" % status)
