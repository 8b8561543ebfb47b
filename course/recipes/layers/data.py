"""What the networks of `layers` learn from.

    photos          squares of labelled photos, and where a segmenter sees the person in them
    turned people   formula people (`synthetic`) before pieces of photos that show nobody: two pictures each, the head
                    turned far between them; outline, movement and what lies behind are true

In part of the batches people stand before other pieces of photos than their own, which also shows every edge of a
matte before something new.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
import torch

from ... import images
from ...evaluation import metrics
from ...face import channels
from ...interpolation import smoothstep
from ...keypoints import find as keypoints
from ...keypoints import landmarks
from ...rendering import head_field, layers_networks, layers_square
from ...synthetic import faces, shading
from ...synthetic import people as synthetic_people
from ..animator import formula_pairs
from ..animator import pairs as animator_pairs

INDEX = channels.INDEX
SIZE, FIELD_SIZE = layers_networks.SIZE, layers_networks.FIELD_SIZE
PICTURE = 256  # pixels a side of a rendered picture
TURNS = (("headYaw", 13.0), ("headPitch", 8.0), ("headRoll", 6.0), ("headX", 0.12), ("headY", 0.08),
         ("headScale", 0.05))  # standard deviations of what changes between the two pictures
CROPPED = 0.4  # share of pairs whose photo ends above or beside the head


# ---------------------------------------------------------------- photos


@dataclass
class Photos:
    """N squares. photo: uint8 (N, S, S, 3); inside, face, person: uint8 (N, S, S)."""

    photo: list = field(default_factory=list)
    inside: list = field(default_factory=list)
    face: list = field(default_factory=list)
    person: list = field(default_factory=list)

    def arrays(self) -> dict:
        """{field: array}, N squares along the first axis."""
        return {name: np.stack(value) for name, value in vars(self).items()}


def segment(paths, teacher) -> np.ndarray:
    """Where MediaPipe's selfie segmenter sees a person: N files -> uint8 (N, 256, 256).

    Raises errors.WeightsError if `teacher` is not its file.
    """
    from tqdm.auto import tqdm

    from . import teacher as segmenter

    with segmenter.open_segmenter(teacher) as find:
        found = [find(images.load_image(path)) for path in tqdm(paths, desc="mattes", unit="photo")]
    return np.stack([(cv2.resize(each, (256, 256), interpolation=cv2.INTER_AREA) * 255).round().astype(np.uint8)
                     for each in found])


def photo_squares(paths, points: np.ndarray, mattes: np.ndarray) -> dict:
    """Squares of N photos: files, points (N, 78, 2), mattes uint8 (N, 256, 256) of the whole pictures -> arrays."""
    from tqdm.auto import tqdm

    made = Photos()
    for path, found, matte in zip(tqdm(paths, desc="photos", unit="photo"), points, mattes):
        image = images.load_image(path)
        height, width = image.shape[:2]
        whole = cv2.resize(matte, (width, height), interpolation=cv2.INTER_LINEAR)
        add_square(made, image, found, whole)
    return made.arrays()


def add_square(made: Photos, image, points, matte) -> None:
    """One more photo: image uint8 (H, W, 3), points (78, 2) pixels, matte uint8 (H, W) of the person."""
    matrix = layers_square.matrix_of(head_field.Head(points.astype(float), image.shape[:2]), SIZE)
    made.photo.append(layers_square.cut(image, matrix, SIZE))
    made.inside.append(layers_square.inside(image.shape, matrix, SIZE))
    made.face.append(layers_square.face(points, matrix, SIZE))
    made.person.append(layers_square.cut(matte, matrix, SIZE))


def backdrops(paths, mattes, count: int, seed: int, size: int = SIZE) -> np.ndarray:
    """Pieces of photos that show nobody: uint8 (count, size, size, 3)."""
    rng = np.random.default_rng((seed, 5))
    return np.stack([backdrop(rng, paths, mattes, size) for _ in range(count)])


def backdrop(rng, paths, mattes, size: int) -> np.ndarray:
    """One of them: uint8 (size, size, 3), often mirrored, often out of focus."""
    for _ in range(1000):
        number, side = rng.integers(len(paths)), rng.uniform(0.15, 0.4)
        left, top = rng.uniform(0, 1 - side, 2)
        matte = mattes[number]
        rows, columns = (slice(int(at * len(matte)), int((at + side) * len(matte))) for at in (top, left))
        if matte[rows, columns].mean() < 3:
            break
    image = images.load_image(paths[number])
    height, width = image.shape[:2]
    pixels, x, y = int(min(height, width) * side), int(left * width), int(top * height)
    piece = cv2.resize(image[y : y + pixels, x : x + pixels], (size, size), interpolation=cv2.INTER_CUBIC)
    blur = rng.uniform(0, 2) * size / PICTURE
    piece = piece[:, ::-1] if rng.random() < 0.5 else piece
    return np.ascontiguousarray(piece if blur < 0.5 * size / PICTURE else cv2.GaussianBlur(piece, (0, 0), blur))


# ---------------------------------------------------------------- turned people


@dataclass
class Turned:
    """One formula person with the head turned between two pictures. images: two uint8 (S, S, 3); person: two uint8
    (S, S); points: two (78, 2), as the landmarker finds them; behind: uint8 (S, S, 3)."""

    images: np.ndarray
    person: np.ndarray
    points: np.ndarray
    behind: np.ndarray


def turned_people(numbers, behind, seed: int = 31) -> list:
    """People of these numbers, each before what `behind(rng)` gives; those that the landmarker misses are left out."""
    from tqdm.auto import tqdm

    made = []
    for number in tqdm(numbers, desc="turned people", unit="person"):
        rng = np.random.default_rng((seed, number))
        people, values = synthetic_people.People.random(1, (seed, number)), turned_values(rng)
        people.frame[:, 0] = float(rng.uniform(3.0, 4.6))  # from further away: shoulders, too
        people.frame[:, 2] += float(rng.uniform(-0.1, 0.35))
        wall = behind(rng)
        rendered = [render_before(people, row, wall) for row in values]
        truth = [each.keypoints[0].numpy() for each in rendered]
        pictures = [images.from_tensor(each.image[0]) for each in rendered]
        found = [keypoints.find_points(picture, np.append(landmarks.tight_boxes(points), 1)[None].astype(np.float32))[0]
                 for picture, points in zip(pictures, truth)]
        if np.max(metrics.nme(np.stack(found)[:, :68], np.stack(truth))) < formula_pairs.MISSED:
            person = [_bytes(1 - each.mask("background")[0]) for each in rendered]
            made.append(Turned(np.stack(pictures), np.stack(person), np.stack(found), wall))
    return made


def turned_values(rng) -> np.ndarray:
    """Two expressions of one person, the head held differently: (2, 57)."""
    values = formula_pairs.expressions(rng)
    for name, spread in TURNS:
        most = 2 * spread if spread > 1 else np.inf
        values[1][INDEX[name]] = values[0][INDEX[name]] + np.clip(rng.normal(0, spread), -most, most)
    return values


def render_before(people, values: np.ndarray, wall: np.ndarray):
    """`synthetic.render` of one person before a picture, uint8 (S, S, 3), in the place of the formula's own wall."""
    light = shading.linear(torch.from_numpy(wall / 255.0).float())[None]
    return faces.render(people, torch.tensor(values[None]), len(wall), background=light)


def _bytes(tensor: torch.Tensor) -> np.ndarray:
    return (tensor.numpy() * 255).round().astype(np.uint8)


@dataclass
class Pairs:
    """N movements. photo, behind, target: uint8 (N, S, S, 3); inside, face, person: of the photo, uint8 (N, S, S);
    target_inside, target_face, target_person: of what it should become; movement: float16 (N, s, s, 2), radii;
    number: (N,) of the person."""

    photo: list = field(default_factory=list)
    inside: list = field(default_factory=list)
    face: list = field(default_factory=list)
    person: list = field(default_factory=list)
    behind: list = field(default_factory=list)
    target: list = field(default_factory=list)
    target_inside: list = field(default_factory=list)
    target_face: list = field(default_factory=list)
    target_person: list = field(default_factory=list)
    movement: list = field(default_factory=list)
    number: list = field(default_factory=list)

    def arrays(self) -> dict:
        """{field: array}, N squares along the first axis."""
        return {name: np.stack(value) for name, value in vars(self).items()}


def movement_pairs(people: list, seed: int = 0, each: int = 2) -> dict:
    """Both ways of every person, `each` times: with other noise, and other borders of the photo."""
    from tqdm.auto import tqdm

    made = Pairs()
    for number, person in enumerate(tqdm(people, desc="movements", unit="person")):
        rng = np.random.default_rng((seed, number, 6))
        for start, end in ((0, 1), (1, 0)) * each:
            add_movement(made, rng, number, person, start, end)
    return made.arrays()


def add_movement(made: Pairs, rng, number: int, person: Turned, start: int, end: int) -> None:
    """One more pair: person number `number` turns from pose `start` to pose `end`, photographed with noise."""
    noise = animator_pairs.PairRecipe()
    distance = landmarks.eye_distance(person.points[end])
    seen = person.points[start] + animator_pairs.point_noise(rng, distance, noise)
    wanted = person.points[end] + animator_pairs.point_noise(rng, distance, noise)
    x0, y0, x1, y1 = borders(rng, person.points[start], len(person.images[start]))
    photo = animator_pairs.as_another_photo(rng, person.images[start][y0:y1, x0:x1])
    seen, wanted = seen - [x0, y0], wanted - [x0, y0]
    field_ = head_field.HeadField(seen, photo.shape[:2], head_field.FieldSettings(open_above=True))
    matrix = layers_square.matrix_of(field_.head, SIZE)
    whole = matrix.copy()  # from the picture before it was cropped
    whole[:, 2] -= matrix[:, :2] @ [x0, y0]
    made.photo.append(layers_square.cut(photo, matrix, SIZE))
    made.inside.append(layers_square.inside(photo.shape, matrix, SIZE))
    made.face.append(layers_square.face(seen, matrix, SIZE))
    made.person.append(layers_square.cut(person.person[start], whole, SIZE))
    made.behind.append(layers_square.cut(person.behind, whole, SIZE))
    made.target.append(layers_square.cut(person.images[end], whole, SIZE))
    made.target_inside.append(layers_square.inside(person.images[end].shape, whole, SIZE))
    made.target_face.append(layers_square.face(wanted, matrix, SIZE))
    made.target_person.append(layers_square.cut(person.person[end], whole, SIZE))
    made.movement.append(movement_of(field_, wanted).astype(np.float16))
    made.number.append(number)


def borders(rng, points: np.ndarray, size: int) -> tuple:
    """Where the photo shall end, x0, y0, x1, y1: most often where the picture does, else through the hair."""
    x0, y0, x1, y1 = 0, 0, size, size
    if rng.random() < CROPPED:
        low, high = points.min(axis=0), points.max(axis=0)
        room = 0.45 * (high - low).max()
        y0 = int(np.clip(low[1] - rng.uniform(0, room), 0, size))
        if rng.random() < 0.5:
            x0 = int(np.clip(low[0] - rng.uniform(0.1, 2) * room, 0, size))
            x1 = int(np.clip(high[0] + rng.uniform(0.1, 2) * room, 0, size))
    return x0, y0, x1, y1


def movement_of(field_, wanted: np.ndarray) -> np.ndarray:
    """Where every pixel of the square looks, relative to itself, in radii: (s, s, 2)."""
    matrix = field_.rigid(wanted.astype(np.float64))
    back, held, residual = field_.start(wanted.astype(np.float64), matrix)
    upper = np.setdiff1d(np.arange(landmarks.N_POINTS), head_field.LOWER_LIP)
    shares = field_.shares(back, wanted)
    return layers_square.movement(field_, field_.positions(field_.spline(held, residual, upper), shares))


# ---------------------------------------------------------------- changes


def before_another(photo, person, behind) -> np.ndarray:
    """The person of one picture before another: uint8 (S, S, 3), (S, S), (S, S, 3) -> uint8 (S, S, 3)."""
    share = smoothstep(0.05, 0.95, person / 255.0)[..., None]
    return (photo * share + behind * (1 - share) + 0.5).astype(np.uint8)


def frame_of(inside: np.ndarray) -> tuple:
    """The photo's place in its square: x0, y0, x1, y1."""
    rows, columns = np.nonzero(inside > 127)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def nearer_frame(rng, frame: tuple, face: np.ndarray) -> tuple:
    """The frame of a photo that ends nearer to the face, often through the hair."""
    rows, columns = np.nonzero(face)
    x0, y0, x1, y1 = frame
    return (max(x0, int(columns.min() - rng.uniform(0, 0.3 * SIZE))),
            max(y0, int(rows.min() - rng.uniform(0, 0.3 * SIZE))),
            min(x1, int(columns.max() + rng.uniform(1, 0.3 * SIZE))),
            min(y1, int(rows.max() + rng.uniform(1, 0.4 * SIZE))))


def framed(photo: np.ndarray, frame: tuple) -> tuple:
    """A square whose photo ends at a frame: uint8 (S, S, 3), mirrored beyond it, and its inside (S, S)."""
    x0, y0, x1, y1 = frame
    inside = np.zeros(photo.shape[:2], np.uint8)
    inside[y0:y1, x0:x1] = 255
    mirrored = cv2.copyMakeBorder(photo[y0:y1, x0:x1], y0, len(photo) - y1, x0, len(photo) - x1,
                                  cv2.BORDER_REFLECT_101)
    return mirrored, inside
