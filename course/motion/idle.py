"""What a face does besides speaking: it blinks, looks about, sways, breathes, and stresses with brow and nod.

Everything is drawn in seconds from a seed, so the same seed gives the same movement at any frame rate.
"""

from dataclasses import dataclass

import numpy as np

from ..face import channels
from ..interpolation import smoothstep
from . import emphasis, motion


@dataclass
class Settings:
    """Sizes and speeds of a calm face; times in seconds, angles in degrees."""

    blink_median: float = 3.2  # of the time between blinks, log-normal with a mean of about 3.5 s
    blink_spread: float = 0.5  # standard deviation of its logarithm
    blink_limits: tuple = (0.8, 8.0)
    double_blink: float = 0.1  # share of blinks that come in twos
    gaze_hold: float = 1.6  # mean time for which the eyes rest on a place
    gaze_size: tuple = (0.13, 0.07)  # standard deviation, sideways and up or down, in channel units
    sway: tuple = (0.9, 1.7, 0.8)  # standard deviation of pitch, yaw, roll
    shift: tuple = (0.010, 0.005)  # standard deviation of headX, headY in eye distances
    sway_band: tuple = (0.07, 0.55)  # Hz; slower is posture, faster is trembling
    breath: float = 4.2  # one breath
    breath_size: tuple = (0.004, 0.22)  # headY in eye distances, headPitch
    settle: float = 0.8  # the head leaves the photo's own pose within this time


# Lids at 40 ms steps around the moment they are shut; the five middle values are those of SadTalker's
# published code (Zhang et al., 2023).
BLINK_TIMES = np.arange(-3, 4) * 0.04
BLINK_SHAPE = np.array([0.0, 0.5, 0.9, 1.0, 0.9, 0.5, 0.0])


def idle_motion(n_frames: int, fps: float = 25.0, seed: int = 0, strength: float = 1.0, accents=None,
                settings: Settings | None = None, questions=()) -> motion.Motion:
    """Blinks, gaze, head, brows and breath for a clip.

    Args:
        n_frames: length; fps: frames a second; seed: the same one moves the same;
        strength: scales all head movement, 0 keeps the head still (blinks and gaze stay);
        accents: (seconds, strength 0 to 1) pairs where the speech is stressed, as `motion.accents` gives;
        questions: seconds at which questions end.
    Returns:
        Motion over all channels, offsets from the face at rest; a clip over 3 s blinks at least once.
    """
    settings = settings or Settings()
    times = (np.arange(n_frames) + 0.5) / fps
    # one generator a part: a change in one leaves the others as they were
    blinking, looking, swaying, stressing = (np.random.default_rng((seed, part)) for part in range(4))
    values = {name: np.zeros(n_frames) for name in channels.CHANNELS}
    shut = lids(times, blink_moments(n_frames / fps, fps, blinking, settings))
    values["eyeBlinkLeft"], values["eyeBlinkRight"] = shut, shut
    look_about(values, times, looking, settings)
    sway(values, times, strength, swaying, settings)
    if accents is not None and len(accents):
        emphasis.stress(values, times, strength, accents, stressing)
    emphasis.ask(values, times, strength, questions, stressing)
    return motion.Motion(np.stack(list(values.values()), axis=1), channels.CHANNELS, fps)


def blink_moments(duration: float, fps: float, random, settings: Settings) -> list:
    """Seconds at which the lids are shut, each at the time of a frame; one at least in a clip over 3 s.

    duration: seconds; fps: frames a second; random: np.random.Generator.
    """
    moments = []
    at = random.uniform(0.25, 0.75) * min(settings.blink_median, duration)
    while at < duration - 0.1:
        moments.append(at)
        if random.random() < settings.double_blink:
            moments.append(at + 0.32)
        gap = random.lognormal(np.log(settings.blink_median), settings.blink_spread)
        at = moments[-1] + np.clip(gap, *settings.blink_limits)
    if duration <= 3:
        moments = moments[:1] if duration > 1 and random.random() < 0.6 else []
    return [(np.floor(moment * fps) + 0.5) / fps for moment in moments]


def lids(times: np.ndarray, moments) -> np.ndarray:
    """How far the lids are shut at the given times, (T,) seconds: (T,), 0 to 1; moments: seconds of the blinks."""
    shut = np.zeros(len(times))
    for moment in moments:
        shut = np.maximum(shut, np.interp(times - moment, BLINK_TIMES, BLINK_SHAPE, left=0, right=0))
    return shut


def look_about(values, times, random, settings) -> None:
    """Gaze rests and jumps: small saccades of 50 ms, every other one back to the camera.

    Args:
        values: {channel: (T,)}, changed in place; times: (T,) seconds; random: np.random.Generator.
    """
    sideways, up = np.zeros(len(times)), np.zeros(len(times))
    at, old, away = random.uniform(0.4, 1.5), np.zeros(2), False
    while len(times) and at < times[-1]:
        away = not away
        new = random.normal(0, settings.gaze_size) if away else random.normal(0, 0.25, 2) * settings.gaze_size
        share = np.clip((times - at) / 0.05, 0, 1)
        sideways += share * (new[0] - old[0])
        up += share * (new[1] - old[1])
        old = new
        at += 0.25 + min(random.exponential(settings.gaze_hold * (0.6 if away else 1.4)), 3.0)
    aim_eyes(values, sideways, up)


def aim_eyes(values, sideways, up) -> None:
    """Turn both eyes, in channel units: towards the right of the picture and up, (T,) each; values: {channel: (T,)},
    changed in place."""
    # towards the right of the picture, which is the person's left: left eye out, right eye in
    for name, gaze in (("eyeLookOutLeft", sideways), ("eyeLookInRight", sideways), ("eyeLookInLeft", -sideways),
                       ("eyeLookOutRight", -sideways), ("eyeLookUpLeft", up), ("eyeLookUpRight", up),
                       ("eyeLookDownLeft", -up), ("eyeLookDownRight", -up)):  # fmt: skip
        values[name] += np.clip(gaze, 0, 0.5)


def sway(values, times, strength, random, settings) -> None:
    """Band-limited wandering of the head and a slow breath, from the photo's own pose at 0 s onward.

    Args:
        values: {channel: (T,)}, changed in place; times: (T,) seconds; strength: scales it; random: a generator of the
        same seed goes on with the same movement at other times.
    """
    begin = smoothstep(0, settings.settle, times) * strength
    names = ("headPitch", "headYaw", "headRoll", "headX", "headY")
    for name, size in zip(names, settings.sway + settings.shift):
        values[name] += begin * size * wander(times, settings.sway_band, random)
    values["headRoll"] += 0.15 * values["headYaw"]  # a head that turns also tilts a little
    phase = random.uniform(0, 2 * np.pi)
    breath = np.sin(2 * np.pi * times / settings.breath + phase)
    values["headY"] -= begin * settings.breath_size[0] * breath  # up with the air
    values["headPitch"] -= begin * settings.breath_size[1] * breath


def wander(times: np.ndarray, band: tuple, random, waves: int = 9) -> np.ndarray:
    """A smooth random curve, (T,), of standard deviation 1 in the long run, with frequencies in `band` (Hz)."""
    # x(t) = sum_k a_k sin(2 pi f_k t + phi_k), a_k ~ 1 / f_k, sum a_k^2 / 2 = 1
    frequencies = np.exp(random.uniform(np.log(band[0]), np.log(band[1]), waves))
    sizes = 1 / frequencies**0.6
    sizes *= np.sqrt(2 / np.sum(sizes**2))
    phases = random.uniform(0, 2 * np.pi, waves)
    return np.sin(2 * np.pi * frequencies * times[:, None] + phases) @ sizes
