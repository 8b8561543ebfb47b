"""Damaged sound files: whatever stands in one, reading it gives samples or one line, and the process lives.

Small whole files are damaged at random and read in a child process, so that a death would be seen. For longer than
the two seconds of the test, for instance ten minutes from another beginning:

    COURSE_FUZZ_SECONDS=600 COURSE_FUZZ_SEED=7 python -m pytest -s tests/test_sound_fuzz.py

A failure names the seed and the number of each case; `python tests/test_sound_fuzz.py FOLDER SEED NUMBER` makes the
file of one case again.
"""

import json
import logging
import os
import subprocess
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import numpy as np
import soundfile
from test_sound import BACKWARDS, write_caf

SECONDS = float(os.environ.get("COURSE_FUZZ_SECONDS", 2))
SEED = int(os.environ.get("COURSE_FUZZ_SEED", 1))
SLOW = 20.0  # seconds for a file of a few kB
WHOLE = (("a.wav", "pcm_s16le", "stereo"), ("f.wav", "pcm_f32le", "mono"), ("e.wav", "pcm_s16le", "7.1"),
         ("g.wav", "adpcm_ms", "mono"), ("a.mp3", "libmp3lame", "stereo"), ("a.m4a", "aac", "stereo"),
         ("p.m4a", "aac", "quad"), ("l.m4a", "alac", "stereo"), ("a.ogg", "libopus", "stereo"),
         ("a.flac", "flac", "5.1"), ("a.mkv", "aac", "mono"), ("a.webm", "libopus", "mono"),
         ("a.mov", "pcm_s16le", "7.1"), ("a.aac", "aac", "mono"), ("a.ac3", "ac3", "5.1"),
         ("a.avi", "libmp3lame", "mono"), ("a.ts", "aac", "mono"), ("a.wma", "wmav2", "mono"),
         ("a.caf", "pcm_s16be", "3.0"), ("a.aiff", "pcm_s16be", "mono"), ("a.wv", "wavpack", "stereo"),
         ("a.tta", "tta", "stereo"))  # fmt: skip


def make_whole(folder: Path) -> list:
    """A third of a second of sound in every form of `WHOLE`, some with a picture: their paths."""
    import av

    for name, codec, layout in WHOLE:
        with av.open(str(folder / name), "w") as container:
            picture = None
            if name in ("a.mkv", "a.avi", "a.ts"):
                picture = container.add_stream("mpeg4", rate=10)
                picture.width = picture.height = 32
            stream = container.add_stream(codec, rate=48_000, layout=layout)
            stream.bit_rate = 64_000 * len(av.AudioLayout(layout).channels)  # of those that have one
            channels = len(av.AudioLayout(layout).channels)
            noise = np.random.default_rng(0).normal(0, 0.1, (1, 16_000 * channels)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(noise, "flt", layout)
            frame.sample_rate, frame.pts = 48_000, 0
            size = stream.codec_context.frame_size
            even = av.AudioResampler(stream.format, layout, 48_000, size if size > 1 else 1024)
            for piece in [*even.resample(frame), *even.resample(None)]:
                container.mux(stream.encode(piece))
            for number in range(3 if picture else 0):
                shown = av.VideoFrame.from_ndarray(np.full((32, 32, 3), number * 80, np.uint8), "rgb24")
                shown.pts = number
                container.mux(picture.encode(shown))
            container.mux([*stream.encode(None), *(picture.encode(None) if picture else ())])
    soundfile.write(folder / "v.ogg", np.random.default_rng(0).normal(0, 0.1, (16_000, 2)), 48_000, "VORBIS")
    write_caf(folder / "b.caf", BACKWARDS)
    return [*(folder / name for name, _, _ in WHOLE), folder / "v.ogg", folder / "b.caf"]


def damaged(whole: list, seed: int, number: int) -> tuple:
    """The bytes of case `number`, and the ending of its name."""
    chance = np.random.default_rng((seed, number))
    path = whole[chance.integers(len(whole))]
    data = bytearray(path.read_bytes())
    for _ in range(1 + chance.integers(3)):
        if len(data) < 16:
            break
        DAMAGES[chance.integers(len(DAMAGES))](data, chance, whole)
    return bytes(data), path.suffix


def flip_bits(data, chance, whole):
    for at in chance.integers(len(data), size=1 + chance.integers(30)):
        data[at] ^= 1 << chance.integers(8)


def flip_in_header(data, chance, whole):
    for at in chance.integers(min(len(data), 600), size=1 + chance.integers(6)):
        data[at] = chance.integers(256)


def set_number(data, chance, whole):
    """A number in the header becomes one that no honest file has."""
    size = int(chance.choice([1, 2, 4, 8]))
    at = chance.integers(min(len(data), 600))
    value = int(chance.choice([0, 1, 255, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 10_000_000, 65, 64, 9]))
    data[at:at + size] = (value % 256**size).to_bytes(size, chance.choice(["little", "big"]))


def set_end_number(data, chance, whole):
    """The same near the end, where m4a keeps its tables."""
    at = max(0, len(data) - int(chance.integers(1, 1500)))
    data[at:at + 4] = int(chance.choice([0, 1, 255, 2**31 - 1, 2**32 - 1])).to_bytes(4, "big")


def cut_end(data, chance, whole):
    del data[chance.integers(1, len(data)):]


def cut_middle(data, chance, whole):
    at = chance.integers(len(data))
    del data[at:at + chance.integers(1, 400)]


def twice(data, chance, whole):
    at = chance.integers(len(data))
    data[at:at] = data[at:at + chance.integers(1, 2000)]


def noise(data, chance, whole):
    at, size = chance.integers(len(data)), int(chance.integers(1, 900))
    data[at:at + size] = chance.bytes(size)


def join(data, chance, whole):
    other = whole[chance.integers(len(whole))].read_bytes()
    data[chance.integers(len(data)):] = other[chance.integers(len(other)):]


DAMAGES = (flip_bits, flip_in_header, flip_in_header, set_number, set_number, set_end_number, cut_end, cut_middle,
           twice, noise, join)


def read_cases(folder: Path, seed: int, first: int, seconds: float) -> dict:
    """Read one damaged file after the other for some seconds, in this process."""
    from course import errors, io

    logging.getLogger("course").setLevel(logging.CRITICAL)
    whole = make_whole(folder)
    counts, wrong, slowest, begin, number = Counter(), [], (0.0, 0), time.monotonic(), first
    while time.monotonic() < begin + seconds:
        data, suffix = damaged(whole, seed, number)
        path = folder / f"case{suffix}"
        path.write_bytes(data)
        (folder / "number").write_text(str(number))
        started = time.monotonic()
        try:
            samples, rate = io.load_audio(path)
            counts["read"] += 1
            if not (samples.ndim == 1 and np.isfinite(samples).all() and np.abs(samples).max() <= 1 and rate == 16_000):
                wrong.append((number, "samples that are none"))
        except errors.AudioError as problem:
            counts["refused"] += 1
            if "\n" in str(problem):
                wrong.append((number, f"more than a line: {problem}"))
        except Exception:
            wrong.append((number, traceback.format_exc()))
        slowest = max(slowest, (time.monotonic() - started, number))
        number += 1
    return {"counts": counts, "wrong": wrong, "slowest": slowest, "next": number}


def test_damaged_files_do_no_harm(tmp_path):
    end, first, deaths, wrong, counts, slowest = time.monotonic() + SECONDS, 0, [], [], Counter(), (0.0, 0)
    while first == 0 or time.monotonic() < end:
        left = max(1.0, end - time.monotonic())
        command = [sys.executable, __file__, str(tmp_path), str(SEED), str(first), str(left)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=left + 600,
                              env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        if done.stderr:
            wrong.append((first, done.stderr[-500:]))
        if done.returncode == 0:
            told = json.loads(done.stdout.splitlines()[-1])
            counts.update(told["counts"])
            wrong += told["wrong"]
            slowest, first = max(slowest, tuple(told["slowest"])), told["next"]
        else:  # it died: note where, go on behind it
            number = int((tmp_path / "number").read_text())
            deaths.append((number, done.returncode, done.stderr[-300:]))
            first = number + 1
    print(f"seed {SEED}: {first} cases, {dict(counts)}, deaths {deaths}, wrong {wrong}, slowest {slowest}")
    assert deaths == [] and wrong == [], f"seed {SEED}"
    assert slowest[0] < SLOW, slowest
    assert counts["read"] > 0 and counts["refused"] > 0


if __name__ == "__main__":
    place, its_seed, its_first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if len(sys.argv) == 4:
        content, ending = damaged(make_whole(place), its_seed, its_first)
        (place / f"case{ending}").write_bytes(content)
        print(place / f"case{ending}")
    else:
        print(json.dumps(read_cases(place, its_seed, its_first, float(sys.argv[4]))))
