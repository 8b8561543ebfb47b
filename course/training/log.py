"""What one sees while training: a progress bar with the time left, a curve that grows, TensorBoard's pages."""

import base64
import html
import math
import time
from pathlib import Path

import numpy as np


class Log:
    """Numbers and pictures of a run, as it goes; the history of curves is the caller's and kept in the checkpoint."""

    def __init__(self, config, first: bool, step: int, history: dict, waiting: dict):
        """first: whether this process is the one that shows; step: where the run begins; waiting: numbers that have
        not made a point of a curve yet."""
        self.config, self.first, self.begin, self.history, self.waiting = config, first, step, history, waiting
        self.shown = []  # (step, {name: (3, H, W)})
        self._bar = self._writer = self._plot = None

    def __enter__(self):
        if not self.first:
            return self
        from tqdm.auto import tqdm

        folder = Path(self.config.logdir)
        self._writer = board(folder, self.begin)
        # With a limit of time the bar knows no last step, and says what is left of the time instead.
        self._bar = tqdm(total=None if self.config.minutes else self.config.steps, initial=self.begin, unit="step",
                         desc=folder.name, disable=not self.config.live)
        self._began = time.monotonic()
        self._plot = LivePlot(folder.name) if self.config.live and in_notebook() else None
        return self

    def __exit__(self, *_):
        if self.first:
            if self._plot:
                self._plot.draw(self.history, self.shown)
            self._bar.close()
            self._writer.close()

    def numbers(self, step: int, numbers: dict, whole: bool) -> None:
        """One step's numbers; with `whole` the mean since the last point is drawn."""
        for name, value in numbers.items():
            self.waiting.setdefault(name, []).append(float(value))
        if whole:
            means = {name: float(np.mean(values)) for name, values in self.waiting.items()}
            self.waiting.clear()
            self._point(step, means)
        if self.first:
            self._bar.update()

    def _point(self, step: int, means: dict) -> None:
        points = len(self.history["step"])
        self.history["step"].append(step)
        for name in [*self.history, *(name for name in means if name not in self.history)]:
            if name != "step":
                self.history.setdefault(name, [math.nan] * points).append(means.get(name, math.nan))
        if self.first:
            for name, value in means.items():
                self._writer.add_scalar(name, value, step)
            self._bar.set_postfix({name: f"{value:.3g}" for name, value in means.items()}, refresh=False)
            if self.config.minutes:
                left = max(0, round(60 * self.config.minutes - (time.monotonic() - self._began)))
                self._bar.set_description(f"{Path(self.config.logdir).name}, {left} s left", refresh=False)
            if self._plot:
                self._plot.update(self.history, self.shown)

    def pictures(self, step: int, pictures: dict) -> None:
        """Pictures (3, H, W) in [0, 1], by name."""
        if not pictures:
            return
        pictures = {name: picture.detach().float().cpu().clamp(0, 1) for name, picture in pictures.items()}
        self.shown.append((step, pictures))
        for name, picture in pictures.items():
            self._writer.add_image(name, picture, step)
        self._writer.flush()


def board(folder: Path, step: int):
    """A writer of TensorBoard's files; what a stopped run wrote after its checkpoint is taken back."""
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(folder, purge_step=step + 1 if step else None)


def in_notebook() -> bool:
    """Is there a notebook that can show a picture and change it?"""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


class LivePlot:
    """One output of a notebook's cell that is drawn anew every few seconds."""

    def __init__(self, title: str, seconds: float = 3.0):
        self.title, self.seconds = title, seconds
        self._handle, self._drawn = None, -math.inf

    def update(self, history: dict, shown: list) -> None:
        """Draw, if it is time."""
        if time.monotonic() - self._drawn >= self.seconds:
            self.draw(history, shown)

    def draw(self, history: dict, shown: list) -> None:
        """Draw now."""
        from IPython.display import display

        from .. import plots

        figure = training_figure(history, shown, self.title)
        kind, picture = plots.encode(figure)
        words = plots.describe(figure)
        source = f"data:{kind};base64,{base64.b64encode(picture).decode()}"
        content = {"text/html": f'<img alt="{html.escape(words)}" src="{source}" style="max-width: 100%">',
                   "text/plain": words}
        if self._handle is None:
            self._handle = display(content, raw=True, display_id=True)
        else:
            self._handle.update(content, raw=True)
        self._drawn = time.monotonic()


def training_figure(history: dict, shown: list = (), title: str = ""):
    """Curves on the left, the last pictures on the right: a matplotlib `Figure`."""
    from .. import images, plots

    pictures = list(shown[-1][1].items()) if shown else []
    figure, axes = plots.new(4.8 + 3.4 * len(pictures), 3.2, 1, 1 + len(pictures))
    curves = [name for name in history if name != "step"]
    for number, name in enumerate(curves):
        axes[0, 0].plot(history["step"], history[name], plots.LINES[number % len(plots.LINES)],
                        color=plots.CYCLE[number % len(plots.CYCLE)], label=name)
    axes[0, 0].set(xlabel="step", title=title)
    if curves:
        axes[0, 0].legend(fontsize=8)
    for axis, (name, picture) in zip(axes[0, 1:], pictures):
        plots.picture(axis, images.from_tensor(picture), f"{name}, step {shown[-1][0]}")
    last = ", ".join(f"{name} {history[name][-1]:.3g}" for name in curves if history[name])
    step = history["step"][-1] if history["step"] else 0
    plots.describe(figure, f"Training curves of {title} up to step {step}: {last}")
    return figure
