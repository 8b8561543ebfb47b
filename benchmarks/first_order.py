"""First-order motion learned without labels, beside the truth.

    python benchmarks/first_order.py [--steps 1000] [--people 100] [--out runs/first_order] [--resume]

Trains on formula faces at 64 px, then meets people it has never seen: how far its flow is from the true flow, in
pixels, where a spot of the person is visible in both pictures; beside it, how far off it is to say that nothing
moves, and to shift the whole picture by the mean of the true flow (which nobody could know). Writes a picture.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from course import flow, synthetic, training
from course.lessons.lesson_06 import first_order
from course.synthetic import true_flow

SIZE = 64


def held_out(count: int, seed: int = 999):
    """Pairs of new people: source, target (`Rendered`), flow."""
    return synthetic.moving_pair(count, SIZE, seed)


def errors(model, source, target, truth) -> dict:
    """Mean distance to the true flow in pixels, by method."""
    moving = target.masks[:, 0] < 0.01
    grid = true_flow.pixel_grid(SIZE, SIZE).expand_as(truth.field)
    counted = (truth.visible & moving)[..., None]
    shift = (truth.field * counted).sum((1, 2), keepdim=True) / counted.sum((1, 2), keepdim=True).clamp(min=1)
    return {"learned without labels": first_order.flow_error(model.flow(source.image, target.image), truth, moving),
            "nothing moves": first_order.flow_error(grid, truth, moving),
            "the best one shift of all": first_order.flow_error(grid + shift, truth, moving)}


def points_stick(model, source, target, truth) -> tuple:
    """Do its points stay on their spot of the face? Each point found in the target is carried into the source by the
    true flow; mean distance in pixels from there to the same point found in the source, and to where it was.
    Only points that lie on the person and are visible in both pictures count."""
    with torch.no_grad():
        here, there = (model.detector(picture.image).points for picture in (source, target))
    fields = torch.cat([truth.field, (truth.visible & (target.masks[:, 0] < 0.01))[..., None]], -1).permute(0, 3, 1, 2)
    read = flow.sample(fields, there[:, :, None])[..., 0].transpose(1, 2)  # (N, K, 3)
    here, there = ((points + 1) / 2 * (SIZE - 1) for points in (here, there))
    carried, seen = there + read[..., :2], read[..., 2] > 0.99
    return float((here - carried).norm(dim=-1)[seen].mean()), float((there - carried).norm(dim=-1)[seen].mean())


def draw(model, source, target, truth, path: Path, count: int = 6) -> None:
    """One column a pair: source with found and true points, target, made, both warps, both flows."""
    from matplotlib.figure import Figure

    with torch.no_grad():
        made = model(source.image[:count], target.image[:count])
    found = model.flow(source.image[:count], target.image[:count])

    def warped(positions):
        grid = positions / (SIZE - 1) * 2 - 1
        return torch.nn.functional.grid_sample(source.image[:count], grid, align_corners=True, padding_mode="border")

    rows = {"source, with true (+) and found (o) points": source.image, "target": target.image,
            "made of the source": made["picture"], "source, moved by the found flow": warped(found),
            "source, moved by the true flow": warped(truth.positions[:count])}
    grid = true_flow.pixel_grid(SIZE, SIZE)
    flows = {"found flow": found - grid, "true flow": truth.field[:count]}
    figure = Figure(figsize=(1.7 * count, 1.85 * (len(rows) + 2)), layout="constrained")
    axes = figure.subplots(len(rows) + 2, count)
    for row, (name, images) in zip(axes, rows.items()):
        row[0].set_title(name, loc="left", fontsize=9)
        for k in range(count):
            row[k].imshow(images[k].permute(1, 2, 0).clamp(0, 1).numpy())
    for k in range(count):
        x, y = source.keypoints[k].T
        axes[0][k].plot(x, y, "w+", markersize=2.5, markeredgewidth=0.6)
        x, y = ((made["source"].points[k] + 1) / 2 * (SIZE - 1)).T
        axes[0][k].scatter(x, y, s=22, c=range(len(x)), cmap="tab10", edgecolors="black", linewidths=0.6)
        x, y = ((made["target"].points[k] + 1) / 2 * (SIZE - 1)).T
        axes[1][k].scatter(x, y, s=22, c=range(len(x)), cmap="tab10", edgecolors="black", linewidths=0.6)
    for row, (name, fields) in zip(axes[len(rows) :], flows.items()):
        row[0].set_title(name + ": arrows from target to source", loc="left", fontsize=9)
        for k in range(count):
            some = slice(2, None, 5)
            u, v = fields[k][some, some].unbind(-1)
            row[k].imshow(np.full((SIZE, SIZE, 3), 0.96))
            row[k].quiver(grid[some, some, 0], grid[some, some, 1], u, v, angles="xy", scale_units="xy", scale=1,
                          width=0.008, color="#0072B2")
    for axis in axes.flat:
        axis.set_axis_off()
        axis.set_xlim(-0.5, SIZE - 0.5)
        axis.set_ylim(SIZE - 0.5, -0.5)
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--out", type=Path, default=Path("runs/first_order"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    start, processor = time.perf_counter(), time.process_time()
    pairs = first_order.Pairs(options.people, progress=True)
    drawing = time.process_time() - processor
    config = training.Config(steps=options.steps, batch=options.batch, device=options.device, logdir=options.out,
                             resume=options.resume, average=0.99)
    model, result = first_order.train(pairs, config)
    model = model.cpu().eval()
    print(f"drawing {4 * options.people} faces: {drawing:.0f} s of processor time; {options.steps} steps: "
          f"{time.process_time() - processor - drawing:.0f} s; {time.perf_counter() - start:.0f} s on the clock")
    for name, curve in result.history.items():
        if name != "step":
            print(f"  {name:28s} {curve[0]:.3f} -> {curve[-1]:.3f}")
    source, target, truth = held_out(48)
    print("flow on 48 new people, mean distance from the truth in pixels of 64:")
    for name, error in errors(model, source, target, truth).items():
        print(f"  {name:28s} {error:.2f}")
    off, still = points_stick(model, source, target, truth)
    print(f"its points miss the spot they sat on by {off:.2f} px (points that stood still: {still:.2f})")
    picture = options.out / "first_order.png"
    draw(model, source, target, truth, picture)
    print(f"picture: {picture}")


if __name__ == "__main__":
    main()
