"""A request in D-ID's words becomes a plan: what `course.animate` is given, and what is done before and after.

Everything that can be judged without working is judged here, so that the client hears it at once.
"""

import re
from dataclasses import dataclass, field

from .. import errors, finish, settings
from ..provenance import consent
from . import schemas, voices

# D-ID's drivers of a talk, as how much the head moves
BANK = {"bank://natural": 1.0, "bank://lively": 1.5, "bank://subtle": 0.5}
EXPRESSIONS = {"neutral": "neutral", "happy": "happy", "surprise": "surprised", "serious": "angry:0.5"}
_TAG = re.compile(r"<[^<>]*>")


class Refused(errors.CourseError):
    """A request that cannot be done; the message says which part of it, and why."""


@dataclass(frozen=True)
class Source:
    """How a request names its files. find: url and kind -> {"upload": id} or {"url": address}; own: id and kind ->
    {"upload": id}; size: longer side of the film, or None; label: the operator's, as settings of `animate`."""

    find: object
    own: object
    size: int | None = None
    label: dict = field(default_factory=dict)


def of_talk(asked: schemas.TalkAsk, source: Source) -> dict:
    """The plan of a talk. Raises `errors.CourseError`."""
    plan = _common(asked, source)
    plan["settings"]["head"] = _head(asked.driver_url)
    config = asked.config
    _add_script(plan, asked.script, source)
    _add_logo(plan, config.logo, source)
    plan["pad"], plan["fluent"] = config.pad_audio, config.fluent
    if config.driver_expressions:
        shown = config.driver_expressions
        plan["expressions"] = [[one.start_frame, EXPRESSIONS[one.expression], one.intensity]
                               for one in sorted(shown.expressions, key=lambda one: one.start_frame)]
        plan["transition"] = shown.transition_frames
        plan["settings"]["expression"] = "neutral"
    return _checked(plan, asked, source)


def of_clip(asked: schemas.ClipAsk, source: Source) -> dict:
    """The plan of a clip: a talk of the whole picture. Raises `errors.CourseError`."""
    plan = {"photo": source.own(asked.presenter_id, "image"), "face": None, "square": False,
            "format": asked.config.result_format,
            "settings": {"head": BANK[f"bank://{asked.driver_id}"], "size": source.size}}
    _add_script(plan, asked.script, source)
    _add_logo(plan, asked.config.logo, source)
    _add_background(plan, asked.background, source)
    return _checked(plan, asked, source)


def of_animation(asked: schemas.AnimationAsk, source: Source) -> dict:
    """The plan of an animation. Raises `errors.CourseError`."""
    plan = _common(asked, source)
    if asked.driver_url.startswith("bank://"):
        raise Refused("driver_url: there is no bank of driving films: upload one to /drivers and name its url")
    plan["film"] = _found(source, asked.driver_url, "driver", "driver_url")
    plan["settings"]["relative"] = asked.config.align_driver
    plan["mute"] = asked.config.mute
    _add_logo(plan, asked.config.logo, source)
    if asked.config.mute and asked.config.result_format == schemas.SOUND_ALONE:
        raise Refused("config.result_format: wav is sound alone, and this film is mute")
    return _checked(plan, asked, source)


def _add_script(plan: dict, script, source: Source) -> None:
    if isinstance(script, schemas.TextScript):
        plan["text"] = script.input if script.ssml else _TAG.sub(" ", script.input)
        if not plan["text"].strip():
            raise Refused("script.input: there are no words in it")
        if script.subtitles:
            plan["settings"]["subtitles"] = "burn"
        plan["settings"] |= _manner(script.provider)
    else:
        plan["sound"] = _found(source, script.audio_url, "audio", "script.audio_url")


def _add_logo(plan: dict, logo: schemas.Logo | None, source: Source) -> None:
    if logo is None:
        return
    plan["logo"] = _found(source, logo.url, "image", "config.logo.url")
    if logo.position is not None:
        plan["settings"]["logo_at"] = "{},{}".format(*logo.position)


def _add_background(plan: dict, background: schemas.Background | None, source: Source) -> None:
    if background is None:
        return
    if background.color is not None and background.source_url is not None:
        raise Refused("background: give color or source_url")
    if background.color == finish.TRANSPARENT and plan["format"] not in schemas.CLEAR_FORMATS:
        raise Refused(f"background.color: a {plan['format']} cannot be without one: ask for "
                      f"{', '.join(schemas.CLEAR_FORMATS)} (config.result_format)")
    if background.source_url is not None:
        plan["background"] = _found(source, background.source_url, "image", "background.source_url")
    else:
        plan["settings"]["background"] = background.color


def _common(asked: schemas.Ask, source: Source) -> dict:
    config = asked.config
    chosen = {"strength": config.motion_factor, "polish": config.sharpen, "size": source.size}
    face = asked.face.model_dump(exclude_none=True) if asked.face else None
    if face and "face_id" not in face and not {"top_left", "size"} <= set(face):
        raise Refused("face: give top_left and size, or face_id")
    return {"photo": _found(source, asked.source_url, "image", "source_url"), "settings": chosen, "face": face,
            "square": not config.stitch, "format": config.result_format}


def _found(source: Source, url: str, kind: str, where: str) -> dict:
    try:
        return source.find(url, kind)
    except errors.CourseError as problem:
        raise Refused(f"{where}: {problem}") from None


def _head(driver: str | None) -> float:
    if driver is None:
        return 1.0
    if driver.rstrip("/") not in BANK:
        raise Refused(f"driver_url: a talk is driven by its script, and its head by {', '.join(BANK)}; a film drives "
                      "an animation")
    return BANK[driver.rstrip("/")]


def _manner(provider: schemas.Provider | None) -> dict:
    if provider is None:
        return {}
    try:
        said = provider.voice_config or schemas.VoiceConfig()
        return {"voice": voices.voice_of(provider.voice_id, provider.language), "rate": voices.rate_of(said.rate),
                "pitch": voices.pitch_of(said.pitch)}
    except errors.CourseError as problem:
        raise Refused(f"script.provider: {problem}") from None


def _checked(plan: dict, asked, source: Source) -> dict:
    """The plan with what every film has: the statement of consent, and the operator's label."""
    plan["settings"] = settings.checked(plan["settings"] | source.label)
    if asked.consent is not None:
        try:
            plan["settings"]["consent"] = asked.consent and consent.of(asked.consent).words
        except errors.CourseError as problem:
            raise Refused(f"consent: {problem}") from None
    drawn = [name for name in ("logo", "background", "subtitles") if name in plan or name in plan["settings"]]
    if drawn and plan["format"] == schemas.SOUND_ALONE:
        raise Refused(f"config.result_format: wav is sound alone, and has no {drawn[0]}")
    return plan
