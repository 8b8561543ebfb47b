"""What a detector is worth while it is trained: measured on people who are not trained on."""

import numpy as np
import torch

from ...detection import boxes as detection_boxes
from ...detection import detector, torch_detector
from . import scenes as detector_scenes


class Validator:
    """Measures weights on pictures they are not trained on: single faces, crowds, and pictures without a face.

    Args:
        faces: N labelled faces (`training.LabelledFaces`); crowds, faceless: composed pictures of each kind, always
        the same ones.
    """

    def __init__(self, faces, crowds: int = 48, faceless: int = 96):
        composer = detector_scenes.SceneComposer(faces)
        truth = [box[None] for box in composer.boxes]
        self.singles = list(zip([pyramid[0] for pyramid in composer.pyramids], truth))
        scenes = [composer.crowd(np.random.default_rng((1, k))) for k in range(crowds)]
        self.crowds = [(scene.image, scene.boxes) for scene in scenes]
        self.faceless = [composer.without_face(np.random.default_rng((2, k))).image for k in range(faceless)]

    def measure(self, tensors: dict) -> dict:
        """The weights of a `detection.DetectorNet` -> {"recall", "crowd recall": shares of the faces that are found,
        0 to 1; "false alarms": faces found in all of the pictures without one}."""
        net = torch_detector.load_network({name: value.detach().cpu().clone() for name, value in tensors.items()})
        found = [recalled(detector.find_faces(net, image), boxes) for image, boxes in self.singles]
        crowded = [recalled(detector.find_faces(net, image), boxes) for image, boxes in self.crowds]
        alarms = [len(detector.find_faces(net, image)) for image in self.faceless]
        return {"recall": round(float(np.concatenate(found).mean()), 4),
                "crowd recall": round(float(np.concatenate(crowded).mean()), 4),
                "false alarms": int(sum(alarms))}


def recalled(faces: np.ndarray, truth: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """For every true box (F, 4), whether some found face (N, 5) overlaps it by IoU >= threshold: bool (F,)."""
    if not len(faces) or not len(truth):
        return np.zeros(len(truth), bool)
    overlap = detection_boxes.iou(torch.from_numpy(truth), torch.from_numpy(faces[:, :4]))
    return (overlap.amax(dim=1) >= threshold).numpy()
