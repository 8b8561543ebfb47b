"""Calls of the whole system put together by chance: photos, sounds, films, texts, names and settings, right and wrong.

    python benchmarks/generated_inputs.py                  # 300 calls, some minutes
    python benchmarks/generated_inputs.py --only 17        # one of them again, with what it says

Each call runs in a process of its own, by the command or from Python, with a time limit. It ends well if a film was
made, or if one line said what was wrong and nothing was left behind; anything else is printed, and the exit code is 1.
"""

import argparse
import collections
import contextlib
import multiprocessing
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

MODULES = ["course.animation", "course.cli", "course.rendering.animator", "course.rendering.layers",
           "course.motion.learned_idle", "course.motion.tracking", "scipy.io", "av", "PIL.Image"]


@dataclass
class Call:
    """One call. way: "command" or "python"; drive: text, audio, driving or motion; settings: {name: value}."""

    number: int
    way: str
    photo: object
    drive: str
    value: object
    output: object
    settings: dict = field(default_factory=dict)

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}"[:60] for name, value in self.settings.items())
        return f"{self.number} {self.way}: {str(self.photo)[:60]!r} {self.drive}={str(self.value)[:60]!r} {given} " \
               f"-> {str(self.output)[:60]!r}"


# ---------------------------------------------------------------- files


def make_photos(folder: Path) -> list:
    """Names of pictures: of every kind, with no face and two, damaged, and none at all."""
    from PIL import Image
    from skimage import data

    from course import demo, images

    hopper = Image.fromarray(images.load_image(demo.photo_path())).resize((256, 300))
    hopper.save(folder / "hopper.jpg")
    Image.fromarray(data.astronaut()).crop((100, 0, 400, 300)).save(folder / "astronaut.png")
    for name, mode in (("gray.png", "L"), ("cmyk.jpg", "CMYK"), ("palette.gif", "P"), ("alpha.png", "RGBA"),
                       ("plain.bmp", "RGB"), ("small.webp", "RGB"), ("bits.png", "1"), ("large.tiff", "RGB")):
        hopper.convert(mode).save(folder / name)
    exif = Image.Exif()
    exif[0x0112] = 6
    hopper.rotate(90, expand=True).save(folder / "turned.jpg", exif=exif)
    both = Image.new("RGB", (512, 300))
    both.paste(hopper), both.paste(hopper.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (256, 0))
    both.save(folder / "two.jpg")
    far = Image.new("RGB", (1200, 900), (90, 110, 130))
    far.paste(hopper, (500, 400))
    far.save(folder / "far.jpg", quality=70)
    Image.fromarray(data.chelsea()).save(folder / "cat.jpg")
    Image.new("RGB", (9, 900)).save(folder / "thin.png")
    hopper.save(folder / "name with 影 and 'quotes'.jpg")
    (folder / "cut.jpg").write_bytes((folder / "hopper.jpg").read_bytes()[:5000])
    (folder / "letter.jpg").write_text("Dear photo")
    (folder / "empty.png").write_bytes(b"")
    names = [path.name for path in folder.iterdir()]
    return [*names, *["hopper.jpg"] * (3 * len(names)), "none.jpg", ".", "/dev/zero", "p" * 300 + ".jpg", "~/none.jpg"]


def make_sounds(folder: Path, rng) -> list:
    """Names of sounds: voiced noise in many formats, with one channel and many, and what is no sound."""
    import soundfile

    time_of = np.arange(8000) / 16_000  # half a second
    voice = (0.3 * np.sin(2 * np.pi * 140 * time_of) * np.sin(9 * time_of) ** 2 + 0.01 * rng.standard_normal(8000))
    before = set(folder.iterdir())
    for name, kind in (("a.wav", "PCM_16"), ("a.flac", None), ("a.ogg", None), ("u8.wav", "PCM_U8"),
                       ("f.wav", "DOUBLE")):
        soundfile.write(folder / name, voice, 16_000, subtype=kind)
    for channels in (2, 6, 8, 16):
        soundfile.write(folder / f"{channels}.wav", np.repeat(voice[:, None], channels, axis=1), 16_000)
    soundfile.write(folder / "10:30.wav", voice, 8000)
    soundfile.write(folder / "silent.wav", np.zeros(8000), 16_000)
    soundfile.write(folder / "short.wav", voice[:20], 16_000)
    soundfile.write(folder / "nan.wav", np.where(time_of > 0.2, np.nan, voice), 16_000, subtype="FLOAT")
    soundfile.write(folder / "slow.wav", voice[:400], 1000)
    (folder / "cut.wav").write_bytes((folder / "a.wav").read_bytes()[:9000])
    (folder / "noise.mp3").write_bytes(rng.bytes(3000))
    (folder / "empty.wav").write_bytes(b"")
    names = [path.name for path in set(folder.iterdir()) - before]
    return [*sorted(names), *["a.wav"] * 15, "none.wav", ".", "hopper.jpg", "/dev/zero"]


def make_films(folder: Path, rng) -> list:
    """Names of films of a few frames, and what is no film."""
    from course import images, io

    photo = images.load_image(folder / "astronaut.png")
    face = [np.roll(photo, step, axis=1) for step in (0, 1, 2, 1)]
    tone = (0.1 * np.sin(np.arange(4000) / 9)).astype(np.float32)
    before = set(folder.iterdir())
    io.Clip(face, 8, tone, 8000).save(folder / "face.mp4", progress=False)
    io.Clip(face, 30).save(folder / "face.mkv", progress=False)
    io.Clip(face[:1], 1).save(folder / "one.webm", progress=False)
    io.Clip([frame[:, ::-1] // 5 for frame in face], 12).save(folder / "dark.mov", progress=False)
    io.Clip([face[0], 0 * face[0], face[1], 255 + 0 * face[0]], 8).save(folder / "flash.mp4", progress=False)
    io.Clip([np.full((90, 120, 3), 128, np.uint8)] * 4, 8).save(folder / "grey.mp4", progress=False)
    whole = (folder / "face.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    (folder / "noise.mp4").write_bytes(whole[:40] + rng.bytes(2000))
    names = [path.name for path in set(folder.iterdir()) - before]
    return [*sorted(names), *["face.mp4"] * 12, "none.mp4", "a.wav", "cut.jpg", ".", "/dev/null"]


def make_motions(folder: Path) -> list:
    """Names of saved motions, and what is none."""
    from course import face, motion

    values = np.zeros((3, len(face.CHANNELS)), np.float32)
    values[1:, face.INDEX["jawOpen"]] = 0.5
    motion.Motion(values).save(folder / "still.npz")
    motion.Motion(100 * values + 5, fps=2).save(folder / "wild.npz")
    np.savez(folder / "nan.npz", values=np.full((3, 1), np.nan), channels=["jawOpen"], fps=25)
    np.savez(folder / "other.npz", weights=np.zeros(3))
    (folder / "text.npz").write_text("jawOpen 0.5")
    return [*["still.npz"] * 10, "wild.npz", "nan.npz", "other.npz", "text.npz", "none.npz", "face.mp4", "."]


# ---------------------------------------------------------------- calls

GOOD_TEXTS = ["Hi.", "Oh, yes!", "Mama.", "你好。", "Привет.", "नमस्ते", "مرحبا", "こんにちは", "Ça va?", "No", "3.14 kg"]
TEXTS = [*GOOD_TEXTS * 4, "สวัสดี", "e\u0301te\u0301", "ｗｉｄｅ", "𝐛𝐨𝐥𝐝", "😀", "😀 ok", "<speak>Hi</speak>",
         "x<5 & y>2", "**Hi**", "a\u200bb", "\ufeffHi", "1234567", "", " ", "...", "\n\n", "?!", "-", "\t", "a\x07b",
         "\udcff", "s'" * 80, "a." * 60, "bcdfg" * 12, "--help", "-5", "a.wav", "\u202ertl"]
SETTINGS = {
    "size": [96, 96, 96, 64, 128, 160, "original", 0, -5, 63, 5000, "96", "large", 96.5, True, None, np.int64(96)],
    "fps": [5, 8, 10, 12.5, 25, 120, 0, -1, 1000, "10", "nan", float("nan"), float("inf"), True, np.float32(8), [8]],
    "seed": [0, 1, 7, 2**31, 2**32, -1, 1.5, "3", "x", None, np.uint8(4), 10**40],
    "head": [0, 0.5, 1, 3, 3.1, -1, "1", "much", float("nan"), None, True],
    "expression": ["happy", "sad:0.5", "angry:2", "surprised:0", "happy:3", "happy:", ":", "glad", "", 3, None],
    "voice": ["en-gb", "en-us+f3", "de", "cmn", "EN_US", "nobody", "", "en-us+nobody", 5, b"en", None],
    "face": ["largest", "all", 0, "0", 1, -1, "-1", "middle", 1.5, True, None, 99],
    "generator": ["auto", "gan", "warp", "warp", "magic", "", 1, None],
    "idle": ["autoregressive", "vae", "hand", "hand", "none", "", 0, None],
    "relative": [True, False, "yes", 1, None],
    "polish": [True, False, False, "no", 0, None],
}
OUTPUTS = [*["film.mp4"] * 60, "film.mkv", "film.webm", "film.mov", "new/deep/film.mp4", "影片.mp4", "a b'c.MP4",
           "face.mp4", "film", "film.txt", "", ".", "n" * 300 + ".mp4", "hopper.jpg/x.mp4", "/dev/null",
           "/proc/film.mp4"]


def generate(count: int, seed: int, folder: Path):
    """Make the files, and then one `Call` after the other."""
    rng = np.random.default_rng(seed)
    photos, sounds = make_photos(folder), make_sounds(folder, rng)
    pools = {"text": TEXTS, "audio": sounds, "driving": make_films(folder, rng), "motion": make_motions(folder)}
    for number in range(count):
        chance = random.Random(f"{seed} {number}")  # the calls before it do not count
        way = chance.choice(("command", "python"))
        drive = chance.choice(("text", "text", "audio", "driving", "motion"))
        settings = {"size": 96, "fps": chance.choice((5, 8, 10))}
        for name in chance.sample(sorted(SETTINGS), chance.choice((0, 0, 0, 0, 1, 1, 2))):
            settings[name] = chance.choice(SETTINGS[name])
        value, photo = chance.choice(pools[drive]), chance.choice(photos)
        if way == "python" and chance.random() < 0.15:
            value = chance.choice((None, 5, [value], value.encode("utf-8", "replace"), Path("still.npz"), np.zeros(3)))
        if way == "python" and chance.random() < 0.15:
            photo = chance.choice((None, 5, [[1, 2], [3]], Path(photo), photo.encode(), np.zeros((64, 64), np.uint8),
                                   np.ones((300, 256, 3)), np.full((40, 40, 3), np.nan)))
        yield Call(number, way, photo, drive, value, chance.choice(OUTPUTS), settings)


def words_of(call: Call) -> list:
    """The call as words of the command."""
    words = [str(call.photo), f"--{call.drive}={call.value}", f"--output={call.output}"]
    for name, value in call.settings.items():
        if name == "relative":
            words += ["--absolute"] if value is False else ["--relative"]
        elif name == "polish":
            words += ["--no-polish"] if value is False else []
        elif value is not None:
            words.append(f"--{name}={value}")
    return words


def run(call: Call, folder: Path, log: Path) -> None:
    """Make one call, in this process, which ends with it; what is said goes to `log`."""
    os.chdir(folder)
    with open(log, "wb") as file:
        os.dup2(file.fileno(), 1), os.dup2(file.fileno(), 2)
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", errors="replace", closefd=False) for number in (1, 2))
    from course import cli, errors

    if call.way == "command":
        sys.exit(cli.main(["animate", *words_of(call)]))
    import course

    try:
        clip = course.animate(call.photo, **{call.drive: call.value}, **call.settings)
        clip.save(call.output, progress=False)
    except errors.CourseError as problem:
        print(f"course: {problem}", file=sys.stderr)
        sys.exit(2)


# ---------------------------------------------------------------- what came of it


def made_film(call: Call, folder: Path) -> bool:
    """Whether the film is there and holds frames."""
    from course import io

    with contextlib.suppress(Exception):
        return io.probe(folder / os.fsdecode(call.output)).frames > 0
    return False


def verdict(call: Call, code: int | None, log: Path, folder: Path, before: set) -> str:
    """film, line, traceback, death, hang, or in words what else is wrong."""
    said = log.read_text("utf-8", "replace") if log.exists() else ""
    said = said.replace("\r", "\n")
    new = set(folder.rglob("*")) - before
    if code is None:
        return "hang"
    if code < 0:
        return f"death by signal {-code}"
    if "Traceback" in said:
        return "traceback"
    if code == 0:
        if not made_film(call, folder):
            return "no film, and nothing said"
        return "film" if sum(path.is_file() for path in new) <= 1 else "a film, and more files"
    lines = [line for line in said.split("\n") if line.startswith("course: ")]
    if code != 2 or len(lines) != 1 or said.rstrip("\n").split("\n")[-1] != lines[-1]:
        return f"exit code {code} and {len(lines)} lines"
    return "line" if not new else "a line, and files left behind"


def try_out(call: Call, folder: Path, logs: Path, limit: float, context) -> tuple:
    """Run a call in a process of its own: (verdict, seconds, what it said)."""
    before, log, begin = set(folder.rglob("*")), logs / f"{call.number}.txt", time.monotonic()
    kept = {path: path.read_bytes() for path in before if path.is_file()}
    process = context.Process(target=run, args=(call, folder, log))
    process.start()
    process.join(limit)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
    found = verdict(call, code, log, folder, before)
    changed = {path.name for path, content in kept.items() if not path.exists() or path.read_bytes() != content}
    if changed - {call.output} or changed & {call.value if isinstance(call.value, str) else None}:
        found = "an input was changed"
    for path in sorted(set(folder.rglob("*")) - before, reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    for path, content in kept.items():
        path.write_bytes(content)
    return found, time.monotonic() - begin, log.read_text("utf-8", "replace") if log.exists() else ""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=300, help="how many calls (default: %(default)s)")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--limit", type=float, default=120, help="seconds that a call may take (default: %(default)s)")
    options.add_argument("--only", type=int, metavar="N", help="only call N, and all that it says")
    options.add_argument("--minutes", type=float, default=60, help="begin no call after this (default: %(default)s)")
    options = options.parse_args()
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    if os.name == "posix":
        context.set_forkserver_preload(MODULES)
    counts, begin = collections.Counter(), time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder, logs = Path(place) / "in", Path(place) / "logs"
        folder.mkdir(), logs.mkdir()
        for call in generate(options.count, options.seed, folder):
            if options.only not in (None, call.number) or time.monotonic() - begin > 60 * options.minutes:
                continue
            found, seconds, said = try_out(call, folder, logs, options.limit, context)
            counts[found] += 1
            if found not in ("film", "line") or options.only is not None:
                print(f"{found} after {seconds:.1f} s: {call}\n{said[-1500:]}", flush=True)
    print(f"{sum(counts.values())} calls in {time.monotonic() - begin:.0f} s: {counts.pop('film', 0)} films, "
          f"{counts.pop('line', 0)} refused in one line"
          + "".join(f", {count} {name}" for name, count in sorted(counts.items())))
    return min(sum(counts.values()), 1)


if __name__ == "__main__":
    sys.exit(main())
