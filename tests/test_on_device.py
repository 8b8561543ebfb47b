"""Frames whose networks and reading run on an accelerator: held equal to the usual ones on torch's own processor."""

import pickle
import threading

import numpy as np
import pytest
import torch

import course
from course import animation, cli, demo, detection, devices, errors, face, images, keypoints, motion, parallel
from course.dialogue import performance, saying
from course.rendering import finer, on_device, portrait

HERE = "cpu"


@pytest.fixture(scope="module")
def photo():
    image = images.load_image(demo.photo_path())
    return image, keypoints.find_points(image, detection.detect_faces(image))[0]


def moved(points):
    """A jaw that hangs, a head that leans."""
    target = points.astype(np.float64)
    target[6:11, 1] += 5
    target[55:60, 1] += 5
    target[65:68, 1] += 5
    return target + [2.0, -1.0]


def test_those_who_come_while_the_device_is_busy_go_together():
    sizes, inside, release = [], threading.Event(), threading.Event()

    def work(requests):
        sizes.append(len(requests))
        if len(sizes) == 1:
            inside.set()
            assert release.wait(20)
        return [10 * each for each in requests]

    batches, answers = on_device.Batches(work), {}

    def ask(number):
        answers[number] = batches(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(9)]
    threads[0].start()
    assert inside.wait(20)
    for thread in threads[1:]:
        thread.start()
    while len(batches._waiting) < 8:
        pass
    release.set()
    for thread in threads:
        thread.join(20)
    assert answers == {number: 10 * number for number in range(9)} and sizes == [1, 8]


def test_what_goes_wrong_all_of_them_are_told():
    def work(requests):
        raise ValueError("no memory")

    batches = on_device.Batches(work)
    for _ in range(2):  # and it goes on
        with pytest.raises(ValueError, match="no memory"):
            batches(1)


def test_a_picture_is_read_as_usual():
    rng = np.random.default_rng(0)
    picture = rng.random((40, 31, 4), np.float32) * 255
    x, y = rng.uniform(-5, 36, (2, 50, 20)).astype(np.float32)
    usual = finer.Finer(picture).read(x, y)
    there = on_device.Picture(picture, torch.device(HERE))
    # OpenCV rounds places to 1/32 of a pixel of the finer picture; neighbours differ by up to 255 here
    assert np.abs(there.read(x, y) - usual).max() < 255 / 32
    assert np.abs(there.read(x, y) - usual).mean() < 0.5
    again = pickle.loads(pickle.dumps(there))
    assert np.array_equal(again.read(x, y), there.read(x, y))


def test_frames_are_the_usual_ones(photo):
    image, points = photo
    there = portrait.Portrait(image, points, **on_device.networks(HERE))
    usual = portrait.Portrait(image, points, **portrait.load_networks())
    assert np.array_equal(there.render(points), image)
    frame, other = (each.render(moved(points)).astype(int) for each in (there, usual))
    assert np.abs(other - image).max() > 40  # something moves
    assert np.abs(frame - other).max() <= 2 and np.abs(frame - other).mean() < 0.01


def test_a_film_takes_several_frames_at_once(monkeypatch):
    """The film of `device="cuda"` where cuda is the processor."""
    together, calculated = [], on_device.Network._calculated

    def counted(self, requests):
        together.append(len(requests))
        return calculated(self, requests)

    networks = on_device.networks
    monkeypatch.setattr(devices, "check", lambda device: None)
    monkeypatch.setattr(on_device, "networks", lambda device: networks(HERE))
    monkeypatch.setattr(on_device.Network, "_calculated", counted)
    values = np.zeros((12, len(face.CHANNELS)), np.float32)
    values[:, face.CHANNELS.index("jawOpen")] = np.linspace(0, 0.8, 12)
    given = {"motion": motion.Motion(values), "size": 192, "watermark": False}
    film = list(course.animate(demo.photo_path(), device="cuda", **given))
    usual = list(course.animate(demo.photo_path(), **given))
    assert max(np.abs(frame.astype(int) - other).max() for frame, other in zip(film, usual, strict=True)) <= 2
    assert max(together) > 1


def test_more_frames_at_once_for_a_device():
    assert parallel.workers_for("cpu") is None and 4 <= parallel.workers_for("cuda") <= 16


def test_a_device_that_is_not_there(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)  # wherever the test runs
    with pytest.raises(errors.CourseError, match="no cuda that torch can use: take --device cpu"):
        animation.animate(demo.photo_path(), motion=motion.Motion(np.zeros((2, len(face.CHANNELS)), np.float32)),
                          device="cuda")
    with pytest.raises(errors.CourseError, match="device must be cpu, cuda or mps, not 'tpu'"):
        animation.animate(demo.photo_path(), text="Hi.", device="tpu")
    with pytest.raises(errors.CourseError, match="the warp has no networks that cuda could calculate"):
        animation.animate(demo.photo_path(), text="Hi.", device="cuda", generator="warp")
    for given in ({}, {"generator": "warp"}):
        with pytest.raises(errors.CourseError, match="cuda"):
            course.Live(demo.photo_path(), device="cuda", **given)
    monkeypatch.setattr(saying, "say_all", lambda *given: pytest.fail("nobody should speak first"))
    (tmp_path / "scene.txt").write_text("left: Hello!\n", encoding="utf-8")
    with pytest.raises(errors.CourseError, match="no cuda"):
        performance.perform(tmp_path / "scene.txt", demo.photo_path(), device="cuda")
    (tmp_path / "scene.txt").unlink()
    code = cli.main(["animate", "--text", "Hi.", "--device", "cuda", "-o", str(tmp_path / "film.mp4")])
    assert (code, list(tmp_path.iterdir())) == (2, [])
    assert capsys.readouterr().err.startswith("course: this machine has no cuda")
