"""A picture read between its pixels: exact at them, near the cubic reading elsewhere, and the large one as before."""

import pickle

import cv2
import numpy as np
import pytest

from course.rendering import finer


@pytest.fixture(scope="module")
def picture():
    rng = np.random.default_rng(0)
    return cv2.GaussianBlur(rng.normal(100, 60, (60, 80, 4)).astype(np.float32), (0, 0), 0.8)


def places(shape, shift=0.0):
    x, y = np.meshgrid(np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32))
    return x + np.float32(shift), y + np.float32(shift)


def test_at_its_pixels_it_is_the_picture_to_the_bit(picture):
    assert (finer.Finer(picture).read(*places(picture.shape)) == picture).all()


def test_between_them_it_is_nearly_the_cubic_one_and_nearer_than_the_linear_one(picture):
    found, errors = finer.Finer(picture), []
    for shift in (0.15, 0.31, 0.5, 0.77):
        at = places(picture.shape, shift)
        cubic, linear = (cv2.remap(picture, *at, kind, borderMode=cv2.BORDER_REPLICATE)
                         for kind in (cv2.INTER_CUBIC, cv2.INTER_LINEAR))
        errors.append((np.abs(found.read(*at) - cubic).mean(), np.abs(linear - cubic).mean()))
    (near, far) = np.mean(errors, axis=0)
    assert near < 0.2 * far


def test_beyond_the_border_it_goes_on_as_at_the_border(picture):
    x, y = places(picture.shape)
    outside = finer.Finer(picture).read(x - 200, y + 200)
    assert np.allclose(outside, picture[-1, 0], atol=1e-3)


def test_what_would_not_fit_is_read_as_it_is(picture, monkeypatch):
    monkeypatch.setattr(finer, "MOST", picture.nbytes)
    at = places(picture.shape, 0.3)
    assert (finer.Finer(picture).read(*at) == cv2.remap(picture, *at, cv2.INTER_CUBIC,
                                                        borderMode=cv2.BORDER_REPLICATE)).all()


def test_it_travels_as_small_as_its_picture(picture):
    found = finer.Finer(picture)
    at = places(picture.shape, 0.3)
    before, packed = found.read(*at), pickle.dumps(found)
    assert len(packed) < 1.1 * picture.nbytes and (pickle.loads(packed).read(*at) == before).all()
