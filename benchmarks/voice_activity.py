"""Who notices best that somebody speaks over a live face: the gate of loudness, or Silero's network?

    python benchmarks/voice_activity.py [--seconds 60] [--level -26]

Made sounds: sentences in several voices by hibari, Kokoro and espeak-ng, at `--level` dB of full scale, clean and with
a fan's, a street's and music's noise 10 dB below them; and what must start nothing: noise, music, typing, and the
face's own voice as a microphone hears it from loudspeakers, with the browser's echo cancellation (25 dB below a person,
and unevenly) and without it (as loud as a person). For each detector: starts a minute where nobody speaks; sentences at
which it did not start within a second; and how long after its first sound it started. Sounds come in pieces of 20 ms at
48,000 Hz. Where the face speaks, the guard of `serving/live/echo.py` knows what it says.

With 40 s, in November 2026 (false starts a minute; missed of 36 sentences, median delay, longest):

    sound                       loudness                   Silero
    a fan, a street             0.0                        0.0
    music                       28.5                       0.0
    typing                      1.5                        0.0
    own voice, cancelled        0.0 (no guard: 6.0)        0.0 (no guard: 6.0)
    own voice, as loud          1.5 (no guard: 6.0)        1.5 (no guard: 6.0)
    speech, nothing else        0,  96 ms, 277 ms          0, 135 ms, 240 ms
    speech and a fan            11, 168 ms, 800 ms         0, 135 ms, 247 ms
    speech and a street         0, 174 ms, 480 ms          0, 128 ms, 218 ms
    speech and music            1, (music starts it)       0, 142 ms, 218 ms
    speech over its own voice   0, 121 ms, 417 ms          0, 142 ms, 368 ms
    speech over it, as loud     36                         36

So Silero is used where it is installed; it takes about 15 ms of a core for a second of sound, loudness 3 ms. Without
any echo cancellation the face is not heard over by either: that is what its button Stop and headphones are for.
"""

import argparse
import statistics
import time

import numpy as np
from scipy import signal

from course.io import sound
from course.serving.live import detecting, echo, silero, tracks

RATE, PIECE = 48_000, 960
SENTENCES = ("Excuse me, one question.", "Wait a moment, please.", "Stop, I have heard enough.", "How old are you?",
             "My mama may be home by now.", "Can you say that again?")  # fmt: skip
VOICES = ("heart", "am_michael", "bf_emma", "bm_george", "en-us", "en-gb-scotland")
FACE = ("Good morning, and welcome. I am a photo that learned to talk, and I hope that you are well today. "
        "Ask me whatever you like, and I will try to answer. It may take a moment, since I think slowly.")
QUIET = -75.0  # dB, a microphone's own noise


def leveled(samples: np.ndarray, decibels: float) -> np.ndarray:
    """At a level while it sounds."""
    loud = samples[np.abs(samples) > 0.02 * np.abs(samples).max()]
    return samples * (10 ** (decibels / 20) / np.sqrt(np.mean(np.square(loud))))


def spoken(text: str, voice: str) -> np.ndarray:
    """A sentence at 48 kHz."""
    return sound.resample(tracks.track_of(text, tracks.Asked(voice=voice)).sound, 24_000, RATE)


def noise(count: int, random, slope: float) -> np.ndarray:
    """Noise whose power falls with frequency to the power `slope`: 0 white, 1 a fan, 2 a street."""
    shape = np.fft.rfft(random.normal(size=count))
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 40)
    return np.fft.irfft(shape * hertz ** (-slope / 2), count)


def music(count: int, random) -> np.ndarray:
    """Chords of plucked strings, a melody, a drum."""
    out, beat = np.zeros(count), RATE // 2
    for number, at in enumerate(range(0, count, beat)):
        length = min(4 * beat, count - at)
        times = np.arange(length) / RATE
        root = 110 * 2 ** ([0, 5, 7, 3][number // 8 % 4] / 12)
        notes = [2 * root * 2 ** (random.choice([0, 2, 4, 7, 9, 12]) / 12)]
        if number % 4 == 0:
            notes += [root, root * 1.26, root * 1.5]
        for note in notes:
            for overtone in range(1, 7):
                out[at : at + length] += (np.sin(2 * np.pi * note * overtone * times) / overtone**1.3
                                          * np.exp(-times * (1.5 + overtone)))
        if number % 2:
            hit = random.normal(size=min(RATE // 10, count - at))
            out[at : at + len(hit)] += 0.5 * hit * np.exp(-np.arange(len(hit)) / 800)
    return out


def typing(count: int, random) -> np.ndarray:
    """Keys: clicks of 5 to 15 ms, two to nine a second, with a softer one when the key comes up."""
    out, at = np.zeros(count), 0
    while (at := at + int(RATE * random.uniform(0.1, 0.35))) < count - RATE:
        for later, share in ((0, random.uniform(0.3, 1)), (int(RATE * random.uniform(0.06, 0.1)), 0.3)):
            length = int(RATE * random.uniform(0.02, 0.04))
            click = random.normal(size=length) * np.exp(-np.arange(length) / random.uniform(150, 500))
            out[at + later : at + later + length] += share * click
    return out


def echoed(face: np.ndarray, random, uneven: bool) -> np.ndarray:
    """The face's voice out of a loudspeaker, through a room; uneven: what echo cancellation leaves of it."""
    room = random.normal(size=RATE // 3) * np.exp(-np.arange(RATE // 3) / (RATE * 0.05))
    room[0] = 6.0
    heard = signal.fftconvolve(face, room)[: len(face)]
    heard = np.concatenate([np.zeros(RATE // 12), heard])[: len(face)]
    if uneven:  # each 50 ms another part stays
        steps = len(heard) // 2400 + 1
        heard = heard * np.repeat(10 ** (random.uniform(-12, 6, steps) / 20), 2400)[: len(heard)]
    return heard


def face_of(count: int) -> np.ndarray:
    """What the face says, in phrases with a rest between them."""
    once = np.pad(spoken(FACE, "heart"), (0, RATE))
    return np.tile(once, -(-count // len(once)))[:count]


def quiet_sounds(seconds: float, level: float) -> dict:
    """What must start nothing: {name: (samples, what the face says meanwhile or None)}."""
    random, count = np.random.default_rng(5), round(seconds * RATE)
    face = face_of(count)
    return {"a fan": (leveled(noise(count, random, 1), level - 10), None),
            "a street": (leveled(noise(count, random, 2), level - 10), None),
            "music": (leveled(music(count, random), level), None),
            "typing": (leveled(typing(count, random), level), None),
            "own voice, cancelled": (leveled(echoed(face, random, True), level - 25), face),
            "own voice, loud": (leveled(echoed(face, random, False), level), face)}  # fmt: skip


def backgrounds(count: int, level: float) -> dict:
    """What is heard beside a sentence, and what the face says meanwhile or None."""
    random, face = np.random.default_rng(6), face_of(count)
    return {"nothing": (np.zeros(count), None), "a fan": (leveled(noise(count, random, 1), level - 10), None),
            "a street": (leveled(noise(count, random, 2), level - 10), None),
            "music": (leveled(music(count, random), level - 10), None),
            "own voice, cancelled": (leveled(echoed(face, random, True), level - 25), face),
            "own voice, loud": (leveled(echoed(face, random, False), level), face)}  # fmt: skip


def starts(detector, samples: np.ndarray, face: np.ndarray | None, guarded: bool = True) -> list:
    """Seconds at which it says that a voice began. Samples come 20 ms at a time, as a microphone gives them."""
    own, guard, found = np.random.default_rng(7).normal(0, 10 ** (QUIET / 20), len(samples)), echo.Echo(), []
    whole = np.clip(samples + own, -1, 1).astype(np.float32)
    for at in range(0, len(whole) - PIECE, PIECE):
        if face is not None and guarded:
            if at % (2 * PIECE) == 0:
                guard.play(face[at : at + 2 * PIECE])
            detector.floor = guard.floor(whole[at : at + PIECE])
        if detector.feed(whole[at : at + PIECE], RATE):
            found.append((at + PIECE) / RATE)
    return found


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--level", type=float, default=-26)
    options = parser.parse_args()
    detectors = {"loudness": detecting.VoiceDetector}
    if silero.is_there():
        detectors["silero"] = silero.SileroDetector
    print("starts a minute where nobody speaks")
    for name, (samples, face) in quiet_sounds(options.seconds, options.level).items():
        row = {who: 60 / options.seconds * len(starts(made(), samples, face)) for who, made in detectors.items()}
        if face is not None:
            row |= {f"{who} without the guard": 60 / options.seconds * len(starts(made(), samples, face, False))
                    for who, made in detectors.items()}
        print(f"  {name:22s}" + "  ".join(f"{who} {count:5.1f}" for who, count in row.items()), flush=True)
    print("sentences at which it did not start within a second; delay, median and longest")
    lead = 2 * RATE
    said = [np.pad(leveled(spoken(text, voice), options.level), (lead, RATE)) for text in SENTENCES for voice in VOICES]
    for name, (behind, face) in backgrounds(max(map(len, said)), options.level).items():
        row = {}
        for who, made in detectors.items():
            delays, missed, begun = [], 0, time.process_time()
            for samples in said:
                onset = np.flatnonzero(np.abs(samples) > 0.05 * np.abs(samples).max())[0] / RATE
                found = starts(made(), samples + behind[: len(samples)], face)
                found = [at - onset for at in found if 0 <= at - onset <= 1]
                delays += found[:1]
                missed += not found
            spent = (time.process_time() - begun) / sum(len(samples) / RATE for samples in said)
            row[who] = (f"{who} {missed:2d} of {len(said)}, {1e3 * statistics.median(delays or [1]):4.0f} ms, "
                        f"{1e3 * max(delays, default=1):4.0f} ms ({1e3 * spent:.1f} ms a second)")
        print(f"  {name:22s}" + "   ".join(row.values()), flush=True)


if __name__ == "__main__":
    main()
