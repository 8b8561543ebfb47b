"""Phonemes to visemes to lips: what each sound looks like, and how neighbours blend.

A viseme is the look of a class of sounds. Neighbouring sounds share the mouth: each has a dominance that
fades with the time from its middle, and the mouth is the mean of all targets weighted by dominance (Cohen &
Massaro, "Modeling coarticulation in synthetic visual speech", 1993). Closed lips are not for blending away:
m, b, p shut the mouth at their time however fast one speaks, and f, v bring lip to teeth, by gates on top.
"""

import unicodedata
from dataclasses import dataclass

import numpy as np

from .. import interpolation

LIP_CHANNELS = (
    "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthUpperUpLeft", "mouthUpperUpRight", "mouthStretchLeft", "mouthStretchRight", "mouthSmileLeft",
    "mouthSmileRight", "mouthRollLower", "mouthRollUpper", "mouthPressLeft", "mouthPressRight",
    "mouthShrugUpper", "mouthShrugLower",
)  # fmt: skip
LIP_INDEX = {name: i for i, name in enumerate(LIP_CHANNELS)}

_ROUND = ("mouthFunnel", "mouthPucker")
_WIDE = ("mouthStretchLeft", "mouthStretchRight", "mouthSmileLeft", "mouthSmileRight")
_CLOSING = ("mouthClose", "mouthRollLower", "mouthRollUpper", "mouthPressLeft", "mouthPressRight",
            "mouthShrugUpper", "mouthShrugLower")  # fmt: skip
_OPENING = tuple(name for name in LIP_CHANNELS if name not in _ROUND + _WIDE + _CLOSING)


# What a mouth does, in a word: the channels that do it
_MOVES = {
    "jaw": ("jawOpen",), "funnel": ("mouthFunnel",), "pucker": ("mouthPucker",), "close": ("mouthClose",),
    "roll_lower": ("mouthRollLower",), "roll_upper": ("mouthRollUpper",), "shrug": ("mouthShrugLower",),
    "lower": ("mouthLowerDownLeft", "mouthLowerDownRight"), "upper": ("mouthUpperUpLeft", "mouthUpperUpRight"),
    "stretch": ("mouthStretchLeft", "mouthStretchRight"), "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "press": ("mouthPressLeft", "mouthPressRight"),
}  # fmt: skip


def _shape(**moves: float) -> dict:
    """A look of the mouth, as weights of channels: {word of `_MOVES`: weight} -> {channel: weight}."""
    return {channel: weight for word, weight in moves.items() for channel in _MOVES[word]}


# name: {channel: weight}, absolute targets at full strength
VISEMES = {
    "sil": {},
    "PP": _shape(press=0.30, roll_lower=0.20, roll_upper=0.12, shrug=0.08),  # p b m
    "FF": _shape(jaw=0.03, upper=0.20, roll_lower=0.50),  # f v
    "TH": _shape(jaw=0.12, lower=0.15, upper=0.08),  # think, this
    "DD": _shape(jaw=0.09, lower=0.15, upper=0.06, stretch=0.06),  # t d
    "kk": _shape(jaw=0.14, lower=0.10),  # k g h ng
    "CH": _shape(jaw=0.08, lower=0.15, upper=0.14, funnel=0.36, pucker=0.15),  # ship, chin, pleasure
    "SS": _shape(jaw=0.04, lower=0.20, upper=0.10, stretch=0.20, smile=0.08),  # s z ts
    "nn": _shape(jaw=0.12, lower=0.12, upper=0.04),  # n l
    "RR": _shape(jaw=0.10, lower=0.08, upper=0.05, funnel=0.22, pucker=0.25),  # red, bird
    "aa": _shape(jaw=0.46, lower=0.22, upper=0.12, stretch=0.05),  # father, cat
    "E": _shape(jaw=0.28, lower=0.22, upper=0.12, stretch=0.16, smile=0.12),  # bed, say
    "ih": _shape(jaw=0.12, lower=0.20, upper=0.10, stretch=0.22, smile=0.18),  # see, sit, yes
    "oh": _shape(jaw=0.34, lower=0.05, upper=0.04, funnel=0.36, pucker=0.24),  # more, hot
    "ou": _shape(jaw=0.10, lower=0.03, upper=0.03, funnel=0.20, pucker=0.64),  # you, book, w
    "ue": _shape(jaw=0.08, lower=0.04, upper=0.03, funnel=0.18, pucker=0.60),  # German ü, Chinese yu
    "uh": _shape(jaw=0.22, lower=0.14, upper=0.06),  # about, Chinese e
}
VISEME_NAMES = tuple(VISEMES)
GATED = ("PP", "FF")  # those whose touch the network that hears lips answers by a gate of its own
VOWELS = frozenset({"aa", "E", "ih", "oh", "ou", "ue", "uh"})

# Letter of the IPA, or of espeak's own spelling where that has no IPA: (viseme, strength of its shape)
_LETTERS = {}
for _viseme, _letters in {
    "PP": "pbmɓʙ", "FF": "fvʋɱɸβΦ", "TH": "θð", "DD": "tdʈɖɾɗ", "kk": "kɡgqɢxɣχʁcɟŋɠɴʀNXʝhħʕʔɦ?",
    "CH": "ʃʒʂʐSZ", "SS": "szɕʑçɬɮʦʣ", "nn": "nlɲɳʎɫɭʟr", "RR": "ɹɻɽɚɝɜ", "aa": "aɑäæAɶ", "E": "eɛεɘ",
    "ih": "iɪɨjɯʲ", "oh": "oɔɒɞ", "ou": "uʊʉwɵʍɰ", "ue": "yʏøœɥ", "uh": "əʌɐɤ",
}.items():  # fmt: skip
    _LETTERS |= dict.fromkeys(_letters, (_viseme, 1.0))
_LETTERS |= {
    "æ": ("aa", 0.9), "ɐ": ("uh", 1.2), "ʌ": ("uh", 1.35), "ɛ": ("E", 1.1), "ɪ": ("ih", 0.85), "ʊ": ("ou", 0.75),
    "ʂ": ("CH", 0.7), "ʐ": ("CH", 0.7), "ɜ": ("RR", 1.1), "ɒ": ("oh", 1.2), "ɵ": ("ou", 0.8),
}  # fmt: skip

# What espeak spells without IPA; mostly Mandarin: the vowels of si and shi, which keep the teeth together
# and the lips of their consonant, the retroflex row (zh, ch, sh) and the e of he.
_SPELLED = {
    "i.": [("SS", 0.9)], "i̪": [("SS", 0.9)], "o-": [("uh", 1.0)], 'u"': [("ue", 1.0)], "u-": [("ih", 1.0)],
    "s.": [("CH", 0.7)], "ts.": [("CH", 0.7)], "ts.h": [("CH", 0.7)],
}  # fmt: skip

_SHAPELESS = frozenset("hħʕʔɦ?")  # made behind the mouth: the lips already stand as the next sound wants them


@dataclass
class Blending:
    """How long a sound rules the mouth beyond its own time, seconds, and how strongly it rules."""

    lead: float = 0.045  # fades in, before
    lag: float = 0.035  # fades out, after
    round_lead: float = 0.090  # lips round well before o and u
    round_lag: float = 0.055
    ahead: float = 0.020  # the lips as a whole go this much before the sound
    smooth: float = 0.010  # standard deviation of the last smoothing
    close_ramp: float = 0.050  # lips shut and part within this time at m, b, p
    touch_ramp: float = 0.060  # lower lip comes to the teeth within this time at f, v


STRESS_GAIN = (0.82, 0.95, 1.08)  # how far the jaw opens in unstressed, half stressed and stressed vowels


@dataclass(frozen=True)
class Segment:
    """One mouth shape in time: seconds, strength of the shape."""

    viseme: str
    start: float
    end: float
    strength: float = 1.0
    shapeless: bool = False


def visemes_of(symbol: str) -> list:
    """The visemes of one phoneme: [(name, strength), ...], several for diphthongs; [] for a pause.

    `symbol`: IPA or espeak's spelling, stress and length marks and tone digits allowed.
    """
    symbol = symbol.strip("ˈˌ0123456789 ")
    if not symbol or symbol.startswith("("):
        return []
    if symbol in _SPELLED:
        return list(_SPELLED[symbol])
    whole = unicodedata.normalize("NFC", symbol)  # ç is a letter of its own, é an e with an accent
    letters = [part for letter in whole for part in ([letter] if letter in _LETTERS else
               unicodedata.normalize("NFD", letter)) if part in _LETTERS]  # fmt: skip
    found = []
    for i, letter in enumerate(letters):
        if letter in "hʲ" and i > 0:
            continue  # breath or softening of the letter before it
        viseme, strength = _LETTERS[letter]
        if found and found[-1][0] == "DD" and viseme in ("SS", "CH"):
            found.pop()  # ts, ch: the lips make only the hissing part
        if not found or found[-1][0] != viseme:
            found.append((viseme, strength))
    return found or [("uh", 0.6)]  # a letter that no table knows still moves the mouth a little


def segments_of(phonemes) -> list:
    """Timed phonemes as timed mouth shapes, a list of `Segment`; pauses become "sil".

    phonemes: with `symbol`, `start` and `end` in seconds, and `stress` 0 to 2.
    """
    breaths = {(shapes[0][0], phoneme.start) for phoneme in phonemes if phoneme.symbol[:1] in _SHAPELESS
               for shapes in [visemes_of(phoneme.symbol)] if len(shapes) == 1}
    return [Segment(viseme, start, end, strength, shapeless=(viseme, start) in breaths)
            for viseme, start, end, strength in phonemes_to_visemes(phonemes)]


def phonemes_to_visemes(phonemes) -> list:
    """Timed phonemes as timed visemes: [(viseme, start, end, strength), ...], in order; a pause is "sil".

    phonemes: with `symbol`, `start` and `end` in seconds, and `stress` 0 to 2. A sound of several visemes shares its
    time among them evenly; the strength of a vowel goes with its stress.
    """
    found = []
    for phoneme in phonemes:
        shapes = visemes_of(phoneme.symbol) or [("sil", 1.0)]
        share = (phoneme.end - phoneme.start) / len(shapes)
        for i, (viseme, strength) in enumerate(shapes):
            if viseme in VOWELS:
                strength *= STRESS_GAIN[min(phoneme.stress, 2)]
            start = phoneme.start + i * share
            found.append((viseme, start, start + share, strength))
    return found


def target(viseme: str, strength: float = 1.0) -> np.ndarray:
    """The channels of a viseme, float32 (C,) in the order of `LIP_CHANNELS`; strength scales the opening.

    Raises `KeyError`.
    """
    values = np.zeros(len(LIP_CHANNELS), np.float32)
    for name, value in VISEMES[viseme].items():
        values[LIP_INDEX[name]] = value * (strength if name in _OPENING else min(strength, 1.0))
    return values


# How strongly a class rules each group of channels (Cohen & Massaro's alpha): consonants of the tongue
# leave rounding to their vowels, rounded sounds insist on it.
RULE = {
    # viseme: (opening, rounding, width)
    "sil": (0.8, 0.5, 0.5), "PP": (1.0, 0.2, 0.3), "FF": (1.2, 0.3, 0.4), "TH": (0.9, 0.3, 0.3),
    "DD": (0.7, 0.15, 0.2), "kk": (0.35, 0.1, 0.1), "CH": (0.9, 0.9, 0.5), "SS": (1.1, 0.3, 0.5),
    "nn": (0.6, 0.15, 0.15), "RR": (0.7, 0.7, 0.4), "aa": (1.0, 0.5, 0.6), "E": (1.0, 0.6, 0.8),
    "ih": (0.9, 0.7, 1.0), "oh": (1.0, 1.2, 0.8), "ou": (1.0, 1.8, 1.0), "ue": (1.0, 1.6, 1.0),
    "uh": (0.8, 0.3, 0.4),
}  # fmt: skip
_GROUPS = (_OPENING + _CLOSING, _ROUND, _WIDE)


def group_columns() -> list:
    """The columns of `LIP_CHANNELS` that blend together: three lists of numbers, opening, rounding, width."""
    return [[LIP_INDEX[name] for name in group] for group in _GROUPS]


def opening_columns() -> list:
    """The columns of `LIP_CHANNELS` that part the lips: a list of numbers."""
    return [LIP_INDEX[name] for name in _OPENING]


def curves(phonemes, times: np.ndarray, hold: float = 0.04, blending: Blending = None) -> np.ndarray:
    """Lip channels at the given times, blended as Cohen and Massaro have it (1993).

    Args:
        phonemes: timed, in order; times: (T,) seconds, rising evenly; hold: seconds, closed lips stay closed at least
        so long, so that a film with this time between frames shows them in one frame.
    Returns:
        float32 (T, C) in the order of `LIP_CHANNELS`.
    """
    blending = blending or Blending()
    times = np.asarray(times, np.float64) + blending.ahead
    segments = segments_of(phonemes)
    step = times[1] - times[0] if len(times) > 1 else 1.0
    fine, factor = _finer(times, step)
    values = _blend(segments, fine, blending)  # (T', C)
    values = _smooth(values, blending.smooth * factor / step)
    closed, touching = _gates(segments, fine, hold, blending).T
    values = shut(shut(values, touching, "FF"), closed, "PP")
    return values[factor // 2 :: factor].astype(np.float32)


def gates(phonemes, times: np.ndarray, hold: float = 0.04, blending: Blending = None) -> np.ndarray:
    """How far m, b, p shut the lips and f, v bring lip to teeth at the times (T,): float32 (T, 2), 0 to 1.

    The arguments are those of `curves`, which holds both already.
    """
    blending = blending or Blending()
    at = np.asarray(times, np.float64) + blending.ahead
    return _gates(segments_of(phonemes), at, hold, blending).astype(np.float32)


def _finer(times, step, wanted=0.010):
    """The same times with an odd number of steps inside each, so that smoothing has something to smooth."""
    factor = 2 * int(np.ceil(step / wanted / 2)) + 1 if step > wanted else 1
    inside = (np.arange(factor) - factor // 2) * step / factor
    return (times[:, None] + inside).reshape(-1), factor


def _blend(segments, times, blending) -> np.ndarray:
    values = np.zeros((len(times), len(LIP_CHANNELS)))
    spans = np.array([(segment.start, segment.end) for segment in segments]).reshape(-1, 2)
    shapes = np.array([target(segment.viseme, segment.strength) for segment in segments], np.float32)
    shapes = shapes.reshape(-1, len(LIP_CHANNELS))
    for group, columns in enumerate(group_columns()):
        lead, lag = (blending.round_lead, blending.round_lag) if group == 1 else (blending.lead, blending.lag)
        alphas = np.array([RULE[segment.viseme][group] * (0.15 if segment.shapeless else 1.0) for segment in segments])
        values[:, columns] = coarticulate(times, spans, alphas, shapes[:, columns], lead, lag)
    return values


def coarticulate(times, spans, alphas, targets, lead: float, lag: float) -> np.ndarray:
    """What a mouth does between its targets: their mean, weighted by dominance (Cohen and Massaro, 1993).

    Args:
        times: (T,) seconds, rising; spans: (S, 2), when each sound starts and ends; alphas: (S,), how strongly it
        rules; targets: (S, C), its channels; lead, lag: seconds in which its dominance falls to 1 / e before and after
        its middle half. What has faded to e^-12 does not count.
    Returns:
        (T, C), zeros where no sound counts.
    """
    numerator, denominator = np.zeros((len(times), targets.shape[1])), np.full(len(times), 1e-9)
    for (start, end), alpha, shape in zip(spans, alphas, targets):
        first, last = np.searchsorted(times, [start - 12 * lead, end + 12 * lag])
        t = times[first:last]
        quarter = (end - start) / 4
        before = np.maximum(start + quarter - t, 0) / lead
        after = np.maximum(t - (end - quarter), 0) / lag
        # D(t) = alpha exp(-distance),  F(t) = sum D T / sum D
        dominance = alpha * np.exp(-(before + after))
        numerator[first:last] += dominance[:, None] * shape
        denominator[first:last] += dominance
    return numerator / denominator[:, None]


def _smooth(values, sigma) -> np.ndarray:
    if sigma < 0.3 or len(values) < 3:
        return values
    return interpolation.gaussian(values, sigma)


def _gates(segments, times, hold, blending) -> np.ndarray:
    """(T, 2): closed lips at m, b, p and lip to teeth at f, v, whatever the blend made of them."""
    closed, touching = np.zeros(len(times)), np.zeros(len(times))
    for segment in segments:
        if segment.viseme == "PP":
            _raise_gate(closed, times, segment, hold, blending.close_ramp)
        elif segment.viseme == "FF":
            _raise_gate(touching, times, segment, hold, blending.touch_ramp)
    return np.stack([closed, touching * (1 - closed)], axis=1)


def shut(values, gate, viseme) -> np.ndarray:
    """Channels (T, C) drawn towards a closed viseme ("PP" or "FF") where the gate (T,) is up."""
    values, gate, shape = values.copy(), gate[:, None], target(viseme)
    for channels, kept in ((_OPENING, 0.0), (_CLOSING, 0.0), (_WIDE, 0.4), (_ROUND, 0.6)):
        columns = [LIP_INDEX[name] for name in channels]
        wanted = shape[columns] + kept * values[:, columns]
        values[:, columns] = (1 - gate) * values[:, columns] + gate * wanted
    return values


def _raise_gate(gate, times, segment, hold, ramp) -> None:
    """One over the segment and at least `hold` long, falling smoothly to zero within `ramp` on both sides."""
    start, end = segment.start, segment.start + 0.75 * (segment.end - segment.start)  # lips part before the end
    lacking = max(0.0, hold - (end - start))
    start, end = start - 0.6 * lacking, end + 0.4 * lacking
    first, last = np.searchsorted(times, [start - ramp, end + ramp])
    t = times[first:last]
    outside = np.clip(np.maximum(start - t, t - end) / ramp, 0, 1)
    gate[first:last] = np.maximum(gate[first:last], 0.5 + 0.5 * np.cos(np.pi * outside))
