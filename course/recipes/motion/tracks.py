"""Tracked motion as numbers to learn from: how a head sways, brows rise and lids blink while a mouth speaks.

A track is one person over time, at 25 frames a second. The head is taken against its own slow drift (whoever walks
with the camera in hand drifts; a portrait does not), brows against what they do when they are down, and a blink is
the moment at which the lids are shut. The mouth's opening is what both text and sound can give, so the models are
told that.
"""

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ... import errors
from ...face import channels
from ...face import model as face_model
from ...io import weights
from ...keypoints import landmarks
from ...motion import idle, idle_features
from ..face_model import fitting as face_model_fitting

BROWS = slice(5, 8)
# In a mirror yaw, roll and x change sign, and the two outer brows change places.
MIRROR_SIGN = np.array([1, -1, -1, -1, 1, 1, 1, 1], np.float32)
MIRROR_ORDER = np.array([0, 1, 2, 3, 4, 5, 7, 6])
NOISE = 0.035  # s, the same for what is the tracker's trembling: movement above 6 Hz
SHIPPED = "tracks.npz"
PARTS = ("values", "lids", "blinks", "opening")
SHUT = 0.65  # the teacher's score of an eye that is shut


@dataclass
class Track:
    """values: float32 (T, 8), `MOVING`, offsets from rest; lids: (T,) 0 open to 1 shut; blinks: (T,) 1 where a blink is
    at its lowest, else 0; opening: (T,) of the mouth, 0 to 2; all at `FPS`."""

    name: str
    values: np.ndarray
    lids: np.ndarray
    blinks: np.ndarray
    opening: np.ndarray

    def __len__(self):
        return len(self.values)


def load_tracks(folder) -> list:
    """Every .npz of a folder as a `Track`. Raises `errors.CourseError`: no folder, no tracks in it, or other files."""
    return [_track(raw) for raw in face_model_fitting.load_tracks(folder)]


def shipped() -> list:
    """The tracks in `data/tracks.npz`, a list of `Track`. Raises `errors.WeightsError`: missing or damaged."""
    try:
        with np.load(weights.data_file(SHIPPED), allow_pickle=False) as file:
            names = sorted({key.partition("/")[0] for key in file.files})
            return [Track(name, *(file[f"{name}/{part}"] for part in PARTS)) for name in names]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        raise errors.WeightsError(f"{SHIPPED} cannot be read ({problem}): install the package again") from None


def write(tracks: list, path) -> Path:
    """Write tracks, a list of `Track`, as the file that `shipped` reads, to four decimals; returns its path."""
    numbers = {f"{track.name}/{part}": np.round(getattr(track, part), 4).astype(np.float32)
               for track in tracks for part in PARTS}
    with open(path, "wb") as file:
        np.savez_compressed(file, **numbers)
    return Path(path)


def _track(raw: face_model_fitting.Track) -> Track:
    flat = raw.points[:, :, :2].copy()  # (T, 78, 2)
    eyes = np.linalg.norm(flat[:, 45] - flat[:, 36], axis=1)
    gap = np.linalg.norm(flat[:, 66] - flat[:, 62], axis=1) / np.maximum(eyes, 1e-6)
    bones = np.full(landmarks.N_POINTS, np.nan)
    bones[face_model_fitting.STABLE] = 1
    _, scale, origin = face_model.fit_pose(flat * bones[:, None], face_model.FaceModel.load().mean)
    shift = (origin - np.median(origin, axis=0)) / np.median(scale)
    column = channels.BLENDSHAPES.index
    brows = raw.scores[:, [column(name) for name in idle_features.MOVING[BROWS]]]
    lids = raw.scores[:, [column("eyeBlinkLeft"), column("eyeBlinkRight")]].mean(axis=1)
    count = max(1, round(len(flat) / raw.fps * idle_features.FPS))

    def even(curve):
        at = (np.arange(count) + 0.5) / idle_features.FPS * raw.fps - 0.5
        return np.stack([np.interp(at, np.arange(len(curve)), one) for one in curve.T], axis=1)

    head = even(np.concatenate([face_model.angles_of(raw.rotation), shift], axis=1))
    values = np.concatenate([idle_features.without_drift(head), even(brows - np.percentile(brows, 20, axis=0))], axis=1)
    lids = even(lids[:, None])[:, 0]
    lids = np.clip((lids - np.median(lids)) / (SHUT - np.median(lids)), 0, 1.3)
    return Track(raw.name, idle_features.smooth(values, NOISE).astype(np.float32), lids.astype(np.float32),
                 find_blinks(lids), idle_features.opening_of_gap(even(gap[:, None])[:, 0]))


def find_blinks(lids: np.ndarray) -> np.ndarray:
    """Moments at which lids fall at least half way and rise again within 0.8 s: (T,) -> (T,) of 0 and 1."""
    from scipy.signal import find_peaks

    at, _ = find_peaks(lids, height=0.5, prominence=0.35, distance=5, width=(1, 0.8 * idle_features.FPS))
    blinks = np.zeros(len(lids), np.float32)
    blinks[at] = 1
    return blinks


def mirror(track: Track) -> Track:
    """The same person in a mirror."""
    return replace(track, name=track.name + " mirrored", values=track.values[:, MIRROR_ORDER] * MIRROR_SIGN)


def stretch(track: Track, factor: float) -> Track:
    """The same movement `factor` times as long; every blink stays one blink."""
    count = max(2, round(len(track) * factor))
    at = np.linspace(0, len(track) - 1, count)
    old = np.arange(len(track))
    blinks = np.zeros(count, np.float32)
    blinks[np.round(np.flatnonzero(track.blinks) * (count - 1) / max(1, len(track) - 1)).astype(int)] = 1
    values = np.stack([np.interp(at, old, column) for column in track.values.T], axis=1).astype(np.float32)
    return Track(f"{track.name} x{factor:.2f}", values, np.interp(at, old, track.lids).astype(np.float32), blinks,
                 np.interp(at, old, track.opening).astype(np.float32))


def blink_shape(tracks) -> np.ndarray:
    """What lids do around the moment they are shut, typically: (15,), 7 frames before to 7 after; 1 in the middle."""
    found = [track.lids[k - 7 : k + 8] / track.lids[k] for track in tracks for k in np.flatnonzero(track.blinks)
             if 7 <= k < len(track) - 7]
    shape = np.median(found, axis=0) if found else np.pad(idle.BLINK_SHAPE, 4)
    shape = np.clip(shape - np.interp(np.arange(15), [0, 14], shape[[0, -1]]), 0, None)
    return (shape / shape[7]).astype(np.float32)


def batch(tracks: list, number: int, count: int, length: int, seed: int = 0) -> dict:
    """Batch `number` of an endless, augmented data set: the same whenever it is asked for.

    Returns:
        values (N, length, 8) in `UNIT`s, blinks (N, length), conditions (N, length, 5), float32.
    """
    random = np.random.default_rng((seed, number))
    sizes = np.sqrt([len(track) for track in tracks])  # long tracks count more, but not as much more as they are long
    rows = []
    for _ in range(count):
        track = tracks[random.choice(len(tracks), p=sizes / sizes.sum())]
        factor = float(np.exp(random.uniform(np.log(0.8), np.log(1.25))))
        factor = max(factor, (length + 1) / len(track))
        track = stretch(track, factor)
        track = mirror(track) if random.random() < 0.5 else track
        first = int(random.integers(0, len(track) - length + 1))
        cut = slice(first, first + length)
        size = random.uniform(0.8, 1.2)  # people differ in how far they go
        rows.append((track.values[cut] / idle_features.UNIT * size, track.blinks[cut],
                     idle_features.conditions(track.opening)[cut]))
    values, blinks, told = (np.stack(part).astype(np.float32) for part in zip(*rows))
    return {"values": values, "blinks": blinks, "conditions": told}
