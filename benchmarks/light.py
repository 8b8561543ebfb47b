"""How well a photo tells its light, and what lighting a head that turns is worth: drawn people whose light is known.

    python benchmarks/light.py [--people 104]

Each person is drawn twice, the head turned in between. The first picture is warped to the second one's points, and the
ratio of their light is compared with what `rendering.lighting` makes of it. Prints what is left of that ratio, and the
numbers that fit best in the place of `lighting.BELIEVED` and `lighting.ABOVE`.
"""

import argparse

import cv2
import numpy as np
import torch

from course import keypoints, synthetic
from course.evaluation import metrics
from course.face import channels
from course.rendering import head_field, lighting, portrait, warping

SIDE = 192  # pixels
SOFT = 0.1  # eye distances over which light is compared
TURNS = {"headPitch": (4, 9), "headYaw": (6, 15), "headRoll": (3, 6)}  # degrees: spread at first, and the most added


def drawn(count: int) -> tuple:
    """Two pictures of each person, uint8 (N, SIDE, SIDE, 3) twice, and their points, (N, 78, 2) twice."""
    people, rng = synthetic.People.random(count, seed=11), np.random.default_rng(5)
    first = np.zeros((count, len(channels.CHANNELS)), np.float32)
    second = first.copy()
    for name, (spread, most) in TURNS.items():
        first[:, channels.INDEX[name]] = rng.normal(0, spread, count)
        second[:, channels.INDEX[name]] = first[:, channels.INDEX[name]] + rng.uniform(-most, most, count)
    pictures, points = [], []
    for values in (first, second):
        made = synthetic.render(people, torch.tensor(values), size=SIDE)
        pictures.append((made.image.permute(0, 2, 3, 1).numpy() * 255 + 0.5).clip(0, 255).astype(np.uint8))
        boxes = [np.r_[row.min(axis=0), row.max(axis=0), 1][None].astype(np.float32) for row in made.keypoints.numpy()]
        points.append(np.stack([keypoints.find_points(*pair)[0] for pair in zip(pictures[-1], boxes)]).astype(float))
    return *pictures, *points


def smooth(picture, mask, sigma):
    """How light a picture is around each place of a mask: (H, W)."""
    weights = cv2.GaussianBlur(mask, (0, 0), sigma)
    return cv2.GaussianBlur((picture.mean(axis=-1) + 2) * mask, (0, 0), sigma) / np.maximum(weights, 1e-3)


def compared(before, after, points, target) -> tuple:
    """Of one person: log of the ratios of light (n,), how far normals turned (n, 3), and what the skin says (3,)."""
    actor = portrait.Portrait(before, points)
    actor.light.towards = np.zeros(3)
    sigma = SOFT * float(keypoints.eye_distance(points))
    mask = metrics.face_mask(target, SIDE, SIDE).astype(np.float32)
    ratio = np.log(np.maximum(smooth(after, mask, sigma), 1) / np.maximum(smooth(actor.render(target), mask, sigma), 1))
    rows, columns = np.nonzero(metrics.face_mask(points, SIDE, SIDE)[::6, ::6])
    places = 6.0 * np.stack([columns, rows], axis=-1)
    there = warping.transform(warping.similarity(points[head_field.STABLE], target[head_field.STABLE]), places)
    column, row = np.round(there).astype(int).clip(0, SIDE - 1).T
    held, turned = actor.light.at_rest, head_field.held(target)[0]
    known = mask[row, column] > 0
    moved = lighting.normals(points, places) @ (turned - held).T
    return ratio[row, column][known], moved[known], lighting.seen_in(before, points, held)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=104)
    torch.set_num_threads(1)
    rows = [compared(*person) for person in zip(*drawn(parser.parse_args().people))]
    ratio = np.concatenate([row[0] for row in rows])
    seen = np.concatenate([row[1] @ row[2] for row in rows])
    above = np.concatenate([row[1][:, 1] for row in rows])
    ours = np.concatenate([row[1] @ (lighting.BELIEVED * row[2] + lighting.ABOVE) for row in rows])
    best = np.linalg.lstsq(np.stack([seen, above], axis=1), ratio, rcond=None)[0]
    for name, left in (("no light", ratio), ("the skin alone", ratio - seen), ("what ships", ratio - ours)):
        print(f"{name:<16} {np.abs(left).mean():.4f} of log light left")
    print(f"best: believed {best[0]:.2f}, above {best[1]:.2f}")


if __name__ == "__main__":
    main()
