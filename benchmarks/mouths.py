"""How far apart lips are read, beside MediaPipe's labels.

    python benchmarks/mouths.py --data portraits scenes
    python benchmarks/mouths.py --data portraits scenes --far     (without the look from near)

The gap is the mean distance of the inner lips at three places. Each held-out face is read from a rough box, as a photo
is. Printed are, by the label's gap in millimetres of an average adult: how many, the mean error of the gap, its bias
(ours less the label's; above 0: too far apart) and the mean distance of all twenty points; last the slope of ours on
the label's: 1 where all of it is seen.
"""

import argparse

import numpy as np
from tqdm import tqdm

from course import errors, images, keypoints, training
from course.keypoints import lips
from course.recipes import lips as recipe

EYES_MM = 90.0  # between the outer corners of the eyes
STEPS = (0, 1, 2, 4, 8, 16, 60)  # mm
ROUGH = 0.04  # of the box's side: how far a detector's box is off


def gaps(points: np.ndarray) -> float:
    """Of a face (78, 2): mean gap between the inner lips in pixels."""
    return float(np.linalg.norm(recipe.gaps(points[lips.POINTS]), axis=-1).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True, help="folders made by `course data fetch`")
    parser.add_argument("--part", default="held-out", choices=("held-out", "validation", "train"))
    parser.add_argument("--far", action="store_true", help="by the landmarker alone, without the look from near")
    options = parser.parse_args()
    if options.far:
        lips.refined = lambda image, points: points
    random, rows = np.random.default_rng(0), []
    try:
        faces = training.load_labelled(*options.data).part(options.part)
    except errors.CourseError as problem:
        parser.error(str(problem))
    for path, label in zip(tqdm(faces.paths), faces.points[:, :, :2]):
        box = keypoints.tight_boxes(label[:68])
        rough = box + random.normal(0, ROUGH, 4) * max(box[2] - box[0], box[3] - box[1])
        found = keypoints.find_points(images.load_image(path), rough[None])[0]
        unit = keypoints.eye_distance(label) / EYES_MM
        off = np.linalg.norm(found[lips.POINTS] - label[lips.POINTS], axis=1).mean()
        rows.append([gaps(label) / unit, gaps(found) / unit, off / unit])
    true, ours, off = np.array(rows).T
    print(f"{options.part}, {len(faces)} faces, mm")
    for low, high in zip(STEPS, STEPS[1:]):
        own = (true >= low) & (true < high)
        print(f"gap {low:2d} to {high:2d}: {own.sum():4d}   error {np.abs(ours - true)[own].mean():5.2f}   "
              f"bias {(ours - true)[own].mean():+5.2f}   points {off[own].mean():5.2f}")
    print(f"all: {len(true)}   error {np.abs(ours - true).mean():.2f}   points {off.mean():.2f}   "
          f"slope {np.polyfit(true, ours, 1)[0]:.2f}   correlation {np.corrcoef(true, ours)[0, 1]:.3f}")


if __name__ == "__main__":
    main()
