"""De-jitter and detail: steadier, not slower; sharper, not further than the photo."""

import numpy as np
import pytest
import skimage.data
import skimage.filters

from course import motion, rendering


def test_one_euro_by_hand():
    # fps 25, cutoff 1 Hz, beta 0: alpha = 1 / (1 + 25 / (2 pi)) = 0.20087
    alpha = 1 / (1 + 25 / (2 * np.pi))
    signal = np.array([[0.0], [1.0], [1.0]])
    smoothed = motion.one_euro(signal, 25, 1.0, 0.0)[:, 0]
    assert smoothed == pytest.approx([0, alpha, alpha + (1 - alpha) * alpha], abs=1e-6)


def test_one_euro_follows_fast_movement_closer():
    steps = np.linspace(0, 5, 50)[:, None]
    lazy = motion.one_euro(steps, 25, 1.0, 0.0)
    eager = motion.one_euro(steps, 25, 1.0, 1.0)
    assert abs(eager - steps).max() < 0.5 * abs(lazy - steps).max()


def test_steady_takes_noise_and_adds_no_lag():
    rng = np.random.default_rng(0)
    time = np.arange(200) / 25
    clean = 10 * np.sin(2 * np.pi * 0.4 * time)[:, None]
    noisy = clean + rng.normal(0, 0.4, clean.shape)
    steady = motion.steady(motion.Motion(noisy, ("headYaw",))).values
    jitter = [np.abs(np.diff(x, 2, axis=0)).mean() for x in (noisy, steady)]
    assert jitter[1] < 0.8 * jitter[0]
    assert np.abs(steady - clean).mean() < 0.95 * np.abs(noisy - clean).mean()
    lags = range(-5, 6)
    best = max(lags, key=lambda lag: float((np.roll(steady, -lag, 0)[10:-10] * clean[10:-10]).sum()))
    assert best == 0


def test_unsharp_mask_equals_skimage():
    image = np.ascontiguousarray(skimage.data.astronaut()[:64, 200:264])
    ours = rendering.unsharp_mask(image, 0.5, 1.0)
    # one channel at a time: with channel_axis, scikit-image 0.26 returns memory it never wrote
    theirs = np.stack([skimage.filters.unsharp_mask(image[..., c].astype(float), 1.0, 0.5, preserve_range=True)
                       for c in range(3)], axis=-1).clip(0, 255)
    inner = np.s_[8:-8, 8:-8]  # the borders are extended in different ways
    assert np.abs(ours[inner].astype(float) - theirs[inner]).mean() < 1.0


def test_restore_detail_sharpens_only_what_became_soft_and_only_inside():
    photo = skimage.data.astronaut()[:128, 150:280]
    soft = skimage.filters.gaussian(photo, 0.8, channel_axis=-1, preserve_range=True).astype(np.uint8)
    mask = np.zeros(photo.shape[:2], np.float32)
    mask[30:100, 30:100] = 1
    wanted = rendering.detail(photo, mask)
    restored = rendering.restore_detail(soft, wanted, mask)
    assert (restored[mask == 0] == soft[mask == 0]).all()
    before, after = (rendering.detail(x, mask) for x in (soft, restored))
    assert before < after <= wanted * 1.1
    assert rendering.restore_detail(photo, wanted, mask) is photo
    assert rendering.restore_detail(soft, wanted, np.zeros_like(mask)) is soft
