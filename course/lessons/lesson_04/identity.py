"""Who is it? Cosines between pictures of people, by several kinds of vectors."""

import numpy as np
import torch

from course import features, images
from course.features import networks as feature_networks

GRID = 4  # places a side to which the last maps are averaged


def vectors_of(faces: torch.Tensor) -> dict:
    """Faces cut tight (N, 3, 128, 128) as vectors (N, D), in several ways, {words: vectors}."""
    trunk = feature_networks.identity_features(faces)
    maps = features.extract_features(faces, "1/16", "untrained")["1/16"]
    untrained = torch.nn.functional.adaptive_avg_pool2d(maps, GRID).flatten(1)
    return {"trunk as it is": trunk, "trunk less its mean": trunk - trunk.mean(dim=0),
            "untrained less its mean": untrained - untrained.mean(dim=0),
            "identity axes": feature_networks.identity_of(faces)}


def tables(album) -> dict:
    """The cosine of every picture of an album with every other, (N, N), for each kind of vector."""
    return {words: features.cosine_similarity(vectors[:, None], vectors[None]).numpy()
            for words, vectors in vectors_of(album.tight()).items()}


def with_drawn(photo, album) -> float:
    """The cosine of the person in a photo with the first person of an album, along the axes of identity.

    photo: a path or uint8 (H, W, 3) with one face. Raises `errors.FaceError`, `errors.ImageError`.
    """
    drawn = images.from_tensor(album.pictures[0])
    other = features.identity_vector(drawn, np.asarray(album.points[0]))
    return float(features.cosine_similarity(features.identity_vector(photo), other))
