"""A file of sound, opened: a regular file, read through its own bytes, never taken for an address or a playlist."""

import contextlib
import errno
import os
import stat

from .. import errors

# The demuxers that may open a file (FFmpeg's names). Playlists (hls, concat, dash, sdp), single pictures and text
# drawn as a screen are not among them: those name other files, or hold no sound.
KINDS = ("aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,gsm,iff,latm,loas,matroska,"
         "webm,mlp,mov,mp3,mp4,mpc,mpc8,mpeg,mpegts,mxf,nut,oga,ogg,ogv,rm,rso,sox,tak,truehd,tta,voc,w64,wav,wsd,wv,"
         "xwma")
SHOWN = 120  # characters of a name in a message
BUFFER = 1 << 17  # bytes read at a time


class Unreadable(errors.AudioError):
    """A file that is there, and has no sound that can be decoded."""


def shown(path) -> str:
    """A file's name as it stands in a message: one line, printable, not longer than SHOWN characters."""
    name = os.fspath(path)
    name = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
    name = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name)
    return name if len(name) <= SHOWN else f"{name[:SHOWN // 2 - 1]}…{name[-SHOWN // 2:]}"


@contextlib.contextmanager
def opened(path):
    """A container of PyAV around a file's bytes, for a `with`.

    Raises:
        errors.AudioError: no regular file that may be read, an empty one, none of `KINDS`.
    """
    import av

    with _bytes_of(path) as file:
        try:
            # A list that names other files could still open nothing: no protocol is allowed.
            # Tags are not always UTF-8; what they say is not used.
            container = av.open(_Source(file), metadata_errors="replace", buffer_size=BUFFER,
                                options={"format_whitelist": KINDS, "protocol_whitelist": "none"})
        except (av.FFmpegError, OSError, ValueError, MemoryError) as problem:
            raise Unreadable(_no_sound(path, file, problem)) from None
        with container:
            yield container


class _Source:
    """A file for PyAV, which prints a traceback when `seek` raises: a damaged header may point before the file."""

    def __init__(self, file):
        self.file, self.name = file, os.fsdecode(file.name)
        self.read, self.tell = file.read, file.tell

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self.file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1  # FFmpeg takes it for "not permitted"


def _bytes_of(path):
    if not isinstance(path, str | bytes | os.PathLike):
        raise errors.AudioError(f"a sound file is given by its name, not by {type(path).__name__}")
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise errors.AudioError(_no_file(path))
        # Should the name have become a pipe since, opening it does not wait for somebody to write.
        file = open(path, "rb", buffering=0, opener=lambda name, flags: os.open(name, flags | _at_once()))
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise errors.AudioError(_no_file(path))
    except FileNotFoundError:
        raise errors.AudioError(f"there is no file {shown(path)}: check the name and the folder") from None
    except PermissionError:
        raise errors.AudioError(f"{shown(path)} may not be read: check its permissions") from None
    except (OSError, ValueError) as problem:  # a name with a NUL, or longer than the file system takes
        raise errors.AudioError(f"{shown(path)} cannot be opened ({why(problem)}): check the name") from None
    if not os.fstat(file.fileno()).st_size:
        file.close()
        raise errors.AudioError(f"{shown(path)} is empty, there is no sound in it: copy or record it again")
    return file


def _no_sound(path, file, problem) -> str:
    file.seek(4)
    if file.read(4) == b"ftyp":  # MP4, M4A, MOV: the table of what lies where is often at the end
        return f"{shown(path)} is damaged or cut short, its table of contents is missing: copy or record it again"
    listed = getattr(problem, "errno", None) == errno.EINVAL  # what FFmpeg says of a kind that is not among KINDS
    reason = "a list of other files, or of a kind that is not read" if listed else why(problem)
    return f"{shown(path)} is no sound that can be read ({reason}): give a wav, mp3 or m4a file"


def _at_once() -> int:
    return getattr(os, "O_NONBLOCK", 0)


def _no_file(path) -> str:
    if os.path.isdir(path):
        return f"{shown(path)} is a folder: name a sound file in it"
    return f"{shown(path)} is a pipe or a device: write the sound to a file first"


def why(problem) -> str:
    """What an error of PyAV or of the system says, without the file's name."""
    return (getattr(problem, "strerror", None) or str(problem) or type(problem).__name__).splitlines()[0]


def sound_stream(container, path):
    """The first stream of sound that can be decoded.

    Raises:
        errors.AudioError: no sound in the file, or in a form that nothing here decodes.
    """
    if not container.streams.audio:
        raise errors.AudioError(f"{shown(path)} holds no sound: give a sound file, or a video that has sound")
    for stream in container.streams.audio:
        if stream.codec_context is not None:
            return stream
    raise Unreadable(f"{shown(path)} holds sound in a form that cannot be decoded: give a wav, mp3 or m4a file")


def picture_start(container) -> float | None:
    """When the first picture of a film is shown, in seconds of its time stamps; None for a file without pictures."""
    for stream in container.streams.video:
        if stream.codec_context is not None and not _is_cover(stream):
            return float(stream.start_time * stream.time_base) if stream.start_time is not None else None
    return None


def _is_cover(stream) -> bool:
    """Whether a "video stream" is the cover picture of a sound file."""
    disposition = getattr(stream, "disposition", None)  # PyAV 14 and later
    return bool(disposition is not None and getattr(type(disposition), "attached_pic", disposition) & disposition)
