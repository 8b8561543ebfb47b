"""Mouths behind masks: cloth that is drawn, the network that learns from it, and what it says of faces that ship."""

import os
import signal

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from course import demo, detection, images, io, keypoints
from course import training as loops
from course.keypoints import covered
from course.recipes.covered import cloth, training


@pytest.fixture(name="face", scope="module")
def face_fixture():
    """The embedded photo and its points (78, 2)."""
    image = images.load_image(demo.photo_path())
    return image, keypoints.find_points(image, detection.detect_faces(image)[:1])[0].astype(float)


def inside(points, shape) -> tuple:
    """The pixel in the middle of some points (N, 2), as an index."""
    x, y = points.mean(axis=0).round().astype(int)
    return y, x


def test_cloth_covers_the_mouth_and_nothing_of_the_eyes(face):
    image, points = face
    for seed in range(30):
        made = cloth.covered(image, points, np.random.default_rng(seed))
        assert made.shape == image.shape and made.dtype == np.uint8
        changed = np.abs(made.astype(int) - image).sum(axis=2) > 12
        y, x = inside(points[60:68], image.shape)
        assert changed[y - 3 : y + 4, x - 3 : x + 4].mean() > 0.8, seed
        for eye in (points[36:42], points[42:48]):
            y, x = inside(eye, image.shape)
            assert not changed[y - 2 : y + 3, x - 2 : x + 3].any(), seed


def test_what_covers_something_else_leaves_the_mouth(face):
    image, points = face
    for seed in range(30):
        made = cloth.elsewhere(image, points, np.random.default_rng(seed))
        changed = np.abs(made.astype(int) - image).sum(axis=2) > 12
        y, x = inside(points[60:68], image.shape)
        assert not changed[y - 3 : y + 4, x - 3 : x + 4].any() and changed.sum() > 500, seed


def test_a_mask_is_seen_and_a_bare_mouth_is_not_taken_for_one(face):
    image, points = face
    assert covered.probability(image, points) < 0.2
    for seed in range(12):
        rng = np.random.default_rng((3, seed))
        assert covered.probability(cloth.elsewhere(image, points, rng), points) < covered.LIMIT, seed
    seen = [covered.probability(cloth.covered(image, points, np.random.default_rng((4, seed))), points)
            for seed in range(20)]
    assert sum(one >= covered.LIMIT for one in seen) >= 18, np.round(seen, 2)


@pytest.mark.parametrize("turn", [0, 90, 180])
def test_a_photo_may_be_turned(face, turn):
    image, points = face
    height, width = image.shape[:2]
    turned = np.ascontiguousarray(np.rot90(image, turn // 90))
    x, y = points.T
    places = {0: (x, y), 90: (y, width - 1 - x), 180: (width - 1 - x, height - 1 - y)}[turn]
    placed = np.stack(places, axis=1)
    assert covered.probability(turned, placed) < 0.2
    masked = cloth.covered(turned, placed, np.random.default_rng(2))
    assert covered.probability(masked, placed) > covered.LIMIT


def test_a_run_that_was_stopped_gives_the_same_numbers(labelled_folder, tmp_path, monkeypatch):
    recipe = training.Recipe(steps=4, batch=4, save_every=2, warmup=1)

    def run(name, resume=False):
        return load_file(training.train([labelled_folder], resume=resume, logdir=tmp_path / name,
                                        out=tmp_path / name / "w.safetensors", recipe=recipe))

    def step(self, number, rows, updater, real=training.CoveredTask.step):
        if number == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, number, rows, updater)

    whole = run("whole")
    with monkeypatch.context() as patch, pytest.raises(loops.Stopped):
        patch.setattr(training.CoveredTask, "step", step)
        run("stopped")
    resumed = run("stopped", resume=True)
    assert whole.keys() == resumed.keys() == io.load_tensors(covered.WEIGHTS).keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
