"""Every channel by hand: sliders for the head and for all 51 blendshapes, with the points and the face they make."""

import cv2
import ipywidgets
import numpy as np

from course import face, keypoints, notebook, plots

from .. import actors, widgets

HEAD = {"headPitch": (-15, 15), "headYaw": (-20, 20), "headRoll": (-20, 20), "headX": (-0.2, 0.2),
        "headY": (-0.2, 0.2), "headScale": (-0.2, 0.2)}  # degrees; eye distances; a ratio less one


def _starting(*beginnings) -> list:
    return [name for name in face.BLENDSHAPES if name.startswith(beginnings)]


class FacePose(widgets.Panel):
    """A group of channels is chosen, its sliders appear, and both the 78 points and the picture move."""

    GROUPS = {
        "head": list(HEAD), "jaw and lips": _starting("jaw") + ["mouthClose", "mouthFunnel", "mouthPucker"],
        "corners of the mouth": _starting("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch"),
        "lips up, down, aside": _starting("mouthUpperUp", "mouthLowerDown", "mouthLeft", "mouthRight"),
        "lips rolled and pressed": _starting("mouthRoll", "mouthShrug", "mouthPress"),
        "eyelids": _starting("eyeBlink", "eyeSquint", "eyeWide"), "gaze": _starting("eyeLook"),
        "brows, cheeks, nose": _starting("brow", "cheek", "nose"),
    }
    LEAST = 480  # many sliders: below them the picture would jump with every group

    def __init__(self, photo=None):
        self.actor = actors.actor_of(photo)
        chosen = ipywidgets.Dropdown(options=list(self.GROUPS), description="channels")
        controls = {"channels": chosen}
        for names in self.GROUPS.values():
            for name in names:
                low, high = HEAD.get(name, (0, 1))
                controls[name] = widgets.slider(name, 0, low, high, (high - low) / 40)
        for control in controls.values():  # room for mouthLowerDownRight: cut short it would be ...Left as well
            control.style.description_width, control.layout.width = "160px", "355px"
        super().__init__(controls)
        chosen.observe(self.show_group, names="value")
        self.show_group()

    def show_group(self, _=None) -> None:
        """Only the sliders of the chosen group can be seen; the others keep their values."""
        shown = self.GROUPS[self.controls["channels"].value]
        for name, control in self.controls.items():
            if name != "channels":
                control.layout.display = None if name in shown else "none"

    def shown_width(self) -> int:
        """Pixels that the two pictures side by side are wide."""
        return 2 * widgets.WIDTH

    def values(self, settings: dict) -> np.ndarray:
        """The photo's own values (57,) and the settings on top."""
        values = self.actor.face.rest.copy()
        for name, value in settings.items():
            if name != "channels":
                values[face.INDEX[name]] += value
        return values

    def moving(self, *ways: dict, count: int = 10) -> notebook.Loop:
        """Each of some settings reached and left again, as a picture that moves; count: frames for each."""
        frames = []
        for way in ways:
            for share in np.sin(np.pi * np.arange(count) / count):
                drawn = self.draw({name: share * value for name, value in way.items()})
                frames.append(_titled(drawn, way, share))
        words = "; ".join(", ".join(f"{name} {value:g}" for name, value in way.items()) for way in ways)
        return notebook.Loop(frames, 10, alt=f"points and a face that do, one after the other: {words}")

    def draw(self, settings: dict) -> np.ndarray:
        """The points over the pale photo, a line from where each was, and beside it the face that follows."""
        values = self.values(settings)
        points = face.posed_points(self.actor.face, values)
        pale = (self.actor.portrait.image * 0.5 + 127).astype(np.uint8)
        for run, closed in plots.RUNS:
            cv2.polylines(pale, [points[run].round().astype(np.int32)], closed, (0, 114, 178), 1, cv2.LINE_AA)
        for start, end in zip(self.actor.points, points[: keypoints.N_POINTS]):
            at = tuple(int(v) for v in end.round())
            if np.linalg.norm(end - start) > 1:
                cv2.line(pale, tuple(int(v) for v in start.round()), at, (0, 0, 0), 1, cv2.LINE_AA)
                cv2.circle(pale, at, 3, (213, 94, 0), -1, cv2.LINE_AA)
            else:
                cv2.circle(pale, at, 2, (0, 114, 178), 1, cv2.LINE_AA)
        return np.hstack([pale, self.actor.frame(values)])


def _titled(picture: np.ndarray, way: dict, share: float) -> np.ndarray:
    """A picture under a line with the names and values of some settings: uint8 (H, W, 3) -> uint8 (H + 34, W, 3)."""
    words = "  ".join(f"{name} {share * value + 0:.1f}" for name, value in way.items())
    line = np.full((34, picture.shape[1], 3), 255, np.uint8)
    cv2.putText(line, words, (12, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.65, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([line, picture])
