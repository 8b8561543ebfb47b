"""Do the lips of `--audio` fit what is said? `python benchmarks/lips_in_films.py CORPUS` prints a table.

CORPUS is the folder that `course train speech` makes: its held-out recordings are speakers and sentences that the
network never heard, American, British and Mandarin, women and men, whose phonemes are known to the moment. Each is
heard clean and spoilt: noise, a telephone's band, MP3 at 32 kbit/s, music beneath. The row `text` is what the lips do
for the true phonemes.

    shut       m, b, p at whose time, or a frame beside it, the lips touch
    by chance  the same share when the sounds are looked for anywhere in the sentence
    wide       open vowels (a) at which the mouth opens well
    viseme     moments (50 a second) with the right viseme, of 17
    near       the same, within one moment: the voices say their times in steps of 25 ms
    by chance  the same share when what is heard is shifted against what is said
    sound      sounds whose viseme is heard at their time, or a frame beside it
    by chance  the same share when they are looked for anywhere in the sentence
    lag        frames by which the mouth is behind the loudness of the sound; less than nothing is before it
    loud       correlation of the mouth's gap with the sound's loudness, at each sentence's lag

The judge is the face model's points. With `--photo FILE` the sentences are rendered on a photo and a landmarker looks
at the frames: `--judge mediapipe --judge-weights face_landmarker.task` (`pip install mediapipe`), or our own.
"""

import argparse
import io as bytes_io
import itertools
from pathlib import Path

import cv2
import lips as lip_benchmark
import numpy as np

from course import animation, errors, images, keypoints, motion, speech
from course.evaluation import judges
from course.motion import transfer
from course.recipes.speech import corpus, music, utterances
from course.speech import hearing
from course.speech import lips as heard_lips

FPS, RATE = 25, 16_000
SHUT = lip_benchmark.CLOSED  # eye distances, between the inner lips
WIDE = 0.10
WIDE_IN_FILMS = 0.07  # a landmarker sees the lips of a film less far apart
LAGS = range(-8, 9)
SHARES = ("shut", "by chance", "wide", "viseme", "near", "near by chance", "sound", "sound by chance")  # the columns


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
    """Through an MP3 of 32 kbit/s and back; PyAV takes off what the codec puts before the sound."""
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
    decoded = np.pad(decoded, (0, max(0, len(samples) - len(decoded))))
    return decoded[: len(samples)].astype(np.float32)


def with_music(samples, random):
    """Chords, bass and drum 10 dB below the voice."""
    song = np.resize(music.song(random), len(samples))
    size = np.sqrt(np.mean(samples**2) / np.mean(song**2)) * 10 ** (-10 / 20)
    return (samples + size * song).astype(np.float32)


SPOILT = {"clean": clean, "noise": noise, "telephone": telephone, "mp3": mp3, "music": with_music}


# ---------------------------------------------------------------- what the mouth does


def lip_counts(said, gap, wide: float = WIDE) -> dict:
    """What the gap of the lips (T,), in eye distances, does at the sounds of a `Speech`: name -> list of values."""
    counts = {"shut": [], "by chance": [], "wide": []}
    closed = gap <= SHUT
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


def followed(said, gap) -> dict:
    """Frames by which the mouth is behind the sound's loudness, and their correlation there."""
    loud = lip_benchmark.loudness(said.samples, said.sample_rate, len(gap))
    lag = max(LAGS, key=lambda frames: lip_benchmark.correlation_at(gap, loud, frames))
    return {"lag": [lag], "loud": [lip_benchmark.correlation_at(gap, loud, lag)]}


def viseme_counts(said, samples, network=None) -> dict:
    """What the network names at the moments of a `Speech`: name -> list of values."""
    found = heard_lips.viseme_probabilities(samples, RATE, network).argmax(axis=1)  # (T,)
    true = utterances.viseme_labels(said.phonemes, np.arange(len(found)) / heard_lips.RATE)
    edges = [0, *(np.flatnonzero(np.diff(true)) + 1), len(true)]
    beside, silence = heard_lips.RATE // FPS, speech.VISEME_NAMES.index("sil")
    counts = {"viseme": found == true, "near": is_near(found, true), "sound": [], "sound by chance": []}
    shifted = [is_near(np.roll(found, shift), true) for shift in range(heard_lips.RATE // 2, len(found), 10)]
    counts["near by chance"] = np.mean(shifted, axis=0)
    for first, last in itertools.pairwise(edges):
        if true[first] == silence:
            continue
        named = found == true[first]
        width = min(last + beside, len(named)) - max(first - beside, 0)
        counts["sound"].append(named[max(first - beside, 0) : last + beside].any())
        windows = np.lib.stride_tricks.sliding_window_view(named, width)
        counts["sound by chance"].append(windows.any(axis=1).mean())
    return counts


def is_near(found, true) -> np.ndarray:
    """Whether a viseme (T,) is the true one of its moment or of one beside it: bool (T,)."""
    before, after = np.roll(true, 1), np.roll(true, -1)
    before[0], after[-1] = true[0], true[-1]
    return (found == true) | (found == before) | (found == after)


def heard_lips_of(samples, network=None, reading=None) -> motion.Motion:
    """The lips of a recording, as `--audio` has them."""
    heard = hearing.hear(samples, RATE)
    times = (np.arange(int(np.ceil(heard.duration * FPS))) + 0.5) / FPS
    curves = heard_lips.lip_curves(heard, times, 1 / FPS, reading, network)
    return motion.Motion(curves, speech.LIP_CHANNELS, FPS)


def points_judge():
    """What judges by the face model's points: Motion -> gap of the lips (T,), in eye distances."""
    face = lip_benchmark.mean_face()
    return lambda moved: lip_benchmark.lip_shape(face, moved)[0]


def films_judge(photo, judge, size: int = 256):
    """What judges by a film on a photo, seen by `judge`: Motion -> gap (T,), in eye distances, that at rest taken off.
    """
    image = images.as_image(photo)
    scale = size / max(image.shape)
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    (actor,) = animation.cast(image, "largest", "warp")

    def gap_of(frame) -> float:
        points = judge(frame)
        return float((points[66, 1] - points[62, 1]) / keypoints.eye_distance(points))

    rest = gap_of(actor.frame(np.zeros(57)))

    def gaps(moved: motion.Motion) -> np.ndarray:
        values = transfer.values_for(moved, actor.face, "speech", animation.Settings())
        return np.array([gap_of(actor.frame(row)) for row in values]) - rest

    return gaps


def measure(recordings, gaps, spoilt=SPOILT, network=None, wide: float = WIDE) -> dict:
    """{row: {column: list of values}} over the recordings; gaps: a judge, Motion -> (T,); wide: eye distances."""
    rows = {}
    for said in recordings:
        gap = gaps(motion.from_speech(said, FPS))
        _add(rows, "text", {**lip_counts(said, gap, wide), **followed(said, gap)})
    for name, spoil in spoilt.items():
        random = np.random.default_rng(0)
        for said in recordings:
            samples = spoil(said.samples, random)
            gap = gaps(heard_lips_of(samples, network))
            _add(rows, name, {**lip_counts(said, gap, wide), **followed(said, gap),
                              **viseme_counts(said, samples, network)})  # fmt: skip
    return rows


def _add(rows, name, counts) -> None:
    for column, values in counts.items():
        rows.setdefault(name, {}).setdefault(column, []).extend(values)


def print_table(rows) -> None:
    """A line a row: shares, the median of the lags, the mean correlation, how many sounds there were."""
    titles = ["by chance" if name.endswith("by chance") else name for name in SHARES]
    print(f"{'heard':<10}" + "".join(f"{title:>11}" for title in (*titles, "lag", "loud", "m b p", "open")))
    for name, found in rows.items():
        shares = [f"{np.mean(found[column]):.1%}" if column in found else "" for column in SHARES]
        print(f"{name:<10}" + "".join(f"{share:>11}" for share in shares)
              + f"{np.median(found['lag']):>11.0f}{np.mean(found['loud']):>11.2f}"
              f"{len(found['shut']):>11}{len(found['wide']):>11}")


def recordings_of(folder: Path, parser, family: str = "held_out") -> list:
    """The first forty recordings of a family of a corpus; none is the command line's mistake."""
    paths = sorted(folder.glob(f"{family}_[0-9]*.npz"))[:2]
    if not paths:
        parser.error(f"{folder} holds no {family}_*.npz: `course train speech` makes them")
    try:
        return [said for path in paths for said in corpus.read(path)]
    except errors.CourseError as problem:
        return parser.error(str(problem))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="folder with held_out_*.npz")
    parser.add_argument("--photo", type=Path, help="render on this photo")
    parser.add_argument("--judge", default="embedded", choices=judges.NAMES)
    parser.add_argument("--judge-weights", help="face_landmarker.task, for --judge mediapipe")
    parser.add_argument("--family", default="held_out", choices=corpus.FAMILIES,
                        help="others than the held-out ones show what is named of what was trained on")
    parser.add_argument("--rows", nargs="*", default=list(SPOILT), choices=list(SPOILT), help="what is measured")
    arguments = parser.parse_args()
    recordings = recordings_of(arguments.corpus, parser, arguments.family)
    spoilt = {name: SPOILT[name] for name in arguments.rows}
    if not arguments.photo:
        print_table(measure(recordings, points_judge(), spoilt))
        return
    with judges.open_judge(arguments.judge, arguments.judge_weights) as judge:
        print_table(measure(recordings, films_judge(arguments.photo, judge), spoilt, wide=WIDE_IN_FILMS))


if __name__ == "__main__":
    main()
