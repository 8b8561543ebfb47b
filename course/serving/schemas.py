"""What requests and answers look like: D-ID's names, as its public documentation and published clients have them.

Read there: `/talks`, `/animations`, `/clips` (create, get, list, delete, the fields of their answers), `/images` and
`/audios` (upload, delete), errors as {"kind", "description"}. Not to be read, and therefore ours: the lists of
`/images` and `/audios` and their single gets; the status and body that a delete answers with (200 and what was
deleted); the form of the list's `token`; further form fields of the uploads; the fields of a presenter beyond its id,
name and image; `/drivers`, where the film for an animation is uploaded; what a logo's position counts from (here
the film's upper left corner, in its pixels); a background's `source_url`. `consent`, the statement that the film
keeps, is ours alone.

A field that stands nowhere here is answered with 400: there is no option that does nothing.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from .. import finish
from ..io import encoding

SOUND_ALONE = "wav"
FORMATS = (*(ending[1:] for ending in encoding.FORMATS), SOUND_ALONE)
CLEAR_FORMATS = tuple(ending[1:] for ending in encoding.FORMATS if encoding.keeps_alpha(ending))
LONGEST_PAD = 10.0  # seconds, as long as a pause in a text may be

# D-ID's options that are not had, and what to say of them
REFUSED = {
    "subtitles": "the words of a recording are not known: give a text",
    "reduce_noise": "noise is not taken out of a recording",
    "align_expand_factor": "nothing is cut out by a driver's frame",
    "normalization_factor": "movement has one scale: use motion_factor",
    "result_url": "films stay in the server's folder: fetch the result_url of the answer",
    "style": "voices have no styles: use driver_expressions",
    "show_watermark": "no watermark can be chosen",
    "background": "what is behind the person can be chosen for clips alone",
}


def _known_format(name: str) -> str:
    name = name.removeprefix(".")
    if name not in FORMATS:
        raise ValueError(f"must be one of {', '.join(FORMATS)}")
    return name


def _known_color(name) -> str:
    if name is False or name in ("false", finish.TRANSPARENT):  # some clients send the word
        return finish.TRANSPARENT
    if not finish.is_colour(name):
        raise ValueError("must be #rrggbb, the name of a colour, or false")
    return name


def _is_on(what: str):
    """A validator of a switch that is always on here."""

    def check(value: bool) -> bool:
        if not value:
            raise ValueError(what)
        return value

    return AfterValidator(check)


def _is_off(name: str):
    """A validator of a switch that is always off here: D-ID's clients send it as false."""

    def check(value: bool) -> bool:
        if value:
            raise ValueError(REFUSED[name])
        return value

    return AfterValidator(check)


def _no_booleans(value):
    """True is no number, though Python counts it as 1."""
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


def number(least: float, most: float):
    """A number within limits, neither NaN nor infinite."""
    return Annotated[float, BeforeValidator(_no_booleans), Field(ge=least, le=most, allow_inf_nan=False)]


def whole(least: int, most: int):
    """A whole number within limits."""
    return Annotated[int, BeforeValidator(_no_booleans), Field(ge=least, le=most)]


Format = Annotated[str, Field(max_length=5, json_schema_extra={"enum": list(FORMATS)}), AfterValidator(_known_format)]
Address = Annotated[str, Field(min_length=1, max_length=2048)]
Color = Annotated[Annotated[str, Field(max_length=64)] | Literal[False], AfterValidator(_known_color)]
Short = Annotated[str, Field(min_length=1, max_length=200)]
# a statement (`provenance.consent`), or that there is none
Consent = Annotated[str, Field(min_length=1, max_length=5000)] | Literal[False]


class Closed(BaseModel):
    """What may be asked for; anything else is refused by name."""

    model_config = ConfigDict(extra="forbid")


# ---------------------------------------------------------------- requests


class VoiceConfig(Closed):
    """How a voice speaks. rate: times its own pace, "0.8", "+20%" or SSML's words; pitch: "+2st" or SSML's words."""

    rate: Short | None = None
    pitch: Short | None = None


class Provider(Closed):
    """Who says a text. voice_id: a name of `course voices`, or D-ID's name of one of Microsoft's, such as
    en-US-JennyNeural, for which the best voice of that language speaks; type is the provider's name and is not needed;
    language: chooses a voice where no voice_id does."""

    type: Short | None = None
    voice_id: Short | None = None
    language: Short | None = None
    voice_config: VoiceConfig | None = None


class TextScript(Closed):
    """Words to say. ssml: whether its tags are followed; they are left out else; subtitles: whether the words are
    written into the film. At most 5,000 letters."""

    type: Literal["text"]
    input: str = Field(min_length=1, max_length=5000)
    provider: Provider | None = None
    ssml: bool = False
    subtitles: bool = False


class AudioScript(Closed):
    """A recording to say: the url of an upload to /audios, or an address where those are allowed."""

    type: Literal["audio"]
    audio_url: Address
    subtitles: Annotated[bool, _is_off("subtitles")] = False
    reduce_noise: Annotated[bool, _is_off("reduce_noise")] = False


class Expression(Closed):
    """An expression that is shown from a frame on. intensity: 0 to 1."""

    start_frame: whole(0, 100_000)
    expression: Literal["neutral", "happy", "surprise", "serious"]
    intensity: number(0, 1) = 1.0


class DriverExpressions(Closed):
    """Expressions over time. transition_frames: in which one gives way to the next."""

    expressions: list[Expression] = Field(min_length=1, max_length=100)
    transition_frames: whole(0, 250) = 20


class Logo(Closed):
    """A picture in every frame. url: of an upload to /images, or an address where those are allowed; its transparent
    parts stay so; position: x and y of its upper left corner in the film's pixels; the upper right corner where there
    is none."""

    url: Address
    position: tuple[whole(0, 4096), whole(0, 4096)] | None = None


class Config(Closed):
    """What talks and animations have in common. stitch: the face laid into the whole picture, or else a square around
    it; sharpen: the photo's detail brought back; motion_factor: how strongly all moves."""

    stitch: bool = False
    sharpen: bool = True
    motion_factor: number(0, 3) = 1.0
    auto_match: Annotated[bool, _is_on("colours always match the photo's")] = True
    result_format: Format = "mp4"
    logo: Logo | None = None


class TalkConfig(Config):
    """How a talk is made. fluent: the film ends with the pose that it begins with; pad_audio: seconds of silence at its
    end; driver_expressions: instead of the mood of each sentence."""

    fluent: bool = False
    pad_audio: number(0, LONGEST_PAD) = 0.0
    align_driver: Annotated[bool, _is_on("a talk always moves away from the photo's own pose")] = True
    driver_expressions: DriverExpressions | None = None


class AnimationConfig(Config):
    """How an animation is made. mute: without the driving film's sound; align_driver: its movement is added to the
    photo's own pose, or else its pose is taken over."""

    mute: bool = True
    align_driver: bool = True


class Face(Closed):
    """Which face: the square that an answer named, or its face_id (0 is the largest). The answer's other fields may
    stand beside them."""

    detection: list[number(-1e6, 1e6)] | None = Field(None, min_length=4, max_length=4)
    detect_confidence: number(0, 1) | None = None
    top_left: tuple[number(-1e6, 1e6), number(-1e6, 1e6)] | None = None
    size: number(1, 1e6) | None = None
    face_id: whole(0, 1000) | None = None


class Ask(Closed):
    """What every request to make a film has. consent: what the person in the picture agreed to, which is kept in the
    film, or false to say that nothing is stated (not in D-ID's API)."""

    source_url: Address
    name: str | None = Field(None, max_length=200)
    user_data: str | None = Field(None, max_length=1000)
    webhook: Address | None = None
    face: Face | None = None
    persist: bool = False
    consent: Consent | None = None


class TalkAsk(Ask):
    """POST /talks. source_url: the url of an upload to /images, or an address where those are allowed; driver_url:
    bank://natural, bank://lively or bank://subtle, how much the head moves."""

    script: Annotated[TextScript | AudioScript, Field(discriminator="type")]
    driver_url: Address | None = None
    config: TalkConfig = TalkConfig()


class AnimationAsk(Ask):
    """POST /animations. driver_url: the url of an upload to /drivers, or an address where those are allowed."""

    driver_url: Address
    config: AnimationConfig = AnimationConfig()


class ClipConfig(Closed):
    """How a clip is made."""

    result_format: Format = "mp4"
    logo: Logo | None = None


class Background(Closed):
    """What is behind a presenter, the photo's own where nothing is said. color: #rrggbb, the name of a colour, or false
    for nothing, which webm, mov and webp can show; source_url: of a picture, as a logo's url."""

    color: Color | None = None
    source_url: Address | None = None


class ClipAsk(Closed):
    """POST /clips. presenter_id: the id of an upload to /images, who in D-ID's words is a presenter; driver_id: how
    much the head moves."""

    presenter_id: Short
    driver_id: Literal["natural", "lively", "subtle"] = "natural"
    script: Annotated[TextScript | AudioScript, Field(discriminator="type")]
    config: ClipConfig = ClipConfig()
    background: Background | None = None
    name: str | None = Field(None, max_length=200)
    user_data: str | None = Field(None, max_length=1000)
    webhook: Address | None = None
    persist: bool = False
    consent: Consent | None = None


# ---------------------------------------------------------------- answers


class Problem(BaseModel):
    """What was wrong."""

    kind: str
    description: str
    details: list[dict] | None = None


class Created(BaseModel):
    """A job that was taken on."""

    id: str
    object: str
    created_at: str
    created_by: str
    status: Literal["created", "started", "done", "error", "rejected"]


class Film(Created):
    """A job, and its film once there is one."""

    user_id: str
    modified_at: str
    source_url: str | None = None
    presenter_id: str | None = None
    driver_id: str | None = None
    started_at: str | None = None
    driver_url: str | None = None
    audio_url: str | None = None
    result_url: str | None = None
    config: dict | None = None
    metadata: dict | None = None
    face: dict | None = None
    duration: float | None = None
    name: str | None = None
    user_data: str | None = None
    webhook: str | None = None
    error: Problem | None = None


class Talks(BaseModel):
    """A page of talks. token: for the next page."""

    talks: list[Film]
    token: str | None = None


class Animations(BaseModel):
    """A page of animations. token: for the next page."""

    animations: list[Film]
    token: str | None = None


class Clips(BaseModel):
    """A page of clips. token: for the next page."""

    clips: list[Film]
    token: str | None = None


class Presenter(BaseModel):
    """A picture, as who speaks in a clip."""

    presenter_id: str
    name: str
    created_at: str
    image_url: str
    thumbnail_url: str


class Presenters(BaseModel):
    """A page of presenters. token: for the next page."""

    presenters: list[Presenter]
    token: str | None = None


class Driver(BaseModel):
    """How much a presenter's head moves."""

    presenter_id: str
    driver_id: str


class ClipsDrivers(BaseModel):
    """All there is to choose for a presenter."""

    clips_drivers: list[Driver]


class Stored(BaseModel):
    """An upload. url: what to name in a request; name: what its sender called it; duration: seconds, of a sound or a
    film."""

    id: str
    name: str
    url: str
    created_at: str
    duration: float | None = None


class Images(BaseModel):
    """A page of pictures."""

    images: list[Stored]
    token: str | None = None


class Audios(BaseModel):
    """A page of sounds."""

    audios: list[Stored]
    token: str | None = None


class Drivers(BaseModel):
    """A page of driving films."""

    drivers: list[Stored]
    token: str | None = None
