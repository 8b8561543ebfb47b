"""How the layers are trained: the numbers of both runs, all in one place."""

from dataclasses import dataclass

# formula people, those of them that are not trained on, pieces of photos that show nobody
PEOPLE, HELD_OUT_PEOPLE, BACKDROPS = 660, 60, 600
STEPS = {"matting": 2800, "refiner": 1200, "smaller": 2500}


@dataclass(frozen=True)
class Recipe:
    """Weights are against 1 for the first loss of each network."""

    batch: int = 16
    rate: float = 6e-4
    formula: float = 0.35  # share of formula people in the matting's batches
    elsewhere: float = 0.6  # share of photos whose person stands before another background
    nearer: float = 0.5  # share of pictures that end nearer to the face
    outline: float = 0.5  # L1 of the occlusion, beside the picture's
    smooth: float = 0.05  # of the flow's slopes
    seed: int = 0


RECIPE = Recipe()
