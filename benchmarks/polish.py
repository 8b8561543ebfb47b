"""What each stage of polish is worth: `python benchmarks/polish.py CLIP...` prints tables.

Clips are films of one face, for evaluation only. First a film of our own is made by text: of it every point is known,
so that all shaking beside those is jitter. Then every clip drives its own first frame.

    steady   points followed in a film, as found and steadied: shaking beside the truth, error, lips, lag
    others   off and on, as `course evaluate --stages` prints them
    fps      every other frame left out and made again: repeated, mixed, by optical flow
    film     `course.postprocess` on whole films: a trembling and flickering one, and what steadying leaves of it

"""

import argparse
import contextlib
import time
from pathlib import Path

import cv2
import numpy as np
import torch

import course
from course import animation, demo, images
from course.evaluation import judges, metrics, polish_stages, reenactment
from course.face import model, posing
from course.motion import smoothing, tracking, transfer
from course.polish import flickering, shaking
from course.rendering import animator

TEXT = "We won, how wonderful! Bob is happy."
FPS, SIDE = 50.0, 384
LIPS = np.arange(48, 68)
NOT_LIPS = np.setdiff1d(np.arange(78), LIPS)


def text_film(size: int = SIDE, polish=True) -> tuple:
    """A film by text at 50 frames/s: actor, true points (T, 78, 2), frames uint8 (T, H, W, 3)."""
    options = animation.Settings(fps=FPS, polish=polish)
    photo = images.load_image(demo.photo_path())
    scale = size / max(photo.shape[:2])
    image = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    actor = animation.cast(image, "largest", whole=photo)[0]
    drive = animation.drive_by_text(TEXT, options)
    values = transfer.values_for(drive.motion, actor.face, drive.mode, options)
    points = np.stack([posing.posed_points(actor.face, row) for row in values])
    return actor, points, np.stack(list(animation.render(image, [actor], [values], options)))


def posed(moved, face) -> np.ndarray:
    """The points to which a tracked Motion takes a face of its own film: (T, 78, 2)."""
    options = animation.Settings(fps=moved.fps)
    beside = transfer.beside_for(moved, "absolute", options)
    values = transfer.values_for(moved, face, "absolute", options)
    return np.stack([posing.posed_points(face, row, off) for row, off in zip(values, beside)])


def steadied(name: str, points: np.ndarray, fps: float, true: np.ndarray | None) -> None:
    """A line for points as found, as steadied; true: what they are, where that is known."""
    raw = tracking.motion_from_points(points, np.ones(len(points), bool), fps, steady=False)
    face, rows = model.fit_face(points[0]), {}
    for words, moved in (("off", raw), ("on", smoothing.steady(raw))):
        rows[words] = posed(moved, face)
        beside = rows[words] - (points if true is None else true)
        off = np.linalg.norm(beside - beside.mean(axis=0), axis=-1)
        told = "" if true is None else "  beside the truth {:.3f}, lips {:.3f}".format(
            *(metrics.jitter(rows[words][:, part], true[:, part]) for part in (NOT_LIPS, LIPS)))
        print(f"{name:<6} steady {words:<4} shaking {metrics.jitter(rows[words]):6.3f}{told}"
              + f"  off by {off.mean():.3f} px, lips {off[:, LIPS].mean():.3f} px"
              + f"  lag {polish_stages.lag(rows[words], rows['off'] if true is None else true):+.2f} frames")


def noise_taken(name: str, points: np.ndarray, fps: float) -> None:
    """How much of noise that is put onto steadied points is taken out again: its size is the landmarker's own."""
    raw = tracking.motion_from_points(points, np.ones(len(points), bool), fps, steady=False)
    clean, rng = smoothing.steady(raw), np.random.default_rng(0)
    heads = [name.startswith("head") for name in clean.channels]
    noisy = type(clean)(clean.values + rng.normal(0, 1, clean.values.shape) * np.where(heads, 0, 0.01),
                        clean.channels, fps, clean.beside + rng.normal(0, 0.0015, clean.beside.shape))
    noisy.values[:, heads] += rng.normal(0, 1, (len(noisy), 6)) * smoothing.HEAD_NOISE / 2
    face = model.fit_face(points[0])
    before = [metrics.jitter(posed(x, face), posed(y, face))
              for x, y in ((noisy, clean), (smoothing.steady(noisy), smoothing.steady(clean)))]
    print(f"{name:<6} noise put onto steadied points: {before[0]:.3f}, left {before[1]:.3f} px a frame squared")


def left_out(name: str, frames: np.ndarray) -> None:
    """A line for frames made again."""
    begin = time.perf_counter()
    told = polish_stages.made_again(frames)
    words = "   ".join(f"{way} {figures['psnr']:5.2f} dB {figures['ssim']:.4f}" for way, figures in told.items())
    print(f"{name:<6} fps    {words}   ({(time.perf_counter() - begin) / (len(frames) // 2):.2f} s a frame)")


@contextlib.contextmanager
def cast(actor, levels: tuple):
    """While this lasts the actor's networks paint in a wrong light: so many grey levels more of R, G, B."""
    painter = actor.portrait.animator
    paint = painter.networks
    painter.networks = {name: lambda x, own=own: own(x) + torch.tensor(levels).reshape(1, 3, 1, 1) / 255
                        for name, own in animator.load_networks().items()}
    try:
        yield
    finally:
        painter.networks = paint


def trembling(name: str, frames: np.ndarray, points: np.ndarray, fps: float) -> None:
    """A film whose camera trembles and whose light flickers, and what `postprocess` leaves of both."""
    rng = np.random.default_rng(0)
    spoilt = []
    for frame in frames:
        matrix = np.float32([[1, 0, rng.normal(0, 0.6)], [0, 1, rng.normal(0, 0.6)]])
        moved = cv2.warpAffine(frame, matrix, frame.shape[1::-1], flags=cv2.INTER_CUBIC,
                               borderMode=cv2.BORDER_REPLICATE)
        spoilt.append(np.clip(moved * (1 + rng.normal(0, 0.02)), 0, 255).astype(np.uint8))
    for words, film in (("as it is", frames), ("spoilt", spoilt), ("steady", list(shaking.steady_frames(spoilt))),
                        ("even", list(shaking.even_brightness(spoilt))),
                        ("both", list(course.postprocess(spoilt, even=True, steady=True))),
                        ("both, unspoilt", list(course.postprocess(list(frames), even=True, steady=True)))):
        found, _ = tracking.track_points(film)
        print(f"{name:<6} film   {words:<15} shaking {metrics.jitter(found):.3f}, beside the film's own "
              f"{metrics.jitter(found, points):.3f}; flicker {flickering.film_flicker(film):.2f}; "
              f"lag {polish_stages.lag(found, points):+.2f}; PSNR {metrics.psnr(np.stack(film), frames):.1f} dB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--judge", default="embedded")
    parser.add_argument("--judge-weights", type=Path)
    parser.add_argument("--limit", type=int, default=150)
    options = parser.parse_args()
    actor, true, frames = text_film()
    print(f"text: {len(frames)} frames at {FPS:g} a second, {SIDE} px")
    found, _ = tracking.track_points(frames[::2])
    steadied("text", found.astype(float), FPS / 2, true[::2])
    noise_taken("text", found.astype(float), FPS / 2)
    left_out("text", frames)
    trembling("text", frames[: 2 * 60 : 2], found[:60], FPS / 2)
    skin = polish_stages.painted_skin(actor, list(true[::4]))
    print("text   colour painted skin beside the colours it had: off {:.3f}, on {:.3f} Lab units".format(*skin))
    with cast(actor, (10, 0, -10)):
        skin = polish_stages.painted_skin(actor, list(true[::4]))
    print("text   colour the same of networks that paint too red: off {:.3f}, on {:.3f} Lab units".format(*skin))
    with judges.open_judge(options.judge, options.judge_weights) as find:
        for path in options.clips:
            take = reenactment.read_take(path, 256, options.limit)
            steadied(take.name, take.points.astype(float), take.fps, None)
            noise_taken(take.name, take.points.astype(float), take.fps)
            left_out(take.name, take.frames)
            trembling(take.name, take.frames[:60], take.points[:60], take.fps)
            print(polish_stages.polish_text(polish_stages.compare(take, find)))


if __name__ == "__main__":
    main()
