"""Lesson 01's widget: the shipped detector's raw answers on a photo, before and after threshold and suppression."""

import cv2
import numpy as np
import torch

from course import demo, detection, images, plots

from ..widgets import WIDTH, Panel, slider

BLUE, RED, BLACK = (0, 114, 178), (213, 94, 0), (0, 0, 0)
ANCHOR, BOX, KEPT = BLACK, BLUE, RED
STRIP = 23  # rows of a picture in which its counts stand


class ThresholdExplorer(Panel):
    """Anchors, boxes and two numbers to choose: which scores count, and how much two boxes may overlap.

    Left: the anchors that say "a face" above the threshold. Right: the boxes they answer with (thin), and those that
    the suppression keeps (thick).
    """

    def __init__(self, photo=None):
        image = images.as_image(demo.photo_path() if photo is None else photo)
        net = detection.load_network()
        small, scale = detection.shrink(image, detection.SETTINGS.working_side)
        padded = detection.pad(small, 64)
        self.anchors = detection.make_anchors(*padded.shape[:2]) / scale  # (A, 4) pixels of the photo
        self.boxes, self.scores = detection.look(net, image, detection.SETTINGS.working_side)
        self.photo, self.zoom = image, WIDTH / image.shape[1]
        super().__init__({"threshold": slider("threshold", 0.5, 0.01, 0.99, 0.01),
                          "overlap": slider("overlap allowed", 0.4, 0.0, 1.0, 0.02)})

    def shown_width(self) -> int:
        """Pixels that the two pictures side by side are wide."""
        return 2 * WIDTH

    def chosen(self, settings: dict) -> tuple:
        """Indices of the anchors above the threshold (K,), and of those that stay (L,)."""
        above = torch.nonzero(self.scores >= settings.get("threshold", 0.5))[:, 0]
        stays = detection.nms(self.boxes[above], self.scores[above], settings.get("overlap", 0.4))
        return above, above[stays]

    def draw(self, settings: dict) -> np.ndarray:
        """Two pale photos side by side, anchors on the left and boxes on the right: uint8 (H, 720, 3)."""
        above, stays = self.chosen(settings)
        size = (WIDTH, round(self.photo.shape[0] * self.zoom))
        pale = cv2.resize(self.photo, size, interpolation=cv2.INTER_AREA) // 2 + 127
        left, right = pale.copy(), pale.copy()
        for k in above.tolist():
            self._outline(left, self.anchors[k], ANCHOR, 1)
            self._outline(right, self.boxes[k], BOX, 1)
        for k in stays.tolist():
            self._outline(right, self.boxes[k], KEPT, 3)
        for canvas, words in ((left, f"{len(above)} anchors above"), (right, f"{len(above)} boxes, {len(stays)} kept")):
            cv2.rectangle(canvas, (0, 0), (WIDTH, STRIP), (255, 255, 255), -1)
            cv2.putText(canvas, words, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, BLACK, 1, cv2.LINE_AA)
        return np.hstack([left, right])

    def stills(self, *settings: dict, title: str = ""):
        """As of every panel, with the counts above, where they can be read."""
        words = []
        for one in settings:
            above, stays = self.chosen(one)
            words.append(f"threshold {one.get('threshold', 0.5):g}, overlap {one.get('overlap', 0.4):g}\n"
                         f"{len(above)} anchors, {len(stays)} of {len(above)} boxes kept")
        return plots.faces([self.draw(one)[STRIP:] for one in settings], titles=words, title=title,
                           columns=len(settings), side=2.9)

    def _outline(self, canvas, box, colour, width):
        x1, y1, x2, y2 = (int(v) for v in (box * self.zoom).round().clamp(-4000, 4000))
        cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, width, cv2.LINE_AA)
