"""Squares of mouths and eyes as the animator learns on them: tensors, masks and light."""

import numpy as np
import torch

from ...rendering import animator_crops


class Squares:
    """All pairs of one part in memory; draws batches with changed colours, mirrored (the mouth), as tensors."""

    def __init__(self, arrays: dict, part: str, masks: bool = True):
        self.arrays, self.part, self.with_masks = arrays, part, masks

    def __len__(self):
        return len(self.arrays["coarse"])

    @property
    def size(self) -> int:
        """The side S of a square, pixels."""
        return self.arrays["coarse"].shape[1]

    def batch(self, chosen, rng: np.random.Generator | None = None) -> tuple:
        """Inputs (N, 9, S, S) and targets (N, 3, S, S); with `rng` as for training, without it as they are."""
        coarse, target, source = (to_tensor(self.arrays[name][chosen]) for name in ("coarse", "target", "source"))
        masks = to_tensor(self.arrays["masks"][chosen])
        if not self.with_masks:
            masks = torch.zeros_like(masks)
        if rng is not None:
            coarse, target, source = other_light(rng, coarse, target, source)
        n = animator_crops.N_TARGET_MASKS
        inputs = torch.cat([coarse, masks[:, :n], source, masks[:, n:]], dim=1)
        if rng is not None and self.part == "mouth":
            turned = torch.from_numpy(rng.random(len(inputs)) < 0.5)[:, None, None, None]
            inputs = torch.where(turned, inputs.flip(-1), inputs)
            target = torch.where(turned, target.flip(-1), target)
        return inputs.contiguous(memory_format=torch.channels_last), target

    def inside(self, chosen) -> torch.Tensor:
        """Where mouth or eye stands open: (N, 1, S, S) in [0, 1]."""
        return to_tensor(self.arrays["masks"][chosen][..., :1])


def to_tensor(pictures: np.ndarray) -> torch.Tensor:
    """uint8 (N, S, S, C) -> float32 (N, C, S, S) in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 255


def other_light(rng, *pictures) -> list:
    """The same change of colour, contrast and gamma for the pictures of each pair."""
    n = len(pictures[0])
    gain = torch.from_numpy(rng.uniform(0.4, 1.2, (n, 1, 1, 1)) * rng.normal(1, 0.12, (n, 3, 1, 1))).float()  # by lamps
    gamma = torch.from_numpy(np.exp(rng.normal(0, 0.2, (n, 1, 1, 1)))).float()
    grey = torch.from_numpy(rng.random((n, 1, 1, 1)) < 0.1)
    changed = []
    for picture in pictures:
        picture = (picture.clamp(1e-4, 1) ** gamma * gain).clamp(0, 1)
        changed.append(torch.where(grey, picture.mean(dim=1, keepdim=True), picture))
    return changed


def masks_of(inputs: torch.Tensor) -> torch.Tensor:
    """The target's masks among a network's inputs: (N, 9, S, S) -> (N, 2, S, S)."""
    return inputs[:, 3 : 3 + animator_crops.N_TARGET_MASKS]
