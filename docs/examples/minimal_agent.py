"""The smallest agent that keeps the host contract: python3 minimal_agent.py DATA_FOLDER EDITOR.json

Its “editor” is a JSON file: {"name", "rate", "bin": [path …], "clips": [{"key", "path", "track", "start", "end",
"source"} …]}, frames as in the protocol. For a real one, replace `read`, `write` and what `place` does to the clips.
"""

import hashlib
import json
import os
import sys
import urllib.request
import uuid
from typing import Any

Json = dict[str, Any]
if len(sys.argv) != 3:
    sys.exit("Give the bridge's data folder and the editor's file: minimal_agent.py DATA_FOLDER EDITOR.json")
HOME, FILE = sys.argv[1:]
VERBS = ["agent.ping", "agent.stop", "host.status", "timeline.snapshot", "media.import", "clip.place"]


class Refused(Exception):
    """Code, message and hint of an error; nothing was changed."""


def read() -> Json:
    """Ask the editor what it has."""
    with open(FILE, encoding="utf-8") as file:
        return dict(json.load(file))


def write(film: Json) -> None:
    """Change the editor, all at once."""
    with open(FILE + ".new", "w", encoding="utf-8") as file:
        json.dump(film, file)
    os.replace(FILE + ".new", FILE)


def media(path: str) -> Json:
    """A MediaItem."""
    return {"id": path, "name": os.path.basename(path), "path": path}


def item(clip: Json) -> Json:
    """A TimelineItem. Its key stays the same as long as the clip lives."""
    name, track, source = os.path.basename(clip["path"]), {"type": "video", "index": clip["track"]}, clip["source"]
    told = {"key": clip["key"], "kind": "clip", "name": name, "track": track, "media": media(clip["path"])}
    told |= {"start_record_frame": clip["start"], "end_record_frame": clip["end"], "left_offset_frame": source}
    return told | {"start_source_frame": source, "end_source_frame": source + clip["end"] - clip["start"]}


def snapshot(film: Json, tracks: list[Json] | None = None) -> Json:
    """A Snapshot of all tracks, or those given; the revision covers exactly what is listed."""
    wanted = None if not tracks else [(one["type"], one["index"]) for one in tracks]
    items = [item(one) for one in film["clips"] if wanted is None or ("video", one["track"]) in wanted]
    line = {"project_id": "p1", "project_name": film["name"], "timeline_id": "t1", "timeline_name": film["name"]}
    line |= {"rate": film["rate"], "width": 1920, "height": 1080, "start_record_frame": 0}
    line["end_record_frame"] = max((one["end"] for one in film["clips"]), default=0)
    line["revision"] = hashlib.sha256(json.dumps(items, sort_keys=True).encode()).hexdigest()
    return {"timeline": line, "items": items}


def expected(film: Json, expect: Json | None) -> None:
    """An op that changes something says what must still be true; else nothing is changed."""
    if not expect or (expect["project_id"], expect["timeline_id"]) != ("p1", "t1"):
        raise Refused("timeline_switched", "Another timeline is open.", "Open the one the clip belongs to.")
    if expect["revision"] and snapshot(film, expect["tracks"])["timeline"]["revision"] != expect["revision"]:
        raise Refused("timeline_changed", "The timeline was edited since it was read.", "Repeat the command.")


def bring(film: Json, args: Json, expect: Json | None) -> Json:
    """``media.import``: the same file comes in once."""
    path, reused = args["path"], args["path"] in film["bin"]
    if not os.path.isfile(path):
        raise Refused("not_found", "There is no file " + path + ".", "Check the path.")
    film["bin"] += [] if reused else [path]
    return {"media": media(path), "reused": reused}


def place(film: Json, args: Json, expect: Json | None) -> Json:
    """``clip.place``: on a free span. What lies there already is done: an op whose answer was lost may come again."""
    start, end, track = args["start_record_frame"], args["end_record_frame"], args["track"]
    new = {"path": args["media_id"], "track": track["index"], "start": start, "end": end}
    new["source"] = args["start_source_frame"]
    if same := [one for one in film["clips"] if {**one, "key": ""} == {**new, "key": ""}]:
        return {"items": [item(same[0])], "changed": False}
    expected(film, expect)
    if track["type"] != "video" or args["media_id"] not in film["bin"] or end <= start:
        raise Refused("host_rejected", "That cannot lie on a video track.", "Import the file first.")
    if any(one["track"] == new["track"] and one["start"] < end and start < one["end"] for one in film["clips"]):
        raise Refused("host_rejected", "There is a clip already.", "Make room on the track.")
    film["clips"].append({**new, "key": uuid.uuid4().hex})
    return {"items": [item(film["clips"][-1])], "changed": True}


def done(op: Json) -> Json:
    """Run one op and return its result. Nothing is written unless all of it worked."""
    film, args = read(), op["args"]
    if op["verb"] == "host.status":
        return status(film)
    if op["verb"] == "timeline.snapshot":
        return snapshot(film, args["tracks"])
    if op["verb"] not in ("media.import", "clip.place"):
        return {}
    result = (bring if op["verb"] == "media.import" else place)(film, args, op["expect"])
    write(film)
    return result


def status(film: Json) -> Json:
    """A HostStatus."""
    told = {"host": "other", "product": "Minimal", "version": "1", "edition": "unknown"}
    return told | {"timeline": snapshot(film)["timeline"]}


def ask(path: str, body: Json) -> Json:
    """One request to the bridge; where it is and its token stand in bridge.json while it runs."""
    with open(os.path.join(HOME, "bridge.json"), encoding="utf-8") as file:
        bridge = json.load(file)
    head = {"Authorization": "Bearer " + bridge["token"], "Content-Type": "application/json"}
    request = urllib.request.Request(bridge["url"] + path, json.dumps(body).encode(), head)  # noqa: S310
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=90) as reply:
        return dict(json.load(reply))


def main() -> None:
    """Say hello, then poll, run, answer until told to stop."""
    hello = {"protocol": "1.2", "agent": "minimal", "agent_version": "1", "pid": os.getpid(), "capabilities": VERBS}
    session = ask("/agent/hello", {**hello, "status": status(read())})["session"]
    received, answers, stop = "", dict[str, Json](), False
    while not stop:
        op = ask("/agent/poll", {"session": session, "received": received}).get("op")
        if op is None:
            continue
        if op["id"] not in answers:  # the same op may be sent again: it is answered from memory
            try:
                answers[op["id"]] = {"outcome": "verified", "result": done(op)}
            except Refused as error:
                told = dict(zip(("code", "message", "hint"), error.args, strict=True))
                answers[op["id"]] = {"outcome": "not_applied", "error": told}
        ask("/agent/answer", {"session": session, "op_id": op["id"], **answers[op["id"]]})
        answers, received, stop = dict([*answers.items()][-64:]), op["id"], op["verb"] == "agent.stop"


if __name__ == "__main__":
    try:
        main()
    except OSError as error:  # a real agent waits, and says hello again
        sys.exit(f"{error}. Does the bridge run ('takebridge serve'), and is the editor's file there?")
