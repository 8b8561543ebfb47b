"""Things to move by hand in a lesson: ipywidgets (7.7 and 8) whose pictures also exist as a still strip.

Every widget is a box of sliders and a picture, with `draw(settings)` that makes the picture from numbers alone and
`stills(...)` that draws several settings in a row, for whoever reads the notebook without a kernel.
"""


import cv2
import ipywidgets
import numpy as np

from course import plots

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
        """Pixels that the picture is wide, at most."""
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
        """One picture for each {name: value} in a row, as a matplotlib `Figure`."""
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
