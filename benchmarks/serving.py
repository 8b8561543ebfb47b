"""What an idle and a busy server cost, and what a Dask cluster of this machine makes of a table.

    python benchmarks/serving.py [server] [dask] [--jobs 12] [--size 256]

Needs the extras `serve`, `dask` and `test`. The films are of a two-second sentence. A line each:

    server   memory and processor time of the server and its workers, at rest before and after the first film, and at
             work; how long a GET takes then; films a minute with one worker and with one a core
    dask     films a minute with one, two and three workers of one thread; what looking at a photo once saves
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import psutil
import requests
from serving_tools import Server

from course import animation, demo
from course.serving import analyses, many

SENTENCE = "A photograph says this sentence."


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=["server", "dask"], choices=["server", "dask"])
    parser.add_argument("--jobs", type=int, default=12)
    parser.add_argument("--size", type=int, default=256)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for part in options.parts:
            {"server": measure_server, "dask": measure_dask}[part](Path(folder), options)


# ---------------------------------------------------------------- the server


def measure_server(folder: Path, options) -> None:
    """The server at rest and at work."""
    for workers in sorted({1, os.cpu_count() or 1}):
        server = Server(folder / f"served{workers}", {"workers": workers, "size": options.size}).start()
        image = server.upload(demo.photo_path())["url"]
        time.sleep(3)
        tell(f"{workers} workers, at rest, no film made yet", cost(server, 10))
        body = {"source_url": image, "script": {"type": "text", "input": SENTENCE}}
        first = [ask(server, body) for _ in range(workers)]
        for identifier in first:
            server.finished(f"/talks/{identifier}")
        time.sleep(1)
        tell(f"{workers} workers, at rest, after a film", cost(server, 10))
        begin = time.monotonic()
        ids = [ask(server, body) for _ in range(options.jobs)]
        tell(f"{workers} workers, at work", cost(server, 5))
        for identifier in ids:
            server.finished(f"/talks/{identifier}", 600)
        took = time.monotonic() - begin
        print(f"{workers} workers: {options.jobs} films of {options.size} px in {took:.1f} s, "
              f"{60 * options.jobs / took:.0f} a minute", flush=True)
        server.stop()


def ask(server: Server, body: dict) -> str:
    """A job more; its id."""
    return requests.post(f"{server.url}/talks", json=body, timeout=30).json()["id"]


def cost(server: Server, seconds: float) -> dict:
    """Memory and processor time of a server and its workers over some seconds, and how long a GET takes meanwhile."""
    main_process = psutil.Process(server.process.pid)
    processes = {"server": [main_process], "workers": main_process.children()}
    before = {name: busy(group) for name, group in processes.items()}
    begin, waits = time.monotonic(), []
    while time.monotonic() - begin < seconds:
        asked = time.perf_counter()
        requests.get(f"{server.url}/talks?limit=1", timeout=30)
        waits.append(1000 * (time.perf_counter() - asked))
        time.sleep(0.5)
    took = time.monotonic() - begin
    return {name: (sum(one.memory_full_info().uss for one in group) / 1e6, 100 * (busy(group) - before[name]) / took)
            for name, group in processes.items()} | {"get": (statistics.median(waits), max(waits))}


def busy(processes: list) -> float:
    """Seconds of processor time that processes have taken."""
    return sum(sum(one.cpu_times()[:2]) for one in processes)


def tell(what: str, told: dict) -> None:
    """One line of costs."""
    parts = [f"{name} {told[name][0]:.0f} MB, {told[name][1]:.1f} % of a core" for name in ("server", "workers")]
    print(f"{what}: {', '.join(parts)}; a GET {told['get'][0]:.0f} ms, at most {told['get'][1]:.0f} ms", flush=True)


# ---------------------------------------------------------------- Dask


def measure_dask(folder: Path, options) -> None:
    """Films a minute by workers, and what the cache saves."""
    for workers in (1, 2, 3):
        place = folder / f"dask{workers}"
        place.mkdir()
        table = write_table(place, options)
        file = place / "scheduler.json"
        processes = start(place, file, workers)
        try:
            address = json.loads(file.read_text())["address"]
            warm(address, workers)
            begin = time.monotonic()
            assert many.animate_many(table, dask=address) == 0
            took = time.monotonic() - begin
        finally:
            for process in processes:
                process.kill()
                process.wait()
        print(f"dask, {workers} workers of one thread: {options.jobs} films of {options.size} px in {took:.1f} s, "
              f"{60 * options.jobs / took:.0f} a minute", flush=True)
    measure_cache(options)


def write_table(place: Path, options) -> Path:
    """A table of as many rows as there are jobs, all of one photo."""
    table = place / "jobs.csv"
    with open(table, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["photo", "text", "output", "size"])
        for number in range(options.jobs):
            writer.writerow([demo.photo_path(), f"{SENTENCE} Number {number}.", f"{number}.mp4", options.size])
    return table


def start(place: Path, file: Path, workers: int) -> list:
    """A scheduler and its workers; the scheduler's file is there when this returns."""
    quiet = {"cwd": place, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
             "env": {**os.environ, "OMP_NUM_THREADS": "1"}}
    run = [sys.executable, "-m"]
    processes = [subprocess.Popen([*run, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                                   "--no-dashboard", "--scheduler-file", str(file)], **quiet)]
    processes += [subprocess.Popen([*run, "distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads",
                                    "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"], **quiet)
                  for _ in range(workers)]
    while not file.exists():
        time.sleep(0.2)
    return processes


def warm(address: str, workers: int) -> None:
    """All workers are there and have said a word: what is measured is films, not imports."""
    import distributed

    with distributed.Client(address, timeout=30, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=90)
        client.run(say_a_word)


def say_a_word() -> int:
    """A film of one word, thrown away."""
    return len(list(animation.animate(demo.photo_path(), text="Hi.", size=64)))


def measure_cache(options) -> None:
    """How long looking at a photo takes, how long finding what was found, and how much travels."""
    from course.io import video

    cache, photo = analyses.Cache(), demo.photo_path()

    def seconds() -> float:
        begin = time.perf_counter()
        clip = animation.animate(photo, text="Hi.", voice="en-us", idle="hand", size=options.size)
        assert isinstance(clip, video.Clip)
        return time.perf_counter() - begin

    seconds()
    plain = statistics.median(seconds() for _ in range(5))
    with analyses.in_use(cache):
        seconds()
        known = statistics.median(seconds() for _ in range(5))
    (_, actors), = cache.items()
    packed = analyses.pack(actors)
    begin = time.perf_counter()
    analyses.unpack(packed)
    print(f"what is found out about a photo at {options.size} px: {plain - known:.2f} s of {plain:.2f} s before the "
          f"first frame; {len(packed) / 1e6:.1f} MB travel, unpacked in {time.perf_counter() - begin:.3f} s")


if __name__ == "__main__":
    main()
