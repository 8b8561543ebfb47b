"""Expression, gaze and head as somebody directs them: cues over time become channel values over time.

    "happy@2s", "left@1s", "nod@2s" + channel values (T, 57) -> channel values (T, 57)

Left and right are those of the picture.
"""

import numpy as np

from .. import errors
from ..face import channels
from . import expressions, gestures, timeline

AUTO = expressions.AUTO
COMES, AHEAD = 0.5, 0.2  # seconds that an expression takes to come, and how long before its time it begins
GLANCE = 0.08  # seconds of a jump of the eyes
TURN = 0.6  # seconds that a head takes to another pose

# (sideways, upwards) in degrees; eyes seldom go further before the head follows
GAZES = {AUTO: None, "camera": (0.0, 0.0), "left": (-16.0, 0.0), "right": (16.0, 0.0), "up": (0.0, 11.0),
         "down": (0.0, -11.0)}  # fmt: skip
FARTHEST_GAZE = 30.0  # degrees that may be asked for; a photo's pupil goes about 17 to a side
# (pitch, yaw, roll) in degrees, away from the photo's own pose
POSES = {AUTO: (0.0, 0.0, 0.0), "center": (0.0, 0.0, 0.0), "left": (0.0, -14.0, 0.0), "right": (0.0, 14.0, 0.0),
         "up": (-9.0, 0.0, 0.0), "down": (9.0, 0.0, 0.0), "tilt-left": (0.0, 0.0, -9.0),
         "tilt-right": (0.0, 0.0, 9.0)}  # fmt: skip
GESTURES = {"nod": gestures.MotionModel("down", speed=42.0, amplitude=7.0, repeats=2),
            "shake": gestures.MotionModel("right", speed=60.0, amplitude=8.0, repeats=3, swing=True)}
HEADS = (*POSES, *GESTURES)

EYEBALL = 0.133  # radius in eye distances: 12 mm of 90
# How far a pupil goes with one unit of eyeLookOut and In, Up, Down, in eye distances (`data/face_model`)
SIDEWAYS, UP, DOWN = 0.093, 0.067, 0.055
ANGLES = [channels.INDEX[name] for name in gestures.ANGLES]
# Towards the right of the picture, which is the person's left: left eye out, right eye in
RIGHTWARDS, LEFTWARDS, UPWARDS, DOWNWARDS = ([channels.INDEX[f"eyeLook{name}"] for name in names] for names in (
    ("OutLeft", "InRight"), ("InLeft", "OutRight"), ("UpLeft", "UpRight"), ("DownLeft", "DownRight")))


# ---------------------------------------------------------------- what was asked for


def expression_cues(given) -> tuple:
    """"happy@2s:0.8,neutral@4s" as cues; () for None. Raises `errors.MotionError` as `timeline.parse`."""
    return timeline.parse(given, "expression", (AUTO, *expressions.EXPRESSIONS))


def gaze_cues(given) -> tuple:
    """"left@1s,10,-5@2s,camera@3s" as cues; () for None. Raises `errors.MotionError`, also for more than
    `FARTHEST_GAZE` degrees."""
    cues = timeline.parse(given, "gaze", tuple(GAZES), pairs=True)
    for cue in cues:
        gaze_angles(cue)
    return cues


def head_cues(given) -> tuple:
    """The cues of a `head` setting, "left@1s,nod@2s"; () for None and for a number. Raises `errors.MotionError`."""
    _, words = _parted_head(given)
    return timeline.parse(words, "head", HEADS)


def head_strength(given) -> float:
    """The number in a `head` setting: how much the head moves of itself; 1 where there is none.

    Raises `errors.MotionError`: two numbers, or one that is not from 0 to 3.
    """
    return _parted_head(given)[0]


def _parted_head(given) -> tuple:
    if given is None or not isinstance(given, str):
        return 1.0 if given is None else float(given), None
    numbers, words = [], []
    for word in given.split(","):
        try:
            numbers.append(float(word))
        except ValueError:
            words.append(word)
    if len(numbers) > 1 or any(not 0 <= number <= 3 for number in numbers):
        raise errors.MotionError(f"head {given!r}: how much the head moves is one number from 0 to 3, beside poses "
                                 "such as left@1s")
    return numbers[0] if numbers else 1.0, ",".join(words) or None


def check_ends(options, duration: float) -> None:
    """Raises `errors.MotionError` where one of the `animation.Settings` begins after a film of `duration` seconds."""
    timeline.check_end(expression_cues(options.expression), duration, "expression")
    timeline.check_end(gaze_cues(options.gaze), duration, "gaze")
    timeline.check_end(head_cues(options.head), duration, "head")


# ---------------------------------------------------------------- expression


def expression_rows(given, times: np.ndarray) -> np.ndarray:
    """The channel values that directed expressions add at given times: (T,) seconds -> float32 (T, 57)."""
    values = np.zeros((len(times), len(channels.CHANNELS)), np.float32)
    cues = expression_cues(given)
    for cue, share in zip(cues, timeline.shares(times, cues, COMES, AHEAD).T):
        face = sum(expressions.expression(name) for name in cue.names)
        values += (share[:, None] * cue.strength * face).astype(np.float32)
    return values


def auto_share(given, times: np.ndarray) -> np.ndarray:
    """How far the mood of what is said is shown at given times: (T,); 1 before the first cue and while it is auto."""
    cues = expression_cues(given)
    shown = timeline.shares(times, cues, COMES, AHEAD)
    strengths = np.array([cue.strength * (AUTO in cue.names) for cue in cues])
    return 1 - shown.sum(axis=1) + shown @ strengths


# ---------------------------------------------------------------- head


def head_rows(given, times: np.ndarray) -> np.ndarray:
    """Pitch, yaw and roll in degrees that directed poses and gestures add: (T,) seconds -> (T, 3).

    A gesture that would not be over at the last of these times begins so much earlier.
    """
    cues = head_cues(given)
    poses = [cue for cue in cues if not set(cue.names) & set(GESTURES)]
    angles = np.array([np.sum([POSES[name] for name in cue.names], axis=0) * cue.strength for cue in poses])
    rows = timeline.shares(times, poses, TURN) @ angles.reshape(-1, 3)
    for cue in cues:
        for name in set(cue.names) & set(GESTURES):
            gesture = GESTURES[name]
            begin = min(cue.at or 0.0, max(0.0, float(times[-1]) - gesture.duration))
            rows += _gesture_rows(gesture, times - begin) * cue.strength
    return rows


def _gesture_rows(gesture: gestures.MotionModel, since: np.ndarray) -> np.ndarray:
    """A gesture at seconds since its beginning: (T,) -> (T, 3) degrees."""
    one, rows = gesture.duration / gesture.repeats, np.zeros((len(since), 3))
    for k in range(gesture.repeats):
        way = -gesture.angles if gesture.swing and k % 2 else gesture.angles
        rows += gestures.motion_model(since - k * one, way, gesture.speed, gesture.amplitude)
    return rows


# ---------------------------------------------------------------- gaze


def gaze_angles(cue: timeline.Cue):
    """(sideways, upwards) degrees of a cue, None for auto. Raises `errors.MotionError` beyond `FARTHEST_GAZE`."""
    if AUTO in cue.names:
        return None
    if "," in cue.what:
        found = np.array([float(number) for number in cue.what.split(",")])
        if not (np.abs(found) <= FARTHEST_GAZE).all():
            raise errors.MotionError(f"gaze {cue.what}: eyes turn {FARTHEST_GAZE:g} degrees at most, to the right "
                                     "(-: left) and up (-: down)")
    else:
        found = np.sum([GAZES[name] for name in cue.names], axis=0)
    return found * cue.strength


def with_gaze(values: np.ndarray, rest: np.ndarray, given, times: np.ndarray) -> np.ndarray:
    """Channel values whose eyes look where they are told while they are told.

    A directed gaze is fixed in the room: the eyes turn against the head. (0, 0), the camera, is where the photo looks.

    Args:
        values: (T, 57), absolute; rest: the photo's (57,); given: a `gaze` setting; times: (T,) seconds.
    Returns:
        (T, 57), new.
    """
    cues = gaze_cues(given)
    if not cues:
        return values
    angles = [gaze_angles(cue) for cue in cues]
    told = np.array([angle is not None for angle in angles], float)
    wanted = np.array([np.zeros(2) if angle is None else angle for angle in angles])
    shown = timeline.shares(times, cues, GLANCE)
    share = shown @ told  # (T,)
    degrees = shown @ wanted / np.maximum(share, 1e-6)[:, None]  # (T, 2)
    return with_looks(values, rest, degrees, share)


def with_looks(values: np.ndarray, rest: np.ndarray, degrees: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Channel values (T, 57) whose eyes look `degrees` (T, 2), sideways and up, in the room, as far as `share` (T,) has
    it, 0 to 1; rest: the photo's (57,). Returns new ones."""
    turned = values[:, ANGLES] - rest[ANGLES]
    # sideways: against the yaw; upwards: a head that looks down has a pitch above 0
    degrees = np.clip(degrees + np.column_stack([-turned[:, 1], turned[:, 0]]), -FARTHEST_GAZE, FARTHEST_GAZE)
    looking = looks(degrees, rest)
    eyes = [*RIGHTWARDS, *LEFTWARDS, *UPWARDS, *DOWNWARDS]
    values = values.copy()
    values[:, eyes] += share[:, None] * (looking[:, eyes] - values[:, eyes])
    return values


def looks(degrees: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Eyes turned away from where the photo looks: degrees (T, 2), sideways and up; rest (57,) -> (T, 57)."""
    off = EYEBALL * np.sin(np.radians(degrees))  # (T, 2) eye distances
    values = np.zeros((len(degrees), len(channels.CHANNELS)))
    for one, other, reach, back, amount in ((RIGHTWARDS, LEFTWARDS, SIDEWAYS, SIDEWAYS, off[:, 0]),
                                            (UPWARDS, DOWNWARDS, UP, DOWN, off[:, 1])):
        own = rest[one] * reach - rest[other] * back  # (2,), where each pupil of the photo stands
        at = own + amount[:, None]
        values[:, one], values[:, other] = np.maximum(at, 0) / reach, np.maximum(-at, 0) / back
    return values


# ---------------------------------------------------------------- all of it


def directed(values: np.ndarray, rest: np.ndarray, options, fps: float) -> np.ndarray:
    """Channel values (T, 57) of a photo's face with directed head and gaze: float (T, 57).

    rest: the photo's own (57,); options: `animation.Settings`, of which `head` and `gaze` count; fps: frames a second.
    """
    times = (np.arange(len(values)) + 0.5) / fps
    values = values.copy()
    values[:, ANGLES] += head_rows(options.head, times)
    return with_gaze(values, rest, options.gaze, times)
