"""What can be fetched: two sets of labelled faces, the weights of face-alignment, and of two networks for features.

The faces are cut out of contact sheets at their origin, by the boxes that ship in `data/labels_*.npz`;
the labels ship too, so a fetched folder is what `training.load_labelled` reads. `data/manifest.json` holds
every address, checksum, size and licence.
"""

import json
import os
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import errors
from . import downloads, weights

MANIFEST = "manifest.json"


@dataclass
class Available:
    """One line of `course data list`.

    files, bytes: what is downloaded in all (bytes 0: not known); there: how many of those files are in the
    cache already; folder: where they go.
    """

    name: str
    what: str
    licence: str
    files: int
    bytes: int
    there: int
    folder: Path


def cache_dir() -> Path:
    """Where fetched files go: `$COURSE_CACHE`, or the user's cache folder."""
    named = os.environ.get("COURSE_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "living-portraits"


def hub_dir() -> Path:
    """The folder in which torch hub, and with it face-alignment, looks for weights."""
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints"


def read_manifest(path=None) -> dict:
    """The manifest that ships, or another one: name -> entry. Raises `errors.WeightsError`."""
    path = Path(path) if path is not None else weights.data_file(MANIFEST)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise errors.WeightsError(f"{path} cannot be read ({problem}): install the package again") from None


def list_datasets(manifest=None) -> list:
    """Everything that can be fetched, as `Available`, in the order of the manifest. No network is used."""
    return [_available(name, entry) for name, entry in read_manifest(manifest).items()]


def describe(manifest=None) -> str:
    """What `course data list` prints: a few lines a data set."""
    lines = []
    for item in list_datasets(manifest):
        state = "in the cache" if item.there == item.files else f"{item.there} of {item.files} files in the cache"
        lines += [f"{item.name}: {item.what}",
                  f"    {item.files} files, {item.bytes / 1e6:.0f} MB or more; {state}; goes to {item.folder}",
                  f"    licence: {item.licence}"]
    return "\n".join(lines)


def fetched_folders() -> list:
    """The folders of fetched faces, for training. Raises `errors.CourseError` if there are none."""
    folders = [cache_dir() / name for name, entry in read_manifest().items() if "labels" in entry]
    there = [folder for folder in folders if (folder / "labels.npz").is_file()]
    if not there:
        raise errors.CourseError(f"no faces to train on in {cache_dir()}: run `course data fetch portraits` and "
                                 "`course data fetch scenes`, or name folders with --data")
    return there


def fetch(name: str, folder=None, base_url: str | None = None, manifest=None) -> Path:
    """Fetch one data set or set of weights; what is already there and right is not fetched again.

    Args:
        name: "portraits", "scenes", "face-alignment", "resnet50" or "vgg19".
        folder: where the pictures or weights go; `cache_dir() / name`, or torch hub's cache, if not given.
        base_url: a mirror to take the files from instead of their origin (http, https or file address of a folder).
        manifest: path of another manifest than the one that ships.
    Returns:
        the folder. For faces it holds the pictures and `labels.npz`, which is written last.
    Raises:
        errors.DownloadError: unknown name, not reachable, wrong checksum. errors.OutputError: no room, no permission.
    """
    entries = read_manifest(manifest)
    if name not in entries:
        raise errors.DownloadError(f"there is no data set {name!r}: choose from {', '.join(entries)}")
    entry = entries[name]
    if "files" in entry:
        folder = Path(folder) if folder else hub_dir()
        return _fetch_files(entry, folder, base_url)
    folder = Path(folder) if folder else cache_dir() / name
    source = Path(manifest).parent if manifest is not None else weights.data_dir()
    return _fetch_faces(entry, folder, base_url, source)


def _fetch_files(entry: dict, folder: Path, base_url: str | None) -> Path:
    for file_name, file in entry["files"].items():
        url = _address(base_url, file_name) if base_url else file["url"]
        downloads.download(url, folder / file_name, file["sha256"], file.get("bytes"))
    return folder


def _fetch_faces(entry: dict, folder: Path, base_url: str | None, source: Path) -> Path:
    from tqdm.auto import tqdm

    labels = read_labels(source / entry["labels"])
    if _complete(folder, labels):
        return folder
    order = list(dict.fromkeys(labels["sheet"]))
    missing = [sheet for sheet in order if sheet not in entry["sheets"]]
    if missing:
        raise errors.WeightsError(f"the manifest has no address for the sheet {missing[0]}: install the package again")
    for sheet in tqdm(order, desc=f"{folder.name}: sheets", unit="sheet"):
        file = entry["sheets"][sheet]
        path = cache_dir() / "sheets" / Path(file["path"]).name
        url = _address(base_url or entry["base_url"], file["path"])
        downloads.download(url, path, file["sha256"], file.get("bytes"))
        _cut_sheet(path, folder, labels, labels["sheet"] == sheet, entry["jpeg_quality"])
    _write_labels(folder, labels)
    return folder


def read_labels(path) -> dict:
    """Labels as they ship, opened up.

    Returns:
        files, sheet: N names; box (N, 4) int, x0, y0, x1, y1 in the sheet; size (N, 2) int, width and height of
        the picture; points float32 (N, 78, 3) in the picture's pixels; blendshapes float32 (N, 51).
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            labels = {key: file[key] for key in ("files", "sheet", "box", "size")}
            labels["points"] = file["points"].astype(np.float32) * file["points_scale"]
            labels["blendshapes"] = file["blendshapes"].astype(np.float32) / 255
    except (OSError, ValueError, KeyError) as problem:
        raise errors.WeightsError(f"{path} cannot be read ({problem}): install the package again") from None
    return labels


def _cut_sheet(path: Path, folder: Path, labels: dict, mask: np.ndarray, quality: int) -> None:
    """Write the pictures of one sheet: each is the pixels in its box, scaled down where `size` is smaller."""
    from PIL import Image

    with Image.open(path) as opened:
        sheet = opened.convert("RGB")
    for i in np.flatnonzero(mask):
        picture = sheet.crop([int(side) for side in labels["box"][i]])
        size = tuple(int(side) for side in labels["size"][i])
        if picture.size != size:
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        _write(folder / str(labels["files"][i]), lambda file, p=picture: p.save(file, "JPEG", quality=quality))


def _write_labels(folder: Path, labels: dict) -> None:
    _write(folder / "labels.npz", lambda file: np.savez_compressed(file, **labels))


def _write(path: Path, save) -> None:
    """Through a file beside it, so that whatever has the name is whole."""
    beside = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            save(file)
        os.replace(beside, path)
    except OSError as problem:
        if beside.is_file():
            beside.unlink()
        raise errors.OutputError(f"{path} cannot be written ({problem.strerror or problem}): "
                                 "make room or choose another folder") from None


def _complete(folder: Path, labels: dict) -> bool:
    """Are all pictures there, and the labels that were written last the ones that ship?"""
    written = folder / "labels.npz"
    if not written.is_file():
        return False
    try:
        with np.load(written, allow_pickle=False) as file:
            same = all(np.array_equal(file[key], labels[key]) for key in ("files", "box", "size", "points"))
    except (OSError, ValueError, KeyError):
        return False
    return same and all((folder / str(name)).is_file() for name in labels["files"])


def _address(base_url: str, path: str) -> str:
    return base_url.rstrip("/") + "/" + urllib.parse.quote(path)


def _available(name: str, entry: dict) -> Available:
    if "files" in entry:
        folder, files = hub_dir(), entry["files"].values()
        places = [folder / file_name for file_name in entry["files"]]
    else:
        folder, files = cache_dir() / name, entry["sheets"].values()
        places = [cache_dir() / "sheets" / Path(file["path"]).name for file in files]
    there = sum(place.is_file() for place in places)
    size = sum(file.get("bytes") or 0 for file in files)
    return Available(name, entry["what"], entry["licence"], len(places), size, there, folder)
