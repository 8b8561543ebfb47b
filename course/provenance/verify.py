"""Where a film comes from, as far as it can be known: manifest, watermark and plain words read together.

    whole    0   a signed manifest, and the file is as it was signed
    no claim 1   neither manifest nor mark nor words: nothing is known, which does not make it real
    changed  3   a manifest that does not fit the file any more
    cut      3   the same, and pictures of the film are missing
    marked   4   a watermark without a manifest: the film was compressed again, or its manifest was taken out
    words    4   only words in the metadata, which anybody can write
"""

import dataclasses
import itertools
from pathlib import Path

import numpy as np

from .. import errors, image_files, paths
from ..io import decoding, encoding
from . import demodulation, maker, manifest, stamp, watermark, watermark_reader

CODES = {"whole": 0, "no claim": 1, "changed": 3, "cut": 3, "marked": 4, "words": 4}
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
WINDOW = 2.0  # seconds that are read at a time
WINDOWS = (0, 3, 6)  # at which multiples of them a film is looked at
CANDIDATES = 5  # places tried in each: 15 in all, each with a chance of 2**-24 of a false alarm
MOST_FPS = 25.0


@dataclasses.dataclass(frozen=True)
class Findings:
    """What was found in a file.

    verdict: a key of `CODES`; manifest: a `manifest.Manifest` or None; mark: what was read of the watermark, {} where
    there is none; words: the file's own; notes: what follows, in sentences; unknown: what does not.
    """

    file: str
    verdict: str
    manifest: manifest.Manifest | None
    mark: dict
    words: str
    notes: list
    unknown: list

    @property
    def code(self) -> int:
        """The exit code of `course verify`."""
        return CODES[self.verdict]

    def lines(self) -> list:
        """For people: the verdict, what is known, and what is not."""
        return [f"{self.file}: {self.verdict}", *(f"  known      {note}" for note in self.notes),
                *(f"  not known  {note}" for note in self.unknown)]

    def as_dict(self) -> dict:
        """For programs."""
        signed = dataclasses.asdict(self.manifest) if self.manifest else None
        return {"file": self.file, "verdict": self.verdict, "code": self.code, "manifest": signed,
                "watermark": self.mark or None, "words": self.words or None, "known": self.notes,
                "not_known": self.unknown}


def verify(path) -> Findings:
    """Read all that a file says about itself.

    Args:
        path: a film, a GIF or a picture.
    Raises:
        errors.VideoError, errors.ImageError: it is no film and no picture, and no manifest is in it.
    """
    path = paths.filled_file(path, errors.VideoError, "a film or a picture")
    signed = manifest.read(path)
    reading, size, problem, (count, words) = None, None, None, _packets(path)
    try:
        reading, size = _seen(path)
    except errors.CourseError as wrong:
        if signed is None:
            raise
        problem = str(wrong)
    mark = _told(reading, size, signed) if reading else {}
    verdict = _verdict(signed, mark, words, count)
    notes = [*_of_manifest(signed, size, count), *_of_mark(mark, signed, path), *_of_words(words, signed)]
    if problem:
        notes.append(f"It cannot be shown whole: {problem}")
    return Findings(paths.shortened(path), verdict, signed, mark, words, notes, _not_known(signed, mark, path))


# ---------------------------------------------------------------- reading


def _seen(path: Path):
    """The watermark's reading or None, and (width, height)."""
    if path.suffix.lower() in PICTURES:
        frames, fps = _pictures(path)
        return watermark_reader.read_watermark(frames, fps), frames[0].shape[1::-1]
    info = decoding.probe(path)
    fps = min(MOST_FPS, info.fps)
    each = max(1, round(WINDOW * fps))
    frames = iter(decoding.read_frames(path, fps))
    reading = None
    for number in range(max(WINDOWS) + 1):
        window = itertools.islice(frames, each)
        if number in WINDOWS:
            reading = watermark_reader.read_period(demodulation.Period(window, fps), CANDIDATES)
        elif next(window, None) is None:
            break
        else:
            for _ in window:
                pass
        if reading:
            break
    frames.close()
    return reading, info.size


def _pictures(path: Path) -> tuple:
    """The frames of a picture, uint8 (H, W, 3): one, or the first seconds of one that moves; and frames a second."""
    from PIL import Image, ImageSequence

    still = image_files.read(path)  # which says in a line what is wrong with it
    with Image.open(path) as picture:
        if getattr(picture, "n_frames", 1) == 1:
            return [still], MOST_FPS
        frames, milliseconds = [], 0
        for shown in ImageSequence.Iterator(picture):
            frames.append(np.asarray(shown.convert("RGB")))
            milliseconds += shown.info.get("duration") or 1000 / MOST_FPS
            if milliseconds >= 1000 * WINDOW:
                break
        return frames, 1000 * len(frames) / milliseconds


def _packets(path: Path):
    """How many pictures a film's file holds, None where that is not known, and what it says about itself."""
    import av

    if path.suffix.lower() in PICTURES:
        return 1, ""
    try:
        with av.open(str(path)) as container:
            words = {name.lower(): text for name, text in container.metadata.items()}
            count = sum(packet.size > 0 for packet in container.demux(video=0))
    except (av.FFmpegError, OSError, ValueError, IndexError):
        return None, ""
    return count, words.get("comment") or words.get("title") or ""


def _told(reading: watermark_reader.Reading, size: tuple, signed) -> dict:
    """What follows from a mark that was read."""
    key, (width, height) = maker.known_watermark_key(), size
    usual = watermark.pitch(height, width)
    whole = usual * watermark_reader.chips.SIDE
    away = [abs((shift + whole / 2) % whole - whole / 2) for shift in reading.shift]
    scaled = any(abs(one / usual - 1) > 0.04 for one in reading.pitch)
    return {"payload": f"{reading.payload:08x}", "deviations": round(reading.strength, 1),
            "made_with_my_key": bool(key and reading.made_with(key)),
            "fits_manifest": None if signed is None or signed.payload is None else signed.payload == reading.payload,
            "scaled_or_cropped": bool(scaled or max(away) > 0.75 * usual), "mirrored": reading.mirrored}


def _verdict(signed, mark: dict, words: str, count) -> str:
    if signed is None:
        return "marked" if mark else "words" if encoding.NOTICE in words else "no claim"
    if signed.state == "whole":
        return "whole"
    return "cut" if _missing(signed, count) else "changed"


def _missing(signed, count) -> int:
    """How many pictures a film has lost since it was signed; 0 where that is not known."""
    frames = signed.assertions.get(manifest.FILM, {}).get("frames")
    return max(0, frames - count) if isinstance(frames, int) and count is not None else 0


# ---------------------------------------------------------------- saying


def _of_manifest(signed, size, count):
    if signed is None:
        if manifest.library() is None:
            yield "Manifests cannot be read here: pip install c2pa-python."
        return
    if signed.state == "broken":
        yield f"There is a manifest, and it cannot be read: {'; '.join(signed.problems)}."
        return
    who = "this computer's own key" if signed.mine else f'"{signed.signer}", whom nobody vouches for'
    if signed.state == "whole":
        yield f"Signed: {signed.program} made it, and picture, sound and statement are as they were signed, by {who}."
    else:
        yield f"Signed: {signed.program} made a film from which this came, by {who}; but something was changed since."
        yield f"C2PA says: {', '.join(signed.problems) or 'the signature does not fit'}."
        lost = _missing(signed, count)
        if lost:
            yield f"{lost} of its {signed.assertions[manifest.FILM]['frames']} pictures are missing."
        film = signed.assertions.get(manifest.FILM, {})
        if size and film.get("width") and abs(film["width"] - size[0]) + abs(film["height"] - size[1]) > 2:
            yield f"It was {film['width']}x{film['height']} px, and is {size[0]}x{size[1]} px."
    made = signed.assertions.get(manifest.GENERATION, {})
    if made:
        kind = next((kind for kind in stamp.KINDS if kind in made), "photo")
        yield f"Generated {stamp.KINDS[kind].format(made.get('driven_by'))} ({kind}: {made.get(kind)})."
        if made.get("watermark") is False:
            yield "It was made without a watermark, on purpose."
    said = signed.assertions.get(manifest.CONSENT, {}).get("in words")
    if said:
        yield f"Consent, as its maker put it: {said}"


def _of_mark(mark: dict, signed, path: Path):
    if not mark:
        return
    yield f"A watermark of Living Portraits says {mark['payload']}."
    if mark["made_with_my_key"]:
        yield "It was made with this computer's key: you, or somebody who has your key, made this film."
    if mark["fits_manifest"]:
        yield "It is the one that the manifest names."
    elif mark["fits_manifest"] is False:
        yield f"The manifest names another, {signed.payload:08x}: mark and manifest come from two films."
    if signed is None and path.suffix.lower() in manifest.KINDS:
        yield "Its manifest is gone: the film was compressed again, cut or recorded, or the manifest was taken out."
    if mark["scaled_or_cropped"] or mark["mirrored"]:
        changes = [word for word, so in (("scaled, cropped or moved", mark["scaled_or_cropped"]),
                                         ("mirrored", mark["mirrored"])) if so]
        yield f"The picture was {' and '.join(changes)} after the mark was put in."


def _of_words(words: str, signed):
    if words and encoding.NOTICE in words:
        yield f'Its metadata says: "{words}"' + ("" if signed else ", which anybody can write or remove.")


def _not_known(signed, mark: dict, path: Path) -> list:
    found = []
    if signed is None and path.suffix.lower() not in manifest.KINDS:
        found.append("What a manifest would say: files of this kind hold none.")
    if signed is not None and signed.state != "broken" and not signed.mine:
        found.append("Who signed: anybody can make such a certificate, whatever name is in it.")
    if signed is not None and manifest.CONSENT in signed.assertions:
        found.append("Whether what is said about consent is true.")
    if mark and not mark["made_with_my_key"]:
        found.append("Who made the mark: everybody who has this program can put one into any film.")
    if not mark and (signed is None or signed.payload is not None):
        found.append("No watermark was found: a film may never have had one, be too small or dark, or have lost it.")
    if signed is None and not mark:
        found.append("Whether it is real: most made films carry no sign of it.")
    if signed is not None and signed.state != "whole":
        found.append("What was changed, and by whom.")
    return found
