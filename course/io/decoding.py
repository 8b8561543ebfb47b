"""Video files in: one frame at a time, upright, at an even rate. Memory does not grow with length."""

import contextlib
import logging
import math
import numbers
from dataclasses import dataclass
from pathlib import Path

from .. import errors, images, paths
from . import frame_pixels, frame_times, packets

# FFmpeg's names of what is read. Not among them: single pictures, text drawn as a screen, devices, lists that name
# other files or addresses, and what nobody records in any more.
FORMATS = "mov,matroska,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,ivf,mjpeg,ogg,asf,gif,apng,mxf,dv,yuv4mpegpipe"
MOST_FPS = 1000
LEAST_SIDE = 16  # pixels
SLOW, LONG = 5.0, 600.0  # frames a second and seconds: a film slower and longer is no film of a face
LATE_START = 10.0  # seconds by which a film's first frame may come after its stream begins


@dataclass(frozen=True)
class VideoInfo:
    """What a video file holds.

    fps: mean frames a second; frames: how many (from the header, or else duration times fps);
    size: (width, height) as seen, in square pixels and turned; duration: seconds; has_audio: whether there is sound.
    """

    fps: float
    frames: int
    size: tuple
    duration: float
    has_audio: bool


@dataclass(frozen=True)
class _Survey:
    """What has to be known before a film is read: start in seconds on the file's clock, words on what is unusual."""

    info: VideoInfo
    view: frame_pixels.View
    start: float
    words: tuple


def probe(path) -> VideoInfo:
    """Look into a video file without reading it whole.

    Raises:
        errors.VideoError: no such file, not a video, no picture in it, cut short.
    """
    return _survey(paths.given(path, errors.VideoError, "a video")).info


def read_frames(path, fps: float | None = None, max_side: int | None = None):
    """The frames of a video file, one after the other, as players show them: upright, with square pixels, in sRGB.

    Frames that do not decode are left out. What was left out, mended or ignored is said in one line of the log when
    the reading ends.

    Args:
        path: a video file.
        fps: frames a second to deliver, each the one that a player shows at its time, so a film of uneven rate
            becomes even. None delivers the frames as they are stored.
        max_side: pixels; larger frames are scaled down so that their longer side is this.
    Returns:
        a generator of uint8 (H, W, 3), RGB, all of one size. The file is looked at when this is called, not at the
        first frame.
    Raises:
        errors.VideoError: as `probe`; a rate or side that is no number or out of bounds.
    """
    if fps is not None:
        _check_number(fps, 0, MOST_FPS, "frames a second")
    if max_side is not None:
        _check_number(max_side, LEAST_SIDE - 1, math.inf, "the longer side of a frame in pixels")
    path = paths.given(path, errors.VideoError, "a video")
    survey = _survey(path)
    info = survey.info
    if fps is not None and info.fps < SLOW and info.duration > LONG:  # a wrong header: hours of standing pictures
        raise errors.VideoError(f"{path} shows {info.fps:.3g} frames a second for {info.duration / 60:.0f} minutes: "
                                "give a film of a face; if its header is wrong, convert it with ffmpeg -r 25 -i")
    return _read(path, survey, fps, max_side)


def _check_number(value, above: float, most: float, what: str) -> None:
    known = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not known or not above < value <= most:
        limits = f"above {above}" + (f" and at most {most}" if math.isfinite(most) else "")
        raise errors.VideoError(f"{what} must be a number {limits}, not {value!r}")


def _read(path: Path, survey: _Survey, fps: float | None, max_side: int | None):
    words = list(survey.words)
    frames = packets.decoded(lambda: _opened(path), path, words)
    if fps is not None:
        frames = frame_times.even(frames, survey.info.fps, float(fps), survey.start, words)
    last, pixels = None, None
    try:
        for frame in frames:
            if frame is not last:  # a frame shown twice is converted once
                last, pixels = frame, frame_pixels.pixels(frame, survey.view, max_side)
            yield pixels
    except MemoryError:
        raise errors.VideoError(f"{path} needs more memory than there is: scale it down") from None
    finally:
        if words:
            logging.getLogger("course").warning("%s: %s", path, "; ".join(dict.fromkeys(words)))


def _survey(path) -> _Survey:
    path = paths.filled_file(path, errors.VideoError, "a video")
    try:
        with _opened(path) as (container, stream):
            if "mov" in container.format.name.split(","):
                _check_whole(stream, path)
            first = packets.first_frame(container, stream, path)
            view, words = frame_pixels.view_of(stream, first)
            _check_size(*view.size, path)
            fps, more = frame_times.mean_rate(container, stream)
            seconds = _seconds(container, stream)
            frames = stream.frames or round(seconds * fps) or 1
            info = VideoInfo(fps, frames, view.seen_size, seconds or frames / fps, bool(container.streams.audio))
            return _Survey(info, view, _start(stream, first), (*words, *more))
    except MemoryError:
        raise errors.VideoError(f"{path} needs more memory than there is: scale it down") from None


@contextlib.contextmanager
def _opened(path: Path):
    """The container of a video file and the stream of its picture."""
    import av

    # Nothing but files, nothing through the network, and no list of other files; "10:30.mp4" is no address.
    limits = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
    try:
        container = av.open(f"file:{path.absolute()}", options=limits)
    except MemoryError:
        raise
    except (av.FFmpegError, OSError, ValueError) as problem:
        why = "no film" if isinstance(problem, ValueError) else getattr(problem, "strerror", None) or problem
        raise errors.VideoError(f"{path} is not a video that can be read ({why}): "
                                "give an MP4, MOV, MKV or WebM file") from None
    with container:
        yield container, _video_stream(container, path)


def _video_stream(container, path: Path):
    streams = [s for s in container.streams.video if s.codec_context is not None and not _is_cover(s)]
    if not streams:
        raise errors.VideoError(f"{path} holds no picture: give a video, or use the file as sound")
    _check_size(streams[0].codec_context.width, streams[0].codec_context.height, path)
    return streams[0]


def _check_size(width: int, height: int, path: Path) -> None:
    if max(width, height) > images.MAX_SIDE or width * height > images.MAX_PIXELS:
        raise errors.VideoError(f"the frames of {path} are {width}x{height} px: scale the video down")


def _is_cover(stream) -> bool:
    """Whether a "video stream" is the cover picture of a sound file."""
    disposition = getattr(stream, "disposition", None)  # PyAV 14 and later
    return bool(disposition is not None and getattr(type(disposition), "attached_pic", disposition) & disposition)


def _check_whole(stream, path: Path) -> None:
    """An MP4 says where each frame lies: none may lie beyond the end of the file."""
    size = path.stat().st_size
    missing = sum(entry.pos + entry.size > size for entry in stream.index_entries)
    if missing:
        raise errors.VideoError(f"{path} is cut short ({missing} of {len(stream.index_entries)} frames are missing): "
                                "copy or download it again")


def _seconds(container, stream) -> float:
    """How long the film is by its header, 0 where that says nothing."""
    if stream.duration and stream.duration > 0:
        return float(stream.duration * stream.time_base)
    return max(container.duration or 0, 0) / 1e6


def _start(stream, first) -> float:
    """Seconds on the file's clock at which the film begins: its first frame, or one before that does not decode."""
    shown = first.time or 0.0
    begins = shown if stream.start_time is None else float(stream.start_time * stream.time_base)
    return begins if 0 <= shown - begins <= LATE_START else shown
