"""Do lips and sound belong together? By how much one curve comes behind another.

    opening of the mouth (T,), loudness (T,) -> milliseconds
"""

import numpy as np

from ..keypoints import landmarks

REACH = 10  # frames by which the mouth may be ahead or behind
QUIET = 1e-3  # of the loudest frame: what is quieter is silence


def sync_error(mouth: np.ndarray, sound: np.ndarray, fps: float = 25.0, reach: int = REACH) -> float:
    """By how many milliseconds the mouth comes behind the sound, (T,), (T,); below 0: ahead of it. T > reach + 1.

    It is the shift of at most `reach` frames at which both agree best. NaN where one of them rests. People notice
    a mouth that is 45 ms behind, or 125 ms ahead (ITU-R BT.1359, 1998).
    """
    shifts = sorted(range(-reach, reach + 1), key=abs)  # of equal ones the smallest
    agreeing = [agreement(mouth, sound, shift) for shift in shifts]
    if np.isnan(agreeing).all():
        return float("nan")
    return 1000.0 * shifts[int(np.nanargmax(agreeing))] / fps


def agreement(mouth: np.ndarray, sound: np.ndarray, shift: int) -> float:
    """Correlation of the mouth with the sound `shift` frames before it, over the frames that both have: (T,), (T,) ->
    -1 to 1; NaN where one of them rests."""
    count = len(mouth)
    a, b = mouth[max(shift, 0) : count + min(shift, 0)], sound[max(-shift, 0) : count + min(-shift, 0)]
    a, b = a - a.mean(), b - b.mean()
    # r = sum a b / sqrt(sum a^2 sum b^2)
    power = np.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / power) if power > 1e-12 else float("nan")


def mouth_opening(points: np.ndarray) -> np.ndarray:
    """How far the lips are apart, in eye distances: points (T, 68 or 78, 2) -> (T,)."""
    gap = np.linalg.norm(points[:, 62] - points[:, 66], axis=-1)
    return gap / landmarks.eye_distance(points)


def loudness(samples: np.ndarray, sample_rate: int, count: int, fps: float = 25.0) -> np.ndarray:
    """How loud each of `count` frames is, on a scale of decibels from 0, silence, to 1: samples (N,) -> (count,)."""
    edges = np.round(np.arange(count + 1) / fps * sample_rate).astype(int)
    power = np.array([np.mean(np.square(samples[a:b])) if a < min(b, len(samples)) else 0.0
                      for a, b in zip(edges[:-1], edges[1:])])
    size = np.sqrt(power) / max(np.sqrt(power.max(initial=0)), 1e-12)
    # 0 dB is the loudest, 20 log10 QUIET silence
    return 1 - np.log10(np.maximum(size, QUIET)) / np.log10(QUIET)
