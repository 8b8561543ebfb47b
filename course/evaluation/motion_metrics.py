"""How like real movement is made movement? Spectra, blinks and window features of `idle_features.MOVING` curves.

No frame of a made motion should equal a real one, so everything here compares how movement is, never where it is.
Curves are (T, 8) in `idle_features.UNIT`s at 25 frames a second.
"""

import numpy as np

from ..motion import idle_features

SEGMENT = 64  # frames of one spectrum
WINDOW, HOP = 32, 8  # frames of one row of features


def spectrum(curves: np.ndarray, order: int) -> np.ndarray:
    """Amplitude spectrum of speed (order 1) or acceleration (order 2): (T, 8) -> (F, 8), in units a second^order.

    A mean over short windows (Welch, "The use of fast Fourier transform for the estimation of power spectra", 1967).
    """
    from scipy.signal import welch

    changed = np.diff(curves, n=order, axis=0) * idle_features.FPS**order
    _, power = welch(changed, idle_features.FPS, nperseg=min(SEGMENT, len(changed)), nfft=SEGMENT, axis=0)
    return np.sqrt(power)


def spectrum_distance(made: np.ndarray, real: np.ndarray, order: int) -> float:
    """Between the spectra of two movements, (T, 8) and (S, 8): 0 equal, 1 where one of them rests.

    d = sum_f |A - B| / sum_f (A + B)    (Bray and Curtis, 1957),   a mean over channels
    """
    a, b = spectrum(made, order), spectrum(real, order)
    return float(np.mean(np.abs(a - b).sum(axis=0) / np.maximum((a + b).sum(axis=0), 1e-9)))


def blink_rate(blinks: np.ndarray) -> float:
    """Blinks a minute of (T,) marks, 1 in the frame of a blink and 0 elsewhere."""
    return float(blinks.sum() / max(len(blinks), 1) * idle_features.FPS * 60)


def window_features(curves: np.ndarray) -> np.ndarray:
    """Each 1.3 s of movement as logarithms of its spread and its mean speed, channel by channel: (T, 8) -> (N, 16)."""
    windows = np.lib.stride_tricks.sliding_window_view(curves, WINDOW, axis=0)[::HOP]  # (N, 8, W)
    spread = windows.std(axis=2)
    speed = np.abs(np.diff(windows, axis=2)).mean(axis=2) * idle_features.FPS
    # 0.05 units: what is smaller than that nobody sees
    return np.log(np.concatenate([spread + 0.05, speed + 0.05], axis=1))


def frechet_distance(made: np.ndarray, real: np.ndarray) -> float:
    """Between normal distributions around two sets of features, (N, F) and (M, F) (Dowson and Landau, 1982).

    d^2 = |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2));  this returns d^2, as FID does (Heusel et al., 2017)
    """
    centre = made.mean(axis=0) - real.mean(axis=0)
    first, second = np.cov(made, rowvar=False), np.cov(real, rowvar=False)
    # tr (C1 C2)^(1/2) = sum of the roots of the eigenvalues of C1 C2, which are real and not below 0
    roots = np.sqrt(np.clip(np.linalg.eigvals(first @ second).real, 0, None))
    return float(centre @ centre + np.trace(first) + np.trace(second) - 2 * roots.sum())


def energy(curves: np.ndarray) -> float:
    """Root of the mean squared speed of the head's angles: (T, 8) -> degrees a second."""
    return float(np.sqrt(np.mean(np.square(np.diff(curves[:, :3], axis=0) * idle_features.FPS))))


def follows_mouth(curves: np.ndarray, opening: np.ndarray) -> float:
    """Correlation of how fast the head moves with how far the mouth is open: (T, 8), (T,) -> -1 to 1.

    Both are smoothed over half a second; 0 if one of them rests.
    """
    from scipy.ndimage import gaussian_filter1d

    speed = gaussian_filter1d(np.linalg.norm(np.diff(curves[:, :3], axis=0), axis=1), 6)
    mouth = gaussian_filter1d(np.asarray(opening[1:], float), 6)
    if speed.std() < 1e-9 or mouth.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(speed, mouth)[0, 1])


def greatest_step(curves: np.ndarray) -> float:
    """The largest change of any channel from one frame to the next: (T, 8) -> units; 0 of one frame."""
    return float(np.abs(np.diff(curves, axis=0)).max(initial=0))
