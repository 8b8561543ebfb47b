"""How soon, how evenly and how long a live face speaks.

    python benchmarks/live.py [--seconds 30] [--sizes 256 384 512] [--cores free busy]

For each size, with both cores free and with one kept busy: seconds from a text to the first frame of its sentence,
and from a heard sound to its going out with its lips; new frames a second; how many frames the picture is behind the
sound; how far the clock drifts from real time; processor time for a new frame, all told; memory. All on the machine as
it is: what else runs there is in the figures.
"""

import argparse
import multiprocessing
import os
import statistics
import time

import numpy as np

import course
from course import demo, process
from course.io import sound
from course.serving.live import tracks

TEXT = "Good morning, and welcome. I am a photo that learned to talk, and I hope that you are well today."
RATE = 16_000


def memory() -> float:
    """MiB of this process."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def busy() -> None:
    """Keep a core busy."""
    while True:
        sum(range(10_000))


def measure(size: int, seconds: float) -> dict:
    """One face for so many seconds: text, stop and sound in turn."""
    told, spoken, heard = [], [], []
    recording = tracks.track_of("My mama may be home by now.", tracks.Asked()).sound
    recording = sound.resample(recording, 24_000, RATE)
    onset = np.flatnonzero(np.abs(recording) > 0.05)[0] / RATE
    with course.Live(demo.photo_path(), size=size, tell=told.append) as live:
        for _ in range(50):
            live.read()
        used = time.process_time()
        before, start, fresh, lags, count = memory(), time.monotonic(), 0, [], 0
        asked, playing, sent = None, None, 0
        while (now := time.monotonic()) - start < seconds:
            moment = live.read()
            count, fresh = count + 1, fresh + moment.fresh
            lags.append(moment.lag)
            if asked and moment.words:
                spoken.append(time.monotonic() - asked)
                asked = None
            if playing and np.abs(moment.sound).max() > 0.05:
                heard.append(time.monotonic() - playing - onset)
                playing, sent = None, len(recording)
            turn = count % 250
            if turn == 1:
                live.say(TEXT)
                asked = time.monotonic()
            elif turn == 150:
                live.stop()
            elif turn >= 175:
                if turn == 175:
                    playing, sent = time.monotonic(), 0
                piece = recording[sent : sent + RATE // 25]
                sent += RATE // 25
                live.hear(np.pad(piece, (0, RATE // 25 - len(piece))), RATE)
        took = now - start
        return {"text": statistics.median(spoken), "sound": statistics.median(heard) if heard else float("nan"),
                "fps": fresh / took, "sent": count / took, "lag": statistics.median(lags), "worst": max(lags),
                "drift": took - (count - 1) / 25, "cost": 1e3 * (time.process_time() - used) / fresh,
                "memory": (before, memory()), "quality": live.quality,
                "told": told}  # fmt: skip


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 384, 512])
    parser.add_argument("--cores", nargs="+", choices=("free", "busy"), default=["free", "busy"],
                        help="all cores free, or one kept busy")
    options = parser.parse_args()
    process.keep_memory()  # as the process does that stands behind the page
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start, {options.seconds:g} s each")
    print("size  core  text s  sound s  new frames/s  all/s  behind (median, most)  drift s  ms a frame  "
          "MiB before, after  painted at")
    for occupied in (cores == "busy" for cores in options.cores):
        other = multiprocessing.Process(target=busy, daemon=True) if occupied else None
        if other:
            other.start()
        for size in options.sizes:
            row = measure(size, options.seconds)
            print(f"{size:4d}  {'busy' if occupied else 'free'}  {row['text']:6.2f}  {row['sound']:7.2f}  "
                  f"{row['fps']:12.1f}  {row['sent']:5.1f}  {row['lag']:14.0f}, {row['worst']:4d}  "
                  f"{row['drift']:7.3f}  {row['cost']:10.1f}  {row['memory'][0]:10.0f}, {row['memory'][1]:5.0f}  "
                  f"{row['quality']}", flush=True)
        if other:
            other.terminate()


if __name__ == "__main__":
    main()
