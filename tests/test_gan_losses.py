"""The GAN's losses: equal to torch's own and to cases worked by hand, safe far out, gradients the right way."""

import math

import pytest
import torch
from torch.nn import functional as F

from course import errors, gan

LOGITS = torch.linspace(-8, 8, 33, dtype=torch.float64)
OTHER = torch.randn(5, 7, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 3


def gradient(loss, at: float) -> float:
    x = torch.tensor([at], dtype=torch.float64, requires_grad=True)
    loss(x).backward()
    return x.grad.item()


def test_the_two_of_the_tutorials_are_cross_entropy():
    bce = F.binary_cross_entropy_with_logits
    torch.testing.assert_close(gan.generator_loss(LOGITS), bce(LOGITS, torch.ones_like(LOGITS)))
    expected = bce(OTHER, torch.ones_like(OTHER)) + bce(LOGITS, torch.zeros_like(LOGITS))
    torch.testing.assert_close(gan.discriminator_loss(OTHER, LOGITS), expected)
    # and what the formulas say, where a sigmoid does not run over
    torch.testing.assert_close(gan.generator_loss(LOGITS), -torch.log(torch.sigmoid(LOGITS)).mean())
    torch.testing.assert_close(gan.saturating_generator_loss(LOGITS), torch.log(1 - torch.sigmoid(LOGITS)).mean())


def test_by_hand():
    nothing = torch.zeros(4)
    assert gan.generator_loss(nothing).item() == pytest.approx(math.log(2))
    assert gan.discriminator_loss(nothing, nothing).item() == pytest.approx(2 * math.log(2))
    # D(x) = 3/4, D(G(z)) = 1/5: logits log 3 and -log 4
    real, fake = torch.tensor([math.log(3)]), torch.tensor([-math.log(4)])
    assert gan.discriminator_loss(real, fake).item() == pytest.approx(-math.log(3 / 4) - math.log(4 / 5))
    assert gan.generator_loss(fake).item() == pytest.approx(-math.log(1 / 5))
    assert gan.saturating_generator_loss(fake).item() == pytest.approx(math.log(4 / 5))
    x = torch.tensor([-1.0, 0.5, 3.0])
    assert gan.least_squares_generator_loss(x).item() == pytest.approx((4 + 0.25 + 4) / 6)
    assert gan.least_squares_discriminator_loss(x, torch.tensor([2.0])).item() == pytest.approx(8.25 / 6 + 2)
    assert gan.hinge_discriminator_loss(x, x).item() == pytest.approx((2 + 0.5 + 0) / 3 + (0 + 1.5 + 4) / 3)
    assert gan.hinge_generator_loss(x).item() == gan.wasserstein_generator_loss(x).item() == pytest.approx(-2.5 / 3)
    assert gan.wasserstein_discriminator_loss(x, torch.tensor([2.0])).item() == pytest.approx(2 - 2.5 / 3)
    assert gan.hinge_loss(x, x).item() == gan.hinge_discriminator_loss(x, x).item()
    assert gan.hinge_loss(x).item() == gan.hinge_generator_loss(x).item()


def test_the_others_equal_torchs():
    ones, zeros = torch.ones_like(OTHER), torch.zeros_like(LOGITS)
    torch.testing.assert_close(gan.least_squares_generator_loss(OTHER), F.mse_loss(OTHER, ones) / 2)
    torch.testing.assert_close(gan.least_squares_discriminator_loss(OTHER, LOGITS),
                               (F.mse_loss(OTHER, ones) + F.mse_loss(LOGITS, zeros)) / 2)
    torch.testing.assert_close(gan.hinge_discriminator_loss(OTHER, LOGITS),
                               F.hinge_embedding_loss(OTHER, -ones) + F.hinge_embedding_loss(-LOGITS, zeros - 1))


@pytest.mark.parametrize("logit", [-200.0, 200.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_safe_far_out(logit, dtype):
    x = torch.tensor([logit], dtype=dtype, requires_grad=True)
    for loss in (gan.generator_loss, gan.saturating_generator_loss, lambda x: gan.discriminator_loss(x, x),
                 lambda x: gan.discriminator_loss(x, -x)):  # fmt: skip
        value = loss(x)
        (slope,) = torch.autograd.grad(value, x)
        assert torch.isfinite(value) and torch.isfinite(slope)
    assert gan.generator_loss(x).item() == pytest.approx(max(-logit, 0), abs=1e-6)
    assert gan.discriminator_loss(x, x).item() == pytest.approx(200)
    # the plain way is not: log(1 - sigmoid(200)) is minus infinity
    assert torch.isinf(torch.log(1 - torch.sigmoid(torch.tensor([200.0])))).all()


@pytest.mark.parametrize("game", gan.GAMES)
def test_gradients_point_the_right_way(game):
    generator_loss, discriminator_loss = gan.losses_of(game)
    for logit in (0.1, 0.4, 0.7):
        assert gradient(generator_loss, logit) < 0, "the generator wants its fakes' logits to rise"
        other = torch.zeros(1, dtype=torch.float64)
        assert gradient(lambda x: discriminator_loss(x, other), logit) < 0, "the discriminator lifts the real ones"  # noqa: B023
        assert gradient(lambda x: discriminator_loss(other, x), logit) > 0, "and lowers the fakes"  # noqa: B023


def test_which_gradient_vanishes():
    """A fake that the discriminator is sure about, D = sigmoid(-10): -(1 - D) against -D."""
    d = 1 / (1 + math.exp(10))
    assert gradient(gan.generator_loss, -10.0) == pytest.approx(-(1 - d))
    assert gradient(gan.saturating_generator_loss, -10.0) == pytest.approx(-d)
    assert gradient(gan.saturating_generator_loss, -10.0) == pytest.approx(0, abs=1e-4)


def test_any_shape_gives_a_mean():
    for loss in (gan.generator_loss, gan.hinge_generator_loss, gan.least_squares_generator_loss):
        torch.testing.assert_close(loss(OTHER), loss(OTHER.flatten()))
        torch.testing.assert_close(loss(OTHER.repeat(3, 1)), loss(OTHER))
        assert loss(OTHER).shape == ()
    with pytest.raises(errors.CourseError, match="choose from non-saturating"):
        gan.losses_of("hinged")


def test_r1_of_a_linear_discriminator_by_hand():
    """D(x) = w x: its slope is w everywhere, so R1 = |w|^2, and dR1/dw = 2 w."""
    w = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
    real = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    penalty = gan.r1_penalty(real @ w, real)
    assert penalty.item() == pytest.approx(14)
    penalty.backward()
    torch.testing.assert_close(w.grad, 2 * w.detach())


def test_r1_is_a_mean_over_pictures():
    """D(x) = |x|^2 / 2: the slope is x itself."""
    real = torch.tensor([[[[3.0]]], [[[4.0]]]], requires_grad=True)
    assert gan.r1_penalty(real.square().sum(dim=(1, 2, 3)) / 2, real).item() == pytest.approx((9 + 16) / 2)


def test_gradient_penalty_by_hand():
    real, fake = torch.randn(6, 2, 4), torch.randn(6, 2, 4)
    w = torch.full((8,), 0.5)  # a slope of length sqrt(2)
    linear = lambda x: x.flatten(1) @ w  # noqa: E731
    assert gan.gradient_penalty(linear, real, fake).item() == pytest.approx((math.sqrt(2) - 1) ** 2, rel=1e-5)
    # between the two: D(x) = x^2 / 2 has slope x, which then lies between the real and the fake
    one, three = torch.full((500, 1), 1.0), torch.full((500, 1), 3.0)
    found = gan.gradient_penalty(lambda x: x.square() / 2, one, three).item()
    assert found == pytest.approx(4 / 3, abs=0.25)  # E[(u - 1)^2] for u uniform in [1, 3]


def test_feature_matching():
    fake = [torch.zeros(2, 3, requires_grad=True), torch.ones(2, 1, requires_grad=True)]
    real = [torch.full((2, 3), 2.0, requires_grad=True), torch.full((2, 1), -3.0, requires_grad=True)]
    loss = gan.feature_matching(fake, real)
    assert loss.item() == pytest.approx((F.l1_loss(fake[0], real[0]) + F.l1_loss(fake[1], real[1])).item() / 2) == 3
    loss.backward()
    assert fake[0].grad is not None and real[0].grad is None, "the discriminator is not to move for it"
    with pytest.raises(ValueError):
        gan.feature_matching(fake, real[:1])


def test_a_part_put_in_place_is_called(monkeypatch):
    """What stands in gan_losses is what every game uses, by whatever name it was asked for."""
    monkeypatch.setattr(gan, "generator_loss", lambda fake_logits: fake_logits.sum() * 0 + 7)
    assert gan.generator_loss(LOGITS).item() == 7
    assert gan.losses_of("non-saturating")[0](LOGITS).item() == 7
