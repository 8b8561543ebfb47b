"""The metrics, each against the authority or a value worked out by hand."""

import numpy as np
import pytest
from skimage import data as samples
from skimage import metrics as authority

from course import evaluation, keypoints
from course.evaluation import metrics


@pytest.fixture(scope="module")
def pair():
    true = samples.astronaut()[:200, 130:310]
    noise = np.random.default_rng(0).normal(0, 12, true.shape)
    return np.clip(np.roll(true, 2, axis=1) + noise, 0, 255).astype(np.uint8), true


def test_l1_by_hand():
    made, true = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 51, np.uint8)
    true[:2] = 255
    assert evaluation.l1(made, true) == pytest.approx(0.6)
    mask = np.zeros((4, 4), bool)
    mask[3] = True
    assert evaluation.l1(made, true, mask) == pytest.approx(0.2)
    assert evaluation.l1(true, made) == evaluation.l1(made, true)  # unsigned numbers must not wrap round
    assert np.isnan(evaluation.l1(made, true, np.zeros((4, 4), bool)))


def test_psnr_equals_scikit_image(pair):
    assert evaluation.psnr(*pair) == pytest.approx(authority.peak_signal_noise_ratio(pair[1], pair[0]), abs=1e-9)
    assert evaluation.psnr(pair[0], pair[0]) == float("inf")


def test_ssim_equals_scikit_image(pair):
    expected = authority.structural_similarity(*pair, channel_axis=2, gaussian_weights=True, sigma=1.5,
                                               use_sample_covariance=False, data_range=255)
    assert evaluation.ssim(*pair) == pytest.approx(expected, abs=1e-4)
    assert evaluation.ssim(pair[0], pair[0]) == pytest.approx(1)


def test_ssim_of_flat_pictures_is_only_about_their_means():
    dark, light = np.full((20, 20, 3), 50, np.uint8), np.full((20, 20, 3), 100, np.uint8)
    c1 = (0.01 * 255) ** 2
    assert evaluation.ssim(dark, light) == pytest.approx((2 * 50 * 100 + c1) / (50**2 + 100**2 + c1))


def test_akd_is_a_distance_and_not_a_sum_of_shifts():
    true = np.zeros((5, 68, 2), np.float32)
    made = true + np.array([3, 4])
    assert evaluation.akd(made, true) == pytest.approx(5)  # 7 would be L1, 3.5 the mean over coordinates


def test_jitter_ignores_steady_movement_and_what_the_reference_does():
    t = np.arange(10, dtype=np.float64)[:, None, None]
    steady = np.tile(t * [2.0, -1.0], (1, 68, 1))
    assert evaluation.jitter(steady) == pytest.approx(0)
    shaking = steady + np.array([(-1.0) ** k for k in range(10)])[:, None, None] * [1.0, 0]
    assert evaluation.jitter(shaking) == pytest.approx(4)  # 1 - 2 (-1) + 1
    assert evaluation.jitter(shaking, reference=shaking + 7) == pytest.approx(0)
    assert evaluation.jitter(steady, reference=shaking) == pytest.approx(4)
    assert np.isnan(evaluation.jitter(steady[:2]))


def test_masks_lie_where_their_points_are():
    points = np.zeros((78, 2), np.float32)
    points[keypoints.JAW] = np.stack([np.linspace(10, 90, 17), 50 + 40 * np.sin(np.linspace(0, np.pi, 17))], 1)
    points[keypoints.BROW_RIGHT] = points[keypoints.BROW_LEFT] = points[keypoints.NOSE[0]] = (50, 20)
    points[keypoints.NOSE] = (50, 55)
    points[keypoints.EYE_RIGHT], points[keypoints.EYE_LEFT] = (30, 40), (70, 40)
    points[36], points[45] = (25, 40), (75, 40)
    points[48:68] = (50, 75)
    points[keypoints.FOREHEAD] = (50, 0)  # hair is no part of the face's error
    face = evaluation.face_mask(points, 100, 100)
    assert face[55, 50] and face[80, 50] and not face[10, 50] and not face[95, 50] and not face[55, 3]
    mouth, eyes = evaluation.mouth_mask(points, 100, 100), evaluation.eyes_mask(points, 100, 100)
    assert mouth[75, 50] and not mouth[60, 50] and not (mouth & eyes).any()
    assert eyes[40, 30] and eyes[40, 70] and not eyes[40, 50]
    reach = round(metrics.MOUTH_MARGIN * 50)
    assert mouth[75, 50 + reach] and not mouth[75, 51 + reach]
