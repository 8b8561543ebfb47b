"""The studio's page: cards on the left, the face on the right, and what happens when something is pressed."""

import tempfile
from pathlib import Path

import ipywidgets

from ... import demo, errors, settings, stopping
from ...provenance import label as labels
from .. import analyses
from . import capture, inputs, parts, preview, rendering, view

TITLE = ('<div class="lp-title">Studio<small>A photo and a few words become a film. Everything stays on this '
         "machine.</small></div>")
AS_PHOTO = settings.ORIGINAL
SIZES = (("256 px, quick", 256), ("384 px", 384), ("512 px", 512), ("768 px", 768), ("as the photo", AS_PHOTO))
LABELS = (("none that is seen", ""), ("AI-generated", labels.AUTO))
AGREED = "I may make this film: the person in the photo is me, has agreed, or is no longer alive."


class Studio(ipywidgets.VBox):
    """The studio as a widget.

    Args:
        photo: the path of the first photo; None for the embedded one. size: longer side of the films in pixels, one of
            256, 384, 512, 768, or "original", the photo's own. label: what every film shows in a corner, words, the
            `Path` of a picture or "auto" ("AI-generated"); None leaves it to whoever makes the film.
    Raises:
        errors.CourseError: no such photo, no face in it, no such size or label.
    """

    def __init__(self, photo=None, size: int | str = 512, label=None):
        size = check_size(size)
        self.label = check_label(label)
        self._folder = tempfile.TemporaryDirectory(prefix="studio-")  # goes with the studio
        self.folder, self._cache = Path(self._folder.name), analyses.Cache(2)
        self.line, self.view, self.preview, self.film, self.rendering = parts.Line(), view.View(), None, None, None
        self._quiet = False
        self.photo = inputs.Photo(self.folder, self.line, self._other_photo)
        self.words = inputs.Words(self.folder, self.line, self._moved, self._example)
        self.manner = inputs.Manner(self._moved)
        self._make_buttons(size)
        self.photo.take(demo.photo_path() if photo is None else photo, is_own=photo is not None)
        self.line.say("")
        super().__init__([ipywidgets.HTML(parts.CSS + TITLE), self._columns()])
        self.add_class("lp-studio")

    # ---------------------------------------------------------------- what there is

    def _make_buttons(self, size) -> None:
        self.consent = ipywidgets.Checkbox(value=False, description=AGREED, indent=False,
                                           layout={"width": "auto", "height": "auto"})
        self.statement = ipywidgets.Text(placeholder="who agreed to what, in your words", description="Statement",
                                         style={"description_width": parts.NAMES}, layout=parts.WIDE)
        self.size = parts.dropdown("Size", SIZES, size)
        self.labelled = parts.dropdown("Label", LABELS, "")
        self.labelled.layout.display = "none" if self.label else None
        self.make_button = ipywidgets.Button(description="Make the film", button_style="primary", icon="film",
                                             layout={"width": "130px"})
        self.stop_button = ipywidgets.Button(description="Stop", icon="stop", disabled=True, layout={"width": "76px"})
        self.gif_button = ipywidgets.Button(description="Make a GIF", disabled=True, layout={"width": "104px"})
        self.bar = ipywidgets.IntProgress(value=0, min=0, max=1, layout={"width": "auto", "display": "none"})
        self.make_button.on_click(parts.guarded(self.line, lambda _: self.make()))
        self.stop_button.on_click(lambda _: self.stop())
        self.gif_button.on_click(parts.guarded(self.line, lambda _: self.make_gif()))

    def _columns(self) -> ipywidgets.Box:
        further = [] if self.photo.camera else [parts.note(capture.MISSING)]
        buttons = ipywidgets.HBox([self.make_button, self.stop_button, self.gif_button],
                                  layout={"flex_flow": "row wrap"})
        film = parts.card(4, "Film", self.consent, self.statement, self.size, self.labelled, buttons, self.bar)
        left = ipywidgets.VBox([self.photo.box, self.words.box, self.manner.box, *further],
                               layout={"flex": "1 1 250px", "min_width": "240px", "max_width": "440px"})
        right = ipywidgets.VBox([self.view.box, self.line.box, self.view.files, film],
                                layout={"flex": "1.1 1 210px", "min_width": "200px", "margin": "0 0 0 12px"})
        return ipywidgets.HBox([left, right], layout={"flex_flow": "row wrap", "align_items": "flex-start",
                                                      "width": "100%", "overflow": "visible"})

    # ---------------------------------------------------------------- what changes

    def settings(self) -> dict:
        """What the page says now, as settings of `course.animate`."""
        return {"face": self.photo.number, "size": self.size.value, "voice": self.words.voice.value or None,
                "consent": self.agreed(), "label": self.label or self.labelled.value or None,
                **self.manner.settings()}

    def agreed(self) -> str | None:
        """What the film's manifest says about consent, None while the box is not ticked."""
        if not self.consent.value:
            return None
        return f"{self.statement.value.strip()} (ticked in the studio: {AGREED})".strip()

    def _other_photo(self) -> None:
        """Another face: it is looked at, and nobody has agreed to anything about it yet."""
        self.preview = preview.Preview(self.photo.picture, self.photo.number)
        self.consent.value = False
        self.statement.value = "" if self.photo.is_own else demo.CONSENT
        self._moved()

    def _moved(self) -> None:
        """Draw the preview that the controls ask for."""
        if self._quiet or self.preview is None:
            return
        try:
            text = self.words.text.value if self.words.kind.value == self.words.TYPED else ""
            self.view.show(self.preview.draw(self.manner.settings(), text))
            self.view.look(view.PREVIEW)
        except errors.CourseError as problem:
            self.line.tell(problem)

    def _example(self, example) -> None:
        """An example into the controls, and one preview of all of it."""
        self._quiet = True
        try:
            self.words.text.value = example.text
            self.words.set_voice(example.settings.get("voice"))
            self.manner.set(example.settings)
        finally:
            self._quiet = False
        self._moved()

    # ---------------------------------------------------------------- what is made

    def make(self) -> None:
        """Begin the film. Raises `errors.CourseError`: no consent, nothing to say, one is being made."""
        self._check_idle()
        if not self.consent.value:
            raise errors.CourseError("tick the box first: a film of somebody needs their consent")
        order = rendering.Order(self.photo.picture.path, self.words.drive(), self.settings(), self.folder)
        self._begin(lambda tell: rendering.make(order, self._cache, tell), self._made)

    def make_gif(self) -> None:
        """Begin a GIF of the film that is there. Raises `errors.CourseError`: there is none."""
        self._check_idle()
        if self.film is None:
            raise errors.CourseError("there is no film yet: make one first")
        film = self.film
        self._begin(lambda tell: rendering.save(film.clip, self.folder / rendering.GIF, tell), self._made_gif)

    def stop(self) -> None:
        """End what is being made, at its next frame."""
        if self.rendering is not None:
            self.rendering.stop()

    def wait(self, seconds: float | None = None) -> None:
        """Until what is being made is there, in a script; a notebook's page need not wait."""
        if self.rendering is not None:
            self.rendering.join(seconds)

    def _check_idle(self) -> None:
        if self.rendering is not None and self.rendering.is_alive():
            raise errors.CourseError("a film is being made: wait for it, or stop it")

    def _begin(self, work, made) -> None:
        def ended(result):
            self._busy(False)
            if isinstance(result, stopping.Stopped):
                self.line.say("stopped: nothing was kept of it, and all you have chosen is still there")
            elif isinstance(result, BaseException):
                self.line.tell(result)
            else:
                made(result)

        self._busy(True)
        self.rendering = rendering.Rendering(work, self._told, ended)
        self.rendering.start()

    def _busy(self, on: bool) -> None:
        self.make_button.disabled, self.stop_button.disabled = on, not on
        self.gif_button.disabled = on or self.film is None
        self.bar.value, self.bar.layout.display = 0, None if on else "none"

    def _told(self, words: str, done: int, total: int) -> None:
        self.bar.max, self.bar.value = max(total, 1), done
        self.line.say(f"{words}: {done} of {total}" if total else f"{words} ...")

    def _made(self, film: rendering.Film) -> None:
        self.film = film
        self.view.play(film.files[rendering.FILM], film.files)
        self.gif_button.disabled = False
        self.line.say(f"{film.clip.duration:.1f} s of film, made in {film.seconds:.1f} s", "good")

    def _made_gif(self, path: Path) -> None:
        self.film.files[rendering.GIF] = path
        self.view.keep(self.film.files)
        self.line.say(f"a GIF of {path.stat().st_size / 1e6:.1f} MB is there", "good")


def check_size(size):
    """A size that the studio has. Raises `errors.CourseError`."""
    if size not in [side for _, side in SIZES]:
        raise errors.CourseError(f"the studio makes films of {', '.join(str(side) for _, side in SIZES)}, not {size!r}")
    return size


def check_label(label):
    """A label that every film will show, None for none. Raises `errors.CourseError`."""
    if label is None:
        return None
    label = settings.check("label", label)
    labels.Label(label)
    return label


def studio(photo=None, size: int | str = 512, label=None) -> Studio:
    """The studio, for a notebook's cell: a photo, words and sliders become a film; see `Studio`."""
    return Studio(photo, size, label)
