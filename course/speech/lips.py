"""Sound to lips: a small network hears which sound it is and how the lips stand, as the sound arrives.

`lip_networks.VisemeNet` answers 50 times a second: which viseme, the curves of the lips, and two gates for what must
never be blended away: lips that shut at m, b, p and lip to teeth at f, v. How a sound looks stays in
`speech/visemes.py`: the curves are learned from what it draws for phonemes whose times are known.
"""

import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..io import weights
from . import hearing, levelling, quick_lips, visemes

if TYPE_CHECKING:
    from .lip_networks import VisemeNet

WEIGHTS = quick_lips.WEIGHTS
FEATURES = levelling.FEATURES
RATE = 50  # answers a second; there are two frames of sound for each
WAIT = 2  # answers that the network waits before it speaks about a moment
LOOK_AHEAD = WAIT / RATE + 1 / hearing.FRAMES + 0.016  # seconds of sound after a moment: with the half of a window
PAUSE = 14  # frames of sound, from 80 ms before a moment to 50 ms after: a stop consonant is shorter
SILENCE = -120.0  # dB of a band in which nothing is


@functools.lru_cache(maxsize=1)
def load_network() -> "VisemeNet":
    """The shipped network, ready to use. Raises `errors.WeightsError`."""
    from . import lip_networks

    return weights.fill(lip_networks.VisemeNet(), weights.load_tensors(WEIGHTS), WEIGHTS)


def network_at_work():
    """The shipped network as it hears soonest: without PyTorch, where no student's class stands in its place. Raises
    `errors.WeightsError`."""
    return quick_lips.load() if quick_lips.is_ours() else load_network()


def features(samples, sample_rate: int | None = None) -> np.ndarray:
    """What the network gets to hear: samples (N,) and their rate in Hz, or a `Heard` -> float32 (81, T), 100 frames a
    second. Raises `errors.AudioError` as `hearing.hear`."""
    heard = hearing.hear(samples, sample_rate)
    level = levelling.of_whole(heard.bands, heard.loudness)
    return levelling.levelled(heard.bands, heard.loudness, level)[0]


@dataclass
class Lips:
    """What is heard of T moments, `RATE` a second.

    probabilities: of the visemes (T, V); curves: lip channels (T, C); gates: how surely m, b, p and f, v are heard
    (T, 2); loudest: dB below the loud parts (T,), of the loudest of the `PAUSE` frames around the moment.
    """

    probabilities: np.ndarray
    curves: np.ndarray
    gates: np.ndarray
    loudest: np.ndarray

    def since(self, first: int) -> "Lips":
        """Without the moments before `first`."""
        return Lips(self.probabilities[first:], self.curves[first:], self.gates[first:], self.loudest[first:])


class Listener:
    """Hears a sound piece by piece and remembers what it must.

    network: a `VisemeNet`, or what `network_at_work` gives; level: where levelling begins.
    """

    def __init__(self, network, level: levelling.Level):
        self.network, self.level, self.state = network, level, network.start()
        self.energies = np.full(PAUSE - 2, -levelling.DYNAMIC_RANGE, np.float32)  # of the frames before

    def hear(self, bands: np.ndarray) -> Lips:
        """The next mel bands in dB (80, 2 T), T > 0 -> `Lips` of T answers, the first two of all before the sound."""
        seen, self.level = levelling.levelled(bands, hearing.frame_loudness(bands), self.level)
        found = self._asked(seen)
        energies = np.concatenate([self.energies, levelling.energy_of(seen)])
        self.energies = energies[len(energies) - len(self.energies) :]
        loudest = np.lib.stride_tricks.sliding_window_view(energies, PAUSE)[::2].max(axis=1)
        return Lips(*(part.T for part in found), loudest)

    def _asked(self, seen: np.ndarray) -> tuple:
        """What the network says of features (81, 2 T): probabilities (V, T), curves (C, T), gates (2, T)."""
        if isinstance(self.network, quick_lips.Network):
            return self.network.hear(seen, self.state)
        import torch

        with torch.inference_mode():
            answer = self.network(torch.from_numpy(seen)[None], self.state)
            found = torch.softmax(answer.visemes[0], 0), answer.curves[0], torch.sigmoid(answer.gates[0])
            return tuple(part.numpy() for part in found)


def hear_lips(samples, sample_rate: int | None = None, network: "VisemeNet | None" = None) -> Lips:
    """What is heard of a recording; moment k is at k / RATE seconds. Raises as `viseme_probabilities`."""
    heard = hearing.hear(samples, sample_rate)
    listener = Listener(network or network_at_work(), levelling.of_whole(heard.bands, heard.loudness))
    missing = 2 * WAIT + heard.bands.shape[1] % 2
    bands = np.pad(heard.bands, ((0, 0), (0, missing)), constant_values=SILENCE)
    found = [listener.hear(bands[:, first : first + 6000]) for first in range(0, bands.shape[1], 6000)]
    return Lips(*(np.concatenate([getattr(part, field.name) for part in found])
                  for field in dataclasses.fields(Lips))).since(WAIT)  # fmt: skip


def viseme_probabilities(samples, sample_rate: int | None = None, network: "VisemeNet | None" = None) -> np.ndarray:
    """Probability of each viseme, float32 (T, V), at `RATE` frames a second; frame k is at k / RATE seconds.

    Args:
        samples: (N,) mono, or a `Heard`; sample_rate: Hz; network: the shipped one by default.
    Raises:
        errors.AudioError: as `hearing.hear`; errors.WeightsError: no network.
    """
    return hear_lips(samples, sample_rate, network).probabilities


@dataclass
class Reading:
    """How what is heard becomes lips."""

    sure: tuple = (0.04, 0.08)  # of a touch, where lips begin to close, and are closed
    open: float = 1.2  # the mouth opens so much further than the network, which hedges, has it,
    soft: tuple = (7.0, 13.0)  # and less in what is soft: (first, range), 1 + (dB + first) / range times,
    limits: tuple = (0.1, 1.75)  # within these
    quiet: tuple = (20.0, 28.0)  # dB below the loud parts at which a pause begins to close the mouth, and closes it,
    silent: tuple = (0.2, 0.6)  # where the network, too, hears silence so surely: the end of a word may be as quiet


def lip_curves(heard: hearing.Heard, times: np.ndarray, hold: float, reading: Reading | None = None,
               network: "VisemeNet | None" = None) -> np.ndarray:
    """Lips of a recording at the times (T,) in seconds: float32 (T, C), the channels `speech.LIP_CHANNELS`.

    hold: seconds that a frame of the film lasts; lips that close stay shut for so long. Raises `errors.WeightsError`.
    """
    return curves_of(hear_lips(heard, network=network), times, hold, reading)


def curves_of(said: Lips, times: np.ndarray, hold: float, reading: Reading | None = None) -> np.ndarray:
    """Lips as they were heard, at the times (T,) in seconds: float32 (T, C). hold: as in `lip_curves`."""
    curves, gates = read(said, reading or Reading())
    gates = held(gates, hold)
    moments = np.arange(len(gates)) / RATE
    curves, gates = (np.stack([np.interp(times, moments, column) for column in values.T], axis=1)
                     for values in (curves, gates))
    return gated(curves, gates).astype(np.float32)


def read(said: Lips, reading: Reading) -> tuple:
    """What is heard, as lip channels (T, C), pauses closed, and how far the gates are shut (T, 2), 0 to 1."""
    silence = said.probabilities[:, visemes.VISEME_NAMES.index("sil")]
    speaking = (1 - _ramp(-said.loudest, reading.quiet) * _ramp(silence, reading.silent))[:, None]
    curves = np.clip(said.curves, 0, 1) * speaking
    first, wide = reading.soft
    louder = np.clip(1 + (said.loudest + first) / wide, *reading.limits)
    curves[:, visemes.opening_columns()] *= reading.open * louder[:, None]
    # the network says twice whether lips touch, and both together err less often: p = sqrt(gate viseme)
    touching = np.sqrt(said.gates * said.probabilities[:, [visemes.VISEME_NAMES.index(name) for name in visemes.GATED]])
    return np.clip(curves, 0, 1), _ramp(touching, reading.sure) * speaking


def held(gates: np.ndarray, hold: float) -> np.ndarray:
    """Gates (T, 2) that stay up for at least `hold` seconds, as long as a frame lasts: lips that are heard shut for one
    moment only would else fall between two frames."""
    for k in range(1, moments_of(hold)):  # what is up for k moments is for one more
        behind = np.pad(gates, ((k + 1, 0), (0, 0)))
        up = np.min([behind[d : d + len(gates)] for d in range(1, k + 1)], axis=0)  # in all k moments before
        gates = np.where(up > behind[: len(gates)], np.maximum(gates, up), gates)
    return gates


def moments_of(hold: float) -> int:
    """How many moments a frame of the film lasts, `hold` in seconds."""
    return max(1, int(np.ceil(hold * RATE)))


def _ramp(values, between: tuple) -> np.ndarray:
    low, high = between
    return np.clip((values - low) / (high - low), 0, 1)


def gated(curves: np.ndarray, gates: np.ndarray) -> np.ndarray:
    """Lip channels (T, C) as the gates (T, 2) leave them."""
    touching = visemes.shut(curves, gates[:, 1] * (1 - gates[:, 0]), "FF")
    return visemes.shut(touching, gates[:, 0], "PP")
