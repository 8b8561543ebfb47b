"""First-order motion, learned from pairs of pictures alone (Siarohin et al., "First Order Motion Model", NeurIPS 2019).

Nobody tells the network where a face has its points. It is asked to make the target picture out of the source
picture, and all it may know of the target are ten points and the 2x2 matrix around each (how the picture is
stretched and turned there). To do that well, it has to place its points on what moves.

    source, target -> points and Jacobians -> K affine motions -> masks -> one flow, and where it cannot be right
                                                          source, warped -> what is missing is painted -> target

Here at 64 px on formula faces, where the true points and the true flow are known to compare with.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from course import synthetic, training
from course.flow import equivariance as course_equivariance
from course.flow import sampling


@dataclass(frozen=True)
class Settings:
    """The network, small enough for a laptop."""

    points: int = 10
    width: int = 16  # channels of the first layer; each halving of the picture doubles them
    temperature: float = 0.1  # of the softmax over a heatmap: small makes it sharp
    spread: float = 0.1  # of the spots that tell the motion network where points are
    equivariance: float = 10.0  # weight of the loss on points
    equivariance_jacobian: float = 10.0
    rate: float = 1.5e-3


class Keypoints:
    """points: (N, K, 2) in [-1, 1]; jacobians: (N, K, 2, 2)."""

    def __init__(self, points: torch.Tensor, jacobians: torch.Tensor):
        self.points, self.jacobians = points, jacobians


def block(n_in: int, n_out: int, stride: int = 1) -> nn.Sequential:
    """Convolution, norm without batch statistics, ReLU: (N, n_in, H, W) -> (N, n_out, H / stride, W / stride)."""
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, stride, 1), nn.GroupNorm(8, n_out), nn.ReLU(inplace=True))


class Hourglass(nn.Module):
    """Down three times and up again, with bridges: (N, n_in, H, W) -> (N, width, H, W)."""

    def __init__(self, n_in: int, width: int):
        super().__init__()
        sizes = [width, 2 * width, 3 * width, 4 * width]
        self.first = block(n_in, width)
        self.down = nn.ModuleList(block(a, b, stride=2) for a, b in zip(sizes[:-1], sizes[1:]))
        self.up = nn.ModuleList(block(b + a, a) for a, b in zip(sizes[:-1], sizes[1:]))

    def forward(self, x):
        """(N, n_in, H, W) -> (N, width, H, W); H and W are multiples of 8."""
        levels = [self.first(x)]
        for down in self.down:
            levels.append(down(levels[-1]))
        x = levels.pop()
        for up in reversed(self.up):
            x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
            x = up(torch.cat([x, levels.pop()], 1))
        return x


class KeypointDetector(nn.Module):
    """Points and Jacobians of a picture, looked for at half its size."""

    def __init__(self, settings: Settings):
        super().__init__()
        self.temperature = settings.temperature
        self.body = Hourglass(3, settings.width)
        self.heatmaps = nn.Conv2d(settings.width, settings.points, 3, padding=1)
        self.jacobians = nn.Conv2d(settings.width, 4 * settings.points, 3, padding=1)
        self.register_buffer("start", beginnings(settings.points, settings.temperature))
        # at first every Jacobian is the identity: nothing turns, nothing stretches
        nn.init.zeros_(self.jacobians.weight)
        self.jacobians.bias.data.copy_(torch.tensor([1.0, 0.0, 0.0, 1.0]).repeat(settings.points))

    def forward(self, image) -> Keypoints:
        """(N, 3, H, W) in [0, 1] -> points (N, K, 2) in [-1, 1] and Jacobians (N, K, 2, 2)."""
        features = self.body(functional.avg_pool2d(image, 2) - 0.5)
        n, _, height, width = features.shape
        start = functional.interpolate(self.start, (height, width), mode="bilinear", align_corners=True)
        logits = (self.heatmaps(features) + start).flatten(2) / self.temperature
        heat = torch.softmax(logits, dim=2).view(n, -1, height, width)
        points = sampling.soft_argmax(heat, sampling.identity_grid(height, width, image.device))  # (N, K, 2)
        # J = sum_z heat(z) J(z)
        fields = self.jacobians(features).view(n, heat.shape[1], 4, height, width)
        jacobians = (heat[:, :, None] * fields).sum((3, 4)).view(n, -1, 2, 2)
        return Keypoints(points, jacobians)


def beginnings(count: int, temperature: float, radius: float = 0.5, spread: float = 0.35) -> torch.Tensor:
    """What is added to the heatmaps so that each point begins at a place of its own: (1, K, 32, 32).

    One point in the middle and the others on a ring. In the paper all begin in the middle and part as they learn,
    which takes a hundred thousand steps; here there are a thousand.
    """
    angle = torch.arange(count - 1) * 2 * torch.pi / max(count - 1, 1)
    places = torch.cat([torch.zeros(1, 2), radius * torch.stack([torch.sin(angle), -torch.cos(angle)], 1)])
    squared = ((sampling.identity_grid(32, 32)[None] - places[:, None, None]) ** 2).sum(-1)  # (K, 32, 32)
    return (-temperature * squared / (2 * spread**2))[None]


def sparse_motions(source: Keypoints, target: Keypoints, grid: torch.Tensor) -> torch.Tensor:
    """K + 1 motions, the first of which stands still: (N, K + 1, H, W, 2), for each pixel of the target a place in
    the source.

    T_k(z) = p_source + J_source J_target^-1 (z - p_target)
    """
    matrix = source.jacobians @ sampling.inverse(target.jacobians)
    moving = sampling.affine_flow(target.points, source.points, matrix, grid)
    still = grid[None, None].expand(len(moving), 1, -1, -1, -1)
    return torch.cat([still, moving], 1)


class DenseMotion(nn.Module):
    """Which pixel follows which point: from the source, moved K + 1 times, to masks, flow and visibility."""

    def __init__(self, settings: Settings):
        super().__init__()
        self.spread = settings.spread
        count = settings.points + 1
        self.body = Hourglass(4 * count, settings.width)
        self.masks = nn.Conv2d(settings.width, count, 5, padding=2)
        self.visible = nn.Conv2d(settings.width, 1, 5, padding=2)

    def forward(self, image, source: Keypoints, target: Keypoints) -> dict:
        """(N, 3, H, W) and both `Keypoints` -> masks (N, K + 1, h, w), flow (N, h, w, 2), visible (N, 1, h, w).

        h = H / 2 and w = W / 2; the flow is positions in the source in [-1, 1].
        """
        small = functional.avg_pool2d(image, 2)
        n, _, height, width = small.shape
        grid = sampling.identity_grid(height, width, image.device)
        motions = sparse_motions(source, target, grid)  # (N, K + 1, h, w, 2)
        count = motions.shape[1]
        moved = sampling.sample(small.repeat_interleave(count, 0), motions.flatten(0, 1))
        spots = (sampling.gaussian_maps(target.points, grid, self.spread)
                 - sampling.gaussian_maps(source.points, grid, self.spread))
        spots = torch.cat([torch.zeros_like(spots[:, :1]), spots], 1)
        seen = torch.cat([moved.view(n, count, 3, height, width) - 0.5, spots[:, :, None]], 2).flatten(1, 2)
        features = self.body(seen)
        masks, flow = sampling.soft_masks(self.masks(features), motions)
        return {"masks": masks, "flow": flow, "visible": torch.sigmoid(self.visible(features))}


class Generator(nn.Module):
    """Paints the target from the source's warped features; what was hidden it has to make up."""

    def __init__(self, settings: Settings):
        super().__init__()
        width = settings.width
        self.first = block(3, width)
        self.down = block(width, 2 * width, stride=2)
        self.middle = nn.Sequential(block(2 * width, 2 * width), block(2 * width, 2 * width))
        self.up = block(3 * width, width)
        self.last = nn.Conv2d(width, 3, 5, padding=2)

    def forward(self, image, motion: dict):
        """(N, 3, H, W) and what `DenseMotion` found -> the target and the source warped, (N, 3, H, W) in [0, 1] each.
        """
        flow = motion["flow"].permute(0, 3, 1, 2)
        flow = functional.interpolate(flow, image.shape[2:], mode="bilinear", align_corners=True).permute(0, 2, 3, 1)
        large = self.first(image - 0.5)
        small = self.down(large)
        small = sampling.occlude(sampling.sample(small, motion["flow"]), motion["visible"])
        large = sampling.occlude(sampling.sample(large, flow), motion["visible"])
        small = functional.interpolate(self.middle(small), scale_factor=2.0, mode="nearest")
        painted = torch.sigmoid(self.last(self.up(torch.cat([small, large], 1))))
        # where the warp is right its pixels are taken as they are
        warped = sampling.sample(image, flow)
        visible = functional.interpolate(motion["visible"], image.shape[2:], mode="bilinear", align_corners=True)
        return visible * warped + (1 - visible) * painted, warped


class FirstOrder(nn.Module):
    """The three networks together: pictures (N, 3, 64, 64) in [0, 1]."""

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.settings = settings
        self.detector = KeypointDetector(settings)
        self.motion = DenseMotion(settings)
        self.generator = Generator(settings)

    def forward(self, source, target) -> dict:
        """What it makes of a pair, (N, 3, H, W) each: {name: what `DenseMotion` and `Generator` give}.

        "picture", "warped", "flow" (positions, half size), "masks", "visible", and "source" and "target", `Keypoints`.
        """
        here, there = self.detector(source), self.detector(target)
        motion = self.motion(source, here, there)
        picture, warped = self.generator(source, motion)
        return {"picture": picture, "warped": warped, "source": here, "target": there, **motion}

    @torch.no_grad()
    def flow(self, source, target) -> torch.Tensor:
        """Positions in the source for each pixel of the target, (N, H, W, 2) in pixels."""
        height, width = source.shape[2:]
        flow = self(source, target)["flow"].permute(0, 3, 1, 2)
        flow = functional.interpolate(flow, (height, width), mode="bilinear", align_corners=True).permute(0, 2, 3, 1)
        return (flow + 1) / 2 * flow.new_tensor([width - 1, height - 1])


# ---------------------------------------------------------------- losses


def reconstruction_loss(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """L1 at full size and halved three times, (N, 3, H, W) twice -> scalar: the coarse ones pull from far away."""
    loss = (made - wanted).abs().mean()
    for _ in range(3):
        made, wanted = functional.avg_pool2d(made, 2), functional.avg_pool2d(wanted, 2)
        loss = loss + (made - wanted).abs().mean()
    return loss


# ---------------------------------------------------------------- training


class Pairs:
    """Formula faces, each person in several states, drawn once: `frames` uint8 (P, S, 3, size, size)."""

    def __init__(self, people: int = 300, states: int = 4, size: int = 64, seed: int = 0, progress: bool = False):
        from tqdm.auto import trange

        drawn = []
        for k in trange(0, people, 16, disable=not progress, desc="drawing faces"):
            some = synthetic.People.random(min(16, people - k), (seed, k)).repeat(states)
            image = synthetic.render(some, synthetic.random_motion(len(some), (seed, k)), size).image
            drawn.append((image * 255).round().byte().view(-1, states, 3, size, size))
        self.frames = torch.cat(drawn)

    def draw(self, count: int, rng: np.random.Generator) -> tuple:
        """Source and target of `count` people, float32 (count, 3, size, size), mirrored half the time."""
        who = torch.from_numpy(rng.integers(len(self.frames), size=count))
        states = np.argsort(rng.random((count, self.frames.shape[1])), axis=1)[:, :2]
        states = torch.from_numpy(states)
        source, target = (self.frames[who, states[:, k]].float() / 255 for k in (0, 1))
        mirrored = torch.from_numpy(rng.random(count) < 0.5)[:, None, None, None]
        return torch.where(mirrored, source.flip(-1), source), torch.where(mirrored, target.flip(-1), target)


class Task(training.Task):
    """What `training.train` asks: a batch of pairs, one step, and pictures to look at."""

    averaged = ("model",)

    def __init__(self, pairs: Pairs, batch: int = 8, settings: Settings = Settings(), seed: int = 0):
        torch.manual_seed(seed)
        self.pairs, self.batch, self.settings, self.seed = pairs, batch, settings, seed
        model = FirstOrder(settings)
        self.networks = {"model": model}
        self.optimizers = {"model": torch.optim.Adam(model.parameters(), settings.rate, betas=(0.5, 0.999))}
        self.shown = pairs.draw(6, np.random.default_rng((seed, 1)))

    def step(self, number: int, rows: slice, updater: training.Updater) -> dict:
        """One step on a batch of pairs (batch, 3, size, size), of which this process takes `rows`; returns its losses.
        """
        rng = np.random.default_rng((self.seed, 2, number))
        source, target = (frames[rows] for frames in self.pairs.draw(self.batch, rng))
        bend = torch.Generator().manual_seed(int(rng.integers(1 << 31)))
        device = next(self.networks["model"].parameters()).device
        numbers = {}

        def loss_of(source, target):
            parts = losses(self.networks["model"], source, target, bend)
            numbers.update({name: float(value.detach()) for name, value in parts.items()})
            return sum(parts.values())

        numbers["loss"] = updater.update("model", loss_of, source.to(device), target.to(device))
        return numbers

    def pictures(self, averaged: dict) -> dict:
        """Source, target, what was made, and the source warped, one column a pair: {"pairs": (3, 4 H, 6 W) in [0, 1]}.
        """
        model = averaged["model"]
        source, target = (frames.to(next(model.parameters()).device) for frames in self.shown)
        with torch.no_grad():
            made = model(source, target)
        rows = [source, target, made["picture"], made["warped"]]
        return {"pairs": torch.cat([torch.cat(list(row), 2) for row in rows], 1).clamp(0, 1).cpu()}


def losses(model: FirstOrder, source, target, bend: torch.Generator | None = None) -> dict:
    """The losses of pairs (N, 3, H, W), weighted: {name: scalar}; bend: where the random deformation comes from."""
    made = model(source, target)
    settings = model.settings
    random_bend = sampling.RandomBend(len(target), generator=bend, device=target.device)
    points, jacobians = course_equivariance.equivariance_loss(model.detector, target, made["target"], random_bend)
    return {"reconstruction": 10 * reconstruction_loss(made["picture"], target),
            "warped": 5 * reconstruction_loss(made["warped"], target),
            "equivariance": settings.equivariance * points,
            "equivariance of Jacobians": settings.equivariance_jacobian * jacobians}


def train(pairs: Pairs, config: training.Config, settings: Settings = Settings()) -> tuple:
    """Train on pairs; returns the running mean of the network and the `training.Result`.

    Raises `training.Stopped`: Ctrl-C.
    """
    task = Task(pairs, config.batch, settings, config.seed)
    result = training.train(task, config)
    return result.averaged["model"], result


def flow_error(found: torch.Tensor, truth: synthetic.Flow, moving: torch.Tensor) -> float:
    """Mean distance in pixels between found positions (N, H, W, 2) and true ones, where the spot is visible in both
    pictures and belongs to the person: moving, bool (N, H, W)."""
    off = (found - truth.positions).norm(dim=-1)
    return float(off[truth.visible & moving].mean())
