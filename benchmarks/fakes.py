"""How well are frames of our films told from photos, and about whom is that wrong? The tables of data/fakes.md.

    python benchmarks/fakes.py --data FOLDER... --learned runs/fakes [--weights FILE] [--clips FILM...] [--people N]

FOLDERs are what `course data fetch` makes; --learned is the folder of `course train fakes`, whose films the plain rule
learns from. Two films of each of the 319 photos that are measured on are kept in out/fakes. Rates are of people, with
95 % intervals (Wilson). --clips: films of real people; each is compared with its re-enactment from its first frame.
"""

import argparse
import csv
import tempfile
from pathlib import Path

import cv2
import numpy as np

import course
from course import images
from course.io import decoding, encoding, weights
from course.provenance import detector, error_rates, watermark
from course.recipes.fakes import films, plain, training
from course.training import labelled

FOLDER = Path("out/fakes")
FIRST = (films.TILE - detector.SIZE) // 2
# Limits of the individual typology angle, in degrees, between groups of skin tones (Chardon et al., 1991)
TONES = ((55, "very light"), (41, "light"), (28, "intermediate"), (10, "tan"), (-30, "brown"), (-91, "dark"))
LEAST_CHROMA = 6  # a picture in black and white, or nearly, says nothing of skin


# ---------------------------------------------------------------- groups


def tone_of(image: np.ndarray, points: np.ndarray) -> str:
    """The skin tone by the individual typology angle of both cheeks; image: uint8 (H, W, 3), points (78, 2).

    Of pixels, not of people: coloured or dim light changes it.
    """
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    found = []
    for eye, jaw, nose in (((36, 42), 3, 31), ((42, 48), 13, 35)):
        middle = (points[slice(*eye)].mean(axis=0) + points[jaw] + points[nose]) / 3
        radius = max(2, round(0.12 * float(np.linalg.norm(points[45] - points[36]))))
        mask = np.zeros(lab.shape[:2], np.uint8)
        cv2.circle(mask, [round(float(at)) for at in middle], radius, 1, -1)
        if mask.any():
            found.append(lab[mask > 0])
    light, red, yellow = np.median(np.concatenate(found), axis=0)
    if np.hypot(red, yellow) < LEAST_CHROMA:
        return "no colour"
    angle = np.degrees(np.arctan2(light - 50, yellow))  # ITA = arctan((L* - 50) / b*)
    angle = min(max(angle, -90), 90)
    return next(name for limit, name in TONES if angle > limit)


def groups_of(faces: labelled.LabelledFaces) -> dict:
    """{"tone", "age", "glasses": N names} of photos; age and glasses as they were labelled by looking."""
    with open(weights.data_file("fakes_groups.csv"), encoding="utf-8", newline="") as file:
        seen = {(row["folder"], row["file"]): row for row in csv.DictReader(file)}
    rows = [seen[path.parent.name, path.name] for path in faces.paths]
    tones = [tone_of(images.load_image(path), points[:, :2]) for path, points in zip(faces.paths, faces.points)]
    return {"tone": np.array(tones), **{name: np.array([row[name] for row in rows]) for name in ("age", "glasses")}}


# ---------------------------------------------------------------- scores


def middles(faces: np.ndarray) -> np.ndarray:
    """Faces with room around them, uint8 (F, 144, 144, 3) -> what the network sees, (F, 128, 128, 3)."""
    return np.ascontiguousarray(faces[:, FIRST : FIRST + detector.SIZE, FIRST : FIRST + detector.SIZE])


def by_network(faces: np.ndarray, network) -> np.ndarray:
    """Scores (F,) of faces with room around them."""
    return np.concatenate([detector.scores(middles(faces[at : at + 64]), network) for at in range(0, len(faces), 64)])


def features_of(faces: np.ndarray) -> np.ndarray:
    """What the plain rule knows of them, (F, D)."""
    return np.stack([plain.features(face) for face in middles(faces)])


def told_apart(scores: np.ndarray, film: np.ndarray, people: np.ndarray) -> float:
    """How often a film scores above a photo of somebody else: the area under the ROC curve over such pairs."""
    above = scores[film][:, None] - scores[~film][None]  # (films, photos)
    others = people[film][:, None] != people[~film][None]
    return float(((above > 0) + 0.5 * (above == 0))[others].mean())


def table(name: str, scores, seen: dict, groups: np.ndarray) -> None:
    """Print a row for each group."""
    print(f"\n{name:<24}{'photos called films':<30}films called photos")
    for group, found in error_rates.error_by_group(scores, seen["film"], groups, seen["photo"]).items():
        print(f"{group:<24}{found.photos!s:<30}{found.films}")


# ---------------------------------------------------------------- the mark, and real people


def marked_difference(paths: list, network) -> tuple:
    """Films with and without a watermark: the largest and the mean difference of their scores, and how many changed
    sides."""
    pairs = []
    for number, path in enumerate(paths):
        rng = np.random.default_rng((5, number))
        made = films.Shot(384, "h264", 0, "gan", "spoken")
        image = images.load_image(path)
        scale = made.side / max(image.shape[:2])
        small = cv2.resize(image, [max(16, round(side * scale)) // 2 * 2 for side in image.shape[1::-1]],
                           interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        frames = films.animated(small, made, rng)
        marker = watermark.Marker(number, b"benchmark")
        found = [[films.frame_face(frame) for frame in films.saved(some, made)]
                 for some in (frames, [marker(frame) for frame in frames])]
        pairs += [pair for pair in zip(*found) if all(face is not None for face in pair)]
    plainly, marked = (by_network(np.stack(side), network) for side in zip(*pairs))
    apart = np.abs(plainly - marked)
    return apart.max(), apart.mean(), int(((plainly >= detector.LIMIT) != (marked >= detector.LIMIT)).sum()), len(apart)


def real_people(path: Path, network, every: int = 10, side: int = 384) -> tuple:
    """A film of a real person, and its re-enactment from its first frame, both written alike: two arrays of scores."""
    with tempfile.TemporaryDirectory() as folder:
        info, begin = decoding.probe(path), Path(folder) / "first.png"
        whole, short = Path(folder) / "whole.mp4", []
        for number, frame in enumerate(decoding.read_frames(path, max_side=side)):
            if number == 50:
                break
            short.append(frame)
        images.save_image(begin, short[0])
        encoding.write_video(whole, short, info.fps)
        acted = course.animate(begin, driving=whole, relative=False, face="largest").save(Path(folder) / "acted.mp4",
                                                                                        progress=False)
        found = []
        for film in (whole, acted):
            faces = [films.frame_face(frame) for number, frame in enumerate(decoding.read_frames(film))
                     if number % every == every - 1]
            found.append(by_network(np.stack([face for face in faces if face is not None]), network))
    return tuple(found)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True, help="folders with pictures and labels.npz")
    parser.add_argument("--learned", type=Path, default=Path("runs/fakes"), help="folder of `course train fakes`")
    parser.add_argument("--weights", type=Path, help="other weights than those that ship")
    parser.add_argument("--clips", nargs="*", type=Path, default=[], help="films of real people")
    parser.add_argument("--people", type=int, default=319, help="how many photos are measured on")
    options = parser.parse_args()
    if not any(options.learned.glob("films_*.npz")):
        parser.error(f"{options.learned} holds no films_*.npz: `course train fakes` keeps them in its --logdir")
    network = weights.fill(detector.FakesNet(), weights.read_weights(options.weights or weights.data_file(
        detector.WEIGHTS)), "weights")
    everything = labelled.load_labelled(*options.data)
    measured = training.measured_on(everything)
    measured = measured.take(np.arange(min(options.people, len(measured))))
    seen = training.films_of(measured.paths, FOLDER, seed=1)
    learned = [dict(np.load(path)) for path in sorted(options.learned.glob("films_*.npz"))]
    line = plain.fit(*(np.concatenate(parts) for parts in zip(*((features_of(part["faces"]), part["film"])
                                                                 for part in learned))))
    ways = {"network": by_network(seen["faces"], network), "plain rule": line.scores(features_of(seen["faces"]))}
    print(f"{len(set(seen['photo']))} people, {len(seen['film'])} frames; the plain rule learned from "
          f"{sum(len(part['film']) for part in learned)}")
    groups = groups_of(measured)
    for name, scores in ways.items():
        print(f"\n==== {name}: a film scores above a photo of somebody else in "
              f"{told_apart(scores, seen['film'], seen['photo']):.1%} of pairs")
        table("how it was made", scores, seen, np.array([how.rsplit(" ", 1)[0] for how in seen["how"]]))
        table("how it was saved", scores, seen, np.array([how.rsplit(" ", 1)[1] for how in seen["how"]]))
        table("longer side", scores, seen, np.array([f"{side} px" for side in seen["side"]]))
        for kind, of_photo in groups.items():
            table(kind, scores, seen, of_photo[seen["photo"]])
    print("\nwith a watermark: largest and mean difference of scores, sides changed, frames:",
          *marked_difference(measured.paths[:10], network))
    for path in options.clips:
        real, acted = real_people(path, network)
        print(f"{path.name}: real frames called films {(real >= detector.LIMIT).mean():.0%} of {len(real)} (scores "
              f"{np.round(real, 2)}), re-enacted {(acted >= detector.LIMIT).mean():.0%} of {len(acted)} "
              f"({np.round(acted, 2)})")


if __name__ == "__main__":
    main()
