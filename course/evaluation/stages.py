"""Where does an expression get lost? How much of each channel is left after each stage from the film to the result.

    points found -> face fitted -> bounds -> steadied -> transferred -> warp -> mouth and lids -> network

Up to the transfer there are only points, which `measures` measures with a ruler; from the warp on the judge finds
points in the pictures that were made. What is 1.0 is what the same ruler says of the judge's points in the film itself.
"""

import numpy as np

from .. import animation, errors
from ..face import model as face_model
from ..face import posing
from ..io import progress
from ..motion import smoothing, tracking, transfer
from ..rendering import portrait
from . import gains, judges, measures, polish_stages, reenactment

SIDE = 256  # pixels of the squares that are judged
STEP = 2  # every so many frames are made and judged


def run_stages(clips, judge: str = "embedded", judge_weights=None, limit: int | None = None) -> dict:
    """`course evaluate --stages`: print the table of the clips that can be evaluated, and that of polish.

    Returns:
        {path: errors.CourseError} of the clips that cannot.
    Raises:
        errors.CourseError: none of them can; as `judges.open_judge`.
    """
    failed, rows, polished = {}, [], []
    with judges.open_judge(judge, judge_weights) as find:
        for path in clips:
            try:
                take = reenactment.read_take(path, SIDE, limit)
                rows += [(take.name, stage, numbers) for stage, numbers in shares_left(take, find)]
                polished += polish_stages.compare(take, find)
            except (errors.VideoError, errors.FaceError) as problem:
                failed[path] = problem
    if not rows:
        raise next(iter(failed.values()))
    print(stages_text(rows, judge))
    print(f"\n{polish_stages.polish_text(polished)}")
    return failed


def stages_text(rows: list, judge: str) -> str:
    """Rows of (clip, stage, numbers (C,)) -> the table, and the means of the clips where there are several."""
    clips = list(dict.fromkeys(clip for clip, _, _ in rows))
    if len(clips) > 1:
        for stage in dict.fromkeys(stage for _, stage, _ in rows):
            rows = [*rows, ("mean", stage, gains.mean_known([numbers for _, own, numbers in rows if own == stage]))]
    head = "What is left of each channel after each stage: slope over time against the judge's points in the film."
    return "\n".join([head, *gains.lines(rows), "", f"Judge: {judge}. - where the film does not move."])


def shares_left(take, find, step: int = STEP) -> list:
    """The table of one film.

    Args:
        take: a `reenactment.Take`; find: a judge, uint8 (H, W, 3) -> (68, 2) or None; step: see `STEP`.
    Returns:
        list of (stage, gains (C,)) by the channels of `gains.CHANNELS`, in the order of the stages.
    Raises:
        errors.FaceError: the judge sees no face in the film.
    """
    chosen = np.arange(0, len(take.frames), step)
    seen = [find(take.frames[index]) for index in chosen]
    known = np.array([points is not None for points in seen])
    if known.sum() < 3:
        raise errors.FaceError(f"the judge sees no face in {take.name}: use another clip or judge")
    chosen, true = chosen[known], np.stack([points for points in seen if points is not None])
    result = []
    for stage, points in points_by_stage(take).items():
        result.append((stage, left_of(points[chosen], true)))
        last = points[chosen]
    for stage, frames in frames_by_stage(take, last).items():
        found = [find(frame) for frame in progress.bar(frames, desc=f"{take.name}: {stage}", total=len(last))]
        both = np.array([points is not None for points in found])
        if both.sum() < 3:
            raise errors.FaceError(f"the judge sees no face in what was made of {take.name}: use another clip")
        result.append((stage, left_of(np.stack([points for points in found if points is not None]), true[both])))
    return result


def left_of(points: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Gains (C,) of the measures of points (T, 68 or 78, 2) on those of the film's (T, 68, 2)."""
    return gains.gains(measures.measures(points), measures.measures(true), measures.MOVES)[0]


def points_by_stage(take) -> dict:
    """{stage: points (T, 78, 2)} as far as nothing is drawn."""
    points = take.points.astype(float)
    options = animation.Settings(fps=take.fps)
    actor = face_model.fit_face(points[0])
    person = tracking.fit_person(points[0])
    free = face_model.fit_channels(person, points, bounded=False)
    fitted = tracking.fit_motion(person, points, take.fps)
    steady = smoothing.steady(fitted)
    whole = tracking.motion_from_points(points, np.ones(len(points), bool), take.fps)
    values = transfer.values_for(whole, actor, "absolute", options)
    return {
        "points found": points,
        "face fitted": face_model.pose_points(person, free),
        "bounds": face_model.pose_points(person, fitted.values),
        "steadied": face_model.pose_points(person, steady.values),
        "transferred": np.stack([posing.posed_points(actor, row) for row in values]),
    }


def frames_by_stage(take, targets: np.ndarray) -> dict:
    """{stage: generator of frames uint8 (H, W, 3)} for targets (T, 78, 2)."""
    plain = portrait.Portrait(take.frames[0], take.points[0])
    whole = portrait.Portrait(take.frames[0], take.points[0], **portrait.load_networks())
    return {
        "warp": (plain.render(target, painted=False) for target in targets),
        "mouth and lids": (plain.render(target) for target in targets),
        "network": (whole.render(target) for target in targets),
    }
