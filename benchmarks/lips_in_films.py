"""Do the lips of `--audio` fit what is said? `python benchmarks/lips_in_films.py CORPUS` prints a table.

CORPUS is the folder that `course train speech` makes: its held-out recordings are speakers and sentences that the
network never heard, American, British and Mandarin, women and men, whose phonemes are known to the moment. Each is
heard clean and spoilt: noise, a telephone's band, MP3 at 32 kbit/s, music beneath. The row `text` is what the lips do
for the true phonemes.

    shut       m, b, p at whose time, or a frame beside it, the lips touch
    by chance  the same share when the sounds are looked for anywhere in the sentence
    wide       open vowels (a) at which the mouth opens well
    viseme     moments (50 a second) with the right viseme, of 17
    lag        frames by which the mouth is behind the loudness of the sound; less than nothing is before it

The judge is the face model's points; `--films FOLDER` renders the clean sentences on a photo instead, and MediaPipe's
landmarker looks at the films (`--judge-weights face_landmarker.task`, `pip install mediapipe`).
"""

import argparse
import io as bytes_io
from pathlib import Path

import lips as lip_benchmark
import numpy as np

from course import motion, speech
from course.recipes.speech import corpus, music, utterances
from course.speech import hearing
from course.speech import lips as heard_lips

FPS, RATE = 25, 16_000
SHUT = lip_benchmark.CLOSED  # eye distances, between the inner lips
WIDE = 0.10
LAGS = range(-8, 9)


# ---------------------------------------------------------------- sound that is spoilt


def clean(samples, random):
    """The recording itself."""
    return samples


def noise(samples, random):
    """White noise 10 dB below the voice."""
    return lip_benchmark.noisy(samples, random, decibels=10)


def telephone(samples, random):
    """What a telephone lets through, 300 to 3400 Hz."""
    from scipy.signal import butter, sosfilt

    return sosfilt(butter(4, (300, 3400), "bandpass", fs=RATE, output="sos"), samples).astype(np.float32)


def mp3(samples, random):
    """Through an MP3 of 32 kbit/s and back; what the codec puts before the sound is cut off."""
    import av

    held = bytes_io.BytesIO()
    with av.open(held, "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = 32_000
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    held.seek(0)
    with av.open(held) as back:
        decoded = np.concatenate([frame.to_ndarray()[0] for frame in back.decode(audio=0)])
    around = np.correlate(decoded[:RATE], samples[: RATE // 2], "valid")
    start = int(np.abs(around).argmax())
    decoded = np.pad(decoded[start:], (0, max(0, len(samples) - len(decoded) + start)))
    return decoded[: len(samples)].astype(np.float32)


def with_music(samples, random):
    """Chords, bass and drum 10 dB below the voice."""
    song = np.resize(music.song(random), len(samples))
    size = np.sqrt(np.mean(samples**2) / np.mean(song**2)) * 10 ** (-10 / 20)
    return (samples + size * song).astype(np.float32)


SPOILT = {"clean": clean, "noise": noise, "telephone": telephone, "mp3": mp3, "music": with_music}


# ---------------------------------------------------------------- what the mouth does


def lip_counts(said, gap, shut: float = SHUT, wide: float = WIDE) -> dict:
    """What the gap of the lips (T,), in eye distances, does at the sounds of a `Speech`: name -> list of values."""
    counts = {"shut": [], "by chance": [], "wide": []}
    closed = gap <= shut
    for segment in speech.segments_of(said.phonemes):
        first = int(np.ceil((segment.start - 1 / FPS) * FPS - 0.5))
        last = int(np.floor((segment.end + 1 / FPS) * FPS - 0.5))
        at = slice(max(first, 0), min(max(last, first), len(gap) - 1) + 1)
        if segment.viseme == "PP":
            counts["shut"].append(closed[at].any())
            width = at.stop - at.start
            counts["by chance"].append(np.mean([closed[k : k + width].any() for k in range(len(gap) - width)]))
        if segment.viseme == "aa" and segment.end - segment.start > 0.045:
            counts["wide"].append(gap[at].max() >= wide)
    return counts


def lag(said, gap) -> float:
    """Frames by which the mouth is behind the sound's loudness."""
    loud = lip_benchmark.loudness(said.samples, said.sample_rate, len(gap))
    return max(LAGS, key=lambda frames: lip_benchmark.correlation_at(gap, loud, frames))


def right_visemes(said, samples, network=None) -> np.ndarray:
    """Whether each moment's viseme is the right one, (T,) of bool."""
    found = heard_lips.viseme_probabilities(samples, RATE, network).argmax(axis=1)
    return found == utterances.viseme_labels(said.phonemes, np.arange(len(found)) / heard_lips.RATE)


def heard_gap(face, samples, network=None, reading=None) -> np.ndarray:
    """Gap of the lips of a recording (T,), judged by the face model's points."""
    heard = hearing.hear(samples, RATE)
    times = (np.arange(int(np.ceil(heard.duration * FPS))) + 0.5) / FPS
    curves = heard_lips.lip_curves(heard, times, 1 / FPS, reading, network)
    return lip_benchmark.lip_shape(face, motion.Motion(curves, speech.LIP_CHANNELS, FPS))[0]


def measure(recordings, network=None, spoilt=SPOILT) -> dict:
    """{row: {column: list of values}} over the recordings."""
    face, rows = lip_benchmark.mean_face(), {}
    for said in recordings:
        gap = lip_benchmark.lip_shape(face, motion.from_speech(said, FPS))[0]
        _add(rows, "text", {**lip_counts(said, gap), "lag": [lag(said, gap)]})
    for name, spoil in spoilt.items():
        random = np.random.default_rng(0)
        for said in recordings:
            samples = spoil(said.samples, random)
            gap = heard_gap(face, samples, network)
            right = right_visemes(said, samples, network)
            _add(rows, name, {**lip_counts(said, gap), "lag": [lag(said, gap)], "viseme": right})
    return rows


def _add(rows, name, counts) -> None:
    for column, values in counts.items():
        rows.setdefault(name, {}).setdefault(column, []).extend(values)


def print_table(rows) -> None:
    """A line a row: shares, and the median of the lags."""
    print(f"{'heard':<12}{'shut':>8}{'by chance':>11}{'wide':>8}{'viseme':>8}{'lag':>6}{'m b p':>7}{'open':>6}")
    for name, found in rows.items():
        viseme = f"{np.mean(found['viseme']):.1%}" if "viseme" in found else ""
        print(f"{name:<12}{np.mean(found['shut']):>8.1%}{np.mean(found['by chance']):>11.1%}"
              f"{np.mean(found['wide']):>8.1%}{viseme:>8}{np.median(found['lag']):>6.0f}{len(found['shut']):>7}"
              f"{len(found['wide']):>6}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="folder with held_out_*.npz")
    arguments = parser.parse_args()
    recordings = [said for path in sorted(arguments.corpus.glob("held_out_*.npz")) for said in corpus.read(path)]
    print_table(measure(recordings))


if __name__ == "__main__":
    main()
