"""What marks in a text ask of a live face from some frame on: an expression, a pose, a look; and a nod, once.

They hold until the next of their kind, over the sentences of one text, and are forgotten when all is said.
"""

import numpy as np

from ...interpolation import smoothstep
from ...motion import direction
from . import clock

TURNS = round(direction.TURN * clock.FPS)  # frames that the head takes to another pose
GLANCES = round(direction.GLANCE * clock.FPS)  # frames that eyes take to look elsewhere


class Way:
    """Numbers that move to where they shall be without a jerk. count: how many; frames: that they take."""

    def __init__(self, count: int, frames: int):
        self.now, self._frames = np.zeros(count), frames
        self._from, self._to, self._step = self.now, self.now, frames

    def go(self, to) -> None:
        """Move to there from where they are."""
        self._from, self._to, self._step = self.now, np.asarray(to, float), 0

    def step(self) -> np.ndarray:
        """A frame later."""
        self._step = min(self._step + 1, self._frames)
        self.now = self._from + (self._to - self._from) * smoothstep(0, self._frames, self._step)
        return self.now


class Directing:
    """expression: offsets (57,) that a mark asks for, or None where the face has its own; holds: whether anything is
    asked for."""

    def __init__(self):
        self.expression, self.holds = None, False
        self._pose, self._gestures = Way(3, TURNS), []
        self._look = Way(3, GLANCES)  # degrees sideways and up, and how far they count

    def begin(self, kind: str, cue) -> None:
        """From the next frame on; kind: "expression", "gaze" or "head"; cue: a `timeline.Cue`."""
        self.holds = True
        word = f"{cue.what}:{cue.strength:g}"
        if kind == "expression":
            self.expression = direction.expression_rows(word, np.zeros(1))[0]
        elif kind == "gaze":
            degrees = direction.gaze_angles(cue)
            self._look.go([*self._look.now[:2], 0.0] if degrees is None else [*degrees, 1.0])
        elif set(cue.names) & set(direction.GESTURES):
            seconds = max(direction.GESTURES[name].duration for name in cue.names if name in direction.GESTURES)
            times = (np.arange(round(seconds * clock.FPS)) + 0.5) / clock.FPS
            self._gestures.append(list(direction.head_rows(word, times)))
        else:
            self._pose.go(direction.head_rows(word, np.zeros(1))[0])

    def forget(self) -> None:
        """Nothing is asked for any more: face, eyes and head go back. A nod that has begun goes on."""
        self.expression, self.holds = None, False
        self._pose.go(np.zeros(3))
        self._look.go([*self._look.now[:2], 0.0])

    def stop(self) -> None:
        """The same, and a nod is left off where it is."""
        for gesture in self._gestures:
            self._pose.now = self._pose.now + gesture[0]
        self._gestures.clear()
        self.forget()

    def step(self, values: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """The next frame's channel values (57,) with head and eyes as they were asked for; rest: the photo's."""
        values = values.copy()
        values[direction.ANGLES] += self._pose.step() + sum(gesture.pop(0) for gesture in self._gestures)
        self._gestures = [gesture for gesture in self._gestures if gesture]
        *degrees, share = self._look.step()
        if share <= 0:
            return values
        return direction.with_looks(values[None], rest, np.array([degrees]), np.array([share]))[0]
