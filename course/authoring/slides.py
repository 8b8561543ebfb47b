"""`course build --slides`: slides from the executed lessons, by the slide metadata that the author gave the cells."""

from pathlib import Path

import nbconvert
from traitlets.config import Config

from . import LessonError, build

SHOWN = {"slide", "subslide", "fragment"}


def make(root, path, folder) -> str:
    """Write `folder/NN_name.slides.html` from the executed notebook; returns the line that says so.

    Raises `LessonError`: the notebook was not built yet, or no cell is a slide.
    """
    name = Path(path).stem
    notebook = build.read_notebook(build.executed_path(root, name))
    if notebook is None:
        raise LessonError(f"solutions/{name}.ipynb: is not there; run: course build {name[:2]}")
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type", "") for cell in notebook.cells]
    if not SHOWN & set(kinds):
        raise LessonError(f'solutions/{name}.py:1: no slides: no cell has slideshow={{"slide_type": "slide"}}')
    for cell, kind in zip(notebook.cells, kinds):
        if not kind:  # what the author did not mark is for reading, not for showing
            cell.metadata["slideshow"] = {"slide_type": "skip"}
    # what is longer than a screen can be scrolled
    manner = {"reveal_theme": "simple", "reveal_transition": "none", "reveal_scroll": True}
    exporter = nbconvert.SlidesExporter(config=Config({"SlidesExporter": manner}))
    html, _ = exporter.from_notebook_node(notebook)
    out = Path(folder) / f"{name}.slides.html"
    build.write_if_changed(out, html)
    shown = out.relative_to(root) if out.is_relative_to(root) else out
    return f"{shown.as_posix()}: {sum(kind in SHOWN for kind in kinds)} slides"
