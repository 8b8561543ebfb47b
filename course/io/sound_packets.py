"""Packets of sound to pieces of one channel at one rate, each with its time; damaged packets are passed over."""

import collections
import ctypes

import numpy as np

from .. import errors
from . import downmix, sound_file

MOST_CHANNELS = 64  # as many as FFmpeg's resampler takes
RATES = (1000, 384_000)  # Hz, lowest and highest that sound is recorded at
# ITU-R BT.1359-1: sound that is early by more than 45 ms, or late by 125, is noticed.
TOLERANCE = 0.04  # seconds by which a frame may be late before what lies between counts as a gap
TOLERANCE_AFTER_DAMAGE = 0.005
LONGEST_GAP = 60.0  # seconds; beyond it the time stamps are taken to be broken
BLOCK = 16_384  # samples that are mixed at once
TRIES = 3  # readings without a packet between them after which the file counts as broken off


class Piece:
    """Sound without a gap and of one kind: `start` in seconds by the file's time stamps, `blocks` of float32 (N,)."""

    def __init__(self, frame, kind: tuple, start: float, mix: downmix.Mix, rate: int):
        import av

        self.start, self.kind, self.mix = start, kind, mix
        self.rate, self.taken = frame.sample_rate, 0
        self.blocks = []
        # Packed, all channels in one plane: PyAV reads beyond the pointers of planar frames with eight or more.
        # FFmpeg's own way to mono makes two equal channels 3 dB louder, which may clip: mixing is ours.
        self.resampler = av.AudioResampler(format="flt", rate=rate, frame_size=BLOCK)

    @property
    def end(self) -> float:
        """When the next frame is due, in seconds."""
        return self.start + self.taken / self.rate

    def add(self, frame) -> None:
        """Take a frame in; None at the end."""
        for packed in self.resampler.resample(frame):
            block = packed.to_ndarray().reshape(-1, len(self.mix.names))  # (N, C)
            self.blocks.append(self.mix.add(block))
        self.taken += frame.samples if frame is not None else 0


class Decoder:
    """One reading of a stream of sound.

    pieces: `Piece`s in order; mixes: {names of the channels: Mix}; bad, bad_seconds: packets that did not decode;
    gaps, gap_seconds: where the time stamps leave sound out; jumps: time stamps that cannot be; broken_off: the file
    could not be read to its end; end: seconds, the latest time stamp of any stream.
    """

    def __init__(self, path, rate: int, longest: float, weights: dict | None = None):
        self.path, self.rate, self.longest, self.weights = path, rate, longest, weights or {}
        self.pieces, self.mixes = [], {}
        self.bad, self.bad_seconds, self.gaps, self.gap_seconds, self.jumps = 0, 0.0, 0, 0.0, 0
        self.broken_off, self.damaged, self.end, self.shift = False, False, 0.0, 0.0
        self.names = ()

    def read(self, container) -> None:
        """Decode the first stream of sound. Raises `errors.AudioError`: none, too long, too many channels, ..."""
        stream, self.names = sound_file.sound_stream(container, self.path)
        ends = collections.defaultdict(int)  # {number of a stream: in its own ticks}
        for packet in self._packets(container):
            if packet.pts is not None:
                ends[packet.stream_index] = max(ends[packet.stream_index], packet.pts + (packet.duration or 0))
            if packet.stream_index == stream.index:
                self._decode(stream, packet)
        self.end = max((float(ends[each.index] * each.time_base) for each in container.streams if each.time_base),
                       default=0.0)
        if self.broken_off:
            self._decode(stream, None)  # what the decoder still holds
        if self.pieces:
            self.pieces[-1].add(None)

    def _packets(self, container):
        """The packets of all streams; goes on behind a place that cannot be read."""
        import av

        failures = 0
        while failures < TRIES:
            try:
                for packet in container.demux():
                    if packet.size:
                        self.bad, failures = self.bad + failures, 0
                    yield packet
                return
            except (av.FFmpegError, OSError, ValueError, MemoryError):
                failures += 1
        self.broken_off = True

    def _decode(self, stream, packet) -> None:
        import av

        try:
            frames = stream.codec_context.decode(packet)
        except EOFError:  # the decoder was emptied before
            return
        except (av.FFmpegError, OSError, ValueError, MemoryError):
            if packet is not None and packet.size:
                self.bad, self.damaged = self.bad + 1, True
                self.bad_seconds += float((packet.duration or 0) * packet.time_base) if packet.time_base else 0.0
            return
        for frame in frames:
            self._take(frame)

    def _take(self, frame) -> None:
        layout = frame.layout
        if "(" in layout.name:
            _never_free(layout)
        if not frame.samples:
            return
        count = layout.nb_channels
        self._check(count, frame.sample_rate)
        kind = (frame.format.name, layout.name, frame.sample_rate)
        last = self.pieces[-1] if self.pieces else None
        start = self._start(frame, last)
        if start is not None or kind != last.kind:
            if last is not None:
                last.add(None)
            names = tuple(channel.name for channel in layout.channels)
            names = self.names if set(names) == {"NONE"} and len(self.names) == count else names
            mix = self.mixes.setdefault(names, downmix.Mix(names, self.weights.get(names)))
            last = Piece(frame, kind, last.end if start is None else start, mix, self.rate)
            self.pieces.append(last)
        last.add(frame)
        self.damaged = False
        if last.end - self.pieces[0].start > self.longest:
            raise errors.AudioError(f"{sound_file.shown(self.path)} holds more than {self.longest / 60:g} minutes of "
                                    "sound: cut out the part that is wanted")

    def _start(self, frame, last) -> float | None:
        """When a new piece begins, in seconds, for the first frame and behind a gap; None if the frame follows on."""
        if last is None:
            return frame.time or 0.0
        if frame.time is None:
            return None
        late = frame.time - self.shift - last.end
        if (TOLERANCE_AFTER_DAMAGE if self.damaged else TOLERANCE) < late <= LONGEST_GAP:
            self.gaps, self.gap_seconds = self.gaps + 1, self.gap_seconds + late
            return frame.time - self.shift
        if abs(late) > TOLERANCE:  # back in time, or far ahead: go on as if the stamps had not jumped
            self.shift, self.jumps = self.shift + late, self.jumps + 1
        return None

    def _check(self, channels: int, rate: int) -> None:
        if 1 <= channels <= MOST_CHANNELS and RATES[0] <= rate <= RATES[1]:
            return
        name = sound_file.shown(self.path)
        if not 1 <= channels <= MOST_CHANNELS:
            raise errors.AudioError(f"{name} has {channels} channels, {MOST_CHANNELS} can be read: save it with fewer")
        raise errors.AudioError(f"{name} says it has {rate} samples a second, {RATES[0]} to {RATES[1]} can be read: "
                                "save it anew")


def lay_out(pieces: list, rate: int, origin: float) -> np.ndarray:
    """Pieces in their places as float32 (N,): silence before and between them; what lies before `origin` is cut."""
    parts, at = [], 0
    for number, piece in enumerate(pieces):
        due = round((piece.start - origin) * rate)
        if number == 0 and due < 0:
            at = due
        elif number == 0 or due - at > TOLERANCE_AFTER_DAMAGE * rate / 2:
            parts.append(np.zeros(max(0, due - at), np.float32))
            at = max(at, due)
        gain = np.float32(piece.mix.gain())
        if gain != 1:
            piece.blocks = [block * gain for block in piece.blocks]
        parts += piece.blocks
        at += sum(map(len, piece.blocks))
    cut = max(0, -round((pieces[0].start - origin) * rate)) if pieces else 0
    return np.concatenate([np.zeros(0, np.float32), *parts])[cut:]


def _never_free(layout) -> None:
    """Keep a channel order for ever: PyAV would free it a second time (see `sound_file.sound_stream`)."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(layout))
