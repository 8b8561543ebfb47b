"""Head and brows of somebody who stresses and asks: nods on stressed words, a lifted face at a question.

People move their brows and heads with the pitch accents of their speech (Cave et al., "About the relationship between
eyebrow movements and F0 variations", 1996; Graf et al., "Visual prosody: facial movements accompanying speech", 2002):
not with each, and most with the strongest.
"""

from dataclasses import dataclass

import numpy as np

from ..interpolation import smoothstep

BROWS = (("browInnerUp", 1.0), ("browOuterUpLeft", 0.8), ("browOuterUpRight", 0.8))


@dataclass
class Sizes:
    """How far; degrees and channel units, times in seconds."""

    nod: float = 2.4  # pitch at the strongest stress
    brow: float = 0.28  # brows at it
    gap: float = 0.6  # between two nods, at least
    weakest: float = 0.25  # strength of stress below which nobody nods
    lift: float = 2.6  # degrees up at a question
    tilt: float = 1.2  # and to a side
    asking: float = 0.38  # brows at a question
    before: float = 0.7  # how long before a question's end the face rises
    after: float = 0.5  # and after it falls


def chosen(accents, gap: float, weakest: float) -> list:
    """The accents that a head can follow: the strongest first, none nearer than `gap` to a stronger one; in order.

    accents: (seconds, strength 0 to 1) pairs.
    """
    kept = []
    for at, force in sorted(accents, key=lambda accent: -accent[1]):
        if force >= weakest and all(abs(at - other) >= gap for other, _ in kept):
            kept.append((at, force))
    return sorted(kept)


def stress(values, times, strength, accents, random, sizes: Sizes | None = None) -> None:
    """Nods and raised brows at the stressed syllables that stand out, the stronger the likelier and the larger.

    Args:
        values: {channel: (T,)}, changed in place; times: (T,) seconds; strength: scales the nods.
        accents: (seconds, strength 0 to 1) pairs; random: np.random.Generator.
    """
    sizes = sizes or Sizes()
    for at, force in chosen(accents, sizes.gap, sizes.weakest):
        size = force * random.uniform(0.6, 1.0)
        if random.random() < 0.35 + 0.6 * force:
            values["headPitch"] += strength * sizes.nod * size * bump(times, at, 0.22, 0.42)
        if random.random() < 0.2 + 0.5 * force:
            raise_brows(values, sizes.brow * size * bump(times, at, 0.14, 0.35))


def ask(values, times, strength, ends, random, sizes: Sizes | None = None) -> None:
    """A face that asks: it rises towards the end of a question, brows up, and waits a moment.

    Args:
        values: {channel: (T,)}, changed in place; times: (T,) seconds; strength: scales the head.
        ends: seconds at which questions end; random: np.random.Generator.
    """
    sizes = sizes or Sizes()
    for end in ends:
        risen = bump(times, end - 0.1, sizes.before, sizes.after)
        side = random.choice((-1.0, 1.0)) * random.uniform(0.5, 1.0)
        values["headPitch"] -= strength * sizes.lift * risen
        values["headRoll"] += strength * sizes.tilt * side * risen
        raise_brows(values, sizes.asking * risen)


def raise_brows(values, raised) -> None:
    """Brows at least as high as `raised` (T,), the inner ones most; values: {channel: (T,)}, changed in place."""
    for name, share in BROWS:
        values[name] = np.maximum(values[name], share * raised)


def bump(times: np.ndarray, at: float, rise: float, fall: float) -> np.ndarray:
    """A smooth hill, (T,), of height 1 at `at`, that begins `rise` before and ends `fall` after."""
    return smoothstep(0, rise, times - at + rise) * smoothstep(0, fall, at + fall - times)
