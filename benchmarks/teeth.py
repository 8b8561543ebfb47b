"""Rows of teeth or a bright band, and how near the inside of the mouth comes: `python benchmarks/teeth.py CLIP...`

For each clip, and for all together:
  - the measure itself: the ripple (`evaluation/teeth.py`) of the film's own open mouths and of the same with a band
    painted over the teeth, medians, and how often a real mouth has more of it than a banded one; the same of the mean
    horizontal gradient, which tells them apart less well;
  - self-reenactment as in `course evaluate`: L1 between the inner lips, and the ripple of the frames that are made,
    with and without the network that repaints mouths.

A clip is for measuring only: nothing here is trained.
"""

import argparse

import numpy as np
from tqdm.auto import tqdm

from course import evaluation
from course.evaluation import metrics, reenactment, teeth
from course.keypoints import landmarks

METHODS = {"ships": "ships", "without the network": "--generator warp"}


def more(first, second) -> float:
    """How often a number of the first list is larger than one of the second: 0.5 if they do not differ."""
    first, second = np.asarray(first)[:, None], np.asarray(second)[None]
    return float(((first > second) + 0.5 * (first == second)).mean()) if first.size and second.size else float("nan")


def compare(take) -> dict:
    """name -> a list over the frames that show teeth: ripple and gradient, real and of the band."""
    found = {name: [] for name in ("ripple", "ripple of a band", "gradient", "gradient of a band")}
    for frame, points in zip(take.frames, take.points):
        real, band = (teeth.strip(picture, points) for picture in (frame, teeth.with_band(frame, points)))
        if real is None or band is None:
            continue
        for name, strip in (("", real), (" of a band", band)):
            found[f"ripple{name}"].append(teeth.profile_ripple(strip))
            found[f"gradient{name}"].append(teeth.gradient(strip))
    return found


def told(name: str, found: dict) -> str:
    """One line of the first table."""
    if not found["ripple"]:
        return f"{name:6} no frame shows teeth"
    cells = [f"{name:6} {len(found['ripple']):6}"]
    for what in ("ripple", "gradient"):
        real, band = found[what], found[f"{what} of a band"]
        cells.append(f"{np.median(real):9.4f} {np.median(band):9.4f} {more(real, band):11.3f}")
    return "   ".join(cells)


def reenacted(take, method: str) -> tuple:
    """Sum of the L1 between the inner lips, pixels there, and the ripples of frames in which the film shows teeth."""
    height, width = take.frames.shape[1:3]
    total, count, ripples = 0.0, 0, []
    frames = reenactment.METHODS[method](take.frames[0], take.points, take.fps)
    for made, true, points in tqdm(zip(frames, take.frames, take.points), total=len(take.frames), leave=False,
                                   desc=f"{take.name}: {method}"):
        inside = metrics.hull_mask(points[landmarks.LIPS_INNER], height, width)
        total, count = total + metrics.l1(made, true, inside) * inside.sum(), count + inside.sum()
        if teeth.strip(true, points) is not None:
            ripples.append(teeth.ripple(made, points))
    return total, count, ripples


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--limit", type=int, help="only the first N frames of each clip")
    options = parser.parse_args()
    takes = [evaluation.read_take(clip, limit=options.limit) for clip in options.clips]
    measured = [compare(take) for take in takes]
    print("clip   frames      ripple    a band   real > band    gradient    a band   real > band")
    for take, found in zip(takes, measured):
        print(told(take.name, found))
    print(told("all", {name: sum((found[name] for found in measured), []) for name in measured[0]}))
    print("\nclip    method                 inner L1     ripple")
    for name, method in METHODS.items():
        sums = [reenacted(take, method) for take in takes]
        for take, (total, count, ripples) in zip(takes, sums):
            print(f"{take.name:7} {name:20} {total / max(count, 1):10.4f} {middle(ripples):10.4f}")
        mean = np.mean([total / max(count, 1) for total, count, _ in sums])
        print(f"{'mean':7} {name:20} {mean:10.4f} {np.nanmean([middle(each[2]) for each in sums]):10.4f}")


def middle(ripples: list) -> float:
    """The median of those that are numbers; NaN if there are none."""
    seen = [each for each in ripples if np.isfinite(each)]
    return float(np.median(seen)) if seen else float("nan")


if __name__ == "__main__":
    main()
