"""A notebook's outputs: is there one, and one output that is shown anew in its place."""

import math
import sys
import time


def in_notebook() -> bool:
    """Where outputs are rich displays that can be changed: a kernel, not a terminal."""
    ipython = sys.modules.get("IPython")  # a kernel has loaded it
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


class Output:
    """One output of a cell, shown anew in its place."""

    def __init__(self, seconds: float = 0.0):
        """seconds: as often as `due` says that it is time."""
        self.seconds = seconds
        self._handle, self._shown = None, -math.inf

    def due(self) -> bool:
        """Whether it was shown `seconds` ago, or never."""
        return time.monotonic() - self._shown >= self.seconds

    def show(self, bundle: dict) -> None:
        """Put a bundle {kind of content: content} (see `plots.shown`) into the cell, in place of the one before."""
        if self._handle is None:
            from IPython.display import display

            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
        self._shown = time.monotonic()
