"""The whole pipeline on the embedded photo: it speaks, blinks, moves, and leaves the rest of the photo alone."""

import numpy as np
import pytest

import course
from course import animation, demo, errors, images, io, motion
from course.face import channels, posing

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
        moved = animation._with_idle(lips, animation.Settings(seed=seed))
        assert moved["eyeBlinkLeft"].max() > 0.9, seed


def test_the_same_seed_gives_the_same_film_and_another_one_does_not(photo):
    def first_frames(seed):
        clip = course.animate(photo, text="Hello there.", seed=seed, size=160)
        return np.stack(list(clip))[10:14]

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
    two = np.concatenate([photo, photo[:, ::-1]], axis=1)
    with pytest.raises(errors.FaceError, match="--face"):
        course.animate(two, text="Hello.")
    mouths = np.s_[290:330, 230:300], np.s_[290:330, 1024 - 300 : 1024 - 230]

    def moved(face):
        frames = list(course.animate(two, text="Hello.", face=face, head=0))
        return [any((frame[place] != two[place]).any() for frame in frames[::3]) for place in mouths]

    assert moved("all") == [True, True]
    assert sorted(moved("0")) == [False, True]
    assert moved("0") != moved("1")


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
