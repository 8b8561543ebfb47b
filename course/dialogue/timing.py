"""When each turn is said: people answer after a third of a second, sooner to a question; and all sound in one track.

Gaps between speakers centre on 0.2 to 0.3 seconds in every language that was measured (Stivers et al., "Universals and
cultural variation in turn-taking in conversation", 2009).
"""

from dataclasses import dataclass

import numpy as np

from .. import errors
from ..io import sound

GAP, SPREAD = 0.28, 0.45  # median in seconds, and standard deviation of its logarithm
LEAST, MOST = 0.08, 0.9
SOONER = 0.75  # times the gap after a question
BREATH = 0.35  # seconds where the same person goes on
LEAD, TAIL = 0.25, 0.9  # before the first word, and after the last
LONGEST = 30 * 60.0  # seconds
PEAK = 0.98


@dataclass
class Placed:
    """A turn at its place: a `script.Turn`, a `saying.Said`, and the seconds at which its sound starts."""

    turn: object
    said: object
    start: float

    @property
    def first(self) -> float:
        """When its voice begins."""
        return self.start + self.said.first

    @property
    def last(self) -> float:
        """When its voice ends."""
        return self.start + self.said.last


def place(script, said: list, fps: float, seed: int = 0) -> tuple:
    """Every turn in time: [`Placed`], and the length of it all in seconds.

    said: a `saying.Said` for each turn of the `script.Script`; fps: starts lie on frames; seed: of the gaps.
    Raises `errors.TextError`: a turn that would begin before the one before it, or a scene that is too long.
    """
    random, found, before = np.random.default_rng((seed, 71)), [], None
    for turn, one in zip(script.turns, said):
        natural = float(np.clip(random.lognormal(np.log(GAP), SPREAD), LEAST, MOST))
        first = (LEAD if before is None else before.last + _gap(turn, before, natural)) + turn.pause
        if before is None and turn.after is not None:
            first = max(turn.after, 0.0) + turn.pause
        if one.lips is None and before is not None and turn.after is None:
            first = before.last + turn.pause  # a face that does something waits for nobody
        start = max(0.0, np.ceil((first - one.first) * fps - 1e-6) / fps)
        now = Placed(turn, one, float(start))
        if before is not None and now.first < before.first - 1e-6:
            raise script.wrong(turn.line, f"after {turn.after:g} would begin before the turn before does: give a "
                                          "larger number")
        found.append(now)
        before = now if one.lips is not None or before is None else before
    end = max(one.last for one in found) + TAIL + script.pause
    if end > LONGEST:
        raise errors.TextError(f"{script.source} takes {end / 60:.0f} minutes; {LONGEST / 60:.0f} are the most: make a "
                               "film of each part")
    return found, end


def _gap(turn, before: Placed, natural: float) -> float:
    if turn.after is not None:
        return turn.after
    if turn.who == before.turn.who:
        return BREATH
    phrases = before.said.delivery.phrases
    return natural * (SOONER if phrases and phrases[-1].question else 1.0)


def mixed(placed: list, duration: float) -> tuple:
    """The sound of all turns together: float32 (N,), and its rate in Hz, the highest of theirs."""
    rate = max(one.said.rate for one in placed)
    track = np.zeros(int(np.ceil(duration * rate)), np.float32)
    for one in placed:
        samples, first = sound.resample(one.said.samples, one.said.rate, rate), round(one.start * rate)
        samples = samples[: len(track) - first]
        track[first : first + len(samples)] += samples
    return track / max(1.0, float(np.abs(track).max()) / PEAK), rate
