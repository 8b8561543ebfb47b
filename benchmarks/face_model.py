"""How well the linear face follows points: `python benchmarks/face_model.py` prints two tables.

Round trip on tracks that the model was not built from: `fit_face`, `fit_motion`, `pose_points` against the points
that went in. Pixels of a picture whose shorter side is 256. "frame 0": the person is known from the first frame only,
as from a photo; "12 frames": from twelve, spread over the track.

Round trip on held-out pictures: what the model leaves over before the residual is kept, in percent of the eye
distance, and the correlation of some fitted channels with the scores of the labels.

Needs `motion/`, `portraits/`, `scenes/` in `$COURSE_SHARED` or in `../shared` beside the checkout.
"""

import os
import time
from pathlib import Path

import numpy as np

from course import keypoints, motion, training
from course.face import channels
from course.face import model as face_model
from course.recipes.face_model import fitting as face_model_fitting

SIDE = 256
REGIONS = {
    "lips": np.r_[keypoints.LIPS_OUTER, keypoints.LIPS_INNER],
    "lids": np.r_[keypoints.EYE_RIGHT, keypoints.EYE_LEFT],
    "pupils": keypoints.PUPILS,
    "brows": np.r_[keypoints.BROW_RIGHT, keypoints.BROW_LEFT],
    "nose": keypoints.NOSE,
    "jaw": keypoints.JAW,
    "forehead": keypoints.FOREHEAD,
}
SHOWN = ("jawOpen", "mouthSmileLeft", "eyeBlinkLeft", "eyeLookInLeft", "browInnerUp", "mouthLowerDownLeft",
         "mouthPucker", "mouthFunnel", "mouthClose")  # fmt: skip


def shared_dir() -> Path:
    """The folder with the labels: `$COURSE_SHARED`, or `../shared` beside the checkout."""
    return Path(os.environ.get("COURSE_SHARED") or Path(__file__).resolve().parents[2] / "shared")


def at_side(track: face_model_fitting.Track) -> np.ndarray:
    """Points (T, 78, 2) as in a picture whose shorter side is 256."""
    return track.points[..., :2] * SIDE / track.size.min()


def round_trip(points: np.ndarray, fps: float, chosen: np.ndarray) -> tuple:
    """Distances (T, 78) in pixels and milliseconds of processor time a frame; the person from the chosen frames."""
    face = face_model.fit_face(points[chosen])
    begun = time.process_time()
    moved = motion.fit_motion(face, points, fps)
    spent = (time.process_time() - begun) / len(points) * 1000
    return np.linalg.norm(face_model.pose_points(face, moved.values) - points, axis=-1), spent


def tracks_table(folder: Path) -> None:
    print(f"round trip, px at {SIDE}, tracks the model was not built from")
    names = " ".join(f"{name:>8s}" for name in REGIONS)
    print(f"{'track':6s} {'person from':12s} {'mean':>6s} {'p95':>6s} {names}  cpu ms")
    for track in face_model_fitting.load_tracks(folder):
        if track.name not in face_model_fitting.HELD_OUT_TRACKS:
            continue
        points = at_side(track)
        spread = np.linspace(0, len(points) - 1, 12).astype(int)
        for label, chosen in (("frame 0", np.array([0])), ("12 frames", spread)):
            error, spent = round_trip(points, track.fps, chosen)
            parts = " ".join(f"{error[:, region].mean():8.2f}" for region in REGIONS.values())
            whole = f"{error.mean():6.2f} {np.percentile(error, 95):6.2f}"
            print(f"{track.name:6s} {label:12s} {whole} {parts} {spent:9.1f}")


def pictures_table(*folders: Path) -> None:
    faces = training.load_labelled(*folders).part("held-out")
    found, left, spent = [], [], []
    for points in faces.points[..., :2]:
        begun = time.process_time()
        face = face_model.fit_face(points)
        spent.append(time.process_time() - begun)
        found.append(face.rest)
        left.append(np.linalg.norm(face.residual, axis=1) / face.eye_distance)
    left, found = 100 * np.array(left), np.array(found)
    print(f"\n{len(faces)} held-out pictures, left over in % of the eye distance: mean {left.mean():.2f}, "
          + ", ".join(f"{name} {left[:, region].mean():.2f}" for name, region in REGIONS.items())
          + f"; fit_face {1000 * np.mean(spent):.0f} ms of processor time")
    print("fitted channel against the label's score: correlation, and the 95th percentile of each")
    for name in SHOWN:
        value, score = found[:, channels.INDEX[name]], faces.blendshapes[:, channels.INDEX[name]]
        print(f"  {name:20s} {np.corrcoef(value, score)[0, 1]:6.2f}   {np.percentile(value, 95):.2f}  "
              f"{np.percentile(score, 95):.2f}")


if __name__ == "__main__":
    tracks_table(shared_dir() / "motion")
    pictures_table(shared_dir() / "portraits", shared_dir() / "scenes")
