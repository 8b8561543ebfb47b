"""Does a learned head move more like people than the one drawn by hand? `python benchmarks/motion.py --tracks FOLDER`

Seven tracks, one left out at a time: both models are trained on the other six, then told the left-out track's mouth and
asked for sixteen motions of its length, which are compared with what that person really did. Beside them the hand-made
idle movement with accents where the mouth opens widest, and as a floor real movement: of each other track, and of
the other half of the same one. All as the film would show it, all on the same eight channels, all without slow drift.

The rule, fixed before any figure was seen: a model beats the hand-made one on a track if it is lower in at least
three of four measures (distance of the speed spectra, distance of the acceleration spectra, difference of the blink
rates, Fréchet distance of window features), each a mean over the samples (Fréchet: of all samples together). A model
that does so on at least five of seven tracks becomes the default; of two that do, the one that does on more, then the
one with the lower mean Fréchet distance. The other columns are for information and decide nothing.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from course import evaluation, motion
from course.evaluation import motion_metrics
from course.motion import idle, idle_features, learned_idle
from course.recipes.motion import tracks as motion_data
from course.recipes.motion import training as motion_training

DECIDE = ("speed", "accel", "blinks", "frechet")
HEADINGS = ("speed spectrum", "acceleration", "blinks/min off", "Frechet", "energy deg/s", "with mouth", "step")
SAMPLES = 16


def accents_of_opening(opening) -> list:
    """Where a syllable opens the mouth widest: what stress is taken from, where there is no sound."""
    from scipy.signal import find_peaks

    at, _ = find_peaks(opening, height=0.4, prominence=0.2, distance=4)
    return [((k + 0.5) / idle_features.FPS, float(min(1.0, opening[k] / 1.2))) for k in at]


def moving(moved: motion.Motion) -> np.ndarray:
    """The eight channels in units, (T, 8), the head without its slow drift."""
    curves = np.stack([moved[name] for name in idle_features.MOVING], axis=1) / idle_features.UNIT
    curves[:, idle_features.HEAD] = idle_features.without_drift(curves[:, idle_features.HEAD])
    return curves


def samples_of(kind: str, track, networks=None, count: int = SAMPLES) -> list:
    """[(curves (T, 8), blinks (T,)), ...] for this track's mouth."""
    accents, made = accents_of_opening(track.opening), []
    for seed in range(count):
        if kind == "hand":
            moved = idle.idle_motion(len(track), idle_features.FPS, seed, accents=accents)
        else:
            manner = learned_idle.Manner(seed, accents=accents, kind=kind, networks=networks)
            moved = learned_idle.from_opening(track.opening, len(track), idle_features.FPS, manner)
        made.append((moving(moved), motion_data.find_blinks(np.pad(moved["eyeBlinkLeft"], 8))[8:-8]))
    return made


def figures(made: list, track, real=None, real_blinks=None) -> dict:
    """The measures of some motions against a track, or against a part of it."""
    real = track.values / idle_features.UNIT if real is None else real
    rate = evaluation.blink_rate(track.blinks if real_blinks is None else real_blinks)
    features = [motion_metrics.window_features(curves) for curves, _ in made]
    mean = {
        "speed": [evaluation.spectrum_distance(curves, real, 1) for curves, _ in made],
        "accel": [evaluation.spectrum_distance(curves, real, 2) for curves, _ in made],
        "blinks": [abs(evaluation.blink_rate(blinks) - rate) for _, blinks in made],
        "frechet": [evaluation.frechet_distance(np.concatenate(features), motion_metrics.window_features(real))],
        "energy": [motion_metrics.energy(curves) for curves, _ in made],
        "mouth": [evaluation.follows_mouth(curves, track.opening) for curves, _ in made
                  if len(curves) == len(track)] or [np.nan],  # another's movement goes with another's mouth
        "step": [motion_metrics.greatest_step(curves) for curves, _ in made],
    }
    return {name: float(np.max(values) if name == "step" else np.mean(values)) for name, values in mean.items()}


def floors(track, tracks) -> dict:
    """Real movement of the others, and of this track's two halves against each other."""
    others = [figures([(other.values / idle_features.UNIT, other.blinks)], track)
              for other in tracks if other is not track]
    half = len(track) // 2
    curves = track.values / idle_features.UNIT
    parts = [(curves[:half], track.blinks[:half]), (curves[half:], track.blinks[half:])]
    halves = [figures([parts[i]], track, *parts[1 - i]) | {"mouth": np.nan} for i in (0, 1)]
    return {"real: another person": {key: float(np.mean([row[key] for row in others])) for key in others[0]},
            "real: the other half": {key: float(np.mean([row[key] for row in halves])) for key in halves[0]}}


def beats(figures_of: dict, hand: dict) -> bool:
    """The rule, for one track."""
    return sum(figures_of[name] < hand[name] for name in DECIDE) >= 3


def networks_without(track, tracks, folder: Path) -> dict:
    """Both models, trained on all other tracks; kept in a folder so that a second run need not train."""
    file = (folder / f"{track.name}.safetensors").resolve()
    if not file.is_file():
        begin, busy = time.perf_counter(), time.process_time()
        motion_training.train([other for other in tracks if other is not track], logdir=folder / track.name, out=file)
        print(f"trained without {track.name}: {time.process_time() - busy:.0f} s of processor time, "
              f"{time.perf_counter() - begin:.0f} s by the clock")  # fmt: skip
    return learned_idle.load(str(file))


def table(tracks, folder: Path, only=None) -> dict:
    """Print it, and return {model: number of tracks on which it beats the hand-made movement}."""
    names = {"hand": "hand-made", "vae": "VAE", "autoregressive": "autoregressive"}
    won, means = {"vae": [], "autoregressive": []}, {}
    print(f"{'track':<7}{'':<22}" + "".join(f"{heading:>16}" for heading in HEADINGS))
    for track in tracks:
        if only and track.name not in only:
            continue
        networks = networks_without(track, tracks, folder)
        rows = {names[kind]: figures(samples_of(kind, track, networks), track) for kind in names}
        for kind in won:
            if beats(rows[names[kind]], rows["hand-made"]):
                won[kind].append(track.name)
        real = track.values / idle_features.UNIT
        rows["real: itself"] = figures([(real, track.blinks)], track)
        for name, row in (rows | floors(track, tracks)).items():
            print(f"{track.name:<7}{name:<22}" + "".join(f"{value:>16.3f}" for value in row.values()))
            means.setdefault(name, []).append(list(row.values()))
        print()
    for name, values in means.items():
        print(f"{'mean':<7}{name:<22}" + "".join(f"{value:>16.3f}" for value in np.mean(values, axis=0)))
    print()
    for kind, where in won.items():
        print(f"{names[kind]} beats the hand-made movement on {len(where)} of {len(only or tracks)} tracks: "
              f"{', '.join(where)}")
    return {kind: len(where) for kind, where in won.items()}


def draw(tracks, folder: Path, path: Path) -> None:
    """Head and brows of two left-out tracks, real, by hand and learned, as a picture."""
    from course import plots

    shown = [track for track in tracks if len(track) > 250][:3]
    figure, axes = plots.new(15, 3.0 * len(shown), len(shown), 4)
    for row, track in zip(axes, shown):
        networks = networks_without(track, tracks, folder)
        made = {"real": [(track.values / idle_features.UNIT, track.blinks)]}
        made |= {kind: samples_of(kind, track, networks, 1) for kind in ("hand", "vae", "autoregressive")}
        for axis, (name, found) in zip(row, made.items()):
            curves, blinks = found[0]
            seconds = np.arange(len(curves)) / idle_features.FPS
            for column, line in ((0, "-"), (1, "--"), (5, ":")):
                axis.plot(seconds, curves[:, column], line, label=idle_features.MOVING[column], linewidth=1)
            axis.plot(seconds[blinks > 0], np.full(int(blinks.sum()), 8.5), "v", color="black", label="blink")
            axis.set(title=f"{track.name}: {name}", ylim=(-9, 9), xlim=(0, min(20, seconds[-1])), xlabel="seconds")
    axes[0, 0].legend(fontsize=7)
    plots.describe(figure, "Head and brows over time: real, by hand, and learned on the other tracks")
    figure.savefig(path, dpi=70)


def main() -> None:
    parser = argparse.ArgumentParser(description="Leave one track out: hand-made and learned idle movement.")
    parser.add_argument("--tracks", required=True, help="folder of tracked motion, .npz")
    parser.add_argument("--runs", default="runs/motion_left_out", help="where the seven trainings are kept")
    parser.add_argument("--only", nargs="+", help="names of the tracks to leave out, not all")
    parser.add_argument("--picture", help="draw samples beside real tracks into this .png")
    options = parser.parse_args()
    torch.set_num_threads(1)
    tracks = motion_data.load_tracks(options.tracks)
    table(tracks, Path(options.runs), options.only)
    if options.picture:
        draw(tracks, Path(options.runs), Path(options.picture))


if __name__ == "__main__":
    main()
