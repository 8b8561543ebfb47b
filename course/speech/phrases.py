"""When is each sentence said, and how does it sound? Sentences laid onto the pauses of speech; phrases of a recording.

    moods of a text + timed phonemes -> Phrase a sentence          samples -> Phrase a stretch between pauses
"""

from dataclasses import dataclass

import numpy as np

from . import hearing, mood, pitch

SHORTEST_PAUSE = 0.05  # seconds of silence at which a sentence may end
WORTH = 8.0  # what a second of silence is worth against lengths that do not fit
LONGEST_WORTH = 0.6  # seconds of silence: more is no surer
BREATH = 0.35  # seconds of quiet that part the phrases of a recording
# Spread of F0 in semitones, between its 10th and 90th percentile, beyond which a voice sounds lively, and below which
# it sounds flat: espeak-ng reads with 4, neural voices and people with 5 to 10.
LIVELY_SPREAD, FLAT_SPREAD = 11.0, 2.0
RISE = 2.5  # semitones from a phrase's middle to its end: a question
ENDING = 0.35  # seconds of voice that are the end


@dataclass(frozen=True)
class Phrase:
    """What stretches from `start` to `end` seconds: the name and strength (0 to 1) of its mood, and whether it asks."""

    start: float
    end: float
    mood: str = mood.NEUTRAL
    strength: float = 0.0
    question: bool = False


def of_speech(text: str, phonemes) -> list:
    """The sentences of a text as `Phrase`s in the time of its phonemes (with `symbol`, `start`, `end`)."""
    moods = mood.moods_of(text)
    spoken = [phoneme for phoneme in phonemes if phoneme.symbol]
    if not moods or not spoken:
        return []
    begin, end = spoken[0].start, spoken[-1].end
    pauses = [(p.start, p.end) for p in phonemes
              if not p.symbol and p.start > begin and p.end < end and p.end - p.start >= SHORTEST_PAUSE]
    cuts = _cuts([_length(one.text) for one in moods], pauses, begin, end)
    starts, ends = [begin, *(cut[1] for cut in cuts)], [*(cut[0] for cut in cuts), end]
    return [Phrase(first, last, one.name, one.strength, one.question)
            for one, first, last in zip(moods, starts, ends)]


def _length(text: str) -> float:
    return 0.5 + weight(text)


def weight(text: str) -> float:
    """How long words take to say, roughly: a Chinese sign is a syllable, a digit a word."""
    signs = sum("\u2e80" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in text)
    return sum(map(str.isalnum, text)) + 1.4 * signs + 2.5 * sum(map(str.isdigit, text))


def sentences(text: str) -> list:
    """The words of each sentence of a text, as `of_speech` counts them: strings."""
    return [one.text for one in mood.moods_of(text)]


def _cuts(lengths: list, pauses: list, begin: float, end: float) -> list:
    """Where each sentence but the last ends and the next begins: [(seconds, seconds), ...].

    Of all ways to choose pauses in order, the one whose stretches fit the lengths best and whose silences are longest:
    cost = sum (log(stretch / expected))^2 - `WORTH` * silence, by dynamic programming.
    """
    wanted = len(lengths) - 1
    if wanted <= 0:
        return []
    if len(pauses) < wanted:  # a voice that does not breathe: by length alone
        at = begin + (end - begin) * np.cumsum(lengths)[:-1] / np.sum(lengths)
        return [(float(moment), float(moment)) for moment in at]
    first, last = np.array(pauses).T  # (P,)
    silence = WORTH * np.minimum(last - first, LONGEST_WORTH)
    quiet = np.cumsum(last - first)
    pace = (end - begin - quiet[-1]) / np.sum(lengths)  # seconds a unit of length, silences left out

    def misfit(stretch, length):
        return np.log(np.maximum(stretch, 0.02) / (pace * length)) ** 2 * 4

    before = quiet - (last - first)  # silence up to each pause
    cost, came = misfit(first - begin - before, lengths[0]) - silence, []
    for length in lengths[1:-1]:
        stretch = first[None] - last[:, None] - (before[None] - quiet[:, None])  # from pause i to pause j
        all_costs = np.where(first[None] > last[:, None], cost[:, None] + misfit(stretch, length), np.inf)
        came.append(all_costs.argmin(axis=0))
        cost = all_costs.min(axis=0) - silence
    cost = cost + misfit(end - last - (quiet[-1] - quiet), lengths[-1])
    chosen = [int(cost.argmin())]
    for step in reversed(came):
        chosen.append(int(step[chosen[-1]]))
    return [(float(first[k]), float(last[k])) for k in reversed(chosen)]


# ---------------------------------------------------------------- a recording


def of_sound(heard: hearing.Heard, f0: np.ndarray | None = None) -> list:
    """The phrases of a recording, by pitch, loudness and pace; f0: `pitch.f0_of` of it, if it is known already.

    Sound tells how lively somebody is, not what about: lively speech gets a little of "happy", flat and slow speech a
    little of "sad", ordinary speech nothing. A voice that rises at the end of a phrase asks.
    """
    f0 = pitch.f0_of(heard.samples, 16_000) if f0 is None else f0
    high = pitch.semitones(f0)
    count = min(len(high), len(heard.loudness))
    loud, high = heard.relative_loudness[:count], high[:count]
    stretches = _stretches(loud)
    if not stretches:
        return []
    level = np.median(loud[loud > -25]) if (loud > -25).any() else 0.0
    found = []
    for first, last in stretches:
        lively = _liveliness(high[first:last], loud[first:last] - level)
        name = "happy" if lively > 0 else "sad"
        strength = min(0.6, abs(lively))
        if strength < mood.SEEN:
            name, strength = mood.NEUTRAL, 0.0
        found.append(Phrase(float(first / pitch.FRAMES), float(last / pitch.FRAMES), name, strength,
                            _rises(high[first:last])))
    return found


def _stretches(loud: np.ndarray) -> list:
    """Frames (first, last) between silences of `BREATH` and more; stretches of less than 0.4 s are no phrases."""
    from scipy.ndimage import binary_closing

    # silence at the edges, so that the closing does not see beyond them
    speaking = binary_closing(np.pad(loud > -25.0, 50), np.ones(round(BREATH * hearing.FRAMES), bool))[50:-50]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], speaking.astype(int), [0]])))
    return [(first, last) for first, last in zip(edges[::2], edges[1::2]) if last - first > 0.4 * hearing.FRAMES]


def _liveliness(high: np.ndarray, loud: np.ndarray) -> float:
    """-1 flat and slow to 1 wide and loud; 0 for the reading of a neutral sentence. Semitones, dB: (T,) each."""
    voiced = high[~np.isnan(high)]
    if len(voiced) < 0.3 * hearing.FRAMES:
        return 0.0
    low, top = np.percentile(voiced, [10, 90])
    spread = top - low
    lifted = float(np.median(voiced))  # above the whole recording's median
    louder = float(np.median(loud[loud > -20])) if (loud > -20).any() else 0.0
    wide = np.clip((spread - LIVELY_SPREAD) / 5, 0, 1) + np.clip((lifted - 3.0) / 5, 0, 1)
    flat = np.clip((FLAT_SPREAD - spread) / 2, 0, 1) + np.clip((-lifted - 2.5) / 4, 0, 1)
    return float(np.clip((wide - flat) * 0.6 + np.clip(abs(louder) - 5, 0, 6) / 20 * np.sign(louder), -1, 1))


def _rises(high: np.ndarray) -> bool:
    """Whether the last voice of a phrase goes up, and ends high: semitones (T,), NaN without a voice."""
    at = np.flatnonzero(~np.isnan(high))
    if len(at) < 0.4 * hearing.FRAMES:
        return False
    ending = high[at[at >= at[-1] - ENDING * hearing.FRAMES]]
    third = max(3, len(ending) // 3)
    climb = float(np.median(ending[-third:]) - np.median(ending[:third]))
    return climb > RISE and float(np.median(ending[-third:])) > float(np.median(high[at])) + 1.0
