"""What people do in a conversation beside speaking: they look at who speaks, turn to them, and nod.

Listeners look at speakers most of the time, speakers at listeners less (Kendon, "Some functions of gaze-direction in
social interaction", 1967); nods come where a phrase ends (Dittmann and Llewellyn, "Relationship between vocalizations
and head nods as listener responses", 1968).
"""

from dataclasses import dataclass, replace

import numpy as np

from ..motion import direction, marks, timeline

EYES = (12.0, 8.0)  # degrees aside and up or down by which eyes look further at a neighbour than the head has turned
LISTENS, SPEAKS = 0.75, 0.4  # of a pose to the side
REACTS = (0.12, 0.4)  # seconds after which a listener turns to who has begun
NODS, NOD_GAP, NOD_SIZE = 0.6, 1.6, (0.35, 0.75)  # how likely at the end of a phrase, seconds between two, strength
LONG = 3.0  # seconds of a turn in which the speaker looks to the camera, too
TO_CAMERA = 1.1  # seconds of it
ENDS = 0.25  # seconds after the last word at which all look to the camera


@dataclass
class Scene:
    """placed: `timing.Placed` in order; seats: {name: number of a face}; places: middles of the faces in the film, (K,
    2) pixels."""

    placed: list
    seats: dict
    places: np.ndarray


def settings_for(seat: int, scene: Scene, options):
    """`animation.Settings` for one face of a scene: its expressions, where it looks, how its head turns and nods.

    options: those of the whole film, of which `head` is a number; the seed becomes the face's own.
    """
    random = np.random.default_rng((options.seed, seat, 72))
    looks = _looks(seat, scene, random)
    gaze = [timeline.Cue(_degrees(scene, seat, other, share), at) for at, other, share in looks]
    head = [timeline.Cue(*_pose(scene, seat, other, share, at)) for at, other, share in looks]
    head += _nods(seat, scene, random)
    own = replace(options, seed=(options.seed + 1000003 * seat) % 2**32, gaze=_words(gaze),
                  expression=_words(_expressions(seat, scene)),
                  head=",".join([f"{options.head:g}", *map(str, _distinct(head))]))  # fmt: skip
    found = [(mark, one.start + at) for one in scene.placed if scene.seats[one.turn.who] == seat
             for mark, at in one.said.asked]
    return replace(own, **marks.merged(own, [mark for mark, _ in found], [at for _, at in found]))


def _words(cues: list):
    return ",".join(map(str, _distinct(cues))) or None


def _distinct(cues: list) -> list:
    """By time, each at a time of its own: what would begin together begins a moment later."""
    found = []
    for cue in sorted(cues, key=lambda cue: cue.at):
        at = round(cue.at, 2)
        if found and at <= found[-1].at:
            at = round(found[-1].at + 0.01, 2)
        found.append(replace(cue, at=at))
    return found


# ---------------------------------------------------------------- gaze


def _looks(seat: int, scene: Scene, random) -> list:
    """[(seconds, the face that is looked at or None for the camera, how far the head turns)], in order."""
    found, spoken = [], [one for one in scene.placed if one.said.lips is not None]
    for number, one in enumerate(spoken):
        speaker = scene.seats[one.turn.who]
        if seat != speaker:
            found.append((one.first + random.uniform(*REACTS), speaker, LISTENS))
            continue
        other = _addressed(scene, spoken, number)
        at = max(0.01, one.first - 0.15)
        found.append((at, other, SPEAKS if other is not None else 0.0))
        length = one.last - one.first
        if length > LONG and other is not None:
            away = at + random.uniform(0.35, 0.5) * length
            found += [(away, None, SPEAKS / 2), (away + TO_CAMERA, other, SPEAKS)]
    if spoken:
        found.append((max(one.last for one in spoken) + ENDS + random.uniform(0, 0.2), None, 0.0))
    return sorted(found, key=lambda look: look[0])


def _addressed(scene: Scene, spoken: list, number: int):
    """Whom a turn is said to: who spoke last, or else speaks next; None where there is nobody else."""
    me = scene.seats[spoken[number].turn.who]
    for one in [*reversed(spoken[:number]), *spoken[number + 1:]]:
        if scene.seats[one.turn.who] != me:
            return scene.seats[one.turn.who]
    return None


def _towards(scene: Scene, seat: int, other) -> np.ndarray:
    """Unit vector in the picture from one face to another, (2,); 0 for the camera."""
    if other is None:
        return np.zeros(2)
    way = scene.places[other] - scene.places[seat]
    return way / max(float(np.linalg.norm(way)), 1e-6)


def _degrees(scene: Scene, seat: int, other, share: float) -> str:
    right, down = _towards(scene, seat, other) * (EYES[0] + share * direction.POSES["right"][1], EYES[1])
    return f"{right:.1f},{-down:.1f}"


def _pose(scene: Scene, seat: int, other, share: float, at: float) -> tuple:
    right, _ = _towards(scene, seat, other)
    if abs(right) * share < 0.05:
        return "center", at
    return "right" if right > 0 else "left", at, round(abs(float(right)) * share, 2)


# ---------------------------------------------------------------- nods and expressions


def _nods(seat: int, scene: Scene, random) -> list:
    """Nods of a face where the phrases of others end."""
    found, last = [], -NOD_GAP
    for one in scene.placed:
        if scene.seats[one.turn.who] == seat or one.said.lips is None:
            continue
        for phrase in one.said.delivery.phrases:
            at, sure = one.start + phrase.end + random.uniform(-0.2, 0.15), random.random() < NODS
            if sure and not phrase.question and at - last >= NOD_GAP and not _speaks(seat, scene, at, at + 0.8):
                found.append(timeline.Cue("nod", max(at, 0.01), round(random.uniform(*NOD_SIZE), 2)))
                last = at
    return found


def _speaks(seat: int, scene: Scene, start: float, end: float) -> bool:
    return any(scene.seats[one.turn.who] == seat and one.first < end and one.last > start for one in scene.placed)


def _expressions(seat: int, scene: Scene) -> list:
    """An expression for each turn that names one; after a spoken turn the face is its own again."""
    found = []
    for one in scene.placed:
        if scene.seats[one.turn.who] == seat and one.turn.expression:
            (cue,) = direction.expression_cues(one.turn.expression)
            found.append(replace(cue, at=max(0.01, one.first)))
            if one.said.lips is not None:
                found.append(timeline.Cue(direction.AUTO, one.last + 0.1))
    return found
