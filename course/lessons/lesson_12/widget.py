"""Lesson 12 by hand: a live face on a machine that is as slow as you like."""

import cv2
import numpy as np

from .. import widgets
from . import on_time

FPS, COUNT = 25.0, 50  # two seconds
HEIGHT = 210
INK, DUE, SHOWN, LOST = (40, 40, 40), (190, 190, 190), (0, 114, 178), (213, 94, 0)


class SlowMachine(widgets.Panel):
    """Sliders for the milliseconds of a frame and for workers; which frame is shown when, and how many are lost."""

    START = {"ms": 30.0, "workers": 2.0}

    def __init__(self, drop=on_time.drop_late_frames):
        """drop: says which frame is shown when, as `on_time.drop_late_frames`."""
        self.drop = drop
        super().__init__({"ms": widgets.slider("ms a frame", self.START["ms"], 5, 240, 5),
                          "workers": widgets.slider("workers", self.START["workers"], 1, 4, 1)})

    def shown(self, settings: dict) -> np.ndarray:
        """The frame at each moment, (COUNT,), -1 for none."""
        said = self.START | settings
        ready = on_time.ready_times(COUNT, said["ms"], int(said["workers"]), FPS)
        return np.asarray(self.drop(ready, FPS))

    def draw(self, settings: dict) -> np.ndarray:
        """Frames over time as steps, the due ones in grey, with new frames a second and the lag: uint8 (H, W, 3)."""
        shown = self.shown(settings)
        canvas = np.full((HEIGHT, widgets.WIDTH, 3), 255, np.uint8)
        across, up = np.linspace(14, widgets.WIDTH - 14, COUNT + 1), np.linspace(HEIGHT - 12, 62, COUNT)
        for k in range(COUNT - 1):
            cv2.line(canvas, _at(across[k], up[k]), _at(across[k + 1], up[k + 1]), DUE, 1, cv2.LINE_AA)
        for k, frame in enumerate(shown):
            if frame >= 0:
                fresh = k == 0 or frame != shown[k - 1]
                cv2.line(canvas, _at(across[k], up[frame]), _at(across[k + 1], up[frame]), SHOWN if fresh else LOST, 3)
        moving = np.flatnonzero(shown >= 0)
        new = len(set(shown[moving].tolist()))
        lag = 1000 / FPS * float(np.mean(moving - shown[moving])) if len(moving) else float("nan")
        for line, words in enumerate((f"{new / COUNT * FPS:.0f} new frames a second",
                                      f"the picture is {lag:.0f} ms behind the sound")):
            cv2.putText(canvas, words, (12, 20 + 24 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
        return canvas


def _at(x: float, y: float) -> tuple:
    return round(float(x)), round(float(y))
