"""Self-reenactment: a film's first frame is the photo, the film drives it, and so the right answer is known.

A method is a function (photo, points, fps) -> iterator of frames, where photo is uint8 (H, W, 3) and points
are float32 (T, 78, 2), the tracked points of the film; points[0] are the photo's own. Movement is absolute:
the result shall look like the film, frame by frame.
"""

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from scipy.spatial import Delaunay

from .. import animation, errors
from ..io import decoding, progress
from ..motion import tracking, transfer
from ..polish import stages

HEAD_ROOM = 1.3  # side of the square around the head, in parts of the extent of all points over the whole clip
MIN_TRACKED = 0.5  # share of frames in which the face must have been found


@dataclass
class Take:
    """One film, cropped to the head: frames uint8 (T, size, size, 3); points float32 (T, 78, 2) in their pixels.

    tracked_per_second: frames a second at which the points were found, reading the film included.
    """

    name: str
    fps: float
    frames: np.ndarray
    points: np.ndarray
    tracked_per_second: float


def read_take(path, size: int = 256, limit: int | None = None) -> Take:
    """Track a film, crop it to a square around the head and scale it.

    The film is read twice, since where the head goes is known only at the end: no more than the small
    frames is ever held.

    Args:
        path: a video of one face; size: pixels a side of what comes back; limit: only the first so many frames.
    Raises:
        errors.VideoError: it does not decode; errors.FaceError: hardly a face in it.
    """
    info = decoding.probe(path)
    begin = time.perf_counter()
    points, tracked = tracking.track_points(_shown(_first(decoding.read_frames(path), limit), info, path))
    pace = len(points) / (time.perf_counter() - begin)
    if len(points) < 2 or tracked.mean() < MIN_TRACKED:
        raise errors.FaceError(f"{path} shows a face in {int(tracked.sum())} of {len(tracked)} frames: "
                               "use a video in which one face stays visible")
    place = head_square(points, info.size)
    frames = [crop(frame, place, size) for frame in _first(decoding.read_frames(path), limit)]
    x, y, side = place
    moved = (points - np.array([x, y])) * (size / side)
    return Take(Path(path).stem, info.fps, np.stack(frames), moved.astype(np.float32), pace)


def head_square(points: np.ndarray, size: tuple) -> tuple:
    """The square that holds the head throughout: points (T, 78, 2), (width, height) -> x, y, side in whole pixels.

    It lies inside the film: a head that fills the picture gets less room.
    """
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    side = round(min(float((high - low).max()) * HEAD_ROOM, min(size)))
    corner = np.round((low + high) / 2 - side / 2)
    corner = np.clip(corner, 0, np.array(size) - side)
    return int(corner[0]), int(corner[1]), side


def crop(frame: np.ndarray, place: tuple, size: int) -> np.ndarray:
    """A square (x, y, side) of a frame at size x size pixels: uint8 (size, size, 3)."""
    x, y, side = place
    cut = frame[y : y + side, x : x + side]
    return cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA if side > size else cv2.INTER_CUBIC)


def _first(frames, limit: int | None):
    for index, frame in enumerate(frames):
        if limit is not None and index >= limit:
            return
        yield frame


def _shown(frames, info, path):
    name = f"{Path(path).name}: following the face"
    return progress.bar(frames, total=info.frames, desc=name, unit="frame")


# ---------------------------------------------------------------- methods


def static(photo: np.ndarray, points: np.ndarray, fps: float = 25):
    """The photo, again and again: what every method has to beat. Yields T times uint8 (H, W, 3)."""
    for _ in points:
        yield photo


def triangulated_warp(photo: np.ndarray, points: np.ndarray, fps: float = 25):
    """The photo cut into triangles between its points, each drawn where the film's points are.

    Yields T times uint8 (H, W, 3).
    """
    height, width = photo.shape[:2]
    border = _border(height, width)
    source = np.concatenate([points[0], border])
    for target in points:
        pull = pull_map(np.concatenate([target, border]), source, height, width)
        yield cv2.remap(photo, pull[..., 0], pull[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def pull_map(target: np.ndarray, source: np.ndarray, height: int, width: int) -> np.ndarray:
    """Where each pixel of the result comes from: (K, 2), (K, 2) in pixels -> float32 (H, W, 2) as x, y in pixels.

    Linear inside each triangle of the target's Delaunay triangulation (Delaunay, 1934), so that nothing folds over.
    """
    mesh = Delaunay(target)
    usable = np.isfinite(mesh.transform).all(axis=(1, 2))  # slivers have no inverse
    owner = np.zeros((height, width), np.int32)  # which triangle a pixel lies in
    for number in np.flatnonzero(usable):
        cv2.fillConvexPoly(owner, np.round(target[mesh.simplices[number]]).astype(np.int32), int(number))
    rows, columns = np.mgrid[:height, :width]
    xy = np.stack([columns, rows], axis=-1)  # (H, W, 2)
    # Barycentric coordinates: b = T^-1 (p - r), the third is 1 - b1 - b2
    inverse, last = mesh.transform[owner, :2], mesh.transform[owner, 2]
    b = np.einsum("hwij,hwj->hwi", inverse, xy - last)  # (H, W, 2)
    b = np.concatenate([b, 1 - b.sum(axis=-1, keepdims=True)], axis=-1)  # (H, W, 3)
    return np.einsum("hwk,hwkc->hwc", b, source[mesh.simplices[owner]]).astype(np.float32)


def _border(height: int, width: int) -> np.ndarray:
    """Eight points along the border that stay, a pixel outside so that every pixel lies in a triangle."""
    xs, ys = (-1, (width - 1) / 2, width), (-1, (height - 1) / 2, height)
    return np.array([(x, y) for x in xs for y in ys if (x, y) != (xs[1], ys[1])], np.float32)


def by_points(photo: np.ndarray, points: np.ndarray, fps: float = 25):
    """Our renderer, driven by the points themselves (T, 78, 2). Yields T times uint8 (H, W, 3)."""
    actor = animation.make_actor(photo, points[0])
    for target in points:
        yield actor.portrait.render(target)


def by_motion(photo: np.ndarray, points: np.ndarray, fps: float = 25, generator: str = "auto"):
    """What ships: points to a Motion, and the Motion to the photo, as `course animate --driving --absolute` does.

    Yields T times uint8 (H, W, 3). generator: "auto", "warp" or "gan".
    """
    actor = animation.make_actor(photo, points[0], generator)
    options = animation.Settings(fps=fps, generator=generator)
    steady = stages.wants(options.polish, "steady")
    moved = tracking.motion_from_points(points, np.ones(len(points), bool), fps, steady)
    values = transfer.values_for(moved, actor.face, "absolute", options)
    beside = transfer.beside_for(moved, "absolute", options)
    yield from animation.render(photo, [actor], [values], options, beside)


METHODS = {"static": static, "warp": triangulated_warp, "points": by_points, "ships": by_motion,
           "--generator warp": partial(by_motion, generator="warp"),
           "--generator gan": partial(by_motion, generator="gan")}
