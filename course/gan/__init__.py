"""Noise to faces: two networks that learn from each other.

    z (N, L) -> pictures (N, 3, S, S) in [0, 1]

Lesson 07 builds both losses, both networks, and a step of the game.
"""

from .. import doors

doors.open_door(__name__, {
    "losses": (
        "GAMES discriminator_loss feature_matching generator_loss gradient_penalty hinge_discriminator_loss "
        "hinge_generator_loss hinge_loss least_squares_discriminator_loss least_squares_generator_loss "
        "losses_of r1_penalty saturating_generator_loss wasserstein_discriminator_loss "
        "wasserstein_generator_loss"),
    "networks": "KINDS build_discriminator build_generator count_parameters noise",
    "game": "Gan Settings build_gan gan_step smoothness",
    "train": "GanTask Trained load_generator train_gan",
    "data": "faces_from_folders faces_from_formula",
    "augmentation": "augment",
    "look": "diversity grid interpolate sample settled slerp",
})
