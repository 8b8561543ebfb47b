"""A second of film for each lesson, made by what that lesson builds: the pieces of the reel.

A piece is a function `(stage) -> list of frames`, uint8 (H, W, 3) of any size. It runs the system as everybody does, so
whoever's parts stand in it are those that made the piece.
"""

import functools
import itertools
import tempfile
from pathlib import Path

import cv2
import numpy as np

from course import animation, demo, detection, images, motion
from course.interpolation import smoothstep
from course.io import video

SIDE = 160  # pixels of the portrait
MARKED = 384  # and of the film that is marked: smaller ones have too few spots to be read
FPS = 12.5
COUNT = 14  # frames of most pieces
WHITE, ORANGE, BLUE = (255, 255, 255), (230, 159, 0), (86, 180, 233)
SAID = "Everything that moves here, somebody built."
PAYLOAD, KEY = 0x1E550713, b"the key of the reel, which everybody has"  # a reel proves nothing


class Stage:
    """What several pieces use, made when it is first asked for: the photo, its face, a film in which it speaks."""

    @functools.cached_property
    def photo(self) -> np.ndarray:
        """The embedded photo, uint8 (H, W, 3), 256 px high."""
        whole = images.load_image(demo.photo_path())
        return cv2.resize(whole, (round(whole.shape[1] * 256 / len(whole)), 256), interpolation=cv2.INTER_AREA)

    @functools.cached_property
    def actor(self) -> animation.Actor:
        """The face of the photo, ready to be moved."""
        from . import actors

        return actors.actor_of(side=SIDE)

    @functools.cached_property
    def spoken(self) -> video.Clip:
        """A sentence, spoken by the photo."""
        clip = animation.animate(self.actor.portrait.image, text=SAID, fps=FPS)
        return video.Clip(list(clip), clip.fps, clip.audio, clip.sample_rate)

    def moved(self, curves: dict, count: int = COUNT) -> list:
        """The photo, moved by {channel: (T,)}."""
        played = motion.Motion(np.stack(list(curves.values()), axis=1), tuple(curves), FPS)
        return list(itertools.islice(animation.animate(self.actor.portrait.image, motion=played, fps=FPS), count))


def share(count: int = COUNT) -> np.ndarray:
    """0 to 1 in so many steps, slow at both ends."""
    return smoothstep(0, 1, np.linspace(0, 1, count))


def crop_and_blend(stage: Stage) -> list:
    """00: from the whole photo into the square around the face, and a smile drawn in between two others."""
    photo, head = stage.photo, stage.actor.portrait.image
    square = images.crop_square(photo, photo.shape[1] / 2, photo.shape[0] / 2, 256)
    square = cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    into = [images.alpha_blend(head, square, np.full(head.shape[:2], weight, np.float32)) for weight in share(8)]
    keys = motion.in_between(np.zeros(2), np.array([0.8, 0.8]), share(8))
    return into + stage.moved({"mouthSmileLeft": keys[:, 0], "mouthSmileRight": keys[:, 1]}, 8)


def find_the_face(stage: Stage) -> list:
    """01: a box that closes round the face that the detector found."""
    x0, y0, x1, y1 = detection.detect_faces(stage.photo)[0][:4]
    height, width = stage.photo.shape[:2]
    frames = []
    for weight in share():
        frame = stage.photo.copy()
        ends = [(1 - weight) * start + weight * end for start, end in zip((0, 0, width, height), (x0, y0, x1, y1))]
        left, top, right, bottom = (int(round(end)) for end in ends)
        frames.append(cv2.rectangle(frame, (left, top), (right, bottom), ORANGE, 2))
    return frames


def find_the_points(stage: Stage) -> list:
    """02: the points that are found, one after the other."""
    from course.keypoints import find

    points = find.find_points(stage.photo)[0]
    frames = []
    for weight in share():
        frame = stage.photo.copy()
        for x, y in points[: round(weight * len(points))]:
            cv2.circle(frame, (round(float(x)), round(float(y))), 2, BLUE, -1, cv2.LINE_AA)
        frames.append(frame)
    return frames


def nod(stage: Stage) -> list:
    """03: a gesture out of direction, speed and amplitude."""
    angles = motion.motion_model(np.arange(COUNT) / FPS, (1.0, 0.4, 0.0), 60.0, 12.0)
    return stage.moved({"headPitch": angles[:, 0], "headYaw": angles[:, 1]})


def edges(stage: Stage) -> list:
    """04: what a kernel that turns answers to the face."""
    from .lesson_04 import widget

    kernels = widget.KernelInHand()
    answers = [kernels.answer({"turn": turn, "width": 1.5}) for turn in np.linspace(0, 180, 10)]
    largest = max(np.abs(answer).max() for answer in answers)
    return [widget.signed(answer, 0.6 * largest) for answer in answers]


def speak(stage: Stage) -> list:
    """05: words become a mouth."""
    return list(stage.spoken)[: 2 * COUNT]


def bend(stage: Stage) -> list:
    """06: pixels that follow points, which a flow moves."""
    from .lesson_06 import photo_mover

    mover = photo_mover.PhotoMover(stage.actor.portrait.image, size=128)
    return [mover.frame({"jawOpen": 0.7 * weight, "mouthPucker": 1 - weight, "headYaw": 10 * weight}, "spline")
            for weight in share(10)]


def ring(stage: Stage) -> list:
    """07: two networks play, and points find the places where the real ones lie."""
    from .lesson_07 import plane

    played, frames = plane.train_ring(160, pictures=12), []
    for points in played.samples:
        canvas = np.full((SIDE, SIDE, 3), 255, np.uint8)
        for dots, colour in ((plane.ring_centres(), (0, 130, 95)), (points, (213, 94, 0))):
            for x, y in dots.numpy()[:256]:
                at = round(SIDE / 2 + float(x) * SIDE / 7), round(SIDE / 2 + float(y) * SIDE / 7)
                cv2.circle(canvas, at, 6 if colour[0] == 0 else 2, colour, 1 if colour[0] == 0 else -1, cv2.LINE_AA)
        frames.append(canvas)
    return frames


def learn(stage: Stage) -> list:
    """08: a network learns four mouths by heart; left the warp, then what it paints, then the truth."""
    from .lesson_08 import figures, minute_animator

    settings = minute_animator.Settings(people=4, others=1, unseen=1, side=96, size=32, widths=(12, 16, 24))
    run = minute_animator.Run(minute_animator.make_pairs(minute_animator.draw_faces(settings), settings), settings)
    first = np.linspace(0, len(run.pairs["train"]) - 1, 3).astype(int)
    frames = []
    for _ in range(8):
        run.by_heart(steps=8)
        columns = [np.vstack(figures.as_pictures(squares)) for squares in
                   minute_animator.repainted(run.net, run.pairs["train"], run.window, first)]
        frames.append(np.hstack(columns))
    return frames


def carry_over(stage: Stage) -> list:
    """09: the movement of a film of one person, on the photo of another."""
    from .lesson_09 import drivers

    played = drivers.performance(seconds=COUNT / FPS, fps=FPS)
    driver = animation.animate(drivers.portrait("Ada (bob)", size=128), motion=played, fps=FPS, watermark=False)
    film = list(driver)
    with tempfile.TemporaryDirectory() as folder:
        path = video.Clip(film, FPS).save(Path(folder) / "driver.mp4", progress=False)
        driven = list(animation.animate(stage.actor.portrait.image, driving=path, fps=FPS))
    return [np.hstack([cv2.resize(a, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA),
                       cv2.resize(b, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA)])
            for a, b in zip(film, driven)]


def polish(stage: Stage) -> list:
    """10: a line goes over a soft film and leaves it sharp."""
    from course import postprocessing

    soft = [cv2.GaussianBlur(frame, (0, 0), 1.4) for frame in list(stage.spoken)[-COUNT:]]
    sharp = list(postprocessing.postprocess(np.stack(soft), sharpen=2.5))
    frames = []
    for weight, before, after in zip(share(len(soft)), soft, sharp):
        frame, x = before.copy(), round(weight * (SIDE - 1))
        frame[:, :x] = after[:, :x]
        frame[:, x : x + 1] = WHITE
        frames.append(frame)
    return frames


def measure(stage: Stage) -> list:
    """11: a film that gets softer and softer, and what that costs."""
    from course.evaluation import metrics

    true = list(stage.spoken)[:10]
    frames = []
    for number, frame in enumerate(true):
        soft = cv2.GaussianBlur(frame, (0, 0), 0.4 + 0.3 * number)
        told = f"PSNR {metrics.psnr(soft, frame):.1f}  SSIM {metrics.ssim(soft, frame):.2f}"
        frames.append(written(soft, told, 10, SIDE - 10, 0.42))
    return frames


def four_screens(stage: Stage) -> list:
    """12: one film on four screens, each a little behind the one before, as a stream hands it on."""
    from course import parallel

    film = [cv2.resize(frame, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA) for frame in stage.spoken]

    def at(number: int) -> np.ndarray:
        a, b, c, d = (film[min(number + late, len(film) - 1)] for late in (9, 6, 3, 0))
        return np.vstack([np.hstack([a, b]), np.hstack([c, d])])

    return list(parallel.stream_frames(at, range(COUNT), 2))


def mark(stage: Stage) -> list:
    """13: the mark that turns over every half second, ten times as strong as it is, and what is read of it."""
    from course import provenance

    frames = [cv2.resize(frame, (MARKED, MARKED), interpolation=cv2.INTER_CUBIC)
              for frame in list(stage.spoken)[: 2 * COUNT]]  # two seconds, for the reader
    marker = provenance.Marker(PAYLOAD, KEY, FPS)
    marked = [marker(frame) for frame in frames]
    read = provenance.read_watermark(marked, FPS)
    told = f"read: {read.payload:08x}" if read else "nothing could be read"
    strong = [np.clip(frame + 10.0 * (after.astype(float) - frame), 0, 255).astype(np.uint8)
              for frame, after in zip(frames[:COUNT], marked)]
    return [written(fitted(frame), told, 10, SIDE - 10, 0.42) for frame in strong]


PIECES = {0: crop_and_blend, 1: find_the_face, 2: find_the_points, 3: nod, 4: edges, 5: speak, 6: bend, 7: ring,
          8: learn, 9: carry_over, 10: polish, 11: measure, 12: four_screens, 13: mark}
SPEAKS = (5,)  # their frames are those of `Stage.spoken`, from its beginning: it is heard


def fitted(frame: np.ndarray, side: int = SIDE) -> np.ndarray:
    """A picture of any size in the middle of a dark square: uint8 (side, side, 3)."""
    scale = side / max(frame.shape[:2])
    size = max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    canvas = np.full((side, side, 3), 24, np.uint8)
    x, y = (side - size[0]) // 2, (side - size[1]) // 2
    canvas[y : y + size[1], x : x + size[0]] = small
    return canvas


def written(frame: np.ndarray, words: str, x: int, y: int, size: float, colour: tuple = WHITE) -> np.ndarray:
    """A copy of a picture with words in it, white on a dark rim."""
    frame = frame.copy()
    rim = [(x + across, y + down) for across in (-1, 0, 1) for down in (-1, 0, 1)]
    for at, ink in [*((place, (0, 0, 0)) for place in rim), ((x, y), colour)]:
        cv2.putText(frame, words, at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, 1, cv2.LINE_AA)
    return frame
