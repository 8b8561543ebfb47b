"""Something else behind the person of a photo: a colour, a picture, or nothing.

    photo -> layers (the person's share, the matte) -> whole picture = own + (1 - matte) background -> portraits

The matte is that of `layers`, or the photo's own alpha where it has one. Around the square that the matting network
sees, its border goes on: shoulders that it cuts reach down to the edge of the photo.
"""

import cv2
import numpy as np

from .. import errors
from ..interpolation import smoothstep
from . import layers

FIRM = (0.3, 0.92)  # of the matte: what is less is wall, what is more person
HOLE = 0.4  # radii: a gap in the body that is narrower is a mistake
LEAST = 0.02  # of a pixel: less of a person has no colour that could be told


def person_of(shown) -> tuple:
    """A `Portrait`'s person in the photo: its share of each colour, float32 (H, W, 3) in grey levels, and the matte,
    (H, W)."""
    taken, (height, width) = shown.layers, shown.image.shape[:2]
    x0, y0, *_ = shown.field.box
    rows, columns = np.arange(height) - y0 + taken.pad, np.arange(width) - x0 + taken.pad  # in the layers
    near = [np.clip(places, 0, size - 1) for places, size in zip((rows, columns), taken.own.shape)]
    both = taken.own[near[0][:, None], near[1]]
    matte = np.clip(both[..., 3], 0, 1)
    inside = (near[0] == rows)[:, None] & (near[1] == columns)
    return np.where(inside[..., None], both[..., :3], shown.image * matte[..., None]).astype(np.float32), matte


def tighten(shown) -> None:
    """Make a `Portrait`'s matte fit for another background: in front of its own wall a soft edge is no fault, and in
    front of another one it is a glow. Edges become firmer, and holes in the body are filled."""
    taken = shown.layers
    x0, y0, x1, y1 = shown.field.box
    around = x0 - taken.pad, y0 - taken.pad, x1 + taken.pad, y1 + taken.pad
    chin = float(shown.points[:, 1].max())
    photo = layers.mirrored(shown.image, around, below=chin).astype(np.float32)
    own, matte = taken.own[..., :3], taken.own[..., 3]
    sure = smoothstep(0.1, 0.5, matte)[..., None]
    # F = own / m, the person's own colour; where hardly anything was taken for person, the photo's
    colour = sure * np.clip(own / np.maximum(matte, 0.1)[..., None], 0, 255) + (1 - sure) * photo
    firm = smoothstep(*FIRM, matte)
    body = _body(firm, round(chin) - around[1], HOLE * shown.field.head.radius)
    taken.matte = np.maximum(firm, body).astype(np.float32)
    taken.own = np.dstack([colour * taken.matte[..., None], taken.matte]).astype(np.float32)


def _body(matte: np.ndarray, chin: int, radius: float) -> np.ndarray:
    """What is person below the chin's row, with gaps up to `radius` pixels closed, soft inside: float32 (h, w)."""
    solid = (matte > 0.5).astype(np.uint8)
    reach = max(1, round(radius))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    wide = cv2.copyMakeBorder(solid, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, disc)[reach:-reach, reach:-reach]
    closed[: max(chin, 0)] = solid[: max(chin, 0)]
    count, parts = cv2.connectedComponents(1 - closed)
    outer = set(parts[0]) | set(parts[:, 0]) | set(parts[:, -1])
    for number in range(1, count):
        if number not in outer:
            closed[parts == number] = 1
    soft = max(1.0, reach / 12)
    inside = cv2.erode(closed, np.ones((2 * round(soft) + 1,) * 2, np.uint8))
    return cv2.GaussianBlur(inside.astype(np.float32), (0, 0), soft)


def use_alpha(shown, alpha: np.ndarray) -> None:
    """Let a photo's own alpha be the matte: the photo lies on white; alpha: float32 (H, W) in [0, 1]."""
    taken = shown.layers
    x0, y0, x1, y1 = shown.field.box
    around = x0 - taken.pad, y0 - taken.pad, x1 + taken.pad, y1 + taken.pad
    # on white  I = a F + (1 - a) 255
    share = np.clip(shown.image - (1 - alpha[..., None]) * 255, 0, 255).astype(np.float32)
    chin = float(shown.points[:, 1].max())
    whole = layers.mirrored(np.dstack([share, alpha]).astype(np.float32), around, below=chin)
    taken.own, taken.matte = np.ascontiguousarray(whole), np.ascontiguousarray(whole[..., 3])


def check(portraits: list) -> None:
    """Whether something can be put behind them. Raises `errors.ImageError`."""
    if any(shown.layers is None for shown in portraits):
        raise errors.ImageError("another background needs the layers of the trained network, up to 2048 px round a "
                                "face: leave out generator warp, or choose a smaller size")


def put_before(portraits: list, background: np.ndarray) -> np.ndarray:
    """Put persons before a background, uint8 (H, W, 3); of other persons in the photo nothing is left.

    Returns:
        how much of each pixel of the still picture is a person: float32 (H, W).
    """
    persons = [person_of(shown) for shown in portraits]
    for number, shown in enumerate(portraits):
        others = [person for k, person in enumerate(persons) if k != number]
        behind = _laid(background, others)
        shown.put_before(behind, _laid(behind, [persons[number]]))
    left = np.ones(background.shape[:2], np.float32)
    for _, matte in persons:
        left *= 1 - matte
    return 1 - left


def _laid(background: np.ndarray, persons: list) -> np.ndarray:
    whole = background.astype(np.float32)
    for own, matte in persons:
        whole = own + (1 - matte[..., None]) * whole
    return np.clip(whole + 0.5, 0, 255).astype(np.uint8)


def straight(frame: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """A frame on black, uint8 (H, W, 3), and its alpha, (H, W), as files keep them: uint8 (H, W, 4), the colour as it
    is without what lies behind."""
    colour = frame / np.maximum(alpha, LEAST)[..., None]
    colour = np.clip(colour + 0.5, 0, 255) * (alpha >= LEAST)[..., None]
    return cv2.merge([*cv2.split(colour.astype(np.uint8)), (alpha * 255 + 0.5).astype(np.uint8)])
