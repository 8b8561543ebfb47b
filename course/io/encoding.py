"""Films out, by the ending of their name: one frame at a time, moved to their place when whole."""

import contextlib
import errno
import itertools
import logging
import os
import stat
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from .. import errors, paths
from . import picture_series, pixel_formats
from . import progress as progress_bars

NOTICE = "AI-generated with Living Portraits"  # said in every file: the film is made, not filmed
log = logging.getLogger("course")
BT709 = 1  # ISO/IEC 23091-2: the number of BT.709 as primaries, transfer and matrix


@dataclass(frozen=True)
class Stamp:
    """What a film is given when it is written, beyond its frames.

    mark: a function of the frames a second that gives a function of a frame: called with each in turn, it returns the
    frame as it is written, a watermark in it; words: metadata to add, such as {"comment": "..."}; seal: a function of
    the whole file before it goes to its place, of {"frames", "fps", "width", "height"}, and of its name.
    """

    mark: Callable
    words: dict
    seal: Callable


class Stamped:
    """Frames that are marked as they are taken, one at a time: uint8 (H, W, 3)."""

    def __init__(self, frames, stamp: Stamp, fps: float):
        self.frames, self.stamp, self.fps, self.shape, self.count = frames, stamp, float(fps), (0, 0), 0

    def __iter__(self):
        mark = self.stamp.mark(self.fps)
        for frame in self.frames:
            self.count += 1
            # what is no frame goes on as it is: the writer says so
            whole = isinstance(frame, np.ndarray) and frame.dtype == np.uint8 and frame.shape[2:] in ((3,), (4,))
            self.shape = frame.shape[:2] if whole else (0, 0)
            yield mark(frame) if whole else frame

    def seal(self, path: Path, title: str, frames: int | None = None) -> None:
        """Sign a whole file, in which so many of the frames are: all of them where nothing is said."""
        height, width = self.shape
        film = {"frames": frames or self.count, "fps": self.fps, "width": width, "height": height}
        self.stamp.seal(path, film, title)


@dataclass(frozen=True)
class Format:
    """What a file's ending asks for: encoder names and their settings."""

    video: str
    audio: str | None  # None where the file holds pictures alone
    picture: dict  # settings of the video encoder
    file: dict  # settings of the container
    pixels: str = "yuv420p"
    alpha: "Format | None" = None  # the same for frames with alpha, where it can be kept


# crf: constant quality, lower is better. 18 is where people stop seeing a difference (x264's own guide).
_H264 = {"crf": "18", "preset": "veryfast"}
_VP9 = {"crf": "30", "b:v": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}
_FASTSTART = {"movflags": "+faststart"}  # the index comes first, so a browser plays before it has all
_PRORES = Format("prores_ks", "pcm_s16le", {"profile": "4444"}, {}, "yuva444p10le")
_CLEAR_VP9 = Format("libvpx-vp9", "libopus", {**_VP9, "auto-alt-ref": "0"}, {}, "yuva420p")
_FOREVER = {"loop": "0"}
FORMATS = {
    ".mp4": Format("libx264", "aac", _H264, _FASTSTART),
    ".m4v": Format("libx264", "aac", _H264, _FASTSTART),
    ".mov": Format("libx264", "aac", _H264, _FASTSTART, alpha=_PRORES),
    ".mkv": Format("libx264", "aac", _H264, {}),
    ".webm": Format("libvpx-vp9", "libopus", _VP9, {}, alpha=_CLEAR_VP9),
    ".gif": Format("gif", None, {}, _FOREVER, "pal8"),
    ".webp": Format("libwebp_anim", None, {"quality": "80", "compression_level": "4"}, _FOREVER, "bgra"),
}
SAMPLED = 40  # frames whose colours a GIF takes
FOLDER = "a name without an ending (a folder of PNGs)"


# ITU-T H.264, table A-1 and A.3.1: macroblocks of 16x16 px in a frame, and along a side the root of eight times as many
LEVEL_5_2, LEVEL_6_2 = 36_864, 139_264


def check_size(width: int, height: int) -> None:
    """Whether H.264 knows frames of this size. Raises `errors.VideoError`."""
    if not _within(width, height, LEVEL_6_2):
        raise errors.VideoError(f"a film cannot be {width}x{height} px: H.264 ends at 35 million pixels, and at "
                                "16880 px a side: choose a smaller size")


def plays_anywhere(width: int, height: int) -> bool:
    """Whether players in general show frames of this size: up to level 5.2 of H.264, such as 4096x2304 px."""
    return _within(width, height, LEVEL_5_2)


def _within(width: int, height: int, most: int) -> bool:
    across, down = -(-width // 16), -(-height // 16)
    return across * down <= most and max(across, down) <= (8 * most) ** 0.5


def check_output(path, sources=()) -> Path:
    """Whether a film can be written there; nothing is left behind.

    Args:
        path: where it goes; sources: files that it must not replace, under whatever name.
    Returns:
        the path, `~` expanded.
    Raises:
        errors.OutputError: no known ending, a folder, pipe or device, one of the sources, or no folder that can be
            written or made.
    """
    slash = os.fsdecode(path).endswith(("/", os.sep)) if isinstance(path, (str, bytes)) else False
    path = paths.given(path, errors.OutputError, "the film")
    if slash and path.suffix:
        raise errors.OutputError(f"{paths.shortened(path)}/ is a folder, and {path.suffix} the ending of a file: leave "
                                 "out one of the two")
    dotted = path.suffix or path.name.startswith(".") or path.name.endswith(".")
    if dotted and path.suffix.lower() not in FORMATS:
        raise errors.OutputError(f"{paths.shortened(path)} does not end as a video does: let its name end in "
                                 f"{', '.join(FORMATS)}, or give {FOLDER}")
    longest = max(len(os.fsencode(part)) for part in path.parts)
    if longest > LONGEST_NAME:
        raise errors.OutputError(f"{paths.shortened(path)} has a name of {longest} bytes in it: {LONGEST_NAME} is the "
                                 "most that disks take: choose a shorter one")
    with _told(path):
        _check_what_is_there(path) if path.suffix else picture_series.check(path)
        for source in sources:
            if paths.same_file(source, path):
                raise errors.OutputError(f"{path} is what the film is made from, and would be lost: "
                                         "choose another name")
        place = _place(path)
        folder = next(folder for folder in place.parents if os.path.lexists(folder))  # the nearest that is there
        trial = folder / _beside(place).name
        try:
            trial.touch()
        finally:
            trial.unlink(missing_ok=True)
    return path


LONGEST_NAME = 255  # bytes, on every file system in common use


def _check_what_is_there(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):  # a file in a folder's place shows when the folder is tried
        return
    if stat.S_ISDIR(mode):
        raise errors.OutputError(f"{path} is a folder: name a file in it")
    if not stat.S_ISREG(mode):
        raise errors.OutputError(f"{path} is no regular file, so no film can be written into it: choose another name")
    if not os.access(path, os.W_OK):
        raise errors.OutputError(f"{path} is there and may not be changed: choose another name")


def _place(path: Path) -> Path:
    """Where a file lies that a name leads to: a link stays, and what it points to is written."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path.absolute()


def write_video(path, frames, fps: float = 25, audio=None, sample_rate=None, total=None, progress=False) -> int:
    """Encode frames, and sound with them, into a file.

    The file is written beside its place under a hidden name and moved there when whole: whatever happens,
    `path` holds either what it held before or the whole film. H.264 needs even sides: a picture with an
    odd side gets one more row or column, a copy of its last. Sound is cut, or goes on as silence, so that
    it ends with the picture.

    Args:
        path: ends in one of `FORMATS`, or has no ending: a folder of PNGs and its sound (`picture_series`); folders on
            the way are made. Where a link stands, its target is written.
        frames: iterable of uint8 (H, W, 3), RGB, or (H, W, 4) with alpha, all of one size; taken one at a time. Alpha
            is kept in .webp, .mov, .webm and PNGs, and laid on white elsewhere. `Stamped` ones are marked, and their
            film signed.
        fps: frames a second.
        audio, sample_rate: float32 (N,) in [-1, 1], mono, and its rate in Hz.
        total: how many frames will come, for the progress bar; progress: whether there is one (after 2 s).
    Returns:
        how many frames were written.
    Raises:
        errors.OutputError: unknown ending, a place that cannot be written, a full disk.
        errors.VideoError: no frame, or frames of several sizes; errors.AudioError: sound of a wrong shape.
    """
    path = check_output(path)
    audio = check_audio(audio, sample_rate)
    place = _place(path)
    stamped = frames if isinstance(frames, Stamped) else None
    words = {"title": NOTICE, "comment": NOTICE} | (stamped.stamp.words if stamped else {})
    if not path.suffix:
        with _told(path), _folder_for(place), _bar(path, frames, total, progress) as bar:
            return picture_series.write(place, bar, fps, audio, sample_rate, words, stamped)
    if audio is not None and FORMATS[path.suffix.lower()].audio is None:
        log.warning("%s holds pictures alone: its sound is left out (.mp4 and .webm keep it)", paths.shortened(path))
        audio = None
    part = _beside(place)
    with _told(path), _folder_for(place):
        try:
            with _bar(path, frames, total, progress) as bar:
                count = _encode(part, FORMATS[path.suffix.lower()], bar, fps, audio, sample_rate, words)
            if stamped:
                stamped.seal(part, path.name)
            with open(part, "rb+") as file:
                os.fsync(file.fileno())  # some file systems say only here that the disk is full
            os.replace(part, place)
        finally:  # on an error and on Ctrl-C alike
            part.unlink(missing_ok=True)
    return count


def _bar(path: Path, frames, total, progress: bool):
    return progress_bars.bar(frames, total=total, desc=path.name, unit="frame", disable=not progress)


@contextlib.contextmanager
def _folder_for(path: Path):
    """A context in which the folder of a file is there; if it fails, the folders made for it go again."""
    made = [folder for folder in path.parents if not folder.exists()]  # the innermost first
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in made:
            with contextlib.suppress(OSError):  # somebody put something into it
                folder.rmdir()
        raise


def check_audio(audio, sample_rate):
    """Sound as float32 (N,) within [-1, 1], or None. Raises `errors.AudioError`."""
    if audio is None:
        return None
    audio = np.asarray(audio, dtype=np.float32)
    if audio.ndim != 1 or not np.isfinite(audio).all():
        raise errors.AudioError(f"sound must be numbers of shape (N,), mono; this has shape {audio.shape}")
    if not sample_rate or not 1000 <= sample_rate <= 384_000:
        raise errors.AudioError(f"sound needs its sample rate in Hz, 1000 to 384000; got {sample_rate}")
    return np.clip(audio, -1, 1)


@contextlib.contextmanager
def _told(path: Path):
    """Turn what the file system and ffmpeg say into one line."""
    import av

    try:
        yield
    except (OSError, av.FFmpegError) as problem:
        if problem.errno in (errno.ENOMEM, errno.EAGAIN):  # the encoder gets no memory, or no thread
            raise errors.OutputError(f"{paths.shortened(path)} cannot be written, for there is not enough memory: "
                                     "close other programs, or choose a smaller size") from None
        why = getattr(problem, "strerror", None) or str(problem)
        raise errors.OutputError(f"{paths.shortened(path)} cannot be written ({why}): choose another place or make "
                                 "room") from None


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.stem[:40]}-{uuid.uuid4().hex[:8]}.part{path.suffix.lower()}")


def _encode(part: Path, chosen: Format, frames, fps: float, audio, sample_rate, words: dict) -> int:
    import av

    rate = Fraction(fps).limit_denominator(1001)
    part.touch(exist_ok=False)  # a place that cannot be written shows here, before the first frame is made
    frames, size, clear = _looked_at(frames)
    chosen, lay = (chosen.alpha or chosen, not _keeps_alpha(chosen)) if clear else (chosen, False)
    if lay:
        log.warning("a %s file has no place for what can be seen through: it is laid on white", part.suffix)
    container = av.open(str(part.absolute()), "w", options=chosen.file)
    try:
        container.metadata.update(words)
        picture, sound, count = None, None, 0
        frames, convert = _converter(chosen, frames, rate, lay)
        for count, frame in enumerate(frames, start=1):
            if frame.shape != size or frame.dtype != np.uint8:
                raise errors.VideoError(f"frame {count - 1} is {frame.dtype} {frame.shape}, the first is uint8 {size}: "
                                        "give frames of one size")
            if picture is None:
                picture = _picture_stream(container, chosen, size, rate)
                sound = _Sound(container, chosen, audio, sample_rate) if audio is not None else None
            container.mux(picture.encode(convert(frame, count - 1)))
            if sound:
                sound.write(container, until=count / rate)
        container.mux(picture.encode(None))
        if sound:
            sound.finish(container)
        container.close()  # writes the index, so a full disk can still show here
        return count
    except BaseException:
        with contextlib.suppress(Exception):
            container.close()
        raise


def _looked_at(frames) -> tuple:
    """The frames again, the shape of the first, and whether there is alpha. Raises `errors.VideoError`: none, or no
    picture."""
    frames = (np.asarray(frame) for frame in frames)
    first = next(frames, None)
    if first is None:
        raise errors.VideoError("the clip has no frame: there is nothing to save")
    size = _check_frame(first)
    return itertools.chain([first], frames), size, size[2] == 4


def _keeps_alpha(chosen: Format) -> bool:
    return chosen.alpha is not None or chosen.pixels == "bgra"


def _converter(chosen: Format, frames, rate: Fraction, lay: bool) -> tuple:
    """The frames again, and what makes an encoder's frame of each and its number; lay: alpha on white."""
    if chosen.pixels != "pal8":
        convert = pixel_formats.Converter(chosen.pixels, rate)
    else:
        some = list(itertools.islice(frames, SAMPLED))
        frames = itertools.chain(some, frames)
        convert = pixel_formats.Palette([pixel_formats.laid_on(frame) for frame in some], rate)
    return frames, (lambda frame, number: convert(pixel_formats.laid_on(frame), number)) if lay else convert


def _check_frame(frame: np.ndarray) -> tuple:
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] not in (3, 4) or min(frame.shape[:2]) < 2:
        raise errors.VideoError(f"a frame must be uint8 (H, W, 3); this one is {frame.dtype} {frame.shape}")
    check_size(frame.shape[1], frame.shape[0])
    return frame.shape


def _picture_stream(container, chosen: Format, size: tuple, rate: Fraction):
    stream = container.add_stream(chosen.video, rate=rate, options=dict(chosen.picture))
    height, width = size[:2]
    yuv = chosen.pixels.startswith("yuv")
    stream.width, stream.height = (width + width % 2, height + height % 2) if yuv else (width, height)
    stream.pix_fmt = chosen.pixels
    context = stream.codec_context
    context.time_base = 1 / rate
    if yuv:
        # Said in the file, or else players guess the colours by the size of the picture.
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = 1  # 16 to 235, as players expect of film
    return stream


class _Sound:
    """The sound track, written in step with the picture so that neither has to wait in memory."""

    def __init__(self, container, chosen: Format, audio: np.ndarray, sample_rate):
        import av

        self.audio, self.rate, self.written = audio, int(sample_rate), 0
        known = av.codec.Codec(chosen.audio, "w").audio_rates
        rate = self.rate if not known or self.rate in known else 48_000
        self.stream = container.add_stream(chosen.audio, rate=rate, layout="mono")
        self.stream.bit_rate = min(128_000, 4 * rate)
        # Encoders take one rate and fixed packets: the resampler cuts and converts.
        self.resampler = av.AudioResampler(self.stream.format, "mono", rate, self.stream.frame_size or None)

    def write(self, container, until) -> None:
        """Encode on, up to a time in seconds; silence where the sound has ended."""
        import av

        end = round(until * self.rate)
        piece = np.zeros(end - self.written, np.float32)
        there = self.audio[self.written : end]
        piece[: len(there)] = there
        if not len(piece):
            return
        frame = av.AudioFrame.from_ndarray(piece[None], format="flt", layout="mono")  # (1, n)
        frame.sample_rate, frame.pts, frame.time_base = self.rate, self.written, Fraction(1, self.rate)
        self.written = end
        self._encode(container, self.resampler.resample(frame))

    def finish(self, container) -> None:
        self._encode(container, self.resampler.resample(None))
        container.mux(self.stream.encode(None))

    def _encode(self, container, frames) -> None:
        for frame in frames:
            container.mux(self.stream.encode(frame))
