"""What a film's frame costs: processor time by stage, and of the readable path beside the quick one.

    python benchmarks/speed.py [--sizes 256 600] [--seconds 2] [--rounds 3]

Processor time of all threads counts, not the clock on the wall: other programs then change it little. Rendering and
encoding share the cores of a machine, so on N of them a frame takes an N-th of what is printed here. The two paths make
their films in turn. The readable path is what lessons teach: torch's networks, OpenCV's warps of the whole box,
`paste_back` and `restore_detail`. The films, by a text, its sound and a driving video, must be the same to two levels.
"""

import argparse
import contextlib
import functools
import tempfile
import threading
import time
from pathlib import Path
from unittest import mock

import numpy as np

from course import animation, demo, rendering
from course.face import posing
from course.io import encoding, pixel_formats
from course.polish import sharpness
from course.provenance import watermark
from course.rendering import animator, layers, layers_square, mouth, paste, portrait, quick_layers, quick_networks

TEXT = "A photograph that was quiet begins to speak."
STAGES = {  # where the clock stands: what is called within another stage counts there alone
    "points of the pose": (posing, "posed_points"),
    "field: splines": (rendering.HeadField, "spline"),
    "field: positions": (rendering.HeadField, "positions"),
    "layers: Refiner": (layers.Layers, "_asked"),
    "layers: what moves, to and from the Refiner": (layers.Layers, "refined"),
    "lips parted": (portrait.Portrait, "_part_lips"),
    "photo read, layers laid": (portrait.Portrait, "_read"),
    "line between the lips": (portrait.Portrait, "_join_lips"),
    "inside of the mouth": (mouth.Mouth, "draw"),
    "lids": (rendering.Lids, "draw"),
    "animator: networks": (animator.Animator, "_paint"),
    "animator: squares": (animator.Animator, "draw"),
    "laid back into the photo": (portrait.Portrait, "_laid_back"),
    "detail": (sharpness.Restorer, "restore"),
    "detail, readable": (sharpness, "restore_detail"),
    "watermark": (watermark.Marker, "__call__"),
    "conversion to YUV": (pixel_formats.Converter, "__call__"),
}


class Clock:
    """Milliseconds of each stage's own thread, without those of the stages that it calls."""

    def __init__(self):
        self.spent, self._local, self._lock = {}, threading.local(), threading.Lock()

    def around(self, name: str, function):
        """The function, timed."""
        @functools.wraps(function)
        def timed(*args, **kwargs):
            inner = getattr(self._local, "inner", 0.0)
            self._local.inner, start = 0.0, time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                took = time.thread_time() - start
                with self._lock:
                    self.spent[name] = self.spent.get(name, 0.0) + took - self._local.inner
                self._local.inner = inner + took
        return timed


@contextlib.contextmanager
def clocked(clock: Clock):
    """A context in which every stage is timed."""
    with contextlib.ExitStack() as stack:
        for name, (owner, attribute) in STAGES.items():
            stack.enter_context(mock.patch.object(owner, attribute, clock.around(name, getattr(owner, attribute))))
        yield clock


class ReadableRestorer:
    """`Restorer` by the readable function."""

    def __init__(self, photo, mask):
        self.wanted, self.mask = sharpness.detail(photo, mask), mask

    def restore(self, frame):
        """uint8 (H, W, 3) -> the same."""
        return sharpness.restore_detail(frame, self.wanted, self.mask)


def readable_to_box(self, values):
    """`Layers.to_box` by OpenCV's warp."""
    x0, y0, x1, y1 = self.field.box
    warped = layers_square.to_box(np.ascontiguousarray(values), self.field.box, self.field_matrix)
    return warped.reshape(y1 - y0, x1 - x0, -1)


def readable_movement(self, positions):
    """`Layers.movement` from every pixel of the box."""
    return layers_square.movement(self.field, np.ascontiguousarray(positions), layers.FIELD_SIZE)


def readable_inputs(self, movement, face_there, unit):
    """`Still.frame_inputs` by torch."""
    import torch

    from course.rendering import layers_networks

    planes = (torch.from_numpy(each.reshape(*each.shape[:2], -1)).permute(2, 0, 1)[None]
              for each in (movement, *self.maps[:2], face_there, self.maps[2]))
    return layers_networks.frame_inputs(*planes, unit).numpy()


@contextlib.contextmanager
def readable():
    """A context in which frames are made as lessons teach it."""
    with contextlib.ExitStack() as stack:
        for owner, name, other in (
                (quick_networks, "runner", lambda network: None), (paste, "is_ours", lambda: False),
                (sharpness, "Restorer", ReadableRestorer), (layers.Layers, "to_box", readable_to_box),
                (layers.Layers, "movement", readable_movement),
                (quick_layers.Still, "frame_inputs", readable_inputs)):
            stack.enter_context(mock.patch.object(owner, name, other))
        yield


def films(folder: Path, size: int, seconds: float):
    """(name, image, actors, tracks, beside) of a film by a text, by its sound and by its film."""
    import soundfile

    made = []

    def keep(image, actors, tracks, options, beside=None, still=None):
        count = max(2, round(25 * seconds))
        made.append((image, actors, [track[:count] for track in tracks], None if beside is None else beside[:count]))
        return RENDER(image, actors, tracks, options, beside, still)

    photo, settings = demo.photo_path(), {"size": size, "seed": 3, "watermark": False}
    with mock.patch.object(animation, "render", keep):
        spoken = animation.animate(photo, text=TEXT, **settings)
        spoken.save(folder / "film.mp4", progress=False)
        yield "text", *made[-1]
        soundfile.write(folder / "speech.wav", spoken.audio, spoken.sample_rate)
        for name, path in (("audio", "speech.wav"), ("driving", "film.mp4")):
            next(iter(animation.animate(photo, **{name: folder / path}, **settings)))
            yield name, *made[-1]


RENDER = animation.render


def whole_film(parts, path: Path) -> float:
    """Write a film with a watermark: milliseconds a frame, of all threads."""
    image, actors, tracks, beside = parts
    marker = watermark.Marker(1, b"k" * 32, 25)
    frames = RENDER(image, actors, tracks, animation.Settings(), beside)
    start = time.process_time()
    count = encoding.write_video(path, (marker(frame) for frame in frames), 25)
    return 1000 * (time.process_time() - start) / count


def compare(parts) -> tuple:
    """The largest difference of the two paths' frames in grey levels, and how many values in a million are more than
    two apart."""
    image, actors, tracks, beside = parts
    quick = list(RENDER(image, actors, tracks, animation.Settings(), beside))
    worst, beyond, total = 0, 0, 0
    with readable():
        for frame, other in zip(quick, RENDER(image, actors, tracks, animation.Settings(), beside)):
            off = np.abs(frame.astype(np.int16) - other)
            worst, beyond, total = max(worst, int(off.max())), beyond + int((off > 2).sum()), total + off.size
    return worst, 1e6 * beyond / total


def table(parts, path: Path, label: str) -> None:
    """Print milliseconds by stage."""
    with clocked(Clock()) as clock:
        cost = whole_film(parts, path)
    count = len(parts[2][0])
    print(f"  {label}: by stage, ms a frame")
    for name, seconds in sorted(clock.spent.items(), key=lambda each: -each[1]):
        print(f"    {name:44s} {1000 * seconds / count:6.2f}")
    print(f"    {'all else: encoder, hands between':44s} {cost - 1000 * sum(clock.spent.values()) / count:6.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 600])
    parser.add_argument("--seconds", type=float, default=2.0, help="of each film (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="films by each path (default: %(default)s)")
    options = parser.parse_args()
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "made.mp4"
            for name, *parts in films(Path(folder), size, options.seconds):
                worst, beyond = compare(parts)
                height, width = parts[0].shape[:2]
                print(f"{width}x{height} by {name}: the paths differ by {worst} grey levels at most, "
                      f"by more than 2 in {beyond:.1f} values of a million", flush=True)
                if name != "text":
                    continue
                quick, slow = [], []
                for _ in range(options.rounds):
                    quick.append(whole_film(parts, path))
                    with readable():
                        slow.append(whole_film(parts, path))
                print(f"  processor time a frame, film written: {np.median(quick):.1f} ms, "
                      f"readable path {np.median(slow):.1f} ms (medians of {options.rounds})")
                table(parts, path, "quick path")
                with readable():
                    table(parts, path, "readable path")


if __name__ == "__main__":
    main()
