"""`MotionModel`: a gesture of the head from three numbers, its direction, its speed and its amplitude.

A nod, a shake, a tilt: the head leaves rest, goes as far as the amplitude, and comes back. People move smoothly,
and the curve that a hand or a head follows between two stops is close to the one of least jerk (Flash and Hogan,
"The coordination of arm movements", 1985): it starts and ends without speed and without acceleration.
"""

from dataclasses import dataclass

import numpy as np

from .. import errors
from . import motion

ANGLES = ("headPitch", "headYaw", "headRoll")
# (pitch, yaw, roll), with the signs of `face.HEAD`: right and left are those of the picture
DIRECTIONS = {
    "down": (1.0, 0.0, 0.0), "up": (-1.0, 0.0, 0.0),
    "right": (0.0, 1.0, 0.0), "left": (0.0, -1.0, 0.0),
    "clockwise": (0.0, 0.0, 1.0), "counterclockwise": (0.0, 0.0, -1.0),
}  # fmt: skip
TOP_SPEED = 15 / 8  # of the curve of least jerk, where its mean speed is 1


def motion_model(times: np.ndarray, direction, speed: float, amplitude: float) -> np.ndarray:
    """One gesture, out of rest and back into it, with the least jerk (Flash and Hogan, 1985).

    Args:
        times: (T,) seconds from the gesture's beginning. direction: (3,) pitch, yaw, roll; only where it points
        counts, not how long it is. speed: the fastest that the head gets, degrees a second, above 0.
        amplitude: how far it goes, degrees, 0 or more.
    Returns:
        Pitch, yaw and roll in degrees, (T, 3); 0 before the gesture and after it.
    """
    times, direction = np.asarray(times, float), np.asarray(direction, float)
    if amplitude == 0:
        return np.zeros((len(times), 3))
    # D = 15/8 amplitude / speed: seconds out, and as many back
    duration = TOP_SPEED * amplitude / speed
    # u = 1 - |t / D - 1|, kept in [0, 1]: climbs from 0 to 1, then falls to 0
    u = np.clip(1 - np.abs(times / duration - 1), 0, 1)
    # s(u) = 10 u^3 - 15 u^4 + 6 u^5
    share = u**3 * (10 - 15 * u + 6 * u**2)
    return amplitude * share[:, None] * direction / np.linalg.norm(direction)


@dataclass(frozen=True)
class MotionModel:
    """A gesture of the head.

    direction: one of `DIRECTIONS`, or (pitch, yaw, roll); speed: its fastest, degrees a second; amplitude: degrees;
    repeats: how often it is made; swing: whether every other time goes the other way, as in shaking the head.
    Raises `errors.MotionError` for what is no direction, no speed or no amplitude.
    """

    direction: object = "down"
    speed: float = 40.0
    amplitude: float = 8.0
    repeats: int = 1
    swing: bool = False

    def __post_init__(self):
        if isinstance(self.direction, str) and self.direction not in DIRECTIONS:
            raise errors.MotionError(f"unknown direction {self.direction!r}: choose from {', '.join(DIRECTIONS)}, or "
                                     "give (pitch, yaw, roll)")
        try:
            vector = np.asarray(DIRECTIONS.get(self.direction, ()) if isinstance(self.direction, str)
                                else self.direction, float)
            right = (vector.shape == (3,) and np.isfinite(vector).all() and vector.any()
                     and 0 < float(self.speed) < np.inf and 0 <= float(self.amplitude) < np.inf
                     and int(self.repeats) == self.repeats >= 1)
        except (TypeError, ValueError, OverflowError):
            right = False
        if not right:
            raise errors.MotionError("a gesture needs a direction (pitch, yaw, roll) that is not 0, a speed above 0, "
                                     "an amplitude of 0 or more, and a whole number of repeats")

    @property
    def angles(self) -> np.ndarray:
        """Where it goes: (3,) pitch, yaw, roll, not of length 1."""
        return np.asarray(DIRECTIONS[self.direction] if isinstance(self.direction, str) else self.direction, float)

    @property
    def duration(self) -> float:
        """Seconds from rest to rest, all repeats together."""
        return self.repeats * 2 * TOP_SPEED * self.amplitude / self.speed

    def motion(self, duration: float | None = None, fps: float = 25.0, start: float = 0.0) -> motion.Motion:
        """The gesture as a `Motion` of the three head angles, (T, 3) in degrees, offsets from rest.

        duration: seconds of the whole, as long as the gesture where it is None; start: seconds until the gesture
        begins.
        """
        whole = start + self.duration if duration is None else duration
        times = motion.frame_times(whole, fps) - start
        one = self.duration / self.repeats
        values = np.zeros((len(times), 3))
        for k in range(self.repeats):
            way = -self.angles if self.swing and k % 2 else self.angles
            values += motion_model(times - k * one, way, self.speed, self.amplitude)
        return motion.Motion(values, ANGLES, fps)
