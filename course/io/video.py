"""`Clip`: frames and sound, which plays itself in a notebook and is saved as a film.

A clip need not have its frames in memory: it may hold the recipe for them, and makes them one by one
whenever it is saved, shown or walked through.
"""

import base64
import html
import reprlib
import tempfile
from pathlib import Path

import numpy as np

from .. import errors, paths
from . import encoding, pixel_formats, text_file
from .decoding import probe, read_frames

SHOWN_WIDTH = 480  # pixels at most in a notebook
SHOWN_WIDE = 960  # for pictures so wide that the player's buttons would cover them
LEAST_HEIGHT = 270
EMBEDDED_BYTES = 40_000_000  # a notebook with more than this in one cell becomes hard to open


class Clip:
    """Frames over time, with or without sound.

    Args:
        frames: a list or array of uint8 (H, W, 3) pictures, RGB, of one size, or (H, W, 4) with alpha; or a function
            without arguments that returns a fresh iterator over them, so that the clip can be played again.
        fps: frames a second.
        audio, sample_rate: float32 (N,) in [-1, 1], mono, and its rate in Hz.
        n_frames: how many frames the function makes, where that is known; used for the length and progress.
        sources: files that it is made from, which `save` therefore does not replace.
        stamp: an `encoding.Stamp`: what puts a watermark into each frame and a signed manifest into the file, when it
            is saved and not before; None where nothing is known of how the frames came about.
    Raises:
        errors.VideoError: frames that could be walked through only once; fps not a number above 0.
        errors.AudioError: sound of a wrong shape, or without its rate.
    """

    def __init__(self, frames, fps: float = 25, audio=None, sample_rate=None, n_frames: int | None = None,
                 sources=(), stamp: encoding.Stamp | None = None):
        if hasattr(frames, "__next__"):
            raise errors.VideoError("these frames can be walked through only once: give a list, or a function "
                                    "that returns a fresh iterator")
        fps = _rate(fps)
        self._frames, self.sources, self.stamp, self.texts, self.cues = frames, tuple(sources), stamp, {}, ()
        self.fps = float(fps)
        self.audio = encoding.check_audio(audio, sample_rate)
        self.sample_rate = sample_rate
        self._n_frames = n_frames if callable(frames) else len(frames)

    @property
    def frames(self):
        """A fresh iterator over the frames, uint8 (H, W, 3)."""
        return iter(self)

    def __iter__(self):
        return iter(self._frames() if callable(self._frames) else self._frames)

    def __len__(self) -> int:
        if self._n_frames is None:
            raise TypeError("how many frames this clip has shows only when they are made")
        return self._n_frames

    def __bool__(self) -> bool:
        return True

    @property
    def duration(self) -> float | None:
        """Seconds; None while the number of frames is not known."""
        return None if self._n_frames is None else self._n_frames / self.fps

    def __repr__(self) -> str:
        count = "frames" if self._n_frames is None else f"{self._n_frames} frames, {self.duration:.2f} s"
        return f"<Clip: {count} at {self.fps:g} a second, {'with' if self.audio is not None else 'without'} sound>"

    def with_texts(self, texts: dict, cues=()) -> "Clip":
        """This clip, beside which `save` writes files of text, such as subtitles: {path: text}.

        cues: what is said and when, `speech.captions.Cue`s, kept as `cues`; None or () where that is not known.
        """
        self.texts, self.cues = dict(texts), tuple(cues or ())
        return self

    def kept(self) -> "Clip":
        """The same clip with its frames made once and held in memory, for one that is shown or put together often."""
        made = Clip(list(self), self.fps, self.audio, self.sample_rate, sources=self.sources, stamp=self.stamp)
        return made.with_texts(self.texts, self.cues)

    def save(self, path, progress=True) -> Path:
        """Make the frames and write them to a video file by its name: .mp4, .m4v, .mov, .mkv, .webm, .gif or .webp; a
        name without an ending is a folder of PNGs.

        progress: whether there is a bar, or a function that is told (frames done, frames in all) and may raise.
        Written beside its place and moved there when whole. The file says that it was generated. What has a `stamp`
        gets its watermark here and only here: `frames` are without. A picture with an odd side gets one more row or
        column, since H.264 needs even ones. Alpha is kept in .webp, .mov, .webm and PNGs.

        Raises:
            errors.OutputError: unknown ending, a place that cannot be written, a file that the film is made from,
                a full disk.
            errors.VideoError: no frame, or frames of several sizes.
        """
        path = encoding.check_output(path, self.sources)
        for place in self.texts:
            text_file.check(place, [*self.sources, path])
        frames = iter(self)
        try:
            stamped = encoding.Stamped(frames, self.stamp, self.fps) if self.stamp else frames
            self._n_frames = encoding.write_video(
                path, stamped, self.fps, self.audio, self.sample_rate, total=self._n_frames, progress=progress
            )
        finally:
            if hasattr(frames, "close"):  # a generator lets go of what it holds, also after an error
                frames.close()
        for place, text in self.texts.items():
            text_file.write(place, text)
        return path

    def _repr_html_(self) -> str:
        """A player with the film inside the page: it works offline and in a saved notebook."""
        with tempfile.TemporaryDirectory() as folder:
            place = self.save(Path(folder) / "clip.mp4")
            film = place.read_bytes()
        poster = next(iter(self))
        if self.stamp:
            poster = self.stamp.mark(self.fps)(poster)
        poster = pixel_formats.laid_on(poster)
        width = _shown_width(*poster.shape[:2])
        if len(film) > EMBEDDED_BYTES:
            return (f"<p>{html.escape(repr(self))}: {len(film) / 1e6:.0f} MB are too much for a notebook; "
                    f"use <code>clip.save('clip.mp4')</code></p>{_picture(poster, width)}")
        source = base64.b64encode(film).decode()
        return (f'<video controls loop playsinline width="{width}" style="max-width: 100%" poster="{_jpeg(poster)}" '
                f'title="{encoding.NOTICE}"><source type="video/mp4" src="data:video/mp4;base64,{source}">'
                f"{html.escape(repr(self))}</video>")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}


def load_video(path, fps: float | None = None, max_side: int | None = None) -> Clip:
    """A video file as a silent Clip that reads its frames when they are wanted. Raises `errors.VideoError`."""
    path = paths.given(path, errors.VideoError, "a video")
    info = probe(path)
    rate = info.fps if fps is None else _rate(fps)
    count = info.frames if fps is None else round(info.duration * rate)
    return Clip(lambda: read_frames(path, fps, max_side), rate, n_frames=count, sources=[path])


def _rate(fps) -> float:
    """Frames a second as a number. Raises `errors.VideoError`."""
    try:
        rate = float("nan") if isinstance(fps, (str, bytes)) else float(fps)
    except (TypeError, ValueError, OverflowError):
        rate = float("nan")
    if not 0 < rate <= 1000:
        raise errors.VideoError(f"frames a second must be a number above 0 and at most 1000, not {reprlib.repr(fps)}")
    return rate


def _shown_width(height: int, width: int) -> int:
    return min(width, max(SHOWN_WIDTH, min(SHOWN_WIDE, round(LEAST_HEIGHT * width / height))))


def _jpeg(image: np.ndarray) -> str:
    """uint8 (H, W, 3) as the address of a JPEG that carries its own data."""
    import cv2

    _, data = cv2.imencode(".jpg", np.ascontiguousarray(image[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()


def _picture(image: np.ndarray, width: int) -> str:
    return f'<img width="{width}" src="{_jpeg(image)}" alt="first frame">'
