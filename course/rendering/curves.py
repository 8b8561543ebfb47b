"""Lips and lids as curves: each is a graph v(u) in a frame that lies along the line between its two corners."""

from dataclasses import dataclass

import numpy as np

SAMPLES = 128  # places along a curve at which it is tabulated
REACH = 1.5  # how far the table goes; the corners are at -1 and 1


@dataclass
class Frame:
    """An oblique ruler: centre (2,), along (2,) unit vector, across (2,) unit vector (down), half width in pixels."""

    centre: np.ndarray
    along: np.ndarray
    across: np.ndarray
    half: float

    def coordinates(self, positions: np.ndarray):
        """(..., 2) pixels -> u (...) with the corners at -1 and 1, v (...) in pixels below the corner line."""
        shifted = positions - self.centre
        return shifted @ self.along / self.half, shifted @ self.across

    def grid(self, box):
        """`coordinates` of every pixel of a box x0, y0, x1, y1: float32 (h, w) twice."""
        x, y = np.arange(box[0], box[2]) - self.centre[0], np.arange(box[1], box[3]) - self.centre[1]
        # each is a sum of what the column says and what the row says: nothing to multiply pixel by pixel
        return tuple(np.add.outer((y * way[1] / size).astype(np.float32), (x * way[0] / size).astype(np.float32))
                     for way, size in ((self.along, self.half), (self.across, 1.0)))

    def pixels(self, u, v) -> np.ndarray:
        """The way back: u (...), v (...) -> (..., 2)."""
        return self.centre + np.multiply.outer(u * self.half, self.along) + np.multiply.outer(v, self.across)


def frame_between(first: np.ndarray, last: np.ndarray) -> Frame:
    """The frame of two corners; corners that coincide give a frame one pixel wide."""
    along = np.asarray(last, np.float64) - first
    length = float(np.linalg.norm(along))
    along = along / length if length > 1e-6 else np.array([1.0, 0.0])
    centre = (np.asarray(first, np.float64) + last) / 2
    return Frame(centre, along, np.array([-along[1], along[0]]), max(length / 2, 0.5))


def tabulate(frame: Frame, points: np.ndarray) -> np.ndarray:
    """The smooth curve through points (n, 2) as a table of v over u in [-REACH, REACH]: float32 (SAMPLES,)."""
    u, v = frame.coordinates(np.asarray(points, np.float64))
    u = np.maximum.accumulate(u) + np.arange(len(u)) * 1e-4  # a point that overtakes its neighbour waits for it
    # Beyond the corners the curve goes on level.
    at = np.clip(np.linspace(-REACH, REACH, SAMPLES), u[0], u[-1])
    return monotone_cubic(u, v, at).astype(np.float32)


def monotone_cubic(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Cubic pieces through (x, y), (n,) each, x rising, that never overshoot; read at (m,). Fritsch, Butland, 1984."""
    step = np.diff(x)
    slope = np.diff(y) / step
    left, right = slope[:-1], slope[1:]
    # d = 3 (h1 + h2) / ((2 h2 + h1) / s1 + (h2 + 2 h1) / s2): the weighted harmonic mean, 0 at a peak
    same = left * right > 0
    a, b = np.where(same, left, 1.0), np.where(same, right, 1.0)
    first, last = 2 * step[1:] + step[:-1], step[1:] + 2 * step[:-1]
    inner = np.where(same, (first + last) / (first / a + last / b), 0.0)
    tangent = np.concatenate([slope[:1], inner, slope[-1:]])
    piece = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(step) - 1)
    h = step[piece]
    t = (at - x[piece]) / h
    # y = y0 + t h d0 + t^2 (3 s - 2 d0 - d1) h + t^3 (d0 + d1 - 2 s) h
    d0, d1, s = tangent[piece], tangent[piece + 1], slope[piece]
    return y[piece] + h * t * (d0 + t * ((3 * s - 2 * d0 - d1) + t * (d0 + d1 - 2 * s)))


def read(table: np.ndarray, u: np.ndarray) -> np.ndarray:
    """A tabulated curve at any u (...), between the samples linearly: v (...)."""
    at = (np.clip(u, -REACH, REACH) + REACH) * ((SAMPLES - 1) / (2 * REACH))
    index = np.minimum(at.astype(np.int32), SAMPLES - 2)
    part = at - index
    return table[index] * (1 - part) + table[index + 1] * part
