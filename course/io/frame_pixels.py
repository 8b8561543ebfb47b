"""A decoded frame as a picture: its colours right, oblong pixels made square, turned as players turn it."""

import math
import struct
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from . import wide_colours

# FFmpeg's numbers (libswscale/swscale.h): PyAV knows not all of them by name before its version 17
BT709, FCC, BT601, SMPTE240M, BT2020 = 1, 4, 5, 7, 9
MATRICES = {1: BT709, 4: FCC, 5: BT601, 6: BT601, 7: SMPTE240M, 9: BT2020, 10: BT2020}  # by ISO/IEC 23091-2
AREA, ACCURATE, FULL_CHROMA = 0x20, 0x40000, 0x2000
MOST_OBLONG = 4  # a pixel more than this many times as wide as high, or as high as wide, is a mistake
SKEW = 0.2  # of a display matrix: about 11 degrees off upright; beyond that it turns no picture


@dataclass(frozen=True)
class View:
    """How the frames of a film are shown, worked out once from its first.

    size: (width, height) in square pixels before turning. transposed, flipped_x, flipped_y: swap rows and columns,
    then mirror left and right, then top and bottom. primaries, transfer: as in ISO/IEC 23091-2.
    """

    size: tuple
    transposed: bool = False
    flipped_x: bool = False
    flipped_y: bool = False
    primaries: int = 1
    transfer: int = 1

    @property
    def seen_size(self) -> tuple:
        """(width, height) after turning."""
        return self.size[::-1] if self.transposed else self.size


def view_of(stream, frame) -> tuple:
    """The View of a film by its stream and first decoded frame; and a list of words on what is unusual in it."""
    aspect, words = _aspect(stream)
    turned, more = _turned(frame)
    context = stream.codec_context
    words = words + more
    if context.color_trc in wide_colours.HDR:
        words = [*words, f"its HDR ({wide_colours.HDR[context.color_trc]}) is brought down to an ordinary screen"]
    size = square(frame.width, frame.height, aspect)
    return View(size, *turned, int(context.color_primaries), int(context.color_trc)), words


def square(width: int, height: int, aspect: Fraction) -> tuple:
    """Sides of a picture whose pixels are `aspect` times as wide as high; none is thrown away, one side grows."""
    return (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))


def orientation(matrix):
    """A display matrix (ISO/IEC 14496-12, 9 numbers) -> (transposed, flipped_x, flipped_y); None if it turns nothing.

    A pixel at (x, y) is shown at (a x + c y, b x + d y). Scale and place do not matter here.
    """
    a, b, _, c, d = matrix[:5]
    transposed = abs(b) + abs(c) > abs(a) + abs(d)
    (along_x, along_y), others = ((c, b), (a, d)) if transposed else ((a, d), (b, c))
    if max(map(abs, others)) > SKEW * min(abs(along_x), abs(along_y)) or not along_x or not along_y:
        return None
    return transposed, along_x < 0, along_y < 0


def pixels(frame, view: View, max_side: int | None = None) -> np.ndarray:
    """A decoded frame -> uint8 (H, W, 3), RGB, upright; its longer side at most `max_side` pixels."""
    width, height = view.size
    if max_side and max(width, height) > max_side:
        scale = max_side / max(width, height)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
    rgb = _wide(frame, view, width, height) if wide_colours.is_wide(view.primaries, view.transfer) else _usual(
        frame, width, height)
    if view.transposed:
        rgb = rgb.transpose(1, 0, 2)
    return np.ascontiguousarray(rgb[:: -1 if view.flipped_y else 1, :: -1 if view.flipped_x else 1])


def _usual(frame, width: int, height: int) -> np.ndarray:
    colours, how = _matrix(frame), AREA
    if colours not in (BT601, BT709) or _bits(frame) > 8:  # FFmpeg's quick way is up to 3 grey levels off with these
        how |= ACCURATE | FULL_CHROMA
    return frame.reformat(width, height, "rgb24", src_colorspace=colours, interpolation=how).to_ndarray()


def _wide(frame, view: View, width: int, height: int) -> np.ndarray:
    # plane by plane: PyAV 17.0 mixes the channels of rgb48 up
    rgb = frame.reformat(width, height, "gbrp16le", src_colorspace=_matrix(frame, view.primaries), interpolation=AREA)
    return wide_colours.to_srgb(rgb.to_ndarray(), view.primaries, view.transfer)


def _matrix(frame, primaries: int = 1) -> int:
    """Files without a tag: by custom, small pictures are BT.601 and high definition is BT.709."""
    guess = BT2020 if primaries == 9 else BT709 if frame.height >= 720 else BT601
    return MATRICES.get(int(frame.colorspace), guess)


def _bits(frame) -> int:
    return max((component.bits for component in frame.format.components), default=8)


def _aspect(stream) -> tuple:
    """Width by height of a stored pixel: what the file says, or else the coded picture; 1 where neither does."""
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or Fraction(1)  # 0 is "unknown"
    if 1 <= MOST_OBLONG * aspect and aspect <= MOST_OBLONG:
        return aspect, []
    return Fraction(1), [f"pixels of {aspect.numerator}:{aspect.denominator} are taken for square ones"]


def _turned(frame) -> tuple:
    matrix = _display_matrix(frame)
    if matrix is None:
        return (False, False, False), []
    found = orientation(matrix)
    if found is None:
        return (False, False, False), ["its display matrix turns no picture and is ignored"]
    return found, []


def _display_matrix(frame):
    """The nine numbers by which the frame is to be turned, or None."""
    from av.sidedata.sidedata import Type

    try:
        side = frame.side_data.get(Type.DISPLAYMATRIX)
    except ValueError:  # PyAV gives none of a frame's extras where it does not know one of them
        try:
            angle = math.radians(-frame.rotation)
        except ValueError:  # of a matrix of zeros
            return (0,) * 9
        cos, sin = round(math.cos(angle), 6), round(math.sin(angle), 6)
        return cos, sin, 0, -sin, cos, 0, 0, 0, 1
    data = bytes(side) if side is not None else b""
    return struct.unpack("=9i", data[:36]) if len(data) >= 36 else None
