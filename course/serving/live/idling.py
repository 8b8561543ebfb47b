"""What a face does besides speaking, without an end: `motion.idle`'s sway, breath, gaze and blinks, piece by piece.

A film knows its length; a live face does not. Each moment's movement follows from the seed and the second alone, so the
pieces fit without a seam and need no memory of what was before but the last glance and the next blink.
"""

import numpy as np

from ...face import channels
from ...motion import breathing, idle
from . import clock

BLOCK = 2 * clock.FPS  # frames that are worked out at once
SACCADE = 0.05  # seconds of a jump of the eyes


class EndlessIdle:
    """Idle movement. seed: the same one moves the same; strength: scales what the head does."""

    def __init__(self, seed: int = 0, strength: float = 1.0, settings: idle.Settings | None = None):
        self.seed, self.strength, self.settings = seed, strength, settings or idle.Settings()
        self._blinking, self._looking = (np.random.default_rng((seed, part)) for part in (0, 1))
        self._blinks = [self._blinking.uniform(0.25, 0.75) * self.settings.blink_median]
        self._looks = [(0.0, np.zeros(2))]  # (second, where to)
        self._next_look = self._looking.uniform(0.4, 1.5)
        self._breaths = breathing.Breaths(seed)
        self._first, self._rows = 0, np.zeros((0, len(channels.CHANNELS)), np.float32)

    def row(self, number: int) -> np.ndarray:
        """Frame `number`, not before one that was asked for: float32 (57,), offsets from the face at rest."""
        if number >= self._first + len(self._rows):
            self._first, self._rows = number, self._block(number)
        return self._rows[number - self._first]

    def breath(self, number: int) -> float:
        """How far the breath is in at frame `number`, not before one that was asked for: 0 to 1."""
        return float(self._breaths.at(np.array([(number + 0.5) / clock.FPS]))[0] * min(max(self.strength, 0.0), 1.0))

    def _block(self, first: int) -> np.ndarray:
        times = (first + np.arange(BLOCK) + 0.5) / clock.FPS
        values = {name: np.zeros(BLOCK) for name in channels.CHANNELS}
        idle.sway(values, times, self.strength, np.random.default_rng((self.seed, 2)), self.settings)
        self._look(values, times)
        shut = self._shut(times)
        values["eyeBlinkLeft"], values["eyeBlinkRight"] = shut, shut
        return np.stack(list(values.values()), axis=1).astype(np.float32)

    def _look(self, values: dict, times: np.ndarray) -> None:
        settings = self.settings
        while self._next_look < times[-1]:
            away = not self._looks[-1][1].any() or len(self._looks) % 2 == 0
            size = 1.0 if away else 0.25  # back to the camera, nearly
            self._looks.append((self._next_look, self._looking.normal(0, 1, 2) * size * settings.gaze_size))
            hold = settings.gaze_hold * (0.6 if away else 1.4)
            self._next_look += 0.25 + min(self._looking.exponential(hold), 3.0)
        knots, places = [-1.0], [self._looks[0][1]]
        for (at, place), before in zip(self._looks[1:], self._looks):
            knots += [at, at + SACCADE]
            places += [before[1], place]
        sideways, up = (np.interp(times, knots, axis) for axis in np.array(places).T)
        idle.aim_eyes(values, sideways, up)
        # an even number goes, so that every other look is still away
        gone = sum(at < times[0] - 1 for at, _ in self._looks[1:]) // 2 * 2
        del self._looks[:gone]

    def _shut(self, times: np.ndarray) -> np.ndarray:
        settings, end = self.settings, times[-1] + 1
        while self._blinks[-1] < end:
            if self._blinking.random() < settings.double_blink:
                self._blinks.append(self._blinks[-1] + 0.32)
            gap = self._blinking.lognormal(np.log(settings.blink_median), settings.blink_spread)
            self._blinks.append(self._blinks[-1] + np.clip(gap, *settings.blink_limits))
        moments = [(np.floor(moment * clock.FPS) + 0.5) / clock.FPS for moment in self._blinks]
        shut = idle.lids(times, moments)
        self._blinks = [moment for moment in self._blinks if moment > times[-1] - 1]
        return shut
