"""Phonemes to lips: measured where it is seen, on the face model's points."""

import numpy as np
import pytest

from course import keypoints, motion, speech
from course.face import channels
from course.face import model as face_model
from course.speech import Phoneme, espeak, visemes


@pytest.fixture(scope="module")
def lips():
    """Motion -> gap of the inner lips and width of the mouth, each (T,), in eye distances."""
    model = face_model.FaceModel.load()
    face = face_model.fit_face(face_model.project(model.mean, np.zeros(6), 200.0, (200.0, 200.0)), model)

    def measure(moved):
        points = face_model.pose_points(face, moved.full())
        yardstick = keypoints.eye_distance(points[0])
        width = np.linalg.norm(points[:, 54] - points[:, 48], axis=1)
        return (points[:, 66, 1] - points[:, 62, 1]) / yardstick, width / yardstick

    return measure


def shape_of(name):
    return motion.Motion(visemes.target(name)[None], speech.LIP_CHANNELS)


def frames_of(phoneme, count, fps=25):
    first = int(np.ceil((phoneme.start - 0.5 / fps) * fps - 0.5))
    last = int(np.floor((phoneme.end + 0.5 / fps) * fps - 0.5))
    return slice(max(first, 0), min(max(first, last), count - 1) + 1)


def row(*symbols, length=0.1):
    return [Phoneme(symbol, i * length, (i + 1) * length, 2) for i, symbol in enumerate(symbols)]


def test_shapes_look_like_their_sounds(lips):
    gap = {name: lips(shape_of(name))[0][0] for name in speech.VISEME_NAMES}
    width = {name: lips(shape_of(name))[1][0] for name in speech.VISEME_NAMES}
    assert gap["PP"] < 0.015 and gap["sil"] < 0.015
    assert gap["aa"] > gap["E"] > gap["ih"] > gap["FF"] > gap["PP"]
    assert gap["oh"] > gap["ou"] > 0.02
    assert width["ou"] < 0.8 * width["sil"] and width["oh"] < 0.85 * width["sil"] and width["ih"] > width["sil"]


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [("p", ["PP"]), ("mʲ", ["PP"]), ("ph", ["PP"]), ("f", ["FF"]), ("tʃ", ["CH"]), ("ts", ["SS"]), ("t͡ʃ", ["CH"]),
     ("aɪ", ["aa", "ih"]), ("oʊ", ["oh", "ou"]), ("ɔːɹ", ["oh", "RR"]), ("yɛ", ["ue", "E"]), ("pf", ["PP", "FF"]),
     ("ˈuː", ["ou"]), ("ɑ4", ["aa"]), ("s.", ["CH"]), ("i.", ["SS"]), ("o-", ["uh"]), ("", []), ("(en)", [])],
)  # fmt: skip
def test_visemes_of_a_phoneme(symbol, expected):
    assert [name for name, _ in speech.visemes_of(symbol)] == expected


def test_every_phoneme_of_every_voice_has_a_look():
    """All letters that any voice uses while counting are in the table, so none is guessed."""
    unknown = set()
    for voice in espeak.installed_voices():
        for symbol, _ in espeak.speak("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20, 100, 1000", voice.name)[2]:
            spoken = symbol.lstrip("ˈˌ")
            if speech.visemes_of(symbol) == [("uh", 0.6)] and any(letter.isalpha() for letter in spoken):
                unknown.add(spoken)
    assert not unknown - {"ː", "ʲ"}


@pytest.mark.parametrize("rate", [130, 200, 320])
@pytest.mark.parametrize(
    ("voice", "text"),
    [("en-us", "Bob and Pam may buy a map; my poor pupils put up umbrellas."), ("cmn", "爸爸妈妈跑步，不怕麻烦。"),
     ("de", "Bitte probier mal ein paar Pfannkuchen.")],
)  # fmt: skip
@pytest.mark.parametrize("fps", [25, 30])
def test_lips_are_closed_at_m_b_p(lips, voice, text, rate, fps):
    said = speech.synthesize(text, voice, espeak.Settings(rate=rate))
    gap, _ = lips(motion.from_speech(said, fps))
    closing = [p for p in said.phonemes if ("PP", 1.0) in speech.visemes_of(p.symbol)]
    assert len(closing) >= 5
    for phoneme in closing:
        assert gap[frames_of(phoneme, len(gap), fps)].min() < 0.015, phoneme


def test_lips_are_round_at_o_and_u_and_touch_at_f(lips):
    said = speech.synthesize("You two choose a few more blue shoes for the show.", "en-us")
    gap, width = lips(motion.from_speech(said))
    for phoneme in said.phonemes:
        shapes = [name for name, _ in speech.visemes_of(phoneme.symbol)]
        at = frames_of(phoneme, len(gap))
        if "ou" in shapes:
            assert width[at].min() < 0.9 * width[-1], phoneme
        if "FF" in shapes:
            assert gap[at].min() < 0.055, phoneme


def test_pauses_close_the_mouth_and_vowels_open_it(lips):
    said = speech.synthesize("Father. Father.", "en-us")
    gap, _ = lips(motion.from_speech(said))
    assert gap[0] < 0.03 and gap[-1] < 0.015
    middle = [p for p in said.phonemes[1:-1] if not p.symbol and p.end - p.start > 0.3]
    assert middle and gap[int(0.5 * (middle[0].start + middle[0].end) * 25)] < 0.02
    for phoneme in said.phonemes:
        if phoneme.symbol == "ɑː":
            assert gap[frames_of(phoneme, len(gap))].max() > 0.1


def test_stress_opens_the_jaw_further():
    jaw = visemes.LIP_INDEX["jawOpen"]
    weak, strong = ([Phoneme("", 0, 0.3), Phoneme("a", 0.3, 0.5, s), Phoneme("", 0.5, 0.8)] for s in (0, 2))
    times = np.arange(0, 0.8, 0.01)
    assert speech.curves(strong, times)[:, jaw].max() > 1.15 * speech.curves(weak, times)[:, jaw].max()


def test_lips_lead_the_sound():
    """Half the rounding of u is there before u begins; half of the way to a is made at its start, not after."""
    times = np.arange(0, 0.6, 0.01)
    phonemes = [Phoneme("i", 0.0, 0.3), Phoneme("u", 0.3, 0.6, 2)]
    pucker = speech.curves(phonemes, times)[:, visemes.LIP_INDEX["mouthPucker"]]
    half = times[np.argmax(pucker > 0.5 * pucker.max())]
    assert 0.2 < half < 0.3
    jaw = speech.curves([Phoneme("s", 0.0, 0.3), Phoneme("a", 0.3, 0.6, 2)], times)[:, visemes.LIP_INDEX["jawOpen"]]
    half = times[np.argmax(jaw > 0.5 * (jaw.max() + jaw[5]))]
    assert 0.24 < half <= 0.32


def test_neighbours_colour_each_other():
    """The same s is rounder before u than before i."""
    pucker, times = visemes.LIP_INDEX["mouthPucker"], np.arange(0, 0.3, 0.01)
    beside_u, beside_i = (speech.curves(row("", "s", v), times)[15, pucker] for v in ("u", "i"))
    assert beside_u > beside_i + 0.1


def test_curves_are_smooth_and_bounded():
    said = speech.synthesize("Peter may be happy about the big map of Paris.", "en-us", espeak.Settings(rate=300))
    values = speech.curves(said.phonemes, np.arange(0, said.duration, 0.005))
    assert np.abs(np.diff(values, axis=0)).max() < 0.08  # a step of 5 ms
    assert values.min() > -1e-6 and values.max() < 1


def test_frames_show_their_middle():
    """At 25 frames/s and at 100 the curve is the same one, sampled at (k + 0.5) / fps."""
    said = speech.synthesize("Hello, everybody!", "en-us")
    slow, fast = motion.from_speech(said, 25), motion.from_speech(said, 125)
    assert len(slow) == int(np.ceil(said.duration * 25)) and slow.channels == (*speech.LIP_CHANNELS, "tongueOut")
    jaw = np.interp((np.arange(len(slow)) + 0.5) / 25, (np.arange(len(fast)) + 0.5) / 125, fast["jawOpen"])
    assert np.corrcoef(jaw, slow["jawOpen"])[0, 1] > 0.98


def test_only_the_lips_move():
    moved = motion.from_speech(speech.synthesize("Hello", "en-us"))
    others = [name for name in channels.CHANNELS if name not in speech.LIP_CHANNELS]
    assert all(not moved[name].any() for name in others)


def test_accents_lie_on_stressed_syllables():
    said = speech.synthesize("A tomato is a wonderful thing.", "en-us")
    found = motion.accents(said)
    stressed = [p for p in said.phonemes if p.stress == 2]
    assert len(found) == len(stressed) > 2
    assert all(p.start < at < p.end and 0 <= force <= 1 for p, (at, force) in zip(stressed, found))
    assert max(force for _, force in found) == pytest.approx(1)


def test_accents_of_a_recording_lie_on_syllables_and_the_strong_ones_on_stressed_ones():
    said = speech.synthesize("My mother made a wonderful breakfast, and everybody enjoyed the beautiful morning.")
    stressed = np.array([at for at, _ in motion.accents(said)])
    heard = motion.accents_of_sound(said.samples, said.sample_rate)
    at, force = np.array(heard).T
    assert ((force > 0) & (force <= 1)).all() and force.max() > 0.9
    near = np.abs(at[:, None] - stressed).min(axis=1) < 0.08
    by_chance = np.mean([np.abs(stressed - t).min() < 0.08 for t in np.linspace(0.2, said.duration - 0.3, 500)])
    assert near.mean() > by_chance + 0.15
    assert near[force > 0.6].mean() > by_chance + 0.25


def test_a_breath_has_no_shape_of_its_own_and_its_vowel_rules():
    breath = [Phoneme("h", 0.0, 0.1), Phoneme("uː", 0.1, 0.3, 2)]
    other = [Phoneme("k", 0.0, 0.1), Phoneme("uː", 0.1, 0.3, 2)]
    assert [segment.shapeless for segment in speech.segments_of(breath)] == [True, False]
    assert not any(segment.shapeless for segment in speech.segments_of(other))
    at = np.array([0.05, 0.06])
    pucker = [speech.curves(said, at)[0, visemes.LIP_INDEX["mouthPucker"]] for said in (breath, other)]
    assert pucker[0] > pucker[1]


def test_a_mouth_stays_between_its_targets_and_rests_where_nobody_speaks():
    spans, targets = np.array([[0.0, 0.1], [0.1, 0.3]]), np.array([[0.2, 0.0], [0.8, 0.4]])
    times = np.linspace(-0.1, 0.4, 51)
    mouth = speech.coarticulate(times, spans, np.array([1.0, 2.0]), targets, 0.05, 0.04)
    assert (np.diff(mouth, axis=0) > -1e-6).all() and 0.2 <= mouth[:, 0].min() + 1e-6 and mouth[:, 0].max() <= 0.8
    assert not speech.coarticulate(np.array([-5.0, 9.0]), spans, np.ones(2), targets, 0.05, 0.04).any()


def test_silence_has_no_accents():
    assert motion.accents_of_sound(np.zeros(16000, np.float32), 16000) == []
