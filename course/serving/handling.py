"""What the routes do: a request becomes a job or an upload in the store, and these become answers.

Each function is given the request, whose `state.owner` the guard has set, and what its route has read from it.
"""

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from starlette import exceptions as http

from .. import errors
from ..provenance import consent
from . import addresses, answers, checks, guard, limits, plans, store

NAME = re.compile(r"[A-Za-z0-9._-]{1,50}")  # D-ID's rule for the name of an upload
PLANS = {"talk": plans.of_talk, "animation": plans.of_animation, "clip": plans.of_clip}


@dataclass(frozen=True)
class Service:
    """What the app works on. base: its address, or None for the one that each request used; size: longer side of the
    films; wake: called when a job has come."""

    store: store.Store
    gate: guard.Gate
    rules: addresses.Rules
    wake: object
    base: str | None = None
    size: int | None = None

    @property
    def most(self) -> limits.Limits:
        """The limits."""
        return self.gate.most


def service_of(request) -> Service:
    """What the app of a request works on."""
    return request.app.state.service


def base_of(request) -> str:
    """The address of this server, as whoever asks knows it."""
    return service_of(request).base or f"{request.url.scheme}://{request.headers['host']}"


# ---------------------------------------------------------------- films


def create(request, kind: str, asked, once: str | None) -> dict:
    """A job of what was asked for (`schemas.Ask`). Raises `errors.CourseError`, `guard.Turned`: the queue is full."""
    service, owner = service_of(request), request.state.owner

    def find(url: str, what: str) -> dict:
        identifier = answers.upload_of(url, service.gate.hosts)
        if identifier is None:
            addresses.find(url, service.rules)
            return {"url": url}
        return own(identifier, what)

    def own(identifier: str, what: str) -> dict:
        if service.store.upload(identifier, what, owner) is None:
            raise errors.CourseError(f"you have uploaded no {what} of that name")
        return {"upload": identifier}

    plan = PLANS[kind](asked, plans.Source(find, own, service.size))
    if asked.consent is not None:
        consent.of(asked.consent)  # what is wrong with it, its client hears at once
        plan["settings"]["consent"] = asked.consent
    if asked.webhook is not None:
        try:
            addresses.find(asked.webhook, service.rules)
        except addresses.AddressError as problem:
            raise plans.Refused(f"webhook: {problem}") from None
    request_told = asked.model_dump(exclude_none=True, mode="json")
    order = store.Order(kind, owner, request_told, plan, base_of(request), once, asked.webhook is not None,
                        asked.persist)
    job = service.store.add_job(order, service.most.waiting)
    if job is None:
        raise guard.Turned(429, "TooManyRequestsError", f"{service.most.waiting} jobs wait already: try again later",
                           [(b"retry-after", b"30")])
    service.wake()
    return answers.created(job)


def list_films(request, kind: str, limit: int, token: str | None) -> dict:
    """A page of jobs, under the name of their kind."""
    found = service_of(request).store.jobs(kind, request.state.owner, limit, int(token) if token else None)
    told = {f"{kind}s": [answers.film(job, request.app.state.secret) for job in found]}
    return told | ({"token": str(found[-1].number)} if len(found) == limit else {})


def get_film(request, kind: str, identifier: str) -> dict:
    """One job. Raises HTTPException 404."""
    return answers.film(_job(request, kind, identifier), request.app.state.secret)


def delete_film(request, kind: str, identifier: str) -> dict:
    """One job, which is no more. Raises HTTPException 404."""
    job = _job(request, kind, identifier)
    service_of(request).store.delete_job(job.id)
    return answers.film(job, request.app.state.secret)


def _job(request, kind: str, identifier: str) -> store.Job:
    job = service_of(request).store.job(identifier, kind, request.state.owner)
    if job is None:
        raise http.HTTPException(404, f"there is no {kind} of that id")
    return job


# ---------------------------------------------------------------- uploads


def take_in(request, kind: str, sent) -> dict:
    """Keep a file that was sent (`fastapi.UploadFile`), if it is what it should be.

    Raises:
        errors.CourseError: it is not. HTTPException 400: its name. guard.Turned: its owner has too many.
    """
    service, name = service_of(request), sent.filename or kind
    if not NAME.fullmatch(name) or set(name) == {"."}:
        raise http.HTTPException(400, "the filename of an upload is up to 50 of a-z A-Z 0-9 . _ -")
    with tempfile.TemporaryDirectory(dir=service.store.folder / "uploads") as folder:
        came, kept = Path(folder) / "came", Path(folder) / "kept"
        with open(came, "wb") as file:
            while block := sent.file.read(1 << 20):
                file.write(block)
        seen = checks.look(kind, came, kept, service.most)
        upload = store.Upload(0, store.new_id(kind), kind, request.state.owner, name, seen["suffix"], seen["media"],
                              {key: seen[key] for key in ("duration",) if key in seen}, time.time())
        if not service.store.add_upload(upload, kept, service.most.stored):
            raise guard.Turned(429, "TooManyRequestsError", f"you have {service.most.stored} uploads: delete some")
    return tell_upload(request, upload)


def list_uploads(request, kind: str, limit: int, token: str | None) -> dict:
    """A page of uploads, under the name of their kind."""
    found = service_of(request).store.uploads(kind, request.state.owner, limit, int(token) if token else None)
    told = {f"{kind}s": [tell_upload(request, upload) for upload in found]}
    return told | ({"token": str(found[-1].number)} if len(found) == limit else {})


def get_upload(request, kind: str, identifier: str) -> store.Upload:
    """One upload. Raises HTTPException 404."""
    upload = service_of(request).store.upload(identifier, kind, request.state.owner)
    if upload is None:
        raise http.HTTPException(404, f"there is no {kind} of that id")
    return upload


def delete_upload(request, kind: str, identifier: str) -> dict:
    """One upload, which is no more. Raises HTTPException 404."""
    upload = get_upload(request, kind, identifier)
    service_of(request).store.delete_upload(upload)
    return tell_upload(request, upload)


def tell_upload(request, upload: store.Upload) -> dict:
    """An upload as an answer tells it."""
    return answers.upload(upload, base_of(request), request.app.state.secret)
