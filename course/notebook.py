"""A notebook's outputs: is there one, one that is shown anew in its place, and pictures that move by themselves."""

import base64
import html
import io
import math
import sys
import time


def in_notebook() -> bool:
    """Where outputs are rich displays that can be changed: a kernel, not a terminal."""
    ipython = sys.modules.get("IPython")  # a kernel has loaded it
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


class Loop:
    """Frames that play over and over, silently, as soon as they are seen: the output of a cell.

    A WebP inside the notebook, so that it also moves where no video player is, such as on a page that shows notebooks.
    """

    def __init__(self, frames, fps: float = 12.5, alt: str = "", quality: int = 60, width: int = 480):
        """frames: uint8 (H, W, 3), RGB, of one size; fps: of them a second; alt: what is to be seen, in words; quality:
        0 to 100; width: pixels, larger frames are made as small: a notebook holds no more than 2 MB."""
        self.alt = alt
        frames = [_at_most(frame, width) for frame in frames]
        self.data, (self.height, self.width) = _webp(frames, fps, quality), frames[0].shape[:2]

    def __repr__(self) -> str:
        return f"<moving picture: {self.alt}>"

    def _repr_html_(self) -> str:
        source = "data:image/webp;base64," + base64.b64encode(self.data).decode()
        return (f'<img src="{source}" alt="{html.escape(self.alt)}" width="{self.width}" height="{self.height}" '
                'style="max-width: 100%; height: auto">')


def _at_most(frame, width: int):
    """A frame, uint8 (H, W, 3), made smaller where it is wider."""
    import cv2

    scale = width / frame.shape[1]
    return cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else frame


def _webp(frames, fps: float, quality: int) -> bytes:
    from PIL import Image

    first, *rest = [Image.fromarray(frame) for frame in frames]
    file = io.BytesIO()
    first.save(file, "WEBP", save_all=True, append_images=rest, duration=round(1000 / fps), loop=0, quality=quality,
               method=4)
    return file.getvalue()


class Output:
    """One output of a cell, shown anew in its place."""

    def __init__(self, seconds: float = 0.0):
        """seconds: as often as `due` says that it is time."""
        self.seconds = seconds
        self._handle, self._shown = None, -math.inf

    def due(self) -> bool:
        """Whether it was shown `seconds` ago, or never."""
        return time.monotonic() - self._shown >= self.seconds

    def show(self, bundle: dict) -> None:
        """Put a bundle {kind of content: content} (see `plots.shown`) into the cell, in place of the one before."""
        if self._handle is None:
            from IPython.display import display

            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
        self._shown = time.monotonic()
