"""Whose movement is it? Ways to carry a film over to another face, each held against the true answer.

    python benchmarks/retarget.py [--pairs 30] [--seed 9]

Formula people are exact: the same channels on two of them give a driver's film and, for the photo's person, the points
that would be right. Nothing is drawn; the driver's channels are found from the driver's 68 points, as those of any film
are. Each driver sits elsewhere in the picture, nearer or farther, and starts with other lids than the photo's; in the
second table the driver's head is turned and tilted as well.
Errors are means over the 68 points, frames and pairs, in percent of the distance between the photo's eyes; `lips` over
the 20 points of the mouth; `shut` is what a lid leaves open where the driver's is shut, in parts of the open eye.
"""

import argparse
import time

import numpy as np
import torch

from course import animation, keypoints, motion, synthetic
from course.face import channels, posing
from course.face import model as face_model
from course.motion import transfer
from course.synthetic import scene as synthetic_scene

FRAMES = 24
LIPS = np.arange(48, 68)
LIDS = ((37, 41), (38, 40), (43, 47), (44, 46))


def played(rng) -> np.ndarray:
    """Some seconds of talking, a smile, a blink and a turn around an expression of one's own: (T, 57)."""
    u = np.linspace(0, 1, FRAMES)
    values = np.zeros((FRAMES, 57))

    def put(names, curve):
        for name in names:
            values[:, channels.INDEX[name]] = curve

    put(["jawOpen"], 0.5 * np.sin(3 * np.pi * u) ** 2 * rng.uniform(0.6, 1.2))
    put(["mouthSmileLeft", "mouthSmileRight"], 0.8 * u**2)
    put(["mouthPucker"], 0.5 * np.exp(-(((u - 0.3) / 0.06) ** 2)))
    put(["browInnerUp"], 0.6 * np.exp(-(((u - 0.5) / 0.15) ** 2)))
    put(["headYaw"], rng.uniform(-14, 14) * np.sin(np.pi * u))
    put(["headPitch"], rng.uniform(-8, 8) * np.sin(2 * np.pi * u))
    put(["headX"], 0.15 * np.sin(2 * np.pi * u))
    squint, blink = rng.uniform(0, 0.6), np.exp(-(((u - 0.7) / 0.06) ** 2))
    put(["eyeBlinkLeft", "eyeBlinkRight"], squint + (1 - squint) * blink)
    return values


def points_of(person, values: np.ndarray, size: int = 512) -> np.ndarray:
    """The exact points of one formula person: (T, 57) -> (T, 68, 2) pixels."""
    scene = synthetic_scene.build(person.repeat(len(values)), torch.tensor(values, dtype=torch.float32), size)
    return scene.keypoints.numpy().astype(float)


def one_pair(people, rng, tilt: float) -> dict:
    values = played(rng)
    held = values.copy()  # the driver holds the head otherwise
    held[:, transfer.HEAD_ANGLES] += rng.uniform((-8, -12, -20), (8, 12, 20)) * tilt
    driver = points_of(people[0], held)
    near, aside = rng.uniform(0.6, 1.5), rng.uniform(-80, 80, 2)
    driver = (driver - 256) * near + 256 + aside
    photo_values = values[:1].copy()
    lids = [channels.INDEX["eyeBlinkLeft"], channels.INDEX["eyeBlinkRight"]]
    squint = rng.uniform(0, 0.6)  # the photo's own
    photo_values[0, lids] = squint
    rest = values[0, lids[0]]
    true_values = values.copy()
    true_values[:, lids] = squint + (values[:, lids] - rest) * (1 - squint) / (1 - rest)
    photo = points_of(people[1], photo_values)[0]
    true = points_of(people[1], true_values)
    face, theirs = face_model.fit_face(photo), face_model.fit_face(driver[0])
    moved = motion.fit_motion(theirs, driver)
    full, start = moved.full(), moved.full()[0]
    made = {
        "points, absolute": driver,
        "points, relative, s = 1": motion.relative_motion(photo, driver, driver[0], scale=1.0),
        "points, relative": motion.relative_motion(photo, driver, driver[0]),
        "channels, absolute": pose(face, motion.values_for(moved, face, "absolute", animation.Settings())),
        "channels, relative, r + v - v0": pose(face, face.rest + full - start),
        "channels, relative, gain for all": pose(face, gain_for_all(full, start, face.rest)),
        "channels, relative, retarget": pose(face, motion.retarget(full, start, face.rest)),
    }
    unit = keypoints.eye_distance(photo) / 100
    shut = int(values[:, lids[0]].argmax())
    scores = {}
    for name, points in made.items():
        off = np.linalg.norm(points - true, axis=2) / unit  # (T, 68)
        open_, gap = (np.mean([abs(p[low, 1] - p[up, 1]) for up, low in LIDS]) for p in (photo, points[shut]))
        scores[name] = (off.mean(), off[:, LIPS].mean(), gap / open_)
    return scores


def gain_for_all(values, start, rest):
    """What `retarget` does for falling lids, done to every blendshape, up towards 1 and down towards 0."""
    shapes = slice(0, transfer.N_BLENDSHAPES)
    v0, r = start[shapes].clip(0, 1), rest[shapes].clip(0, 1)
    up, down = (1 - r) / (1 - v0).clip(1e-6), r / v0.clip(1e-6)
    made = rest + values - start
    gain = np.where(values[:, shapes] > start[shapes], up, down)
    made[:, shapes] = rest[shapes] + np.minimum(gain, transfer.MAX_GAIN) * (values - start)[:, shapes]
    return made


def pose(face, values) -> np.ndarray:
    return np.stack([posing.posed_points(face, row)[:68] for row in values])


def main(pairs: int, seed: int) -> None:
    for tilt, words in ((0.0, "driver upright at the start"), (1.0, "driver's head held otherwise at the start")):
        print(words)
        table(pairs, seed, tilt)


def table(pairs: int, seed: int, tilt: float) -> None:
    rng = np.random.default_rng(seed)
    begin = time.process_time()
    found = [one_pair(synthetic.People.random(2, (seed, k)), rng, tilt) for k in range(pairs)]
    print(f"{pairs} pairs of formula people, {FRAMES} frames each, seed {seed}; percent of the eye distance")
    print(f"{'':<34}{'all':>8}{'lips':>8}{'shut':>8}{'best of':>9}")
    means = {name: np.array([one[name] for one in found]) for name in found[0]}
    best = np.argmin([rows[:, 0] for rows in means.values()], axis=0)
    for k, (name, rows) in enumerate(means.items()):
        everything, lips, shut = rows.mean(axis=0)
        print(f"{name:<34}{everything:8.2f}{lips:8.2f}{shut:8.2f}{int((best == k).sum()):6d}/{pairs}")
    print(f"{time.process_time() - begin:.0f} s of processor time")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=9)
    options = parser.parse_args()
    main(options.pairs, options.seed)
