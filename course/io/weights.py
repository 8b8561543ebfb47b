"""Where the shipped weights and small media are, and how they are loaded without running code.

In a checkout they stand in the top-level folder `data/`; in an installed wheel in `course/_data/`.
"""

import os
from pathlib import Path

from .. import errors

_PACKAGE = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """The folder with what ships: `$COURSE_DATA` if set, the wheel's own, or the checkout's `data/`."""
    named = os.environ.get("COURSE_DATA")
    if named:
        return Path(named)
    inside_wheel = _PACKAGE / "_data"
    return inside_wheel if inside_wheel.is_dir() else _PACKAGE.parent / "data"


def data_file(name: str) -> Path:
    """Path of a shipped file.

    Raises:
        errors.WeightsError: it is not there.
    """
    path = data_dir() / name
    if not path.is_file():
        raise errors.WeightsError(
            f"the file {name} is missing from {path.parent}: install the package again (pip install --force-reinstall)"
        )
    return path


def load_tensors(name: str) -> dict:
    """Tensors of a shipped .safetensors file, on the CPU.

    Raises:
        errors.WeightsError: missing, cut short or tampered with.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = data_file(name)
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as problem:
        raise errors.WeightsError(f"{path} cannot be read ({problem}): install the package again") from problem


def into_networks(tensors: dict, networks: dict, name: str) -> dict:
    """Fill networks from one file's tensors, which are called after them: "mouth.first.weight" goes to "mouth".

    Args:
        networks: name -> network, filled in place; name: of the file, for the error.
    Returns:
        the networks, ready for inference, channels last.
    Raises:
        errors.WeightsError: the file is of other networks.
    """
    import torch

    for part, network in networks.items():
        own = {key.removeprefix(f"{part}."): value.float() for key, value in tensors.items()
               if key.startswith(f"{part}.")}
        try:
            network.load_state_dict(own)
        except RuntimeError:
            raise errors.WeightsError(f"{name} does not fit this version: install the package again") from None
        networks[part] = network.eval().to(memory_format=torch.channels_last)
    return networks


def write_weights(tensors: dict, path: Path):
    """To a .safetensors file, moved into its place when whole."""
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file(tensors, part)
    part.replace(path)
