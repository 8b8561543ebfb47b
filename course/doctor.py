"""`course doctor`: does everything here work, and if not, what mends it?

Each check yields `Finding`s. Only findings marked "mend" make the doctor unhappy; "note" is worth knowing.
"""

import importlib
import importlib.metadata
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import __version__, demo, errors
from .io import checksums, datasets, weights

DISTRIBUTION = "living-portraits"
OLDEST_PYTHON = (3, 10)
ROOM = 500e6  # bytes: a minute of film and what is fetched along the way
SENTENCE = "Two seconds are enough for a trial."

# The module of a package (in small letters, as some installers write it), where it is not the package's name
MODULES = {"opencv-python-headless": "cv2", "scikit-image": "skimage", "pillow": "PIL",
           "espeakng-loader": "espeakng_loader", "hibari-tts": "hibari", "face-alignment": "face_alignment",
           "vadersentiment": "vaderSentiment", "fonttools": "fontTools", "c2pa-python": "c2pa"}
# Of the extras, what adds something a user can see
OPTIONAL = ("face-alignment", "mediapipe", "jupyterlab", "fastapi", "distributed")
ENCODERS = {"libx264": "H.264 picture", "aac": "AAC sound"}


@dataclass
class Finding:
    """One line of the report. level: "ok", "note" or "mend"; advice: what to do about it."""

    level: str
    text: str
    advice: str = ""

    def __str__(self) -> str:
        return f"  {self.level:<5} {self.text}" + (f"\n        -> {self.advice}" if self.advice else "")


def run(trial: bool = True) -> int:
    """Print the report; 0 if everything needed works, 1 if something must be mended."""
    checks = [("Python", check_python), ("Packages", check_packages), ("Weights and media that ship", check_weights),
              ("Processor", check_device), ("Voice", check_voice), ("Film", check_encoders),
              ("Room on the disk", check_disk), ("What can be fetched", check_fetched)]
    if trial:
        checks.append(("A trial", check_trial))
    print(f"{DISTRIBUTION} {__version__}")
    to_mend = []
    for title, check in checks:
        print(title)
        for finding in _guarded(check):
            print(finding, flush=True)
            to_mend += [finding] if finding.level == "mend" else []
    if not to_mend:
        print("ok: everything that is needed works")
        return 0
    print("to mend: " + "; ".join(finding.text + (f" ({finding.advice})" if finding.advice else "")
                                  for finding in to_mend))
    return 1


def _guarded(check):
    """A check that itself breaks is a finding too: the doctor goes on to the next one."""
    try:
        yield from check()
    except errors.CourseError as problem:
        yield Finding("mend", str(problem))
    except Exception as problem:  # a half-installed library can raise anything
        line = " ".join(str(problem).split())[:200]
        yield Finding("mend", f"{check.__name__} stopped with {type(problem).__name__}: {line}",
                      "mend what is said above first, or install the package again")


def check_python():
    """Version, and where it runs."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        yield Finding("mend", f"Python {version} is too old", "use Python 3.10 or newer")
    else:
        yield Finding("ok", f"Python {version} on {platform.system()} {platform.machine()}, "
                            f"{os.cpu_count()} processor cores")


def check_packages():
    """Every required package: there, new enough, and importable; then what is optional."""
    try:
        lines = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding("mend", f"the package {DISTRIBUTION} is not installed", "pip install -e . in the checkout")
        return
    for line in lines:
        needed = parse_requirement(line)
        if needed.extra is None:
            yield check_package(needed)
        elif needed.name in OPTIONAL:
            yield check_optional(needed)


@dataclass
class Needed:
    """A requirement: package, least version (None: any), and the extra it belongs to (None: the core)."""

    name: str
    least: str | None
    extra: str | None


def parse_requirement(line: str) -> Needed:
    """One line of a package's metadata, such as "av>=12" or "nbval>=0.11; extra == 'notebooks'"."""
    requirement, _, marker = line.partition(";")
    name = re.match(r"[A-Za-z0-9._-]+", requirement.strip()).group()
    least = re.search(r">=\s*([0-9][0-9.]*)", requirement)
    extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", marker)
    return Needed(name, least.group(1) if least else None, extra.group(1) if extra else None)


def check_package(needed: Needed) -> Finding:
    """Is it installed, new enough, and does it import?"""
    wanted = f"{needed.name}>={needed.least}" if needed.least else needed.name
    try:
        version = importlib.metadata.version(needed.name)
    except importlib.metadata.PackageNotFoundError:
        return Finding("mend", f"{needed.name} is missing", f"pip install '{wanted}'")
    if needed.least and _numbers(version) < _numbers(needed.least):
        return Finding("mend", f"{needed.name} {version} is too old", f"pip install --upgrade '{wanted}'")
    try:
        importlib.import_module(MODULES.get(needed.name.lower(), needed.name))
    except Exception as problem:  # an import can fail in any way: a missing system library, a wrong build
        line = " ".join(str(problem).split())[:160]
        return Finding("mend", f"{needed.name} {version} does not import: {line}",
                       f"pip install --force-reinstall '{wanted}'{_library_hint(line)}")
    return Finding("ok", f"{needed.name} {version}")


def check_optional(needed: Needed) -> Finding:
    """An extra: worth knowing, never in need of mending."""
    try:
        return Finding("ok", f"{needed.name} {importlib.metadata.version(needed.name)} (optional)")
    except importlib.metadata.PackageNotFoundError:
        return Finding("note", f"{needed.name} is not installed (optional): pip install '{needed.name}'")


def check_weights():
    """Every shipped file against its checksum."""
    states = checksums.state()
    for name, state in states.items():
        if state == "right":
            yield Finding("ok", f"{name}, {(weights.data_dir() / name).stat().st_size / 1e6:.1f} MB")
        else:
            yield Finding("mend", f"{name}: {state} in {weights.data_dir()}",
                          f"install the package again (pip install --force-reinstall --no-deps {DISTRIBUTION}, "
                          "or -e . in the checkout after git restore data)")
    yield Finding("ok", f"photo: {demo.photo_path()}")


def check_device():
    """What the networks can run on."""
    import torch

    if torch.cuda.is_available():
        yield Finding("ok", f"GPU: {torch.cuda.get_device_name(0)}; torch {torch.__version__}")
    elif torch.backends.mps.is_available():
        yield Finding("ok", f"GPU: Apple (mps); torch {torch.__version__}")
    else:
        yield Finding("ok", f"no GPU, which is fine: torch {torch.__version__} on the processor")


def check_voice():
    """Each engine: does it speak, and how many voices has it?"""
    from .speech import catalogue, espeak

    yield Finding("ok", f"espeak-ng with {len(espeak.installed_voices())} voices")
    yield from _guarded(check_neural_voices)
    if missing := catalogue.missing():
        yield Finding("note", missing)


def check_neural_voices():
    """One voice of each network says a word."""
    from .speech import catalogue, synthesis

    for engine, title in (("hibari", "hibari-tts"), ("kokoro", "Kokoro")):
        names = [voice.name for voice in catalogue.neural_voices() if voice.engine == engine]
        if names:
            said = synthesis.synthesize("Hello.", names[0])
            yield Finding("ok", f"{title} with {len(names)} voice{'s' * (len(names) > 1)}: {names[0]} says a word "
                                f"in {said.duration:.1f} s")


def check_encoders():
    """PyAV brings its own FFmpeg libraries; no ffmpeg command is needed."""
    import av

    for name, what in ENCODERS.items():
        try:
            av.codec.Codec(name, "w")
            yield Finding("ok", f"{what}: {name}")
        except ValueError:
            yield Finding("mend", f"this PyAV cannot encode {what} ({name})",
                          "pip install --force-reinstall --only-binary av av")


def check_disk():
    """Room here, and where fetched files go."""
    for what, folder in (("this folder", Path.cwd()), ("the cache", datasets.cache_dir())):
        while not folder.exists():
            folder = folder.parent
        free = shutil.disk_usage(folder).free
        level = "ok" if free >= ROOM else "mend"
        advice = "" if free >= ROOM else f"make {ROOM / 1e6:.0f} MB of room in {folder}"
        yield Finding(level, f"{free / 1e9:.1f} GB free in {what} ({folder})", advice)


def check_fetched():
    """What is here, and what `course data fetch` would add."""
    for item in datasets.list_datasets():
        if item.there == item.files:
            yield Finding("ok", f"{item.name}: in {item.folder}")
        else:
            yield Finding("note", f"{item.name}: {item.there} of {item.files} files are in the cache; "
                                  f"course data fetch {item.name} gets {item.bytes / 1e6:.0f} MB or more")


def check_trial():
    """The whole way from photo and sentence to a film, and the film read again."""
    from . import animation
    from .io import decoding

    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial.mp4"
        animation.animate(demo.photo_path(), text=SENTENCE).save(path, progress=False)
        film = decoding.probe(path)
    seconds = time.perf_counter() - begin
    if not film.has_audio or film.frames < film.fps:
        yield Finding("mend", f"the trial's film has {film.frames} frames and {'' if film.has_audio else 'no '}sound",
                      "report this with the lines above")
        return
    yield Finding("ok", f"photo and sentence to {film.duration:.1f} s of film in {seconds:.1f} s")


def _numbers(version: str) -> tuple:
    """"2.15.0+cu130" -> (2, 15, 0); what follows the numbers does not count."""
    return tuple(int(number) for number in re.match(r"[0-9.]+", version).group().strip(".").split("."))


def _library_hint(line: str) -> str:
    if "libGL" in line or "libgthread" in line or "libglib" in line:
        return ", or on Debian and Ubuntu: apt-get install libgl1 libglib2.0-0"
    return ""
