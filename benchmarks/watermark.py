"""What a watermark outlives: attacks x films, marked and clean.

    python benchmarks/watermark.py --photos FOLDER [--films 12] [--marks 5] [--attacks h264-35,gif] [--seconds 2]

Makes `--films` short films without a mark from the first photos of a folder (kept in out/watermark_films), puts
`--marks` marks of different makers and payloads into each, writes each as `Clip.save` does, attacks that file, and
reads two seconds of what is left. Clean films go the same way; each is read by `--marks` other planes of signs too,
so that one clean film gives several independent chances of a false alarm. With --csv FILE, a row for each reading.
"""

import argparse
import csv
import io
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image

import course
from course.io import encoding
from course.provenance import chips, demodulation, watermark, watermark_reader

FOLDER = Path("out/watermark_films")
SIDE = 512
FPS = 25
FRAMES = 50  # two seconds


# ---------------------------------------------------------------- films


def unmarked(photos: list, count: int) -> list:
    """Paths of films without a mark, uint8 (50, H, W, 3) each; made where they are not there yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = sorted(FOLDER.glob("*.npy"))[:count]
    for number, photo in enumerate(photos[len(made) : count], start=len(made)):
        clip = course.animate(photo, text="Hello, I am a face that was made to talk.", size=SIDE, face="largest")
        frames = [frame for frame, _ in zip(clip.frames, range(FRAMES))]
        np.save(FOLDER / f"{number:02d}.npy", np.stack(frames))
        made.append(FOLDER / f"{number:02d}.npy")
    return made


def write(frames, codec="libx264", rate=FPS, **options) -> bytes:
    """Frames as a file, in memory."""
    file, kind = io.BytesIO(), "webm" if codec == "libvpx-vp9" else "mp4"
    with av.open(file, "w", format=kind) as container:
        options = {name: str(value) for name, value in options.items()}
        stream = container.add_stream(codec, rate=Fraction(rate), options=options)
        height, width = (side // 2 * 2 for side in frames[0].shape[:2])
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = encoding.BT709, 1
        for number, frame in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame[:height, :width]), format="rgb24")
            picture = picture.reformat(format="yuv420p", dst_colorspace="ITU709")
            picture.pts, picture.time_base = number, 1 / Fraction(rate)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return file.getvalue()


def seen(data: bytes) -> list:
    """The frames of a file in memory, uint8 (H, W, 3)."""
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def h264(frames, crf=23, rate=FPS):
    """Through H.264 and back; (frames, frames a second)."""
    return seen(write(frames, crf=crf, preset="veryfast", rate=rate)), rate


# ---------------------------------------------------------------- attacks


def each(change):
    """An attack that changes each frame, (H, W, 3) float32 in and out, and saves at CRF 23."""
    def attack(frames, random):
        return h264([np.clip(change(frame.astype(np.float32), random), 0, 255).astype(np.uint8) for frame in frames])
    return attack


def resized(frames, factor):
    """Every frame made smaller or larger."""
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return [cv2.resize(frame, None, fx=factor, fy=factor, interpolation=way) for frame in frames]


def cropped(left=0.0, right=0.0, top=0.0, bottom=0.0):
    """An attack that cuts shares of the picture's sides off."""
    def attack(frames, random):
        height, width = frames[0].shape[:2]
        rows = slice(round(top * height), round((1 - bottom) * height))
        columns = slice(round(left * width), round((1 - right) * width))
        return h264([frame[rows, columns] for frame in frames])
    return attack


def colour(frame, random):
    """Less colour, and warmer."""
    grey = frame.mean(axis=2, keepdims=True)
    return (grey + 0.7 * (frame - grey)) * np.float32([1.06, 1.0, 0.92])


def gif(frames, random):
    """Half the side, 12.5 frames a second, 256 colours: as converters make them."""
    small = [Image.fromarray(frame) for frame in resized(frames[::2], 0.625)]
    palette = small[0].quantize(256, method=Image.Quantize.MEDIANCUT)
    small = [picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for picture in small]
    file = io.BytesIO()
    small[0].save(file, "GIF", save_all=True, append_images=small[1:], duration=80, loop=0)
    return seen(file.getvalue()), 12.5


def recorded(frames, random):
    """Played in a window of another size and recorded with the screen around it, 30 frames a second."""
    factor = random.uniform(0.65, 1.3)
    shown = resized(frames, factor)
    height, width = shown[0].shape[:2]
    screen = np.full((720, 1280, 3), 236, np.uint8)
    screen[:40] = 60
    height, width = min(height, 670), min(width, 1200)
    y, x = int(random.integers(45, 720 - height + 1)), int(random.integers(10, 1280 - width))
    out = []
    for number in range(int(len(frames) / FPS * 30)):
        screen[y : y + height, x : x + width] = shown[min(len(shown) - 1, int(number / 30 * FPS))][:height, :width]
        out.append((255 * (screen / 255) ** 1.08).astype(np.uint8))
    return h264(out, 26, 30)


def codec(name, **options):
    """An attack that compresses again with another codec."""
    return lambda frames, random: (seen(write(frames, name, **options)), FPS)


_X265 = {"preset": "veryfast", "x265-params": "log-level=none:pools=1:frame-threads=1"}
_VP9 = {"b:v": 0, "deadline": "realtime", "cpu-used": 6}
ATTACKS = {
    "as written": lambda frames, random: (frames, FPS),
    "h264-18": lambda frames, random: h264(frames, 18),
    "h264-23": lambda frames, random: h264(frames, 23),
    "h264-28": lambda frames, random: h264(frames, 28),
    "h264-35": lambda frames, random: h264(frames, 35),
    "h265-28": codec("libx265", crf=28, **_X265),
    "h265-32": codec("libx265", crf=32, **_X265),
    "vp9-32": codec("libvpx-vp9", crf=32, **_VP9),
    "vp9-45": codec("libvpx-vp9", crf=45, **_VP9),
    "half": lambda frames, random: h264(resized(frames, 0.5)),
    "crop left": cropped(left=0.1),
    "crop right": cropped(right=0.1),
    "crop top": cropped(top=0.1),
    "crop bottom": cropped(bottom=0.1),
    "crop all sides": cropped(0.1, 0.1, 0.1, 0.1),
    "brighter": each(lambda frame, random: frame * 1.25),
    "darker": each(lambda frame, random: frame * 0.7),
    "contrast": each(lambda frame, random: (frame - 128) * 1.3 + 128),
    "colour": each(colour),
    "blur": each(lambda frame, random: cv2.GaussianBlur(frame, (0, 0), 2.0)),
    "noise": each(lambda frame, random: frame + random.normal(0, 8, frame.shape)),
    "50 frames/s": lambda frames, random: h264([frame for frame in frames for _ in range(2)], rate=50),
    "gif": gif,
    "recorded": recorded,
    "grey": each(lambda frame, random: np.repeat(frame.mean(axis=2, keepdims=True), 3, axis=2)),
    "mirrored": lambda frames, random: h264([frame[:, ::-1] for frame in frames]),
    "turned 3 degrees": each(lambda frame, random: cv2.warpAffine(
        frame, cv2.getRotationMatrix2D((frame.shape[1] / 2, frame.shape[0] / 2), 3, 1), frame.shape[1::-1])),
    "faster by a fifth": lambda frames, random: h264(frames, rate=30),
}


# ---------------------------------------------------------------- the table


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Between two uint8 pictures, dB."""
    return float(10 * np.log10(255**2 / np.square(one.astype(np.float32) - other).mean()))


def side_by_side(frame: np.ndarray) -> np.ndarray:
    """A frame without a mark, with one, and what it changed, times ten around grey: uint8 (H, 3 W, 3)."""
    marked = watermark.Marker(0x12345678, bytes(32))(frame)
    change = np.clip(128 + 10 * (marked.astype(int) - frame), 0, 255).astype(np.uint8)
    return np.hstack([frame, marked, change])


def other_plane(number: int) -> None:
    """Read by another plane of signs from here on; 0 is the package's own."""
    chips.PUBLIC_KEY = b"living-portraits watermark 1" + (b"" if not number else b" other %d" % number)
    chips.owners.cache_clear()
    chips.scramble.cache_clear()


def readings(films, marks: range, attacks):
    """(film, attack, marked or clean, number of the mark or plane, right or None, strength, proof) one by one."""
    for number, path in enumerate(films):
        frames = list(np.load(path)[:FRAMES])
        for mark in (-1, *marks):
            random = np.random.default_rng([number, mark + 1])
            key, payload = random.bytes(32), int(random.integers(2**32))
            film = frames
            if mark >= 0:
                marker = watermark.Marker(payload, key, FPS)
                begin = time.perf_counter()
                film = [marker(frame) for frame in frames]
                yield number, "embedding", "marked", mark, psnr(film[0], frames[0]), None, (
                    1000 * (time.perf_counter() - begin) / len(film))
            film = seen(write(film, **encoding.FORMATS[".mp4"].picture))
            for attack in attacks:
                left, rate = ATTACKS[attack](film, random)
                if mark >= 0:
                    found = watermark_reader.read_watermark(left, rate)
                    right = found and found.payload == payload
                    yield number, attack, "marked", mark, right, found and found.strength, found and found.proof(key)
                period = demodulation.Period(left, rate)
                for plane in marks if mark < 0 else ():
                    other_plane(plane)
                    found = watermark_reader.read_period(period)
                    yield number, attack, "clean", plane, found is None, found and found.strength, None
                other_plane(0)


def main() -> None:
    """Measure, print the table, and keep the rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="a folder of portraits; not needed where the films are there")
    parser.add_argument("--films", type=int, default=12)
    parser.add_argument("--marks", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="number of the first mark: others than in an earlier run")
    parser.add_argument("--attacks", default=",".join(ATTACKS))
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--picture", type=Path, help="only write this picture: without, with, the difference times ten")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    photos = sorted(options.photos.glob("*.jpg")) if options.photos else []
    films, attacks = unmarked(photos, options.films), options.attacks.split(",")
    if options.picture:
        Image.fromarray(side_by_side(np.load(films[0])[20])).save(options.picture, quality=88)
        return
    rows = []
    with open(options.csv or "/dev/null", "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        for row in readings(films, range(options.first, options.first + options.marks), attacks):
            rows.append(row)
            table.writerow(row)
            file.flush()
    report(rows, attacks)


def report(rows: list, attacks: list) -> None:
    """The table, for people."""
    made = [row for row in rows if row[1] == "embedding"]
    if made:
        print(f"PSNR {min(row[4] for row in made):.1f} to {max(row[4] for row in made):.1f} dB, "
              f"{np.median([row[6] for row in made]):.2f} ms a frame")
    print(f"{'attack':18} {'marked':>6} {'read':>5} {'proved':>6} {'clean':>5} {'false':>5}")
    for attack in attacks:
        marked = [row for row in rows if row[1:3] == (attack, "marked")]
        clean = [row for row in rows if row[1:3] == (attack, "clean")]
        proved = sum(bool(row[4]) and row[6] >= watermark_reader.PRIVATE_LEAST for row in marked)
        print(f"{attack:18} {len(marked):6} {sum(bool(row[4]) for row in marked):5} {proved:6} {len(clean):5} "
              f"{sum(not row[4] for row in clean):5}")


if __name__ == "__main__":
    sys.exit(main())
