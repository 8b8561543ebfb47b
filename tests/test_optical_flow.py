"""Lucas and Kanade: a shift that is known, sums by hand, and OpenCV's answer on the same pictures."""

import cv2
import numpy as np
import pytest

from course import flow


def picture(height=64, width=72, dx=0.0, dy=0.0):
    """A smooth grey picture in [0, 1], read dx, dy pixels further."""
    y, x = np.mgrid[:height, :width].astype(float)
    x, y = x + dx, y + dy
    waves = ((0.45, 0.1, 0.3), (-0.2, 0.5, 1.0), (0.3, 0.33, 2.0), (0.11, -0.17, 0.0))
    return 0.5 + sum(0.11 * np.sin(a * x + b * y + c) for a, b, c in waves)


def test_window_sum_by_hand():
    values = np.arange(12.0).reshape(3, 4)
    sums = flow.window_sum(values, 1)
    assert sums[1, 1] == values[:3, :3].sum() and sums[0, 0] == values[:2, :2].sum()
    np.testing.assert_array_equal(flow.window_sum(values, 0), values)


@pytest.mark.parametrize("shift", [(0.3, 0.0), (0.0, -0.4), (0.25, 0.2)])
def test_one_step_finds_a_small_known_shift(shift):
    found = flow.lucas_kanade(picture(), picture(dx=shift[0], dy=shift[1]))
    np.testing.assert_allclose(found[8:-8, 8:-8].mean((0, 1)), shift, atol=0.02)


@pytest.mark.parametrize("shift", [(0.4, -0.3), (3.0, 2.0), (-4.5, 1.5)])
def test_coarse_to_fine_finds_a_large_one(shift):
    found = flow.find_flow(picture(), picture(dx=shift[0], dy=shift[1]))
    assert np.abs(found[12:-12, 12:-12] - shift).mean() < 0.1


def test_it_agrees_with_opencv():
    source, target = picture(), picture(dx=1.7, dy=-1.1)
    before, after = (np.round(255 * one).astype(np.uint8) for one in (source, target))
    y, x = np.mgrid[16:50:6, 16:58:6]
    places = np.stack([x, y], -1).reshape(-1, 1, 2).astype(np.float32)
    theirs, status, _ = cv2.calcOpticalFlowPyrLK(after, before, places, None, winSize=(11, 11), maxLevel=2)
    assert status.all()
    ours = flow.find_flow(before / 255, after / 255)[y, x].reshape(-1, 2)
    np.testing.assert_allclose(ours, (theirs - places)[:, 0], atol=0.15)


def test_a_wall_stands_still():
    wall = np.full((20, 20), 0.4)
    assert np.abs(flow.lucas_kanade(wall, wall + 0.1)).max() == 0
    assert np.abs(flow.find_flow(wall, wall)).max() == 0


def test_a_picture_smaller_than_the_window():
    assert flow.find_flow(np.zeros((3, 4)), np.zeros((3, 4))).shape == (3, 4, 2)


def test_grey_of_bytes_and_floats():
    image = np.zeros((2, 2, 3), np.uint8)
    image[..., 1] = 255
    np.testing.assert_allclose(flow.grey(image), 0.587)
    np.testing.assert_allclose(flow.grey(image / 255), 0.587)
