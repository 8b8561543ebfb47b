"""Sound to lips: the shipped network on made speech and on recordings; its training."""

import os
import signal

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file

from course import animation, errors, io, motion, speech, training
from course.recipes.speech import augmentation, utterances
from course.recipes.speech import training as speech_training
from course.speech import lips, spectrogram
from course.training import checkpoints, loop

SENTENCE = "My mother moved a big piano, and father opened the door."


@pytest.fixture(scope="module")
def said():
    """A speaker and a sentence that the network never heard."""
    return speech.synthesize(SENTENCE, "en-us+f4")


def opening(moved):
    return moved["jawOpen"] + 0.25 * (moved["mouthLowerDownLeft"] + moved["mouthUpperUpLeft"] + moved["mouthFunnel"])


def test_right_visemes_far_above_the_commonest(said):
    found = speech.viseme_probabilities(said.samples, said.sample_rate)
    truth = utterances.viseme_labels(said.phonemes, np.arange(len(found)) / lips.RATE)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-4)
    right, commonest = np.mean(found.argmax(axis=1) == truth), np.bincount(truth).max() / len(truth)
    assert right > 0.6 > commonest + 0.2


def test_the_lips_resemble_those_of_the_text(said):
    heard, read = motion.from_audio(said.samples, said.sample_rate), motion.from_speech(said)
    assert len(heard) == len(read) and heard.channels == speech.LIP_CHANNELS
    a, b = opening(heard), opening(read)
    fits = {lag: np.corrcoef(a[8 + lag : len(a) - 8 + lag], b[8:-8])[0, 1] for lag in range(-5, 6)}
    assert fits[0] > 0.75 and max(fits, key=fits.get) in (-1, 0, 1)


def test_m_b_p_are_heard(said):
    jaw = motion.from_audio(said.samples, said.sample_rate)["jawOpen"]
    shut = []
    for phoneme in said.phonemes:
        if phoneme.symbol in ("m", "b", "p"):
            first, last = int(phoneme.start * 25 - 0.5), int(phoneme.end * 25)
            shut.append(jaw[max(first, 0) : last + 1].min() < 0.04)
    assert len(shut) >= 4 and np.mean(shut) > 0.7


def test_loudness_does_not_matter(said):
    loud, soft = (opening(motion.from_audio(said.samples * gain, said.sample_rate)) for gain in (1.0, 0.02))
    np.testing.assert_allclose(loud, soft, atol=0.03)


def test_a_pause_closes_the_mouth(said):
    gap = np.zeros(said.sample_rate, np.float32)
    noise = np.random.default_rng(0).normal(0, 1e-3, 2 * len(said.samples) + len(gap)).astype(np.float32)
    moved = motion.from_audio(np.concatenate([said.samples, gap, said.samples]) + noise, said.sample_rate)
    middle = int((said.duration + 0.5) * 25)
    assert opening(moved)[middle - 8 : middle + 8].max() < 0.03
    assert opening(moved).max() > 0.2


@pytest.mark.parametrize("fps", [24, 25, 60])
def test_frames_at_any_rate(said, fps):
    moved = motion.from_audio(said.samples, said.sample_rate, fps)
    assert len(moved) == int(np.ceil(said.duration * fps)) and moved.fps == fps


def test_long_sound_in_pieces_is_the_same_as_whole(said):
    """The network's pieces of a minute join without a seam."""
    many = np.tile(said.samples, int(np.ceil(75 / said.duration)))
    heard = torch.from_numpy(speech.features(many, said.sample_rate))[None]
    with torch.inference_mode():
        whole = torch.softmax(speech.load_network()(heard)[0], dim=0).T.numpy()
    np.testing.assert_allclose(speech.viseme_probabilities(many, said.sample_rate), whole, atol=1e-4)


@pytest.mark.parametrize(
    ("samples", "message"),
    [(np.zeros(16_000, np.float32), "silent"), (np.ones(10, np.float32), "shorter"),
     (np.full(16_000, np.nan, np.float32), "finite"), (np.ones((16_000, 2), np.float32), "mono")],
)  # fmt: skip
def test_bad_sound(samples, message):
    with pytest.raises(errors.AudioError, match=message):
        motion.from_audio(samples, 16_000)


@pytest.mark.parametrize("name", ["speech_en", "speech_zh"])
def test_recordings_of_people(shared_dir, name):
    """The mouth goes with the sound or before it, never behind, and closes in pauses."""
    samples, rate = io.load_audio(shared_dir / "audio" / f"{name}.wav")
    mouth = opening(motion.from_audio(samples, rate))
    edges = np.linspace(0, len(mouth) * rate / 25, len(mouth) + 1).astype(int)
    power = np.array([np.mean(samples[a:b] ** 2) if b > a and len(samples[a:b]) else 0
                      for a, b in zip(edges, edges[1:])])  # fmt: skip
    loud = 10 * np.log10(power + 1e-10)
    loud = np.maximum(loud - np.percentile(loud, 95), -40)
    fits = {lag: np.corrcoef(mouth[8 + lag : len(mouth) - 8 + lag], loud[8:-8])[0, 1] for lag in range(-8, 9)}
    best = max(fits, key=fits.get)
    assert -3 <= best <= 0 and fits[best] > 0.3
    assert mouth[loud < -35].mean() < 0.3 * mouth[loud > -15].mean()


def test_a_recording_is_heard_once(said, tmp_path, monkeypatch):
    """Lips, loudness and accents of a film by sound share one spectrogram, and are what each gives alone."""
    soundfile.write(tmp_path / "said.wav", said.samples, said.sample_rate)
    asked = []
    whole = spectrogram.mel_spectrogram
    monkeypatch.setattr(spectrogram, "mel_spectrogram", lambda *a, **k: asked.append(1) or whole(*a, **k))
    drive = animation.drive_by_audio(tmp_path / "said.wav", animation.Settings())
    assert len(asked) == 1
    heard = speech.hear(drive.audio, drive.sample_rate)
    assert speech.hear(heard) is heard and len(asked) == 2
    np.testing.assert_array_equal(motion.from_audio(heard).values, motion.from_audio(drive.audio, 16_000).values)
    assert motion.accents_of_sound(heard) == motion.accents_of_sound(drive.audio, 16_000) != []


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100])
def test_what_is_heard_of_a_tone_that_stops(rate):
    time = np.arange(round(1.3 * rate)) / rate
    tone = np.where(time < 0.8, 0.5 * np.sin(2 * np.pi * 440 * time), 0).astype(np.float32)
    heard = speech.hear(tone, rate)
    assert heard.duration == pytest.approx(1.3, abs=1e-4) and len(heard.samples) == pytest.approx(1.3 * 16_000, abs=1)
    assert heard.bands.shape == (80, 131) and heard.loudness.shape == (131,)
    assert heard.bands[:, 40].argmax() == heard.bands[:, 60].argmax()
    quiet = heard.relative_loudness[90:] < -60
    assert quiet.all() and (np.abs(heard.relative_loudness[10:70]) < 1).all()


def test_features_ignore_gain_and_microphone():
    samples = speech.synthesize("Hello there", "en-us").samples
    plain = speech.features(samples, 22_050)
    assert plain.shape[0] == lips.FEATURES and plain.dtype == np.float32
    np.testing.assert_allclose(speech.features(0.1 * samples, 22_050), plain, atol=0.02)


def test_labels_name_the_viseme_of_the_moment():
    phonemes = [speech.Phoneme("", 0, 0.1), speech.Phoneme("h", 0.1, 0.2), speech.Phoneme("aɪ", 0.2, 0.4)]
    labels = utterances.viseme_labels(phonemes, np.array([0.05, 0.15, 0.25, 0.35, 0.9]))
    assert [speech.VISEME_NAMES[label] for label in labels] == ["sil", "aa", "aa", "ih", "ih"]


def test_augmentation_changes_the_sound_and_keeps_its_length():
    random = np.random.default_rng(0)
    decibels = random.normal(-40, 10, (80, 300)).astype(np.float32)
    for _ in range(20):
        changed = augmentation.augmented(decibels, decibels[:, ::-1], random)
        assert changed.shape == decibels.shape and np.isfinite(changed).all()
        assert np.abs(changed - decibels).mean() > 1


def test_nothing_held_out_is_trained_on():
    random, texts = np.random.default_rng(0), utterances.read_sentences()
    chosen = [utterances.what_to_say(random, texts)[1] for _ in range(3000)]
    bases, variants = {v.split("+")[0] for v in chosen}, {v.partition("+")[2] for v in chosen}
    assert not bases & set(utterances.HELD_OUT_VOICES) and not variants & set(utterances.HELD_OUT_VARIANTS)
    assert len(bases) > 100 and len(variants) > 60


def test_training_goes_on_with_the_same_numbers(tmp_path, monkeypatch):
    """Eight steps equal four, Ctrl-C, and four more: to the bit, dropout and the pool of utterances included."""
    small = utterances.Recipe(steps=8, batch=2, crop=1.0, pool=3, fresh=1, warmup=2)
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    speech_training.train(logdir=whole, out=whole / "w.safetensors", recipe=small)

    def step(self, number, rows, updater, real=speech_training.SpeechTask.step):
        if number == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, number, rows, updater)

    with monkeypatch.context() as patch, pytest.raises(training.Stopped):
        patch.setattr(speech_training.SpeechTask, "step", step)
        speech_training.train(logdir=stopped, out=stopped / "w.safetensors", recipe=small)
    torch.manual_seed(9)  # whatever happens in between
    speech_training.train(resume=True, logdir=stopped, out=stopped / "w.safetensors", recipe=small)
    one, two = (load_file(folder / "w.safetensors") for folder in (whole, stopped))
    assert one.keys() == lips.load_network().state_dict().keys()
    assert all(torch.equal(one[name], two[name]) for name in one)
    history = checkpoints.load(whole / loop.CHECKPOINT)["history"]
    assert set(history) == {"step", "loss", "right"} and np.isfinite(history["loss"]).all()


def test_the_pool_holds_what_a_step_may_draw_from():
    """A batch follows from its number, whatever was asked before; and what is too old is let go."""
    small = utterances.Recipe(batch=2, crop=1.0, pool=3, fresh=2)
    pool = utterances.Pool(small)
    pool.batch(0)
    heard, labels = pool.batch(1)
    assert list(pool.kept) == [2, 3, 4]
    assert heard.shape == (2, lips.FEATURES, 100) and labels.shape == (2, 50)
    again = utterances.Pool(small).batch(1)
    np.testing.assert_array_equal(heard, again[0])
    np.testing.assert_array_equal(labels, again[1])


def test_resume_without_a_checkpoint(tmp_path):
    with pytest.raises(errors.CourseError, match="no checkpoint"):
        speech_training.train(steps=1, resume=True, logdir=tmp_path, out=tmp_path / "w.safetensors")


def test_speech_wants_no_data(tmp_path):
    with pytest.raises(errors.CourseError, match="speech makes its own data: leave --data out"):
        speech_training.train(["portraits"], steps=1, logdir=tmp_path, out=tmp_path / "w.safetensors")
