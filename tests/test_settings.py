"""What each setting may be: checked in Python as on the command line, in the same words; and what was given beside."""

import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import course
from course import cli, errors, face, images, motion, settings

PLAIN = {"size": 96, "generator": "warp", "polish": False}


@pytest.fixture(scope="module")
def still():
    """A Motion of two frames."""
    values = np.zeros((2, len(face.CHANNELS)), np.float32)
    values[1, face.INDEX["jawOpen"]] = 0.5
    return motion.Motion(values)


@pytest.mark.parametrize("name, text, value", [
    ("seed", "-1", -1), ("seed", "1.5", 1.5), ("seed", str(2**32), 2**32), ("size", "63", 63), ("size", "4097", 4097),
    ("size", "large", "large"), ("fps", "x", "x"), ("fps", "nan", float("nan")), ("fps", "inf", float("inf")),
    ("head", "3.1", 3.1), ("head", "-1", -1), ("face", "middle", "middle"), ("face", "", ""), ("face", "-1", -1),
    ("expression", "furious", "furious"), ("expression", "happy:lots", "happy:lots"), ("expression", "", ""),
    ("generator", "magic", "magic"), ("idle", "none", "none"), ("seed", "9" * 5000, "9" * 5000),
])
def test_the_command_and_python_refuse_with_the_same_words(hopper_path, tmp_path, capsys, name, text, value):
    out = tmp_path / "new" / "film.mp4"
    assert cli.main(["animate", str(hopper_path), "--text", "Hi.", f"--{name}={text}", "-o", str(out)]) == 2
    told = capsys.readouterr().err
    with pytest.raises(errors.CourseError, match=name) as refused:
        course.animate(hopper_path, text="Hi.", **{name: value})
    plain = told.replace("'", "").replace(".0", "")  # a word may stand there, and a number here
    assert plain == f"course: {refused.value}\n".replace("'", "").replace(".0", "")
    assert told.count("\n") == 1 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name, value", [
    ("size", "256"), ("size", -(10**30)), ("size", True), ("size", 256.5), ("size", [256]), ("size", np.array([256])),
    ("size", "Original"), ("fps", "x"), ("fps", "25"), ("fps", float("nan")), ("fps", True), ("fps", 10**400),
    ("fps", 1j), ("fps", np.array([25.0])), ("head", "1"), ("head", {}), ("head", None.__class__), ("seed", 1.5),
    ("seed", "1"), ("seed", False), ("voice", 5), ("voice", b"en"), ("expression", 3), ("expression", ["happy"]),
    ("face", 1.0), ("face", True), ("face", "first"), ("face", "²"), ("relative", "yes"), ("relative", 1),
    ("polish", "no"), ("polish", 0), ("polish", []), ("generator", 1), ("idle", ("vae",)), ("colour", "red"),
])
def test_a_wrong_type_is_one_line(hopper_path, name, value):
    with pytest.raises(errors.CourseError, match=name) as refused:
        course.animate(hopper_path, text="Hi.", **{name: value})
    told = str(refused.value)
    assert "\n" not in told and len(told) < 300


def test_a_number_that_python_itself_will_not_write():
    with pytest.raises(errors.CourseError, match="seed must be a whole number from 0 to 4294967295, not"):
        settings.check("seed", 10**5000)


@pytest.mark.parametrize("given, value", [
    ({"size": np.int64(256)}, 256), ({"size": np.uint8(200)}, 200), ({"size": "original"}, "original"),
    ({"fps": np.float32(12.5)}, 12.5), ({"fps": 30}, 30.0), ({"fps": Fraction(25, 2)}, 12.5),
    ({"fps": Decimal("12.5")}, 12.5), ({"fps": np.array(25)}, 25.0), ({"head": np.float64(0)}, 0.0),
    ({"seed": np.uint32(2**32 - 1)}, 2**32 - 1), ({"relative": np.bool_(False)}, False), ({"polish": True}, True),
    ({"face": np.int8(1)}, 1), ({"face": "0"}, "0"), ({"face": "all"}, "all"),
    ({"expression": np.str_("happy:0.5")}, "happy:0.5"), ({"idle": "vae"}, "vae"),
])
def test_what_means_a_right_value_is_taken(given, value):
    (found,) = settings.checked(given).values()
    assert found == value and type(found) is type(value)


def test_none_is_the_default():
    assert settings.checked(dict.fromkeys(settings.SETTINGS)) == {}


def test_the_table_has_every_setting():
    from dataclasses import fields

    from course import animation

    assert set(settings.SETTINGS) == {field.name for field in fields(animation.Settings)}


@pytest.mark.parametrize("drive, words", [
    ({"text": ["Hi."]}, "text must be"), ({"text": b"Hi."}, "text must be"), ({"text": 5}, "text must be"),
    ({"text": Path("hi.txt")}, "text must be"), ({"audio": 5}, "a sound file is named by its path"),
    ({"audio": np.zeros(9)}, "a sound file is named by its path"), ({"audio": "a\0.wav"}, "zero byte"),
    ({"audio": ""}, "is empty"), ({"audio": "n" * 300 + ".wav"}, "there is no file"),
    ({"driving": ["a.mp4"]}, "a video is named by its path"), ({"driving": "v" * 5000}, "there is no file"),
    ({"driving": b"\xff\xfe\0"}, "zero byte"), ({"motion": 3.5}, "a saved motion is named by its path"),
    ({"motion": {}}, "a saved motion is named by its path"), ({"motion": "/dev/null"}, "no regular file"),
    ({"text": "Hi.", "audio": "a.wav"}, "exactly one"), ({}, "exactly one"),
])
def test_what_moves_a_photo_is_checked(hopper_path, drive, words):
    with pytest.raises(errors.CourseError, match=words) as refused:
        course.animate(hopper_path, **drive)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("photo", [
    None, 5, "", "a\0.jpg", b"\0", "n" * 300 + ".jpg", [], [[1], [2, 3]], {}, object(), np.zeros(5),
    np.zeros((0, 9, 3)), np.full((64, 64, 3), "a"), np.array([None]), "/dev/zero",
    Path("/no/such/photo.jpg"), b"none.jpg", np.float32(3),
])
def test_a_photo_that_is_none_is_one_line(photo, still):
    with pytest.raises(errors.CourseError) as refused:
        course.animate(photo, motion=still)
    told = str(refused.value)
    assert "\n" not in told and len(told) < 300


def test_paths_of_every_kind(hopper, tmp_path, still, monkeypatch):
    """str, bytes, Path; and `~`, which no shell has put right."""
    monkeypatch.setenv("HOME", str(tmp_path))
    images.save_image("~/photo.png", hopper)
    still.save("~/still.npz")
    assert (tmp_path / "photo.png").is_file() and (tmp_path / "still.npz").is_file()
    films = []
    for photo in ("~/photo.png", b"~/photo.png", Path("~/photo.png"), str(tmp_path / "photo.png"),
                  os.fsencode(tmp_path / "photo.png")):
        films.append(np.stack(list(course.animate(photo, motion="~/still.npz", **PLAIN))))
    assert all((film == films[0]).all() for film in films[1:])
    saved = course.animate(hopper, motion=still, **PLAIN).save("~/film.mp4", progress=False)
    assert saved == tmp_path / "film.mp4" and saved.is_file()


@pytest.mark.parametrize("fps", ["25", None, float("nan"), 0, -1, 1001, [25], 10**400])
def test_a_clips_rate_is_a_number(fps):
    with pytest.raises(errors.VideoError, match="frames a second"):
        course.Clip([np.zeros((16, 16, 3), np.uint8)], fps=fps)
