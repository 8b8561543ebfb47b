"""Lesson 10 by hand: a filter between shaking and lagging, a face sharpened, a moment between two frames."""

import cv2
import numpy as np

from course.face import channels, posing
from course.polish import between, filters, sharpness

from .. import actors, widgets

SIDE, PLOT = 260, 560  # pixels
FPS = 25.0
GREY, GREEN, RED = (150, 150, 150), (0, 130, 95), (213, 94, 0)
TOP, BOTTOM = 44, 240  # pixel rows between which curves run


class OneEuro(widgets.Panel):
    """Cutoff and beta on a head that rests, turns quickly, and rests again; with its shaking and its lag."""

    START = {"cutoff": 1.0, "beta": 0.0}
    LEAST = 420

    def __init__(self):
        time = np.arange(0, 4, 1 / FPS)
        self.true = 20 / (1 + np.exp(-(time - 1.6) * 14)) - 12 / (1 + np.exp(-(time - 2.9) * 5))  # degrees
        self.given = self.true + np.random.default_rng(3).normal(0, 0.7, len(time))
        super().__init__({
            "cutoff": widgets.slider("cutoff (Hz)", self.START["cutoff"], 0.1, 10, 0.1),
            "beta": widgets.slider("beta", self.START["beta"], 0, 0.5, 0.01),
        })

    def shown_width(self) -> int:
        """Pixels that the curves are wide."""
        return PLOT

    def smoothed(self, settings: dict) -> np.ndarray:
        """What the filter makes of the shaking curve: (T,)."""
        said = self.START | settings
        return filters.one_euro(self.given[:, None], FPS, said["cutoff"], said["beta"])[:, 0]

    def numbers(self, settings: dict) -> tuple:
        """Shaking left at rest, in percent, and the lag of the quick turn in frames."""
        smooth = self.smoothed(settings)
        rest = slice(12, 32)
        shakes = [np.abs(np.diff((row - self.true)[rest], 2)).mean() for row in (smooth, self.given)]
        half = [np.interp(10, row[30:52], np.arange(30, 52)) for row in (np.maximum.accumulate(smooth), self.true)]
        return 100 * shakes[0] / shakes[1], half[0] - half[1]

    def draw(self, settings: dict) -> np.ndarray:
        """The curve as given, as it truly is, and smoothed; and both numbers: uint8 (H, W, 3)."""
        canvas = np.full((SIDE, PLOT, 3), 255, np.uint8)
        for row, colour, thick in ((self.given, GREY, 1), (self.true, GREEN, 3), (self.smoothed(settings), RED, 2)):
            dots = np.stack([np.linspace(8, PLOT - 8, len(row)), BOTTOM - (row + 3) / 26 * (BOTTOM - TOP)], axis=1)
            cv2.polylines(canvas, [np.round(dots * 8).astype(np.int32)], False, colour, thick, cv2.LINE_AA, 3)
        left, late = self.numbers(settings)
        _write(canvas, "as found", 10, 18, GREY)
        _write(canvas, "true", 110, 18, GREEN)
        _write(canvas, f"filtered: shakes {left:.0f} %, late by {late:.1f} frames", 175, 18, RED)
        _write(canvas, "the turn of a head over 4 seconds, degrees", 10, 38, (0, 0, 0))
        return canvas

    def stills(self, *settings: dict, title: str = "Three settings of the filter"):
        """One picture for each setting, under each other."""
        from course import plots

        words = [", ".join(f"{name} {value:g}" for name, value in one.items()) for one in settings]
        return plots.faces([self.draw(one) for one in settings], titles=words, title=title, columns=1, side=4.7)


class Sharpening(widgets.Panel):
    """A soft face, and how much of its own detail, of which size, is added."""

    START = {"amount": 0.0, "sigma": 1.0}

    def __init__(self, photo=None):
        actor = actors.actor_of(photo, 320)
        x, y = actor.points[:68].mean(axis=0).astype(int)
        soft = cv2.GaussianBlur(actor.portrait.image, (0, 0), 1.2)
        self.soft = np.ascontiguousarray(soft[max(0, y - 70) : y + 70, max(0, x - 70) : x + 70])
        super().__init__({
            "amount": widgets.slider("amount", self.START["amount"], 0, 5, 0.1),
            "sigma": widgets.slider("sigma (px)", self.START["sigma"], 0.5, 8, 0.1),
        })

    def draw(self, settings: dict) -> np.ndarray:
        """The face with more detail: uint8 (H, W, 3)."""
        said = self.START | settings
        sharp = sharpness.unsharp_mask(self.soft, said["amount"], said["sigma"])
        return cv2.resize(sharp, (widgets.WIDTH, widgets.WIDTH), interpolation=cv2.INTER_CUBIC)


class Moment(widgets.Panel):
    """A moment between two frames: mixed on the left, found by optical flow on the right."""

    START = {"t": 0.5}
    LEAST = 420

    def __init__(self, photo=None):
        actor = actors.actor_of(photo, SIDE)
        self.frames = []
        for turn, jaw in ((-7.0, 0.0), (7.0, 0.35)):
            values = np.array(actor.face.rest)
            for name, value in (("headYaw", turn), ("jawOpen", jaw)):
                values[channels.INDEX[name]] += value
            self.frames.append(actor.portrait.render(posing.posed_points(actor.face, values)))
        self.flows = (between.dense_flow(*self.frames), between.dense_flow(*self.frames[::-1]))
        super().__init__({"t": widgets.slider("t", self.START["t"], 0, 1, 0.05)})

    def shown_width(self) -> int:
        """Pixels that both pictures are wide."""
        return 2 * SIDE

    def draw(self, settings: dict) -> np.ndarray:
        """Both ways at the moment t: uint8 (H, W, 3)."""
        t = (self.START | settings)["t"]
        mixed = cv2.addWeighted(self.frames[0], 1 - t, self.frames[1], t, 0)
        made = np.hstack([mixed, between.interpolate_frames(*self.frames, *self.flows, t)])
        _write(made, f"mixed, t = {t:.2f}", 10, 20, (255, 255, 255))
        _write(made, "by optical flow", SIDE + 10, 20, (255, 255, 255))
        return made


def _write(canvas: np.ndarray, words: str, x: int, y: int, colour: tuple) -> None:
    cv2.putText(canvas, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
