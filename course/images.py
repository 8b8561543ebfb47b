"""Pictures in and out. In the open an image is `uint8 (H, W, 3)`, RGB."""

import os
from pathlib import Path

import numpy as np

from . import errors, image_files, paths

MAX_SIDE, MAX_PIXELS, MIN_SIDE = image_files.MAX_SIDE, image_files.MAX_PIXELS, image_files.MIN_SIDE
BORDERS = {"repeat": "BORDER_REPLICATE", "mirror": "BORDER_REFLECT_101", "black": "BORDER_CONSTANT",
           "grey": "BORDER_CONSTANT"}  # what lies beyond a picture: OpenCV's names


def as_image(source) -> np.ndarray:
    """A picture from a path, a PIL image or an array.

    Args:
        source: path; PIL image; array `(H, W)`, `(H, W, 3)` or `(H, W, 4)`, uint8 or float in [0, 1].
    Returns:
        uint8 (H, W, 3), sRGB, upright (EXIF orientation applied), transparent parts on white; a copy. Of a moving
        picture in a file, the first frame that shows something. What was ignored is said in one line of the log.
    Raises:
        errors.ImageError: not an image, truncated, too large or too small.
    """
    if isinstance(source, (str, bytes, os.PathLike)):
        return load_image(source)
    if not isinstance(source, np.ndarray):
        from PIL import Image

        if isinstance(source, Image.Image):  # decoded by now or not
            return image_files.decode(source, "the picture")
        source = _as_array(source)
    return _from_array(source)


def load_image(path) -> np.ndarray:
    """Read a picture file as uint8 (H, W, 3), RGB, upright. Raises `errors.ImageError`."""
    return image_files.read(paths.given(path, errors.ImageError, "a picture"))


def save_image(path, image: np.ndarray) -> Path:
    """Write uint8 (H, W, 3) to a file; the format is the name's ending.

    Raises:
        errors.ImageError: no such array. errors.OutputError: a place that cannot be written.
    """
    from PIL import Image

    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        what = f"{image.dtype} {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
        raise errors.ImageError(f"a picture to save must be uint8 (H, W, 3); this is {what}")

    path = paths.given(path, errors.OutputError, "a picture")
    beside = path.with_name(f"{path.stem}.part{path.suffix}")  # moved to its place when whole
    try:
        format_name = Image.registered_extensions()[path.suffix.lower()]
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            Image.fromarray(image).save(file, format_name)
        os.replace(beside, path)
    except KeyError:
        raise errors.OutputError(f"{path} cannot be written: let its name end in .png or .jpg") from None
    except (OSError, ValueError) as problem:
        _remove(beside)
        raise errors.OutputError(f"{path} cannot be written ({problem}): choose another place or name") from None
    return path


def crop_square(image: np.ndarray, x: float, y: float, side: int) -> np.ndarray:
    """The square of `side` pixels around (x, y): (H, W, ...) -> (side, side, ...).

    Its first column is round(x - side / 2), its first row round(y - side / 2). Beyond the picture the nearest
    pixel of the border is repeated.
    """
    height, width = image.shape[:2]
    left, top = round(x - side / 2), round(y - side / 2)
    if 0 <= left <= width - side and 0 <= top <= height - side:
        return image[top : top + side, left : left + side].copy()  # the usual case, ten times as fast
    # column j of the square is column min(max(left + j, 0), W - 1) of the picture; rows alike
    columns = np.clip(left + np.arange(side), 0, width - 1)
    rows = np.clip(top + np.arange(side), 0, height - 1)
    return image.take(rows, axis=0).take(columns, axis=1)


def crop_box(image: np.ndarray, box, beyond: str = "repeat") -> np.ndarray:
    """A part of the picture that may reach beyond it: (H, W[, C]), x0, y0, x1, y1 -> (y1 - y0, x1 - x0[, C]).

    beyond: one of `BORDERS`; with "black" or "grey" the box may lie outside altogether.
    """
    import cv2

    x0, y0, x1, y1 = (int(v) for v in box)
    height, width = image.shape[:2]
    border, colour = _beyond(beyond)
    inner = image[max(0, y0) : max(0, min(height, y1)), max(0, x0) : max(0, min(width, x1))]
    if not inner.size and border == cv2.BORDER_CONSTANT:
        return np.full((y1 - y0, x1 - x0, *image.shape[2:]), colour[0], image.dtype)
    out = max(0, -y0), max(0, y1 - height), max(0, -x0), max(0, x1 - width)
    return cv2.copyMakeBorder(inner, *out, border, value=colour)


def cut(image: np.ndarray, matrix: np.ndarray, size, beyond: str = "repeat", prepare=None,
        backwards: bool = False) -> np.ndarray:
    """A picture through an affine, read between its pixels linearly; pixel centres lie at whole numbers.

    Args:
        image: (H, W[, C]), uint8 or float32; matrix: (2, 3), from its pixels to those of the result.
        size: pixels a side of the result, or (width, height).
        beyond: what is read outside the picture, one of `BORDERS`.
        prepare: what keeps fine texture from turning into noise where much is shrunk: `shrunk`, `blurred`, or None.
        backwards: the matrix leads from the result to the picture.
    Returns:
        (height, width[, C]), in the type of the picture.
    """
    import cv2

    if prepare:
        image, matrix = prepare(image, matrix)
    border, colour = _beyond(beyond)
    flags = cv2.INTER_LINEAR | (cv2.WARP_INVERSE_MAP if backwards else 0)
    size = (size, size) if np.isscalar(size) else tuple(size)
    return cv2.warpAffine(image, matrix, size, flags=flags, borderMode=border, borderValue=colour)


def shrunk(image: np.ndarray, matrix: np.ndarray) -> tuple:
    """The picture and its affine (2, 3), the picture averaged to a smaller one where it would shrink over twofold."""
    import cv2

    shrink = shrinkage(matrix)
    if shrink <= 2:
        return image, matrix
    factor = 1 / (shrink / 1.5)
    image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return image, matrix @ np.diag([1 / factor, 1 / factor, 1.0])


def blurred(image: np.ndarray, matrix: np.ndarray) -> tuple:
    """The picture and its affine (2, 3), the picture blurred where it would shrink more than one and a half fold."""
    import cv2

    shrink = shrinkage(matrix)
    return (cv2.GaussianBlur(image, (0, 0), 0.4 * shrink) if shrink > 1.5 else image), matrix


def shrinkage(matrix: np.ndarray) -> float:
    """How many pixels of the picture become one, along one side, by an affine (2, 3)."""
    return 1 / np.sqrt(abs(np.linalg.det(matrix[:, :2])))


def from_tensor(pictures) -> np.ndarray:
    """Pictures of torch as pictures in the open: (..., 3, H, W) in [0, 1] -> uint8 (..., H, W, 3), rounded."""
    pictures = (pictures.detach().cpu().float().clamp(0, 1) * 255).round()
    return np.ascontiguousarray(pictures.byte().movedim(-3, -1).numpy())


def alpha_blend(front: np.ndarray, back: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """One picture laid over another: uint8 (H, W, 3) twice, float32 (H, W) in [0, 1] -> uint8 (H, W, 3).

    Where alpha is 1 only the front is seen, where it is 0 only the back, to the bit.
    """
    import cv2

    # mixed = alpha front + (1 - alpha) back, rounded
    front, back = np.ascontiguousarray(front), np.ascontiguousarray(back)
    return cv2.blendLinear(front, back, alpha, 1 - alpha)


def _beyond(name: str) -> tuple:
    """OpenCV's border and its colour, for a name out of `BORDERS`."""
    import cv2

    return getattr(cv2, BORDERS[name]), (127,) * 4 if name == "grey" else (0,) * 4


def _as_array(source) -> np.ndarray:
    try:
        return np.asarray(source)
    except Exception as problem:  # rows of several lengths; a tensor on another device; whatever `__array__` raises
        raise errors.ImageError(f"an image is a path, a PIL image or an array of shape (H, W, 3); this is "
                                f"{type(source).__name__} ({' '.join(str(problem).split())[:120]})") from None


def _from_array(array: np.ndarray) -> np.ndarray:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or not array.size:
        raise errors.ImageError(f"an image array must have shape (H, W), (H, W, 3) or (H, W, 4); this one has "
                                f"shape {array.shape}")
    image_files.check_size(array.shape[1], array.shape[0], "an image array")
    if array.dtype != np.uint8:
        if not np.issubdtype(array.dtype, np.floating):
            raise errors.ImageError(f"an image array must be uint8, or float in [0, 1] without NaN; this one is "
                                    f"{array.dtype}")
        if not np.isfinite(array).all():
            raise errors.ImageError("an image array must be uint8, or float in [0, 1]; this one holds NaN or infinity")
        if array.max() > 1.5 or array.min() < -0.5:  # a little over is rounding; 0 to 255 is another scale
            raise errors.ImageError(f"an image array of floats must lie in [0, 1]; this one reaches from "
                                    f"{array.min():g} to {array.max():g}: divide by 255")
        array = (np.clip(array, 0, 1) * 255 + 0.5).astype(np.uint8)
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=2)
    if array.shape[2] == 4:  # on white: rgb a + 255 (1 - a)
        alpha = array[..., 3:].astype(np.uint16)
        return ((array[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return np.array(array, order="C")


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # it was never made: the folder is a file
        return
