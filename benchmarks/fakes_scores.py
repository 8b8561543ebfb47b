"""The detector's scores of photos and films of people it has not learned from: the table of lesson 13.

    python benchmarks/fakes_scores.py --films out/fakes [--weights FILE]

--films: the folder in which benchmarks/fakes.py keeps its films. Writes course/lessons/lesson_13/scores.csv, two lines
for each person: a picture of the photo (film 0) and a frame of a film (film 1), both out of the same kind of file.
"""

import argparse
import csv
from pathlib import Path

import numpy as np

from course.io import weights
from course.provenance import detector
from course.recipes.fakes import films

OUT = Path(__file__).parents[1] / "course/lessons/lesson_13/scores.csv"
FIRST = (films.TILE - detector.SIZE) // 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--films", type=Path, default=Path("out/fakes"))
    parser.add_argument("--weights", type=Path)
    options = parser.parse_args()
    file = options.weights or weights.data_file(detector.WEIGHTS)
    network = weights.fill(detector.FakesNet(), weights.read_weights(file), "weights")
    rows, people = [], 0
    for path in sorted(options.films.glob("films_*.npz")):
        kept = np.load(path)
        faces = kept["faces"][:, FIRST : FIRST + detector.SIZE, FIRST : FIRST + detector.SIZE]
        scores = np.concatenate([detector.scores(faces[at : at + 64], network) for at in range(0, len(faces), 64)])
        for person in np.unique(kept["photo"]):
            own = [np.flatnonzero((kept["photo"] == person) & (kept["film"] == film)) for film in (False, True)]
            if all(map(len, own)):
                rows += [[people, film, f"{scores[which[0]]:.3f}"] for film, which in enumerate(own)]
                people += 1
    with open(OUT, "w", newline="", encoding="utf-8") as table:
        csv.writer(table, lineterminator="\n").writerows([["person", "film", "score"], *rows])


if __name__ == "__main__":
    main()
