"""How far the landmarker's points lie from the labels on pictures it never saw, and how long it takes.

    python benchmarks/keypoints.py --data ../shared/portraits ../shared/scenes

Prints the mean distance over the 68 points as a percentage of the distance between the outer eye corners,
for each held-out sheet and each group of points, from boxes as rough as a detector's and from the detector itself,
and what a single look at the detector's box would give instead of the three that a photo gets.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

from course import detection, images, keypoints, training

GROUPS = {"all 68": np.arange(68), "jaw": keypoints.JAW, "brows": np.r_[keypoints.BROW_RIGHT, keypoints.BROW_LEFT],
          "nose": keypoints.NOSE, "eyes": np.r_[keypoints.EYE_RIGHT, keypoints.EYE_LEFT],
          "lips": np.r_[keypoints.LIPS_OUTER, keypoints.LIPS_INNER]}


def rough(box: np.ndarray, random) -> np.ndarray:
    """A box as a detector would give it: shifted and scaled by a few percent."""
    side = max(box[2] - box[0], box[3] - box[1])
    return box + random.normal(0, 0.04, 4) * side


def overlap(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    """IoU of (N, 5) with one box (4,)."""
    width = (np.minimum(boxes[:, 2], box[2]) - np.maximum(boxes[:, 0], box[0])).clip(0)
    height = (np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1])).clip(0)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return width * height / (areas + (box[2] - box[0]) * (box[3] - box[1]) - width * height)


def measure(faces: training.LabelledFaces) -> dict:
    """Errors in percent, (N, 68), from rough boxes and from the detector's (NaN where it misses)."""
    random = np.random.default_rng(0)
    result = {"rough box": [], "detector": [], "one look": []}
    for path, label in zip(tqdm(faces.paths, desc="faces"), faces.points[:, :68, :2]):
        image, box = images.load_image(path), keypoints.tight_boxes(label)
        found = detection.detect_faces(image)
        hit = found[overlap(found, box) > 0.4][:1]
        for name, boxes, find in (("rough box", rough(box, random)[None], keypoints.find_points),
                                  ("detector", hit, keypoints.find_points), ("one look", hit, one_look)):
            error = np.full(68, np.nan)
            if len(boxes):
                points = find(image, boxes)[0][:68]
                error = np.linalg.norm(points - label, axis=1) / keypoints.eye_distance(label) * 100
            result[name].append(error)
    return {name: np.array(rows) for name, rows in result.items()}


def one_look(image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """The points after the first look only: (1, 78, 2)."""
    return keypoints.look(image, *keypoints.square_from_box(boxes[0]), tilt=0.0, mirrored=False)[0][None]


def pace(faces: training.LabelledFaces, count: int = 40) -> tuple:
    """Milliseconds a picture for the detector, a face for the landmarker, and for one of its looks: medians."""
    times = []
    for path, label in zip(faces.paths[:count], faces.points[:count, :, :2]):
        image = images.load_image(path)
        begin = time.perf_counter()
        detection.detect_faces(image)
        middle = time.perf_counter()
        keypoints.find_points(image, keypoints.tight_boxes(label)[None])
        end = time.perf_counter()
        one_look(image, keypoints.tight_boxes(label)[None])
        times.append((middle - begin, end - middle, time.perf_counter() - end))
    return tuple(np.median(times, axis=0) * 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True, help="folders made by `course data fetch`")
    parser.add_argument("--part", default="held-out", choices=("held-out", "validation", "train"))
    options = parser.parse_args()
    for folder in options.data:
        faces = training.load_labelled(folder).part(options.part)
        errors = measure(faces)
        missed = int(np.isnan(errors["detector"][:, 0]).sum())
        print(f"\n{Path(folder).name}, {options.part}: {len(faces)} faces; the detector misses {missed}")
        for name, rows in errors.items():
            cells = "  ".join(f"{group} {np.nanmean(rows[:, index]):.2f}" for group, index in GROUPS.items())
            print(f"  {name:9}  {cells}")
        for sheet in np.unique(faces.sheets):
            own = faces.sheets == sheet
            print(f"  {np.nanmean(errors['rough box'][own]):6.2f} %  {own.sum():3d} faces  {sheet}")
    detect, find, once = pace(faces)
    print(f"\n{detect:.1f} ms a picture to detect, {find:.1f} ms a face for its points, "
          f"{once:.1f} ms for one look (medians)")


if __name__ == "__main__":
    main()
