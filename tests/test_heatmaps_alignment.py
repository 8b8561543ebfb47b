"""Heatmaps, alignment, mirror, crop and blend: held equal to a library's answer, or to cases worked by hand."""

import cv2
import numpy as np
import pytest
import skimage.transform
import torch

from course import evaluation, images, keypoints


def test_gaussian_heatmap_is_scipys_density_scaled_to_one():
    from scipy.stats import multivariate_normal

    point, size, sigma = np.array([0.31, 0.74]), 24, 2.0
    made = keypoints.gaussian_heatmap(torch.tensor(point)[None], size, sigma)[0].numpy()
    x, y = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5)
    density = multivariate_normal(point * size, sigma**2).pdf(np.stack([x, y], axis=-1))
    assert made.shape == (size, size)
    assert made == pytest.approx(density * 2 * np.pi * sigma**2, abs=1e-12)


def test_gaussian_heatmap_keeps_batches_and_is_largest_at_the_point():
    points = torch.rand(2, 5, 2)
    made = keypoints.gaussian_heatmap(points, 32, 1.5)
    assert made.shape == (2, 5, 32, 32)
    assert (keypoints.hard_argmax(made) - points).abs().max() <= 0.5 / 32 + 1e-6


def test_soft_argmax_of_a_sharp_hill_is_its_point_and_has_a_gradient():
    points = torch.tensor([[[0.3, 0.6], [0.52, 0.41]]], dtype=torch.float64, requires_grad=True)
    maps = keypoints.gaussian_heatmap(points, 20, 1.0).log()
    found = keypoints.soft_argmax(maps)
    assert torch.allclose(found, points, atol=1e-6)
    found.sum().backward()
    assert torch.allclose(points.grad, torch.ones_like(points), atol=1e-3)


def test_similarity_is_skimages():
    rng = np.random.default_rng(0)
    for _ in range(50):
        source, target = rng.normal(0, 40, (2, 7, 2))
        expected = skimage.transform.SimilarityTransform()
        fitted = expected.estimate(source, target) if not hasattr(expected, "from_estimate") else None
        matrix = expected.params if fitted else type(expected).from_estimate(source, target).params
        assert keypoints.similarity_transform(source, target) == pytest.approx(matrix[:2], abs=1e-9)


def test_similarity_turns_but_never_mirrors():
    square = np.array([[0.0, 0], [1, 0], [1, 2], [0, 1]])
    matrix = keypoints.similarity_transform(square, square * [-1, 1])
    assert np.linalg.det(matrix[:, :2]) > 0


def test_flipped_points_lie_on_the_flipped_picture():
    rng = np.random.default_rng(1)
    width, points = 50, rng.integers(2, 48, (78, 2))
    picture = np.zeros((60, width), int)
    for index, (x, y) in enumerate(points):
        picture[y, x] = index
    flipped = keypoints.flip_keypoints(points, width)
    mirrored = picture[:, ::-1]
    for index, (x, y) in enumerate(flipped):
        original = picture[tuple(points[keypoints.FLIP[index]][::-1])]
        assert mirrored[y, x] == original
    assert (keypoints.flip_keypoints(flipped, width) == points).all()
    assert keypoints.flip_keypoints(points[None, :68], width) == pytest.approx(flipped[None, :68])


def test_nme_by_hand():
    true = np.zeros((2, 68, 2))
    true[0, 45, 0], true[1, 45, 0] = 100, 50  # eyes 100 and 50 px apart
    found = true + np.array([3.0, 4.0])  # every point 5 px off
    assert evaluation.nme(found, true) == pytest.approx((5 + 10) / 2)
    extra = np.concatenate([found, np.full((2, 10, 2), 1e6)], axis=1)
    assert evaluation.nme(extra, np.concatenate([true, np.zeros((2, 10, 2))], axis=1)) == pytest.approx(7.5)


def test_crop_square_is_opencvs_replicated_border():
    rng = np.random.default_rng(2)
    picture = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    padded = cv2.copyMakeBorder(picture, 60, 60, 60, 60, cv2.BORDER_REPLICATE)
    for x, y, side in ((20, 15, 10), (0, 0, 12), (39, 29, 8), (-20, 50, 6), (20, 15, 70), (7, 9, 1)):
        left, top = round(x - side / 2) + 60, round(y - side / 2) + 60
        assert (images.crop_square(picture, x, y, side) == padded[top : top + side, left : left + side]).all()


def test_alpha_blend_is_the_formula_rounded():
    rng = np.random.default_rng(3)
    front, back = rng.integers(0, 256, (2, 20, 30, 3), dtype=np.uint8)
    alpha = rng.random((20, 30)).astype(np.float32)
    alpha[:5], alpha[15:] = 0, 1
    expected = alpha[..., None] * front.astype(float) + (1 - alpha[..., None]) * back
    made = images.alpha_blend(front, back, alpha)
    assert made.dtype == np.uint8 and np.abs(made - expected).max() < 0.51
    assert (made[:5] == back[:5]).all() and (made[15:] == front[15:]).all()
