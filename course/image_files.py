"""Picture files and PIL images -> uint8 (H, W, 3): every mode, upright, in sRGB; junk beside the picture is ignored."""

import io
import logging
import struct
import warnings
from pathlib import Path

import numpy as np

from . import colour_profiles, errors, paths

MAX_SIDE = 12_000  # pixels; larger files are refused before a single pixel is decoded
MAX_PIXELS = 60_000_000
MIN_SIDE = 16
# What Pillow may open, as far as it is there; nothing that starts another program, as EPS does with Ghostscript.
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "HEIF", "JPEG2000", "PPM", "ICO")
MOVING = ("GIF", "WEBP", "PNG", "AVIF", "TIFF")  # formats whose first frame or page may show nothing
MOST_FRAMES = 100  # looked at for one that shows something
CONTRAST = 40  # grey levels between the darkest and the lightest parts of a frame that shows something
ORIENTATION = 0x0112  # EXIF
PNG = b"\x89PNG\r\n\x1a\n"
PNG_NEEDS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
DOCUMENTS = {b"%PDF": "a PDF", b"%!PS": "PostScript", b"\xc5\xd0\xd3\xc6": "PostScript", b"8BPS": "a Photoshop file"}


def read(path: Path) -> np.ndarray:
    """A picture file as uint8 (H, W, 3), RGB, upright. Raises `errors.ImageError`."""
    from PIL import Image, UnidentifiedImageError

    path = paths.filled_file(path, errors.ImageError, "a picture")
    words = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities in metadata; and the size limits are ours
            with _opened(path, words) as picture:
                check_size(*picture.size, path)
                return decode(_first_shown(picture, words), path, words)
    except errors.CourseError:
        raise
    except Image.DecompressionBombError:
        raise errors.ImageError(
            f"{path} is too large to open safely: scale it to at most {MAX_SIDE} px a side") from None
    except UnidentifiedImageError:
        raise errors.ImageError(f"{path} {_what_it_is(path)}") from None
    except PermissionError:
        raise errors.ImageError(f"{path} may not be read: check its permissions") from None
    except MemoryError:
        raise errors.ImageError(f"{path} needs more memory than there is: scale it down") from None
    except Exception as problem:  # OSError of the disk; decoders raise struct.error, SyntaxError and more
        raise _damaged(path, problem) from None


def decode(picture, name, words: list | None = None) -> np.ndarray:
    """A PIL image as uint8 (H, W, 3); whatever a decoder raises on broken bytes becomes an `errors.ImageError`.

    What is ignored, here or before in `words`, is said in one line of the log.
    """
    words = [] if words is None else words
    check_size(*picture.size, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _to_rgb(picture, words)
    except errors.CourseError:
        raise
    except MemoryError:
        raise errors.ImageError(f"{name} needs more memory than there is: scale it down") from None
    except Exception as problem:  # decoders raise struct.error, IndexError, zlib.error and more on broken files
        raise _damaged(name, problem) from None
    if words:
        logging.getLogger("course").warning("%s: %s", name, "; ".join(words))
    return image


def check_size(width: int, height: int, name) -> None:
    """Raises `errors.ImageError` for sides out of bounds."""
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise errors.ImageError(f"{name} is {width}x{height} px: scale it to at most {MAX_SIDE} px a side "
                                f"and {MAX_PIXELS // 1_000_000} million pixels")
    if min(width, height) < MIN_SIDE:
        raise errors.ImageError(f"{name} is {width}x{height} px: a picture needs {MIN_SIDE} px a side or more")


# ---------------------------------------------------------------- files


def _known() -> list:
    """The formats of `FORMATS` that Pillow has loaded."""
    from PIL import Image

    return [name for name in FORMATS if name in Image.OPEN]


def _opened(path: Path, words: list):
    """The PIL image of a file, nothing decoded yet."""
    from PIL import Image

    Image.preinit()  # the usual formats; all the others take a while to load
    try:
        return Image.open(path, formats=_known())
    except (OSError, ValueError, SyntaxError):  # of another format, or damaged
        Image.init()
    try:
        return Image.open(path, formats=_known())
    except Image.DecompressionBombError:
        raise
    except (OSError, ValueError, SyntaxError):
        needed = _needed_chunks(path)
        if needed is None:
            raise
        picture = Image.open(io.BytesIO(needed), formats=["PNG"])
        words.append("damaged extras in it are ignored")
        return picture


def _needed_chunks(path: Path):
    """A PNG without all that is no picture, text and profiles and EXIF, as bytes; None for what is no PNG."""
    data = path.read_bytes()
    if not data.startswith(PNG):
        return None
    kept, place = [PNG], len(PNG)
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        if data[place + 4 : place + 8] in PNG_NEEDS:
            kept.append(data[place : place + 12 + length])
        place += 12 + length
    return b"".join(kept)


def _what_it_is(path: Path) -> str:
    """What to say of a file that is none of the pictures that are read."""
    with open(path, "rb") as file:
        head = file.read(1024)
    brand = head[8:12] if head[4:8] == b"ftyp" else None
    if brand in HEIC_BRANDS:
        return ("is a HEIC picture, which is not read: save it as JPEG (on an iPhone: Settings, Camera, Formats, "
                "Most Compatible)")
    if brand == b"avif":
        return "is an AVIF picture, which this Pillow does not read: save it as JPEG, or update Pillow"
    if brand is not None or head[:4] == b"\x1aE\xdf\xa3" or head[8:12] == b"AVI ":
        return "is a film and not a picture: give a photo, or this film as the one that drives it"
    if b"<svg" in head:
        return "is a drawing (SVG) and not a picture that can be read: save it as PNG"
    for magic, kind in DOCUMENTS.items():
        if head.startswith(magic):
            return f"is {kind} and not a picture that can be read: save it as PNG or JPEG"
    return "is not a picture that can be read: give a JPEG, PNG or WebP file"


def _damaged(name, problem: Exception):
    reason = " ".join(str(problem).split())[:120] or type(problem).__name__
    return errors.ImageError(f"{name} is damaged or cut short ({reason}): save or download it again")


def _first_shown(picture, words: list):
    """The first frame of a moving picture, or page, that is not all of one colour; the richest where all are poor."""
    if picture.format not in MOVING or not picture.is_animated:
        return picture
    best, most, number = 0, _contrast(picture), 0
    try:
        while most < CONTRAST and number < MOST_FRAMES:
            number += 1
            picture.seek(number)
            contrast = _contrast(picture)
            if contrast > most:
                best, most = number, contrast
    except Exception:  # the end, or a frame that does not decode
        number = None
    picture.seek(best)
    if best:
        words.append(f"frame {best + 1} is taken, the first that shows something")
    return picture


def _contrast(picture) -> float:
    """Grey levels between the darkest and the lightest fiftieth of a picture on white."""
    gray = _on_white(picture.convert("RGBA")).convert("L").resize((64, 64))
    low, high = np.percentile(np.asarray(gray), (2, 98))
    return float(high - low)


# ---------------------------------------------------------------- pixels


def _to_rgb(picture, words: list) -> np.ndarray:
    from PIL import Image

    picture.load()
    profile = picture.info.get("icc_profile")
    picture = _turned(picture, words)
    if picture.mode.startswith("I") or picture.mode == "F":
        deep = np.asarray(picture)
        picture = Image.fromarray(_from_deep(deep, 65535 if picture.mode.startswith("I;16") else None))
    if picture.mode == "LAB":
        return np.array(_lab_to_rgb(picture))
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        if profile:
            alpha = picture.getchannel("A")
            picture = _in_srgb(picture.convert("RGB"), profile, words).convert("RGB")
            picture.putalpha(alpha)
        picture = _on_white(picture)
    elif profile:
        mode = {"1": "L", "L": "L", "CMYK": "CMYK"}.get(picture.mode, "RGB")
        picture = _in_srgb(picture if picture.mode == mode else picture.convert(mode), profile, words)
    return np.array(picture.convert("RGB"))


def _turned(picture, words: list):
    """Upright by the orientation in its EXIF or XMP."""
    from PIL import Image

    turns = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
             5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
             8: Image.Transpose.ROTATE_90}
    try:
        turn = turns.get(picture.getexif().get(ORIENTATION))
    except Exception:  # what Pillow raises on a block that is no EXIF has many names
        words.append("its EXIF is damaged and is ignored")
        return picture
    return picture if turn is None else picture.transpose(turn)


def _in_srgb(picture, profile: bytes, words: list):
    picture, word = colour_profiles.to_srgb(picture, profile)
    words += [word] if word else []
    return picture


def _on_white(picture):
    from PIL import Image

    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)


def _from_deep(gray: np.ndarray, white: float | None = None) -> np.ndarray:
    """16-bit or float gray (H, W) -> uint8 (H, W), where plain conversion would cut everything above 255 off.

    white: the value of white; the least of 1, 255 and 65535 that holds all pixels if the file does not say.
    """
    gray = np.nan_to_num(gray.astype(np.float32))
    if white is None:
        white = next((top for top in (1, 255) if gray.max() <= top), 65535)
    return (np.clip(gray / white, 0, 1) * 255 + 0.5).astype(np.uint8)


def _lab_to_rgb(picture):
    from PIL import ImageCms

    lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.applyTransform(picture, ImageCms.buildTransform(lab, rgb, "LAB", "RGB"))
