"""Frames out of a video file's packets: what does not decode is left out and counted, and an early end is noticed."""

from .. import errors

# Containers whose header says how long the film is; elsewhere FFmpeg guesses it by the size of the file.
TOLD_LENGTH = {"mov", "matroska", "avi"}
EARLY = 0.5  # seconds by which a film may end before its header says so
DELAY = 40  # packets that a decoder with many threads holds back at most
HIDDEN_FRAMES = {"vp8"}  # codecs with packets that show nothing


class _Trouble(Exception):
    """A packet did not decode."""


def first_frame(container, stream, path):
    """The first frame that decodes. Raises `errors.VideoError` where none does, MemoryError where that is why."""
    troubles = []
    frame = next(_careful(container, stream, _Ends(container), troubles), None)
    if frame is None:
        raise _nothing(troubles, path)
    return frame


def _nothing(troubles: list, path) -> Exception:
    """What to raise where no frame decodes."""
    if any(isinstance(trouble, MemoryError) for trouble in troubles):
        return MemoryError()
    return errors.VideoError(f"{path} holds no frame that decodes: copy or download it again, or give another video")


def decoded(opened, path, words: list):
    """All frames of a film that decode, in order of time.

    Decoders with several threads lose good frames beside a bad one. So at the first trouble the file is read again
    from its start with one thread, and goes on behind the frames that were delivered.

    Args:
        opened: a function whose context manager gives (container, stream). path: for messages.
        words: gets one for frames that are left out, one for a file that ends early.
    """
    delivered = 0
    with opened() as (container, stream):
        stream.thread_type = "AUTO"
        ends = _Ends(container)
        try:
            for frame in _quick(container, stream, ends):
                yield frame
                delivered += 1
            words += ends.words()
            return
        except _Trouble:
            pass
    with opened() as (container, stream):
        ends, lost, number = _Ends(container), [], 0
        for number, frame in enumerate(_careful(container, stream, ends, lost), start=1):
            if number > delivered:
                yield frame
        if not number:
            raise _nothing(lost, path)
        if lost:
            words.append(f"{len(lost)} of {number + len(lost)} frames do not decode and are left out")
        words += ends.words()


def _quick(container, stream, ends):
    """Frames until something is wrong, by as many threads as FFmpeg likes. Raises `_Trouble`."""
    import av

    due = 0  # packets that have not become frames yet
    try:
        for packet in container.demux():
            ends.see(packet)
            if packet.stream is not stream:  # a flushing packet has no index of its own
                continue
            last = not packet.size
            due += not last
            for frame in packet.decode():
                if frame.is_corrupt:
                    raise _Trouble
                due -= 1
                yield frame
            if last and 0 < due <= DELAY and stream.codec_context.name not in HIDDEN_FRAMES:
                raise _Trouble
    except (av.FFmpegError, OSError, MemoryError):  # the careful way finds out what it is
        raise _Trouble from None


def _careful(container, stream, ends, lost: list):
    """The frames that decode whole; `lost` gets what was wrong with each that does not."""
    import av

    packets = container.demux()
    while True:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, OSError, MemoryError) as problem:  # no further: what there is until here counts
            lost.append(problem)
            return
        if packet is None:
            return
        ends.see(packet)
        if packet.stream is not stream:  # a flushing packet has no index of its own
            continue
        try:
            frames = packet.decode()
        except EOFError:
            return
        except (av.FFmpegError, OSError, MemoryError) as problem:
            lost.append(problem)
            continue
        for frame in frames:
            if frame.is_corrupt:
                lost.append(frame.pts)
            else:
                yield frame


class _Ends:
    """Whether the packets of a file, of all its streams, reach as far as its header says."""

    def __init__(self, container):
        self.told = None  # seconds
        if container.duration and TOLD_LENGTH & set(container.format.name.split(",")):
            self.told = container.duration / 1e6
        for stream in container.streams.video if container.format.name == "avi" else ():
            if stream.frames and stream.average_rate:  # FFmpeg shortens the duration where the file is cut
                self.told = max(self.told or 0, float(stream.frames / stream.average_rate))
        self.start = (container.start_time or 0) / 1e6
        self.latest = {}  # time base -> end of the packet that reaches furthest, in its units

    def see(self, packet) -> None:
        stamp = packet.dts if packet.pts is None else packet.pts
        if stamp is not None:
            end, base = stamp + (packet.duration or 0), packet.time_base
            self.latest[base] = max(self.latest.get(base, end), end)

    def words(self) -> list:
        reached = max((float(end * base) for base, end in self.latest.items() if base), default=0.0) - self.start
        if self.told is None or reached >= self.told - EARLY:
            return []
        return [f"the file ends early, {max(reached, 0):.1f} of {self.told:.1f} s are there"]
