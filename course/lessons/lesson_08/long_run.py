"""A long run of the animator: its curve, and what it made of the same held-out mouths along the way.

The weights that ship come from a later one, on more kinds of pairs (data/animator.md).

    run = long_run.load()
    run.squares["network", 800]      # uint8 (N, 96, 96, 3): what the network of step 800 makes of N mouths
"""

import csv
from dataclasses import dataclass

import numpy as np

from course import images, io

CURVE, SHEET = "animator_run.csv", "pictures/lesson_08_run.jpg"
SIZE = 96  # pixels of a square
JUDGED_FROM = 960  # the step at which the discriminator joined
ALWAYS = ("photo", "warp", "target")  # the sheet's first rows; then comes one for each step


@dataclass
class LongRun:
    """curve: {column: (K,)}, with "step", L1 in grey levels of 255; steps: those with pictures;
    squares: {("photo" | "warp" | "target", 0) or ("network", step): uint8 (N, 96, 96, 3)}."""

    curve: dict
    steps: list
    squares: dict

    def at(self, step: int, column: str) -> float:
        """The curve's value, L1 in grey levels of 255, at a step that it has.

        Raises `KeyError`, `ValueError`: it has none.
        """
        return float(self.curve[column][list(self.curve["step"]).index(step)])


def load() -> LongRun:
    """The run that ships, pictures (N, 96, 96, 3). Raises `errors.WeightsError` where its files are missing."""
    with open(io.data_file(CURVE), newline="") as file:
        rows = list(csv.DictReader(file))
    curve = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    steps = [int(row["step"]) for row in rows if row["shown"] == "1"]
    sheet = images.load_image(io.data_file(SHEET))  # (SIZE (3 + steps), SIZE N, 3)
    names = [*((name, 0) for name in ALWAYS), *(("network", step) for step in steps)]
    squares = {name: np.stack(np.split(sheet[k * SIZE : (k + 1) * SIZE], sheet.shape[1] // SIZE, axis=1))
               for k, name in enumerate(names)}
    return LongRun(curve, steps, squares)
