"""What the landmarker sees of each channel: less than there is of brows; and a hair line that rises with them.

A network that is unsure answers nearer to the middle of what it has learned. So brows that rise are read as ones that
rise by halves, and a film's person would do so in the photo. How much is seen was measured on pictures whose
channels are known (`recipes/seen.py`); a film is fitted with the movements as they are seen, and the values found are
those that the face really has.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from .. import errors
from ..face import model as face_model
from ..io import weights

WEIGHTS = "seen.safetensors"


@lru_cache(maxsize=1)
def model() -> face_model.FaceModel:
    """The face model with each channel's displacements as the landmarker sees them. Raises `errors.WeightsError`."""
    plain, fields = face_model.FaceModel.load(), weights.load_arrays(WEIGHTS)["displacements"]
    if fields.shape != (*plain.channels.shape[:2], 2):
        raise errors.WeightsError(f"{WEIGHTS} holds displacements of another face model: install the package again")
    return replace(plain, channels=np.concatenate([fields.astype(float), plain.channels[..., 2:]], axis=-1))
