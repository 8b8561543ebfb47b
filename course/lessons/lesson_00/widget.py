"""Lesson 00: a face mixed from sliders."""

import numpy as np

from course import face

from .. import actors, widgets


class FaceMixer(widgets.Panel):
    """Named channels as sliders, and the face that they make."""

    CHANNELS = {  # words: (channels, least, most)
        "jaw open": (("jawOpen",), 0, 1), "smile": (("mouthSmileLeft", "mouthSmileRight"), 0, 1),
        "brows up": (("browInnerUp", "browOuterUpLeft", "browOuterUpRight"), 0, 1),
        "eyes shut": (("eyeBlinkLeft", "eyeBlinkRight"), 0, 1),
        "turn (degrees)": (("headYaw",), -15, 15), "nod (degrees)": (("headPitch",), -12, 12),
    }

    def __init__(self, photo=None):
        self.actor = actors.actor_of(photo)
        super().__init__({words: widgets.slider(words, 0, low, high, (high - low) / 50)
                          for words, (_, low, high) in self.CHANNELS.items()})

    def draw(self, settings: dict) -> np.ndarray:
        """The photo's face with the settings added to its own channel values: uint8 (360, 360, 3)."""
        values = self.actor.face.rest.copy()
        for words, value in settings.items():
            for channel in self.CHANNELS[words][0]:
                values[face.INDEX[channel]] += value
        return self.actor.frame(values)
