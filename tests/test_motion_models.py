"""The learned idle movement: data, losses, rollouts, training that goes on where it stopped, and what ships."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from course import errors, evaluation, face, io, motion, training
from course.evaluation import motion_metrics
from course.motion import idle, idle_features, idle_networks, learned_idle
from course.recipes.motion import tracks
from course.recipes.motion import training as motion_training
from course.training import loop


def track(frames=240, seed=0):
    """A person made up of waves, who blinks every 1.6 s."""
    random = np.random.default_rng(seed)
    times = np.arange(frames) / 25
    values = np.stack([idle.wander(times, (0.3, 2.0), random) for _ in range(8)], axis=1) * idle_features.UNIT
    lids = idle.lids(times, times[30::40])
    opening = np.clip(idle.wander(times, (1, 4), random), 0, 2)
    return tracks.Track("waves", values.astype(np.float32), lids, tracks.find_blinks(lids),
                             opening.astype(np.float32))


def lips(frames, size=0.3, fps=25.0):
    return motion.Motion(np.full((max(frames, 1), 1), size) * np.random.default_rng(0).random((max(frames, 1), 1)),
                         ("jawOpen",), fps)


# ---------------------------------------------------------------- losses and rollouts


def test_the_kl_term_is_torchs_own():
    mean, logvar = torch.randn(5, 16, dtype=torch.float64), torch.randn(5, 16, dtype=torch.float64)
    target, made = torch.randn(5, 7, 3, dtype=torch.float64), torch.randn(5, 7, 3, dtype=torch.float64)
    loss, error, divergence = motion.vae_loss(target, made, mean, logvar, beta=0.7)
    posterior = torch.distributions.Normal(mean, torch.exp(logvar / 2))
    right = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    torch.testing.assert_close(divergence, right)
    likelihood = torch.distributions.Normal(made, 1.0).log_prob(target) + 0.5 * np.log(2 * np.pi)
    torch.testing.assert_close(error, -likelihood.sum((1, 2)).mean())
    torch.testing.assert_close(loss, error + 0.7 * divergence)
    assert motion.vae_loss(target, target, 0 * mean, 0 * logvar)[0] == 0


def test_the_likelihood_is_torchs_own():
    target, mean, log = torch.randn(3, 4), torch.randn(3, 4), torch.randn(3, 4)
    right = -torch.distributions.Normal(mean, log.exp()).log_prob(target).mean()
    torch.testing.assert_close(motion.gaussian_nll(target, mean, log), right)


def test_the_spread_does_not_come_from_the_means_layer():
    network = motion.MotionVAE()
    mean, logvar = network.encode(torch.randn(2, 16, 22), torch.randn(2, 50, 22))
    with torch.no_grad():
        network.mean.weight.zero_()
    again, same = network.encode(torch.zeros(2, 16, 22), torch.zeros(2, 50, 22))
    assert mean.shape == logvar.shape == (2, 16) and torch.equal(again, network.mean.bias.expand(2, -1))
    assert not torch.equal(same, again)


def test_a_forced_rollout_expects_what_the_network_does_all_at_once():
    torch.manual_seed(0)
    network, one = motion.MotionGRU().eval(), track(60)
    values = torch.from_numpy(one.values / idle_features.UNIT)
    told, blinks = torch.from_numpy(idle_features.conditions(one.opening)), torch.from_numpy(one.blinks)
    with torch.inference_mode():
        _, _, means = motion.gru_rollout(network, told, torch.zeros(60, 9), (values, blinks))
        speeds = torch.diff(values, dim=0, prepend=torch.zeros(1, 8))
        since = torch.from_numpy(idle_features.since_blink(one.blinks))
        seen = idle_networks.seen_by(values[:-1], speeds[:-1], since[:-1], told[1:])
        mean, _, _, _ = network(torch.cat([idle_networks.seen_by(torch.zeros(8), torch.zeros(8), torch.tensor(0.5),
                                                                told[0])[None], seen])[None])
    torch.testing.assert_close(means, idle_networks.SPEED * mean[0], atol=2e-5, rtol=1e-4)


def test_a_rollout_goes_on_from_itself_never_too_fast_and_forgets_nothing():
    asked = []

    def predict(value, speed, told, state):
        asked.append((value, speed, state))
        return speed + told.sum(), torch.ones(2), len(asked)

    noise = torch.tensor([[0.5, -0.5], [90.0, -90.0], [0.0, 0.0]])
    values, means = motion.autoregressive_rollout(predict, torch.zeros(3, 1), noise, limit=1.5)
    steps = torch.diff(values, dim=0, prepend=torch.zeros(1, 2))
    assert steps.abs().max() <= 1.5 and torch.equal(means[1], steps[0])
    for t, (value, speed, state) in enumerate(asked[1:]):
        assert torch.equal(value, values[t]) and torch.allclose(speed, steps[t]) and state == t + 1


# ---------------------------------------------------------------- data


def test_a_mirror_twice_is_nothing_and_once_turns_yaw_roll_and_x():
    one = track()
    other = tracks.mirror(one)
    np.testing.assert_array_equal(tracks.mirror(other).values, one.values)
    for name, sign, partner in (("headPitch", 1, "headPitch"), ("headYaw", -1, "headYaw"), ("headRoll", -1, "headRoll"),
                                ("headX", -1, "headX"), ("headY", 1, "headY"), ("browInnerUp", 1, "browInnerUp"),
                                ("browOuterUpLeft", 1, "browOuterUpRight")):
        np.testing.assert_array_equal(other.values[:, idle_features.MOVING.index(name)],
                                      sign * one.values[:, idle_features.MOVING.index(partner)])


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.25])
def test_stretched_movement_is_slower_and_keeps_its_blinks(factor):
    one = track()
    other = tracks.stretch(one, factor)
    assert len(other) == round(len(one) * factor) and other.blinks.sum() == one.blinks.sum()
    speed = [np.abs(np.diff(each.values, axis=0)).mean() for each in (one, other)]
    assert speed[1] == pytest.approx(speed[0] / factor, rel=0.05)


def test_batches_are_the_same_whenever_they_are_asked_for():
    one, same, other = (tracks.batch([track(), track(200, 1)], n, 4, 80) for n in (3, 3, 4))
    for name in one:
        np.testing.assert_array_equal(one[name], same[name])
        assert one[name].dtype == np.float32 and one[name].shape[:2] == (4, 80)
    assert np.abs(one["values"] - other["values"]).max() > 0.1


def test_every_blink_is_found_and_slow_lids_are_none():
    one = track()
    assert np.flatnonzero(one.blinks).tolist() == list(range(30, 240, 40))
    assert not tracks.find_blinks(np.interp(np.arange(200), [0, 60, 140, 200], [0, 1, 1, 0])).any()
    np.testing.assert_allclose(tracks.blink_shape([one])[4:11], [0, 0.5, 0.9, 1, 0.9, 0.5, 0], atol=1e-6)


def test_a_folder_without_tracks_says_so(tmp_path):
    with pytest.raises(errors.CourseError, match="holds no"):
        tracks.load_tracks(tmp_path)
    np.savez(tmp_path / "x.npz", a=np.zeros(3))
    with pytest.raises(errors.CourseError, match="holds no tracked motion"):
        tracks.load_tracks(tmp_path)


# ---------------------------------------------------------------- measures


def test_spectra_differ_by_what_moves():
    curves = track().values / idle_features.UNIT
    assert evaluation.spectrum_distance(curves, curves, 1) == 0
    assert evaluation.spectrum_distance(curves * 3, curves, 2) == pytest.approx(0.5)  # |3 - 1| / (3 + 1)
    assert evaluation.spectrum_distance(curves * 0, curves, 1) == pytest.approx(1)


def test_frechet_distance_of_known_normals():
    random = np.random.default_rng(0)
    one = random.standard_normal((4000, 3))
    assert evaluation.frechet_distance(one, one) == pytest.approx(0, abs=1e-6)
    assert evaluation.frechet_distance(one + [3, 4, 0], one) == pytest.approx(25, rel=1e-6)
    assert evaluation.frechet_distance(2 * one, one) == pytest.approx(3, rel=0.1)  # sum (2 - 1)^2


# ---------------------------------------------------------------- training


def test_training_goes_on_with_the_same_numbers(tmp_path):
    recipe = motion_training.Recipe(batch=3, steps=4)
    straight = motion_training.train([track()], logdir=tmp_path / "a", out=tmp_path / "a.safetensors", recipe=recipe)
    task = motion_training.MotionTask([track()], 4, recipe)
    run = loop.Run(task, training.Config(steps=4, batch=3, clip=1.0, average=0.97, logdir=tmp_path / "b"))
    for _ in range(2):
        task.step(run.step, slice(None), run.updater)
        run.average()
        run.step += 1
    run.save()
    resumed = motion_training.train([track()], resume=True, logdir=tmp_path / "b", out=tmp_path / "b.safetensors",
                                    recipe=recipe)
    first, second = load_file(straight), load_file(resumed)
    assert first.keys() == second.keys()
    for name in first:
        torch.testing.assert_close(first[name], second[name], rtol=0, atol=0)


# ---------------------------------------------------------------- what ships


def test_what_ships_is_small():
    tensors = io.load_tensors(learned_idle.WEIGHTS)
    assert sum(value.numel() for value in tensors.values()) <= 100_000


@pytest.mark.parametrize("kind", learned_idle.KINDS)
def test_the_seed_decides_and_samples_differ(kind):
    one, same, other = (learned_idle.idle_motion(lips(150), seed, kind=kind).values for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, same)
    assert one.dtype == np.float32
    assert np.abs(one - other)[:, [face.INDEX["headPitch"], face.INDEX["headYaw"]]].max() > 1


@pytest.mark.parametrize("kind", learned_idle.KINDS)
@pytest.mark.parametrize("size", [0.0, 0.3, 5.0])
def test_no_frame_jumps_and_the_head_stays(kind, size):
    for seed in range(2):
        moved = learned_idle.idle_motion(lips(300, size), seed, kind=kind)
        curves = np.stack([moved[name] for name in idle_features.MOVING], axis=1) / idle_features.UNIT
        assert motion_metrics.greatest_step(curves) < 1.5 * idle_networks.TOP_SPEED
        assert np.abs(curves).max() <= 10 and np.isfinite(moved.values).all()
        assert np.abs(curves[:, :5].mean(axis=0)).max() < 1  # no drift
        assert np.abs(curves[0, :5]).max() < 0.3 and np.abs(curves[-1, :5]).max() < 0.3
        assert moved[idle_features.MOVING[5]].min() >= 0


@pytest.mark.parametrize("kind", learned_idle.KINDS)
def test_blinks_shut_the_lids_and_come_in_every_clip_over_three_seconds(kind):
    for seed in range(3):
        moved = learned_idle.idle_motion(lips(90), seed, kind=kind)
        assert moved["eyeBlinkLeft"].max() > 0.99
        np.testing.assert_array_equal(moved["eyeBlinkLeft"], moved["eyeBlinkRight"])
    assert learned_idle.idle_motion(lips(200, fps=50.0), 1, kind=kind)["eyeBlinkLeft"].max() > 0.99


@pytest.mark.parametrize("frames", [0, 1, 2, 16, 17, 51])
@pytest.mark.parametrize("kind", learned_idle.KINDS)
def test_any_length(kind, frames):
    values, blinks = learned_idle.curves(np.zeros(frames, np.float32), kind=kind)
    assert values.shape == (frames, 8) and blinks.shape == (frames,)
    if frames:
        assert len(learned_idle.idle_motion(lips(frames), kind=kind)) == frames


def test_strength_scales_the_head_alone():
    accents = [(1.0, 1.0), (2.0, 0.8)]
    still, calm, wild = (learned_idle.idle_motion(lips(100), 2, size, accents) for size in (0.0, 1.0, 2.0))
    for name in face.HEAD:
        assert not still[name].any()
        np.testing.assert_allclose(wild[name], 2 * calm[name], rtol=1e-3, atol=1e-5)
    for name in face.BLENDSHAPES:
        np.testing.assert_allclose(still[name], wild[name], atol=1e-6)


def test_stress_nods():
    accents = [(second, 1.0) for second in np.arange(1, 7, 1.0)]
    quiet, stressed = learned_idle.idle_motion(lips(200)), learned_idle.idle_motion(lips(200), accents=accents)
    nods = stressed["headPitch"] - quiet["headPitch"]
    assert 0.4 < nods.max() < 3 and nods.min() > -1e-4


def test_an_unknown_model_is_named():
    with pytest.raises(errors.MotionError, match="choose from autoregressive, vae"):
        learned_idle.idle_motion(lips(10), kind="gan")
