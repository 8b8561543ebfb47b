"""What does a network see?

    uint8 (H, W, 3) -> feature maps (C, h, w) of a layer, and distances between pictures that are made of them
"""

from .. import doors

doors.open_door(__name__, {
    "features": (
        "as_batch conv2d cosine_similarity extract_features identity_similarity identity_vector layer_names "
        "perceptual_distance receptive_field"),
})
