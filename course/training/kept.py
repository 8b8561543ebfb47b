"""Arrays that take long to make, made once and kept beside a run."""

import contextlib
import zipfile
from pathlib import Path

import numpy as np

from .. import errors


def made_once(path, make) -> dict:
    """What `make()` gives, from the file if it was made before.

    Args:
        path: a .npz; make: nothing -> a tree of dicts whose leaves are arrays, names without "/".
    Raises:
        errors.OutputError: the file cannot be written; errors.WeightsError: it is damaged.
    """
    path = Path(path)
    if path.is_file():
        return _read(path)
    made = make()
    beside = path.with_name(path.stem + ".part.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(beside, **_flat(made))
        beside.replace(path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise errors.OutputError(f"{path} cannot be written ({problem.strerror or problem}): "
                                 "make room or choose another folder") from None
    return made


def _read(path: Path) -> dict:
    made = {}
    try:
        with np.load(path) as file:
            for key in file.files:
                *way, name = key.split("/")
                branch = made
                for part in way:
                    branch = branch.setdefault(part, {})
                branch[name] = file[key]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as problem:
        raise errors.WeightsError(f"{path} is cut short or damaged ({problem}): delete it, it is made anew") from None
    return made


def _flat(tree: dict, way: str = "") -> dict:
    """{"a": {"b": array}} -> {"a/b": array}."""
    flat = {}
    for name, value in tree.items():
        flat |= _flat(value, f"{way}{name}/") if isinstance(value, dict) else {way + name: value}
    return flat
