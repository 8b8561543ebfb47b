"""Lesson 02: points moved by hand, and how sharp a heatmap is."""

import io

import cv2
import ipywidgets
import numpy as np

from course import keypoints, plots

from .. import actors, widgets


class KeypointMover(widgets.Panel):
    """Two sliders drag a group of keypoints, and the face follows: the warp alone, without a face model."""

    GROUPS = {
        "chin": np.arange(6, 11), "mouth corners": np.array([48, 60, 54, 64]),
        "lower lip": np.array([56, 57, 58, 65, 66, 67]), "right brow": keypoints.BROW_RIGHT,
        "left brow": keypoints.BROW_LEFT, "nose": np.arange(30, 36), "tip of nose": np.array([30]),
    }
    REACH = 0.2  # eye distances

    def __init__(self, photo=None):
        self.actor = actors.actor_of(photo)
        super().__init__({
            "points": ipywidgets.Dropdown(options=list(self.GROUPS), description="points",
                                          style={"description_width": "110px"}, layout={"width": "330px"}),
            "right": widgets.slider("to the right", 0, -self.REACH, self.REACH, 0.01),
            "down": widgets.slider("downwards", 0, -self.REACH, self.REACH, 0.01),
        })

    def shown_width(self) -> int:
        """Pixels that the two pictures side by side are wide."""
        return 2 * widgets.WIDTH

    def target(self, settings: dict) -> np.ndarray:
        """All points, with the chosen ones moved by parts of the distance between the eyes: (78, 2)."""
        points = self.actor.points.copy()
        step = np.array([settings.get("right", 0), settings.get("down", 0)]) * keypoints.eye_distance(points)
        points[self.GROUPS[settings.get("points", "chin")]] += step
        return points

    def draw(self, settings: dict) -> np.ndarray:
        """The points over the pale photo, moved ones filled, and beside it the face that follows."""
        target = self.target(settings)
        pale = (self.actor.portrait.image * 0.5 + 127).astype(np.uint8)
        chosen = set(self.GROUPS[settings.get("points", "chin")])
        for index, ((x, y), start) in enumerate(zip(target[:68], self.actor.points)):
            at = (round(float(x)), round(float(y)))
            if index in chosen:
                cv2.line(pale, tuple(int(v) for v in start.round()), at, (0, 0, 0), 1, cv2.LINE_AA)
                cv2.circle(pale, at, 4, (213, 94, 0), -1, cv2.LINE_AA)
            else:
                cv2.circle(pale, at, 2, (0, 114, 178), 1, cv2.LINE_AA)
        return np.hstack([pale, self.actor.portrait.render(target)])


class HeatmapSharpness(widgets.Panel):
    """Two hills in one map: where the argmax and the soft-argmax see the point as the softmax grows sharper."""

    TRUE = (0.36, 0.42)
    OTHER = (0.78, 0.7)
    CELLS = 16

    def __init__(self):
        super().__init__({"sharpness": widgets.slider("sharpness", 4, 0.5, 20, 0.5),
                          "second hill": widgets.slider("second hill", 0.5, 0, 1, 0.05)})

    def places(self, settings: dict) -> tuple:
        """The map after the softmax (16, 16), and {"true", "argmax", "soft-argmax": (x, y)}."""
        import torch

        points = torch.tensor([[self.TRUE, self.OTHER]])
        hills = keypoints.gaussian_heatmap(points, self.CELLS, 1.6)[0]  # (2, 16, 16)
        raw = hills[0] + settings.get("second hill", 0) * hills[1]
        sharp = (settings.get("sharpness", 4) * raw)[None, None]
        soft, hard = keypoints.soft_argmax(sharp)[0, 0], keypoints.hard_argmax(sharp)[0, 0]
        marks = {"true": self.TRUE, "argmax": tuple(hard.tolist()), "soft-argmax": tuple(soft.tolist())}
        return sharp.flatten().softmax(dim=0).view(self.CELLS, self.CELLS).numpy(), marks

    def figure(self, *settings: dict, title: str = ""):
        """The maps of several settings in a row, as a matplotlib `Figure`."""
        drawn = [self.places(one) for one in settings]
        words = [f"sharpness {one.get('sharpness', 4):g}, second hill {one.get('second hill', 0):g}"
                 for one in settings]
        return plots.heatmap_row([map_ for map_, _ in drawn], [marks for _, marks in drawn], words, title, side=3.2)

    stills = figure

    def draw(self, settings: dict) -> np.ndarray:
        """The map of these settings with its three marks: uint8 (H, W, 3)."""
        from PIL import Image

        _, data = plots.encode(self.figure(settings))
        return np.array(Image.open(io.BytesIO(data)).convert("RGB"))
