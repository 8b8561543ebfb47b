"""What networks are calculated on: the processor, an NVIDIA card (cuda) or an Apple one (mps)."""

from . import errors

DEVICES = ("cpu", "cuda", "mps")


def check(device: str) -> None:
    """Raises `errors.CourseError` if this machine does not have it; device: such as "cpu", "cuda" or "cuda:1"."""
    kind = device.partition(":")[0]
    if kind == "cpu":
        return
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if kind not in there:
        raise errors.CourseError(f"there is no device {device!r}: take cpu, cuda or mps")
    if not there[kind]:
        raise errors.CourseError(f"this machine has no {kind} that torch can use: take --device cpu")
