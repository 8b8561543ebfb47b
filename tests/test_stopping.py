"""Ctrl-C, SIGTERM, a closed terminal: the film that was begun goes, with its folders; one line, and the right code."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from course import face, motion, stopping
from course.io import progress

# The command around a film whose frames take a while, without what only a face needs
SLOW = """
import sys, time
import numpy as np
from course import cli, io, parallel
def frame(number):
    time.sleep(0.01)
    return np.full((64, 64, 3), number % 256, np.uint8)
def film(options):
    io.Clip(lambda: parallel.ordered_map(frame, range(10**6), 2), fps=25, n_frames=10**6).save(options.folder / "x.mp4")
cli.run_data_fetch = film
sys.exit(cli.main())
"""


def stopped(process, folder, signals, pause=0.02):
    """Send the signals once the film has begun; returns exit code, standard error, and what is left in `folder`."""
    end = time.monotonic() + 60
    while not list(folder.rglob("*.part.mp4")) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    assert process.poll() is None, process.stderr.read()
    for number in signals:
        process.send_signal(number)
        time.sleep(pause)
    told = process.communicate(timeout=60)[1]
    return process.returncode, told.replace("\r", "\n").strip().split("\n"), list(folder.iterdir())


@pytest.mark.parametrize("signals, code", [
    ([signal.SIGINT], 130), ([signal.SIGINT] * 4, 130), ([signal.SIGTERM], 143), ([signal.SIGHUP], 129),
    ([signal.SIGTERM, signal.SIGINT, signal.SIGHUP], 143),
])
def test_a_film_that_is_stopped_leaves_nothing(tmp_path, signals, code):
    process = subprocess.Popen([sys.executable, "-c", SLOW, "data", "fetch", "portraits", "--folder", tmp_path / "new"],
                               stderr=subprocess.PIPE, text=True)
    ended, told, left = stopped(process, tmp_path, signals)
    assert (ended, told[-1], left) == (code, "course: stopped", [])
    assert "Traceback" not in "".join(told) and "Exception" not in "".join(told)


def test_the_real_command_four_times_quickly(tmp_path):
    long = motion.Motion(np.zeros((10_000, len(face.CHANNELS)), np.float32)).save(tmp_path / "long.npz")
    (tmp_path / "out").mkdir()
    process = subprocess.Popen([sys.executable, "-m", "course", "animate", "--motion", long, "--size", "96", "-o",
                                tmp_path / "out" / "new" / "film.mp4"], stderr=subprocess.PIPE, text=True)
    ended, told, left = stopped(process, tmp_path / "out", [signal.SIGINT] * 4, pause=0.005)
    assert (ended, told[-1], left) == (130, "course: stopped", [])
    assert "Traceback" not in "".join(told)


class Swallows:
    """As libraries do that take whatever comes while they load, or calculate, for a failure of their own."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)


def test_a_stop_that_gets_lost_is_asked_for_again(monkeypatch):
    taken, told = [], []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    with pytest.raises(stopping.Stopped), stopping.watched() as watch:
        for number in progress.bar(range(9)):
            taken.append(number)
            if number == 3:
                Swallows()
    assert (taken, told, watch.exit_code) == ([0, 1, 2, 3], [], 130)
    assert list(progress.bar(range(3))) == [0, 1, 2]  # the next one is not concerned


def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping.watched() as watch:
            os.kill(os.getpid(), signal.SIGHUP)
            assert watch.number is None and signal.getsignal(signal.SIGTERM) is watch
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_whoever_calls_from_python_gets_their_handlers_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(stopping.Stopped), stopping.watched() as watch:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)
    assert watch.exit_code == 143
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
