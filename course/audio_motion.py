"""Sound to lips: a small network names the viseme of every moment, and visemes blend as they do for text.

The network sees log-mel bands, levelled so that loudness, microphone and room matter little, and gives the
probability of each viseme 50 times a second. A stack of dilated convolutions (van den Oord et al., "WaveNet",
2016, but looking both ways: a recording is there as a whole) covers 0.6 s on both sides. What is learned is
only which sound it is; how a sound looks stays in `visemes.py`, where it can be read and tuned.
"""

import functools
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import nn

from . import errors, speech, visemes, weights

WEIGHTS = "speech.safetensors"
N_MELS = 80
FEATURES = N_MELS + 1  # the bands, and how loud the whole frame is
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

    def forward(self, x):  # (N, width, T)
        return x + self.dropout(self.mix(torch.relu(self.norm(self.wide(x)))))


class VisemeNet(nn.Module):
    """Features (N, 81, T) at 100 frames/s -> viseme logits (N, V, ceil(T / 2)) at 50 frames/s."""

    def __init__(self, settings: Settings = None):
        super().__init__()
        settings = settings or Settings()
        self.entry = nn.Conv1d(FEATURES, settings.width, 5, stride=2, padding=2)
        self.blocks = nn.Sequential(*[_Block(settings, dilation) for dilation in settings.dilations])
        self.norm = nn.BatchNorm1d(settings.width)
        self.head = nn.Conv1d(settings.width, len(visemes.VISEME_NAMES), 1)

    def forward(self, features):
        x = self.blocks(self.entry(features))  # (N, width, T / 2)
        return self.head(torch.relu(self.norm(x)))


def features(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """What the network hears: samples (N,) -> float32 (81, T), 100 frames a second."""
    samples = speech.resample(samples, sample_rate, speech.SAMPLE_RATE)
    power = speech.mel_spectrogram(samples, n_mels=N_MELS)  # (80, T)
    return levelled(10 * np.log10(np.maximum(power, 1e-12)))


def levelled(decibels: np.ndarray) -> np.ndarray:
    """Mel bands in dB (80, T) -> features (81, T) in which gain and microphone no longer show."""
    loudness = frame_loudness(decibels)  # (T,)
    reference = np.percentile(loudness, 95)
    bands = np.maximum(decibels - reference, -DYNAMIC_RANGE)
    speaking = loudness > reference - SPEECH_RANGE
    bands = bands - bands[:, speaking].mean(axis=1, keepdims=True)  # the mean of a band is the microphone's
    energy = np.clip(loudness - reference, -DYNAMIC_RANGE, 10)
    return (np.concatenate([bands, energy[None]]) / 20).astype(np.float32)


def frame_loudness(decibels: np.ndarray) -> np.ndarray:
    """Loudness of each frame in dB: bands (80, T) -> (T,)."""
    return 10 * np.log10(np.sum(10 ** (decibels / 10), axis=0) + 1e-12)


@functools.lru_cache(maxsize=1)
def load_network() -> VisemeNet:
    """The shipped network, ready to use. Raises `errors.WeightsError`."""
    network = VisemeNet()
    try:
        network.load_state_dict(weights.load_tensors(WEIGHTS))
    except RuntimeError as problem:
        raise errors.WeightsError(f"{WEIGHTS} does not fit this network ({str(problem).splitlines()[0]}): "
                                  "install the package again") from None
    return network.eval()


def viseme_probabilities(samples: np.ndarray, sample_rate: int, network: VisemeNet = None) -> np.ndarray:
    """Probability of each viseme, float32 (T, V), at `RATE` frames a second; frame k is at k / RATE seconds."""
    network = network or load_network()
    heard = torch.from_numpy(features(samples, sample_rate))[None]
    with torch.inference_mode():
        return torch.softmax(network(heard)[0], dim=0).T.numpy()


def describe() -> dict:
    """The settings of the shipped network, for cards and logs."""
    return asdict(Settings())
