"""Gestures of the head: what they are by hand, how fast and how far they go, and what they do to a face."""

import numpy as np
import pytest
from scipy.interpolate import BPoly

from course import errors, motion
from course.motion import gestures


def test_worked_by_hand():
    # 15/8 * 8 / 15 = 1 second out, one back; half-way out the share is 10/8 - 15/16 + 6/32 = 1/2
    angles = motion.motion_model([-1, 0, 0.5, 1, 1.5, 2, 3], (0, 2, 0), 15, 8)
    np.testing.assert_allclose(angles, np.outer([0, 0, 4, 8, 4, 0, 0], [0, 1, 0]), atol=1e-12)


def test_agrees_with_the_polynomial_without_speed_or_acceleration_at_its_ends():
    times = np.linspace(0, 1, 50)
    least_jerk = BPoly.from_derivatives([0, 1], [[0, 0, 0], [1, 0, 0]])(times)  # scipy's quintic through both stops
    np.testing.assert_allclose(motion.motion_model(times, (1, 0, 0), 15, 8)[:, 0], 8 * least_jerk, atol=1e-12)


@pytest.mark.parametrize("speed, amplitude", [(10, 3), (40, 12), (120, 25)])
def test_top_speed_and_amplitude_are_what_was_asked(speed, amplitude):
    times = np.linspace(-0.1, 2 * gestures.TOP_SPEED * amplitude / speed + 0.1, 20001)
    angles = motion.motion_model(times, (1, 2, -2), speed, amplitude)
    far = np.linalg.norm(angles, axis=1)
    assert far.max() == pytest.approx(amplitude, rel=1e-6)
    assert np.linalg.norm(np.gradient(angles, times, axis=0), axis=1).max() == pytest.approx(speed, rel=1e-4)
    top = angles[far.argmax()]
    np.testing.assert_allclose(top / np.linalg.norm(top), np.array([1, 2, -2]) / 3, atol=1e-9)


def test_motion_model_gives_a_motion_and_is_reachable_from_motion():
    assert motion.MotionModel is motion.MotionModel
    moved = motion.MotionModel("right", speed=30, amplitude=10, repeats=2, swing=True).motion(fps=50)
    assert isinstance(moved, motion.Motion) and moved.fps == 50
    assert moved.duration == pytest.approx(2 * 2 * 15 / 8 * 10 / 30, abs=0.02)
    yaw = moved["headYaw"]
    assert yaw.max() == pytest.approx(10, abs=0.05) and yaw.min() == pytest.approx(-10, abs=0.05)
    assert yaw.argmax() < yaw.argmin() and not moved["headPitch"].any() and not moved["headRoll"].any()


def test_start_and_duration():
    moved = motion.MotionModel("down", 50, 8).motion(duration=2.0, fps=25, start=1.0)
    assert len(moved) == 50 and not moved["headPitch"][:25].any()
    assert moved["headPitch"].max() == pytest.approx(8, abs=0.3) and abs(moved["headPitch"][-1]) < 1e-6


def test_no_amplitude_is_no_movement():
    assert len(motion.MotionModel("up", 10, 0).motion()) == 1
    assert not motion.MotionModel("up", 10, 0).motion(duration=1).values.any()


@pytest.mark.parametrize("name, end", [("down", (30, 1, 1)), ("up", (30, 1, -1)), ("right", (30, 0, 1)),
                                       ("left", (30, 0, -1)), ("clockwise", (45, 1, 1)),
                                       ("counterclockwise", (45, 1, -1))])
def test_directions_are_those_of_the_picture(name, end):
    """The tip of the nose, or the eye on the picture's right, goes where the word says."""
    from course import face

    model, point, axis, sign = face.FaceModel.load(), *end
    turned = motion.motion_model([15 / 8], motion.DIRECTIONS[name], 10, 10)
    before, after = (face.project(model.mean, np.r_[angles, 0, 0, 0]) for angles in (np.zeros(3), turned[0]))
    middle = 0 if point == 45 else before[[36, 45]].mean(axis=0) - after[[36, 45]].mean(axis=0)
    assert sign * (after + middle - before)[point, axis] > 0.02


@pytest.mark.parametrize("wrong", [{"direction": "sideways"}, {"direction": (0, 0, 0)}, {"direction": (1, 0)},
                                   {"direction": None}, {"speed": 0}, {"speed": float("nan")}, {"speed": "fast"},
                                   {"amplitude": -1}, {"repeats": 0}, {"repeats": 1.5}])
def test_what_is_no_gesture_is_refused_in_one_line(wrong):
    with pytest.raises(errors.MotionError) as caught:
        motion.MotionModel(**wrong)
    assert "\n" not in str(caught.value)
