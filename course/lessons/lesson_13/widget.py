"""Lesson 13 by hand: a marked film that is cropped, blurred and compressed until nothing can be read."""

import cv2
import numpy as np

from .. import widgets
from . import attacks

SIDE = 260  # pixels of the frame that is shown


class Attack(widgets.Panel):
    """Sliders for four attacks, one after the other; the frame that is left, and whether the mark is still read."""

    START = {"crop": 0.0, "size": 1.0, "blur": 0.0, "CRF": 18.0}

    def __init__(self, marked, payload: int, key: bytes):
        """marked: two seconds of frames, uint8 (H, W, 3) each; payload, key: of their mark."""
        self.marked, self.payload, self.key = list(marked), payload, key
        super().__init__({
            "crop": widgets.slider("cropped (share)", self.START["crop"], 0, 0.6, 0.05),
            "size": widgets.slider("size (share)", self.START["size"], 0.05, 1, 0.05),
            "blur": widgets.slider("blur (px)", self.START["blur"], 0, 20, 1),
            "CRF": widgets.slider("compressed (CRF)", self.START["CRF"], 18, 45, 1),
        })

    def attacked(self, settings: dict) -> list:
        """The frames after all four attacks."""
        said = self.START | settings
        frames = attacks.cropped(self.marked, said["crop"]) if said["crop"] else self.marked
        frames = attacks.blurred(frames, said["blur"])
        frames = attacks.smaller(frames, said["size"]) if said["size"] < 1 else frames
        return attacks.compressed(frames, said["CRF"]) if said["CRF"] > self.START["CRF"] else frames

    def draw(self, settings: dict) -> np.ndarray:
        """The frame in the middle, and in words what is read of all of them: uint8 (H, W, 3)."""
        frames = self.attacked(settings)
        outcome = attacks.outcome(frames, 0, self.payload, self.key)
        frame, canvas = frames[len(frames) // 2], np.full((SIDE + 56, widgets.WIDTH, 3), 255, np.uint8)
        scale = SIDE / max(frame.shape[:2])
        shown = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        x = (widgets.WIDTH - shown.shape[1]) // 2
        canvas[56 : 56 + shown.shape[0], x : x + shown.shape[1]] = shown[: len(canvas) - 56]
        told = "the number is read" if outcome.read else "nothing is read"
        told = f"{frame.shape[1]} x {frame.shape[0]} px: {told}"
        cv2.putText(canvas, told, (10, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
        if outcome.read:
            cv2.putText(canvas, f"yours by {outcome.proof:.1f} deviations", (10, 44), cv2.FONT_HERSHEY_SIMPLEX, 0.45,
                        (0, 100, 70), 1, cv2.LINE_AA)
        return canvas
