"""A driving film whose person says something else, and which of several faces of a film is followed."""

import logging

import cv2
import numpy as np
import pytest

import course
from course import animation, cli, errors, face, io, motion
from course.face import posing
from course.lessons.lesson_09 import drivers
from course.motion import dubbing, tracking

SMALL = {"size": 160, "generator": "warp", "polish": False}
YAW, JAW = face.INDEX["headYaw"], face.INDEX["jawOpen"]


def picture(name, jaw=0.0, yaw=0.0):
    values = np.zeros(57, np.float32)
    values[JAW], values[YAW] = jaw, yaw
    return drivers.portrait(name, values=values)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Ada, the larger, turns and opens her mouth wide; Bela stands still beside her, then alone: two films."""
    folder = tmp_path_factory.mktemp("films")
    turns = 12 * np.sin(np.linspace(0, 2 * np.pi, 20))
    bela = cv2.resize(picture("Bela (beard)"), (192, 192), interpolation=cv2.INTER_AREA)
    bela = cv2.copyMakeBorder(bela, 32, 32, 32, 32, cv2.BORDER_REPLICATE)
    frames = [picture("Ada (bob)", 0.8 * (k % 10 > 4), yaw) for k, yaw in enumerate(turns)]
    io.Clip(frames, fps=20).save(folder / "ada.mp4", progress=False)
    both = [np.concatenate([frame, bela], axis=1) for frame in frames]
    io.Clip(both, fps=20).save(folder / "both.mp4", progress=False)
    return folder


@pytest.fixture(scope="module")
def photo():
    return picture("Bela (beard)")


def drive(films, relative=True, **more):
    options = animation.Settings(relative=relative, polish=False, voice="en", idle="hand", **more)
    return animation.drive_dubbed(films / "ada.mp4", "text", "Mama, papa, hello.", options), options


def test_head_from_the_film_lips_from_the_words(films, photo, caplog):
    actor = animation.cast(photo, generator="warp")[0]
    with caplog.at_level(logging.WARNING, "course"):
        made, options = drive(films)
    assert made.motion.fps == made.lips.fps == 20 and len(made.motion) == len(made.lips) > 20
    assert "backwards and forwards" in caplog.text
    assert len(made.audio) / made.sample_rate == pytest.approx(made.motion.duration, abs=0.05)
    values = made.values(actor.face, options)
    film = tracking.track_video(films / "ada.mp4", fps=20, steady=False)
    assert np.corrcoef(values[:20, YAW], film["headYaw"])[0, 1] > 0.95
    spoken = motion.values_for(made.lips, actor.face, "speech", options)
    assert np.array_equal(values[:, dubbing.LIPS], spoken[:, dubbing.LIPS])
    # the film's own jaw is open for half of the time, the words' is not
    assert film["jawOpen"].max() > 0.5 and values[:, JAW].max() < 0.5


def test_absolute_leaves_the_film_s_mouth_out(films, photo):
    actor = animation.cast(photo, generator="warp")[0]
    made, options = drive(films, relative=False)
    beside = made.beside(options)
    assert beside.shape == (len(made.motion), 78, 2) and not beside[:, 48:68].any() and not beside[:, 8].any()
    assert beside[:, 36].any() and made.motion.beside[:, 50].any()
    posed = posing.posed_points(actor.face, made.values(actor.face, options)[5], beside[5])
    assert np.isfinite(posed).all()


def test_the_film_s_own_sound_goes_along_and_other_sound_takes_its_place(films, photo, tmp_path):
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000).astype(np.float32)
    film = io.Clip(list(io.read_frames(films / "ada.mp4")), 20, tone, 16000).save(tmp_path / "loud.mp4", progress=False)
    kept = course.animate(photo, driving=film, **SMALL)
    assert len(kept) == 20 and kept.fps == 20
    spectrum = np.abs(np.fft.rfft(kept.audio))
    assert np.argmax(spectrum) * kept.sample_rate / len(kept.audio) == pytest.approx(440, abs=3)
    other = course.animate(photo, driving=film, audio=film, **SMALL)  # a film is a recording, too
    assert len(other) == pytest.approx(20, abs=2)
    said = course.animate(photo, driving=film, text="Hello.", voice="en", **SMALL)
    spectrum = np.abs(np.fft.rfft(said.audio))
    assert abs(np.argmax(spectrum) * said.sample_rate / len(said.audio) - 440) > 5
    assert film.absolute() in said.sources


def test_a_film_lasts_as_long_as_the_words():
    film = motion.Motion(np.arange(5.0)[:, None], ("headYaw",), 25, np.arange(5 * 156).reshape(5, 78, 2))
    assert dubbing.lasting(film, 3)["headYaw"].tolist() == [0, 1, 2]
    longer = dubbing.lasting(film, 12)
    assert longer["headYaw"].tolist() == [0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3]
    assert np.array_equal(longer.beside[5], film.beside[3])
    assert dubbing.lasting(film.cut(0, 0.04), 3)["headYaw"].tolist() == [0, 0, 0]


def test_the_whole_film_has_the_words_sound_and_the_command_makes_it(films, photo, tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "photo.png"), np.ascontiguousarray(photo[..., ::-1]))
    out = tmp_path / "dubbed.mp4"
    arguments = ["animate", str(tmp_path / "photo.png"), "--driving", str(films / "ada.mp4"), "--size", "128",
                 "--generator", "warp", "-o", str(out)]
    assert cli.main([*arguments, "--text", "Hello.", "--voice", "en"]) == 0
    info = io.probe(out)
    assert info.has_audio and info.fps == pytest.approx(20, abs=0.1)
    capsys.readouterr()
    for more, told in ((["--motion", "x.npz"], "exactly one of text, audio, driving, motion"),
                       (["--script", "x.txt"], "a script has no driving video"),
                       (["--driving-face", "1"], "there is no face 1 in"),
                       (["--driving-face", "-1"], "driving_face must be a whole number from 0 to 99")):
        assert cli.main([*arguments, *more]) == 2
        assert told in capsys.readouterr().err
    with pytest.raises(errors.CourseError, match="driving_face is a face of the driving video"):
        course.animate(photo, text="Hi.", driving_face=1)
    with pytest.raises(errors.VideoError, match="there is no file"):
        course.animate(photo, text="Hi.", driving="none.mp4")


def test_a_face_of_the_film_is_chosen(films, caplog):
    with caplog.at_level(logging.WARNING, "course"):
        large, small = (tracking.track_video(films / "both.mp4", 20, False, face=number) for number in (0, 1))
    assert np.ptp(large["headYaw"]) > 12 and np.ptp(small["headYaw"]) < 3
    assert "the one that is largest at the start is followed" in caplog.text
    assert "2 faces in the film: number 1 is followed" in caplog.text
    with pytest.raises(errors.FaceError, match="no face 2 in .*: it shows 2 at once at most, so use 0 to 1"):
        tracking.track_video(films / "both.mp4", 20, False, face=2)


def test_a_face_that_comes_later_is_waited_for(films, tmp_path, caplog):
    frames = list(io.read_frames(films / "both.mp4"))
    alone = [np.concatenate([frame[:, :256], np.full_like(frame[:, :256], 90)], axis=1) for frame in frames[:6]]
    path = io.Clip([*alone, *frames[6:]], fps=20).save(tmp_path / "later.mp4", progress=False)
    with caplog.at_level(logging.WARNING, "course"):
        found = tracking.track_video(path, 20, False, face=1)
    assert np.ptp(found["headYaw"]) < 4 and "lost in 6 of 20 frames" in caplog.text
