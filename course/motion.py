"""`Motion`: named channels over time. Text, sound, a driving video and a slider all make one of these."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import errors

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

CHANNELS = BLENDSHAPES + HEAD
INDEX = {name: i for i, name in enumerate(CHANNELS)}


@dataclass
class Motion:
    """Channels over time.

    values: float32 (T, C); channels: C names out of `CHANNELS`; fps: frames a second.
    A channel that is not named rests at 0.
    """

    values: np.ndarray
    channels: tuple = CHANNELS
    fps: float = 25.0

    def __post_init__(self):
        try:
            self.values = np.asarray(self.values, dtype=np.float32)
        except (TypeError, ValueError):
            raise errors.MotionError("motion values must be numbers, (frames, channels)") from None
        self.channels = tuple(self.channels)
        self.fps = float(self.fps)
        unknown = [name for name in self.channels if name not in INDEX]
        if unknown:
            raise errors.MotionError(f"unknown motion channel {unknown[0]!r}: see course.motion.CHANNELS")
        if len(set(self.channels)) < len(self.channels):
            raise errors.MotionError("a motion channel is named twice: give each one column")
        if self.values.ndim != 2 or self.values.shape[1] != len(self.channels) or not len(self.values):
            raise errors.MotionError(f"motion values must have shape (frames, {len(self.channels)}) with a frame "
                                     f"or more; these have {self.values.shape}")
        if not np.isfinite(self.values).all():
            raise errors.MotionError("motion values hold NaN or infinity: mend the frames they come from")
        if not 0 < self.fps < float("inf"):
            raise errors.MotionError(f"frames a second must be above 0 and finite, not {self.fps}")

    def __len__(self) -> int:
        return len(self.values)

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self) / self.fps

    def __getitem__(self, name: str) -> np.ndarray:
        """One channel over time, (T,); zeros if this motion does not hold it."""
        if name not in INDEX:
            raise errors.MotionError(f"unknown motion channel {name!r}: see course.motion.CHANNELS")
        if name in self.channels:
            return self.values[:, self.channels.index(name)]
        return np.zeros(len(self), np.float32)

    def full(self) -> np.ndarray:
        """All channels in the order of `CHANNELS`: (T, 57)."""
        values = np.zeros((len(self), len(CHANNELS)), np.float32)
        for column, name in enumerate(self.channels):
            values[:, INDEX[name]] = self.values[:, column]
        return values

    def resample(self, fps: float) -> "Motion":
        """The same motion at another frame rate, by linear interpolation."""
        if fps == self.fps:
            return self
        count = max(1, round(self.duration * fps))
        at = np.clip((np.arange(count) + 0.5) / fps * self.fps - 0.5, 0, len(self) - 1)
        old = np.arange(len(self))
        values = np.stack([np.interp(at, old, column) for column in self.values.T], axis=1)
        return Motion(values, self.channels, fps)

    def save(self, path) -> Path:
        """Write a .npz that `Motion.load` reads. Raises `errors.OutputError`."""
        path = Path(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "wb") as file:
                np.savez_compressed(file, values=self.values, channels=np.array(self.channels), fps=self.fps)
        except OSError as problem:
            raise errors.OutputError(f"{path} cannot be written ({problem}): choose another place") from None
        return path

    @classmethod
    def load(cls, path) -> "Motion":
        """Read what `save` wrote. Raises `errors.MotionError`."""
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls(file["values"], tuple(str(name) for name in file["channels"]), float(file["fps"]))
        except FileNotFoundError:
            raise errors.MotionError(f"there is no file {path}: check the name and the folder") from None
        # NumPy's own words are left out: of a file of another kind they say how to load it unsafely
        except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
            raise errors.MotionError(f"{path} is no saved motion: save one with Motion.save") from None


def from_speech(speech, fps: float = 25.0) -> Motion:
    """The lips of what espeak-ng said.

    Args:
        speech: a `speech.Speech`; fps: frames a second.
    Returns:
        Motion over the lip channels (`visemes.LIP_CHANNELS`), as offsets from closed, relaxed lips; frame k
        shows the time (k + 0.5) / fps, and the last frame covers the end of the sound.
    """
    from . import visemes

    values = visemes.curves(speech.phonemes, frame_times(speech.duration, fps), hold=1 / fps)
    return Motion(values, visemes.LIP_CHANNELS, fps)


def from_audio(samples, sample_rate: int, fps: float = 25.0) -> Motion:
    """The lips of a recording, by the network of `audio_motion`.

    Args:
        samples: (N,) mono in [-1, 1]; sample_rate: Hz; fps: frames a second.
    Returns:
        Motion as `from_speech` gives it.
    Raises:
        errors.AudioError: silent, too short or not numbers; errors.WeightsError: no network.
    """
    from . import audio_motion, visemes

    return Motion(audio_motion.lip_curves(samples, sample_rate, fps), visemes.LIP_CHANNELS, fps)


def accents(speech) -> list:
    """The stressed syllables of a `speech.Speech`: [(seconds, strength 0 to 1), ...], by length and loudness."""
    rate, found = speech.sample_rate, []
    for phoneme in speech.phonemes:
        if phoneme.stress == 2:
            piece = speech.samples[int(phoneme.start * rate) : int(phoneme.end * rate)]
            energy = float(np.sum(np.square(piece))) / rate
            found.append((0.5 * (phoneme.start + phoneme.end), energy))
    loudest = max((energy for _, energy in found), default=1.0) or 1.0
    return [(at, (energy / loudest) ** 0.5) for at, energy in found]


def accents_of_sound(samples: np.ndarray, sample_rate: int) -> list:
    """Syllables that stand out of a recording: [(seconds, strength 0 to 1), ...], as `accents` gives them for text.

    A syllable is a hill of loudness (de Jong and Wempe, 2009); one that is loud and rises far out of its
    surroundings is heard as stressed.
    """
    from scipy.ndimage import gaussian_filter1d
    from scipy.signal import find_peaks

    from . import audio_motion

    rate = 100  # frames a second
    loudness = gaussian_filter1d(np.maximum(audio_motion.relative_loudness(samples, sample_rate), -40.0), 0.04 * rate)
    at, found = find_peaks(loudness, height=-12.0, prominence=2.0, distance=0.12 * rate)
    if not len(at):
        return []
    # 10 dB below the loudest hill is half as strong, and so is a hill that hardly stands out
    loud = 10 ** ((loudness[at] - loudness[at].max()) / 33)
    standing_out = np.clip(found["prominences"] / 12, 0.5, 1)
    return [(float(k) / rate, float(force)) for k, force in zip(at, loud * standing_out)]


def frame_times(duration: float, fps: float) -> np.ndarray:
    """The times that the frames of a film of `duration` seconds show, (T,): the middle of each."""
    count = max(1, int(np.ceil(round(duration * fps, 6))))
    return (np.arange(count) + 0.5) / fps


def __getattr__(name: str):
    if name == "MotionModel":  # `gestures` makes Motions, so it cannot be imported before this module is there
        from .gestures import MotionModel

        return MotionModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
