"""The process in which damaged films and photos are read: a line before and after each, so that a death is seen.

    python tests/fuzzed_pictures.py FOLDER FIRST SECONDS

FOLDER holds whole files, made by `seeds`. Case FIRST, FIRST + 1, ... are read until SECONDS are over; each is made
from its number alone. Lines: "case NUMBER NAME KIND", then "read", "refused" or "traceback ...".
"""

import itertools
import sys
import time
import traceback
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import test_images

FILMS = {"a.mp4": ("libx264", "yuv420p"), "a.mov": ("mjpeg", "yuvj420p"), "a.mkv": ("libx264", "yuv420p"),
         "a.webm": ("libvpx-vp9", "yuv420p"), "v8.webm": ("libvpx", "yuv420p"), "a.avi": ("mpeg4", "yuv420p"),
         "png.mov": ("png", "rgb24"), "film.gif": ("gif", "rgb8"), "a.ts": ("mpeg2video", "yuv420p"),
         "a.wmv": ("wmv2", "yuv420p"), "m4.mp4": ("mpeg4", "yuv420p"), "film.apng": ("apng", "rgb24")}
PHOTOS = {"a.jpg": {"quality": 90}, "p.jpg": {"progressive": True, "icc": {}}, "a.png": {"icc": {}},
          "pal.png": {"mode": "P"}, "a.webp": {}, "l.webp": {"lossless": True, "icc": {}}, "a.tiff": {"icc": {}},
          "z.tiff": {"compression": "tiff_lzw"}, "j.tiff": {"compression": "jpeg"}, "a.bmp": {}, "a.gif": {"mode": "P"},
          "move.gif": {"mode": "P", "frames": 3}, "move.webp": {"frames": 3}, "cmyk.jpg": {"mode": "CMYK"},
          "deep.png": {"mode": "I;16"}, "a.avif": {"icc": {}}, "a.jp2": {}, "p3.tiff": {"icc": test_images.DISPLAY_P3},
          "p3.jpg": {"icc": test_images.DISPLAY_P3}}


def seeds(folder: Path) -> None:
    """Small whole files of every kind."""
    for name, (codec, pixels) in FILMS.items():
        _film(folder / name, codec, pixels)
    from PIL import Image

    for name, how in PHOTOS.items():
        if Path(name).suffix in Image.registered_extensions():  # AVIF came with Pillow 11.3
            _photo(folder / name, dict(how))


def _picture(number: int) -> np.ndarray:
    y, x = np.mgrid[:48, :64]
    return np.stack([(x * 4 + 9 * number) % 256, y * 5, (x + y + 5 * number) * 2 % 256], axis=-1).astype(np.uint8)


def _film(path: Path, codec: str, pixels: str) -> None:
    import av

    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        sound = file.add_stream("libopus" if path.suffix == ".webm" else "aac", rate=48_000, layout="mono") if (
            path.suffix in (".mp4", ".webm")) else None
        for number in range(12):
            frame = av.VideoFrame.from_ndarray(_picture(number), "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if sound:
            noise = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), "flt", "mono")
            noise.sample_rate, noise.pts = 48_000, 0
            resampler = av.AudioResampler(sound.format, "mono", 48_000, sound.frame_size or None)
            for piece in [*resampler.resample(noise), *resampler.resample(None)]:
                file.mux(sound.encode(piece))
            file.mux(sound.encode(None))


def _photo(path: Path, how: dict) -> None:
    from PIL import Image

    mode, frames = how.pop("mode", "RGB"), how.pop("frames", 1)
    if mode == "I;16":
        pictures = [Image.fromarray(_picture(0)[..., 0].astype(np.uint16) * 257)]
    else:
        pictures = [Image.fromarray(_picture(number)).convert(mode) for number in range(frames)]
    primaries = how.pop("icc", None)
    if primaries is not None:
        how["icc_profile"] = test_images.profile_of(primaries)
    if path.suffix in (".jpg", ".png", ".webp"):
        exif = Image.Exif()
        exif[0x0112] = 6
        how["exif"] = exif
    if frames > 1:
        how |= {"save_all": True, "append_images": pictures[1:]}
    pictures[0].save(path, **how)


def damaged(whole: bytes, random) -> tuple:
    """Bytes with something wrong in them, and what."""
    data, kind = bytearray(whole), random.choice(["bits", "header", "number", "cut", "drop", "twice", "noise"])
    begin = int(random.integers(len(data)))
    length = int(random.integers(1, 1 + min(200, len(data) - begin)))
    if kind in ("bits", "header"):
        for place in random.integers(0, len(data) if kind == "bits" else min(600, len(data)), random.integers(1, 12)):
            data[place] ^= 1 << int(random.integers(8))
    elif kind == "number":
        value = random.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0xFFFF, 0x7FFF])
        place = int(random.integers(max(1, len(data) - 4)))
        data[place : place + 4] = int(value).to_bytes(4, str(random.choice(["big", "little"])))
    elif kind == "cut":
        del data[begin:]
    elif kind == "drop":
        del data[begin : begin + length]
    elif kind == "twice":
        data[begin:begin] = data[begin : begin + length]
    else:
        data[begin : begin + length] = random.bytes(length)
    return bytes(data), str(kind)


def read(path: Path) -> None:
    """As the product reads it; at most 40 frames of a film."""
    from course import images, io

    if path.name in FILMS:
        io.probe(path)
        for fps in (None, 25):
            for frame in itertools.islice(io.read_frames(path, fps, max_side=64), 40):
                assert frame.dtype == np.uint8 and frame.ndim == 3
    else:
        image = images.load_image(path)
        assert image.dtype == np.uint8 and image.ndim == 3


def main(folder: Path, first: int, seconds: float) -> None:
    from course import errors

    warnings.simplefilter("ignore")
    whole = {name: (folder / name).read_bytes() for name in [*FILMS, *PHOTOS] if (folder / name).exists()}
    place = folder / "damaged"
    place.mkdir(exist_ok=True)
    end = time.monotonic() + seconds
    for number in itertools.count(first):
        if time.monotonic() > end:
            return
        name = list(whole)[number % len(whole)]
        data, kind = damaged(whole[name], np.random.default_rng(number))
        print("case", number, name, kind, flush=True)
        (place / name).write_bytes(data)
        try:
            read(place / name)
            print("read", flush=True)
        except errors.CourseError as problem:
            print("refused" if "\n" not in str(problem) else f"traceback two lines: {problem!r}", flush=True)
        except Exception as problem:
            last = traceback.extract_tb(problem.__traceback__)[-1]
            print(f"traceback {problem!r} {last.filename}:{last.lineno}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
