"""Between its points a face is the face, not a plate: cheeks come along when it turns, and shut lips are lips."""

import numpy as np
import pytest

from course.face import model as face_model
from course.rendering import head_field, mouth, warping
from course.synthetic import head

SIZE, SCALE = 300, 110.0


def seen(places, **degrees) -> np.ndarray:
    """Places (n, 3) of the model's frame on a head turned so far: (n, 2) pixels."""
    turn = np.zeros(6)
    for column, name in enumerate(("pitch", "yaw", "roll")):
        turn[column] = degrees.get(name, 0)
    return face_model.project(places, turn, SCALE, (150.0, 160.0))


@pytest.mark.parametrize("turn", [{"yaw": 14}, {"yaw": -14}, {"yaw": 11, "roll": 8}])
def test_cheeks_turn_with_the_face(turn):
    model, mesh = face_model.FaceModel.load().mean, head.build()
    cheeks = mesh.mean[(mesh.row == 30) & (np.abs(mesh.column) == 13)]
    points, target = seen(model), seen(model, **turn)
    field = head_field.HeadField(points, (SIZE, SIZE), head_field.FieldSettings())
    start = field.start(target, field.rigid(target))
    positions = field.positions(field.spline(*start[1:], np.arange(78)), field.shares(start[0], target))
    off = {}
    for there, here in zip(seen(cheeks, **turn), seen(cheeks)):
        column, row = np.round(there - field.box[:2]).astype(int)
        looked = positions[row, column] + (there - field.box[:2] - [column, row])
        off[column] = np.linalg.norm(looked - here)
    assert max(off.values()) < 2


def test_a_head_that_stands_as_in_the_photo_moves_no_cheek():
    points = seen(face_model.FaceModel.load().mean, yaw=7, pitch=3)
    field = head_field.HeadField(points, (SIZE, SIZE), head_field.FieldSettings())
    _, held, residual = field.start(points, field.rigid(points))
    assert len(held) == 78 + len(head_field.SURFACE)
    np.testing.assert_allclose(residual, 0, atol=1e-6)


def painted(points, target, rim=None) -> float:
    """How many pixels of the middle column of a mouth that opens are painted."""
    picture = np.full((SIZE, SIZE, 3), 150, np.uint8)
    ours = mouth.Mouth(picture, points)
    assert ours.shows_own < 0.5
    if rim is not None:
        ours.rim = rim
    matrix = warping.similarity(points[head_field.STABLE], target[head_field.STABLE])
    inside = ours.draw(picture, np.zeros(2), target, matrix)
    middle = round(float(target[62, 0])) - inside.box[0]
    return float(inside.share[:, middle, 0].sum())


def test_lips_that_are_shut_in_the_photo_keep_their_skin_when_they_part():
    points = seen(face_model.FaceModel.load().mean)
    gap = mouth.millimetre(points) * 1.6
    points[[61, 62, 63], 1], points[[67, 66, 65], 1] = points[62, 1] - gap / 2, points[62, 1] + gap / 2
    target = points.copy()
    target[[55, 56, 57, 58, 59, 65, 66, 67], 1] += 10
    kept, all_of_it = painted(points, target), painted(points, target, rim=0.0)
    assert 0.7 * gap < all_of_it - kept < 1.3 * gap
