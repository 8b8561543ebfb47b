"""Pictures cut out of pictures, by a box or through an affine; pictures of torch."""

import numpy as np
import pytest
import torch

from course import images

PADDED = {"repeat": {"mode": "edge"}, "mirror": {"mode": "reflect"}, "black": {"mode": "constant"},
          "grey": {"mode": "constant", "constant_values": 127}}


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (23, 31, 3), np.uint8)


@pytest.mark.parametrize("beyond", images.BORDERS)
@pytest.mark.parametrize("box", [(3, 4, 12, 10), (-5, 2, 20, 30), (-7, -9, 40, 31)])
def test_a_box_may_reach_beyond_the_picture(picture, beyond, box):
    x0, y0, x1, y1 = box
    padded = np.pad(picture, ((10, 10), (10, 10), (0, 0)), **PADDED[beyond])
    found = images.crop_box(picture, box, beyond)
    np.testing.assert_array_equal(found, padded[y0 + 10 : y1 + 10, x0 + 10 : x1 + 10])
    np.testing.assert_array_equal(images.crop_box(picture[..., 0], box, beyond), found[..., 0])


def test_a_box_outside_the_picture_is_all_border(picture):
    assert (images.crop_box(picture, (40, 2, 45, 9), "grey") == np.full((7, 5, 3), 127)).all()
    assert (images.crop_box(picture, (4, -9, 8, -2), "black") == np.zeros((7, 4, 3))).all()


@pytest.mark.parametrize("beyond", images.BORDERS)
def test_a_cut_by_whole_pixels_is_a_box(picture, beyond):
    matrix = np.array([[1.0, 0, 6], [0, 1, 5]])  # the picture's (0, 0) comes to (6, 5)
    np.testing.assert_array_equal(images.cut(picture, matrix, (40, 30), beyond),
                                  images.crop_box(picture, (-6, -5, 34, 25), beyond))
    square = images.cut(picture, matrix, (20, 20), beyond)
    np.testing.assert_array_equal(images.cut(picture, matrix, 20, beyond), square)
    back = np.array([[1.0, 0, -6], [0, 1, -5]])
    np.testing.assert_array_equal(images.cut(picture, back, (40, 30), beyond, backwards=True),
                                  images.cut(picture, matrix, (40, 30), beyond))


@pytest.mark.parametrize("prepare", [images.shrunk, images.blurred])
def test_fine_texture_does_not_turn_into_noise(prepare):
    stripes = np.zeros((96, 96, 3), np.uint8)
    stripes[:, ::2] = 200  # as a whole: grey of 100
    matrix = np.array([[0.23, 0, 0.1], [0, 0.23, 0.2]])
    middle = np.s_[3:-4, 3:-4]
    prepared = images.cut(stripes, matrix, 22, prepare=prepare)[middle].astype(int)
    assert np.abs(prepared - 100).max() < 30
    assert np.ptp(images.cut(stripes, matrix, 22)[middle].astype(int)) > 100
    gentle = np.array([[0.9, 0, 0.0], [0, 0.9, 0.0]])
    assert prepare(stripes, gentle)[0] is stripes  # nothing to do


def test_the_shrunk_picture_lies_where_the_affine_says():
    ramp = np.repeat(np.arange(200, dtype=np.uint8)[None], 90, axis=0)
    matrix = np.array([[0.3, 0, 1.0], [0, 0.3, 1.0]])
    plain, small = (images.cut(ramp, matrix, 25, prepare=how)[5:-5, 5:-5].astype(int) for how in (None, images.shrunk))
    assert np.abs(plain - small).max() <= 3  # less than one pixel of the result, which is 3.3 of the ramp


def test_pictures_of_torch():
    made = torch.tensor([0.0, 0.5, 1.0, 1.2, -0.1, 0.2501]).view(1, 3, 1, 2)
    found = images.from_tensor(made)
    assert found.dtype == np.uint8 and found.shape == (1, 1, 2, 3) and found.flags.c_contiguous
    np.testing.assert_array_equal(found[0, 0], [[0, 255, 0], [128, 255, 64]])
    np.testing.assert_array_equal(images.from_tensor(made[0]), found[0])
    np.testing.assert_array_equal(images.from_tensor(made.half().requires_grad_()), found)
