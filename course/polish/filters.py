"""Curves without jitter: the one-euro filter, which knows only the past, and a Kalman smoother, which knows all."""

import numpy as np

GATE = 5.0  # standard deviations that a sample may lie beside what was foreseen; further, and something really moved
SPREAD = 1.4826 / np.sqrt(20)  # of a third difference's median, to the deviation of the noise it is made of


def one_euro(signal: np.ndarray, fps: float, cutoff, beta: float, derivative_cutoff: float = 1.0) -> np.ndarray:
    """Smooth slow movement much and fast movement little: (T, C) -> float32 (T, C).

    cutoff: hertz at rest, a number or (C,); beta: hertz more for each unit a second; derivative_cutoff: hertz, of the
    speed itself. Casiez, Roussel and Vogel, "1 euro filter", 2012.
    """
    smoothed = np.array(signal, dtype=np.float64)
    speed = np.zeros_like(smoothed[0])
    for t in range(1, len(smoothed)):
        # dx = a x' + (1 - a) dx_before
        a = _alpha(derivative_cutoff, fps)
        speed = a * (signal[t] - smoothed[t - 1]) * fps + (1 - a) * speed
        # f_c = f_min + beta |dx|
        a = _alpha(cutoff + beta * np.abs(speed), fps)
        smoothed[t] = a * signal[t] + (1 - a) * smoothed[t - 1]
    return smoothed.astype(np.float32)


def _alpha(cutoff, fps: float):
    # alpha = 1 / (1 + tau / T_e), tau = 1 / (2 pi f_c), T_e = 1 / fps
    return 1 / (1 + fps / (2 * np.pi * np.maximum(cutoff, 1e-6)))


def kalman(signal: np.ndarray, fps: float, agility: float, most_noise=np.inf, gate: float = GATE) -> np.ndarray:
    """The likeliest path behind noisy samples, seen from its end, so that nothing lags: (T, C) -> float64 (T, C).

    A point goes on as it went, and is pushed by chance (Kalman, 1960); what comes later mends what came before (Rauch,
    Tung and Striebel, 1965). How noisy a column is, its third differences say. A sample further than `gate` deviations
    from where it was foreseen is no noise, and the path follows it.

    Args:
        agility: how hard chance pushes, in deviations of the noise a second^1.5: less is smoother.
        most_noise: at most so much of a column, a number or (C,), is taken for noise.
    """
    values = np.array(signal, dtype=np.float64)
    if len(values) < 4:
        return values
    noise = SPREAD * np.median(np.abs(np.diff(values, 3, axis=0)), axis=0)
    noise = np.minimum(noise, most_noise) + 1e-9 * (1 + np.abs(values).max(axis=0))
    step, push = _model(fps, agility)
    foreseen, known = _forwards(values / noise, step, push, gate)
    return _backwards(step, *foreseen, *known) * noise


def _model(fps: float, agility: float) -> tuple:
    """How a place and its speed go on for one frame, (2, 2), and what chance adds to their covariance, (2, 2)."""
    dt = 1 / fps
    return np.array([[1, dt], [0, 1]]), agility**2 * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])


def _forwards(values, step, push, gate) -> tuple:
    """States (T, C, 2) and covariances (T, C, 2, 2), foreseen and known, of values (T, C) whose noise is 1."""
    state, spread = np.zeros((2, *values.shape, 2)), np.zeros((2, *values.shape, 2, 2))
    state[:, 0, :, 0], spread[:, 0] = values[0], np.diag([1.0, 1e6])  # how fast it goes at first nobody knows
    for t in range(1, len(values)):
        x, p = state[1, t - 1] @ step.T, step @ spread[1, t - 1] @ step.T + push
        off = values[t] - x[:, 0]
        p = p * np.maximum(off**2 / (gate**2 * (p[:, 0, 0] + 1)), 1)[:, None, None]
        # K = P H' / (H P H' + R)
        gain = p[:, :, 0] / (p[:, 0, 0] + 1)[:, None]
        state[0, t], spread[0, t] = x, p
        state[1, t] = x + gain * off[:, None]
        spread[1, t] = p - gain[:, :, None] * p[:, None, 0, :]
    return (state[0], spread[0]), (state[1], spread[1])


def _backwards(step, foreseen, foreseen_spread, known, spread) -> np.ndarray:
    """Places (T, C), each mended by what came after it."""
    smooth = known.copy()
    for t in range(len(known) - 2, -1, -1):
        gain = spread[t] @ step.T @ np.linalg.inv(foreseen_spread[t + 1])
        smooth[t] += (gain @ (smooth[t + 1] - foreseen[t + 1])[..., None])[..., 0]
    return smooth[..., 0]
