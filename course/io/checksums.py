"""Checksums of what ships in `data/`, so that a damaged install shows before it misbehaves.

    python -m course.io.checksums          write data/checksums.txt anew, after a weight has changed

The file has the form of `sha256sum`, so `sha256sum -c checksums.txt` reads it as well.
"""

from pathlib import Path

from .. import errors
from . import downloads, weights

FILE = "checksums.txt"
ENDINGS = (".safetensors", ".npz", ".npy", ".json")


def shipped(folder=None) -> list:
    """Names of the files that are checked: weights and tables, not the texts beside them."""
    folder = Path(folder) if folder else weights.data_dir()
    return sorted(path.name for path in folder.iterdir() if path.suffix in ENDINGS)


def read(folder=None) -> dict:
    """name -> checksum, as it should be. Raises `errors.WeightsError`."""
    path = Path(folder) / FILE if folder else weights.data_file(FILE)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines if line)}
    except (OSError, ValueError) as problem:
        raise errors.WeightsError(f"{path} cannot be read ({problem}): install the package again") from None


def write(folder=None) -> Path:
    """Take the files as they are now for right."""
    folder = Path(folder) if folder else weights.data_dir()
    lines = [f"{downloads.file_sha256(folder / name)}  {name}" for name in shipped(folder)]
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / FILE


def state(folder=None) -> dict:
    """name -> "right", "missing" or "wrong checksum", for every file that has a checksum."""
    folder = Path(folder) if folder else weights.data_dir()
    states = {}
    for name, digest in read(folder).items():
        path = folder / name
        right = path.is_file() and downloads.file_sha256(path) == digest
        states[name] = "right" if right else "wrong checksum" if path.is_file() else "missing"
    return states


if __name__ == "__main__":
    print(write())
