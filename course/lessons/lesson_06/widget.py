"""Lesson 06 by hand: one point with its matrix, and a flow field asked pixel by pixel."""

import cv2
import ipywidgets
import numpy as np
import torch

from course import images, plots, synthetic
from course.flow import optical_flow, point_motion, sampling

from .. import widgets
from . import photo_mover

STRIP = 26  # pixels of words above a picture
SHOWN = 600  # pixels of two pictures, beside sliders that keep their numbers
WIDE = {"style": {"description_width": "110px"}, "layout": {"width": "330px"}}


def enlarged(image: np.ndarray, side: int = widgets.WIDTH) -> np.ndarray:
    """A square picture (S, S, 3), drawn larger: (side, side, 3)."""
    return cv2.resize(np.ascontiguousarray(image), (side, side), interpolation=cv2.INTER_CUBIC)


class PointAndMatrix(widgets.Panel):
    """The tip of a nose is moved, turned and stretched; how much of the picture follows is one slider more."""

    POINT = 30
    SIZE = 180

    def __init__(self, photo=None):
        self.mover = photo_mover.PhotoMover(photo, self.SIZE)
        lined = self.mover.actor.portrait.image.copy()
        lined[::12] = lined[:, ::12] = (0, 114, 178)
        self.lined = torch.from_numpy(lined).permute(2, 0, 1)[None].float() / 255
        super().__init__({
            "right": widgets.slider("to the right", 0, -0.4, 0.4, 0.02),
            "down": widgets.slider("downwards", 0, -0.4, 0.4, 0.02),
            "turn": widgets.slider("turn (degrees)", 0, -60, 60, 2),
            "stretch": widgets.slider("stretch", 1, 0.5, 2, 0.05),
            "follows": widgets.slider("what follows", 0.5, 0.1, 1.5, 0.05),
        })

    def shown_width(self) -> int:
        """Pixels that the two pictures side by side are wide."""
        return SHOWN

    def matrix(self, settings: dict) -> np.ndarray:
        """From steps in the target to steps in the source, (2, 2): the turn and the stretch, undone."""
        angle, stretch = np.radians(settings.get("turn", 0)), settings.get("stretch", 1)
        cos, sin = np.cos(angle), np.sin(angle)
        return np.linalg.inv(stretch * np.array([[cos, -sin], [sin, cos]]))

    def moved(self, settings: dict) -> point_motion.Moved:
        """Where each pixel looks: one motion, and one that stands still."""
        to = self.mover.source[:, [self.POINT]]  # (1, 1, 2): in the source
        at = to + to.new_tensor([settings.get("right", 0), settings.get("down", 0)])
        grid = sampling.identity_grid(self.SIZE, self.SIZE)
        matrix = torch.tensor(self.matrix(settings), dtype=torch.float32)[None, None]
        moving = sampling.affine_flow(at, to, matrix, grid)  # (1, 1, H, W, 2)
        away = ((grid[None, None] - at[:, :, None, None]) ** 2).sum(-1)  # (1, 1, H, W)
        claims = 5 * (1 - away / settings.get("follows", 0.5) ** 2)  # above 0 within that distance
        masks, flow = sampling.soft_masks(torch.cat([0 * claims, claims.clamp(min=-20)], 1),
                                          torch.cat([grid[None, None], moving], 1))
        return point_motion.Moved(flow, masks)

    def draw(self, settings: dict) -> np.ndarray:
        """The moved picture with lines that were straight, and without: uint8 (360, 720, 3)."""
        moved = self.moved(settings)
        both = [images.from_tensor(point_motion.render(image, moved)[0])
                for image in (self.lined, self.mover.image)]
        return np.hstack([enlarged(image) for image in both])


class FlowUnderPointer(widgets.Panel):
    """A pixel of the target is chosen: where does it look in the source, by this flow or that, and by the truth?"""

    SIZE = 128
    METHODS = ("first-order", "first-order, no matrices", "thin plate", "Lucas-Kanade", "nothing moves", "the truth")

    def __init__(self, seed=(6, 2), strength: float = 1.0):
        self.pair = synthetic.moving_pair(1, self.SIZE, seed, strength)
        source, target, truth = self.pair
        self.pictures = [enlarged(images.from_tensor(one.image[0])) for one in (source, target)]
        self.flows = {name: self.flow_of(name) for name in self.METHODS}
        super().__init__({
            "flow": ipywidgets.Dropdown(options=self.METHODS, description="flow", **WIDE),
            "x": widgets.slider("x of the pixel", 64, 8, self.SIZE - 8, 1),
            "y": widgets.slider("y of the pixel", 76, 8, self.SIZE - 8, 1),
        })

    def shown_width(self) -> int:
        """Pixels that the two pictures side by side are wide."""
        return SHOWN

    def flow_of(self, name: str) -> np.ndarray:
        """Where each pixel of the target looks in the source, (H, W, 2) in pixels."""
        source, target, truth = self.pair
        size = self.SIZE
        if name == "the truth":
            return truth.positions[0].numpy()
        if name == "Lucas-Kanade":
            before, after = (optical_flow.grey(one.image[0].permute(1, 2, 0).numpy()) for one in (source, target))
            return truth.positions[0].numpy() - truth.field[0].numpy() + optical_flow.find_flow(before, after)
        a, b = (point_motion.to_unit(one.keypoints, size, size) for one in (source, target))
        if name == "thin plate":
            flow = point_motion.spline_flow(a, b, size).flow
        elif name == "nothing moves":
            flow = sampling.identity_grid(size, size)[None]
        else:
            flow = point_motion.first_order_flow(a, b, size, jacobians=name == "first-order").flow
        return point_motion.to_pixels(flow, size, size)[0].numpy()

    def off(self, settings: dict) -> float:
        """How far the chosen flow is from the true one at the chosen pixel, in pixels."""
        flow, true = self.flows[settings.get("flow", self.METHODS[0])], self.flows["the truth"]
        at = int(settings.get("y", 76)), int(settings.get("x", 64))
        return float(np.hypot(*(flow[at] - true[at])))

    def stills(self, *settings: dict, title: str = ""):
        """The source, asked in several ways, with the distance from the truth above."""
        words = [f"{one.get('flow', self.METHODS[0])}: {self.off(one):.1f} px off" for one in settings]
        return plots.faces([self.draw(one)[STRIP:, : widgets.WIDTH] for one in settings], titles=words, title=title,
                           columns=len(settings), side=3.2)

    def draw(self, settings: dict) -> np.ndarray:
        """Source (left) and target (right): a ring on the chosen pixel, a disc where it looks, a cross where the truth
        lies, and arrows from a comb of pixels to where they look."""
        flow, true = self.flows[settings.get("flow", self.METHODS[0])], self.flows["the truth"]
        x, y = int(settings.get("x", 64)), int(settings.get("y", 76))
        scale = widgets.WIDTH / self.SIZE

        def at(place):
            return tuple(int(round((float(v) + 0.5) * scale)) for v in place)

        source, target = self.pictures[0].copy(), (self.pictures[1] * 0.5 + 127).astype(np.uint8)
        for row in range(6, self.SIZE, 10):
            for column in range(6, self.SIZE, 10):
                cv2.arrowedLine(target, at((column, row)), at(flow[row, column]), (0, 114, 178), 1, cv2.LINE_AA,
                                tipLength=0.25)
        for picture in (source, target):
            cv2.circle(picture, at((x, y)), 9, (255, 255, 255), 4, cv2.LINE_AA)
            cv2.circle(picture, at((x, y)), 9, (0, 0, 0), 2, cv2.LINE_AA)
        cv2.arrowedLine(source, at((x, y)), at(flow[y, x]), (0, 0, 0), 2, cv2.LINE_AA, tipLength=0.2)
        for colour, thickness in (((255, 255, 255), 5), ((0, 110, 80), 2)):
            cv2.drawMarker(source, at(true[y, x]), colour, cv2.MARKER_CROSS, 22, thickness, cv2.LINE_AA)
        cv2.circle(source, at(flow[y, x]), 6, (255, 255, 255), -1, cv2.LINE_AA)
        cv2.circle(source, at(flow[y, x]), 4, (213, 94, 0), -1, cv2.LINE_AA)
        off = self.off(settings)
        strip = np.full((STRIP, 2 * widgets.WIDTH, 3), 255, np.uint8)
        hidden = "" if bool(self.pair[2].visible[0, y, x]) else ", and the source does not show this spot"
        cv2.putText(strip, f"source: where it looks (disc), the truth (cross), {off:.1f} px apart{hidden}", (4, 18),
                    cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
        return np.vstack([strip, np.hstack([source, target])])
