"""A face to direct by hand: how far eyes and lips are open, where the eyes look, how the head is turned."""

import numpy as np

from course import animation, motion

from . import actors, widgets


class Directing(widgets.Panel):
    """Sliders for what `--eyes-open`, `--lips-open`, `--gaze` and `--head` do, and the photo that obeys them."""

    def __init__(self, photo=None):
        """photo: uint8 (H, W, 3), or None for the embedded one."""
        self.actor = actors.actor_of(photo)
        super().__init__({
            "eyes": widgets.slider("eyes open", 1.0, 0.0, 1.3, 0.05),
            "lips": widgets.slider("lips open", 1.0, 0.0, 1.5, 0.05),
            "right": widgets.slider("look right", 0.0, -20.0, 20.0, 1.0),
            "up": widgets.slider("look up", 0.0, -15.0, 15.0, 1.0),
            "turn": widgets.slider("turn right", 0.0, -1.0, 1.0, 0.1),
            "jaw": widgets.slider("jaw", 0.0, 0.0, 1.0, 0.05),
        })

    def options(self, settings: dict) -> animation.Settings:
        """The sliders as the settings of `course.animate`; those that are left out are at rest."""
        turn = settings.get("turn", 0.0)
        return animation.Settings(
            eyes_open=settings.get("eyes", 1.0), lips_open=settings.get("lips", 1.0),
            gaze=f"{settings.get('right', 0.0):g},{settings.get('up', 0.0):g}",
            head=f"{'right' if turn > 0 else 'left'}:{abs(turn):g}")

    def draw(self, settings: dict) -> np.ndarray:
        """The face as the sliders have it: uint8 (H, W, 3)."""
        moved = motion.Motion(np.array([[settings.get("jaw", 0.0)]]), ("jawOpen",))
        values = motion.values_for(moved, self.actor.face, "offset", self.options(settings))
        return self.actor.frame(values[0])
