"""The person of a film that is to say something else: where the face is in every frame, shot by shot, and which frame
of a shot shows it best with its mouth shut.

    film -> points of every frame -> cut into shots -> steadied; and one picture a shot, the reference
"""

import logging
from dataclasses import dataclass

import cv2
import numpy as np

from .. import errors, parallel
from ..io import decoding, progress
from ..keypoints import covered, landmarks
from ..polish import filters
from . import following, tracking

LOOKED_AT = 720  # px: the longer side of what the landmarker gets
SHOWN = 0.99  # share of the lips' points that a frame must show
LEAST_KNOWN = 5  # frames of a shot in which the mouth is found; in fewer the film's own stays
REACH = 1.5  # of the face's height: half the side of the reference picture
# What makes a frame a bad reference: lips apart and a mouth that moves (eye distances), a head that is turned (share).
APART, MOVING, TURNED = 8.0, 4.0, 0.6
OPEN = 0.05  # eye distances between the lips from which on teeth may be seen
ASKEW = 0.13  # share by which a head may be turned whose teeth are taken
GONE = 5  # frames: a face that was lost for longer comes back in another shot, in other light perhaps
POINT_UNIT = 10.0  # a point goes about a tenth of an eye distance where a channel goes from 0 to 1
FILTER = 8.0, 30.0, 4.0  # one-euro: hertz at rest, hertz a unit a second, hertz of the speed
SMALLEST_FACE = 24  # px between the outer corners of the eyes: below it a mouth is a few pixels


@dataclass
class Shot:
    """What lies between two cuts, frames start to stop - 1.

    points: float32 (n, 78, 2) in pixels of the frames, steadied, filled in where the face was lost; known: bool (n,),
    whether the mouth was found and is free; shut: the picture that shows the face best with its mouth shut; opened:
    the one that shows its teeth best; None where there is none.
    """

    start: int
    points: np.ndarray
    known: np.ndarray
    shut: "Picture | None" = None
    opened: "Picture | None" = None

    @property
    def stop(self) -> int:
        """The first frame after it."""
        return self.start + len(self.points)


@dataclass
class Picture:
    """The head in one frame of a shot: number of the frame in it; pixels: uint8 (h, w, 3); corner: where its first
    pixel lies in the frame, (x, y)."""

    number: int
    pixels: np.ndarray
    corner: np.ndarray

    @classmethod
    def cut(cls, number: int, frame: np.ndarray, points: np.ndarray) -> "Picture":
        """Of a frame, uint8 (H, W, 3), with its face at points (78, 2)."""
        centre = (points[8] + points[landmarks.FOREHEAD].mean(0)) / 2
        reach = REACH * max(np.linalg.norm(points[8] - centre), 0.6 * np.linalg.norm(points[16] - points[0]))
        x0, y0 = np.maximum(np.floor(centre - reach), 0).astype(int)
        x1, y1 = np.ceil(centre + reach).astype(int) + 1
        return cls(number, frame[y0:y1, x0:x1].copy(), np.array([x0, y0]))


class _Best:
    """The best pictures of a shot so far."""

    def __init__(self):
        self.scores, self.pictures = {"shut": np.inf, "opened": np.inf}, {"shut": None, "opened": None}

    def offer(self, number: int, frame: np.ndarray, points: np.ndarray, before) -> None:
        for name, score in (("shut", unfit(points, before)), ("opened", toothless(frame, points, before))):
            if score < self.scores[name] - 1e-3:
                self.scores[name], self.pictures[name] = score, Picture.cut(number, frame, points)


def unfit(points: np.ndarray, before=None) -> float:
    """How little a face (78, 2) will do as the reference: 0 is a still head from the front with its lips together.

    before: its points a frame earlier, or None.
    """
    eyes = max(float(landmarks.eye_distance(points)), 1e-6)
    return APART * gap_of(points) + _unsteady(points, before, eyes)


def gap_of(points: np.ndarray) -> float:
    """How far the inner lips are apart, (78, 2), in eye distances."""
    apart = np.linalg.norm(points[[61, 62, 63]] - points[[67, 66, 65]], axis=1).max()
    return float(apart / max(float(landmarks.eye_distance(points)), 1e-6))


def toothless(frame: np.ndarray, points: np.ndarray, before=None) -> float:
    """How little of its teeth a face (78, 2) shows in a frame, uint8 (H, W, 3); infinite where its lips are shut, or
    where it is seen from the side."""
    if gap_of(points) < OPEN or _turned(points) > ASKEW:
        return np.inf
    x0, y0 = np.maximum(np.floor(points[60:68].min(0)), 0).astype(int)
    x1, y1 = np.ceil(points[60:68].max(0)).astype(int) + 1
    patch = cv2.cvtColor(np.ascontiguousarray(frame[y0:y1, x0:x1]), cv2.COLOR_RGB2GRAY)
    inside = np.zeros_like(patch)
    cv2.fillPoly(inside, [np.round(points[60:68] - [x0, y0]).astype(np.int32)[:, None]], 1)
    grey = patch[inside > 0]
    bright = float(np.percentile(grey, 75)) / 255 if len(grey) else 0.0
    return 1 - 2 * bright - 2 * min(gap_of(points), 0.15) + _unsteady(points, before)


def _unsteady(points: np.ndarray, before, eyes: float | None = None) -> float:
    """How far a head is turned and how much its mouth moves."""
    eyes = eyes or max(float(landmarks.eye_distance(points)), 1e-6)
    moving = 0.0 if before is None else np.linalg.norm((points - before)[48:68], axis=1).mean() / eyes
    return float(TURNED * _turned(points) + MOVING * moving)


def _turned(points: np.ndarray) -> float:
    """How far a head is turned to a side: 0 from the front, 1 in profile."""
    right, left = (np.linalg.norm(points[30] - points[corner]) for corner in landmarks.EYE_OUTER_CORNERS)
    return float(abs(right - left) / max(right + left, 1e-6))


def survey(path, fps: float, max_side: int | None = None) -> list:
    """The shots of a film: one face followed through all of it.

    Args:
        path: a video file; fps: frames a second; max_side: pixels, of the frames that are to be made.
    Returns:
        list of `Shot`. Cuts, other faces, and frames whose mouth cannot be found are said in the log.
    Raises:
        errors.VideoError: it does not decode. errors.FaceError: hardly a face in it, or one too small.
    """
    frames = decoding.read_frames(path, fps, max_side)
    info = decoding.probe(path)
    bar = progress.bar(parallel.ahead(frames), total=round(info.duration * fps) or None, desc="following the face",
                       unit="frame")
    with parallel.one_thread_each():
        shots, follower = _followed(bar)
    known = np.concatenate([shot.known for shot in shots]) if shots else np.zeros(0, bool)
    if known.mean() < tracking.MIN_TRACKED if len(known) else True:
        raise errors.FaceError(f"{path} shows a mouth that can be followed in {int(known.sum())} of {len(known)} "
                               "frames: use a film in which one face stays visible")
    eyes = np.median(np.concatenate([landmarks.eye_distance(shot.points[shot.known]) for shot in shots]))
    if eyes < SMALLEST_FACE:
        raise errors.FaceError(f"the face in {path} is too small to speak ({eyes:.0f} px between the eyes, "
                               f"{SMALLEST_FACE} are needed): cut the film round it, or take a larger one")
    _say(known, follower, fps)
    return [_settled(shot, fps) for shot in shots]


def _followed(frames) -> tuple:
    """The shots as they are seen, points (n, 78, 2) with NaN where the face is lost; and the `Follower`."""
    follower, shots, rows, known, best, before = following.Follower(), [], [], [], _Best(), None
    start = gone = 0  # the shot's first frame; for how many the face has been lost

    def close():
        if rows:
            shots.append(Shot(start, np.stack(rows), np.array(known, bool), **best.pictures))

    for number, frame in enumerate(frames):
        small, scale = _small(frame)
        points = follower.step(small)
        if number in follower.cuts[-1:] or (points is not None and gone > GONE):
            close()
            rows, known, best, before, start = [], [], _Best(), None, number
        gone = gone + 1 if points is None else 0
        free = points is not None and _free(small, points)
        # middles of pixels: x' = s (x + 1/2) - 1/2
        points = np.full((landmarks.N_POINTS, 2), np.nan) if points is None else (points + 0.5) * scale - 0.5
        rows.append(points.astype(np.float32))
        known.append(free)
        if free:
            best.offer(number - start, frame, points, before)
            before = points
    close()
    return shots, follower


def _small(frame: np.ndarray) -> tuple:
    """A frame as the landmarker gets it, and how many times as large the frame is."""
    longer = max(frame.shape[:2])
    if longer <= LOOKED_AT:
        return frame, 1.0
    scale = LOOKED_AT / longer
    return cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), 1 / scale


def _free(frame: np.ndarray, points: np.ndarray) -> bool:
    """Whether a frame shows all of the mouth, and nothing over it."""
    return (landmarks.share_inside(points[landmarks.LIPS_OUTER], frame.shape) >= SHOWN
            and covered.probability(frame, points) < covered.LIMIT)


def _say(known: np.ndarray, follower: following.Follower, fps: float) -> None:
    log, lost = logging.getLogger("course"), int((~known).sum())
    if lost:
        log.warning("the mouth was not found in %d of %d frames: there the film's own stays", lost, len(known))
    if follower.cuts:
        log.warning("the film is cut in %d %s (first at %.1f s): each shot has a mouth of its own", len(follower.cuts),
                    "place" if len(follower.cuts) == 1 else "places", follower.cuts[0] / fps)
    if follower.faces > 1:
        log.warning("there are %d faces in the film: the one that is largest at the start speaks", follower.faces)


def _settled(shot: Shot, fps: float) -> Shot:
    """The shot with its points filled in and without their jitter; without a mouth where too few frames show one."""
    if shot.known.sum() < LEAST_KNOWN:
        return Shot(shot.start, np.zeros_like(shot.points), np.zeros_like(shot.known))
    found = np.isfinite(shot.points).all(axis=(1, 2))
    shot.points = steadied(tracking.interpolate_lost(shot.points, found), fps)
    return shot


def steadied(points: np.ndarray, fps: float) -> np.ndarray:
    """A track of points (n, 78, 2) in pixels without its jitter and without lag: float32 (n, 78, 2)."""
    eyes = float(np.median(landmarks.eye_distance(points)))
    rows = points.reshape(len(points), -1) / max(eyes, 1e-6) * POINT_UNIT
    ways = [filters.one_euro(way, fps, *FILTER)
            for way in (rows, rows[::-1])]
    settled = (ways[0] + ways[1][::-1]) / 2 / POINT_UNIT * eyes
    return settled.reshape(points.shape).astype(np.float32)
