"""Pitch, and the nods, brows and questions that follow it; and how lively the head is beneath."""

import numpy as np
import pytest

from course import face, motion, speech
from course.evaluation import motion_metrics
from course.motion import emphasis, idle_features, idle_networks, learned_idle, spoken
from course.speech import pitch


def tone(hertz, seconds=1.0, rate=16_000):
    """A buzz of ten harmonics; hertz: a number or (N,)."""
    phase = np.cumsum(np.broadcast_to(hertz, round(seconds * rate))) / rate
    return (0.1 * sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 11))).astype(np.float32)


# ---------------------------------------------------------------- pitch


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000])
@pytest.mark.parametrize("hertz", [75.0, 120.0, 210.0, 440.0])
def test_the_pitch_of_a_tone(hertz, rate):
    found = pitch.f0_of(tone(hertz, 1.0, rate), rate)
    assert found.shape == (101,) and found.dtype == np.float32
    np.testing.assert_allclose(found[10:-10], hertz, rtol=0.004)


def test_a_glide_is_followed_in_time():
    hertz = 100 * 2 ** (np.arange(16_000) / 16_000)
    found = pitch.f0_of(tone(hertz), 16_000)[10:-10]
    np.testing.assert_allclose(12 * np.log2(found / (100 * 2 ** (np.arange(10, 91) / 100))), 0, atol=0.3)


def test_noise_silence_and_scraps_have_no_pitch():
    random = np.random.default_rng(0)
    assert np.mean(pitch.f0_of(random.normal(0, 0.1, 16_000), 16_000) > 0) < 0.05
    for samples in (np.zeros(8000), np.zeros(0), np.zeros(1), random.normal(0, 1, 50)):
        assert not pitch.f0_of(samples, 16_000).any()
    assert np.isnan(pitch.semitones(np.zeros(5))).all()


def test_pitch_agrees_with_librosas_yin():
    import librosa

    said = speech.synthesize("My mother made a wonderful breakfast this morning.")
    ours = pitch.f0_of(said.samples, said.sample_rate)
    theirs = librosa.yin(said.samples, fmin=60, fmax=500, sr=said.sample_rate, frame_length=2048,
                         hop_length=said.sample_rate // 100)
    at = np.flatnonzero(ours)
    place = np.minimum((at / 100 * said.sample_rate / (said.sample_rate // 100)).round().astype(int), len(theirs) - 1)
    apart = np.abs(12 * np.log2(ours[at] / theirs[place]))
    assert len(at) > 60 and np.median(apart) < 0.3 and np.mean(apart < 1) > 0.85


# ---------------------------------------------------------------- accents


def test_a_syllable_said_higher_is_stressed_more():
    hertz = np.full(32_000, 120.0)
    hertz[16_000:20_000] = 170.0
    sounds = [speech.Phoneme("a", start, start + 0.25, 2) for start in (0.5, 1.0, 1.5)]
    said = speech.Speech(tone(hertz, 2.0), 16_000, sounds)
    first, second, third = (force for _, force in motion.accents(said))
    assert second == pytest.approx(1) and first < 0.75 and third < 0.75


def test_a_voices_own_pitch_is_used_where_it_has_one():
    sounds = [speech.Phoneme("a", start, start + 0.25, 2) for start in (0.5, 1.5)]
    said = speech.Speech(tone(120.0, 2.0), 16_000, sounds)
    said.f0, said.f0_rate = np.where(np.arange(160) >= 120, 200.0, 120.0), 80.0
    first, second = (force for _, force in motion.accents(said))
    assert first < 0.75 and second == pytest.approx(1)


def test_high_syllables_of_a_recording_count_more():
    hertz = np.full(32_000, 120.0)
    hertz[16_000:20_000] = 170.0
    beats = np.clip(np.sin(2 * np.pi * 2 * np.arange(32_000) / 16_000), 0, 1) ** 2
    sound = (tone(hertz, 2.0) * beats).astype(np.float32)
    plain = dict(motion.accents_of_sound(sound, 16_000))
    with_pitch = dict(motion.accents_of_sound(sound, 16_000, pitch.f0_of(sound, 16_000)))
    assert plain.keys() == with_pitch.keys() and len(plain) >= 3
    gain = {at: with_pitch[at] / plain[at] for at in plain}
    assert max(gain, key=gain.get) == pytest.approx(1.12, abs=0.15)


def test_heads_follow_the_strongest_accents():
    accents = [(1.0, 0.5), (1.3, 1.0), (1.6, 0.6), (3.0, 0.4), (4.0, 0.1)]
    assert emphasis.chosen(accents, 0.6, 0.25) == [(1.3, 1.0), (3.0, 0.4)]
    assert emphasis.chosen([], 0.6, 0.25) == []


def channels_at_rest(frames):
    return {name: np.zeros(frames) for name in face.CHANNELS}, (np.arange(frames) + 0.5) / 25


def test_stress_nods_down_and_the_strong_ones_more():
    down = {}
    for force in (0.4, 1.0):
        found = []
        for seed in range(20):
            values, times = channels_at_rest(100)
            emphasis.stress(values, times, 1.0, [(2.0, force)], np.random.default_rng(seed))
            found.append(values["headPitch"].max())
            assert values["headPitch"].min() >= 0 and np.abs(np.diff(values["headPitch"])).max() < 0.65
        down[force] = np.mean(found)
    assert 1.2 < down[1.0] < 2.4 and down[0.4] < 0.5 * down[1.0]


def test_a_question_lifts_face_and_brows_at_its_end():
    values, times = channels_at_rest(150)
    emphasis.ask(values, times, 1.0, [4.0], np.random.default_rng(0))
    at = int(np.argmin(values["headPitch"]))
    assert times[at] == pytest.approx(3.9, abs=0.1) and -3 < values["headPitch"].min() < -2
    assert values["browInnerUp"][at] > 0.3 and abs(values["headRoll"][at]) > 0.5
    assert not values["headPitch"][times < 3.1].any() and not values["browInnerUp"][times > 4.5].any()


@pytest.mark.parametrize("kind", ["autoregressive", "hand"])
def test_a_question_is_asked_with_the_face(kind):
    from course import animation

    asked, told = (spoken.Delivery((), (speech_phrase(question),)) for question in (True, False))
    lips = motion.Motion(np.zeros((100, 1)), ("jawOpen",))
    settings = animation.Settings(idle=kind)
    with_it, without = (animation.with_idle(lips, settings, one) for one in (asked, told))
    lift = with_it["headPitch"] - without["headPitch"]
    assert lift.min() < -2 and lift.max() < 1e-4 and (with_it["browInnerUp"] - without["browInnerUp"]).max() > 0.1


def speech_phrase(question):
    from course.speech import phrases

    return phrases.Phrase(0.5, 3.0, question=question)


def test_a_text_is_delivered_with_stress_and_questions():
    text = "The train is here. Are you coming home?"
    said = speech.synthesize(text)
    found = spoken.delivery(text, said)
    assert found.questions == [pytest.approx(said.phonemes[-2].end)] and len(found.accents) > 3


# ---------------------------------------------------------------- how lively the head is


def mouth(seconds, seed=0):
    """A mouth that opens four times a second, with pauses."""
    times = np.arange(round(25 * seconds)) / 25
    size = np.random.default_rng(seed).uniform(0.4, 1.0, len(times) // 6 + 1).repeat(6)[: len(times)]
    return np.where(times % 4 < 3.2, size * np.abs(np.sin(2 * np.pi * 2 * times)), 0.0)


def test_heads_move_as_fast_as_people_and_never_jump():
    energies = []
    for seed in range(6):
        values, _ = learned_idle.curves(mouth(30, seed), seed)
        values[:, idle_features.HEAD] = idle_features.without_drift(values[:, idle_features.HEAD])
        energies.append(motion_metrics.energy(values))
        assert motion_metrics.greatest_step(values) < 1.2 * idle_networks.TOP_SPEED
        assert np.abs(values).max() <= learned_idle.LIMIT.max()
    assert 6 < np.mean(energies) < 10 and 4 < min(energies) and max(energies) < 12


def test_livelier_movement_is_larger_and_its_steps_stay_bounded():
    slow = np.cumsum(np.full((50, 8), 0.1, np.float32), axis=0)  # 2.5 degrees a second
    size = (9 / 2.5) ** 0.9
    np.testing.assert_allclose(learned_idle.livelier(slow)[:, 0], slow[:, 0] * size, rtol=0.02, atol=0.02)
    np.testing.assert_allclose(learned_idle.livelier(slow)[:, 7], slow[:, 7] * size**0.5, rtol=0.02, atol=0.02)
    wild = np.cumsum(np.random.default_rng(0).standard_normal((200, 8)) * 5, axis=0)
    calmer = learned_idle.livelier(wild)
    assert np.abs(np.diff(calmer, axis=0)).max() <= idle_networks.TOP_SPEED + 1e-4
    assert np.abs(np.diff(calmer, axis=0)).mean() < np.abs(np.diff(wild, axis=0)).mean()
    assert not learned_idle.livelier(np.zeros((5, 8))).any()
