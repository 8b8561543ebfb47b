"""Pictures with an ICC profile (Display P3, Adobe RGB, ProPhoto, printers' CMYK, greys) -> sRGB, by LittleCMS."""

import io

import numpy as np

SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # ICC.1:2022, data colour space -> Pillow's mode
SAME = 2  # grey levels within which a profile is taken for sRGB itself
STEPS = 9  # colours a channel that are tried
SPAN = 150  # grey levels that white and black must lie apart
DARK_AT_MOST, LIGHT_AT_LEAST = 200, 80  # what may become of the grey levels 51 and 204
BLACK_POINT = 0x2000  # LittleCMS: the darkest printable colour becomes black


def to_srgb(picture, data: bytes) -> tuple:
    """A PIL image, mode RGB, L or CMYK, and the bytes of its profile -> (the image in sRGB, word or None).

    Where the profile says what sRGB says anyway, the image comes back as it is, to the bit. A profile that is
    damaged, that is for another kind of picture or that gives no usable colours is ignored with a word.
    """
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        mode = SPACES.get(profile.profile.xcolor_space.strip())
        if mode == "RGB" and picture.mode == "L":
            picture = picture.convert("RGB")
        if mode != picture.mode:
            return picture, "its colour profile is for another kind of picture and is ignored"
        transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB",
                                            ImageCms.Intent.PERCEPTUAL, BLACK_POINT if mode == "CMYK" else 0)
        tried, shown = _tried(mode, transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return picture, "its colour profile is damaged and is ignored"
    if not _usable(mode, transform):
        return picture, "its colour profile is damaged and is ignored"
    if mode != "CMYK" and np.abs(shown - tried).max() <= SAME:
        return picture, None
    return ImageCms.applyTransform(picture, transform), None


def _tried(mode: str, transform) -> tuple:
    """Colours all over the space, and what the transform makes of them: int (N, 3) twice."""
    steps = np.linspace(0, 255, STEPS if mode != "L" else 256).round().astype(np.uint8)
    if mode == "L":
        return np.repeat(steps[:, None], 3, axis=1).astype(int), _applied(steps[None], transform)
    colours = np.stack(np.meshgrid(*[steps] * (4 if mode == "CMYK" else 3)), axis=-1)
    colours = colours.reshape(1, -1, colours.shape[-1])  # (1, N, 3 or 4)
    return colours[0, :, :3].astype(int), _applied(colours, transform, mode)


def _usable(mode: str, transform) -> bool:
    """Whether greys from black to white become ever lighter, by steps of some sense, and white something light."""
    ramp = np.linspace(0, 255, 6).round().astype(np.uint8)  # (6,)
    if mode == "CMYK":
        colours = np.stack([0 * ramp, 0 * ramp, 0 * ramp, 255 - ramp], axis=-1)  # ink, so black is 255
    else:
        colours = ramp if mode == "L" else np.repeat(ramp[:, None], 3, axis=1)
    light = _applied(colours[None], transform, mode).mean(axis=1)  # (6,)
    in_step = light[1] < DARK_AT_MOST and light[-2] > LIGHT_AT_LEAST
    return bool((np.diff(light) >= 0).all() and in_step and light[-1] - light[0] >= SPAN)


def _applied(colours: np.ndarray, transform, mode: str = "L") -> np.ndarray:
    """uint8 (1, N) or (1, N, channels) -> int (N, 3)."""
    from PIL import Image, ImageCms

    height, width = colours.shape[:2]
    picture = Image.frombytes(mode, (width, height), np.ascontiguousarray(colours).tobytes())
    return np.asarray(ImageCms.applyTransform(picture, transform)).reshape(-1, 3).astype(int)
