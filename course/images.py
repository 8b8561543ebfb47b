"""Pictures in and out. In the open an image is `uint8 (H, W, 3)`, RGB."""

import os
import warnings
from pathlib import Path

import numpy as np

from . import errors, paths

MAX_SIDE = 12_000  # pixels; larger files are refused before a single pixel is decoded
MAX_PIXELS = 60_000_000
MIN_SIDE = 16


def as_image(source) -> np.ndarray:
    """A picture from a path, a PIL image or an array.

    Args:
        source: path; PIL image; array `(H, W)`, `(H, W, 3)` or `(H, W, 4)`, uint8 or float in [0, 1].
    Returns:
        uint8 (H, W, 3), RGB, upright (EXIF orientation applied), transparent parts on white; a copy.
    Raises:
        errors.ImageError: not an image, truncated, too large or too small.
    """
    if isinstance(source, (str, bytes, os.PathLike)):
        return load_image(source)
    if hasattr(source, "convert"):  # a PIL image, decoded by now or not
        return _decode(source, "the picture")
    return _from_array(np.asarray(source))


def load_image(path) -> np.ndarray:
    """Read a picture file as uint8 (H, W, 3), RGB, upright. Raises `errors.ImageError`."""
    from PIL import Image, UnidentifiedImageError

    path = paths.given(path, errors.ImageError, "a picture")
    _check_file(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities in metadata; and the size limits are ours
            picture = Image.open(path)
        with picture:
            return _decode(picture, path)
    except Image.DecompressionBombError:
        raise errors.ImageError(
            f"{path} is too large to open safely: scale it to at most {MAX_SIDE} px a side") from None
    except UnidentifiedImageError:
        raise errors.ImageError(f"{path} is not a picture that can be read: give a JPEG, PNG or WebP file") from None
    except PermissionError:
        raise errors.ImageError(f"{path} may not be read: check its permissions") from None
    except OSError as problem:
        raise errors.ImageError(f"{path} cannot be opened ({problem.strerror or problem}): check the file") from None


def save_image(path, image: np.ndarray) -> Path:
    """Write uint8 (H, W, 3) to a file; the format is the name's ending. Raises `errors.OutputError`."""
    from PIL import Image

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
    return image[rows[:, None], columns]


def alpha_blend(front: np.ndarray, back: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """One picture laid over another: uint8 (H, W, 3) twice, float32 (H, W) in [0, 1] -> uint8 (H, W, 3).

    Where alpha is 1 only the front is seen, where it is 0 only the back, to the bit.
    """
    import cv2

    # mixed = alpha front + (1 - alpha) back, rounded
    front, back = np.ascontiguousarray(front), np.ascontiguousarray(back)
    return cv2.blendLinear(front, back, alpha, 1 - alpha)


def _check_file(path: Path) -> None:
    """Refuse, before it is opened, what cannot be a picture file."""
    try:
        if not path.exists():
            raise errors.ImageError(f"there is no file {path}: check the name and the folder")
        if path.is_dir():
            raise errors.ImageError(f"{path} is a folder: name a picture in it")
        if not path.is_file():  # a pipe or a device: reading it may never end
            raise errors.ImageError(f"{path} is no regular file: name a picture")
        if not path.stat().st_size:
            raise errors.ImageError(f"{path} is empty: save or download it again")
    except PermissionError:
        raise errors.ImageError(f"{path} may not be read: check its permissions") from None
    except (OSError, ValueError) as problem:  # a name too long, or with a zero byte in it
        reason = getattr(problem, "strerror", None) or problem
        raise errors.ImageError(f"there is no file {str(path)[:80]!r} ({reason}): check the name") from None


def _check_size(width: int, height: int, name) -> None:
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise errors.ImageError(f"{name} is {width}x{height} px: scale it to at most {MAX_SIDE} px a side "
                                f"and {MAX_PIXELS // 1_000_000} million pixels")
    if min(width, height) < MIN_SIDE:
        raise errors.ImageError(f"{name} is {width}x{height} px: a picture needs {MIN_SIDE} px a side or more")


def _decode(picture, name) -> np.ndarray:
    """A PIL image as uint8 (H, W, 3); whatever a decoder raises on broken bytes becomes an `ImageError`."""
    _check_size(*picture.size, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _to_rgb(picture)
    except errors.CourseError:
        raise
    except MemoryError:
        raise errors.ImageError(f"{name} needs more memory than there is: scale it down") from None
    except Exception as problem:  # decoders raise struct.error, IndexError, zlib.error and more on broken files
        raise errors.ImageError(f"{name} is damaged or cut short ({_line(problem)}): "
                                "save or download it again") from None


def _to_rgb(picture) -> np.ndarray:
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        return _from_deep(np.asarray(picture), 65535 if picture.mode.startswith("I;16") else None)
    if picture.mode == "LAB":
        picture = _lab_to_rgb(picture)
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return np.array(picture.convert("RGB"))


def _from_deep(gray: np.ndarray, white: float | None = None) -> np.ndarray:
    """16-bit or float gray (H, W) -> uint8 (H, W, 3), where plain conversion would cut everything above 255 off.

    white: the value of white; the least of 1, 255 and 65535 that holds all pixels if the file does not say.
    """
    gray = np.nan_to_num(gray.astype(np.float32))
    if white is None:
        white = next((top for top in (1, 255) if gray.max() <= top), 65535)
    gray = (np.clip(gray / white, 0, 1) * 255 + 0.5).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)


def _lab_to_rgb(picture):
    from PIL import ImageCms

    lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.applyTransform(picture, ImageCms.buildTransform(lab, rgb, "LAB", "RGB"))


def _from_array(array: np.ndarray) -> np.ndarray:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or not array.size:
        raise errors.ImageError(f"an image array must have shape (H, W), (H, W, 3) or (H, W, 4); this one has "
                                f"shape {array.shape}")
    if array.dtype != np.uint8:
        if not np.issubdtype(array.dtype, np.floating) or not np.isfinite(array).all():
            raise errors.ImageError(f"an image array must be uint8, or float in [0, 1] without NaN; this one is "
                                    f"{array.dtype}")
        if array.max() > 1.5 or array.min() < -0.5:  # a little over is rounding; 0 to 255 is another scale
            raise errors.ImageError(f"an image array of floats must lie in [0, 1]; this one reaches from "
                                    f"{array.min():g} to {array.max():g}: divide by 255")
        array = (np.clip(array, 0, 1) * 255 + 0.5).astype(np.uint8)
    _check_size(array.shape[1], array.shape[0], "an image array")
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=2)
    if array.shape[2] == 4:  # on white: rgb a + 255 (1 - a)
        alpha = array[..., 3:].astype(np.uint16)
        return ((array[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return np.array(array, order="C")


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())[:120] or type(problem).__name__


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # it was never made: the folder is a file
        return
