"""What an encoder takes: a picture, with or without alpha, as the frame of its pixel format."""

from fractions import Fraction

import cv2
import numpy as np

COLOURS = 256  # of a GIF
# How far each pixel of a 4x4 square is moved up or down before it gets one of few colours: a pattern that stands still,
# where spread errors (Floyd and Steinberg, 1976) would swarm. Bayer, 1973, over 12 grey levels.
BAYER = (np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 - 0.47) * 12


def laid_on(frame: np.ndarray, colour=(255, 255, 255)) -> np.ndarray:
    """A frame with alpha on one colour: uint8 (H, W, 4) -> (H, W, 3); one without stays as it is."""
    if frame.shape[2] == 3:
        return frame
    alpha = frame[..., 3].astype(np.float32) / 255
    behind = np.empty(frame.shape[:2] + (3,), np.uint8)
    behind[:] = colour
    return cv2.blendLinear(np.ascontiguousarray(frame[..., :3]), behind, alpha, 1 - alpha)


def even(frame: np.ndarray) -> np.ndarray:
    """A frame with one more row or column where a side is odd, a copy of its last."""
    height, width = frame.shape[:2]
    if height % 2 or width % 2:
        frame = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(frame)


class Converter:
    """Frames for one encoder: uint8 (H, W, 3 or 4) and their number -> `av.VideoFrame`; pixels: FFmpeg's name of a
    pixel format; rate: frames a second."""

    def __init__(self, pixels: str, rate: Fraction):
        from av.video.reformatter import VideoReformatter

        self.pixels, self.rate = pixels, rate
        self.reformatter = VideoReformatter()  # one for all frames: FFmpeg keeps its tables

    def __call__(self, frame: np.ndarray, number: int):
        import av

        if self.pixels.startswith("yuv"):
            frame = even(frame)
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgba" if frame.shape[2] == 4
                                             else "rgb24")
        if self.pixels.startswith("yuv"):
            picture = self.reformatter.reformat(picture, format=self.pixels, dst_colorspace="ITU709")
        else:
            picture = self.reformatter.reformat(picture, format=self.pixels)
        picture.pts, picture.time_base = number, 1 / self.rate
        return picture


class Palette:
    """As `Converter`, for a GIF: the colours of a few frames for all of them."""

    def __init__(self, frames: list, rate: Fraction):
        from PIL import Image

        thin = [frame[:: max(1, len(frame) // 160), :: max(1, frame.shape[1] // 160)] for frame in frames]
        picture = Image.fromarray(np.concatenate(thin))
        self.colours, self.rate = picture.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE), rate

    def __call__(self, frame: np.ndarray, number: int):
        import av
        from PIL import Image

        height, width = frame.shape[:2]
        pattern = np.tile(BAYER, (-(-height // 4), -(-width // 4)))[:height, :width, None]
        moved = np.clip(frame + pattern + 0.5, 0, 255).astype(np.uint8)
        indices = np.asarray(Image.fromarray(moved).quantize(palette=self.colours, dither=Image.Dither.NONE))
        palette = np.zeros((COLOURS, 4), np.uint8)
        known = np.array(self.colours.getpalette("RGB"), np.uint8).reshape(-1, 3)
        palette[: len(known), 1:], palette[:, 0] = known, 255  # ARGB
        picture = av.VideoFrame.from_ndarray((np.ascontiguousarray(indices), palette), format="pal8")
        picture.pts, picture.time_base = number, 1 / self.rate
        return picture
