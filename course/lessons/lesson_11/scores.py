"""Seven films in six numbers, and how often each number agrees with a vote."""

import functools

import numpy as np
import torch
from scipy import stats

from course import features
from course.evaluation import lip_sync, metrics, motion_metrics
from course.keypoints import find

from . import films

STEP = 4  # pictures are compared, and judged, in every so many frames
AXES = 6  # directions in which the features of films are compared
MEASURES = {  # name: (unit, 1 where more is better and -1 where less is)
    "PSNR": ("dB", 1), "SSIM": ("", 1), "AKD": ("px", -1), "Fréchet": ("", -1),
    "jitter": ("px a frame squared", -1), "sync": ("ms, mouth behind the sound", -1),
}
PAIRS = (("soft", "dark"), (films.OTHER, "soft"), ("still", "shaking"), ("loudness", films.OTHER), ("late", "dark"),
         ("shaking", films.OTHER), ("still", "loudness"), ("shaking", "late"))
OURS = ("dark", films.OTHER, "shaking", films.OTHER, "dark", films.OTHER, "loudness", "shaking")  # the course's votes


def numbers(take: films.Take, measure: str) -> dict:
    """One of `MEASURES` for each film of a take: {film: number}."""
    return {name: of_film(take, film, measure) for name, film in take.films.items()}


def of_film(take: films.Take, film: films.Film, measure: str) -> float:
    """One of `MEASURES` for one film. Pictures and the judge's points are those of every fourth frame, from the second
    on; jitter and lips are those of the points that the film was made from."""
    true = take.true
    if measure == "PSNR":
        return metrics.psnr(film.frames[STEP::STEP], true.frames[STEP::STEP])
    if measure == "SSIM":
        return float(np.mean([metrics.ssim(a, b) for a, b in zip(film.frames[STEP::STEP], true.frames[STEP::STEP])]))
    if measure == "AKD":
        return metrics.akd(judged(film), judged(true))
    if measure == "Fréchet":
        return motion_metrics.frechet_distance(along(seen(film), seen(true)), along(seen(true), seen(true)))
    if measure == "jitter":
        return metrics.jitter(film.points)
    return lip_sync.sync_error(lip_sync.mouth_opening(film.points), take.loud, films.FPS)


def judged(film: films.Film) -> np.ndarray:
    """The points that the landmarker finds in every fourth frame: (N, 68, 2); NaN where it sees no face."""
    return _judged(film.frames[STEP::STEP].tobytes(), film.frames[STEP::STEP].shape)


@functools.lru_cache(maxsize=16)
def _judged(pixels: bytes, shape: tuple) -> np.ndarray:
    found = [find.find_keypoints(frame) for frame in np.frombuffer(pixels, np.uint8).reshape(shape).copy()]
    return np.stack([rows[0] if len(rows) else np.full((68, 2), np.nan) for rows in found])


def seen(film: films.Film) -> np.ndarray:
    """What the trunk of lesson 04 sees of each frame: the means of its 80 maps at an eighth of the size, (T, 80)."""
    return _seen(film.frames.tobytes(), film.frames.shape)


@functools.lru_cache(maxsize=16)
def _seen(pixels: bytes, shape: tuple) -> np.ndarray:
    frames = np.frombuffer(pixels, np.uint8).reshape(shape).copy()
    batch = torch.cat([features.as_batch(frame) for frame in frames])
    with torch.no_grad():
        return features.extract_features(batch, "1/8")["1/8"].mean(dim=(2, 3)).numpy().astype(float)


def along(rows: np.ndarray, of: np.ndarray, axes: int = AXES) -> np.ndarray:
    """Features along the directions in which others vary most, in units of how much those vary on the first of them:
    (N, F), (M, F) -> (N, axes)."""
    middle = of.mean(axis=0)
    _, sizes, directions = np.linalg.svd(of - middle, full_matrices=False)
    return (rows - middle) @ directions[:axes].T / (sizes[0] / np.sqrt(len(of) - 1))


# ---------------------------------------------------------------- votes


def goodness(measure: str, told: dict) -> dict:
    """Numbers of a measure so that more is better: {film: number}; no answer is the worst."""
    if measure == "sync":
        told = {name: abs(number) for name, number in told.items()}
    way = MEASURES[measure][1] if measure in MEASURES else 1
    return {name: way * number if np.isfinite(number) else -np.inf for name, number in told.items()}


def best(take: films.Take, measure: str) -> list:
    """The films of a take that a measure puts first, equal ones all."""
    good = goodness(measure, numbers(take, measure))
    return [name for name, number in good.items() if number == max(good.values())]


def wins(chosen) -> dict:
    """How often each film was preferred, of the pairs that it was in: {film: 0 to 1}."""
    films_ = sorted({name for pair in PAIRS for name in pair})
    shown = {name: [choice == name for pair, choice in zip(PAIRS, chosen) if name in pair] for name in films_}
    return {name: float(np.mean(rows)) for name, rows in shown.items()}


def ranks(good: dict) -> dict:
    """{film: number, more being better} -> {film: place}, 1 for the best; equal ones share their places."""
    places = stats.rankdata([-min(max(number, -1e9), 1e9) for number in good.values()])
    return dict(zip(good, places))


def agreeing(chosen, good: dict) -> np.ndarray:
    """For each pair 1 where a number prefers what was chosen, 0 where it prefers the other, 0.5 where it is equal."""
    others = [pair[0] if pair[1] == choice else pair[1] for pair, choice in zip(PAIRS, chosen)]
    return np.array([0.5 if good[choice] == good[other] else float(good[choice] > good[other])
                     for choice, other in zip(chosen, others)])
