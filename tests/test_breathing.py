"""Neck, shoulders and breath: what moves below a face, and what does not."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from course import animation, demo, images
from course.face import CHANNELS, INDEX, MOTION_CHANNELS
from course.motion import breathing, inside, motion
from course.serving.live import idling
from course.speech import phrases

SIDE = 160


@pytest.fixture(scope="module")
def actor():
    photo = images.as_image(demo.photo_path())
    photo = cv2.resize(photo, (SIDE, round(SIDE * len(photo) / photo.shape[1])), interpolation=cv2.INTER_AREA)
    return animation.cast(photo, "largest", "warp", images.as_image(demo.photo_path()))[0]


def posed(actor, **values) -> np.ndarray:
    row = actor.face.rest.astype(float).copy()
    for name, value in values.items():
        row[INDEX[name]] += value
    return row


def moved_by(actor, row) -> np.ndarray:
    """How far the field takes what it shows, in radii: (h, w, 2) over its box."""
    field = actor.portrait.field
    target = animation.posing.posed_points(actor.face, row).astype(float)
    matrix = field.rigid(target)
    target = field.unfolded(target, matrix)
    back, held, residual = field.start(target, matrix)
    looked = field.positions(field.spline(held, residual, np.arange(78)), field.shares(back, target))
    x0, y0, x1, y1 = field.box
    here = np.stack(np.meshgrid(np.arange(x0, x1), np.arange(y0, y1)), axis=-1)
    return (here - looked) / field.head.radius


def at(actor, moved, side, up) -> float:
    """How far it goes at a place in radii from the face's centre."""
    head = actor.portrait.field.head
    x, y = (head.centre + head.radius * (side * head.right + up * head.up) - actor.portrait.field.box[:2]).round()
    return float(np.hypot(*moved[int(y), int(x)]))


@pytest.mark.parametrize("pose", [{"headPitch": 20}, {"headPitch": -20}, {"headRoll": 15}, {"headX": 0.3},
                                  {"headY": -0.2}, {"jawOpen": 0.4}], ids=str)
def test_the_collar_moves_much_less_than_the_chin(actor, pose):
    row = posed(actor, **pose)
    moved = moved_by(actor, row)
    chin = np.linalg.norm(animation.posing.posed_points(actor.face, row)[8] - actor.points[8])
    collar = max(at(actor, moved, side, -1.6) for side in (-0.5, 0.0, 0.5))
    assert collar < 0.25 * chin / actor.portrait.field.head.radius


def test_shoulders_follow_a_head_a_little(actor):
    moved = moved_by(actor, posed(actor, headX=0.3))
    assert 0.004 < at(actor, moved, 0.6, -1.5) < 0.06


def test_a_neck_is_stretched_and_not_torn(actor):
    """Each row shows what lies below the row above, however far the head rises."""
    for pose in ({"headPitch": -25}, {"headY": -0.5}):
        moved = moved_by(actor, posed(actor, **pose))
        head, box = actor.portrait.field.head, actor.portrait.field.box
        x = round(head.centre[0] - box[0])
        below = round(head.centre[1] + 0.9 * head.radius - box[1])
        assert (1 - np.diff(moved[below:, x, 1]) * head.radius).min() > 0.1


def test_a_photo_that_does_nothing_stays_as_it_is(actor):
    rest, photo = posed(actor), actor.portrait.image
    np.testing.assert_array_equal(actor.frame(rest), photo)
    np.testing.assert_array_equal(actor.frame(inside.breathing(rest, 0.0)), photo)


def test_breath_lifts_shoulders_and_nothing_else(actor):
    rest, photo = posed(actor), actor.portrait.image
    row = inside.breathing(rest, 1.0)
    frame, mask = actor.frame(row), actor.mask(row)
    changed = (frame != photo).any(axis=-1)
    assert changed.sum() > 0.05 * changed.size
    assert not changed[mask == 0].any()
    assert not (changed[0].any() or changed[-1].any() or changed[:, 0].any() or changed[:, -1].any())
    assert not changed[: int(actor.points[30, 1])].any()
    assert actor.portrait.chest.size == pytest.approx(0.0085 * 2 * actor.portrait.field.head.radius, rel=1e-5)


def test_breath_lifts_positions_however_they_lie_in_memory(actor):
    height, width = actor.portrait.chest.weight.shape
    planes = np.moveaxis(np.zeros((2, height, width), np.float32), 0, -1)  # as the quick path gives them
    pixels = np.zeros((height, width, 2), np.float32)
    for positions in (planes, pixels):
        actor.portrait.chest.rise(positions, 0.7)
    assert (planes == pixels).all() and pixels[..., 1].max() > 0.2 and not pixels[..., 0].any()


def test_breath_has_its_rate_and_is_the_seed_s_own():
    times = np.arange(0, 120, 0.04)
    value = breathing.Breaths(3).at(times)
    tops = ((value[1:-1] > value[:-2]) & (value[1:-1] >= value[2:]) & (value[1:-1] > 0.5)).sum()
    assert 12 <= tops / 2 <= 16
    assert value.min() == 0 and 0.75 < value.max() <= 1 and np.abs(np.diff(value)).max() < 0.06
    np.testing.assert_array_equal(value, breathing.Breaths(3).at(times))
    assert np.abs(value - breathing.Breaths(4).at(times)).max() > 0.5


def test_a_breath_is_drawn_before_somebody_speaks_on():
    said = [phrases.Phrase(0, 3.9), phrases.Phrase(4.4, 8.6), phrases.Phrase(9.1, 13)]
    for seed in range(5):
        value = breathing.of_film(25 * 14, 25, seed, said)
        assert value[-1] < 0.01
        drawn = [np.diff(value)[int((after.start - 0.6) * 25) + 1 : int(after.start * 25) - 1].min() > 0
                 for after in said[1:]]
        assert any(drawn), seed


def test_only_who_speaks_breathes_and_only_with_a_head_that_moves(actor):
    options = animation.Settings()
    still = motion.Motion(np.zeros((50, len(CHANNELS))), CHANNELS, 25)
    drive = animation.Drive(still, "speech", breath=np.ones(50, np.float32))
    assert (drive.rows(actor.face, options)[:, -1] == 1).all()
    assert (drive.rows(actor.face, replace(options, head=0.0))[:, -1] == 0).all()
    assert animation.drive_by_motion(still, options).rows(actor.face, options).shape == (50, 58)


@pytest.mark.parametrize("ending", ["npz", "csv"])
def test_a_saved_motion_keeps_its_breath_and_shows_it(actor, tmp_path, ending):
    values = np.zeros((20, len(MOTION_CHANNELS)), np.float32)
    values[:, MOTION_CHANNELS.index("breath")] = np.linspace(0, 1, 20)
    saved = motion.Motion(values, MOTION_CHANNELS, 25)
    again = motion.Motion.load(saved.save(tmp_path / f"breath.{ending}"))
    np.testing.assert_allclose(again["breath"], np.linspace(0, 1, 20), atol=1e-6)
    options = animation.Settings()
    rows = animation.drive_by_motion(again, options).rows(actor.face, options)
    assert rows.shape == (20, 59)
    assert (actor.frame(rows[-1]) != actor.frame(rows[0])).any(axis=-1).mean() > 0.05
    still = replace(options, head=0.0)
    assert not animation.drive_by_motion(again, still).rows(actor.face, still)[:, -1].any()
    np.testing.assert_allclose(again.scaled("head:0.5,mouth:3")["breath"], np.linspace(0, 0.5, 20), atol=1e-6)


def test_a_motion_saved_before_there_was_a_breath_loads_and_does_not_breathe(actor, tmp_path):
    names, options = (*CHANNELS, "tongueOut"), animation.Settings()
    np.savez(tmp_path / "old.npz", values=np.full((3, 58), 0.1, np.float32), channels=np.array(names), fps=25.0)
    old = motion.Motion.load(tmp_path / "old.npz")
    assert not old["breath"].any()
    assert animation.drive_by_motion(old, options).rows(actor.face, options).shape == (3, 58)


def test_a_chest_in_front_of_another_s_face_leaves_it_what_it_says():
    cores = [np.zeros((4, 6), np.float32) for _ in range(2)]
    cores[0][:, :3], cores[1][2:, 2:] = 1, 1
    first, second = animation._rooms(cores)
    assert (first == 1).all()
    assert not second[:2, :3].any() and second[2:, 2:].all() and second[:, 3:].all()


def test_a_live_face_breathes_between_its_sentences():
    idle = idling.EndlessIdle(seed=2)
    value = np.array([idle.breath(number) for number in range(500)])
    np.testing.assert_allclose(value, breathing.Breaths(2).at((np.arange(500) + 0.5) / 25), atol=1e-9)
    still = idling.EndlessIdle(seed=2, strength=0.0)
    assert not any(still.breath(number) for number in range(200))
