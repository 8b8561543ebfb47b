"""The tongue: a channel beside those that points show, lifted by sounds, drawn behind lips and teeth; and the colour
of the mouth around it."""

import types

import cv2
import numpy as np
import pytest

from course import animation, face, keypoints, motion, rendering, speech
from course.motion import inside
from course.rendering import mouth, teeth, tongue, toning
from course.speech import lips as hearing_lips
from course.speech import tongue as spoken_tongue
from tests.test_portrait import drawn_photo, drawn_points, opened
from tests.test_teeth import smiling


@pytest.fixture(scope="module")
def photo():
    """A drawn face, 140 pixels between the outer corners of its eyes, with its mouth shut."""
    points = drawn_points((200.0, 180.0), 140.0)
    return drawn_photo(points, (440, 400)), points


@pytest.fixture(scope="module")
def portrait(photo):
    return rendering.Portrait(*photo)


def inner(points) -> np.ndarray:
    """Where an open mouth is: bool (440, 400)."""
    found = np.zeros((440, 400), np.uint8)
    cv2.fillPoly(found, [np.round(points[keypoints.LIPS_INNER]).astype(np.int32)], 1)
    return found > 0


# ---------------------------------------------------------------- the channel


@pytest.mark.parametrize("ending", ["npz", "csv"])
def test_motions_saved_before_there_was_a_tongue_load_and_rest_theirs(tmp_path, ending):
    values, path = np.full((3, 57), 0.25, np.float32), tmp_path / f"old.{ending}"
    if ending == "npz":
        np.savez(path, values=values, channels=np.array(face.CHANNELS), fps=25.0)
    else:
        rows = [",".join(["seconds", *face.CHANNELS])]
        rows += [",".join([f"{k / 25:.6f}", *["0.25"] * 57]) for k in range(3)]
        path.write_text("\n".join(rows), encoding="utf-8")
    old = motion.Motion.load(path)
    assert (old.full() == 0.25).all() and old.fps == 25 and not old["tongueOut"].any()


@pytest.mark.parametrize("ending", ["npz", "csv"])
def test_a_tongue_is_saved_scaled_and_mixed_with_its_motion(tmp_path, ending):
    moved = motion.Motion([[0.2, 0.4], [0.2, 0.6]], ("jawOpen", "tongueOut"))
    again = motion.Motion.load(moved.save(tmp_path / f"new.{ending}"))
    np.testing.assert_allclose(again["tongueOut"], [0.4, 0.6], atol=1e-6)
    assert again.full().shape == (2, 57)
    np.testing.assert_allclose(again.scaled("mouth:0.5,head:2")["tongueOut"], [0.2, 0.3], atol=1e-6)
    assert motion.Motion(np.zeros((2, 58)), face.MOTION_CHANNELS[:58])["tongueOut"].shape == (2,)


def test_a_film_that_is_followed_keeps_its_tongue_at_rest_and_spoken_lips_bring_theirs():
    options = animation.Settings(idle="hand", expression="neutral")
    lips = motion.Motion([[0.2, 0.7]] * 4, ("jawOpen", "tongueOut"))
    whole = animation.with_idle(lips, options)
    someone = types.SimpleNamespace(rest=np.zeros(57, np.float32))
    rows = inside.with_tongue(whole.full(), whole, options)
    values, out, _ = inside.parted(rows[0])
    assert rows.shape == (4, 58) and values.shape == (57,) and out == pytest.approx(0.7)
    followed = inside.with_tongue(np.tile(someone.rest, (4, 1)), motion.Motion(np.zeros((4, 57))), options)
    assert not followed[:, 57].any() and inside.parted(someone.rest)[1] == 0


# ---------------------------------------------------------------- sounds


def test_sounds_of_the_tongue_lift_it_and_th_brings_it_out():
    names = ["ɑ", "l", "ɑ", "θ", "ɑ", "m", "ɑ"]
    said = [speech.Phoneme(name, 0.1 * k, 0.1 * k + 0.1) for k, name in enumerate(names)]
    times = np.arange(0, 0.7, 0.01)
    out = spoken_tongue.curve(said, times)
    at = {name: out[int(10 * k + 3)] for k, name in enumerate(names) if name != "ɑ"}
    assert out[3] < 0.1 and 0.4 < at["l"] < at["θ"] and at["m"] < 0.1
    assert (out >= 0).all() and (out <= 1).all()


def test_what_the_network_hears_lifts_it_too():
    sounds = np.full((20, len(speech.VISEME_NAMES)), 0.01)
    sounds[5:10, speech.VISEME_NAMES.index("TH")] = 0.9
    sounds[12:, speech.VISEME_NAMES.index("aa")] = 0.9
    said = hearing_lips.Lips(sounds, np.zeros((20, 18)), np.zeros((20, 2)), np.zeros(20))
    out = spoken_tongue.heard(said, np.arange(20) / hearing_lips.RATE)
    assert out[7] > 0.7 and not out[13:].any()


# ---------------------------------------------------------------- the picture


def test_a_lifted_tongue_is_seen_in_the_open_mouth_and_nowhere_else(portrait):
    target = opened(portrait.points, 0.13)
    still, lifted, out = (portrait.render(target, tongue=amount).astype(int) for amount in (0.0, 0.5, 1.0))
    around = cv2.dilate(inner(target).astype(np.uint8), np.ones((9, 9))) > 0
    for frame in (lifted, out):
        changed = np.abs(frame - still).max(-1) > 2
        assert changed[inner(target)].mean() > 0.05 and not changed[~around].any()


def test_shut_lips_hide_it(portrait):
    shut = portrait.render(portrait.points, tongue=1.0).astype(int)
    assert (np.abs(shut - portrait.image).max(-1) > 12).sum() < 8


def test_upper_teeth_lie_before_a_tip_that_is_lifted_and_a_tip_that_is_out_before_the_lower_ones():
    x = np.zeros((40, 1))
    above = np.linspace(0.2, 15.8, 40)[:, None]
    gap, edge = np.full_like(x, 16.0), np.full_like(x, 4.0)
    dark, tone = np.zeros((40, 1, 3)), np.array([100.0, 50, 50])
    top = [above[tongue.draw(dark, tone, x, above, gap, edge, out)[..., 0] > 20].min() for out in (0.0, 0.5, 1.0)]
    assert top[1] < 4.0 < top[0] and top[1] < top[2] < top[0]
    assert tongue.forward(0.5) == 0 and tongue.forward(1.0) == 1


# ---------------------------------------------------------------- colour


def test_a_warm_photo_opens_a_dark_red_mouth(photo):
    image, points = photo
    warm = np.clip(image * [1.0, 0.8, 0.6], 0, 255).astype(np.uint8)
    made = mouth.Mouth(warm, points)
    for colour in (made.deep, made.tongue):
        assert colour[0] > 1.7 * colour[1:].mean()
    assert made.deep.mean() < 0.4 * made.tongue.mean()


def test_a_sepia_photo_stays_of_one_tone(photo):
    image, points = photo
    level = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(float)[..., None]
    sepia = np.clip(level * [1.07, 0.98, 0.78] + [8, 4, 0], 0, 255).astype(np.uint8)
    frame = rendering.Portrait(sepia, points).render(opened(points, 0.2), tongue=0.6).astype(float)
    seen = frame[inner(opened(points, 0.2))]
    expected = (seen.mean(-1, keepdims=True) - 4) / (2.83 / 3) * [1.07, 0.98, 0.78] + [8, 4, 0]
    assert np.abs(seen - expected).mean() < 4


def test_a_tone_is_told_from_colours():
    level = np.linspace(20, 220, 60)[:, None]
    toned = level * [1.05, 1.0, 0.8]
    tone = toning.tone_of(toned)
    assert tone.only and tone.of(np.array([200.0, 60, 60])) == pytest.approx(tone.of(np.full(3, 320 / 3)), abs=1)
    colours = np.concatenate([level * [1.0, 0.7, 0.6], level * [0.8, 0.8, 0.9]])
    assert not toning.tone_of(colours).only and (toning.tone_of(colours).of(colours[3]) == colours[3]).all()


# ---------------------------------------------------------------- lips and rows


def test_lips_that_close_over_a_smile_show_no_teeth():
    image, points = smiling(teeth.load_rows()[0], 0.12, 9.0)
    rest = drawn_points((200.0, 180.0), 140.0)
    shut = points.copy()
    shut[60:68] = rest[60:68]
    shut[48:60] = rest[48:60]
    frame = rendering.Portrait(image, points).render(shut).astype(int)
    lips = np.zeros((440, 400), np.uint8)
    cv2.fillPoly(lips, [np.round(shut[48:60]).astype(np.int32)], 1)
    lips = cv2.erode(lips, np.ones((3, 3))) > 0
    teeth_like = frame.min(-1) > 150
    assert teeth_like[lips].mean() < 0.01 < (image.min(-1) > 150)[inner(points)].mean()


def test_teeth_of_a_row_touch_above_their_edges():
    for row in teeth.load_rows():
        share = row.pixels[..., 1]
        middle = (teeth.heights() > 2) & (teeth.heights() < 6)
        assert share[middle][:, np.abs(teeth.columns()) < 14].min() > 0.85
