"""A made person, whom the checks of lesson 03 watch."""

import functools

import numpy as np


@functools.lru_cache(maxsize=1)
def somebody():
    """A made face that smiles a little and looks to the side, as the photo of a person does."""
    from course.face import model as face_model

    model = face_model.FaceModel.load()
    shape = model.mean + 0.8 * model.identity[0] - 0.5 * model.identity[2]
    return face_model.fit_face(filmed(shape, {"mouthSmileLeft": 0.3, "mouthSmileRight": 0.3, "headYaw": 6.0}, model))


def values_of(does: dict) -> np.ndarray:
    """Channel values (57,) of somebody who `does` something."""
    from course.face import channels as face_channels

    values = np.zeros(len(face_channels.CHANNELS))
    for name, value in does.items():
        values[face_channels.INDEX[name]] = value
    return values


def filmed(shape, does: dict, model):
    """The points (78, 2) of a shape that does something."""
    from course.face import model as face_model

    values = values_of(does)
    moved = face_model.blendshapes_to_points(shape, values[: face_model.N_CHANNELS], model.channels)
    return face_model.project(moved, values[face_model.HEAD_COLUMNS], 120.0, (200.0, 220.0))
