"""Detector and landmarker without PyTorch: the same answers, and out of the way where a student's part stands."""

import contextlib
import functools
import subprocess
import sys

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from course import detection, errors, io, keypoints
from course.detection import quick_boxes, quick_detector
from course.exercises import places, registry
from course.io import onnx_weights
from course.keypoints import covered, lids, lips, quick_covered, quick_landmarker, quick_near, reading

PLACES = {one.place for one in registry.every() if one.place and one.place.split(".")[0] in ("detection", "keypoints")}
ONLY_TRAINED_WITH = {"detection.encode_boxes", "keypoints.gaussian_heatmap"}


@pytest.fixture(scope="module", name="pictures")
def pictures_fixture(hopper):
    """The embedded photo, a small copy, and a part of it on its side."""
    return [hopper, cv2.resize(hopper, (150, 176), interpolation=cv2.INTER_AREA),
            np.ascontiguousarray(np.rot90(hopper[100:420, 90:410]))]


def by_torch():
    """A context in which the parts of the lessons are asked: one stands in its place, ours in a wrapper."""
    stack = contextlib.ExitStack()
    for place in ("detection.iou", "keypoints.soft_argmax"):
        stack.enter_context(places.counted(place))
    return stack


def test_boxes_and_scores_are_the_same(pictures):
    for picture in pictures:
        quick = detection.detect_faces(picture, "course")
        with by_torch():
            slow = detection.detect_faces(picture, "course")
        assert quick.shape == slow.shape and quick.dtype == slow.dtype == np.float32
        np.testing.assert_allclose(quick[:, :4], slow[:, :4], atol=0.05)
        np.testing.assert_allclose(quick[:, 4], slow[:, 4], atol=1e-4)


def test_a_look_is_the_same(pictures):
    for picture in pictures:
        centre, side = np.array(picture.shape[1::-1]) / 2, 0.7 * min(picture.shape[:2])
        quick = reading.look(picture, centre, side, 5.0, mirrored=True)
        near = [look.refined(picture, quick.points) for look in (lids, lips)]
        with by_torch():
            slow = reading.look(picture, centre, side, 5.0, mirrored=True)
            slow_near = [look.refined(picture, quick.points) for look in (lids, lips)]
        for one, other in zip((quick.points, *near), (slow.points, *slow_near), strict=True):
            np.testing.assert_allclose(one, other, atol=0.01)
        np.testing.assert_allclose(quick[1:], slow[1:], atol=1e-4)


def test_looks_one_after_the_other_stay_together(hopper):
    """A crop is rounded to grey levels, so what differs by a millionth may differ by a hundredth of a pixel after."""
    box = detection.detect_faces(hopper)[0]
    quick = keypoints.points_in_box(hopper, box)
    assert abs(covered.probability(hopper, quick)
               - covered.probability(hopper, quick, covered.load_covered())) < 1e-4
    with by_torch():
        np.testing.assert_allclose(quick, keypoints.points_in_box(hopper, box), atol=0.1)


def test_arithmetic_of_boxes_is_that_of_the_lesson():
    rng = np.random.default_rng(0)
    corner, offsets = rng.uniform(0, 300, (80, 2)), rng.normal(0, 4, (len(quick_boxes.anchors_of(64, 128)), 4))
    boxes = np.concatenate([corner, corner + rng.uniform(5, 90, (80, 2))], axis=1).astype(np.float32)
    scores, torches = rng.random(80).astype(np.float32), torch.from_numpy(boxes)
    np.testing.assert_allclose(quick_boxes.overlaps(boxes, boxes[:9]), detection.iou(torches, torches[:9]), atol=1e-6)
    assert (quick_boxes.kept(boxes, scores, 0.3) == detection.nms(torches, torch.from_numpy(scores), 0.3).numpy()).all()
    assert quick_boxes.kept(boxes[:0], scores[:0], 0.3).shape == (0,)
    anchors, offsets = detection.make_anchors(64, 128), offsets.astype(np.float32) * 4
    np.testing.assert_array_equal(quick_boxes.anchors_of(64, 128), anchors)
    np.testing.assert_allclose(quick_boxes.decoded(offsets, anchors.numpy()),
                               detection.decode_boxes(torch.from_numpy(offsets), anchors), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("place", sorted(PLACES - ONLY_TRAINED_WITH))
def test_a_students_part_is_asked(place, pictures):
    with places.counted(place) as seen:
        keypoints.find_points(pictures[1])
    assert seen.calls


@pytest.mark.parametrize("look", [lids, lips])
def test_the_part_that_looks_from_near_is_asked_too(look, pictures):
    with places.counted("keypoints.soft_argmax") as seen:
        look.refined(pictures[1], np.random.default_rng(0).uniform(20, 120, (78, 2)))
    assert seen.calls == 1


LOADERS = [("detector.safetensors", quick_detector._detector.__wrapped__),
           *[(file, functools.partial(load.__wrapped__, file, *sizes)) for load, file, *sizes in (
               (quick_landmarker._network, reading.WEIGHTS), (quick_near._network, lids.WEIGHTS, 7, lids.SIZE),
               (quick_near._network, lips.WEIGHTS, 20, lips.SIZE), (quick_covered.network, covered.WEIGHTS))]]


@pytest.mark.parametrize("file, load", LOADERS)
def test_another_networks_weights_are_refused(file, load, tmp_path, monkeypatch):
    there = io.load_tensors(file)
    bias = next(name for name in sorted(there) if name.endswith(".bias"))
    last = next(name for name in ("heatmaps.weight", "maps.weight", "head.weight", "score.weight") if name in there)
    wrong = ({"a": torch.zeros(1)}, there | {"more": torch.ones(1)}, {k: v for k, v in there.items() if k != bias},
             there | {last: there[last][:, :-1].contiguous()})
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    for tensors in wrong:
        save_file(tensors, tmp_path / file)
        with pytest.raises(errors.WeightsError, match="does not fit this version"):
            load()


def test_a_sum_of_different_widths_is_another_networks(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    save_file({"w.weight": torch.ones(2, 3, 1, 1), "w.bias": torch.ones(2)}, tmp_path / "w.safetensors")
    graph = onnx_weights.WrittenGraph("w.safetensors")
    x = graph.layer(graph.input, "w")
    np.testing.assert_allclose(graph.run(x)(np.ones((1, 3, 2, 2), np.float32))[0], np.full((1, 2, 2, 2), 4))
    for wrong in (lambda: graph.sum(x, graph.input), lambda: graph.layer(graph.input, "w", width=5)):
        with pytest.raises(errors.WeightsError, match="does not fit"):
            wrong()


@pytest.mark.parametrize("file, load", LOADERS)
def test_without_onnxruntime_torch_is_asked(file, load, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert load() is None


def test_a_photo_and_a_film_are_looked_at_without_torch():
    code = ("import sys; import numpy as np; from course import demo, images;"
            "from course.keypoints import covered, find;"
            "from course.motion import film_person, following, tracking;"
            "photo = images.load_image(demo.photo_path()); follower = following.Follower();"
            "points = [follower.step(photo) for _ in range(2)];"
            "tracking.motion_from_points(np.stack(points), np.ones(2, bool), 25.0);"
            "assert covered.probability(photo, find.find_points(photo)[0]) < 0.5 and points[1] is not None;"
            "sys.exit('torch is loaded' if 'torch' in sys.modules else 0)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
