"""Pictures without a face, to train a detector against: textures, drawn things, and scrambled faces.

A detector that has only seen faces fires at anything round with two dots. Nobody labelled what a face is
not, so we make it: procedural textures and shapes, animals' and dolls' heads in a few strokes of the brush,
tiles of clothing, hair and background from the training pictures, and faces whose parts stand in the wrong
places. All pictures are uint8 (size, size, 3), RGB, and follow from the random generator alone.
"""

import cv2
import numpy as np


def texture(rng: np.random.Generator, size: int) -> np.ndarray:
    """One procedural picture: a texture, often with a second one let in, or shapes drawn over it."""
    picture = _pick(rng, TEXTURES)(rng, size)
    if rng.random() < 0.3:
        other = _pick(rng, TEXTURES)(rng, size)
        mask = _blob_mask(rng, size)
        picture = (picture * (1 - mask) + other * mask).astype(np.uint8)
    return picture


def noise(rng, size):
    """Cloudy noise: random grids of doubling fineness, added up."""
    total = np.zeros((size, size, 3), np.float32)
    channels = 1 if rng.random() < 0.5 else 3
    roughness = rng.uniform(0.4, 1.0)
    for octave in range(int(rng.integers(1, 4)), 9):
        cells = 2**octave
        if cells > size:
            break
        grid = rng.normal(size=(cells, cells, channels)).astype(np.float32) * roughness**octave
        layer = cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
        total += layer.reshape(size, size, channels)
    return _tint(rng, total)


def fibres(rng, size):
    """Grass, fur, hair, brushed metal: noise smeared along one direction."""
    grain = rng.normal(size=(size, size)).astype(np.float32)
    length = int(rng.integers(5, 40)) | 1
    kernel = np.zeros((length, length), np.float32)
    turn = rng.uniform(0, np.pi)
    step = np.array([np.cos(turn), np.sin(turn)]) * length / 2
    middle = length // 2
    cv2.line(kernel, tuple(np.int32(middle - step)), tuple(np.int32(middle + step)), 1.0)
    smeared = cv2.filter2D(grain, -1, kernel / max(kernel.sum(), 1))
    return _tint(rng, np.repeat(smeared[..., None], 3, axis=2))


def stripes(rng, size):
    """Waves in one or two directions, soft or hard: stripes, fences, checkerboards, cloth."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    total = np.ones((size, size), np.float32)
    for _ in range(int(rng.integers(1, 3))):
        turn = rng.uniform(0, np.pi) if rng.random() < 0.5 else rng.choice([0, np.pi / 2])
        period = np.exp(rng.uniform(np.log(6), np.log(120)))
        wave = np.sin((x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / period + rng.uniform(0, 6))
        total *= np.sign(wave) if rng.random() < 0.5 else wave
    return _tint(rng, np.repeat(total[..., None], 3, axis=2))


def bricks(rng, size):
    """Rows of blocks with joints, each block a shade of its own: walls, tiles, windows."""
    color, joint = _color(rng), _color(rng)
    picture = np.full((size, size, 3), joint, np.uint8)
    height, width = int(rng.integers(8, 70)), int(rng.integers(12, 110))
    gap, shift = int(rng.integers(1, 6)), rng.random() < 0.7
    for row, y in enumerate(range(-height, size, height)):
        for x in range(-width + (row % 2) * (width // 2) * shift, size, width):
            shade = np.clip(color.astype(int) + rng.integers(-25, 26), 0, 255)
            cv2.rectangle(picture, (x, y), (x + width - gap, y + height - gap), shade.tolist(), -1)
    return _grain(rng, picture)


def discs(rng, size):
    """Round things: coins with relief, plates, cells, lamps out of focus, rings, buttons with holes, clock faces."""
    picture = noise(rng, size) if rng.random() < 0.5 else _plain(rng, size)
    kind = rng.integers(5)
    largest = size * rng.choice([0.06, 0.12, 0.3])
    for _ in range(int(rng.integers(1, 30)) if largest < size * 0.2 else int(rng.integers(1, 5))):
        center = rng.uniform(0, size, 2)
        radius = largest * rng.uniform(0.4, 1.3)
        _disc(rng, picture, center, radius, kind)
    return _grain(rng, picture)


def _disc(rng, picture, center, radius, kind):
    where, r = _point(center), max(2, int(radius))
    cv2.circle(picture, where, r, _color(rng).tolist(), -1, cv2.LINE_AA)
    if kind == 0:  # a coin: a rim, and a few strokes of relief
        cv2.circle(picture, where, r, _color(rng).tolist(), max(1, r // 8), cv2.LINE_AA)
        for _ in range(int(rng.integers(2, 7))):
            spot = _point(center + rng.uniform(-0.5, 0.5, 2) * radius)
            axes = _axes(rng.uniform(0.1, 0.5, 2) * radius)
            cv2.ellipse(picture, spot, axes, rng.uniform(0, 180), 0, rng.uniform(90, 360), _color(rng).tolist(),
                        max(1, r // 10), cv2.LINE_AA)
    elif kind == 1:  # a button or socket: two to four holes
        for k in range(int(rng.integers(2, 5))):
            turn = k * 2 * np.pi / 4 + rng.uniform(0, 0.3)
            spot = center + 0.4 * radius * np.array([np.cos(turn), np.sin(turn)])
            cv2.circle(picture, _point(spot), max(1, r // 7), _color(rng).tolist(), -1, cv2.LINE_AA)
    elif kind == 2:  # a clock: marks round the rim, two hands
        for k in range(12):
            direction = np.array([np.cos(k * np.pi / 6), np.sin(k * np.pi / 6)])
            cv2.line(picture, _point(center + 0.8 * radius * direction), _point(center + 0.95 * radius * direction),
                     (20, 20, 20), max(1, r // 20), cv2.LINE_AA)
        for length in (0.5, 0.75):
            turn = rng.uniform(0, 2 * np.pi)
            tip = center + length * radius * np.array([np.cos(turn), np.sin(turn)])
            cv2.line(picture, where, _point(tip), (20, 20, 20), max(1, r // 15), cv2.LINE_AA)
    elif kind == 3:  # rings, wheels, a cup from above
        for share in (0.75, 0.5, 0.2):
            cv2.circle(picture, where, max(1, int(r * share)), _color(rng).tolist(), -1, cv2.LINE_AA)


def solids(rng, size):
    """Round bodies in the light of one lamp, with gloss and shadow: cups, fruit, spoons, balls, pots, knobs."""
    picture = polygons(rng, size) if rng.random() < 0.5 else noise(rng, size)
    y, x = np.mgrid[:size, :size].astype(np.float32)
    lamp = rng.normal(size=3) + np.array([0, -0.5, 1.2])
    lamp /= np.linalg.norm(lamp)
    largest = size * rng.choice([0.1, 0.25, 0.5])
    for _ in range(int(rng.integers(1, 9))):
        center, radii, turn = rng.uniform(0, size, 2), rng.uniform(0.25, 1, 2) * largest, rng.uniform(0, np.pi)
        u = ((x - center[0]) * np.cos(turn) + (y - center[1]) * np.sin(turn)) / radii[0]
        v = ((y - center[1]) * np.cos(turn) - (x - center[0]) * np.sin(turn)) / radii[1]
        body = _shaded(rng, u, v, lamp)
        alpha = np.clip((1 - np.hypot(u, v)) * radii.min() / rng.uniform(1, 3), 0, 1)[..., None]
        picture = (picture * (1 - alpha) + body * alpha).astype(np.uint8)
    return _grain(rng, picture)


def _shaded(rng, u, v, lamp):
    """A bulging or hollow body, perhaps with relief, lit by the lamp: normals, Lambert's law, a highlight."""
    height = np.sqrt(np.clip(1 - u * u - v * v, 0, 1)) * rng.choice([-1, 0.3, 1])
    if rng.random() < 0.5:  # relief, as on a coin
        coarse = rng.normal(size=(int(rng.integers(4, 20)),) * 2).astype(np.float32)
        height = height + 0.15 * cv2.resize(coarse, u.shape[::-1], interpolation=cv2.INTER_CUBIC)
    slope_y, slope_x = np.gradient(height)
    reach = 1 / max(np.abs(np.diff(u, axis=1)).max(), np.abs(np.diff(v, axis=0)).max(), 1e-6)  # pixels in one unit
    normal = np.stack([-slope_x * reach, -slope_y * reach, np.ones_like(height)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = np.clip(normal @ lamp, 0, 1)[..., None]
    gloss = light ** rng.uniform(8, 40) * rng.uniform(0, 200)
    return np.clip(_color(rng) * (0.25 + 0.85 * light) + gloss, 0, 255).astype(np.float32)


def writing(rng, size):
    """Lines of text, a page or a sign."""
    dark_on_light = rng.random() < 0.7
    picture = _plain(rng, size, bright=dark_on_light)
    ink = rng.integers(0, 90, 3) if dark_on_light else rng.integers(170, 256, 3)
    height = float(np.exp(rng.uniform(np.log(0.3), np.log(3))))
    letters = np.array(list("abcdefghijklmnopqrstuvwxyzABCDEFGHOQRS 0123456789.,:;()oO8%&@"))
    font = int(rng.integers(0, 8))
    for y in range(int(20 * height), size + 20, max(9, int(28 * height))):
        line = "".join(rng.choice(letters, 60))
        cv2.putText(picture, line, (int(rng.integers(-30, 20)), y), font, height, ink.tolist(),
                    max(1, int(height * rng.uniform(1, 3))), cv2.LINE_AA)
    return _grain(rng, picture)


def polygons(rng, size):
    """Flat shapes over each other: buildings, furniture, logos, shadows."""
    picture = _gradient(rng, size)
    for _ in range(int(rng.integers(3, 25))):
        center, reach = rng.uniform(0, size, 2), size * rng.uniform(0.03, 0.4)
        corners = center + rng.normal(size=(int(rng.integers(3, 7)), 2)) * reach * 0.6
        color = _color(rng).tolist()
        if rng.random() < 0.3:
            cv2.line(picture, _point(corners[0]), _point(corners[1]), color, int(rng.integers(1, 12)), cv2.LINE_AA)
        else:
            cv2.fillPoly(picture, [np.int32(cv2.convexHull(np.float32(corners)))], color, cv2.LINE_AA)
    return _grain(rng, picture)


def spots(rng, size):
    """Many small blobs: stars, pebbles, leaves, cells under the microscope, rain."""
    picture = _gradient(rng, size)
    color, spread = _color(rng).astype(int), int(rng.integers(5, 60))
    largest = rng.uniform(1.5, 16)
    for center in rng.uniform(0, size, (int(rng.integers(50, 500)), 2)):
        shade = np.clip(color + rng.integers(-spread, spread + 1), 0, 255).tolist()
        cv2.ellipse(picture, _point(center), _axes(rng.uniform(0.3, 1, 2) * largest), rng.uniform(0, 180), 0, 360,
                    shade, -1, cv2.LINE_AA)
    return _grain(rng, picture)


def heads(rng, size):
    """Animals, dolls, masks and smileys in a few strokes: two eyes and a muzzle are not yet a face of a person."""
    picture = texture_without_heads(rng, size)
    for _ in range(int(rng.integers(1, 4))):
        radius = size * np.exp(rng.uniform(np.log(0.04), np.log(0.45)))
        _draw_head(rng, picture, rng.uniform(0.1, 0.9, 2) * size, radius)
    return _grain(rng, picture)


def _draw_head(rng, picture, center, radius):
    """One animal's head: fur, ears, eyes far apart with large coloured irises, a nose, whiskers."""
    lean = np.deg2rad(rng.normal(0, 15))
    turn = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])

    def place(x, y):  # in radii from the centre of the head
        return center + turn @ np.array([x, y]) * radius

    fur, dark = _color(rng), rng.integers(0, 70, 3)
    wide = rng.uniform(0.75, 1.15)
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.ellipse(mask, _point(center), _axes((radius * wide, radius)), np.degrees(lean), 0, 360, 255, -1, cv2.LINE_AA)
    if rng.random() < 0.7:  # ears
        for side in (-1, 1):
            ear = [place(side * 0.35 * wide, -0.8), place(side * 0.95 * wide, -0.4),
                   place(side * rng.uniform(0.7, 1.1) * wide, -rng.uniform(1.0, 1.5))]
            cv2.fillPoly(mask, [np.int32(ear)], 255, cv2.LINE_AA)
    coat = fibres(rng, 64) if rng.random() < 0.6 else noise(rng, 64)
    coat = cv2.resize(coat, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32) / 2 + fur / 2
    alpha = (cv2.GaussianBlur(mask, (0, 0), max(0.6, radius / 25)) / 255.0)[..., None]
    picture[:] = (picture * (1 - alpha) + coat * alpha).astype(np.uint8)

    apart, level, eye = rng.uniform(0.3, 0.55) * wide, rng.uniform(-0.35, 0.05), rng.uniform(0.08, 0.22)
    iris = _color(rng).tolist()
    for side in (-1, 1):
        spot = _point(place(side * apart, level))
        cv2.ellipse(picture, spot, _axes((eye * radius * 1.2, eye * radius)), 0, 0, 360, dark.tolist(), -1, cv2.LINE_AA)
        cv2.circle(picture, spot, max(1, int(eye * radius * 0.8)), iris, -1, cv2.LINE_AA)
        slit = rng.uniform(0.15, 0.6)
        cv2.ellipse(picture, spot, _axes((slit * eye * radius, 0.7 * eye * radius)), 0, 0, 360, (10, 10, 10), -1,
                    cv2.LINE_AA)
    nose = rng.uniform(0.15, 0.5)
    if rng.random() < 0.8:
        corners = [place(-0.14, nose), place(0.14, nose), place(0, nose + 0.16)]
        cv2.fillPoly(picture, [np.int32(corners)], _color(rng).tolist(), cv2.LINE_AA)
    thick = max(1, int(radius / 40))
    if rng.random() < 0.6:
        for side in (-1, 1):  # the muzzle's two curves
            cheek = _point(place(side * 0.15, nose + 0.2))
            axes = _axes((0.15 * radius, 0.12 * radius))
            cv2.ellipse(picture, cheek, axes, 0, 0, 180, dark.tolist(), thick, cv2.LINE_AA)
    if rng.random() < 0.5:
        for side in (-1, 1):  # whiskers
            for tilt in (-0.15, 0, 0.15):
                cv2.line(picture, _point(place(side * 0.25, nose + 0.1)), _point(place(side * 1.3, nose + 0.1 + tilt)),
                         (230, 230, 230), 1, cv2.LINE_AA)


def scramble(rng: np.random.Generator, face: np.ndarray) -> np.ndarray:
    """A face with its parts in the wrong places: uint8 (H, W, 3), cut close round the face -> the same shape."""
    return _pick(rng, SCRAMBLES)(rng, face)


def shuffle_tiles(rng, face):
    """Cut into a grid, every tile put elsewhere, some turned over."""
    n = int(rng.integers(2, 5))
    height, width = face.shape[0] // n * n, face.shape[1] // n * n
    if min(height, width) < 2 * n:
        return face[::-1, ::-1]
    grid = face[:height, :width].reshape(n, height // n, n, width // n, 3).swapaxes(1, 2)  # (n, n, h, w, 3)
    tiles = grid.reshape(n * n, height // n, width // n, 3)
    order = np.roll(np.arange(n * n), int(rng.integers(1, n * n)))  # a shift leaves no tile where it was
    if n > 2:
        order = rng.permutation(order)
    tiles = [tile[::-1] if rng.random() < 0.3 else tile for tile in tiles[order]]
    rows = [np.concatenate(tiles[r * n : r * n + n], axis=1) for r in range(n)]
    return cv2.resize(np.concatenate(rows), face.shape[1::-1])


def swap_bands(rng, face):
    """The mouth above, the eyes below."""
    cut = int(face.shape[0] * rng.uniform(0.4, 0.6))
    return np.concatenate([face[cut:], face[:cut]])


def eyes_alone(rng, face):
    """One band of the face, stretched to the whole: eyes, or nose, or mouth and chin."""
    height = face.shape[0]
    start = rng.choice([0.0, 0.3, 0.62])
    band = face[int(start * height) : max(int((start + 0.36) * height), int(start * height) + 2)]
    return cv2.resize(band, face.shape[1::-1])


def rub_out(rng, face):
    """The middle filled with the cheek's or hair's own texture: a head with nothing on it."""
    height, width = face.shape[:2]
    patch = face[: max(2, height // 6), : max(2, width // 4)]
    filled = cv2.resize(patch, (width, height))
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    mask = np.clip(2.5 - 2.5 * np.hypot(x, y), 0, 1)[..., None]
    return (face * (1 - mask) + filled * mask).astype(np.uint8)


def _blob_mask(rng, size):
    coarse = rng.normal(size=(int(rng.integers(2, 7)),) * 2).astype(np.float32)
    field = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.clip(field * rng.choice([3, 30]) + 0.5, 0, 1)[..., None]


def _tint(rng, values):
    """Any float (H, W, 3) -> uint8 with a random palette between two colours, or a colour a channel."""
    low, high = np.percentile(values[::4, ::4], [1, 99])
    share = np.clip((values - low) / max(high - low, 1e-6), 0, 1)
    first, second = _color(rng).astype(np.float32), _color(rng).astype(np.float32)
    return (first + share * (second - first)).astype(np.uint8)


def _gradient(rng, size):
    corners = rng.integers(0, 256, (2, 2, 3)).astype(np.float32)
    return np.clip(cv2.resize(corners, (size, size), interpolation=cv2.INTER_LINEAR), 0, 255).astype(np.uint8)


def _plain(rng, size, bright=None):
    low, high = (0, 256) if bright is None else (150, 256) if bright else (0, 90)
    return np.full((size, size, 3), rng.integers(low, high, 3), np.uint8)


def _grain(rng, picture):
    strength = rng.uniform(0, 8)
    grain = rng.normal(size=picture.shape[:2] + (1,)).astype(np.float32) * strength
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def _color(rng):
    """Any colour, one in two near grey or brown, as most things are."""
    color = rng.integers(0, 256, 3)
    if rng.random() < 0.5:
        color = np.clip(rng.integers(0, 256) + rng.integers(-25, 26, 3) + np.array([12, 0, -12]), 0, 255)
    return color


def _point(xy):
    return int(round(float(xy[0]))), int(round(float(xy[1])))


def _axes(ab):
    return max(1, int(ab[0])), max(1, int(ab[1]))


def _pick(rng, options):
    return options[int(rng.integers(len(options)))]


def texture_without_heads(rng, size):
    """Any texture but `heads`, which draws on one."""
    return _pick(rng, TEXTURES[:-2])(rng, size)


TEXTURES = (noise, fibres, stripes, bricks, discs, writing, polygons, spots, solids, solids, heads, heads)
SCRAMBLES = (shuffle_tiles, swap_bands, eyes_alone, rub_out, shuffle_tiles)
