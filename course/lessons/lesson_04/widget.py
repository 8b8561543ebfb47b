"""Lesson 04 by hand: a kernel that is turned, a place looked for in another face, a picture between sharp and mean."""

import io

import cv2
import ipywidgets
import numpy as np
import torch

from course import demo, features, images, plots

from .. import widgets
from . import by_hand, painter, people, sees

WIDE = {"style": {"description_width": "110px"}, "layout": {"width": "330px"}}
SHOWN = 640  # pixels of pictures side by side


def drawn(figure) -> np.ndarray:
    """A matplotlib figure as a picture: uint8 (H, W, 3)."""
    from PIL import Image

    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100)
    return np.array(Image.open(file).convert("RGB"))


def edge_kernel(turn: float, width: float, size: int = 15) -> torch.Tensor:
    """A kernel that answers to edges across one direction: float32 (1, 1, size, size), dark there, bright here.

    turn: degrees, 0 for edges that stand upright; width: standard deviation of its two lobes in pixels.
    """
    at = torch.arange(size) - size // 2
    y, x = torch.meshgrid(at, at, indexing="ij")
    angle = np.radians(turn)
    across = float(np.cos(angle)) * x + float(np.sin(angle)) * y
    kernel = across * torch.exp(-(x**2 + y**2) / (2 * width**2))
    return (kernel / kernel.abs().sum())[None, None].float()


def signed(values: np.ndarray, largest: float) -> np.ndarray:
    """A map (H, W) in colours: orange above 0, violet below, white at 0: uint8 (H, W, 3)."""
    share = np.clip(values / max(largest, 1e-9), -1, 1)[..., None]
    above, below = np.array([179.0, 88, 6]), np.array([84.0, 39, 136])
    return (255 - np.maximum(share, 0) * (255 - above) + np.minimum(share, 0) * (255 - below)).round().astype(np.uint8)


class KernelInHand(widgets.Panel):
    """A kernel is turned and widened over the photo: which edges answer?"""

    SIDE = 200

    def __init__(self, photo=None):
        _, face = by_hand.face_of(demo.photo_path() if photo is None else photo)
        face = cv2.resize(face, (self.SIDE, self.SIDE), interpolation=cv2.INTER_AREA)
        self.face = face
        self.grey = features.as_batch(face).mean(dim=1, keepdim=True)  # (1, 1, H, W)
        super().__init__({"turn": widgets.slider("turn (degrees)", 0, 0, 180, 5),
                          "width": widgets.slider("width (pixels)", 1, 0.6, 4, 0.1)})

    def shown_width(self) -> int:
        """Pixels that the pictures side by side are wide."""
        return SHOWN

    def answer(self, settings: dict) -> np.ndarray:
        """What the kernel answers at every place: (H, W)."""
        kernel = edge_kernel(settings.get("turn", 0), settings.get("width", 1))
        reach = kernel.shape[-1] // 2
        border = torch.nn.functional.pad(self.grey, (reach,) * 4, mode="replicate")
        return features.conv2d(border, kernel)[0, 0].numpy()

    def draw(self, settings: dict) -> np.ndarray:
        """The face, the kernel, and its answers: uint8 (SIDE, 3 SIDE, 3)."""
        kernel = edge_kernel(settings.get("turn", 0), settings.get("width", 1))[0, 0].numpy()
        kernel = cv2.resize(signed(kernel, np.abs(kernel).max()), (self.SIDE, self.SIDE),
                            interpolation=cv2.INTER_NEAREST)
        found = signed(self.answer(settings), 0.12)
        cv2.rectangle(kernel, (0, 0), (self.SIDE - 1, self.SIDE - 1), (150, 150, 150), 1)
        return np.hstack([self.face, kernel, found])

    def stills(self, *settings: dict, title: str = ""):
        """Kernel and answers for several settings in a row."""
        words = [f"turned by {one.get('turn', 0):g}°, {one.get('width', 1):g} px wide" for one in settings]
        return plots.faces([self.draw(one)[:, self.SIDE :] for one in settings], titles=words, title=title,
                           columns=len(settings), side=3.1)


class SamePlace(widgets.Panel):
    """A point of one face is chosen: where in another face does a network find the same?"""

    def __init__(self):
        album = people.album()
        self.pictures, self.points = album.rest, album.points[:: people.STATES]
        self.maps = {words: way.maps(self.pictures) for words, way in sees.WAYS.items()}
        super().__init__({
            "by": ipywidgets.Dropdown(options=list(sees.WAYS), description="compared by", **WIDE),
            "point": widgets.slider("point of the face", 54, 0, 67, 1),
            "other": widgets.slider("the other face", 1, 1, len(self.pictures) - 1, 1),
        })
        for name in ("point", "other"):
            self.controls[name].readout_format = ".0f"

    def shown_width(self) -> int:
        """Pixels that both faces are wide."""
        return SHOWN

    def asked(self, settings: dict) -> tuple:
        """The likeness of every pixel of the other face (H, W), the most similar one (2,), and the true one (2,)."""
        maps = self.maps[settings.get("by", next(iter(sees.WAYS)))]
        point, other = int(settings.get("point", 54)), int(settings.get("other", 1))
        alike = sees.likeness(sees.vector_at(maps[0], self.points[0, point]), maps[other])
        return alike, sees.best_place(alike), self.points[other, point].numpy()

    def off(self, settings: dict) -> float:
        """How far the most similar place lies from the true one, in pixels."""
        _, found, true = self.asked(settings)
        return float(np.linalg.norm(found - true))

    def draw(self, settings: dict) -> np.ndarray:
        """Left the face that is asked, right the other one under its likeness: a disc at the best place, a cross at
        the true one: uint8 (360, 720, 3)."""
        alike, found, true = self.asked(settings)
        point, other = int(settings.get("point", 54)), int(settings.get("other", 1))
        scale = widgets.WIDTH / alike.shape[0]
        size = (widgets.WIDTH, widgets.WIDTH)
        one, two = (cv2.resize(images.from_tensor(self.pictures[k]), size, interpolation=cv2.INTER_CUBIC)
                    for k in (0, other))
        share = np.clip((alike - np.quantile(alike, 0.5)) / max(float(np.ptp(alike)) / 2, 1e-9), 0, 1)
        share = cv2.resize(share.astype(np.float32), size)[..., None]
        two = (two * (1 - 0.75 * share) + np.array([240.0, 228, 66]) * 0.75 * share).round().astype(np.uint8)
        one = np.ascontiguousarray(one)

        def at(place):
            return tuple(int(round((float(v) + 0.5) * scale)) for v in place)

        cv2.circle(one, at(self.points[0, point]), 8, (255, 255, 255), 4, cv2.LINE_AA)
        cv2.circle(one, at(self.points[0, point]), 8, (0, 0, 0), 2, cv2.LINE_AA)
        for colour, thickness in (((255, 255, 255), 5), ((0, 0, 0), 2)):
            cv2.drawMarker(two, at(true), colour, cv2.MARKER_CROSS, 22, thickness, cv2.LINE_AA)
        cv2.circle(two, at(found), 8, (255, 255, 255), -1, cv2.LINE_AA)
        cv2.circle(two, at(found), 6, (213, 94, 0), -1, cv2.LINE_AA)
        return np.hstack([one, two])

    def stills(self, *settings: dict, title: str = ""):
        """The other face in several settings, with the distance from the true place above."""
        words = [f"{one.get('by', next(iter(sees.WAYS)))}: {self.off(one):.0f} px off" for one in settings]
        shown = [self.draw({})[:, : widgets.WIDTH], *(self.draw(one)[:, widgets.WIDTH :] for one in settings)]
        return plots.faces(shown, titles=["the point that is looked for", *words], title=title, columns=len(shown),
                           side=2.4)


class SharpOrMean(widgets.Panel):
    """From one right picture to the mean of all: what do three distances say on the way?"""

    STEPS = 20

    def __init__(self):
        self.right = people.right_pictures()
        self.distances = {"pixels, squared": painter.pixel_distance(self.right),
                          "trunk, layer 1/16": painter.feature_distance(self.right),
                          "untrained, layer 1/16": painter.feature_distance(self.right, "untrained")}
        self.along = np.linspace(0, 1, self.STEPS + 1)
        with torch.no_grad():
            self.curves = {words: np.array([float(of(self.mixed(share))) for share in self.along])
                           for words, of in self.distances.items()}
        super().__init__({"share": widgets.slider("share of the mean", 0, 0, 1, 0.05)})

    def shown_width(self) -> int:
        """Pixels that picture and curves are wide."""
        return SHOWN

    def mixed(self, share: float) -> torch.Tensor:
        """The middle one of the right pictures with a share of the mean of all: (1, 3, H, W)."""
        one = self.right[[len(self.right) // 2]]
        return (1 - share) * one + share * self.right.mean(dim=0, keepdim=True)

    def panel(self, above, below, settings: dict) -> None:
        """The mixed picture on one axes, the curves with a dot at its share on another."""
        share = settings.get("share", 0)
        plots.picture(above, images.from_tensor(self.mixed(share)[0]), f"{share:.0%} of the mean of all")
        k = int(round(share * self.STEPS))
        for number, (words, curve) in enumerate(self.curves.items()):
            below.plot(self.along, curve / curve[0], color=plots.CYCLE[number], linestyle=plots.LINES[number],
                       label=words)
            below.scatter([self.along[k]], [curve[k] / curve[0]], color=plots.CYCLE[number], marker="osD"[number],
                          zorder=3)
        below.set(xlabel="share of the mean", ylabel="distance to all, 1 at the start", ylim=(0, 2))
        below.grid(alpha=0.3)

    def draw(self, settings: dict) -> np.ndarray:
        """The picture, and beside it the three distances: uint8 (H, W, 3)."""
        figure, grid = plots.new(6.4, 3.1, 1, 2)
        self.panel(grid[0, 0], grid[0, 1], settings)
        grid[0, 1].legend(fontsize=7, loc="upper left")
        return drawn(figure)

    def stills(self, *settings: dict, title: str = ""):
        """Several settings in a row: the pictures over their distances."""
        figure, grid = plots.new(2.7 * len(settings), 5.0, 2, len(settings), title)
        for (above, below), one in zip(grid.T, settings):
            self.panel(above, below, one)
            below.set_ylabel("distance to all, 1 at the start" if below is grid[1, 0] else "")
        figure.legend(*grid[1, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
        words = "; ".join(f"{name} ends at {curve[-1] / curve[0]:.2f}" for name, curve in self.curves.items())
        plots.describe(figure, f"{title}: from one sharp picture to the mean of all, three distances, 1 at the start. "
                               f"{words}.")
        return figure
