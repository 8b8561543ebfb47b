"""Lesson 08's widget: the long training run of the animator, scrubbed through its checkpoints."""

import cv2
import ipywidgets
import numpy as np

from ..widgets import WIDTH, Panel
from . import figures, long_run

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
LEFT = 74  # pixels for the rows' names


class RunScrubber(Panel):
    """A slider over the steps of the long run, and what the network of that step makes of the same mouths."""

    def __init__(self):
        self.run = long_run.load()
        self.start = self.run.steps[0]
        super().__init__({"step": ipywidgets.SelectionSlider(
            options=[0, *self.run.steps], value=self.start, description="step",
            style={"description_width": "60px"}, layout={"width": "330px"})})

    def shown_width(self) -> int:
        """Pixels that the picture is wide, at most."""
        return 2 * WIDTH

    def made(self, step: int) -> np.ndarray:
        """What the network of that step made: uint8 (N, 96, 96, 3). Before the first step it adds nothing."""
        return self.run.squares["network", step] if step else self.run.squares["warp", 0]

    def error(self, step: int) -> float:
        """L1 between the lips on all held-out mouths, in grey levels of 255."""
        return self.run.at(step, "network inside") if step else self.run.at(self.run.steps[0], "warp inside")

    def draw(self, settings: dict) -> np.ndarray:
        """Rows of the same mouths: source, warp, what the network of that step made, truth: uint8 (H, W, 3)."""
        step = settings.get("step", self.start)
        rows = {"source": self.run.squares["photo", 0], "warp": self.run.squares["warp", 0],
                "network": self.made(step), "truth": self.run.squares["target", 0]}
        lines = []
        for name, squares in rows.items():
            label = np.full((long_run.SIZE, LEFT, 3), 255, np.uint8)
            cv2.putText(label, name, (4, 52), cv2.FONT_HERSHEY_SIMPLEX, 0.45, BLACK, 1, cv2.LINE_AA)
            lines.append(np.hstack([label, *squares]))
        head = np.full((26, lines[0].shape[1], 3), 255, np.uint8)
        words = f"step {step}: {self.error(step):.1f} of 255 off between the lips; the warp alone {self.error(0):.1f}"
        cv2.putText(head, words, (4, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, BLACK, 1, cv2.LINE_AA)
        return np.vstack([head, *lines])

    def stills(self, *settings: dict, title: str = "The same held-out mouths at several steps"):
        """Source, warp and truth, and a row for each setting between them."""
        rows = {"source": self.run.squares["photo", 0], "warp": self.run.squares["warp", 0]}
        rows |= {f"step {one['step']}": self.made(one["step"]) for one in settings}
        return figures.rows(rows | {"truth": self.run.squares["target", 0]}, title, side=0.85)
