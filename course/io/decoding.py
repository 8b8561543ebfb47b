"""Video files in: one frame at a time, upright, at an even rate. Memory does not grow with length."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from .. import errors, images, paths

LONGEST_GAP = 60.0  # seconds between two frames beyond which the time stamps are taken to be broken
# What ffmpeg would also open: single pictures, text drawn as a screen, lists that name other files.
NO_FILM = ("image2", "tty", "bin", "idf", "xbin", "adf", "concat", "hls", "dash", "concatf", "lavfi")
COLOUR_BT601, COLOUR_BT709 = "ITU601", "ITU709"
TAGGED = {1: COLOUR_BT709, 5: COLOUR_BT601, 6: COLOUR_BT601}  # ISO/IEC 23091-2, matrix coefficients


@dataclass(frozen=True)
class VideoInfo:
    """What a video file holds.

    fps: mean frames a second; frames: how many (from the header, or else duration times fps);
    size: (width, height) as seen, after rotation; duration: seconds; has_audio: whether there is sound.
    """

    fps: float
    frames: int
    size: tuple
    duration: float
    has_audio: bool


def probe(path) -> VideoInfo:
    """Look into a video file without reading it whole.

    Raises:
        errors.VideoError: no such file, not a video, no picture in it, cut short.
    """
    path = paths.regular_file(path, errors.VideoError, "a video")
    with _opened(path) as container:
        stream = _video_stream(container, path)
        _check_whole(stream, path)
        first = next(_frames(container, stream, path))
        width, height = _seen_size(first)
        fps = float(stream.average_rate or stream.guessed_rate or 25)
        seconds = _seconds(container, stream)
        frames = stream.frames or round((seconds or 0) * fps) or 1
        return VideoInfo(fps, frames, (width, height), seconds or frames / fps, bool(container.streams.audio))


def read_frames(path, fps: float | None = None, max_side: int | None = None):
    """The frames of a video file, one after the other, upright.

    Args:
        path: a video file.
        fps: frames a second to deliver; each moment shows the frame nearest to it, so a film of uneven
            rate becomes even. None delivers the frames as they are stored.
        max_side: pixels; larger frames are scaled down so that their longer side is this.
    Returns:
        a generator of uint8 (H, W, 3), RGB. The file is looked at when this is called, not at the first frame.
    Raises:
        errors.VideoError: as `probe`; also while iterating, where a frame does not decode.
    """
    if fps is not None and not fps > 0:
        raise errors.VideoError(f"frames a second must be above 0, not {fps}")
    path = paths.given(path, errors.VideoError, "a video")
    probe(path)
    return _read(path, fps, max_side)


def _read(path: Path, fps: float | None, max_side: int | None):
    with _opened(path) as container:
        stream = _video_stream(container, path)
        stream.thread_type = "AUTO"
        frames = _frames(container, stream, path)
        if fps is not None:
            frames = _even(frames, float(stream.average_rate or 25), float(fps))
        last, pixels = None, None
        for frame in frames:
            if frame is not last:  # a frame shown twice is converted once
                last, pixels = frame, _pixels(frame, max_side)
            yield pixels


def _even(frames, source_fps: float, fps: float):
    """Frames of uneven times -> frames at 0, 1 / fps, 2 / fps, ...: always the one nearest in time."""
    made, shown, now, shift = 0, None, 0.0, 0.0
    for frame in frames:
        if shown is None:
            shown, shift = frame, frame.time or 0.0
            continue
        at = (now + shift + 1 / source_fps if frame.time is None else frame.time) - shift
        if not now < at <= now + LONGEST_GAP:  # broken time stamps: go on as if the film had not jumped
            shift += at - (now + 1 / source_fps)
            at = now + 1 / source_fps
        while made / fps < (now + at) / 2 - 1e-6:
            yield shown
            made += 1
        shown, now = frame, at
    end = now + (_length(shown) or 1 / source_fps)
    while made / fps < end - 1e-3:
        yield shown
        made += 1


def _length(frame) -> float:
    """How long a frame is shown in seconds, 0 where the file does not say."""
    ticks = getattr(frame, "duration", None)
    return float(ticks * frame.time_base) if ticks and frame.time_base else 0.0


def _opened(path: Path):
    import av

    try:
        # A hostile file may be a list that names others: nothing but files, and nothing through the network.
        container = av.open(str(path.absolute()), options={"protocol_whitelist": "file"})
    except (av.FFmpegError, OSError, ValueError) as problem:
        raise errors.VideoError(f"{path} is not a video that can be read ({_why(problem)}): "
                                "give an MP4, MOV, MKV or WebM file") from None
    names = container.format.name.split(",")
    if any(name in NO_FILM or name.endswith("_pipe") for name in names):
        container.close()
        raise errors.VideoError(f"{path} is no video but {container.format.long_name}: "
                                "give an MP4, MOV, MKV or WebM file")
    return container


def _video_stream(container, path: Path):
    streams = [s for s in container.streams.video if s.codec_context is not None and not _is_cover(s)]
    if not streams:
        raise errors.VideoError(f"{path} holds no picture: give a video, or use the file as sound")
    width, height = streams[0].codec_context.width, streams[0].codec_context.height
    if max(width, height) > images.MAX_SIDE or width * height > images.MAX_PIXELS:
        raise errors.VideoError(f"the frames of {path} are {width}x{height} px: scale the video down")
    return streams[0]


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


def _frames(container, stream, path: Path):
    """Decoded frames in order of time; at least one."""
    import av

    count = 0
    try:
        for frame in container.decode(stream):
            yield frame
            count += 1
    except (av.FFmpegError, OSError) as problem:
        raise errors.VideoError(f"{path} does not decode after frame {count} ({_why(problem)}): "
                                "copy or download it again") from None
    if not count:
        raise errors.VideoError(f"{path} holds no frame: give another video")


def _why(problem) -> str:
    return getattr(problem, "strerror", None) or str(problem)


def _seconds(container, stream) -> float:
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else 0.0


def _shape(frame) -> tuple:
    """Width and height of a frame with square pixels, before rotation."""
    aspect = getattr(frame, "sample_aspect_ratio", None) or Fraction(1)
    return max(1, round(frame.width * aspect)) if aspect > 0 else frame.width, frame.height


def _turns(frame) -> int:
    """Quarter turns, counter-clockwise, that put the frame upright."""
    return round(getattr(frame, "rotation", 0) / 90) % 4


def _seen_size(frame) -> tuple:
    width, height = _shape(frame)
    return (height, width) if _turns(frame) % 2 else (width, height)


def _pixels(frame, max_side: int | None) -> np.ndarray:
    """A decoded frame -> uint8 (H, W, 3), RGB, upright."""
    width, height = _shape(frame)
    if max_side and max(width, height) > max_side:
        scale = max_side / max(width, height)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
    # Files without a tag: by custom, small pictures are BT.601 and high definition is BT.709.
    guess = COLOUR_BT709 if frame.height >= 720 else COLOUR_BT601
    colours = TAGGED.get(int(frame.colorspace), guess)
    rgb = frame.reformat(width, height, "rgb24", src_colorspace=colours, interpolation="AREA")
    return np.ascontiguousarray(np.rot90(rgb.to_ndarray(), _turns(frame)))
