"""Sound to lips: a small network names the viseme of every moment, and visemes blend as they do for text.

The network sees log-mel bands, levelled so that loudness, microphone and room matter little, and gives the
probability of each viseme 50 times a second. A stack of dilated convolutions (van den Oord et al., "WaveNet",
2016, but looking both ways: a recording is there as a whole) covers 0.6 s on both sides. What is learned is
only which sound it is; how a sound looks stays in `speech/visemes.py`, where it can be read and tuned.
"""

import functools
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ..io import weights
from . import hearing, visemes

WEIGHTS = "speech.safetensors"
FEATURES = hearing.N_MELS + 1  # the bands, and how loud the whole frame is
RATE = 50  # frames a second of the network; its input has 100
DYNAMIC_RANGE = 60.0  # dB below the loud parts; what is quieter is floor
SPEECH_RANGE = 25.0  # dB; frames this near to the loud parts count as speech when the bands are levelled


@dataclass
class Settings:
    """Size of the network."""

    width: int = 96
    kernel: int = 3
    dilations: tuple = (1, 2, 4, 8, 1, 2, 4, 8)
    dropout: float = 0.1


class _Block(nn.Module):
    def __init__(self, settings: Settings, dilation: int):
        super().__init__()
        width, kernel = settings.width, settings.kernel
        self.wide = nn.Conv1d(width, width, kernel, padding=dilation * (kernel - 1) // 2, dilation=dilation)
        self.norm = nn.BatchNorm1d(width)
        self.mix = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, x):
        """(N, width, T) -> the same."""
        return x + self.dropout(self.mix(torch.relu(self.norm(self.wide(x)))))


class VisemeNet(nn.Module):
    """Features (N, 81, T) at 100 frames/s -> viseme logits (N, V, ceil(T / 2)) at 50 frames/s."""

    def __init__(self, settings: Settings | None = None):
        super().__init__()
        settings = settings or Settings()
        self.entry = nn.Conv1d(FEATURES, settings.width, 5, stride=2, padding=2)
        self.blocks = nn.Sequential(*[_Block(settings, dilation) for dilation in settings.dilations])
        self.norm = nn.BatchNorm1d(settings.width)
        self.head = nn.Conv1d(settings.width, len(visemes.VISEME_NAMES), 1)

    def forward(self, features):
        """(N, 81, T) -> logits (N, V, ceil(T / 2))."""
        x = self.blocks(self.entry(features))  # (N, width, T / 2)
        return self.head(torch.relu(self.norm(x)))


def features(samples, sample_rate: int | None = None) -> np.ndarray:
    """What the network gets to hear: samples (N,) and their rate in Hz, or a `Heard` -> float32 (81, T), 100 frames a
    second. Raises `errors.AudioError` as `hearing.hear`."""
    heard = hearing.hear(samples, sample_rate)
    return levelled(heard.bands, heard.loudness)


def levelled(bands: np.ndarray, loudness: np.ndarray | None = None) -> np.ndarray:
    """Mel bands in dB (80, T) -> features (81, T) in which gain and microphone no longer show.

    loudness: (T,), of whole frames in dB, if it is known already.
    """
    loudness = hearing.frame_loudness(bands) if loudness is None else loudness
    reference = np.percentile(loudness, 95)
    bands = np.maximum(bands - reference, -DYNAMIC_RANGE)
    speaking = loudness > reference - SPEECH_RANGE
    bands = bands - bands[:, speaking].mean(axis=1, keepdims=True)  # the mean of a band is the microphone's
    energy = np.clip(loudness - reference, -DYNAMIC_RANGE, 10)
    return (np.concatenate([bands, energy[None]]) / 20).astype(np.float32)


@functools.lru_cache(maxsize=1)
def load_network() -> VisemeNet:
    """The shipped network, ready to use. Raises `errors.WeightsError`."""
    return weights.fill(VisemeNet(), weights.load_tensors(WEIGHTS), WEIGHTS)


def viseme_probabilities(samples, sample_rate: int | None = None, network: VisemeNet | None = None) -> np.ndarray:
    """Probability of each viseme, float32 (T, V), at `RATE` frames a second; frame k is at k / RATE seconds.

    Args:
        samples: (N,) mono, or a `Heard`; sample_rate: Hz; network: the shipped one by default.
    Raises:
        errors.AudioError: as `hearing.hear`; errors.WeightsError: no network.
    """
    network = network or load_network()
    seen = torch.from_numpy(features(samples, sample_rate))  # (81, T)
    piece, margin = 6000, 200  # frames of input: a minute at a time, with all the network sees around it
    found = []
    for first in range(0, seen.shape[1], piece):
        start = max(0, first - margin)
        with torch.inference_mode():
            logits = network(seen[None, :, start : first + piece + margin])[0]  # (V, t)
        skip = (first - start) // 2
        found.append(torch.softmax(logits, dim=0).T[skip : skip + piece // 2])
    return torch.cat(found).numpy()[: (seen.shape[1] + 1) // 2]


@dataclass
class Reading:
    """How probabilities become lips; times in seconds."""

    lead: float = 0.030  # a sound reaches so far ahead of its time, and back; shorter than for text,
    lag: float = 0.022  # because probabilities are soft at their borders already
    round_lead: float = 0.080
    round_lag: float = 0.045
    ahead: float = 0.030  # the lips go this much before the sound
    sure: tuple = (0.30, 0.60)  # probability of m, b, p at which lips begin to close, and are closed
    pause: float = 0.14  # quiet for longer than this is no stop consonant: the mouth closes
    quiet: float = 32.0  # dB below the loud parts
    smooth: float = 0.014  # standard deviation of the last smoothing


def lip_curves(heard: hearing.Heard, times: np.ndarray, hold: float, reading: Reading | None = None,
               network: VisemeNet | None = None) -> np.ndarray:
    """Lips of a recording at the times (T,) in seconds: float32 (T, C), the channels `speech.LIP_CHANNELS`.

    hold: seconds that a frame of the film lasts; lips that close stay shut for so long. Raises `errors.WeightsError`.
    """
    reading = reading or Reading()
    probabilities = viseme_probabilities(heard, network=network)
    loudness = heard.relative_loudness  # (T',)
    fine = np.arange(len(loudness)) / hearing.FRAMES
    at = np.arange(len(probabilities)) / RATE
    probabilities = np.stack([np.interp(fine, at, column) for column in probabilities.T], axis=1)  # (T', V)
    probabilities = close_in_pauses(probabilities, loudness, reading)
    lips = mouth(probabilities, loudness, hold, reading)  # (T', C)
    return np.stack([np.interp(times + reading.ahead, fine, column) for column in lips.T], axis=1).astype(np.float32)


def close_in_pauses(probabilities, loudness, reading: Reading) -> np.ndarray:
    """Certain silence wherever the sound stays quiet longer than a stop consonant: (T, V) -> (T, V)."""
    from scipy.ndimage import binary_opening

    width = max(1, round(reading.pause * 100))
    silent = binary_opening(loudness < -reading.quiet, np.ones(width, bool))
    silence = np.eye(len(visemes.VISEME_NAMES))[visemes.VISEME_NAMES.index("sil")]
    return np.where(silent[:, None], silence, probabilities)


def mouth(probabilities, loudness, hold: float, reading: Reading) -> np.ndarray:
    """Probabilities (T, V) and loudness (T,) at 100 frames/s -> lip channels (T, C), before resampling."""
    from scipy.ndimage import gaussian_filter1d, maximum_filter1d

    shapes = np.stack([visemes.target(name) for name in visemes.VISEME_NAMES])  # (V, C)
    values = np.zeros((len(probabilities), len(visemes.LIP_CHANNELS)))
    for group, columns in enumerate(visemes.group_columns()):
        lead, lag = (reading.round_lead, reading.round_lag) if group == 1 else (reading.lead, reading.lag)
        rule = np.array([visemes.RULE[name][group] for name in visemes.VISEME_NAMES])
        # F(t) = sum_v D_v(t) T_v / sum_v D_v(t),  D_v = alpha_v (p_v convolved with the fading of dominance)
        dominance = rule * spread(probabilities, lead, lag)  # (T, V)
        values[:, columns] = dominance @ shapes[:, columns] / (dominance.sum(axis=1, keepdims=True) + 1e-9)
    louder = np.clip(1.0 + (gaussian_filter1d(loudness, 6) + 8) / 45, 0.7, 1.15)
    values[:, visemes.opening_columns()] *= louder[:, None]
    values = gaussian_filter1d(values, reading.smooth * 100, axis=0, mode="nearest")
    low, high = reading.sure
    for name, ramp in (("FF", 0.06), ("PP", 0.055)):
        gate = np.clip((probabilities[:, visemes.VISEME_NAMES.index(name)] - low) / (high - low), 0, 1)
        gate = maximum_filter1d(gate, 2 * int(np.ceil(hold * 50)) + 1)  # one frame of the film sees it closed
        gate = gaussian_filter1d(gate, ramp * 100 / 3)
        values = visemes.shut(values, gate, name)
    return values


def spread(probabilities, lead: float, lag: float) -> np.ndarray:
    """Each moment reaches ahead of its time by about `lead` and behind by `lag` seconds: (T, V) -> (T, V)."""
    from scipy.ndimage import convolve1d

    offsets = np.arange(-40, 41) / 100
    # the weight of a sound at t + offset in the mouth of t
    kernel = np.where(offsets > 0, np.exp(-offsets / lead), np.exp(offsets / lag))
    return convolve1d(probabilities, kernel[::-1] / kernel.sum(), axis=0, mode="nearest")
