"""Pictures in and out. In the open an image is `uint8 (H, W, 3)`, RGB."""

import os
from pathlib import Path

import numpy as np

from . import errors, image_files

MAX_SIDE, MAX_PIXELS, MIN_SIDE = image_files.MAX_SIDE, image_files.MAX_PIXELS, image_files.MIN_SIDE


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
    if isinstance(source, (str, os.PathLike)):
        return load_image(source)
    if not isinstance(source, np.ndarray):
        from PIL import Image

        if isinstance(source, Image.Image):  # decoded by now or not
            return image_files.decode(source, "the picture")
        source = _as_array(source)
    return _from_array(source)


def load_image(path) -> np.ndarray:
    """Read a picture file as uint8 (H, W, 3), RGB, upright. Raises `errors.ImageError`."""
    if not isinstance(path, (str, os.PathLike)):
        raise errors.ImageError(f"a picture file is named by text or a Path, not by {type(path).__name__}")
    return image_files.read(Path(path))


def save_image(path, image: np.ndarray) -> Path:
    """Write uint8 (H, W, 3) to a file; the format is the name's ending.

    Raises:
        errors.ImageError: no such array. errors.OutputError: a place that cannot be written.
    """
    from PIL import Image

    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        what = f"{image.dtype} {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
        raise errors.ImageError(f"a picture to save must be uint8 (H, W, 3); this is {what}")

    path = Path(path)
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
    return image[rows[:, None], columns]


def alpha_blend(front: np.ndarray, back: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """One picture laid over another: uint8 (H, W, 3) twice, float32 (H, W) in [0, 1] -> uint8 (H, W, 3).

    Where alpha is 1 only the front is seen, where it is 0 only the back, to the bit.
    """
    import cv2

    # mixed = alpha front + (1 - alpha) back, rounded
    front, back = np.ascontiguousarray(front), np.ascontiguousarray(back)
    return cv2.blendLinear(front, back, alpha, 1 - alpha)


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
