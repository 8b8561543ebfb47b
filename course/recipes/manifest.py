"""Makes `data/manifest.json` and `data/labels_*.npz`, which `course data fetch` works from.

    python -m course.recipes.manifest FOLDER [-o data]

FOLDER holds `portraits/` and `scenes/` with their full `labels.npz` and a `SOURCES.json` that says for each the
repository, commit, licence and sheets. Only whoever changes the data sets needs this.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from ..training import labelled

POINTS_SCALE = 1 / 32  # pixels a step: int16 then reaches +-1024 px, and rounding costs 1/64 px at most

ABOUT = {
    "portraits": "340 portraits, 257 to 512 px: people who do not exist, made by StyleGAN2 (SFHQ)",
    "scenes": "937 pictures of about 475 px, one face each: people who do not exist, made by FLUX.1, SDXL and "
              "DALL-E 3 (SFHQ-T2I)",
}
# The quality that the pictures of the labels were saved with
JPEG_QUALITY = {"portraits": 93, "scenes": 88}

_FAN = "https://www.adrianbulat.com/downloads/python-fan/"
_BLAZEFACE = "https://raw.githubusercontent.com/hollance/BlazeFace-PyTorch/852bfd8e3d44ed6775761105bdcead4ef389a538/"

FACE_ALIGNMENT = {
    "what": "weights for face-alignment: S3FD and BlazeFace find faces, FAN finds 68 points",
    "licence": "BlazeFace Apache-2.0; S3FD and FAN come with face-alignment (BSD-3-Clause), trained on data sets "
               "for research",
    "files": {
        "s3fd-619a316812.pth": {
            "url": _FAN + "s3fd-619a316812.pth",
            "sha256": "619a31681264d3f7f7fc7a16a42cbbe8b23f31a256f75a366e5a1bcd59b33543",
            "bytes": 89843225,
        },
        "2DFAN4-11f355bf06.pth.tar": {
            "url": _FAN + "2DFAN4-11f355bf06.pth.tar",
            "sha256": "11f355bf0693120222f5955ce3f9dc8fb5763ebb30a47d7906e509490d32e4aa",
        },
        "blazeface.pth": {
            "url": _BLAZEFACE + "blazeface.pth",
            "sha256": "54ecff653feaaaf1f7d44b6aff28fd2fc50e483a4e847563b6dd261369c43ba4",
            "bytes": 420224,
        },
        "anchors.npy": {
            "url": _BLAZEFACE + "anchors.npy",
            "sha256": "a10bb2fb93ab54ca426d6c750bfc3aad685028a16dcf231357d03694f261fd95",
            "bytes": 28800,
        },
    },
}

# Networks of torchvision, trained on ImageNet; the files as torchvision itself looks for them.
_TORCHVISION = {"licence": "weights come with torchvision (BSD-3-Clause), trained on ImageNet, which is for research"}
FEATURES = {
    "resnet50": {
        "what": "weights of ResNet-50 (He et al., 2016) for features.extract_features",
        **_TORCHVISION,
        "files": {
            "resnet50-0676ba61.pth": {
                "url": "https://download.pytorch.org/models/resnet50-0676ba61.pth",
                "sha256": "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
                "bytes": 102530333,
            },
        },
    },
    "vgg19": {
        "what": "weights of VGG-19 (Simonyan and Zisserman, 2015) for features.extract_features",
        **_TORCHVISION,
        "files": {
            "vgg19-dcbb9e9d.pth": {
                "url": "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth",
                "sha256": "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
                "bytes": 574673361,
            },
        },
    },
}


def make(folder, out) -> list:
    """Write the manifest and the labels of both sets of faces into `out`; returns the paths."""
    folder, out = Path(folder), Path(out)
    sources = json.loads((folder / "SOURCES.json").read_text(encoding="utf-8"))
    manifest, written = {}, []
    for name, about in ABOUT.items():
        source = sources[name]
        manifest[name] = {
            "what": about,
            "licence": source["licence"],
            "repository": f"https://github.com/{source['repository']}",
            "commit": source["commit"],
            "base_url": f"https://raw.githubusercontent.com/{source['repository']}/{source['commit']}/",
            "labels": f"labels_{name}.npz",
            "jpeg_quality": JPEG_QUALITY[name],
            "sheets": {sheet: source["sheets"][sheet] for sheet in _sheets(folder / name)},
        }
        written.append(make_labels(folder / name, out / manifest[name]["labels"]))
    manifest |= {"face-alignment": FACE_ALIGNMENT, **FEATURES}
    path = out / "manifest.json"
    path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return [path, *written]


def make_labels(folder, path) -> Path:
    """Full labels of a folder -> the small form that `io.read_labels` opens."""
    faces = labelled.load_labelled(folder)
    with np.load(Path(folder) / "labels.npz") as labels:
        files, sheet, box, size = (labels[key] for key in ("files", "sheet", "box", "size"))
    steps = np.round(faces.points / POINTS_SCALE)
    if np.abs(steps).max() > np.iinfo(np.int16).max:
        raise ValueError(f"points in {folder} reach further than int16 does at {POINTS_SCALE} px a step")
    np.savez_compressed(
        path,
        files=files,
        sheet=sheet,
        box=box.astype(np.int32),
        size=size.astype(np.int32),
        points=steps.astype(np.int16),
        points_scale=np.float32(POINTS_SCALE),
        blendshapes=np.round(np.clip(faces.blendshapes, 0, 1) * 255).astype(np.uint8),
    )
    return Path(path)


def _sheets(folder: Path) -> list:
    """The sheets that pictures are cut from, in the order of the pictures."""
    with np.load(folder / "labels.npz") as labels:
        return list(dict.fromkeys(str(sheet) for sheet in labels["sheet"]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make data/manifest.json and data/labels_*.npz.")
    parser.add_argument("folder", help="holds portraits/, scenes/ and SOURCES.json")
    parser.add_argument("-o", "--out", default="data")
    arguments = parser.parse_args()
    for made in make(arguments.folder, arguments.out):
        print(f"{made}: {made.stat().st_size:,} bytes")
