"""The state of a training run in one file: tensors and plain values, checked, and loaded without running code.

The file is a .safetensors; what is no tensor (numbers, texts, lists, dicts) stands in its header as JSON. A
checksum over everything tells a file that was cut short or changed from a whole one.
"""

import hashlib
import json
from pathlib import Path

import torch

from .. import errors
from ..io import weights

FORMAT = "living-portraits checkpoint 1"
_TENSOR = "tensor: "  # in the JSON, where a tensor belongs: this and its name


def save(path, state: dict) -> Path:
    """Write a tree of dicts and lists, whose leaves are tensors, numbers, texts, booleans and None.

    It is written beside its place and moved there when whole, so that a stop in between loses nothing. Keys of
    dicts may be texts or whole numbers, as in an optimiser's state.
    Raises:
        errors.OutputError: the place cannot be written.
        TypeError: a leaf of another type.
    """
    tensors = {}
    tree = json.dumps(_plain(state, "", tensors))
    return weights.write_weights(tensors, path, {"format": FORMAT, "tree": tree, "sha256": _digest(tree, tensors)})


def load(path, device="cpu", instead: str = "train without --resume") -> dict:
    """The tree that `save` wrote; `instead` is what an error tells to do.

    Raises:
        errors.WeightsError: missing, cut short, changed, or no checkpoint at all.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.is_file():
        raise errors.WeightsError(f"there is no checkpoint {path}: {instead}")
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except (SafetensorError, OSError, ValueError) as problem:
        raise errors.WeightsError(
            f"the checkpoint {path} is cut short or no checkpoint ({problem}): {instead}") from None
    if header.get("format") != FORMAT:
        raise errors.WeightsError(f"{path} is no checkpoint of this course: {instead}")
    if header.get("sha256") != _digest(header.get("tree", ""), tensors):
        raise errors.WeightsError(f"the checkpoint {path} was changed or damaged (its checksum is wrong): {instead}")
    return _tree(json.loads(header["tree"]), {name: tensor.to(device) for name, tensor in tensors.items()})


def _plain(value, name: str, tensors: dict):
    """The tree with names in place of its tensors, which go into `tensors`."""
    if isinstance(value, torch.Tensor):
        # A copy: safetensors refuses memory that two tensors share, and keeps no strides.
        tensors[name] = value.detach().cpu().clone(memory_format=torch.contiguous_format)
        return _TENSOR + name
    if isinstance(value, dict):
        # Pairs, since a JSON object would turn an optimiser's whole numbers into texts.
        return {"pairs": [[key, _plain(item, f"{name}.{key}" if name else str(key), tensors)]
                          for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{name}.{number}", tensors) for number, item in enumerate(value)]
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and not value.startswith(_TENSOR):
        return value
    raise TypeError(f"a checkpoint holds tensors and plain values, and {name} is a {type(value).__name__}")


def _tree(value, tensors: dict):
    if isinstance(value, str) and value.startswith(_TENSOR):
        return tensors[value.removeprefix(_TENSOR)]
    if isinstance(value, dict):
        return {key: _tree(item, tensors) for key, item in value["pairs"]}
    if isinstance(value, list):
        return [_tree(item, tensors) for item in value]
    return value


def _digest(tree: str, tensors: dict) -> str:
    digest = hashlib.sha256(tree.encode())
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
