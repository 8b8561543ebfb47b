"""Channel values become frames, two at a time, ahead of when they are due; and what gives way where that is too slow.

A rung is a size and a generator. Frames that are not ready when they are due are not waited for: the last one is shown
again. Where that happens often the painter goes a rung down, and where it has not happened for long, up again.
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from ... import animation
from ...polish import sharpness
from . import clock

WORKERS = 2
SHARES = (1.0, 0.75, 0.5)  # of the size, with all networks; the last once more without
LEAST = 128  # px
SEEN = 2 * clock.FPS  # frames by which a rung is judged
ENOUGH = 0.85  # of them must be new ones
PATIENCE = 20 * clock.FPS  # good frames before a higher rung is tried, twice as many after each that did not hold
MOST_PATIENCE = 16 * PATIENCE


@dataclass(frozen=True)
class Rung:
    """shape: (height, width) in which frames are painted; generator: "gan" or "warp"."""

    shape: tuple
    generator: str

    def __str__(self) -> str:
        return f"{max(self.shape)} px" + (", without the networks" if self.generator == "warp" else "")


def rungs_of(shape: tuple, generator: str) -> list:
    """The rungs for a picture (height, width), the finest first."""
    first = animation.AUTO if generator == "auto" else generator
    found = []
    for share in SHARES:
        smaller = even(shape, max(share, min(1.0, LEAST / max(shape))))
        if smaller not in [rung.shape for rung in found]:
            found.append(Rung(smaller, first))
    if first != "warp":
        found.append(Rung(found[-1].shape, "warp"))
    return found


def even(shape: tuple, share: float) -> tuple:
    """(height, width) times a share, in even numbers, as films want them."""
    return tuple(max(16, round(side * share / 2) * 2) for side in shape)


class Painter:
    """Paints one face. image: uint8 (H, W, 3) with even sides; points: (78, 2); generator, device: as in `Settings`."""

    def __init__(self, image: np.ndarray, points: np.ndarray, generator: str, tell, device: str = "cpu"):
        self.image, self.points, self.tell = image, np.asarray(points, np.float32), tell
        self.device = device
        self.rungs, self.at = rungs_of(image.shape[:2], generator), 0
        # all of them now: there is no time for it once a rung is needed
        self._ready = [self._prepare(rung) for rung in self.rungs]
        self.face = self._ready[0][0].face
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="course-live-paint")
        self._judged, self._good = deque(maxlen=SEEN), 0
        self._patience, self._climbed = PATIENCE, False

    @property
    def rung(self) -> Rung:
        """How frames are painted now."""
        return self.rungs[self.at]

    def start(self, values: np.ndarray):
        """Begin a frame of channel values, (57,) or more as in `motion.inside`: a future of uint8 (H, W, 3)."""
        return self._pool.submit(self._paint, self.at, values)

    def judge(self, fresh: bool) -> None:
        """A frame was shown: a new one, or the last once more."""
        self._judged.append(fresh)
        self._good = self._good + 1 if fresh else 0
        share = sum(self._judged) / len(self._judged)
        if len(self._judged) == SEEN and share < ENOUGH and self.at + 1 < len(self.rungs):
            self._change(self.at + 1, f"this machine makes {share * clock.FPS:.0f} of {clock.FPS} frames a second at "
                                      f"{self.rung}: painted at {self.rungs[self.at + 1]} from now on")
            if self._climbed:
                self._patience, self._climbed = min(2 * self._patience, MOST_PATIENCE), False
        elif self._good >= self._patience and self.at:
            self._change(self.at - 1, f"there is time again: painted at {self.rungs[self.at - 1]} from now on")
            self._climbed = True

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _change(self, at: int, words: str) -> None:
        self.at, self._good = at, 0
        self._judged.clear()
        self.tell(words)

    def _paint(self, at: int, values: np.ndarray) -> np.ndarray:
        actor, restorer = self._ready[at]
        frame = actor.frame(values)
        if self.rungs[at].generator != "warp":
            frame = restorer.restore(frame)
        height, width = self.image.shape[:2]
        if frame.shape[:2] != (height, width):
            frame = cv2.resize(frame, (width, height), interpolation=cv2.INTER_LINEAR)
        return frame

    def _prepare(self, rung: Rung) -> tuple:
        """What a rung needs, made once: the actor, and what brings back its detail."""
        image, (height, width) = self.image, rung.shape
        # middles of pixels: x' = s (x + 1/2) - 1/2
        scale = np.array([width / image.shape[1], height / image.shape[0]], np.float32)
        if rung.shape != image.shape[:2]:
            image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        actor = animation.make_actor(image, (self.points + 0.5) * scale - 0.5, rung.generator, self.device)
        return actor, sharpness.Restorer(image, actor.portrait.mask)
