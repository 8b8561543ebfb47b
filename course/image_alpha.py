"""What can be seen through in a picture: its alpha channel, upright as the picture is."""

import os

import numpy as np

SOLID = 250  # grey levels of alpha: a picture that is nowhere below this hides what is behind it


def alpha_of(source):
    """The alpha of a path, PIL image or array: uint8 (H, W); None where there is none, or it is solid all over.

    For pictures that `images.as_image` has taken: what is wrong with a picture, that says.
    """
    from PIL import Image, ImageOps

    if isinstance(source, np.ndarray):
        if source.ndim != 3 or source.shape[2] != 4:
            return None
        alpha = source[..., 3]
        alpha = alpha if alpha.dtype == np.uint8 else np.clip(alpha * 255 + 0.5, 0, 255).astype(np.uint8)
        return alpha if alpha.min() < SOLID else None
    try:
        picture = Image.open(os.fsdecode(source)) if isinstance(source, (str, bytes, os.PathLike)) else source
        if getattr(picture, "is_animated", False) or not ("A" in picture.getbands() or "transparency" in picture.info):
            return None
        alpha = np.array(ImageOps.exif_transpose(picture).convert("RGBA").getchannel("A"))
    except Exception:  # damaged in a way that the picture itself survives
        return None
    return alpha if alpha.min() < SOLID else None
