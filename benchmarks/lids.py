"""How far open eyes are read, beside MediaPipe's labels, by size of the face and kind of eye.

    python benchmarks/lids.py --data portraits scenes
    python benchmarks/lids.py --data portraits scenes --far     (without the look from near)

An eye's opening is the mean gap between its lids as a share of its width. Each held-out face is scaled so that its
box, brows to chin, has the given height, and read from a rough box, as a photo is. Printed are the mean error, the
bias (ours less the label's; above 0: too open) and the slope of ours on the label's: 1 where all of it is seen.
"""

import argparse

import cv2
import numpy as np
from tqdm import tqdm

from course import images, keypoints, training
from course.face import channels
from course.keypoints import lids
from course.rendering import eyelids

SIZES = (25, 50, 100, 200, 500)
ROUGH = 0.04  # of the box's side: how far a detector's box is off
GLASSES = "textual_search_2_Glasses Style_top_10_matches.jpg"
HALF, SQUINT, NARROW = 0.22, 0.5, 0.27  # openings, and the score from which an eye counts as squinting
HALF_SCORE = 0.45  # blink from which an eye counts as half shut
ASIDE = 0.55  # a label's opening from which on the eye is seen from the side: it has no width to measure by


def kinds_of(faces: training.LabelledFaces) -> dict:
    """What kind of eye each is: {kind: bool (N, 2)}, right and left; an eye may be of several."""
    true = openings(faces.points[:, :, :2])
    score = {name: np.stack([faces.blendshapes[:, channels.INDEX[name + side]] for side in ("Right", "Left")], axis=1)
             for name in ("eyeBlink", "eyeSquint")}
    shut = (score["eyeBlink"] > HALF_SCORE) | (true < HALF)
    squint = (score["eyeSquint"] > SQUINT) & ~shut
    narrow = (true < NARROW) & ~shut & ~squint
    glasses = np.repeat((faces.sheets == GLASSES)[:, None], 2, axis=1)
    return {"half or quite shut": shut, "squinting": squint, "narrow": narrow, "behind glasses": glasses,
            "plain": ~(shut | squint | narrow | glasses), "all": np.ones_like(shut)}


def openings(points: np.ndarray) -> np.ndarray:
    """(N, 78, 2) -> (N, 2), right and left."""
    return np.array([[eyelids.opening(face, side) for side in (0, 1)] for face in points])


def read_at(faces: training.LabelledFaces, size: int) -> np.ndarray:
    """Our openings of each face at a size in pixels: (N, 2)."""
    random, found = np.random.default_rng(0), []
    for path, label in zip(tqdm(faces.paths, desc=f"{size} px"), faces.points[:, :, :2]):
        image, box = images.load_image(path), keypoints.tight_boxes(label[:68])
        scale = size / (box[3] - box[1])
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=how)
        rough = (box + random.normal(0, ROUGH, 4) * max(box[2] - box[0], box[3] - box[1])) * scale
        found.append(keypoints.find_points(image, rough[None])[0])
    return openings(np.array(found))


def figures(ours: np.ndarray, true: np.ndarray) -> str:
    """Error, bias and slope of openings (K,) in percent of the eye's width, as text."""
    spread = true - true.mean()
    slope = (spread * ours).sum() / max((spread**2).sum(), 1e-9)
    return f"{100 * np.abs(ours - true).mean():5.1f} {100 * (ours - true).mean():+5.1f} {slope:5.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True, help="folders made by `course data fetch`")
    parser.add_argument("--part", default="held-out", choices=("held-out", "validation", "train"))
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="pixels from brows to chin")
    parser.add_argument("--far", action="store_true", help="by the landmarker alone, without the look from near")
    options = parser.parse_args()
    if options.far:
        lids.refined = lambda image, points: points
    faces = training.load_labelled(*options.data).part(options.part)
    true, kinds = openings(faces.points[:, :, :2]), kinds_of(faces)
    ours = {size: read_at(faces, size) for size in options.sizes}
    print(f"{options.part}, {len(faces)} faces; error, bias (%) and slope at a face of so many pixels")
    print(f"{'':20} {'eyes':>5}  " + "   ".join(f"{size:>17d}" for size in ours))
    for kind, chosen in kinds.items():
        chosen = chosen & (true < ASIDE)
        cells = "   ".join(figures(read[chosen], true[chosen]) for read in ours.values())
        print(f"{kind:20} {chosen.sum():5d}  {cells}")


if __name__ == "__main__":
    main()
