"""A photo as two layers, the person and what lies behind, so that a wall stays straight when a head turns before it.

    once:         photo -> Matting -> matte -> the person's own share, and the plate: the wall without the person
    every frame:  movement -> Refiner -> a small flow, what is hidden -> the person's share moved, the plate behind it

Layers as in Wang and Adelson, "Representing moving images with layers" (1994); a flow and an occlusion that a network
corrects as in First Order Motion (Siarohin et al., 2019), here beginning from `headwarp`'s field.
"""

import functools

import cv2
import numpy as np

from .. import images
from ..interpolation import smoothstep
from ..io import weights
from . import finer, layers_parts, layers_square, quick_layers, quick_networks, spread, warping

WEIGHTS = "layers.safetensors"
SIZE, FIELD_SIZE = layers_square.SIZE, layers_square.FIELD_SIZE
FILLED = 256  # pixels a side of the square in which the wall is filled
LARGEST = 2048  # pixels a side of what moves, up to which layers fit into memory
BEYOND = 1.0  # radii that a movement may look beyond the photo's border
TRUSTED = (0.3, 0.7)  # `HeadField.gone` up to which the Refiner hides what it likes of a person, and from which nothing
# Of what lies between a chin and the border of the photo so much comes back beyond it: of more a beard would come back
BENEATH = 0.3
EDGE, TEXTURE = 0.06, 0.02  # the guided filter: radius in face radii, and which contrast counts as an edge


class Layers:
    """Prepared once for a face of a photo; `read` and `lay` then make frames of it.

    matte: float32 (h + 2p, w + 2p) over the field's box and p pixels around it, how much of each pixel is person;
    plate: uint8 (h, w, 3), the box without the person; own: float32 (h + 2p, w + 2p, 4), the person's share of each
    pixel's colour, in grey levels, and the matte, 0 to 1.
    """

    def __init__(self, image: np.ndarray, points: np.ndarray, field, networks: dict | None = None):
        """
        Args:
            image: uint8 (H, W, 3); points: (78, 2); field: its `rendering.HeadField`.
            networks: {"matting": ..., "refiner": ...}, as `load_networks` or `shipped_networks.shipped` gives
                them; the first by default.
        Raises:
            errors.WeightsError: the weights are missing or damaged.
        """
        self.networks = networks or load_networks()
        self.field, self._at_rest, self._fine = field, None, None
        self.matrix = layers_square.matrix_of(field.head, SIZE)
        self.field_matrix = layers_square.matrix_of(field.head, FIELD_SIZE)
        self._to_rows, self._to_columns = layers_square.spreading(field.box, self.field_matrix, FIELD_SIZE)
        square = layers_square.cut(image, self.matrix, SIZE)
        inside = layers_square.inside(image.shape, self.matrix, SIZE)
        face = layers_square.face(points, self.matrix, SIZE)
        matte = layers_square.connected(self._matte(square, inside, face), face)  # (S, S)
        self._still = self._small(np.stack([matte, inside / 255.0, face / 255.0], axis=-1))
        self.pad = int(np.ceil(BEYOND * field.head.radius))
        matte = np.maximum(matte, cv2.GaussianBlur(face, (0, 0), 1.0) / np.float32(255))
        self._take_apart(image, float(points[:, 1].max()), matte)

    def _matte(self, square, inside, face) -> np.ndarray:
        channels = np.concatenate([square, inside[..., None], face[..., None]], axis=-1)[None]
        network = self.networks["matting"]
        quick = quick_networks.runner(network)
        if quick:
            logits = quick_networks.shuffled(quick(quick_networks.unshuffled(channels) * np.float32(2 / 255) - 1))
        else:
            logits = quick_networks.asked(network, channels.transpose(0, 3, 1, 2).astype(np.float32) / 255)
        return quick_layers.matte_of(logits.reshape(SIZE, SIZE))

    @staticmethod
    def _small(maps: np.ndarray) -> quick_layers.Still:
        """(S, S, 3) -> the same of (s, s)."""
        small = cv2.resize(maps.astype(np.float32), (FIELD_SIZE, FIELD_SIZE), interpolation=cv2.INTER_AREA)
        return quick_layers.Still(*cv2.split(small))

    def _take_apart(self, image, chin, matte) -> None:
        x0, y0, x1, y1 = self.field.box
        pad = self.pad
        around = x0 - pad, y0 - pad, x1 + pad, y1 + pad
        photo = mirrored(image, around, below=chin)
        inside = images.crop_box(np.full(image.shape[:2], 1.0, np.float32), around, "black")
        fine = layers_square.to_box(matte, around, self.matrix)
        guide = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        radius = max(1, round(EDGE * self.field.head.radius))
        self.matte = np.where(inside > 0, guided_filter(guide, fine, radius, TEXTURE**2), fine).clip(0, 1)
        behind = self._behind(image, matte, around)
        grow = 2 * max(1, round(layers_parts.GROWN * self.field.head.radius)) + 1
        hole = layers_parts.opened(cv2.dilate(self.matte, np.ones((grow, grow), np.uint8)))
        own, plate = layers_parts.part(photo.astype(np.float32), self.matte[..., None], hole[..., None],
                                       inside[..., None], behind)
        whole = (plate + 0.5).astype(np.uint8)
        # what the plate lost in becoming whole numbers the own share takes, so that both together are the photo
        own += (inside * (1 - self.matte))[..., None] * (plate - whole)
        self.own = np.dstack([own, self.matte])
        self.plate = np.ascontiguousarray(whole[pad : pad + y1 - y0, pad : pad + x1 - x0])
        self._walls = cv2.split(self.plate)

    def _behind(self, image, matte, around) -> np.ndarray:
        """The photo without its person, float32 (h + 2p, w + 2p, 3) in grey levels."""
        matrix = layers_square.matrix_of(self.field.head, FILLED)
        square, inside = layers_square.cut(image, matrix, FILLED), layers_square.inside(image.shape, matrix, FILLED)
        large = cv2.resize((matte * 255).astype(np.uint8), (FILLED, FILLED), interpolation=cv2.INTER_LINEAR)
        behind = layers_square.filled(square, large, inside)
        return layers_square.to_box(behind.astype(np.float32), around, matrix)

    def refined(self, positions: np.ndarray, target: np.ndarray, gone: float = 0.0) -> tuple:
        """Correct a frame's field.

        Args:
            positions: float32 (h, w, 2), where each pixel of the box looks in the photo; target: (78, 2);
            gone: how far the head is from its place. The network learnt from heads that turn: of one that has stepped
                aside it would hide the hair.
        Returns:
            the same, corrected; and how much of the person is left of each pixel, float32 (h, w).
        """
        face = layers_square.face(target, self.field_matrix, FIELD_SIZE) / np.float32(255)
        inputs = self._still.frame_inputs(self.movement(positions), face, layers_square.unit_of(FIELD_SIZE))
        flow, away = self._asked(inputs)
        # what is taken away is 0 in most places, and must be so to the bit: so it is brought there, not what is left
        away = np.float32(1 - smoothstep(*TRUSTED, gone)) * away[0].transpose(1, 2, 0)
        flow = flow[0].transpose(1, 2, 0) * np.float32(self.field.head.radius)
        dense = self.to_box(np.concatenate([flow, away], axis=-1))
        flow, away = dense[..., :2], dense[..., 2]
        flow += positions
        return flow, np.subtract(1, away, out=away)

    def _asked(self, inputs: np.ndarray) -> tuple:
        """What the Refiner says of a frame, float32 (1, 8, s, s): flow (1, 2, s, s), share taken away (1, 1, s, s)."""
        network = self.networks["refiner"]
        quick = quick_networks.runner(network)
        return quick_layers.answer(inputs, quick(inputs)) if quick else quick_networks.asked(network, inputs)

    def to_box(self, values: np.ndarray) -> np.ndarray:
        """`layers_square.to_box` of the Refiner's square, by two matrices: (s, s, c) -> float32 (h, w, c)."""
        return spread.spread(values, self._to_rows, self._to_columns)

    def movement(self, positions: np.ndarray) -> np.ndarray:
        """`layers_square.movement`, its part that is the same in every frame worked out once: (h, w, 2) -> (s, s, 2).
        """
        if self._at_rest is None:
            x0, y0, x1, y1 = self.field.box
            grid = warping.identity_grid(y1 - y0, x1 - x0) + np.array([x0, y0], np.float32)
            self._at_rest = self._seen(grid)
        return (self._seen(positions) - self._at_rest) / np.float32(self.field.head.radius)

    def _seen(self, positions) -> np.ndarray:
        """Positions (h, w, 2) in the square, (s, s, 2); 0 beyond the box."""
        return np.stack([layers_square.from_box(np.ascontiguousarray(positions[..., k]), self.field.box,
                                                self.field_matrix, FIELD_SIZE) for k in (0, 1)], axis=-1)

    def put_before(self, behind: np.ndarray) -> None:
        """Let something else lie behind the person: uint8 (H, W, 3), as large as the photo."""
        x0, y0, x1, y1 = self.field.box
        self.plate = np.ascontiguousarray(behind[y0:y1, x0:x1])
        self._walls = cv2.split(self.plate)

    def read(self, positions: np.ndarray) -> np.ndarray:
        """The person's share at positions of the photo (h, w, 2): float32 (h, w, 4)."""
        if self._fine is None or self._fine.picture is not self.own:  # `backdrop` puts another in its place
            network = self.networks["refiner"]  # one on a device reads there, too
            self._fine = network.picture(self.own) if hasattr(network, "picture") else finer.Finer(self.own)
        return self._fine.read(*self._places(positions))

    def share(self, positions: np.ndarray, left: np.ndarray) -> np.ndarray:
        """How much of each pixel is person, positions (h, w, 2), left (h, w): float32 (h, w)."""
        moved = cv2.remap(self.matte, *self._places(positions), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.clip(moved * left, 0, 1)

    def _places(self, positions) -> list:
        """Positions of the photo, (h, w, 2), in the pixels of what lies over the box and around it: x and y, (h, w)."""
        return [np.ascontiguousarray(positions[..., k] - np.float32(self.field.box[k] - self.pad), np.float32)
                for k in (0, 1)]

    def seen(self, positions: np.ndarray, left: np.ndarray, corner=(0, 0)) -> np.ndarray:
        """The person as it moves, before the plate: uint8 (h, w, 3).

        positions: (h, w, 2), where each pixel of a part of the box looks; left: (h, w), of `refined`, the same part;
        corner: x, y of the part in the box.
        """
        return self.lay(self.read(positions), left, corner)

    def lay(self, moved: np.ndarray, left: np.ndarray, corner=(0, 0)) -> np.ndarray:
        """The moved person before the plate: float32 (h, w, 4), (h, w) -> uint8 (h, w, 3); corner: as in `seen`.

        I = left own + (1 - left matte) plate
        """
        (x, y), (height, width) = corner, left.shape
        *own, matte = cv2.split(moved)
        hidden = np.clip(1 - matte * left, 0, 1)
        # one colour after the other: OpenCV then works on whole planes, several times as fast as NumPy
        laid = [cv2.add(cv2.multiply(colour, left), cv2.multiply(wall[y : y + height, x : x + width], hidden,
                                                                 dtype=cv2.CV_32F), dtype=cv2.CV_8U)
                for colour, wall in zip(own, self._walls)]
        return cv2.merge(laid)


def fits(box) -> bool:
    """Whether a field's box, x0, y0, x1, y1, is small enough; a larger one moves as it does without layers."""
    x0, y0, x1, y1 = box
    return max(x1 - x0, y1 - y0) <= LARGEST


def mirrored(image: np.ndarray, box, below: float = 0.0) -> np.ndarray:
    """A part of the picture that may reach beyond it: (H, W, 3), x0, y0, x1, y1 -> (y1 - y0, x1 - x0, 3).

    below: rows above this one do not come back under the picture's lower border, so that no neck shows a mouth.
    """
    x0, y0, x1, y1 = box
    height = len(image)
    whole = images.crop_box(image, (x0, y0, x1, min(y1, height)), "mirror")
    if y1 <= height:
        return whole
    # rows that may be seen again; a chin goes on a little below its last point
    depth = int(np.clip(BENEATH * (height - 1 - below), 0, height - 1 - max(y0, 0)))
    rows = np.arange(1, y1 - height + 1)
    # to and fro in them: one row repeated is a smear
    rows = depth - np.abs(depth - rows % max(2 * depth, 1))
    return np.concatenate([whole, whole[len(whole) - 1 - rows]])


def guided_filter(guide: np.ndarray, values: np.ndarray, radius: int, least: float) -> np.ndarray:
    """Values smoothed along the edges of a guide, both float32 (h, w). (He et al., "Guided image filtering", 2010.)

    q = mean(a) I + mean(b),   a = cov(I, p) / (var(I) + least),   b = mean(p) - a mean(I),   in windows
    """
    def mean(picture):
        return cv2.blur(picture, (2 * radius + 1, 2 * radius + 1))

    mean_guide, mean_values = mean(guide), mean(values)
    slope = (mean(guide * values) - mean_guide * mean_values) / (mean(guide * guide) - mean_guide**2 + least)
    return mean(slope) * guide + mean(mean_values - slope * mean_guide)


@functools.lru_cache(maxsize=1)
def load_networks() -> dict:
    """The shipped networks, ready: {"matting": ..., "refiner": ...}. Raises errors.WeightsError."""
    return networks_of(weights.load_tensors(WEIGHTS))


def networks_of(tensors: dict) -> dict:
    """Both networks out of one file's tensors, the Refiner as wide as those are: {"matting": ..., "refiner": ...}.

    Raises errors.WeightsError.

    In the file the first one's names begin with "parter.", what it was called when the file was made.
    """
    from . import layers_networks

    firsts = [tensors.get(f"refiner.{layer}.0.weight") for layer in ("fine", "coarse")]
    widths = () if any(first is None for first in firsts) else (tuple(map(len, firsts)),)
    networks = {"parter": layers_networks.Matting(), "refiner": layers_networks.Refiner(*widths)}
    weights.into_networks(tensors, networks, WEIGHTS)
    return {"matting": networks["parter"], "refiner": networks["refiner"]}
