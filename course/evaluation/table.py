"""The table of self-reenactment: how close does each method come to a film it should have made?"""

import json as json_module
import time
from dataclasses import dataclass, field

import numpy as np

from .. import animation, errors, images
from ..io import progress
from . import gains, intervals, judges, metrics, reenactment, sheets

# key: (heading, format, what it is)
COLUMNS = {
    "l1": ("L1", "{:.4f}", "mean absolute difference, 0 to 1"),
    "face_l1": ("face L1", "{:.4f}", "the same inside the hull of the 68 points"),
    "below_static": ("below static", "{:.0%}", "how far the face L1 lies below the static frame's"),
    "mouth_l1": ("mouth L1", "{:.4f}", "the same around the lips"),
    "eyes_l1": ("eyes L1", "{:.4f}", "the same around the eyes"),
    "psnr": ("PSNR", "{:.2f}", "decibels"),
    "ssim": ("SSIM", "{:.4f}", "structural similarity"),
    "akd": ("AKD", "{:.2f}", "pixels between the judge's points in the made and in the true frame"),
    "jitter": ("jitter", "{:.2f}", "shaking of those points that the film does not have, pixels a frame squared"),
    "fps": ("frames/s", "{:.0f}", "made in a second on this machine, tracking aside"),
}
FRAME_METRICS = ("l1", "face_l1", "mouth_l1", "eyes_l1", "psnr", "ssim")
# the last two: ours with the generator that is not the default, and with the one that is
OTHER = "--generator warp" if animation.AUTO == "gan" else "--generator gan"
DEFAULT_METHODS = ("static", "warp", OTHER, "ships")
MEAN = "mean"
SIDE = 256  # pixels: of the squares that are compared
INTERVALS = ("face_l1", "mouth_l1", "psnr", "ssim", "akd")  # figures of whose means intervals are told
LEAST_CLIPS = 3


@dataclass
class Row:
    """One line of the table: a clip (or "mean"), a method, and its figures by the keys of `COLUMNS`.

    unseen: frames in which the judge saw no face, in the film or in the result; they do not count.
    pictures: {moment: frame}, what the method made of the moments of `sheets`.
    gains, correlations: (C,) by the channels of `gains.CHANNELS`, by the scores of a judge that gives any; else None.
    """

    clip: str
    method: str
    figures: dict
    unseen: int
    pictures: dict = field(default_factory=dict, repr=False)
    gains: np.ndarray | None = field(default=None, repr=False)
    correlations: np.ndarray | None = field(default=None, repr=False)


def run(clips, json: bool = False, judge: str = "embedded", judge_weights=None, limit: int | None = None,
        pictures=None) -> dict:
    """`course evaluate`: print the table, or JSON, of the clips that can be evaluated.

    Returns:
        {path: errors.CourseError} of the clips that cannot.
    Raises:
        errors.CourseError: none of them can.
    """
    failed = {}
    rows = evaluate(clips, judge=judge, judge_weights=judge_weights, limit=limit, pictures=pictures,
                    failed=failed)
    if not rows:
        raise _none_left(failed)
    print(as_json(rows, judge, failed) if json else as_text(rows, judge))
    return failed


def _none_left(failed: dict) -> errors.CourseError:
    first = next(iter(failed.values()))
    others = "" if len(failed) == 2 else f"{len(failed) - 1} "
    more = f"; nor can the other {others}clip{others and 's'} be evaluated" if len(failed) > 1 else ""
    return type(first)(f"{first}{more}")


def evaluate(clips, methods=DEFAULT_METHODS, judge: str = "embedded", judge_weights=None,
             limit: int | None = None, pictures=None, failed: dict | None = None) -> list:
    """Self-reenactment of each clip by each method.

    The first frame is the photo; the film's own points, found by our landmarker, drive it; the result is
    compared with the film, frame by frame from the second on.

    Args:
        clips: paths of videos with one face; methods: names out of `reenactment.METHODS`, or "judge's points",
            the triangulated warp driven by what the judge itself finds in the film;
        judge, judge_weights: see `evaluation.open_judge`; limit: frames of each clip, 2 or
            more;
        pictures: a folder for one picture a clip, photo and film beside every method; see `sheets`;
        failed: filled with {path: error} of clips that cannot be evaluated; None: the first of them ends it.
    Returns:
        list of `Row`: each clip by each method, then their means over the clips; empty if none could be evaluated.
    Raises:
        errors.VideoError, errors.FaceError: a clip without frames or without a face; errors.OutputError: no such
        folder; errors.WeightsError: the judge's are missing; errors.CourseError: an unknown method or judge, a limit
        below 2.
    """
    if limit is not None and limit < 2:
        raise errors.CourseError(f"the limit must be 2 frames or more, not {limit}: the first one is the photo")
    unknown = [name for name in methods if name not in (*reenactment.METHODS, JUDGES_POINTS)]
    if unknown:
        raise errors.CourseError(f"there is no method {unknown[0]!r}: choose from "
                                 f"{', '.join((*reenactment.METHODS, JUDGES_POINTS))}")
    folder = None if pictures is None else sheets.folder_for(pictures)
    rows = []
    with judges.open_look(judge, judge_weights) as find:
        for path in clips:
            try:
                take = reenactment.read_take(path, SIDE, limit)
                seen = [find(frame) for frame in take.frames]
                if seen[0] is None or sum(face is not None for face in seen) < 2:
                    raise errors.FaceError(f"the judge {judge} sees no face in {path}: use another clip or judge")
                rows += compare_with_static(scored := [score(take, name, seen, find) for name in methods])
            except (errors.VideoError, errors.FaceError) as problem:
                if failed is None:
                    raise
                failed[path] = problem
                continue
            if folder:
                _save_sheet(folder, take, scored)
    return rows + means(rows, methods) if rows else []


def _save_sheet(folder, take, scored: list) -> None:
    film = {moment: take.frames[k] for moment, k in sheets.moments(take.points).items()}
    sheet = sheets.sheet(take.frames[0], film, {row.method: row.pictures for row in scored})
    images.save_image(folder / f"{take.name}.png", sheet)


JUDGES_POINTS = "judge's points"


def score(take, method: str, seen: list, find) -> Row:
    """One method on one film.

    take: a `reenactment.Take`; seen: `judges.Seen` of each true frame, or None; find: the judge, from `open_look`.
    Raises `errors.FaceError`: the judge sees no face in anything that the method made.
    """
    size = take.frames.shape[1]
    figures = {name: [] for name in FRAME_METRICS}
    made_faces, true_faces, unseen = [], [], 0
    frames, seconds = film_of(take, method, seen)
    for index, made in enumerate(progress.bar(frames, desc=f"{take.name}: judging {method}", unit="frame")):
        if index == 0:
            continue  # the photo itself
        found = find(made) if seen[index] is not None else None
        if found is None:
            unseen += 1
            continue
        for name, value in frame_figures(made, take.frames[index], seen[index].points, size).items():
            figures[name].append(value)
        made_faces.append(found)
        true_faces.append(seen[index])
    if not made_faces:
        raise errors.FaceError(f"the judge sees no face in what {method} made of {take.name}: use another clip")
    result = {name: float(np.nanmean(values)) for name, values in figures.items()}
    made_points, true_points = (np.array([face.points for face in faces]) for faces in (made_faces, true_faces))
    result["akd"] = metrics.akd(made_points, true_points)
    result["jitter"] = metrics.jitter(made_points, true_points)
    if method != "static":  # which makes nothing
        result["fps"] = len(take.frames) / max(seconds, 1e-9)
    pictures = {moment: frames[number] for moment, number in sheets.moments(take.points).items()}
    return Row(take.name, method, result, unseen, pictures, *_gains(made_faces, true_faces, method))


def _gains(made: list, true: list, method: str) -> tuple:
    """Gains and correlations (C,) by the judge's scores; None of a photo that stands still, and without scores."""
    made, true = (gains.of_values(np.array([face.values for face in faces])) for faces in (made, true))
    if method == "static" or not np.isfinite(true).all():
        return None, None
    return gains.gains(made, true)


def film_of(take, method: str, seen: list) -> tuple:
    """All frames that a method makes, T times uint8 (size, size, 3), and the seconds it took.

    Frames may be made side by side, so only the time of all of them tells.
    """
    begin = time.perf_counter()
    frames = list(progress.bar(_made(take, method, seen), desc=f"{take.name}: {method}", total=len(take.frames),
                               unit="frame"))
    return frames, time.perf_counter() - begin


def frame_figures(made: np.ndarray, true: np.ndarray, points: np.ndarray, size: int) -> dict:
    """The figures of one frame: uint8 (size, size, 3) twice -> {key of `COLUMNS`: number}.

    points: (68, 2), the judge's in the true frame, in pixels.
    """
    return {
        "l1": metrics.l1(made, true),
        "face_l1": metrics.l1(made, true, metrics.face_mask(points, size, size)),
        "mouth_l1": metrics.l1(made, true, metrics.mouth_mask(points, size, size)),
        "eyes_l1": metrics.l1(made, true, metrics.eyes_mask(points, size, size)),
        "psnr": min(metrics.psnr(made, true), 100.0),  # equal frames would make every mean infinite
        "ssim": metrics.ssim(made, true),
    }


def _made(take, method: str, seen: list):
    if method != JUDGES_POINTS:
        return reenactment.METHODS[method](take.frames[0], take.points, take.fps)
    last, points = seen[0].points, []
    for found in seen:
        last = last if found is None else found.points
        points.append(last)
    return reenactment.triangulated_warp(take.frames[0], np.array(points), take.fps)


def compare_with_static(rows: list) -> list:
    """Fill in `below_static` for rows of one clip, where "static" is among them."""
    static = [row.figures["face_l1"] for row in rows if row.method == "static"]
    for row in rows:
        if static and row.method != "static":
            row.figures["below_static"] = 1 - row.figures["face_l1"] / max(static[0], 1e-9)
    return rows


def means(rows: list, methods) -> list:
    """One row a method: the mean of each figure over the clips; `below_static` compares the mean errors."""
    result = []
    for name in methods:
        own = [row for row in rows if row.method == name]
        keys = [key for key in COLUMNS if key in own[0].figures]
        figures = {key: float(np.mean([row.figures[key] for row in own])) for key in keys}
        scored = [row for row in own if row.gains is not None]
        shares = [gains.mean_known([getattr(row, which) for row in scored]) if scored else None
                  for which in ("gains", "correlations")]
        result.append(Row(MEAN, name, figures, sum(row.unseen for row in own), {}, *shares))
    return compare_with_static(result)


def as_text(rows: list, judge: str) -> str:
    """The table for a terminal: a list of `Row`, the judge's name -> lines of text."""
    lines = [["clip", "method"] + [heading for heading, _, _ in COLUMNS.values()]]
    for row in rows:
        cells = [form.format(row.figures[key]) if key in row.figures else "-" for key, (_, form, _) in COLUMNS.items()]
        lines.append([row.clip, row.method, *cells])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = []
    for index, line in enumerate(lines):
        if index and line[0] != lines[index - 1][0]:
            text.append("")
        left = [cell.ljust(width) for cell, width in zip(line[:2], widths)]
        text.append("  ".join(left + [cell.rjust(width) for cell, width in zip(line[2:], widths[2:])]))
    return "\n".join([*text, "", *_interval_lines(rows), *_gain_lines(rows), *_notes(rows, judge)])


def mean_intervals(rows: list) -> dict:
    """Where the mean of each figure lies, were it other clips: {method: {key of `COLUMNS`: (low, high)}}, by drawing
    the clips again and again; nothing of fewer clips than `LEAST_CLIPS`."""
    own = [row for row in rows if row.clip != MEAN]
    if len({row.clip for row in own}) < LEAST_CLIPS:
        return {}
    found = {}
    for method in dict.fromkeys(row.method for row in own):
        clips = [row.figures for row in own if row.method == method]
        keys = [key for key in INTERVALS if all(np.isfinite(figures.get(key, np.nan)) for figures in clips)]
        found[method] = {key: intervals.bootstrap_interval([figures[key] for figures in clips]) for key in keys}
    return found


def _interval_lines(rows: list) -> list:
    """How sure the means are."""
    found = mean_intervals(rows)
    if not found:
        return []
    lines = ["The means, were it other clips: 95 % of them lie between these."]
    for method, ends in found.items():
        told = [f"{COLUMNS[key][0]} {' to '.join(COLUMNS[key][1].format(end) for end in pair)}"
                for key, pair in ends.items()]
        lines.append(f"  {method:<16}  {'   '.join(told)}")
    return [*lines, ""]


def _gain_lines(rows: list) -> list:
    """The second table: how much of what the driver's face does is seen in the result."""
    scored = [row for row in rows if row.gains is not None]
    if not scored:
        return []
    told = []
    for row in scored:
        told += [(row.clip, row.method, row.gains), ("", "  correlation", row.correlations)]
    return ["Gain of each channel, by the judge's scores: 1 where all of it arrives, - where the film does not move.",
            *gains.lines(told), ""]


def _notes(rows: list, judge: str) -> list:
    notes = [f"Judge: {judge}. Points and errors in pixels of the square crop."]
    if judge == "embedded":
        notes.append("It also drives the animation, so AKD is lenient; --judge mediapipe is an independent one.")
    unseen = sum(row.unseen for row in rows if row.clip != MEAN)
    if unseen:
        notes.append(f"The judge saw no face in {unseen} frames; they do not count.")
    return notes


def _shares(row: Row) -> dict:
    """Gains and correlations of a row by channel, None where the film does not move; nothing without scores."""
    if row.gains is None:
        return {}
    return {name: {channel: float(number) if np.isfinite(number) else None
                   for channel, number in zip(gains.CHANNELS, numbers)}
            for name, numbers in (("gains", row.gains), ("correlations", row.correlations))}


def as_json(rows: list, judge: str, failed: dict | None = None) -> str:
    """The same as JSON: {"judge": ..., "columns": {key: meaning}, "rows": [{"clip", "method", ...figures}]};
    of some clips also "intervals": {method: {key: [low, high]}}.

    failed: {path: error} of clips that could not be evaluated, put in as "failed" if there are any.
    """
    table = [{"clip": row.clip, "method": row.method, "unseen": row.unseen, **row.figures, **_shares(row)}
             for row in rows]
    columns = {key: meaning for key, (_, _, meaning) in COLUMNS.items()}
    for line in table:
        for key, value in line.items():
            if isinstance(value, float) and not np.isfinite(value):
                line[key] = None  # JSON knows no NaN
    left_out = {"failed": {str(path): str(problem) for path, problem in failed.items()}} if failed else {}
    sure = {"intervals": found} if (found := mean_intervals(rows)) else {}
    return json_module.dumps({"judge": judge, "columns": columns, "rows": table, **sure, **left_out}, indent=2)
