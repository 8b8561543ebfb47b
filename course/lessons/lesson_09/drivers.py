"""Driving films of people who do not exist: a formula face, drawn once and animated, free for everybody to use."""

import functools

import numpy as np

from course import animation, images, io, motion, synthetic

SEED = 5  # of the crowd from which the three are taken
CROWD = 24
PEOPLE = {"Ada (bob)": 9, "Bela (beard)": 10, "Cleo (updo)": 23}
FPS = 12.5
SIZE = 256  # pixels a side


@functools.lru_cache(maxsize=len(PEOPLE))
def _at_rest(name: str, size: int) -> np.ndarray:
    return _drawn(name, size, None)


def _drawn(name: str, size: int, values) -> np.ndarray:
    people = synthetic.People.random(CROWD, SEED)[[PEOPLE[name]]]
    values = None if values is None else np.asarray(values, np.float32)[None]
    return images.from_tensor(synthetic.render(people, values, size).image[0])


def portrait(name: str = "Ada (bob)", size: int = SIZE, values=None) -> np.ndarray:
    """The picture of one of `PEOPLE`: uint8 (size, size, 3); drawn with channel values (57,), or at rest."""
    return _at_rest(name, size).copy() if values is None else _drawn(name, size, values)


def performance(seconds: float = 1.6, fps: float = FPS, tilt: float = 8.0, aside: float = 0.12) -> motion.Motion:
    """What the drivers play, as a Motion (T, 13).

    Surprise, a word with a wide and a narrow mouth, a blink, a turn and a smile.
    tilt: degrees by which the head is held aslant throughout; aside: eye distances by which the person sits aside.
    """
    u = (np.arange(round(seconds * fps)) + 0.5) / (seconds * fps)

    def hill(middle, width):
        return np.exp(-(((u - middle) / width) ** 2))

    curves = {
        "jawOpen": 0.75 * hill(0.22, 0.09) + 0.35 * hill(0.55, 0.06), "mouthPucker": 0.9 * hill(0.42, 0.07),
        "browInnerUp": 0.9 * hill(0.22, 0.12), "browOuterUpLeft": 0.8 * hill(0.22, 0.12),
        "browOuterUpRight": 0.8 * hill(0.22, 0.12), "eyeBlinkLeft": hill(0.64, 0.05),
        "eyeBlinkRight": hill(0.64, 0.05), "mouthSmileLeft": 0.9 * hill(0.9, 0.16),
        "mouthSmileRight": 0.9 * hill(0.9, 0.16), "headYaw": -13 * hill(0.55, 0.2), "headPitch": -5 * hill(0.22, 0.12),
        "headRoll": np.full(len(u), tilt), "headX": np.full(len(u), aside),
    }
    return motion.Motion(np.stack(list(curves.values()), axis=1), tuple(curves), fps)


def film(name: str = "Ada (bob)", played: motion.Motion | None = None) -> io.Clip:
    """One of `PEOPLE` playing a motion (`performance`), as a silent Clip of 256 x 256 pixels.

    Saved without a watermark: that follows from a key, and the lesson should show the same on every computer.
    """
    played = performance() if played is None else played
    return animation.animate(portrait(name), motion=played, fps=played.fps, watermark=False)
