"""Seeing with features: what the layers of a convolutional network find in a picture, and distances between that.

    maps = features.extract_features(image)         # of 128 px: {"1/2": (1, 32, 64, 64), ..., "1/16": (1, 128, 8, 8)}
    features.perceptual_distance(maps, features.extract_features(other))
    features.identity_similarity(photo, other_photo)

The default network is the trunk of our own landmarker, which is always there. ResNet-50 and VGG-19, trained on a
million photographs, see more; `course data fetch resnet50` gets their weights.
"""

import numpy as np
import torch
from torch.nn import functional as F

from .. import errors, images
from ..keypoints import crops
from . import networks

# ---------------------------------------------------------------- what a convolution is


def conv2d(image: torch.Tensor, kernel: torch.Tensor, bias: torch.Tensor | None = None, stride: int = 1,
           padding: int = 0) -> torch.Tensor:
    """A kernel laid on every place of a picture: (N, C, H, W), (K, C, h, w) -> (N, K, H', W').

    H' = floor((H + 2 padding - h) / stride) + 1, and the same for W'. The picture's rim is padded with zeros. Like
    every such layer it does not turn the kernel round, so a mathematician would call it a cross-correlation.
    """
    if padding:
        image = F.pad(image, (padding, padding, padding, padding))
    rows = (image.shape[2] - kernel.shape[2]) // stride + 1
    columns = (image.shape[3] - kernel.shape[3]) // stride + 1
    # y[n, k, r, c] = b[k] + sum_(channel, i, j) w[k, channel, i, j] x[n, channel, r s + i, c s + j]
    out = image.new_zeros(len(image), len(kernel), rows, columns)
    for i in range(kernel.shape[2]):
        for j in range(kernel.shape[3]):
            seen = image[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride]  # (N, C, H', W')
            out = out + torch.einsum("nchw,kc->nkhw", seen, kernel[:, :, i, j])
    return out if bias is None else out + bias[:, None, None]


def receptive_field(layers) -> tuple:
    """How many pixels (one way) a unit behind these layers sees, and how far apart two neighbours look.

    layers: (kernel, stride) or (kernel, stride, dilation) of each, from the picture on; pooling counts as a layer.
    Returns:
        (pixels seen, pixels between neighbours), two whole numbers.
    """
    seen, apart = 1, 1
    for kernel, stride, *dilation in layers:
        # r <- r + (k - 1) d j;  j <- j s
        seen += (kernel - 1) * (dilation[0] if dilation else 1) * apart
        apart *= stride
    return seen, apart


# ---------------------------------------------------------------- features of a picture


def extract_features(image, layers=None, network: str = "trunk") -> dict:
    """What a network's layers find in pictures: {layer: (N, C, H, W)}, without gradients.

    Args:
        image: a path or uint8 (H, W, 3), or float (N, 3, H, W) in [0, 1]; it is taken at its own size.
        layers: names of layers; default: all of `layer_names(network)`.
        network: "trunk", "resnet50", "vgg19", or "untrained", the trunk with random weights: a control that shows
            what the shape of a network sees without having learned anything.
    Raises:
        errors.CourseError: an unknown network or layer. errors.WeightsError: weights that have not been fetched.
        errors.ImageError: not an image.
    """
    net = networks.load(network)
    with torch.no_grad():
        return net(as_batch(image), layers)


def layer_names(network: str = "trunk") -> tuple:
    """The layers that `extract_features` can give, from the picture on.

    Raises `errors.CourseError`: no such network.
    """
    return networks.known_layers(network)


def as_batch(image) -> torch.Tensor:
    """float32 (N, 3, H, W) in [0, 1] of a path, of uint8 (H, W, 3), or of such a batch itself.

    Raises `errors.ImageError`: not an image, or a tensor of another shape or type.
    """
    if isinstance(image, torch.Tensor):
        if image.ndim != 4 or image.shape[1] != 3 or not image.is_floating_point():
            raise errors.ImageError(f"pictures are float (N, 3, H, W), not {image.dtype} {tuple(image.shape)}")
        return image
    return torch.from_numpy(images.as_image(image)).permute(2, 0, 1)[None].float() / 255


# ---------------------------------------------------------------- distances


def perceptual_distance(features_a, features_b, weights=None) -> torch.Tensor:
    """How different two pictures are to a network: the mean absolute difference of each layer's maps, added up.

    (Johnson et al., "Perceptual losses for real-time style transfer and super-resolution", 2016; with absolute
    differences, as here, it is the loss of the first-order motion model.)

    Args:
        features_a, features_b: what `extract_features` gives, or lists of maps (N, C, H, W), pair by pair of one shape.
        weights: one number a layer; default: 1 each.
    Returns:
        a scalar, with a gradient where the features have one.
    """
    pairs = list(zip(_maps(features_a), _maps(features_b), strict=True))
    weights = [1.0] * len(pairs) if weights is None else weights
    # d = sum_l w_l / (N C_l H_l W_l) sum |f_l(a) - f_l(b)|
    return sum(weight * (a - b).abs().mean() for (a, b), weight in zip(pairs, weights, strict=True))


def cosine_similarity(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The cosine of the angle between two vectors: (..., D), (..., D) -> (...); 1 the same direction, 0 none in common.

    A vector of zeros has no direction; its cosine with anything is 0.
    """
    # cos = a b / (|a| |b|)
    lengths = (a.square().sum(dim=-1) * b.square().sum(dim=-1)).sqrt()
    return (a * b).sum(dim=-1) / lengths.clamp(min=1e-8)


def identity_similarity(image_a, image_b) -> float:
    """Whether two photographs show the same person, as a cosine: about 1 for one picture, about 0 for strangers.

    A guide and no proof: it compares what the landmarker's trunk finds, and that network was never taught who is who.

    image_a, image_b: paths or uint8 (H, W, 3).
    Raises:
        errors.FaceError: no face, or several, in one of them. errors.ImageError: not an image.
    """
    a, b = (identity_vector(image) for image in (image_a, image_b))
    return float(cosine_similarity(a, b))


def identity_vector(image, points: np.ndarray | None = None) -> torch.Tensor:
    """What `identity_similarity` compares: a path or uint8 (H, W, 3) -> (D,).

    points: the face's 78 points (78, 2) in pixels, where they are known.
    Raises `errors.FaceError`: no face in the picture, or several.
    """
    from ..keypoints import find

    picture = images.as_image(image)
    if points is None:
        found = find.find_points(picture)
        if len(found) != 1:
            raise errors.FaceError(f"{len(found)} faces in the picture: identity is compared one face with one face")
        points = found[0]
    face = torch.from_numpy(crops.cut_tight(picture, points, 128)).permute(2, 0, 1)[None].float() / 255
    return networks.identity_of(face)[0]


def _maps(features) -> list:
    return list(features.values()) if isinstance(features, dict) else list(features)
