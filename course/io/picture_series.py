"""A film as a folder of pictures, `00000.png` and on, and its sound beside them: what compositing programs read."""

import os
import re
import shutil
import uuid
from pathlib import Path

import numpy as np

from .. import errors, paths

SOUND = "sound.wav"
OURS = re.compile(r"\d{5,}\.png|" + re.escape(SOUND))


def check(folder: Path) -> None:
    """Whether pictures may go there. Raises `errors.OutputError`: a folder with other things in it, or no folder."""
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise errors.OutputError(f"{paths.shortened(folder)} is a file: let a film's name end in .mp4, or name a new "
                                 "folder for its pictures")
    other = next((name for name in sorted(os.listdir(folder)) if not OURS.fullmatch(name)), None)
    if other:
        raise errors.OutputError(f"{paths.shortened(folder)} is a folder with other things in it ({other}): name a "
                                 "file in it such as film.mp4, or a new folder for the pictures of the film")


def write(folder: Path, frames, fps: float, audio=None, sample_rate=None, words=None, stamped=None) -> int:
    """Write every frame as a PNG, and the sound, into a folder that is moved to its place when whole.

    Args:
        folder: what stands there of an earlier film is replaced; frames: iterable of uint8 (H, W, 3 or 4), of one
        size; fps: frames a second; audio, sample_rate: float32 (N,) and Hz, or None; words: {name: text} that each
        picture says about itself; stamped: the `encoding.Stamped` that the frames come from, by which each is signed.
    Returns:
        how many frames were written.
    Raises:
        errors.VideoError: no frame, or frames of several sizes; OSError.
    """
    check(folder)
    place = Path(os.path.realpath(folder))
    part = place.with_name(f".{place.name[:40]}-{uuid.uuid4().hex[:8]}.part")
    part.mkdir(parents=True)
    try:
        count = _write_frames(part, frames, words or {})
        if stamped is not None:
            for number in range(count):
                stamped.seal(part / _name(number), f"{place.name}/{_name(number)}", frames=1)
        if audio is not None:
            _write_sound(part / SOUND, audio, sample_rate, count / fps)
        _move(part, place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return count


def _name(number: int) -> str:
    return f"{number:05d}.png"


def _write_frames(folder: Path, frames, words: dict) -> int:
    from PIL import Image, PngImagePlugin

    size, count, said = None, 0, PngImagePlugin.PngInfo()
    for name, text in words.items():
        said.add_itxt(name.title(), text)
    for count, frame in enumerate(frames, start=1):
        frame = np.asarray(frame)
        if size is None:
            size = frame.shape
        if frame.shape != size or frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] not in (3, 4):
            raise errors.VideoError(f"frame {count - 1} is {frame.dtype} {frame.shape}: give uint8 (H, W, 3), all of "
                                    "one size")
        Image.fromarray(frame).save(folder / _name(count - 1), compress_level=3, pnginfo=said)
    if not count:
        raise errors.VideoError("the clip has no frame: there is nothing to save")
    return count


def _write_sound(path: Path, audio: np.ndarray, sample_rate, seconds: float) -> None:
    """As long as the pictures."""
    import soundfile

    length = round(seconds * sample_rate)
    soundfile.write(path, np.pad(audio[:length], (0, max(0, length - len(audio)))), int(sample_rate))


def _move(part: Path, place: Path) -> None:
    """The new folder in the place of the old one, which is gone only when the new one is there."""
    old = part.with_suffix(".old")
    if place.exists():
        os.replace(place, old)
    try:
        os.replace(part, place)
    except OSError:
        if old.exists():
            os.replace(old, place)
        raise
    shutil.rmtree(old, ignore_errors=True)
