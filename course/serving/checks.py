"""Is a file that a stranger sent what it should be? Looked at in a process of its own, which may come to harm.

    python -m course.serving.checks image FILE OUT '{"pixels": 25000000, "seconds": 300}'

What a file is shows in its bytes; its name and what its sender calls it count for nothing. The process has limits of
time and memory, and ends with one line of JSON.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from .. import errors
from . import children

PICTURES = {b"\xff\xd8\xff": (".jpg", "image/jpeg"), b"\x89PNG\r\n\x1a\n": (".png", "image/png")}
WEBP = (".webp", "image/webp")
SECONDS = 60  # for one look
MEMORY = 3 * 1024**3  # bytes of address space


def look(kind: str, path: Path, out: Path, limits) -> dict:
    """What a file is: {"suffix", "media", "duration"}; `out` is the file to keep.

    Args:
        kind: image, audio or driver; limits: `limits.Limits`, of which `pixels` and `seconds` count.
    Raises:
        errors.CourseError: it is no such thing, too large, or more than this process could bear.
    """
    bounds = json.dumps({"pixels": limits.pixels, "seconds": limits.seconds})
    command = [sys.executable, "-m", "course.serving.checks", kind, str(path), str(out), bounds]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL, check=False,
                              env=children.environment())
        told = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        raise errors.CourseError("this file takes too long to read: it is damaged, or made to be") from None
    except (ValueError, IndexError):
        raise errors.CourseError("this file cannot be read: it is damaged, or made to be") from None
    if "problem" in told:
        raise errors.CourseError(told["problem"])
    return told


def picture(path: Path, out: Path, bounds: dict) -> dict:
    """A JPEG, PNG or WebP with so many pixels at most. Raises `errors.ImageError`."""
    from PIL import Image

    from .. import images

    with open(path, "rb") as file:
        head = file.read(16)
    known = next((value for magic, value in PICTURES.items() if head.startswith(magic)), None)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        known = WEBP
    if known is None:
        raise errors.ImageError("this is no JPEG, PNG or WebP picture")
    named = path.rename(path.with_name(path.name + known[0]))
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and asked before a pixel is decoded
    Image.init()
    formats = [name for name in ("JPEG", "MPO", "PNG", "WEBP") if name in Image.OPEN]
    try:
        with Image.open(named, formats=formats) as opened:
            width, height = opened.size
    except Exception:  # decoders raise struct.error, SyntaxError and more on broken files
        raise errors.ImageError("this picture is damaged or cut short: save or download it again") from None
    if width * height > bounds["pixels"]:
        raise errors.ImageError(f"this picture is {width}x{height} px: {bounds['pixels'] / 1e6:.0f} million pixels are "
                                "the most")
    images.load_image(named)
    named.rename(out)
    return {"suffix": known[0], "media": known[1]}


def sound(path: Path, out: Path, bounds: dict) -> dict:
    """Anything with speech in it, kept as 16 kHz wav. Raises `errors.AudioError`."""
    import soundfile

    from ..io import sound as sounds

    samples, rate = sounds.load_audio(path)
    if len(samples) > bounds["seconds"] * rate:
        raise errors.AudioError(f"this sound is {len(samples) / rate:.0f} s long: {bounds['seconds']:g} s are the most")
    soundfile.write(out, samples, rate, format="WAV", subtype="PCM_16")
    return {"suffix": ".wav", "media": "audio/wav", "duration": len(samples) / rate}


def film(path: Path, out: Path, bounds: dict) -> dict:
    """A film that decodes. Raises `errors.VideoError`."""
    from ..io import decoding

    info = decoding.probe(path)
    if info.duration > bounds["seconds"]:
        raise errors.VideoError(f"this film is {info.duration:.0f} s long: {bounds['seconds']:g} s are the most")
    frames = decoding.read_frames(path)
    next(frames)
    frames.close()
    path.rename(out)
    return {"suffix": ".film", "media": "application/octet-stream", "duration": info.duration}


KINDS = {"image": picture, "audio": sound, "driver": film}


def main(arguments: list) -> None:
    """One look, told as a line of JSON."""
    kind, path, out, bounds = arguments
    _limit()
    try:
        told = KINDS[kind](Path(path), Path(out), json.loads(bounds))
    except errors.CourseError as problem:
        told = {"problem": re.sub(re.escape(str(Path(path).parent)) + r"\S*", "this file", str(problem))}
    except StopIteration:
        told = {"problem": "this film has no frame that decodes"}
    print("\n" + json.dumps(told), flush=True)


def _limit() -> None:
    """This process ends before it takes too much time or memory (where the system knows such limits)."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # Windows
        return


if __name__ == "__main__":
    main(sys.argv[1:])
