"""Every frame that leaves a live face passes here: what must be in all of them is put in here."""

from pathlib import Path

import numpy as np

from ...provenance import consent, label, maker, stamp, watermark
from . import clock


class Outgoing:
    """The last step of each frame of one live face: the label that people see, then the watermark.

    Args:
        photo: as `stamp.photo_hash` takes it; options: `animation.Settings`, of which watermark, consent and the
            label's count; given: settings that the mark tells apart.
    Raises:
        errors.CourseError: what is wrong with a label or a statement.
    """

    def __init__(self, photo, options, given: dict):
        said = consent.of(options.consent)
        self._label = self._marker = None
        if options.label:
            self._label = label.Label(options.label, options.label_corner, options.label_language)
        if options.watermark:
            key = maker.watermark_key()
            source = Path(photo) if isinstance(photo, str) else photo
            origin = stamp.Origin(stamp.photo_hash(source), "live", {name: str(value) for name, value in given.items()},
                                  said)
            self._marker = watermark.Marker(origin.payload(key), key, clock.FPS)

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        """The next frame as it goes out, one every 40 ms: uint8 (H, W, 3)."""
        frame = self._label(frame) if self._label else frame
        return self._marker(frame) if self._marker else frame
