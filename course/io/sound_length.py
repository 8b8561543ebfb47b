"""How long a file of sound is by its own header, to tell when its end is missing."""

import os
import struct

TOLD = ("matroska", "mov", "w64", "flac", "aiff", "tta", "ape", "wv")  # FFmpeg reads the length out of their headers
HEAD = 1 << 12  # bytes at the beginning of the sound in which an MP3 says how many frames it has
UNKNOWN = (0, 0x7FFFFFFF, 0x80000000)  # sizes written by programs that did not know when they would end


def promised_seconds(container, stream, path) -> float | None:
    """The length in seconds that the header gives; None where it gives none, or FFmpeg guesses from the bit rate."""
    kinds = container.format.name.split(",")
    seconds = container.duration / 1e6 if container.duration else None
    if any(kind in TOLD for kind in kinds):
        return seconds
    if "caf" in kinds and stream.codec_context.name.startswith("pcm"):
        return stream.frames / stream.codec_context.sample_rate if stream.frames else None
    with open(path, "rb") as file:
        if "mp3" in kinds:
            return seconds if _mp3_says(file) else None
        if seconds and ("wav" in kinds or "avi" in kinds):
            size = os.fstat(file.fileno()).st_size  # FFmpeg gives the length of what is there
            begin, end = last_part(file, size)
            begin = begin if "wav" in kinds else 0  # by the size of its sound, or of the whole file
            return seconds * (end - begin) / (size - begin) if end > size + 1 and size > begin else None
    return None


def last_part(file, size: int) -> tuple:
    """Where the last part of a RIFF file (WAV, AVI) begins and ends, in bytes; beyond `size`, the file's, if cut."""
    at, begin = 12, 12
    while at + 8 <= size:
        file.seek(at)
        _, length = struct.unpack("<4sI", file.read(8))
        begin, at = at + 8, at + 8 + length + length % 2
        if length in UNKNOWN or length >= 0xFFFFFF00:
            return begin, size
    return begin, at


def has_end(path) -> bool:
    """Whether an Ogg file has the mark of its last page (RFC 3533, header type 4)."""
    with open(path, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - (1 << 17)))  # a page has 65 kB at most
        tail = file.read()
    last = tail.rfind(b"OggS")
    return last < 0 or last + 5 >= len(tail) or bool(tail[last + 5] & 4)


def _mp3_says(file) -> bool:
    """Whether a first frame without sound says how many follow (Xing, Info: with LAME; VBRI: with Fraunhofer)."""
    tag = file.read(10)
    if tag[:3] == b"ID3" and len(tag) == 10:  # its size has seven bits a byte
        file.seek(10 + sum((byte & 127) << shift for byte, shift in zip(tag[6:10], (21, 14, 7, 0))))
    else:
        file.seek(0)
    head = file.read(HEAD)
    return any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))
