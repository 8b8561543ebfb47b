"""The system's way from words to a film, taken apart: each part can be looked at, and put in place of another."""

from dataclasses import dataclass, field

import numpy as np

from course import animation, speech
from course.face import channels
from course.io import video
from course.motion import expressive, learned_idle, motion, spoken, transfer


@dataclass
class Said:
    """Words as movement: what was said, the lips, what the head does and what the mood adds, each a `Motion`."""

    speech: object
    lips: motion.Motion
    idle: motion.Motion
    mood: motion.Motion
    whole: motion.Motion = field(init=False)

    def __post_init__(self):
        values = self.lips.full() + self.idle.full() + self.mood.full()  # (T, 57)
        self.whole = motion.Motion(values, channels.CHANNELS, self.lips.fps)


def say(text: str, networks: dict | None = None, seed: int = 0, kind: str = "autoregressive", voice=None) -> Said:
    """Words -> `Said`, as `course.animate(photo, text=...)` goes about it.

    networks: what moves the head, as `learned_idle.load` gives it, which is asked by default; seed: of its chance;
    kind: "autoregressive" or "vae"; voice: as in `course.animate`.
    """
    said = speech.synthesize(text, voice)
    lips = spoken.from_speech(said)
    how = spoken.delivery(text, said)
    idle = learned_idle.idle_motion(lips, seed, 1.0, how.accents, kind, networks, how.questions)
    return Said(said, lips, idle, expressive.of_phrases(how.phrases, lips))


def film(actor: animation.Actor, said: Said) -> video.Clip:
    """A face that says it, with the sound."""
    values = transfer.values_for(said.whole, actor.face, "speech", animation.Settings())
    return video.Clip(lambda: (actor.frame(row) for row in values), fps=said.whole.fps, audio=said.speech.samples,
                      sample_rate=said.speech.sample_rate, n_frames=len(values))


def frames_at(actor: animation.Actor, moved: motion.Motion, times) -> list:
    """The face at some moments of a `Motion`, seconds each: pictures uint8 (H, W, 3)."""
    values = transfer.values_for(moved, actor.face, "speech", animation.Settings())
    return [actor.frame(values[min(len(values) - 1, int(round(t * moved.fps)))]) for t in times]


def mouths(actor: animation.Actor, names) -> list:
    """The face with the mouth of each viseme, at full strength, cut to the lower half: pictures uint8."""
    from course.speech import visemes

    pictures = []
    for name in names:
        values = np.where(expressive.MOUTH, 0, actor.face.rest)
        for channel, weight in visemes.VISEMES[name].items():
            values[channels.INDEX[channel]] = weight
        pictures.append(close(actor, actor.frame(values)))
    return pictures


def close(actor: animation.Actor, picture: np.ndarray) -> np.ndarray:
    """The mouth and what is around it, out of a frame (H, W, 3)."""
    from course import images, keypoints

    lips = actor.points[keypoints.LIPS_OUTER]
    x, y = lips.mean(axis=0)
    return images.crop_square(picture, x, y, int(2.1 * np.ptp(lips[:, 0])))
