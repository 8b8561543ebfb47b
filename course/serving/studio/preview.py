"""The preview: the chosen face in the middle of a word, as the sliders have it, small and therefore at once."""

from dataclasses import replace

import cv2
import numpy as np

from ... import animation
from ... import settings as settings_table
from ...motion import motion, transfer
from ...speech import mood
from .. import making
from . import picture

SIDE = 288  # px, the longer side: what is drawn anew with every move of a slider
SMALL = 0.3  # of the photo's longer side: a face below that is shown close up
# A moment of speech: an open vowel, brows that stress it, a head on its way
MOMENT = {"jawOpen": 0.38, "mouthLowerDownLeft": 0.22, "mouthLowerDownRight": 0.22, "mouthUpperUpLeft": 0.12,
          "mouthUpperUpRight": 0.12, "browInnerUp": 0.12}
HEAD = {"headYaw": 6.0, "headPitch": 2.0, "headRoll": 1.5}  # degrees, at strength 1
ROWS = 10  # frames until the photo's own mouth has given way


class Preview:
    """One face of a photo, ready to be drawn. number: 0 is the largest. Raises `errors.FaceError`."""

    def __init__(self, photo: picture.Picture, number: int = 0):
        image, box = photo.image, photo.boxes[number]
        if max(box[2] - box[0], box[3] - box[1]) < SMALL * max(image.shape[:2]):
            image, number = making.square_around(image, box)
        scale = min(1.0, SIDE / max(image.shape[:2]))
        size = [max(16, round(side * scale)) for side in image.shape[1::-1]]
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
        self.still = small
        self.actor = animation.cast(small, number, whole=image)[0]

    def draw(self, settings: dict, text: str = "") -> np.ndarray:
        """The face under settings of `course.animate`, those that show in a still: uint8 (h, w, 3).

        text: what will be said, whose mood is shown where the expression is "auto".
        """
        shown = {name: settings[name] for name in ("expression", "head", "strength", "eyes_open", "lips_open")
                 if name in settings}
        options = replace(animation.Settings(), **settings_table.checked(shown))
        options.expression = of_mood(options.expression, text)
        row = MOMENT | {name: value * float(options.head) for name, value in HEAD.items()}
        moved = motion.Motion(np.tile(list(row.values()), (ROWS, 1)), tuple(row))
        options.head = 1.0
        return self.actor.frame(transfer.values_for(moved, self.actor.face, "speech", options)[-1])


def of_mood(expression: str | None, text: str) -> str:
    """The expression that a text would get: "auto" and "auto:0.5" become the strongest mood of its sentences."""
    kind, _, amount = (expression or "auto").partition(":")
    if kind != "auto":
        return expression
    strongest = max(mood.moods_of(text), key=lambda one: one.strength, default=mood.Mood())
    return f"{strongest.name}:{strongest.strength * float(amount or 1):g}"
