"""The GAN in three minutes on two cores: what it makes, in a picture and in numbers, and the failures on purpose.

    python benchmarks/gan.py [--data ../shared/portraits ../shared/scenes]    # without: drawn faces
    python benchmarks/gan.py --steps 1500                                     # on a machine that does other things too
    python benchmarks/gan.py --checkpoint runs/gan                            # measure a run of `course train gan`

Writes into --out: 64 samples, 64 real faces, the fixed noises over time, walks between faces, curves, failures.
Prints, for the samples and for plainer things beside them, two numbers measured with the features of the landmarker's
trunk: the Fréchet distance to the real faces (less is better; the real faces cut in two halves give the floor), and
the diversity over that of the real ones.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from course import gan, images, training
from course.features import networks as feature_networks
from course.gan import data as gan_data
from course.lessons.lesson_07 import failures
from course.training import loop


def seen(faces: torch.Tensor) -> np.ndarray:
    """What the trunk sees in faces (N, 3, H, W) in [0, 1], averaged over the face: (N, 128)."""
    net, rows = feature_networks.load("trunk"), []
    with torch.no_grad():
        for part in torch.nn.functional.interpolate(faces, size=128, mode="bilinear", antialias=True).split(64):
            rows.append(net(part, "1/16")["1/16"].mean(dim=(2, 3)))
    return torch.cat(rows).double().numpy()


def frechet(one: np.ndarray, other: np.ndarray) -> float:
    """|m_1 - m_2|^2 + tr(C_1 + C_2 - 2 (C_1 C_2)^1/2): the distance of two clouds, taken for Gaussian."""
    difference = one.mean(axis=0) - other.mean(axis=0)
    first, second = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    # tr (C_1 C_2)^1/2 is the sum of the roots of C_1 C_2's eigenvalues, which are not negative
    roots = np.sqrt(np.linalg.eigvals(first @ second).real.clip(0))
    return float(difference @ difference + np.trace(first + second) - 2 * roots.sum())


def write(out: Path, name: str, faces: torch.Tensor, columns: int = 8) -> None:
    images.save_image(out / f"{name}.png", images.from_tensor(gan.grid(faces, columns)))


def report(trained: gan.Trained, faces: torch.Tensor, out: Path) -> None:
    """Write the pictures and print the numbers."""
    random = np.random.default_rng(0)
    real = faces[torch.from_numpy(random.permutation(len(faces)))].float() / 255
    half = min(500, len(real) // 2)
    samples, latent = trained.sample(half, seed=1), trained.gan.settings.latent
    untrained = gan.Trained(trained.gan, gan.build_generator(latent, trained.gan.settings.size).eval(), trained.result)
    mean = real.mean(dim=0, keepdim=True)
    others = {
        "real faces, the other half": real[half : 2 * half],
        "the GAN": samples,
        "their mean with noise": (mean + 0.1 * torch.randn(half, *mean.shape[1:])).clamp(0, 1),
        "two of them laid over each other": (real[:half] + real[:half].roll(1, 0)) / 2,
        "an untrained generator": untrained.sample(half),
    }
    truth, spread = seen(real[:half]), gan.diversity(real[:half])
    for name, pictures in others.items():
        print(f"  {name:34} Fréchet distance {frechet(truth, seen(pictures)):8.2f}   "
              f"diversity {gan.diversity(pictures) / spread:5.2f}")
    write(out, "samples", samples[:64])
    write(out, "real", real[:64])
    first, second, third = gan.noise(3, latent, 5)
    write(out, "walk", torch.cat([gan.interpolate(trained.generator, first, second),
                                  gan.interpolate(trained.generator, second, third)]))
    for step, pictures in trained.result.pictures:
        images.save_image(out / f"fixed_{step:05}.png", images.from_tensor(pictures["samples"]))
    figure = training.training_figure(trained.result.history, trained.result.pictures, "GAN")
    figure.savefig(out / "curves.png", dpi=90)


def restored(folder: Path, faces: torch.Tensor) -> gan.Trained:
    """The run whose checkpoint is in a folder."""
    task = gan.GanTask(gan.build_gan(), faces, batch=16)
    run = loop.Run(task, training.Config(logdir=folder))
    run.restore()
    result = training.Result(run.step, task.networks, run.averaged, run.history)
    return gan.Trained(task.gan, task.settled(run.averaged["generator"]), result)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="*", default=[], help="folders of `course data fetch`; default: drawn faces")
    parser.add_argument("--out", default="out/gan")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--steps", type=int, help="so many, however long they take")
    parser.add_argument("--checkpoint", help="the folder of a run to measure instead of training")
    parser.add_argument("--no-failures", dest="failures", action="store_false")
    options = parser.parse_args()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    faces = gan_data.load(options.data or "formula")
    print(f"{len(faces)} faces of 64 px, {torch.get_num_threads()} threads")
    if options.checkpoint:
        trained = restored(Path(options.checkpoint), faces)
        print(f"the run in {options.checkpoint}: {trained.result.steps} steps")
    else:
        wall, spent = time.perf_counter(), time.process_time()
        config = training.Config(batch=16, logdir=out / "run", picture_every=200)
        trained = gan.train_gan(faces, steps=options.steps or 10**6, minutes=None if options.steps else options.minutes,
                                config=config)
        wall, spent = time.perf_counter() - wall, time.process_time() - spent
        print(f"{trained.result.steps} steps in {wall:.0f} s, {spent:.0f} s of processor time")
    report(trained, faces, out)
    if options.failures:
        for make in (failures.collapse, failures.vanishing_gradients, failures.checkerboards):
            spent = time.process_time()
            failure = make()
            print(f"  {failure}   ({time.process_time() - spent:.0f} s of processor time)")
            failure.figure.savefig(out / f"{failure.name.replace(' ', '_')}.png", dpi=90)


if __name__ == "__main__":
    main()
