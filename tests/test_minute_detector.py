"""The experiment of lesson 01: its boxes are right, its parts are those of the system, and it learns."""

import time

import numpy as np
import pytest
import torch

from course import detection, evaluation
from course.exercises import places
from course.lessons.lesson_01 import minute_detector


@pytest.fixture(scope="module")
def heads():
    return minute_detector.draw_heads(16, seed=3)


def test_a_scene_is_the_same_again_and_its_boxes_hold_faces(heads):
    settings = minute_detector.Settings()
    first, again = (minute_detector.compose(heads, 7, settings, count=2) for _ in range(2))
    assert np.array_equal(first.image, again.image) and np.array_equal(first.boxes, again.boxes)
    assert first.image.shape == (128, 128, 3) and first.image.dtype == np.uint8
    many = [minute_detector.compose(heads, k, settings, count=1) for k in range(30)]
    sides = np.concatenate([(s.boxes[:, 2:] - s.boxes[:, :2]).max(axis=1) for s in many])
    assert sides.min() > 0.7 * settings.smallest and sides.max() < 1.4 * settings.largest
    assert not len(minute_detector.compose(heads, 7, settings, count=0).boxes)


def test_the_shipped_detector_sees_the_faces_where_the_boxes_are(heads):
    """The labels against another judge: large heads, plainly seen."""
    settings = minute_detector.Settings(smallest=60, largest=80)
    overlaps = []
    for k in range(12):
        scene = minute_detector.compose(heads, (1, k), settings, count=1)
        found = detection.detect_faces(scene.image, "course")
        if len(found):
            overlaps.append(float(detection.iou(torch.from_numpy(found[:1, :4]), torch.from_numpy(scene.boxes))[0, 0]))
    assert len(overlaps) >= 3 and np.median(overlaps) > 0.6


def test_answers_stand_in_the_anchors_order():
    net = minute_detector.Network().eval()
    with torch.no_grad():
        logits, offsets = net(torch.zeros(2, 3, 64, 128))
    count = len(minute_detector.anchors_of(64, 128))
    assert logits.shape == (2, count) and offsets.shape == (2, count, 4)


def test_it_learns_with_the_parts_of_the_system_and_leaves_the_threads(heads):
    settings = minute_detector.Settings(steps=200, batch=8, most_heads=1, smallest=40, largest=60, tests=16)
    reports, threads = [], torch.get_num_threads()
    with places.counted("detection.encode_boxes") as encoded, places.counted("evaluation.average_precision") as judged:
        net = minute_detector.train(heads, settings, lambda step, values: reports.append((step, values)), every=100)
    assert [step for step, _ in reports] == [100, 200] and encoded.calls == 200 and judged.calls == 2
    assert torch.get_num_threads() == threads and not net.training
    untrained = minute_detector.measure(minute_detector.Network(settings), minute_detector.unseen(heads, settings),
                                        settings)
    seen = [minute_detector.compose(minute_detector.split(heads), (9, k), settings) for k in range(24)]
    assert minute_detector.measure(net, seen, settings) > untrained + 0.1


def test_a_second_box_on_a_face_is_a_false_alarm():
    face = np.array([[0, 0, 10, 10]], np.float32)
    found = np.array([[0, 0, 10, 10, 0.9], [0, 0, 10, 9, 0.8], [50, 50, 60, 60, 0.7]], np.float32)
    scores, right, total = minute_detector.judged([found, found[:0]], [face, face])
    assert right.tolist() == [True, False, False] and total == 2 and scores[0] == pytest.approx(0.9)
    assert evaluation.average_precision(scores, right, total) == pytest.approx(0.5)




@pytest.mark.parametrize("most, gives_way", [(0.5, True), (1e6, False)])
def test_parts_that_take_too_long_give_way_while_it_trains(heads, most, gives_way):
    place, told = places.place_of("detection.iou"), []

    def slow(a, b):
        time.sleep(0.01)
        return place.original(a, b)

    place.put(slow)
    try:
        with minute_detector.in_time(heads, minute_detector.Settings(steps=100), most, told.append):
            assert (detection.iou is place.original) == gives_way
        assert detection.iou is slow
    finally:
        place.put(place.original)
    assert [line.split(":")[0] for line in told] == ["Your parts are right, and slow"] * gives_way
