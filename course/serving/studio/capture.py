"""Drop a photo, take one by webcam, record by microphone: what ipywidgets have nothing for and anywidget makes easy."""

import functools
from pathlib import Path

MOST = 9_000_000  # bytes: Jupyter's connection takes messages of 10 MB
MISSING = "To drop or take a photo and to record your voice, install anywidget: pip install 'living-portraits[studio]'"


@functools.cache
def kind():
    """The widget's class, or None where anywidget is not installed."""
    try:
        import anywidget
        import traitlets
    except ModuleNotFoundError:
        return None

    class Capture(anywidget.AnyWidget):
        """what: "photo" or "sound". Sends {"name": ..., "data": bytes} of what was dropped, taken or recorded."""

        _esm = Path(__file__).with_name("capture.js")
        what = traitlets.Unicode("photo").tag(sync=True)
        most = traitlets.Int(MOST).tag(sync=True)

    return Capture


def make(what: str, taken):
    """A widget that calls `taken(name, data)` with what the browser sends, or None where anywidget is missing."""
    if kind() is None:
        return None
    widget = kind()(what=what)

    def heard(_, content, buffers):
        if isinstance(content, dict) and buffers:
            taken(str(content.get("name", "")), bytes(buffers[0]))

    widget.on_msg(heard)
    return widget
