"""How far the landmarker is off, face by face, beside what the face looks like: the table that lesson 13 takes apart.

    python benchmarks/landmarks_by_group.py PORTRAITS SCENES

Writes course/lessons/lesson_13/landmarks_by_group.csv: a line for each face of the held-out sheets, people who do not
exist. error: mean distance of the 68 points to the label's, percent of the distance between the outer eye corners, from
the detector's box; empty where the detector finds no face there. skin: the individual typology angle of cheeks, nose
and chin, degrees, out of the pixels: light and make-up count as skin. turned: degrees to the side, of the label's eyes.
age, glasses: as labelled by looking, data/fakes_groups.csv.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from tqdm import tqdm

from course import detection, images, keypoints, polish, training
from course.evaluation import metrics
from course.io import weights

OUT = Path(__file__).parents[1] / "course/lessons/lesson_13/landmarks_by_group.csv"
FIELDS = ("file", "error", "skin", "turned", "age", "glasses")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    with open(weights.data_file("fakes_groups.csv"), encoding="utf-8", newline="") as file:
        seen = {f"{row['folder']}/{row['file']}": (row["age"], row["glasses"]) for row in csv.DictReader(file)}
    faces = training.load_labelled(*parser.parse_args().folders).part("held-out")
    with open(OUT, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        for path, label in zip(tqdm(faces.paths), faces.points):
            image, name = images.load_image(path), f"{path.parent.name}/{path.name}"
            error = distance(image, label[:68, :2])
            writer.writerow([name, "" if np.isnan(error) else f"{error:.2f}", f"{skin(image, label[:, :2]):.0f}",
                             f"{turn(label):.0f}", *seen.get(name, ("", ""))])


def distance(image, true) -> float:
    """Percent of the eye distance; NaN where no face is found there."""
    middle = true.mean(axis=0)
    for box in detection.detect_faces(image):
        if (box[:2] < middle).all() and (middle < box[2:4]).all():
            found = keypoints.find_points(image, box[None])[0][:68]
            return 100 * float(np.linalg.norm(found - true, axis=1).mean() / keypoints.eye_distance(true))
    return float("nan")


def skin(image, points) -> float:
    """The typology angle of the skin's median colour, degrees."""
    shape, lab = image.shape[:2], polish.to_lab(image)
    grown = 0.1 * keypoints.eye_distance(points)
    face = metrics.hull_mask(points[:68], *shape)
    for part in (keypoints.LIPS_OUTER, keypoints.EYE_RIGHT, keypoints.EYE_LEFT, keypoints.BROW_RIGHT,
                 keypoints.BROW_LEFT):
        face &= ~metrics.hull_mask(points[part], *shape, grown)
    light, _, yellow = np.median(lab[face], axis=0)
    return float(np.degrees(np.arctan2(light - 50, max(yellow, 1e-6))))


def turn(label) -> float:
    """How far a head is turned to the side, degrees, from the depth of its eyes' outer corners."""
    across = label[45] - label[36]
    return abs(float(np.degrees(np.arctan2(across[2], across[0]))))


if __name__ == "__main__":
    main()
