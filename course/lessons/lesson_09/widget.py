"""Lesson 09's widget: one film on a photo, absolute and relative side by side, by points and by channels."""

from dataclasses import dataclass

import cv2
import ipywidgets
import numpy as np

from course import animation, keypoints, motion, plots
from course.face import posing

from .. import actors, widgets
from . import drivers

SIDE = 270  # pixels of each of the three pictures
BLUE, BLACK, WHITE = (0, 114, 178), (0, 0, 0), (255, 255, 255)


@dataclass
class Followed:
    """A driver's film and what was found in it: frames, points (T, 78, 2) in pixels, motion."""

    frames: list
    points: np.ndarray
    moved: motion.Motion


def follow(name: str) -> Followed:
    """One of `drivers.PEOPLE`, filmed and tracked as any film is: points (T, 78, 2) in pixels."""
    frames = list(drivers.film(name))
    points, tracked = motion.track_points(frames)
    return Followed(frames, points, motion.motion_from_points(points, tracked, drivers.FPS))


class Transfer(widgets.Panel):
    """A driver's film, a choice of what is carried over, and a slider through the frames."""

    LEAST = 600

    def __init__(self, photo=None):
        self.actor = actors.actor_of(photo)
        self.followed = {}
        wide = {"style": {"description_width": "110px"}, "layout": {"width": "330px"}}
        super().__init__({
            "driver": ipywidgets.Dropdown(options=list(drivers.PEOPLE), description="driver", **wide),
            "carry": ipywidgets.Dropdown(options=["points", "channels"], description="carry over", **wide),
            "frame": ipywidgets.IntSlider(value=4, min=0, max=len(drivers.performance()) - 1, description="frame",
                                          **wide),
        })

    def shown_width(self) -> int:
        """Pixels that the three pictures side by side are wide, at most."""
        return 750

    def driver(self, name: str) -> Followed:
        """The film of one of `drivers.PEOPLE` and what was found in it; tracked once."""
        if name not in self.followed:
            self.followed[name] = follow(name)
        return self.followed[name]

    def targets(self, settings: dict) -> tuple:
        """The photo's points (78, 2) for a frame of the driver: absolute, and relative."""
        driver = self.driver(settings.get("driver", next(iter(drivers.PEOPLE))))
        frame, face = settings.get("frame", 4), self.actor.face
        if settings.get("carry", "points") == "points":
            # absolute, as places in the picture; both pictures are square
            ratio = len(self.actor.portrait.image) / len(driver.frames[0])
            best = driver.points[motion.find_best_frame(driver.moved.full(), face.rest)]
            return (driver.points[frame] * ratio,
                    motion.relative_motion(self.actor.points, driver.points[frame][None], best)[0])
        options = animation.Settings(fps=driver.moved.fps)
        return tuple(posing.posed_points(face, motion.values_for(driver.moved, face, mode, options)[frame])
                     for mode in ("absolute", "relative"))

    def draw(self, settings: dict) -> np.ndarray:
        """The driver with the points that were found, the photo by absolute and by relative motion: uint8 (H, 810, 3).
        """
        driver = self.driver(settings.get("driver", next(iter(drivers.PEOPLE))))
        frame = settings.get("frame", 4)
        panels = [with_points(driver.frames[frame], driver.points[frame])]
        panels += [self.actor.portrait.render(points) for points in self.targets(settings)]
        words = (f"driver, frame {frame}", "absolute", "relative")
        return np.hstack([captioned(cv2.resize(panel, (SIDE, SIDE), interpolation=cv2.INTER_AREA), text)
                          for panel, text in zip(panels, words)])

    def stills(self, *settings: dict, title: str = ""):
        """The settings one below the other: each is three pictures wide."""
        words = ["  ".join(str(value) if name != "frame" else f"frame {value}" for name, value in one.items())
                 for one in settings]
        return plots.faces([self.draw(one) for one in settings], titles=words, title=title, columns=1, side=7.2)


def with_points(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """A picture (H, W, 3) with the lines and points of the face in it: points (68 or 78, 2), pixels."""
    drawn = np.array(image)
    for run, closed in plots.RUNS:
        cv2.polylines(drawn, [points[run].round().astype(np.int32)], closed, WHITE, 1, cv2.LINE_AA)
    for x, y in points[: keypoints.N_IBUG]:
        cv2.circle(drawn, (round(float(x)), round(float(y))), 2, BLUE, -1, cv2.LINE_AA)
    return drawn


def captioned(image: np.ndarray, words: str) -> np.ndarray:
    """A picture (H, W, 3) with words on a white strip above it: (24 + H, W, 3)."""
    strip = np.full((24, image.shape[1], 3), 255, np.uint8)
    cv2.putText(strip, words, (6, 17), cv2.FONT_HERSHEY_SIMPLEX, 0.5, BLACK, 1, cv2.LINE_AA)
    return np.vstack([strip, image])
