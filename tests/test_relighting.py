"""Hard light keeps the picture, changes where it is bright, and is the same again for the same number."""

import numpy as np
import pytest

from course.recipes.detector import relighting


@pytest.fixture()
def picture():
    y, x = np.mgrid[:96, :128]
    return np.stack([100 + 50 * np.sin(x / 9), 100 + 40 * np.cos(y / 7), 120 + 0 * x], -1).astype(np.uint8)


def test_the_same_number_gives_the_same_picture(picture):
    boxes = np.array([[40, 30, 80, 70]], np.float32)
    first, again = (relighting.relight(np.random.default_rng(3), picture, boxes) for _ in range(2))
    assert first.shape == picture.shape and first.dtype == np.uint8
    assert (first == again).all() and (first != picture).any()


@pytest.mark.parametrize("boxes", [np.zeros((0, 4), np.float32), np.array([[100, 60, 160, 120]], np.float32)])
def test_no_face_and_a_face_half_outside_are_fine(picture, boxes):
    for seed in range(30):
        lit = relighting.relight(np.random.default_rng(seed), picture, boxes)
        assert lit.shape == picture.shape


def test_a_side_light_makes_one_side_of_the_face_much_darker():
    ratios = []
    for seed in range(20):
        field = relighting.side_light(np.random.default_rng(seed), (64, 64), np.array([32.0, 32.0]), 30.0)
        corners = field[[0, 0, -1, -1], [0, -1, 0, -1]].mean(axis=1)
        ratios.append(corners.min() / corners.max())
    assert np.median(ratios) < 0.4


def test_against_the_light_the_face_is_darker_than_what_is_round_it():
    for seed in range(10):
        field = relighting.back_light(np.random.default_rng(seed), (64, 64), np.array([32.0, 32.0]), 12.0)
        assert field[32, 32].mean() < field[0, 0].mean()


def test_lamps_are_never_black():
    rng = np.random.default_rng(0)
    assert min(relighting.lamp(rng, 1.0).max() for _ in range(50)) == 1
