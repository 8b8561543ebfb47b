"""The names of what a face can do: 51 blendshapes, the place of the head, the tongue, and the breath."""


# The 51 ARKit blendshapes that MediaPipe scores; each goes from 0 (rest) to 1 (full).
BLENDSHAPES = (
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff",
    "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft",
    "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight",
    "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight",
    "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose", "mouthDimpleLeft", "mouthDimpleRight",
    "mouthFrownLeft", "mouthFrownRight", "mouthFunnel", "mouthLeft", "mouthLowerDownLeft",
    "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft",
    "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight",
)  # fmt: skip
# The head: degrees (pitch: + looks down, yaw: + turns towards the right of the picture, roll: + tilts
# clockwise as seen); shifts right and down in eye distances; size as a ratio minus one. All 0 at rest.
HEAD = ("headPitch", "headYaw", "headRoll", "headX", "headY", "headScale")
CHANNELS = BLENDSHAPES + HEAD  # what points show: a row of values has these, and a film that is followed gives them
# What no point shows. The tongue: 0 behind the lower teeth, a half behind the upper ones, 1 between the lips. The
# breath: 0 out, 1 in, shoulders and chest risen.
INSIDE = ("tongueOut", "breath")
MOTION_CHANNELS = CHANNELS + INSIDE  # all that a Motion may hold
INDEX = {name: i for i, name in enumerate(CHANNELS)}
