"""What each stage of polish does to a film, off and on: the second table of `course evaluate --stages`.

The film's first frame is the photo and the film drives it, so what is right is known: the film itself. Frames between
are judged on the film's own: every other one is left out and made again.

A judge that is our own landmarker errs in a film as the tracker does, and so takes copied jitter for truth: what
steadying is worth shows on a film whose true points are known (`benchmarks/polish.py`).
"""

from dataclasses import dataclass

import numpy as np

from .. import animation
from ..face import posing
from ..motion import tracking, transfer
from ..polish import between, colour, flickering, shaking, sharpness
from ..polish import stages as polish
from ..rendering import animator, animator_crops
from . import metrics

MOST = 100  # frames of a film that are made
BESIDE = 5  # every so many frames colours are compared


@dataclass
class Effect:
    """One figure of one stage: off and on, or None where that says nothing; better: which way is better."""

    film: str
    stage: str
    figure: str
    off: float
    on: float
    better: str


def polish_text(rows: list) -> str:
    """Rows -> lines of text."""
    lines = ["What each stage of polish changes. On by itself: " + ", ".join(polish.DEFAULT) + ".",
             f"{'film':<8} {'stage':<8} {'figure':<58} {'off':>8} {'on':>8}  better"]
    lines += [f"{row.film:<8} {row.stage:<8} {row.figure:<58} {row.off:>8.3f} {row.on:>8.3f}  {row.better}"
              for row in rows]
    return "\n".join(lines)


def compare(take, find) -> list:
    """All figures of one film.

    Args:
        take: a `reenactment.Take`; find: a judge, uint8 (H, W, 3) -> (68, 2) or None.
    """
    frames, points = take.frames[:MOST], take.points[:MOST].astype(float)
    actor = animation.make_actor(frames[0], take.points[0])
    made = {"": made_film(actor, points, take.fps, False)}
    made |= {stage: made_film(actor, points, take.fps, stage) for stage in ("steady", "detail")}
    seen = seen_by(find, {"film": frames, "off": made[""], "on": made["steady"]})
    rows = [Effect(take.name, "steady", "shaking that the film does not have, px a frame squared",
                metrics.jitter(seen["off"], seen["film"]), metrics.jitter(seen["on"], seen["film"]), "less"),
            Effect(take.name, "steady", "points beside the film's, px",
                metrics.akd(seen["off"], seen["film"]), metrics.akd(seen["on"], seen["film"]), "less"),
            Effect(take.name, "steady", "behind the film, frames",
                lag(seen["off"], seen["film"]), lag(seen["on"], seen["film"]), "0")]
    rows.append(Effect(take.name, "detail", "fine contrast of the face, of the film's own",
                    *(contrast(film, frames, points) for film in (made[""], made["detail"])), "1"))
    rows.append(Effect(take.name, "colour", "painted skin beside the colours it had, Lab units",
                    *painted_skin(actor, values_of(actor, points, take.fps)), "less"))
    rows.append(Effect(take.name, "even", "flicker (film's own "
                    f"{flickering.film_flicker(frames):.2f}), grey levels", flickering.film_flicker(made[""]),
                    flickering.film_flicker(shaking.even_brightness(made[""])), "less"))
    left_out = made_again(frames)
    for name in ("psnr", "ssim"):
        rows.append(Effect(take.name, "fps", f"frames left out, made by mixing (off) and by flow (on): {name.upper()}",
                        left_out["blend"][name], left_out["flow"][name], "more"))
    return rows


def values_of(actor, points: np.ndarray, fps: float, steady: bool = False) -> list:
    """Points of a film (T, 78, 2) -> targets (T, 78, 2) of the photo, as `--driving --absolute` makes them."""
    moved = tracking.motion_from_points(points, np.ones(len(points), bool), fps, steady)
    options = animation.Settings(fps=fps)
    beside = transfer.beside_for(moved, "absolute", options)
    values = transfer.values_for(moved, actor.face, "absolute", options)
    return [posing.posed_points(actor.face, row, off) for row, off in zip(values, beside)]


def made_film(actor, points: np.ndarray, fps: float, stage) -> np.ndarray:
    """A film of points (T, 78, 2) with one stage of polish, or False for none: uint8 (T, H, W, 3)."""
    image, mask = actor.portrait.image, actor.portrait.mask
    wanted = sharpness.detail(image, mask)
    frames = []
    for target in values_of(actor, points, fps, stage == "steady"):
        frame = actor.portrait.render(target, matched=stage == "colour")
        frames.append(sharpness.restore_detail(frame, wanted, mask) if stage == "detail" else frame)
    return np.stack(frames)


def seen_by(find, films: dict) -> dict:
    """{name: frames} -> {name: points (T, 68, 2)} of the frames in which the judge sees a face in every film."""
    found = {name: [find(frame) for frame in frames] for name, frames in films.items()}
    known = [t for t, row in enumerate(zip(*found.values())) if all(points is not None for points in row)]
    return {name: np.stack([points[t] for t in known]) if known else np.zeros((0, 68, 2))
            for name, points in found.items()}


def lag(points: np.ndarray, true: np.ndarray, reach: int = 4) -> float:
    """Frames by which points (T, K, 2) are behind others: where their speeds agree most, between frames by a parabola.
    NaN for less than `2 reach + 2` frames."""
    a, b = (np.diff(x.reshape(len(x), -1), axis=0) for x in (points, true))
    if len(a) < 2 * reach + 1:
        return float("nan")
    inner = b[reach : len(b) - reach]
    alike = [float((a[reach + k : len(a) - reach + k] * inner).sum()) for k in range(-reach, reach + 1)]
    best = int(np.argmax(alike))
    if not 0 < best < 2 * reach:
        return float(best - reach)
    left, top, right = alike[best - 1 : best + 2]
    return float(best - reach + (left - right) / 2 / min(left - 2 * top + right, -1e-12))


def contrast(film: np.ndarray, true: np.ndarray, points: np.ndarray) -> float:
    """Fine contrast inside the face, of the true film's: uint8 (T, H, W, 3) twice, points (T, 78, 2)."""
    shares = []
    for made, own, row in zip(film[1::BESIDE], true[1::BESIDE], points[1::BESIDE]):
        face = metrics.face_mask(row, *own.shape[:2]).astype(np.float32)
        shares.append(sharpness.detail(made, face) / max(sharpness.detail(own, face), 1e-6))
    return float(np.mean(shares))


def painted_skin(actor, targets: list) -> tuple:
    """How far the networks' paint is off on skin, in Lab, unmatched and matched: means over frames and parts.

    Right is the skin as the photo's own pixels show it, moved by the warp alone.
    """
    whole, errors = actor.portrait, []
    painter, whole.animator = whole.animator, None
    try:
        plain = [whole.render(target) for target in targets[1::BESIDE]]
    finally:
        whole.animator = painter
    if painter is None:
        return float("nan"), float("nan")
    for target, own in zip(targets[1::BESIDE], plain):
        films = [whole.render(target, matched=matched) for matched in (False, True)]
        for part in animator_crops.PARTS:
            if painter.activity(part, target) > 0.5:
                errors.append(skin_errors(part, target, own, films))
    return tuple(float(x) for x in np.nanmean(errors, axis=0)) if errors else (float("nan"), float("nan"))


def skin_errors(part, target: np.ndarray, plain: np.ndarray, films: list) -> list:
    """Colour errors of the films' frames on the skin of a part, beside a frame without paint."""
    matrix = animator_crops.matrix_of(part, target)
    masks = animator_crops.target_masks(part, animator_crops.place(target, matrix))
    own = animator_crops.cut(plain, matrix, part.size)
    skin = animator.skin_of(np.concatenate([own, masks], axis=-1), part.network)
    return [colour.colour_error(animator_crops.cut(frame, matrix, part.size), own, skin) for frame in films]


def made_again(frames: np.ndarray) -> dict:
    """Every other frame left out and made again of its neighbours: {"repeat", "blend", "flow": {"psnr", "ssim"}}.

    PSNR is that of the mean squared error over all frames, so that frames that were the same do not count as infinite.
    """
    ways = {"repeat": lambda a, b: a,
            "blend": lambda a, b: ((a.astype(np.uint16) + b + 1) // 2).astype(np.uint8),
            "flow": lambda a, b: between.in_between(a, b, [0.5])[0]}
    result = {}
    for name, way in ways.items():
        made = np.stack([way(frames[t - 1], frames[t + 1]) for t in range(1, len(frames) - 1, 2)])
        true = frames[1 : len(frames) - 1 : 2]
        result[name] = {"psnr": metrics.psnr(made, true),
                        "ssim": float(np.mean([metrics.ssim(x, y) for x, y in zip(made, true)]))}
    return result
