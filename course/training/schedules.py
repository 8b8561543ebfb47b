"""How the learning rate changes over a training."""

import math


def learning_rate_share(step: int, steps: int, warmup: int) -> float:
    """Up in a line, down along half a cosine."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step - warmup) / max(1, steps - warmup)))
