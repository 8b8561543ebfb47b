"""Lesson 07's widget: a GAN of the plane in motion, with what its discriminator thinks of every place."""

import io
from dataclasses import dataclass

import ipywidgets
import numpy as np
import torch

from course import plots

from ..widgets import WIDTH, Panel, slider
from . import plane

REACH, CELLS = 3.0, 48

GAMES = {  # words: changes of `plane.healthy`
    "healthy": {},
    "saturating": {"game": "saturating"},
    "hasty": {"r1": 0.0, "generator_rate": 5e-3, "discriminator_rate": 5e-4},  # and nothing keeps D smooth
}


@dataclass
class Film:
    """One training: at `steps`, the points (512, 2) and what D says of every place, (CELLS, CELLS) in [0, 1]."""

    steps: list
    points: list
    judged: list


def record(steps: int = 700, pictures: int = 20, seed: int = 0, **changes) -> Film:
    """Train on the ring and keep what is seen on the way; changes: of `plane.healthy`."""
    line = torch.linspace(-REACH, REACH, CELLS)
    y, x = torch.meshgrid(line, line, indexing="ij")
    places, judged = torch.stack([x, y], dim=-1).reshape(-1, 2), []

    def look(step, ring):
        with torch.no_grad():
            judged.append(torch.sigmoid(ring.gan.discriminator(places)).view(CELLS, CELLS).numpy())

    ring = plane.train_ring(steps, plane.healthy(**changes), pictures=pictures, seed=seed, report=look)
    return Film(ring.steps, [points.numpy() for points in ring.samples], judged)


class RingInMotion(Panel):
    """A game to choose, and a slider through its training: the points, and the landscape they climb."""

    def __init__(self, steps: int = 700):
        self.films = {words: record(steps, **changes) for words, changes in GAMES.items()}
        self.truth = plane.sample_ring(300, torch.Generator().manual_seed(0)).numpy()
        step = slider("step", 0, 0, steps, steps / 20)
        step.readout_format = ".0f"
        super().__init__({
            "game": ipywidgets.Dropdown(options=list(GAMES), description="game",
                                        style={"description_width": "110px"}, layout={"width": "330px"}),
            "step": step,
        })

    def shown_width(self) -> int:
        """Pixels that the picture is wide, at most."""
        return round(1.25 * WIDTH)

    def seen(self, settings: dict) -> tuple:
        """Step, points (512, 2) and landscape (CELLS, CELLS) nearest to what is asked, and how many heaps are found."""
        film = self.films[settings.get("game", next(iter(GAMES)))]
        k = int(np.argmin(np.abs(np.array(film.steps) - settings.get("step", 0))))
        found = plane.coverage(torch.from_numpy(film.points[k]))[0]
        return film.steps[k], film.points[k], film.judged[k], found

    def panel(self, axes, settings: dict):
        """The landscape of D, its level lines, the data as squares and the generated points as dots."""
        step, points, judged, found = self.seen(settings)
        shown = axes.imshow(judged, origin="lower", extent=(-REACH, REACH) * 2, cmap="PuOr_r", vmin=0, vmax=1)
        axes.contour(judged, levels=[0.25, 0.5, 0.75], extent=(-REACH, REACH) * 2, colors=plots.BLACK,
                     linewidths=(0.5, 1.2, 0.5), alpha=0.6)
        axes.scatter(*self.truth.T, s=9, color="white", edgecolors=plots.BLACK, linewidths=0.4, marker="s",
                     label="data")
        axes.scatter(*points.T, s=5, color=plots.BLACK, label="generated")
        axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="u", ylabel="v")
        axes.set_title(f"{settings.get('game', next(iter(GAMES)))}\nstep {step}: {found} of {plane.HEAPS} heaps",
                       fontsize=9)
        return shown

    def figure(self, *settings: dict, title: str = ""):
        """Several settings in a row, as a matplotlib `Figure`."""
        figure, grid = plots.new(3.3 * len(settings) + 0.9, 3.9, 1, len(settings), title)
        for axes, one in zip(grid[0], settings):
            shown = self.panel(axes, one)
        figure.colorbar(shown, ax=grid[0, -1], label="D: how real this place looks", shrink=0.8)
        figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8,
                      facecolor="#CCCCCC")
        words = "; ".join(axes.get_title().replace("\n", ", ") for axes in grid[0])
        plots.describe(figure, f"{title or 'A GAN of the plane'}: data in eight heaps, generated points, and a "
                               f"landscape of what the discriminator says. {words}.")
        return figure

    stills = figure

    def draw(self, settings: dict) -> np.ndarray:
        """The picture for {name: value}: uint8 (H, W, 3)."""
        from PIL import Image

        file = io.BytesIO()
        self.figure(settings).savefig(file, format="png", dpi=110)
        return np.array(Image.open(file).convert("RGB"))
