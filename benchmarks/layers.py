"""What parting a photo into layers is worth, on clips: `python benchmarks/layers.py CLIP...`

Self-reenactment as in `course evaluate`; L1 of the whole frame, of the face, and of all but the face, for
  - the triangulated warp, which lets hair and wall follow the points,
  - our field with the head moving as one flat piece, and with a skull that does not turn with the face,
  - the same in layers, the field as it is; and corrected by the network.
"""

import argparse

import numpy as np
import torch
from tqdm.auto import tqdm

from course import animation, evaluation, motion, parallel, rendering
from course.face import posing
from course.rendering import head_field, layers

METRICS = ("whole", "face", "around")


class Silent(torch.nn.Module):
    """A Refiner that corrects nothing."""

    def forward(self, frames):
        return torch.zeros_like(frames[:, :2]), torch.zeros_like(frames[:, :1])


def ways(photo, points) -> dict:
    """Name -> a function from target points to a frame."""
    flat = rendering.PortraitSettings(warp=head_field.FieldSettings(skull=(8.0, 9.0)))
    shipped = layers.load_networks()
    silent = {"matting": shipped["matting"], "refiner": Silent()}
    return {"flat head": rendering.Portrait(photo, points, flat).render,
            "skull": rendering.Portrait(photo, points).render,
            "layers": rendering.Portrait(photo, points, layered=silent).render,
            "layers, corrected": rendering.Portrait(photo, points, layered=shipped).render}


def figures(made, true, points) -> tuple:
    height, width = true.shape[:2]
    face = evaluation.face_mask(points, height, width)
    return evaluation.l1(made, true), evaluation.l1(made, true, face), evaluation.l1(made, true, ~face)


def measure(path, limit) -> dict:
    take = evaluation.read_take(path, limit=limit)
    actor = animation.make_actor(take.frames[0], take.points[0], "warp")
    moved = motion.motion_from_points(take.points, np.ones(len(take.points), bool), take.fps)
    values = motion.values_for(moved, actor.face, "absolute", animation.Settings(fps=take.fps))
    targets = [posing.posed_points(actor.face, row) for row in values]
    table = {}
    films = {"static": evaluation.static(take.frames[0], take.points),
             "triangulated": evaluation.triangulated_warp(take.frames[0], take.points)}
    for name, render in ways(take.frames[0], take.points[0]).items():
        films[name] = parallel.ordered_map(render, targets)
    for name, frames in films.items():
        rows = [figures(made, true, points[:68]) for made, true, points in tqdm(
            zip(frames, take.frames, take.points), total=len(take.frames), desc=f"{take.name}: {name}", leave=False)]
        table[name] = np.mean(rows[1:], axis=0)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--limit", type=int, help="frames of each clip")
    options = parser.parse_args()
    tables = {clip: measure(clip, options.limit) for clip in options.clips}
    tables["mean"] = {name: np.mean([table[name] for table in tables.values()], axis=0)
                      for name in next(iter(tables.values()))}
    for clip, table in tables.items():
        print(f"{clip.split('/')[-1]:24s}" + "".join(f"{name:>9s}" for name in METRICS))
        for name, row in table.items():
            print(f"  {name:22s}" + "".join(f"{value:9.4f}" for value in row))


if __name__ == "__main__":
    main()
