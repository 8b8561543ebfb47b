"""Finding a watermark in frames, and reading it.

    frames -> what changes over every half second -> how blue each spot is, against its surroundings -> where do the
    signs of sync lie, at which scale and moment? -> one number for each sign of the codeword -> payload, if its
    checksum fits

Two seconds are enough. The film may have been scaled, cropped, mirrored, compressed or recorded off a screen, but not
turned by more than a few degrees, and not made grey. A single picture is tried as it stands.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy import fft

from . import chips, codewords, demodulation

# Spots along the root of the area: 15 in a small film, cropped; 96 in a film that fills a quarter of a screen
FEWEST, MOST, STEP = 15.0, 96.0, 1.02
CANDIDATES = 16  # places whose codeword is tried: each has a chance of 2**-24 to seem one
PRIVATE_LEAST = 5.3  # standard deviations: by chance at most exp(-5.3**2 / 2), 8e-7 (Hoeffding), whatever the film


@dataclass(frozen=True)
class Reading:
    """A mark that was read.

    payload: what it says; pitch: (across, down), spots' distance in px of the frames given; shift: (x, y), px from the
    frame's corner to the plane's; strength: how well everybody's signs fit, in standard deviations; mirrored: whether
    the picture was, and then the corner is the right one; values: (n,), what was read at each spot; places: (rows,
    columns) of the spots in the plane.
    """

    payload: int
    pitch: tuple
    shift: tuple
    strength: float
    mirrored: bool
    values: np.ndarray
    places: tuple

    def proof(self, key: bytes) -> float:
        """How well a maker's private signs fit: standard deviations, about 0 where they are not there."""
        mine = chips.owners()[self.places] == chips.PRIVATE
        signs = chips.private_signs(key, self.payload)[self.places]
        return _deviations(self.values[mine] * signs[mine])

    def made_with(self, key: bytes) -> bool:
        """Whether the mark was made with this maker's key; by chance in less than one of a million."""
        return self.proof(key) >= PRIVATE_LEAST


def read_watermark(frames, fps: float = 25) -> Reading | None:
    """The mark of some frames, or None.

    Args:
        frames: iterable of uint8 (H, W, 3), RGB, of one size; two seconds of them; fps: frames a second.
    Returns:
        `Reading`; frames without a mark give one in less than one of a million cases.
    """
    return read_period(demodulation.Period(frames, fps))


def read_period(period: demodulation.Period, candidates: int = CANDIDATES) -> Reading | None:
    """The mark of a film whose frames were taken together already, or None; candidates: how many places are tried."""
    if period.sums is None or min(period.size) < 32:
        return None
    swing = period.swing()
    line = demodulation.best_line(swing)
    for guess in _guesses(swing @ line)[:candidates]:
        picture = period.difference(guess.angle) @ line
        picture = np.ascontiguousarray(picture[:, ::-1]) if guess.mirrored else picture
        found = _read_at(picture, guess, period.scale)
        if found:
            return found
    return None


# ---------------------------------------------------------------- where it lies


@dataclass(frozen=True, order=True)
class _Guess:
    """A place of the plane. strength: how well sync fits; spot: samples from spot to spot; x, y: samples; angle: of the
    swing; mirrored: whether it lies so in the mirrored picture."""

    strength: float
    spot: float
    x: float
    y: float
    angle: float
    mirrored: bool


def _smooth(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Two boxes of the width of a Gaussian, and many times as fast."""
    width = max(3, round((6 * sigma * sigma + 1) ** 0.5) // 2 * 2 + 1)
    return cv2.blur(cv2.blur(picture, (width, width)), (width, width))


def _against_surroundings(picture: np.ndarray, spot: float) -> np.ndarray:
    """Each sample against those around it, in units of how much these vary; spot: samples from spot to spot."""
    parts = [picture.real, picture.imag] if np.iscomplexobj(picture) else [picture]
    fine = [part - _smooth(part, 2 * spot) for part in map(np.ascontiguousarray, parts)]
    power = sum(part * part for part in fine)
    near = _smooth(power, 1.5 * spot)
    near += 0.2 * float(near.mean()) + 1e-9
    shrink = np.minimum(1 / np.sqrt(near), 2.5 / np.sqrt(power + 1e-12))  # nothing speaks louder than 2.5
    fine = [part * shrink for part in fine]
    return fine[0] + np.complex64(1j) * fine[1] if len(fine) == 2 else fine[0]


def _guesses(picture: np.ndarray) -> list:
    """The likeliest places of the plane, `_Guess`es, best first.

    Args:
        picture: complex64 (h, w).
    """
    side = 2 * chips.SIDE
    template = cv2.resize(chips.sync_plane(), (side, side), interpolation=cv2.INTER_CUBIC)
    wanted = [np.conj(fft.fft2(one)) for one in (template, template[:, ::-1])]
    root = (picture.shape[0] * picture.shape[1]) ** 0.5
    found = []
    for number in range(int(np.log(MOST / FEWEST) / np.log(STEP)) + 1):
        spot = root / (FEWEST * STEP**number)  # samples
        small, zoom = _resized(picture, 2 / spot)
        seen = fft.fft2(_folded(_against_surroundings(small, 2.0), side))
        for mirrored in (False, True):
            fit = fft.ifft2(seen * wanted[mirrored])
            for strength, y, x in _peaks(np.abs(fit), 3):
                across = (small.shape[1] - x) % side if mirrored else x
                angle = float(np.angle(fit[y, x]))
                found.append(_Guess(strength, spot, across / zoom[0], y / zoom[1], angle, mirrored))
    return sorted(found, reverse=True)[:CANDIDATES]


def _peaks(size: np.ndarray, count: int):
    """The largest numbers of a square that repeats itself, in units of the usual, not side by side: (size, y, x)."""
    side, usual = len(size), float(np.sqrt(np.square(size).mean())) + 1e-9
    for _ in range(count):
        y, x = (int(one) for one in np.unravel_index(size.argmax(), size.shape))
        yield float(size[y, x]) / usual, y, x
        size[np.ix_(np.arange(y - 2, y + 3) % side, np.arange(x - 2, x + 3) % side)] = 0


def _resized(picture: np.ndarray, zoom: float):
    """A complex picture made larger or smaller; the zoom it got, (across, down)."""
    height, width = (max(1, round(length * zoom)) for length in picture.shape)
    way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    parts = [cv2.resize(np.ascontiguousarray(part), (width, height), interpolation=way)
             for part in (picture.real, picture.imag)]  # fmt: skip
    return parts[0] + np.complex64(1j) * parts[1], (width / picture.shape[1], height / picture.shape[0])


def _folded(picture: np.ndarray, side: int) -> np.ndarray:
    """A picture laid into a square that repeats itself, (side, side)."""
    down, across = -(-picture.shape[0] // side), -(-picture.shape[1] // side)
    room = np.zeros((down * side, across * side), picture.dtype)
    room[: picture.shape[0], : picture.shape[1]] = picture
    return room.reshape(down, side, across, side).sum(axis=(0, 2))


# ---------------------------------------------------------------- what it says


class _Grid:
    """The spots of a picture at a place of the plane that can be moved a little."""

    def __init__(self, picture: np.ndarray, spot: float):
        self.fine = _against_surroundings(cv2.GaussianBlur(picture, (0, 0), 0.25 * spot), spot)

    def values(self, spot_x: float, spot_y: float, x: float, y: float):
        """The spots' values (n,) and their places in the plane, (rows, columns)."""
        height, width = self.fine.shape
        columns = np.arange(np.ceil(-x / spot_x - 0.5), np.floor((width - x) / spot_x - 0.5) + 1)
        rows = np.arange(np.ceil(-y / spot_y - 0.5), np.floor((height - y) / spot_y - 0.5) + 1)
        at_x = (x + (columns + 0.5) * spot_x - 0.5).astype(np.float32)
        at_y = (y + (rows + 0.5) * spot_y - 0.5).astype(np.float32)
        grid_x, grid_y = np.meshgrid(at_x, at_y)
        values = cv2.remap(self.fine, grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        places = np.meshgrid(rows.astype(int) % chips.SIDE, columns.astype(int) % chips.SIDE, indexing="ij")
        return values.ravel(), tuple(one.ravel() for one in places)

    def strength(self, place, known: np.ndarray) -> float:
        """How well known signs, (64, 64) with 0 where none is known, fit there, in standard deviations."""
        values, places = self.values(*place)
        signs = known[places]
        return _deviations((values * signs)[signs != 0])


def _deviations(products: np.ndarray) -> float:
    """The sum of products that are as often above 0 as below, in units of how far it strays: 0 of too few."""
    if len(products) < 8:
        return 0.0
    return float(products.sum() / (np.sqrt((products**2).sum()) + 1e-9))


def _read_at(picture: np.ndarray, guess: _Guess, scale) -> Reading | None:
    grid = _Grid(picture, guess.spot)
    place = _refined(grid, (guess.spot, guess.spot, guess.x, guess.y), chips.sync_plane())
    values, places = grid.values(*place)
    payload = codewords.decode(read_signs(values, chips.owners()[places], chips.scramble()[places],
                                          codewords.CODED_BITS))
    if payload is None:
        return None
    known = chips.public_plane(payload)
    place = _refined(grid, place, known)  # five times as many signs say it better
    strength = grid.strength(place, known)
    (across, down), (spot_x, spot_y, x, y) = scale, place
    return Reading(payload, (spot_x * across, spot_y * down), (x * across, y * down), strength,
                   guess.mirrored, *grid.values(*place))


def read_signs(values: np.ndarray, whose: np.ndarray, signs: np.ndarray, count: int) -> np.ndarray:
    """What the spots say about each sign of a codeword: (count,), the sign as received, its size how sure.

    Args:
        values: (n,), how blue each spot is against its surroundings; whose: int (n,), the number of the codeword's sign
            that the spot carries, or below 0 where it carries none; signs: (n,), 1 and -1, what the spot was
            multiplied by.
    """
    coded = whose >= 0
    return np.bincount(whose[coded], (values * signs)[coded], minlength=count).astype(np.float64)


def _refined(grid: _Grid, place, known: np.ndarray) -> tuple:
    """The place nearby where known signs fit best: (spot across, spot down, x, y)."""
    best, place = grid.strength(place, known), list(place)
    for share in (0.25, 0.12, 0.06):  # of a spot
        stretch = 2 * share * place[0] ** 2 / max(grid.fine.shape)
        for _ in range(2):
            for what, step in ((2, place[0] * share), (3, place[1] * share), (0, stretch), (1, stretch)):
                for way in (-step, step):
                    tried = list(place)
                    tried[what] += way
                    strength = grid.strength(tried, known)
                    if strength > best:
                        best, place = strength, tried
    return tuple(place)
