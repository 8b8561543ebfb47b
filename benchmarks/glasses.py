"""How far glasses keep their shape while a face moves beneath them or its head turns, and how surely they are found.

    python benchmarks/glasses.py --data portraits scenes --pictures 120 140 156

Of each face with glasses the rims found in the photo are followed through the movement. Printed is what is left of
their way once they are laid on each other as one flat rigid piece may move (an affine), root mean square in percent of
the eye distance: in the picture as it is made, and with the glasses taken for skin.
"""

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

from course import images, keypoints, training
from course.face import channels, model, posing
from course.io import weights
from course.rendering import glasses, head_field, portrait

MOVES = {"brows up": ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"), "brows down": ("browDown",),
         "blink": ("eyeBlink",), "squint": ("eyeSquint", "cheekSquint")}
TURNS = {"turn 10": ("headYaw", 10), "turn 25": ("headYaw", 25), "turn -25": ("headYaw", -25),
         "nod 15": ("headPitch", 15)}


def moved(face, names) -> np.ndarray:
    """Target points (78, 2) of a face that does it wholly."""
    values = face.rest.copy()
    for column, name in enumerate(channels.BLENDSHAPES):
        if name.startswith(names):
            values[column] = max(values[column], 1.0)
    return posing.posed_points(face, values)


def turned(face, name: str, degrees: float) -> np.ndarray:
    """Target points (78, 2) of a face whose head turns so far."""
    values = face.rest.copy()
    values[channels.INDEX[name]] += degrees
    return posing.posed_points(face, values)


def bend(actor: portrait.Portrait, rims: np.ndarray, target: np.ndarray, worn) -> float:
    """What of the rims' way is no rigid movement, in percent of the eye distance.

    rims: (2, A, 2) of the photo; target: (78, 2); worn: the `Glasses`, None to take them for skin.
    """
    field, (safe, _) = actor.field, actor.lids.limited(np.asarray(target, float))
    matrix = field.rigid(safe)
    safe = field.unfolded(safe, matrix)
    back, held, residual, stiffened = actor.begun(safe, matrix)
    spline = field.spline(held, residual, np.setdiff1d(np.arange(keypoints.N_POINTS), head_field.LOWER_LIP))
    positions = field.positions(spline, field.shares(back, safe), worn and stiffened)
    x0, y0, *_ = actor.field.box
    here = rims.reshape(-1, 2)
    there = here.copy()
    for _ in range(20):  # q so that positions(q) = p
        back = cv2.remap(positions, (there - [x0, y0]).astype(np.float32)[None], None, cv2.INTER_LINEAR)[0]
        there += here - back
    design = np.column_stack([here, np.ones(len(here))])
    left = there - design @ np.linalg.lstsq(design, there, rcond=None)[0]
    return 100 * float(np.sqrt((left**2).sum(axis=1).mean())) / keypoints.eye_distance(actor.points)


def found(folders) -> None:
    """Print how many of the labelled pictures that are not trained on are taken to wear glasses."""
    faces = training.load_labelled(*folders).part("held-out")
    index = {f"{path.parent.name}/{path.name}": number for number, path in enumerate(faces.paths)}
    kinds: dict = {}
    with open(weights.data_file("fakes_groups.csv")) as file:
        for row in csv.DictReader(file):
            number = index.get(f"{row['folder']}/{row['file']}")
            if number is not None:
                worn = glasses.find(images.load_image(faces.paths[number]), faces.points[number, :, :2])
                kinds.setdefault(row["glasses"], []).append(worn.share if worn else 0.0)
    for kind, shares in kinds.items():
        shares = np.array(shares)
        whole, little = np.mean(shares > 0.9), np.mean(shares > 0)
        print(f"{kind:6} {len(shares):4d} faces: held whole {whole:.0%}, at least a little {little:.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True, help="folders made by `course data fetch`")
    parser.add_argument("--pictures", nargs="+", default=["120", "140", "156"], help="names in the first of them")
    options = parser.parse_args()
    found(options.data)
    print(f"{'':12} " + "  ".join(f"{name:>15}" for name in [*MOVES, *TURNS]))
    for name in options.pictures:
        image = images.load_image(Path(options.data[0]) / f"{name}.jpg")
        points = keypoints.find_points(image)[0]
        actor, face = portrait.Portrait(image, points), model.fit_face(points)
        if actor.glasses is None:
            print(f"{name:12} no glasses found")
            continue
        worn, cells = actor.glasses, []
        targets = [moved(face, names) for names in MOVES.values()] + [turned(face, *turn) for turn in TURNS.values()]
        for target in targets:
            before, after = (bend(actor, worn.rims, target, held) for held in (None, worn))
            cells.append(f"{before:6.2f} -> {after:5.2f}")
        print(f"{name:12} " + "  ".join(cells))


if __name__ == "__main__":
    main()
