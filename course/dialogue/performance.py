"""A script and a photo, or a photo for each, become a film in which people talk to each other."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from .. import animation, errors, finish, marking, paths
from .. import settings as settings_table
from ..interpolation import smoothstep
from ..io import video
from ..motion import breathing, inside, motion, spoken, transfer
from ..speech import speakers
from . import listening, saying, stage, timing
from . import script as scripts

# Settings that are about one face or one text: a script says these for each turn
OF_THE_SCRIPT = ("expression", "gaze", "face", "relative", "driving_face")
LEADS, TRAILS = 0.3, 0.45  # seconds in which a face's own mouth gives way to speech, and comes back


def perform(script, photo=None, **settings) -> video.Clip:
    """People in a photo, or in a photo each, say a script to each other.

    Args:
        script: the path of a script, its lines, JSON's lists and dicts, or a `Script` (`dialogue/script.py` says what
            stands in it); photo: that in which all are, as in `course.animate`; None where the script names one for
            each.
        settings: fields of `animation.Settings` for all of them; what the script says for each turn cannot be given.
    Returns:
        Clip, its frames made when it is saved, shown or walked through.
    Raises:
        errors.CourseError: one line that says what is wrong, in which line of the script, and what to do.
    """
    options = _options(settings)
    written = scripts.read_script(script)
    fps = options.fps or motion.FPS
    drive = "text" if any(turn.text for turn in written.turns) else "audio"
    finishing = finish.Finish(options, drive)
    photos = [one for one in (photo, *(one.photo for one in written.speakers.values())) if one is not None]
    stamped = marking.stamp_for(photos, drive, options, settings, "photo" if len(photos) == 1 else "photos")
    where = stage.set_up(written, _picture(photo), options.size)
    _check_mouths(written, where, options.force)
    said = list(saying.say_all(written, options, fps))
    speakers.let_go()  # the frames need the memory
    placed, duration = timing.place(written, said, fps, options.seed)
    audio, rate = timing.mixed(placed, duration)
    scene = listening.Scene(placed, where.seats, where.places)
    count = len(motion.frame_times(duration, fps))
    casts = [[animation.make_actor(panel.image, points, options.generator, options.device) for points in panel.points]
             for panel in where.panels]
    tracks = _tracks(casts, scene, options, fps, count)
    for panel, cast in zip(where.panels, casts):
        panel.image = finishing.prepare(panel.image, panel.image, [actor.portrait for actor in cast])
    sources = [turn.sound for turn in written.turns] + [one.photo for one in written.speakers.values()]
    sources += [written.file, photo if isinstance(photo, (str, Path)) else None, *finishing.sources]
    cues = [replace(cue, start=cue.start + one.start, end=cue.end + one.start)
            for one in placed for cue in one.said.cues]  # fmt: skip
    return video.Clip(lambda: finishing.over(_frames(where, casts, tracks, options), fps), fps=fps, audio=audio,
                      sample_rate=rate, n_frames=count, stamp=stamped,
                      sources=[Path(source).absolute() for source in sources if source]
                      ).with_texts(finishing.texts(cues), cues)  # fmt: skip


def _options(given: dict) -> animation.Settings:
    told = settings_table.checked(given)
    own = next((name for name in OF_THE_SCRIPT if name in told), None)
    if own is None and isinstance(told.get("head"), str):
        own = "head in time"
    if own is not None:
        raise errors.CourseError(f"{own} is for one face: a script says it for each turn, as in left (happy): Hello! "
                                 "[look right]")
    if told.get("background") == finish.TRANSPARENT:
        raise errors.CourseError("a film of a script has no alpha: choose a colour or a picture as its background")
    options = replace(animation.Settings(), **told)
    animation.check_device(options)
    return options


def _check_mouths(written: scripts.Script, where: stage.Stage, force: bool) -> None:
    """Raises `errors.FaceError` where somebody speaks whose mouth the photo does not show."""
    everybody = [(panel.image, points) for panel in where.panels for points in panel.points]
    first = {turn.who: turn.line for turn in reversed(written.turns) if turn.text or turn.sound}
    for who, line in first.items():
        try:
            animation.check_mouth(*everybody[where.seats[who]], force)
        except errors.FaceError as problem:
            raise errors.FaceError(str(written.wrong(line, f"{who}: {problem}"))) from None


def _picture(photo):
    return paths.given(photo, errors.ImageError, "a picture") if isinstance(photo, (str, Path)) else photo


# ---------------------------------------------------------------- who moves how


def _tracks(casts: list, scene: listening.Scene, options, fps: float, count: int) -> list:
    """Channel values, tongue and breath for every face of every panel: [[(T, 59), ...], ...]."""
    found, seat = [], 0
    for cast in casts:
        rows = []
        for actor in cast:
            rows.append(_values(actor, seat, scene, options, fps, count))
            seat += 1
        found.append(rows)
    return found


def _values(actor, seat: int, scene: listening.Scene, options, fps: float, count: int) -> np.ndarray:
    """What one face does from the first frame to the last: (T, 59), tongue and breath last."""
    own = listening.settings_for(seat, scene, options)
    turns = [one for one in scene.placed if scene.seats[one.turn.who] == seat and one.said.lips is not None]
    lips, delivery = lips_of(turns, fps, count)
    moved = animation.with_idle(lips, own, delivery)
    values = transfer.values_for(moved, actor.face, "offset", own)
    if turns:
        talking = transfer.values_for(moved, actor.face, "speech", own)
        values = values + speaking(turns, (np.arange(count) + 0.5) / fps)[:, None] * (talking - values)
    # everybody at a time of their own, and who listens as well
    breath = breathing.of_film(count, fps, own.seed, delivery.phrases, breathing.one_of(seat, options.seed))
    return inside.with_breath(inside.with_tongue(values, moved, own), breath, own)


def lips_of(turns: list, fps: float, count: int) -> tuple:
    """One person's `timing.Placed` turns as lips over the whole film, and a `motion.Delivery` in its time.

    Returns:
        Motion of `count` frames over the lip channels; its stress and moods.
    """
    names = turns[0].said.lips.channels if turns else ("jawOpen",)
    values, accents, phrases = np.zeros((count, len(names)), np.float32), [], []
    for one in turns:
        first = round(one.start * fps)
        rows = one.said.lips.values[: count - first]
        values[first : first + len(rows)] = np.maximum(values[first : first + len(rows)], rows)
        accents += [(at + one.start, force) for at, force in one.said.delivery.accents]
        phrases += [replace(phrase, start=phrase.start + one.start, end=phrase.end + one.start)
                    for phrase in one.said.delivery.phrases]
    return motion.Motion(values, names, fps), spoken.Delivery(tuple(accents), tuple(phrases))


def speaking(turns: list, times: np.ndarray) -> np.ndarray:
    """How far a face is that of somebody who speaks at given times: (T,), 0 to 1; between turns its mouth is the
    photo's."""
    share = np.zeros(len(times))
    for one in turns:
        come = smoothstep(0, LEADS, times - one.first + LEADS)
        share = np.maximum(share, come * (1 - smoothstep(0, TRAILS, times - one.last)))
    return share


# ---------------------------------------------------------------- the film


def _frames(where: stage.Stage, casts: list, tracks: list, options):
    """Frame after frame, uint8 (H, W, 3): the panels' side by side."""
    films = [animation.render(panel.image, cast, rows, options)
             for panel, cast, rows in zip(where.panels, casts, tracks)]
    try:
        for pictures in zip(*films):
            yield pictures[0] if len(pictures) == 1 else np.concatenate(pictures, axis=1)
    finally:
        for film in films:
            film.close()
