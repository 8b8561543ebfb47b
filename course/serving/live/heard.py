"""Sound that comes in small pieces, to be played with its lips: 66 ms after it was heard, for the lips look so far
ahead."""

import threading
from collections import deque

import av
import numpy as np

from ... import errors, settings
from ...face import channels
from ...io import sound
from ...speech import lip_stream, visemes
from . import clock

COLUMNS = [channels.INDEX[name] for name in visemes.LIP_CHANNELS]
LATE = 0.3  # seconds of a live sound that may wait; what is older is left out
MOST = 60.0  # seconds that may wait of a sound that comes faster than it is played
OVER = 0.25  # seconds without a chunk after which a sound has ended
AGAIN = 5.0  # seconds between two lines that say so
LOUDEST = 8.0  # what is above that was not meant to lie in [-1, 1]
RATES = (4_000, 192_000)


class Resampler:
    """Chunks at any rate -> chunks at another, without a seam."""

    def __init__(self, rate: int):
        self._rate, self._from, self._resampler = rate, None, None

    def feed(self, samples: np.ndarray, rate: int) -> np.ndarray:
        """float32 (N,) at `rate` Hz -> float32 (M,); a few samples are held back."""
        if rate == self._rate:
            return samples
        if rate != self._from:
            self._from, self._resampler = rate, av.AudioResampler(format="flt", layout="mono", rate=self._rate)
        if not len(samples):
            return samples
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate = rate
        made = [part.to_ndarray()[0] for part in self._resampler.resample(frame)]
        return np.concatenate(made) if made else np.zeros(0, np.float32)


class Heard:
    """What was heard and not yet played. now: a function that tells the second."""

    def __init__(self, now, tell):
        self._now, self._tell, self._lock = now, tell, threading.RLock()
        self._level, self._live = None, True
        self._last, self._late, self._said = 0.0, 0.0, -AGAIN
        self.clear()
        self._stream.feed(np.zeros(sound.SAMPLE_RATE // 10, np.float32))  # loads what lips need
        self.clear()

    def clear(self) -> None:
        """Forget it all."""
        with self._lock:
            self._to_play, self._to_lips = Resampler(clock.RATE), Resampler(sound.SAMPLE_RATE)
            self._stream = lip_stream.LipStream(level=self._level, hold=1 / clock.FPS)
            self._samples, self._open = np.zeros(0, np.float32), False
            self._lips = deque()  # rows (C,) at 50 a second from the next frame on

    def feed(self, chunk, rate: int, live: bool) -> None:
        """The next piece; see `face.Live.hear`. Raises `errors.AudioError`."""
        samples = checked(chunk, rate)
        with self._lock:
            if not live and len(self._samples) > MOST * clock.RATE:
                raise errors.AudioError(f"{MOST:g} s of sound wait already: send it more slowly")
            self._open, self._live, self._last = True, live, self._now()
            self._samples = np.concatenate([self._samples, self._to_play.feed(samples, int(rate))])
            self._lips.extend(self._stream.feed(self._to_lips.feed(samples, int(rate))))
            if live and len(self._samples) > LATE * clock.RATE:
                self._leave_out()

    def next(self) -> tuple | None:
        """The next frame's sound (`clock.SAMPLES`,) and lips (57,), or None where it is not there yet."""
        with self._lock:
            if self._open and self._now() - self._last > OVER:
                self._end()
            if len(self._samples) < clock.SAMPLES or len(self._lips) < 2:
                return None
            samples, self._samples = self._samples[: clock.SAMPLES], self._samples[clock.SAMPLES :]
            self._lips.popleft()
            values = np.zeros(len(channels.CHANNELS), np.float32)
            values[COLUMNS] = self._lips.popleft()  # 20 ms into the frame, its middle
            return samples, values

    def _leave_out(self) -> None:
        """Go on with the newest frames only."""
        late = max(0, len(self._samples) // clock.SAMPLES - 3)
        late = min(late, len(self._lips) // 2)
        self._samples = self._samples[late * clock.SAMPLES :]
        for _ in range(2 * late):
            self._lips.popleft()
        self._late += late / clock.FPS
        if self._now() - self._said > AGAIN:
            self._tell(f"sound came faster than it is played: {self._late:.2f} s of it are left out")
            self._late, self._said = 0.0, self._now()

    def _end(self) -> None:
        """Nothing more has come: the lips of the last moments, and silence to a whole frame."""
        self._lips.extend(self._stream.finish())
        count = -(-len(self._samples) // clock.SAMPLES)
        self._samples = np.pad(self._samples, (0, count * clock.SAMPLES - len(self._samples)))
        missing = max(0, 2 * count - len(self._lips))
        self._lips.extend(np.zeros((missing, len(COLUMNS)), np.float32))
        # the next sound is most likely of the same person at the same microphone
        self._level, self._open = self._stream.listener.level, False
        waiting = self._samples, self._lips
        self.clear()
        self._samples, self._lips = waiting

    @property
    def waiting(self) -> bool:
        """Whether something is heard and not played: of a microphone, which never ends, more than a moment."""
        return len(self._samples) > (LATE * clock.RATE if self._live else 0)


def checked(chunk, rate) -> np.ndarray:
    """A chunk as float32 (N,) in [-1, 1]. Raises `errors.AudioError`."""
    low, high = RATES
    if isinstance(rate, bool) or not isinstance(rate, (int, np.integer)) or not low <= rate <= high:
        raise errors.AudioError(f"the rate of a sound is a whole number from {low} to {high} Hz, not {rate!r}")
    if isinstance(chunk, (bytes, bytearray, memoryview)):  # 16-bit, as microphones send it
        chunk = np.frombuffer(bytes(chunk)[: len(chunk) // 2 * 2], "<i2")
    try:
        samples = np.asarray(chunk)
    except (TypeError, ValueError):  # a list of unequal rows
        samples = np.zeros((0, 0))
    if samples.ndim == 2 and samples.shape[1] in (1, 2):  # as recorders hand it on: a column for each channel
        samples = samples.mean(axis=1) / (32768 if samples.dtype == np.int16 else 1)
    elif samples.dtype == np.int16:
        samples = samples / np.float32(32768)
    if samples.ndim != 1 or samples.dtype.kind != "f" or not np.isfinite(samples).all():
        raise errors.AudioError("a chunk of sound is one row of finite samples, floats in [-1, 1] or 16-bit whole "
                                f"numbers (int16), not {settings.shown(chunk)}")
    if len(samples) > 10 * rate:
        raise errors.AudioError("a chunk of sound is 10 s long at most: send pieces of 20 ms")
    if len(samples) and np.abs(samples).max() > LOUDEST:
        raise errors.AudioError(f"samples that are floats lie in [-1, 1], these reach {np.abs(samples).max():.4g}: "
                                "divide 16-bit ones by 32768")
    return np.clip(samples, -1, 1).astype(np.float32)
