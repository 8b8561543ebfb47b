"""`Motion`: what it holds, refuses, saves and resamples."""

import numpy as np
import pytest

from course import errors, face
from course.exercises import places
from course.motion import Motion


@pytest.fixture
def nod():
    t = np.arange(50) / 25
    return Motion(np.stack([10 * np.sin(2 * np.pi * t), t / 2], axis=1), ("headPitch", "jawOpen"), fps=25)


def test_the_channels_are_named_once_each():
    assert len(face.BLENDSHAPES) == 51 and len(face.CHANNELS) == 57 == len(set(face.CHANNELS))
    assert face.CHANNELS[face.INDEX["headYaw"]] == "headYaw"


def test_reading_channels(nod):
    assert len(nod) == 50 and nod.duration == 2.0 and nod.values.dtype == np.float32
    np.testing.assert_allclose(nod["jawOpen"], np.arange(50) / 50, atol=1e-6)
    assert not nod["mouthSmileLeft"].any() and nod["mouthSmileLeft"].shape == (50,)
    full = nod.full()
    assert full.shape == (50, 57)
    np.testing.assert_array_equal(full[:, face.INDEX["headPitch"]], nod["headPitch"])
    assert np.count_nonzero(full.any(axis=0)) == 2


def test_saved_and_loaded(nod, tmp_path):
    again = Motion.load(nod.save(tmp_path / "new" / "nod.npz"))
    np.testing.assert_array_equal(again.values, nod.values)
    assert again.channels == nod.channels and again.fps == 25.0


def test_resampling_keeps_time(nod):
    up = nod.resample(60)
    assert len(up) == 120 and up.fps == 60 and up.duration == nod.duration
    # frame i stands for the middle of its time, (i + 1/2) / fps
    at = (np.arange(120) + 0.5) / 60 - 0.5 / 25
    inside = (at >= 0) & (at <= 49 / 25)
    np.testing.assert_allclose(up["jawOpen"][inside], at[inside] / 2, atol=1e-6)
    np.testing.assert_allclose(up["headPitch"][inside], 10 * np.sin(2 * np.pi * at[inside]), atol=0.1)
    assert nod.resample(25) is nod
    assert len(Motion(np.ones((1, 1)), ("jawOpen",), 25).resample(10)) == 1


def test_resampling_there_and_back(nod):
    np.testing.assert_allclose(nod.resample(100).resample(25).values[1:-1], nod.values[1:-1], atol=0.12)


@pytest.mark.parametrize(("values", "channels", "fps", "match"), [
    (np.zeros((3, 1)), ("jawopen",), 25, "unknown motion channel 'jawopen'"),
    (np.zeros((3, 2)), ("jawOpen",), 25, r"shape \(frames, 1\)"),
    (np.zeros(3), ("jawOpen",), 25, "shape"),
    (np.zeros((0, 1)), ("jawOpen",), 25, "shape"),
    (np.full((3, 1), np.nan), ("jawOpen",), 25, "NaN"),
    (np.zeros((3, 1)), ("jawOpen",), 0, "above 0"),
    (np.zeros((3, 1)), ("jawOpen",), float("nan"), "above 0"),
    (np.zeros((3, 1)), ("jawOpen",), float("inf"), "above 0"),
    ([["a"]], ("jawOpen",), 25, "numbers"),
    (np.zeros((3, 2)), ("jawOpen", "jawOpen"), 25, "twice"),
])
def test_what_is_refused(values, channels, fps, match):
    with pytest.raises(errors.MotionError, match=match) as caught:
        Motion(values, channels, fps)
    assert "\n" not in str(caught.value)


def test_resampling_asks_for_the_rows_between_its_own(nod):
    with places.counted("motion.in_between") as seen:
        up = nod.resample(60)
    assert seen.calls == 1
    at = np.clip((np.arange(len(up)) + 0.5) / 60 * 25 - 0.5, 0, len(nod) - 1)
    between = np.interp(at, np.arange(len(nod)), nod.values[:, 0]).astype(np.float32)
    np.testing.assert_array_equal(up.values[:, 0], between)  # to the bit


def test_an_unknown_channel_is_an_error_not_zeros(nod):
    with pytest.raises(errors.MotionError, match="unknown motion channel 'smile'"):
        nod["smile"]


def test_files_that_are_no_motion(nod, tmp_path):
    whole = nod.save(tmp_path / "nod.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.npz").write_text("hello")
    (tmp_path / "empty.npz").write_bytes(b"")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    np.save(tmp_path / "array.npy", np.zeros(3))
    np.savez(tmp_path / "pickled.npz", values=np.array([{}], dtype=object), channels=["jawOpen"], fps=25)
    for name in ("cut.npz", "text.npz", "empty.npz", "other.npz", "array.npy", "pickled.npz"):
        with pytest.raises(errors.MotionError, match="no saved motion") as caught:
            Motion.load(tmp_path / name)
        assert "\n" not in str(caught.value)
    with pytest.raises(errors.MotionError, match="no file"):
        Motion.load(tmp_path / "none.npz")
    with pytest.raises(errors.MotionError, match="is a folder"):
        Motion.load(tmp_path)


def test_a_place_that_cannot_be_written(nod, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(errors.OutputError, match="cannot be written"):
        nod.save(tmp_path / "file" / "nod.npz")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
