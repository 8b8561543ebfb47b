"""How far the landmarker is off, face by face, beside what the face looks like: the table that lesson 13 takes apart.

    python benchmarks/landmarks_by_group.py ../shared/portraits ../shared/scenes

Writes course/lessons/lesson_13/landmarks_by_group.csv: a line for each face of the held-out sheets, people who do not
exist. error: mean distance of the 68 points to the label's, percent of the distance between the outer eye corners, from
the detector's box; empty where the detector finds no face there. skin: the individual typology angle of cheeks, nose
and chin, degrees, out of the pixels: light and make-up count as skin. turned: degrees to the side, of the label's eyes.
dark: 1 where the skin's median lightness is below 30 of 100. sheet: what the picture was made to show.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from tqdm import tqdm

from course import detection, images, keypoints, polish, training
from course.evaluation import metrics

OUT = Path(__file__).parents[1] / "course/lessons/lesson_13/landmarks_by_group.csv"
FIELDS = ("file", "sheet", "error", "skin", "turned", "dark")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    faces = training.load_labelled(*parser.parse_args().folders).part("held-out")
    with open(OUT, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        for path, label, sheet in zip(tqdm(faces.paths), faces.points, faces.sheets):
            image = images.load_image(path)
            tone, light = skin(image, label[:, :2])
            error = distance(image, label[:68, :2])
            name = sheet.removeprefix("textual_search_2_").partition("_top_")[0]
            writer.writerow([f"{path.parent.name}/{path.name}", name, "" if np.isnan(error) else f"{error:.2f}",
                             f"{tone:.0f}", f"{turn(label):.0f}", int(light < 30)])


def distance(image, true) -> float:
    """Percent of the eye distance; NaN where no face is found there."""
    middle = true.mean(axis=0)
    for box in detection.detect_faces(image):
        if (box[:2] < middle).all() and (middle < box[2:4]).all():
            found = keypoints.find_points(image, box[None])[0][:68]
            return 100 * float(np.linalg.norm(found - true, axis=1).mean() / keypoints.eye_distance(true))
    return float("nan")


def skin(image, points) -> tuple:
    """The median typology angle of the skin in degrees, and its lightness, 0 to 100."""
    shape, lab = image.shape[:2], polish.to_lab(image)
    grown = 0.1 * keypoints.eye_distance(points)
    face = metrics.hull_mask(points[:68], *shape)
    for part in (keypoints.LIPS_OUTER, keypoints.EYE_RIGHT, keypoints.EYE_LEFT, keypoints.BROW_RIGHT,
                 keypoints.BROW_LEFT):
        face &= ~metrics.hull_mask(points[part], *shape, grown)
    light, _, yellow = np.median(lab[face], axis=0)
    return float(np.degrees(np.arctan2(light - 50, max(yellow, 1e-6)))), float(light)


def turn(label) -> float:
    """How far a head is turned to the side, degrees, from the depth of its eyes' outer corners."""
    across = label[45] - label[36]
    return abs(float(np.degrees(np.arctan2(across[2], across[0]))))


if __name__ == "__main__":
    main()
