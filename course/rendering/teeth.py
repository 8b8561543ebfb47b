"""Rows of upper teeth, as they come out of photos that smile, and how one of them is read.

A row lies straight: columns go along the arch, rows from the gums down to the edges. Its first channel says how bright
each place is beside the tooth's own colour, its second where there is tooth at all.
"""

import functools
from typing import NamedTuple

import cv2
import numpy as np

from ..interpolation import smoothstep
from ..io import weights

WEIGHTS = "teeth.safetensors"
WIDTH, HEIGHT = 128, 32  # pixels of a row
UNIT = 170  # the number in the file that means 1
HALF = 24.0  # mm from the midline to the last column
TOP, BOTTOM = 10.0, -1.5  # mm above the line of the edges: the first and the last pixel row
BOW = 16.0  # mm from the midline at which the bow of the edges is told
CONTACT = (0.3, 1.3), 0.9  # mm above the edges between which teeth come to touch, and how far a gap is closed
SHADOW = 0.66  # light of the place between two teeth, beside theirs
NARROW, BROAD = 42.0, 58.0  # mm between the corners of mouths that get the narrowest and the broadest row


class Row(NamedTuple):
    """pixels: float32 (HEIGHT, WIDTH, 2), brightness and share of tooth; bow: mm that its edges rise at `BOW`."""

    pixels: np.ndarray
    bow: float

    def read(self, x: np.ndarray, height: np.ndarray) -> tuple:
        """At places x (...) mm beside the midline, height (...) mm above the line of the edges: brightness, and how
        much tooth there is, (...) each."""
        columns = (x + HALF) * (WIDTH / (2 * HALF)) - 0.5
        rows = np.maximum((TOP - height) * (HEIGHT / (TOP - BOTTOM)) - 0.5, 0)  # roots go on
        read = cv2.remap(self.pixels, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR,
                         borderMode=cv2.BORDER_CONSTANT)
        return read[..., 0], read[..., 1]

    def softened(self, radius: float) -> "Row":
        """As a lens would show it whose blur has a standard deviation of `radius` mm."""
        across, down = radius * WIDTH / (2 * HALF), radius * HEIGHT / (TOP - BOTTOM)
        if min(across, down) < 0.05:
            return self
        shade, share = cv2.split(self.pixels)
        blurred = [cv2.GaussianBlur(plane, (0, 0), sigmaX=across, sigmaY=down, borderType=cv2.BORDER_REPLICATE)
                   for plane in (shade * share, share)]
        return Row(cv2.merge([blurred[0] / np.maximum(blurred[1], 1e-3), blurred[1]]), self.bow)


def columns() -> np.ndarray:
    """Millimetres to the right of the midline, (WIDTH,)."""
    return (np.arange(WIDTH) + 0.5) / WIDTH * 2 * HALF - HALF


def heights() -> np.ndarray:
    """Millimetres above the line of the edges, (HEIGHT,), from the top down."""
    return TOP - (np.arange(HEIGHT) + 0.5) / HEIGHT * (TOP - BOTTOM)


@functools.lru_cache(maxsize=1)
def load_rows() -> list:
    """The rows that ship, narrow ones first: list of `Row`. Raises errors.WeightsError."""
    arrays = weights.load_arrays(WEIGHTS)
    if not {"rows", "bows"} <= set(arrays) or arrays["rows"].shape[1:] != (HEIGHT, WIDTH, 2):
        raise weights.misfit(WEIGHTS)
    pixels = arrays["rows"].astype(np.float32) / UNIT
    return [Row(touching(each), float(bow)) for each, bow in zip(pixels, arrays["bows"])]


def touching(pixels: np.ndarray) -> np.ndarray:
    """Pixels of a row (HEIGHT, WIDTH, 2) in which neighbours touch above their edges, as teeth do: what a smile showed
    as a gap from the edge to the gums, because its shadow was deep, is a darker place of the same teeth."""
    shade, share = cv2.split(pixels)
    blurred = [cv2.GaussianBlur(plane, (0, 0), sigmaX=4, sigmaY=0.5, borderType=cv2.BORDER_REPLICATE)
               for plane in (shade * share, share)]
    lacking = (1 - share) * CONTACT[1] * smoothstep(*CONTACT[0], heights())[:, None].astype(np.float32)
    filled = SHADOW * blurred[0] / np.maximum(blurred[1], 1e-3)
    whole = share + lacking
    return cv2.merge([(shade * share + filled * lacking) / np.maximum(whole, 1e-3), whole])


def row_for(width: float) -> Row:
    """The row of a mouth `width` mm wide: broad mouths have broad rows."""
    rows = load_rows()
    place = (width - NARROW) / (BROAD - NARROW) * len(rows)
    return rows[int(np.clip(place, 0, len(rows) - 1))]
