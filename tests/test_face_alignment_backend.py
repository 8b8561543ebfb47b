"""face-alignment behind our functions: what is missing is said, and the real loading code runs."""

import shutil

import numpy as np
import pytest
import torch

from course import detection, errors, images, keypoints, training
from course.detection import face_alignment as face_alignment_backend


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty torch hub cache, and no way to the network."""
    pytest.importorskip("face_alignment", reason="face-alignment is not installed")

    def refuse(*_, **__):
        raise AssertionError("something tried to download")

    monkeypatch.setattr("torch.hub.download_url_to_file", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def blazeface(cache, shared_dir):
    for name in face_alignment_backend.FILES["blazeface"]:
        shutil.copy(shared_dir / "weights" / name, cache / name)


def put_random(cache, name):
    """Random weights of the true shape where the cache expects the real ones."""
    torch.manual_seed(0)
    if name == "sfd":
        from face_alignment.detection.sfd.net_s3fd import s3fd as network
        net = network()
    else:
        from face_alignment.models import FAN
        net = FAN(4)
    torch.save(net.state_dict(), cache / face_alignment_backend.FILES[name][0])


def test_without_weights_it_says_how_to_get_them(cache):
    image = np.zeros((64, 64, 3), np.uint8)
    assert not any(face_alignment_backend.available(name) for name in face_alignment_backend.FILES)
    for name in ("sfd", "blazeface"):
        with pytest.raises(errors.WeightsError, match="course data fetch face-alignment"):
            detection.detect_faces(image, backend=name)
    with pytest.raises(errors.WeightsError, match="2DFAN4.*course data fetch face-alignment"):
        face_alignment_backend.landmarks(image, np.array([[10, 10, 50, 50.0]]))


def test_without_the_package_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(face_alignment_backend.importlib.util, "find_spec", lambda name: None)
    assert not face_alignment_backend.available("sfd")
    with pytest.raises(errors.FaceError, match="pip install face-alignment"):
        detection.detect_faces(np.zeros((64, 64, 3), np.uint8), backend="face-alignment")


def test_damaged_weights_are_named(cache):
    (cache / face_alignment_backend.FILES["sfd"][0]).write_bytes(b"not weights at all")
    with pytest.raises(errors.WeightsError, match="s3fd.*course data fetch"):
        face_alignment_backend.detect(np.zeros((64, 64, 3), np.uint8), "sfd")


def test_an_unknown_detector_is_named():
    with pytest.raises(errors.FaceError, match="sfd, blazeface"):
        face_alignment_backend.detect(np.zeros((64, 64, 3), np.uint8), "dlib")


def test_sfd_loads_and_answers_with_random_weights(cache):
    put_random(cache, "sfd")
    assert face_alignment_backend.available("sfd")
    image = np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8)
    faces = face_alignment_backend.detect(image, "sfd")
    assert faces.dtype == np.float32 and faces.shape[1:] == (5,)
    assert (np.diff(faces[:, 4]) <= 0).all()


def test_fan_loads_and_gives_68_points_inside_its_crop(cache):
    put_random(cache, "fan")
    image = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    boxes = np.array([[100, 80, 200, 190, 0.9], [-20, -10, 60, 70, 0.8]], np.float32)
    points = face_alignment_backend.landmarks(image, boxes)
    assert points.shape == (2, 68, 2) and points.dtype == np.float32
    for box, found in zip(boxes, points):
        side = face_alignment_backend.REACH * (box[2] - box[0] + box[3] - box[1])
        raised = face_alignment_backend.RAISE * (box[3] - box[1])
        center = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2 - raised])
        assert (np.abs(found - center) <= side / 2).all()
        assert found.std() > 1  # not all in one place
    assert face_alignment_backend.landmarks(image, boxes[:0]).shape == (0, 68, 2)


def test_fan_agrees_with_the_package_on_the_same_boxes(cache):
    """The package's own pipeline, without compilation, on random weights: the same points to a cell's rounding."""
    put_random(cache, "fan")
    put_random(cache, "sfd")  # its constructor wants a detector
    import face_alignment

    image = np.random.default_rng(1).integers(0, 256, (16, 16, 3), np.uint8)
    image = np.ascontiguousarray(np.kron(image, np.ones((20, 20, 1), np.uint8)))
    box = np.array([90, 100, 215, 225, 0.9])  # float64: the package does not take float32
    ours = face_alignment_backend.landmarks(image, box[None])[0]
    theirs = face_alignment.FaceAlignment(
        face_alignment.LandmarksType.TWO_D, device="cpu", face_detector="sfd", compile=False)
    wanted = theirs.get_landmarks_from_image(image, detected_faces=[box])[0]
    cell = face_alignment_backend.REACH * 250 / 64
    assert np.median(np.linalg.norm(ours - wanted, axis=1)) < cell


def test_peaks_lie_a_quarter_towards_the_higher_neighbour():
    heat = np.zeros((1, 8, 8), np.float32)
    heat[0, 3, 5], heat[0, 3, 6], heat[0, 2, 5] = 1.0, 0.5, 0.4
    np.testing.assert_allclose(face_alignment_backend.peaks(heat), [[5.75, 3.25]])


def test_blazeface_finds_the_faces_with_its_real_weights(blazeface, shared_dir):
    faces = training.load_labelled(shared_dir / "portraits").part("validation")
    truth = keypoints.tight_boxes(faces.points[..., :2])
    overlaps = []
    for path, box in zip(faces.paths[:12], truth):
        found = detection.detect_faces(images.load_image(path), backend="blazeface")
        best = torch.from_numpy(found[:1, :4].copy())
        overlaps.append(float(detection.iou(best, torch.from_numpy(box)[None]).max()) if len(found) else 0.0)
    assert np.median(overlaps) > 0.7 and min(overlaps) > 0.4


def test_auto_turns_to_the_package_only_where_ours_finds_nothing(blazeface, shared_dir, monkeypatch, caplog):
    path = training.load_labelled(shared_dir / "portraits").part("validation").paths[0]
    image = images.load_image(path)
    monkeypatch.setattr(face_alignment_backend, "detect", lambda *_: pytest.fail("ours had found the face"))
    assert len(detection.detect_faces(image))
    monkeypatch.undo()
    monkeypatch.setattr(face_alignment_backend, "available", lambda name: name == "blazeface")
    monkeypatch.setattr(face_alignment_backend, "detect", lambda image, name: np.array([[1, 2, 3, 4, 0.9]], np.float32))
    with caplog.at_level("INFO", logger="course"):
        faces = detection.detect_faces(np.full((64, 64, 3), 90, np.uint8))
    np.testing.assert_allclose(faces, [[1, 2, 3, 4, 0.9]])
    assert "blazeface found 1" in caplog.text
