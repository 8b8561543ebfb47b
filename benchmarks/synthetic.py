"""Formula faces: speed, exactness, and the sheets to look at.

    python benchmarks/synthetic.py [--out runs/synthetic] [--faces 64] [--device cpu]

Prints faces a second at 64 and 128 px (of processor time, which a busy machine disturbs least, and on the clock), how
far keypoints are from the face model's, and what the true flow makes of one picture beside what doing nothing does.
Writes sheet_64.png, channels.png, mouths.png and flow.png.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from course import face, images, synthetic

CHANNELS = (
    {}, {"jawOpen": 0.8}, {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9}, {"mouthPucker": 1}, {"mouthFunnel": 1},
    {"eyeBlinkLeft": 1}, {"browInnerUp": 1}, {"mouthFrownLeft": 1, "mouthFrownRight": 1},
    {"eyeLookOutLeft": 0.8, "eyeLookInRight": 0.8}, {"headYaw": 30},
)  # fmt: skip
MOUTHS = (
    {"jawOpen": 0.25}, {"jawOpen": 0.5}, {"jawOpen": 1.0}, {"jawOpen": 0.4, "mouthFunnel": 0.8},
    {"jawOpen": 0.2, "mouthSmileLeft": 0.9, "mouthSmileRight": 0.9},
    {name + side: 0.9 for name in ("mouthUpperUp", "mouthLowerDown") for side in ("Left", "Right")},
)  # fmt: skip


def values_of(settings) -> torch.Tensor:
    rows = torch.zeros(len(settings), len(face.CHANNELS))
    for row, setting in zip(rows, settings):
        for name, value in setting.items():
            row[face.INDEX[name]] = value
    return rows


def speed(size: int, count: int, device: str) -> tuple:
    """Milliseconds a face: processor time, and on the clock."""
    people = synthetic.People.random(count, 1).to(device)
    values = synthetic.random_motion(count, 1).to(device)
    synthetic.render(people[:2], values[:2], size)
    start, processor = time.perf_counter(), time.process_time()
    synthetic.render(people, values, size).image.cpu()
    return (time.process_time() - processor) / count * 1000, (time.perf_counter() - start) / count * 1000


def keypoint_error(count: int, size: int = 128) -> float:
    """Largest distance in pixels between a picture's keypoints and `face.project` of the same face."""
    people, values = synthetic.People.random(count, 2), synthetic.random_motion(count, 2)
    model = face.FaceModel.load()
    known = len(model.identity)
    people.identity[:, known:] = 0  # what the face model does not know
    found = synthetic.render(people, values, size).keypoints.numpy()
    worst = 0.0
    for k in range(count):
        shape = model.mean + np.tensordot(people.identity[k, :known].numpy().astype(float), model.identity, axes=1)
        moved = face.blendshapes_to_points(shape, values[k, :51].numpy(), model.channels)
        across, *middle = people.frame[k].tolist()
        origin = (size - 1) / 2 - size / across * np.array(middle)
        points = face.project(moved, values[k, 51:].numpy(), size / across, origin)[:68]
        worst = max(worst, float(np.abs(points - found[k]).max()))
    return worst


def flow_error(count: int, size: int) -> tuple:
    """Mean difference of colours (0 to 1) on the person where visible in both: warped by the true flow, and as it is;
    and the share of the person that is visible in both. Light falls alike from everywhere, so that only motion counts.
    """
    people = synthetic.People.random(count, 3)
    people.light_colour[:] = 0
    people.ambient[:] = 1
    states = [synthetic.random_motion(count, (3, k)) for k in (0, 1)]
    a, b = (synthetic.render(people, state, size) for state in states)
    flow = synthetic.flow(people, *states, size)
    person = b.masks[:, 0] < 0.01
    counted = flow.visible & person
    moved = (warped(a.image, flow) - b.image).abs().mean(1)[counted].mean()
    still = (a.image - b.image).abs().mean(1)[counted].mean()
    return float(moved), float(still), float(counted.sum() / person.sum())


def warped(image, flow) -> torch.Tensor:
    grid = flow.positions / (image.shape[-1] - 1) * 2 - 1
    return torch.nn.functional.grid_sample(image, grid, align_corners=True, padding_mode="border")


def sheet(pictures: torch.Tensor, columns: int) -> np.ndarray:
    """(N, 3, H, W) -> uint8 sheet."""
    pixels = images.from_tensor(pictures)
    return np.concatenate([np.concatenate(list(pixels[i : i + columns]), 1) for i in range(0, len(pixels), columns)])


def draw(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    images.save_image(out / "sheet_64.png", sheet(synthetic.sample(64, 64, 1)[0], 8))
    person = synthetic.People.random(6, 8)
    images.save_image(out / "channels.png", sheet(
        synthetic.render(person[[1]].repeat(len(CHANNELS)), values_of(CHANNELS), 192).image, 5))
    people = person.repeat(len(MOUTHS))
    people.frame[:] = torch.tensor([0.95, 0.0, 0.42])
    images.save_image(out / "mouths.png", sheet(synthetic.render(people, values_of(MOUTHS).repeat(6, 1), 96).image, 6))
    source, target, flow = synthetic.moving_pair(6, 128, 5)
    fetched = warped(source.image, flow)
    hidden = torch.where(flow.visible[:, None], fetched, torch.tensor(0.5))
    rows = torch.cat([source.image, target.image, hidden, (hidden - target.image).abs() * flow.visible[:, None]])
    images.save_image(out / "flow.png", sheet(rows, 6))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs/synthetic"))
    parser.add_argument("--faces", type=int, default=64)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(1)  # one thread, so that processor time is time
    for size in (64, 128):
        processor, clock = speed(size, options.faces, options.device)
        print(f"{size:3d} px: {processor:6.1f} ms of processor time a face ({1000 / processor:5.1f} faces/s on a core, "
              f"{2 * 60_000 / processor:,.0f} a minute on two); {clock:.1f} ms on the clock")
    print(f"keypoints against the face model, 16 people: {keypoint_error(16):.1e} px at most")
    for size in (64, 128):
        moved, still, share = flow_error(16, size)
        print(f"{size:3d} px, {share:.0%} of the person visible in both: colours differ by {moved:.4f} warped by "
              f"the true flow, by {still:.4f} without")
    draw(options.out)
    print(f"sheets in {options.out}")


if __name__ == "__main__":
    main()
