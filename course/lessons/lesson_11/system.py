"""The system's own table, run small: formula people play to the camera, and each is made again from the first frame."""

import numpy as np

from course import images, synthetic
from course.evaluation import judges, reenactment, table
from course.face import channels
from course.motion import tracking

PEOPLE = 6
FRAMES = 6
FPS = 12.5
SIDE = 128  # pixels
SEED = 31
METHODS = {"static": "the photo, still", "warp": "triangles", "ships": "the system"}
COLUMNS = ("face_l1", "psnr", "ssim", "akd")


def played(person: int, frames: int = FRAMES) -> np.ndarray:
    """What a person does, each of them something else: channel values (T, 57), at rest in the first frame."""
    rng, along = np.random.default_rng([SEED, person]), np.linspace(0, 1, frames)
    values = np.zeros((frames, len(channels.CHANNELS)), np.float32)
    for name, most in (("headYaw", 12), ("headPitch", 6), ("headRoll", 6), ("jawOpen", 0.6), ("mouthPucker", 0.5),
                       ("mouthSmileLeft", 0.7), ("browInnerUp", 0.7)):
        middle, size = rng.uniform(0.4, 0.9), most * rng.uniform(0.4, 1) * (rng.choice([-1, 1]) if most > 1 else 1)
        values[:, channels.INDEX[name]] = size * np.exp(-(((along - middle) / 0.25) ** 2)) * np.minimum(4 * along, 1)
    values[:, channels.INDEX["mouthSmileRight"]] = values[:, channels.INDEX["mouthSmileLeft"]]
    return values


def films(count: int = PEOPLE, frames: int = FRAMES) -> list:
    """A film of each of `count` people, tracked as any film is: a list of `reenactment.Take`."""
    people = synthetic.People.random(count, SEED)
    takes = []
    for person in range(count):
        values = played(person, frames)
        drawn = synthetic.render(people[person].repeat(frames), values, SIDE).image
        shown = np.stack([images.from_tensor(picture) for picture in drawn])
        points, _ = tracking.track_points(shown)
        takes.append(reenactment.Take(f"person {person + 1}", FPS, shown, points.astype(np.float32), float("nan")))
    return takes


def rows(takes: list, methods=METHODS) -> list:
    """Each film made again in each way, as `course evaluate` does it: a list of `table.Row`."""
    found = []
    with judges.open_look() as look:
        for take in takes:
            seen = [look(frame) for frame in take.frames]
            found += table.compare_with_static([table.score(take, name, seen, look) for name in methods])
    return found


def column(found: list, method: str, key: str) -> np.ndarray:
    """One figure of one method, a number for each film: (N,)."""
    return np.array([row.figures[key] for row in found if row.method == method])
