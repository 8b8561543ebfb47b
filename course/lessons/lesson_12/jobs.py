"""What a service is asked for: a job as a dict, what may stand in it, and what is wrong with one."""

import ipaddress
from urllib.parse import urlsplit

from course.serving import is_public

# name: (type, whether it is needed, the least and the most: of a number itself, of a text its letters)
FIELDS = {
    "photo": ("text", True, 1, 200),
    "text": ("text", True, 1, 5000),
    "strength": ("number", False, 0, 3),
    "face": ("whole", False, 0, 1000),
    "subtitles": ("switch", False, None, None),
    "webhook": ("address", False, 8, 2048),
}
WORDS = {
    "missing": "is missing",
    "unknown": "is not known here",
    "wrong type": "must be {a}",
    "out of range": "must {be} {least} to {most}{unit}",
    "private address": "leads to a network that is not public",
}
A = {"text": "a text", "number": "a number", "whole": "a whole number", "switch": "true or false",
     "address": "a text with an address"}


def validate_job(job, fields):
    """What is wrong with a job, field by field: dicts -> {name: problem}, empty where nothing is."""
    problems = {name: "unknown" for name in job if name not in fields}
    types = {"text": str, "address": str, "number": (int, float), "whole": int, "switch": bool}
    for name, (kind, needed, least, most) in fields.items():
        if name not in job:
            if needed:
                problems[name] = "missing"
            continue
        value = job[name]
        if not isinstance(value, types[kind]) or isinstance(value, bool) != (kind == "switch"):
            problems[name] = "wrong type"
        elif kind != "switch" and not least <= (len(value.strip()) if isinstance(value, str) else value) <= most:
            problems[name] = "out of range"
        elif kind == "address" and leads_inside(value):
            problems[name] = "private address"
    return problems


def leads_inside(address: str) -> bool:
    """Whether an address, "https://...", leads to your own machine or network, or is none at all.

    A name is not looked up here. A service must: it looks names up, checks what it found, and connects to just that.
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return True
    if parts.scheme not in ("http", "https") or not host:
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or host.isdigit()
    return not is_public(host)


def lines(problems: dict, fields: dict = FIELDS) -> list:
    """The problems of a job in words, a line each, for whoever sent it."""
    told = []
    for name, problem in sorted(problems.items()):
        kind, _, least, most = fields.get(name, ("text", False, 0, 0))
        sized = kind in ("text", "address")
        words = WORDS.get(problem, str(problem)).format(a=A[kind], least=least, most=most, be="have" if sized else "be",
                                                        unit=" letters" if sized else "")
        told.append(f"{name} {words}")
    return told


def as_request(job: dict, photo_url: str) -> dict:
    """The same job in the words of the API of `course serve` (POST /talks); `photo_url` is where its photo lies."""
    asked = {"source_url": photo_url if job.get("photo") == "me" else job.get("photo")}
    script = {"type": "text", "input": job.get("text"), "subtitles": job.get("subtitles")}
    config = {"motion_factor": job.get("strength")}
    face = {} if job.get("face") is None else {"face_id": job["face"]}
    asked |= {"script": {name: value for name, value in script.items() if value is not None},
              "config": {name: value for name, value in config.items() if value is not None},
              "webhook": job.get("webhook"), "face": face or None}
    asked |= {name: value for name, value in job.items() if name not in FIELDS}
    return {name: value for name, value in asked.items() if value is not None}
