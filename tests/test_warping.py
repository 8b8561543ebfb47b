"""The warp's parts against authorities: torch's grid_sample, scipy's thin-plate spline, closed forms."""

import numpy as np
import pytest

from course.rendering import warping


@pytest.fixture
def image(rng):
    return rng.random((23, 31, 3)).astype(np.float32)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_identity_grid_looks_at_itself(image):
    grid = warping.identity_grid(23, 31)
    assert grid.shape == (23, 31, 2)
    assert tuple(grid[4, 7]) == (7, 4)  # x first
    np.testing.assert_array_equal(warping.bilinear_sample(image, grid), image)


def test_bilinear_sample_equals_torch(image, rng):
    import torch

    positions = (rng.random((17, 19, 2)) * [40, 32] - 5).astype(np.float32)  # some lie outside
    ours = warping.bilinear_sample(image, positions)
    grid = torch.from_numpy(warping.normalised(positions, 23, 31).astype(np.float32))[None]
    pixels = torch.from_numpy(image).permute(2, 0, 1)[None]  # (1, 3, H, W)
    theirs = torch.nn.functional.grid_sample(pixels, grid, "bilinear", "border", align_corners=True)
    np.testing.assert_allclose(ours, theirs[0].permute(1, 2, 0).numpy(), atol=2e-5)


def test_fast_sample_equals_the_one_written_out(image, rng):
    positions = (rng.random((17, 19, 2)) * [30, 22]).astype(np.float32)
    slow = warping.bilinear_sample(image, positions)
    # OpenCV reads at 32 places between two pixels
    np.testing.assert_allclose(warping.sample(image, positions, smooth=False), slow, atol=2 / 32)


def test_thin_plate_spline_equals_scipy(rng):
    from scipy.interpolate import RBFInterpolator

    points, values, queries = rng.random((40, 2)), rng.random((40, 3)), rng.random((200, 2)) * 1.5
    for smoothing in (0.0, 0.01):
        theirs = RBFInterpolator(points, values, kernel="thin_plate_spline", smoothing=smoothing)(queries)
        ours = warping.thin_plate_spline(points, values, queries, smoothing)
        np.testing.assert_allclose(ours, theirs, atol=1e-8)


def test_thin_plate_spline_goes_through_its_points(rng):
    points, values = rng.random((12, 2)), rng.random((12, 2))
    np.testing.assert_allclose(warping.thin_plate_spline(points, values, points), values, atol=1e-9)


def test_thin_plate_spline_of_a_plane_is_the_plane(rng):
    points, queries = rng.random((12, 2)), rng.random((30, 2)) * 10
    plane = lambda p: (2 * p[:, :1] - 3 * p[:, 1:] + 1)  # noqa: E731
    np.testing.assert_allclose(warping.thin_plate_spline(points, plane(points), queries), plane(queries), atol=1e-8)


def test_coincident_points_give_numbers():
    points = np.array([[0.0, 0], [0, 0], [0, 0], [1, 1]])
    assert np.isfinite(warping.thin_plate_spline(points, np.ones((4, 2)), points)).all()


def test_similarity_finds_turn_size_and_shift(rng):
    points = rng.random((20, 2)) * 100
    angle, scale = np.deg2rad(25), 1.3
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = points @ turn.T + [5, -7]
    matrix = warping.similarity(points, moved)
    np.testing.assert_allclose(matrix, np.hstack([turn, [[5], [-7]]]), atol=1e-9)
    np.testing.assert_allclose(warping.transform(warping.inverted(matrix), moved), points, atol=1e-9)


def test_similarity_of_one_spot_is_a_shift():
    matrix = warping.similarity(np.ones((5, 2)), np.full((5, 2), 3.0))
    np.testing.assert_allclose(matrix, [[1, 0, 2], [0, 1, 2]])
