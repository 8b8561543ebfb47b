"""The metrics, each against the authority or a value worked out by hand."""

import json

import numpy as np
import pytest
from scipy import linalg, stats
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


def test_points_that_a_judge_did_not_see_do_not_count():
    true = np.zeros((2, 4, 2))
    made = true + np.array([3.0, 4.0])
    made[1, 1:] = np.nan
    made[1, 0] = (0, 10)
    assert evaluation.akd(made, true) == pytest.approx((4 * 5 + 10) / 5)
    assert evaluation.akd(true, made) == evaluation.akd(made, true)
    assert np.isnan(evaluation.akd(made[1, 1:], true[1, 1:]))


def test_the_map_of_ssim_has_its_mean_away_from_the_border(pair):
    inside = evaluation.ssim_map(*pair)[5:-5, 5:-5]
    assert inside.shape == (190, 170, 3) and inside.mean() == pytest.approx(evaluation.ssim(*pair))


def test_frechet_distance_equals_the_root_of_the_matrix_itself():
    rng = np.random.default_rng(3)
    made, real = (rng.normal(0, 1, (n, 4)) @ rng.normal(0, 1, (4, 4)) + rng.normal(0, 1, 4) for n in (40, 30))
    first, second = np.cov(made, rowvar=False), np.cov(real, rowvar=False)
    apart = made.mean(axis=0) - real.mean(axis=0)
    expected = apart @ apart + np.trace(first + second - 2 * linalg.sqrtm(first @ second).real)
    assert evaluation.frechet_distance(made, real) == pytest.approx(expected, rel=1e-6)
    assert evaluation.frechet_distance(made, made[::-1]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("shift", [-4, -1, 0, 3])
def test_a_mouth_is_as_late_as_it_was_made(shift):
    sound = np.random.default_rng(5).gamma(1.0, 1.0, 80)
    mouth = 0.2 * sound[20 - shift : 60 - shift] + 0.1
    assert evaluation.sync_error(mouth, sound[20:60], fps=25) == 40 * shift
    assert evaluation.sync_error(mouth, sound[20:60], fps=50) == 20 * shift
    assert evaluation.agreement(mouth, sound[20:60], shift) == pytest.approx(1)


def test_a_mouth_that_rests_belongs_to_no_sound():
    assert np.isnan(evaluation.sync_error(np.full(40, 0.2), np.random.default_rng(0).normal(0, 1, 40)))


def test_lips_are_measured_in_eye_distances():
    points = np.zeros((2, 68, 2))
    points[:, 45] = (50, 0)
    points[1, 66] = (0, 10)
    assert evaluation.mouth_opening(points) == pytest.approx([0, 0.2])
    assert evaluation.mouth_opening(3 * points) == pytest.approx([0, 0.2])


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_bootstrap_interval_equals_scipy_s(level):
    values = np.random.default_rng(2).gamma(1.0, 1.0, 25)
    expected = stats.bootstrap((values,), np.mean, confidence_level=level, n_resamples=20_000, method="percentile",
                               random_state=1).confidence_interval
    found = evaluation.bootstrap_interval(values, level, rounds=20_000)
    assert found == pytest.approx(tuple(expected), abs=0.03 * (expected[1] - expected[0]))
    assert found == evaluation.bootstrap_interval(values, level, rounds=20_000)


def test_an_interval_holds_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(8)
    inside = 0
    for _ in range(300):
        low, high = evaluation.bootstrap_interval(rng.exponential(1.0, 40), rounds=300)
        inside += low <= 1 <= high
    assert 0.88 < inside / 300 < 0.98


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


def test_the_table_says_how_sure_its_means_are_from_three_clips_on():
    rows = [evaluation.Row(f"clip {n}", method, {"akd": n + more, "psnr": 20.0 + n, "face_l1": float("nan")}, 0)
            for n in range(4) for method, more in (("static", 2.0), ("ships", 0.0))]
    low, high = evaluation.bootstrap_interval([2.0, 3, 4, 5])
    told = json.loads(evaluation.as_json(rows, "embedded"))["intervals"]
    assert told["static"]["akd"] == pytest.approx([low, high]) and set(told["ships"]) == {"akd", "psnr"}
    assert f"AKD {low:.2f} to {high:.2f}" in evaluation.as_text(rows, "embedded")
    assert "intervals" not in json.loads(evaluation.as_json(rows[:4], "embedded"))
    assert "were it other clips" not in evaluation.as_text(rows[:4], "embedded")
