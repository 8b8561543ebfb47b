"""Light stays where it is while a head turns: a face that looks towards it gets brighter; a photo at rest is itself."""

import cv2
import numpy as np
import pytest

from course import keypoints
from course.face import model as face_model
from course.rendering import head_field, lighting, portrait


@pytest.fixture(scope="module")
def photo(hopper):
    return cv2.resize(hopper, (196, 230), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def points(photo):
    return keypoints.find_points(photo)[0]


@pytest.fixture(scope="module")
def ours(photo, points):
    return portrait.Portrait(photo, points)


def turned(points, **degrees) -> np.ndarray:
    """The points of a head that has turned away from its photo: (78, 2)."""
    face = face_model.fit_face(points)
    values = face.rest.copy()
    for column, name in enumerate(("pitch", "yaw", "roll")):
        values[face_model.HEAD_COLUMNS.start + column] += degrees.get(name, 0)
    return face_model.pose_points(face, values)


def ratios(ours, target):
    return ours.light.ratios(target, ours.field.start(target, ours.field.rigid(target))[0])


def lit(ours, towards, target):
    """The mean ratio where the light changes, under a light of one's own."""
    kept, ours.light.towards = ours.light.towards, np.array(towards)
    found = ratios(ours, target)
    ours.light.towards = kept
    return 1.0 if found is None else float(found[np.abs(found - 1) > 0.02].mean())


def test_at_rest_the_light_is_the_photos(ours, points):
    assert ratios(ours, points.astype(np.float64)) is None
    # an expression alone turns nothing
    frowns = points.astype(np.float64)
    frowns[17:27, 1] -= 3
    frowns[48:68, 1] += 2
    assert ratios(ours, frowns) is None


# headYaw is positive to the picture's right, headPitch downwards
@pytest.mark.parametrize("towards, turn", [((0.4, 0, 0), {"yaw": 12}), ((0, -0.4, 0), {"pitch": -12})])
def test_a_face_that_turns_towards_the_light_gets_brighter(ours, points, towards, turn):
    away = {name: -degrees for name, degrees in turn.items()}
    assert lit(ours, towards, turned(points, **turn)) > 1.03
    assert lit(ours, towards, turned(points, **away)) < 0.97


def test_it_ends_with_the_face_and_never_goes_too_far(ours, points):
    ours.light.towards, kept = np.array([9.0, -9.0, 0.0]), ours.light.towards
    found = ratios(ours, turned(points, yaw=15, pitch=10))
    ours.light.towards = kept
    assert np.exp(-lighting.MOST) <= found.min() and found.max() <= np.exp(lighting.MOST)
    assert found.max() - found.min() > 0.1
    assert (found[:3] == 1).all() and (found[:, :3] == 1).all() and (found[:, -3:] == 1).all()


def test_the_frame_is_lit_where_the_nodes_say(ours, points):
    x0, y0, x1, y1 = ours.field.box
    grey = np.full((y1 - y0, x1 - x0, 3), 100, np.uint8)
    target = turned(points, yaw=12, pitch=5)
    back = ours.field.start(target, ours.field.rigid(target))[0]
    cell = ours.light.cell
    wanted = cv2.resize(ours.light.ratios(target, back), None, fx=cell, fy=cell, interpolation=cv2.INTER_LINEAR)
    ours.light.shine(grey, target, back)
    assert np.abs(grey[..., 0] - 100 * wanted[: y1 - y0, : x1 - x0]).max() <= 1.01
    assert np.ptp(grey[..., 0]) > 3


@pytest.mark.parametrize("side", [-1, 1])
def test_the_side_of_the_light_is_seen_in_the_skin(photo, points, side):
    held = head_field.held(points)[0]
    x = (np.arange(photo.shape[1]) - points[27, 0]) / np.ptp(points[:17, 0])
    shaded = np.clip(photo * np.exp(0.8 * side * x)[None, :, None], 0, 255).astype(np.uint8)
    before, after = (lighting.seen_in(picture, points, held) for picture in (photo, shaded))
    assert side * (after - before)[0] > 0.2
    assert abs((after - before)[1]) < abs((after - before)[0])


def test_a_face_that_is_hardly_there_tells_nothing():
    points = np.full((78, 2), 8.0)
    assert (lighting.seen_in(np.zeros((16, 16, 3), np.uint8), points, np.eye(3)) == 0).all()
