"""What makes the command quick: speech in a process of its own, loading, ending, and what is not imported."""

import contextlib
import gc
import platform
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from course import cli, errors, interpolation, process
from course.exercises import places
from course.face import least_squares
from course.speech import ahead, manner, phonemes, synthesis

PLAIN = manner.Manner()


# ---------------------------------------------------------------- speech in a process of its own


def test_another_process_says_the_same(monkeypatch):
    here = synthesis.synthesize("Hi there!", None, PLAIN)
    monkeypatch.setattr(synthesis, "synthesize", None)  # so that nothing can be said here
    assert not ahead.speaking()
    with ahead.saying("Hi there!", None, PLAIN):
        assert ahead.speaking()  # so the photo can be looked at
        there = ahead.said("Hi there!", None, PLAIN)
    assert not ahead.speaking()
    assert np.array_equal(here.samples, there.samples) and np.array_equal(here.f0, there.f0)
    assert (here.phonemes, here.voice, here.sample_rate) == (there.phonemes, there.voice, there.sample_rate)


def test_what_is_wrong_with_a_text_is_said_as_ever():
    with pytest.raises(errors.TextError) as here:
        synthesis.synthesize("Hi", "nobody-at-all", None)
    with ahead.saying("Hi", "nobody-at-all", None), pytest.raises(errors.TextError) as there:
        ahead.said("Hi", "nobody-at-all", None)
    assert str(here.value) == str(there.value)


def test_warnings_come_through_too(caplog):
    with ahead.saying("Hello. Привет.", "heart", PLAIN):
        ahead.said("Hello. Привет.", "heart", PLAIN)
    assert "does not read all of this text" in caplog.text


@pytest.mark.parametrize("program", ["/bin/false", "/no/such/program"])
def test_without_that_process_the_text_is_said_here(monkeypatch, program):
    spoken = phonemes.Speech(np.zeros(10, np.float32), 24_000, [], "heart")
    monkeypatch.setattr(synthesis, "synthesize", lambda *asked: spoken)
    monkeypatch.setattr(sys, "executable", program)
    with ahead.saying("Hi", None, PLAIN):
        assert ahead.said("Hi", None, PLAIN) is spoken


def test_another_text_is_said_here(monkeypatch):
    monkeypatch.setattr(synthesis, "synthesize", lambda text, *asked: f"{text}, said here")
    with ahead.saying("Hi", None, PLAIN):
        assert ahead.said("Ho", None, PLAIN) == "Ho, said here"
        assert ahead.said("Hi", None, manner.Manner(1.5)) == "Hi, said here"


def test_nobody_is_left_speaking():
    before = set(psutil.Process().children())
    with contextlib.suppress(KeyError), ahead.saying("A long text, " * 100, None, PLAIN):
        assert set(psutil.Process().children()) - before
        raise KeyError  # stopped in the middle
    assert not set(psutil.Process().children()) - before


def test_a_part_of_ones_own_is_not_passed_over(monkeypatch):
    given = {"voice": None, "rate": None, "pitch": None}
    options = cli.parser().parse_args(["animate", "--text", "Hi"])

    def elsewhere():
        begun = []
        monkeypatch.setattr(ahead, "saying", lambda *asked: begun.append(asked) or contextlib.nullcontext())
        with cli.said_meanwhile(options, "[happy] Hi", given):
            return begun

    options.alone = True
    assert elsewhere() == [("Hi", None, PLAIN)]
    monkeypatch.setitem(places.swaps, "speech.anything", "a student's part")
    assert elsewhere() == []
    places.swaps.clear()
    options.alone = False  # called out of a program or notebook
    assert elsewhere() == []


# ---------------------------------------------------------------- the process


def test_while_loading_nothing_is_collected():
    assert gc.isenabled()
    with pytest.raises(KeyError), process.loading():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()
    gc.unfreeze()


LEAVES = """
import atexit, sys, threading, time
from course import process
atexit.register(lambda: print("put away", flush=True))
print("all that", end=" was said, ")  # still in the buffer
if sys.argv[1:]:
    threading.Thread(target=lambda: time.sleep(0.3) or print("worked, ", end="")).start()
class Slow:
    def __del__(self):
        print("taken apart")
one = Slow()
process.leave(3)
"""


@pytest.mark.parametrize("words, said", [
    ([], "all that was said, put away\n"), (["thread"], "all that was said, worked, put away\ntaken apart\n")])
def test_leaving_loses_nothing_and_takes_nothing_apart(words, said):
    done = subprocess.run([sys.executable, "-c", LEAVES, *words], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (3, said, "")


FILM = """
import sys
from course import cli
code = cli.main()
heavy = {name.partition(".")[0] for name in sys.modules} & {
    "scipy", "librosa", "matplotlib", "skimage", "torchvision", "numba", "soundfile", "fastapi", "aiortc",
    "tensorboard", "face_alignment", "hibari"}
print(code, sorted(heavy))
"""


def test_a_film_of_a_text_loads_only_what_it_needs(tmp_path, hopper_path):
    film = tmp_path / "film.mp4"
    done = subprocess.run([sys.executable, "-c", FILM, "animate", hopper_path, "--text", "Hi.", "--size", "96", "--fps",
                           "5", "-o", film], capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "0 []" and film.stat().st_size > 1000, done.stderr


def test_ctrl_c_while_loading(tmp_path, hopper_path):
    command = subprocess.Popen([sys.executable, "-m", "course", "animate", hopper_path, "--text", "A long text. " * 200,
                                "-o", tmp_path / "film.mp4"], stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not (speaking := psutil.Process(command.pid).children()) and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.3)
    command.send_signal(signal.SIGINT)
    told = command.communicate(timeout=60)[1]
    assert (command.returncode, told, list(tmp_path.iterdir())) == (130, "course: stopped\n", [])
    assert speaking and not any(one.is_running() for one in speaking)


# ---------------------------------------------------------------- the same numbers


@pytest.mark.parametrize("shape, deviation", [((137, 5), 1.3), ((4, 2), 10.0), ((60,), 0.4), ((1, 3), 2.0)])
def test_the_gaussian_is_scipys(shape, deviation):
    from scipy.ndimage import gaussian_filter1d

    curve = np.random.default_rng(0).random(shape)
    expected = gaussian_filter1d(curve, deviation, axis=0, mode="nearest")
    assert np.allclose(interpolation.gaussian(curve, deviation), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("count", [1, 7])
def test_coordinate_descent_is_what_its_formula_says(count):
    rng = np.random.default_rng(3)
    slopes = rng.normal(size=(count, 9, 20))
    hessian, gradient = slopes @ slopes.transpose(0, 2, 1) + np.eye(9), 9 * rng.normal(size=(count, 9))
    low, high = np.zeros(9), np.full(9, 0.7)
    expected = np.full((count, 9), 0.2)
    for _ in range(200):
        for i in range(9):
            left = gradient[:, i] - (hessian[:, i] * expected).sum(axis=1)
            expected[:, i] = np.clip(expected[:, i] + left / hessian[:, i, i], low[i], high[i])
    found = least_squares.solve(hessian, gradient, np.full((count, 9), 0.2), low, high, sweeps=200)
    assert np.abs(found - expected).max() < 1e-3 and found.shape == (count, 9)
    assert (found == 0).any() and (found == 0.7).any()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_a_process_keeps_the_memory_that_it_frees():
    code = """if True:
        import resource, sys
        import numpy as np
        from course import process
        if sys.argv[1] == "keeps":
            process.keep_memory()
        def faults():
            return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for turn in range(11):
            [np.ones(2**18) for _ in range(48)]  # 96 MiB, taken and freed
            first = faults() if turn == 0 else first
        print(faults() - first)"""
    keeps, gives = (int(subprocess.run([sys.executable, "-c", code, how], capture_output=True, text=True,
                                       check=True).stdout) for how in ("keeps", "gives"))
    assert keeps < 0.2 * gives
