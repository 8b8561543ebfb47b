"""A plan becomes a film: what a worker does with one job."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from .. import animation, errors, images
from ..detection import choose, detector
from ..io import decoding, sound, video
from . import direction, schemas

SIDE = 2.0  # times the face's longer side: the square that is cut out where nothing is stitched


@dataclass(frozen=True)
class Inputs:
    """The files of a job. photo; drive: its recording or driving film, None for a text."""

    photo: Path
    drive: Path | None = None


def make(plan: dict, inputs: Inputs, folder: Path, seconds: float) -> tuple:
    """Make the film of a plan (`plans.py`).

    Args:
        folder: for the files that come out, of this job alone; seconds: the longest film.
    Returns:
        facts {"metadata", "face", "duration"} and files {ending: path}.
    Raises:
        errors.CourseError: a line that says what is wrong with the photo, the words or the sound.
    """
    image = images.load_image(inputs.photo)
    box, number = chosen_face(image, plan["face"])
    face = face_of(box, number)
    if plan["square"]:
        image, number = square_around(image, box)
    name, value = _drive(plan, inputs, folder)
    begin = time.perf_counter()
    with direction.applied(_changes(plan)):
        clip = animation.animate(image, **{name: value}, face=number, **plan["settings"])
    if clip.duration > seconds:
        raise errors.CourseError(f"this would be {clip.duration:.0f} s long: {seconds:g} s are the most")
    if plan.get("mute"):
        clip.audio = None
    files = _saved(clip, plan["format"], folder)
    took = max(time.perf_counter() - begin, 1e-6)
    return {"metadata": _metadata(clip, files, took, plan), "face": face,
            "duration": round(clip.duration, 3)}, files


def chosen_face(image: np.ndarray, asked: dict | None) -> tuple:
    """The face that a request means: its box (5,) in pixels, and its number, 0 being the largest.

    Args:
        image: uint8 (H, W, 3); asked: {"top_left", "size"} of a square in it, {"face_id"}, or None.
    Raises:
        errors.FaceError: there is none, several and none asked for, or none there.
    """
    boxes = detector.detect_faces(image)
    if asked and "top_left" in asked and "size" in asked:
        (left, top), size = asked["top_left"], asked["size"]
        ordered = choose.choose_faces(boxes, "all", image) if len(boxes) else choose.choose_faces(boxes, None, image)
        middles = (ordered[:, :2] + ordered[:, 2:4]) / 2 - (left + size / 2, top + size / 2)  # (N, 2)
        nearest = int(np.argmin(np.abs(middles).max(axis=1)))
        if np.abs(middles[nearest]).max() > size / 2:
            raise errors.FaceError("there is no face in the square that `face` names")
        return ordered[nearest], nearest
    wanted = asked.get("face_id") if asked else None
    return choose.choose_faces(boxes, wanted, image)[0], wanted or 0


def square_around(image: np.ndarray, box: np.ndarray) -> tuple:
    """The square around a face, as far as the picture goes: uint8 (H, W, 3), box (5,) -> the part, and the number of
    that face in it."""
    height, width = image.shape[:2]
    side = round(min(SIDE * max(box[2] - box[0], box[3] - box[1]), height, width))
    middle = (box[:2] + box[2:4]) / 2
    left, top = (int(np.clip(round(at - side / 2), 0, most - side)) for at, most in zip(middle, (width, height)))
    part = np.ascontiguousarray(image[top : top + side, left : left + side])
    moved = box - (left, top, left, top, 0)
    return part, _number_of(part, moved)


def _number_of(image: np.ndarray, box: np.ndarray) -> int:
    """Which of the faces of a picture lies nearest to a box, by size."""
    boxes = detector.detect_faces(image)
    if not len(boxes):
        return 0
    boxes = boxes[np.argsort(-np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]))]
    return int(np.argmin(np.abs(boxes[:, :4] - box[:4]).sum(axis=1)))


def face_of(box: np.ndarray, number: int) -> dict:
    """A box (5,) as D-ID's answers tell a face."""
    x0, y0, x1, y1 = (float(v) for v in box[:4])
    side = max(x1 - x0, y1 - y0)
    return {"detection": [round(x0), round(y0), round(x1), round(y1)], "size": round(side),
            "top_left": [round((x0 + x1 - side) / 2), round((y0 + y1 - side) / 2)], "face_id": number,
            "detect_confidence": round(float(box[4]), 4)}


def _drive(plan: dict, inputs: Inputs, folder: Path) -> tuple:
    """What `animate` is given to move the photo: its name and its value."""
    pad = plan.get("pad", 0)
    if "text" in plan:
        return "text", plan["text"] + (f" [pause {pad:.2f}]" if pad else "")
    if "film" in plan:
        return "driving", inputs.drive
    if not pad:
        return "audio", inputs.drive
    samples, rate = sound.load_audio(inputs.drive)
    longer = folder / "padded.wav"
    soundfile.write(longer, np.r_[samples, np.zeros(round(pad * rate), np.float32)], rate)
    return "audio", longer


def _changes(plan: dict) -> direction.Changes:
    return direction.Changes(plan.get("fluent", False), tuple(map(tuple, plan.get("expressions", ()))),
                             plan.get("transition", 20))


def _saved(clip: video.Clip, kind: str, folder: Path) -> dict:
    """The film's files: {ending: path}, its sound beside it."""
    files = {}
    if clip.audio is not None:
        files[".wav"] = folder / "sound.wav"
        soundfile.write(files[".wav"], clip.audio, clip.sample_rate)
    if kind != schemas.SOUND_ALONE:
        files[f".{kind}"] = clip.save(folder / f"film.{kind}", progress=False)
    elif not files:
        raise errors.AudioError("this film has no sound, so there is no wav of it: ask for mp4")
    return files


def _metadata(clip: video.Clip, files: dict, took: float, plan: dict) -> dict:
    main = files[f".{plan['format']}"]
    told = {"num_frames": len(clip), "video_fps": clip.fps, "processing_fps": round(len(clip) / took, 2),
            "size_kib": round(main.stat().st_size / 1024, 3)}
    if plan["format"] != schemas.SOUND_ALONE:
        told["resolution"] = list(decoding.probe(main).size)
    if plan["settings"].get("voice"):
        told["voice"] = plan["settings"]["voice"]
    return told
