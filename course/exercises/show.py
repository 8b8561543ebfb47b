"""A verdict in the notebook: one plain text, and a picture of its own. Elsewhere: printed text."""

import io
import json
import sys

from .. import notebook
from . import guard, home, judge


def verdict(found: judge.Verdict, history: list[dict]) -> None:
    """Show a verdict. In a notebook the text carries, as metadata that nobody sees, when it was tried."""
    if not notebook.in_notebook():
        write(found.text)
        return
    data = {"exercise": found.exercise.name, "verdict": found.state, "card": found.card.name if found.card else None,
            "opened": OPENED, "attempts": history}
    _display({"text/plain": found.text}, {"living_portraits": json.loads(json.dumps(data))})
    picture(found)


def picture(found: judge.Verdict) -> None:
    """Show the picture of a verdict, where its exercise has one; one that cannot be drawn is told in a line."""
    exercise = found.exercise
    if exercise.picture is None or found.view is None:
        return
    try:
        with guard.quiet():
            png = draw(exercise, found.view)
    except Exception as problem:  # a picture is a help: its absence must not stop a notebook
        _display({"text/plain": f"(no picture: {type(problem).__name__}: {str(problem).strip()[:200]})"})
        return
    alt = f"{exercise.title}: the right answer for {found.view.says}"
    alt += ", yours beside it" if found.view.theirs is not None else ""
    _display({"image/png": png, "text/plain": f"<picture of {alt}>"}, {"image/png": {"alt": alt}})


def draw(exercise, view) -> bytes:
    """The picture of one case as PNG."""
    import matplotlib
    from matplotlib import pyplot

    with matplotlib.rc_context():
        figure = exercise.picture(view)
        try:
            file = io.BytesIO()
            figure.savefig(file, format="png", dpi=100, bbox_inches="tight", facecolor="white",
                           metadata={"Software": None})
        finally:
            pyplot.close(figure)
    return file.getvalue()


def text(words: str, markdown: str | None = None) -> None:
    """A few lines for the student."""
    if not notebook.in_notebook():
        write(words)
        return
    _display({"text/plain": words} | ({"text/markdown": markdown} if markdown else {}))


def html(words: str, page: str) -> None:
    """Show a page in the notebook, the words elsewhere."""
    if notebook.in_notebook():
        _display({"text/plain": words, "text/html": page})
    else:
        write(words)


def hand_out(kind: str, data: dict) -> None:
    """Put data into the cell's outputs under a name that no notebook shows; nowhere but in a notebook."""
    if notebook.in_notebook():
        _display({kind: data})


def write(words: str) -> None:
    """Print, also where the terminal knows no ✓."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(words.encode(encoding, "replace").decode(encoding))


def _display(data: dict, metadata: dict | None = None) -> None:
    from IPython.display import display

    if "image/png" in data:
        import base64

        data = data | {"image/png": base64.b64encode(data["image/png"]).decode()}
    display(data, raw=True, metadata=metadata or {})


OPENED = home.now()  # about when the notebook was opened
