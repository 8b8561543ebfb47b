"""Lesson 07: the two losses of a GAN, its two networks, one step of both, and (optional) the hinge and R1."""

import numpy as np

from course import parallel
from course.exercises.exercise import BugCard, Exercise, case


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


def floats(*numbers):
    return np.array(numbers, np.float32)


# ---------------------------------------------------------------- the losses


def told_losses(*names, kinks=(0.0,)):
    """How a loss of such logits is tried: its value, and the gradient for each of them, from which is learned.

    kinks: where one of the logits is such a number no gradient is asked for, since right formulas differ there. At 0
    the gradient of softplus is 1/2, and that of the equal clamp(min=0) + log1p(exp(-abs)) is 1.
    """

    def run(loss, *logits):
        import torch

        given = [torch.tensor(x, requires_grad=True) for x in logits]
        value = loss(*given)
        if any(np.isin(x, kinks).any() for x in logits):
            return {"loss": value}
        gradients = zip(names, _gradients(value, given))
        return {"loss": value, **{f"gradient for the {name}": gradient for name, gradient in gradients}}

    return run


def _gradients(value, inputs) -> list:
    """The gradient of a value for each of the inputs: zeros where none flows."""
    import torch

    if not isinstance(value, torch.Tensor) or not value.requires_grad:
        return [torch.zeros_like(x) for x in inputs]
    found = torch.autograd.grad(value.sum(), inputs, allow_unused=True)
    return [torch.zeros_like(x) if gradient is None else gradient for x, gradient in zip(inputs, found)]


def random_logits(rng):
    return (rng.normal(0, 4, int(rng.integers(2, 7))).astype(np.float32),)


def random_both(rng):
    return random_logits(rng) + random_logits(rng)


def _softplus(x):
    import torch

    return torch.nn.functional.softplus(x)


def generator_saturating(fake_logits):
    return -_softplus(fake_logits).mean()


def generator_other_side(fake_logits):
    return _softplus(fake_logits).mean()


def generator_upside_down(fake_logits):
    return -_softplus(-fake_logits).mean()


def generator_sum(fake_logits):
    return _softplus(-fake_logits).sum()


def generator_saturating_log(fake_logits):
    return (1 - fake_logits.sigmoid()).log().mean()


def generator_log_of_zero(fake_logits):
    return -fake_logits.sigmoid().log().mean()


def generator_log_with_a_little(fake_logits):
    return -(fake_logits.sigmoid() + 1e-8).log().mean()


def generator_detached(fake_logits):
    return _softplus(-fake_logits.detach()).mean()


def discriminator_half(real_logits, fake_logits):
    return (_softplus(-real_logits).mean() + _softplus(fake_logits).mean()) / 2


def discriminator_swapped(real_logits, fake_logits):
    return _softplus(real_logits).mean() + _softplus(-fake_logits).mean()


def discriminator_upside_down(real_logits, fake_logits):
    return -_softplus(-real_logits).mean() - _softplus(fake_logits).mean()


def discriminator_all_real(real_logits, fake_logits):
    return _softplus(-real_logits).mean() + _softplus(-fake_logits).mean()


def discriminator_log_of_zero(real_logits, fake_logits):
    return -real_logits.sigmoid().log().mean() - (1 - fake_logits.sigmoid()).log().mean()


def discriminator_added_first(real_logits, fake_logits):
    return (_softplus(-real_logits) + _softplus(fake_logits)).mean()


def discriminator_sum(real_logits, fake_logits):
    return _softplus(-real_logits).sum() + _softplus(fake_logits).sum()


def discriminator_detached(real_logits, fake_logits):
    return _softplus(-real_logits.detach()).mean() + _softplus(fake_logits.detach()).mean()


def discriminator_of_the_fakes_detached(real_logits, fake_logits):
    return _softplus(-real_logits).mean() + _softplus(fake_logits.detach()).mean()


def _hinge(fake, real, margin=1.0, clamp=True, sign=1.0, generator=None):
    if real is None:
        return generator(fake) if generator else -fake.mean()
    parts = margin - sign * real, margin + sign * fake
    return sum(part.clamp(min=0).mean() if clamp else part.mean() for part in parts)


def hinge_without_margin(fake_logits, real_logits=None):
    return _hinge(fake_logits, real_logits, margin=0.0)


def hinge_without_max(fake_logits, real_logits=None):
    return _hinge(fake_logits, real_logits, clamp=False)


def hinge_swapped(fake_logits, real_logits=None):
    return _hinge(fake_logits, real_logits, sign=-1.0)


def hinge_for_both(fake_logits, real_logits=None):
    return _hinge(fake_logits, real_logits, generator=lambda fake: (1 - fake).clamp(min=0).mean())


def hinge_half(fake_logits, real_logits=None):
    return _hinge(fake_logits, real_logits) / (1 if real_logits is None else 2)


def hinge_sum(fake_logits, real_logits=None):
    if real_logits is None:
        return -fake_logits.sum()
    return (1 - real_logits).clamp(min=0).sum() + (1 + fake_logits).clamp(min=0).sum()


def hinge_detached(fake_logits, real_logits=None):
    return _hinge(fake_logits.detach(), None if real_logits is None else real_logits.detach())


def hinge_generator_upside_down(fake_logits, real_logits=None):
    return _hinge(fake_logits, real_logits, generator=lambda fake: fake.mean())


def random_hinge(rng):
    return random_both(rng) if rng.random() < 0.7 else random_logits(rng)


# ---------------------------------------------------------------- the networks

LOUD = 30.0  # times all weights: then a picture's values reach the end of what they can be
DRAWS = 12  # of a discriminator's weights: by chance all logits of a right one would have one sign in 1 of 4096


def _loud(network):
    import torch

    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(LOUD)


def _count(network) -> int:
    return sum(p.numel() for p in network.parameters())


def _shape(made) -> str:
    return str(tuple(made.shape))


def _bends(network, given, undo) -> bool:
    """Whether f(x) + f(-x) is not 2 f(0), which any chain of linear layers gives; undo: takes the last function off."""
    import torch

    with torch.no_grad():
        there, back, middle = (undo(network(x)).double() for x in (given, -given, torch.zeros_like(given)))
    size = torch.stack([there, back, middle]).abs().max().clamp(min=1e-30)
    return bool((there + back - 2 * middle).abs().max() > 1e-3 * size)


@parallel.one_thread_each()  # on a busy machine two would wait for each other
def try_generator(build, latent, size, width):
    """What can be seen of a generator from outside, whatever it is made of."""
    import torch

    network = build(latent, size, width).train()
    noise = torch.randn(4, latent, generator=torch.Generator().manual_seed(1))
    made = network(noise)
    found = {"shape of four pictures": _shape(made)}
    made.square().sum().backward()
    found["two noises, two pictures"] = bool(made[0].sub(made[1]).abs().max() > 1e-5)
    found["every weight has a gradient"] = all(p.grad is not None for p in network.parameters())
    found["twice the width has more weights"] = _count(build(latent, size, 2 * width)) > 1.2 * _count(network)
    network.eval()
    found["shape of a single picture"] = _shape(network(noise[:1]))
    found["it does more than one linear layer"] = _bends(network, noise, lambda x: x.clamp(-1 + 1e-7, 1 - 1e-7).atanh())
    network.train()
    _loud(network)
    made = network(noise).detach()
    found["values stay within -1 and 1"] = bool(made.abs().max() <= 1)
    found["values reach -0.9"] = bool(made.min() < -0.9)
    return found


def _generator(latent, size, width, end="tanh", doublings=None, colours=3, last=False, bends=True):
    from torch import nn

    act = nn.ReLU if bends else nn.Identity

    steps = int(np.log2(size)) - 2 if doublings is None else int(np.log2(size)) - 2 + doublings
    top = 4 * width
    layers = [nn.Linear(latent, top * 16), nn.Unflatten(1, (top, 4, 4)), act()]
    for _ in range(steps):
        layers += [nn.ConvTranspose2d(top, top, 4, 2, 1), nn.BatchNorm2d(top), act()]
    layers += [nn.Conv2d(top, colours, 3, padding=1)]
    layers += {"tanh": [nn.Tanh()], "sigmoid": [nn.Sigmoid()], "": []}[end]
    network = nn.Sequential(*layers)
    if not last:
        return network

    class Turned(nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, noise):
            return self.network(noise).permute(0, 2, 3, 1)

    return Turned()


def generator_without_tanh(latent=128, size=64, width=32):
    return _generator(latent, size, width, end="")


def generator_sigmoid(latent=128, size=64, width=32):
    return _generator(latent, size, width, end="sigmoid")


def generator_half_size(latent=128, size=64, width=32):
    return _generator(latent, size, width, doublings=-1)


def generator_channels_last(latent=128, size=64, width=32):
    return _generator(latent, size, width, last=True)


def generator_fixed_width(latent=128, size=64, width=32):
    return _generator(latent, size, 8)


def generator_grey(latent=128, size=64, width=32):
    return _generator(latent, size, width, colours=1)


def generator_twice_the_size(latent=128, size=64, width=32):
    return _generator(latent, size, width, doublings=1)


def generator_linear(latent=128, size=64, width=32):
    return _generator(latent, size, width, bends=False)


@parallel.one_thread_each()
def try_discriminator(build, size, width):
    """What can be seen of a discriminator from outside.

    One call is never compared with another in training: under `spectral_norm` each call changes the weights a little.
    """
    import torch

    network = build(size, width).train()
    pictures = torch.rand(4, 3, size, size, generator=torch.Generator().manual_seed(1)) * 2 - 1
    seen = pictures.clone().requires_grad_()
    logits = network(seen)
    found = {"shape of four logits": _shape(logits), "shape of a single logit": _shape(network(pictures[:1]))}
    alone, every = (torch.autograd.grad(which.sum(), seen, retain_graph=True)[0] for which in (logits[0], logits))
    found["every pixel counts"] = bool((every.abs().amax(dim=(0, 1)) > 0).all())
    found["each picture is judged alone"] = bool((alone[1:] == 0).all())
    found["twice the width has more weights"] = _count(build(size, 2 * width)) > 1.2 * _count(network)
    network.eval()
    found["it does more than one linear layer"] = _bends(network, 1000 * pictures, lambda x: x)
    lowest, highest = _reach(network, pictures)
    found["a logit can be above 1"], found["a logit can be below -1"] = highest > 1, lowest < -1
    return found


def _reach(network, pictures) -> tuple:
    """The smallest and the largest logit that weights drawn by chance give to soft and to glaring pictures."""
    import torch

    drawn, logits = torch.Generator().manual_seed(2), []
    with torch.no_grad():
        for _ in range(DRAWS):
            for parameter in network.parameters():
                if parameter.ndim > 1:
                    parameter.copy_(torch.randn(parameter.shape, generator=drawn))
            logits += [network(sign * size * pictures[:2]).flatten() for sign in (1, -1) for size in (1, 1000)]
    every = torch.cat(logits)
    return every.min().item(), every.max().item()


def _discriminator(size, width, end=None, norm=False, flat=None, patch=False, bends=True):
    from torch import nn

    layers, before = [], 3
    for level in range(int(np.log2(size)) - 2):
        after = width * 2**level
        layers += [nn.Conv2d(before, after, 4, 2, 1), *([nn.BatchNorm2d(after)] if norm else []),
                   nn.LeakyReLU(0.2 if bends else 1.0)]
        before = after
    layers += [nn.Conv2d(before, 1, 3, padding=1)] if patch else [nn.Flatten(), nn.Linear(before * 16, 1)]
    return nn.Sequential(*layers, *([end] if end else []), *([nn.Flatten(0)] if flat is None else flat))


def _squeeze():
    from torch import nn

    class Squeeze(nn.Module):
        def forward(self, logits):
            return logits.squeeze()

    return Squeeze()


def discriminator_sigmoid(size=64, width=32):
    from torch import nn

    return _discriminator(size, width, end=nn.Sigmoid())


def discriminator_log_sigmoid(size=64, width=32):
    from torch import nn

    return _discriminator(size, width, end=nn.LogSigmoid())


def discriminator_batch_norm(size=64, width=32):
    return _discriminator(size, width, norm=True)


def discriminator_column(size=64, width=32):
    return _discriminator(size, width, flat=[])


def discriminator_squeeze(size=64, width=32):
    return _discriminator(size, width, flat=[_squeeze()])


def discriminator_patches(size=64, width=32):
    return _discriminator(size, width, flat=[], patch=True)


def discriminator_fixed_width(size=64, width=32):
    return _discriminator(size, 8)


def discriminator_linear(size=64, width=32):
    return _discriminator(size, width, bends=False)


# ---------------------------------------------------------------- a step


@parallel.one_thread_each()
def play(step, a, b, real, noise, r1=0.0, game="non-saturating", steps=3):
    """Steps of the smallest GAN there is, G(z) = a z with the logit b x, by plain gradient descent of rate 0.1."""
    import torch
    from torch import nn

    from course.gan import game as gan

    generator, discriminator = nn.Linear(1, 1, bias=False), nn.Sequential(nn.Linear(1, 1, bias=False), nn.Flatten(0))
    generator.weight.data[:], discriminator[0].weight.data[:] = float(a), float(b)
    optimizers = [torch.optim.SGD(network.parameters(), 0.1) for network in (generator, discriminator)]
    players = gan.Gan(generator, discriminator, *optimizers, gan.Settings(r1=r1, r1_every=2, game=game))
    rows = []
    for _ in range(steps):
        numbers = step(players, torch.tensor(real), torch.tensor(noise))
        numbers = {name: float(numbers[name]) for name in ("d_loss", "g_loss")}
        rows.append([generator.weight.item(), discriminator[0].weight.item(), numbers["d_loss"], numbers["g_loss"]])
    table = np.array(rows)
    return {"a of G": table[:, 0], "b of D": table[:, 1], "d_loss": table[:, 2], "g_loss": table[:, 3],
            "players.steps": players.steps}


def random_game(rng):
    count = int(rng.integers(1, 6))
    return (float(rng.normal(0, 2)), float(rng.normal(0, 1)), rng.normal(1, 1, (count, 1)).astype(np.float32),
            rng.normal(0, 1, (count, 1)).astype(np.float32), float(rng.choice([0.0, 0.5])),
            str(rng.choice(["non-saturating", "hinge"])))


def _step(players, real, noise, d_zero=True, g_zero=True, detach=True, g_detached=False, both=False, penalty=True,
          game=None, told_with=False, counts=True):
    """A step with one thing wrong."""
    from course.gan import game as gan
    from course.gan import losses as gan_losses

    loss_of_g, loss_of_d = gan_losses.losses_of(game or players.settings.game)
    d_optimizer, g_optimizer = players.discriminator_optimizer, players.generator_optimizer
    fake = players.generator(noise)
    d_loss = loss_of_d(players.discriminator(real), players.discriminator(fake.detach() if detach else fake))
    whole = d_loss + gan.smoothness(players, real) if penalty else d_loss
    if d_zero:
        d_optimizer.zero_grad()
    if not detach:
        g_optimizer.zero_grad()
    whole.backward()
    d_optimizer.step()

    fake = players.generator(noise)
    g_loss = loss_of_g(players.discriminator(fake.detach() if g_detached else fake))
    if g_zero and detach:
        g_optimizer.zero_grad()
    if both:
        d_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
    if both:
        d_optimizer.step()
    players.steps += counts
    return {"d_loss": (whole if told_with else d_loss).item(), "g_loss": g_loss.item()}


def _bug(**what):
    def step(players, real, noise):
        return _step(players, real, noise, **what)

    return step


def step_one_fake(players, real, noise):
    """One fake for both turns, never detached: the second `backward` finds the generator's graph gone."""
    from course.gan import game as gan
    from course.gan import losses as gan_losses

    loss_of_g, loss_of_d = gan_losses.losses_of(players.settings.game)
    fake = players.generator(noise)
    d_loss = loss_of_d(players.discriminator(real), players.discriminator(fake))
    players.discriminator_optimizer.zero_grad()
    (d_loss + gan.smoothness(players, real)).backward()
    players.discriminator_optimizer.step()
    g_loss = loss_of_g(players.discriminator(fake))
    players.generator_optimizer.zero_grad()
    g_loss.backward()
    players.generator_optimizer.step()
    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}


def step_both_losses_first(players, real, noise):
    """Both losses before anybody moves: the generator's way back leads through weights that are no longer there."""
    from course.gan import game as gan
    from course.gan import losses as gan_losses

    loss_of_g, loss_of_d = gan_losses.losses_of(players.settings.game)
    fake = players.generator(noise)
    d_loss = loss_of_d(players.discriminator(real), players.discriminator(fake.detach()))
    g_loss = loss_of_g(players.discriminator(fake))
    players.discriminator_optimizer.zero_grad()
    (d_loss + gan.smoothness(players, real)).backward()
    players.discriminator_optimizer.step()
    players.generator_optimizer.zero_grad()
    g_loss.backward()
    players.generator_optimizer.step()
    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}


def step_against_the_old(players, real, noise):
    """The generator asks the discriminator before that has moved."""
    import torch

    from course.gan import game as gan
    from course.gan import losses as gan_losses

    loss_of_g, loss_of_d = gan_losses.losses_of(players.settings.game)
    fake = players.generator(noise)
    g_loss = loss_of_g(players.discriminator(fake))
    weights = list(players.generator.parameters())
    gradients = torch.autograd.grad(g_loss, weights)
    d_loss = loss_of_d(players.discriminator(real), players.discriminator(fake.detach()))
    players.discriminator_optimizer.zero_grad()
    (d_loss + gan.smoothness(players, real)).backward()
    players.discriminator_optimizer.step()
    for weight, gradient in zip(weights, gradients):
        weight.grad = gradient
    players.generator_optimizer.step()
    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}


# ---------------------------------------------------------------- r1_penalty


def try_r1(penalty, real, weight, curve):
    """The penalty of D(x) = weight . x + curve |x|^2 / 2, and its gradient in the weight, which training needs."""
    import torch

    real = torch.tensor(real, requires_grad=True)
    weight = torch.tensor(weight, requires_grad=True)
    flat = real.flatten(1)
    logits = flat @ weight + curve * flat.square().sum(dim=1) / 2
    value = penalty(logits, real)
    return {"the penalty": value, "its gradient in D's weights": _gradients(value, [weight])[0]}


def random_r1(rng):
    real = rng.normal(0, 1, (int(rng.integers(1, 6)), 1, 2, 2)).astype(np.float32)
    return real, rng.normal(0, 1, 4).astype(np.float32), float(rng.normal())


def _r1(real_logits, real, mean=False, length=False, pixels=False, graph=True, half=False, total=False):
    import torch

    (gradient,) = torch.autograd.grad(real_logits.mean() if mean else real_logits.sum(), real, create_graph=graph,
                                      retain_graph=True)
    square = gradient.square().flatten(1)
    each = square.mean(dim=1) if pixels else square.sum(dim=1)
    each = each.sqrt() if length else each
    return (each.sum() if total else each.mean()) / (2 if half else 1)


def r1_of_the_mean(real_logits, real):
    return _r1(real_logits, real, mean=True)


def r1_length(real_logits, real):
    return _r1(real_logits, real, length=True)


def r1_over_pixels(real_logits, real):
    return _r1(real_logits, real, pixels=True)


def r1_without_graph(real_logits, real):
    return _r1(real_logits, real, graph=False)


def r1_half(real_logits, real):
    return _r1(real_logits, real, half=True)


def r1_summed(real_logits, real):
    return _r1(real_logits, real, total=True)


def r1_of_pictures(real_logits, real):
    import torch

    (gradient,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True)
    return gradient.square().sum(dim=(1, 2, 3)).mean()


def r1_of_the_logits(real_logits, real):
    return real_logits.square().mean()


# ---------------------------------------------------------------- the lesson's seven

ONE, FAR = floats(1.0).reshape(1, 1), floats(-200.0, 200.0)
SQUARE = np.arange(8, dtype=np.float32).reshape(2, 1, 2, 2) / 4

EXERCISES = [
    Exercise(
        name="generator_loss",
        lesson=7,
        title="what the generator makes small",
        place="gan.generator_loss",
        cases=[
            case("the logits -2, 0.5 and 3", floats(-2, 0.5, 3)),
            case("a single logit of 0", floats(0)),
        ],
        edges=[case("logits of -200 and 200", FAR),
               case("a map of logits (2, 3)", floats(-1, 2, 0.5, 4, -3, 1).reshape(2, 3))],
        random=random_logits,
        random_label="random logits",
        run=told_losses("fake logits"),
        hints=[
            "D = sigmoid(l), with the logit l. What is -log of a sigmoid, written without any probability?",
            "-log sigmoid(l) = log(1 + exp(-l)) = softplus(-l), and torch.nn.functional.softplus is safe far out. E is "
            "a mean.",
            "return torch.nn.functional.softplus(-fake_logits).mean()",
        ],
        cards=[
            BugCard("saturating", generator_saturating,
                    "It looks like log(1 - D), the form that saturates: take -log D."),
            BugCard("saturating-log", generator_saturating_log,
                    "It looks like log(1 - D), the form that saturates, with the logarithm of a sigmoid in it: take "
                    "-log D, written with softplus."),
            BugCard("other-side", generator_other_side,
                    "It looks like -log(1 - D): the generator wants its fakes to be called real."),
            BugCard("upside-down", generator_upside_down,
                    "It looks like +log D: a loss is made small, so the minus is needed."),
            BugCard("sum", generator_sum, "It looks like a sum over the batch: E is a mean."),
            BugCard("log-of-zero", generator_log_of_zero,
                    "It looks as if you take the logarithm of a sigmoid: at a logit of -200 that is log 0. Write it "
                    "with softplus or logsigmoid."),
            BugCard("log-with-a-little", generator_log_with_a_little,
                    "It looks as if 1e-8 is added inside the logarithm: no log 0 any more, and no gradient either "
                    "where the fakes are worst. Write it with softplus or logsigmoid."),
            BugCard("detached", generator_detached,
                    "The number is right, but no gradient flows from it to the logits, so nobody can learn from it: "
                    "no detach, no no_grad, no item and no NumPy on the way."),
        ],
        picture=drawn("draw_generator_loss"),
    ),
    Exercise(
        name="discriminator_loss",
        lesson=7,
        title="what the discriminator makes small",
        place="gan.discriminator_loss",
        cases=[
            case("the real logits 2, -1 and the fake ones -2, 0.5, 3", floats(2, -1), floats(-2, 0.5, 3)),
            case("a discriminator that knows nothing (all logits 0)", floats(0, 0), floats(0, 0)),
        ],
        edges=[case("logits of -200 and 200", FAR, FAR),
               case("one real logit and three fake ones", floats(1), floats(3, 2, -1)),
               case("a map of real logits (2, 2) and three fake ones", floats(1, -2, 0.5, 3).reshape(2, 2),
                    floats(3, 2, -1))],
        random=random_both,
        random_label="random logits",
        run=told_losses("real logits", "fake logits"),
        hints=[
            "What should D say to a real picture, and what to a fake? Each gets its own term and its own mean.",
            "With the logit l, -log D is softplus(-l) for the real ones; -log(1 - D) is softplus(l) for the fakes.",
            "F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean(), with F = torch.nn.functional",
        ],
        cards=[
            BugCard("half", discriminator_half, "It looks like half of the loss: the formula is the sum of two means."),
            BugCard("swapped", discriminator_swapped,
                    "It looks as if real and fake have changed places: real is to have large logits."),
            BugCard("upside-down", discriminator_upside_down,
                    "It looks as if the sign is turned round: a loss is small where D is right."),
            BugCard("all-real", discriminator_all_real,
                    "It looks as if the fakes are to be called real as well: that is the generator's wish."),
            BugCard("log-of-zero", discriminator_log_of_zero,
                    "It looks as if you take the logarithm of a sigmoid: far out that is log 0. Write it with softplus "
                    "or logsigmoid."),
            BugCard("added-first", discriminator_added_first,
                    "It looks as if both terms are added before the means: there need not be as many real pictures as "
                    "fakes. Take two means, and add those."),
            BugCard("sum", discriminator_sum, "It looks like sums over the batch: each E is a mean."),
            BugCard("detached", discriminator_detached,
                    "The number is right, but no gradient flows from it to the logits, so D cannot learn from it: no "
                    "detach, no no_grad, no item and no NumPy on the way."),
            BugCard("fakes-detached", discriminator_of_the_fakes_detached,
                    "The number is right, but the fake logits are detached: D would never learn what a fake is. It is "
                    "the generator's pictures that are detached, before D sees them, and not D's answers."),
        ],
        picture=drawn("draw_discriminator_loss"),
    ),
    Exercise(
        name="build_generator",
        lesson=7,
        title="a network from noise to pictures",
        place="gan.build_generator",
        cases=[case("noise of 8 numbers, pictures of 16 px, width 4", 8, 16, 4)],
        edges=[case("the smallest pictures, 8 px", 3, 8, 2), case("pictures of 32 px", 16, 32, 4)],
        run=try_generator,
        seconds=30.0,
        hints=[
            "How often must 4 be doubled to get to `size`? That many layers double the map.",
            "nn.Linear(latent, channels * 16), nn.Unflatten(1, (channels, 4, 4)), then again and again "
            "nn.ConvTranspose2d(n, m, 4, stride=2, padding=1), nn.BatchNorm2d(m), nn.ReLU(); at the end 3 channels "
            "and nn.Tanh().",
            "steps = int(math.log2(size)) - 2; channels = width * 2 ** (steps - 1) at the start, half as many after "
            "each doubling; the last ConvTranspose2d gives 3, then nn.Tanh(); return nn.Sequential(*layers)",
        ],
        cards=[
            BugCard("without-tanh", generator_without_tanh,
                    "It looks as if nothing bounds the values at the end: pictures live in [-1, 1], as tanh does."),
            BugCard("sigmoid", generator_sigmoid,
                    "It looks as if the end is a sigmoid, [0, 1]: the real pictures come in [-1, 1], so take tanh."),
            BugCard("half-size", generator_half_size,
                    "It looks as if one doubling is missing: 4, 8, 16, ... up to `size`."),
            BugCard("channels-last", generator_channels_last,
                    "It looks as if the colours come last: inside a network they come first, (N, 3, H, W)."),
            BugCard("fixed-width", generator_fixed_width,
                    "It looks as if `width` is not used: it says how many channels the largest map has."),
            BugCard("grey", generator_grey, "It looks as if the picture has one channel: red, green and blue are 3."),
            BugCard("twice-the-size", generator_twice_the_size,
                    "It looks as if there is one doubling too many: from 4 to `size` it takes log2(size) - 2."),
            BugCard("linear", generator_linear,
                    "It looks as if nothing stands between the layers: without a ReLU many linear layers do what one "
                    "does."),
        ],
        picture=drawn("draw_generator"),
    ),
    Exercise(
        name="build_discriminator",
        lesson=7,
        title="a network from pictures to logits",
        place="gan.build_discriminator",
        cases=[case("pictures of 16 px, width 4", 16, 4)],
        edges=[case("the smallest pictures, 8 px", 8, 2), case("pictures of 32 px", 32, 4)],
        run=try_discriminator,
        seconds=30.0,
        hints=[
            "It is the generator backwards. What halves a map, and what stands at the very end?",
            "nn.Conv2d(n, m, 4, stride=2, padding=1) and nn.LeakyReLU(0.2) until the map is 4x4; then nn.Flatten(), "
            "one linear layer to 1 number, and nn.Flatten(0), which makes (N,) of (N, 1). No batch norm, no sigmoid.",
            "n = 3; for level in range(int(math.log2(size)) - 2): layers += [nn.Conv2d(n, width * 2**level, 4, "
            "stride=2, padding=1), nn.LeakyReLU(0.2)]; n = width * 2**level; then nn.Flatten(), nn.Linear(n * 16, 1), "
            "nn.Flatten(0)",
        ],
        cards=[
            BugCard("sigmoid", discriminator_sigmoid,
                    "It looks as if a sigmoid (or tanh) stands at the end: the losses want logits, and take the "
                    "sigmoid themselves."),
            BugCard("log-sigmoid", discriminator_log_sigmoid,
                    "It looks as if the logarithm of a probability comes out, which is never above 0: the losses want "
                    "logits, and take both themselves."),
            BugCard("batch-norm", discriminator_batch_norm,
                    "It looks as if batch norm mixes the pictures of a batch: each should be judged alone."),
            BugCard("column", discriminator_column,
                    "It looks as if a last axis of 1 is left: one logit a picture is (N,), so add nn.Flatten(0)."),
            BugCard("squeeze", discriminator_squeeze,
                    "It looks as if squeeze() takes away every axis of length 1: of a batch of one picture nothing is "
                    "left. Name the axis, squeeze(1), or use nn.Flatten(0)."),
            BugCard("patches", discriminator_patches,
                    "It looks as if you give a map of logits, one a patch: here one logit judges the whole picture."),
            BugCard("fixed-width", discriminator_fixed_width,
                    "It looks as if `width` is not used: it says how many channels the largest map has."),
            BugCard("linear", discriminator_linear,
                    "It looks as if nothing stands between the layers: without a LeakyReLU many linear layers do what "
                    "one does."),
        ],
        picture=drawn("draw_discriminator"),
    ),
    Exercise(
        name="gan_step",
        lesson=7,
        title="one move of each player",
        place="gan.gan_step",
        cases=[case("the real number 1 and the fake 2 (a = 2 and b = 1/2 in G(z) = a z, D(x) = sigmoid(b x))",
                    2.0, 0.5, ONE, ONE)],
        edges=[case("the same where D is kept smooth (gan.smoothness)", 2.0, 0.5, ONE, ONE, 0.5),
               case("the same in the hinge game", 2.0, 0.5, ONE, ONE, 0.0, "hinge")],
        random=random_game,
        random_count=20,
        random_label="random small games",
        run=play,
        hints=[
            "Two losses, two optimisers, two turns. Who must stand still while the other moves?",
            "Both losses come from gan.losses_of(players.settings.game). The discriminator's turn: detach the fakes, "
            "its loss plus gan.smoothness, zero_grad, backward, step. The generator's turn: ask the discriminator that "
            "has just moved about fakes that are *not* detached; step the generator's optimiser alone.",
            "loss_g, loss_d = gan.losses_of(players.settings.game); fake = G(noise); d_loss = loss_d(D(real), "
            "D(fake.detach())); zero_grad(); (d_loss + gan.smoothness(players, real)).backward(); step(); g_loss = "
            "loss_g(D(G(noise))); zero_grad(); backward(); step(); players.steps += 1",
        ],
        cards=[
            BugCard("without-zero-grad", _bug(d_zero=False, g_zero=False),
                    "It looks as if gradients of earlier steps are still there: zero_grad before each backward."),
            BugCard("discriminator-not-emptied", _bug(d_zero=False),
                    "It looks as if the discriminator's gradients are never emptied: those of its last turn and of the "
                    "generator's are still there. discriminator_optimizer.zero_grad() before its backward."),
            BugCard("generator-not-emptied", _bug(g_zero=False),
                    "It looks as if the generator's gradients are never emptied: those of its earlier turns are still "
                    "there. generator_optimizer.zero_grad() before its backward."),
            BugCard("detached-twice", _bug(g_detached=True),
                    "It looks as if the generator never moves: in its own turn its pictures must not be detached."),
            BugCard("both-move", _bug(both=True),
                    "It looks as if the discriminator also moves in the generator's turn: it learns to be fooled."),
            BugCard("one-game", _bug(game="non-saturating"),
                    "It plays one game only: take both losses from gan.losses_of(players.settings.game)."),
            BugCard("not-detached", _bug(detach=False),
                    "It looks as if the discriminator's gradient reached the generator: detach the fakes in its turn, "
                    "or empty the generator's gradients before its own."),
            BugCard("one-fake-not-detached", step_one_fake,
                    "The fakes of the discriminator's turn are not detached: its backward ran through the generator "
                    "too and used up the way, so the generator's own finds none. Show the discriminator fake.detach()."
                    ),
            BugCard("both-losses-first", step_both_losses_first,
                    "Both losses are worked out before anybody moves; then the discriminator's step changes the very "
                    "weights that the generator's backward needs. Ask the discriminator again, after its step."),
            BugCard("against-the-old", step_against_the_old,
                    "It looks as if the generator asks the discriminator before that has moved: judge the fakes anew "
                    "after the discriminator's step."),
            BugCard("without-penalty", _bug(penalty=False),
                    "The turns are right, and the penalty is missing: add gan.smoothness(players, real) to the "
                    "discriminator's loss."),
            BugCard("told-with-penalty", _bug(told_with=True),
                    "The step is right, but d_loss is told with the penalty in it: tell the loss alone, or curves "
                    "change with the penalty's weight."),
            BugCard("not-counted", _bug(counts=False),
                    "The turns are right, but players.steps never grows: gan.smoothness asks it whose turn it is."),
        ],
        picture=drawn("draw_step"),
    ),
    Exercise(
        name="hinge_loss",
        lesson=7,
        title="a game that stops at a margin",
        place="gan.hinge_loss",
        cases=[
            case("the fake logits -2, 0 and the real ones 3, 0.5", floats(-2, 0), floats(3, 0.5)),
            case("the fake logits -2 and 0 alone", floats(-2, 0)),
        ],
        edges=[case("everybody right by more than the margin", floats(-1.5, -5), floats(1.5, 7)),
               case("everybody right by exactly the margin", floats(-1, -1), floats(1)),
               case("a single fake logit and three real ones", floats(0.5), floats(-2, 0.5, 4)),
               case("maps of logits (2, 2)", floats(-2, 0.5, 3, -0.5).reshape(2, 2),
                    floats(2, -0.5, 0.3, 5).reshape(2, 2))],
        random=random_hinge,
        random_label="random logits",
        run=told_losses("fake logits", "real logits", kinks=(-1.0, 1.0)),
        hints=[
            "When is a real logit right by a margin of 1, and what does it then cost?",
            "A logit l costs max(0, 1 - l) where the picture is real, max(0, 1 + l) where it is fake. Without real "
            "logits it is the generator's turn: -l, without any max.",
            "if real_logits is None: return -fake_logits.mean(); return (1 - real_logits).clamp(min=0).mean() + (1 + "
            "fake_logits).clamp(min=0).mean()",
        ],
        cards=[
            BugCard("without-margin", hinge_without_margin,
                    "It looks as if the margin is missing: who is right by less than 1 still pays."),
            BugCard("without-max", hinge_without_max,
                    "It looks as if the max with 0 is missing: then being more right pays for ever."),
            BugCard("swapped", hinge_swapped, "It looks as if real and fake have changed places."),
            BugCard("hinge-for-both", hinge_for_both,
                    "It looks as if the generator has a hinge too: its loss is the mean of minus the logit, without a "
                    "max."),
            BugCard("half", hinge_half, "It looks like half of the discriminator's loss: it is the sum of two means."),
            BugCard("sum", hinge_sum, "It looks like sums over the batch: each E is a mean."),
            BugCard("generator-upside-down", hinge_generator_upside_down,
                    "The discriminator's loss is right; the generator's has the other sign: it lifts its fakes by "
                    "making minus their logits small."),
            BugCard("detached", hinge_detached,
                    "The number is right, but no gradient flows from it to the logits, so nobody can learn from it: "
                    "no detach, no no_grad, no item and no NumPy on the way."),
        ],
        picture=drawn("draw_hinge"),
    ),
    Exercise(
        name="r1_penalty",
        lesson=7,
        title="what keeps the discriminator smooth",
        place="gan.r1_penalty",
        cases=[case("two pictures of 2 x 2 and the logit x1 - 2 x2 + 3 x3 + 0 x4", SQUARE, floats(1, -2, 3, 0), 0.0)],
        edges=[case("the logit |x|^2 / 2", SQUARE, floats(0, 0, 0, 0), 1.0),
               case("a single picture and the logit |x|^2 / 2", SQUARE[1:], floats(0, 0, 0, 0), 1.0),
               case("three points of the plane and the logit 2 x1 - x2 + |x|^2 / 2",
                    floats(1, 0, 0.5, -1, 2, 2).reshape(3, 2), floats(2, -1), 1.0)],
        random=random_r1,
        random_count=20,
        random_label="random discriminators",
        run=try_r1,
        hints=[
            "Each picture's logit depends on that picture alone. So what is the gradient of their sum?",
            "torch.autograd.grad(real_logits.sum(), real, create_graph=True)[0] holds every picture's own gradient. "
            "Square it, add up over a picture, take the mean over the batch.",
            "(gradient,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True); return "
            "gradient.square().flatten(1).sum(dim=1).mean()",
        ],
        cards=[
            BugCard("of-the-mean", r1_of_the_mean,
                    "It looks as if you took the gradient of the mean logit: it is N times too small. Take the sum."),
            BugCard("length", r1_length, "It looks like the length of the gradient: R1 is its square."),
            BugCard("over-pixels", r1_over_pixels,
                    "It looks like a mean over the pixels: the squared length is their sum."),
            BugCard("without-graph", r1_without_graph,
                    "The value is right, but nothing can be learned from it: grad needs create_graph=True."),
            BugCard("half", r1_half, "It looks as if the half of gamma / 2 is in it: that factor comes later."),
            BugCard("summed", r1_summed, "It looks like a sum over the batch: E is a mean over the pictures."),
            BugCard("of-pictures", r1_of_pictures,
                    "Right for pictures with three axes; points of the plane have one. flatten(1) makes one axis of "
                    "however many there are."),
            BugCard("of-the-logits", r1_of_the_logits,
                    "It looks as if the logits themselves are squared: R1 squares their gradient in the picture."),
        ],
        picture=drawn("draw_r1"),
    ),
]
