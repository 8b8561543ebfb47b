"""A face that means what it says: the mood of each sentence as an expression that comes and goes with it.

    phrases (start, end, mood) + lips -> Motion over all 57 channels, to be added to the lips

The lips come first. An expression that widens the mouth undoes a p or an o, so its share of the mouth gives way while
lips close or round; brows, cheeks and eyes keep it meanwhile.
"""

from dataclasses import replace

import numpy as np

from ..face import channels
from ..interpolation import smoothstep
from . import expressions, motion

LEAST, MOST = 0.35, 0.8  # of an expression: for a mood that is hardly there, and for one at its full strength
COMES, GOES = 0.5, 0.7  # seconds; it begins to come before the words, and goes after them
AHEAD = 0.2
HEAD = np.array([name.startswith("head") for name in channels.CHANNELS])
MOUTH = np.array([name.startswith(("jaw", "mouth")) for name in channels.CHANNELS])


def of_phrases(phrases, lips: motion.Motion, strength=1.0, head: float = 1.0) -> motion.Motion:
    """The expressions of phrases over spoken lips, as offsets to be added to them.

    Args:
        phrases: with `start`, `end` (seconds), `mood` (a name of `EXPRESSIONS`) and `strength` (0 to 1).
        lips: a Motion of the same speech; strength: scales it all, a number or one a frame, (T,); head: scales what the
        head does once more.
    Returns:
        Motion over all 57 channels, as long as the lips and at their rate.
    """
    times = (np.arange(len(lips)) + 0.5) / lips.fps
    # one mood over several sentences stays until the next has come
    lasting = [replace(phrase, end=end) for phrase, end in zip(phrases, _ends(phrases))]
    values = np.float32(strength).reshape(-1, 1) * expression_from_speech(lasting, times, lips.full())
    values[:, HEAD] *= head
    return motion.Motion(values, channels.CHANNELS, lips.fps)


def expression_from_speech(phrases, times: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """The expression that the moods of phrases ask for at given times, as the lips leave room for it.

    Args:
        phrases: with `start`, `end` (seconds), `mood` (a name of `EXPRESSIONS`) and `strength` (0 to 1); times: (T,)
        seconds; lips: (T, 57), the channels of the spoken lips. Phrases of one mood do not add up, moods do.
    Returns:
        float32 (T, 57), to be added to the lips.
    """
    values = np.zeros((len(times), len(channels.CHANNELS)), np.float32)
    for name in sorted({phrase.mood for phrase in phrases if phrase.strength}):
        share = np.max([(LEAST + (MOST - LEAST) * phrase.strength) * envelope(times, phrase.start, phrase.end)
                        for phrase in phrases if phrase.mood == name], axis=0)
        values += share[:, None] * expressions.expression(name)
    return over_lips(lips, values)


def _ends(phrases) -> list:
    """When each phrase's expression goes: at its end, or when the next, of the same mood, has come."""
    return [after.start - AHEAD + COMES if after is not None and after.mood == phrase.mood else phrase.end
            for phrase, after in zip(phrases, [*phrases[1:], None])]


def envelope(times: np.ndarray, start: float, end: float) -> np.ndarray:
    """How far an expression has come, (T,), 0 to 1, for words from `start` to `end` seconds."""
    return (smoothstep(0, COMES, times - start + AHEAD)
            * (1 - smoothstep(0, GOES, times - end)))


def over_lips(lips: np.ndarray, expression: np.ndarray) -> np.ndarray:
    """An expression (T, 57) as lips (T, 57) leave room for it: its mouth fades where they close, touch or round."""
    return np.where(MOUTH, mouth_room(lips)[:, None] * expression, expression).astype(np.float32)


def mouth_room(lips: np.ndarray) -> np.ndarray:
    """The share of the mouth that spoken lips (T, 57) leave to an expression: (T,), 1 at rest, 0.1 at m and p."""

    def of(*names):
        return np.mean([np.clip(lips[:, channels.INDEX[name]], -1, 2) for name in names], axis=0)  # a mean may overflow

    closed = np.clip(of("mouthPressLeft", "mouthPressRight") / 0.30, 0, 1)
    touching = np.clip(of("mouthRollLower") / 0.50, 0, 1)
    rounded = np.clip((of("mouthFunnel") + of("mouthPucker")) / 0.70, 0, 1)
    opened = np.clip(of("jawOpen") / 0.45, 0, 1)
    return (1 - 0.9 * closed) * (1 - 0.6 * touching) * (1 - 0.7 * rounded) * (1 - 0.3 * opened)
