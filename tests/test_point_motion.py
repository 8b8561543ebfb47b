"""Motion by known points: against motions that are known, and nearer to the truth than what it is compared with."""

import numpy as np
import pytest
import torch

from course import synthetic
from course.exercises import places
from course.flow import point_motion, sampling
from course.lessons.lesson_06 import photo_mover

SIZE = 64


@pytest.fixture(scope="module")
def pairs():
    return synthetic.moving_pair(8, SIZE, 999)


def face(n=1):
    """Points (n, 68, 2) in [-0.6, 0.6]."""
    return torch.rand(n, 68, 2, generator=torch.Generator().manual_seed(0)) * 1.2 - 0.6


def test_units_go_there_and_back():
    pixels = torch.tensor([[0.0, 0.0], [63.0, 31.0], [31.5, 15.5]])
    unit = point_motion.to_unit(pixels, 32, 64)
    torch.testing.assert_close(unit, torch.tensor([[-1.0, -1.0], [1.0, 1.0], [0.0, 0.0]]))
    torch.testing.assert_close(point_motion.to_pixels(unit, 32, 64), pixels)


def test_matrices_of_a_known_affine_motion():
    target, matrix = face(2), torch.tensor([[1.2, 0.3], [-0.2, 0.8]])
    source = target @ matrix.T + torch.tensor([0.1, -0.2])
    found = point_motion.local_matrices(target, source, (3, 30, 60))
    torch.testing.assert_close(found, matrix.expand(2, 3, 2, 2), atol=0.02, rtol=0)


def test_points_on_a_line_give_finite_matrices():
    target = face()
    target[..., 1] = 0
    found = point_motion.local_matrices(target, target * 2, (0, 5))
    assert torch.isfinite(found).all()
    torch.testing.assert_close(found[..., 1, 1], torch.ones(1, 2))  # across the line nothing is known: as it is


@pytest.mark.parametrize("method", point_motion.METHODS)
def test_nothing_moves_where_no_point_does(method):
    points = face()
    flow = point_motion.METHODS[method](points, points, 32).flow
    torch.testing.assert_close(flow[0], sampling.identity_grid(32, 32), atol=2e-4, rtol=0)


def test_first_order_follows_an_affine_motion_near_the_points():
    target, matrix = face(), torch.tensor([[0.95, 0.1], [-0.1, 0.95]])
    flow = point_motion.first_order_flow(target @ matrix.T, target, 65, still=9.0).flow[0]
    right = sampling.identity_grid(65, 65) @ matrix.T
    torch.testing.assert_close(flow[20:45, 20:45], right[20:45, 20:45], atol=5e-3, rtol=0)
    shifted = point_motion.first_order_flow(target @ matrix.T, target, 65, still=9.0, jacobians=False).flow[0]
    assert (shifted - right)[20:45, 20:45].abs().max() > 0.02, "without matrices it turns nothing"


def test_masks_add_up_and_far_away_all_stands_still():
    moved = point_motion.first_order_flow(face() * 0.3 + 0.05, face() * 0.3, 64)
    torch.testing.assert_close(moved.masks.sum(1), torch.ones(1, 64, 64))
    assert moved.masks.shape[1] == len(point_motion.TEN) + 1 and moved.masks[0, 0, 0, 0] > 0.95


def test_the_sheet_goes_through_its_points():
    target = point_motion.to_unit(torch.tensor([[[10.0, 12], [40, 15], [25, 30], [14, 44], [45, 45]]]), 64, 64)
    source = target + 0.1 * torch.tensor([[1.0, 0], [0, 1], [1, 1], [-1, 0], [0, -1]])
    flow = point_motion.spline_flow(source, target, 64).flow
    torch.testing.assert_close(flow[0, [12, 15, 30, 44, 45], [10, 40, 25, 14, 45]], source[0], atol=1e-3, rtol=0)


def test_hidden_pixels_come_from_behind():
    image, behind = torch.rand(1, 3, 8, 8), torch.full((1, 3, 8, 8), 0.25)
    still = point_motion.Moved(sampling.identity_grid(8, 8)[None])
    visible = torch.zeros(1, 1, 8, 8)
    visible[..., :4] = 1
    drawn = point_motion.render(image, still, visible, behind)
    torch.testing.assert_close(drawn[..., :4], image[..., :4])
    torch.testing.assert_close(drawn[..., 4:], behind[..., 4:])
    assert point_motion.render(image, still, visible)[..., 4:].abs().max() == 0


def test_true_points_beat_the_best_single_shift(pairs):
    source, target, truth = pairs
    moving = target.masks[:, 0] < 0.01
    here, there = (point_motion.to_unit(one.keypoints, SIZE, SIZE) for one in (source, target))
    counted = (truth.visible & moving)[..., None]
    shift = (truth.field * counted).sum((1, 2), keepdim=True) / counted.sum((1, 2), keepdim=True)
    grid = sampling.identity_grid(SIZE, SIZE)
    flows = {"true": point_motion.to_unit(truth.positions, SIZE, SIZE), "still": grid.expand(8, -1, -1, -1),
             "shift": grid + shift * 2 / (SIZE - 1),
             "with": point_motion.first_order_flow(here, there, SIZE).flow,
             "without": point_motion.first_order_flow(here, there, SIZE, jacobians=False).flow,
             "sheet": point_motion.spline_flow(here, there, SIZE).flow}
    off = {name: float(point_motion.flow_errors(flow, truth, moving).mean()) for name, flow in flows.items()}
    assert off["true"] < 1e-3
    assert off["with"] < off["without"] < off["shift"] < off["still"] and off["sheet"] < off["shift"]


def test_the_photo_moves_by_the_parts_of_the_lesson():
    mover = photo_mover.PhotoMover(size=96)
    at_rest = mover.frame({})
    assert np.abs(at_rest.astype(int) - mover.actor.portrait.image).mean() < 4
    names = ("identity_grid", "bilinear_sample", "affine_flow", "soft_masks", "thin_plate_spline")
    for name in names:
        with places.counted(f"flow.{name}") as seen:
            for method in point_motion.METHODS:
                assert np.abs(mover.frame({"headRoll": 12}, method).astype(int) - at_rest).mean() > 4
        assert seen.calls, name
