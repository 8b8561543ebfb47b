"""Films after one another: a title, a film, an end, each dissolving into the next, picture and sound.

    words -> title_card -> Clip;  [Clip, Clip, ...] -> join -> Clip
"""

from collections import deque
from dataclasses import replace

import cv2
import numpy as np

from . import errors, fonts, overlays
from .io import sound, video
from .layout import COLOUR, SIZE

LARGE, SMALL = 0.1, 0.052  # letters of a title and of the line below, in shares of the height
WIDE = 0.86  # of the width, which the words may take
ACCENT = "#ff9f43"  # of the line between both


def title_card(title: str, below: str = "", seconds: float = 1.5, size: tuple = SIZE, colour: str = COLOUR,
               fps: float = 25) -> video.Clip:
    """A still film with a title and a line below, without sound.

    Args:
        title, below: words, broken into lines where they are long; seconds: how long it stands; size: (width, height)
            in pixels; colour: of the ground, dark or light, such as "navy"; the letters are white or black, whichever
            is read more easily on it; fps: frames a second.
    Raises:
        errors.TextError: no title, or no font here has its letters; errors.ImageError: no such colour;
        errors.VideoError: no time.
    """
    if not isinstance(title, str) or not title.strip():
        raise errors.TextError("a title has words: give some")
    count = round(seconds * fps)
    if count < 1:
        raise errors.VideoError(f"a title stands for some time: {seconds} s are no frame")
    return video.Clip([_card(title, below, size, overlays.colour_of(colour))] * count, fps)


def join(clips: list, fade: float = 0.4) -> video.Clip:
    """Films after one another, each dissolving into the next; the last one goes into black.

    Args:
        clips: `Clip`s of one size and of one number of frames a second; those without sound are silent; fade: seconds
            for which a film and the next are seen and heard together, 0 for a cut.
    Returns:
        Clip: as long as all of them less the fades between them. Labels, watermark and manifest are those of the first
        film that has some, so join films of one photo and one consent; the cues are those of all.
    Raises:
        errors.VideoError: no film, several sizes or rates, one whose length is not known or shorter than its fades.
    """
    clips = list(clips)
    over = _overlap(clips, fade)
    offsets = np.cumsum([0, *(len(clip) - over for clip in clips[:-1])])
    samples, rate = _mixed(clips, offsets, over)
    stamp = next((clip.stamp for clip in clips if clip.stamp), None)
    sources = [source for clip in clips for source in clip.sources]
    cues = [replace(cue, start=cue.start + offset / clip.fps, end=cue.end + offset / clip.fps)
            for clip, offset in zip(clips, offsets) for cue in clip.cues]  # fmt: skip
    return video.Clip(lambda: _dissolved(clips, over), clips[0].fps, samples, rate,
                      int(offsets[-1]) + len(clips[-1]), sources, stamp).with_texts({}, cues)  # fmt: skip


# ---------------------------------------------------------------- pictures


def _card(title: str, below: str, size: tuple, ground: tuple) -> np.ndarray:
    """uint8 (height, width, 3)."""
    from PIL import Image, ImageColor, ImageDraw

    width, height = size
    picture = Image.new("RGB", size, ground)
    ink = (255, 255, 255) if np.dot(ground, (0.299, 0.587, 0.114)) < 140 else (17, 17, 17)
    draw, file = ImageDraw.Draw(picture), fonts.font_for(title + below)
    blocks = [(words, fonts.load(file, max(8, round(share * height))), round(1.3 * share * height))
              for words, share in ((title, LARGE), (below, SMALL)) if words.strip()]
    lines = [(line, font, step, number) for number, (words, font, step) in enumerate(blocks)
             for line in fonts.wrapped(words, font, WIDE * width)]
    gap = round(0.07 * height)
    y = (height - sum(step for _, _, step, _ in lines) - gap * (len(blocks) - 1)) / 2
    for (line, font, step, block), before in zip(lines, [0, *(one[3] for one in lines)]):
        if block != before:
            bar = round(0.06 * width), max(2, round(0.008 * height))
            draw.rectangle([(width - bar[0]) / 2, y + (gap - bar[1]) / 2, (width + bar[0]) / 2, y + (gap + bar[1]) / 2],
                           fill=ImageColor.getrgb(ACCENT))
            y += gap
        draw.text((width / 2, y + step / 2), line, ink, font, "mm")
        y += step
    return np.array(picture)


def _dissolved(clips: list, over: int):
    """Frame after frame; the last `over` of a film are held back until the next one's first are there."""
    held, shape = deque(), None
    for number, clip in enumerate(clips):
        for index, frame in enumerate(clip):
            shape = shape or frame.shape
            if frame.shape != shape:
                raise errors.VideoError(f"films that are joined have one size: {shape[1]}x{shape[0]} px, then "
                                        f"{frame.shape[1]}x{frame.shape[0]}")
            if number and index < over:  # it comes out of the film before
                yield _mixture(held.popleft(), frame, (index + 1) / (over + 1))
                continue
            held.append(frame)
            if len(held) > over:
                yield held.popleft()
    for index, frame in enumerate(held):
        yield _mixture(frame, np.zeros_like(frame), (index + 1) / (over + 1))


def _mixture(before: np.ndarray, after: np.ndarray, share: float) -> np.ndarray:
    return cv2.addWeighted(before, 1 - share, np.ascontiguousarray(after), share, 0)


# ---------------------------------------------------------------- time and sound


def _overlap(clips: list, fade: float) -> int:
    """Frames for which two films are seen together. Raises `errors.VideoError`."""
    if not clips or not all(isinstance(clip, video.Clip) for clip in clips):
        raise errors.VideoError("there is no film to join: give a list of Clips")
    if isinstance(fade, bool) or not isinstance(fade, (int, float)) or not 0 <= fade <= 10:
        raise errors.VideoError(f"a fade is a number of seconds from 0 to 10, not {fade!r:.40}")
    rates = sorted({clip.fps for clip in clips})
    if len(rates) > 1:
        raise errors.VideoError(f"films that are joined have one number of frames a second, not {rates[0]:g} and "
                                f"{rates[-1]:g}: course.postprocess(clip, fps={rates[-1]:g}) changes one")
    if any(clip.duration is None for clip in clips):
        raise errors.VideoError("a film whose length is not known cannot be joined: make a Clip of list(clip)")
    over = round(fade * clips[0].fps)
    shortest = min(map(len, clips))
    if shortest < 2 * over + 1:
        raise errors.VideoError(f"a film of {shortest / clips[0].fps:.2f} s is too short for a fade of {fade:g} s at "
                                "both ends: choose a shorter fade")
    return over


def _mixed(clips: list, offsets, over: int) -> tuple:
    """The sound of all of them, float32 (N,), and its rate; (None, None) where none has any."""
    rate = max((clip.sample_rate for clip in clips if clip.audio is not None), default=None)
    if rate is None:
        return None, None
    fps = clips[0].fps
    mixed = np.zeros(round((offsets[-1] + len(clips[-1])) / fps * rate), np.float32)
    for clip, offset in zip(clips, offsets):
        if clip.audio is None:
            continue
        start, length = round(offset / fps * rate), round(len(clip) / fps * rate)
        samples = sound.resample(clip.audio, clip.sample_rate, rate)[:length].astype(np.float32)
        samples = _faded(samples, length, round(over / fps * rate))[: len(mixed) - start]
        mixed[start : start + len(samples)] += samples
    return np.clip(mixed, -1, 1), rate


def _faded(samples: np.ndarray, length: int, over: int) -> np.ndarray:
    """A sound that comes and goes with its film, which is `length` samples long."""
    gain = np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1)) / (over + 1)
    return samples * np.clip(gain, 0, 1)[: len(samples)].astype(np.float32)
