"""Boxes against torchvision, and the shipped detector on faces and on pictures without one."""

import os
import signal

import numpy as np
import pytest
import torch
import torchvision
from safetensors.torch import load_file

from course import demo, detection, errors, images, io, keypoints, training
from course.detection import constants, detector
from course.recipes.detector import losses as detector_losses
from course.recipes.detector import recipe as detector_recipe
from course.recipes.detector import scenes as detector_scenes
from course.recipes.detector import training as detector_training
from course.recipes.detector import validation as detector_validation
from course.training import checkpoints, loop


def random_boxes(n, seed=0, size=300):
    generator = torch.Generator().manual_seed(seed)
    corner = torch.rand(n, 2, generator=generator) * size
    return torch.cat([corner, corner + 5 + torch.rand(n, 2, generator=generator) * size / 2], dim=1)


def test_iou_is_torchvisions():
    a, b = random_boxes(40), random_boxes(60, seed=1)
    assert detection.iou(a, b).shape == (40, 60)
    torch.testing.assert_close(detection.iou(a, b), torchvision.ops.box_iou(a, b))


def test_iou_of_boxes_apart_is_zero_and_not_positive():
    """Without the clamp two negative sides multiply to a positive area."""
    apart = detection.iou(torch.tensor([[0, 0, 10, 10.0]]), torch.tensor([[20, 20, 30, 30.0]]))
    assert apart.item() == 0


@pytest.mark.parametrize("threshold", [0.2, 0.4, 0.7])
def test_nms_is_torchvisions(threshold):
    boxes = random_boxes(200)
    scores = torch.rand(200, generator=torch.Generator().manual_seed(2))
    expected = torchvision.ops.nms(boxes, scores, threshold)
    assert detection.nms(boxes, scores, threshold).tolist() == expected.tolist()


def test_nms_of_nothing():
    assert detection.nms(torch.zeros(0, 4), torch.zeros(0), 0.5).shape == (0,)


def test_encoding_goes_there_and_back():
    boxes, anchors = random_boxes(50).double(), random_boxes(50, seed=3).double()
    offsets = detection.encode_boxes(boxes, anchors)
    torch.testing.assert_close(detection.decode_boxes(offsets, anchors), boxes)
    assert detection.encode_boxes(anchors, anchors).abs().max() < 1e-12


def test_an_encoded_box_by_hand():
    anchor = torch.tensor([[0, 0, 10, 20.0]])
    box = torch.tensor([[5, 0, 15, 40.0]])  # centre (10, 20), 10 x 40; the anchor's centre is (5, 10)
    expected = torch.tensor([[0.5 / 0.1, 0.5 / 0.1, 0.0, float(np.log(2)) / 0.2]])
    torch.testing.assert_close(detection.encode_boxes(box, anchor), expected)


def test_anchors_stand_in_the_networks_order():
    height, width = 128, 192
    anchors = detection.make_anchors(height, width)
    net = detection.DetectorNet().eval()
    with torch.inference_mode():
        logits, offsets = net(torch.zeros(1, 3, height, width))
    assert logits.shape == (1, len(anchors)) and offsets.shape == (1, len(anchors), 4)
    first, second, third = anchors[0], anchors[1], anchors[2]
    assert first.tolist() == [-3, -3, 11, 11] and second.tolist() == [-7, -7, 15, 15]  # 14 and 22 round (4, 4)
    assert third.tolist() == [5, -3, 19, 11]  # the next cell is to the right
    last = anchors[-1]
    assert last.tolist() == [160 - 145, 96 - 145, 160 + 145, 96 + 145]


def test_a_moved_picture_moves_the_answer():
    """Layout and anchors agree: shifting a face by one coarse cell shifts the boxes by as much."""
    image = images.load_image(demo.photo_path())
    canvas = np.full((640, 640, 3), 127, np.uint8)
    shifted = canvas.copy()
    canvas[:300, :256] = image[::2, ::2]
    shifted[128:428, 256:512] = image[::2, ::2]
    here, there = (detection.detect_faces(picture, "course")[0, :4] for picture in (canvas, shifted))
    np.testing.assert_allclose(there - here, [256, 128, 256, 128], atol=6)


def test_every_face_size_finds_an_anchor():
    anchors = detection.make_anchors(320, 320)
    for side in np.geomspace(12, 300, 40):
        center = torch.tensor([163.0, 157.0])
        box = torch.cat([center - side / 2, center + side / 2])[None].float()
        label, target = detector_losses.match(box, torch.zeros(0, 4), anchors)
        assert (label == 1).sum() >= 2
        assert (target[label == 1] == box).all()


def test_matching_leaves_ignored_places_out():
    anchors = detection.make_anchors(128, 128)
    label, _ = detector_losses.match(torch.zeros(0, 4), torch.tensor([[32, 32, 96, 96.0]]), anchors)
    inside = (anchors >= 40).all(dim=1) & (anchors <= 88).all(dim=1)
    assert inside.any() and (label[inside] == -1).all() and (label == 0).any() and (label != 1).all()


def test_focal_loss_against_its_formula():
    logits, label = torch.tensor([2.0, -1.0, 0.5, 3.0]), torch.tensor([1, 0, 1, -1])
    p = 1 / (1 + np.exp(-logits.numpy()))
    expected = [-0.3 * (1 - p[0]) ** 2 * np.log(p[0]), -0.7 * p[1] ** 2 * np.log(1 - p[1]),
                -0.3 * (1 - p[2]) ** 2 * np.log(p[2]), 0]
    loss = detector_losses.focal_loss(logits, label, alpha=0.3, gamma=2.0)
    np.testing.assert_allclose(loss.numpy(), expected, rtol=1e-5)


def test_fusing_changes_nothing_but_the_speed():
    torch.manual_seed(0)
    net = detection.DetectorNet()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    net.eval()
    picture = torch.rand(1, 3, 128, 128)
    with torch.inference_mode():
        plain = net(picture)
        fused = detection.fuse(net)(picture)
    for a, b in zip(plain, fused):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-3)


def test_an_unknown_backend_names_the_choices():
    with pytest.raises(errors.FaceError, match="auto, course, face-alignment, sfd, blazeface"):
        detection.detect_faces(np.zeros((64, 64, 3), np.uint8), backend="haar")


def test_weights_of_another_network_are_refused():
    with pytest.raises(errors.WeightsError, match="does not fit"):
        detection.load_network({"stem.0.0.weight": torch.zeros(1)})


def test_hopper_and_the_astronaut_are_found_once():
    skimage_data = pytest.importorskip("skimage.data")
    for image, eyes in ((images.load_image(demo.photo_path()), (265, 200)), (skimage_data.astronaut(), (225, 115))):
        faces = detection.detect_faces(image, "course")
        assert faces.shape == (1, 5) and faces.dtype == np.float32
        x1, y1, x2, y2, score = faces[0]
        assert x1 < eyes[0] < x2 and y1 < eyes[1] < y2
        assert 0 < score <= 1 and detection.best_score(image) >= score - 1e-5


@pytest.mark.parametrize("name", ["coffee", "chelsea", "rocket", "brick", "grass", "gravel", "coins", "page", "clock",
                                  "hubble_deep_field", "immunohistochemistry", "moon", "retina", "text", "checkerboard",
                                  "logo", "colorwheel", "cell", "microaneurysms", "shepp_logan_phantom"])
def test_nothing_is_found_where_there_is_no_face(name):
    image = images.as_image(getattr(pytest.importorskip("skimage.data"), name)())
    assert detection.detect_faces(image, "course").shape == (0, 5)


@pytest.mark.parametrize("side", [300, 512, 2000, 6000])
def test_a_face_is_found_in_pictures_of_any_size(side):
    """A 120 px face, in pictures in which it is a third or a fiftieth of the side."""
    photo = images.load_image(demo.photo_path())[60:460, 60:460]  # the face is some 185 px of 400
    small = detection.shrink(photo, 260)[0]
    canvas = np.full((side, side * 2 // 3 + 100, 3), 90, np.uint8)
    top, left = side // 40, side // 20
    canvas[top : top + 260, left : left + 260] = small
    faces = detection.detect_faces(canvas, "course")
    assert len(faces) == 1
    center = (faces[0, :2] + faces[0, 2:4]) / 2
    expected = (np.array([265, 250]) - 60) * 260 / 400 + [left, top]
    np.testing.assert_allclose(center, expected, atol=20)


def test_recall_on_pictures_held_out(shared_dir):
    faces = training.load_labelled(shared_dir / "scenes", shared_dir / "portraits").part("held-out")
    truth = keypoints.tight_boxes(faces.points[..., :2])
    hits = [detector_validation.recalled(detection.detect_faces(images.load_image(path), "course"), box[None])[0]
            for path, box in zip(faces.paths, truth)]
    scenes = np.char.startswith(faces.sheets.astype(str), "textual")
    assert np.mean(np.array(hits)[scenes]) >= 0.98 and np.mean(np.array(hits)[~scenes]) >= 0.98


def test_the_landmarker_agrees_with_itself_on_faces_and_not_elsewhere(hopper):
    face = detection.detect_faces(hopper, "course")[0]
    assert keypoints.disagreement(hopper, face) < 0.03
    side = face[2] - face[0]
    flag = np.array([20, 250, 20 + side, 250 + side])  # the flag beside her
    assert keypoints.disagreement(hopper, flag) > 0.06


def test_a_doubtful_face_needs_the_landmarkers_word(hopper, monkeypatch):
    """A face that the detector is unsure of is kept or dropped by what the points say."""
    face = np.append(detection.detect_faces(hopper, "course")[0, :4], 0.7)
    assert detector._is_face(hopper, face, detection.SETTINGS)
    # in its file: pytest would take back what it sets at the door by deleting it
    monkeypatch.setattr(keypoints.agreement, "disagreement", lambda image, box: 0.2)
    assert not detector._is_face(hopper, face, detection.SETTINGS)
    small = np.array([10, 10, 30, 30, 0.7])  # no points to agree about: the score alone decides
    assert not detector._is_face(hopper, small, detection.SETTINGS)
    assert detector._is_face(hopper, np.append(small[:4], 0.8), detection.SETTINGS)


@pytest.fixture(scope="module")
def composer(shared_dir):
    faces = training.load_labelled(shared_dir / "portraits").part("train").take(range(6))
    return detector_scenes.SceneComposer(faces, detector_scenes.SceneRecipe(size=128))


def test_a_composed_picture_follows_from_its_number(composer):
    first, again, other = composer.compose((0, 5)), composer.compose((0, 5)), composer.compose((0, 6))
    assert (first.image == again.image).all() and (first.boxes == again.boxes).all()
    assert first.image.shape == (128, 128, 3) and not (first.image == other.image).all()


def test_composed_boxes_sit_on_the_faces(composer):
    """Pasted without a turn, the picture under the box is the face it came from."""
    canvas = np.zeros((256, 256, 3), np.uint8)

    class Straight:  # a generator that always draws the middle: no turn, no stretch, no mirror
        def normal(self, *_):
            return 0.0

        def uniform(self, low, high):
            return 1.0

        def random(self):
            return 0.7

    points = composer._paste(Straight(), canvas, 0, np.array([128.0, 128.0]), 100.0, "whole")
    box = keypoints.tight_boxes(points)
    np.testing.assert_allclose((box[:2] + box[2:]) / 2, [128, 128], atol=1e-2)
    assert max(box[2:] - box[:2]) == pytest.approx(100, abs=0.1)
    x1, y1, x2, y2 = composer.boxes[0].round().astype(int)
    import cv2

    original = cv2.resize(composer.pyramids[0][0][y1:y2, x1:x2], (100, 100), interpolation=cv2.INTER_AREA)
    bx1, by1, bx2, by2 = box.round().astype(int)
    pasted = cv2.resize(canvas[by1:by2, bx1:bx2], (100, 100))
    assert np.abs(original.astype(int) - pasted).mean() < 6


def test_faceless_pictures_have_no_box(composer):
    for k in range(20):
        scene = composer.without_face(np.random.default_rng(k))
        assert scene.boxes.shape == (0, 4) and scene.image.dtype == np.uint8


def train_detector(labelled_folder, logdir, resume=False):
    recipe = detector_recipe.Recipe(steps=4, batch=2, warmup=2, check_every=100)
    with pytest.MonkeyPatch.context() as patch:  # small pictures; measured on two of each kind
        patch.setattr(detector_scenes.SceneComposer.__init__, "__defaults__", (detector_scenes.SceneRecipe(size=128),))
        patch.setattr(detector_validation.Validator.__init__, "__defaults__", (2, 2))
        return detector_training.train([labelled_folder], resume=resume, logdir=logdir, out=logdir / "w.safetensors",
                                       recipe=recipe)


def test_training_goes_on_with_the_same_numbers(labelled_folder, tmp_path, monkeypatch):
    """Four steps equal two, Ctrl-C, and two more: to the bit; and what it writes is a detector."""
    whole = train_detector(labelled_folder, tmp_path / "whole")

    def step(self, number, rows, updater, real=detector_training.DetectorTask.step):
        if number == 1:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, number, rows, updater)

    with monkeypatch.context() as patch, pytest.raises(training.Stopped):
        patch.setattr(detector_training.DetectorTask, "step", step)
        train_detector(labelled_folder, tmp_path / "stopped")
    resumed = train_detector(labelled_folder, tmp_path / "stopped", resume=True)
    one, two = load_file(whole), load_file(resumed)
    assert all(torch.equal(one[name], two[name]) for name in one)
    histories = [checkpoints.load(tmp_path / name / loop.CHECKPOINT)["history"] for name in ("whole", "stopped")]
    assert histories[0] == histories[1]
    assert set(histories[0]) == {"step", "loss", "hard pictures", "recall", "crowd recall", "false alarms"}
    detection.load_network(one)
    with pytest.raises(errors.CourseError, match="without --resume"):
        train_detector(labelled_folder, tmp_path / "nothing", resume=True)


class Counting:
    """In place of the pictures: their numbers are all that is asked."""

    def compose(self, number):
        return detector_scenes.Scene(np.zeros((64, 64, 3), np.uint8), np.zeros((0, 4), np.float32),
                                     np.zeros((0, 4), np.float32))


def test_hard_pictures_are_drawn_again_until_they_are_quiet():
    recipe = detector_recipe.Recipe(batch=8, hard_kept=40)
    task = detector_training.DetectorTask(Counting(), 10, recipe)
    assert task._numbers(3, slice(None)) == [(0, 3, k) for k in range(8)]
    loud, quiet = torch.tensor([1.0] * 8), torch.tensor([-1.0] * 8)
    for step in range(3):
        task._remember([(0, step, k) for k in range(8)], loud)
    drawn = task._numbers(3, slice(None))
    assert drawn[:5] == [(0, 3, k) for k in range(5)] and set(drawn[5:]) < set(task.hard) and len(task.hard) == 24
    task._remember(drawn, quiet)
    assert len(task.hard) == 21 and not set(drawn) & set(task.hard)
    # two processes share a batch: each draws its half, new pictures that the other does not have
    halves = [task._numbers(4, rows) for rows in (slice(0, 4), slice(4, 8))]
    assert [len(half) for half in halves] == [4, 4] and halves[0][:3] == [(0, 4, 0), (0, 4, 1), (0, 4, 2)]
    other = detector_training.DetectorTask(Counting(), 10, recipe)
    other.restore({"hard": [list(number) for number in task.state()["hard"]]})  # as a checkpoint gives it back
    assert other._numbers(5, slice(None)) == task._numbers(5, slice(None))


def test_the_validator_tells_a_detector_from_none(labelled_folder):
    faces = training.load_labelled(labelled_folder).part("validation")
    validator = detector_validation.Validator(faces, crowds=1, faceless=2)
    shipped = validator.measure(io.load_tensors(constants.WEIGHTS_FILE))
    assert shipped["recall"] == 1.0 and shipped["false alarms"] == 0
    torch.manual_seed(0)
    untrained = validator.measure(detection.DetectorNet().state_dict())
    assert untrained["recall"] == 0.0
