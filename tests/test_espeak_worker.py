"""espeak-ng in a process of its own: nothing that is typed ends ours, and nothing is left behind."""

import json
import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from course import errors, speech
from course.speech import espeak, espeak_worker

DEADLY = "s'" * 80  # ends espeak-ng 1.52 when it is said in one piece


def alive(pid) -> bool:
    """Is there such a process that is no zombie?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def gone(pid, seconds=10) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


def group(leader) -> list:
    """The processes of a group that are no zombies, where there is /proc."""
    fields = [path.read_text().rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*/stat")]
    return [field for field in fields if field[2] == str(leader) and field[0] != "Z"]


def request(text, **other) -> dict:
    return {"text": text, "voice": "gmw/en-US", "parameters": [], "samples": 10**8, **other}


TEXTS = (DEADLY, "a." * 400, "é'" * 200, "1." * 200, "'" * 500 + "a", "s' " * 80, "x-" * 200, "A" * 300, "b'a." * 100,
         "#a" * 200, "1e400", "9" * 300, "-" * 999 + "a", "\u0301" * 10_000 + "a", "a\u200d" * 300,
         "2024-01-31 12:30 €5,000.50 1/2 " * 8)  # fmt: skip


@pytest.mark.parametrize(("text", "voice"), [
    *((text, "en-us") for text in TEXTS),
    *((text, voice) for voice in ("fr-fr", "ru", "cmn", "hi", "ko") for text in TEXTS[:4]),
])  # fmt: skip
def test_no_text_ends_the_process(text, voice):
    said = speech.synthesize(text, voice)
    assert said.duration > 0.4 and any(phoneme.symbol for phoneme in said.phonemes)


def test_a_dead_sentence_is_an_answer_and_the_worker_lives():
    speech.synthesize("Hello.", "en-us")
    pid, before = espeak.worker.pid, espeak.worker.deaths
    told, sound = espeak.worker.ask(request(DEADLY), 20)
    assert told["died"] and sound == b"" and espeak.worker.deaths == before + 1
    assert espeak.worker.pid == pid and alive(pid)
    assert "marks" in espeak.worker.ask(request("Hello."), 20)[0]


def test_a_text_that_kills_is_said_in_shorter_pieces(monkeypatch):
    monkeypatch.setattr(espeak.pieces, "breathing", lambda text, voice: text)
    before = espeak.worker.deaths
    samples, _, marks = espeak.speak(f"Hello there. {DEADLY} And goodbye.", "en-us")
    assert espeak.worker.deaths > before
    assert sum(bool(symbol) for symbol, _ in marks) > 150 and len(samples) > 100_000
    places = [place for _, place in marks]
    assert places == sorted(places) and places[-1] <= len(samples)


def test_what_ends_one_voice_is_said_by_another():
    """The Greenlandic voice of espeak-ng 1.52 ends at every 8."""
    before = espeak.worker.deaths
    said = speech.synthesize("7 8 9", "kl")
    assert espeak.worker.deaths > before and "eɪ" in [phoneme.symbol for phoneme in said.phonemes]


def test_a_text_that_kills_in_every_piece_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr(espeak.worker, "ask", lambda request, seconds: ({"died": 6}, b"")
                        if "text" in request else pytest.fail())  # fmt: skip
    with pytest.raises(errors.TextError, match="cannot say 'He") as caught:
        espeak.speak("Hello there, how are you?", "en-us")
    assert len(str(caught.value).splitlines()) == 1


def test_the_same_sentence_is_the_same_sound():
    first = speech.synthesize("The same words again.", "en-us")
    speech.synthesize("Something else in between, in another voice.", "de")
    again = speech.synthesize("The same words again.", "en-us")
    assert np.array_equal(first.samples, again.samples) and first.phonemes == again.phonemes


def test_a_stalled_sentence_is_ended_in_time():
    start = time.monotonic()
    told, _ = espeak.worker.ask(request("word " * 400_000), 1)
    assert "died" in told and time.monotonic() - start < 15
    assert "marks" in espeak.worker.ask(request("Hello."), 20)[0]


def test_a_worker_that_is_killed_or_stopped_is_replaced():
    speech.synthesize("Hello.", "en-us")
    first = espeak.worker.pid
    os.kill(first, signal.SIGKILL)
    assert speech.synthesize("Hello, once more.", "en-us").duration > 0.5
    second = espeak.worker.pid
    assert second != first
    os.kill(second, signal.SIGSTOP)
    told, _ = espeak.worker.ask(request("Hello."), -4.5)  # the clock adds 5 s
    assert "died" in told and speech.synthesize("And again.", "en-us").duration > 0.5
    assert gone(second)


def test_threads_share_it():
    alone = {f"Number {i} says hello": None for i in range(12)}
    alone = {text: speech.synthesize(text, "en-us").samples for text in alone}
    found = {}
    threads = [threading.Thread(target=lambda text=text: found.update({text: speech.synthesize(text, "en-us").samples}))
               for text in alone]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.keys() == alone.keys() and all(np.array_equal(found[text], alone[text]) for text in alone)


@pytest.mark.parametrize("ending", ["pass", "import os; os._exit(3)", "import os; os.kill(os.getpid(), 9)", "1 / 0"])
def test_it_ends_with_its_parent(ending):
    code = ("from course import speech; from course.speech import espeak; speech.synthesize('Hello.', 'en-us');"
            "print(espeak.worker.pid, flush=True)\n" + ending)  # fmt: skip
    done = subprocess.run([sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True)
    assert "ResourceWarning" not in done.stderr
    assert gone(int(done.stdout))


def test_a_copy_that_is_still_speaking_ends_too():
    """The parent is killed in the middle of a sentence that would take minutes: its time ends the copy."""
    code = ("from course.speech import espeak; import threading, os, time\n"
            "r = {'text': 'word ' * 4_000_000, 'voice': 'gmw/en-US', 'parameters': [], 'samples': 10**9}\n"
            "espeak.installed_voices()\n"
            "threading.Thread(target=espeak.worker.ask, args=(r, 2), daemon=True).start()\n"
            "time.sleep(0.5); print(espeak.worker.pid, flush=True); os.kill(os.getpid(), 9)")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert gone(int(done.stdout), 20) and not group(int(done.stdout))


def test_a_program_that_ends_does_not_wait_for_a_thread_that_speaks():
    code = ("from course.speech import espeak; import threading, time\n"
            "r = {'text': 'word ' * 400_000, 'voice': 'gmw/en-US', 'parameters': [], 'samples': 10**9}\n"
            "espeak.installed_voices()\n"
            "threading.Thread(target=espeak.worker.ask, args=(r, 60), daemon=True).start()\n"
            "time.sleep(0.3); print(espeak.worker.pid, time.time(), flush=True)")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    leader, end = done.stdout.split()
    assert time.time() - float(end) < 10 and gone(int(leader)) and not group(int(leader))


def test_an_interrupt_leaves_it_usable():
    """Ctrl-C while it speaks: the half answer is thrown away with the worker, the next sentence is right."""
    code = ("import os, signal, threading; from course import speech\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it\n"
            "whole = len(speech.synthesize('Hello.', 'en-us').samples)\n"
            "threading.Timer(0.1, lambda: os.killpg(0, signal.SIGINT)).start()\n"
            "try:\n    speech.synthesize('A few words to say. ' * 600, 'en-us'); print('not interrupted')\n"
            "except KeyboardInterrupt:\n"
            "    print(len(speech.synthesize('Hello.', 'en-us').samples) == whole)")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, start_new_session=True)
    assert done.stdout.split() == ["True"], done.stderr


def _say_in_a_fork(answers):
    answers.put((espeak.worker.pid, speech.synthesize("In a fork.", "en-us").duration, espeak.worker.pid))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_of_the_program_has_its_own():
    duration = speech.synthesize("In a fork.", "en-us").duration
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_say_in_a_fork, args=(answers,))
    child.start()
    before, found, own = answers.get(timeout=60)
    child.join()
    assert before is None and own != espeak.worker.pid and found == duration
    assert gone(own)


def test_it_needs_neither_this_package_nor_others():
    """The worker runs by its path, without site-packages, and answers in frames."""
    library, data = espeak._places()
    frame = json.dumps(request("Hi.")).encode()
    done = subprocess.run([sys.executable, "-I", "-S", espeak_worker.__file__, library, data], capture_output=True,
                          input=struct.pack("<I", len(frame)) + frame, cwd="/")  # fmt: skip
    size = struct.unpack("<I", done.stdout[:4])[0]
    assert json.loads(done.stdout[4 : 4 + size])["ready"] and len(done.stdout) > 10_000 and done.returncode == 0


def test_a_library_that_is_missing_is_one_line(monkeypatch):
    own = espeak.Worker()
    monkeypatch.setattr(espeak, "_places", lambda: ("/nowhere/libespeak-ng.so", "/nowhere"))
    with pytest.raises(errors.TextError, match="does not load.*pip install"):
        own.ask(request("Hi."), 5)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(errors.TextError, match="the voice does not start"):
        own.ask(request("Hi."), 5)
    assert own.pid is None
