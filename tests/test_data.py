"""Labelled faces: read from folders, split by sheet so that nothing measured was trained on."""

import numpy as np
import pytest

from course import errors, io, keypoints, training
from course.io import datasets
from course.training import labelled as data


def labelled(sheets):
    count = len(sheets)
    return training.LabelledFaces([f"{i}.jpg" for i in range(count)], np.zeros((count, 78, 3), np.float32),
                              np.zeros((count, 51), np.float32), np.array(sheets))


def test_every_face_is_in_exactly_one_part():
    manifest = io.read_manifest()
    sheets = [sheet for name in ("portraits", "scenes")
              for sheet in io.read_labels(datasets.weights.data_file(manifest[name]["labels"]))["sheet"]]
    faces = labelled(sheets)
    parts = {name: faces.part(name) for name in ("train", "validation", "held-out")}
    paths = [path for part in parts.values() for path in part.paths]
    assert sorted(paths) == sorted(faces.paths) and len(set(paths)) == len(paths)
    used = [set(part.sheets) for part in parts.values()]
    assert not used[0] & used[1] and not used[0] & used[2] and not used[1] & used[2]
    assert len(parts["held-out"]) > 100 and len(parts["train"]) > 0.6 * len(faces)
    assert used[2] == data.HELD_OUT_SHEETS and used[1] == data.VALIDATION_SHEETS, "every sheet named there exists"


def test_take_by_mask_and_by_index():
    faces = labelled(["a", "b", "c"])
    assert faces.take(np.array([True, False, True])).paths == ["0.jpg", "2.jpg"]
    assert faces.take([2, 0]).paths == ["2.jpg", "0.jpg"]
    assert list(faces.take([2]).sheets) == ["c"]


def test_a_folder_without_labels(tmp_path):
    with pytest.raises(errors.CourseError, match="course data fetch"):
        training.load_labelled(tmp_path)


def test_the_full_labels(shared_dir):
    faces = training.load_labelled(shared_dir / "portraits", shared_dir / "scenes")
    assert len(faces) == 340 + 937 == len(faces.points) == len(faces.blendshapes) == len(faces.sheets)
    assert all(path.is_file() for path in faces.paths[::50])
    assert np.isfinite(faces.points).all() and 0 <= faces.blendshapes.min() and faces.blendshapes.max() <= 1
    eyes = keypoints.eye_distance(faces.points[..., :2])
    assert eyes.min() > 20
    # the person's right eye is on the left of an unmirrored picture; brows above chin
    assert (faces.points[:, 36, 0] < faces.points[:, 45, 0]).mean() > 0.99
    assert (faces.points[:, 8, 1] > faces.points[:, 27, 1]).all()


def test_flipping_twice_is_nothing():
    np.testing.assert_array_equal(keypoints.FLIP[keypoints.FLIP], np.arange(78))
    assert keypoints.FLIP[36] == 45 and keypoints.FLIP[8] == 8 and keypoints.FLIP[68] == 69
