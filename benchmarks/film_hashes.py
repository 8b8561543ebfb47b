"""A hash of every frame and of the sound of one film each by text, sound, driving video and motion.

    python benchmarks/film_hashes.py -o before.txt
    (change the code)
    python benchmarks/film_hashes.py --against before.txt

Code that was only moved gives the same lines to the bit. The recording is the text's own voice, the driving video the
text's own film; another machine may give other lines, since libraries round otherwise there.
"""

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

import numpy as np

TEXT = "A photograph that was quiet for forty years begins to speak."
SETTINGS = {"size": 320, "seed": 3, "expression": "happy:0.4"}


def digest(array) -> str:
    """Twelve digits of the hash of an array's shape, kind and bytes."""
    array = np.ascontiguousarray(array)
    return hashlib.sha256(f"{array.shape} {array.dtype}".encode() + array.tobytes()).hexdigest()[:12]


def lines_of(name: str, clip) -> list:
    """One line a frame, and one for the sound."""
    frames = [f"{name} frame {number:03d} {digest(frame)}" for number, frame in enumerate(clip)]
    return [*frames, f"{name} sound {digest(clip.audio) if clip.audio is not None else 'none'}"]


def nod():
    """A nod with a word in it: a Motion without anything learned."""
    import course

    time = np.arange(50) / 25  # (T,)
    channels = ("headPitch", "headYaw", "jawOpen", "mouthSmileLeft", "eyeBlinkLeft", "eyeBlinkRight")
    values = np.stack([8 * np.sin(4 * time), 6 * np.sin(2 * time), 0.4 * np.sin(6 * time).clip(0), 0.3 * time / 2,
                       np.sin(3 * time).clip(0), np.sin(3 * time).clip(0)], axis=1)  # (T, 6)
    return course.Motion(values, channels, 25)


def films(folder: Path):
    """(name, clip) for each way to move a photo."""
    import soundfile

    import course
    from course import demo

    photo = demo.photo_path()
    spoken = course.animate(photo, text=TEXT, watermark=False, **SETTINGS)  # a mark follows from a key of this computer
    yield "text", spoken
    soundfile.write(folder / "speech.wav", spoken.audio, spoken.sample_rate)
    yield "audio", course.animate(photo, audio=folder / "speech.wav", idle="vae", **SETTINGS)
    spoken.save(folder / "film.mp4", progress=False)
    yield "driving", course.animate(photo, driving=folder / "film.mp4", **SETTINGS)
    yield "driving-absolute", course.animate(photo, driving=folder / "film.mp4", relative=False, generator="warp",
                                             **SETTINGS)
    yield "motion", course.animate(photo, motion=nod(), **SETTINGS)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("-o", "--output", metavar="FILE", help="write the lines")
    options.add_argument("--against", metavar="FILE", help="compare with lines that were written before")
    options = options.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name, clip in films(Path(folder)):
            found = lines_of(name, clip)
            print(f"{name:<16} {len(found) - 1:4d} frames {digest(np.array(found[:-1]))} {found[-1].split()[-1]}")
            lines += found
    if options.output:
        Path(options.output).write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not options.against:
        return 0
    before = Path(options.against).read_text(encoding="utf-8").split("\n")[:-1]
    other = sum(a != b for a, b in zip(before, lines)) + abs(len(before) - len(lines))
    print(f"{other} of {len(lines)} lines differ from {options.against}")
    return min(other, 1)


if __name__ == "__main__":
    sys.exit(main())
