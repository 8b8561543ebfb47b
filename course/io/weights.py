"""Where the shipped weights and small media are, and how they are loaded without running code.

In a checkout they stand in the top-level folder `data/`; in an installed wheel in `course/_data/`.
"""

import contextlib
import errno
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
    return read_weights(data_file(name))


def load_arrays(name: str) -> dict:
    """The same as NumPy's arrays, floats as float32: for what only runs, without PyTorch.

    Raises:
        errors.WeightsError: missing, cut short or tampered with.
    """
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = data_file(name)
    try:
        arrays = load_file(path)
    except (SafetensorError, OSError, ValueError) as problem:
        raise errors.WeightsError(f"{path} cannot be read ({problem}): install the package again") from problem
    return {key: value.astype(np.float32) if value.dtype.kind == "f" else value for key, value in arrays.items()}


def read_weights(path, instead: str = "install the package again") -> dict:
    """Tensors of a .safetensors file, on the CPU; `instead` is what an error tells to do.

    Raises:
        errors.WeightsError: missing, cut short, or no such file.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as problem:
        raise errors.WeightsError(f"{path} cannot be read ({problem}): {instead}") from problem


def fill(network, tensors: dict, name: str):
    """A network with the tensors of a shipped file.

    Args:
        network: filled in place, and left in the mode for inference; tensors: {name of a weight: tensor of any
        floating type}, in which batch norm's counters of batches may be missing; name: of the file, for the error.
    Returns:
        the network.
    Raises:
        errors.WeightsError: the tensors are another network's.
    """
    try:
        missing, unknown = network.load_state_dict({key: value.float() for key, value in tensors.items()}, strict=False)
    except RuntimeError:
        missing, unknown = (), ("another shape",)
    if unknown or any(not key.endswith("num_batches_tracked") for key in missing):
        raise misfit(name)
    return network.eval()


def misfit(name: str) -> errors.WeightsError:
    """The error for a shipped file that is whole, and not what this version of the package reads."""
    return errors.WeightsError(f"{name} does not fit this version: install the package again")


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
        own = {key.removeprefix(f"{part}."): value for key, value in tensors.items() if key.startswith(f"{part}.")}
        networks[part] = fill(network, own, name).to(memory_format=torch.channels_last)
    return networks


def write_weights(tensors: dict, path, header: dict | None = None) -> Path:
    """Write a .safetensors file beside its place and move it there when whole: a stop in between loses nothing.

    Args:
        tensors: {name: tensor, on any device}; path: folders on the way are made; header: {text: text}, kept in the
        file beside the tensors.
    Returns:
        the path.
    Raises:
        errors.OutputError: no permission, a full disk, a folder in its place.
    """
    from safetensors.torch import save_file

    path = Path(path)
    beside = _beside(path)
    ready = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with _told(path, beside):
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(ready, beside, metadata=header)
        beside.replace(path)
    return path


def check_place(path) -> Path:
    """Whether weights can be written there, asked before a training of hours rather than after it.

    Raises:
        errors.OutputError: they cannot.
    """
    path = Path(path)
    beside = _beside(path)
    with _told(path, beside):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.touch()
        beside.unlink()
    return path


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".part")


@contextlib.contextmanager
def _told(path: Path, beside: Path):
    """Whatever stops the writing, as one line; nothing half written is left behind."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError) as problem:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        why = getattr(problem, "strerror", None) or str(problem).partition("\n")[0]
        raise errors.OutputError(f"{path} cannot be written ({why}): make room or choose another folder") from None
