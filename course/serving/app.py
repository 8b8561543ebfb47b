"""The API as a FastAPI app: D-ID's paths, over a store and whatever is to be woken when a job comes."""

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import fastapi
from fastapi import exceptions, responses
from starlette import exceptions as http

import course

from .. import errors
from . import addresses, answers, checks, guard, limits, page, plans, schemas, store

NAME = re.compile(r"[A-Za-z0-9._-]{1,50}")  # D-ID's rule for the name of an upload
TOKEN = re.compile(r"[0-9]{1,18}")
ABOUT = ("D-ID's /talks, /animations, /images and /audios on your own machine. A photo is uploaded to /images, a "
         "recording to /audios, a driving film to /drivers; their urls are named in what is asked for.")
PROBLEMS = {400: "What was asked for cannot be done", 401: "No key, or a wrong one", 403: "A page of another site asks",
            408: "The body came too slowly", 413: "The body is too large", 415: "The body is packed",
            421: "A Host that is not this server's", 429: "Too many requests, or a full queue", 503: "Too busy"}
ANSWERS = {code: {"model": schemas.Problem, "description": text} for code, text in PROBLEMS.items()}
MISSING = {404: {"model": schemas.Problem, "description": "There is nothing of that id"}}
KINDS = {400: "BadRequestError", 404: "NotFoundError", 405: "MethodNotAllowedError"}


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


def make_app(service: Service):
    """The whole ASGI app, its guard before it."""
    api = fastapi.FastAPI(title="Living Portraits", version=course.__version__, description=ABOUT, docs_url=None,
                          redoc_url=None, redirect_slashes=False, responses=ANSWERS)
    api.state.service, api.state.secret = service, service.store.secret()
    api.add_exception_handler(exceptions.RequestValidationError, _invalid)
    api.add_exception_handler(http.HTTPException, _http)
    api.add_exception_handler(errors.CourseError, _course)
    api.add_exception_handler(guard.Turned, _turned)
    api.add_exception_handler(Exception, _broken)
    api.include_router(router)
    api.openapi = lambda: _openapi(api)
    return guard.Guard(api, service.gate)


router = fastapi.APIRouter()
Limit = Annotated[int, fastapi.Query(ge=1, le=100, description="how many at most")]
Token = Annotated[str | None, fastapi.Query(max_length=18, pattern=r"^[0-9]{1,18}$", description="of the page before")]
Once = Annotated[str | None, fastapi.Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern="^[!-~]+$",
                                            description="asked again with the same key, the answer is the same job")]
Id = Annotated[str, fastapi.Path(max_length=64)]
WHOLE = {"response_model_exclude_none": True}


# ---------------------------------------------------------------- talks and animations


@router.post("/talks", status_code=201, response_model=schemas.Created)
def create_talk(request: fastapi.Request, asked: schemas.TalkAsk, once: Once = None):
    """Make the person in a picture say a text or a recording."""
    return _create(request, "talk", asked, once)


@router.get("/talks", response_model=schemas.Talks, **WHOLE)
def list_talks(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your talks, newest first."""
    return _films(request, "talk", limit, token)


@router.get("/talks/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def get_talk(request: fastapi.Request, identifier: Id):
    """One talk; its result_url once its status is done."""
    return _film(request, "talk", identifier)


@router.delete("/talks/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def delete_talk(request: fastapi.Request, identifier: Id):
    """Remove a talk and its film."""
    return _delete(request, "talk", identifier)


@router.post("/animations", status_code=201, response_model=schemas.Created)
def create_animation(request: fastapi.Request, asked: schemas.AnimationAsk, once: Once = None):
    """Make the person in a picture move as the one in a film."""
    return _create(request, "animation", asked, once)


@router.get("/animations", response_model=schemas.Animations, **WHOLE)
def list_animations(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your animations, newest first."""
    return _films(request, "animation", limit, token)


@router.get("/animations/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def get_animation(request: fastapi.Request, identifier: Id):
    """One animation; its result_url once its status is done."""
    return _film(request, "animation", identifier)


@router.delete("/animations/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def delete_animation(request: fastapi.Request, identifier: Id):
    """Remove an animation and its film."""
    return _delete(request, "animation", identifier)


def _create(request, kind: str, asked: schemas.Ask, once: str | None):
    service, owner, base = _service(request), request.state.owner, _base(request)

    def find(url: str, what: str) -> dict:
        identifier = answers.upload_of(url, service.gate.hosts)
        if identifier is None:
            addresses.find(url, service.rules)
            return {"url": url}
        if service.store.upload(identifier, what, owner) is None:
            raise errors.CourseError(f"you have no upload of that url, or it is no {what}")
        return {"upload": identifier}

    plan = {"talk": plans.of_talk, "animation": plans.of_animation}[kind](asked, plans.Source(find, service.size))
    if asked.webhook is not None:
        try:
            addresses.find(asked.webhook, service.rules)
        except addresses.AddressError as problem:
            raise plans.Refused(f"webhook: {problem}") from None
    told = asked.model_dump(exclude_none=True, mode="json")
    order = store.Order(kind, owner, told, plan, base, once, asked.webhook is not None, asked.persist)
    job = service.store.add_job(order, service.most.waiting)
    if job is None:
        raise guard.Turned(429, "TooManyRequestsError", f"{service.most.waiting} jobs wait already: try again later",
                           [(b"retry-after", b"30")])
    service.wake()
    return answers.created(job)


def _films(request, kind: str, limit: int, token: str | None) -> dict:
    found = _service(request).store.jobs(kind, request.state.owner, limit, int(token) if token else None)
    told = {f"{kind}s": [answers.film(job, request.app.state.secret) for job in found]}
    return told | ({"token": str(found[-1].number)} if len(found) == limit else {})


def _film(request, kind: str, identifier: str) -> dict:
    return answers.film(_job(request, kind, identifier), request.app.state.secret)


def _delete(request, kind: str, identifier: str) -> dict:
    job = _job(request, kind, identifier)
    _service(request).store.delete_job(job.id)
    return answers.film(job, request.app.state.secret)


def _job(request, kind: str, identifier: str) -> store.Job:
    job = _service(request).store.job(identifier, kind, request.state.owner)
    if job is None:
        raise http.HTTPException(404, f"there is no {kind} of that id")
    return job


# ---------------------------------------------------------------- uploads


@router.post("/images", status_code=201, response_model=schemas.Stored, **WHOLE)
def upload_image(request: fastapi.Request, image: Annotated[fastapi.UploadFile, fastapi.File()]):
    """Upload a JPEG, PNG or WebP with a face."""
    return _upload(request, "image", image)


@router.post("/audios", status_code=201, response_model=schemas.Stored, **WHOLE)
def upload_audio(request: fastapi.Request, audio: Annotated[fastapi.UploadFile, fastapi.File()]):
    """Upload a recording, or a film with one; it is kept as 16 kHz wav."""
    return _upload(request, "audio", audio)


@router.post("/drivers", status_code=201, response_model=schemas.Stored, **WHOLE)
def upload_driver(request: fastapi.Request, driver: Annotated[fastapi.UploadFile, fastapi.File()]):
    """Upload a film of one face that drives an animation (not in D-ID's API)."""
    return _upload(request, "driver", driver)


@router.get("/images", response_model=schemas.Images, **WHOLE)
def list_images(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your pictures, newest first."""
    return _uploads(request, "image", limit, token)


@router.get("/audios", response_model=schemas.Audios, **WHOLE)
def list_audios(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your recordings, newest first."""
    return _uploads(request, "audio", limit, token)


@router.get("/drivers", response_model=schemas.Drivers, **WHOLE)
def list_drivers(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your driving films, newest first."""
    return _uploads(request, "driver", limit, token)


@router.get("/images/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def get_image(request: fastapi.Request, identifier: Id):
    """One picture."""
    return _told(request, _stored(request, "image", identifier))


@router.get("/audios/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def get_audio(request: fastapi.Request, identifier: Id):
    """One recording."""
    return _told(request, _stored(request, "audio", identifier))


@router.get("/drivers/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def get_driver(request: fastapi.Request, identifier: Id):
    """One driving film."""
    return _told(request, _stored(request, "driver", identifier))


@router.delete("/images/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def delete_image(request: fastapi.Request, identifier: Id):
    """Remove a picture."""
    return _remove(request, "image", identifier)


@router.delete("/audios/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def delete_audio(request: fastapi.Request, identifier: Id):
    """Remove a recording."""
    return _remove(request, "audio", identifier)


@router.delete("/drivers/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def delete_driver(request: fastapi.Request, identifier: Id):
    """Remove a driving film."""
    return _remove(request, "driver", identifier)


def _upload(request, kind: str, sent: fastapi.UploadFile) -> dict:
    service, name = _service(request), sent.filename or kind
    if not NAME.fullmatch(name) or set(name) == {"."}:
        raise http.HTTPException(400, "the filename of an upload is up to 50 of a-z A-Z 0-9 . _ -")
    with tempfile.TemporaryDirectory(dir=service.store.folder / "uploads") as folder:
        came, kept = Path(folder) / "came", Path(folder) / "kept"
        with open(came, "wb") as file:
            while block := sent.file.read(1 << 20):
                file.write(block)
        told = checks.look(kind, came, kept, service.most)
        stored = store.Upload(0, store.new_id(kind), kind, request.state.owner, name, told["suffix"], told["media"],
                              {key: told[key] for key in ("duration",) if key in told}, time.time())
        if not service.store.add_upload(stored, kept, service.most.stored):
            raise guard.Turned(429, "TooManyRequestsError", f"you have {service.most.stored} uploads: delete some", [])
    return _told(request, stored)


def _uploads(request, kind: str, limit: int, token: str | None) -> dict:
    found = _service(request).store.uploads(kind, request.state.owner, limit, int(token) if token else None)
    told = {f"{kind}s": [_told(request, one) for one in found]}
    return told | ({"token": str(found[-1].number)} if len(found) == limit else {})


def _remove(request, kind: str, identifier: str) -> dict:
    stored = _stored(request, kind, identifier)
    _service(request).store.delete_upload(stored)
    return _told(request, stored)


def _stored(request, kind: str, identifier: str) -> store.Upload:
    stored = _service(request).store.upload(identifier, kind, request.state.owner)
    if stored is None:
        raise http.HTTPException(404, f"there is no {kind} of that id")
    return stored


def _told(request, stored: store.Upload) -> dict:
    return answers.upload(stored, _base(request), request.app.state.secret)


# ---------------------------------------------------------------- files, and the page


@router.get("/files/{identifier}/{name}", responses=MISSING, response_class=responses.FileResponse)
def get_file(request: fastapi.Request, identifier: Id, name: Annotated[str, fastapi.Path(max_length=64)]):
    """A film, its sound or an upload, by the address that an answer named."""
    found = _file(_service(request).store, identifier, name)
    owner, key_needed = request.state.owner, bool(_service(request).gate.keys)
    if found is None or key_needed and owner not in ("nobody", found[2]) or not found[0].is_file():
        raise http.HTTPException(404, "there is no file of that address")
    return responses.FileResponse(found[0], media_type=found[1])


def _file(jobs: store.Store, identifier: str, name: str) -> tuple | None:
    """(path, type, owner) of a file. The path is made of what the store knows, never of what was asked for."""
    upload = jobs.upload(identifier)
    if upload is not None:
        return (jobs.upload_file(upload), upload.media, upload.owner) if name == upload.name else None
    job = jobs.job(identifier)
    if job is None or job.state != "done" or name not in (answers.file_name(job), "sound.wav"):
        return None
    ending = "." + name.rpartition(".")[2]
    return jobs.result(job.id, ending), page.MEDIA.get(ending, "application/octet-stream"), job.owner


@router.get("/", response_class=responses.HTMLResponse, include_in_schema=False)
@router.get("/docs", response_class=responses.HTMLResponse, include_in_schema=False)
def show_page(request: fastapi.Request):
    """What may be asked for, on one page that loads nothing from elsewhere."""
    return page.page(request.app.openapi())


# ---------------------------------------------------------------- what goes wrong


def _problem(status: int, kind: str, description: str, details=None, headers=None):
    told = {"kind": kind, "description": description} | ({"details": details} if details else {})
    return responses.JSONResponse(told, status, headers=headers)


async def _invalid(request, problem: exceptions.RequestValidationError):
    """A request that the schemas do not allow; what it held is not sent back."""
    found = [{"field": _place(one["loc"]), "message": _words(one)} for one in problem.errors()[:20]]
    first = found[0] if found else {"field": "body", "message": "it cannot be read"}
    return _problem(400, "ValidationError", f"{first['field']}: {first['message']}", found)


def _place(loc) -> str:
    parts = [str(part) for part in loc if part not in ("body", "query", "header", "path", "text", "audio")]
    shown = ".".join(parts)[:200] or str(loc[0])
    return shown.encode("ascii", "backslashreplace").decode()


def _words(one: dict) -> str:
    if one["type"] == "extra_forbidden":
        return schemas.REFUSED.get(str(one["loc"][-1]), "this option is not known here")
    return one["msg"].removeprefix("Value error, ").encode("ascii", "backslashreplace").decode()[:200]


async def _http(request, problem: http.HTTPException):
    kind = KINDS.get(problem.status_code, "RequestError")
    return _problem(problem.status_code, kind, str(problem.detail), headers=problem.headers)


async def _turned(request, turned: guard.Turned):
    headers = {name.decode(): value.decode() for name, value in turned.headers}
    return _problem(turned.status, turned.kind, turned.description, headers=headers)


async def _course(request, problem: errors.CourseError):
    return _problem(400, "BadRequestError", " ".join(str(problem).split())[:500])


async def _broken(request, problem: Exception):
    return _problem(500, "InternalError", "something broke here: its log says what")


def _service(request) -> Service:
    return request.app.state.service


def _base(request) -> str:
    service = _service(request)
    return service.base or f"{request.url.scheme}://{request.headers['host']}"


def _openapi(api) -> dict:
    """The app's own OpenAPI document: wrong input is answered with 400 and not 422, and keys are named."""
    if not api.openapi_schema:
        from fastapi.openapi import utils

        told = utils.get_openapi(title=api.title, version=api.version, description=api.description, routes=api.routes)
        for operation in (one for path in told["paths"].values() for one in path.values()):
            operation["responses"].pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            told["components"]["schemas"].pop(name, None)
        told["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "basic"}}
        if api.state.service.gate.keys:
            told["security"] = [{"key": []}]
        api.openapi_schema = told
    return api.openapi_schema
