"""The process in which espeak-ng lives: sentences come in at the standard input, sound goes out at the standard output.

espeak-ng is C with buffers of fixed length, and some texts end the process that runs it. So it runs here, and each
sentence in a copy of this process (fork), which starts from the same state: a sentence sounds the same whenever it is
said, and one that ends its copy leaves this process ready for the next. Where there is no fork, this process ends
after one sentence. It ends, too, when its input does, that is, with the process that started it.

It is started by its path (`python -I -S espeak_worker.py LIBRARY DATA`) and imports the standard library only: it is
up in some 20 ms. Both directions carry frames: four bytes of length and JSON; after an answer, `bytes` of sound:

    {"voices": true}                                              -> {"voices": [[title, name, file], ...]}
    {"text", "voice", "parameters", "seconds", "samples"}         -> {"marks": [[symbol, sample], ...], "bytes": n}
                                                                  or {"died": signal}, {"error": words}
    {"spelled": [text, ...], "voice", "seconds"}                  -> {"ipa": [symbols of each text, ...]}

`seconds`: time after which a copy is ended; `samples`: with more than these, no more are made.

The functions used are those of espeak's `speak_lib.h`: espeak_Initialize, espeak_SetSynthCallback,
espeak_SetVoiceByName, espeak_SetParameter, espeak_Synth, espeak_ListVoices, espeak_TextToPhonemes.
"""

import ctypes
import json
import os
import signal
import struct
import sys

_AUDIO_SYNCHRONOUS = 2  # samples go to the callback, and espeak_Synth returns when all is said
_PHONEME_EVENTS, _PHONEME_IPA, _DONT_EXIT = 0x0001, 0x0002, 0x8000
_EVENT_PHONEME = 7
_POSITION_CHARACTER, _CHARS_UTF8 = 1, 1
_IPA, _TIED, _TIE = 0x02, 0x80, "^"  # letters of one sound are tied by this sign


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


def load(path: str, data: str):
    """The library, ready to speak. Raises OSError with what is missing."""
    library = ctypes.CDLL(path)
    options = _PHONEME_EVENTS | _PHONEME_IPA | _DONT_EXIT
    if library.espeak_Initialize(_AUDIO_SYNCHRONOUS, 0, data.encode(), options) <= 0:
        raise OSError(f"no voices in {data}")
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceRecord))
    library.espeak_ListVoices.argtypes = [ctypes.c_void_p]
    library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    return library


def list_voices(library) -> list:
    """Every voice as [title, name, file]."""
    found, records = [], library.espeak_ListVoices(None)
    for i in range(100_000):
        if not records[i]:  # the list ends with a null pointer
            break
        record = records[i].contents
        found.append([record.name.decode("utf-8", "replace"), record.languages[1:].decode("utf-8", "replace"),
                      record.identifier.decode("utf-8", "replace")])  # fmt: skip
    return found


def speak(library, request: dict) -> tuple:
    """One sentence: (answer, its sound as 16-bit samples in bytes)."""
    chunks, marks, count_so_far = [], [], 0

    def receive(samples, count, event):
        nonlocal count_so_far
        if samples and count > 0:
            chunks.append(ctypes.string_at(samples, 2 * count))
            count_so_far += count
        i = 0
        while event[i].type:
            if event[i].type == _EVENT_PHONEME:
                raw = ctypes.string_at(ctypes.addressof(event[i].id), 8).split(b"\0")[0]
                marks.append((raw.decode("utf-8", "ignore"), event[i].sample))  # 8 bytes may cut a letter in two
            i += 1
        return int(count_so_far > request["samples"])  # 1 ends the sentence

    callback = _Callback(receive)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(request["voice"].encode("utf-8")) != 0:
        return {"error": "no such voice", "bytes": 0}, b""
    for parameter, value in request["parameters"]:
        library.espeak_SetParameter(parameter, value, 0)
    text = request["text"].encode("utf-8", "replace")
    library.espeak_Synth(text, len(text) + 1, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
    sound = b"".join(chunks)
    return {"marks": marks, "bytes": len(sound)}, sound


def spell(library, request: dict) -> dict:
    """Texts as IPA, without a sound; a clause at a time, as espeak reads."""
    if library.espeak_SetVoiceByName(request["voice"].encode("utf-8")) != 0:
        return {"error": "no such voice", "bytes": 0}
    found = []
    for text in request["spelled"]:
        encoded = ctypes.create_string_buffer(text.encode("utf-8", "replace"))
        place, clauses = ctypes.c_void_p(ctypes.addressof(encoded)), []
        while place.value:
            told = library.espeak_TextToPhonemes(ctypes.byref(place), _CHARS_UTF8, _IPA | _TIED | ord(_TIE) << 8)
            clauses.append((told or b"").decode("utf-8", "ignore"))
        found.append(" ".join(clauses))
    return {"ipa": found, "bytes": 0}


def answer(library, request: dict, out) -> None:
    """Do what is asked and write it."""
    if "voices" in request:
        write(out, {"voices": list_voices(library), "bytes": 0})
        return
    if "spelled" in request:
        write(out, spell(library, request))
        return
    said, sound = speak(library, request)
    if hasattr(signal, "alarm"):
        signal.alarm(0)  # not in the middle of writing
    write(out, said, sound)


def answer_in_a_copy(library, request: dict, out) -> None:
    """The same in a fork, whose death is an answer, too."""
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(max(1, round(request.get("seconds", 60))))
            answer(library, request, out)
        except OSError:  # nobody listens any more
            os._exit(0)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status != 0:
        write(out, {"died": status, "bytes": 0})


def read(source):
    """The next request, or None at the end."""
    head = source.read(4)
    if len(head) < 4:
        return None
    (size,) = struct.unpack("<I", head)
    body = source.read(size)
    return json.loads(body) if len(body) == size else None


def write(out, message: dict, sound: bytes = b"") -> None:
    """One frame."""
    body = json.dumps(message).encode("ascii")
    out.write(struct.pack("<I", len(body)) + body + sound)
    out.flush()


def be_quiet() -> None:
    """A crash here is expected: no file with its memory, no word on anyone's terminal."""
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that asks
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass


def main() -> None:
    """Answer until the input ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the library prints must not stand between the frames
    be_quiet()
    source = sys.stdin.buffer
    try:
        library = load(*sys.argv[1:3])
    except OSError as problem:
        write(out, {"error": str(problem), "bytes": 0})
        return
    write(out, {"ready": True, "bytes": 0})
    while (request := read(source)) is not None:
        if hasattr(os, "fork"):
            answer_in_a_copy(library, request, out)
        else:
            answer(library, request, out)
            return


if __name__ == "__main__":
    main()
