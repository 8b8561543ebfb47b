"""How far eyes and lips are open, in shares of what they would be: the retargeting sliders of LivePortrait.

1 leaves a face as it is, 0 shuts it. The shares of Guo et al., "LivePortrait: Efficient Portrait Animation with
Stitching and Retargeting Control" (2024), here on channels: a blink stays a blink, and lips that close for an m close.
"""

import numpy as np

from ..face import channels, posing
from ..face import model as face_model
from ..keypoints import landmarks

MOST_EYES, MOST_LIPS = 1.3, 2.0  # lids are not drawn further up than this
# Channels that part the lips (and mouthClose, which counts against jawOpen)
PARTING = [channels.INDEX[name] for name in ("jawOpen", "mouthClose", "mouthLowerDownLeft", "mouthLowerDownRight",
                                             "mouthUpperUpLeft", "mouthUpperUpRight")]
CLOSE, FUNNEL = channels.INDEX["mouthClose"], channels.INDEX["mouthFunnel"]
FUNNEL_GAP = 0.35  # a full mouthFunnel parts the lips by so much of a full mouthClose
# lids a full eyeWide parts, in eye distances (`data/face_model`)
WIDE_GAP = 0.055
SIDES = ((0, channels.INDEX["eyeBlinkRight"], channels.INDEX["eyeWideRight"]),
         (1, channels.INDEX["eyeBlinkLeft"], channels.INDEX["eyeWideLeft"]))


def opened(values: np.ndarray, face: face_model.Face, eyes: float = 1.0, lips: float = 1.0) -> np.ndarray:
    """Channel values (T, 57) of a face with eyes and lips so many times as far open: float (T, 57).

    eyes: 0 to `MOST_EYES`; lips: 0 to `MOST_LIPS`.
    """
    values = values.copy()
    if lips != 1:
        values[:, PARTING] *= lips
        # what rounds lips parts them a little, too
        values[:, CLOSE] += max(0.0, 1 - lips) * FUNNEL_GAP * values[:, FUNNEL].clip(0)
    if eyes != 1:
        _open_eyes(values, face, eyes)
    return values


def _open_eyes(values: np.ndarray, face: face_model.Face, eyes: float) -> None:
    """In place: a lid has its share of the way that it is up, and a widened one goes on by what is missing."""
    at_rest = posing.posed_points(face, face.rest)
    for side, blink, wide in SIDES:
        up = (1 - values[:, blink]).clip(0)
        # 1 - b' = s (1 - b)
        values[:, blink] = 1 - min(eyes, 1.0) * up
        if eyes > 1:
            gaps = at_rest[landmarks.LID_LOWER[side][1:-1], 1] - at_rest[landmarks.LID_UPPER[side][1:-1], 1]
            own = float(gaps.mean()) / face.scale
            values[:, wide] += (eyes - 1) * own / WIDE_GAP * np.minimum(up / max(1 - face.rest[blink], 0.1), 1)
