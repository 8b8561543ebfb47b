"""How far flows are from the truth: points that are known against no points, and against plain alternatives.

    python benchmarks/point_motion.py [--people 48]

Formula faces, 64 px, pairs of states with large movements. Mean distance from the true flow in pixels, where the spot
belongs to the person and both pictures show it; on the skin of the face alone; and the processor time a pair. The best
single shift is made from the truth, which nobody could know.
"""

import argparse
import time

import numpy as np
import torch

from course import synthetic
from course.flow import optical_flow, point_motion, sampling

SIZE = 64


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=48)
    count = parser.parse_args().people
    source, target, truth = synthetic.moving_pair(count, SIZE, 999)
    moving, skin = target.masks[:, 0] < 0.01, target.mask("skin", "lips") > 0.99
    here, there = (point_motion.to_unit(one.keypoints, SIZE, SIZE) for one in (source, target))
    still = sampling.identity_grid(SIZE, SIZE).expand(count, -1, -1, -1)
    counted = (truth.visible & moving)[..., None]
    shift = (truth.field * counted).sum((1, 2), keepdim=True) / counted.sum((1, 2), keepdim=True)
    grey = [[optical_flow.grey(image.permute(1, 2, 0).numpy()) for image in one.image] for one in (source, target)]

    def by_eye():
        found = np.stack([optical_flow.find_flow(*pair) for pair in zip(*grey)])
        return still + torch.from_numpy(found).float() * 2 / (SIZE - 1)

    def points(count, **options):
        chosen = np.linspace(0, 67, count).round().astype(int).tolist() if count != 10 else point_motion.TEN
        return lambda: point_motion.first_order_flow(here, there, SIZE, chosen, **options).flow

    rows = {"nothing moves": lambda: still, "Lucas-Kanade, coarse to fine": by_eye,
            "the best single shift": lambda: still + shift * 2 / (SIZE - 1),
            "ten points, no matrices": points(10, jacobians=False), "ten points with matrices": points(10),
            "34 points with matrices": points(34),
            "sheet through 68 points": lambda: point_motion.spline_flow(here, there, SIZE).flow,
            "sheet, not nailed down": lambda: point_motion.spline_flow(here, there, SIZE, nailed=False).flow}
    print(f"{count} pairs of {SIZE} px; pixels off\n{'':30s}  person    skin   ms a pair (processor)")
    for name, made in rows.items():
        begin = time.process_time()
        flow = made()
        spent = (time.process_time() - begin) / count * 1000
        person, face = (float(point_motion.flow_errors(flow, truth, where).mean()) for where in (moving, skin))
        print(f"{name:30s}  {person:6.2f}  {face:6.2f}   {spent:6.1f}")


if __name__ == "__main__":
    main()
