"""A large photo and a small film of it: the face is found in the photo, and the film made at the size asked for."""

import logging

import cv2
import numpy as np
import pytest

import course
from course import animation, detection, errors, face, images, motion
from course.detection import choose

CORNER = np.array([700, 500])  # where the small picture lies in the large one, x and y


def scene(photo, pixels: int) -> tuple:
    """A grey 1600x1200 picture with the face `pixels` large in it, and the scale of the photo there."""
    box = detection.detect_faces(photo)[0]
    scale = pixels / max(box[2] - box[0], box[3] - box[1])
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:650, :900]
    image = np.full((1200, 1600, 3), (90, 100, 110), np.uint8)
    image[CORNER[1] : CORNER[1] + small.shape[0], CORNER[0] : CORNER[0] + small.shape[1]] = small
    return image, scale


@pytest.fixture(scope="module")
def speaking():
    values = np.zeros((2, len(face.CHANNELS)), np.float32)
    values[1, face.INDEX["jawOpen"]] = 0.7
    return motion.Motion(values)


@pytest.fixture(scope="module", params=["hopper", "astronaut"])
def photo(request, hopper):
    if request.param == "hopper":
        return hopper
    from skimage import data

    return data.astronaut()


@pytest.mark.parametrize("pixels, size", [(60, 512), (100, 256), (200, 128), (200, 256)])
def test_the_face_is_found_in_the_photo_and_moves_in_the_film(photo, speaking, pixels, size):
    image, scale = scene(photo, pixels)
    first, second = course.animate(image, motion=speaking, size=size, generator="warp")
    assert first.shape == (size * 3 // 4, size, 3)
    ratio = size / 1600
    whole = course.keypoints.find_points(photo)[0]
    wanted = ((whole + 0.5) * scale + CORNER) * ratio - 0.5
    moved = np.abs(second.astype(int) - first).max(axis=2) > 12
    rows, columns = np.nonzero(moved)
    middle = np.array([columns.mean(), rows.mean()])
    mouth = wanted[48:68].mean(axis=0)
    assert np.linalg.norm(middle - mouth) < 0.35 * pixels * ratio + 1


@pytest.mark.parametrize("pixels, size", [(60, 128), (60, 256), (100, 128)])
def test_a_face_too_small_to_see_names_the_size_that_would_do(hopper, speaking, pixels, size):
    image, _ = scene(hopper, pixels)
    with pytest.raises(errors.FaceError, match=rf"px large in a film of {size}x\d+ px: a size of \d+ or more") as told:
        course.animate(image, motion=speaking, size=size, generator="warp")
    enough = int(str(told.value).partition("a size of ")[2].split()[0])
    assert len(list(course.animate(image, motion=speaking, size=enough, generator="warp"))) == 2


def test_a_face_too_small_in_the_photo_itself(hopper, speaking):
    image, _ = scene(hopper, 30)
    with pytest.raises(errors.FaceError, match="px large; 40 px or more|no face found"):
        course.animate(image, motion=speaking, size=1024)


def test_points_found_in_the_photo_are_those_of_the_copy(hopper):
    """Where both can be asked they agree, to the half pixel that scaling moves the middles by."""
    large = cv2.resize(hopper, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    copy = cv2.resize(large, (256, 300), interpolation=cv2.INTER_AREA)
    near = course.keypoints.find_points(copy)[0]
    boxes = detection.detect_faces(large)
    scaled = (course.keypoints.find_points(large, boxes[:1])[0] + 0.5) / 6 - 0.5
    assert np.abs(near - scaled).mean() < 0.5
    assert np.abs(animation.cast(copy, whole=large, generator="warp")[0].points - near).max() == 0


def test_faces_count_as_in_the_photo_whatever_the_size(hopper, speaking):
    """A second face that the small film hardly shows: asking for it works, and not asking is refused alike."""
    image, _ = scene(hopper, 150)
    image[20 : 20 + 620, 20 : 20 + 500] = image[500:1120, 700:1200]
    for size in (256, 800):
        with pytest.raises(errors.FaceError, match="2 faces found"):
            course.animate(image, motion=speaking, size=size, generator="warp")
        assert len(list(course.animate(image, motion=speaking, size=size, face="all", generator="warp"))) == 2


def test_a_large_photo_makes_a_film_of_ordinary_size_and_says_so(hopper, speaking, caplog):
    large = cv2.resize(hopper, (1500, 1758))
    with caplog.at_level(logging.WARNING, "course"):
        shrunk = next(iter(course.animate(large, motion=speaking, generator="warp")))
    assert shrunk.shape == (1280, 1092, 3)
    assert [record.message for record in caplog.records] == [
        "the photo is 1500x1758 px, the film 1092x1280: size original keeps the photo's own"]
    caplog.clear()
    with caplog.at_level(logging.WARNING, "course"):
        for size, shape in (("original", (1758, 1500, 3)), (1280, (1280, 1092, 3)), (600, (600, 512, 3))):
            assert next(iter(course.animate(large, motion=speaking, size=size, generator="warp"))).shape == shape
        assert next(iter(course.animate(hopper, motion=speaking, generator="warp"))).shape == hopper.shape
    assert not caplog.records


def test_sizes_beyond_what_players_show(monkeypatch, caplog):
    """One line for a film that many cannot play, and a refusal for one that cannot be."""
    monkeypatch.setattr(images, "MAX_PIXELS", 10**9)
    with caplog.at_level(logging.WARNING, "course"):
        assert animation._sized(np.zeros((2400, 4800, 3), np.uint8), "original").shape == (2400, 4800, 3)
    assert "4800x2400 px is beyond level 5.2 of H.264" in caplog.text and len(caplog.records) == 1
    with pytest.raises(errors.VideoError, match="8000x5000 px"):
        animation._sized(np.broadcast_to(np.uint8(0), (5000, 8000, 3)), "original")


def test_the_size_that_would_do():
    with pytest.raises(errors.FaceError, match="only 8 px .* 256x192 px: a size of 512 or more"):
        choose.check_scaled(np.array([[0, 0, 64, 32, 0.9]]), 1 / 8, (192, 256))
    choose.check_scaled(np.array([[0, 0, 128, 32, 0.9]]), 1 / 8, (192, 256))
