"""Is somebody speaking into the microphone? By Silero's network, which knows a voice from other sounds.

    sound at 16 kHz, 512 samples at a time, and 64 before them -> how sure it is of a voice, 0 to 1

"Silero VAD" (Silero Team, 2020-2026, MIT License): its package, which the extra `live` brings, has the network as an
ONNX file. The package itself, which wants PyTorch, is not imported.
"""

import functools
import importlib.util
from pathlib import Path

import numpy as np

from ...io import onnx_graph
from . import echo, heard

RATE, WINDOW, BEFORE = 16_000, 512, 64  # Hz, samples
SURE, UNSURE = 0.5, 0.35  # a voice; no voice
BEGINS = 3  # windows in a row that must be sure of it: 96 ms
ENDS = 16  # windows without a voice after which it has stopped, 0.5 s
LEAST = -48.0  # dB of full scale that the voice has at least: what is quieter is far away, or an echo
FILE = "data/silero_vad_16k_op15.onnx"


def is_there() -> bool:
    """Whether the network is installed."""
    return _path() is not None


def _path() -> Path | None:
    found = importlib.util.find_spec("silero_vad")
    path = Path(found.submodule_search_locations[0]) / FILE if found and found.submodule_search_locations else None
    return path if path and path.is_file() else None


@functools.lru_cache(maxsize=1)
def _network():
    return onnx_graph.session(_path().read_bytes())


class SileroDetector:
    """Tells when a voice begins and ends, as `detecting.VoiceDetector`.

    speaking: whether somebody speaks now; floor: dB of full scale that a voice has at least.
    """

    def __init__(self):
        self.speaking, self.floor = False, LEAST
        self._resampler, self._rest = heard.Resampler(RATE), np.zeros(0, np.float32)
        self._state, self._before = np.zeros((2, 1, 128), np.float32), np.zeros(BEFORE, np.float32)
        self._voiced = self._quiet = 0
        _network()  # loads it

    def feed(self, samples: np.ndarray, rate: int) -> bool:
        """The next samples, float (N,) in [-1, 1], at `rate` Hz: whether a voice has begun within them."""
        samples = self._resampler.feed(np.asarray(samples, np.float32), rate)
        samples, begun = np.concatenate([self._rest, samples]), False
        whole = len(samples) // WINDOW * WINDOW
        self._rest = samples[whole:]
        for window in samples[:whole].reshape(-1, WINDOW):
            begun |= self._window(window)
        return begun

    def _window(self, window: np.ndarray) -> bool:
        given = np.concatenate([self._before, window])[None]
        found, self._state = _network().run(None, {"input": given, "state": self._state,
                                                   "sr": np.array(RATE, np.int64)})  # fmt: skip
        self._before = window[-BEFORE:]
        share, loud = float(found[0, 0]), echo.level_of(window) > max(LEAST, self.floor)
        self._voiced = self._voiced + 1 if share >= SURE and loud else 0
        self._quiet = self._quiet + 1 if share < UNSURE or not loud else 0
        if self.speaking:
            self.speaking = self._quiet < ENDS
            return False
        self.speaking = self._voiced >= BEGINS
        return self.speaking
