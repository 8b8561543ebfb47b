"""Lesson 05 by hand: how early sounds reach for the mouth, how late they let go, and what that does to a word."""

import cv2
import numpy as np

from course.face import channels
from course.motion import expressive
from course.speech import synthesis, visemes

from .. import actors, widgets
from . import speaking

WORDS = "a new moon"
SIDE, PLOT = 300, 460  # pixels: the mouth's picture, the curves' width
COLOURS = {"jawOpen": (0, 114, 178), "mouthPucker": (213, 94, 0)}
TOP, BOTTOM = 46, 250  # pixel rows between which curves run
HIGHEST = 0.75


class Coarticulation(widgets.Panel):
    """Lead and lag of all sounds, the lead of rounding, and a moment: the curves of a word, and the mouth then."""

    START = {"lead": 0.045, "lag": 0.035, "round": 0.09, "time": 0.22}
    LEAST = 420

    def __init__(self, photo=None, words: str = WORDS):
        self.actor = actors.actor_of(photo)
        self.words, spoken = words, synthesis.synthesize(words, "en-us")
        self.phonemes, self.duration = spoken.phonemes, spoken.duration
        self.times = np.arange(0, self.duration, 0.01)
        super().__init__({
            "lead": widgets.slider("lead (s)", self.START["lead"], 0.005, 0.2, 0.005),
            "lag": widgets.slider("lag (s)", self.START["lag"], 0.005, 0.2, 0.005),
            "round": widgets.slider("lead of lips (s)", self.START["round"], 0.005, 0.3, 0.005),
            "time": widgets.slider("moment (s)", self.START["time"], 0, round(self.duration, 2), 0.02),
        })

    def shown_width(self) -> int:
        """Pixels that curves and mouth side by side are wide."""
        return PLOT + SIDE

    def curves(self, settings: dict) -> np.ndarray:
        """The lip channels of the word, (T, C), for some settings of the sliders."""
        said = self.START | settings
        blending = visemes.Blending(lead=said["lead"], lag=said["lag"], round_lead=said["round"],
                                    round_lag=max(0.005, said["round"] * 0.6))
        return visemes.curves(self.phonemes, self.times, blending=blending)

    def draw(self, settings: dict) -> np.ndarray:
        """The curves of jaw and rounding over the sounds, with the moment marked; and the mouth: uint8 (H, W, 3)."""
        values = self.curves(settings)
        moment = min((self.START | settings)["time"], self.duration - 0.01)
        now = int(round(moment / 0.01))
        return np.hstack([self._plot(values, moment), self._mouth(values[min(now, len(values) - 1)])])

    def _mouth(self, lips: np.ndarray) -> np.ndarray:
        values = np.where(expressive.MOUTH, 0, self.actor.face.rest)
        for name, value in zip(visemes.LIP_CHANNELS, lips):
            values[channels.INDEX[name]] = value
        picture = speaking.close(self.actor, self.actor.frame(values))
        return cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)

    def _plot(self, values: np.ndarray, moment: float) -> np.ndarray:
        canvas = np.full((SIDE, PLOT, 3), 255, np.uint8)

        def column(seconds):
            return int(8 + (PLOT - 16) * seconds / self.duration)

        for number, phoneme in enumerate(self.phonemes):
            start, end = column(phoneme.start), column(phoneme.end)
            cv2.rectangle(canvas, (start, TOP), (end, BOTTOM), (225, 225, 225) if number % 2 else (243, 243, 243), -1)
            for shape, name in enumerate(row[0] for row in visemes.phonemes_to_visemes([phoneme]) if row[0] != "sil"):
                _write(canvas, name, start + 3, BOTTOM + 16 + 14 * shape, (90, 90, 90))
        cv2.line(canvas, (column(moment), TOP), (column(moment), BOTTOM), (0, 0, 0), 1)
        for row, (name, colour) in enumerate(COLOURS.items()):
            curve = values[:, visemes.LIP_INDEX[name]]
            dots = np.stack([[column(t) for t in self.times], BOTTOM - curve / HIGHEST * (BOTTOM - TOP)], axis=1)
            for first in range(len(dots) - 1):
                if row and first % 5 > 2:
                    continue  # the second is drawn with gaps
                piece = dots[first : first + 2].round().astype(np.int32)
                cv2.line(canvas, tuple(int(v) for v in piece[0]), tuple(int(v) for v in piece[1]), colour, 2,
                         cv2.LINE_AA)
            label = f"{name} {curve[min(len(curve) - 1, int(round(moment / 0.01)))]:.2f}"
            _write(canvas, label, 10 + 190 * row, 18, colour)
        _write(canvas, f'"{self.words}", at {moment:.2f} s', 10, 38, (0, 0, 0))
        return canvas

    def stills(self, *settings: dict, title: str = "The same moment of the same word, three ways"):
        """One picture for each setting, under each other: curves and mouth."""
        from course import plots

        words = [", ".join(f"{name} {value:g} s" for name, value in one.items()) or "as shipped" for one in settings]
        return plots.faces([self.draw(one) for one in settings], titles=words, title=title, columns=1, side=4.7)


def _write(canvas: np.ndarray, words: str, x: int, y: int, colour: tuple) -> None:
    cv2.putText(canvas, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
