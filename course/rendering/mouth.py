"""What is behind the lips: the photo's own teeth where it shows them, and painted ones where it does not.

The layer fills what lies between the target's inner lips. Upper teeth belong to the skull and do not move when
the jaw drops; lower teeth and tongue go with the jaw. Sizes are in millimetres of an average adult.
"""

from dataclasses import dataclass

import numpy as np

from ..interpolation import smoothstep
from ..keypoints import landmarks
from . import curves, eyelids, warping

UPPER_INNER = np.array([60, 61, 62, 63, 64])
LOWER_INNER = np.array([60, 67, 66, 65, 64])
NOSE_BASE = np.array([31, 32, 33, 34, 35])
CHIN = np.array([7, 8, 9])

EYES_MM = 90.0  # between the outer corners of the eyes
# From the midline outwards: where each upper tooth ends, how much higher its edge stands than the first one's
TOOTH_ENDS = np.array([0.0, 8.3, 14.6, 21.0, 26.4, 31.0])
TOOTH_LIFTS = np.array([0.0, 0.7, 0.2, 1.0, 1.6])


@dataclass
class MouthSettings:
    """Millimetres, and parts of the photo's own colours."""

    upper_edge: float = 3.8  # upper teeth reach this far below the line of the closed lips
    lower_edge: float = 1.8  # lower teeth begin this far below it, moving with the jaw
    teeth: float = 0.74  # brightness of the front teeth against the white of the eye
    dark: float = 0.2  # brightness of the deep mouth against the lips
    tongue: float = 0.66  # the same of the tongue
    contact: float = 2.6  # length of the shadow under the upper lip
    softness: float = 0.35  # blur of everything painted


class Mouth:
    """Prepared once for a photo, uint8 (H, W, 3), and its points (78, 2); `draw` then fills the mouth of a frame."""

    def __init__(self, image: np.ndarray, points: np.ndarray, settings: MouthSettings | None = None):
        self.settings = settings or MouthSettings()
        self.image = image
        self.points = points = points.astype(np.float64)
        self.frame = curves.frame_between(points[60], points[64])
        eyes = landmarks.eye_distance(points)
        # turned heads have narrow eye distances, nodding ones short faces: take the better of the two
        self.mm = float(max(eyes / EYES_MM, np.linalg.norm(points[27] - points[8]) / 125, 0.02))
        self.upper = curves.tabulate(self.frame, points[UPPER_INNER])
        self.lower = curves.tabulate(self.frame, points[LOWER_INNER])
        middle = points[[61, 62, 63, 65, 66, 67]].mean(0)
        self.rest = self.frame.coordinates(middle)[1]  # v of the lip line in the photo
        self.opening = self._opening(points)  # mm
        self.shows_own = float(smoothstep(1.5, 3.0, self.opening))
        self._fit_colours()

    def _opening(self, points) -> float:
        """Largest gap between the inner lips in millimetres."""
        return float(np.linalg.norm(points[[61, 62, 63]] - points[[67, 66, 65]], axis=1).max() / self.mm)

    def _fit_colours(self):
        lips = _colours_near(self.image, self.points[[50, 51, 52, 56, 57, 58]], 1.0 * self.mm)
        skin = _colours_near(self.image, self.points[[31, 35, 4, 12, 29]], 3.0 * self.mm)
        self.lip, self.skin = np.median(lips, 0), np.median(skin, 0)
        white = white_of_the_eyes(self.image, self.points)
        grey = float(self.skin.mean())
        # Eyes in shadow or behind dark glasses say little: the skin's brightness sets the bounds.
        light = float(np.clip(white.mean(), 0.75 * grey, max(1.5 * grey, 90)))
        cast = 0.6 * white / max(white.mean(), 1) + 0.4 * self.skin / max(grey, 1)
        self.tooth = np.clip(light * self.settings.teeth * cast * np.array([1.03, 1.0, 0.92]), 0, 225)
        flesh = 0.6 * self.lip + 0.4 * self.skin
        self.deep = flesh * self.settings.dark * np.array([1.1, 0.85, 0.85])
        self.tongue = flesh * self.settings.tongue * np.array([1.08, 0.86, 0.88])
        if self.shows_own > 0:
            self._fit_own()

    def _fit_own(self):
        """The dark of a mouth that stands open in the photo is that photo's own dark."""
        x0, y0 = np.floor(self.points[48:68].min(0)).astype(int)
        x1, y1 = np.ceil(self.points[48:68].max(0)).astype(int) + 1
        height, width = self.image.shape[:2]
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        if x1 - x0 < 2 or y1 - y0 < 2:
            return
        grid = warping.identity_grid(y1 - y0, x1 - x0) + np.array([x0, y0], np.float32)
        inside = self._own_mask(grid) > 0.9
        if inside.sum() > 8:
            colours = self.image[y0:y1, x0:x1][inside].astype(np.float64)
            dark = colours[colours.mean(1) <= np.percentile(colours.mean(1), 12)].mean(0)
            self.deep = np.minimum(dark, self.lip * 0.5)

    def _own_mask(self, places) -> np.ndarray:
        """How far places (..., 2) of the photo lie inside its own open mouth: 0 to 1."""
        u, v = self.frame.coordinates(places)
        soft = max(1.0, 0.8 * self.mm)
        above, below = curves.read(self.upper, u), curves.read(self.lower, u)
        return smoothstep(-0.5 * soft, 0.5 * soft, v - above) * smoothstep(0.0, soft, below - v)

    def skull(self, target, matrix) -> np.ndarray:
        """The affine (2, 3) that carries the upper teeth: the head's, `matrix`, hung from the base of the nose of the
        target (78, 2)."""
        moved = warping.transform(matrix, self.points[NOSE_BASE]).mean(0)
        hung = matrix.copy()
        hung[:, 2] += target[NOSE_BASE].mean(0) - moved
        return hung

    def activity(self, target, back) -> float:
        """0 while the lips stand as in the photo (there is nothing to add), 1 once they have moved by a millimetre.

        target: (78, 2); back: (2, 3), from the frame to the photo.
        """
        lips = np.concatenate([UPPER_INNER, LOWER_INNER[1:4]])
        here = warping.transform(back, target[lips])
        off = here - self.points[lips]
        off -= off.mean(0)  # both lips moving together open nothing
        return float(smoothstep(0.15, 1.0, np.abs(off).max() / self.mm))

    def keep_to_lips(self, above, below, target, matrix) -> None:
        """Where lips look into the photo's open mouth they look at its edge instead, or closing lips show teeth.

        Args:
            above, below: (h, w, 2) places in the photo of the upper and lower lip's picture, changed in place.
            target: (78, 2); matrix: the head's motion from the photo to the target, (2, 3).
        """
        activity = self.activity(target, warping.inverted(self.skull(target, matrix)))
        strength = activity * smoothstep(0.7, 2.0, self.opening)
        if strength == 0:
            return
        for places, edge, sign in ((above, self.upper, 1), (below, self.lower, -1)):
            u, v = self.frame.coordinates(places)
            over = np.maximum(sign * (v - curves.read(edge, u)), 0) * smoothstep(1.02, 0.9, np.abs(u))
            places -= (sign * strength * over)[..., None] * self.frame.across

    def draw(self, region: np.ndarray, origin, target: np.ndarray, matrix: np.ndarray) -> None:
        """Fill the space between the target's inner lips.

        Args:
            region: uint8 (h, w, 3), changed in place; origin: its corner (x, y) in the picture;
            target: (78, 2); matrix: the head's motion from the photo to the target, (2, 3).
        """
        skull = self.skull(target, matrix)
        back = warping.inverted(skull)
        activity = self.activity(target, back)
        if activity == 0:
            return
        box = eyelids.box_around(target[landmarks.LIPS_INNER], 2.0 + 0.5 * self.mm, origin, region.shape)
        if box is None:
            return
        x0, y0, x1, y1 = box
        places = warping.identity_grid(y1 - y0, x1 - x0) + np.array([x0 + origin[0], y0 + origin[1]], np.float32)
        frame = curves.frame_between(target[60], target[64])
        u, v = frame.coordinates(places)
        above = v - curves.read(curves.tabulate(frame, target[UPPER_INNER]), u)
        below = curves.read(curves.tabulate(frame, target[LOWER_INNER]), u) - v
        edge = max(0.9, 0.3 * self.mm) * (1 + 1.2 * np.clip(np.abs(u), 0, 1) ** 6)  # corners lie in soft shadow
        alpha = np.clip(above / edge, 0, 1) * np.clip(below / edge, 0, 1) * activity
        if alpha.max() == 0:
            return
        inside = self.paint(places, back, target, u, above, below)
        patch = region[y0:y1, x0:x1]
        patch[:] = np.clip(patch + alpha[..., None] * (inside - patch) + 0.5, 0, 255).astype(np.uint8)

    def paint(self, places, back, target, u, above, below) -> np.ndarray:
        """Colours of the inside of the mouth: float (h, w, 3) in grey levels.

        Args:
            places: (h, w, 2) pixels; back: (2, 3), from the frame to the photo as the skull moves; target: (78, 2).
            u: (h, w), -1 and 1 at the corners; above, below: (h, w), pixels from the upper and the lower lip.
        """
        scale = self.mm * np.sqrt(max(abs(1 / np.linalg.det(back[:, :2])), 1e-6))  # px a millimetre in the frame
        above, below = above / scale, below / scale  # mm from the lips
        in_photo = warping.transform(back, places)
        x, y = self.frame.coordinates(in_photo)
        x, y = x * self.frame.half / self.mm, (y - self.rest) / self.mm  # mm from the middle, below the lip line
        gap = np.maximum(above + below, 0.1)
        jaw = self.jaw_drop(target, back)
        colour = self._depth(u, above / gap, gap)
        colour = self._tongue(colour, u, x, above, gap)
        if self.shows_own < 1:
            light = (1 - self.shows_own) * np.clip(1 - (x / 30) ** 2, 0, 1)
            colour = self._lower_teeth(colour, x, y - jaw, light)
            colour = self._upper_teeth(colour, x, y, above, light)
        if self.shows_own > 0:
            colour = self._own(colour, in_photo)
        shadow = 0.5 + 0.5 * smoothstep(0, self.settings.contact, above)
        shadow = shadow * (0.75 + 0.25 * smoothstep(0, 1.2, below))
        shadow = shadow + (1 - shadow) * 0.7 * self.shows_own  # a mouth of its own has its own shadows
        return colour * shadow[..., None]

    def jaw_drop(self, target, back) -> float:
        """How far the target's chin hangs below its place in the photo, in mm; target: (78, 2), back: (2, 3)."""
        moved = self.frame.coordinates(warping.transform(back, target[CHIN]))[1]
        return float(np.mean(moved - self.frame.coordinates(self.points[CHIN])[1]) / self.mm)

    def _depth(self, u, down, gap):
        """The dark: deepest under the upper teeth and in the corners."""
        glow = 0.55 + 0.75 * smoothstep(0.2, 1.0, down)
        glow = glow * (1 - 0.45 * np.clip(np.abs(u), 0, 1) ** 2)
        return glow[..., None] * self.deep

    def _tongue(self, colour, u, x, above, gap):
        """A dome that rises from behind the lower lip as the mouth opens; the light falls on its front."""
        down = above / gap
        dome = 0.38 + 0.30 * (x / 15) ** 2  # where its outline is, 0 at the upper lip and 1 at the lower
        body = smoothstep(-0.12, 0.22, down - dome) * smoothstep(1.0, 0.5, np.abs(u)) * smoothstep(2, 9, gap)
        groove = 1 - 0.10 * np.exp(-((x / 2.5) ** 2)) * smoothstep(0.4, 0.8, down)
        shade = (0.45 + 0.60 * smoothstep(0.3, 0.95, down)) * groove
        return colour + (0.9 * body)[..., None] * (shade[..., None] * self.tongue - colour)

    def _upper_teeth(self, colour, x, y, above, light):
        settings, side = self.settings, np.abs(x)
        tooth = np.clip(np.searchsorted(TOOTH_ENDS, side, side="right") - 1, 0, len(TOOTH_LIFTS) - 1)
        start, end = TOOTH_ENDS[tooth], TOOTH_ENDS[tooth + 1]
        within = np.clip(2 * (side - start) / (end - start) - 1, -1, 1)  # -1 to 1 across one tooth
        edge = settings.upper_edge - TOOTH_LIFTS[tooth] - 0.7 * within**6
        soft = settings.softness + 0.5 / max(self.mm, 0.3)
        alpha = smoothstep(-soft, soft, edge - y)
        between = 1 - 0.22 * np.exp(-(((1 - np.abs(within)) * (end - start) / 2 / 0.55) ** 2))
        tip = 1 - 0.12 * smoothstep(1.6, 0.0, edge - y)  # enamel lets the dark through at its edge
        round_off = np.clip(1.04 - (side / 25) ** 2, 0.12, 1)
        shine = between * tip * round_off
        teeth = shine[..., None] * self.tooth
        gum = smoothstep(9.0, 10.5, edge - y)[..., None]
        teeth = teeth + gum * (self.lip * 0.75 - teeth)
        fade = smoothstep(27, 18, side) * np.sqrt(light)
        return colour + (alpha * fade)[..., None] * (teeth - colour)

    def _lower_teeth(self, colour, x, y, light):
        settings, side = self.settings, np.abs(x)
        within = np.abs(side / 5.4 - np.floor(side / 5.4) - 0.5) * 2
        soft = settings.softness + 0.5 / max(self.mm, 0.3)
        edge = settings.lower_edge + 0.5 * within**6 + 0.02 * side
        alpha = smoothstep(-soft, soft, y - edge) * smoothstep(20, 10, side) * light * 0.55
        shine = (1 - 0.2 * within**8) * 0.62
        return colour + alpha[..., None] * (shine[..., None] * self.tooth - colour)

    def _own(self, colour, in_photo):
        """The photo's own inside, where it shows one; above its edge the first row goes on (teeth grow upwards)."""
        u, v = self.frame.coordinates(in_photo)
        first = curves.read(self.upper, u) + max(0.8, 0.6 * self.mm)
        last = curves.read(self.lower, u) - max(0.5, 0.3 * self.mm)
        clamped = self.frame.pixels(u, np.maximum(v, np.minimum(first, last)))
        own = warping.sample(self.image, clamped.astype(np.float32)).astype(np.float32)
        mask = self._own_mask(clamped) * self.shows_own
        return colour + mask[..., None] * (own - colour)


def white_of_the_eyes(image, points) -> np.ndarray:
    """The brightest 30 % inside the eye openings: what white looks like in this light, float (3,) in grey levels.

    image: uint8 (H, W, 3); points: (78, 2).
    """
    colours = []
    for eye in (landmarks.EYE_RIGHT, landmarks.EYE_LEFT):
        corners, centre = points[eye], points[eye].mean(0)
        spots = np.concatenate([corners[[0, 3]] * a + centre * (1 - a) for a in (0.45, 0.6, 0.75)])
        colours.append(_colours_near(image, spots, 0.02 * landmarks.eye_distance(points)))
    colours = np.concatenate(colours)
    level = colours.mean(1)
    return colours[level >= np.percentile(level, 70)].mean(0)


def _colours_near(image, spots, radius) -> np.ndarray:
    """Pixels in small squares around spots (n, 2), float (m, 3)."""
    height, width = image.shape[:2]
    reach = int(np.clip(round(radius), 1, 40))
    colours = []
    for x, y in np.nan_to_num(spots):
        x, y = int(np.clip(x, 0, width - 1)), int(np.clip(y, 0, height - 1))
        square = image[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
        colours.append(square.reshape(-1, 3))
    return np.concatenate(colours).astype(np.float64)

