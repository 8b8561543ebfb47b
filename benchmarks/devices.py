"""Milliseconds a frame by device: the frames alone, the film written, and what the encoder has of that.

    python benchmarks/devices.py [--size 512] [--seconds 4] [--devices cpu cuda mps]

Without --devices all that this machine has. On the wall's clock, since frames are made while others are encoded.
"""

import argparse
import itertools
import tempfile
import time
from pathlib import Path

import numpy as np

import course
from course import demo, devices, errors
from course.io import encoding
from course.rendering import on_device

TEXT = "A photograph that was quiet begins to speak, and it goes on for a while, so that there is much to draw."


def has(device: str) -> bool:
    """Whether this machine has it."""
    try:
        devices.check(device)
    except errors.CourseError:
        return False
    return True


def measure(device: str, size: int, seconds: float) -> None:
    """Print the row of one device."""
    together, calculated = [], on_device.Network._calculated

    def counted(self, requests):
        together.append(len(requests))
        return calculated(self, requests)

    on_device.Network._calculated = counted
    clip = course.animate(demo.photo_path(), text=TEXT, size=size, device=device, watermark=False)
    count = round(25 * seconds)
    next(iter(clip))  # what is prepared for the first frame is no frame's cost
    start = time.perf_counter()
    frames = list(itertools.islice(iter(clip), count))
    drawn = (time.perf_counter() - start) / len(frames)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        start = time.perf_counter()
        encoding.write_video(path, frames, 25, progress=False)
        encoded = (time.perf_counter() - start) / len(frames)
        start = time.perf_counter()
        encoding.write_video(path, itertools.islice(iter(clip), count), 25, progress=False)
        whole = (time.perf_counter() - start) / len(frames)
    on_device.Network._calculated = calculated
    batch = f"{np.mean(together):8.1f}" if together else f"{'-':>8}"
    height, width = frames[0].shape[:2]
    print(f"{device:6}  {width}x{height}  {1000 * drawn:9.1f}  {1000 * encoded:9.1f}  {1000 * whole:9.1f}  "
          f"{100 * encoded / whole:6.0f} %  {batch}", flush=True)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--devices", nargs="+", choices=devices.DEVICES,
                        default=[device for device in devices.DEVICES if has(device)])
    options = parser.parse_args()
    print("device  frame    drawn ms  encoded ms  film ms  encoder  frames in a batch")
    for device in options.devices:
        measure(device, options.size, options.seconds)


if __name__ == "__main__":
    main()
