"""Shipped networks without PyTorch: the same numbers, and torch itself where a student's part or a network stands."""

import pickle
import subprocess
import sys

import cv2
import numpy as np
import pytest
import torch

from course import errors, keypoints, rendering
from course.exercises import places
from course.io import weights
from course.motion import idle_networks, learned_idle, motion, quick_idle
from course.rendering import (
    animator,
    layers,
    layers_networks,
    layers_parts,
    layers_square,
    portrait,
    quick_layers,
    quick_networks,
    shipped_networks,
)
from course.speech import lips, quick_lips

IN_NUMPY = ("course.rendering.portrait", "course.rendering.animator", "course.rendering.layers",
            "course.motion.learned_idle", "course.speech.lip_stream")
A_FRAME = """
import importlib, sys
import numpy as np
for name in {names}: importlib.import_module(name)
from course.motion import learned_idle
from course.rendering import portrait
given = np.load("given.npz")
actor = portrait.Portrait(given["photo"], given["points"], **portrait.load_networks())
movement = [learned_idle.curves(np.full(30, 0.3), 4, kind)[0] for kind in learned_idle.KINDS]
from course.speech import lips
heard = lips.hear_lips(given["sound"], 16000)
np.savez("made.npz", frame=actor.render(given["target"]), movement=movement, curves=heard.curves, gates=heard.gates,
         probabilities=heard.probabilities)
assert "torch" not in sys.modules, "a frame has imported torch"
"""


@pytest.fixture(scope="module")
def photo(hopper):
    """uint8 (192, 164, 3)."""
    return cv2.resize(hopper, (164, 192), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def points(photo):
    return keypoints.find_points(photo)[0]


def maps(seed=0):
    """What the Refiner is told of a frame: movement (64, 64, 2), four maps (64, 64) in [0, 1]."""
    rng = np.random.default_rng(seed)
    movement, matte, inside, there, here = (cv2.GaussianBlur(rng.random((64, 64, depth), dtype=np.float32), (0, 0), 3)
                                            for depth in (2, 1, 1, 1, 1))
    movement = 8 * (movement - 0.5)
    movement[:30] = 0
    return movement, matte, inside, np.clip(6 * there - 2.8, 0, 1), here


@pytest.fixture(scope="module")
def sound():
    """Two seconds of a buzz that comes and goes, at 16 kHz."""
    times = np.arange(32000) / 16000
    buzz = np.sin(40 * np.sin(2 * np.pi * 150 * times)) * np.abs(np.sin(5 * times))
    return (0.3 * buzz + 0.01 * np.random.default_rng(0).standard_normal(32000)).astype(np.float32)


def planes(array):
    return torch.from_numpy(np.ascontiguousarray(array.reshape(*array.shape[:2], -1).transpose(2, 0, 1)[None]))


# ---------------------------------------------------------------- the same numbers


def test_a_frame_is_made_and_a_head_moves_before_torch_was_ever_imported(photo, points, sound, tmp_path):
    target = points + np.where(np.arange(78)[:, None] >= 48, [5, 3], [4, -2])
    np.savez(tmp_path / "given.npz", photo=photo, points=points, target=target, sound=sound)
    subprocess.run([sys.executable, "-c", A_FRAME.format(names=IN_NUMPY)], cwd=tmp_path, check=True, timeout=100)
    made = np.load(tmp_path / "made.npz")
    given = {"animator": animator.load_networks(), "layered": layers.load_networks()}
    by_torch = rendering.Portrait(photo, points, **given).render(target)
    assert np.abs(by_torch.astype(int) - photo).max() > 50
    assert np.abs(made["frame"].astype(int) - by_torch).max() <= 2
    for kind, found in zip(learned_idle.KINDS, made["movement"]):
        wanted, _ = learned_idle.curves(np.full(30, 0.3), 4, kind, learned_idle.load())
        np.testing.assert_allclose(found, wanted, atol=1e-4)
    heard = lips.hear_lips(sound, 16000, lips.load_network())
    for name in ("probabilities", "curves", "gates"):
        assert np.ptp(getattr(heard, name)) > 0.1
        np.testing.assert_allclose(made[name], getattr(heard, name), atol=1e-5)


def test_a_photo_is_taken_apart_as_torch_does_it(photo, points, monkeypatch):
    shipped = rendering.Portrait(photo, points, **portrait.load_networks()).layers
    monkeypatch.setattr(quick_networks, "runner", lambda network: None)
    by_torch = rendering.Portrait(photo, points, layered=layers.load_networks()).layers
    assert shipped.networks["matting"] is not by_torch.networks["matting"]
    for name, most in (("matte", 1 / 255), ("own", 1), ("plate", 1)):
        one, other = (np.asarray(getattr(each, name), np.float32) for each in (shipped, by_torch))
        assert np.abs(one - other).max() <= most, name


def test_what_stands_around_the_refiner_is_the_same_in_numpy():
    movement, matte, inside, there, here = maps()
    unit = layers_square.unit_of(64)
    wanted = layers_networks.frame_inputs(*(planes(each) for each in (movement, matte, inside, there, here)), unit)
    still = quick_layers.Still(matte, inside, here)
    found = still.frame_inputs(movement, there, unit)
    np.testing.assert_allclose(found, wanted.numpy(), atol=1e-5)
    said = np.random.default_rng(1).normal(0, 4, (1, 3, 64, 64)).astype(np.float32)
    answers = quick_layers.answer(found, said), layers_networks.Refiner.answer(wanted, torch.from_numpy(said))
    for one, other in zip(*answers):
        assert np.abs(one).max() > 0.3 and (one[..., :20, :] == 0).all()
        np.testing.assert_allclose(one, other.numpy(), atol=1e-5)
    np.testing.assert_allclose(quick_layers.matte_of(said), layers_networks.matte_of(torch.from_numpy(said)).numpy(),
                               atol=1e-6)
    assert np.isfinite(quick_layers.sigmoid(np.float32([-2000, 2000]))).all()


def test_parts_of_a_photo_are_the_same_for_arrays_and_tensors():
    rng = np.random.default_rng(0)
    arrays = [rng.random((8, 9, depth), dtype=np.float32) for depth in (3, 1, 1, 1, 3)]
    for one, other in zip(layers_parts.part(*arrays), layers_parts.part(*(planes(each) for each in arrays))):
        np.testing.assert_allclose(planes(one), other, atol=1e-6)


@pytest.mark.parametrize("kind", learned_idle.KINDS)
def test_half_a_minute_of_idle_movement_is_the_same_and_blinks_in_the_same_frames(kind):
    opening = np.abs(np.sin(np.arange(750) / 3))
    for seed in (0, 1):
        found, wanted = (learned_idle.curves(opening, seed, kind, networks)
                         for networks in (None, learned_idle.load()))
        np.testing.assert_allclose(found[0], wanted[0], atol=1e-4)
        assert wanted[1].sum() > 1
        np.testing.assert_array_equal(found[1], wanted[1])


# ---------------------------------------------------------------- when torch is asked itself


@pytest.mark.parametrize("file, name", [(file, name) for file, names in shipped_networks.TAUGHT.items()
                                        for name in names])
def test_shipped_networks_step_aside_for_a_part_of_a_student(file, name):
    assert isinstance(portrait.load_networks()["layered"]["refiner"], shipped_networks.Shipped)
    with places.counted(f"rendering.{file}.{name}"):
        assert portrait.load_networks()["layered"] is layers.load_networks()


@pytest.mark.parametrize("kind, name", [
    ("autoregressive", "autoregressive_rollout"), ("autoregressive", "gru_rollout"), ("autoregressive", "seen_by"),
    ("vae", "vae_rollout"), ("vae", "soft_limit")])
def test_idle_movement_steps_aside_for_a_part_of_a_student(kind, name):
    with places.counted(f"motion.idle_networks.{name}") as seen:
        learned_idle.idle_motion(motion.Motion(np.zeros((5, 1)), ("jawOpen",), 25.0), kind=kind)
    assert seen.calls > 0
    assert quick_idle.is_ours() and set(quick_idle.TAUGHT) <= set(vars(idle_networks))


def test_hearing_steps_aside_for_a_part_of_a_student():
    assert isinstance(lips.network_at_work(), quick_lips.Network)
    with places.counted("speech.lip_networks.VisemeNet"):
        assert lips.network_at_work() is lips.load_network()


def test_without_onnxruntime_the_networks_are_torchs(monkeypatch):
    monkeypatch.setattr(shipped_networks, "load", shipped_networks.load.__wrapped__)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert portrait.load_networks() == {"animator": animator.load_networks(), "layered": layers.load_networks()}


# ---------------------------------------------------------------- as a thing


def test_a_shipped_network_travels_by_its_name_and_gives_torchs_module():
    for networks in portrait.load_networks().values():
        for network in networks.values():
            assert pickle.loads(pickle.dumps(network)) is network
    painter = portrait.load_networks()["animator"]["eye"]
    squares = np.random.default_rng(0).random((1, 9, 64, 64), dtype=np.float32)
    found = quick_networks.shuffled(painter.run(quick_networks.unshuffled(squares.transpose(0, 2, 3, 1))))
    np.testing.assert_allclose(found, quick_networks.asked(painter, squares).transpose(0, 2, 3, 1), atol=1e-5)
    assert painter.module() is animator.load_networks()["eye"]


@pytest.mark.parametrize("change", [
    lambda arrays: arrays.pop("fine.0.weight"), lambda arrays: arrays.update(more=np.zeros(3, np.float32)),
    lambda arrays: arrays.update({"fine.0.bias": np.zeros(7, np.float32)})], ids=["missing", "more", "shape"])
def test_weights_of_another_network_are_named(change):
    net = layers.load_networks()["refiner"]
    arrays = {name: value.numpy() for name, value in net.state_dict().items()}
    shipped_networks.Shipped(layers.WEIGHTS, "refiner", arrays)
    change(arrays)
    with pytest.raises(errors.WeightsError, match="layers.safetensors does not fit"):
        shipped_networks.Shipped(layers.WEIGHTS, "refiner", arrays)


@pytest.mark.parametrize("change", [
    lambda arrays: arrays.pop("usual"), lambda arrays: arrays.update({"norm.bias": np.zeros(3, np.float32)})],
    ids=["missing", "shape"])
def test_another_network_of_lips_is_named(change, monkeypatch):
    arrays = dict(weights.load_arrays(quick_lips.WEIGHTS))
    change(arrays)
    monkeypatch.setattr(quick_lips.weights, "load_arrays", lambda name: arrays)
    with pytest.raises(errors.WeightsError, match="speech.safetensors does not fit"):
        quick_lips.load.__wrapped__()


@pytest.mark.parametrize("change", [
    lambda arrays: arrays.pop("blink_shape"), lambda arrays: arrays.pop("vae.start.bias"),
    lambda arrays: arrays.update({"autoregressive.keep": np.zeros(3, np.float32)})], ids=["blinks", "missing", "shape"])
def test_another_model_of_movement_is_named(change, monkeypatch):
    arrays = dict(weights.load_arrays(quick_idle.WEIGHTS))
    assert set(quick_idle.load.__wrapped__()) == {*learned_idle.KINDS, "blink_shape"}
    change(arrays)
    monkeypatch.setattr(quick_idle.weights, "load_arrays", lambda name: arrays)
    with pytest.raises(errors.WeightsError, match="motion.safetensors does not fit"):
        quick_idle.load.__wrapped__()
