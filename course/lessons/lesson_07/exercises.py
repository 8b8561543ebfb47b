"""Lesson 07: the two losses of a GAN, its two networks, one step of both, and (optional) the hinge and R1."""

import numpy as np

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


def on_logits(loss, *logits):
    """A loss and the slope of every logit: what is learned from is the slope."""
    import torch

    given = [torch.tensor(x, requires_grad=True) for x in logits]
    value = loss(*given)
    if not isinstance(value, torch.Tensor) or not value.requires_grad:
        return {"loss": value, "slopes": [np.zeros_like(x) for x in logits]}
    slopes = torch.autograd.grad(value.sum(), given, allow_unused=True)
    return {"loss": value, "slopes": [np.zeros_like(x) if slope is None else slope for x, slope in zip(logits, slopes)]}


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


def random_hinge(rng):
    return random_both(rng) if rng.random() < 0.7 else random_logits(rng)


# ---------------------------------------------------------------- the networks

LOUD = 30.0  # times all weights: then a picture's values reach the end of what they can be


def _loud(network):
    import torch

    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim > 1:
                parameter.mul_(LOUD)


def _count(network) -> int:
    return sum(p.numel() for p in network.parameters())


def try_generator(build, latent, size, width):
    """What can be seen of a generator from outside, whatever it is made of."""
    import torch

    network = build(latent, size, width).train()
    noise = torch.randn(4, latent, generator=torch.Generator().manual_seed(1))
    made = network(noise)
    found = {"the pictures' shape": np.array(made.shape)}
    made.square().sum().backward()
    found["two noises, two pictures"] = bool(made[0].sub(made[1]).abs().max() > 1e-5)
    found["every weight has a slope"] = all(p.grad is not None for p in network.parameters())
    found["twice the width has more weights"] = _count(build(latent, size, 2 * width)) > 1.2 * _count(network)
    _loud(network)
    made = network(noise).detach()
    found["values stay within -1 and 1"] = bool(made.abs().max() <= 1)
    found["values reach -0.9"] = bool(made.min() < -0.9)
    return found


def _generator(latent, size, width, end="tanh", doublings=None, colours=3, last=False):
    from torch import nn

    steps = int(np.log2(size)) - 2 if doublings is None else int(np.log2(size)) - 2 + doublings
    top = 4 * width
    layers = [nn.Linear(latent, top * 16), nn.Unflatten(1, (top, 4, 4)), nn.ReLU()]
    for _ in range(steps):
        layers += [nn.ConvTranspose2d(top, top, 4, 2, 1), nn.BatchNorm2d(top), nn.ReLU()]
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


def try_discriminator(build, size, width):
    """What can be seen of a discriminator from outside."""
    import torch

    network = build(size, width).train()
    pictures = torch.rand(4, 3, size, size, generator=torch.Generator().manual_seed(1)) * 2 - 1
    seen = pictures.clone().requires_grad_()
    logits = network(seen)
    found = {"the logits' shape": np.array(logits.shape)}
    (slope,) = torch.autograd.grad(logits.sum(), seen)
    found["every pixel counts"] = bool((slope.abs().amax(dim=(0, 1)) > 0).all())
    alone = network(pictures[:1]).flatten().detach()
    found["each picture is judged alone"] = bool(torch.allclose(alone, logits.flatten()[: len(alone)], atol=1e-4,
                                                                rtol=1e-3))
    found["twice the width has more weights"] = _count(build(size, 2 * width)) > 1.2 * _count(network)
    _loud(network)
    loud = torch.cat([network(pictures).flatten(), network(-pictures).flatten()]).detach()
    found["logits, not probabilities"] = bool(loud.abs().max() > 1)
    return found


def _discriminator(size, width, end="", norm=False, flat=True, patch=False):
    from torch import nn

    layers, before = [], 3
    for level in range(int(np.log2(size)) - 2):
        after = width * 2**level
        layers += [nn.Conv2d(before, after, 4, 2, 1), *([nn.BatchNorm2d(after)] if norm else []), nn.LeakyReLU(0.2)]
        before = after
    layers += [nn.Conv2d(before, 1, 3, padding=1)] if patch else [nn.Flatten(), nn.Linear(before * 16, 1)]
    layers += [nn.Sigmoid()] if end else []
    return nn.Sequential(*layers, *([nn.Flatten(0)] if flat else []))


def discriminator_sigmoid(size=64, width=32):
    return _discriminator(size, width, end="sigmoid")


def discriminator_batch_norm(size=64, width=32):
    return _discriminator(size, width, norm=True)


def discriminator_column(size=64, width=32):
    return _discriminator(size, width, flat=False)


def discriminator_patches(size=64, width=32):
    return _discriminator(size, width, flat=False, patch=True)


def discriminator_fixed_width(size=64, width=32):
    return _discriminator(size, 8)


# ---------------------------------------------------------------- a step


def play(step, a, b, real, noise, r1=0.0, game="non-saturating", steps=3):
    """Steps of the smallest GAN there is, G(z) = a z and D(x) = sigmoid(b x), by plain gradient descent of rate 0.1."""
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
    return (float(rng.normal(0, 2)), float(rng.normal(0, 1)), rng.normal(1, 1, (4, 1)).astype(np.float32),
            rng.normal(0, 1, (4, 1)).astype(np.float32), float(rng.choice([0.0, 0.5])),
            str(rng.choice(["non-saturating", "hinge"])))


def _step(players, real, noise, zero=True, detach=True, g_detached=False, both=False, penalty=True, game=None):
    from course.gan import game as gan
    from course.gan import losses as gan_losses

    generator_loss, discriminator_loss = gan_losses.losses_of(game or players.settings.game)

    d_optimizer, g_optimizer = players.discriminator_optimizer, players.generator_optimizer
    numbers = {}

    def discriminator_turn():
        fake = players.generator(noise)
        fake = fake.detach() if detach else fake
        loss = discriminator_loss(players.discriminator(real), players.discriminator(fake))
        numbers["d_loss"] = loss.item()
        if penalty:
            loss = loss + gan.smoothness(players, real)
        if zero:
            d_optimizer.zero_grad()
        loss.backward()
        d_optimizer.step()

    def generator_turn():
        fake = players.generator(noise)
        loss = generator_loss(players.discriminator(fake.detach() if g_detached else fake))
        if zero and detach:
            g_optimizer.zero_grad()
            if both:
                d_optimizer.zero_grad()
        loss.backward()
        g_optimizer.step()
        if both:
            d_optimizer.step()
        numbers["g_loss"] = loss.item()

    if not detach:
        g_optimizer.zero_grad()
    discriminator_turn()
    generator_turn()
    players.steps += 1
    return numbers


def step_without_zero(gan, real, noise):
    return _step(gan, real, noise, zero=False)


def step_detached_twice(gan, real, noise):
    return _step(gan, real, noise, g_detached=True)


def step_both_move(gan, real, noise):
    return _step(gan, real, noise, both=True)


def step_one_game(gan, real, noise):
    return _step(gan, real, noise, game="non-saturating")


def step_not_detached(gan, real, noise):
    return _step(gan, real, noise, detach=False)


def step_without_penalty(gan, real, noise):
    return _step(gan, real, noise, penalty=False)


# ---------------------------------------------------------------- r1_penalty


def try_r1(penalty, real, weight, curve):
    """The penalty of D(x) = weight . x + curve |x|^2 / 2, and its slope in the weight, which training needs."""
    import torch

    real = torch.tensor(real, requires_grad=True)
    weight = torch.tensor(weight, requires_grad=True)
    flat = real.flatten(1)
    logits = flat @ weight + curve * flat.square().sum(dim=1) / 2
    value = penalty(logits, real)
    slope = torch.zeros_like(weight)
    if isinstance(value, torch.Tensor) and value.requires_grad:
        found = torch.autograd.grad(value.sum(), weight, allow_unused=True)[0]
        slope = slope if found is None else found
    return {"the penalty": value, "its slope in D's weights": slope}


def random_r1(rng):
    real = rng.normal(0, 1, (int(rng.integers(2, 6)), 1, 2, 2)).astype(np.float32)
    return real, rng.normal(0, 1, 4).astype(np.float32), float(rng.normal())


def _r1(real_logits, real, mean=False, length=False, pixels=False, graph=True, half=False):
    import torch

    (slope,) = torch.autograd.grad(real_logits.mean() if mean else real_logits.sum(), real, create_graph=graph,
                                   retain_graph=True)
    square = slope.square().flatten(1)
    each = square.mean(dim=1) if pixels else square.sum(dim=1)
    each = each.sqrt() if length else each
    return each.mean() / (2 if half else 1)


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
            case("the logits -2, 0 and 3", floats(-2, 0, 3)),
            case("a single logit of 0", floats(0)),
        ],
        edges=[case("logits of -200 and 200", FAR),
               case("a map of logits (2, 3)", floats(-1, 2, 0, 4, -3, 1).reshape(2, 3))],
        random=random_logits,
        random_label="random logits",
        run=on_logits,
        hints=[
            "D = sigmoid(x). What is -log of a sigmoid, written without any probability?",
            "-log sigmoid(x) = log(1 + exp(-x)) = softplus(-x), and torch.nn.functional.softplus is safe far out. E is "
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
        ],
        picture=drawn("draw_generator_loss"),
    ),
    Exercise(
        name="discriminator_loss",
        lesson=7,
        title="what the discriminator makes small",
        place="gan.discriminator_loss",
        cases=[
            case("the real logits 2, -1 and the fake ones -2, 0, 3", floats(2, -1), floats(-2, 0, 3)),
            case("a discriminator that knows nothing (all logits 0)", floats(0, 0), floats(0, 0)),
        ],
        edges=[case("logits of -200 and 200", FAR, FAR),
               case("one real logit and three fake ones", floats(1), floats(3, 2, -1))],
        random=random_both,
        random_label="random logits",
        run=on_logits,
        hints=[
            "What should D say to a real picture, and what to a fake? Each gets its own term and its own mean.",
            "-log D(x) is softplus(-x) for the real ones; -log(1 - D) is softplus(+x) for the fakes.",
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
                    "It looks as if a sigmoid stands at the end: the losses want logits, and take the sigmoid "
                    "themselves."),
            BugCard("batch-norm", discriminator_batch_norm,
                    "It looks as if batch norm mixes the pictures of a batch: each should be judged alone."),
            BugCard("column", discriminator_column,
                    "It looks as if a last axis of 1 is left: one logit a picture is (N,), so add nn.Flatten(0)."),
            BugCard("patches", discriminator_patches,
                    "It looks as if you give a map of logits, one a patch: here one logit judges the whole picture."),
            BugCard("fixed-width", discriminator_fixed_width,
                    "It looks as if `width` is not used: it says how many channels the largest map has."),
        ],
        picture=drawn("draw_discriminator"),
    ),
    Exercise(
        name="gan_step",
        lesson=7,
        title="one move of each player",
        place="gan.gan_step",
        cases=[case("the real number 1 and the fake 2 (G(z) = 2 z, D(x) = sigmoid(x / 2))", 2.0, 0.5, ONE, ONE)],
        edges=[case("the same with the R1 penalty", 2.0, 0.5, ONE, ONE, 0.5),
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
            BugCard("without-zero-grad", step_without_zero,
                    "It looks as if gradients of earlier steps are still there: zero_grad before each backward."),
            BugCard("detached-twice", step_detached_twice,
                    "It looks as if the generator never moves: in its own turn its pictures must not be detached."),
            BugCard("both-move", step_both_move,
                    "It looks as if the discriminator also moves in the generator's turn: it learns to be fooled."),
            BugCard("one-game", step_one_game,
                    "It plays one game only: take both losses from gan.losses_of(players.settings.game)."),
            BugCard("not-detached", step_not_detached,
                    "It looks as if the discriminator's gradient reached the generator: detach the fakes in its turn, "
                    "or empty the generator's gradients before its own."),
            BugCard("without-penalty", step_without_penalty,
                    "The turns are right, and the penalty is missing: add gan.smoothness(players, real) to the "
                    "discriminator's loss."),
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
        edges=[case("everybody right by more than the margin", floats(-1.5, -5), floats(1.5, 7))],
        random=random_hinge,
        random_label="random logits",
        run=on_logits,
        hints=[
            "When is a real logit right by a margin of 1, and what does it then cost?",
            "Real ones cost max(0, 1 - x), fake ones max(0, 1 + x). Without real logits it is the generator's turn: "
            "-x, without any max.",
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
                    "It looks as if the generator has a hinge too: its loss is -E[x], without a max."),
        ],
        picture=drawn("draw_hinge"),
    ),
    Exercise(
        name="r1_penalty",
        lesson=7,
        title="what keeps the discriminator smooth",
        place="gan.r1_penalty",
        cases=[case("D(x) = x1 - 2 x2 + 3 x3 + 0 x4", SQUARE, floats(1, -2, 3, 0), 0.0)],
        edges=[case("D(x) = |x|^2 / 2", SQUARE, floats(0, 0, 0, 0), 1.0)],
        random=random_r1,
        random_count=20,
        random_label="random discriminators",
        run=try_r1,
        hints=[
            "Each picture's logit depends on that picture alone. So what is the gradient of their sum?",
            "torch.autograd.grad(real_logits.sum(), real, create_graph=True)[0] holds every picture's own slope. "
            "Square it, add up over a picture, take the mean over the batch.",
            "(slope,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True); return "
            "slope.square().flatten(1).sum(dim=1).mean()",
        ],
        cards=[
            BugCard("of-the-mean", r1_of_the_mean,
                    "It looks as if you took the slope of the mean logit: it is N times too small. Take the sum."),
            BugCard("length", r1_length, "It looks like the length of the slope: R1 is its square."),
            BugCard("over-pixels", r1_over_pixels,
                    "It looks like a mean over the pixels: the squared length is their sum."),
            BugCard("without-graph", r1_without_graph,
                    "The value is right, but nothing can be learned from it: grad needs create_graph=True."),
            BugCard("half", r1_half, "It looks as if the half of gamma / 2 is in it: that factor comes later."),
        ],
        picture=drawn("draw_r1"),
    ),
]
