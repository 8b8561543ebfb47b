"""Do the lips of a film's person fit what they say? `python benchmarks/lips_in_a_film_source.py CORPUS FILM...`

CORPUS is the folder that `course train speech` makes, of which the held-out recordings are said; see
`lips_in_films.py` for what the columns mean, and compare its figures on a photo. The row `points` judges the points to
which the mouth is moved, `seen` what the landmarker sees in the frames, both in eye distances and from the gap at rest.

Beneath, for each film: pixels that differ outside the lower face (0 is to the bit), how unsteady the painted mouth is
where nothing is said (mean change from frame to frame in grey levels, beside that of the film itself in the same
place), how many grey levels lie between the skin within and without the new mouth's edge (and in the film itself), and
milliseconds a frame.
"""

import argparse
import itertools
import time
from pathlib import Path

import cv2
import lips_in_films
import numpy as np

from course import animation, film_source, keypoints, motion
from course.face import channels
from course.io import back_and_forth, decoding
from course.motion import film_person
from course.rendering import film_mouth


class Film:
    """A film, surveyed: its shots and frames of one size."""

    def __init__(self, path, side: int, fps: float = lips_in_films.FPS):
        self.path, self.side, self.fps = path, min(side, max(decoding.probe(path).size)), fps
        self.shots = film_person.survey(path, fps, self.side)
        self.options = animation.Settings()
        self.networks = film_source.networks_for("gan")

    def plan(self, moved: motion.Motion) -> film_source.Plan:
        """Its first shot with these lips."""
        values = moved.full()
        return film_source.Plan(self.shots[0], motion.Motion(values, channels.CHANNELS, self.fps), self.options,
                                self.networks)

    def frames(self, count: int):
        """(number, frame) of `count` moments."""
        order = back_and_forth.order(self.shots[0].stop, count)
        return zip(order, back_and_forth.read(self.path, self.shots[0].stop, count, self.fps, self.side))


def gap(points: np.ndarray) -> float:
    """Of the inner lips along the face, (78, 2), in eye distances."""
    down = points[8] - points[27]
    return float((points[66] - points[62]) @ down / np.linalg.norm(down) / keypoints.eye_distance(points))


def gaps(film: Film, moved: motion.Motion, seen: bool) -> dict:
    """{"points": (T,), "seen": (T,)}; the second only where it is asked for."""
    plan, found = film.plan(moved), {"points": [], "seen": []}
    for at, (number, frame) in enumerate(film.frames(len(moved))):
        found["points"].append(gap(plan.posed(at, number)))
        if seen:
            made = plan.draw(at, number, frame)
            box = keypoints.landmarks.tight_boxes(plan.shot.points[number])
            found["seen"].append(gap(keypoints.find_points(made, np.append(box, 1.0)[None].astype(np.float32))[0]))
    return {name: np.array(values) for name, values in found.items() if values}


def lips(films: list, recordings: list, seen: bool) -> dict:
    """Rows as `lips_in_films.measure` gives them."""
    rows, still = {}, motion.Motion(np.zeros((3, 57)), fps=lips_in_films.FPS)
    for said, film in zip(recordings, itertools.cycle(films)):
        rest = gaps(film, still, seen)
        for name, found in gaps(film, lips_in_films.heard_lips_of(said.samples), seen).items():
            wide = lips_in_films.WIDE if name == "points" else lips_in_films.WIDE_IN_FILMS
            counted = lips_in_films.lip_counts(said, found - min(rest[name].min(), 1.0), wide)
            add(rows, name, {**counted, **lips_in_films.followed(said, found)})
    return rows


def add(rows: dict, name: str, counts: dict) -> None:
    """Counts of one recording, {column: list}, to those of a row."""
    for column, values in counts.items():
        rows.setdefault(name, {}).setdefault(column, []).extend(values)


def looks(film: Film, count: int = 75) -> dict:
    """What is said beneath the table, of a mouth at rest."""
    plan = film.plan(motion.Motion(np.zeros((count, 57)), fps=film.fps))
    differ, steps, seams, spent, before = 0, [], [], 0.0, None
    for at, (number, frame) in enumerate(film.frames(count)):
        begin = time.perf_counter()
        made = plan.draw(at, number, frame)
        spent += time.perf_counter() - begin
        box, reach = film_mouth.support(frame.shape, plan.shot.points[number])
        x0, y0, x1, y1 = box
        outside = np.ones(frame.shape[:2], bool)
        outside[y0:y1, x0:x1] = reach <= 0
        differ += int((made != frame).any(axis=2)[outside].sum())
        there = _square(made, plan.shot.points[number]), _square(frame, plan.shot.points[number])
        if before is not None:
            steps.append([np.abs(a - b).mean() for a, b in zip(there, before)])
        before = there
        seams.append([_seam(image, plan, number) for image in (made, frame)])
    return {"differ": differ, "unsteady": np.mean(steps, axis=0), "seam": np.mean(seams, axis=0),
            "ms": 1000 * spent / count}


def _square(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The cheeks and chin beside the mouth, held still: float32 (96, 96, 3)."""
    eyes = keypoints.eye_distance(points)
    matrix = np.array([[80 / eyes, 0, 48 - 80 / eyes * points[33, 0]], [0, 80 / eyes, 12 - 80 / eyes * points[33, 1]]])
    return cv2.warpAffine(image, matrix, (96, 96), flags=cv2.INTER_AREA).astype(np.float32)


def _seam(made: np.ndarray, plan, number: int) -> float:
    """Grey levels between the skin inside and outside the edge of the new mouth."""
    height, width = made.shape[:2]
    points = plan.shot.points[number]
    mask = film_mouth.inner_mask(points.astype(float), (0, 0, width, height))
    skin = film_mouth.skin_of(points.astype(float), points.astype(float), (0, 0, width, height)) > 0.99
    grey = cv2.cvtColor(made, cv2.COLOR_RGB2GRAY).astype(np.float32)
    inside, outside = (mask > 0.5) & (mask < 0.97) & skin, (mask < 0.5) & (mask > 0.03) & skin
    return abs(float(grey[inside].mean() - grey[outside].mean()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="folder with held_out_*.npz")
    parser.add_argument("films", type=Path, nargs="+")
    parser.add_argument("--size", type=int, default=256, help="longer side of the frames (default: %(default)s)")
    parser.add_argument("--limit", type=int, default=24, help="recordings that are said (default: %(default)s)")
    parser.add_argument("--seen", action="store_true", help="make the frames and look at them, which takes long")
    arguments = parser.parse_args()
    recordings = lips_in_films.recordings_of(arguments.corpus, parser)
    recordings = recordings[:: max(1, len(recordings) // arguments.limit)][: arguments.limit]
    films = [Film(path, arguments.size) for path in arguments.films]
    lips_in_films.print_table(lips(films, recordings, arguments.seen))
    for film in films:
        found = looks(film)
        print(f"{film.path.name:<16}{found['differ']:>6} pixels differ outside   unsteady %.2f (the film: %.2f)   "
              f"edge %.1f (the film: %.1f)   {found['ms']:.0f} ms a frame" % (*found["unsteady"], *found["seam"]))


if __name__ == "__main__":
    main()
