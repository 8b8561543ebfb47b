"""The live page's addresses: the page, its script, and its sessions."""

from typing import Annotated

import fastapi
import pydantic
from fastapi import responses
from starlette import exceptions as http

from ... import demo, errors
from ...provenance import label
from .. import extras, guard, handling
from . import loopback, page, sessions

SIZES = (256, 384, 512)
# The page's own script may run and ask this server; what it shows comes over WebRTC. Nothing else is loaded.
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; "
          "media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
router = fastapi.APIRouter(include_in_schema=False)


class SessionAsk(pydantic.BaseModel):
    """What the page asks for. image: the id of an upload, None for the photo that comes along; consent: what whoever
    asks has said about it; offer: a session description."""

    model_config = pydantic.ConfigDict(extra="forbid")

    image: str | None = pydantic.Field(None, max_length=64)
    consent: str = pydantic.Field(min_length=1, max_length=1000)
    offer: str = pydantic.Field(max_length=100_000)
    size: int = 512
    voice: str | None = pydantic.Field(None, max_length=100)
    expression: str | None = pydantic.Field(None, max_length=40)
    language: str = pydantic.Field("en", max_length=10)


@router.get("/live", response_class=responses.HTMLResponse)
def show_live(request: fastapi.Request):
    """The page to talk with."""
    return responses.HTMLResponse(page.html_of(handling.service_of(request).live.answering.answer), headers=_policy())


@router.get("/live/{name}")
def get_part(name: Annotated[str, fastapi.Path(max_length=20)]):
    """Its script, its style, and the photo that comes along."""
    if name == "photo.jpg":  # the one that comes along
        return responses.FileResponse(demo.photo_path(), headers=_policy())
    if name not in page.PARTS:
        raise http.HTTPException(404, "there is no such part of the page")
    return responses.Response(page.part(name), media_type=page.PARTS[name], headers=_policy())


@router.post("/live/sessions", status_code=201)
def create_session(request: fastapi.Request, asked: SessionAsk):
    """Open a session, from this machine alone."""
    service, owner = handling.service_of(request), request.state.owner
    if not loopback.is_loopback(request.client.host if request.client else ""):
        raise guard.Turned(403, "PermissionError", "the live page works on the machine of the server alone")
    extras.need("live", "aiortc")
    if asked.size not in SIZES or asked.language not in label.WORDS:
        raise errors.CourseError(f"size is one of {', '.join(map(str, SIZES))}, language one of "
                                 f"{', '.join(label.WORDS)}")
    settings = {"voice": asked.voice or None, "expression": asked.expression or None, "face": "largest",
                "label": label.AUTO, "label_language": asked.language, "consent": asked.consent}
    try:
        identifier, answer = service.live.start(owner, {"photo": str(_photo(service, owner, asked.image)),
                                                        "size": asked.size, "settings": settings, "offer": asked.offer})
    except sessions.Full as full:
        raise guard.Turned(503, "BusyError", str(full), [(b"retry-after", b"10")]) from None
    return {"id": identifier, "answer": answer}


@router.delete("/live/sessions/{identifier}")
def delete_session(request: fastapi.Request, identifier: Annotated[str, fastapi.Path(max_length=64)]):
    """Close a session of one's own."""
    if not handling.service_of(request).live.end(request.state.owner, identifier):
        raise http.HTTPException(404, "there is no session of that id")
    return {"id": identifier}


def _photo(service, owner: str, identifier: str | None):
    if identifier is None:
        return demo.photo_path()
    upload = service.store.upload(identifier, "image", owner)
    if upload is None:
        raise errors.CourseError("you have uploaded no image of that id")
    return service.store.upload_file(upload)


def _policy() -> dict:
    return {"content-security-policy": POLICY, "permissions-policy": "microphone=(self), camera=()"}
