"""Lesson 08: pairs, one step of training, losses on points and features, and the habits that keep a long run honest."""

import copy
import functools
import tempfile
from pathlib import Path

import numpy as np

from course import parallel
from course.exercises.exercise import BugCard, Exercise, case

from . import small


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


# ---------------------------------------------------------------- make_pair

SIDE = 96


@functools.lru_cache(maxsize=1)
def somebody():
    """A painted face: a `rendering.Portrait`."""
    import cv2

    from course import keypoints, rendering

    points = face_points({})
    image = np.full((SIDE, SIDE, 3), (150, 170, 190), np.uint8)
    for run, colour in ((np.r_[keypoints.JAW, keypoints.BROW_LEFT[::-1], keypoints.BROW_RIGHT[::-1]], (220, 170, 140)),
                        (keypoints.EYE_RIGHT, (245, 245, 245)), (keypoints.EYE_LEFT, (245, 245, 245)),
                        (keypoints.LIPS_OUTER, (180, 60, 70)), (keypoints.NOSE[4:], (190, 130, 105))):
        cv2.fillPoly(image, [np.round(points[run] * 16).astype(np.int32)[:, None]], colour, cv2.LINE_AA, 4)
    for run in (keypoints.BROW_RIGHT, keypoints.BROW_LEFT):
        cv2.polylines(image, [np.round(points[run] * 16).astype(np.int32)[:, None]], False, (90, 60, 40), 2,
                      cv2.LINE_AA, 4)
    grain = np.random.default_rng(8).normal(0, 6, (SIDE, SIDE, 1))
    return rendering.Portrait(np.clip(image + grain, 0, 255).astype(np.uint8), points)


def face_points(does: dict) -> np.ndarray:
    """The points (78, 2) of the mean face when it does something."""
    from course import face

    model, values = face.FaceModel.load(), np.zeros(len(face.CHANNELS))
    for name, value in does.items():
        values[face.INDEX[name]] = value
    shape = face.blendshapes_to_points(model.mean, values[: face.N_CHANNELS], model.channels)
    points = face.project(shape, values[face.HEAD_COLUMNS], 40.0, (48.0, 42.0))
    return points.astype(np.float32)


@parallel.one_thread_each()  # on a busy machine two would wait for each other
def pair_of(function, does, darker=0.8, off=(1.5, -1.0)):
    """What the function makes of somebody: points are found `off` pixels away, and the other camera is darker.

    As real ones, neither gives the same twice: asked again about the same picture or points, they answer otherwise.
    """
    asked = {}

    def again(values) -> int:
        key = np.asarray(values).tobytes()
        asked[key] = asked.get(key, -1) + 1
        return asked[key]

    def spoil(image):
        return (image * np.float32(darker * (1 - 0.1 * again(image)))).astype(np.uint8)

    def jitter(points):
        turn = again(points) // (2 if same else 1)
        return points + np.array(off, np.float32) * np.sign(points - SIDE / 2) * (1 - 2 * turn)

    actor, elsewhere = somebody(), face_points(does)
    same = np.array_equal(actor.points, elsewhere)  # then each of the two is asked about once
    kept = actor.image.copy(), actor.points.copy()
    pair = function(actor, elsewhere, spoil, jitter)
    changed = [name for name, before in zip(("image", "points"), kept)
               if not np.array_equal(getattr(actor, name), before)]
    if changed:
        somebody.cache_clear()
        raise ValueError(f"actor.{changed[0]} was changed in place: work on a copy")
    return pair


def random_others(rng):
    return {"jawOpen": float(rng.uniform(0, 0.8)), "mouthPucker": float(rng.uniform(0, 0.8)),
            "headYaw": float(rng.uniform(-6, 6))}, float(rng.uniform(0.6, 0.95))


def _pair(actor, elsewhere, spoil, jitter, way="back", exchanged=False, answer="photo", twice="", told=False):
    from course import rendering

    there = actor.render(elsewhere)
    source = spoil(there)
    seen, wanted = jitter(elsewhere), jitter(actor.points)
    if way == "exact":
        seen, wanted = elsewhere, actor.points
    start, end = (wanted, seen) if exchanged else (seen, wanted)
    coarse = {"back": lambda: rendering.Portrait(source, start).render(end),
              "exact": lambda: rendering.Portrait(source, start).render(end),
              "out": lambda: source,
              "photo": lambda: actor.render(wanted),
              "clean": lambda: rendering.Portrait(there, start).render(end)}[way]()
    if twice == "spoil":
        source = spoil(there)
    if twice == "jitter":
        seen, wanted = jitter(elsewhere), jitter(actor.points)
    seen, wanted = (wanted, seen) if told else (seen, wanted)
    return coarse, actor.image if answer == "photo" else spoil(actor.image), source, wanted, seen


def pair_spoiled_twice(actor, elsewhere, spoil, jitter):
    return _pair(actor, elsewhere, spoil, jitter, twice="spoil")


def pair_jittered_twice(actor, elsewhere, spoil, jitter):
    return _pair(actor, elsewhere, spoil, jitter, twice="jitter")


def pair_told_exchanged(actor, elsewhere, spoil, jitter):
    return _pair(actor, elsewhere, spoil, jitter, told=True)


def pair_from_photo(actor, elsewhere, spoil, jitter):
    return _pair(actor, elsewhere, spoil, jitter, "photo")


def pair_exact_points(actor, elsewhere, spoil, jitter):
    return _pair(actor, elsewhere, spoil, jitter, "exact")


def pair_clean(actor, elsewhere, spoil, jitter):
    return _pair(actor, elsewhere, spoil, jitter, "clean")


def pair_way_out(actor, elsewhere, spoil, jitter):
    return _pair(actor, elsewhere, spoil, jitter, "out")


def pair_exchanged(actor, elsewhere, spoil, jitter):
    return _pair(actor, elsewhere, spoil, jitter, exchanged=True)


def pair_spoiled_answer(actor, elsewhere, spoil, jitter):
    return _pair(actor, elsewhere, spoil, jitter, answer="spoiled")


# ---------------------------------------------------------------- train_step


def batch(seed: int = 1, count: int = 2):
    """inputs (N, 9, 16, 16), target (N, 3, 16, 16), window (16, 16)."""
    import torch

    from course.rendering import animator_crops

    made = torch.Generator().manual_seed(seed)
    inputs = 0.2 + 0.6 * torch.rand(count, animator_crops.N_INPUTS, 16, 16, generator=made)
    return inputs, torch.rand(count, 3, 16, 16, generator=made), torch.from_numpy(animator_crops.window(16))


def weights_of(net, when: str) -> dict:
    """{name of a parameter and when: its numbers}, so that a verdict says which of them is wrong."""
    return {f"{name} {when}": parameter.detach().flatten() for name, parameter in net.named_parameters()}


def two_losses(made, target):
    """Two that tell what was made from what was wanted: the second counts more where the target is bright."""
    return {"l1": (made - target).abs().mean(), "square": (2 * target * (made - target).square()).mean()}


@parallel.one_thread_each()
def steps_taken(function, weights, steps=1, count=2):
    """The step taken `steps` times by plain descent, with a gradient that somebody has left lying about."""
    import torch

    net, (inputs, target, window) = small.small_network(), batch(count=count)
    optimizer = torch.optim.SGD(net.parameters(), 0.05)
    for parameter in net.parameters():
        parameter.grad = torch.full_like(parameter, 0.02)
    found = [function(net, optimizer, inputs, target, window, two_losses, weights) for _ in range(steps)]
    made, losses = found[-1]
    return {"made": made, "made has a graph": bool(getattr(made, "requires_grad", False)),
            "losses": {name: float(value) for name, value in losses.items()},
            "the losses have a graph": any(getattr(value, "requires_grad", False) for value in losses.values()),
            **weights_of(net, "after")}


def random_weights(rng):
    return {"l1": float(rng.uniform(0.5, 40)), "square": float(rng.uniform(0.5, 40))}, int(rng.integers(1, 4))


def _step(net, optimizer, inputs, target, window, losses_of, weights, zero=True, clip=True, weighted=True, paint=True,
          detach=True, told="plain"):
    import torch

    from course import rendering

    if paint:
        made = rendering.repaint(net, inputs, window)
    else:
        made = (inputs[:, :3] + net(inputs)).clamp(0, 1)
    losses = losses_of(made, target)
    total = sum((weights[name] if weighted else 1) * loss for name, loss in losses.items())
    if zero:
        optimizer.zero_grad()
    total.backward()
    if clip:
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    numbers = {name: float(loss.detach()) * (1 if told == "plain" else weights[name]) for name, loss in losses.items()}
    return made.detach() if detach else made, losses if told == "graph" else numbers


def step_stays(net, optimizer, inputs, target, window, losses_of, weights):
    from course import rendering

    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    return made.detach(), {name: float(loss.detach()) for name, loss in losses.items()}


def step_losses_with_graph(net, optimizer, inputs, target, window, losses_of, weights):
    return _step(net, optimizer, inputs, target, window, losses_of, weights, told="graph")


def step_clips_elements(net, optimizer, inputs, target, window, losses_of, weights):
    import torch

    from course import rendering

    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    optimizer.zero_grad()
    sum(weights[name] * loss for name, loss in losses.items()).backward()
    torch.nn.utils.clip_grad_value_(net.parameters(), 1.0)
    optimizer.step()
    return made.detach(), {name: float(loss.detach()) for name, loss in losses.items()}


def step_piles_up(net, optimizer, inputs, target, window, losses_of, weights):
    return _step(net, optimizer, inputs, target, window, losses_of, weights, zero=False)


def step_unclipped(net, optimizer, inputs, target, window, losses_of, weights):
    return _step(net, optimizer, inputs, target, window, losses_of, weights, clip=False)


def step_unweighted(net, optimizer, inputs, target, window, losses_of, weights):
    return _step(net, optimizer, inputs, target, window, losses_of, weights, weighted=False)


def step_everywhere(net, optimizer, inputs, target, window, losses_of, weights):
    return _step(net, optimizer, inputs, target, window, losses_of, weights, paint=False)


def step_with_graph(net, optimizer, inputs, target, window, losses_of, weights):
    return _step(net, optimizer, inputs, target, window, losses_of, weights, detach=False)


def step_tells_weighted(net, optimizer, inputs, target, window, losses_of, weights):
    return _step(net, optimizer, inputs, target, window, losses_of, weights, told="weighted")


# ---------------------------------------------------------------- equivariance_loss


def spots(count: int, seed: int, size: tuple):
    """A picture with three soft coloured spots for each of N: (N, 3, height, width)."""
    import torch

    from course import flow

    made = torch.Generator().manual_seed(seed)
    places = torch.rand(count, 3, 2, generator=made) * 1.2 - 0.6
    return flow.gaussian_maps(places, flow.identity_grid(*size), 0.25)


class Finder:
    """A finder of three points: where each colour has its mass, and how it is spread there; one number is learned."""

    def __init__(self):
        import torch

        self.sharpness = torch.tensor(2.0, requires_grad=True)

    def __call__(self, image):
        import torch

        from course import flow

        from ..lesson_06 import first_order

        grid = flow.identity_grid(*image.shape[2:])
        heat = (image.clamp(min=0) + 0.02) ** self.sharpness
        heat = heat / heat.sum((2, 3), keepdim=True)
        points = flow.soft_argmax(heat, grid)
        away = grid[None, None] - points[:, :, None, None]
        spread = torch.einsum("nkhw,nkhwi,nkhwj->nkij", heat, away, away)
        turned = 0.5 * torch.eye(2) + torch.tensor([[0, 0.2], [0, 0]])
        return first_order.Keypoints(points, spread / spread.mean() + turned)


@parallel.one_thread_each()
def bent_by(function, count, seed, affine, bend, size=(16, 16)):
    """Both losses for a bend of that strength, and what the finder of points would learn from each."""
    import torch

    from course import flow

    image, finder = spots(count, seed, size), Finder()
    random_bend = flow.RandomBend(count, affine, bend, generator=torch.Generator().manual_seed(seed))
    points, jacobians = function(finder, image, finder(image), random_bend)
    losses = {"points": points, "Jacobians": jacobians}
    learned = {f"gradient of the loss on {name}": _gradient(loss, finder.sharpness) if affine or bend else 0.0
               for name, loss in losses.items()}  # where the loss is nothing, the sign of nothing decides
    return losses | learned


def _gradient(loss, weight) -> float:
    import torch

    if not getattr(loss, "requires_grad", False):
        return 0.0
    found = torch.autograd.grad(loss, weight, retain_graph=True, allow_unused=True)[0]
    return 0.0 if found is None else found.item()


def random_bends(rng):
    size = tuple(int(side) for side in rng.integers(10, 22, 2))
    return 2, int(rng.integers(1000)), float(rng.uniform(0.02, 0.2)), float(rng.uniform(0, 0.02)), size


def _equivariance(detector, image, found, bend, corners=True, points="right", turn="right", order="right",
                  padding="reflection", square=False, learns="both"):
    import torch
    from torch.nn import functional

    from course import flow

    found = _without_graph(found) if learns == "bent" else found
    grid = flow.identity_grid(image.shape[2], image.shape[2] if square else image.shape[3])
    positions = bend(grid[None].expand(len(image), -1, -1, -1))
    bent = detector(functional.grid_sample(image, positions, "bilinear", padding, align_corners=corners))
    bent = _without_graph(bent) if learns == "found" else bent
    off = {"right": lambda: found.points - bend(bent.points), "back": lambda: bend(found.points) - bent.points,
           "still": lambda: found.points - bent.points}[points]()
    slope = {"right": lambda: bend.jacobian(bent.points), "at x": lambda: bend.jacobian(found.points),
             "none": lambda: torch.eye(2)}[turn]()
    inverse = torch.linalg.inv(found.jacobians)
    carried = inverse @ slope @ bent.jacobians if order == "right" else bent.jacobians @ slope @ inverse
    return off.abs().mean(), (torch.eye(2) - carried).abs().mean()


def _without_graph(found):
    return type(found)(found.points.detach(), found.jacobians.detach())


def equivariance_square(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, square=True)


def equivariance_zeros(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, padding="zeros")


def equivariance_no_grad(detector, image, found, bend):
    import torch

    with torch.no_grad():
        return _equivariance(detector, image, found, bend)


def equivariance_bent_detached(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, learns="found")


def equivariance_found_detached(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, learns="bent")


def equivariance_back(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, points="back")


def equivariance_still(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, points="still")


def equivariance_corners(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, corners=False)


def equivariance_without_slope(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, turn="none")


def equivariance_slope_at_x(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, turn="at x")


def equivariance_order(detector, image, found, bend):
    return _equivariance(detector, image, found, bend, order="other")


# ---------------------------------------------------------------- feature_matching


def matched(function, fake, real):
    """The loss, and its gradients for both sides."""
    import torch

    sides = [[torch.tensor(layer, dtype=torch.float32, requires_grad=True) for layer in side] for side in (fake, real)]
    loss = function(*sides)
    if getattr(loss, "requires_grad", False):
        loss.backward()
    return {"loss": float(getattr(loss, "detach", lambda: loss)()), **{
        f"gradient for the {name}": [torch.zeros_like(layer) if layer.grad is None else layer.grad for layer in side]
        for name, side in (("fakes", sides[0]), ("real ones", sides[1]))}}


def random_layers(rng):
    shapes = [(2, 3, 4, 4), (2, 5, 2, 2), (2, 6, 1, 1)][: int(rng.integers(1, 4))]
    return tuple([rng.normal(0, 1, shape) for shape in shapes] for _ in range(2))


def match_lets_real_learn(fake_features, real_features):
    import torch

    return torch.stack([(f - r).abs().mean() for f, r in zip(fake_features, real_features)]).mean()


def match_detached_fakes(fake_features, real_features):
    import torch

    return torch.stack([(f.detach() - r).abs().mean() for f, r in zip(fake_features, real_features)]).mean()


def match_detached(fake_features, real_features):
    return sum((f - r).detach().abs().mean() for f, r in zip(fake_features, real_features)) / len(fake_features)


def match_last_layer(fake_features, real_features):
    return (fake_features[-1] - real_features[-1].detach()).abs().mean()


def match_squares(fake_features, real_features):
    import torch

    return torch.stack([(f - r.detach()).square().mean() for f, r in zip(fake_features, real_features)]).mean()


def match_sum(fake_features, real_features):
    return sum((f - r.detach()).abs().mean() for f, r in zip(fake_features, real_features))


def match_pooled(fake_features, real_features):
    import torch

    return torch.cat([(f - r.detach()).abs().flatten() for f, r in zip(fake_features, real_features)]).mean()


def match_means(fake_features, real_features):
    import torch

    return torch.stack([(f.mean(0) - r.detach().mean(0)).abs().mean()
                        for f, r in zip(fake_features, real_features)]).mean()


# ---------------------------------------------------------------- overfit_one_batch


@parallel.one_thread_each()
def learned_by_heart(function, steps, rate, count=2):
    """The losses, and what became of the network that was given."""
    net, (inputs, target, window) = small.small_network(), batch(3, count)
    asked = []  # the hook is copied along with the network
    net.register_forward_pre_hook(lambda module, _: asked.append(module))
    losses = function(net, inputs, target, window, steps, rate)
    return {"losses": list(losses), **weights_of(net, "after"),
            "a new copy for every step": len({id(module) for module in asked}) > 2}


def random_lessons(rng):
    return int(rng.integers(2, 7)), float(rng.uniform(1e-3, 2e-2)), int(rng.integers(1, 4))


def _overfit(net, inputs, target, window, steps=60, rate=1e-3, copied=True, renewed=None, after=False, other=False,
             descent=False):
    import torch

    from course import rendering

    trial = copy.deepcopy(net) if copied else net
    kind = torch.optim.SGD if descent else torch.optim.Adam
    optimizer, seen = kind((net if other else trial).parameters(), rate), []

    def now():
        return (rendering.repaint(trial, inputs, window) - target).abs().mean()

    for _ in range(steps):
        if renewed == "network":
            trial = copy.deepcopy(net)
        if renewed:
            optimizer = torch.optim.Adam(trial.parameters(), rate)
        loss = now()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trial.parameters(), 1.0)
        optimizer.step()
        seen.append(float((now() if after else loss).detach()))
    return seen


def overfit_the_network(net, inputs, target, window, steps=60, rate=1e-3):
    return _overfit(net, inputs, target, window, steps, rate, copied=False)


def overfit_new_optimizer(net, inputs, target, window, steps=60, rate=1e-3):
    return _overfit(net, inputs, target, window, steps, rate, renewed="optimizer")


def overfit_new_network(net, inputs, target, window, steps=60, rate=1e-3):
    return _overfit(net, inputs, target, window, steps, rate, renewed="network")


def overfit_other_weights(net, inputs, target, window, steps=60, rate=1e-3):
    return _overfit(net, inputs, target, window, steps, rate, other=True)


def overfit_descent(net, inputs, target, window, steps=60, rate=1e-3):
    return _overfit(net, inputs, target, window, steps, rate, descent=True)


def overfit_after(net, inputs, target, window, steps=60, rate=1e-3):
    return _overfit(net, inputs, target, window, steps, rate, after=True)


def overfit_own_rate(net, inputs, target, window, steps=60, rate=1e-3):
    return _overfit(net, inputs, target, window, steps)


# ---------------------------------------------------------------- save_and_resume


class Stopped:
    """A small training run: two networks, Adam, and noise in every step."""

    def __init__(self, seed: int):
        import torch

        torch.manual_seed(seed)
        self.net, self.judge = torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)
        self.optimizer = torch.optim.Adam([*self.net.parameters(), *self.judge.parameters()], 0.05)

    def parts(self) -> dict:
        return {"net": self.net, "judge": self.judge, "optimizer": self.optimizer}

    def go(self, steps: int) -> None:
        import torch

        for _ in range(steps):
            x = torch.randn(4, 3)
            loss = self.judge(torch.tanh(self.net(x))).square().mean() + (self.net(x) - 1).square().mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


@parallel.one_thread_each()
def stopped_and_gone_on(function, before, after, saves=1, there=True, bare=False, apart=False, *,
                        turned=False):
    """A run of `before` steps, saved, and gone on with by a run that knows nothing: its numbers and its weights.

    bare: the last time there are no numbers to write, {}. apart: each time goes to a file of its own, and the first
    is read. turned: the run that goes on names its parts in the other order.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.checkpoint"
        run = Stopped(1)
        if not there:
            elsewhere = path.with_stem("elsewhere")
            function(elsewhere, run.parts(), {"step": 0})
            if not elsewhere.is_file():
                return "it writes no file"
            try:
                function(path, run.parts())
            except Exception as problem:  # any refusal will do
                return "it goes on from nothing" if isinstance(problem, NotImplementedError) else "it stops"
            return "it goes on from nothing"
        for number in range(saves):
            run.go(before)
            numbers = {"step": before * (number + 1), "seconds": 2.5 * (number + 1)}
            place = path.with_stem(f"run{number}") if apart and number else path
            told = function(place, run.parts(), {} if bare and number == saves - 1 else numbers)
        other, written = Stopped(2), path.is_file()
        parts = dict(reversed(other.parts().items())) if turned else other.parts()
        found = function(path, parts) if written else numbers
        other.go(after)
        return {"after writing": told, "a file is written": written, "after reading": found,
                **weights_of(other.net, "of the net later"), **weights_of(other.judge, "of the judge later")}


def random_stops(rng):
    return int(rng.integers(1, 6)), int(rng.integers(1, 6)), int(rng.integers(1, 3))


def resume_from_memory(path, parts, numbers=None):
    """Nothing is written: whatever it keeps instead is not asked for any more."""
    return numbers


def _resume(path, parts, numbers=None, left_out=(), random=True, plain=True, quiet=False, truth=False):
    import torch

    if numbers if truth else numbers is not None:
        state = {name: part.state_dict() for name, part in parts.items()}
        torch.save({"parts": state, "numbers": numbers, "random": torch.get_rng_state()}, path)
        return numbers
    if quiet and not Path(path).is_file():
        return {"step": 0}
    state = torch.load(path, weights_only=True)
    for name, part in parts.items():
        if name not in left_out:
            part.load_state_dict(state["parts"][name])
    if random:
        torch.set_rng_state(state["random"])
    return state["numbers"] if plain else dict.fromkeys(state["numbers"], 0)


def resume_without_optimizer(path, parts, numbers=None):
    return _resume(path, parts, numbers, ("optimizer",))


def resume_without_random(path, parts, numbers=None):
    return _resume(path, parts, numbers, random=False)


def resume_only_the_net(path, parts, numbers=None):
    return _resume(path, parts, numbers, ("optimizer", "judge"))


def resume_from_step_0(path, parts, numbers=None):
    return _resume(path, parts, numbers, plain=False)


def resume_if_numbers(path, parts, numbers=None):
    return _resume(path, parts, numbers, truth=True)


def resume_by_order(path, parts, numbers=None):
    import torch

    from course.training import checkpoints

    if numbers is not None:
        states = [part.state_dict() for part in parts.values()]
        checkpoints.save(path, {"parts": states, "numbers": numbers, "random": torch.get_rng_state()})
        return numbers
    state = checkpoints.load(path)
    for part, part_state in zip(parts.values(), state["parts"]):
        part.load_state_dict(part_state)
    torch.set_rng_state(state["random"])
    return state["numbers"]


def resume_puts_nothing_back(path, parts, numbers=None):
    return _resume(path, parts, numbers, tuple(parts))


def resume_from_nothing(path, parts, numbers=None):
    return _resume(path, parts, numbers, quiet=True)


# ---------------------------------------------------------------- ema_update


@parallel.one_thread_each()
def averaged(function, decay, times=1, seed=0):
    """A running mean after some steps of its network: all of its state, and the network's."""
    import torch

    torch.manual_seed(seed)
    mean = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    network = copy.deepcopy(mean)
    for _ in range(times):
        network(torch.randn(5, 2) * 2 + 1)  # moves the norm's means and its counter
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(torch.randn(parameter.shape))
        function(mean, network, decay)
    return {"the mean": {name: value.double() for name, value in mean.state_dict().items()},
            "the network": {name: value.double() for name, value in network.state_dict().items()}}


def random_means(rng):
    return float(rng.uniform(0.1, 0.99)), int(rng.integers(1, 4)), int(rng.integers(100))


def _mean(mean, network, decay, buffers=True, into=False):
    import torch

    with torch.no_grad():
        theirs = network.state_dict()
        for name, kept in mean.state_dict().items():
            if not buffers and "running" in name or not buffers and "num" in name:
                continue
            goal, value = (theirs[name], kept) if into else (kept, theirs[name])
            if goal.is_floating_point():
                goal.copy_(decay * kept + (1 - decay) * value if not into else decay * value + (1 - decay) * goal)
            else:
                goal.copy_(value)


def ema_swapped(mean, network, decay):
    _mean(mean, network, 1 - decay)


def ema_without_buffers(mean, network, decay):
    _mean(mean, network, decay, buffers=False)


def ema_copies(mean, network, decay):
    _mean(mean, network, 0.0)


def ema_nothing(mean, network, decay):
    values = {name: decay * kept + (1 - decay) * network.state_dict()[name] for name, kept in mean.state_dict().items()}
    del values  # new tensors under the old names: the network never hears of them


def ema_own_decay(mean, network, decay):
    _mean(mean, network, 0.999)


def ema_into_the_network(mean, network, decay):
    _mean(mean, network, decay, into=True)


# ---------------------------------------------------------------- the lesson's seven

ONES, TWOS = np.ones((1, 2, 2, 2)), np.full((1, 1, 1, 1), 2.0)

EXERCISES = [
    Exercise(
        name="make_pair",
        lesson=8,
        title="a question with its answer, from one photo",
        place="recipes.animator.make_pair",
        run=pair_of,
        cases=[
            case("a small picture whose mouth opens and comes back", {"jawOpen": 0.7}),
            case("a turned head, in half the light", {"headYaw": 6.0, "mouthPucker": 0.5}, 0.5),
        ],
        edges=[
            case("an expression that is the photo's own", {}),
            case("points found without an error", {"jawOpen": 0.6}, 0.8, (0.0, 0.0)),
            case("a camera that changes nothing", {"jawOpen": 0.6}, 1.0),
        ],
        random=random_others,
        random_count=4,
        random_label="random expressions",
        atol=0.5,
        seconds=30.0,
        hints=[
            "Which picture may the way back start from, if the network shall learn to bring back what is lost?",
            "Out: actor.render(elsewhere), then spoil. Back: a new rendering.Portrait of that picture, which believes "
            "its points to be jitter(elsewhere), rendered at jitter(actor.points). The answer is the photo itself.",
            "source = spoil(actor.render(elsewhere)); seen, wanted = jitter(elsewhere), jitter(actor.points); coarse = "
            "rendering.Portrait(source, seen).render(wanted); return coarse, actor.image, source, wanted, seen",
        ],
        cards=[
            BugCard("from-the-photo", pair_from_photo,
                    "It looks as if the way back starts from the photo: then nothing is lost, and there is nothing to "
                    "learn. Start from the source."),
            BugCard("exact-points", pair_exact_points,
                    "It looks as if the points are exact: real ones never are, and two warps without errors undo each "
                    "other. Use jitter."),
            BugCard("clean", pair_clean,
                    "It looks as if the way back starts from a source that was not spoiled: a real photo is never as "
                    "clean as our own rendering."),
            BugCard("way-out", pair_way_out,
                    "It looks as if the way back is missing: the coarse picture must have the photo's expression "
                    "again."),
            BugCard("exchanged", pair_exchanged,
                    "It looks as if seen and wanted are exchanged: the source stands at `seen`, and shall go to "
                    "`wanted`."),
            BugCard("spoiled-answer", pair_spoiled_answer,
                    "It looks as if the answer is spoiled too: the network would learn to make noise."),
            BugCard("spoiled-twice", pair_spoiled_twice,
                    "It looks as if `spoil` is called twice: no two photos are spoiled alike, so the source that you "
                    "hand back is not the one that coarse was made of. Call it once and keep the picture."),
            BugCard("jittered-twice", pair_jittered_twice,
                    "It looks as if `jitter` is called twice for the same points: its errors are others each time, so "
                    "the points that you hand back are not those of the way back. Call it once for each."),
            BugCard("told-exchanged", pair_told_exchanged,
                    "The pictures are right, but the points come back in the other order: wanted, then seen."),
        ],
        picture=drawn("draw_pair"),
    ),
    Exercise(
        name="train_step",
        lesson=8,
        title="one step of learning",
        place="recipes.animator.train_step",
        run=steps_taken,
        cases=[
            case("one step with two losses", {"l1": 1.0, "square": 20.0}),
            case("a step whose gradient is short", {"l1": 0.02, "square": 0.05}),
        ],
        edges=[
            case("a loss of weight 0", {"l1": 1.0, "square": 0.0}),
            case("three steps", {"l1": 40.0, "square": 40.0}, 3),
            case("a batch of one", {"l1": 1.0, "square": 2.0}, 1, 1),
        ],
        random=random_weights,
        random_count=8,
        random_label="random weights",
        seconds=20.0,
        hints=[
            "Which five things happen between two batches?",
            "Repaint, add up weight times loss, empty the gradients, backward, shorten the gradient, step. The picture "
            "that you hand back must not drag its graph along.",
            "made = rendering.repaint(net, inputs, window); losses = losses_of(made, target); total = "
            "sum(weights[k] * loss for k, loss in losses.items()); optimizer.zero_grad(); total.backward(); "
            "torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0); optimizer.step()",
        ],
        cards=[
            BugCard("piles-up", step_piles_up,
                    "It looks as if gradients pile up: backward adds to what lies there, so empty it first."),
            BugCard("unclipped", step_unclipped,
                    "It looks as if a long gradient is not shortened to a length of 1 between backward and step."),
            BugCard("unweighted", step_unweighted,
                    "It looks as if the losses are added up without their weights."),
            BugCard("everywhere", step_everywhere,
                    "It looks as if the window is missing: at its border a square must stay as it is, or one sees "
                    "where it was pasted. Use rendering.repaint."),
            BugCard("with-graph", step_with_graph,
                    "It looks as if the picture still hangs on its graph: the discriminator's step would reach back "
                    "into the generator. Detach it."),
            BugCard("tells-weighted", step_tells_weighted,
                    "The step is right, but the numbers told are weighted: tell the losses as they are, or curves "
                    "change with every change of a weight."),
            BugCard("losses-with-graph", step_losses_with_graph,
                    "The step is right, but the losses told still hang on their graph: whoever keeps them for a curve "
                    "keeps every picture of the training. Tell plain numbers, float(loss.detach())."),
            BugCard("clips-each-number", step_clips_elements,
                    "It looks as if each number of the gradient is cut at 1 by itself: that turns its direction. "
                    "Shorten the whole: clip_grad_norm_."),
            BugCard("stays", step_stays,
                    "It looks as if no weight ever moves: backward, then optimizer.step(), with no zero_grad between "
                    "them."),
        ],
        picture=drawn("draw_step"),
    ),
    Exercise(
        name="equivariance_loss",
        lesson=8,
        title="points that move as the picture does",
        place="flow.equivariance_loss",
        run=bent_by,
        cases=[
            case("three spots in a picture that is bent", 1, 3, 0.1, 0.005),
            case("three spots in a picture that is stretched", 1, 5, 0.15, 0.0),
        ],
        edges=[
            case("a picture that is not bent at all", 1, 3, 0.0, 0.0),
            case("a batch of three", 3, 4, 0.05, 0.01),
            case("a wide picture", 1, 3, 0.1, 0.005, (12, 20)),
            case("two tall pictures", 2, 6, 0.1, 0.005, (22, 11)),
        ],
        atol=5e-5,
        rtol=1e-3,
        random=random_bends,
        random_count=20,
        random_label="random bends",
        hints=[
            "The bent picture shows at z what the picture has at T(z). If it has a point at p, where is that point in "
            "the picture?",
            "At T(p). So compare found.points with bend(bent.points). For the matrices, J_X^-1 T'(p_Y) J_Y should be "
            "the identity. Sample the bent picture at bend(grid) with align_corners=True and reflection.",
            "positions = bend(grid[None].expand(len(image), -1, -1, -1)); bent = detector(F.grid_sample(image, "
            "positions, 'bilinear', 'reflection', align_corners=True)); carried = flow.inverse(found.jacobians) "
            "@ bend.jacobian(bent.points) @ bent.jacobians",
        ],
        cards=[
            BugCard("back", equivariance_back,
                    "It looks as if the bend goes the wrong way: T leads from a place of the bent picture to one of "
                    "the picture, so it is the bent picture's points that go through it."),
            BugCard("still", equivariance_still,
                    "It looks as if points should stay where they are when the picture bends: that would reward "
                    "points that ignore the picture."),
            BugCard("corners", equivariance_corners,
                    "It looks as if grid_sample has align_corners=False: here -1 and 1 are the middles of the "
                    "outermost pixels."),
            BugCard("without-slope", equivariance_without_slope,
                    "The points are right, but the Jacobians know nothing of the bend: T' is missing."),
            BugCard("slope-at-x", equivariance_slope_at_x,
                    "The points are right, but T' is taken at the picture's points: it belongs to p_Y."),
            BugCard("order", equivariance_order,
                    "The points are right, but the matrices stand in another order: J_X^-1 T' J_Y."),
            BugCard("square", equivariance_square,
                    "Right for square pictures only: the grid of all pixels is identity_grid(height, width)."),
            BugCard("zeros-outside", equivariance_zeros,
                    "It looks as if the bent picture is black where it looks outside: sample with \"reflection\", or "
                    "the finder sees an edge that is not there."),
            BugCard("no-grad", equivariance_no_grad,
                    "Both numbers are right, but no gradient flows from them to the finder of points: it would never "
                    "learn from them. No no_grad, and no detach."),
            BugCard("bent-detached", equivariance_bent_detached,
                    "Both numbers are right, but what is found in the bent picture is detached: the finder learns from "
                    "half of what there is."),
            BugCard("found-detached", equivariance_found_detached,
                    "Both numbers are right, but what is found in the picture is detached: the finder learns from half "
                    "of what there is."),
        ],
        picture=drawn("draw_equivariance"),
    ),
    Exercise(
        name="feature_matching",
        lesson=8,
        title="what the discriminator sees inside",
        place="gan.feature_matching",
        run=matched,
        cases=[
            case("two layers, one apart by 1 and one by 2", [ONES, TWOS], [0 * ONES, 2 * TWOS]),
            case("one layer", [np.array([[0.5, -1.0], [2.0, 0.0]])], [np.array([[0.0, 1.0], [2.0, 1.0]])]),
        ],
        edges=[
            case("features that agree", [ONES], [ONES]),
            case("two faces whose errors cancel", [np.array([[1.0], [-1.0]])], [np.array([[0.0], [0.0]])]),
        ],
        random=random_layers,
        random_count=30,
        random_label="random layers",
        hints=[
            "Fake number i stands for real number i. Which of the two should move?",
            "For each layer the mean of |fake - real|, the real one detached; then the mean over the layers.",
            "torch.stack([(f - r.detach()).abs().mean() for f, r in zip(fake_features, real_features)]).mean()",
        ],
        cards=[
            BugCard("lets-real-learn", match_lets_real_learn,
                    "The loss is right, but gradients flow into the real features too: detach them."),
            BugCard("detached-fakes", match_detached_fakes,
                    "The loss is right, but it is the fakes that are detached: then the generator learns nothing "
                    "from it."),
            BugCard("squares", match_squares, "It looks as if you square the differences: take their absolute values."),
            BugCard("sum", match_sum,
                    "It looks as if the layers are added up: take their mean, so that the weight does not depend on "
                    "how deep the discriminator is."),
            BugCard("pooled", match_pooled,
                    "It looks as if all numbers of all layers go into one mean: the first layer, with the most pixels, "
                    "would drown the others."),
            BugCard("means", match_means,
                    "It looks as if you compare the batch's means: here each fake has its own real picture."),
            BugCard("detached", match_detached,
                    "The loss is right, but no gradient flows from it at all: detach the real features alone, and "
                    "leave out no_grad and item."),
            BugCard("last-layer", match_last_layer,
                    "It looks as if only the last layer is compared: take the mean over all of them."),
        ],
        picture=drawn("draw_matching"),
    ),
    Exercise(
        name="overfit_one_batch",
        lesson=8,
        title="can it learn one batch by heart?",
        place="recipes.animator.overfit_one_batch",
        run=learned_by_heart,
        cases=[
            case("five steps on two squares", 5, 0.01),
            case("two steps, taken slowly", 2, 0.001),
        ],
        edges=[
            case("a single step", 1, 0.01),
            case("no step at all", 0, 0.01),
            case("a single square", 4, 0.01, 1),
        ],
        random=random_lessons,
        random_count=6,
        random_label="random batches",
        atol=2e-4,
        rtol=1e-3,
        seconds=20.0,
        hints=[
            "What must still be as it was when this test is over?",
            "Train a deep copy: one Adam, made once, and the same batch in every step. Keep the L1 that each step "
            "tells.",
            "trial = copy.deepcopy(net); optimizer = torch.optim.Adam(trial.parameters(), rate); then `steps` times "
            "train_step(trial, optimizer, inputs, target, window, steps.l1_alone, {'l1': 1.0})[1]['l1']",
        ],
        cards=[
            BugCard("the-network-itself", overfit_the_network,
                    "The losses are right, but the network itself has been trained: it now knows one batch by heart. "
                    "Work on a copy."),
            BugCard("new-optimizer", overfit_new_optimizer,
                    "It looks as if each step has an optimiser of its own: Adam forgets what it has learned about the "
                    "gradients."),
            BugCard("new-network", overfit_new_network,
                    "It looks as if each step begins with a fresh copy: nothing is ever learned."),
            BugCard("after", overfit_after,
                    "It looks as if the loss is measured after each step: keep the one that the step itself tells, "
                    "from before it."),
            BugCard("own-rate", overfit_own_rate,
                    "It looks as if `rate` is not used."),
            BugCard("other-weights", overfit_other_weights,
                    "It looks as if the optimiser holds the weights of `net` and not those of the copy: nothing is "
                    "ever learned. Copy first, and make the optimiser of the copy's parameters."),
            BugCard("descent", overfit_descent,
                    "It looks as if the steps are plain gradient descent (SGD): use Adam."),
        ],
        picture=drawn("draw_overfit"),
    ),
    Exercise(
        name="save_and_resume",
        lesson=8,
        title="stop, and go on as if nothing had been",
        place="recipes.animator.save_and_resume",
        run=stopped_and_gone_on,
        cases=[
            case("three steps, a stop and two more", 3, 2),
            case("one step, a stop and one more", 1, 1),
        ],
        edges=[
            case("a file that is written twice", 2, 2, 2),
            case("a file that is not there", 1, 1, 1, False),
            case("no numbers at all, {}, written over the file of an earlier step", 2, 1, 2, True, True),
            case("two files, of which the first is read", 2, 2, 2, True, False, True),
            case("parts that are named in another order when the run goes on", 2, 1, turned=True),
        ],
        random=random_stops,
        random_count=6,
        random_label="random stops",
        hints=[
            "What does the next step depend on, beside the weights?",
            "On Adam's memory, the number of the step, and torch's random state. Everything in `parts` has a "
            "state_dict; torch.get_rng_state() gives the last one.",
            "write: checkpoints.save(path, {'parts': {k: p.state_dict() for k, p in parts.items()}, 'numbers': "
            "numbers, 'random': torch.get_rng_state()}); read: state = checkpoints.load(path), load_state_dict for "
            "each part, torch.set_rng_state(state['random'])",
        ],
        cards=[
            BugCard("without-optimizer", resume_without_optimizer,
                    "It looks as if the optimiser starts anew: Adam's memory of the gradients is part of the run."),
            BugCard("without-random", resume_without_random,
                    "It looks as if torch's random state is not put back: the next batch's noise is another one."),
            BugCard("only-the-net", resume_only_the_net,
                    "It looks as if only the first network is put back: everything in `parts` belongs to the run."),
            BugCard("from-step-0", resume_from_step_0,
                    "The weights are right, but the numbers are lost: a schedule would begin again."),
            BugCard("from-nothing", resume_from_nothing,
                    "It looks as if a missing file is passed over in silence: whoever asks to resume would train a "
                    "night from scratch without knowing. Let it stop."),
            BugCard("from-memory", resume_from_memory,
                    "It looks as if nothing is written to the file: what is kept in a variable is gone when the "
                    "notebook stops."),
            BugCard("by-order", resume_by_order,
                    "It looks as if you count the parts, and each gets the state that stood at its place: go by their "
                    "names, which may come in any order."),
            BugCard("if-numbers", resume_if_numbers,
                    "It looks as if you ask `if numbers:`, and an empty dict is no: then nothing is written. Ask "
                    "`if numbers is not None:`."),
            BugCard("nothing-put-back", resume_puts_nothing_back,
                    "It looks as if what was read is put back into nothing: each of `parts` needs its "
                    "load_state_dict()."),
        ],
        picture=drawn("draw_resume"),
    ),
    Exercise(
        name="ema_update",
        lesson=8,
        title="a network that moves slowly",
        place="training.ema_update",
        run=averaged,
        cases=[
            case("a decay of 0.9", 0.9),
            case("a decay of one half, twice", 0.5, 2),
        ],
        edges=[
            case("a decay of 0", 0.0),
            case("a decay of 1", 1.0),
        ],
        random=random_means,
        random_count=20,
        random_label="random networks",
        hints=[
            "With a decay of 0.99, how much of the mean is new after a step?",
            "Walk through both state_dicts side by side: kept.lerp_(value, 1 - decay) where the numbers are floats, "
            "kept.copy_(value) for counters. In place, without gradients.",
            "with torch.no_grad(): for kept, value in zip(mean.state_dict().values(), network.state_dict().values()): "
            "kept.lerp_(value, 1 - decay) if kept.is_floating_point() else kept.copy_(value)",
        ],
        cards=[
            BugCard("swapped", ema_swapped,
                    "It looks as if decay and 1 - decay are exchanged: the mean keeps `decay` of itself."),
            BugCard("without-buffers", ema_without_buffers,
                    "The weights are right, but the buffers stay behind: a norm's statistics and its counter belong "
                    "to the network too. Walk through state_dict()."),
            BugCard("own-decay", ema_own_decay, "It looks as if the decay is always 0.999: use the one that is given."),
            BugCard("copies", ema_copies, "It looks as if the mean is a plain copy of the network."),
            BugCard("nothing", ema_nothing,
                    "It looks as if nothing happens: a new tensor under an old name does not reach the network. "
                    "Change it in place."),
            BugCard("into-the-network", ema_into_the_network,
                    "It looks as if the network is moved towards the mean: it is the other way round."),
        ],
        picture=drawn("draw_mean"),
    ),
]
