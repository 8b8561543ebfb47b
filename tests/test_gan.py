"""The GAN: networks, a step worked by hand, faces to train on, what is saved, failures failing as they should."""

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course import errors, keypoints, training
from course.gan import augmentation, networks
from course.gan import data as gan_data
from course.gan import game as gan
from course.gan import look as gan_look
from course.gan import losses as gan_losses
from course.gan import train as gan_train
from course.keypoints import crops
from course.lessons.lesson_07 import failures, plane

FACES = torch.randint(0, 255, (24, 3, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
SMALL = gan.Settings(size=16, latent=6, generator_width=4, discriminator_width=4)


def config(folder, **changes):
    return training.Config(**{"batch": 4, "logdir": folder, "live": False, "report_every": 2} | changes)


# ---------------------------------------------------------------- networks


@pytest.mark.parametrize("size", [8, 16, 32, 64, 128])
@pytest.mark.parametrize("kind", networks.KINDS)
def test_shapes_and_ranges(size, kind):
    generator, discriminator = networks.build_generator(10, size, 4, kind), networks.build_discriminator(size, 4)
    made = generator(torch.randn(3, 10))
    assert made.shape == (3, 3, size, size) and made.abs().max() <= 1
    assert discriminator(made).shape == (3,)


def test_the_default_is_small():
    both = networks.build_generator(), networks.build_discriminator()
    sizes = [networks.count_parameters(network) for network in both]
    assert 0.5e6 < sizes[0] < 1.5e6 and 0.5e6 < sizes[1] < 1.5e6


def test_wrong_sizes_are_one_line():
    for size in (0, 4, 63, 96):
        with pytest.raises(errors.CourseError, match=f"pictures of {size} px do not come of doubling"):
            networks.build_generator(size=size)
    with pytest.raises(errors.CourseError, match="no kind of generator 'round'"):
        networks.build_generator(kind="round")


def test_the_discriminator_judges_each_picture_alone():
    discriminator = networks.build_discriminator(16, 4).train()
    pictures = torch.randn(5, 3, 16, 16)
    torch.testing.assert_close(discriminator(pictures)[2:3], discriminator(pictures[2:3]))


def test_it_starts_awake():
    """Neither player's answers are all alike before anything is learned."""
    torch.manual_seed(0)
    made = networks.build_generator()(torch.randn(16, 128))
    logits = networks.build_discriminator()(torch.rand(16, 3, 64, 64) * 2 - 1)
    assert made.std() > 0.02 and logits.std() > 0.02


# ---------------------------------------------------------------- a step


def linear_gan(**changes):
    """One number in, one number out: G(z) = a z, D(x) = b x, by plain gradient descent."""
    generator, discriminator = nn.Linear(1, 1, bias=False), nn.Sequential(nn.Linear(1, 1, bias=False), nn.Flatten(0))
    generator.weight.data[:], discriminator[0].weight.data[:] = 2.0, 0.5
    settings = gan.Settings(**{"r1": 0.0, "augment": False} | changes)
    optimizers = [torch.optim.SGD(network.parameters(), 0.1) for network in (generator, discriminator)]
    return gan.Gan(generator, discriminator, *optimizers, settings), generator.weight, discriminator[0].weight


def test_a_step_by_hand():
    """x = 1, z = 1, so G(z) = 2. dL_D/db = -(1 - s(b)) + 2 s(2 b); then, with the new b, dL_G/da = -b (1 - s(2 b))."""
    players, a, b = linear_gan()
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    numbers = gan.gan_step(players, torch.ones(1, 1), torch.ones(1, 1))
    new_b = 0.5 - 0.1 * (-(1 - sigmoid(0.5)) + 2 * sigmoid(1.0))
    new_a = 2.0 - 0.1 * (-new_b * (1 - sigmoid(2 * new_b)))
    assert b.item() == pytest.approx(new_b, rel=1e-5) and a.item() == pytest.approx(new_a, rel=1e-5)
    assert numbers["d_loss"] == pytest.approx(-np.log(sigmoid(0.5)) - np.log(1 - sigmoid(1.0)), rel=1e-5)
    assert numbers["g_loss"] == pytest.approx(-np.log(sigmoid(2 * new_b)), rel=1e-5)
    assert numbers["right"] == 0.5  # the real one is called real, and so is the fake


def test_r1_in_a_step_by_hand():
    """R1 = b^2, so gamma / 2 R1 adds gamma b to the slope; twice that if it is worked out every other step."""
    plain, _, b = linear_gan()
    gan.gan_step(plain, torch.ones(1, 1), torch.ones(1, 1))
    for every, steps in ((1, 0), (2, 0)):
        players, _, other = linear_gan(r1=0.6, r1_every=every)
        numbers = gan.gan_step(players, torch.ones(1, 1), torch.ones(1, 1))
        assert numbers["r1"] == pytest.approx(0.25) and steps == 0
        assert (b - other).item() == pytest.approx(0.1 * every * 0.6 * 0.5, rel=1e-4)
    players, _, other = linear_gan(r1=0.6, r1_every=2)
    players.steps = 1
    assert "r1" not in gan.gan_step(players, torch.ones(1, 1), torch.ones(1, 1))
    assert other.item() == pytest.approx(b.item())


def test_a_step_is_what_a_tutorial_writes():
    """The plain loop, line by line, gives the same weights to the bit, with faces and Adam."""
    torch.manual_seed(0)
    players = gan.build_gan(settings=gan.Settings(size=16, latent=6, generator_width=4, discriminator_width=4, r1=0))
    generator, discriminator = copy.deepcopy(players.generator), copy.deepcopy(players.discriminator)
    g_optimizer = torch.optim.Adam(generator.parameters(), 8e-4, (0.5, 0.99))
    d_optimizer = torch.optim.Adam(discriminator.parameters(), 4e-4, (0.5, 0.99))
    bce = F.binary_cross_entropy_with_logits
    for step in range(3):
        real, noise = torch.rand(4, 3, 16, 16) * 2 - 1, torch.randn(4, 6)
        gan.gan_step(players, real, noise)
        real_logits, fake_logits = discriminator(real), discriminator(generator(noise).detach())
        loss = bce(real_logits, torch.ones(4)) + bce(fake_logits, torch.zeros(4))
        d_optimizer.zero_grad()
        loss.backward()
        d_optimizer.step()
        loss = bce(discriminator(generator(noise)), torch.ones(4))
        g_optimizer.zero_grad()
        loss.backward()
        g_optimizer.step()
        for one, other in zip((players.generator, players.discriminator), (generator, discriminator)):
            for name, value in one.named_parameters():
                torch.testing.assert_close(value, other.get_parameter(name), atol=2e-5, rtol=1e-4, msg=f"{step} {name}")


@pytest.mark.parametrize("game", gan_losses.GAMES)
def test_every_game_can_be_played(game):
    torch.manual_seed(0)
    players = gan.build_gan(settings=gan.Settings(size=8, latent=4, generator_width=4, discriminator_width=4, game=game,
                                                  augment=True, gradient_penalty=10.0 * (game == "wasserstein")))
    before = [network.state_dict()["0.weight"].clone() for network in (players.generator, players.discriminator)]
    numbers = gan.gan_step(players, torch.rand(4, 3, 8, 8), torch.randn(4, 4))
    assert all(np.isfinite(value) for value in numbers.values())
    assert ("gradient_penalty" in numbers) == (game == "wasserstein")
    assert not torch.equal(before[0], players.generator.state_dict()["0.weight"])
    assert not torch.equal(before[1], players.discriminator.state_dict()["0.weight"])
    assert all(p.requires_grad for p in players.discriminator.parameters()), "frozen for the generator's turn only"


def test_frozen_lets_gradients_through():
    network, x = nn.Linear(2, 1), torch.ones(1, 2, requires_grad=True)
    network.bias.requires_grad_(False)
    with training.frozen(network):
        network(x).sum().backward()
    assert x.grad is not None and network.weight.grad is None
    assert network.weight.requires_grad and not network.bias.requires_grad


def test_train_gan_uses_the_part_in_place(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(gan, "gan_step", lambda gan, real, noise: calls.append((real.shape, noise.shape)) or {})
    gan_train.train_gan(FACES, steps=3, settings=SMALL, config=config(tmp_path))
    assert calls == [((4, 3, 16, 16), (4, 6))] * 3


# ---------------------------------------------------------------- pictures


def test_augmented_pictures_have_gradients_and_stay_in_place_on_average():
    torch.manual_seed(0)
    images = torch.rand(64, 3, 16, 16, requires_grad=True)
    changed = augmentation.augment(images)
    assert changed.shape == images.shape and not torch.equal(changed, images)
    changed.sum().backward()
    assert images.grad.abs().sum() > 0
    point = torch.full((1000, 3, 16, 16), -1.0)
    point[:, :, 8, 8] = 1
    moved = augmentation.move(point, 0.125)[:, 0]
    rows = torch.nonzero(moved == 1)[:, 1]
    assert sorted(set(rows.tolist())) == [6, 7, 8, 9, 10] and rows.float().mean().item() == pytest.approx(8, abs=0.2)
    holes = (augmentation.cut(torch.ones(500, 3, 16, 16), 0.5) == 0).float().mean(dim=(1, 2, 3))
    assert holes.max().item() == pytest.approx(0.25) and holes.min() < 0.2
    assert torch.equal(augmentation.cut(images, 0), images) and torch.equal(augmentation.move(images, 0), images)
    grey = augmentation.recolour(torch.zeros(100, 3, 4, 4))
    assert grey.flatten(1).std(dim=1).max() < 1e-6 and 0.2 < grey[:, 0, 0, 0].std() < 0.4


def test_faces_of_folders_are_cut_alike(shared_dir):
    faces = gan_data.faces_from_folders(shared_dir / "portraits", size=32, part="held-out")
    known = training.load_labelled(shared_dir / "portraits").part("held-out")
    assert faces.shape == (len(known), 3, 32, 32) and faces.dtype == torch.uint8
    # and the eyes and the mouth are where they should be: cut from a picture of the points themselves
    points = known.points[0, :, :2]
    for part, place in zip((keypoints.EYE_RIGHT, keypoints.EYE_LEFT, keypoints.LIPS_OUTER), crops.PLACES):
        drawn = np.zeros((512, 512, 3), np.uint8)
        x, y = points[part].mean(axis=0).round().astype(int)
        drawn[y - 6 : y + 7, x - 6 : x + 7] = 255
        cut = keypoints.cut_tight(drawn, points, 64)[..., 0].astype(float)
        rows, columns = np.mgrid[:64, :64] + 0.5
        centre = np.array([(cut * columns).sum(), (cut * rows).sum()]) / cut.sum()
        np.testing.assert_allclose(centre, place * 64, atol=3)


def test_faces_of_the_formula():
    faces = gan_data.faces_from_formula(6, 32, seed=3)
    assert faces.shape == (6, 3, 32, 32) and faces.dtype == torch.uint8
    assert torch.equal(faces, gan_data.faces_from_formula(6, 32, seed=3))
    assert not torch.equal(faces, gan_data.faces_from_formula(6, 32, seed=4))
    assert gan_look.diversity(faces.float() / 255) > 0.1


def test_wrong_pictures_are_one_line(tmp_path):
    with pytest.raises(errors.CourseError, match=r"the GAN takes torch.uint8 \(N, 3, 64, 64\)"):
        gan_train.train_gan(FACES, steps=1)
    with pytest.raises(errors.CourseError, match="has no labels.npz"):
        gan_train.train_gan(tmp_path, steps=1)


def test_batches_are_mirrored_and_scaled():
    batch = gan_data.batch_of(FACES, np.array([3, 3]), np.array([False, True]))
    assert torch.equal(batch[0], batch[1].flip(-1)) and batch.min() >= -1 and batch.max() <= 1
    torch.testing.assert_close((batch[0] + 1) * 127.5, FACES[3].float(), atol=1e-4, rtol=0)


# ---------------------------------------------------------------- looking


def test_grid_by_hand():
    images = torch.arange(5.0)[:, None, None, None].expand(5, 3, 2, 2) / 5
    sheet = gan_look.grid(images, columns=3)
    assert sheet.shape == (3, 4, 6)
    np.testing.assert_allclose(sheet[0, ::2, ::2].numpy(), [[0, 0.2, 0.4], [0.6, 0.8, 0]], rtol=1e-6)


def test_slerp_by_hand():
    start, end = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    half = gan_look.slerp(start, end, torch.tensor([0.0, 0.5, 1.0]))
    torch.testing.assert_close(half, torch.tensor([[1.0, 0.0], [0.5**0.5, 0.5**0.5], [0.0, 1.0]]))
    torch.testing.assert_close(gan_look.slerp(start, 3 * start, torch.tensor([0.5])), torch.tensor([[2.0, 0.0]]))


def test_a_walk_begins_and_ends_at_its_noises():
    generator = networks.build_generator(6, 16, 4).eval()
    start, end = networks.noise(2, 6, 0)
    walk = gan_look.interpolate(generator, start, end, 5)
    torch.testing.assert_close(walk[[0, -1]], gan_look.sample(generator, torch.stack([start, end])))
    assert walk.min() >= 0 and walk.max() <= 1


def test_diversity_by_hand():
    assert gan_look.diversity(torch.ones(4, 3, 2, 2)) == pytest.approx(0, abs=1e-6)
    assert gan_look.diversity(torch.stack([torch.zeros(3, 2, 2), torch.ones(3, 2, 2)])) == pytest.approx(1)


def test_settled_norms_know_their_network():
    torch.manual_seed(0)
    generator = networks.build_generator(6, 16, 4)
    noise = networks.noise(64, 6, 0)
    settled = gan_look.settled(generator, noise, rounds=1)
    expected = copy.deepcopy(generator).train()(noise)
    torch.testing.assert_close(settled(noise), expected, atol=0.02, rtol=0)  # n against n - 1 in the variance
    assert not torch.allclose(copy.deepcopy(generator).eval()(noise), expected, atol=0.02)
    assert generator.training and not settled.training


# ---------------------------------------------------------------- trained


def test_what_is_trained_can_be_saved_and_sampled(tmp_path):
    trained = gan_train.train_gan(FACES, steps=4, settings=SMALL, config=config(tmp_path, picture_every=2))
    samples = trained.sample(5, seed=3)
    assert samples.shape == (5, 3, 16, 16) and torch.equal(samples, trained.sample(5, seed=3))
    assert set(trained.result.history) == {"step", "d_loss", "g_loss", "right", "r1"}
    steps, sheets = zip(*trained.result.pictures)
    assert steps == (2, 4) and sheets[0]["samples"].shape == (3, 128, 128) and sheets[0]["walk"].shape == (3, 16, 128)
    path = trained.save(tmp_path / "g.safetensors")
    generator = gan_train.load_generator(path)
    assert torch.equal(gan_look.sample(generator, networks.noise(5, 6, 3)), samples)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(errors.WeightsError, match="cut short .*make a generator with `course train gan`"):
        gan_train.load_generator(path)
    with pytest.raises(errors.WeightsError, match="holds no generator"):
        gan_train.load_generator(trained.result.checkpoint)


def test_it_learns(tmp_path):
    """Pictures of one colour: after a few seconds the generator paints in it."""
    red = torch.zeros(64, 3, 8, 8, dtype=torch.uint8)
    red[:, 0] = 220
    settings = gan.Settings(size=8, latent=8, generator_width=16, discriminator_width=16, generator_rate=4e-3,
                            discriminator_rate=4e-3)
    far = []
    for steps in (1, 150):
        folder = tmp_path / str(steps)
        made = gan_train.train_gan(red, steps=steps, settings=settings, config=config(folder, average=0.9, batch=16))
        made = made.sample(64)
        far.append((made.mean(dim=(0, 2, 3)) - torch.tensor([220 / 255, 0, 0])).abs().max().item())
    assert far[1] < 0.2 < 0.35 < far[0]


# ---------------------------------------------------------------- failures


def test_collapse():
    failure = failures.collapse(steps=800)
    assert failure.broken <= 2 and failure.healthy >= 7
    assert "mode collapse: heaps found" in repr(failure) and len(failure.figure.axes) == 2


def test_vanishing_gradients():
    failure = failures.vanishing_gradients()
    assert failure.broken < 0.02 < 0.5 < failure.healthy
    lines = {line.get_label(): line.get_ydata() for line in failure.figure.axes[0].lines}
    assert np.all(np.diff(lines["of log(1 - D)"][-8:]) < 0) and np.all(np.diff(lines["of -log D"][-8:]) > 0)
    assert failure.figure.axes[1].lines[0].get_ydata()[-1] < 0.02, "the discriminator is sure"


def test_checkerboards():
    failure = failures.checkerboards()
    assert failure.broken > 0.3 and failure.healthy == pytest.approx(0, abs=1e-6)


def test_checkerboards_are_in_the_pictures_too():
    """Not only in the paths: the mean over what untrained generators make is uneven, if their kernels are."""
    from course.lessons.lesson_07 import failures

    found = {}
    for kind in networks.KINDS:
        power = []
        for seed in range(6):
            torch.manual_seed(seed)
            made = networks.build_generator(16, 32, 8, kind)(torch.randn(64, 16))
            power.append(failures.unevenness(made.var(dim=0)))
        found[kind] = float(np.median(power))
    assert found["checkerboard"] > 2 * found["smooth"]


def test_coverage_by_hand():
    from course.lessons.lesson_07 import plane

    centres = plane.ring_centres()
    assert plane.coverage(centres.repeat(10, 1)) == (8, 1.0)
    assert plane.coverage(torch.cat([centres[:1].repeat(30, 1), torch.zeros(10, 2)])) == (1, 0.75)
    assert plane.coverage(plane.sample_ring(2000, torch.Generator().manual_seed(0)))[0] == 8


def test_the_figures_of_a_ring():
    ring = plane.train_ring(steps=4, pictures=2)
    assert ring.steps == [0, 2, 4] and len(ring.curves["d_loss"]) == 4
    figure = plane.ring_figure(ring, "a ring")
    assert len(figure.axes) == 3 and "after 4 steps" in figure.get_label()
