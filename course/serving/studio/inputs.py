"""The cards on the left: which face, what it says, and how. Each tells with `changed` that something is new."""

from pathlib import Path

import ipywidgets

from ... import demo, errors
from ...io import sound
from ...speech import catalogue
from . import capture, examples, parts, picture

BEST = ""  # as a voice: whoever reads the letters best
EXPRESSIONS = (("as the words feel", "auto"), ("neutral", "neutral"), ("happy", "happy"), ("sad", "sad"),
               ("surprised", "surprised"), ("angry", "angry"))


class Photo:
    """The photo and its face. box: the card; picture: a `picture.Picture`, or None; number: of the face, 0 the largest.

    folder: for what a browser sends; line: where problems are told; changed: called when there is another face.
    """

    def __init__(self, folder: Path, line: parts.Line, changed):
        self.folder, self.line, self.changed, self.picture = folder, line, changed, None
        self.is_own = False
        upload = ipywidgets.FileUpload(accept=".jpg,.jpeg,.png,.webp,image/*", multiple=False,
                                       description="Choose a photo", layout={"width": "auto"})
        upload.observe(parts.guarded(line, self._uploaded), names="value")
        example = ipywidgets.Button(description="Grace Hopper", tooltip="the photo that comes with the course",
                                    layout={"width": "auto"})
        example.on_click(parts.guarded(line, lambda _: self.take(demo.photo_path(), is_own=False)))
        self.faces = ipywidgets.Image(format="jpeg", layout={
            "width": "auto", "max_width": "100%", "max_height": "220px", "object_fit": "contain",
            "align_self": "center"})
        self.choice = ipywidgets.ToggleButtons(options=[("1", 0)], value=0, description="Face",
                                               style={"description_width": "40px", "button_width": "42px"})
        self.choice.observe(parts.guarded(line, self._chosen), names="value")
        self.several = ipywidgets.VBox([self.faces, self.choice], layout={"display": "none"})
        self.camera = capture.make("photo", parts.guarded(line, self.received))
        self.box = parts.card(1, "Photo", ipywidgets.HBox([upload, example], layout={"flex_flow": "row wrap"}),
                              *([self.camera] if self.camera else []), self.several)

    @property
    def number(self) -> int:
        """Which face, 0 being the largest."""
        return self.choice.value

    def received(self, name: str, data: bytes) -> None:
        """A photo from the browser. Raises `errors.CourseError`: none; then the one before stays."""
        self.take(picture.kept(data, name, self.folder))

    def take(self, path, is_own: bool = True) -> None:
        """A photo from a file. Raises `errors.CourseError`: none; then the one before stays."""
        found = picture.read(path)
        before, self.picture, self.is_own = self.picture, None, is_own
        try:
            self.choice.options = [(str(number + 1), number) for number in range(len(found.boxes))]
            self.choice.value, self.picture = 0, found
            self.changed()
        except errors.CourseError:
            if before is not None:
                self.picture = before
                self.choice.options = [(str(number + 1), number) for number in range(len(before.boxes))]
            raise
        finally:
            self._show()

    def _uploaded(self, change) -> None:
        found = parts.uploaded(change["new"])
        if found:
            self.received(*found)

    def _chosen(self, _) -> None:
        if self.picture is not None:
            self._show()
            self.changed()

    def _show(self) -> None:
        several = self.picture is not None and len(self.picture.boxes) > 1
        self.several.layout.display = None if several else "none"
        if several:
            self.faces.value = picture.jpeg(picture.numbered(self.picture, self.number))


class Words:
    """What is said: typed, or a recording. box: the card; recording: the path of one, or None."""

    TYPED, RECORDED = "Type", "Recording"

    def __init__(self, folder: Path, line: parts.Line, changed, example):
        """example: called with the `examples.Example` that was chosen."""
        self.folder, self.line, self.recording = folder, line, None
        self.kind = ipywidgets.ToggleButtons(options=[self.TYPED, self.RECORDED], value=self.TYPED,
                                             style={"button_width": "110px"})
        self.menu = parts.dropdown("Example", [("choose one ...", ""), *((e.name, e) for e in examples.EXAMPLES)], "")
        self.text = ipywidgets.Textarea(value=examples.EXAMPLES[0].text, continuous_update=True, rows=3,
                                        placeholder="What shall it say? [nod], [look left] and [pause 0.5] work, too.",
                                        layout={"width": "auto", "height": "84px"})
        self.voice = parts.dropdown("Voice", _voices(), BEST)
        upload = ipywidgets.FileUpload(accept="audio/*,video/*,.wav,.mp3,.ogg,.flac,.m4a,.webm", multiple=False,
                                       description="Choose a sound", layout={"width": "auto"})
        upload.observe(parts.guarded(line, self._uploaded), names="value")
        self.microphone = capture.make("sound", parts.guarded(line, self.received))
        self.player = ipywidgets.HBox([], layout=parts.WIDE)
        self.heard = ipywidgets.HTML('<div class="lp-note">No recording yet.</div>', layout=parts.WIDE)
        self.typed = ipywidgets.VBox([self.menu, self.text, self.voice], layout=parts.WIDE)
        taking = [ipywidgets.HBox([upload]), *([self.microphone] if self.microphone else [])]
        self.recorded = ipywidgets.VBox([*taking, self.heard, self.player], layout={"width": "auto", "display": "none"})
        self.menu.observe(lambda change: change["new"] and example(change["new"]), names="value")
        self.text.observe(lambda _: changed(), names="value")
        self.kind.observe(lambda _: self._show(), names="value")
        self.box = parts.card(2, "Words", self.kind, self.typed, self.recorded)

    def drive(self) -> dict:
        """{"text": words} or {"audio": path}. Raises `errors.CourseError`: there is none."""
        if self.kind.value == self.RECORDED:
            if self.recording is None:
                raise errors.AudioError("there is no recording yet: choose a sound, or type the words")
            return {"audio": self.recording}
        if not self.text.value.strip():
            raise errors.TextError("there is nothing to say yet: type a few words")
        return {"text": self.text.value}

    def set_voice(self, name: str | None) -> None:
        """The voice of that name, where it can speak here; else the best for the text."""
        self.voice.value = name if name in [value for _, value in self.voice.options] else BEST

    def received(self, name: str, data: bytes) -> None:
        """A sound from the browser. Raises `errors.CourseError`: none; then the one before stays."""
        path = picture.kept(data, name, self.folder)
        samples, rate = sound.load_audio(path)
        self.recording = path
        self.heard.value = f'<div class="lp-note">{len(samples) / rate:.1f} s are there to be said.</div>'
        player = ipywidgets.Audio(value=wav(samples, rate), format="wav", autoplay=False, loop=False,
                                  layout={"width": "100%", "height": "36px"})
        self.player.children = [player]
        self.kind.value = self.RECORDED

    def _uploaded(self, change) -> None:
        found = parts.uploaded(change["new"])
        if found:
            self.received(*found)

    def _show(self) -> None:
        is_typed = self.kind.value == self.TYPED
        self.typed.layout.display, self.recorded.layout.display = (None, "none") if is_typed else ("none", None)


class Manner:
    """How it is said: expression, head, strength, eyes and lips. box: the card."""

    def __init__(self, changed):
        self.expression = parts.dropdown("Expression", EXPRESSIONS, "auto")
        self.sliders = {
            "amount": parts.slider("... how much", 1.0, 0.0, 1.5), "head": parts.slider("Head moves", 1.0, 0.0, 3.0),
            "strength": parts.slider("All moves", 1.0, 0.0, 2.0), "eyes_open": parts.slider("Eyes open", 1.0, 0.0, 1.3),
            "lips_open": parts.slider("Lips open", 1.0, 0.0, 1.5)}
        reset = ipywidgets.Button(description="Back to the start", layout={"width": "auto", "align_self": "flex-end"})
        reset.on_click(lambda _: self.set({}))
        for control in (self.expression, *self.sliders.values()):
            control.observe(lambda _: changed(), names="value")
        self.box = parts.card(3, "Manner", self.expression, *self.sliders.values(), reset)

    def settings(self) -> dict:
        """Settings of `course.animate`."""
        values = {name: round(slider.value, 4) for name, slider in self.sliders.items()}
        return {"expression": f"{self.expression.value}:{values.pop('amount'):g}"} | values

    def set(self, settings: dict) -> None:
        """Controls as settings have them, the others as at the start."""
        self.expression.value = settings.get("expression", "auto")
        for name, slider in self.sliders.items():
            slider.value = settings.get(name, 1.0)


def wav(samples, rate: int) -> bytes:
    """(N,) samples as the bytes of a WAV file."""
    import io

    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _voices() -> list:
    """(words, name) of every voice here."""
    return [("the best for the text", BEST),
            *((f"{voice.name}: {voice.title}{', ' + voice.sex if voice.sex else ''}", voice.name)
              for voice in catalogue.voices())]
