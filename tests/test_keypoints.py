"""The landmarker: its parts against cases worked by hand, and the whole on photographs."""

import os
import signal

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from course import errors, images, keypoints, motion, training
from course.keypoints import crops as keypoint_crops
from course.recipes.keypoints import tiles
from course.recipes.keypoints import training as keypoints_training
from course.training import checkpoints, loop


def test_soft_argmax_by_hand():
    maps = torch.full((1, 2, 4, 4), -1e4)
    maps[0, 0, 1, 2] = 0.0  # all mass in row 1, column 2
    maps[0, 1, 0, 0] = maps[0, 1, 3, 3] = 0.0  # half in each of two corners
    found = keypoints.soft_argmax(maps)
    assert found[0, 0].tolist() == pytest.approx([2.5 / 4, 1.5 / 4])
    assert found[0, 1].tolist() == pytest.approx([0.5, 0.5])


def test_soft_argmax_follows_a_heatmap_between_cells():
    x, y = torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="xy")
    maps = (-((x - 12.3) ** 2 + (y - 20.6) ** 2) / 2)[None, None]
    assert keypoints.soft_argmax(maps)[0, 0].tolist() == pytest.approx([12.8 / 32, 21.1 / 32], abs=1e-3)


def test_folding_norms_changes_nothing():
    torch.manual_seed(0)
    net = keypoints.Landmarker().eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):  # as training would leave it, not as it starts
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
    crops = torch.rand(2, 3, 128, 128)
    with torch.inference_mode():
        before, after = net(crops), keypoints.fold_norms(net)(crops)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in net.modules())
    assert torch.allclose(before, after, atol=1e-4)


def test_flip_order_is_its_own_inverse_and_keeps_the_middle():
    assert (keypoints.FLIP[keypoints.FLIP] == np.arange(78)).all()
    assert all(keypoints.FLIP[i] == i for i in (8, 27, 30, 33, 51, 57, 62, 66))
    assert keypoints.FLIP[36] == 45 and keypoints.FLIP[68] == 69 and keypoints.FLIP[70] == 77


def test_crop_matrix_takes_the_square_to_the_crop_and_undoes_the_tilt():
    matrix = keypoints.square_matrix((50, 40), 20, 100, 30)
    assert keypoint_crops.apply(matrix, np.array([50, 40])) == pytest.approx([50, 50])
    along = np.array([np.cos(np.deg2rad(30)), np.sin(np.deg2rad(30))]) * 5
    assert keypoint_crops.apply(matrix, np.array([50, 40]) + along) == pytest.approx([75, 50])


def test_a_disturbed_crop_keeps_points_on_the_picture():
    """A bright dot on every point: after all that moves pixels, the dots are still where the points are."""
    rng = np.random.default_rng(0)
    tile = np.zeros((keypoint_crops.TILE, keypoint_crops.TILE, 3), np.uint8)
    points = np.array([[144 + 50 * np.cos(a), 144 + 50 * np.sin(a)] for a in np.linspace(0, 6.2, 78)])
    for x, y in points.round().astype(int):
        tile[y - 2 : y + 3, x - 2 : x + 3] = 255
    hits = []
    for _ in range(20):
        crop, found = tiles.disturb(tile, points.round(), rng, 128, tiles.AugmentRecipe())
        pixels = (found * 128 - 0.5).round().astype(int)
        inside = ((pixels >= 1) & (pixels < 127)).all(axis=1)
        grey = crop.astype(float).mean(axis=2)
        hits.append((grey[pixels[inside, 1], pixels[inside, 0]] > np.median(grey) + 15).mean())
    assert np.median(hits) > 0.9


def test_point_loss_by_hand():
    true = torch.zeros(1, 78, 2)
    true[0, 0] = 1.0  # the face is one wide and one high
    found = true.clone()
    found[0, 5, 0] += 0.78
    weights = torch.ones(78)
    # |0.78| over 78 * 2 numbers
    assert float(keypoints_training.point_loss(found, true, weights)) == pytest.approx(0.005, rel=1e-4)


@pytest.fixture(scope="module")
def hopper_photo():
    from course import demo

    return images.load_image(demo.photo_path())


def test_finds_the_points_of_a_photograph(hopper_photo):
    found = keypoints.find_keypoints(hopper_photo)
    assert found.shape == (1, 68, 2) and found.dtype == np.float32
    # where a person would put them: the tip of the nose, the corners of the mouth, the chin
    wanted = {30: (266, 238), 48: (234, 279), 54: (302, 277), 8: (270, 334)}
    size = keypoints.eye_distance(found)[0]
    for index, place in wanted.items():
        assert np.linalg.norm(found[0, index] - place) < 0.05 * size, index


def test_is_not_moved_by_where_the_box_lies(hopper_photo):
    box = np.array([173, 162, 354, 343, 1.0])
    spread = [keypoints.find_points(hopper_photo, [box + np.array([dx, dy, dx, dy, 0])])[0]
              for dx in (-8, 8) for dy in (-8, 8)]
    distance = np.linalg.norm(np.array(spread) - np.mean(spread, axis=0), axis=2).mean()
    assert distance < 0.02 * keypoints.eye_distance(spread[0])


def test_mirror_image_gives_mirrored_points(hopper_photo):
    box = np.array([[173, 162, 354, 343, 1.0]])
    width = hopper_photo.shape[1]
    mirrored_box = box.copy()
    mirrored_box[0, [0, 2]] = width - 1 - box[0, [2, 0]]
    straight = keypoints.find_points(hopper_photo, box)[0]
    mirrored = keypoints.find_points(np.ascontiguousarray(hopper_photo[:, ::-1]), mirrored_box)[0]
    back = np.array([width - 1, 0]) + mirrored[keypoints.FLIP] * np.array([-1, 1])
    assert np.linalg.norm(back - straight, axis=1).mean() < 0.02 * keypoints.eye_distance(straight)


def test_tracks_a_moving_face_and_fills_lost_frames(hopper_photo):
    def film():
        for shift in range(0, 40, 4):
            yield np.roll(hopper_photo, shift, axis=1)
        for _ in range(3):
            yield np.full_like(hopper_photo, 128)
        for shift in range(52, 72, 4):
            yield np.roll(hopper_photo, shift, axis=1)

    points, tracked = motion.track_points(film())
    assert points.shape == (18, 78, 2) and np.isfinite(points).all()
    assert not tracked[10:13].any() and tracked[:10].all() and tracked[13:].all()
    assert np.diff(points.mean(axis=1)[:, 0]) == pytest.approx(4, abs=1.2)


def test_a_film_without_a_face_gives_nothing():
    points, tracked = motion.track_points([np.full((200, 200, 3), 90, np.uint8)] * 3)
    assert points.shape == (0, 78, 2) and not tracked.any()


def test_wrong_boxes_and_backends_are_refused(hopper_photo):
    with pytest.raises(errors.FaceError, match="shape"):
        keypoints.find_points(hopper_photo, np.zeros((1, 3)))
    with pytest.raises(errors.FaceError, match="choose from"):
        keypoints.find_keypoints(hopper_photo, backend="dlib")
    assert keypoints.find_points(hopper_photo, np.zeros((0, 5))).shape == (0, 78, 2)


def test_a_face_cut_off_by_the_border_gives_finite_points(hopper_photo):
    cut = np.ascontiguousarray(hopper_photo[:260, 200:])
    found = keypoints.find_points(cut, [[-20, 160, 150, 330]])
    assert np.isfinite(found).all()


def test_tampered_weights_are_refused():
    tensors = {name: torch.zeros(3) for name in ("heatmaps.weight",)}
    with pytest.raises(errors.WeightsError):
        keypoints.load_network(tensors)
    with pytest.raises(errors.WeightsError):
        keypoints.load_network({})


@pytest.mark.parametrize("part, limit", [("portraits", 3.0), ("scenes", 5.0)])
def test_held_out_faces(shared_dir, part, limit):
    """A sample of the held-out part; benchmarks/keypoints.py measures all of it."""
    faces = training.load_labelled(shared_dir / part).part("held-out")
    faces = faces.take(np.arange(0, len(faces), 8))
    errors_percent = []
    for path, label in zip(faces.paths, faces.points[:, :68, :2]):
        found = keypoints.find_keypoints(images.load_image(path), keypoints.tight_boxes(label)[None])[0]
        errors_percent.append(np.linalg.norm(found - label, axis=1).mean() / keypoints.eye_distance(label) * 100)
    assert np.mean(errors_percent) < limit * 1.2  # a small sample wobbles


def test_a_run_that_was_stopped_gives_the_same_numbers(labelled_folder, tmp_path, monkeypatch):
    """Six steps equal three, Ctrl-C, and three more: to the bit; and what it writes is a landmarker."""
    recipe = keypoints_training.Recipe(steps=6, batch=2, posed=0, warmup=2, check_every=3)

    def train(name, resume=False):
        return load_file(keypoints_training.train([labelled_folder], resume=resume, logdir=tmp_path / name,
                                                  out=tmp_path / name / "w.safetensors", recipe=recipe))

    def step(self, number, rows, updater, real=keypoints_training.KeypointsTask.step):
        if number == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, number, rows, updater)

    straight = train("a")
    with monkeypatch.context() as patch, pytest.raises(training.Stopped):
        patch.setattr(keypoints_training.KeypointsTask, "step", step)
        train("b")
    stopped = train("b", resume=True)
    assert straight.keys() == stopped.keys()
    for name, tensor in straight.items():
        assert torch.equal(tensor, stopped[name]), name
    keypoints.load_network(straight)
    assert {tensor.dtype for tensor in straight.values()} == {torch.float16}
    history = checkpoints.load(tmp_path / "a" / loop.CHECKPOINT)["history"]
    assert set(history) == {"step", "loss", "validation, %"} and history["validation, %"][-1] > 0
