"""Short films of two kinds, saved alike: of a photo that a camera looks at, and of a photo that was made to move.

    a photo, made smaller -> a camera's movement, or none    -+
    the same size         -> `animation`, driven at random   -+-> the writer's H.264, sometimes a second time, or JPEG
                                                              -> two frames -> the face in each

The camera matters: whatever moves is read between its pixels and gets softer, so without it the network would learn to
tell what moved from what stood still. No film has a watermark, or the mark would be learned.
"""

import functools
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from ... import animation, errors, images
from ...face import channels
from ...io import decoding, encoding
from ...motion import motion, transfer
from ...provenance import detector
from ...rendering import sharpness

SIDES = (256, 320, 384, 448)  # px of the longer side
FRAMES, KEPT = 6, (1, 5)
TILE = 144  # px: the square with room for shifting it
GENERATORS = ("gan", "warp")
DRIVES = ("spoken", "turned", "free")
CODECS = ("h264", "h264 twice", "jpeg", "none")
CODEC_SHARES = (0.4, 0.35, 0.15, 0.1)
EXPRESSIONS = ("auto", "neutral", "happy", "sad", "surprised", "angry:0.6")
TEXTS = (
    "Hello, my name is hard to say, but let me try.",
    "We were away for five weeks, and nobody missed us.",
    "Please open the window, it is much too warm in here!",
    "Could you tell me where the old harbour is?",
    "Numbers bore me: one, two, three, four, five, six.",
    "What a beautiful morning, the whole valley is full of fog.",
    "你好，很高兴认识你。",
    "Mum makes apple pie whenever my brother phones.",
)


@dataclass(frozen=True)
class Shot:
    """How one film is made.

    side: px of the longer side; codec: out of `CODECS`; quality: the CRF of the second time, or JPEG's quality;
    generator, drive: out of `GENERATORS` and `DRIVES`, or "camera" twice for a photo.
    """

    side: int
    codec: str
    quality: int
    generator: str = "camera"
    drive: str = "camera"


def shot(rng, generator: str = "camera", drive: str = "camera") -> Shot:
    """One drawn at random."""
    codec = str(rng.choice(CODECS, p=CODEC_SHARES))
    quality = int(rng.integers(60, 96) if codec == "jpeg" else rng.integers(20, 33))
    return Shot(int(rng.choice(SIDES)), codec, quality, generator, drive)


def faces(photo, made: Shot, rng) -> np.ndarray:
    """The faces of a film's kept frames, uint8 (n, 144, 144, 3), n at most 2: where one is not found, it is left out.

    photo: path, picture or array; made: a `Shot`. Raises `errors.FaceError`: none to animate in the photo.
    """
    whole = images.as_image(photo)
    scale = made.side / max(whole.shape[:2])
    height, width = (max(16, round(side * scale)) // 2 * 2 for side in whole.shape[:2])
    small = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    frames = camera(small, rng) if made.drive == "camera" else animated(small, made, rng)
    kept = (frame_face(frame) for frame in saved(frames, made))
    return np.array([face for face in kept if face is not None], np.uint8).reshape(-1, TILE, TILE, 3)


def frame_face(frame: np.ndarray) -> np.ndarray | None:
    """The largest face of a frame with room around it, uint8 (144, 144, 3), or None."""
    points = detector.largest_face(frame)
    return None if points is None else detector.face_square(frame, points, TILE)


# ---------------------------------------------------------------- photos


def camera(image: np.ndarray, rng) -> list:
    """A film of a photo, uint8 (H, W, 3): it stands still, or a hand holds the camera."""
    if rng.random() < 0.25:
        return [image] * FRAMES
    way = int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
    sharpen = rng.uniform(0, sharpness.MAX_SHARPEN) if rng.random() < 0.5 else 0.0
    # shifts in shares of the side, tilt in degrees, size
    start, end = (rng.normal(0, 1, 4) * [0.02, 0.02, 1.5, 0.03] for _ in range(2))
    height, width = image.shape[:2]
    frames = []
    for share in np.linspace(0, 1, FRAMES):
        right, down, tilt, larger = start + share * (end - start) + rng.normal(0, 1, 4) * [1e-3, 1e-3, 0.05, 1e-3]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.02 * np.exp(larger))
        matrix[:, 2] += np.array([right, down]) * max(height, width)
        frame = cv2.warpAffine(image, matrix, (width, height), flags=way, borderMode=cv2.BORDER_REFLECT)
        frames.append(sharpness.unsharp_mask(frame, sharpen) if sharpen else frame)
    return frames


# ---------------------------------------------------------------- films


def animated(image: np.ndarray, made: Shot, rng) -> list:
    """A film of ours, uint8 (H, W, 3) each. Raises `errors.FaceError`: no face to animate."""
    options = animation.Settings(expression=str(rng.choice(EXPRESSIONS)), head=float(rng.uniform(0.5, 1.5)))
    actors = animation.cast(image, "largest", made.generator, force=True)
    moved, mode = drive(made.drive, rng)
    values = transfer.values_for(moved, actors[0].face, mode, options)
    return list(animation.render(image, actors, [values], options))


def drive(kind: str, rng) -> tuple:
    """A motion of `FRAMES` frames, and its mode as in `transfer.values_for`."""
    if kind == "spoken":
        whole = spoken()[int(rng.integers(len(TEXTS)))]
        start = int(rng.integers(8, len(whole) - FRAMES - 4))
        return motion.Motion(whole.full()[start : start + FRAMES], channels.CHANNELS, whole.fps), "speech"
    values = np.zeros((FRAMES, len(channels.CHANNELS)), np.float32)
    for name, (start, end) in _ends(kind, rng).items():
        values[:, channels.INDEX[name]] = np.linspace(start, end, FRAMES)
    return motion.Motion(values, channels.CHANNELS, motion.FPS), "offset"


@functools.lru_cache(maxsize=1)
def spoken() -> list:
    """The sentences as motions: lips, idle movement, moods."""
    made = [animation.drive_by_text(text, animation.Settings(seed=number)) for number, text in enumerate(TEXTS)]
    return [one.motion for one in made]


def _ends(kind: str, rng) -> dict:
    """Where channels begin and end: a head that turns, or any expression at all."""
    ends = {}
    turn = 20.0 if kind == "turned" else 6.0
    for name in ("headPitch", "headYaw", "headRoll"):
        ends[name] = rng.uniform(-turn, turn, 2) * (1.0 if name == "headYaw" else 0.6)
    for name in ("headX", "headY"):
        ends[name] = rng.uniform(-0.1, 0.1, 2)
    if rng.random() < 0.35:
        ends["eyeBlinkLeft"] = ends["eyeBlinkRight"] = rng.uniform(0, 1, 2)
    if rng.random() < 0.6:
        ends["jawOpen"] = rng.uniform(0, 0.6, 2)
    if kind == "free":
        for name in rng.choice(channels.BLENDSHAPES, 6, replace=False):
            ends.setdefault(str(name), rng.uniform(0, 0.8, 2))
    return ends


# ---------------------------------------------------------------- the codec


def saved(frames: list, made: Shot) -> list:
    """The kept frames as they come back from the file: the same way for both kinds of film."""
    if made.codec == "jpeg":
        return [_jpeg(frames[number], made.quality) for number in KEPT]
    if made.codec == "none":
        return [frames[number] for number in KEPT]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        encoding.write_video(path, frames, motion.FPS)
        if made.codec == "h264 twice":
            path = again(path, made.quality)
        read = list(decoding.read_frames(path))
    return [read[number] for number in KEPT]


def again(path: Path, crf: int) -> Path:
    """A film compressed once more, as a site for films would: the path of the new one, beside it."""
    other = path.with_name("again.mp4")
    with av.open(str(path)) as source, av.open(str(other), "w") as target:
        old = source.streams.video[0]
        new = target.add_stream("libx264", rate=Fraction(old.average_rate),
                                options={"crf": str(crf), "preset": "veryfast"})
        new.width, new.height, new.pix_fmt = old.width, old.height, "yuv420p"
        new.codec_context.colorspace, new.codec_context.color_range = encoding.BT709, 1
        for frame in source.decode(old):
            target.mux(new.encode(frame))
        target.mux(new.encode(None))
    return other


def _jpeg(frame: np.ndarray, quality: int) -> np.ndarray:
    packed = cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.cvtColor(cv2.imdecode(packed, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


# ---------------------------------------------------------------- many


def collect(photos: list, numbers, seed: int = 0) -> dict:
    """Faces of two films of each photo: one of the photo, one of ours.

    Args:
        photos: N paths; numbers: which of them; seed: with the number of a photo it says all that is drawn.
    Returns:
        {"faces": uint8 (F, 144, 144, 3), "film": bool (F,), "photo": int (F,), its number, "how": str (F,), the
        generator, the drive and the codec with spaces between, "side": int (F,)}.
    """
    rows = {"faces": [], "film": [], "photo": [], "how": [], "side": []}
    for number in numbers:
        rng = np.random.default_rng((seed, int(number)))
        generator, moved = str(rng.choice(GENERATORS, p=(0.65, 0.35))), str(rng.choice(DRIVES, p=(0.5, 0.25, 0.25)))
        shots = [shot(rng), shot(rng, generator, moved)]
        try:
            found = [faces(photos[number], made, rng) for made in shots]
        except errors.FaceError:  # no face to animate: then the photo is left out, too
            continue
        for made, some in zip(shots, found):
            for face in some:
                how = f"{made.generator} {made.drive} {made.codec.replace(' ', '-')}"
                for name, value in zip(rows, (face, made.drive != "camera", number, how, made.side)):
                    rows[name].append(value)
    rows["faces"] = np.array(rows["faces"], np.uint8).reshape(-1, TILE, TILE, 3)
    return {name: np.asarray(values) for name, values in rows.items()}
