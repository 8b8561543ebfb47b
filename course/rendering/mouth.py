"""What is behind the lips: the photo's own teeth where it shows them, and painted ones where it does not.

The layer fills what lies between the target's inner lips. Upper teeth belong to the skull and do not move when
the jaw drops; lower teeth and tongue go with the jaw. Sizes are in millimetres of an average adult.
"""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from ..face import model as face_model
from ..interpolation import smoothstep
from ..keypoints import landmarks
from . import curves, eyelids, teeth, toning, warping
from . import tongue as tongues

UPPER_INNER = np.array([60, 61, 62, 63, 64])
LOWER_INNER = np.array([60, 67, 66, 65, 64])
OF_LIPS = np.array([50, 51, 52, 56, 57, 58])
UPPER_OUTER, LOWER_OUTER = np.arange(48, 55), np.array([48, 59, 58, 57, 56, 55, 54])
NOSE_BASE = np.array([31, 32, 33, 34, 35])
CHIN = np.array([7, 8, 9])

EYES_MM = 90.0  # between the outer corners of the eyes
ARCH = 17.0  # mm: teeth lie on a parabola around the midline that bends as a circle of this radius
NARROWER = 1.45  # times: lower front teeth beside the upper ones
LEFT, RIGHT = np.array([4, 5, 48, 31]), np.array([12, 11, 54, 35])  # beside the mouth, in the picture
LOWER = 0.75  # light of the lower front teeth beside that of the upper
ROW_BLUR = 0.4  # mm: how soft a row is as it ships
DEEP_RED, TONGUE_RED = (2.6, 1.8), (2.0, 1.4)  # red over green and blue; and times as red as the flesh around, at most
RIM, MIRRORED = 0.5, 1.2  # mm
INSET = 0.5  # of the gap that points leave between lips that are shut in the photo: so much of it is each lip's own
TEETH = 1.0, 1.3  # times as light as lips, from which it is taken for teeth, and is
DARK = 0.75, 0.55  # and for the dark between lips that are apart
WIDE = 5.0, 9.0  # mm from lip to lip, from which a mouth that shows no teeth is taken for one that has none to show
SLIT = 0.3, 1.3  # mm from lip to lip, below which nothing is seen, and from which all is
SHADED = 0.9  # of the light on teeth goes where lips are rounded before them
ROUNDER = 0.6  # of the opening, at most a quarter of this
WITHIN = 0.6  # of a lip's height, beyond which it does not look back: there is skin
BLUER = np.array([1.0, 0.95, 1.04])  # a tongue is a little bluer than lips
HEARD, MOST_SHIFT = 0.7, 30.0  # of the light in a mouth as the network paints it, and grey levels
TONED = np.array([31, 35, 4, 12, 29, 50, 51, 52, 56, 57, 58, 36, 45, 39, 42, 17, 26, 27])  # where colours differ
COLOURFUL = 30.0  # grey levels between the channels of skin and lips in a photo of full colour


@dataclass
class MouthSettings:
    """Millimetres, and parts of the photo's own colours."""

    upper_edge: float = 3.8  # upper teeth reach this far below the line of the closed lips
    bow: float = 0.7  # how far edges rise to the sides, beside a smile's, which is often seen from below
    lower_edge: float = 1.8  # lower teeth begin this far below it, moving with the jaw
    teeth: float = 0.82  # brightness of the front teeth against those of a smile in the same light
    dark: float = 0.28  # brightness of the deep mouth against the lips
    tongue: float = 0.82  # the same of the tongue
    contact: float = 2.6  # length of the shadow under the upper lip


class Inside(NamedTuple):
    """box: x0, y0, x1, y1 in a region; colours: float (h, w, 3) in grey levels; share: (h, w, 1), 0 to 1."""

    box: tuple
    colours: np.ndarray
    share: np.ndarray

    def lit_as(self, region: np.ndarray) -> "Inside":
        """The same, come nearer to the light of what a network painted in its place: region uint8 (H, W, 3)."""
        x0, y0, x1, y1 = self.box
        total = max(float(self.share.sum()), 1e-3)
        theirs, ours = ((self.share * each).sum((0, 1)) / total for each in (region[y0:y1, x0:x1], self.colours))
        shift = np.clip(HEARD * (theirs - ours).mean(), -MOST_SHIFT, MOST_SHIFT)
        # along its own colour: what is only made lighter turns grey
        return self._replace(colours=self.colours + shift * ours / max(float(ours.mean()), 1.0))

    def lay(self, region: np.ndarray) -> None:
        """Lay it over the region, uint8 (H, W, 3), in place."""
        x0, y0, x1, y1 = self.box
        patch = region[y0:y1, x0:x1]
        patch[:] = np.clip(patch + self.share * (self.colours - patch) + 0.5, 0, 255).astype(np.uint8)


class Mouth:
    """Prepared once for a photo, uint8 (H, W, 3), and its points (78, 2); `draw` then fills the mouth of a frame."""

    def __init__(self, image: np.ndarray, points: np.ndarray, settings: MouthSettings | None = None):
        self.settings = settings or MouthSettings()
        self.image = image
        self.points = points = points.astype(np.float64)
        self.frame = curves.frame_between(points[60], points[64])
        self.mm = millimetre(points)
        self.upper = curves.tabulate(self.frame, points[UPPER_INNER])
        self.lower = curves.tabulate(self.frame, points[LOWER_INNER])
        self.upper_rim = curves.tabulate(self.frame, points[UPPER_OUTER])
        self.lower_rim = curves.tabulate(self.frame, points[LOWER_OUTER])
        middle = points[[61, 62, 63, 65, 66, 67]].mean(0)
        self.rest = self.frame.coordinates(middle)[1]  # v of the lip line in the photo
        self.opening = self._opening(points)  # mm
        self.lip = np.median(colours_near(image, points[OF_LIPS], 1.0 * self.mm), 0)
        self.shows_teeth, dark = self._between()
        # a little dark between lips says nothing of the teeth behind it
        shown = max(self.shows_teeth, float(smoothstep(*WIDE, self.opening)))
        self.shows_own = float(smoothstep(1.5, 3.0, self.opening)) * shown
        # how far apart lips are, mm, between which it is still as dark as in the photo; pixels of lip inside its points
        self.unlit = (1 - self.shows_own) * dark * self.opening
        self.rim = INSET * (1 - self.shows_own) * (1 - dark) * self.opening * self.mm
        self.yaw = float(np.radians(face_model.fit_pose(points[None], face_model.FaceModel.load().mean)[0][0, 1]))
        self.row = teeth.row_for(2 * self.frame.half / self.mm).softened(self._softness())
        self._fit_colours()
        self._fit_arch()

    def _softness(self) -> float:
        """How much softer the photo is than a row, a standard deviation in mm."""
        blur = blur_of(self.image, self.points[17:68]) / self.mm
        return float(np.sqrt(np.clip(blur**2 - ROW_BLUR**2, 0, 4)))

    def _fit_arch(self):
        """Where each place along the arch is seen: teeth go back from the midline, and a turned head hides one side."""
        along = np.linspace(-teeth.HALF, teeth.HALF, 97)
        # x = X cos(yaw) - Z sin(yaw),   Z = X^2 / 2r
        seen = along * np.cos(self.yaw) - along**2 / (2 * ARCH) * np.sin(self.yaw)
        middle = 0.8 * self.frame.coordinates(self.points[62])[0] * self.frame.half / self.mm
        peak, pit = seen.argmax(), seen.argmin()
        self.arch = seen[pit : peak + 1] + middle, along[pit : peak + 1]

    def _opening(self, points) -> float:
        """Largest gap between the inner lips in millimetres."""
        return float(np.linalg.norm(points[[61, 62, 63]] - points[[67, 66, 65]], axis=1).max() / self.mm)

    def _fit_colours(self):
        lips = colours_near(self.image, self.points[OF_LIPS], 1.0 * self.mm)
        skin = colours_near(self.image, self.points[[31, 35, 4, 12, 29]], 3.0 * self.mm)
        self.skin = np.median(skin, 0)
        self.tooth = self.settings.teeth * enamel(self.lip, self.skin, white_of_the_eyes(self.image, self.points))
        self.deep, self.tongue = self._flesh(np.concatenate([skin, lips]))
        sides = [np.median(colours_near(self.image, self.points[side], 2.0 * self.mm), 0).mean() + 8.0
                 for side in (LEFT, RIGHT)]
        self.slope = float(np.clip(np.log(sides[1] / sides[0]) / 50, -0.014, 0.014))  # of log light, a mm
        self.split = None
        if self.shows_own > 0:
            self._fit_own()
            self.split = self._find_split()
        reach = 0.03 * landmarks.eye_distance(self.points)
        tone = toning.tone_of(colours_near(self.image, self.points[TONED], reach))
        self.lip, self.tooth, self.deep, self.tongue = (
            tone.of(each).astype(np.float32) for each in (self.lip, self.tooth, self.deep, self.tongue))

    def _between(self) -> tuple:
        """What is between the lips of the photo: how surely teeth, brighter than lips, and how surely the dark of
        an open mouth, 0 to 1 each."""
        shares, u = np.linspace(0.3, 0.7, 5), np.linspace(-0.6, 0.6, 25)
        above, under = curves.read(self.upper, u), curves.read(self.lower, u)
        places = self.frame.pixels(np.broadcast_to(u, (5, 25)), above + shares[:, None] * (under - above))
        # the weakest colour: that of enamel is bright, that of lips is not
        light = warping.sample(self.image, places.astype(np.float32)).min(axis=2) / max(self.lip.min(), 1.0)
        return (float(smoothstep(*TEETH, np.percentile(light, 80))), float(smoothstep(*DARK, np.median(light))))

    def _flesh(self, around) -> tuple:
        """The dark of the mouth and the tongue in full light, (3,) each: redder than lips and skin, as far as there is
        colour in the photo; around: (n, 3) of these."""
        red = min(np.ptp(around, axis=1).mean() / COLOURFUL, 1.0)
        flesh = 0.6 * self.lip + 0.4 * self.skin
        return (reddened(flesh * self.settings.dark, *DEEP_RED, red),
                reddened(self.lip * self.settings.tongue * BLUER**red, *TONGUE_RED, red))

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
        return smoothstep(-0.5 * soft, 0.5 * soft, v - above) * smoothstep(0.4 * soft, 1.4 * soft, below - v)

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
        """Where lips look into the photo's open mouth they look back at themselves instead, or closing lips show teeth.

        What a lip hides of itself while it is parted is as its rim is, mirrored; beyond that its last row goes on.

        Args:
            above, below: (h, w, 2) places in the photo of the upper and lower lip's picture, changed in place.
            target: (78, 2); matrix: the head's motion from the photo to the target, (2, 3).
        """
        activity = self.activity(target, warping.inverted(self.skull(target, matrix)))
        # beyond a rim that was dark a parting lip goes on as it is there: what it hides is no lighter
        shutting = smoothstep(1.0, 0.6, self._opening(target) / max(self.opening, 1e-3))
        strength = activity * smoothstep(0.7, 2.0, self.opening)
        mirrored = MIRRORED * self.mm * max(self.shows_teeth, float(shutting))
        if strength == 0:
            return
        for places, edge, sign, round_off, rim in ((above, self.upper, 1, 0.0, self.upper_rim),
                                                   (below, self.lower, -1, ROUNDER, self.lower_rim)):
            u, v = self.frame.coordinates(places)
            inner = curves.read(edge, u)
            side = np.minimum(np.abs(u), 1)
            # points lie on the rim, where teeth shine through, and a pixel mixes both: a lip begins a little inside it;
            # an open lower lip is rounder towards its corners than a curve through three points
            inset = (RIM + round_off * self.opening * side * (1 - side)) * self.mm + 0.75
            over = np.maximum(sign * (v - inner) + inset, 0) * smoothstep(1.15, 1.0, np.abs(u))
            within = sign * (v - inner) + WITHIN * np.maximum(sign * (inner - curves.read(rim, u)), 0)
            back = np.minimum(over + np.minimum(over, mirrored), np.maximum(within, 0))
            places -= (sign * strength * back)[..., None] * self.frame.across

    def draw(self, region: np.ndarray, origin, target: np.ndarray, matrix: np.ndarray, out: float = 0.0):
        """Fill the space between the target's inner lips.

        Args:
            region: uint8 (h, w, 3), changed in place; origin: its corner (x, y) in the picture;
            target: (78, 2); matrix: the head's motion from the photo to the target, (2, 3); out: `tongueOut`, 0 to 1.
        Returns:
            `Inside`, to be laid once more over what a network repaints, or None where nothing is drawn.
        """
        skull = self.skull(target, matrix)
        back = warping.inverted(skull)
        activity = max(self.activity(target, back), tongues.lifted(out) * smoothstep(0.5, 2.0, self._opening(target)))
        if activity == 0:
            return None
        box = eyelids.box_around(target[landmarks.LIPS_INNER], 2.0 + 0.5 * self.mm, origin, region.shape)
        if box is None:
            return None
        x0, y0, x1, y1 = box
        places = warping.identity_grid(y1 - y0, x1 - x0) + np.array([x0 + origin[0], y0 + origin[1]], np.float32)
        frame = curves.frame_between(target[60], target[64])
        u, v = (each.astype(np.float32) for each in frame.coordinates(places))
        above = v - curves.read(curves.tabulate(frame, target[UPPER_INNER]), u)
        below = curves.read(curves.tabulate(frame, target[LOWER_INNER]), u) - v
        inset = self.rim * np.hypot(*matrix[:, 0]) * np.sqrt(np.clip(1 - np.abs(u), 0, 1))  # none at the corners
        above, below = above - inset, below - inset
        edge = max(0.9, 0.3 * self.mm) * (1 + 1.2 * np.clip(np.abs(u), 0, 1) ** 6)  # corners lie in soft shadow
        alpha = np.clip(above / edge, 0, 1) * np.clip(below / edge, 0, 1) * activity
        if alpha.max() == 0:
            return None
        inside = Inside(box, self.paint(places, back, target, (u, above, below), out), alpha[..., None])
        inside.lay(region)
        return inside

    def paint(self, places, back, target, lips, out: float = 0.0) -> np.ndarray:
        """Colours of the inside of the mouth: float (h, w, 3) in grey levels.

        Args:
            places: (h, w, 2) pixels; back: (2, 3), from the frame to the photo as the skull moves; target: (78, 2).
            lips: u (h, w), -1 and 1 at the corners; above, below (h, w), pixels from the upper and the lower lip;
            out: `tongueOut`, 0 to 1.
        """
        u, above, below = lips
        scale = self.mm * np.sqrt(max(abs(1 / np.linalg.det(back[:, :2])), 1e-6))  # px a millimetre in the frame
        above, below = np.float32(above / scale), np.float32(below / scale)  # mm from the lips
        in_photo = warping.transform(back, places)
        x, y = self.frame.coordinates(in_photo)
        # mm from the middle, below the lip line; single precision is plenty, and half the work
        x, y = np.float32(x * (self.frame.half / self.mm)), np.float32((y - self.rest) / self.mm)
        gap = np.maximum(above + below, 0.1)
        jaw = self.jaw_drop(target, back)
        colour = self._depth(u, above / gap, gap)
        out = float(np.clip(out, 0, 1))
        edge = self.settings.upper_edge - y + above
        if self.split is None or out > 0:  # else what goes with the jaw has come with the photo
            colour = tongues.draw(colour, self.tongue, x, above, gap, edge, out)
        if self.shows_own < 1:
            along = np.interp(x, *self.arch, left=-99.0, right=99.0).astype(np.float32)
            light = (1 - self.shows_own) * np.clip(1 - (along / 30) ** 2, 0, 1)
            light = light * (1 - SHADED * self._rounded(target, back))
            colour = self._lower_teeth(colour, along, y - jaw, light)
            if tongues.forward(out) > 0:
                before = tongues.draw(colour, self.tongue, x, above, gap, edge, out)
                colour = colour + tongues.forward(out) * (before - colour)
            colour = self._upper_teeth(colour, along, y, above, light)
        if self.shows_own > 0:
            colour = self._own(colour, in_photo, jaw)
        # no light comes between lips that all but meet, or stand as they do in a photo that is dark between them
        between = smoothstep(SLIT[0] + self.unlit, SLIT[1] + 2 * self.unlit, gap)[..., None]
        colour = self.deep + between * (colour - self.deep)
        colour = colour * np.exp(self.slope * x * (1 - self.shows_own))[..., None]
        shadow = 0.5 + 0.5 * smoothstep(0, self.settings.contact, above)
        shadow = shadow * (0.9 + 0.1 * smoothstep(0, 1.2, below))
        shadow = shadow + (1 - shadow) * 0.7 * self.shows_own  # a mouth of its own has its own shadows
        return colour * shadow[..., None]

    def _rounded(self, target, back) -> float:
        """0 for lips as broad as in the photo or broader, 1 where they are rounded as for "oo"."""
        corners = warping.transform(back, target[[60, 64]])
        return float(smoothstep(0.95, 0.7, np.linalg.norm(corners[1] - corners[0]) / (2 * self.frame.half)))

    def jaw_drop(self, target, back) -> float:
        """How far the target's chin hangs below its place in the photo, in mm; target: (78, 2), back: (2, 3)."""
        moved = self.frame.coordinates(warping.transform(back, target[CHIN]))[1]
        return float(np.mean(moved - self.frame.coordinates(self.points[CHIN])[1]) / self.mm)

    def _depth(self, u, down, gap):
        """The dark: deepest under the upper teeth and in the corners."""
        glow = 0.55 + 0.75 * smoothstep(0.2, 1.0, down)
        glow = glow * (1 - 0.45 * np.clip(np.abs(u), 0, 1) ** 2)
        return glow[..., None] * self.deep

    def _upper_teeth(self, colour, x, y, above, light):
        height = self.settings.upper_edge - self.settings.bow * self.row.bow * (x / teeth.BOW) ** 2 - y
        shade, share = self.row.read(x, height)
        round_off = np.clip(1.04 - (x / 25) ** 2, 0.12, 1)
        row = (shade * round_off)[..., None] * self.tooth
        # between the roots, and above them, is gum
        gum = np.maximum(smoothstep(8.5, 10.5, height), smoothstep(3.5, 6.0, height) * (1 - share))[..., None]
        row = row + gum * (self.lip * 0.7 * round_off[..., None] - row)
        share = np.maximum(share, gum[..., 0]) * smoothstep(24, 17, np.abs(x)) * np.sqrt(light)
        return colour + share[..., None] * (row - colour)

    def _lower_teeth(self, colour, x, y, light):
        height = y - self.settings.lower_edge - 0.02 * np.abs(x)
        shade, share = self.row.read(x * NARROWER, height * 1.2)
        share = share * smoothstep(16, 8, np.abs(x)) * light * 0.85
        return colour + share[..., None] * ((shade * LOWER)[..., None] * self.tooth - colour)

    def _own(self, colour, in_photo, jaw):
        """The photo's own inside, where it shows one: what hangs from the skull, over what goes with the jaw."""
        u, v = self.frame.coordinates(in_photo)
        if self.split is None:
            return self._own_part(colour, u, v, None)
        below = self._own_part(colour, u, v - jaw * self.mm, 1)
        return self._own_part(below, u, v, -1)

    def _own_part(self, colour, u, v, side):
        """Colours with the photo's own laid over them: all of it (None), above the split (-1), below it (1).

        Above the edge of the upper lip the first row goes on, since teeth grow upwards.
        """
        above, under = curves.read(self.upper, u), curves.read(self.lower, u)
        last = under - max(0.5, 0.3 * self.mm)
        kept = np.maximum(v, np.minimum(above + max(0.8, self.mm), last)) if side != 1 else v
        places = self.frame.pixels(u, kept).astype(np.float32)
        share = self._own_mask(places) * self.shows_own
        if side is not None:
            line, soft = above + self.split * (under - above), max(0.8, 0.5 * self.mm)
            share = share * smoothstep(-soft * side, soft * side, kept - line)
        own = warping.sample(self.image, places).astype(np.float32)
        return colour + share[..., None] * (own - colour)

    def _find_split(self) -> float | None:
        """Where the photo's own mouth is darkest between upper teeth and what lies below, as a share of its height;
        None where it shows one row only, which hangs from the skull."""
        shares, u = np.linspace(0.12, 0.88, 30), np.linspace(-0.35, 0.35, 15)
        above, under = curves.read(self.upper, u), curves.read(self.lower, u)
        places = self.frame.pixels(np.broadcast_to(u, (30, 15)), above + shares[:, None] * (under - above))
        colours = np.median(warping.sample(self.image, places.astype(np.float32)), axis=1).astype(np.float64)
        light = colours.min(axis=1)  # the weakest colour: that of enamel is bright, that of lips is not
        pit = int(light[3:-3].argmin()) + 3
        over, beneath = (colours[rows.start + light[rows].argmax()] for rows in (slice(0, pit), slice(pit, 30)))
        deep = light[pit] < 0.75 * over.min() and light[pit] < 0.85 * beneath.min()
        # a lip below is redder, or, where there is hardly colour, no brighter than a lip
        deep = deep and beneath.min() / beneath.max() > 0.8 * over.min() / over.max()
        deep = deep and beneath.mean() > 1.1 * self.lip.mean()
        return float(shares[pit]) if deep else None


def millimetre(points: np.ndarray) -> float:
    """Pixels a millimetre of an average adult, points (78, 2)."""
    # turned heads have narrow eye distances, nodding ones short faces: take the better of the two
    return float(max(landmarks.eye_distance(points) / EYES_MM, np.linalg.norm(points[27] - points[8]) / 125, 0.02))


def reddened(colour: np.ndarray, wanted: float, most: float, share: float) -> np.ndarray:
    """A colour (3,) made so red that red is `wanted` times its green and blue, `most` times redder at most, and never
    less red than it is; share: how far that goes, 0 to 1."""
    more = np.clip(wanted * colour[1:].mean() / max(float(colour[0]), 1.0), 1, most) ** share
    return colour * np.array([more**0.5, more**-0.5, more**-0.5])


def blur_of(image: np.ndarray, points: np.ndarray) -> float:
    """How soft a photo is around points (n, 2): the standard deviation of its blur in pixels, 0 to 6.

    A known further blur s weakens the gradient of an edge by sqrt(b^2 + s^2) / b (Zhuo and Sim, "Defocus map
    estimation from a single image", 2011).
    """
    height, width = image.shape[:2]
    x0, y0 = np.clip(points.min(0), 0, [width - 1, height - 1]).astype(int)
    x1, y1 = np.clip(points.max(0) + 1, 0, [width, height]).astype(int)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return 0.0
    grey = cv2.cvtColor(np.ascontiguousarray(image[y0:y1, x0:x1]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    further = 1.5
    sharp, soft = (np.percentile(np.hypot(cv2.Sobel(each, -1, 1, 0), cv2.Sobel(each, -1, 0, 1)), 99)
                   for each in (grey, cv2.GaussianBlur(grey, (0, 0), further)))
    ratio = max(sharp / max(soft, 1e-3), 1.02)
    return float(min(further / np.sqrt(ratio**2 - 1), 6.0))


def enamel(lip, skin, white) -> np.ndarray:
    """The colour of teeth in the light that makes lips, skin and the white of the eyes look as they do: (3,) each.

    Fitted to 136 smiles of the labelled photos, on which its brightness is off by 18 % in the mean, and that of the
    rule by the eyes alone by 65 %.
    """
    lip, skin, white = (np.log(np.asarray(colour) + 4) for colour in (lip, skin, white))
    # log t = 0.69 log lip + 1.84 is the brightness; its colour is a mixture of theirs, less red than flesh
    cast = sum(share * (each - each.mean()) for share, each in ((0.31, lip), (0.18, skin), (0.15, white)))
    return np.clip(np.exp(0.69 * lip.mean() + 1.84 + cast + [-0.06, 0.025, 0.035]) - 4, 0, 240)


def white_of_the_eyes(image, points) -> np.ndarray:
    """The brightest 30 % inside the eye openings: what white looks like in this light, float (3,) in grey levels.

    image: uint8 (H, W, 3); points: (78, 2).
    """
    colours = []
    for eye in (landmarks.EYE_RIGHT, landmarks.EYE_LEFT):
        corners, centre = points[eye], points[eye].mean(0)
        spots = np.concatenate([corners[[0, 3]] * a + centre * (1 - a) for a in (0.45, 0.6, 0.75)])
        colours.append(colours_near(image, spots, 0.02 * landmarks.eye_distance(points)))
    colours = np.concatenate(colours)
    level = colours.mean(1)
    return colours[level >= np.percentile(level, 70)].mean(0)


def colours_near(image, spots, radius) -> np.ndarray:
    """Pixels in small squares around spots (n, 2), float (m, 3)."""
    height, width = image.shape[:2]
    reach = int(np.clip(round(radius), 1, 40))
    colours = []
    for x, y in np.nan_to_num(spots):
        x, y = int(np.clip(x, 0, width - 1)), int(np.clip(y, 0, height - 1))
        square = image[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
        colours.append(square.reshape(-1, 3))
    return np.concatenate(colours).astype(np.float64)

