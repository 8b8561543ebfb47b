"""Things to move by hand in a lesson: ipywidgets (7.7 and 8) whose pictures also exist as a still strip.

Every widget is a box of sliders and a picture, with `draw(settings)` that makes the picture from numbers alone and
`stills(...)` that draws several settings in a row, for whoever reads the notebook without a kernel.
"""

import io

import cv2
import ipywidgets
import numpy as np

from . import animation, demo, heatmaps, images, landmarks, motion, plots

WIDTH = 360  # pixels of a picture beside its sliders


class Panel(ipywidgets.HBox):
    """Sliders on the left, a picture on the right. A subclass says `controls` and how to `draw`.

    Where the page is too narrow for both, the picture goes below the sliders; it never covers them.
    """

    LEAST = None  # pixels: the width to which a picture may shrink to stay beside its sliders; None: its own

    def __init__(self, controls: dict):
        """controls: {name: slider}; every change of one draws the picture anew."""
        self.controls = controls
        width = self.shown_width()
        self.image = ipywidgets.Image(format="jpeg", layout={
            "flex": f"1 1 {self.LEAST or width}px", "min_width": "0", "max_width": f"{width}px", "height": "auto",
            "align_self": "flex-start"})
        reset = ipywidgets.Button(description="back to the start")
        start = {name: control.value for name, control in controls.items()}
        sliders = ipywidgets.VBox([*controls.values(), reset], layout={"flex": "0 0 auto"})
        super().__init__([sliders, self.image], layout={"flex_flow": "row wrap"})

        def back(_):
            for name, value in start.items():
                controls[name].value = value

        reset.on_click(back)
        for control in controls.values():
            control.observe(self.refresh, names="value")
        self.refresh()

    def shown_width(self) -> int:
        return WIDTH

    def settings(self) -> dict:
        """What the sliders say now: {name: value}."""
        return {name: control.value for name, control in self.controls.items()}

    def refresh(self, _=None) -> None:
        """Draw what the sliders say."""
        self.image.value = jpeg(self.draw(self.settings()))

    def draw(self, settings: dict) -> np.ndarray:
        """The picture for {name: value}, names left out being at rest: uint8 (H, W, 3)."""
        raise NotImplementedError

    def stills(self, *settings: dict, title: str = ""):
        """One picture for each {name: value} in a row, as a matplotlib figure."""
        words = [", ".join(f"{name} {value:g}" if isinstance(value, (int, float)) else str(value)
                           for name, value in one.items()) or "at rest" for one in settings]
        return plots.faces([self.draw(one) for one in settings], titles=words, title=title, columns=len(settings),
                           side=2.9)


def jpeg(image: np.ndarray) -> bytes:
    """uint8 (H, W, 3) as the bytes of a JPEG file."""
    return cv2.imencode(".jpg", np.ascontiguousarray(image[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def slider(words: str, value: float, low: float, high: float, step: float):
    """A slider with its name beside it, drawn anew while it is dragged."""
    return ipywidgets.FloatSlider(value=value, min=low, max=high, step=step, description=words,
                                  style={"description_width": "110px"}, layout={"width": "330px"})


def close_up(image: np.ndarray, points: np.ndarray) -> tuple:
    """A picture cut to the head around its points (78, 2): (picture, points in it)."""
    low, high = points.min(axis=0), points.max(axis=0)
    side = int(2 * round(0.75 * float((high - low).max())))
    x, y = ((low + high) / 2).round()
    corner = np.array([round(x - side / 2), round(y - side / 2)])
    return images.crop_square(image, x, y, side), points - corner


def actor_of(photo=None, side: int = WIDTH) -> animation.Actor:
    """The largest face of a photo (the embedded one), cut to a square around the head, ready to be moved."""
    image = images.as_image(demo.photo_path() if photo is None else photo)
    found = animation.cast(image, face="largest")[0]
    head, points = close_up(image, found.points)
    scale = side / len(head)
    head = cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return animation.make_actor(head, ((points + 0.5) * scale - 0.5).astype(np.float32))


class FaceMixer(Panel):
    """Named channels as sliders, and the face that they make."""

    CHANNELS = {  # words: (channels, least, most)
        "jaw open": (("jawOpen",), 0, 1), "smile": (("mouthSmileLeft", "mouthSmileRight"), 0, 1),
        "brows up": (("browInnerUp", "browOuterUpLeft", "browOuterUpRight"), 0, 1),
        "eyes shut": (("eyeBlinkLeft", "eyeBlinkRight"), 0, 1),
        "turn (degrees)": (("headYaw",), -15, 15), "nod (degrees)": (("headPitch",), -12, 12),
    }

    def __init__(self, photo=None):
        self.actor = actor_of(photo)
        super().__init__({words: slider(words, 0, low, high, (high - low) / 50)
                          for words, (_, low, high) in self.CHANNELS.items()})

    def draw(self, settings: dict) -> np.ndarray:
        values = self.actor.face.rest.copy()
        for words, value in settings.items():
            for channel in self.CHANNELS[words][0]:
                values[motion.INDEX[channel]] += value
        return self.actor.frame(values)


class KeypointMover(Panel):
    """Two sliders drag a group of keypoints, and the face follows: the warp alone, without a face model."""

    GROUPS = {
        "chin": np.arange(6, 11), "mouth corners": np.array([48, 60, 54, 64]),
        "lower lip": np.array([56, 57, 58, 65, 66, 67]), "right brow": landmarks.BROW_RIGHT,
        "left brow": landmarks.BROW_LEFT, "nose": np.arange(30, 36), "tip of nose": np.array([30]),
    }
    REACH = 0.2  # eye distances

    def __init__(self, photo=None):
        self.actor = actor_of(photo)
        super().__init__({
            "points": ipywidgets.Dropdown(options=list(self.GROUPS), description="points",
                                          style={"description_width": "110px"}, layout={"width": "330px"}),
            "right": slider("to the right", 0, -self.REACH, self.REACH, 0.01),
            "down": slider("downwards", 0, -self.REACH, self.REACH, 0.01),
        })

    def shown_width(self) -> int:
        return 2 * WIDTH

    def target(self, settings: dict) -> np.ndarray:
        """All points, with the chosen ones moved by parts of the distance between the eyes: (78, 2)."""
        points = self.actor.points.copy()
        step = np.array([settings.get("right", 0), settings.get("down", 0)]) * landmarks.eye_distance(points)
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


class HeatmapSharpness(Panel):
    """Two hills in one map: where the argmax and the soft-argmax see the point as the softmax grows sharper."""

    TRUE = (0.36, 0.42)
    OTHER = (0.78, 0.7)
    CELLS = 16

    def __init__(self):
        super().__init__({"sharpness": slider("sharpness", 4, 0.5, 20, 0.5),
                          "second hill": slider("second hill", 0.5, 0, 1, 0.05)})

    def places(self, settings: dict) -> tuple:
        """The map after the softmax (16, 16), and {"true", "argmax", "soft-argmax": (x, y)}."""
        import torch

        points = torch.tensor([[self.TRUE, self.OTHER]])
        hills = heatmaps.gaussian_heatmap(points, self.CELLS, 1.6)[0]  # (2, 16, 16)
        raw = hills[0] + settings.get("second hill", 0) * hills[1]
        sharp = (settings.get("sharpness", 4) * raw)[None, None]
        soft, hard = heatmaps.soft_argmax(sharp)[0, 0], heatmaps.hard_argmax(sharp)[0, 0]
        marks = {"true": self.TRUE, "argmax": tuple(hard.tolist()), "soft-argmax": tuple(soft.tolist())}
        return sharp.flatten().softmax(dim=0).view(self.CELLS, self.CELLS).numpy(), marks

    def figure(self, *settings: dict, title: str = ""):
        """The maps of several settings in a row."""
        drawn = [self.places(one) for one in settings]
        words = [f"sharpness {one.get('sharpness', 4):g}, second hill {one.get('second hill', 0):g}"
                 for one in settings]
        return plots.heatmap_row([map_ for map_, _ in drawn], [marks for _, marks in drawn], words, title, side=3.2)

    stills = figure

    def draw(self, settings: dict) -> np.ndarray:
        from PIL import Image

        _, data = plots.encode(self.figure(settings))
        return np.array(Image.open(io.BytesIO(data)).convert("RGB"))
