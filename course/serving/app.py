"""The API as a FastAPI app: D-ID's paths, over a store and whatever is to be woken when a job comes."""

from typing import Annotated

import fastapi
from fastapi import exceptions, responses
from starlette import exceptions as http

import course

from .. import errors
from . import answers, guard, handling, page, schemas, store

ABOUT = ("D-ID's /talks, /animations, /images and /audios on your own machine. A photo is uploaded to /images, a "
         "recording to /audios, a driving film to /drivers; their urls are named in what is asked for.")
PROBLEMS = {400: "What was asked for cannot be done", 401: "No key, or a wrong one", 403: "A page of another site asks",
            408: "The body came too slowly", 413: "The body is too large", 415: "The body is packed",
            421: "A Host that is not this server's", 429: "Too many requests, or a full queue", 503: "Too busy"}
ANSWERS = {code: {"model": schemas.Problem, "description": text} for code, text in PROBLEMS.items()}
MISSING = {404: {"model": schemas.Problem, "description": "There is nothing of that id"}}
KINDS = {400: "BadRequestError", 404: "NotFoundError", 405: "MethodNotAllowedError"}


def make_app(service: handling.Service):
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
    return handling.create(request, "talk", asked, once)


@router.get("/talks", response_model=schemas.Talks, **WHOLE)
def list_talks(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your talks, newest first."""
    return handling.list_films(request, "talk", limit, token)


@router.get("/talks/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def get_talk(request: fastapi.Request, identifier: Id):
    """One talk; its result_url once its status is done."""
    return handling.get_film(request, "talk", identifier)


@router.delete("/talks/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def delete_talk(request: fastapi.Request, identifier: Id):
    """Remove a talk and its film."""
    return handling.delete_film(request, "talk", identifier)


@router.post("/animations", status_code=201, response_model=schemas.Created)
def create_animation(request: fastapi.Request, asked: schemas.AnimationAsk, once: Once = None):
    """Make the person in a picture move as the one in a film."""
    return handling.create(request, "animation", asked, once)


@router.get("/animations", response_model=schemas.Animations, **WHOLE)
def list_animations(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your animations, newest first."""
    return handling.list_films(request, "animation", limit, token)


@router.get("/animations/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def get_animation(request: fastapi.Request, identifier: Id):
    """One animation; its result_url once its status is done."""
    return handling.get_film(request, "animation", identifier)


@router.delete("/animations/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def delete_animation(request: fastapi.Request, identifier: Id):
    """Remove an animation and its film."""
    return handling.delete_film(request, "animation", identifier)


# ---------------------------------------------------------------- clips: D-ID's presenters are the pictures here


@router.get("/clips/presenters", response_model=schemas.Presenters, **WHOLE)
def list_presenters(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Who can speak in a clip: your pictures."""
    told = handling.list_uploads(request, "image", limit, token)
    return {"presenters": [_presenter(one) for one in told.pop("images")], **told}


@router.get("/clips/presenters/{identifier}", response_model=schemas.Presenter, responses=MISSING, **WHOLE)
def get_presenter(request: fastapi.Request, identifier: Id):
    """One of those."""
    return _presenter(handling.tell_upload(request, handling.get_upload(request, "image", identifier)))


@router.get("/clips/presenters/{identifier}/drivers", response_model=schemas.ClipsDrivers, responses=MISSING, **WHOLE)
def list_clips_drivers(request: fastapi.Request, identifier: Id):
    """How much the head of a presenter may move."""
    upload = handling.get_upload(request, "image", identifier)
    return {"clips_drivers": [{"presenter_id": upload.id, "driver_id": name} for name in ("natural", "lively",
                                                                                          "subtle")]}


def _presenter(told: dict) -> dict:
    return {"presenter_id": told["id"], "name": told["name"], "created_at": told["created_at"],
            "image_url": told["url"], "thumbnail_url": told["url"]}


@router.post("/clips", status_code=201, response_model=schemas.Created)
def create_clip(request: fastapi.Request, asked: schemas.ClipAsk, once: Once = None):
    """Make a presenter say a text or a recording."""
    return handling.create(request, "clip", asked, once)


@router.get("/clips", response_model=schemas.Clips, **WHOLE)
def list_clips(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your clips, newest first."""
    return handling.list_films(request, "clip", limit, token)


@router.get("/clips/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def get_clip(request: fastapi.Request, identifier: Id):
    """One clip; its result_url once its status is done."""
    return handling.get_film(request, "clip", identifier)


@router.delete("/clips/{identifier}", response_model=schemas.Film, responses=MISSING, **WHOLE)
def delete_clip(request: fastapi.Request, identifier: Id):
    """Remove a clip and its film."""
    return handling.delete_film(request, "clip", identifier)


# ---------------------------------------------------------------- uploads


@router.post("/images", status_code=201, response_model=schemas.Stored, **WHOLE)
def upload_image(request: fastapi.Request, image: Annotated[fastapi.UploadFile, fastapi.File()]):
    """Upload a JPEG, PNG or WebP with a face."""
    return handling.take_in(request, "image", image)


@router.post("/audios", status_code=201, response_model=schemas.Stored, **WHOLE)
def upload_audio(request: fastapi.Request, audio: Annotated[fastapi.UploadFile, fastapi.File()]):
    """Upload a recording, or a film with one; it is kept as 16 kHz wav."""
    return handling.take_in(request, "audio", audio)


@router.post("/drivers", status_code=201, response_model=schemas.Stored, **WHOLE)
def upload_driver(request: fastapi.Request, driver: Annotated[fastapi.UploadFile, fastapi.File()]):
    """Upload a film of one face that drives an animation (not in D-ID's API)."""
    return handling.take_in(request, "driver", driver)


@router.get("/images", response_model=schemas.Images, **WHOLE)
def list_images(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your pictures, newest first."""
    return handling.list_uploads(request, "image", limit, token)


@router.get("/audios", response_model=schemas.Audios, **WHOLE)
def list_audios(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your recordings, newest first."""
    return handling.list_uploads(request, "audio", limit, token)


@router.get("/drivers", response_model=schemas.Drivers, **WHOLE)
def list_drivers(request: fastapi.Request, limit: Limit = 100, token: Token = None):
    """Your driving films, newest first."""
    return handling.list_uploads(request, "driver", limit, token)


@router.get("/images/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def get_image(request: fastapi.Request, identifier: Id):
    """One picture."""
    return handling.tell_upload(request, handling.get_upload(request, "image", identifier))


@router.get("/audios/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def get_audio(request: fastapi.Request, identifier: Id):
    """One recording."""
    return handling.tell_upload(request, handling.get_upload(request, "audio", identifier))


@router.get("/drivers/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def get_driver(request: fastapi.Request, identifier: Id):
    """One driving film."""
    return handling.tell_upload(request, handling.get_upload(request, "driver", identifier))


@router.delete("/images/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def delete_image(request: fastapi.Request, identifier: Id):
    """Remove a picture."""
    return handling.delete_upload(request, "image", identifier)


@router.delete("/audios/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def delete_audio(request: fastapi.Request, identifier: Id):
    """Remove a recording."""
    return handling.delete_upload(request, "audio", identifier)


@router.delete("/drivers/{identifier}", response_model=schemas.Stored, responses=MISSING, **WHOLE)
def delete_driver(request: fastapi.Request, identifier: Id):
    """Remove a driving film."""
    return handling.delete_upload(request, "driver", identifier)


# ---------------------------------------------------------------- files, and the page


@router.get("/files/{identifier}/{name}", responses=MISSING, response_class=responses.FileResponse)
def get_file(request: fastapi.Request, identifier: Id, name: Annotated[str, fastapi.Path(max_length=64)]):
    """A film, its sound or an upload, by the address that an answer named."""
    found = _file(handling.service_of(request).store, identifier, name)
    owner, key_needed = request.state.owner, bool(handling.service_of(request).gate.keys)
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
