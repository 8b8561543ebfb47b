"""How a film is finished: what lies behind the person, a logo in the corner, subtitles.

    background: a colour, a picture or nothing, by the layers' matte -> portraits
    frames -> logo -> subtitles -> film;  subtitles -> a file beside it
"""

from pathlib import Path

import cv2
import numpy as np

from . import errors, image_alpha, images, overlays, paths
from .rendering import backdrop

TRANSPARENT = "transparent"


class Finish:
    """The wishes of `animation.Settings`: background, logo, subtitles; `drive` names what moves the photo.

    still: float32 (H, W), how much of each pixel of the photo is person, once `prepare` has found that frames have
    alpha; else None. Raises `errors.CourseError`: a wish that cannot be met.
    """

    def __init__(self, options, drive: str):
        self.background, self.sources = _background(options.background)
        self.subtitles, self.still, self._cues = options.subtitles, None, None
        if self.subtitles and drive != "text":
            raise errors.CourseError("subtitles need the words: give a text to say; those of a recording are not known")
        self.logo = None
        if options.logo:
            path = paths.regular_file(options.logo, errors.ImageError, "a logo")
            self.logo, self.sources = overlays.Logo(path), [*self.sources, path]

    def prepare(self, photo, image: np.ndarray, portraits: list) -> np.ndarray:
        """Put the portraits of a photo before what lies behind them.

        photo: as it was given; image: uint8 (H, W, 3), as it is animated. A photo with alpha of its own keeps it.
        Returns the picture in which they stand now, (H, W, 3).
        """
        alpha = image_alpha.alpha_of(photo)
        if self.background is None and (alpha is None or any(shown.layers is None for shown in portraits)):
            return image
        backdrop.check(portraits)
        height, width = image.shape[:2]
        if alpha is not None:
            alpha = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        for shown in portraits:
            backdrop.tighten(shown) if alpha is None else backdrop.use_alpha(shown, alpha)
        clear = self.background is None or isinstance(self.background, str)
        behind = np.zeros_like(image) if clear else _covering(self.background, width, height)
        still = backdrop.put_before(portraits, behind)
        self.still = still if clear else None
        return portraits[0].image

    def texts(self, cues: list | None) -> dict:
        """{path: text} of the files that go beside the film; cues: of `speech.captions`, where there are words."""
        from .speech import captions

        if not self.subtitles:
            return {}
        if self.subtitles == overlays.BURN:
            self._cues = overlays.Subtitles(cues)
            return {}
        path = Path(self.subtitles)
        return {path: captions.as_text(cues, path.suffix.lower())}

    def over(self, frames, fps: float):
        """The frames, uint8 (H, W, 3 or 4), with all that is laid over them."""
        laid = [each for each in (self.logo, self._cues) if each]
        for number, frame in enumerate(frames):
            for each in laid:
                frame = each(frame, (number + 0.5) / fps)
            yield frame


def _background(wish: str | None) -> tuple:
    """What a wish means: None, "transparent", or uint8 (H, W, 3); and the files that it takes."""
    from PIL import ImageColor

    if wish is None or wish == TRANSPARENT:
        return wish, []
    try:
        colour = ImageColor.getrgb(wish)
        return np.full((1, 1, 3), colour[:3], np.uint8), []
    except ValueError:
        path = paths.given(wish, errors.ImageError, "a background")
    if not path.exists():
        raise errors.ImageError(f"the background {paths.shortened(path)} is neither the name of a colour, such as navy "
                                "or #204080, nor a picture that is there, nor transparent")
    return images.load_image(path), [path]


def _covering(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """A picture made as large as it must be to cover a frame, and cut to it in its middle: uint8 (height, width, 3)."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    large = cv2.resize(picture, size, interpolation=how)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(large[top : top + height, left : left + width])
