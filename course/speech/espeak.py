"""espeak-ng through its C library: text to 22,050 Hz samples and the start time of every phoneme.

The library and its data come from the wheel `espeakng-loader`; espeak-ng itself is free software under
the GPL, version 3 or later, and is loaded while the program runs, not copied into it. The functions used
are those of its `speak_lib.h`: espeak_Initialize, espeak_SetSynthCallback, espeak_SetVoiceByName,
espeak_SetParameter, espeak_Synth, espeak_ListVoices.

espeak keeps one global state and is not made for threads: every call below holds one lock.
"""

import ctypes
import functools
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import errors

_AUDIO_SYNCHRONOUS = 2  # samples go to the callback, and espeak_Synth returns when all is said
_PHONEME_EVENTS, _PHONEME_IPA, _DONT_EXIT = 0x0001, 0x0002, 0x8000
_EVENT_PHONEME = 7
_POSITION_CHARACTER, _CHARS_UTF8 = 1, 1
_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7

SAMPLE_RATE = 22_050  # Hz, of every voice in the wheel

_lock = threading.RLock()


class _Identity(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("milliseconds", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Identity),
    ]  # fmt: skip


class _VoiceRecord(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p), ("languages", ctypes.c_char_p), ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte), ("age", ctypes.c_ubyte), ("variant", ctypes.c_ubyte),
        ("priority", ctypes.c_ubyte), ("score", ctypes.c_int), ("spare", ctypes.c_void_p),
    ]  # fmt: skip


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


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


@functools.lru_cache(maxsize=1)
def _library():
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path()
    except (ImportError, OSError) as problem:
        raise errors.TextError(
            f"the voice library espeak-ng does not load ({problem}): pip install espeakng-loader") from None
    options = _PHONEME_EVENTS | _PHONEME_IPA | _DONT_EXIT
    if library.espeak_Initialize(_AUDIO_SYNCHRONOUS, 0, data.encode(), options) <= 0:
        raise errors.TextError(f"espeak-ng finds no voices in {data}: pip install --force-reinstall espeakng-loader")
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceRecord))
    library.espeak_ListVoices.argtypes = [ctypes.c_void_p]
    library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    return library


@functools.lru_cache(maxsize=1)
def installed_voices() -> tuple:
    """Every language voice of the library as `Voice`s, by name; those whose files the wheel lacks are left out."""
    found = {}
    with _lock:
        records = _library().espeak_ListVoices(None)
        for i in range(100_000):
            if not records[i]:  # the list ends with a null pointer
                break
            record = records[i].contents
            file, name = record.identifier.decode("utf-8"), record.languages[1:].decode("utf-8")
            if file.startswith("mb/") or not _has_dictionary(file, name):
                continue
            title = record.name.decode("utf-8", "replace").replace("_", " ").strip()
            found.setdefault(name, Voice(name, title, file))
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
    import espeakng_loader

    return Path(espeakng_loader.get_data_path())


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


def speak(text: str, voice: str, settings: Settings = None) -> tuple:
    """Say `text`.

    Args:
        text: what to say; voice: one of `voices()`, perhaps with "+" and one of `variants()`.
    Returns:
        samples float32 (N,) in [-1, 1], their rate in Hz, and a list of (IPA symbol, sample) with the place
        where each phoneme begins; an empty symbol is a pause (or a Chinese tone, which takes no time).
    """
    samples, marks = _say(text, voice, settings or Settings())
    return samples.copy(), SAMPLE_RATE, list(marks)


@functools.lru_cache(maxsize=16)
def _say(text: str, voice: str, settings: Settings) -> tuple:
    """The library itself: samples (N,) and marks.

    Kept for a while because espeak-ng goes on from where its wobble of pitch stood: the second time it says a
    sentence differs by a fraction of a millisecond, and the same call should give the same film.
    """
    chunks, marks = [], []

    def receive(samples, count, event):
        if samples and count > 0:
            chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        i = 0
        while event[i].type:
            if event[i].type == _EVENT_PHONEME:
                raw = ctypes.string_at(ctypes.addressof(event[i].id), 8).split(b"\0")[0]
                marks.append((raw.decode("utf-8", "ignore"), event[i].sample))  # 8 bytes may cut a letter in two
            i += 1
        return 0

    encoded = text.encode("utf-8")
    with _lock:
        library = _library()
        callback = _Callback(receive)
        library.espeak_SetSynthCallback(callback)
        if library.espeak_SetVoiceByName(_key(voice).encode("utf-8")) != 0:
            raise errors.TextError(f"espeak-ng has no voice {voice!r}: see course.speech.voices()")
        chosen = {_RATE: settings.rate, _PITCH: settings.pitch, _RANGE: settings.pitch_range,
                  _VOLUME: settings.volume, _WORD_GAP: settings.word_gap}  # fmt: skip
        chosen[_RANGE] = min(chosen[_RANGE], 80)  # espeak-ng 1.52 can crash above 90
        for parameter, value in chosen.items():
            library.espeak_SetParameter(parameter, int(value), 0)
        library.espeak_Synth(encoded, len(encoded) + 1, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
    samples = np.concatenate(chunks) if chunks else np.zeros(0, np.int16)
    return samples.astype(np.float32) / 32768.0, tuple(marks)
