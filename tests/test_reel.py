"""The reel: made with nothing solved, with the student's parts, and where one of these stops."""

import numpy as np
import pytest

from course import errors
from course.exercises import home, places, registry, swap
from course.lessons import reel_pieces, reels

CROP = """
import numpy as np

def crop_square(image, x, y, side):
    left, top = round(x - side / 2), round(y - side / 2)
    rows = np.clip(np.arange(top, top + side), 0, image.shape[0] - 1)
    columns = np.clip(np.arange(left, left + side), 0, image.shape[1] - 1)
    return image[rows][:, columns]
"""


@pytest.fixture(autouse=True)
def at_home(monkeypatch, tmp_path):
    """A home of its own, and pieces that cost nothing."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(reel_pieces, "PIECES", {0: used, 2: grey})
    yield
    swap.reset()


def used(stage):
    """As many bright frames as parts of the student's are in use, and a dark one."""
    return [np.full((8, 6, 3), 255, np.uint8)] * len(places.in_use()) + [np.zeros((8, 6, 3), np.uint8)]


def grey(stage):
    return [np.full((300, 200, 3), 128, np.uint8)] * 3


def keep_crop():
    home.keep("crop_square", CROP)


def test_with_nothing_solved_it_is_ours_and_says_so():
    found = reels.chapters(lessons=[0, 1, 2])
    assert [(one.lesson, one.yours, len(one.frames), one.words) for one in found] == [
        (0, [], 1, "made by our parts"), (1, [], 0, "made by our parts"), (2, [], 3, "made by our parts")]
    assert {one.name for one in registry.every() if one.lesson == 0} == set(found[0].ours)
    assert (reels.opening(found) != reels.card(found[0])).any()


def test_parts_of_the_student_make_their_piece_and_go_again():
    keep_crop()
    found = reels.chapters(lessons=[0, 2])
    assert found[0].yours == ["crop_square"] and len(found[0].frames) == 2 and found[1].yours == []
    assert found[0].words.startswith("1 of ") and "00" in reels.lines(found)[0]
    assert not places.in_use()


def test_what_stands_in_the_system_is_not_in_the_reel_and_stands_there_afterwards():
    with swap.use(lambda image, x, y, side: image, name="crop_square", force=True):
        assert reels.chapters(lessons=[0])[0].yours == [] and list(places.in_use()) == ["crop_square"]
        keep_crop()
        assert reels.chapters(lessons=[0])[0].yours == ["crop_square"]
        assert places.swaps["images.crop_square"].forced


def test_an_answer_that_is_not_right_any_more_is_left_out():
    home.keep("crop_square", CROP.replace("side / 2", "side"))
    assert reels.chapters(lessons=[0])[0].yours == []


def test_where_a_part_stops_ours_goes_on_and_the_line_says_why(monkeypatch):
    def stops(stage):
        if places.in_use():
            raise errors.CourseError("your crop_square stops")
        return grey(stage)

    keep_crop()
    monkeypatch.setitem(reel_pieces.PIECES, 0, stops)
    found = reels.chapters(lessons=[0, 2])
    assert found[0].yours == [] and len(found[0].frames) == 3 and "your crop_square stops" in reels.lines(found)[0]
    assert len(found[1].frames) == 3


def test_one_film_of_one_size_with_a_card_for_each_lesson():
    stage = reel_pieces.Stage()
    found = reels.chapters(stage, [0, 2])
    clip = reels.joined(found, stage)
    frames = list(clip)
    assert len(frames) == 2 * reels.CARD + 2 * reels.CARD + 1 + 3
    assert {frame.shape for frame in frames} == {(reels.SIDE, reels.SIDE, 3)}
    assert clip.audio is None  # nobody speaks in these


def test_the_sound_begins_with_the_piece_that_speaks(monkeypatch):
    stage = reel_pieces.Stage()
    stage.spoken = reels.video.Clip(grey(stage), reels.FPS, np.ones(8000, np.float32), 8000)
    monkeypatch.setitem(reel_pieces.PIECES, 5, grey)
    clip = reels.joined(reels.chapters(stage, [0, 5]), stage)
    begin = round((2 * reels.CARD + reels.CARD + 1 + reels.CARD) / reels.FPS * 8000)
    heard = np.flatnonzero(clip.audio)
    assert heard[0] == begin and len(heard) == round(3 / reels.FPS * 8000)


def test_pictures_of_any_size_are_fitted():
    for height, width in ((10, 400), (400, 10), (7, 7)):
        frame = reel_pieces.fitted(np.full((height, width, 3), 255, np.uint8))
        assert frame.shape == (reels.SIDE, reels.SIDE, 3) and (frame == 255).any()


def test_ours_handed_back_finds_its_exercise_whatever_it_is_called_in_the_package():
    from course import evaluation, provenance

    for ours, name in ((provenance.read_signs, "read_watermark"), (evaluation.rates_by_group, "error_by_group")):
        assert repr(swap.use(ours)).startswith(f"{name}: ours stays in ")
