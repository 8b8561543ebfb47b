"""Another mouth in the frames of a film: lips and jaw are driven, all else is the film's.

    reference -> Portrait posed by the new lips -> laid where the head is now -> its light -------+
    frame     -> jaw and cheeks moved to where the new jaw is (thin-plate spline) ----------------+-> blended -> frame

Moving the frame's own mouth alone would show in every frame what that frame happens to show, teeth or none; so the
mouth is that of one frame of the shot, in which it is shut, and it keeps its teeth from frame to frame. The skin that
moves with it is the frame's own.
"""

import cv2
import numpy as np

from ..interpolation import smoothstep
from ..keypoints import landmarks
from ..polish import sharpness
from . import animator, curves, paste, portrait, warping

# What speech does not move: bridge and base of the nose, corners of the eyes, the upper ends of the jaw.
HELD = np.array([0, 1, 2, *range(27, 36), 36, 39, 42, 45, 14, 15, 16])
# The nose's base hangs nearest to the lips, and the jaw's ends are the least sure.
TRUST = np.array([0.3, 0.3, 0.3, 1, 1, 2, 2, 2, 3, 3, 3, 2, 1, 1, 1, 1, 0.3, 0.3, 0.3])
JAW = np.arange(5, 12)
JAW_SHARE = np.array([0.4, 0.8, 1, 1, 1, 0.8, 0.4])  # a jaw drops at the chin and stays at its hinge
LIPS = np.arange(48, 60)
BESIDE = 0.08  # eye distances outside the jaw: a collar or a wall that is further out than this rests
ROOM = 1.8  # times as far as the jaw drops, for the neck beneath it
RISE = 0.11  # eye distances that a chin rises at most: nobody knows what a jaw that hung low has hidden
NODES = 56  # a side of the grid on which the spline is worked out
EDGE = 0.05  # eye distances: how softly the new mouth ends
LIGHT = 0.16  # eye distances over which light is taken over


class FilmMouth:
    """Prepared once for a shot; `draw` then makes its frames.

    picture: uint8 (h, w, 3), the reference; points: (78, 2) in it; opened: another picture and its points, in which
    the person shows teeth, or None; networks: the animator's, or None; detail: whether what resampling took is brought
    back.
    """

    def __init__(self, picture: np.ndarray, points: np.ndarray, opened: tuple | None = None,
                 networks: dict | None = None, detail: bool = True):
        self.portrait = portrait.Portrait(picture, points)
        if opened:
            self.portrait.mouth.tooth = teeth_colour(*opened, self.portrait.mouth.tooth)
        if networks:
            self.portrait.animator = MouthAnimator(picture, points, networks)
        height, width = picture.shape[:2]
        self.wanted = sharpness.detail(picture, inner_mask(points, (0, 0, width, height))) if detail else None

    def draw(self, frame: np.ndarray, points: np.ndarray, posed: np.ndarray, share: float = 1.0,
             tongue: float = 0.0) -> np.ndarray:
        """A frame in which the person says something else.

        Args:
            frame: uint8 (H, W, 3); points: (78, 2), where its face is; posed: (78, 2) in the reference, where its
            points would be with the new lips and this frame's turn of the head; share: 1, or less while the film's own
            comes back; tongue: `tongueOut`, 0 to 1.
        Returns:
            uint8 (H, W, 3); outside `support` the frame's own pixels, to the bit.
        """
        matrix = warping.similarity(posed[HELD], points[HELD], TRUST)
        target = warping.transform(matrix, posed)
        box, reach = support(frame.shape, points)
        if share <= 0 or box is None:
            return frame
        region = self._moved(frame, points, target, box, reach)
        mask = inner_mask(target, box)
        new = self._mouth(posed, matrix, box, mask, tongue)
        own = region.astype(np.float32)
        new += light(own, new, mask, skin_of(points, target, box), LIGHT * landmarks.eye_distance(points))
        mixed = own + mask[..., None] * (new - own)
        region = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
        return paste.paste_back(frame, region, (paste.soft_mask(reach, 0.1) * np.float32(share)), box)

    def _moved(self, frame, points, target, box, reach) -> np.ndarray:
        """The frame's own skin, its jaw and cheeks where the new ones are: uint8 (h, w, 3)."""
        x0, y0, x1, y1 = box
        eyes = float(landmarks.eye_distance(points))
        centre = target[48:60].mean(0)
        up = (points[27] - points[8]) / max(float(np.linalg.norm(points[27] - points[8])), 1e-6)
        # how the outline is read from the side differs from frame to frame: what a jaw does is up and down
        rise = (target - points)[JAW] @ up
        most = RISE * eyes
        rise = JAW_SHARE * np.minimum(rise, most * np.tanh(np.maximum(rise, 0) / most))
        drop = np.outer(rise, up)
        around = points[3:14] + BESIDE * eyes * _directions(points[3:14] - centre)
        around[2:-2] += ROOM * np.minimum(rise, 0)[:, None] * up  # a jaw that comes down needs room beneath
        there = np.concatenate([points[JAW] + drop, target[LIPS], points[HELD], points[[3, 4, 12, 13]], around])
        offset = np.zeros_like(there)
        offset[: len(JAW)], offset[len(JAW) : len(JAW) + len(LIPS)] = -drop, (points - target)[LIPS]
        nodes = np.stack(np.meshgrid(np.linspace(x0, x1 - 1, NODES), np.linspace(y0, y1 - 1, NODES)), -1)
        spline = warping.fit_spline((there - centre) / eyes, offset, 1e-3)
        field = warping.evaluate_spline((there - centre) / eyes, spline, (nodes.reshape(-1, 2) - centre) / eyes)
        field = field.reshape(NODES, NODES, 2).astype(np.float32)
        # the grid's first and last nodes lie on the first and last pixels, not half a cell inside
        across, down = (np.linspace(0, NODES - 1, size, dtype=np.float32) for size in (x1 - x0, y1 - y0))
        dense = cv2.remap(field, *np.meshgrid(across, down), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        grid = warping.identity_grid(y1 - y0, x1 - x0) + np.array([x0, y0], np.float32)
        return warping.sample(frame, grid + reach[..., None] * dense)

    def _mouth(self, posed, matrix, box, mask, tongue) -> np.ndarray:
        """The reference with the new lips, laid over the frame's box: float32 (h, w, 3)."""
        x0, y0, x1, y1 = box
        made = self.portrait.render(posed, tongue=tongue)
        shifted = matrix.copy()
        shifted[:, 2] -= [x0, y0]
        laid = cv2.warpAffine(made, shifted, (x1 - x0, y1 - y0), flags=cv2.INTER_CUBIC,
                              borderMode=cv2.BORDER_REPLICATE)
        if self.wanted is not None:
            still = cv2.warpAffine(self.portrait.image, shifted, (x1 - x0, y1 - y0), flags=cv2.INTER_CUBIC,
                                   borderMode=cv2.BORDER_REPLICATE)
            amount = np.clip(self.wanted / max(sharpness.detail(still, mask), 1e-6) - 1, 0, sharpness.MAX_SHARPEN)
            laid = sharpness.unsharp_mask(laid, float(amount))
        return laid.astype(np.float32)


def _directions(ways: np.ndarray) -> np.ndarray:
    """Ways (n, 2) at a length of 1."""
    return ways / np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-6)


class MouthAnimator(animator.Animator):
    """The animator of the mouth alone: eyes are the film's own."""

    def activity(self, part, target: np.ndarray) -> float:
        """As the animator's for the mouth, 0 for the eyes."""
        return super().activity(part, target) if part.name == "mouth" else 0.0


def teeth_colour(picture: np.ndarray, points: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """What colour the teeth are: float (3,) in grey levels.

    picture: uint8 (h, w, 3), in which the person shows them, at points (78, 2); usual: (3,), what they would be by the
    white of the eyes. They are as bright as that at most, and no darker than half of it.
    """
    x0, y0 = np.maximum(np.floor(points[60:68].min(0)), 0).astype(int)
    x1, y1 = np.ceil(points[60:68].max(0)).astype(int) + 1
    inside = np.zeros((max(y1 - y0, 1), max(x1 - x0, 1)), np.uint8)
    cv2.fillPoly(inside, [np.round(points[60:68] - [x0, y0]).astype(np.int32)[:, None]], 1)
    inside = inside[: picture.shape[0] - y0, : picture.shape[1] - x0]
    colours = picture[y0:y1, x0:x1][inside > 0].astype(np.float64)
    if len(colours) < 12:
        return usual
    level = colours.mean(1)
    found = np.median(colours[level >= np.percentile(level, 70)], axis=0)
    return found * np.clip(found.mean(), 0.5 * usual.mean(), usual.mean()) / max(found.mean(), 1)


def support(shape, points: np.ndarray) -> tuple:
    """Where a frame of shape (H, W, 3) with a face at points (78, 2) may change: the box x0, y0, x1, y1, None where
    it lies outside, and how far each of its pixels moves along, float32 (h, w), 0 at its border: the lower face, from
    below the nose to a little under the chin."""
    eyes = float(landmarks.eye_distance(points))
    up = points[27] - points[8]
    length = max(float(np.linalg.norm(up)), 1e-6)
    up = up / length
    right = np.array([-up[1], up[0]])
    nose, chin = points[33], points[8]
    middle = (nose + chin) / 2
    half = np.abs((points[3:14] - middle) @ right).max() + 0.35 * eyes
    top, bottom = (nose - middle) @ up + 0.12 * eyes, (middle - chin) @ up + 0.5 * eyes
    reach = np.hypot(half, max(top, bottom))
    height, width = shape[:2]
    x0, y0 = np.clip(np.floor(middle - reach), 0, [width, height]).astype(int)
    x1, y1 = np.clip(np.ceil(middle + reach) + 1, 0, [width, height]).astype(int)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return None, None
    places = warping.identity_grid(y1 - y0, x1 - x0) + np.array([x0, y0], np.float32) - middle
    side, rise = np.abs(places @ right) / half, places @ up
    high = np.where(rise > 0, rise / top, -rise / bottom)
    weight = smoothstep(1.0, 0.72, side) * smoothstep(1.0, 0.6, high)
    return (x0, y0, x1, y1), weight.astype(np.float32)


def inner_mask(points: np.ndarray, box) -> np.ndarray:
    """Where the new mouth is laid, for a face at points (78, 2): float32 (h, w), soft at its edge. It ends inside the
    face, so that its outline, and what lies behind it, are the frame's."""
    eyes = float(landmarks.eye_distance(points))
    lip = points[57]
    outline = [points[31] + 0.35 * (points[48] - points[31]), points[33] + 0.25 * (points[51] - points[33]),
               points[35] + 0.35 * (points[54] - points[35])]
    outline += [points[54] + 0.42 * (points[j] - points[54]) for j in (13, 12, 11)]
    outline += [lip + 0.62 * (points[j] - lip) for j in (10, 9, 8, 7, 6)]
    outline += [points[48] + 0.42 * (points[j] - points[48]) for j in (5, 4, 3)]
    x0, y0, x1, y1 = box
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    corners = np.clip(np.round((np.array(outline) - [x0, y0]) * 16), -1e6, 1e6).astype(np.int32)
    cv2.fillPoly(mask, [corners[:, None]], 255, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask, (0, 0), max(EDGE * eyes, 0.8)).astype(np.float32) / 255


def skin_of(points: np.ndarray, target: np.ndarray, box) -> np.ndarray:
    """Where frame and new mouth both show skin, lips left out with what is around them: float32 (h, w)."""
    x0, y0, x1, y1 = box
    lips = np.zeros((y1 - y0, x1 - x0), np.uint8)
    for shape in (points, target):
        frame = curves.frame_between(shape[48], shape[54])
        outline = shape[landmarks.LIPS_OUTER]
        wider = frame.centre + 1.2 * (outline - frame.centre) - [x0, y0]
        cv2.fillPoly(lips, [np.clip(np.round(wider * 16), -1e6, 1e6).astype(np.int32)[:, None]], 255, cv2.LINE_AA, 4)
    return 1 - lips.astype(np.float32) / 255


def light(own: np.ndarray, mouth: np.ndarray, mask: np.ndarray, skin: np.ndarray, sigma: float) -> np.ndarray:
    """What is added to the new mouth so that its skin has the frame's light: float32 (h, w, 3).

    The difference of the two where both show skin, smoothed over `sigma` pixels; own, mouth: float32 (h, w, 3), mask,
    skin: (h, w).
    """
    shrink = max(1, int(sigma / 3))  # what is as smooth as that needs no more pixels
    size = max(2, own.shape[1] // shrink), max(2, own.shape[0] // shrink)
    weight = mask * skin
    weighted = np.dstack([weight[..., None] * (own - mouth), weight])
    # d = blur(w (own - mouth)) / blur(w)
    soft = cv2.GaussianBlur(cv2.resize(weighted, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / shrink)
    return cv2.resize(soft[..., :3] / (soft[..., 3:] + 1e-4), own.shape[1::-1], interpolation=cv2.INTER_LINEAR)
