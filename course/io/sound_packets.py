"""Packets of sound to pieces of one channel at one rate, each with its time; damaged packets are passed over."""

import collections
import ctypes

import numpy as np

from .. import errors
from . import downmix, sound_file

MOST_CHANNELS = 64  # as many as FFmpeg's resampler takes
RATES = (1000, 384_000)  # Hz, lowest and highest that sound is recorded at
# Time stamps waver. ITU-R BT.1359-1: sound that is early by more than 45 ms, or late by 125, is noticed. A frame that
# is late by less than that is so for a packet that is missing only if it is late by about the length of one.
TOLERANCE = 0.04  # seconds
OF_A_FRAME = 0.75
LEAST = 0.005  # seconds; some kinds of file round to milliseconds
LONGEST_GAP = 60.0  # seconds; beyond it the time stamps are taken to be broken
MOST_GAPS = 2000  # recordings of calls have hundreds; more are time stamps that cannot be
BLOCK = 16_384  # samples that are mixed at once
TRIES = 3  # readings without a packet between them after which the file counts as broken off


class Piece:
    """Sound without a gap and of one kind: `start` in seconds by the file's time stamps, `blocks` of float32 (N,)."""

    def __init__(self, frame, kind: tuple, start: float, mix: downmix.Mix, rate: int):
        import av

        self.start, self.kind, self.mix = start, kind, mix
        self.rate, self.taken = frame.sample_rate, 0
        self.blocks, self.last = collections.deque(), 0
        # Packed, all channels in one plane: PyAV reads beyond the pointers of planar frames with eight or more.
        # FFmpeg's own way to mono makes two equal channels 3 dB louder, which may clip: mixing is ours.
        self.resampler = av.AudioResampler(format="flt", rate=rate, frame_size=BLOCK)

    @property
    def end(self) -> float:
        """When the next frame is due, in seconds."""
        return self.start + self.taken / self.rate

    def add(self, frame) -> None:
        """Take a frame in; None at the end. Raises what PyAV does where FFmpeg cannot resample it."""
        for packed in self.resampler.resample(frame):
            _keep(packed.layout)
            if not packed.samples:
                continue
            block = packed.to_ndarray().reshape(-1, len(self.mix.names))  # (N, C)
            self.blocks.append(self.mix.add(block))
        if frame is not None:
            self.taken, self.last = self.taken + frame.samples, frame.samples


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
        self.broken_off, self.damaged, self.end = False, False, 0.0
        self.shift, self.silence = 0.0, 0.0

    def read(self, container) -> None:
        """Decode the first stream of sound. Raises `errors.AudioError`: none, too long, too many channels, ..."""
        stream = sound_file.sound_stream(container, self.path)
        ends = collections.defaultdict(int)  # {number of a stream: in its own ticks}
        for packet in self._packets(container):
            if packet.pts is not None:
                ends[packet.stream_index] = max(ends[packet.stream_index], packet.pts + (packet.duration or 0))
            if packet.stream_index == stream.index:
                self._decode(stream, packet)
        self.end = max((float(ends[each.index] * each.time_base) for each in container.streams if each.time_base),
                       default=0.0)
        self._decode(stream, None)  # what the decoder still holds
        self._finish()

    def _finish(self) -> None:
        """Let the last piece give out what it still holds."""
        import av

        try:
            if self.pieces:
                self.pieces[-1].add(None)
        except (av.FFmpegError, OSError, ValueError, MemoryError):
            self.bad += 1

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
            except IndexError:  # PyAV, at the end of a file in which one more stream turned up on the way
                return
            except (av.FFmpegError, OSError, ValueError, MemoryError):
                failures += 1
        self.broken_off = True

    def _decode(self, stream, packet) -> None:
        import av

        try:
            frames = stream.codec_context.decode(packet)
            for frame in frames:
                _keep(frame.layout)
            for frame in frames:
                self._take(frame)
        except EOFError:  # the decoder was emptied before
            return
        except (av.FFmpegError, OSError, ValueError, MemoryError):
            if packet is not None and packet.size:
                self.bad, self.damaged = self.bad + 1, True
                self.bad_seconds += float((packet.duration or 0) * packet.time_base) if packet.time_base else 0.0

    def _take(self, frame) -> None:
        if not frame.samples:
            return
        layout = frame.layout
        self._check(layout.nb_channels, frame.sample_rate)
        kind = (frame.format.name, layout.name, frame.sample_rate)
        last = self.pieces[-1] if self.pieces else None
        start = self._start(frame, last)
        if start is not None or kind != last.kind:
            self._finish()
            names = tuple(channel.name for channel in layout.channels)
            if names not in self.mixes:
                self.mixes[names] = downmix.Mix(names, self.weights.get(names))
            last = Piece(frame, kind, last.end if start is None else start, self.mixes[names], self.rate)
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
        gap = LEAST if self.damaged else max(2 * LEAST, min(TOLERANCE, OF_A_FRAME * last.last / last.rate))
        follow = gap < late <= LONGEST_GAP or -self.silence <= late < -gap  # silence, or less than was taken before
        if follow and len(self.pieces) < MOST_GAPS:
            self.gaps += 1 if late > 0 else -1
            self.gap_seconds, self.silence = self.gap_seconds + late, max(0.0, self.silence + late)
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
    """Pieces in their places as float32 (N,): silence before and between them; what lies before `origin` is cut.

    The pieces are used up.
    """
    places = _places(pieces, rate, origin)
    end = places[-1] + sum(map(len, pieces[-1].blocks))
    samples = np.zeros(max(0, end), np.float32)
    for piece, at in zip(pieces, places):
        gain = np.float32(piece.mix.gain())
        while piece.blocks:  # let go of one after the other: a long sound is not held twice
            block = piece.blocks.popleft()
            stop = at + len(block)
            if stop > 0:
                samples[max(0, at):stop] = block[max(0, -at):] * gain
            at = stop
    return samples


def _places(pieces: list, rate: int, origin: float) -> list:
    """Where each piece begins, in samples after `origin`: in its time, but never before the one before it ends."""
    places, end, silence = [], 0, 0
    for piece in pieces:
        due = round((piece.start - origin) * rate)
        if not places:
            end = due
        elif due - end > LEAST * rate / 2:
            silence, end = due - end, due
        elif end - due > LEAST * rate / 2:  # the one before came late: some of the silence before it was none
            spare = min(end - due, silence)
            places[-1], end, silence = places[-1] - spare, end - spare, 0
        places.append(end)
        end += sum(map(len, piece.blocks))
    return places


def _keep(layout) -> None:
    """Keep a frame's channel order for ever where PyAV (up to 18) would free it a second time, and the process die.

    It does so with an order that FFmpeg has no name for, "2 channels (FR+FL)" or "2 channels (FC+FC)", which
    QuickTime and Core Audio files have, and some AAC. What is kept are some 100 bytes a frame of such a file.
    """
    if " channels (" in layout.name:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(layout))
