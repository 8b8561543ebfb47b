"""What a film says about where it comes from, by the settings that it is made with: its label, mark and manifest.

    what it is made of, the settings -> `provenance.stamp` -> what `Clip.save` puts into the frames and the file
"""

from pathlib import Path

from . import overlays
from . import settings as settings_table
from .provenance import consent, label, stamp

# settings that act when a film is saved, and have nothing to do with how its frames are made
STAMPED = ("watermark", "consent", "label", "label_corner", "label_language")
FILES = ("background", "logo", "subtitles")  # settings that may name a file


def stamp_for(sources: list, driven_by: str, options, given: dict, kind: str = "photo"):
    """What a film gets when it is saved; what is wrong with a label or a statement shows here, before the work.

    Args:
        sources: the photos or the film, as they were given; driven_by: what moves them; options:
            `animation.Settings`; given: the settings that were named; kind: "photo", "photos" or "film".
    Returns:
        an `io.encoding.Stamp`.
    Raises:
        errors.CourseError.
    """
    said = consent.of(options.consent)
    shown = label.Label(options.label, corner_for(options, given), options.label_language) if options.label else None
    hashes = ", ".join(stamp.photo_hash(source) for source in sources)
    origin = stamp.Origin(hashes, driven_by, told(given), said, kind)
    return stamp.stamp(origin, options.watermark, shown)


def corner_for(options, given: dict) -> str:
    """The label's corner: the one that was named, else the first that subtitles leave free."""
    below = options.subtitles == overlays.BURN and given.get("label_corner") is None
    return "top-left" if below else options.label_corner


def told(given: dict) -> dict:
    """The settings that stand in the manifest: of files only the name, since where they lie is nobody's business."""
    found = {}
    for name, value in sorted(settings_table.checked(given).items()):
        if name not in STAMPED:
            found[name] = Path(value).name if name in FILES or isinstance(value, Path) else value
    return found
