"""How the detector is trained: the numbers of the run, all in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    steps: int = 4000
    batch: int = 16
    learning_rate: float = 2e-3
    warmup: int = 150  # steps; batch norm and Adam settle before the full rate
    weight_decay: float = 0.02
    average: float = 0.998  # the shipped weights are a running mean over about 500 steps
    face_overlap: float = 0.5  # IoU from which an anchor answers for a face
    background_overlap: float = 0.35  # IoU below which it is background; between the two it is not asked
    best_anchors: int = 3  # each face has at least its best few anchors, or the smallest would have none
    focal_alpha: float = 0.3
    focal_gamma: float = 2.0
    hard_per_batch: int = 3  # pictures drawn again because the network fired where no face is
    hard_kept: int = 256
    check_every: int = 200  # steps between measurements on pictures that are not trained on
    seed: int = 0


RECIPE = Recipe()
