"""Three ways to answer "where": one small network, read as coordinates, as heatmaps, or as their centre of mass.

The experiment of lesson 02. Everything is the same for the three but what comes after the last convolution:

    coordinates   all cells flattened, one linear layer to 2 K numbers        L1 on the points
    heatmaps      a 1x1 convolution to K maps, read at the highest cell       cross-entropy with drawn hills
    soft-argmax   the same K maps, read at the centre of mass of the softmax  L1 on the points

The pictures are renders of one portrait in poses whose points are known exactly, turned, shifted, scaled and relit.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from course import animation, evaluation, face, keypoints, parallel
from course.keypoints import crops as keypoint_crops
from course.recipes.keypoints import tiles

WAYS = ("coordinates", "heatmaps", "soft-argmax")


@dataclass(frozen=True)
class Settings:
    """crop: pixels a side; cells: of a heatmap, a side; sigma: the drawn hill's width in cells."""

    crop: int = 64
    cells: int = 16
    width: int = 24
    steps: int = 150
    batch: int = 16
    learning_rate: float = 4e-3
    sigma: float = 1.0
    poses: int = 24  # of the portrait, to learn from
    tests: int = 64  # crops of other poses, to measure on
    seed: int = 0


class Network(nn.Module):
    """Crops in [0, 1], (N, 3, 64, 64) -> points (N, 68, 2) in [0, 1]; `way` is one of `WAYS`."""

    def __init__(self, way: str, settings: Settings):
        super().__init__()
        self.way, width = way, settings.width
        self.trunk = nn.Sequential(
            _layer(3, width // 2, stride=2), _layer(width // 2, width, stride=2),  # (N, 24, 16, 16)
            _layer(width, width, dilation=2), _layer(width, width, dilation=4), _layer(width, width, dilation=2))
        if way == "coordinates":
            self.head = nn.Sequential(nn.Flatten(), nn.Linear(width * settings.cells**2, 2 * keypoints.N_IBUG))
        else:
            self.head = nn.Conv2d(width, keypoints.N_IBUG, 1)

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        """(N, 3, 64, 64) in [0, 1] -> (N, 68, 2) in [0, 1]."""
        answer = self.head(self.trunk(crops * 2 - 1))
        if self.way == "coordinates":
            return answer.unflatten(1, (-1, 2)) + 0.5  # it begins in the middle, as the other two do
        read = keypoints.hard_argmax if self.way == "heatmaps" else keypoints.soft_argmax
        return read(answer)

    def loss(self, crops: torch.Tensor, points: torch.Tensor, settings: Settings) -> torch.Tensor:
        """What training makes small: crops (N, 3, 64, 64), points (N, 68, 2) -> scalar."""
        if self.way != "heatmaps":
            return (self(crops) - points).abs().mean()
        drawn = keypoints.gaussian_heatmap(points, settings.cells, settings.sigma)  # (N, 68, 16, 16)
        target = drawn.flatten(2) / drawn.flatten(2).sum(dim=2, keepdim=True).clamp(min=1e-9)
        maps = self.head(self.trunk(crops * 2 - 1)).flatten(2)
        return -(target * maps.log_softmax(dim=2)).sum(dim=2).mean()  # least where softmax(maps) is the hill


def _layer(n_in: int, n_out: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, stride, padding=dilation, dilation=dilation, bias=False),
                         nn.BatchNorm2d(n_out), nn.ReLU())


@parallel.one_thread_each()  # on a busy machine two would wait for each other
def poses_of(image: np.ndarray, count: int, seed: int = 0) -> tuple:
    """One portrait in `count` random poses: pictures, uint8 (count, 288, 288, 3), and points (count, 78, 2)."""
    from course import keypoints

    rng = np.random.default_rng(seed)
    points = keypoints.find_points(image)[0]
    center, side = keypoints.square_around(points)
    scale = keypoint_crops.TILE_MARGIN / keypoint_crops.CROP_MARGIN
    matrix = keypoints.square_matrix(center, side * scale, keypoint_crops.TILE)
    actor = animation.make_actor(keypoint_crops.cut(image, matrix, keypoint_crops.TILE),
                                 keypoint_crops.apply(matrix, points).astype(np.float32))
    wanted = [face.pose_points(actor.face, tiles.random_pose(actor.face.rest, rng))
              for _ in range(count)]
    return np.stack([actor.portrait.render(points) for points in wanted]), np.stack(wanted).astype(np.float32)


def crops_of(pictures: np.ndarray, points: np.ndarray, count: int, rng, settings: Settings) -> tuple:
    """`count` disturbed crops: float32 (count, 3, 64, 64) in [0, 1], and their points (count, 68, 2) in [0, 1]."""
    chosen = rng.integers(0, len(pictures), count)
    made = [tiles.disturb(pictures[i], points[i], rng, settings.crop, tiles.AugmentRecipe())
            for i in chosen]
    crops = torch.from_numpy(np.stack([crop for crop, _ in made])).permute(0, 3, 1, 2).float().div(255)
    return crops, torch.from_numpy(np.stack([place[: keypoints.N_IBUG] for _, place in made]))


@parallel.one_thread_each()
def train(image: np.ndarray, settings: Settings = Settings(), report=None, every: int = 15) -> dict:
    """The three networks, trained side by side on the same crops of a portrait, uint8 (H, W, 3).

    report: called now and then with (step, {way: NME in percent on crops of unseen poses}).
    Returns:
        {way: Network}, ready to be asked.
    """
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        networks = {way: Network(way, settings) for way in WAYS}
    optimizers = {way: torch.optim.AdamW(net.parameters(), settings.learning_rate) for way, net in networks.items()}
    rng = np.random.default_rng(settings.seed)
    seen = poses_of(image, settings.poses, seed=1)
    unseen = unseen_crops(image, settings)
    for step in range(1, settings.steps + 1):
        crops, points = crops_of(*seen, settings.batch, rng, settings)
        for way, net in networks.items():
            for group in optimizers[way].param_groups:
                group["lr"] = settings.learning_rate * min(1, 2 * (1 - (step - 1) / settings.steps))
            loss = net.loss(crops, points, settings)
            optimizers[way].zero_grad()
            loss.backward()
            optimizers[way].step()
        if report and (step % every == 0 or step == settings.steps):
            report(step, {way: measure(net, *unseen) for way, net in networks.items()})
    return {way: net.eval() for way, net in networks.items()}


def unseen_crops(image: np.ndarray, settings: Settings = Settings()) -> tuple:
    """Crops of poses that nobody trained on, and their points: (N, 3, 64, 64), (N, 68, 2)."""
    return crops_of(*poses_of(image, 12, seed=2), settings.tests, np.random.default_rng(2), settings)


def measure(net: Network, crops: torch.Tensor, points: torch.Tensor) -> float:
    """NME in percent on crops (N, 3, 64, 64) in [0, 1] with points (N, 68, 2) in [0, 1]."""
    net.eval()
    with torch.inference_mode():
        found = net(crops)
    net.train()
    return evaluation.nme(found.numpy(), points.numpy())
