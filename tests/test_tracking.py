"""A driving film with holes in it: what is no face, a face that leaves, cuts, and somebody else beside."""

import logging

import cv2
import numpy as np
import pytest
import torch

from course import errors, io, keypoints, motion, parallel
from course.keypoints import heatmaps, reading
from course.lessons.lesson_09 import drivers
from course.motion import cuts, following, tracking

SIZE = 256


@pytest.fixture(scope="module")
def ada():
    return drivers.portrait("Ada (bob)")


@pytest.fixture(scope="module")
def bela():
    return drivers.portrait("Bela (beard)")


def shifted(image, x, y=0.0, scale=1.0):
    """A picture moved by (x, y) pixels and scaled about its middle; its border goes on."""
    middle = (SIZE - 1) / 2
    matrix = np.array([[scale, 0, middle * (1 - scale) + x], [0, scale, middle * (1 - scale) + y]])
    return cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def swaying(image, frames=5):
    return [shifted(image, 3 * np.sin(k), np.cos(k)) for k in range(frames)]


def plain(*colour):
    return np.full((SIZE, SIZE, 3), colour, np.uint8)


def noise(blur=0):
    picture = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3)).astype(np.uint8)
    return cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture


def wall():
    """Bricks."""
    picture = plain(190, 120, 100)
    for row, y in enumerate(range(0, SIZE, 20)):
        picture[y : y + 2] = 225
        for x in range(row % 2 * 24, SIZE, 48):
            picture[y : y + 20, x : x + 2] = 225
    return cv2.add(picture, noise() // 24)


def title(words, ink=(255, 255, 255), paper=(0, 0, 0)):
    picture = plain(*paper)
    for line, y in enumerate(range(60, SIZE, 60)):
        cv2.putText(picture, words[line % len(words)], (12, y), cv2.FONT_HERSHEY_SIMPLEX, 1.1, ink, 3)
    return picture


def slope():
    y, x = np.mgrid[:SIZE, :SIZE]
    return np.repeat(((x + y) // 2)[..., None], 3, axis=2).astype(np.uint8)


NOTHING = {
    "black": plain(0), "white": plain(255), "grey": plain(128), "red": plain(200, 20, 20), "skin": plain(222, 180, 150),
    "noise": noise(), "clouds": noise(8), "wall": wall(), "title": title(["THE END"]),
    "card": title(["Part two:", "how to", "hold it"], (20, 20, 20), (240, 240, 240)), "slope": slope(),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTHING)
def test_where_there_is_nothing_the_face_is_lost_and_filled_in(ada, name):
    film = [*swaying(ada, 2), *[NOTHING[name]] * 4, *swaying(ada, 2)]
    points, tracked = motion.track_points(iter(film))
    assert tracked.tolist() == [True] * 2 + [False] * 4 + [True] * 2
    share = np.linspace(0, 1, 6)[1:-1, None, None]
    np.testing.assert_allclose(points[2:6], (1 - share) * points[1] + share * points[6], atol=1e-3)


def hand(image):
    """A hand of the face's own colour before all of it."""
    covered = image.copy()
    cv2.ellipse(covered, (128, 128), (84, 104), 0, 0, 360, (196, 150, 130), -1)
    return covered


@pytest.mark.parametrize("spoil", [hand, lambda image: cv2.GaussianBlur(image, (0, 0), 20),
                                   lambda image: (128 + image * 0.02).astype(np.uint8), lambda image: image // 100],
                         ids=["hand", "blur", "fog", "dark"])
def test_a_face_that_nobody_could_follow_is_lost(ada, spoil):
    _, tracked = motion.track_points([*swaying(ada, 2), *map(spoil, swaying(ada, 3)), ada])
    assert tracked.tolist() == [True] * 2 + [False] * 3 + [True]


@pytest.mark.parametrize("spoil", [
    lambda image: image // 8, lambda image: (128 + (image - 128.0) * 0.25).astype(np.uint8),
    lambda image: cv2.GaussianBlur(image, (0, 0), 3), lambda image: cv2.add(image // 2, noise() // 3),
    lambda image: image.mean(axis=2, keepdims=True).repeat(3, axis=2).astype(np.uint8),
    lambda image: shifted(image, 70),
], ids=["dim", "fog", "soft", "grain", "grey", "at the border"])
def test_a_face_that_is_only_hard_to_see_is_not_lost(ada, bela, spoil):
    for person in (ada, bela):
        assert motion.track_points([person, *map(spoil, swaying(person, 3))])[1].all()


def test_a_fade_to_black_loses_the_end_and_holds_the_last_place(ada):
    film = [np.rint(ada * level).astype(np.uint8) for level in np.linspace(1, 0, 9)]
    points, tracked = motion.track_points([*film, *[film[-1]] * 6])
    assert tracked[:7].all() and not tracked[8:].any()
    assert (points[-1] == points[tracked][-1]).all()


def test_a_face_that_leaves_the_picture_comes_back_where_it_is(ada):
    ways = [*range(0, 300, 40), *[300] * 2, *range(280, -1, -40)]
    points, tracked = motion.track_points(shifted(ada, x) for x in ways)
    assert tracked[:2].all() and tracked[-2:].all() and not tracked[6:11].any()
    assert np.abs(points[-1] - points[0]).max() < 2


def test_a_freeze_frame_is_a_face(ada):
    points, tracked = motion.track_points([*swaying(ada, 3), *[ada] * 24])
    assert tracked.all() and np.abs(points[-1] - points[10]).max() < 1


def test_heatmaps_are_as_wide_as_what_they_say():
    yes = torch.full((1, 2, 8, 8), -1e4)
    yes[0, 0, 2, 5] = 0  # all of it in one cell
    yes[0, 1, 0, 0] = yes[0, 1, 0, 4] = 0  # half of it in each of two cells, four of eight apart
    torch.testing.assert_close(heatmaps.spread(yes)[0], torch.tensor([0.0, 0.25]), atol=1e-3, rtol=0)
    even = heatmaps.spread(torch.zeros(1, 1, 32, 32))
    assert even.item() == pytest.approx(np.sqrt(2 / 12), abs=1e-3)  # a square's own


def test_a_look_says_how_little_it_has_found(ada):
    points = keypoints.find_points(ada)[0]
    seen, unseen = (following.uncertainty(reading.second_look(image, points)) for image in (ada, plain(0)))
    assert seen < following.SURE and unseen > following.NOTHING


# ---------------------------------------------------------------- cuts


def lines(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "course"]


def saved(frames, path):
    return io.Clip(lambda: iter(frames), fps=25).save(path, progress=False)


@pytest.mark.parametrize("cut", [(-90, 0, 1.0), (0, 0, 0.55), (50, -40, 0.6)], ids=["aside", "wide", "both"])
def test_a_jump_cut_is_said_and_the_head_goes_on_from_where_it_was(ada, tmp_path, caplog, cut):
    film = [*swaying(ada, 6), *[shifted(frame, *cut) for frame in swaying(ada, 12)[6:]]]
    with caplog.at_level(logging.WARNING, "course"):
        moved = tracking.track_video(saved(film, tmp_path / "cut.mp4"))
    assert len(lines(caplog)) == 1 and "1 place" in lines(caplog)[0] and "0.2 s" in lines(caplog)[0]
    for name in ("headX", "headY", "headScale"):
        assert np.ptp(moved[name]) < 0.12  # the swaying and the tracker's noise; the cuts are ten times as far


@pytest.mark.parametrize("place", [(60, 30, 0.6), (0, 0, 1.0), (-6, 3, 0.97)], ids=["aside", "same place", "near"])
def test_a_cut_to_somebody_else_is_found_again(ada, bela, place):
    follower = following.Follower()
    found = [follower.step(frame) for frame in [*swaying(ada, 3), *[shifted(bela, *place)] * 3]]
    assert follower.cuts == [3] and all(row is not None for row in found)
    there = keypoints.find_points(shifted(bela, *place))[0]
    assert np.abs(np.array(found[3:]) - there).mean() < 1.5


@pytest.mark.parametrize("film", [
    lambda image: [shifted(image, x) for x in (0, 20, 40, 15, -15, -40)],
    lambda image: [shifted(image, 0, 0, 1.06**k) for k in range(5)],
    lambda image: [image, cv2.add(image, 60), image // 2, image],
    lambda image: [cv2.addWeighted(image, 1 - k / 8, image[:, ::-1], k / 8, 0) for k in range(9)],
], ids=["quick", "zoom", "flash", "fade over"])
def test_what_is_no_cut(ada, film):
    follower = following.Follower()
    for frame in film(ada):
        follower.step(frame)
    assert not follower.cuts


def test_without_cuts_nothing_is_bridged():
    rows = np.random.default_rng(0).random((4, 78, 2)).astype(np.float32)
    assert (cuts.rejoined(rows, []) == rows).all()


# ---------------------------------------------------------------- two people


def two(left, right, small=0.75):
    """Both in one picture, the right one smaller: uint8 (256, 512, 3)."""
    return np.concatenate([left, shifted(right, 0, 0, small)], axis=1)


def x_of(points):
    return points[:, :, 0].mean(axis=1)


def test_of_two_the_larger_at_the_start_is_followed_and_it_is_said(ada, bela, tmp_path, caplog):
    film = [two(frame, bela) for frame in swaying(ada, 4)]
    film += [two(shifted(frame, 0, 0, 0.6), bela, 1.0) for frame in swaying(ada, 4)]  # now the other is larger
    with caplog.at_level(logging.WARNING, "course"):
        tracking.track_video(saved([*swaying(ada, 3)], tmp_path / "one.mp4"))
        assert not lines(caplog)
        tracking.track_video(saved(film[:4], tmp_path / "two.mp4"))
    assert len(lines(caplog)) == 1 and "2 faces" in lines(caplog)[0]
    points, tracked = motion.track_points(film)
    assert tracked.all() and (x_of(points) < SIZE).all()


@pytest.mark.parametrize("hide", [hand, lambda image: plain(90)], ids=["hand", "gone"])
def test_who_is_hidden_for_a_while_is_not_swapped_for_the_other(ada, bela, hide):
    film = [two(frame, bela) for frame in swaying(ada, 3)]
    film += [two(hide(frame), bela) for frame in swaying(ada, 4)] + film
    points, tracked = motion.track_points(film)
    assert tracked.tolist() == [True] * 3 + [False] * 4 + [True] * 3
    assert (x_of(points) < SIZE).all()


def test_a_small_face_in_a_corner_is_no_company(ada, bela):
    follower = following.Follower()
    follower.step(two(ada, bela, 0.25))
    assert follower.faces == 1


# ---------------------------------------------------------------- threads


def test_a_film_is_followed_in_one_thread_and_then_as_many_as_before(ada):
    before, seen = torch.get_num_threads(), []
    torch.set_num_threads(2)

    def film():
        for frame in swaying(ada, 2):
            yield frame
            seen.append(torch.get_num_threads())

    try:
        motion.track_points(film())
        assert seen == [1, 1] and torch.get_num_threads() == 2 and parallel.MOST > 1
    finally:
        torch.set_num_threads(before)


def test_a_film_of_nothing_is_refused(tmp_path):
    with pytest.raises(errors.FaceError, match="0 of 5 frames"):
        tracking.track_video(saved([wall()] * 5, tmp_path / "wall.mp4"))
