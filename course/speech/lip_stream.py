"""Lips while the sound arrives: chunks of any length in, lips 50 times a second out, the same as of the whole.

What must be remembered from chunk to chunk: half a window of sound, how loud it was, and what the network's layers saw.
"""

import numbers

import numpy as np

from .. import errors
from ..io import sound
from . import hearing, levelling, lips, visemes

HOP, HALF = 160, 256  # samples, of the mel spectrogram: from frame to frame, and half a window
BEFORE = 2  # whole frames that reach back as far as half a window


class LipStream:
    """Lips of a sound of which only the past is known.

        stream = LipStream()
        for chunk in chunks:  # 20 ms, say
            show(stream.feed(chunk))  # (T, C) at 50 a second
        show(stream.finish())

    Row k of everything that came out is about the moment k / 50 s, and comes once `lips.LOOK_AHEAD` seconds more are
    heard.
    """

    def __init__(self, network=None, level: levelling.Level | None = None, reading: lips.Reading | None = None,
                 hold: float = 1 / lips.RATE):
        """network: a `VisemeNet`, the shipped one by default; level: how loud and of what colour the sound is, if that
        is known (`levelling.of_whole`); hold: seconds that a frame of the film lasts, at most 1; lips that close stay
        shut for so long. Raises `errors.CourseError`: another hold; `errors.WeightsError`: no network."""
        if not (isinstance(hold, numbers.Real) and 0 < hold <= 1):
            raise errors.CourseError(f"hold is the seconds that a frame lasts, above 0 and at most 1, not {hold!r}")
        network = network or lips.network_at_work()
        self.listener = lips.Listener(network, level or levelling.usual(np.asarray(network.usual)))
        self.reading, self.hold = reading or lips.Reading(), hold
        self.gates = np.zeros((lips.moments_of(hold) ** 2, len(visemes.GATED)))  # of the moments before
        self.samples = np.zeros(BEFORE * HOP, np.float32)  # from half a window before the next frame's middle
        self.bands = np.zeros((hearing.N_MELS, 0), np.float32)  # a frame that waits for its second
        self.skip = lips.WAIT  # answers about the time before the sound

    def feed(self, samples) -> np.ndarray:
        """The next samples (N,) at 16 kHz -> lips of the moments that can now be told, float32 (T, C).

        Raises:
            errors.AudioError: not one row of finite samples.
        """
        try:
            samples = np.asarray(samples, np.float32)
        except (TypeError, ValueError):
            samples = np.full(1, np.nan)  # no numbers at all
        if samples.ndim != 1 or not np.isfinite(samples).all():
            what = "holds what is no finite number" if samples.ndim == 1 else f"has the shape {samples.shape}"
            raise errors.AudioError(f"a chunk must be one row of finite samples at {sound.SAMPLE_RATE} Hz; this {what}")
        self.samples = np.concatenate([self.samples, samples])
        count = max(0, (len(self.samples) - HALF) // HOP + 1 - BEFORE)  # frames whose window is full
        bands = hearing.mel_bands(self.samples)[:, BEFORE : BEFORE + count]
        self.samples = self.samples[count * HOP :]
        return self._lips(bands)

    def finish(self) -> np.ndarray:
        """The sound has ended: the lips of its last moments, float32 (T, C)."""
        first = self.feed(np.zeros(HALF, np.float32))
        missing = 2 * lips.WAIT + self.bands.shape[1] % 2
        return np.concatenate([first, self._lips(np.full((hearing.N_MELS, missing), lips.SILENCE, np.float32))])

    def _lips(self, bands) -> np.ndarray:
        bands = np.concatenate([self.bands, bands], axis=1)
        even = bands.shape[1] // 2 * 2
        self.bands = bands[:, even:]
        if even == 0:
            return np.zeros((0, len(visemes.LIP_CHANNELS)), np.float32)
        said = self.listener.hear(bands[:, :even]).since(self.skip)
        self.skip = max(0, self.skip - even // 2)
        curves, gates = lips.read(said, self.reading)
        gates = np.concatenate([self.gates, gates])
        self.gates = gates[len(gates) - len(self.gates) :]
        held = lips.held(gates, self.hold)[len(gates) - len(curves) :]
        return lips.gated(curves, held).astype(np.float32)
