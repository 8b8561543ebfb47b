"""The landmarker with every convolution done by `features.conv2d`, so that a student's part reads a face."""

import numpy as np
import torch
from torch import nn

from course import features, images, keypoints
from course.keypoints import crops as keypoint_crops

SHOWN = 3  # times as large as the network sees it is a face shown


class ByHand(nn.Module):
    """A convolution that asks `features.conv2d`, with the weights of an `nn.Conv2d`."""

    def __init__(self, convolution: nn.Conv2d):
        super().__init__()
        self.weight, self.bias = convolution.weight, convolution.bias
        self.stride, self.padding = convolution.stride[0], convolution.padding[0]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) -> (N, K, H', W')."""
        return features.conv2d(x, self.weight, self.bias, self.stride, self.padding)


def landmarker() -> nn.Module:
    """The landmarker, (N, 3, 128, 128) in [0, 1] -> points (N, 78, 2) in [0, 1], all of its convolutions by hand."""
    network, _ = keypoints.load_network()
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Conv2d):
                setattr(module, name, ByHand(child))
    return network.eval().requires_grad_(False)


def face_of(photo) -> tuple:
    """What the landmarker looks at in a photo with one face.

    photo: a path or uint8 (H, W, 3).
    Returns:
        crop, float (1, 3, 128, 128) in [0, 1]; the same crop to be shown, uint8 (384, 384, 3).
    Raises:
        errors.FaceError: no face is found. errors.ImageError: not an image.
    """
    from course import detection, errors

    image = images.as_image(photo)
    boxes = detection.detect_faces(image)
    if not len(boxes):
        raise errors.FaceError("no face in the picture")
    center, side = keypoints.square_from_box(boxes[0])
    small, large = (keypoint_crops.cut(image, keypoints.square_matrix(center, side, size), size)
                    for size in (128, 128 * SHOWN))
    return features.as_batch(small), large


def read_points(network: nn.Module, crop: torch.Tensor) -> np.ndarray:
    """68 points in pixels of the crop that is shown (see `face_of`): (68, 2)."""
    with torch.no_grad():
        found = network(crop)[0, : keypoints.N_IBUG].numpy()
    return found * crop.shape[-1] * SHOWN - 0.5
