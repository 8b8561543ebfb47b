"""The networks behind `features/features.py`: our landmarker's trunk, and ResNet-50 and VGG-19 of torchvision.

    net = networks.load("vgg19")
    maps = net(images)                # float (N, 3, H, W) in [0, 1] -> {"relu1_1": (N, 64, H, W), ...}

Their weights stand still, but gradients flow through them to the pictures: a loss can be made of them.
"""

import functools

import torch
from torch import nn
from torch.nn import functional as F

from .. import errors
from ..io import datasets, downloads, weights
from ..keypoints import network as keypoint_network

# What torchvision's networks were trained on: mean and standard deviation of ImageNet's red, green and blue.
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# name of a layer here -> where it stands in the network
TRUNK = {"1/2": 0, "1/4": 1, "1/8": 2, "1/16": 3}
RESNET50 = {"conv1": "relu", "layer1": "layer1", "layer2": "layer2", "layer3": "layer3", "layer4": "layer4",
            "pool": "avgpool"}
# The first convolution of each block, after its ReLU: the five slices of perceptual losses
VGG19 = {"relu1_1": "features.1", "relu2_1": "features.6", "relu3_1": "features.11", "relu4_1": "features.20",
         "relu5_1": "features.29"}
LAYERS = {"trunk": TRUNK, "untrained": TRUNK, "resnet50": RESNET50, "vgg19": VGG19}
SMALLEST = 32  # px: below that some layers of each have nothing left to look at

IDENTITY = "identity.safetensors"
_GRID = 4  # the trunk's last maps are averaged to 4x4 places for the identity


def known_layers(network: str) -> tuple:
    """The names of a network's layers, from the picture on. Raises `errors.CourseError` for an unknown network."""
    if network not in LAYERS:
        raise errors.CourseError(f"there is no network {network!r}: choose from {', '.join(LAYERS)}")
    return tuple(LAYERS[network])


@functools.lru_cache(maxsize=4)
def load(network: str = "trunk") -> nn.Module:
    """A network that gives the maps of its layers, {layer: (N, C, H, W)}, in eval mode, loaded once.

    Raises:
        errors.CourseError: an unknown name. errors.WeightsError: its weights are not here, or not as they should be.
    """
    known_layers(network)
    if network == "trunk":
        net = Trunk(weights.load_tensors("keypoints.safetensors"))
    elif network == "untrained":
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            net = Trunk()
    else:
        net = of_torchvision(network, fetched(network))
    return net.eval().requires_grad_(False)


class Trunk(nn.Module):
    """The encoder of our landmarker: four maps, each half as large as the one before."""

    def __init__(self, tensors: dict | None = None):
        super().__init__()
        net = keypoint_network.Landmarker()
        if tensors is not None:
            net.load_state_dict({name: value.float() for name, value in tensors.items()}, strict=False)
        self.downs = net.downs

    def forward(self, images: torch.Tensor, layers=None) -> dict:
        """(N, 3, H, W) in [0, 1] -> {layer: (N, C, h, w)} of the layers named, or of all four.

        Raises `errors.CourseError`: no such layer; `errors.ImageError`: pictures below `SMALLEST` px.
        """
        wanted = _wanted("trunk", layers, images)
        maps, x = {}, images * 2 - 1
        for name, down in zip(TRUNK, self.downs):
            x = down(x)
            maps[name] = x
        return {name: maps[name] for name in wanted}


class Torchvision(nn.Module):
    """A network of torchvision that gives the maps of its layers."""

    def __init__(self, name: str, network: nn.Module):
        from torchvision.models.feature_extraction import create_feature_extractor

        super().__init__()
        self.name = name
        self.extractor = create_feature_extractor(network, {node: layer for layer, node in LAYERS[name].items()})
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN)[:, None, None])
        self.register_buffer("std", torch.tensor(IMAGENET_STD)[:, None, None])

    def forward(self, images: torch.Tensor, layers=None) -> dict:
        """(N, 3, H, W) in [0, 1] -> {layer: (N, C, h, w)} of the layers named, or of all.

        Raises `errors.CourseError`: no such layer; `errors.ImageError`: pictures below `SMALLEST` px.
        """
        wanted = _wanted(self.name, layers, images)
        maps = self.extractor((images - self.mean) / self.std)
        return {name: maps[name] for name in wanted}


def of_torchvision(name: str, state: dict | None = None) -> Torchvision:
    """torchvision's "resnet50" or "vgg19" with these weights, or with random ones.

    (N, 3, H, W) -> {layer: (N, C, h, w)}. ResNet: He et al., 2016; VGG: Simonyan and Zisserman, 2015.
    Raises:
        errors.WeightsError: torchvision is missing or does not fit torch, or the weights are another network's.
    """
    try:
        from torchvision import models
    except (ImportError, RuntimeError, AttributeError) as problem:  # beside another build of torch it fails in odd ways
        raise errors.WeightsError(f"{name} needs a torchvision that fits this torch ({problem}): "
                                  "pip install --upgrade torch torchvision") from None
    network = getattr(models, name)(weights=None)
    if state is not None:
        try:
            network.load_state_dict(state)
        except RuntimeError:
            raise errors.WeightsError(f"the weights are not those of {name}: run `course data fetch {name}`") from None
    return Torchvision(name, network.eval())


def fetched(name: str, manifest=None) -> dict:
    """Weights that `course data fetch` put into torch hub's cache, checked: {name: tensor}.

    Raises:
        errors.WeightsError: they are not there, or their checksum is wrong; says what to do.
    """
    (file, about), = datasets.read_manifest(manifest)[name]["files"].items()
    path = datasets.hub_dir() / file
    if not path.is_file():
        raise errors.WeightsError(f"the weights of {name} are not here: run `course data fetch {name}` "
                                  f"({about['bytes'] / 1e6:.0f} MB), or take the network \"trunk\", which needs none")
    if downloads.file_sha256(path) != about["sha256"]:
        raise errors.WeightsError(f"{path} has the wrong checksum: delete it and run `course data fetch {name}`")
    return torch.load(path, map_location="cpu", weights_only=True)


def _wanted(network: str, layers, images: torch.Tensor) -> tuple:
    known = known_layers(network)
    layers = known if layers is None else (layers,) if isinstance(layers, str) else tuple(layers)
    for layer in layers:
        if layer not in known:
            raise errors.CourseError(f"{network} has no layer {layer!r}: choose from {', '.join(known)}")
    if min(images.shape[-2:]) < SMALLEST:
        raise errors.ImageError(f"pictures of {images.shape[-1]}x{images.shape[-2]} px are too small for features: "
                                f"give at least {SMALLEST} px a side")
    return layers


# ---------------------------------------------------------------- who is it


def identity_features(faces: torch.Tensor) -> torch.Tensor:
    """Faces cut tight, (N, 3, 128, 128) in [0, 1] -> what the trunk sees in 4x4 places of them, (N, 2048)."""
    with torch.no_grad():
        maps = load("trunk")(faces, "1/16")["1/16"]  # (N, 128, 8, 8)
    return F.adaptive_avg_pool2d(maps, _GRID).flatten(1)


def identity_of(faces: torch.Tensor) -> torch.Tensor:
    """Faces cut tight, (N, 3, 128, 128) in [0, 1] -> directions in which people differ, (N, D).

    The trunk's features less their mean, on those axes along which different people lie far apart and pictures of one
    person close together (Fisher, "The use of multiple measurements in taxonomic problems", 1936;
    `course/recipes/identity.py` makes it).
    """
    # v = W (f - mean)
    mean, axes = _identity_axes()
    return (identity_features(faces) - mean) @ axes


@functools.lru_cache(maxsize=1)
def _identity_axes() -> tuple:
    tensors = weights.load_tensors(IDENTITY)
    return tensors["mean"].float(), tensors["axes"].float()
