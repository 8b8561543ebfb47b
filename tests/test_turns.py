"""Heads that turn and nod: what the photo hides is not drawn out, and a beard stays whole."""

import numpy as np
import pytest

from course.face import channels, posing
from course.face import model as face_model
from course.rendering import head_field

YAW, PITCH, JAW = (channels.INDEX[name] for name in ("headYaw", "headPitch", "jawOpen"))
SIZE = 300


def person(yaw: float = 0.0, room: float = 0.5) -> tuple:
    """Somebody's face in a photo, turned so far, the photo's lower border so many radii below the chin: a `Face`, its
    points (78, 2), its `HeadField`."""
    head = np.array([0, yaw, 0, 0, 0, 0.0])
    points = face_model.project(face_model.FaceModel.load().mean, head, 90.0, (SIZE / 2, SIZE / 2))
    height = round(float(points[8, 1] + room * head_field.Head(points, (SIZE, SIZE)).radius))
    return face_model.fit_face(points), points, head_field.HeadField(points, (height, SIZE), head_field.FieldSettings())


def positions_of(one: tuple, column: int, change: float) -> tuple:
    """Where a frame's pixels look, less the box's corner, (h, w, 2), and the frame's points (78, 2)."""
    face, _, field = one
    values = face.rest.copy()
    values[column] += change
    target = posing.posed_points(face, values)
    matrix = field.rigid(target)
    target = field.unfolded(target, matrix)
    back, held, residual = field.start(target, matrix)
    spline = field.spline(held, residual, np.arange(68))
    return field.positions(spline, field.shares(back, target)), target


def test_a_photo_that_looks_at_the_viewer_turns_as_it_is_told():
    rest = np.zeros(57)
    for degrees in (-25, -10, 3, 25):
        values = rest.copy()
        values[YAW] = degrees
        assert posing.in_sight(values, rest) is values


@pytest.mark.parametrize("held", [-40, -32, 30, 44])
def test_a_photo_that_is_turned_turns_a_little_further_and_a_little_back(held):
    rest = np.zeros(57)
    rest[YAW] = held
    turned = []
    for degrees in np.arange(-60, 60.5, 0.5):
        values = rest.copy()
        values[YAW] = held + degrees
        turned.append(posing.in_sight(values, rest)[YAW] - held)
        assert (values == rest).sum() >= 56  # what was asked is left alone
    steps = np.diff(turned)
    assert steps.min() >= 0 and steps.max() < 0.51  # without a jump
    onwards, back = (max, min) if held > 0 else (min, max)
    assert abs(onwards(turned)) == pytest.approx(posing.ONWARDS[1], abs=0.1)
    assert abs(back(turned)) == pytest.approx(posing.BACK[1], abs=0.1)


def test_how_far_a_photo_turns_changes_slowly_with_how_it_is_held():
    reached = []
    for held in np.arange(-45, 45.5, 0.5):
        rest = np.zeros(57)
        rest[YAW] = held
        values = rest.copy()
        values[YAW] += 20
        reached.append(posing.in_sight(values, rest)[YAW] - held)
    assert np.abs(np.diff(reached)).max() < 0.8 and max(reached) == 20


@pytest.mark.parametrize("yaw", [-30, -20, 20, 30])
def test_the_hidden_side_of_a_turned_photo_is_not_drawn_out(yaw):
    """Turned back, the outline stays beside eye and mouth, and no pixel looks the wrong way."""
    one = person(yaw)
    face, points, field = one
    found, target = positions_of(one, YAW, -np.sign(yaw) * 7)
    pairs = head_field.BESIDE[:6] if yaw < 0 else head_field.BESIDE[6:]
    outer, inner, sign = pairs.T
    radius = field.head.radius
    before, after = (sign * (p[outer, 0] - p[inner, 0]) / radius for p in (points, target))
    told = sign * (posing.posed_points(face, told_to(face, -np.sign(yaw) * 7))[outer, 0] - target[inner, 0]) / radius
    assert (told > after + 0.01).any()
    assert (after <= np.maximum(before, 0.02) * (head_field.WIDENS[1] + head_field.MORE) + 0.02).all()
    assert np.diff(found[..., 0], axis=1).min() > 0


@pytest.mark.parametrize("held, turn", [(-35, -9), (-35, 12), (35, 9), (35, -12)])
def test_the_nose_of_a_turned_photo_keeps_its_shape(held, turn):
    """What lies behind it in the photo, outline and cheek, does not draw it along."""
    def folded(one) -> float:
        found, target = positions_of(one, YAW, turn)
        nose = (target[27:36] - one[2].box[:2]).round().astype(int)
        (x0, y0), (x1, y1) = nose.min(axis=0), nose.max(axis=0)
        return np.diff(found[y0:y1, x0 - 3 : x1 + 3, 0], axis=1).min()

    one = person(held)
    assert folded(one) > 0.4
    one[2]._hidden = np.array([], int)
    assert folded(one) < 0.35


def told_to(face, degrees: float) -> np.ndarray:
    values = face.rest.copy()
    values[YAW] += degrees
    return values


@pytest.mark.parametrize("column, change", [(PITCH, 16), (JAW, 0.7)], ids=["nod", "open mouth"])
def test_a_chin_that_falls_is_not_pressed_against_the_lower_border(column, change):
    """A beard that nearly ends at the photo's border keeps its shape, and goes over it."""
    one = person(room=0.25)
    _, points, field = one
    found, target = positions_of(one, column, change)
    assert target[8, 1] > points[8, 1] + 0.1 * field.head.radius
    x = round(points[8, 0]) - field.box[0]
    below = round(points[57, 1] + 0.3 * field.head.radius) - field.box[1]
    step = np.diff(found[below:, x - 10 : x + 10, 1], axis=0)
    assert step.max() < 1.75 and step.min() > 0  # 1.9 and 2.7 with a border at which all rests
    assert found[-1, x, 1] < field.box[3] - 1 - 0.05 * field.head.radius


def test_a_chin_that_rises_shows_nothing_from_beyond_the_lower_border():
    one = person(room=0.12)
    _, points, field = one
    found, target = positions_of(one, PITCH, -12)
    assert target[8, 1] < points[8, 1] - 0.1 * field.head.radius
    x = round(points[8, 0]) - field.box[0]
    middle = found[:, x - 10 : x + 10, 1]
    assert middle.max() < field.box[3] - 0.5
    assert np.diff(middle, axis=0).min() > 0.25  # drawn out, all of it alike


def test_with_room_below_the_chin_the_border_rests():
    one = person(room=0.5)
    field = one[2]
    found, _ = positions_of(one, PITCH, 12)
    bottom = field.box[3] - 1
    np.testing.assert_allclose(found[-1, :, 1], bottom, atol=0.3)
