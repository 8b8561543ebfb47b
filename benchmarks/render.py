"""Milliseconds a frame of the renderer, by stage: `python benchmarks/render.py [--frames 20] [--sizes 256 512]`."""

import argparse
import time
from contextlib import contextmanager

import cv2
import numpy as np
from skimage import data as pictures

from course import keypoints, rendering

# 78 points of scikit-image's astronaut at 512 px, roughly: timing does not ask for more
CENTRE, EYES = (226, 112), 66


def photo(size: int):
    """A picture (size, size, 3) and 78 points of its face."""
    scale = size / 512
    image = cv2.resize(pictures.astronaut(), (size, size), interpolation=cv2.INTER_AREA)
    return image, (plain_points() * EYES + CENTRE).astype(np.float32) * scale


def plain_points() -> np.ndarray:
    p = np.zeros((keypoints.N_POINTS, 2))
    angle = np.linspace(0, np.pi, 17)
    p[0:17] = np.c_[-np.cos(angle) * 0.72, -0.05 + np.sin(angle)]
    for first, x in ((17, -0.42), (22, 0.42)):
        p[first : first + 5] = np.c_[x + np.linspace(-0.24, 0.24, 5), np.full(5, -0.25)]
    p[27:31] = np.c_[np.zeros(4), np.linspace(-0.05, 0.3, 4)]
    p[31:36] = np.c_[np.linspace(-0.15, 0.15, 5), np.full(5, 0.4)]
    eye = np.array([[-0.18, 0], [-0.06, -0.06], [0.06, -0.06], [0.18, 0], [0.06, 0.05], [-0.06, 0.05]])
    p[36:42], p[42:48] = eye - [0.32, 0], eye + [0.32, 0]
    upper, lower = np.linspace(-0.28, 0.28, 7), np.linspace(0.28, -0.28, 7)[1:-1]
    p[48:55] = np.c_[upper, 0.62 - 0.09 * np.cos(upper * np.pi / 0.56)]
    p[55:60] = np.c_[lower, 0.62 + 0.12 * np.cos(lower * np.pi / 0.56)]
    p[60:65] = np.c_[np.linspace(-0.22, 0.22, 5), np.full(5, 0.62)]
    p[65:68] = np.c_[np.linspace(0.11, -0.11, 3), np.full(3, 0.625)]
    p[68], p[69] = (-0.32, 0), (0.32, 0)
    p[70:78] = np.c_[np.linspace(-0.6, 0.6, 8), np.full(8, -0.8)]
    return p


def moved(points, part: float) -> np.ndarray:
    """A frame of talking: the mouth opens by `part`, the head shifts a little, the eyes close by `part`."""
    target = points + part * 0.05 * keypoints.eye_distance(points)
    drop = part * 0.2 * keypoints.eye_distance(points)
    target[np.r_[55:60, 65:68, 7:10], 1] += drop
    for upper, lower in ((37, 41), (38, 40), (43, 47), (44, 46)):
        target[upper] += part * (target[lower] - target[upper])
    return target


def timed_stages(spent: dict):
    """Put a clock around the parts that `Portrait.render` calls."""
    parts = {"similarity, spline, field, lips": (rendering.Portrait, "_warped"), "mouth": (rendering.Mouth, "draw"),
             "lids": (rendering.Lids, "draw"), "paste-back": (rendering.Portrait, "_laid_back")}
    for name, (owner, attribute) in parts.items():
        setattr(owner, attribute, clocked(getattr(owner, attribute), name, spent))


def clocked(function, name, spent):
    def call(*args):
        with clock(name, spent):
            return function(*args)

    return call


@contextmanager
def clock(name, spent):
    start = time.perf_counter()
    yield
    spent[name] = spent.get(name, 0) + time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=20)
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 512])
    options = parser.parse_args()
    spent = {}
    timed_stages(spent)
    for size in options.sizes:
        image, points = photo(size)
        start = time.perf_counter()
        face = rendering.Portrait(image, points)
        print(f"{size} px: prepared in {(time.perf_counter() - start) * 1000:.0f} ms")
        face.render(moved(points, 0.5))
        spent.clear()
        times, processor = [], time.process_time()
        for part in np.linspace(0.1, 1, options.frames):
            start = time.perf_counter()
            face.render(moved(points, part))
            times.append((time.perf_counter() - start) * 1000)
        processor = (time.process_time() - processor) / options.frames * 1000
        for name, seconds in spent.items():
            print(f"  {name:32s} {seconds / options.frames * 1000:6.1f} ms")
        print(f"  {'whole frame, mean / median':32s} {np.mean(times):6.1f} / {np.median(times):.1f} ms")
        print(f"  {'processor time, all cores':32s} {processor:6.1f} ms")  # what counts where others compute too


if __name__ == "__main__":
    main()
