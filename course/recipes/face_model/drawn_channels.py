"""What each channel does, drawn by hand: which points move where when it goes from 0 to 1.

Units: outer-eye distances; x right in the picture, y down, z away from the viewer. Only the person's right
half (on the left of the picture) and the middle are drawn; `field` mirrors the rest. Recorded faces hardly
show some of these movements (a puffed cheek, lips closed over an open jaw), so `fitting` starts from
this drawing and lets recordings change only what they show, and only within the parts a channel touches.

The names and the meaning of the channels are those of ARKit's blend shapes (Apple, 2017).
"""

import numpy as np

from ...face import channels
from ...keypoints import landmarks

# name of the channel without its side -> {point: (right, down, back)}.
# A name with "*" is drawn for the right side: at the left it is the mirror image.
ONE_SIDED = {
    "browDown*": {17: (0.005, 0.02, 0), 18: (0.01, 0.04, 0), 19: (0.015, 0.055, 0), 20: (0.02, 0.07, 0),
                  21: (0.025, 0.075, 0)},
    "browOuterUp*": {17: (0, -0.06, 0), 18: (0, -0.085, 0), 19: (0, -0.075, 0), 20: (0, -0.035, 0),
                     21: (0, -0.01, 0)},
    "cheekSquint*": {40: (0, -0.02, 0), 41: (0, -0.02, 0)},
    # the upper lid comes down to the lower one, which hardly rises
    "eyeBlink*": {37: (0, 0.088, 0.005), 38: (0, 0.092, 0.005), 40: (0, -0.008, 0), 41: (0, -0.008, 0)},
    "eyeLookDown*": {68: (0, 0.045, 0), 37: (0, 0.03, 0), 38: (0, 0.03, 0), 40: (0, 0.008, 0), 41: (0, 0.008, 0)},
    "eyeLookUp*": {68: (0, -0.05, 0), 37: (0, -0.015, 0), 38: (0, -0.015, 0)},
    "eyeLookIn*": {68: (0.075, 0, 0)},  # towards the nose
    "eyeLookOut*": {68: (-0.075, 0, 0)},
    "eyeSquint*": {37: (0, 0.012, 0), 38: (0, 0.012, 0), 40: (0, -0.03, 0), 41: (0, -0.03, 0)},
    "eyeWide*": {37: (0, -0.035, 0), 38: (0, -0.035, 0), 40: (0, 0.012, 0), 41: (0, 0.012, 0)},
    "mouthDimple*": {48: (-0.05, -0.01, 0.04), 60: (-0.045, -0.01, 0.04), 49: (-0.02, 0, 0.01),
                     59: (-0.02, 0, 0.01)},
    "mouthFrown*": {48: (0, 0.06, 0), 60: (0, 0.055, 0), 49: (0, 0.02, 0), 59: (0, 0.035, 0), 58: (0, 0.01, 0),
                    61: (0, 0.01, 0), 67: (0, 0.01, 0)},
    "mouthLowerDown*": {59: (0, 0.05, 0), 58: (0, 0.06, 0), 57: (0, 0.028, 0), 67: (0, 0.065, 0), 66: (0, 0.03, 0),
                        48: (0, 0.01, 0), 60: (0, 0.01, 0)},
    "mouthUpperUp*": {49: (0, -0.045, 0), 50: (0, -0.06, 0), 51: (0, -0.025, 0), 61: (0, -0.065, 0),
                      62: (0, -0.03, 0), 48: (0, -0.01, 0), 60: (0, -0.01, 0), 31: (0, -0.01, 0)},
    # the red of the lips grows thin while their line stays
    "mouthPress*": {49: (0, 0.008, 0.01), 50: (0, 0.012, 0.01), 51: (0, 0.006, 0.005), 61: (0, 0.003, 0.005),
                    59: (0, -0.008, 0.01), 58: (0, -0.012, 0.01), 57: (0, -0.006, 0.005), 67: (0, -0.003, 0.005),
                    48: (-0.01, 0, 0.01), 60: (-0.01, 0, 0.01)},
    "mouthSmile*": {48: (-0.09, -0.09, 0.05), 60: (-0.08, -0.08, 0.05), 49: (-0.05, -0.045, 0.02),
                    50: (-0.02, -0.015, 0.01), 61: (-0.03, -0.025, 0.01), 59: (-0.05, -0.05, 0.02),
                    58: (-0.02, -0.02, 0.01), 67: (-0.02, -0.015, 0.01), 51: (0, -0.005, 0), 57: (0, -0.005, 0),
                    62: (0, -0.005, 0), 66: (0, -0.005, 0)},
    "mouthStretch*": {48: (-0.07, 0.03, 0.03), 60: (-0.065, 0.03, 0.03), 49: (-0.035, 0.005, 0.01),
                      59: (-0.035, 0.02, 0.01), 58: (-0.012, 0.01, 0), 61: (-0.015, 0.005, 0), 67: (-0.015, 0.01, 0)},
    "noseSneer*": {31: (-0.008, -0.03, 0), 32: (0, -0.02, 0), 49: (0, -0.012, 0), 50: (0, -0.018, 0)},
}  # fmt: skip

# drawn for the right half and the middle; the left half mirrors it, both move together
SYMMETRIC = {
    "browInnerUp": {21: (0, -0.11, 0), 20: (0, -0.085, 0), 19: (0, -0.045, 0), 18: (0, -0.015, 0)},
    "cheekPuff": {3: (-0.04, 0, 0), 4: (-0.05, 0, -0.02), 5: (-0.04, 0, -0.02), 48: (0.02, 0, -0.02),
                  60: (0.02, 0, -0.02), 49: (0.005, 0, -0.02), 50: (0, 0, -0.02), 51: (0, 0, -0.02),
                  57: (0, 0, -0.02), 58: (0, 0, -0.02), 59: (0.005, 0, -0.02)},
    "jawForward": {8: (0, 0, -0.1), 7: (0, 0, -0.1), 6: (0, 0, -0.09), 5: (0, 0, -0.07), 4: (0, 0, -0.04),
                   57: (0, 0, -0.08), 58: (0, 0, -0.08), 59: (0, 0, -0.06), 66: (0, 0, -0.07), 67: (0, 0, -0.06)},
    # the jaw turns about the ears: the chin goes down and a little back, the corners follow half-way
    "jawOpen": {8: (0, 0.36, 0.1), 7: (0.01, 0.36, 0.1), 6: (0.015, 0.33, 0.09), 5: (0.02, 0.24, 0.06),
                4: (0.015, 0.16, 0.04), 3: (0.01, 0.09, 0.02), 2: (0, 0.03, 0.01), 57: (0, 0.33, 0.09),
                58: (0.005, 0.32, 0.09), 59: (0.015, 0.26, 0.07), 66: (0, 0.34, 0.08), 67: (0.005, 0.31, 0.07),
                48: (0.02, 0.13, 0.03), 60: (0.025, 0.14, 0.03), 49: (0.01, 0.02, 0), 61: (0.005, 0.005, 0)},
    # the lips meet while the jaw stays where it is: takes back what jawOpen did to them
    "mouthClose": {66: (0, -0.275, -0.06), 67: (-0.005, -0.25, -0.05), 57: (0, -0.245, -0.06),
                   58: (-0.005, -0.235, -0.06), 59: (-0.012, -0.185, -0.05), 60: (-0.02, -0.08, -0.02),
                   48: (-0.015, -0.075, -0.02), 62: (0, 0.065, 0), 61: (0, 0.06, 0), 51: (0, 0.05, 0),
                   50: (0, 0.045, 0), 49: (0, 0.03, 0)},
    "mouthFunnel": {48: (0.09, 0, -0.04), 60: (0.09, 0, -0.04), 49: (0.045, -0.02, -0.06), 50: (0.02, -0.03, -0.07),
                    51: (0, -0.035, -0.07), 61: (0.025, -0.045, -0.06), 62: (0, -0.05, -0.06),
                    59: (0.045, 0.03, -0.06), 58: (0.02, 0.035, -0.07), 57: (0, 0.04, -0.07),
                    67: (0.025, 0.05, -0.06), 66: (0, 0.055, -0.06)},
    "mouthPucker": {48: (0.12, 0, -0.06), 60: (0.115, 0, -0.06), 49: (0.06, 0, -0.08), 50: (0.03, -0.01, -0.09),
                    51: (0, -0.012, -0.09), 61: (0.035, 0, -0.08), 62: (0, 0, -0.08), 59: (0.06, 0, -0.08),
                    58: (0.035, 0.01, -0.09), 57: (0, 0.012, -0.09), 67: (0.035, 0, -0.08), 66: (0, 0, -0.08)},
    "mouthRollLower": {57: (0, -0.06, 0.03), 58: (0, -0.055, 0.03), 59: (0, -0.035, 0.02), 66: (0, -0.015, 0.04),
                       67: (0, -0.012, 0.035)},
    "mouthRollUpper": {51: (0, 0.045, 0.03), 50: (0, 0.045, 0.03), 49: (0, 0.03, 0.02), 62: (0, 0.012, 0.035),
                       61: (0, 0.01, 0.03)},
    "mouthShrugLower": {57: (0, -0.05, -0.04), 58: (0, -0.045, -0.04), 59: (0, -0.025, -0.03), 66: (0, -0.035, -0.03),
                        67: (0, -0.03, -0.03), 48: (0, 0.01, 0), 60: (0, 0.01, 0), 8: (0, -0.025, 0),
                        7: (0, -0.02, 0), 6: (0, -0.01, 0)},
    "mouthShrugUpper": {51: (0, -0.04, -0.03), 50: (0, -0.04, -0.03), 49: (0, -0.025, -0.02), 62: (0, -0.02, -0.02),
                        61: (0, -0.018, -0.02)},
}  # fmt: skip

# drawn for the right half and the middle as a movement towards the right of the picture (the person's left);
# the other half makes the same movement, not its mirror image
SIDEWAYS = {
    "jaw*": {8: (0.11, 0, 0), 7: (0.11, 0, 0), 6: (0.1, 0, 0), 5: (0.075, 0, 0), 4: (0.05, 0, 0), 3: (0.03, 0, 0),
             57: (0.08, 0, 0), 58: (0.08, 0, 0), 59: (0.065, 0, 0), 66: (0.075, 0, 0), 67: (0.07, 0, 0),
             48: (0.03, 0, 0), 60: (0.03, 0, 0)},
    "mouth*": {48: (0.1, 0.01, -0.02), 60: (0.1, 0.01, -0.02), 49: (0.1, 0, 0), 50: (0.1, 0, 0), 51: (0.095, 0, 0),
               61: (0.095, 0, 0), 62: (0.095, 0, 0), 57: (0.095, 0, 0), 58: (0.1, 0, 0), 59: (0.1, 0, 0),
               66: (0.095, 0, 0), 67: (0.095, 0, 0), 33: (0.01, 0, 0), 8: (0.02, 0, 0), 7: (0.02, 0, 0)},
}  # fmt: skip

PARTS = {
    "jaw": landmarks.JAW,
    "brows": np.r_[landmarks.BROW_RIGHT, landmarks.BROW_LEFT],
    "lids": np.r_[landmarks.EYE_RIGHT, landmarks.EYE_LEFT],
    "lips": np.r_[landmarks.LIPS_OUTER, landmarks.LIPS_INNER],
    "nose": landmarks.NOSE,
    "pupils": landmarks.PUPILS,
}
MIDDLE = np.flatnonzero(landmarks.FLIP == np.arange(landmarks.N_POINTS))
RIGHT_HALF = np.r_[0:8, 17:22, 31:33, 36:42, 48:51, 58:62, 67, 68, 70:74]


def mirror(displacements: np.ndarray) -> np.ndarray:
    """The same movement of the face in a mirror: (..., 78, 3) -> (..., 78, 3)."""
    return displacements[..., landmarks.FLIP, :] * np.array([-1.0, 1.0, 1.0])


def mirrored_name(name: str) -> str:
    """The channel a mirror shows: eyeBlinkLeft -> eyeBlinkRight; jawOpen stays."""
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name[: -len(side)] + other
    return name


# channel j in a mirror is channel MIRRORED[j]
MIRRORED = np.array([channels.BLENDSHAPES.index(mirrored_name(name)) for name in channels.BLENDSHAPES])


def field(name: str) -> np.ndarray:
    """The drawn displacement of one channel at full strength: (78, 3) in eye distances."""
    if name in SYMMETRIC:
        right = _array(SYMMETRIC[name])
        both = right + mirror(right)
        both[MIDDLE] = right[MIDDLE]
        return both
    stem = name.removesuffix("Left").removesuffix("Right") + "*"
    if stem in SIDEWAYS:
        right = _array(SIDEWAYS[stem])
        moved = right + right[landmarks.FLIP] * [1, 1, -1]
        moved[MIDDLE] = right[MIDDLE]
        return moved if name.endswith("Left") else mirror(moved)
    right = _array(ONE_SIDED[stem])
    return right if name.endswith("Right") else mirror(right)


def fields() -> np.ndarray:
    """All drawn displacements in the order of `face.BLENDSHAPES`: (51, 78, 3)."""
    return np.stack([field(name) for name in channels.BLENDSHAPES])


def region(name: str) -> np.ndarray:
    """Which points recordings may move with a channel: (78,) bool, the parts it is drawn on, on its own side."""
    drawn = np.abs(field(name)).sum(axis=1) > 0
    allowed = np.zeros(landmarks.N_POINTS, bool)
    for points in PARTS.values():
        allowed[points] = drawn[points].any()
    stem = name.removesuffix("Left").removesuffix("Right") + "*"
    if stem in ONE_SIDED:
        own = np.zeros(landmarks.N_POINTS, bool)
        own[RIGHT_HALF] = True
        if name.endswith("Left"):
            own = own[landmarks.FLIP]
        own[MIDDLE] = drawn[MIDDLE]
        allowed &= own
    return allowed


def _array(drawing: dict) -> np.ndarray:
    array = np.zeros((landmarks.N_POINTS, 3))
    for point, displacement in drawing.items():
        array[point] = displacement
    return array
