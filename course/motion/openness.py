"""How far eyes and lips are open, in shares of what they would be: the retargeting sliders of LivePortrait.

1 leaves a face as it is, 0 shuts it. The shares of Guo et al., "LivePortrait: Efficient Portrait Animation with
Stitching and Retargeting Control" (2024), here on channels: a blink stays a blink, and lips that close for an m close.
"""

import numpy as np

from ..face import channels, posing
from ..face import model as face_model
from ..keypoints import landmarks

# Lids are not drawn further up than this, and further down a photo's own teeth and lip come apart.
MOST_EYES, MOST_LIPS = 1.3, 1.5
# Channels that part the lips (and mouthClose, which counts against jawOpen)
PARTING = [channels.INDEX[name] for name in ("jawOpen", "mouthClose", "mouthLowerDownLeft", "mouthLowerDownRight",
                                             "mouthUpperUpLeft", "mouthUpperUpRight")]
CLOSE, FUNNEL = channels.INDEX["mouthClose"], channels.INDEX["mouthFunnel"]
FUNNEL_GAP = 0.35  # a full mouthFunnel parts the lips by so much of a full mouthClose
CLOSE_GAP = 0.33  # and that closes so many eye distances
# How far a full eyeBlink brings lids together and a full eyeWide parts them, in eye distances (`data/face_model`)
BLINK_GAP, WIDE_GAP = 0.114, 0.055
SIDES = ((0, channels.INDEX["eyeBlinkRight"], channels.INDEX["eyeWideRight"]),
         (1, channels.INDEX["eyeBlinkLeft"], channels.INDEX["eyeWideLeft"]))


def opened(values: np.ndarray, face: face_model.Face, eyes: float = 1.0, lips: float = 1.0) -> np.ndarray:
    """Channel values (T, 57) of a face with eyes and lips so many times as far open: float (T, 57).

    eyes: 0 to `MOST_EYES`; lips: 0 to `MOST_LIPS`.
    """
    values = values.copy()
    if lips != 1:
        values[:, PARTING] *= lips
        if lips < 1:  # what rounds lips parts them a little, too, and so may a smile
            values[:, CLOSE] += (1 - lips) * FUNNEL_GAP * values[:, FUNNEL].clip(0) + _left_open(face, lips)
    if eyes != 1:
        _open_eyes(values, face, eyes)
    return values


def _left_open(face: face_model.Face, lips: float) -> float:
    """How much of a mouthClose the photo's own lips still want, its other channels having their share."""
    scaled = face.rest.copy()
    scaled[PARTING] *= lips
    return max(0.0, _gap(face, scaled) - lips * _gap(face, face.rest)) / CLOSE_GAP


def _gap(face: face_model.Face, values: np.ndarray) -> float:
    """How far lips stand apart at channel values (57,): eye distances."""
    points = posing.posed_points(face, values)
    return float((points[[67, 66, 65], 1] - points[[61, 62, 63], 1]).mean()) / face.scale


def _open_eyes(values: np.ndarray, face: face_model.Face, eyes: float) -> None:
    """In place: a lid goes down by its share of the way on which the photo's own gap closes, or up by it."""
    at_rest = posing.posed_points(face, face.rest)
    for side, blink, wide in SIDES:
        gaps = at_rest[landmarks.LID_LOWER[side][1:-1]] - at_rest[landmarks.LID_UPPER[side][1:-1]]
        own, left = float(np.linalg.norm(gaps, axis=1).mean()) / face.scale, max(1 - face.rest[blink], 0.1)
        up = np.clip((1 - values[:, blink]) / left, 0, 1)  # 0 in the middle of a blink
        if eyes < 1:
            closes = min(left, own / BLINK_GAP)
            # and towards 0 the rest of the blink, so that lids meet along all of their length
            values[:, blink] += up * ((1 - eyes) * closes + (1 - eyes) ** 4 * (left - closes))
        else:
            values[:, wide] += (eyes - 1) * up * own / WIDE_GAP
