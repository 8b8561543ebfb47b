"""Training pictures for the detector, composed as they are needed from labelled faces.

A thousand pictures with one face each become any number: whole scenes at every size, turn and place, cut off
at the edge; crowds of heads pasted onto backgrounds; pictures without any face (`faceless.py`); and all of
them then photographed badly. Picture number `seed` is always the same picture, so training can go on after
a stop with the same numbers, and a hard one is remembered by its seed alone.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from ... import errors, images
from ...keypoints import landmarks
from . import faceless, relighting


@dataclass(frozen=True)
class SceneRecipe:
    """Shares and ranges of what is composed."""

    size: int = 256  # pixels, square
    smallest: float = 12.0  # pixels: a smaller face is in the picture but the detector may ignore it
    largest_share: float = 1.05  # of the picture's side
    scene_share: float = 0.42  # whole scenes with one face
    crowd_share: float = 0.25  # many faces pasted; the rest has no face
    crowd: tuple = (2, 12)  # faces in a crowd
    visible: float = 0.55  # part of the face's box inside the picture below which it is neither face nor not
    headless_share: float = 0.45  # of the pictures without a face: a whole scene whose head is covered
    hard_light_share: float = 0.3  # lit from one side, from behind, by coloured lamps
    scrambled_share: float = 0.4  # of the pictures without a face that have scrambled faces


@dataclass
class Scene:
    """image uint8 (S, S, 3); boxes float32 (F, 4) of the faces; ignore float32 (I, 4), neither face nor not."""

    image: np.ndarray
    boxes: np.ndarray
    ignore: np.ndarray


class SceneComposer:
    """Composes pictures from labelled faces (`training.LabelledFaces`); `compose(seed)` gives a `Scene`."""

    def __init__(self, faces, settings: SceneRecipe = SceneRecipe()):
        if not len(faces):
            raise errors.ImageError("no labelled face to compose pictures from: name a folder with some")
        self.settings = settings
        self.points = [p[: landmarks.N_IBUG, :2].astype(np.float32) for p in faces.points]
        self.boxes = np.stack([landmarks.tight_boxes(p) for p in self.points])
        # Halved again and again, so that shrinking never skips pixels. 0.9 MB a picture of 475 px.
        self.pyramids = [_halvings(images.load_image(path)) for path in faces.paths]

    def compose(self, seed) -> Scene:
        """The picture of that number (an int or a tuple of ints)."""
        rng = np.random.default_rng(seed)
        draw = rng.random()
        if draw < self.settings.scene_share:
            scene = self.single(rng)
        elif draw < self.settings.scene_share + self.settings.crowd_share:
            scene = self.crowd(rng)
        else:
            scene = self.without_face(rng)
        if rng.random() < self.settings.hard_light_share:
            scene.image = relighting.relight(rng, scene.image, scene.boxes)
        scene.image = photograph(rng, scene.image)
        return scene

    # ------------------------------------------------------------ the three kinds

    def single(self, rng) -> Scene:
        """One face at any size, turn and place; the scene round it comes along as far as it reaches."""
        size = self.settings.size
        canvas = self.background(rng)
        side = size * rng.uniform(0.2, 0.75) if rng.random() < 0.55 else self._any_side(rng, size)
        margin = min(side / 2, size / 2) if rng.random() < 0.85 else 0.1 * side  # at times half of it is outside
        center = rng.uniform(margin, max(size - margin, margin + 1), 2)
        points = self._paste(rng, canvas, int(rng.integers(len(self.points))), center, side, "whole")
        return self._labelled(canvas, [points])

    def crowd(self, rng) -> Scene:
        """Several heads, each where it hides no other face."""
        size = self.settings.size
        canvas = self.background(rng)
        placed, taken = [], []
        reach = size * rng.choice([0.12, 0.25, 0.5])  # crowds far away, near, and groups of a few
        for _ in range(int(rng.integers(*self.settings.crowd)) + 1):
            side = float(np.exp(rng.uniform(np.log(self.settings.smallest), np.log(max(reach, 20)))))
            center = rng.uniform(0.1 * side, size - 0.1 * side, 2)
            style = ["whole", "cut", "head", "head"][int(rng.integers(4))]
            spread = {"whole": 1.6, "cut": 0.85, "head": 0.75}[style]  # half the side of what is pasted, in faces
            region = np.concatenate([center - spread * side, center + spread * side])
            if all(_apart(region, other) for other in taken):
                placed.append(self._paste(rng, canvas, int(rng.integers(len(self.points))), center, side, style))
                taken.append(np.concatenate([center - 0.65 * side, center + 0.65 * side]))
        return self._labelled(canvas, placed)

    def without_face(self, rng) -> Scene:
        """Backgrounds, whole scenes with the head covered, and often scrambled faces on them."""
        canvas = self.background(rng)
        if rng.random() < self.settings.headless_share:
            self._paste_headless(rng, canvas)
        if rng.random() < self.settings.scrambled_share:
            for _ in range(int(rng.integers(1, 7))):
                self._paste_scrambled(rng, canvas)
        return self._labelled(canvas, [])

    def background(self, rng) -> np.ndarray:
        """A picture without a face: tiles of training pictures beside the head, textures, plain colours."""
        size, draw = self.settings.size, rng.random()
        if draw < 0.45:
            canvas = self.tile(rng, size)
            if rng.random() < 0.5:  # put together from several
                rows, columns = rng.integers(1, 4, 2)
                ys, xs = np.linspace(0, size, rows + 1).astype(int), np.linspace(0, size, columns + 1).astype(int)
                for y0, y1 in zip(ys[:-1], ys[1:]):
                    for x0, x1 in zip(xs[:-1], xs[1:]):
                        canvas[y0:y1, x0:x1] = self.tile(rng, max(y1 - y0, x1 - x0))[: y1 - y0, : x1 - x0]
            return canvas
        if draw < 0.9:
            return faceless.texture(rng, size)
        return np.full((size, size, 3), rng.integers(0, 256, 3) if rng.random() < 0.7 else 127, np.uint8)

    def tile(self, rng, size) -> np.ndarray:
        """A square from beside some training picture's face: wall, trees, cloth, hair, hands."""
        for _ in range(8):
            index = int(rng.integers(len(self.points)))
            image, box = self.pyramids[index][0], self.boxes[index]
            height, width = image.shape[:2]
            side = int(rng.uniform(0.12, 0.5) * min(height, width))
            x, y = int(rng.integers(0, width - side)), int(rng.integers(0, height - side))
            grown = _grow(box, 0.08)
            if _apart(np.array([x, y, x + side, y + side]), grown):
                cut = image[y : y + side, x : x + side]
                if rng.random() < 0.3:
                    cut = np.rot90(cut, int(rng.integers(1, 4)))
                return cv2.resize(np.ascontiguousarray(cut[:, :: int(rng.choice([-1, 1]))]), (size, size))
        return faceless.texture(rng, size)

    # ------------------------------------------------------------ pasting

    def _paste(self, rng, canvas, index, center, side, style) -> np.ndarray:
        """Picture `index` onto the canvas, its face `side` px large round `center`; gives its points (68, 2)."""
        box = self.boxes[index]
        face_side = max(box[2] - box[0], box[3] - box[1])
        level = int(np.clip(np.floor(np.log2(face_side / side)), 0, len(self.pyramids[index]) - 1))
        image, shrunk = self.pyramids[index][level], 0.5**level
        turn = rng.normal(0, 12) if rng.random() < 0.85 else rng.uniform(-55, 55)
        stretch = rng.uniform(0.88, 1.14)
        matrix = _placement((box[:2] + box[2:]) / 2, center, side / face_side, turn, stretch, rng.random() < 0.5)
        points = self.points[index] @ matrix[:, :2].T + matrix[:, 2]
        # a pixel's centre is at +0.5: x_level = (x + 0.5) * shrunk - 0.5
        from_level = matrix.copy()
        from_level[:, :2] /= shrunk
        from_level[:, 2] += matrix[:, :2] @ np.full(2, 0.5 / shrunk - 0.5)
        if style == "whole":
            cv2.warpAffine(image, from_level, canvas.shape[1::-1], dst=canvas, flags=cv2.INTER_LINEAR,
                           borderMode=cv2.BORDER_TRANSPARENT)
            return points
        pasted = cv2.warpAffine(image, from_level, canvas.shape[1::-1], flags=cv2.INTER_LINEAR,
                                borderMode=cv2.BORDER_REPLICATE)
        mask = np.zeros(canvas.shape[:2], np.uint8)
        outline = _outline(rng, box, style) @ matrix[:, :2].T + matrix[:, 2]
        cv2.fillPoly(mask, [np.int32(np.round(outline))], 255)
        x0, y0 = np.maximum(np.floor(outline.min(axis=0)).astype(int) - 8, 0)
        x1, y1 = np.ceil(outline.max(axis=0)).astype(int) + 8
        window = slice(y0, max(y1, y0)), slice(x0, max(x1, x0))
        if mask[window].size:
            softness = side * rng.uniform(0.01, 0.06) if style == "head" else 0.3
            alpha = cv2.GaussianBlur(mask[window], (0, 0), max(softness, 0.3))[..., None] / np.float32(255)
            canvas[window] = (canvas[window] * (1 - alpha) + pasted[window] * alpha).astype(np.uint8)
        return points

    def _paste_headless(self, rng, canvas):
        """A whole scene, large, with something else where the head was: what bodies and rooms look like."""
        size = len(canvas)
        side = size * np.exp(rng.uniform(np.log(0.15), np.log(1.2)))
        center = rng.uniform(0, size, 2)
        points = self._paste(rng, canvas, int(rng.integers(len(self.points))), center, side, "whole")
        box = landmarks.tight_boxes(points)
        cover = self.tile(rng, size) if rng.random() < 0.6 else faceless.texture(rng, size)
        mask = np.zeros(canvas.shape[:2], np.uint8)
        middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * rng.uniform(1.15, 1.5)
        middle[1] -= 0.15 * half[1]
        axes = tuple(int(max(1, h)) for h in half)
        if rng.random() < 0.5:
            cv2.ellipse(mask, tuple(int(m) for m in middle), axes, 0, 0, 360, 255, -1)
        else:
            low, high = (middle - half).astype(int), (middle + half).astype(int)
            cv2.rectangle(mask, tuple(map(int, low)), tuple(map(int, high)), 255, -1)
        alpha = cv2.GaussianBlur(mask, (0, 0), max(0.5, side * rng.uniform(0, 0.05)))[..., None] / np.float32(255)
        canvas[:] = (canvas * (1 - alpha) + cover * alpha).astype(np.uint8)

    def _paste_scrambled(self, rng, canvas):
        """A face with its parts in the wrong places, in a soft or hard frame."""
        size, index = len(canvas), int(rng.integers(len(self.points)))
        level = min(1, len(self.pyramids[index]) - 1)
        image, box = self.pyramids[index][level], _grow(self.boxes[index], rng.uniform(0, 0.25)) * 0.5**level
        x0, y0, x1, y1 = np.clip(box, 0, [image.shape[1], image.shape[0]] * 2).astype(int)
        if min(x1 - x0, y1 - y0) < 16:
            return
        broken = faceless.scramble(rng, image[y0:y1, x0:x1])
        side = int(self._any_side(rng, size * 0.8))
        broken = cv2.resize(broken, (side, side), interpolation=cv2.INTER_AREA)
        x, y = rng.integers(0, max(size - side, 1), 2)
        patch = canvas[y : y + side, x : x + side]
        broken = broken[: patch.shape[0], : patch.shape[1]]
        if rng.random() < 0.5:
            patch[:] = broken
            return
        yy, xx = np.mgrid[-1 : 1 : patch.shape[0] * 1j, -1 : 1 : patch.shape[1] * 1j]
        alpha = np.clip(4 - 4 * np.hypot(xx, yy), 0, 1)[..., None]
        patch[:] = (patch * (1 - alpha) + broken * alpha).astype(np.uint8)

    def _any_side(self, rng, size) -> float:
        """A face's side, every doubling as likely as any other."""
        return float(np.exp(rng.uniform(np.log(self.settings.smallest), np.log(self.settings.largest_share * size))))

    def _labelled(self, canvas, placed) -> Scene:
        """Faces well inside the picture are faces; those mostly outside, or too small, are to be ignored."""
        boxes = landmarks.tight_boxes(np.stack(placed)) if placed else np.zeros((0, 4), np.float32)
        size = len(canvas)
        inside = np.clip(boxes, 0, size)
        share = _areas(inside) / np.maximum(_areas(boxes), 1e-6)
        sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
        good = (share >= self.settings.visible) & (sides >= self.settings.smallest * 0.9)
        return Scene(canvas, boxes[good].astype(np.float32), boxes[~good & (share > 0)].astype(np.float32))


def photograph(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """A bad photo of it: light, colour, blur, few pixels, something in front, noise, JPEG. Same shape."""
    if rng.random() < 0.7:  # light and colour, by a table of 256 values a channel
        gamma = np.exp(rng.normal(0, 0.35)) if rng.random() < 0.85 else rng.uniform(1.8, 3.5)  # the latter: night
        gain = rng.uniform(0.75, 1.2) * rng.normal(1, 0.07, 3)
        ramp = np.linspace(0, 1, 256)[:, None] ** gamma * gain + rng.uniform(-0.08, 0.08)
        image = cv2.LUT(image, (np.clip(ramp, 0, 1) * 255).astype(np.uint8)[None])
    draw = rng.random()
    if draw < 0.12:
        image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    elif draw < 0.4:
        grey = image.mean(axis=2, keepdims=True, dtype=np.float32)
        image = np.clip(grey + (image - grey) * rng.uniform(0.3, 1.6), 0, 255).astype(np.uint8)
    if rng.random() < 0.15:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 2.0))
    if rng.random() < 0.15:  # few pixels, enlarged
        share = rng.uniform(0.4, 0.9)
        small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        image = cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.3:
        grain = rng.normal(size=image.shape).astype(np.float32) * rng.uniform(2, 14)
        image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        quality = int(rng.integers(25, 90))
        coded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        image = cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1]
    return np.ascontiguousarray(image)


# ---------------------------------------------------------------- geometry


def _placement(source, target, scale, degrees, stretch, mirrored) -> np.ndarray:
    """The affine map (2, 3) that carries `source` to `target`, turned, scaled, stretched and perhaps mirrored."""
    turn = np.deg2rad(degrees)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shape = np.diag([(-1 if mirrored else 1) * np.sqrt(stretch), 1 / np.sqrt(stretch)])
    linear = scale * rotation @ shape
    return np.concatenate([linear, (target - linear @ source)[:, None]], axis=1)


def _outline(rng, box, style) -> np.ndarray:
    """What to cut out round a face's box: a rectangle ("cut") or the shape of a head ("head"), (K, 2)."""
    center, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    if style == "cut":
        grow = 1 + rng.uniform(0.1, 0.6, 4)
        left, above, right, below = -grow[0], -grow[1], grow[2], grow[3]
        return center + half * np.array([[left, above], [right, above], [right, below], [left, below]])
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    above = np.where(np.sin(turn) < 0, rng.uniform(1.4, 1.9), rng.uniform(1.05, 1.2))  # the hair is above the box
    return center + half * np.stack([np.cos(turn) * rng.uniform(1.1, 1.35), np.sin(turn) * above], axis=1)


def _halvings(image) -> list:
    levels = [image]
    while min(levels[-1].shape[:2]) > 40:
        levels.append(cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return levels


def _grow(box, share):
    side = max(box[2] - box[0], box[3] - box[1]) * share
    return box + np.array([-side, -side, side, side])


def _apart(a, b) -> bool:
    return bool(a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1])


def _areas(boxes):
    return np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
