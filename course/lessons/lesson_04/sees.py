"""What a unit of the trunk sees: which pixels reach it, which pieces of a face excite it, where it sees the same."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from course import errors, features, keypoints
from course.features import networks as feature_networks

# (kernel, stride) of the layers of two published networks, from the picture on; pooling counts
RESNET50 = [(7, 2), (3, 2), *[(1, 1), (3, 1), (1, 1)] * 3, (1, 1), (3, 2), (1, 1), *[(1, 1), (3, 1), (1, 1)] * 3,
            (1, 1), (3, 2), (1, 1), *[(1, 1), (3, 1), (1, 1)] * 5, (1, 1), (3, 2), (1, 1),
            *[(1, 1), (3, 1), (1, 1)] * 2]
VGG19 = [*[(3, 1)] * 2, (2, 2), *[(3, 1)] * 2, (2, 2), *[(3, 1)] * 4, (2, 2), *[(3, 1)] * 4, (2, 2), *[(3, 1)] * 4]
PATCH = 9  # pixels a side of the pieces that are compared where no network looks


def networks_here() -> tuple:
    """The networks that can be asked here: "untrained" and "trunk" always, "resnet50" where its weights are.

    Says in one line what to do where they are not.
    """
    try:
        feature_networks.load("resnet50")
    except errors.CourseError as missing:
        print(missing)
        return "untrained", "trunk"
    return "untrained", "trunk", "resnet50"


def growing(layers) -> list:
    """Pixels that a unit sees after 1, 2, ... of these layers."""
    return [features.receptive_field(layers[: count + 1])[0] for count in range(len(layers))]


def layers_until(layer: str) -> list:
    """(kernel, stride) of every convolution of the trunk, from the picture to the end of a layer such as "1/8"."""
    names = features.layer_names("trunk")
    downs = feature_networks.load("trunk").downs[: names.index(layer) + 1]
    return [(one.kernel_size[0], one.stride[0]) for one in downs.modules() if isinstance(one, nn.Conv2d)]


def slope_of_unit(layer: str, picture: torch.Tensor, network: str = "trunk") -> np.ndarray:
    """How strongly each pixel moves the unit in the middle of a layer: (1, 3, H, W) -> (H, W), at most 1.

    The size of the gradient of the unit's answer, all channels added up.
    """
    seen = picture.clone().requires_grad_()
    maps = feature_networks.load(network)(seen, layer)[layer]
    maps[0, :, maps.shape[2] // 2, maps.shape[3] // 2].sum().backward()
    slope = seen.grad[0].abs().sum(dim=0).numpy()
    return slope / slope.max()


def reached(slope: np.ndarray) -> int:
    """Pixels, one way, between the first and the last column of a slope (H, W) that is not zero."""
    columns = np.flatnonzero(slope.any(axis=0))
    return int(columns[-1] - columns[0] + 1)


def half_of(slope: np.ndarray) -> int:
    """Side in pixels of the smallest square about the middle that holds half of a slope (H, W)."""
    height, width = slope.shape
    for reach in range(max(height, width)):
        rows = slice(max(height // 2 - reach, 0), height // 2 + reach + 1)
        columns = slice(max(width // 2 - reach, 0), width // 2 + reach + 1)
        if slope[rows, columns].sum() >= slope.sum() / 2:
            return 2 * reach + 1
    return max(height, width)


# ---------------------------------------------------------------- what excites a channel


def favourites(pictures: torch.Tensor, layer: str, channels: int = 4, count: int = 4, network: str = "trunk") -> list:
    """For some channels of a layer, the pieces of pictures (N, 3, H, W) to which they answer most, a picture each.

    Taken are the channels whose answers differ most between their best place and all places.
    Returns:
        [[float32 (3, s, s), ...], ...]: `channels` rows of `count` pieces, each as large as a unit's receptive field,
        64 pixels at most.
    """
    maps = features.extract_features(pictures, layer, network)[layer]  # (N, C, h, w)
    side = min(features.receptive_field(layers_until(layer))[0] + 8, 64)
    best, at = maps.flatten(2).max(dim=2)  # (N, C)
    lively = (best.topk(count, dim=0).values.mean(dim=0) / (maps.mean(dim=(0, 2, 3)) + 1e-3)).argsort(descending=True)
    step, rows = pictures.shape[-1] // maps.shape[-1], []
    padded = nn.functional.pad(pictures, (side // 2,) * 4, mode="replicate")
    for channel in lively[:channels].tolist():
        row = []
        for n in best[:, channel].argsort(descending=True)[:count].tolist():
            y, x = divmod(int(at[n, channel]), maps.shape[-1])
            top, left = round((y + 0.5) * step), round((x + 0.5) * step)
            row.append(padded[n, :, top : top + side, left : left + side])
        rows.append(row)
    return rows


# ---------------------------------------------------------------- the same place in another face


@dataclass(frozen=True)
class Way:
    """How places are compared: by a network's layer, or by the pixels around (network "")."""

    network: str = "trunk"
    layer: str = "1/8"

    def maps(self, pictures: torch.Tensor) -> torch.Tensor:
        """A vector for each pixel of pictures (N, 3, H, W): (N, D, H, W)."""
        if not self.network:
            return _pieces(pictures)
        maps = features.extract_features(pictures, self.layer, self.network)[self.layer]
        return nn.functional.interpolate(maps, pictures.shape[-2:], mode="bilinear", align_corners=False)


WAYS = {"trunk, layer 1/16": Way(layer="1/16"), "trunk, layer 1/8": Way(), "trunk, layer 1/4": Way(layer="1/4"),
        "untrained, layer 1/8": Way("untrained"), "pixels around": Way("")}


def _pieces(pictures: torch.Tensor) -> torch.Tensor:
    """The piece of `PATCH` pixels around each pixel, less its mean: (N, 3, H, W) -> (N, 3 PATCH^2, H, W)."""
    padded = nn.functional.pad(pictures, (PATCH // 2,) * 4, mode="replicate")
    pieces = nn.functional.unfold(padded, PATCH).view(len(pictures), -1, *pictures.shape[-2:])
    return pieces - pieces.mean(dim=1, keepdim=True)


def vector_at(maps: torch.Tensor, point) -> torch.Tensor:
    """The vector at a place (x, y) in pixels, the nearest pixel's: (D, H, W) -> (D,)."""
    x, y = (int(np.clip(round(float(v)), 0, size - 1)) for v, size in zip(point, (maps.shape[2], maps.shape[1])))
    return maps[:, y, x]


def likeness(vector: torch.Tensor, maps: torch.Tensor) -> np.ndarray:
    """The cosine of a vector (D,) with every pixel's of maps (D, H, W): (H, W)."""
    return features.cosine_similarity(vector, maps.permute(1, 2, 0)).numpy()


def best_place(alike: np.ndarray) -> np.ndarray:
    """Where a map (H, W) is largest: x, y."""
    y, x = np.unravel_index(int(np.argmax(alike)), alike.shape)
    return np.array([x, y])


def misses(maps: torch.Tensor, points: torch.Tensor, some=range(0, 68, 4)) -> np.ndarray:
    """How far the most similar place is from the true one, in percent of the eyes' distance, each face in the next.

    maps: (N, D, H, W); points: (N, 68, 2), pixels; some: numbers of the points that are looked for.
    Returns:
        (N * len(some),).
    """
    found = []
    for one in range(len(maps)):
        other = (one + 1) % len(maps)
        eyes = keypoints.eye_distance(points[other].numpy())
        for k in some:
            place = best_place(likeness(vector_at(maps[one], points[one, k]), maps[other]))
            found.append(100 * np.linalg.norm(place - points[other, k].numpy()) / eyes)
    return np.array(found)
