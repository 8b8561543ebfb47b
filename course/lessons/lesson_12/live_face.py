"""A live face in a notebook: one that is watched for some seconds and kept, and one with a button."""

import threading
from dataclasses import dataclass

import ipywidgets
import numpy as np

from course import io
from course.serving import live

from .. import widgets

LONGEST = 60.0  # seconds after which the face of the widget rests


@dataclass
class Recording:
    """What came out of a live face: frames uint8 (T, H, W, 3), sound float32 (N,), and for each frame the number of the
    one that was shown, (T,); words: {frame: the sentence that began there}; quality: how it was painted in the end."""

    frames: np.ndarray
    sound: np.ndarray
    shown: np.ndarray
    words: dict
    quality: str

    def clip(self) -> io.Clip:
        """All of it as a film."""
        return io.Clip(list(self.frames), live.clock.FPS, self.sound, live.clock.RATE)

    def share_fresh(self) -> float:
        """The share of moments at which there was a new frame."""
        return float(np.mean(np.diff(self.shown, prepend=-1) > 0))


def record(photo, text: str, seconds: float, size: int = 160, tell=print) -> Recording:
    """A live face, told to say something and watched for some seconds: they pass while this works.

    photo: path or uint8 (H, W, 3); size: longer side in pixels; tell: is given a line where something gives way. Raises
    `errors.CourseError` as `course.Live` does.
    """
    moments = []
    with live.Live(photo, size=size, tell=tell) as face:
        face.say(text)
        for moment in face:
            moments.append(moment)
            if len(moments) >= seconds * live.clock.FPS:
                break
        quality = face.quality
    return Recording(np.stack([moment.frame for moment in moments]), np.concatenate([one.sound for one in moments]),
                     np.array([moment.number - moment.lag for moment in moments]),
                     {moment.number: moment.words for moment in moments if moment.words}, quality)


class LiveFace(ipywidgets.VBox):
    """A face that breathes, blinks and says what is typed: without its sound, which a notebook cannot play as it comes.

    It rests after `LONGEST` seconds, and when `stop` is pressed.
    """

    def __init__(self, photo, size: int = 160):
        """photo: path or uint8 (H, W, 3); size: longer side of the frames in pixels."""
        self.photo, self.size = photo, size
        self.image = ipywidgets.Image(format="jpeg", layout={"width": f"{2 * size}px", "max_width": "100%"})
        self.words = ipywidgets.Text(value="Hello. I am here, right now.", layout={"width": "330px"})
        self.buttons = {name: ipywidgets.Button(description=name) for name in ("begin", "say", "stop")}
        self.says = ipywidgets.HTML()
        self._face, self._thread = None, None
        for name, button in self.buttons.items():
            button.on_click(lambda _, name=name: self.press(name))
        row = ipywidgets.HBox([self.words, *self.buttons.values()], layout={"flex_flow": "row wrap"})
        super().__init__([row, self.image, self.says])
        self._tell("Press <b>begin</b>.")

    def press(self, button: str) -> None:
        """What a click on "begin", "say" or "stop" does."""
        if button == "begin" and not self.running:
            self._tell("One moment ...")
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        elif button == "say" and self._face is not None and self.words.value.strip():
            self._face.say(self.words.value)
        elif button == "stop" and self._face is not None:
            self._face.close()

    @property
    def running(self) -> bool:
        """Whether the face is there, or comes."""
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        try:
            with live.Live(self.photo, size=self.size, tell=self._tell) as self._face:
                self._tell("It lives. Type some words and press <b>say</b>.")
                while True:
                    moment = self._face.read()
                    if moment.fresh:
                        self.image.value = widgets.jpeg(moment.frame)
                    if moment.number >= LONGEST * live.clock.FPS:
                        break
        except Exception as problem:  # a thread has nobody else to tell
            if self._face is None:
                return self._tell(str(problem))
        finally:
            self._face = None
        self._tell("It rests. Press <b>begin</b> to wake it.")

    def _tell(self, line: str) -> None:
        self.says.value = line
