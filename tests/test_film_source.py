"""A film as the source: the person in it says something else, and the rest of it stays."""

import logging

import cv2
import numpy as np
import pytest

import course
from course import animation, errors, film_source, motion
from course.face import channels
from course.io import back_and_forth, decoding, encoding
from course.keypoints import landmarks
from course.motion import film_person
from course.rendering import film_mouth

FPS, COUNT = 25, 14


@pytest.fixture(scope="module")
def frames(hopper):
    """A film: the photo's head nods and its mouth opens and shuts."""
    image = cv2.resize(hopper, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    (actor,) = animation.cast(image, "largest", "warp")
    rows = np.tile(actor.face.rest, (COUNT, 1))
    rows[:, channels.INDEX["jawOpen"]] += 0.5 * np.abs(np.sin(np.arange(COUNT) * 0.7))
    rows[:, channels.INDEX["headYaw"]] += 4 * np.sin(np.arange(COUNT) * 0.3)
    return [actor.frame(row) for row in rows]


@pytest.fixture(scope="module")
def film(frames, tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "talk.mp4"
    encoding.write_video(path, frames, FPS)
    return path


@pytest.fixture(scope="module")
def shot(film):
    (found,) = film_person.survey(film, FPS)
    return found


def lips(count: int, jaw: float = 0.0) -> motion.Motion:
    values = np.zeros((count, len(channels.CHANNELS)))
    values[:, channels.INDEX["jawOpen"]] = jaw
    return motion.Motion(values, fps=FPS)


def gap(points) -> float:
    return film_person.gap_of(points)


def test_a_survey_finds_the_face_in_every_frame_and_the_picture_with_the_shut_mouth(shot):
    assert shot.points.shape == (COUNT, landmarks.N_POINTS, 2) and shot.known.all()
    gaps = np.array([gap(points) for points in shot.points])
    assert gaps[shot.shut.number] <= np.sort(gaps)[3]
    assert gaps[shot.opened.number] > 0.05


def test_outside_the_lower_face_a_frame_keeps_its_pixels_to_the_bit(film, shot):
    plan = film_source.Plan(shot, lips(40, 0.5), animation.Settings(), {})
    for number, frame in enumerate(decoding.read_frames(film)):
        made = plan.draw(20, number, frame)
        (x0, y0, x1, y1), reach = film_mouth.support(frame.shape, shot.points[number])
        inside = np.zeros(frame.shape[:2], bool)
        inside[y0:y1, x0:x1] = reach > 0
        assert (made != frame)[inside].any()
        assert (made == frame)[~inside].all()
        assert not inside[: int(shot.points[number, [40, 41, 46, 47], 1].max())].any()  # down to the lower lids


def test_the_mouth_is_shut_or_open_as_it_is_told_whatever_the_film_does(film, shot):
    from course.keypoints import find

    found = {}
    for jaw in (0.0, 0.7):
        plan = film_source.Plan(shot, lips(40, jaw), animation.Settings(), {})
        found[jaw] = []
        for number, frame in enumerate(decoding.read_frames(film)):
            box = np.append(landmarks.tight_boxes(shot.points[number]), 1.0).astype(np.float32)
            found[jaw].append(gap(find.find_points(plan.draw(20, number, frame), box[None])[0]))
    assert max(found[0.0]) < 0.06 < 0.1 < min(found[0.7])
    assert np.std(found[0.0]) < 0.02  # while the film's own goes up and down


def test_lips_rest_once_all_is_said_and_a_short_film_runs_back_and_forth(film, caplog):
    options = animation.Settings()
    clip = film_source.speak(film, animation.Drive(lips(5, 0.6), "speech"), options, None, {})
    assert len(clip) == COUNT == len(list(clip))
    caplog.set_level(logging.WARNING)
    longer = film_source.speak(film, animation.Drive(lips(2 * COUNT, 0.6), "speech"), options, None, {})
    assert len(longer) == 2 * COUNT == sum(1 for _ in longer) and "back and forth" in caplog.text


def test_frames_whose_mouth_cannot_be_found_stay_the_films_own_and_are_counted(frames, tmp_path, caplog):
    covered = [frame.copy() for frame in frames * 2]
    for number in (12, 13):
        covered[number][:] = 90  # a black-out: no face at all
    encoding.write_video(tmp_path / "gap.mp4", covered, FPS)
    caplog.set_level(logging.WARNING)
    shots = film_person.survey(tmp_path / "gap.mp4", FPS)
    assert "not found in 2 of 28 frames" in caplog.text
    known = np.concatenate([shot.known for shot in shots])
    assert len(shots) == 1  # a moment only
    assert not known[[12, 13]].any() and known.sum() == 26
    for shot in shots:
        plan = film_source.Plan(shot, lips(40, 0.5), animation.Settings(), {})
        for number in np.flatnonzero(~shot.known):
            frame = covered[shot.start + number]
            assert plan.draw(20, number, frame) is frame


def test_each_shot_of_a_film_that_is_cut_has_a_mouth_of_its_own(frames, tmp_path, caplog):
    other = [60 + cv2.resize(frame, None, fx=0.75, fy=0.75)[:, ::-1] // 2 for frame in frames]
    other = [cv2.copyMakeBorder(frame, 0, 75, 64, 0, cv2.BORDER_CONSTANT, value=(200, 220, 255)) for frame in other]
    other = [frame[: len(frames[0]), : frames[0].shape[1]] for frame in other]
    encoding.write_video(tmp_path / "cut.mp4", [*frames, *other], FPS)
    caplog.set_level(logging.WARNING)
    shots = film_person.survey(tmp_path / "cut.mp4", FPS)
    assert [shot.start for shot in shots] == [0, COUNT] and "cut in 1 place" in caplog.text
    clip = film_source.speak(tmp_path / "cut.mp4", animation.Drive(lips(5, 0.6), "speech"), animation.Settings(), None,
                             {})
    assert len(list(clip)) == 2 * COUNT


def test_the_new_mouth_comes_and_goes_softly():
    known = np.array([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1], bool)
    shares = film_source.presence(known)
    assert shares[5] == 0 and shares[0] == 1 and (np.diff(shares[:6]) <= 0).all() and 0 < shares[4] < 1
    assert (film_source.presence(np.ones(3, bool)) == 1).all()


def test_back_and_forth_reads_the_frames_in_its_order(tmp_path, monkeypatch):
    frames = [np.full((32, 32, 3), 20 * k, np.uint8) for k in range(8)]
    encoding.write_video(tmp_path / "grey.mp4", frames, FPS)
    monkeypatch.setattr(back_and_forth, "HELD", 3 * 32 * 32 * 3)  # pieces of three
    order = back_and_forth.order(8, 30)
    assert order[:10].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 6, 5] and (np.abs(np.diff(order)) == 1).all()
    read = [frame.mean() / 20 for frame in back_and_forth.read(tmp_path / "grey.mp4", 8, 30)]
    assert np.abs(np.array(read) - order).max() < 0.3
    assert back_and_forth.order(1, 3).tolist() == [0, 0, 0]
    assert len(list(back_and_forth.read(tmp_path / "grey.mp4", 1, 3))) == 3


def test_animate_takes_a_film_and_its_new_words(film, tmp_path):
    clip = course.animate(film, text="Mama!", generator="warp")
    path = clip.save(tmp_path / "said.mp4", progress=False)
    info = decoding.probe(path)
    assert info.size == decoding.probe(film).size and info.has_audio and abs(info.fps - FPS) < 0.1
    with pytest.raises(errors.OutputError, match="would be lost"):
        clip.save(film)


@pytest.mark.parametrize("given, word", [
    ({"driving": "talk.mp4"}, "moves a photo"), ({"text": "Hello", "expression": "happy"}, "leave out expression"),
    ({"text": "Hello", "head": 2.0}, "leave out head"), ({"text": "Hello", "face": "all"}, "leave out face")])
def test_what_a_film_cannot_do_is_said_in_one_line(film, given, word):
    given = {name: film if name == "driving" else value for name, value in given.items()}
    with pytest.raises(errors.CourseError, match=word):
        course.animate(film, **given)


def test_a_film_without_a_face_or_with_a_tiny_one_is_told_so(frames, tmp_path):
    encoding.write_video(tmp_path / "wall.mp4", [np.full((64, 64, 3), 120, np.uint8)] * 6, FPS)
    with pytest.raises(errors.FaceError, match="in 0 of 6 frames"):
        course.animate(tmp_path / "wall.mp4", text="Hello")
    encoding.write_video(tmp_path / "small.mp4", [frame[::5, ::5] for frame in frames], FPS)
    with pytest.raises(errors.FaceError):
        course.animate(tmp_path / "small.mp4", text="Hello")


def test_a_film_is_known_by_its_name_or_its_first_bytes(film, tmp_path):
    assert film_source.is_film(film) and film_source.is_film(str(film))
    unnamed = tmp_path / "film"
    unnamed.write_bytes(film.read_bytes())
    assert film_source.is_film(unnamed)
    assert not film_source.is_film("photo.jpg") and not film_source.is_film(np.zeros((8, 8, 3), np.uint8))
