"""A head that stands still while its face moves: what a fit takes for the head's movement then is its own mistake."""

import numpy as np

from ..face import channels
from ..face import model as face_model
from ..interpolation import smoothstep

# A head whose angles vary by less than the second, in degrees, stands still, and by more than the first, it moves. How
# far a whole expression leads a fit of it astray at most: degrees, eye distances, and size
STANDS_STILL = 1.5, 0.75
ASTRAY = np.array([2.0, 2.0, 2.0, 0.03, 0.03, 0.02])
FULL_FRAMES = 0.3  # a channel that moves less over the whole film than this many frames at full strength tells nothing
MOVING = [[i for i, name in enumerate(channels.BLENDSHAPES) if name.startswith(group)] for group in (
    "jawOpen", "jawForward", "mouthSmile", "mouthFrown", "mouthStretch", "mouthPucker", "mouthFunnel", "mouthUpperUp",
    "mouthClose", "browInnerUp", "browOuterUp", "browDown", "eyeBlink", "eyeWide")]


def standing_still(values: np.ndarray) -> np.ndarray:
    """Values (T, 57) of a head that hardly moves, which expression does not move either.

    A jaw that drops draws the outline's points down, brows that rise the hair line, and a fit takes some of that for
    the head. Where a head stands still, what goes along with the expressions is that mistake: it is found by least
    squares, bounded, and taken off. Heads that move nod with what they say, and are left alone.
    """
    head = values[:, face_model.HEAD_COLUMNS].astype(float)  # (T, 6)
    share = float(smoothstep(*STANDS_STILL, head[:, :3].std(axis=0).max()))
    if share == 0:
        return values
    shown = np.stack([values[:, columns].mean(axis=1) for columns in MOVING], axis=1).astype(float)  # (T, K)
    e, h = shown - shown.mean(axis=0), head - head.mean(axis=0)
    # B = (E'E + ridge)^-1 E'H
    astray = np.linalg.solve(e.T @ e + FULL_FRAMES * np.eye(len(MOVING)), e.T @ h).clip(-ASTRAY, ASTRAY)
    stilled = np.array(values, float)
    stilled[:, face_model.HEAD_COLUMNS] = head - share * (shown - shown[0]) @ astray  # as the first frame has it
    return stilled
