"""The classic failures of GANs, on purpose: each with a number that shows it, and beside it the cure.

    failure = failures.collapse()               # or vanishing_gradients(), checkerboards()
    failure                                         # a picture, and one line
    failure.broken, failure.healthy                 # the number, as it fails and as it should be
"""

from dataclasses import dataclass

import torch
from torch import nn

from course import gan, plots

from . import plane


@dataclass
class Failure:
    """One failure beside its cure. number: what is measured; broken, healthy: its values; figure: both of them."""

    name: str
    number: str
    broken: float
    healthy: float
    figure: object

    def __repr__(self):
        return f"{self.name}: {self.number} {self.broken:.3g}; as it should be, {self.healthy:.3g}"

    def _ipython_display_(self):
        plots.show(self.figure)
        print(self)


# ---------------------------------------------------------------- collapse


def collapse(steps: int = 1200, seed: int = 0) -> Failure:
    """All noise becomes the same few points: the generator runs after the one heap that the discriminator likes best.

    Broken: a generator ten times as quick as the discriminator, which nothing keeps smooth. Mended: even rates and R1.
    The number is how many of the ring's eight heaps are found (Metz et al., "Unrolled generative adversarial networks",
    2017).
    """
    hasty = plane.healthy(r1=0.0, generator_rate=5e-3, discriminator_rate=5e-4)
    rings = [plane.train_ring(steps, settings, seed=seed) for settings in (hasty, plane.healthy())]
    found = [plane.coverage(ring.samples[-1])[0] for ring in rings]
    figure, axes = plots.new(6.4, 3.4, 1, 2, "Mode collapse")
    truth = plane.sample_ring(400, torch.Generator().manual_seed(0))
    for axis, ring, count, title in zip(axes[0], rings, found, ("hasty, no R1", "even rates, R1")):
        axis.scatter(*truth.T, s=8, color=plots.GREY, alpha=0.4, marker="s", label="data")
        axis.scatter(*ring.samples[-1].T, s=6, color=plots.VERMILION, alpha=0.6, label="generated")
        axis.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", xlabel="u", ylabel="v")
        axis.set_title(f"{title}: {count} of {plane.HEAPS} heaps", fontsize=9)
        axis.legend(fontsize=7, loc="center")
    plots.describe(figure, f"Mode collapse: without R1 the generator found {found[0]} of {plane.HEAPS} heaps, "
                           f"with it {found[1]}")
    return Failure("mode collapse", "heaps found", *map(float, found), figure)


# ---------------------------------------------------------------- vanishing gradients


def vanishing_gradients(steps: int = 200, every: int = 10, seed: int = 0) -> Failure:
    """The better the discriminator, the less the generator learns from it, if its loss saturates.

    A discriminator is trained against a generator that stands still. Now and then the gradient that would reach the
    generator is measured: of log(1 - D), the first form of the game, and of -log D. The number is the last length.
    (Arjovsky and Bottou, "Towards principled methods for training generative adversarial networks", 2017.)
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        players = gan.build_gan(plane.build_plane_generator(), plane.build_plane_discriminator(),
                                plane.healthy())
    chance = torch.Generator().manual_seed(seed)
    noise = gan.noise(256, 16, seed)
    lengths, at, sure = {"log(1 - D)": [], "-log D": []}, [], []
    for step in range(steps + 1):
        fake = players.generator(noise)
        if step % every == 0:
            logits = players.discriminator(fake)
            for name, loss in zip(lengths, (gan.saturating_generator_loss, gan.generator_loss)):
                gradients = torch.autograd.grad(loss(logits), list(players.generator.parameters()), retain_graph=True)
                lengths[name].append(torch.cat([one.flatten() for one in gradients]).norm().item())
            at.append(step)
            sure.append(torch.sigmoid(logits).mean().item())
        real = plane.sample_ring(256, chance)
        players.updater.update("discriminator", lambda real, fake: gan.discriminator_loss(
            players.discriminator(real), players.discriminator(fake)), real, fake.detach())
    figure, axes = plots.new(7.6, 3.2, 1, 2, "Vanishing gradients")
    for (name, values), line, colour in zip(lengths.items(), ("-", "--"), (plots.VERMILION, plots.BLUE)):
        axes[0, 0].semilogy(at, values, line, color=colour, label=f"of {name}")
    axes[0, 0].set(xlabel="steps of the discriminator alone", ylabel="length of the generator's gradient")
    axes[0, 0].legend(fontsize=8)
    axes[0, 1].semilogy(at, sure, color=plots.BLACK)
    axes[0, 1].set(xlabel="steps of the discriminator alone", ylabel="mean D(G(z))")
    broken, healthy = (values[-1] for values in lengths.values())
    plots.describe(figure, f"Vanishing gradients: once the discriminator is sure, the gradient of log(1 - D) is "
                           f"{broken:.1g} long, that of -log D {healthy:.1g}")
    return Failure("vanishing gradients", "length of the generator's gradient", broken, healthy, figure)


# ---------------------------------------------------------------- checkerboards


def checkerboards(seed: int = 0, width: int = 16) -> Failure:
    """A transposed convolution of kernel 3 and stride 2 lays one, two or four of its taps on a pixel, by turns.

    Both generators are untrained: the pattern is there before anything is learned, and training has to fight it. The
    number is how much the mean picture's neighbours differ over the picture's own spread (see `unevenness`).
    """
    pictures, numbers = [], []
    for kind in ("checkerboard", "smooth"):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            layers = gan.build_generator(32, 64, width, kind)
        with torch.no_grad():
            loud = _reach(layers)
        pictures.append(loud)
        numbers.append(unevenness(loud))
    figure, axes = plots.new(7.0, 3.5, 1, 2, "Checkerboards")
    for axis, picture, number, title in zip(axes[0], pictures, numbers, ("kernel 3, stride 2", "kernel 4, stride 2")):
        inner = picture[16:48, 16:48].numpy()
        shown = axis.imshow(inner / inner.mean(), cmap="magma", vmin=0, vmax=2)  # one scale for both
        axis.set(xticks=[], yticks=[])
        axis.set_title(f"{title}: unevenness {number:.2f}", fontsize=9)
    figure.colorbar(shown, ax=axes[0, 1], label="paths to this pixel over the mean", shrink=0.85)
    plots.describe(figure, f"Checkerboards: how strongly each pixel is driven, 32 x 32 pixels from the middle. With "
                           f"kernels of 3 it changes from pixel to pixel by {numbers[0]:.0%}, with kernels of 4 by "
                           f"{numbers[1]:.0%}")
    return Failure("checkerboards", "unevenness from pixel to pixel", *numbers, figure)


def _reach(generator: nn.Sequential) -> torch.Tensor:
    """How strongly each pixel is driven: (H, W), the paths that lead to it when all weights and inputs are one."""
    x = torch.ones(1, next(m for m in generator if isinstance(m, nn.ConvTranspose2d)).in_channels, 4, 4)
    for layer in generator:
        if isinstance(layer, nn.ConvTranspose2d):
            x = nn.functional.conv_transpose2d(x, torch.ones_like(layer.weight) / layer.in_channels, None, layer.stride,
                                               layer.padding, layer.output_padding)
    return x.mean(dim=(0, 1))


def unevenness(picture: torch.Tensor) -> float:
    """How much the four kinds of pixel (even or odd row and column) differ: 0 for none, (..., H, W) -> a share.

    Standard deviation of the four means over the mean of all, rims left out: any other texture averages out.
    """
    inner = picture.detach().double()[..., 8:-8, 8:-8]
    means = torch.stack([inner[..., row::2, column::2].mean() for row in (0, 1) for column in (0, 1)])
    return float(means.std(correction=0) / inner.mean().abs().clamp(min=1e-12))
