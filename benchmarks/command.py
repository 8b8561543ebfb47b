"""What a person waits for: the whole command, its start alone, a driving film's tracking, large photos, memory.

    python benchmarks/command.py [help import start short long photo tracking] [--rounds 3] [--against ../another]

A row for each, medians over the rounds: seconds on the clock, seconds of processor time in all processes of the
command, and the most memory that they had together (MiB, sampled; Linux). With --against the same commands run with
another checkout's code, in turns, and the last column is the processor time here as a share of what it takes there,
the median over pairs that ran one after the other: on a busy machine that is the number to look at.

    help        course --help
    import      what `course animate` loads before it looks at the photo, and the end of the process
    start       one word at 96 px: nearly all of it is what comes before the first frame and after the last
    short       5 seconds of speech, 512x600 px          long        a minute of it (one round)
    photo       one word: a photo of 1280x960 px, and one of 4000x3000 that shows the same
    tracking    ms a frame of a driving film of 512 px: following the face, and fitting it
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import psutil

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from course import demo, images  # noqa: E402

PARTS = ("help", "import", "start", "short", "long", "photo", "tracking")
SENTENCE = "A photo and a sentence go in, and out comes a film in which the person in the photo says it. "
ENTRY = ("import sys; from course import __main__ as entry\n"
         "entry.run() if hasattr(entry, 'run') else sys.exit(entry.main())")
IMPORT = "import sys; from course import cli, animation\nentry = sys.modules.get('course.process')\n" \
         "entry.leave(0) if entry else None"
TRACK = """
import itertools, sys, time
from course.io import decoding
from course.motion import tracking
frames = list(itertools.islice(decoding.read_frames(sys.argv[1], fps=25, max_side=720), 75))
tracking.track_points(frames[:2])
begin = time.process_time()
points, tracked = tracking.track_points(frames)
middle = time.process_time()
tracking.motion_from_points(points, tracked, 25.0)
end = time.process_time()
print((middle - begin) / len(frames) * 1000, (end - middle) / len(frames) * 1000)
"""


@dataclass
class Runs:
    """What one command took, a value a round. told: the numbers that it printed last."""

    wall: list = field(default_factory=list)
    processor: list = field(default_factory=list)
    memory: list = field(default_factory=list)
    told: list = field(default_factory=list)


def run(arguments: list, checkout: Path, runs: Runs) -> None:
    """Run Python with that checkout's code, once."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, *map(str, arguments)], env=environment, cwd=checkout, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peak = [0]
    watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watch.start()
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    runs.wall.append(time.perf_counter() - begin)
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.join()
    if process.returncode:
        raise SystemExit(f"{checkout}: {' '.join(map(str, arguments))[:200]} ended with {process.returncode}")
    runs.processor.append(usage.ru_utime + usage.ru_stime)
    runs.memory.append(peak[0] / 2**20)
    runs.told.append(told)


def _watch(pid: int, peak: list) -> None:
    """The most memory of a process and its children together, in bytes, into peak[0], until it ends."""
    while True:
        try:
            parent = psutil.Process(pid)
            if parent.status() == psutil.STATUS_ZOMBIE:
                return
            peak[0] = max(peak[0], sum(_resident(one) for one in (parent, *parent.children(recursive=True))))
        except psutil.NoSuchProcess:
            return
        time.sleep(0.05)


def _resident(process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


# ---------------------------------------------------------------- what is run


def photos(folder: Path) -> dict:
    """A photo of 1280x960 px, and one of 4000x3000 with the same in it and the noise of a camera: {name: path}."""
    photo = images.load_image(demo.photo_path())
    large = np.full((3000, 4000, 3), photo[:8].mean(axis=(0, 1)), np.float32)
    wide = cv2.resize(photo, (2560, 3000), interpolation=cv2.INTER_CUBIC)
    large[:, 720:3280] = wide
    large += np.random.default_rng(0).normal(0, 3, (3000, 4000, 1)).astype(np.float32)
    large = np.clip(large, 0, 255).astype(np.uint8)
    small = cv2.resize(large, (1280, 960), interpolation=cv2.INTER_AREA)
    return {name: images.save_image(folder / f"{name}.jpg", picture)
            for name, picture in (("1280x960", small), ("4000x3000", large))}


def commands(parts: list, folder: Path) -> dict:
    """The rows: {name: arguments of Python}."""
    found, out = {}, ["-o", folder / "film.mp4"]
    if "help" in parts:
        found["course --help"] = ["-c", ENTRY, "--help"]
    if "import" in parts:
        found["what animate imports"] = ["-c", IMPORT]
    if "start" in parts:
        found["one word, 96 px"] = ["-c", ENTRY, "animate", demo.photo_path(), "--text", "Yes.", "--size", "96", *out]
    for part, repeats in (("short", 1), ("long", 11)):
        if part in parts:
            name = "5 s of speech" if part == "short" else "a minute of speech"
            found[name] = ["-c", ENTRY, "animate", demo.photo_path(), "--text", SENTENCE * repeats, *out]
    if "photo" in parts:
        for name, path in photos(folder).items():
            found[f"one word, {name}"] = ["-c", ENTRY, "animate", path, "--text", "Yes.", *out]
    if "tracking" in parts:
        film = folder / "driving.mp4"
        run(["-c", ENTRY, "animate", demo.photo_path(), "--text", SENTENCE, "-o", film], HERE, Runs())
        found["tracking"] = ["-c", TRACK, film]
    return found


def row(name: str, here: Runs, there: Runs | None) -> str:
    """A line of the table: here, and there where there is another checkout."""
    def numbers(runs):
        wall, processor, memory = (statistics.median(values) for values in (runs.wall, runs.processor, runs.memory))
        return f"{wall:8.2f}{processor:8.2f}{memory:7.0f}"

    line = f"{name:<24}{numbers(here)}"
    if there is None:
        return line
    share = statistics.median(a / b for a, b in zip(here.processor, there.processor))
    return f"{line}   {numbers(there)}{100 * share:8.0f} %"


def tracked(here: Runs, there: Runs | None) -> str:
    """What tracking said of itself, in words."""
    def said(runs):
        follow, fit = (statistics.median(float(told.split()[i]) for told in runs.told) for i in (0, 1))
        return f"{follow:.1f} ms a frame to follow, {fit:.1f} ms to fit"

    return f"  tracking: {said(here)}" + (f"; there {said(there)}" if there else "")


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; default: all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", type=lambda text: Path(text).resolve(), metavar="CHECKOUT")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no {', '.join(unknown)}: choose from {', '.join(PARTS)}")
    head = f"{'':<24}{'wall s':>8}{'cpu s':>8}{'MiB':>7}"
    print(head + (f"   {'wall s':>8}{'cpu s':>8}{'MiB':>7}{'cpu here':>10}" if options.against else ""))
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in commands(options.parts or list(PARTS), Path(folder)).items():
            here, there = Runs(), Runs() if options.against else None
            for _ in range(1 if name == "a minute of speech" else options.rounds):
                run(arguments, HERE, here)
                if there:
                    run(arguments, options.against, there)
            print(row(name, here, there), flush=True)
            if name == "tracking":
                print(tracked(here, there))


if __name__ == "__main__":
    main()
