"""The networks of a frame that ship: without PyTorch where they can run so, else as its modules."""

import functools

from .. import swapped
from ..io import weights
from . import animator, layers, quick_networks

# What a student's part may replace of all that runs here in another way
TAUGHT = {"animator_networks": ("Residual", "AnimatorNetwork"), "layers_networks": (
    "Residual", "Matting", "Refiner", "matte_of", "frame_inputs", "look_up", "moving_of", "free_of_face",
    "above_shoulders")}


class Shipped(quick_networks.Quick):
    """A shipped network that runs without PyTorch."""

    def module(self):
        """The same network as a module of torch, ready for inference. Raises errors.WeightsError."""
        return (animator if self.file == animator.WEIGHTS else layers).load_networks()[self.name]

    def __reduce__(self):
        return _named, (self.name,)  # a session does not travel to another process


def shipped() -> dict | None:
    """The shipped networks, {"animator": {"mouth", "eye"}, "layered": {"matting", "refiner"}}, each a `Shipped`; None
    without onnxruntime, or where a student's part stands among what they are made of.

    Raises:
        errors.WeightsError: weights are missing or damaged.
    """
    room = __name__.rpartition(".")[0]
    if any(swapped.is_any(f"{room}.{file}", *names) for file, names in TAUGHT.items()):
        return None
    try:
        return load()
    except ImportError:
        return None


def either() -> dict:
    """As `shipped`; else the same networks as modules of torch. Raises errors.WeightsError."""
    return shipped() or {"animator": animator.load_networks(), "layered": layers.load_networks()}


@functools.lru_cache(maxsize=1)
def load() -> dict:
    """As `shipped`, whoever's parts stand where. Raises `ImportError`: there is no onnxruntime."""
    import onnxruntime  # noqa: F401 - whether it is there

    return {"animator": _of_file(animator.WEIGHTS, mouth="mouth", eye="eye"),
            "layered": _of_file(layers.WEIGHTS, matting="parter", refiner="refiner")}


def _of_file(file: str, **names: str) -> dict:
    arrays = weights.load_arrays(file)
    return {name: Shipped(file, name, {key.removeprefix(f"{within}."): value for key, value in arrays.items()
                                       if key.startswith(f"{within}.")}) for name, within in names.items()}


def _named(name: str):
    """The shipped network of that name; torch's, where there is no onnxruntime."""
    return next(part[name] for part in either().values() if name in part)
