"""Blinks, gaze, sway, breath and stress."""

import numpy as np
import pytest

from course import face
from course.motion import idle


def blinks(moved):
    """Frames at which the lids are shut."""
    lid = moved["eyeBlinkLeft"]
    return [k for k in range(1, len(lid) - 1) if lid[k] > 0.95 and lid[k] >= lid[k - 1] and lid[k] > lid[k + 1]]


@pytest.mark.parametrize("seed", range(40))
def test_clips_over_three_seconds_blink(seed):
    for frames in (76, 90, 150):
        assert blinks(idle.idle_motion(frames, seed=seed)), (frames, seed)


def test_blinks_come_at_human_intervals():
    gaps = []
    for seed in range(30):
        at = np.array(blinks(idle.idle_motion(25 * 60, seed=seed))) / 25
        gaps.extend(np.diff(at))
    gaps = np.array(gaps)
    single = gaps[gaps > 0.5]
    assert 2.8 < single.mean() < 4.2 and single.min() > 0.7 and gaps.max() < 8.5
    assert 0.03 < np.mean(gaps < 0.5) < 0.2  # some come in twos
    assert single.std() > 1.0  # no metronome


def test_a_blink_takes_five_frames():
    moved = idle.idle_motion(250, seed=3)
    at = blinks(moved)[0]
    np.testing.assert_allclose(moved["eyeBlinkLeft"][at - 3 : at + 4], [0, 0.5, 0.9, 1, 0.9, 0.5, 0], atol=1e-4)
    np.testing.assert_array_equal(moved["eyeBlinkLeft"], moved["eyeBlinkRight"])


def test_a_blink_shuts_the_lids_at_other_frame_rates():
    for fps in (24, 30, 50):
        assert blinks(idle.idle_motion(int(6 * fps), fps=fps, seed=1))


def test_the_seed_decides():
    one, same, other = (idle.idle_motion(200, seed=s).values for s in (5, 5, 6))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.1


def test_strength_scales_the_head_alone():
    accents = [(1.0, 1.0), (2.0, 0.8), (3.0, 1.0)]
    still, calm, wild = (idle.idle_motion(200, seed=2, strength=s, accents=accents) for s in (0.0, 1.0, 2.0))
    for name in face.HEAD:
        assert not still[name].any()
        np.testing.assert_allclose(wild[name], 2 * calm[name], rtol=1e-3, atol=1e-5)
    for name in face.BLENDSHAPES:
        np.testing.assert_allclose(still[name], wild[name], atol=1e-6)


def test_the_head_sways_a_few_degrees_and_slowly():
    moved = idle.idle_motion(25 * 120, seed=0)
    for name, most in (("headPitch", 5), ("headYaw", 8), ("headRoll", 5)):
        assert 0.3 < moved[name].std() < 3 and np.abs(moved[name]).max() < most
        spectrum = np.abs(np.fft.rfft(moved[name] - moved[name].mean())) ** 2
        hertz = np.fft.rfftfreq(len(moved), 1 / 25)
        assert spectrum[hertz > 1.0].sum() < 0.02 * spectrum.sum()


def test_it_begins_at_the_photos_pose():
    for seed in range(10):
        first = idle.idle_motion(100, seed=seed)
        assert all(abs(first[name][0]) < 0.1 for name in face.HEAD)


def test_gaze_rests_and_jumps_and_both_eyes_agree():
    moved = idle.idle_motion(25 * 60, seed=4)
    left, right = moved["eyeLookOutLeft"] - moved["eyeLookInLeft"], moved["eyeLookOutRight"] - moved["eyeLookInRight"]
    np.testing.assert_allclose(left, -right, atol=1e-6)
    change = np.abs(np.diff(left))
    assert np.mean(change < 1e-6) > 0.85 and 10 < np.sum(change > 0.02) < 200
    assert np.abs(left).max() <= 0.5


def test_stress_raises_brows_and_nods():
    accents = [(second, 1.0) for second in np.arange(1, 19, 1.0)]
    quiet, stressed = idle.idle_motion(500, seed=1), idle.idle_motion(500, seed=1, accents=accents)
    assert not quiet["browInnerUp"].any() and 0.1 < stressed["browInnerUp"].max() < 0.5
    nods = stressed["headPitch"] - quiet["headPitch"]
    assert nods.min() > -1e-5 and 0.4 < nods.max() < 3
    far = np.abs((np.arange(500) + 0.5) / 25 - 0.5) < 0.2  # nothing is stressed in the first 0.7 s
    assert not nods[far].any()


def test_short_clips():
    for frames in (1, 2, 10):
        assert len(idle.idle_motion(frames)) == frames
