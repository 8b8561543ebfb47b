"""The right side: the face as it will look, and the film once there is one, with what can be kept of it."""

import base64
import html
from pathlib import Path

import ipywidgets

from . import parts, picture, rendering

PREVIEW, FILM = "Preview", "Film"
SHOWN = "400px"  # as wide as face and film become
MOST = 25_000_000  # bytes of a file that the page itself carries: what is larger is named by its place
MEDIA = {".mp4": "video/mp4", ".gif": "image/gif", ".npz": "application/octet-stream", ".csv": "text/csv"}
WORDS = {rendering.FILM: "film (mp4)", rendering.GIF: "gif", rendering.MOTION: "motion (npz)",
         rendering.TABLE: "motion (csv)"}


class View:
    """Preview and film in one place. box: the widget; film: bytes of what is played, or None."""

    def __init__(self):
        self.film = None
        self.image = ipywidgets.Image(format="jpeg", layout={"width": "100%", "max_width": SHOWN, "height": "auto",
                                                             "align_self": "center"})
        self.image.add_class("lp-face")
        self.player = ipywidgets.VBox([], layout={"width": "100%", "display": "none", "align_items": "center"})
        self.player.add_class("lp-film")
        self.choice = ipywidgets.ToggleButtons(options=[PREVIEW, FILM], value=PREVIEW,
                                               style={"button_width": "100px"})
        self.choice.layout.display = "none"
        self.choice.observe(lambda _: self._show(), names="value")
        self.files = ipywidgets.HTML(layout=parts.WIDE)
        self.box = ipywidgets.VBox([self.choice, self.image, self.player], layout={"width": "100%"})

    def show(self, image) -> None:
        """The preview, uint8 (h, w, 3), or None for nothing."""
        self.image.value = b"" if image is None else picture.jpeg(image)

    def look(self, which: str) -> None:
        """`PREVIEW` or `FILM`."""
        if which == PREVIEW or self.film is not None:
            self.choice.value = which

    def play(self, path: Path, files: dict) -> None:
        """A new film, begun at once; files: {name: path} of what can be kept."""
        self.film = path.read_bytes()
        player = ipywidgets.Video(value=self.film, format="mp4", autoplay=True, loop=False, controls=True,
                                  layout={"width": "100%", "max_width": SHOWN, "height": "auto"})
        before, self.player.children = self.player.children, [player]
        for one in before:
            one.close()
        self.choice.layout.display = None
        self.choice.value = FILM
        self.keep(files)

    def keep(self, files: dict) -> None:
        """Links to keep files by: {name: path}."""
        self.files.value = "" if not files else ('<div class="lp-files">Keep: ' + "".join(
            link(name, path) for name, path in files.items()) + "</div>")

    def _show(self) -> None:
        film = self.choice.value == FILM
        self.image.layout.display, self.player.layout.display = ("none", None) if film else (None, "none")


def link(name: str, path: Path) -> str:
    """HTML of a link that carries its file, and so works wherever the page is shown."""
    words, data = WORDS.get(name, name), path.read_bytes()
    if len(data) > MOST:
        return f"<span>{html.escape(words)}: {html.escape(str(path))}</span>"
    address = f"data:{MEDIA.get(path.suffix, 'application/octet-stream')};base64,{base64.b64encode(data).decode()}"
    return f'<a download="{html.escape(name)}" href="{address}">{html.escape(words)}</a>'
