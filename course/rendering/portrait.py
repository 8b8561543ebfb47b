"""A photo taken apart once, so that its face can be moved frame by frame.

    target points -> field of positions -> the photo read there (in layers) -> inside of the mouth -> lids
                  -> (animator) -> paste-back
"""

import functools
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from .. import devices, errors
from ..interpolation import smoothstep
from ..keypoints import landmarks
from ..polish import seam
from . import chest, curves, eyelids, gaze, glasses, head_field, lighting, mouth, paste, warping

# Lid and brow, and how far between the two the field is held besides: skin there stretches evenly. A plate that is free
# to bend between an eye that stays and a brow that rises swings over, and shows the eye again above itself.
FOLDS = np.array([(36, 18), (37, 19), (38, 20), (39, 21), (42, 22), (43, 23), (44, 24), (45, 25)])
FOLD_SHARES = (0.3, 0.65)


@dataclass
class PortraitSettings:
    """What the parts are set to; see each."""

    warp: head_field.FieldSettings = field(default_factory=head_field.FieldSettings)
    inside: mouth.MouthSettings = field(default_factory=mouth.MouthSettings)
    blinks: eyelids.LidSettings = field(default_factory=eyelids.LidSettings)


def load_networks(device: str = "cpu") -> dict:
    """The shipped networks that a `Portrait` takes besides: {"animator": ..., "layered": ...}.

    On the processor they run without PyTorch where they can, `shipped_networks.shipped`; else they are its modules.
    device: another, of `devices.DEVICES`, on which they and the reading of the photo are calculated, `on_device`.

    Raises:
        errors.WeightsError: weights are missing or damaged; errors.CourseError: no such device here.
    """
    if device != "cpu":
        from . import on_device

        devices.check(device)
        return on_device.networks(device)
    from . import shipped_networks

    return shipped_networks.either()


class Portrait:
    """One face of a photo, ready to be moved.

    image: uint8 (H, W, 3); points: float32 (78, 2); mask: float32 (H, W), how far a pixel may change while the head is
    near its place: where it is 0 a frame has the photo's own pixel, to the bit. A head that goes further takes its mask
    along, see `mask_at`.
    """

    def __init__(self, image: np.ndarray, points: np.ndarray, settings: PortraitSettings | None = None,
                 animator: dict | None = None, layered: dict | None = None):
        """
        Args:
            image: uint8 (H, W, 3), RGB; points: (78, 2) pixels, as `keypoints.find_points` gives them.
            animator: the networks of `animator`, which repaint what the warp has made, or None.
            layered: the networks of `layers`, which part the person from what lies behind, or None.
        Raises:
            errors.FaceError: points of another shape, or not numbers.
        """
        points = np.asarray(points, np.float32)
        if points.shape != (landmarks.N_POINTS, 2) or not np.isfinite(points).all():
            raise errors.FaceError(f"a portrait needs {landmarks.N_POINTS} points (x, y) that are numbers, "
                                   f"not an array of shape {points.shape}: take them from keypoints.find_points")
        self.image, self.points = np.ascontiguousarray(image), points
        self.settings = settings = settings or PortraitSettings()
        self.field, self.layers = self._in_layers(layered) if layered else (self._field(settings.warp), None)
        self.mouth = mouth.Mouth(self.image, points, settings.inside)
        self.lids = eyelids.Lids(self.image, points, settings.blinks)
        self.glasses = glasses.find(self.image, points)
        self.light = lighting.Light(self.image, points, self.field)
        self.animator = self._animator(animator) if animator else None
        self._mask = self._mask_of()
        self._seam = seam.Seam(self._mask, self.field.box, self.image.shape)

    def _field(self, warp: head_field.FieldSettings) -> head_field.HeadField:
        return head_field.HeadField(self.points, self.image.shape[:2], warp)

    def _in_layers(self, networks: dict) -> tuple:
        """The field, and the layers, or None where what moves is too large for them."""
        from . import layers

        warp, shape = self.settings.warp, self.image.shape[:2]
        if not layers.fits(head_field.box_of(head_field.Head(self.points.astype(np.float64), shape), shape, warp)):
            return self._field(warp), None
        field = self._field(replace(warp, open_above=True))
        return field, layers.Layers(self.image, self.points, field, networks)

    def _animator(self, networks: dict):
        from . import animator

        return animator.Animator(self.image, self.points, networks)

    @property
    def mask(self) -> np.ndarray:
        """float32 (H, W): 0 where the photo's pixels stay as they are while the head is near its place."""
        return self._whole(self._mask)

    @property
    def core(self) -> np.ndarray:
        """float32 (H, W): 1 on the face where the photo has it, 0 away from it."""
        side, up = self.field.head.coordinates(self.field.nodes)
        return self._whole(self.field.interpolated(head_field.of_face(side, up).astype(np.float32))[..., 0].clip(0, 1))

    @functools.cached_property
    def chest(self) -> chest.Chest:
        """What rises with the breath, prepared when it is first asked for."""
        return chest.Chest(self.field, self.image.shape[:2], self._mask)

    def mask_at(self, target: np.ndarray, blink=None, breath: float = 0.0) -> np.ndarray:
        """float32 (H, W): 0 where `render` of the same target leaves the photo's pixels as they are."""
        safe, _ = self.lids.limited(self._checked(target), blink)
        matrix = self.field.rigid(safe)
        safe = self.field.unfolded(safe, matrix)
        back, *_ = self.field.start(safe, matrix)
        return self._whole(self._mask_of(self.field.shares(back, safe), breath))

    def _whole(self, mask: np.ndarray) -> np.ndarray:
        x0, y0, x1, y1 = self.field.box
        whole = np.zeros(self.image.shape[:2], np.float32)
        whole[y0:y1, x0:x1] = mask
        return whole

    def _mask_of(self, shares: head_field.Shares | None = None, breath: float = 0.0) -> np.ndarray:
        """How far each pixel of the field's box changes in a frame: float32 (h, w)."""
        if shares and not shares.far:
            return self.chest.mask if breath else self._mask
        mask = paste.soft_mask(self.field.moves(shares), 0.02)
        return np.maximum(mask, self.chest.mask) if breath else mask

    def render(self, target: np.ndarray, blink=None, painted: bool = True, matched: bool = False,
               tongue: float = 0.0, breath: float = 0.0) -> np.ndarray:
        """The photo with its face at other points.

        Args:
            target: (78, 2) pixels of the photo; blink: None to read it off the lid points, or how far the eyes
                are shut, (right, left), 0 to 1; painted: False leaves out all that is drawn over the moved pixels;
                matched: what the networks paint gets the colours of the skin around it; tongue: `tongueOut`, 0 to 1;
                breath: how far shoulders and chest have risen with it, 0 to 1.
        Returns:
            uint8 (H, W, 3).
        Raises:
            errors.FaceError: points of another shape.
        """
        return self._rendered(target, blink, painted, matched, (tongue, breath))[0]

    def render_clear(self, target: np.ndarray, still: np.ndarray, matched: bool = False,
                     tongue: float = 0.0, breath: float = 0.0) -> tuple:
        """As `render`, and how much of each pixel is the person: uint8 (H, W, 3), float32 (H, W).

        still: float32 (H, W), the same in the photo. Only where there are `layers`.
        """
        frame, looked, mask = self._rendered(target, matched=matched, beside=(tongue, breath))
        x0, y0, x1, y1 = self.field.box
        alpha = still.copy()
        alpha[y0:y1, x0:x1] += mask * (self.layers.share(*looked) - alpha[y0:y1, x0:x1])
        return frame, alpha

    def put_before(self, behind: np.ndarray, whole: np.ndarray) -> None:
        """Let something else lie behind the person: uint8 (H, W, 3) of that alone, and with the person as in the photo.
        Only where there are `layers`."""
        self.image = np.ascontiguousarray(whole)
        self.layers.put_before(behind)

    def _rendered(self, target, blink=None, painted=True, matched=False, beside=(0.0, 0.0)) -> tuple:
        """The frame; and within the field's box where each pixel looks, with what is left of the person there, and how
        far it counts; beside: what no point shows, tongue and breath."""
        target = self._checked(target)
        safe, closing = self.lids.limited(target, blink)
        matrix = self.field.rigid(safe)
        safe = self.field.unfolded(safe, matrix)
        tongue, breath = beside
        start = self.begun(safe, matrix)
        region, looked, mask = self._warped(safe, matrix, start, breath)
        origin = np.array(self.field.box[:2])
        if painted:
            rims = self.glasses and self.glasses.kept(region, looked[0], origin, safe)
            self._paint(region, origin, safe, matrix, (closing, tongue), matched)
            glasses.lay(region, rims)
            self.light.shine(region, safe, start[0])
        return self._laid_back(region, mask), looked, mask

    def _laid_back(self, region, mask) -> np.ndarray:
        if paste.is_ours():  # most frames: the mask has not moved
            if mask is self._mask:
                return paste.lay_back(self.image, region, self._seam)
            if "chest" in vars(self) and mask is self.chest.mask:
                return paste.lay_back(self.image, region, self.chest.seam)
        return paste.paste_back(self.image, region, mask, self.field.box)

    def _paint(self, region, origin, safe, matrix, told, matched) -> None:
        """All that is drawn over the moved pixels, in place; told: how far the lids are shut, and `tongueOut`."""
        closing, tongue = told
        inside = self.mouth.draw(region, origin, safe, matrix, tongue)
        self.lids.draw(region, origin, safe, closing)
        if self.animator is not None:
            self.animator.draw(region, origin, safe, matched)
            if inside is not None:  # the network knows lips, skin and how light it is in there; teeth it smears
                inside.lit_as(region).lay(region)

    def _checked(self, target) -> np.ndarray:
        target = np.asarray(target, np.float64)
        if target.shape != self.points.shape:
            raise errors.FaceError(f"target points must have shape {self.points.shape}, not {target.shape}")
        # a point that is not a number stays where the photo has it
        return np.where(np.isfinite(target), np.clip(target, -1e5, 1e5), self.points)

    def _warped(self, target, matrix, start, breath=0.0) -> tuple:
        """The photo read along the field, within the field's box, uint8 (h, w, 3); where each pixel looks, (h, w, 2),
        with how much of the person is left there, (h, w), None without layers; and how far that counts, (h, w)."""
        everything = np.setdiff1d(np.arange(landmarks.N_POINTS), landmarks.PUPILS)  # `gaze` moves those
        back, held, residual, stiffened = start
        upper = self.field.spline(held, residual, np.setdiff1d(everything, head_field.LOWER_LIP))
        shares = self.field.shares(back, target)
        positions, left = self.field.positions(upper, shares, stiffened), None
        if self.layers:
            positions, left = self.layers.refined(positions, target, self.field.gone(matrix))
        gaze.look_aside(positions, np.array(self.field.box[:2]), target, self.points.astype(np.float64))
        lower = self.field.spline(held, residual, np.setdiff1d(everything, head_field.UPPER_LIP))
        line = self._part_lips(positions, target, matrix, lower, back)
        if breath:
            self.chest.rise(positions, breath)
        region = self._read(positions, left)
        if line:
            self._join_lips(region, left, *line)
        return region, (positions, left), self._mask_of(shares, breath)

    def begun(self, target: np.ndarray, matrix: np.ndarray) -> tuple:
        """As `HeadField.start`, the skin below the brows and the rims of glasses among what holds the field; and what
        glasses leave of the face's own bending, for `HeadField.positions`, None without glasses. target: (78, 2);
        matrix: (2, 3)."""
        back, held, residual = self.field.start(target, matrix)
        folds = self.field.home(below_brows(target), back)
        held, residual = np.concatenate([held, folds]), np.concatenate([residual, below_brows(self.points) - folds])
        if self.glasses is None:
            return back, held, residual, None
        bar = self.glasses.bar(warping.transform(back[0], target[glasses.SEATS]), self.field.head.right)
        if self.glasses.share > 0.5:
            edges = self.field.home(warping.transform(matrix, bar.flat(self.glasses.edges)), back)
            held, residual = np.concatenate([held, edges]), np.concatenate([residual, self.glasses.edges - edges])
        looks = bar.looks(warping.transform(back[0], self.field.nodes))
        return back, held, residual, lambda local, places: self.glasses.stiffened(local, places, looks)

    def _read(self, positions, left, corner=(0, 0)) -> np.ndarray:
        """What moves, for a part of the box: uint8 (h, w, 3).

        positions: (h, w, 2), where its pixels look; left: (h, w), how much of the person is left there, None without
        layers; corner: x, y of the part in the box.
        """
        return self.layers.seen(positions, left, corner) if self.layers else warping.sample(self.image, positions)

    def _part_lips(self, positions, target, matrix, lower, back) -> tuple | None:
        """Below the lip line let the picture follow the lower lip: positions (h, w, 2), in place.

        Returns:
            what `_join_lips` needs to make the line between the two soft, or None: a box round the line, where the
            upper and the lower lip's picture look there, (h, w, 2), and the share of the lower one, (h, w).
        """
        lips = target[landmarks.LIPS_OUTER]
        frame = curves.frame_between(target[60], target[64])
        origin = np.array(self.field.box[:2])
        box = eyelids.box_around(np.concatenate([lips, target[[6, 8, 10, 33]]]), 0.6 * frame.half, origin,
                                 positions.shape)
        if box is None or frame.half < 2:
            return None
        x0, y0, x1, y1 = box
        difference = self._difference(positions, box, lower, back, target[8])
        u, v = frame.grid(np.array(box) + [*origin, *origin])
        upper_edge = curves.tabulate(frame, target[mouth.UPPER_INNER])
        lower_edge = curves.tabulate(frame, target[mouth.LOWER_INNER])
        below = v - (curves.read(upper_edge, u) + curves.read(lower_edge, u)) / 2
        beside = smoothstep(0.9, 1.25, np.abs(u))  # 1 beyond the corners, where there is one field only
        gentle = smoothstep(-0.3, 0.3, below / frame.half / (0.3 + np.abs(u)))
        sharp = smoothstep(-0.7, 0.7, below)
        above_places = positions[y0:y1, x0:x1] + (beside * gentle)[..., None] * difference
        below_places = above_places + (1 - beside)[..., None] * difference
        self.mouth.keep_to_lips(above_places, below_places, target, matrix)
        positions[y0:y1, x0:x1] = np.where(sharp[..., None] < 0.5, above_places, below_places)
        band = bounds((sharp > 0) & (sharp < 1) & (beside < 1))
        if band is None:
            return None
        left, top, right, bottom = band
        inner = slice(top, bottom), slice(left, right)
        return (np.array([x0, y0, x0, y0]) + band, above_places[inner], below_places[inner],
                np.ascontiguousarray(sharp[inner], np.float32))

    def _join_lips(self, region, left, box, above_places, below_places, share) -> None:
        """Make the line between the lips soft, region uint8 (h, w, 3), in place: see `_part_lips`."""
        x0, y0, x1, y1 = box
        around = left if left is None else left[y0:y1, x0:x1]
        upper, lower = (self._read(places, around, (x0, y0)) for places in (above_places, below_places))
        region[y0:y1, x0:x1] = cv2.blendLinear(lower, upper, share, 1 - share)

    def _difference(self, positions, box, lower, back, chin) -> np.ndarray:
        """How much further the lower field looks than the upper one within a box, fading to 0 at its sides; chin: where
        it is in the frame, (2,)."""
        x0, y0, x1, y1 = box
        origin = np.array(self.field.box[:2]) + [x0, y0]
        height, width = y1 - y0, x1 - x0
        count = 40
        xs, ys = np.linspace(0, width - 1, count), np.linspace(0, height - 1, count)
        nodes = np.stack(np.meshgrid(xs, ys), -1) + origin
        places = self.field.home(nodes, back)
        wanted = (places + self.field.local(lower, places) - nodes) * self.field.drawn(chin, nodes[..., 1:])
        wanted = cv2.resize(wanted.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        wanted -= positions[y0:y1, x0:x1]
        wanted += warping.identity_grid(height, width) + origin.astype(np.float32)
        across = np.minimum(np.arange(width), np.arange(width)[::-1]) / max(width * 0.12, 1)
        down = np.minimum(np.arange(height), np.arange(height)[::-1]) / max(height * 0.12, 1)
        window = np.outer(smoothstep(0, 1, down), smoothstep(0, 1, across)).astype(np.float32)
        return wanted * window[..., None]


def below_brows(points: np.ndarray) -> np.ndarray:
    """Places between lids and brows, by points (78, 2): (16, 2)."""
    lid, brow = points[FOLDS[:, 0]], points[FOLDS[:, 1]]
    return np.concatenate([lid + share * (brow - lid) for share in FOLD_SHARES])


def bounds(where: np.ndarray) -> tuple | None:
    """The smallest box, x0, y0, x1, y1, that holds all of bool (h, w) that is True; None where nothing is."""
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    return (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if len(rows) else None
