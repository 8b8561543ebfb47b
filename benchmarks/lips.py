"""Do the lips follow the sound? `python benchmarks/lips.py` prints three tables.

Everything is measured on the face model's points, that is on what is seen: the gap between the inner lips
(points 62 and 66) and the width of the mouth (48 to 54), in distances between the outer corners of the eyes.

(a) recordings of people: gap against loudness. Needs two recordings in `$COURSE_SHARED/audio` or in
    `../shared/audio` beside the checkout; left out where there are none.
(b) text: lips closed at m, b, p, lip near the teeth at f, v, round at o, u, w.
(c) voices that the network never heard: frames with the right viseme. A frame's class is the network's most
    probable viseme at that moment (50 moments a second), and the truth is espeak-ng's own phoneme there. The
    baseline knows loudness only: the class seen most often at such loudness and such change of it.
"""

import os
from pathlib import Path

import numpy as np

from course import io, keypoints, motion, speech
from course.face import model as face_model
from course.recipes.speech import held_out, texts, utterances
from course.speech import espeak
from course.speech import lips as audio_motion

FPS = 25
CLOSED = 0.015  # eye distances: about 1.3 mm
TOUCHING = 0.055
ROUND = 0.90  # of the width at rest
MAX_LAG = 8  # frames

SENTENCES = {
    "en-us": [
        "Both of them put the brown paper box up on top of the piano.",
        "My uncle grew up in a small room above the old bookshop.",
        "Whoever wants to improve must be prepared to fail very often.",
        "The boys wove a blue rope out of wool and moved the boat.",
    ],
    "cmn": [
        "今天下午我们跟朋友一起去公园跑步。",
        "不管你怎么说，我都不会忘记那个故事。",
        "爸爸把面包放在木头桌子上面。",
    ],
    "es": ["Un buen amigo vale más que mucho oro en el bolsillo."],
    "de": ["Abends um sieben blühen die Rosen über dem Bach."],
}  # fmt: skip
OTHER_VOICES = {
    "en-gb-scotland": "Perhaps the bus will come before the boat has to leave.",
    "es-419": "La primavera trae flores y agua fresca al pueblo.",
    "ca": "Bon dia, aquest matí fa molt de fred a la muntanya.",
}


def mean_face() -> face_model.Face:
    """The face model's average person, from the front."""
    model = face_model.FaceModel.load()
    points = face_model.project(model.mean, np.zeros(6), scale=200.0, origin=(200.0, 200.0))
    return face_model.fit_face(points, model)


def lip_shape(face, moved: motion.Motion) -> tuple:
    """Gap of the inner lips and width of the mouth, each (T,), in eye distances."""
    values = moved.full()
    points = face_model.pose_points(face, values)  # (T, 78, 2)
    yardstick = keypoints.eye_distance(points[0])
    gap = (points[:, 66, 1] - points[:, 62, 1]) / yardstick
    width = np.linalg.norm(points[:, 54] - points[:, 48], axis=1) / yardstick
    return gap, width


# ---------------------------------------------------------------- (a) recordings of people


def loudness(samples, rate, count) -> np.ndarray:
    """Loudness around the middle of each frame, dB below the loud parts, at most 40 down: (count,)."""
    squares = np.concatenate([[0], np.cumsum(np.square(samples, dtype=np.float64))])
    edges = np.clip(np.arange(count + 1) * rate / FPS, 0, len(samples)).astype(int)
    power = np.diff(squares[edges]) / np.maximum(np.diff(edges), 1)
    decibels = 10 * np.log10(power + 1e-10)
    return np.maximum(decibels - np.percentile(decibels, 95), -40)


def correlation_at(gap, loud, lag) -> float:
    """Correlation of the mouth `lag` frames after the sound with the sound."""
    late, early = gap[max(lag, 0) : len(gap) + min(lag, 0)], loud[max(-lag, 0) : len(loud) + min(-lag, 0)]
    return float(np.corrcoef(late, early)[0, 1])


def pauses(loud, least=0.2) -> np.ndarray:
    """True inside pauses of at least `least` seconds, their edges (one frame) left out."""
    from scipy.ndimage import binary_erosion, binary_opening

    quiet = binary_opening(loud < -25, np.ones(round(least * FPS), bool))
    return binary_erosion(quiet, np.ones(3, bool), border_value=1)


def follow_recordings(face, folder: Path) -> None:
    print("(a) recordings of people: gap of the lips against loudness, 25 frames/s")
    print(f"{'recording':<16}{'seconds':>8}{'lag':>5}{'r at lag':>10}{'r at 0':>8}{'gap speaking':>14}"
          f"{'in pauses':>11}{'at rest':>9}")  # fmt: skip
    rest, _ = lip_shape(face, motion.Motion(np.zeros((1, 57))))
    for path in sorted(folder.glob("*.wav")):
        samples, rate = io.load_audio(path)
        gap, _ = lip_shape(face, motion.from_audio(samples, rate, FPS))
        loud = loudness(samples, rate, len(gap))
        lags = range(-MAX_LAG, MAX_LAG + 1)
        best = max(lags, key=lambda lag: correlation_at(gap, loud, lag))
        quiet = pauses(loud)
        still = f"{gap[quiet].mean():.3f}" if quiet.any() else "none"
        speaking = gap[loud > -15].mean()
        print(f"{path.stem:<16}{len(samples) / rate:>8.1f}{best:>5d}{correlation_at(gap, loud, best):>10.2f}"
              f"{correlation_at(gap, loud, 0):>8.2f}{speaking:>14.3f}{still:>11}{rest[0]:>9.3f}")  # fmt: skip
    print("lag in frames: positive is a mouth behind the sound\n")


# ---------------------------------------------------------------- (b) text


def frames_at(phoneme, count) -> slice:
    """The frames whose middle lies in the phoneme or half a frame beside it."""
    first = int(np.ceil((phoneme.start - 0.5 / FPS) * FPS - 0.5))
    last = int(np.floor((phoneme.end + 0.5 / FPS) * FPS - 0.5))
    return slice(max(first, 0), min(max(last, first), count - 1) + 1)


def read_lips(face) -> None:
    print("(b) text: what the lips do at the time of a sound")
    print(f"{'voice':<10}{'words/min':>10}{'m b p closed':>16}{'o u w round':>15}{'f v touching':>15}"
          f"{'open vowels closed':>20}")  # fmt: skip
    rest = lip_shape(face, motion.Motion(np.zeros((1, 57))))[1][0]
    for voice, sentences in SENTENCES.items():
        for rate in (160, 300):
            counts = {"PP": [], "round": [], "FF": [], "aa": []}
            for sentence in sentences:
                said = speech.synthesize(sentence, voice, espeak.Settings(rate=rate))
                gap, width = lip_shape(face, motion.from_speech(said, FPS))
                for phoneme in said.phonemes:
                    shapes = [name for name, _ in speech.visemes_of(phoneme.symbol)]
                    at = frames_at(phoneme, len(gap))
                    if "PP" in shapes:
                        counts["PP"].append(gap[at].min() <= CLOSED)
                    if "FF" in shapes:
                        counts["FF"].append(gap[at].min() <= TOUCHING)
                    if set(shapes) & {"oh", "ou", "ue"}:
                        counts["round"].append(width[at].min() <= ROUND * rest)
                    if "aa" in shapes:
                        counts["aa"].append(gap[at].max() <= CLOSED)
            shares = {name: f"{np.mean(hits):.0%} of {len(hits)}" if hits else "none" for name, hits in counts.items()}
            print(f"{voice:<10}{rate:>10}{shares['PP']:>16}{shares['round']:>15}{shares['FF']:>15}{shares['aa']:>20}")
    print(f"closed: gap at most {CLOSED}; touching: at most {TOUCHING}; round: width at most {ROUND} of that at rest\n")


# ---------------------------------------------------------------- (c) voices never heard


def held_out_speech() -> list:
    """[(name, Speech)]: speakers and languages that were not trained on, saying sentences that were not."""
    said = []
    for i, variant in enumerate(held_out.VARIANTS):
        for voice, sentences in SENTENCES.items():
            manner = espeak.Settings(rate=(130, 160, 200)[i % 3])
            said += [(f"{variant}", speech.synthesize(text, f"{voice}+{variant}", manner)) for text in sentences]
    said += [(voice, speech.synthesize(text, voice)) for voice, text in OTHER_VOICES.items()]
    return said


def label_at_network_rate(said, count) -> np.ndarray:
    return utterances.viseme_labels(said.phonemes, np.arange(count) / audio_motion.RATE)


def loudness_bins(samples, rate, count) -> np.ndarray:
    """Loudness and its change as one number a moment, (count,), at the network's rate."""
    loud = speech.relative_loudness(samples, rate)[::2][:count]
    change = np.gradient(loud)
    level = np.clip((loud + 45) // 3, 0, 16).astype(int)
    return level * 9 + np.clip(np.round(change / 4) + 4, 0, 8).astype(int)


def loudness_baseline(count=80) -> np.ndarray:
    """The commonest class for each bin of `loudness_bins`, from the sentences and voices of the training."""
    seen = np.zeros((17 * 9, len(speech.VISEME_NAMES)))
    random = np.random.default_rng(0)
    sentences = texts.read_sentences()
    for _ in range(count):
        voice = str(random.choice(["en-us", "en-gb", "cmn", "es", "de"]))
        said = speech.synthesize(str(random.choice(sentences[voice])), voice)
        count = int(said.duration * audio_motion.RATE)
        bins = loudness_bins(said.samples, said.sample_rate, count)
        np.add.at(seen, (bins, label_at_network_rate(said, count)), 1)
    return np.where(seen.sum(axis=1) > 0, seen.argmax(axis=1), 0)


def noisy(samples, random, decibels=20) -> np.ndarray:
    """White noise that many dB below the speech."""
    size = np.sqrt(np.mean(np.square(samples))) * 10 ** (-decibels / 20)
    return (samples + size * random.standard_normal(len(samples))).astype(np.float32)


def name_visemes() -> None:
    print("(c) voices never heard: share of moments with the right viseme, of 17")
    print(f"{'speaker':<18}{'moments':>9}{'network':>9}{'in noise':>10}{'loudness only':>15}{'closed found':>14}")
    commonest, random = loudness_baseline(), np.random.default_rng(1)
    rows = {}
    for name, said in held_out_speech():
        clean = speech.viseme_probabilities(said.samples, said.sample_rate).argmax(axis=1)
        rough = speech.viseme_probabilities(noisy(said.samples, random), said.sample_rate).argmax(axis=1)
        truth = label_at_network_rate(said, len(clean))
        guess = commonest[loudness_bins(said.samples, said.sample_rate, len(clean))]
        lips = speech.VISEME_NAMES.index("PP")
        rows.setdefault(name, []).append(np.stack([clean == truth, rough == truth, guess == truth,
                                                   (clean == lips) & (truth == lips), truth == lips]))  # fmt: skip
    everything = np.concatenate([part for parts in rows.values() for part in parts], axis=1)
    for name, hits in [*((name, np.concatenate(parts, axis=1)) for name, parts in rows.items()), ("all", everything)]:
        share = hits.mean(axis=1)
        print(f"{name:<18}{hits.shape[1]:>9}{share[0]:>9.1%}{share[1]:>10.1%}{share[2]:>15.1%}"
              f"{share[3] / share[4]:>14.1%}")  # fmt: skip
    print("in noise: white, 20 dB below the speech; closed found: share of m, b, p moments named so")


def main() -> None:
    face = mean_face()
    shared = Path(os.environ.get("COURSE_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    if any((shared / "audio").glob("*.wav")):
        follow_recordings(face, shared / "audio")
    else:
        print(f"(a) left out: no recordings in {shared / 'audio'}; name their folder's parent in COURSE_SHARED\n")
    read_lips(face)
    name_visemes()


if __name__ == "__main__":
    main()
