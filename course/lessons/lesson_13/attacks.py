"""What happens to films on their way, and what a watermark makes of it: attacks of any strength, and what is read."""

import io
from dataclasses import dataclass

import cv2
import numpy as np

from course.provenance import watermark_reader

FPS = 25.0


@dataclass(frozen=True)
class Outcome:
    """What was read after an attack. strength: of the attack; read: whether the number came out whole; proof: how well
    the maker's private signs fit, in standard deviations, 0 where nothing was read."""

    strength: float
    read: bool
    proof: float

    def __str__(self) -> str:
        return f"read, private signs {self.proof:.1f} deviations" if self.read else "not read"


def compressed(frames, crf: float) -> list:
    """Frames after H.264 at a constant rate factor, 18 (good) to 51 (terrible)."""
    import av

    file = io.BytesIO()
    height, width = (side // 2 * 2 for side in frames[0].shape[:2])
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=int(FPS), options={"crf": f"{crf:g}", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame[:height, :width]), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def smaller(frames, share: float) -> list:
    """Frames of a share of their side."""
    return [cv2.resize(frame, None, fx=share, fy=share, interpolation=cv2.INTER_AREA) for frame in frames]


def cropped(frames, share: float) -> list:
    """Frames that have lost a share of their width and height, the same on all sides."""
    height, width = frames[0].shape[:2]
    y, x = round(share * height / 2), round(share * width / 2)
    return [np.ascontiguousarray(frame[y : height - y, x : width - x]) for frame in frames]


def blurred(frames, sigma: float) -> list:
    """Frames through a soft lens; sigma in pixels."""
    return [cv2.GaussianBlur(frame, (0, 0), sigma) if sigma else frame for frame in frames]


def noisy(frames, levels: float) -> list:
    """Frames with noise of so many grey levels (standard deviation)."""
    rng = np.random.default_rng(0)
    return [np.clip(frame + rng.normal(0, levels, frame.shape), 0, 255).astype(np.uint8) for frame in frames]


def averaged(frames, seconds: float) -> list:
    """Frames whose colours are the mean of so many seconds, and whose brightness is their own."""
    count = min(max(1, round(seconds * FPS)), len(frames))
    apart = np.stack([cv2.cvtColor(frame, cv2.COLOR_RGB2YCrCb) for frame in frames])  # (T, H, W, 3)
    sums = np.concatenate([np.zeros((1, *apart.shape[1:3], 2)), np.cumsum(apart[..., 1:], axis=0)])
    made = apart.copy()
    for number in range(len(frames)):
        first = min(max(0, number - count // 2), len(frames) - count)
        made[number, ..., 1:] = np.round((sums[first + count] - sums[first]) / count)
    return [cv2.cvtColor(one, cv2.COLOR_YCrCb2RGB) for one in made]


ATTACKS = {  # words: (the attack, its strengths, from weak to strong)
    "compressed, CRF": (compressed, (23, 28, 33)),
    "made smaller, share of its side": (smaller, (0.5, 0.16, 0.08)),
    "cropped, share off": (cropped, (0.1, 0.3, 0.5)),
    "blurred, sigma in px": (blurred, (4, 12, 20)),
    "noise, levels": (noisy, (40, 80, 150)),
}


def outcome(frames, strength: float, payload: int, key: bytes) -> Outcome:
    """What is read of attacked frames: uint8 (H, W, 3) each."""
    found = watermark_reader.read_watermark(frames, FPS)
    if found is None or found.payload != payload:
        return Outcome(strength, False, 0.0)
    return Outcome(strength, True, found.proof(key))


def table(frames, payload: int, key: bytes, attacks=None) -> dict:
    """{attack: [Outcome, ...]} over `ATTACKS`, or others in the same form."""
    return {words: [outcome(attack(frames, strength), strength, payload, key) for strength in strengths]
            for words, (attack, strengths) in (attacks or ATTACKS).items()}
