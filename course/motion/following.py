"""One face followed through a film: which of several it is, whether it is still there, and where the film jumps.

    frame -> is the face where it was? -> if not: where is it now? -> points (78, 2), or None where it is lost

The network that reads points makes up a face wherever it looks, so each look is judged. Where its heatmaps are narrow
and it agrees with its mirror image there is a face, where they are wide there is none, and between the two the
detector decides.
"""

import numpy as np

from ..detection import detector
from ..keypoints import landmarks, reading
from . import cuts

LOOK_AGAIN = 25  # frames after which the detector is asked whether the face is still there, and who else is
# What `uncertainty` says: real faces lie below 0.19 (0.22 with a hand over a half, or turned far), walls, cards,
# noise and plain colours above 0.2, nearly all of them above 0.25.
SURE, NOTHING = 0.175, 0.25
SEEN = 0.35  # the detector's score from near, for what lies between
OVERLAP = 0.3  # share of the box around the face that the detector's box must cover to be the same face
BESIDE = 2.0  # face sizes within which a face is taken for the one that was there before
COMPANY = 0.4  # of the followed face's size: a second face this large is worth a word


class Follower:
    """The state between two frames.

    here: points (78, 2) in the last frame, None where the face was lost; known: where it was seen last; others: boxes
    (K, 4) of the other faces, where they were seen last; cuts: numbers of the frames before which the film jumps;
    faces: the most faces seen at once that are not much smaller than the followed one, or before it is found, at all.
    """

    def __init__(self, face: int = 0):
        """face: which one is followed, 0 being the largest in the first frame that shows so many."""
        self.face = face
        self.here, self.known, self.others = None, None, np.zeros((0, 4), np.float32)
        self.number, self.cuts, self.faces, self._picture = 0, [], 0, None

    def step(self, frame: np.ndarray):
        """The next frame, uint8 (H, W, 3): points (78, 2) in pixels, or None where the face is lost."""
        before, boxes = self.here, None
        picture_before, self._picture = self._picture, cuts.small_picture(frame)
        if before is not None and self.number % LOOK_AGAIN == 0:
            boxes = detector.detect_faces(frame)
            self._look_round(boxes)
        if self.here is not None:
            self.here = follow(frame, self.here)
        if self.here is None:
            self.here = self._find(frame, detector.detect_faces(frame) if boxes is None else boxes)
        if self.here is not None and before is not None:
            changed = cuts.changes(before, self.here, picture_before, self._picture, frame.shape)
            if changed:  # another shot: who was beside the face before is not there now
                self.others = self.others[:0]
                found = self._find(frame, detector.detect_faces(frame))
                self.here = self.here if found is None else found
            if changed or cuts.jumps(before, self.here):
                self.cuts.append(self.number)
        self.known = self.known if self.here is None else self.here
        self.number += 1
        return self.here

    def _look_round(self, boxes: np.ndarray) -> None:
        """Lose the face if the detector's (N, 5) lie elsewhere only; a turned head that it does not see is not lost."""
        ours = covered(landmarks.tight_boxes(self.here), boxes) > OVERLAP
        if ours.any():
            self._remember(boxes[~ours], landmarks.tight_boxes(self.here))
        elif len(boxes) and not self._of_others(boxes).all():
            self.here = None

    def _find(self, frame: np.ndarray, boxes: np.ndarray):
        """The face of that number at the start, later the one that is nearest to where it was and nobody else's."""
        larger = self.face if self.known is None else 0
        if self.known is None:
            order = np.argsort(-sides(boxes), kind="stable")
        else:
            free = np.flatnonzero(~self._of_others(boxes))
            order = free[np.argsort(apart(landmarks.tight_boxes(self.known), boxes[free]), kind="stable")]
        for number in order:
            look = reading.look_in_box(frame, boxes[number])
            if uncertainty(look) > NOTHING:
                continue
            if larger == 0:
                self._remember(np.delete(boxes, number, axis=0), boxes[number])
                # looked at as the frames after it will be: from where its points are, or they part from this one
                return reading.second_look(frame, look.points).points
            larger -= 1
        if self.known is None:
            self.faces = max(self.faces, self.face - larger)
        else:
            self._remember(boxes[self._of_others(boxes)])
        return None

    def _of_others(self, boxes: np.ndarray) -> np.ndarray:
        """Which boxes (N, 4 or more) are rather another face's than ours: bool (N,)."""
        if not len(self.others) or not len(boxes):
            return np.zeros(len(boxes), bool)
        theirs = np.min([apart(other, boxes) for other in self.others], axis=0)
        return (theirs < apart(landmarks.tight_boxes(self.known), boxes)) & (theirs < BESIDE)

    def _remember(self, others: np.ndarray, ours=None) -> None:
        """Where the other faces are, boxes (N, 4 or more), and how many there are beside ours, (4 or more,)."""
        gone = self.others  # not seen now, but they may come back
        for box in others:
            gone = gone[apart(box, gone) > BESIDE]
        if ours is not None:
            gone = gone[covered(ours, gone) < OVERLAP]
            self.faces = max(self.faces, 1 + int((sides(others) > COMPANY * sides(ours[None])[0]).sum()))
        self.others = np.concatenate([others[:, :4], gone])


def follow(frame: np.ndarray, last: np.ndarray):
    """The points (78, 2) of a face that was at `last` a frame ago, or None where it is no longer."""
    look = reading.second_look(frame, last)
    if uncertainty(look) > NOTHING:
        return None
    # What moved far was cut off by the old crop: look once more where it is now.
    moved = np.abs(look.points.mean(axis=0) - last.mean(axis=0)).max()
    if moved > 0.06 * np.ptp(last, axis=0).max():
        look = reading.second_look(frame, look.points)
    return look.points if is_face(frame, look) else None


def uncertainty(look: reading.Look) -> float:
    """How little of a face a look has found: wide heatmaps, and disagreement with the mirror image."""
    return look.spread + 2 * look.doubt


def is_face(frame: np.ndarray, look: reading.Look) -> bool:
    """Whether there is a face where a look has put its points."""
    if not SURE < uncertainty(look) <= NOTHING:
        return uncertainty(look) <= SURE
    return detector.score_at(frame, np.append(landmarks.tight_boxes(look.points), 1.0)) >= SEEN


# ---------------------------------------------------------------- boxes


def sides(boxes: np.ndarray) -> np.ndarray:
    """The mean of width and height as areas have it: (N, 4 or more) -> (N,) pixels."""
    return np.sqrt((boxes[:, 2] - boxes[:, 0]).clip(0) * (boxes[:, 3] - boxes[:, 1]).clip(0))


def apart(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """How far boxes (N, 4 or more) are from one, in its sizes; twice the size counts 0.7 of one: (N,)."""
    side = max(float(sides(box[None])[0]), 1e-6)
    middle, middles = (box[:2] + box[2:4]) / 2, (boxes[:, :2] + boxes[:, 2:4]) / 2
    return np.linalg.norm(middles - middle, axis=1) / side + np.abs(np.log(sides(boxes).clip(1e-6) / side))


def covered(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Share of a box (4,) that each of the others (N, 4 or more) covers: (N,)."""
    x1, y1, x2, y2 = box[:4]
    width = np.minimum(boxes[:, 2], x2) - np.maximum(boxes[:, 0], x1)
    height = np.minimum(boxes[:, 3], y2) - np.maximum(boxes[:, 1], y1)
    return width.clip(0) * height.clip(0) / max(float((x2 - x1) * (y2 - y1)), 1e-6)
