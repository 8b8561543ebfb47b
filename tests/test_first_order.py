"""First-order motion: its arithmetic against the package's NumPy, torch's own, autograd and cases worked by hand."""

import math

import numpy as np
import pytest
import torch

from course import synthetic, training
from course.flow import equivariance, sampling
from course.lessons.lesson_06 import first_order
from course.rendering import warping

SMALL = first_order.Settings(points=3, width=8)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def random_keypoints(n, k, generator):
    points = torch.rand(n, k, 2, generator=generator) - 0.5
    jacobians = torch.eye(2) + 0.3 * torch.randn(n, k, 2, 2, generator=generator)
    return first_order.Keypoints(points, jacobians)


# ---------------------------------------------------------------- moving pixels


def test_identity_grid_is_warpings(generator):
    theirs = warping.normalised(warping.identity_grid(5, 7), 5, 7)
    np.testing.assert_allclose(sampling.identity_grid(5, 7).numpy(), theirs, atol=1e-6)


def test_bilinear_sample_equals_torch_and_warping(generator):
    image = torch.rand(2, 3, 9, 11, generator=generator)
    positions = torch.rand(2, 6, 5, 2, generator=generator) * 2.6 - 1.3  # some lie outside
    ours = sampling.bilinear_sample(image, positions)
    torch.testing.assert_close(ours, sampling.sample(image, positions), atol=1e-5, rtol=0)
    pixels = (positions[0].numpy() + 1) / 2 * [10, 8]
    numpys = warping.bilinear_sample(image[0].permute(1, 2, 0).numpy(), pixels)
    np.testing.assert_allclose(ours[0].permute(1, 2, 0).numpy(), numpys, atol=1e-5)


def test_bilinear_sample_has_torchs_gradients(generator):
    image = torch.rand(1, 2, 6, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    positions = (torch.rand(1, 4, 4, 2, generator=generator, dtype=torch.float64) * 1.8 - 0.9).requires_grad_()
    gradients = []
    for read in (sampling.bilinear_sample, sampling.sample):
        gradients.append(torch.autograd.grad((read(image, positions) ** 2).sum(), (image, positions)))
    for ours, theirs in zip(*gradients):
        torch.testing.assert_close(ours, theirs)


def test_affine_flow_by_hand():
    grid = sampling.identity_grid(3, 3)
    at, to = torch.tensor([[[0.5, 0.0]]]), torch.tensor([[[0.0, -0.5]]])
    quarter = torch.tensor([[[[0.0, -1.0], [1.0, 0.0]]]])
    flow = sampling.affine_flow(at, to, quarter, grid)[0, 0]
    # z = (1, 0) lies half to the right of p; turned by a quarter that is half below q
    torch.testing.assert_close(flow[1, 2], torch.tensor([0.0, 0.0]))
    # z = (0, 1): (-0.5, 1) away from p, turned (-1, -0.5)
    torch.testing.assert_close(flow[2, 1], torch.tensor([-1.0, -1.0]))


def test_thin_plate_spline_equals_warpings(generator):
    points = torch.rand(9, 2, generator=generator, dtype=torch.float64)
    values = torch.rand(9, 2, generator=generator, dtype=torch.float64)
    queries = torch.rand(40, 2, generator=generator, dtype=torch.float64) * 1.5
    ours = sampling.thin_plate_spline(points, values, queries)
    theirs = warping.thin_plate_spline(points.numpy(), values.numpy(), queries.numpy())
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-9)


def test_bends_jacobian_is_autograds(generator):
    bend = sampling.RandomBend(2, affine=0.2, bend=0.1, generator=generator)
    z = torch.rand(2, 4, 2, generator=generator) * 1.6 - 0.8
    jacobian = bend.jacobian(z)
    for n in range(2):
        for k in range(4):
            slope = torch.autograd.functional.jacobian(
                lambda point, n=n: bend(point.expand(2, 1, 2))[n, 0], z[n, k])
            torch.testing.assert_close(jacobian[n, k], slope, atol=1e-4, rtol=1e-4)


def test_soft_masks_mix_the_flows():
    flows = torch.tensor([[0.0, 0.0], [1.0, -2.0]]).view(1, 2, 1, 1, 2)
    masks, flow = sampling.soft_masks(torch.tensor([0.0, math.log(3.0)]).view(1, 2, 1, 1), flows)
    torch.testing.assert_close(masks.flatten(), torch.tensor([0.25, 0.75]))
    torch.testing.assert_close(flow.flatten(), torch.tensor([0.75, -1.5]))


def test_occlude_takes_away():
    moved = torch.ones(1, 2, 4, 4)
    visible = torch.tensor([[0.0, 1.0], [0.0, 1.0]]).view(1, 1, 2, 2)
    kept = sampling.occlude(moved, visible)
    assert kept[0, 0, :, 0].abs().max() == 0
    torch.testing.assert_close(kept[0, 0, :, 3], torch.ones(4))
    torch.testing.assert_close(kept[0, 1, 0], torch.tensor([0, 1 / 3, 2 / 3, 1.0]))


def test_inverse_undoes(generator):
    matrix = random_keypoints(2, 5, generator).jacobians
    torch.testing.assert_close(sampling.inverse(matrix), torch.linalg.inv(matrix), atol=1e-4, rtol=1e-4)
    assert torch.isfinite(sampling.inverse(torch.zeros(1, 2, 2))).all()


# ---------------------------------------------------------------- the network


def test_soft_argmax_of_a_spot_is_its_place():
    grid = sampling.identity_grid(65, 65)
    points = torch.tensor([[[0.25, -0.5]]])
    heat = sampling.gaussian_maps(points, grid, 0.1)
    torch.testing.assert_close(sampling.soft_argmax(heat / heat.sum(), grid), points, atol=1e-4, rtol=0)


def test_sparse_motions_of_a_known_affine(generator):
    """If the source is the target moved by z -> A z + b, every point says just that."""
    target = random_keypoints(1, 4, generator)
    matrix, shift = torch.tensor([[1.1, 0.2], [-0.1, 0.9]]), torch.tensor([0.05, -0.1])
    source = first_order.Keypoints(target.points @ matrix.T + shift, matrix @ target.jacobians)
    grid = sampling.identity_grid(8, 8)
    motions = first_order.sparse_motions(source, target, grid)
    assert motions.shape == (1, 5, 8, 8, 2)
    torch.testing.assert_close(motions[0, 0], grid)
    expected = (grid @ matrix.T + shift).expand(4, -1, -1, -1)
    torch.testing.assert_close(motions[0, 1:], expected, atol=1e-4, rtol=1e-4)


def test_a_perfect_detector_has_no_equivariance_loss(generator):
    """A detector that knows the bend: what it finds in the bent picture is T^-1 of what it finds in the other."""
    bend = sampling.RandomBend(1, affine=0.1, bend=0.02, generator=generator)
    bent_points = torch.rand(1, 3, 2, generator=generator) - 0.5
    found = first_order.Keypoints(bend(bent_points), bend.jacobian(bent_points))

    def detector(image):
        return first_order.Keypoints(bent_points, torch.eye(2).expand(1, 3, 2, 2))

    image = torch.rand(1, 3, 16, 16, generator=generator)
    points, jacobians = equivariance.equivariance_loss(detector, image, found, bend)
    assert points < 1e-6 and jacobians < 1e-5
    wrong = first_order.Keypoints(found.points + 0.1, found.jacobians * 1.5)
    points, jacobians = equivariance.equivariance_loss(detector, image, wrong, bend)
    assert points == pytest.approx(0.1, abs=1e-5)
    assert jacobians == pytest.approx((1 - 1 / 1.5) / 2, abs=1e-4)  # two of four entries are off by a third


def test_reconstruction_loss_by_hand():
    made, wanted = torch.zeros(1, 3, 8, 8), torch.full((1, 3, 8, 8), 0.5)
    assert float(first_order.reconstruction_loss(made, wanted)) == pytest.approx(2.0)
    # a fine checkerboard is off at full size alone
    board = (torch.arange(8)[:, None] + torch.arange(8)) % 2 * 1.0
    loss = first_order.reconstruction_loss(board.expand(1, 3, 8, 8), wanted)
    assert float(loss) == pytest.approx(0.5)


def test_shapes_and_a_fresh_networks_jacobians():
    torch.manual_seed(0)
    model = first_order.FirstOrder(SMALL)
    source, target = torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64)
    made = model(source, target)
    assert made["picture"].shape == (2, 3, 64, 64)
    assert made["masks"].shape == (2, 4, 32, 32) and made["flow"].shape == (2, 32, 32, 2)
    torch.testing.assert_close(made["source"].jacobians, torch.eye(2).expand(2, 3, 2, 2))
    assert model.flow(source, target).shape == (2, 64, 64, 2)


def test_each_point_begins_at_a_place_of_its_own():
    torch.manual_seed(0)
    model = first_order.FirstOrder(first_order.Settings(points=5, width=8))
    with torch.no_grad():
        for layer in (model.detector.heatmaps.weight, model.detector.heatmaps.bias):
            layer.zero_()  # as if the picture said nothing
        points = model.detector(torch.rand(1, 3, 64, 64)).points[0]
    ring = torch.tensor([[0, 0], [0, -1], [1, 0], [0, 1], [-1, 0.0]])  # the middle, then clockwise from above
    torch.testing.assert_close(points / points[1:].norm(dim=1).mean(), ring, atol=0.02, rtol=0)
    assert 0.3 < points[1:].norm(dim=1).mean() < 0.5  # of 0.5: the border cuts off what lies outside


def test_training_learns_and_is_repeatable(tmp_path):
    pairs = first_order.Pairs(people=4, states=2, seed=1)
    config = training.Config(steps=40, batch=4, logdir=tmp_path / "a", live=False, report_every=5, picture_every=40)
    _, result = first_order.train(pairs, config, SMALL)
    assert result.history["reconstruction"][-1] < 0.75 * result.history["reconstruction"][0]
    assert result.history["equivariance"][-1] < result.history["equivariance"][0]
    assert result.pictures[-1][1]["pairs"].shape == (3, 4 * 64, 6 * 64)
    task, twin = (first_order.Task(pairs, 4, SMALL) for _ in range(2))
    steps = [task_.step(0, slice(None), training.Updater(task_.networks, task_.optimizers)) for task_ in (task, twin)]
    assert steps[0] == steps[1]


def test_flow_error_counts_only_what_is_visible():
    field = torch.zeros(1, 4, 4, 2)
    visible = torch.zeros(1, 4, 4, dtype=torch.bool)
    visible[0, 1, 1] = visible[0, 2, 2] = True
    truth = synthetic.Flow(field, visible)
    found = truth.positions.clone()
    found[0, 1, 1, 0] += 3
    found[0, 0, 0] += 100  # hidden
    moving = torch.ones(1, 4, 4, dtype=torch.bool)
    assert first_order.flow_error(found, truth, moving) == pytest.approx(1.5)
    moving[0, 2, 2] = False
    assert first_order.flow_error(found, truth, moving) == pytest.approx(3.0)
