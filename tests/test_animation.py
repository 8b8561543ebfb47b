"""The whole pipeline on the embedded photo: it speaks, blinks, moves, and leaves the rest of the photo alone."""

import numpy as np
import pytest

import course
from course import animation, demo, errors, images, io, motion
from course.face import channels, posing
from course.recipes.covered import cloth

INDEX = channels.INDEX


@pytest.fixture(scope="module")
def photo():
    return images.load_image(demo.photo_path())


@pytest.fixture(scope="module")
def actor(photo):
    return animation.cast(photo)[0]


def lip_gap(points):
    return np.linalg.norm(points[62] - points[66]) / np.linalg.norm(points[36] - points[45])


def test_text_becomes_a_film_in_which_the_mouth_opens_and_the_lids_close(photo, tmp_path):
    clip = course.animate(photo, text="My name is Bob, and I am a photo that has learned to talk.", size=256)
    path = clip.save(tmp_path / "talk.mp4", progress=False)
    info = io.probe(path)
    assert info.has_audio and info.duration == pytest.approx(clip.duration, abs=0.1)
    assert clip.duration > 3
    frames = np.stack(list(io.read_frames(path)))
    assert len(frames) == len(clip)
    points, tracked = motion.track_points(frames)
    gaps = [lip_gap(row) for row in points]
    assert tracked.all() and max(gaps) > 0.1 and min(gaps) < 0.04


def test_every_clip_over_three_seconds_blinks():
    lips = motion.Motion(np.zeros((80, 57), np.float32))
    for seed in range(20):
        moved = animation.with_idle(lips, animation.Settings(seed=seed))
        assert moved["eyeBlinkLeft"].max() > 0.9, seed


def test_the_same_seed_gives_the_same_film_and_another_one_does_not(photo):
    def first_frames(seed):
        clip = course.animate(photo, text="Hello there.", seed=seed, size=160, fps=10)
        return np.stack(list(clip))[4:6]

    assert (first_frames(1) == first_frames(1)).all()
    assert (first_frames(1) != first_frames(2)).any()


def test_at_rest_the_photo_comes_back(photo, actor):
    assert np.abs(actor.frame(actor.face.rest).astype(int) - photo).max() <= 1


def test_outside_the_mask_not_a_pixel_changes(photo, actor):
    values = actor.face.rest.copy()
    values[INDEX["jawOpen"]] += 0.5
    values[INDEX["headYaw"]] += 6
    for polished in (True, False):
        frame = next(iter(animation.render(photo, [actor], [values[None]], animation.Settings(polish=polished))))
        outside = actor.portrait.mask == 0
        assert outside.mean() > 0.2
        assert (frame[outside] == photo[outside]).all()
        assert (frame != photo).any()


def test_lips_meet_for_m_b_p_even_where_the_photo_shows_them_open(photo, actor):
    values = actor.face.rest.copy()
    values[INDEX["jawOpen"]] = 0.4
    opened = animation.make_actor(actor.frame(values), posing.posed_points(actor.face, values))
    assert lip_gap(opened.points) > 0.08
    shut = motion.Motion(np.zeros((20, 57), np.float32))
    spoken = motion.values_for(shut, opened.face, "speech", animation.Settings())
    assert lip_gap(posing.posed_points(opened.face, spoken[0])) == pytest.approx(lip_gap(opened.points), abs=1e-3)
    assert lip_gap(posing.posed_points(opened.face, spoken[-1])) < 0.02


def test_a_motion_moves_the_photo_away_from_its_own_expression(photo, actor, tmp_path):
    smile = motion.Motion(np.full((3, 2), 0.6), ("mouthSmileLeft", "mouthSmileRight"))
    by_object = np.stack(list(course.animate(photo, motion=smile)))
    by_file = np.stack(list(course.animate(photo, motion=smile.save(tmp_path / "smile.npz"))))
    assert (by_object == by_file).all() and (by_object[0] != photo).any()


def test_driving_video_relative_and_absolute(photo, actor, tmp_path):
    """The photo itself, turned and speaking, drives the photo: the mouth follows it."""
    values = np.repeat(actor.face.rest[None], 20, axis=0)
    values[:, INDEX["jawOpen"]] += 0.5 * np.sin(np.linspace(0, 2 * np.pi, 20)).clip(0)
    driver = io.Clip(lambda: (actor.frame(row) for row in values), fps=25)
    path = driver.save(tmp_path / "driver.mp4", progress=False)
    true = [lip_gap(posing.posed_points(actor.face, row)) for row in values]
    for relative in (True, False):
        made = np.stack(list(course.animate(photo, driving=path, relative=relative)))
        gaps = [lip_gap(row) for row in motion.track_points(made)[0]]
        assert np.corrcoef(gaps, true)[0, 1] > 0.8


def test_many_faces_speak_together(photo):
    small = photo[::2, ::2]
    two = np.concatenate([small, small[:, ::-1]], axis=1)
    with pytest.raises(errors.FaceError, match="--face"):
        course.animate(two, text="Hello.")
    mouths = np.s_[145:165, 115:150], np.s_[145:165, 512 - 150 : 512 - 115]

    def moved(face):
        frames = list(course.animate(two, text="Hello.", face=face, head=0, fps=10))
        return [any((frame[place] != two[place]).any() for frame in frames) for place in mouths]

    assert moved("all") == [True, True]
    largest = moved("0")
    assert sorted(largest) == [False, True] and largest != moved("1")


def test_recorded_speech_moves_the_lips(photo, tmp_path):
    import soundfile

    from course import speech

    spoken = speech.synthesize("Mama, papa, all of you, open up.")
    path = tmp_path / "speech.wav"
    soundfile.write(path, spoken.samples, spoken.sample_rate)
    clip = course.animate(photo, audio=path, size=256)
    assert clip.duration == pytest.approx(len(spoken.samples) / spoken.sample_rate, abs=0.05)
    heard = motion.from_audio(spoken.samples, spoken.sample_rate)
    written = motion.from_speech(spoken)
    count = min(len(heard), len(written))
    assert np.corrcoef(heard["jawOpen"][:count], written["jawOpen"][:count])[0, 1] > 0.5


def test_generate_animation_is_text_on_a_photo(photo):
    assert animation.generate_animation(photo, "Hi.").audio is not None


@pytest.mark.parametrize("own, asked, made", [(30, None, 30), (12.5, None, 12.5), (50, 20, 20), (100, None, 50)])
def test_a_driving_film_keeps_its_frames_a_second(photo, tmp_path, caplog, own, asked, made):
    path = io.Clip(lambda: iter([photo] * 6), fps=own).save(tmp_path / "driver.mp4", progress=False)
    with caplog.at_level("WARNING", "course"):
        clip = course.animate(photo, driving=path, fps=asked, size=160)
    assert clip.fps == made and clip.duration == pytest.approx(6 / own, abs=1 / made)
    said = [record.getMessage() for record in caplog.records]
    assert bool(said) == (own > 60) and all("100 frames a second: 50 are made" in line for line in said)


@pytest.mark.parametrize("own, kept", [(24, 24), (29.97, 29.97), (60, 60), (60.0001, 30.00005), (90, 45), (240, 60),
                                       (1000, 1000 / 17), (0.2, 25)])
def test_rates_above_60_are_divided(own, kept):
    assert motion.kept_rate(own) == pytest.approx(kept)


def test_a_motion_keeps_its_rate_and_speech_has_25(photo):
    still = motion.Motion(np.zeros((8, 57), np.float32), fps=16)
    assert course.animate(photo, motion=still, size=160).fps == 16
    assert course.animate(photo, motion=still, size=160, fps=32).fps == 32
    assert course.animate(photo, text="Hi.", size=160).fps == 25


def test_a_head_that_is_sent_away_stays_in_the_picture(photo):
    """A whole face, in its place, and no second one, however far the sliders go."""
    from course import detection

    away = np.zeros((3, 57), np.float32)
    away[0, INDEX["headY"]], away[1, INDEX["headScale"]], away[2, INDEX["headX"]] = -2, -0.8, 2
    for frame in course.animate(photo, motion=motion.Motion(away), generator="warp"):
        boxes = detection.detect_faces(frame)
        assert len(boxes) == 1 and boxes[0, 4] > 0.8


def goes_on(picture, caplog) -> str:
    """What is said when a photo without a mouth is refused; with force it is taken, with one line in the log."""
    with pytest.raises(errors.FaceError) as caught:
        animation.cast(picture, generator="warp")
    caplog.clear()
    with caplog.at_level("WARNING", "course"):
        assert len(animation.cast(picture, generator="warp", force=True)) == 1
    assert len(caplog.records) == 1 and "--force" in str(caught.value)
    return str(caught.value)


def test_a_photo_that_ends_at_the_mouth_is_refused_unless_forced(photo, actor, caplog):
    lips = actor.points[48:60, 1]
    animation.cast(photo[: int(actor.points[8, 1]) + 3], generator="warp")  # down to the chin
    for below in (lips.mean(), lips.mean() - 1):
        assert "ends before the mouth does" in goes_on(photo[: int(below)], caplog)


@pytest.mark.parametrize("seed", [2, 4, 9])  # where the detector still finds a face
def test_a_mask_is_refused_unless_forced_and_dark_glasses_are_not(photo, actor, caplog, seed):
    points, rng = actor.points.astype(float), np.random.default_rng(seed)
    assert "covers the mouth" in goes_on(cloth.covered(photo, points, rng), caplog)
    animation.cast(cloth.elsewhere(photo, points, rng), generator="warp")
