"""The detector of our own films: its network, its rates by group, and the films that it learns from."""

import csv
import math
import os
import signal

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from course import demo, errors, images, io, provenance
from course import training as loops
from course.provenance import detector, error_rates
from course.recipes.fakes import films, plain, training


@pytest.fixture(name="photo", scope="module")
def photo_fixture():
    """The embedded photo at 256 px, uint8 (H, W, 3)."""
    image = images.load_image(demo.photo_path())
    scale = 256 / max(image.shape[:2])
    height, width = (round(side * scale) // 2 * 2 for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


# ---------------------------------------------------------------- one picture


def test_a_picture_gets_a_score(photo):
    score = provenance.detect_fake(photo)
    assert isinstance(score, float) and 0 <= score <= 1
    points = detector.largest_face(photo)
    assert provenance.detect_fake(photo, points) == score
    assert provenance.detect_fake(demo.photo_path()) != score  # another size


def test_what_is_no_face_is_refused():
    with pytest.raises(errors.FaceError, match="no face found"):
        provenance.detect_fake(np.full((200, 200, 3), 128, np.uint8))
    with pytest.raises(errors.FaceError, match="78 points"):
        provenance.detect_fake(np.zeros((100, 100, 3), np.uint8), np.zeros((68, 2)))
    with pytest.raises(errors.ImageError):
        provenance.detect_fake("no such file.jpg")


def test_the_square_holds_the_face_and_more_room_does_not_scale_it(photo):
    points = detector.largest_face(photo)
    square, more = detector.face_square(photo, points), detector.face_square(photo, points, films.TILE)
    first = (films.TILE - detector.SIZE) // 2
    inner = more[first : first + detector.SIZE, first : first + detector.SIZE]
    assert np.abs(inner.astype(int) - square).mean() < 1.5


# ---------------------------------------------------------------- rates


def test_rates_count_wrong_answers_of_each_kind_and_group():
    scores = [0.9, 0.2, 0.7, 0.1, 0.6, 0.4]
    labels = [0, 0, 1, 1, 0, 1]
    found = provenance.error_by_group(scores, labels, ["b", "a", "a", "b", "b", "a"])
    assert list(found) == ["all", "a", "b"]
    assert (found["all"].photos.wrong, found["all"].photos.of) == (2, 3)
    assert (found["all"].films.wrong, found["all"].films.of) == (2, 3)
    assert (found["a"].photos.rate, found["a"].films.rate) == (0, 0.5)
    assert (found["b"].photos.rate, found["b"].films.rate) == (1, 1)
    assert provenance.error_by_group(scores, labels, list("baabba"), limit=0.95)["all"].photos.wrong == 0


def test_a_person_counts_once_however_many_pictures_there_are():
    wrong_once = provenance.error_by_group([0.9, 0.1, 0.1, 0.1], [0] * 4, ["g"] * 4, people=["x", "x", "y", "y"])
    assert wrong_once["g"].photos == error_rates.Rate(0.5, 2, 0.25, *provenance.wilson(0.5, 2))
    one_each = provenance.error_by_group([0.9, 0.1, 0.1, 0.1], [0] * 4, ["g"] * 4)
    assert one_each["g"].photos.rate == 0.25 and one_each["g"].photos.of == 4
    assert one_each["g"].photos.high < wrong_once["g"].photos.high  # fewer people, a wider interval


def test_of_nobody_nothing_is_known():
    found = provenance.error_by_group([0.9], [1], ["g"])["g"].photos
    assert math.isnan(found.rate) and (found.low, found.high, found.of) == (0, 1, 0) and str(found) == "nobody"


@pytest.mark.parametrize("wrong, of, low, high", [(0, 10, 0.0, 0.278), (1, 10, 0.018, 0.404), (81, 263, 0.255, 0.366),
                                                  (10, 10, 0.722, 1.0)])
def test_intervals_are_wilson_s(wrong, of, low, high):
    """Of 81 of 263: Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I."""
    assert provenance.wilson(wrong, of) == pytest.approx((low, high), abs=6e-4)


def test_an_interval_holds_the_true_share_as_often_as_it_says():
    rng = np.random.default_rng(0)
    for share in (0.03, 0.2, 0.5):
        counts = rng.binomial(40, share, 2000)
        inside = [low <= share <= high for low, high in (provenance.wilson(int(count), 40) for count in counts)]
        assert 0.91 < np.mean(inside) < 0.995, share


@pytest.mark.parametrize("arguments, words", [
    (([0.1, 0.2], [0], ["a", "a"]), "one length"),
    (([1.5], [0], ["a"]), "from 0 to 1"),
    (([float("nan")], [0], ["a"]), "from 0 to 1"),
    (([0.5], [0], ["all"]), 'named "all"'),
])
def test_what_cannot_be_counted_is_said(arguments, words):
    with pytest.raises(ValueError, match=words):
        provenance.error_by_group(*arguments)


# ---------------------------------------------------------------- what it learns from


@pytest.mark.parametrize("codec", films.CODECS)
def test_both_kinds_of_film_go_the_same_way(photo, codec):
    """What stands still comes back nearly as it was, whichever codec; and as often as frames are kept."""
    frames = [photo] * films.FRAMES
    kept = films.saved(frames, films.Shot(256, codec, 80 if codec == "jpeg" else 24))
    assert len(kept) == len(films.KEPT)
    for frame in kept:
        assert frame.shape == photo.shape and np.abs(frame.astype(int) - photo).mean() < 6


def test_a_camera_moves_the_whole_picture_or_nothing(photo):
    kinds = set()
    for seed in range(6):
        frames = films.camera(photo, np.random.default_rng(seed))
        assert len(frames) == films.FRAMES
        still = np.array_equal(frames[0], photo) and np.array_equal(frames[-1], photo)
        corner = np.abs(frames[-1][:60, :60].astype(int) - photo[:60, :60]).mean()
        assert still or corner > 0.05
        kinds.add(still)
    assert kinds == {True, False}


def test_a_film_of_ours_moves_the_face_and_leaves_the_corner(photo):
    made = films.Shot(256, "none", 0, "warp", "turned")
    frames = films.animated(photo, made, np.random.default_rng(3))
    assert len(frames) == films.FRAMES
    assert np.array_equal(frames[-1][:8, :8], photo[:8, :8])
    assert np.abs(frames[-1].astype(int) - photo).mean() > 0.5
    assert films.faces(photo, made, np.random.default_rng(3)).shape == (len(films.KEPT), films.TILE, films.TILE, 3)


def test_a_varied_face_is_as_sharp_as_it_was():
    rng = np.random.default_rng(0)
    face = rng.integers(90, 160, (films.TILE, films.TILE, 3)).astype(np.uint8)
    detail = [np.abs(np.diff(training.varied(face, rng).astype(float), axis=0)).mean() for _ in range(20)]
    assert np.mean(detail) == pytest.approx(np.abs(np.diff(face.astype(float), axis=0)).mean(), rel=0.15)
    assert training.varied(face, rng).shape == (detector.SIZE, detector.SIZE, 3)


def test_the_plain_rule_finds_blur():
    rng = np.random.default_rng(0)
    sharp = rng.integers(0, 256, (30, 128, 128, 3)).astype(np.uint8)
    soft = np.stack([cv2.GaussianBlur(face, (0, 0), 1.0) for face in sharp])
    rows = np.stack([plain.features(face) for face in (*sharp, *soft)])
    labels = np.repeat([False, True], 30)
    assert ((plain.fit(rows, labels).scores(rows) > 0.5) == labels).all()


def test_nobody_is_learned_from_and_measured_on():
    names = [*training.MEASURED_SHEETS, *loops.labelled.HELD_OUT_SHEETS, *loops.labelled.VALIDATION_SHEETS, "another"]
    faces = loops.labelled.LabelledFaces([f"{name}.jpg" for name in names], np.zeros((len(names), 78, 3)),
                                         np.zeros((len(names), 51)), np.array(names))
    assert training.learned_from(faces) == ["another.jpg"]
    assert len(training.measured_on(faces)) == len(names) - 1


def test_the_groups_name_pictures_that_can_be_fetched():
    with open(io.data_file("fakes_groups.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({(row["folder"], row["file"]) for row in rows}) == 319
    measured = loops.labelled.HELD_OUT_SHEETS | loops.labelled.VALIDATION_SHEETS | training.MEASURED_SHEETS
    assert {row["sheet"] for row in rows} == measured
    assert {row["age"] for row in rows} == {"child", "young", "middle", "old"}
    assert {row["glasses"] for row in rows} == {"none", "clear", "dark"}
    for folder in ("portraits", "scenes"):
        labels = io.read_labels(io.data_file(f"labels_{folder}.npz"))
        there = dict(zip(map(str, labels["files"]), map(str, labels["sheet"])))
        assert all(there[row["file"]] == row["sheet"] for row in rows if row["folder"] == folder)


def test_a_run_that_was_stopped_gives_the_same_numbers(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    made = {"faces": rng.integers(0, 256, (12, films.TILE, films.TILE, 3)).astype(np.uint8),
            "film": np.arange(12) % 2 == 0, "photo": np.arange(12) // 2}
    monkeypatch.setattr(training, "films_of", lambda *arguments: made)
    monkeypatch.setattr(training.labelled, "load_labelled", lambda *folders: None)
    monkeypatch.setattr(training, "learned_from", lambda faces: [])
    recipe = training.Recipe(steps=4, batch=4, save_every=2, warmup=1, workers=0)

    def run(name, resume=False):
        out = tmp_path / name / "w.safetensors"
        return load_file(training.train([], resume=resume, logdir=tmp_path / name, out=out, recipe=recipe))

    def step(self, number, rows, updater, real=training.FakesTask.step):
        if number == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, number, rows, updater)

    whole = run("whole")
    with monkeypatch.context() as patch, pytest.raises(loops.Stopped):
        patch.setattr(training.FakesTask, "step", step)
        run("stopped")
    resumed = run("stopped", resume=True)
    assert whole.keys() == resumed.keys() == io.load_tensors(detector.WEIGHTS).keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
