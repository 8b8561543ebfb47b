"""A motion cut, joined, mixed, added, scaled, slowed, mirrored, plotted, and written as a table."""

import numpy as np
import pytest

import course
from course import errors, face, motion, plots
from course.motion import Motion


@pytest.fixture
def nod():
    t = (np.arange(50) + 0.5) / 25
    return Motion(np.stack([10 * np.sin(2 * np.pi * t), t / 2], axis=1), ("headYaw", "jawOpen"), fps=25)


def test_cut(nod):
    piece = nod.cut(0.4, 1.2)
    assert len(piece) == 20 and np.array_equal(piece.values, nod.values[10:30]) and piece.channels == nod.channels
    assert len(nod.cut()) == 50 and len(nod.cut(1)) == 25 and len(nod) == 50


def test_joined(nod):
    other = Motion(np.ones((60, 1)), ("mouthPucker",), fps=50)  # 1.2 s at another rate, of another channel
    whole = nod.joined(other, over=0.4)
    assert len(whole) == 50 + 30 - 10 and whole.channels == ("headYaw", "jawOpen", "mouthPucker")
    assert np.array_equal(whole.values[:40, :2], nod.values[:40]) and not whole["mouthPucker"][:40].any()
    assert np.allclose(whole["mouthPucker"][50:], 1) and not whole["jawOpen"][50:].any()
    assert (np.diff(whole["mouthPucker"][39:51]) > 0).all()
    assert len(nod.joined(nod, over=0)) == 100


def test_mixed_and_added(nod):
    other = Motion(np.ones((30, 1)), ("jawOpen",))
    mixed = nod.mixed(other, 0.25)
    assert len(mixed) == 30
    assert np.allclose(mixed["jawOpen"], 0.75 * nod["jawOpen"][:30] + 0.25)
    assert np.allclose(mixed["headYaw"], 0.75 * nod["headYaw"][:30])
    faded = nod.mixed(other, np.linspace(0, 1, 30))
    assert faded["jawOpen"][0] == nod["jawOpen"][0] and faded["jawOpen"][-1] == 1
    on_top = nod.added(other, at=1.2)
    assert len(on_top) == 50 and np.array_equal(on_top["jawOpen"][:30], nod["jawOpen"][:30])
    assert np.allclose(on_top["jawOpen"][30:], nod["jawOpen"][30:] + 1)


def test_scaled(nod):
    assert np.allclose(nod.scaled(1.5).values, 1.5 * nod.values)
    parts = nod.scaled("mouth:0.5,head:2")
    assert np.allclose(parts["jawOpen"], nod["jawOpen"] / 2) and np.allclose(parts["headYaw"], 2 * nod["headYaw"])


def test_slowed(nod):
    slow = nod.slowed(2)
    assert len(slow) == 100 and slow.fps == 25 and slow.duration == 4
    assert np.allclose(slow["jawOpen"][2:-2], (np.arange(2, 98) + 0.5) / 25 / 4, atol=1e-5)
    assert len(nod.slowed(0.5)) == 25


def test_mirrored():
    names = ("eyeBlinkLeft", "jawLeft", "eyeLookInRight", "headYaw", "headPitch", "headRoll", "headX", "headY")
    turned = Motion(np.arange(8)[None] + 1.0, names).mirrored()
    assert turned["eyeBlinkRight"][0] == 1 and turned["jawRight"][0] == 2 and turned["eyeLookInLeft"][0] == 3
    assert [turned[name][0] for name in names[3:]] == [-4, 5, -6, -7, 8] and not turned["eyeBlinkLeft"].any()


def test_a_mirrored_motion_moves_the_mirrored_face():
    """The points of a face that does the mirrored motion are those of the face that does the motion, in a mirror."""
    model = face.FaceModel.load()
    symmetric = model.mean
    rng = np.random.default_rng(1)
    values = np.r_[rng.uniform(0, 0.5, 51), rng.uniform(-8, 8, 3), rng.uniform(-0.1, 0.1, 3)]
    flip = np.array([-1.0, 1.0])
    moved = Motion(values[None])
    plain = face.Face(np.zeros(0), 100.0, np.zeros(2), np.zeros(57), np.zeros((78, 2)), symmetric, model)
    there = face.pose_points(plain, moved.full()[0].astype(float))
    mirrored = face.pose_points(plain, moved.mirrored().full()[0].astype(float))
    from course.keypoints import landmarks

    assert np.abs(mirrored - there[landmarks.FLIP] * flip).max() < 4  # of a face 100 px wide between its eyes' corners
    assert np.abs(mirrored - there).max() > 10


def test_beside_goes_along():
    beside = np.random.default_rng(0).normal(0, 0.01, (10, 78, 2)).astype(np.float32)
    moved = Motion(np.zeros((10, 1)), ("jawOpen",), 25, beside)
    assert np.array_equal(moved.cut(0.2).beside, beside[5:])
    assert np.array_equal(moved.mirrored().mirrored().beside, beside)
    assert moved.mirrored().beside[0, 0, 0] == -beside[0, 16, 0]
    assert np.allclose(moved.scaled(2).beside, 2 * beside)
    assert moved.joined(moved, over=0).beside.shape == (20, 78, 2)
    assert moved.mixed(moved).beside == pytest.approx(beside)


@pytest.mark.parametrize("asked, told", [
    (lambda one: one.cut(-1), "cannot be cut at -1 s"), (lambda one: one.cut(0, 3), "cannot be cut at 3 s"),
    (lambda one: one.cut(1, 1), "no frame between"), (lambda one: one.cut(float("nan")), "cannot be cut"),
    (lambda one: one.joined(one, 9), "cannot blend over 9 s"), (lambda one: one.joined(one, -1), "cannot blend"),
    (lambda one: one.mixed(one, 2), "from 0 to 1"), (lambda one: one.mixed(5), "not int"),
    (lambda one: one.added(one, 7), "nothing at 7 s"), (lambda one: one.scaled("nose:1"), "no part 'nose'"),
    (lambda one: one.slowed(0), "0.01 to 100"), (lambda one: one.slowed(float("nan")), "0.01 to 100"),
])
def test_what_cannot_be_is_one_line(nod, asked, told):
    with pytest.raises(errors.MotionError, match=told):
        asked(nod)


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("fps", [25, 30000 / 1001, 60, 12.5])
def test_a_table_comes_back(nod, tmp_path, fps):
    nod.fps = float(fps)
    path = nod.save(tmp_path / "new" / "nod.csv")
    lines = path.read_text().splitlines()
    assert lines[0] == "seconds,headYaw,jawOpen" and len(lines) == 51
    again = Motion.load(path)
    assert np.allclose(again.values, nod.values, atol=1e-5) and again.channels == nod.channels
    assert again.fps == pytest.approx(fps, abs=2e-3)
    assert np.array_equal(Motion.load(nod.save(tmp_path / "nod.npz")).values, nod.values)


def test_a_table_moves_a_photo(hopper_path, tmp_path):
    path = Motion([[0.0], [0.6]], ("jawOpen",)).save(tmp_path / "open.csv")
    frames = list(course.animate(hopper_path, motion=path, size=96, generator="warp"))
    assert len(frames) == 2 and np.abs(frames[1].astype(int) - frames[0]).max() > 20


@pytest.mark.parametrize("words, told", [
    ("", "is no table"), ("a,b\n1,2\n", "is no table"), ("seconds,jawOpen\n", "is no table"),
    ("seconds,jawOpen\n0,0\n0.04,x\n", "line 3: 2 numbers"), ("seconds,jawOpen\n0,0\n0.04\n", "line 3: 2 numbers"),
    ("seconds,jawOpen\n0,0\n0.04,0\n0.4,0\n", "same step"), ("seconds,jawOpen\n1,0\n0,0\n", "same step"),
    ("seconds,jawopen\n0,0\n", "unknown motion channel 'jawopen'"), ("seconds,jawOpen\n0,nan\n", "NaN"),
])
def test_a_table_that_is_none_is_one_line(tmp_path, words, told):
    path = tmp_path / "wrong.csv"
    path.write_text(words)
    with pytest.raises(errors.MotionError, match=told):
        Motion.load(path)


def test_what_is_no_text_is_no_table(tmp_path):
    (tmp_path / "wrong.csv").write_bytes(b"\xff\xfe\x00seconds")
    with pytest.raises(errors.MotionError, match="wrong.csv"):
        Motion.load(tmp_path / "wrong.csv")


def test_the_channels_that_move_most_are_plotted(nod):
    words = plots.describe(plots.motion_curves(nod.joined(motion.Motion(np.zeros((5, 57))), 0)))
    assert "curves of headYaw, jawOpen" in words
