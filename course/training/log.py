"""What one sees while training: a progress bar with the time left, a curve that grows, TensorBoard's pages."""

import math
import time
from pathlib import Path

import numpy as np

from .. import notebook

EVERY = 3.0  # seconds from one drawing of the curves to the next


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
        self._plot = notebook.Output(EVERY) if self.config.live and notebook.in_notebook() else None
        return self

    def __exit__(self, *_):
        if self.first:
            self._draw()
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
            if self._plot and self._plot.due():
                self._draw()

    def _draw(self) -> None:
        """The curves and the last pictures, in a notebook."""
        if self._plot:
            from .. import plots

            self._plot.show(plots.shown(training_figure(self.history, self.shown, Path(self.config.logdir).name)))

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
