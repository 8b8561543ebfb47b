"""Pictures in and out. In the open an image is `uint8 (H, W, 3)`, RGB."""

import os
import warnings
from pathlib import Path

import numpy as np

from . import errors

MAX_SIDE = 12_000  # pixels; larger files are refused before a single pixel is decoded
MAX_PIXELS = 60_000_000
MIN_SIDE = 16


def as_image(source) -> np.ndarray:
    """A picture from a path, a PIL image or an array.

    Args:
        source: path; PIL image; array `(H, W)`, `(H, W, 3)` or `(H, W, 4)`, uint8 or float in [0, 1].
    Returns:
        uint8 (H, W, 3), RGB, upright (EXIF orientation applied), transparent parts on white.
    Raises:
        errors.ImageError: not an image, truncated, too large or too small.
    """
    if isinstance(source, (str, os.PathLike)):
        return load_image(source)
    if hasattr(source, "convert"):  # a PIL image
        return _to_rgb(source)
    array = np.asarray(source)
    if array.dtype != np.uint8:
        if not np.issubdtype(array.dtype, np.floating) or not np.isfinite(array).all():
            raise errors.ImageError(f"an image array must be uint8, or float in [0, 1]; this one is {array.dtype}")
        array = (np.clip(array, 0, 1) * 255 + 0.5).astype(np.uint8)
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=2)
    if array.ndim != 3 or array.shape[2] not in (3, 4) or min(array.shape[:2]) < MIN_SIDE:
        raise errors.ImageError(f"an image array must have shape (H, W, 3) and sides of {MIN_SIDE} px or more; "
                                f"this one has shape {array.shape}")
    return np.ascontiguousarray(array[..., :3])


def load_image(path) -> np.ndarray:
    """Read a picture file as uint8 (H, W, 3), RGB, upright. Raises `errors.ImageError`."""
    from PIL import Image, UnidentifiedImageError

    path = Path(path)
    if not path.exists():
        raise errors.ImageError(f"there is no file {path}: check the name and the folder")
    if path.is_dir():
        raise errors.ImageError(f"{path} is a folder: name a picture in it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limits below are ours
            picture = Image.open(path)
        with picture:
            _check_size(picture.size, path)
            return _to_rgb(picture)
    except Image.DecompressionBombError:
        raise errors.ImageError(
            f"{path} is too large to open safely: scale it to at most {MAX_SIDE} px a side") from None
    except UnidentifiedImageError:
        raise errors.ImageError(f"{path} is not a picture that can be read: give a JPEG, PNG or WebP file") from None
    except errors.CourseError:
        raise
    except PermissionError:
        raise errors.ImageError(f"{path} may not be read: check its permissions") from None
    except (OSError, SyntaxError, ValueError, EOFError) as problem:
        raise errors.ImageError(f"{path} is damaged or cut short ({problem}): save or download it again") from None


def save_image(path, image: np.ndarray) -> Path:
    """Write uint8 (H, W, 3) to a file; the format is the name's ending. Raises `errors.OutputError`."""
    from PIL import Image

    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    except (OSError, ValueError) as problem:
        raise errors.OutputError(f"{path} cannot be written ({problem}): choose another place or name") from None
    return path


def _check_size(size, path) -> None:
    width, height = size
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise errors.ImageError(f"{path} is {width}x{height} px: scale it to at most {MAX_SIDE} px a side "
                                f"and {MAX_PIXELS // 1_000_000} million pixels")
    if min(width, height) < MIN_SIDE:
        raise errors.ImageError(f"{path} is {width}x{height} px: a picture needs {MIN_SIDE} px a side or more")


def _to_rgb(picture) -> np.ndarray:
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return np.array(picture.convert("RGB"))
