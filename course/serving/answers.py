"""Jobs and uploads as D-ID's answers tell them."""

import datetime
from urllib.parse import urlsplit

from . import schemas, signing, store


def created(job: store.Job) -> dict:
    """The answer to a request that was taken on."""
    return {"id": job.id, "object": job.kind, "created_at": when(job.created), "created_by": job.owner,
            "status": job.state}


def film(job: store.Job, secret: bytes) -> dict:
    """All that is known of a job."""
    told = created(job) | {"user_id": job.owner, "modified_at": when(job.modified)}
    for name in ("source_url", "driver_url", "presenter_id", "driver_id", "config", "name", "user_data", "webhook"):
        told[name] = job.request.get(name)
    told["audio_url"] = job.request.get("script", {}).get("audio_url")
    if job.started:
        told["started_at"] = when(job.started)
    if job.problem:
        told["error"] = job.problem
    if job.state == "done":
        told |= job.facts
        told["result_url"] = address(job.base, job.id, file_name(job), secret)
        if not job.plan.get("mute") and told["audio_url"] is None and "text" in job.plan:
            told["audio_url"] = address(job.base, job.id, "sound.wav", secret)
    return {name: value for name, value in told.items() if value is not None}


def file_name(job: store.Job) -> str:
    """What the film of a job is called in its address."""
    kind = job.plan["format"]
    return "sound.wav" if kind == schemas.SOUND_ALONE else f"film.{kind}"


def upload(stored: store.Upload, base: str, secret: bytes) -> dict:
    """An upload, with the url that requests name it by."""
    told = {"id": stored.id, "name": stored.name, "url": address(base, stored.id, stored.name, secret),
            "created_at": when(stored.created)}
    if "duration" in stored.facts:
        told["duration"] = round(stored.facts["duration"], 6)
    return told


def address(base: str, identifier: str, name: str, secret: bytes) -> str:
    """Where a file is fetched, for a day."""
    return f"{base}/files/{identifier}/{name}?{signing.sign(secret, identifier, name)}"


def upload_of(url: str, hosts) -> str | None:
    """The id of the upload that a url of this server names; None for an address elsewhere. hosts: names of this server
    with their ports."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path.split("/")
    if parts.scheme in ("http", "https") and parts.netloc.lower() in hosts and path[1:2] == ["files"]:
        return path[2] if len(path) == 4 else ""
    return None


def when(seconds: float) -> str:
    """Seconds since 1970 as D-ID writes times: 2023-03-22T16:38:49.723Z."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
