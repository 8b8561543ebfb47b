"""Several channels of sound to one, at the loudness of the loudest of them."""

import math

import numpy as np

# ITU-R BS.775-3, annex 4: five channels to one. The low-frequency channel is left out.
CENTRE, FRONT, SIDE, LOW = 1.0, math.sqrt(0.5), 0.5, 0.0
FRONTS = ("FL", "FR", "FLC", "FRC", "DL", "DR", "WL", "WR")
LOWS = ("LFE", "LFE2")
UNHEARD = 10 ** (-30 / 10)  # energy of the mixed channels beside the loudest below which that one is taken alone
CANCELS = 0.5  # energy of the mix beside the sum of its parts' below which channels stand against each other
LARGEST = 1e6  # of a sample, where full scale is 1: what is beyond would overflow when it is squared
QUIET = 10 ** (-4.5 / 10)  # energy of two channels' mean beside the louder's below which it is raised


class Mix:
    """Turns blocks of one kind of channels into one channel, and learns from them whether the way was a good one.

    names: C names of channels ("FL", "FC", ... or "NONE"); weights: float32 (C,), or those of ITU-R BS.775 for the
    names; energy: float64 (C, C), the covariance of all blocks, each about its own mean, so that a constant counts
    for nothing; strange: how many samples were no numbers.
    """

    def __init__(self, names: tuple, weights: np.ndarray | None = None):
        self.names = names
        self.given = weights is not None
        self.weights = base_weights(names) if weights is None else weights
        self.energy = np.zeros((len(names), len(names)))
        self.strange = 0

    def add(self, block: np.ndarray) -> np.ndarray:
        """A block float32 (N, C) -> its mix float32 (N,)."""
        flat = block.ravel()
        with np.errstate(all="ignore"):
            numbers = np.isfinite(flat @ flat)  # the quickest way to see whether every sample is one
        if not numbers:
            block = self._cleaned(block)
        if len(self.names) == 1:
            return block[:, 0]
        about = block - np.ones(len(block), np.float32) @ block / len(block)
        self.energy += about.T @ about
        if len(self.names) == 2 and not self.given:
            return (block[:, 0] + block[:, 1]) / 2
        return block @ self.weights

    def _cleaned(self, block: np.ndarray) -> np.ndarray:
        self.strange += int(np.count_nonzero(~np.isfinite(block)))
        return np.clip(np.nan_to_num(block, posinf=0.0, neginf=0.0), -LARGEST, LARGEST)

    def better(self) -> np.ndarray | None:
        """Weights (C,) that lose less of what was heard, None if these are good: to be used in a second reading."""
        loudness = np.diag(self.energy)
        if self.given or len(self.names) == 1 or not loudness.max() > 0:
            return None
        if loudness[self.weights > 0].max() < UNHEARD * loudness.max():
            return np.eye(len(self.names), dtype=np.float32)[loudness.argmax()]
        weighted = self.energy * np.outer(self.weights, self.weights)  # (C, C)
        if weighted.sum() >= CANCELS * np.trace(weighted):
            return None
        # The direction in which the channels move together says which of them are turned over.
        main = np.linalg.eigh(weighted)[1][:, -1]
        signs = np.where(main * main[np.abs(main).argmax()] < 0, -1, 1)
        return (self.weights * signs).astype(np.float32)

    def gain(self) -> float:
        """What the mix has to be multiplied by to be as loud as the loudest channel; never below 1."""
        loudest = np.diag(self.energy).max()
        mixed = float(self.weights @ self.energy @ self.weights)
        if len(self.names) == 1 or not loudest > 0 or not mixed > 1e-9 * loudest:
            return 1.0
        if len(self.names) == 2 and mixed >= QUIET * loudest:
            return 1.0  # ordinary stereo is the mean of its two channels
        return max(1.0, math.sqrt(loudest / mixed))


def base_weights(names: tuple) -> np.ndarray:
    """Weights float32 (C,) that add up to 1: by ITU-R BS.775 for named channels, equal for others and for pairs."""
    if len(names) > 2 and any(name in ("FL", "FC") for name in names):
        raw = [CENTRE if name == "FC" else FRONT if name in FRONTS else LOW if name in LOWS else SIDE
               for name in names]
    else:
        raw = [1.0] * len(names)
    weights = np.asarray(raw, np.float32)
    return weights / weights.sum() if weights.sum() > 0 else np.full(len(names), 1 / len(names), np.float32)
