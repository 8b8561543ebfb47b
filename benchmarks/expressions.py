"""What a film's face does, on the faces of others: `python benchmarks/expressions.py relative|tracks|shown|still ...`.

    relative  CLIP... --photos P...: each film drives each photo, relative; gains by the judge's scores, 1 where all
              of it arrives; with --sheet OUT.png a row of pictures for each film and photo, at the strongest moment of
              each channel
    tracks    MOTION --photos P...: the same for the tracks of that folder, whose films' scores are known without their
              pixels; by these the shares of `course/motion/shown.py` were chosen
    shown     --photos P...: one channel moved at a time; what a ruler on the judge's points sees of it, as a share of
              what was asked
    still     --photos P...: a head that stands still makes strong faces, and a film of that is followed; how far
              the outline goes that is found, in percent of the face

Gains and shares take `--judge mediapipe --judge-weights face_landmarker.task` (`pip install mediapipe`).
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from course import animation, images, keypoints
from course.evaluation import gains, judges, measures, reenactment
from course.face import channels, posing
from course.face import model as face_model
from course.keypoints import landmarks
from course.motion import motion, tracking, transfer
from course.recipes.face_model import fitting

SIDE, ROOM = 256, 1.5  # pixels of a photo, and its side in extents of the face
STEP = 4  # every so many frames of a film are drawn
LOOKS = 45  # frames of a track that are drawn on each photo
TILE = 150  # pixels of a sheet
OUTLINE = np.r_[0:17, landmarks.FOREHEAD]


def both(*names) -> tuple:
    """Names with Left and Right behind them."""
    return tuple(name + side for name in names for side in ("Left", "Right"))


PARTS = {"smile": both("mouthSmile"), "jaw": ("jawOpen",), "brow up": ("browInnerUp", *both("browOuterUp")),
         "brow down": both("browDown"), "pucker": ("mouthPucker",), "lip up": both("mouthUpperUp"),
         "pitch": ("headPitch",), "yaw": ("headYaw",), "roll": ("headRoll",)}
AMOUNTS, DEGREES = (0.35, 0.7, 1.0), (-10.0, -5.0, 5.0, 10.0)


def actor_of(path):
    """The face of a photo, cut to a square round it."""
    image = images.load_image(path)
    points = keypoints.find_points(image)[0]
    low, high = points.min(axis=0), points.max(axis=0)
    scale = SIDE / (ROOM * float((high - low).max()))
    matrix = np.concatenate([np.eye(2) * scale, (SIDE / 2 - scale * (low + high) / 2)[:, None]], axis=1)
    square = cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return animation.cast(square)[0]


def relative(options) -> None:
    """Print the gains of every film on every photo, and their mean."""
    actors, rows, tiles = {Path(path).stem: actor_of(path) for path in options.photos}, [], []
    with judges.open_look(options.judge, options.judge_weights) as look:
        for clip in options.clips:
            take = reenactment.read_take(clip, SIDE)
            moved = tracking.motion_from_points(take.points, np.ones(len(take.points), bool), take.fps)
            seen = [look(frame) for frame in take.frames[::STEP]]
            tiles.append([])
            for name, actor in actors.items():
                values = transfer.values_for(moved, actor.face, "relative", animation.Settings(fps=take.fps))
                made = [actor.frame(row) for row in values[::STEP]]
                found = [look(frame) for frame in made]
                pairs = [(mine, theirs) for mine, theirs in zip(found, seen) if mine and theirs]
                mine, theirs = (gains.of_values(np.array([one.values for one in side])) for side in zip(*pairs))
                rows.append((name, take.name, gains.gains(mine, theirs)[0]))
                strongest = [STEP * int(place) for place in gains.of_values(
                    np.array([one.values if one else np.zeros(57) for one in seen])).argmax(axis=0)]
                tiles[-1].append(np.hstack([small(made[at // STEP]) for at in strongest]))
            tiles[-1].insert(0, np.hstack([small(take.frames[at]) for at in strongest]))
    for name in actors:
        rows.append((name, "mean", gains.mean_known([numbers for own, _, numbers in rows if own == name])))
    rows.append(("all", "mean", gains.mean_known([numbers for _, film, numbers in rows if film == "mean"])))
    print("\n".join(gains.lines(rows)))
    if options.sheet:
        images.save_image(options.sheet, np.vstack([row for film in tiles for row in film]))


def tracks(options) -> None:
    """Print the gains of every track on every photo, and their means."""
    actors, rows = {Path(path).stem: actor_of(path) for path in options.photos}, []
    with judges.open_look(options.judge, options.judge_weights) as look:
        for track in (track for folder in options.clips for track in fitting.load_tracks(folder)):
            points = track.points[::2, :, :2] * SIDE / track.size.min()
            values = face_model.fit_channels(face_model.fit_face(points[0]), points)
            true = gains.of_values(np.column_stack([track.scores[::2], values[:, len(channels.BLENDSHAPES):]]))
            moved = motion.Motion(values, channels.CHANNELS, track.fps / 2, np.zeros((len(values), 78, 2)))
            at = np.linspace(0, len(values) - 1, min(LOOKS, len(values))).astype(int)
            for name, actor in actors.items():
                wanted = transfer.values_for(moved, actor.face, "relative", animation.Settings(fps=moved.fps))
                found = [look(actor.frame(wanted[k])) for k in at]
                known = [k for k, one in enumerate(found) if one]
                made = gains.of_values(np.array([found[k].values for k in known]))
                rows.append((name, track.name, gains.gains(made, true[at[known]])[0]))
    for name in actors:
        rows.append((name, "mean", gains.mean_known([numbers for own, _, numbers in rows if own == name])))
    rows.append(("all", "mean", gains.mean_known([numbers for _, film, numbers in rows if film == "mean"])))
    print("\n".join(gains.lines(rows)))


def small(frame: np.ndarray) -> np.ndarray:
    """A tile of the sheet."""
    return cv2.resize(frame, (TILE, TILE), interpolation=cv2.INTER_AREA)


def shown(options) -> None:
    """Print which share of each channel a ruler sees in what is drawn."""
    asked, got = {part: [] for part in PARTS}, {part: [] for part in PARTS}
    columns = list(gains.CHANNELS)
    with judges.open_judge(options.judge, options.judge_weights) as find:
        for actor in map(actor_of, options.photos):
            rest = actor.face.rest

            def ruler(values, actor=actor):
                target = posing.posed_points(actor.face, values)
                found = find(actor.portrait.render(target))
                return np.full((2, len(columns)), np.nan) if found is None else np.concatenate(
                    [measures.measures(points[None]) for points in (target, found)])

            start = ruler(rest)
            for part, names in PARTS.items():
                where = [channels.INDEX[name] for name in names]
                for amount in DEGREES if names[0].startswith("head") else AMOUNTS:
                    values = rest.copy()
                    values[where] += amount
                    change = (ruler(values) - start)[:, columns.index(part)]
                    asked[part].append(change[0])
                    got[part].append(change[1])
    for part in PARTS:
        a, b = np.array(asked[part]), np.array(got[part])
        known = np.isfinite(a * b)
        print(f"{part:<10}{(a * b)[known].sum() / (a * a)[known].sum():6.2f}")


def still(options) -> None:
    """Print how far the outline of a head that stands still is found to go."""
    frames = np.linspace(0, 1, 60)
    for path in options.photos:
        actor = actor_of(path)
        film = []
        for u in frames:
            values = actor.face.rest.copy()
            for k, names in enumerate([*PARTS.values()][:6] + [both("eyeBlink")]):
                where = [channels.INDEX[name] for name in names]
                values[where] += (1 - values[where]) * np.exp(-(((u - (k + 1) / 8) / 0.05) ** 2))
            film.append(actor.portrait.render(posing.posed_points(actor.face, values)))
        points, tracked = tracking.track_points(film)
        values = tracking.motion_from_points(points, tracked, 25.0).full()
        face = face_model.fit_face(points[0])
        head = np.repeat(face.rest[None], len(values), axis=0)
        head[:, face_model.HEAD_COLUMNS] = values[:, face_model.HEAD_COLUMNS]
        off = face_model.pose_points(face, head) - points[0]
        gone = np.linalg.norm(off[:, OUTLINE], axis=-1).mean(axis=1) / np.ptp(points[0], axis=0).max()
        print(f"{Path(path).stem:<12}outline {100 * gone.mean():.2f} % on the mean, {100 * gone.max():.2f} % at most")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("relative", "tracks", "shown", "still"))
    parser.add_argument("clips", nargs="*")
    parser.add_argument("--photos", nargs="+", required=True)
    parser.add_argument("--judge", default="embedded", choices=judges.NAMES)
    parser.add_argument("--judge-weights")
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    {"relative": relative, "tracks": tracks, "shown": shown, "still": still}[options.what](options)


if __name__ == "__main__":
    main()
