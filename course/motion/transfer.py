"""How movement meets a photo: a Motion becomes channel values for one particular face.

A photo has an expression of its own (`face.rest`). Speech takes the place of what the lips did and leaves the
rest of the expression alone; a driving video adds its change to the photo (relative, `retarget`), or replaces its
pose and expression (absolute).
"""

import numpy as np

from ..face import channels
from ..face import model as face_model
from ..interpolation import smoothstep
from . import direction, expressive, motion, openness, shown, strength

N_BLENDSHAPES = len(channels.BLENDSHAPES)
LIPS = np.array([name.startswith(("jaw", "mouth")) for name in channels.CHANNELS])
HEAD_ANGLES = np.array([channels.INDEX[name] for name in ("headPitch", "headYaw", "headRoll")])
HEAD_PLACE = np.array([channels.INDEX[name] for name in ("headX", "headY", "headScale")])
BLINKS = np.array([channels.INDEX["eyeBlinkLeft"], channels.INDEX["eyeBlinkRight"]])

# While somebody speaks, these keep half of what the photo shows: a smile goes on smiling.
CHARACTER = np.array([name.startswith(("mouthSmile", "mouthFrown", "mouthDimple")) for name in channels.CHANNELS])
KEPT_CHARACTER = 0.5
EASE_IN = 0.3  # seconds in which the photo's own mouth gives way to speech

FREE_TURN = 18.0  # degrees away from the photo up to which a head turns as it is told
MAX_TURN = 28.0  # and which it never passes: one picture does not know the far side of a head
MAX_TOGETHER = 1.15  # turns about several axes, as shares of that, together
# How far the head goes from its place in the photo as it is told: to a side, up or down (eye distances), and in size
# (log of the ratio); all count together. A picture ends below the collar and shows little behind the head.
FREE_PLACE = np.array([0.9, 0.55, 0.3])
MAX_PLACE = 1.3  # times as far it never goes
TURN_SHARE = 0.8  # a head turned as far as it can has this share of its room left
MAX_BLENDSHAPE = 1.2
LEAST_SHARE, MOST_SHARE = 0.6, 1.5  # how much smaller and larger than the driver's a movement becomes
MAX_GAIN = 2.0  # a lid moves at most twice as far as the driver's: the jitter of one nearly shut would grow with it


def values_for(moved: motion.Motion, face: face_model.Face, mode: str, options) -> np.ndarray:
    """Channel values for a face, from a motion.

    Args:
        moved: T frames; face: the photo's; options: `animation.Settings`, of which `head`, `strength`, `expression`,
            `gaze`, `eyes_open` and `lips_open` count.
        mode: "speech": lips as spoken, everything else moves around the photo's own expression;
            "offset": added to the photo; "relative": the change since the driver's best frame, carried over
            (`retarget`); "absolute": the driver's expression and pose, whatever the photo shows.
    Returns:
        float32 (T, 57), in the order of `face.CHANNELS`.
    Raises:
        errors.MotionError: no such expression, gaze or pose.
    """
    values, strong, most = moved.full(), strength.strengths(options.strength), MAX_BLENDSHAPE  # (T, 57), (57,)
    wanted = direction.expression_rows(options.expression, (np.arange(len(moved)) + 0.5) / moved.fps)
    if mode == "speech":
        wanted = expressive.over_lips(values, wanted)
        values = _speaking(values * strong, face.rest, moved.fps)
    elif mode == "offset":
        values = face.rest + values * strong
    elif mode == "relative":
        values[:, HEAD_ANGLES] *= direction.head_strength(options.head)
        start = values[find_best_frame(values * visible(), face.rest * visible())]
        values = retarget(in_own_range(values, start, face.rest), start, face.rest)
    if mode in ("relative", "absolute"):
        if moved.beside is not None:  # a film that was followed; a Motion of one's own moves as it says
            values, most = shown.enough(values, face, beside=mode == "absolute"), shown.reach(MAX_BLENDSHAPE)
        values = face.rest + (values - face.rest) * strong
    values = direction.directed(values + wanted, face.rest, options, moved.fps)
    return within_reach(openness.opened(values, face, options.eyes_open, options.lips_open), face.rest, most)


def visible() -> np.ndarray:
    """How much a channel of a face counts when two frames are compared: (57,), 1 for the usual one.

    By how far it moves the points: a jaw that hangs is seen before a dimple. The head's channels count 1.
    """
    reach = np.linalg.norm(face_model.FaceModel.load().channels, axis=(1, 2))  # (51,)
    return np.r_[np.sqrt(reach / np.median(reach)), np.ones(len(channels.HEAD))]


def beside_for(moved: motion.Motion, mode: str, options):
    """What a photo's points do beside their channels: float32 (T, 78, 2), in eye distances, or None.

    Only where the face itself is taken over (mode "absolute"): what the model leaves over belongs to the driver's face.
    options: `animation.Settings`, of which `strength` counts.
    """
    if mode != "absolute" or moved.beside is None:
        return None
    return moved.beside * strength.of_points(options.strength)[:, None]


def find_best_frame(values: np.ndarray, rest: np.ndarray) -> int:
    """The driver's frame that looks most like the photo: (T, 57), (57,) -> index.

    Relative movement counts from there, so that the driver's shut mouth meets the photo's shut mouth
    (the idea of the best frame in First Order Motion, Siarohin et al., 2019, on channels instead of points).
    """
    scale = np.ones(len(channels.CHANNELS), np.float32)
    scale[HEAD_ANGLES] = 1 / 30  # thirty degrees weigh as much as one full blendshape
    far = ((values - rest) * scale)[:, : N_BLENDSHAPES + 3]
    return int(np.argmin((far**2).sum(axis=1)))


def relative_motion(source: np.ndarray, driving: np.ndarray, start: np.ndarray, scale=None) -> np.ndarray:
    """The driver's change since a start, made as large as the source needs it, added to the source.

    p = p_s + s (p_d - p_d0), First Order Motion (Siarohin et al., 2019).

    Args:
        source: (K, 2) points of the photo, or channels (C,); driving: the same of every frame, (T, K, 2) or (T, C);
            start: that of the frame from which movement counts, (K, 2) or (C,).
        scale: s, a number or one for each channel; None for points: by the areas of their convex hulls.
    Returns:
        (T, K, 2) or (T, C).
    """
    if scale is None:
        scale = np.sqrt(hull_area(source) / hull_area(start))
    return source + scale * (driving - start)


def hull_area(points: np.ndarray) -> float:
    """The area inside a rubber band around points (K, 2), in squares of their unit."""
    from scipy.spatial import ConvexHull

    return float(ConvexHull(points).volume)  # in the plane `.area` is the length of the band


def retarget(values: np.ndarray, start: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """What a driver does, as another face does it: values (T, 57), the driver's start (57,), the photo's rest (57,).

    Nearly every channel moves as far as the driver's. Two kinds cannot. Steps aside count in eye distances, and a
    driver who starts nearer to the camera takes larger ones: they are divided by the size at the start. And a lid that
    falls goes the same share of the way that is left, so that shut meets shut, whatever was half shut before.

    Returns:
        (T, 57); at the driver's start it is the photo's rest.
    """
    scale = np.ones(np.shape(values))  # (T, 57)
    scale[:, HEAD_PLACE] = 1 / (1 + start[channels.INDEX["headScale"]])
    # g = (1 - r) / (1 - v0): what the photo's lid has left over what the driver's had
    left = (1 - rest[BLINKS]).clip(0) / (1 - start[BLINKS]).clip(1e-6)
    scale[:, BLINKS] = np.where(values[:, BLINKS] > start[BLINKS], np.minimum(left, MAX_GAIN), 1.0)
    return relative_motion(rest, values, start, scale)


def in_own_range(values: np.ndarray, start: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """A driver's channels made as large as another face has room for them: (T, 57), (57,), (57,) -> (T, 57).

    A driver who starts with a jaw half dropped has half of the way left, and a photo whose mouth is shut has all of it:
    so what goes up goes the same share of the way to the full movement, and what goes down the same share of the way
    to none, within `LEAST_SHARE` and `MOST_SHARE`. Lids have a rule of their own in `retarget`, and the head has none.
    """
    v, v0, r = (np.asarray(rows, float)[..., :N_BLENDSHAPES] for rows in (values, start, rest))
    # g = (1.2 - r) / (1.2 - v0) upwards, r / v0 downwards
    up = (MAX_BLENDSHAPE - r) / np.maximum(MAX_BLENDSHAPE - v0, 1e-6)
    down = r.clip(0) / np.maximum(v0, 1e-6)
    share = np.where(v > v0, up, np.where(v0 > 0, down, 1.0)).clip(LEAST_SHARE, MOST_SHARE)
    share[:, BLINKS] = 1.0
    ranged = np.array(values, float)
    ranged[:, :N_BLENDSHAPES] = v0 + share * (v - v0)
    return ranged


def _speaking(values: np.ndarray, rest: np.ndarray, fps: float) -> np.ndarray:
    """Spoken lips over a photo's expression: (T, 57)."""
    kept = np.where(LIPS, np.where(CHARACTER, KEPT_CHARACTER, 0.0), 1.0)  # (57,)
    seconds = (np.arange(len(values)) / fps)[:, None]
    ease = smoothstep(0, EASE_IN, seconds)  # starts and ends without a jerk
    base = rest * (1 - ease * (1 - kept))  # (T, 57)
    spoken = base + values * np.where(LIPS, ease, 1.0)
    # A lid half down in the photo has only the other half left to fall.
    spoken[:, BLINKS] = rest[BLINKS] + (1 - rest[BLINKS]).clip(0) * values[:, BLINKS].clip(0, 1)
    return spoken


def bent(asked: np.ndarray, free, most) -> np.ndarray:
    """Amounts from 0 on as asked up to `free`, then bending towards `most` without ever hitting a wall."""
    # x;  beyond f: f + (m - f) tanh((x - f) / (m - f))
    room = most - free
    return np.minimum(asked, free) + room * np.tanh(np.maximum(asked - free, 0) / room)


def limit_turn(degrees: np.ndarray) -> np.ndarray:
    """Turns (..., 3) as asked up to `FREE_TURN` in each direction, then bending; several at once share one room."""
    turned = np.sign(degrees) * bent(np.abs(degrees), FREE_TURN, MAX_TURN)
    far = np.linalg.norm(turned / MAX_TURN, axis=-1, keepdims=True)
    return np.where(far > 1, turned * bent(far, 1, MAX_TOGETHER) / np.maximum(far, 1), turned)


def limit_place(place: np.ndarray, turned: np.ndarray) -> np.ndarray:
    """Shifts and size as asked while small, then bending towards the most that a photo can show.

    Args:
        place: (T, 3), headX, headY, headScale away from the photo; turned: (T, 3) degrees, from `limit_turn`.
    Returns:
        (T, 3), in the same direction: shift and size share one room, of which a turn takes a part.
    """
    # r = |(x, y, log(1 + s)) / free|, bent from 1 on
    steps = np.column_stack([place[:, :2], np.log1p(place[:, 2].clip(-0.95))]).astype(float).clip(-1e6, 1e6)
    left = 1 - (1 - TURN_SHARE) * ((np.abs(turned) - FREE_TURN) / (MAX_TURN - FREE_TURN)).max(axis=1).clip(0, 1)
    far = (np.linalg.norm(steps / FREE_PLACE, axis=1) / left)[:, None]  # (T, 1)
    steps *= bent(far, 1, MAX_PLACE) / np.maximum(far, 1)
    limited = np.column_stack([steps[:, :2], np.expm1(steps[:, 2])])
    return np.where(far > 1, limited, place)


def within_reach(values: np.ndarray, rest: np.ndarray, most=MAX_BLENDSHAPE) -> np.ndarray:
    """Keep channels in their range, up to `most` (a number or (51,)), and the head where a photo can still show it."""
    values = values.copy()
    shapes = slice(0, N_BLENDSHAPES)
    # bounds, widened where the photo itself lies outside them
    low, high = np.minimum(rest[shapes], 0.0), np.maximum(rest[shapes], most)
    values[:, shapes] = values[:, shapes].clip(low, high)
    turned = values[:, HEAD_ANGLES] - rest[HEAD_ANGLES]
    turned = limit_turn(turned)
    values[:, HEAD_ANGLES] = rest[HEAD_ANGLES] + turned
    values[:, HEAD_PLACE] = rest[HEAD_PLACE] + limit_place(values[:, HEAD_PLACE] - rest[HEAD_PLACE], turned)
    return values.astype(np.float32)

