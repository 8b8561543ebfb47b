"""espeak-ng: text to 22,050 Hz samples and the start time of every phoneme.

The library and its data come from the wheel `espeakng-loader`; espeak-ng itself is free software under
the GPL, version 3 or later, and is loaded while the program runs, not copied into it.

Some texts end the process that runs espeak-ng, so it runs in one of its own (`espeak_worker.py`), started with the
first sentence and kept. A text that ends or stalls it is said again in shorter pieces.
"""

import atexit
import functools
import json
import os
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import errors
from . import pieces, plain_text

_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7

SAMPLE_RATE = 22_050  # Hz, of every voice in the wheel
MAX_SECONDS = 20 * 60  # of speech at once: a film of it takes about an hour to make
PATIENCE = 10.0  # seconds that a sentence may take, and
PATIENCE_PER_CHARACTER = 0.01  # so much more for each of its characters; on one busy core it takes 0.0005
MOST_DEATHS = 40  # of espeak over one text, before it is cut no further
LAST_VOICE = "en-us"  # says what another cannot


@dataclass(frozen=True)
class Voice:
    """A language that espeak-ng speaks: `name` is what to ask for, `title` is what to show a person."""

    name: str
    title: str
    file: str  # espeak's own key: some voices are not found by their name


@dataclass(frozen=True)
class Settings:
    """How a voice speaks; espeak's own scales."""

    rate: int = 160  # words a minute; espeak's default of 175 is hurried for a face that one watches
    pitch: int = 45  # 0 to 100
    pitch_range: int = 55  # 0 is monotone, 80 sings; more is cut to 80
    volume: int = 100
    word_gap: int = 0  # pause between words, in units of 10 ms


# ---------------------------------------------------------------- the process


class _Broken(Exception):
    """The worker did not answer: it ended, stalled, or its answer was cut short."""


class Worker:
    """The process of `espeak_worker.py`, started when first asked, one question at a time."""

    def __init__(self):
        self._lock = threading.Lock()
        self._process = None
        self.deaths = 0  # how often a text has ended or stalled espeak

    def ask(self, request: dict, seconds: float) -> tuple:
        """The answer and its sound in bytes; {"died": ...} if espeak ended or took longer than `seconds`.

        Raises:
            errors.TextError: espeak-ng or its voices are not there.
        """
        with self._lock:
            self._start()
            # The copy ends itself in time; this clock is for a machine without copies, and for a worker that stalls.
            clock = threading.Timer(seconds + 5, _end, [self._process])
            clock.daemon = True
            clock.start()
            try:
                self._write({**request, "seconds": seconds})
                answer = self._read()
                if not hasattr(os, "fork"):
                    self._stop()  # it answers once
                self.deaths += "died" in answer[0]
                return answer
            except (_Broken, OSError):
                self._stop()
                self.deaths += 1
                return {"died": "no answer"}, b""
            except BaseException:  # Ctrl-C: half an answer is in the pipe
                self._stop()
                raise
            finally:
                clock.cancel()

    def close(self) -> None:
        """End the process, in the middle of a sentence too; the next question starts another."""
        if self._lock.acquire(blocking=False):
            try:
                self._stop()
            finally:
                self._lock.release()
        elif self._process:
            _end(self._process)  # whoever asked is told that it died

    @property
    def pid(self):
        """Of the process, None while there is none."""
        return self._process.pid if self._process else None

    def _start(self) -> None:
        if self._process and self._process.poll() is None:
            return
        self._stop()
        library, data = _places()
        script = Path(__file__).with_name("espeak_worker.py")
        # A session of its own: Ctrl-C in a terminal and a notebook's interrupt go to the program, not to the worker.
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(script), library, data], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
            told, _ = self._read()
        except (_Broken, OSError, ValueError) as problem:
            self._stop()
            raise errors.TextError(f"the voice does not start ({problem or 'its process ended'}): "
                                   "`course doctor` looks for the reason") from None
        if "error" in told:
            self._stop()
            raise errors.TextError(f"the voice library espeak-ng does not load ({told['error']}): "
                                   "pip install --force-reinstall espeakng-loader")

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process:
            _end(process)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                try:
                    pipe.close()
                except OSError:
                    pass  # what was not written yet has nobody to read it

    def _write(self, request: dict) -> None:
        body = json.dumps(request).encode("ascii")
        self._process.stdin.write(struct.pack("<I", len(body)) + body)
        self._process.stdin.flush()

    def _read(self) -> tuple:
        source = self._process.stdout
        (size,) = struct.unpack("<I", _exactly(source, 4))
        message = json.loads(_exactly(source, size))
        return message, _exactly(source, message["bytes"])


def _exactly(source, size: int) -> bytes:
    read = source.read(size)
    if len(read) < size:
        raise _Broken
    return read


def _end(process) -> None:
    """End the worker and the copy that it may be waiting for."""
    if process.returncode is not None:
        return  # its number may be another's by now
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)  # it leads a session, so its group is its own
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass  # it has ended


def _places() -> tuple:
    """The library's path and its data's. Raises `errors.TextError`."""
    try:
        import espeakng_loader

        return espeakng_loader.get_library_path(), espeakng_loader.get_data_path()
    except (ImportError, RuntimeError) as problem:
        raise errors.TextError(
            f"the voice library espeak-ng does not load ({problem}): pip install espeakng-loader") from None


worker = Worker()


def _forget() -> None:
    """In a fork of this program: the worker belongs to the original, and so does the lock somebody may hold."""
    global worker
    worker = Worker()


atexit.register(lambda: worker.close())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


# ---------------------------------------------------------------- voices


@functools.lru_cache(maxsize=1)
def installed_voices() -> tuple:
    """Every language voice of the library as `Voice`s, by name; those whose files the wheel lacks are left out."""
    found = {}
    told, _ = worker.ask({"voices": True}, PATIENCE)
    if "voices" not in told:
        raise errors.TextError("espeak-ng does not list its voices: pip install --force-reinstall espeakng-loader")
    for title, name, file in told["voices"]:
        if not file.startswith("mb/") and _has_dictionary(file, name):
            found.setdefault(name, Voice(name, title.replace("_", " ").strip(), file))
    return tuple(found[name] for name in sorted(found))


def _has_dictionary(file: str, name: str) -> bool:
    folder = _data_folder()
    wanted = name.split("-")[0]
    for line in (folder / "lang" / file).read_text("utf-8").splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "dictionary":
            wanted = words[1]
    return (folder / f"{wanted}_dict").is_file()


def _data_folder() -> Path:
    return Path(_places()[1])


@functools.lru_cache(maxsize=1)
def variants() -> tuple:
    """Names of the speakers that can be put behind a voice with a plus, such as "f2" in "en-us+f2"."""
    folder = _data_folder() / "voices" / "!v"
    return tuple(sorted(file.name for file in folder.iterdir() if file.is_file()))


def _key(voice: str) -> str:
    """espeak's key of a voice, with the variant that may follow a plus."""
    name, plus, variant = voice.partition("+")
    files = {known.name: known.file for known in installed_voices()}
    return files.get(name, name) + plus + variant


# ---------------------------------------------------------------- speech


def speak(text: str, voice: str, settings: Settings = None) -> tuple:
    """Say `text`.

    Args:
        text: what to say; voice: one of `voices()`, perhaps with "+" and one of `variants()`.
    Returns:
        samples float32 (N,) in [-1, 1], their rate in Hz, and a list of (IPA symbol, sample) with the place
        where each phoneme begins; an empty symbol is a pause (or a Chinese tone, which takes no time).
    Raises:
        errors.TextError: no such voice; a text that espeak-ng cannot say; more than `MAX_SECONDS` of speech.
    """
    deaths, parts, waiting = 0, [], [(pieces.breathing(text, voice), voice)]
    while waiting:
        piece, speaker = waiting.pop(0)
        told, sound = _ask_to_say(piece, speaker, settings or Settings())
        if "died" not in told:
            parts.append((np.frombuffer(sound, np.int16), told["marks"]))
            check_length(sum(len(samples) for samples, _ in parts))
            continue
        deaths += 1
        halves = pieces.halves(piece) if deaths < MOST_DEATHS else []
        if halves:
            waiting[:0] = [(half, speaker) for half in halves]
        elif speaker != LAST_VOICE:  # the Greenlandic voice, for one, ends at an 8
            waiting.insert(0, (piece, LAST_VOICE))
        else:
            raise errors.TextError(f"espeak-ng cannot say {plain_text.shown(piece)}: write it in other words")
    samples, marks = _joined(parts)
    return samples.astype(np.float32) / 32768.0, SAMPLE_RATE, marks


def spelled(texts: list, voice: str) -> list:
    """Texts as espeak-ng would say them, in IPA, letters of one sound tied by "^"; None for one it cannot take.

    Raises:
        errors.TextError: no such voice.
    """
    texts = [pieces.breathing(text, voice) for text in texts]
    return _spelled(texts, voice) or [(_spelled([text], voice) or [None])[0] for text in texts]


def _spelled(texts: list, voice: str):
    patience = PATIENCE + PATIENCE_PER_CHARACTER * sum(map(len, texts))
    told, _ = worker.ask({"spelled": texts, "voice": _key(voice)}, patience)
    if "error" in told:
        raise errors.TextError(f"espeak-ng has no voice {voice!r}: see course.speech.voices()")
    return told.get("ipa")


def _ask_to_say(text: str, voice: str, settings: Settings) -> tuple:
    chosen = {_RATE: settings.rate, _PITCH: settings.pitch, _RANGE: min(settings.pitch_range, 80),
              _VOLUME: settings.volume, _WORD_GAP: settings.word_gap}  # fmt: skip
    # a range above 90 can crash espeak-ng 1.52
    request = {"text": text, "voice": _key(voice), "samples": MAX_SECONDS * SAMPLE_RATE,
               "parameters": [(parameter, int(value)) for parameter, value in chosen.items()]}  # fmt: skip
    told, sound = worker.ask(request, PATIENCE + PATIENCE_PER_CHARACTER * len(text))
    if "error" in told:
        raise errors.TextError(f"espeak-ng has no voice {voice!r}: see course.speech.voices()")
    return told, sound


def check_length(samples: int) -> None:
    """Raises `errors.TextError` for more than `MAX_SECONDS` of speech."""
    if samples > MAX_SECONDS * SAMPLE_RATE:
        raise errors.TextError(f"the text takes longer than {MAX_SECONDS // 60} minutes to say, which is the most at "
                               "once: make a film of each part")


def _joined(parts: list) -> tuple:
    """Pieces (samples, marks) one after the other."""
    marks, at = [], 0
    for samples, own in parts:
        marks += [(symbol, place + at) for symbol, place in own]
        at += len(samples)
    return np.concatenate([samples for samples, _ in parts]), marks
