"""What a film is given when it is written: the label, the watermark, a few plain words, and the signed manifest.

    an `Origin`, what is known about a film before it is made -> `stamp` -> `io.encoding.Stamp`, which the writer uses
"""

import dataclasses
import hashlib
import hmac
import json
from pathlib import Path

import numpy as np

from .. import __version__
from ..io import encoding
from . import consent as consents
from . import maker, manifest, watermark

KINDS = {"photo": "from one photo, animated by {}", "photos": "from photos, animated by {}",
         "film": "from a film, whose mouth moves by {} now"}


@dataclasses.dataclass(frozen=True)
class Origin:
    """What a film is made from.

    photo: SHA-256 of the photo's file, or of its pixels where it came as an array; driven_by: "text", "audio",
    "driving" or "motion"; settings: those that were chosen; consent: what was said about it; kind: a key of `KINDS`:
    "photo", "photos" (their hashes with ", " between) or "film", whose person says something else.
    """

    photo: str
    driven_by: str
    settings: dict = dataclasses.field(default_factory=dict)
    consent: consents.Consent = consents.Consent()
    kind: str = "photo"

    def __str__(self) -> str:
        return KINDS[self.kind].format(self.driven_by)

    def payload(self, key: bytes) -> int:
        """The number of 32 bits that a maker's watermark in such a film says: the same for the same film."""
        told = json.dumps(dataclasses.asdict(self), sort_keys=True, default=str).encode()
        return int.from_bytes(hmac.new(key, b"film" + told, hashlib.sha256).digest()[:4], "big")


def photo_hash(photo) -> str:
    """SHA-256 of a photo as it was given, a path, a PIL picture or an array: hexadecimal digits, with "sha256:"."""
    if isinstance(photo, (str, Path)):
        return "sha256:" + hashlib.sha256(Path(photo).expanduser().read_bytes()).hexdigest()
    pixels = np.ascontiguousarray(np.asarray(photo))
    return "pixels-sha256:" + hashlib.sha256(str((pixels.shape, pixels.dtype)).encode() + pixels.tobytes()).hexdigest()


def stamp(origin: Origin, marked: bool = True, label=None) -> encoding.Stamp:
    """What `Clip.save` does to a film beyond writing it.

    Args:
        origin: what is said about the film; marked: whether it gets a watermark; label: a `label.Label` or None.
    """
    key = maker.watermark_key() if marked else None
    payload = origin.payload(key) if marked else None

    def mark(fps: float):
        marker = watermark.Marker(payload, key, fps) if marked else None

        def put_in(frame):
            frame = label(frame) if label else frame
            return marker(frame) if marker else frame  # last of all
        return put_in

    def seal(path: Path, film: dict, title: str) -> None:
        manifest.seal(path, assertions(origin, film, payload, label is not None), __version__, title)

    return encoding.Stamp(mark, {"comment": _in_words(origin, marked)}, seal)


def assertions(origin: Origin, film: dict, payload: int | None, labelled: bool) -> list:
    """What the manifest says, as C2PA's assertions: [{"label", "data"}, ...].

    Args:
        film: {"frames", "fps", "width", "height"}; payload: the watermark's, or None where there is none.
    """
    made = {"action": "c2pa.created", "digitalSourceType": manifest.MADE_WITH_NETWORKS}
    actions = [made | {"description": f"made {origin}"}]
    if labelled:
        actions.append({"action": "c2pa.edited", "description": "a label that people see"})
    if payload is not None:
        actions.append({"action": "c2pa.watermarked.bound"})
    said = dataclasses.asdict(origin.consent) | {"in words": str(origin.consent)}
    found = [
        {"label": "c2pa.actions.v2", "data": {"actions": actions}},
        {"label": manifest.GENERATION, "data": {
            "generated": True, "version": __version__, origin.kind: origin.photo, "driven_by": origin.driven_by,
            "settings": origin.settings, "watermark": payload is not None, "label": labelled}},
        {"label": manifest.CONSENT, "data": {name: value for name, value in said.items() if value != ""}},
        {"label": manifest.FILM, "data": film},
    ]  # fmt: skip
    if payload is not None:
        block = {"scope": {}, "value": f"{payload:08x}"}
        found.append({"label": manifest.SOFT_BINDING, "data": {"alg": manifest.MARK, "blocks": [block]}})
    return found


def _in_words(origin: Origin, marked: bool) -> str:
    """What players show: a sentence or two."""
    said = str(origin.consent)
    said = said if len(said) <= 300 else said[:297] + "..."
    return (f"{encoding.NOTICE} {__version__} {origin}. "
            f"Invisible watermark: {'yes' if marked else 'no'}. Consent: {said}")
