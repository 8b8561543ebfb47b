"""The face model's weights, out of labelled pictures and tracked motion: `course train face-model`."""

from pathlib import Path

import numpy as np
import torch

from ... import errors
from ...face import model as face_model
from ...io import weights
from ...training import labelled
from .. import table
from . import fitting


def train(data, *, motion=None, steps=None, resume: bool = False, device: str = "cpu", logdir=None,
          out="runs/face_model.safetensors") -> Path:
    """Build the model from all tracks but those of `fitting.HELD_OUT_TRACKS` and write its weights.

    Args:
        data: folders of labelled pictures; motion: a folder of tracked motion, .npz; steps, resume, device: there is
            nothing to choose, the model is worked out in a few rounds on the CPU; logdir: not needed; out: the
            weights' file.
    Returns:
        `out`.
    Raises:
        errors.CourseError: no labelled pictures, no tracks, or a choice that there is none of; errors.OutputError: a
        place that cannot be written.
    """
    table.refuse_steps("face-model", steps, resume, device)
    if motion is None:
        raise errors.CourseError("the face model learns from tracked motion, too: add --motion FOLDER")
    tracks = [track for track in fitting.load_tracks(motion) if track.name not in fitting.HELD_OUT_TRACKS]
    if not tracks:
        raise errors.CourseError(f"{motion} holds only tracks that are held out: name the folder with all the tracks")
    model = fitting.build(tracks, labelled.load_labelled(*data).part("train"))
    save(model, out)
    print(f"{out}: {len(model.identity)} identity components, {len(model.channels)} channels, "
          f"from {sum(len(track.points) for track in tracks)} frames of {len(tracks)} people")
    return Path(out)


def save(model: face_model.FaceModel, path) -> Path:
    """Write the weights that `FaceModel.load` reads. Raises `errors.OutputError`: the place cannot be written."""
    names = ("mean", "identity", "channels", "spread")
    arrays = {name: np.asarray(getattr(model, name), np.float32) for name in names}
    return weights.write_weights({name: torch.from_numpy(array) for name, array in arrays.items()}, path)
