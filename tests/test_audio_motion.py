"""Sound to lips: the shipped network on made speech and on recordings; its training."""

import os
import shutil
import signal

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file

from course import animation, errors, io, motion, speech, training
from course.recipes.speech import augmentation, corpus, held_out, music, texts, utterances, voices
from course.recipes.speech import training as speech_training
from course.speech import kokoro, levelling, lip_networks, lips, spectrogram, visemes
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
    assert len(heard) == len(read) and heard.channels == (*speech.LIP_CHANNELS, "tongueOut")
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
    seen = speech.features(many, said.sample_rate)
    even = torch.from_numpy(seen[:, : seen.shape[1] // 2 * 2])[None]
    with torch.inference_mode():
        whole = torch.softmax(speech.load_network()(even).visemes[0], dim=0).T.numpy()[lips.WAIT :]
    found = speech.viseme_probabilities(many, said.sample_rate)
    np.testing.assert_allclose(found[: len(whole)], whole, atol=1e-4)


# ---------------------------------------------------------------- while the sound arrives


@pytest.fixture(scope="module")
def arriving(said):
    return speech.hear(said.samples, said.sample_rate)


def streamed(samples, length, **known):
    stream = speech.LipStream(**known)
    rows = [stream.feed(samples[i : i + length]) for i in range(0, len(samples), length)]
    return np.concatenate([*rows, stream.finish()])


@pytest.mark.parametrize("fps", [24, 25, 30])
def test_lips_that_are_heard_shut_once_shut_in_a_film(fps):
    """For one moment of 20 ms, wherever it lies between the frames."""
    moments, times = 40, (np.arange(20) + 0.5) / fps
    for moment in range(10, 20):
        gates = np.zeros((moments, 2))
        gates[moment, 0] = 1.0
        curves = np.full((moments, len(speech.LIP_CHANNELS)), 0.5)
        heard = lips.Lips(np.full((moments, 17), 1 / 17), curves, gates, np.zeros(moments))
        open_mouth = opening_at(lips.curves_of(heard, times, 1 / fps))
        assert open_mouth.min() < 0.4 * open_mouth.max()
        assert np.sum(open_mouth < 0.99 * open_mouth.max()) <= 3


def test_lips_shut_where_both_answers_of_the_network_say_so():
    shut = visemes.VISEME_NAMES.index("PP")
    for gate, viseme, closed in ((0.9, 0.9, 1), (0.02, 0.9, 1), (0.9, 0.001, 0), (0.01, 0.01, 0)):
        probabilities = np.full((1, 17), (1 - viseme) / 16)
        probabilities[0, shut] = viseme
        heard = lips.Lips(probabilities, np.zeros((1, 18)), np.array([[gate, 0.0]]), np.zeros(1))
        assert lips.read(heard, lips.Reading())[1].tolist() == [[closed, 0]]


def opening_at(curves):
    return curves[:, visemes.opening_columns()].sum(axis=1)


@pytest.mark.parametrize("length", [320, 37, 5000])
def test_chunks_give_what_the_whole_gives(arriving, length):
    """To 1e-4, in chunks of 20 ms and of any length, once the level is known."""
    whole = lips.hear_lips(arriving)
    shown = lips.gated(*lips.read(whole, lips.Reading()))
    found = streamed(arriving.samples, length, level=levelling.of_whole(arriving.bands, arriving.loudness))
    assert found.shape == (1 + len(arriving.samples) // 320, len(speech.LIP_CHANNELS))
    np.testing.assert_allclose(found, shown, atol=1e-4)


@pytest.mark.parametrize("fps", [10, 25])
def test_lips_that_are_held_are_the_same_in_chunks(arriving, fps):
    level = levelling.of_whole(arriving.bands, arriving.loudness)
    found = streamed(arriving.samples, 320, level=level, hold=1 / fps)
    whole = lips.curves_of(lips.hear_lips(arriving), np.arange(len(found)) / lips.RATE, 1 / fps)
    np.testing.assert_allclose(found, whole, atol=1e-4)
    assert (opening_of(found) < opening_of(streamed(arriving.samples, 320, level=level)) - 0.01).any()


def test_what_is_up_shortly_is_held_and_nothing_else():
    gates = np.zeros((20, 2))
    gates[[3, 8, 9, 10, 15, 16], 0] = 0.5, 1, 0.8, 1, 1, 0.6
    (held,) = lips.held(gates, 0.04)[:, :1].T
    assert np.flatnonzero(held != gates[:, 0]).tolist() == [4, 9, 11, 16]
    assert held[[4, 9, 11, 16]].tolist() == [0.5, 1, 1, 1]
    np.testing.assert_array_equal(lips.held(gates, 0.02), gates)
    long = lips.held(gates, 0.08)[:, 0] >= 0.5
    assert np.diff(np.flatnonzero(np.diff(long, prepend=0, append=0)))[::2].min() == 4


def test_a_stream_that_knows_nothing_soon_hears_the_same(arriving):
    one, two = (opening_of(streamed(np.tile(arriving.samples, 2) * gain, 320)) for gain in (1.0, 0.1))
    half = len(one) // 2
    assert np.corrcoef(one[half:], two[half:])[0, 1] > 0.9


def opening_of(rows):
    return opening(motion.Motion(rows, speech.LIP_CHANNELS, lips.RATE))


def test_nothing_after_the_look_ahead_is_heard(arriving):
    samples, moment = arriving.samples.copy(), 40
    level = levelling.of_whole(arriving.bands, arriving.loudness)
    cut = round((moment / lips.RATE + lips.LOOK_AHEAD) * 16_000)
    assert lips.LOOK_AHEAD <= 0.080
    before = streamed(samples, 320, level=level)
    samples[cut:] = 0
    after = streamed(samples, 320, level=level)
    np.testing.assert_allclose(after[: moment + 1], before[: moment + 1], atol=1e-6)
    assert np.abs(after[moment + 5 :] - before[moment + 5 :]).max() > 0.05


@pytest.mark.parametrize("hold", [0, -1, float("nan"), float("inf"), "x", None])
def test_a_frame_that_lasts_no_time(hold):
    with pytest.raises(errors.CourseError, match="hold is the seconds that a frame lasts, above 0 and at most 1, not"):
        speech.LipStream(hold=hold)


def test_a_chunk_that_is_no_sound():
    stream = speech.LipStream()
    assert stream.feed(np.zeros(10)).shape == (0, len(speech.LIP_CHANNELS))
    for chunk in (np.zeros((2, 320)), np.full(320, np.nan), "x", [[1, 2], [3]]):
        with pytest.raises(errors.AudioError, match="one row of finite samples at 16000 Hz"):
            stream.feed(chunk)


def test_levelling_in_pieces_is_levelling():
    random = np.random.default_rng(0)
    bands = random.normal(-40, 10, (80, 301)).astype(np.float32)
    loudness = random.normal(-20, 12, 301).astype(np.float32)
    whole, last = levelling.levelled(bands, loudness, levelling.usual(np.full(80, -25.0)))
    level, parts = levelling.usual(np.full(80, -25.0)), []
    for piece in (slice(0, 2), slice(2, 3), slice(3, 150), slice(150, 301)):
        features, level = levelling.levelled(bands[:, piece], loudness[piece], level)
        parts.append(features)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)
    assert level.loud == pytest.approx(last.loud) and np.allclose(level.mean, last.mean)


def test_levelling_follows_as_it_says():
    """Loud parts rise at once and fall by so many dB a second; the mean moves on speech alone."""
    loudness = np.r_[np.full(100, -10.0), np.full(400, -60.0)]
    bands = np.tile(loudness - 20, (80, 1))
    _, level = levelling.levelled(bands, loudness, levelling.usual(np.zeros(80)))
    assert level.loud == pytest.approx(levelling.USUAL_LOUDNESS - 5 * levelling.FALL, abs=0.1)
    moved = 1 - np.exp(-1 / levelling.MEMORY)
    assert level.mean[0] == pytest.approx(-39.25 * moved, rel=0.05)


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
        assert changed.shape == decibels.shape and np.isfinite(changed).all() and changed.dtype == np.float32
        assert np.abs(changed - decibels).mean() > 1


def test_a_shorter_vocal_tract_moves_mel_bands_up():
    """A tone of 1000 Hz is heard at 1150, and nothing else changes."""
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000).astype(np.float32)
    higher = np.sin(2 * np.pi * 1150 * np.arange(16_000) / 16_000).astype(np.float32)
    bands, wanted = (speech.hear(sound, 16_000).bands for sound in (tone, higher))
    moved = augmentation.with_tract(bands, 1.15)
    assert bands.mean(axis=1).argmax() < moved.mean(axis=1).argmax() == wanted.mean(axis=1).argmax()
    np.testing.assert_allclose(augmentation.with_tract(bands, 1.0), bands, atol=1e-3)


def test_music_has_pitches_and_the_same_seed_plays_it_again():
    song = music.song(np.random.default_rng(3))
    assert song.shape == (int(music.SECONDS * 16_000),) and np.abs(song).max() == pytest.approx(1)
    np.testing.assert_array_equal(song, music.song(np.random.default_rng(3)))
    spectrum = np.abs(np.fft.rfft(song[:16_000]))
    assert np.sort(spectrum)[-20:].sum() > 0.2 * spectrum.sum() * 20 / len(spectrum) * 10


# ---------------------------------------------------------------- the speech it learns from


def test_nothing_held_out_is_trained_on():
    random, sentences = np.random.default_rng(0), texts.read_sentences()
    chosen = [corpus.what_to_say(random, sentences)[1] for _ in range(3000)]
    bases, variants = {v.split("+")[0] for v in chosen}, {v.partition("+")[2] for v in chosen}
    assert not bases & set(held_out.VOICES) and not variants & set(held_out.VARIANTS)
    assert len(bases) > 100 and len(variants) > 60
    speakers = {name for names in corpus.SPEAKERS.values() for name in names}
    assert not speakers & {name for pair in held_out.SPEAKERS.values() for name in pair}
    prose, kept = texts.read_prose()
    said = {sentence for known in (sentences, prose, kept) for some in known.values() for sentence in some}
    assert not said & {sentence for some in held_out.SENTENCES.values() for sentence in some}
    assert sum(map(len, held_out.SENTENCES.values())) == corpus.Sizes().held_out


def test_prose_that_thresholds_are_chosen_on_is_not_trained_on():
    prose, kept = texts.read_prose()
    trained = {sentence for known in (prose, texts.read_sentences()) for some in known.values() for sentence in some}
    assert min(len(prose[voice]) for voice in ("en-us", "en-gb", "cmn")) > 200
    for voice, sentences in prose.items():
        assert len(kept[voice]) == round(len(sentences + kept[voice]) / texts.KEPT) and not set(kept[voice]) & trained


def test_prose_is_said_as_it_is_written():
    """The English voice, made anybody, says sentences of the file, the same ones whenever it is asked."""
    maker = corpus.Maker(None)
    one, two = (maker.piece("prose_hibari", 3) for _ in range(2))
    np.testing.assert_array_equal(one.samples, two.samples)
    assert one.duration > 1.5 and len([p for p in one.phonemes if p.symbol]) > 10
    random = np.random.default_rng(0)
    said = " ".join(maker._prose_text("en-us", random) for _ in range(50))
    assert all(sentence[0].isupper() for sentence in maker.prose_texts["en-us"]) and said.count(". ") > 15


@pytest.mark.skipif(not kokoro.is_installed(), reason="needs the extra voices")
def test_prose_is_said_by_mixtures_of_any_speakers(monkeypatch):
    mixed = []
    monkeypatch.setattr(voices, "styles_of", lambda folder, names, shares: mixed.append((names, shares)))
    monkeypatch.setattr(voices, "say_in_style", lambda symbols, styles, speed: None)
    for number in range(20):
        corpus.Maker(None).prose(number, np.random.default_rng(number))
    assert {len(names) for names, _ in mixed} == {1, 3}
    assert all(sum(shares) == pytest.approx(1) and len(shares) == len(names) for names, shares in mixed)
    assert not {name for names, _ in mixed for name in names} & {
        name for pair in held_out.SPEAKERS.values() for name in pair}


def test_a_shorter_vocal_tract_moves_the_formants_up():
    spectra = np.exp(-0.5 * ((np.arange(601)[:, None] - 100) / 8) ** 2).astype(np.float32)
    assert voices.warped(spectra, 1.2).argmax() == 120 and voices.warped(spectra, 0.8).argmax() == 80


def test_one_woman_made_anybody():
    plain, deep = (voices.say_with_tract("My mother came home.", 1.0, voices.Tract(size, pitch), 0)
                   for size, pitch in ((1.0, 1.0), (0.85, 0.5)))
    assert "".join(p.symbol for p in plain.phonemes) == "maɪmʌðəɹkeɪmhoʊm"
    starts = [[(p.symbol, p.start) for p in said.phonemes][:-1] for said in (plain, deep)]
    assert starts[0] == starts[1] and plain.duration == pytest.approx(plain.phonemes[-1].end, abs=1e-3)
    assert 0.4 < pitch_of(deep) / pitch_of(plain) < 0.65


def test_another_pitch_leaves_the_hisses_as_they_are():
    """Their part has no pitch, and without it s, f and t are silent."""
    hisses = []
    for tract in (voices.Tract(), voices.Tract(pitch=0.6)):
        said = voices.say_with_tract("She saw six fat sheep.", 1.0, tract, 0)
        heard = speech.hear(said.samples, said.sample_rate)
        at = [round(50 * (p.start + p.end)) for p in said.phonemes if p.symbol in "s\u0283f" and p.symbol]
        hisses.append(heard.bands[50:, at].mean())
    assert hisses[1] == pytest.approx(hisses[0], abs=3)


def pitch_of(said):
    """The median, in Hz, of what is loud."""
    import librosa

    heard = librosa.yin(said.samples, fmin=60, fmax=500, sr=said.sample_rate)
    loud = librosa.feature.rms(y=said.samples)[0]
    return float(np.median(heard[loud > 0.5 * loud.max()]))


@pytest.fixture(scope="module")
def small_corpus(tmp_path_factory):
    """Four sentences of espeak-ng."""
    folder = tmp_path_factory.mktemp("corpus")
    return corpus.make(folder, None, corpus.Sizes(espeak=4), families=("espeak",))


def test_the_corpus_holds_what_was_said(small_corpus):
    (path,) = small_corpus.glob("*.npz")
    held, said = corpus.read(path), corpus.Maker(None).piece("espeak", 2)
    assert path.name == "espeak_00000.npz" and len(held) == 4
    assert [p.symbol for p in held[2].phonemes] == [p.symbol for p in said.phonemes]
    assert held[2].duration == pytest.approx(said.duration, abs=0.01)
    assert np.abs(held[2].samples).max() == pytest.approx(32000 / 32768, abs=1e-3)
    before = path.stat().st_mtime_ns
    corpus.make(small_corpus, None, corpus.Sizes(espeak=4), families=("espeak",))
    assert path.stat().st_mtime_ns == before


def test_without_its_packages_or_speakers_it_says_what_to_install(tmp_path, monkeypatch):
    if kokoro.is_installed():
        with pytest.raises(errors.CourseError, match="holds no af_alloy.bin: give package/voices of"):
            corpus.make(tmp_path, tmp_path / "speakers")
    monkeypatch.setattr(kokoro, "is_installed", lambda: False)
    with pytest.raises(errors.CourseError, match="training hears Kokoro's voices: pip install .*voices"):
        corpus.make(tmp_path, tmp_path / "speakers")


def test_voices_that_say_nothing_end_it(monkeypatch):
    def nothing(self, number, random):
        raise errors.TextError("no words")

    monkeypatch.setattr(corpus.Maker, "espeak", nothing)
    with pytest.raises(errors.CourseError, match="espeak says nothing of 200 texts"):
        corpus.Maker(None).piece("espeak", 0)


def test_silence_around_a_recording_moves_its_sounds():
    said = speech.Speech(np.ones(1000, np.float32), 1000, [speech.Phoneme("a", 0.0, 1.0)])
    padded = corpus.with_silence(said, 0.25, 0.5)
    assert [(p.symbol, p.start, p.end) for p in padded.phonemes] == [("", 0, 0.25), ("a", 0.25, 1.25), ("", 1.25, 1.75)]
    assert padded.duration == 1.75 and not padded.samples[:250].any() and padded.samples[250:1250].all()


SMALL = utterances.Recipe(steps=8, batch=2, crop=1.0, pool=3, fresh=1, warmup=2, shares=(("espeak", 1.0),))


def test_training_goes_on_with_the_same_numbers(small_corpus, tmp_path, monkeypatch):
    """Eight steps equal four, Ctrl-C, and four more: to the bit, the pool of utterances included."""
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    speech_training.train([small_corpus], logdir=whole, out=whole / "w.safetensors", recipe=SMALL)

    def step(self, number, rows, updater, real=speech_training.SpeechTask.step):
        if number == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, number, rows, updater)

    with monkeypatch.context() as patch, pytest.raises(training.Stopped):
        patch.setattr(speech_training.SpeechTask, "step", step)
        speech_training.train([small_corpus], logdir=stopped, out=stopped / "w.safetensors", recipe=SMALL)
    torch.manual_seed(9)  # whatever happens in between
    speech_training.train([small_corpus], resume=True, logdir=stopped, out=stopped / "w.safetensors", recipe=SMALL)
    one, two = (load_file(folder / "w.safetensors") for folder in (whole, stopped))
    assert one.keys() == lips.load_network().state_dict().keys()
    assert all(torch.equal(one[name], two[name]) for name in one)
    history = checkpoints.load(whole / loop.CHECKPOINT)["history"]
    assert set(history) == {"step", "loss", "right", "off"} and np.isfinite(history["loss"]).all()


def test_the_pool_holds_what_a_step_may_draw_from(small_corpus):
    """A batch follows from its number, whatever was asked before; and what is too old is let go."""
    small = utterances.Recipe(batch=2, crop=1.0, pool=3, fresh=2, shares=(("espeak", 1.0),))
    pool = utterances.Pool(small, small_corpus)
    pool.batch(0)
    batch = pool.batch(1)
    assert list(pool.kept) == [2, 3, 4]
    assert [part.shape for part in batch] == [(2, lips.FEATURES, 100), (2, 50), (2, 18, 50), (2, 2, 50)]
    for one, two in zip(batch, utterances.Pool(small, small_corpus).batch(1)):
        np.testing.assert_array_equal(one, two)


def test_families_whose_names_begin_alike_are_told_apart(small_corpus, tmp_path):
    (path,) = small_corpus.glob("*.npz")
    for name in ("prose_00000.npz", "prose_espeak_00000.npz", "prose_espeak_00020.npz"):
        shutil.copy(path, tmp_path / name)
    pool = utterances.Pool(utterances.Recipe(shares=(("prose", 0.5), ("prose_espeak", 0.5))), tmp_path)
    assert {family: len(said) for family, said in pool.said.items()} == {"prose": 4, "prose_espeak": 8}


def test_a_corpus_that_is_damaged_or_lacks_a_family_says_so(small_corpus, tmp_path):
    (path,) = small_corpus.glob("*.npz")
    with pytest.raises(errors.CourseError, match="holds no recordings of prose: Kokoro's speakers as --data make"):
        utterances.Pool(utterances.Recipe(shares=(("espeak", 0.5), ("prose", 0.5))), small_corpus)
    whole = path.read_bytes()
    for size in (0, 1000, len(whole) - 100):
        (tmp_path / "espeak_00000.npz").write_bytes(whole[:size])
        with pytest.raises(errors.CourseError, match=r"espeak_00000.npz is damaged .*: delete it"):
            corpus.read(tmp_path / "espeak_00000.npz")


def test_what_an_utterance_teaches_keeps_the_time_of_its_sound():
    """Played at another pace, m still shuts the lips where the sound says so."""
    phonemes = [speech.Phoneme("", 0, 0.5), speech.Phoneme("m", 0.5, 0.6), speech.Phoneme("a", 0.6, 1.0)]
    taught = utterances.labelled(np.zeros(32_000, np.float32), phonemes, pace=2.0)
    assert taught.decibels.shape == (80, 200) and taught.labels.shape == (100,)
    m = speech.VISEME_NAMES.index("PP")
    assert np.flatnonzero(taught.labels == m).tolist() == list(range(50, 60))
    shut = np.flatnonzero(taught.gates[:, 0] > 0.9)
    assert shut[0] in (48, 49) and shut[-1] in (56, 57) and taught.gates[:, 1].max() == 0
    assert taught.curves[70:, 0].min() > 0.3 > 0.01 > taught.curves[52, 0]


def test_the_loss_wants_visemes_curves_and_gates():
    labels = torch.zeros(1, 5, dtype=torch.long)
    first = torch.eye(17)[:1].T[None].repeat(1, 1, 5)
    right = lip_networks.Answer(20 * first, torch.ones(1, 18, 5), torch.full((1, 2, 5), 9.0))
    truth = (labels, torch.ones(1, 18, 5), torch.ones(1, 2, 5))
    least = float(speech_training.loss_of_answer(right, *truth, utterances.RECIPE))
    for wrong in (right._replace(visemes=-right.visemes), right._replace(curves=0 * right.curves),
                  right._replace(gates=-right.gates)):
        assert float(speech_training.loss_of_answer(wrong, *truth, utterances.RECIPE)) > least + 1


def test_resume_without_a_checkpoint(small_corpus, tmp_path):
    with pytest.raises(errors.CourseError, match="no checkpoint"):
        speech_training.train([small_corpus], steps=1, resume=True, logdir=tmp_path, out=tmp_path / "w.safetensors",
                              recipe=SMALL)


def test_speech_wants_one_folder_of_voices(tmp_path):
    with pytest.raises(errors.CourseError, match="holds neither a corpus nor speakers"):
        speech_training.train([tmp_path], steps=1, logdir=tmp_path, out=tmp_path / "w.safetensors")
    with pytest.raises(errors.CourseError, match="takes one folder as --data"):
        speech_training.train(["a", "b"], steps=1, logdir=tmp_path, out=tmp_path / "w.safetensors")
