"""Are covered mouths seen, and free ones left alone? `python benchmarks/covered.py --data FOLDER...` prints a table.

Labelled faces of the held-out part (sheets that nothing was trained on), found as the system finds them: bare, with
something covered that is not the mouth, and behind drawn masks and scarves. Beside the network a rule that needs no
training: lips are redder than the skin around them.
"""

import argparse

import cv2
import numpy as np

from course import detection, images, keypoints
from course.keypoints import covered
from course.recipes.covered import cloth
from course.training import labelled


def redness(image: np.ndarray, points: np.ndarray) -> float:
    """How much redder lips are than chin and cheeks beside them: difference of a* in CIELAB."""
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 1]

    def inside(polygon) -> np.ndarray:
        mask = np.zeros(lab.shape, np.uint8)
        cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 1)
        return mask > 0

    lips = inside(points[48:60]) & ~inside(points[60:68])
    around = inside(points[48:60] + 0.6 * (points[48:60] - points[48:60].mean(axis=0))) & ~inside(points[48:60])
    return float(np.median(lab[lips]) - np.median(lab[around])) if lips.any() and around.any() else 0.0


def measured(image: np.ndarray) -> tuple | None:
    """(probability of the network, redness of the lips), None where no face is found."""
    boxes = detection.detect_faces(image)
    if not len(boxes):
        return None
    points = keypoints.find_points(image, boxes[:1])[0]
    return covered.probability(image, points), redness(image, points)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True, help="folders with pictures and labels.npz")
    parser.add_argument("--part", default="held-out", choices=("train", "validation", "held-out"))
    options = parser.parse_args()
    faces = labelled.load_labelled(*options.data).part(options.part)
    found: dict = {"bare": [], "elsewhere": [], "covered": []}
    for number in range(len(faces)):
        image, points = images.load_image(faces.paths[number]), faces.points[number, :, :2].astype(float)
        rng = np.random.default_rng((7, number))
        found["bare"].append(measured(image))
        found["elsewhere"].append(measured(cloth.elsewhere(image, points, rng)))
        found["covered"].append(measured(cloth.covered(image, points, rng)))
    bare = np.array([one for one in found["bare"] if one])
    # as many bare faces refused as by the network, at least one: no rule looks better by refusing more
    allowed = max(int((bare[:, 0] >= covered.LIMIT).sum()), 1)
    limit = np.sort(bare[:, 1])[allowed - 1]
    print(f"{'faces':<11}{'all':>5}{'not found':>11}{'network says covered':>22}{'lips not redder':>17}")
    for kind, rows in found.items():
        some = np.array([row for row in rows if row])
        print(f"{kind:<11}{len(rows):>5}{len(rows) - len(some):>11}"
              f"{(some[:, 0] >= covered.LIMIT).sum():>22}{(some[:, 1] <= limit).sum():>17}")


if __name__ == "__main__":
    main()
