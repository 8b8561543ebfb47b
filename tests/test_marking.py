"""Every way to a film ends in a mark and a manifest that says what it is made of."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import course
from course import animation, marking, motion
from course.face import channels
from course.io import encoding, picture_series
from course.provenance import manifest, stamp, verify

pytest.importorskip("c2pa", reason="c2pa-python is a dependency that some machines have no wheel for")
FPS = 25


@pytest.fixture(scope="module")
def small(hopper):
    return cv2.resize(hopper, (256, 300), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def nod():
    values = np.zeros((30, len(channels.CHANNELS)))
    values[:, channels.INDEX["headPitch"]] = 3 * np.sin(np.arange(30) * 0.4)
    return motion.Motion(values, fps=FPS)


@pytest.fixture(scope="module")
def moving(small, nod, tmp_path_factory):
    """The same film in every kind that differs in how it is sealed."""
    folder = tmp_path_factory.mktemp("marked")
    clip = course.animate(small, motion=nod, generator="warp", seed=3)
    return {name: clip.save(folder / name, progress=False) for name in ("film.mp4", "film.webp", "pictures")}


def told(path) -> dict:
    return manifest.read(path).assertions[manifest.GENERATION]


@pytest.mark.parametrize("name", ["film.mp4", "film.webp"])
def test_films_are_marked_and_signed_whatever_their_kind(moving, name):
    found = verify.verify(moving[name])
    assert found.verdict == "whole" and found.mark["made_with_my_key"] and found.mark["fits_manifest"]
    assert told(moving[name])["driven_by"] == "motion" and told(moving[name])["photo"].startswith("pixels-sha256:")


def test_each_picture_of_a_folder_is_signed_and_says_so(moving):
    pictures = sorted(moving["pictures"].glob("*.png"))
    assert len(pictures) == 30
    for path in (pictures[0], pictures[-1]):
        signed = manifest.read(path)
        assert signed.state == "whole" and signed.mine and signed.assertions[manifest.FILM]["frames"] == 1
        assert signed.payload == manifest.read(moving["film.mp4"]).payload
        with Image.open(path) as picture:
            assert encoding.NOTICE in picture.text["Comment"] and picture.text["Title"] == encoding.NOTICE


def test_pictures_without_a_stamp_are_not_signed(tmp_path, small):
    picture_series.write(tmp_path / "plain", [small], FPS)
    assert manifest.read(tmp_path / "plain" / "00000.png") is None


def test_a_film_that_says_something_else_is_said_to_come_from_a_film(moving, tmp_path):
    clip = course.animate(moving["film.mp4"], text="Hi.", generator="warp", consent="I agree.")
    path = clip.save(tmp_path / "else.mp4", progress=False)
    assert told(path)["film"] == stamp.photo_hash(moving["film.mp4"]) and "photo" not in told(path)
    notes = " ".join(verify.verify(path).notes)
    assert "from a film, whose mouth moves by text now" in notes and "I agree." in notes


def test_a_dialogue_names_all_its_photos(small, tmp_path):
    for name in "ab":
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.roll(small, ord(name), axis=1)[..., ::-1])
    script = {"speakers": {name: str(tmp_path / f"{name}.png") for name in "ab"},
              "turns": [{"who": name, "text": "Hi."} for name in "ab"]}
    clip = course.perform(script, generator="warp", size=128)
    path = clip.save(tmp_path / "two.mp4", progress=False)
    hashes = [stamp.photo_hash(tmp_path / f"{name}.png") for name in "ab"]
    assert told(path)["photos"] == ", ".join(hashes)


def test_films_by_the_tutorials_names_are_marked_too(small, nod, tmp_path):
    (actor,) = animation.cast(small, "largest", "warp")
    clip = course.synthesize_video(actor, nod.cut(0, 0.4), generator="warp")
    again = course.postprocess(clip, saturation=0.5)
    for number, made in enumerate((clip, again)):
        path = made.save(tmp_path / f"{number}.mp4", progress=False)
        assert manifest.read(path).state == "whole" and told(path)["driven_by"] == "motion"


def test_where_files_lie_is_nobodys_business():
    given = {"logo": "/home/somebody/logo.png", "background": "navy", "seed": 3, "label": "auto", "consent": "yes, me"}
    assert marking.told(given) == {"background": "navy", "logo": "logo.png", "seed": 3}
    assert marking.told({"subtitles": str(Path("a") / "b.srt")}) == {"subtitles": "b.srt"}


def test_a_label_leaves_the_place_of_subtitles():
    plain, burnt = animation.Settings(), animation.Settings(subtitles="burn")
    assert marking.corner_for(plain, {}) == "bottom-right" and marking.corner_for(burnt, {}) == "top-left"
    named = animation.Settings(subtitles="burn", label_corner="bottom-left")
    assert marking.corner_for(named, {"label_corner": "bottom-left"}) == "bottom-left"
