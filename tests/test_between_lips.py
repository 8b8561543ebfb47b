"""What a photo shows between its lips decides what is painted there: teeth, or the dark of a mouth a little open."""

import cv2
import numpy as np
import pytest
from test_surface import SIZE, seen

from course import keypoints
from course.face import model as face_model
from course.rendering import mouth

SKIN, LIP, ENAMEL, DARK = (200, 160, 140), (170, 90, 90), (215, 205, 190), (40, 22, 22)


def drawn(gap: float, between) -> tuple:
    """A face with lips `gap` millimetres apart and one colour between them: picture, points, pixels a millimetre."""
    points = seen(face_model.FaceModel.load().mean)
    mm = mouth.millimetre(points)
    middle = points[[62, 66], 1].mean()
    points[[61, 62, 63], 1], points[[67, 66, 65], 1] = middle - gap * mm / 2, middle + gap * mm / 2
    points[[50, 51, 52], 1], points[[58, 57, 56], 1] = middle - (gap / 2 + 7) * mm, middle + (gap / 2 + 8) * mm
    picture = np.full((SIZE, SIZE, 3), SKIN, np.uint8)
    for part, colour in ((keypoints.LIPS_OUTER, LIP), (keypoints.LIPS_INNER, between)):
        cv2.fillPoly(picture, [np.round(points[part]).astype(np.int32)], colour)
    return picture, points, mm


def parted(points, mm: float, by: float) -> np.ndarray:
    target = points.copy()
    target[[55, 56, 57, 58, 59, 65, 66, 67], 1] += by * mm
    return target


def inside(picture, points, target, teeth: float = 0.82) -> np.ndarray:
    """The middle of the mouth as it is drawn, float (h, w, 3), from the upper to the lower lip."""
    ours, frame = mouth.Mouth(picture, points, mouth.MouthSettings(teeth=teeth)), picture.copy()
    ours.draw(frame, np.zeros(2), target, np.eye(2, 3))
    x, top, bottom = (round(float(v)) for v in (target[62, 0], target[62, 1], target[66, 1]))
    return frame[top + 2 : bottom - 1, x - 6 : x + 7].astype(float)


def light_on_teeth(picture, points, target) -> float:
    """Grey levels by which the mouth grows lighter if teeth are white instead of black."""
    return float((inside(picture, points, target, 1.0) - inside(picture, points, target, 0.0)).max())


@pytest.mark.parametrize("between, gap, teeth", [(ENAMEL, 6.0, 1.0), (DARK, 3.0, 0.0), (LIP, 1.0, 0.0)])
def test_teeth_are_told_from_the_dark(between, gap, teeth):
    picture, points, _ = drawn(gap, between)
    assert mouth.Mouth(picture, points).shows_teeth == teeth


def test_a_photo_whose_lips_are_a_little_apart_gets_teeth_when_they_part_further():
    picture, points, mm = drawn(3.0, DARK)
    assert mouth.Mouth(picture, points).shows_own == 0
    assert light_on_teeth(picture, points, parted(points, mm, 9.0)) > 60


def test_it_stays_dark_while_they_stand_nearly_as_in_the_photo():
    picture, points, mm = drawn(3.0, DARK)
    target = parted(points, mm, 1.2)
    assert light_on_teeth(picture, points, target) < 25 and inside(picture, points, target).max() < 100


def test_a_mouth_that_stands_wide_open_and_dark_keeps_its_own():
    picture, points, _ = drawn(14.0, DARK)
    assert mouth.Mouth(picture, points).shows_own == 1


def test_teeth_behind_rounded_lips_lie_in_shadow():
    picture, points, mm = drawn(0.0, LIP)
    open_ = parted(points, mm, 8.0)
    rounded = open_.copy()
    lips = np.arange(48, 68)
    rounded[lips, 0] = points[62, 0] + 0.7 * (open_[lips, 0] - points[62, 0])
    assert light_on_teeth(picture, points, rounded) < 0.4 * light_on_teeth(picture, points, open_)


def rim(between, gap: float, by: float) -> np.ndarray:
    """Where the lower lip's picture looks, in pixels below the lip line, one millimetre within its inner edge."""
    picture, points, mm = drawn(gap, between)
    ours, target = mouth.Mouth(picture, points), parted(points, mm, by)
    edge = points[[62, 66]].mean(axis=0) + [0, gap * mm / 2]
    places = np.stack([edge + [0, -mm * far] for far in (1.0, 2.0)])[:, None]
    ours.keep_to_lips(places.copy(), places, target, np.eye(2, 3))
    return (places[:, 0, 1] - edge[1]) / mm


def test_lips_that_part_over_teeth_look_back_at_themselves_and_over_the_dark_they_go_on():
    """A light line used to run along the rims of lips that were a little apart in the photo."""
    over_teeth, over_dark = rim(ENAMEL, 3.0, 8.0), rim(DARK, 3.0, 8.0)
    assert over_teeth[0] > over_dark[0] + 0.5
    assert np.ptp(over_dark) < 0.1  # the same row, further in as well


def test_lips_that_shut_over_the_dark_look_back_at_themselves():
    assert rim(DARK, 3.0, -2.0)[0] > rim(DARK, 3.0, 8.0)[0] + 0.5
