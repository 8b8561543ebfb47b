"""Lesson 05: sound to bands, sounds to lips, words to a face, and two models of how a head moves."""

import functools

import numpy as np

from course import parallel
from course.exercises.exercise import BugCard, Exercise, case
from course.speech.phonemes import Phoneme
from course.speech.phrases import Phrase


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


# ---------------------------------------------------------------- mel_spectrogram

RATE = 16_000
SMALL = {"n_fft": 64, "hop": 20, "n_mels": 6}


def tone(hertz: float, count: int = 1600, size: float = 0.5) -> np.ndarray:
    """A tone that fades in: float32 (N,)."""
    at = np.arange(count) / RATE
    return (size * np.minimum(1, at / 0.02 + 0.2) * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def random_sounds(rng):
    count = int(rng.integers(150, 900))
    return rng.normal(0, 0.2, count).astype(np.float32), RATE, 64, int(rng.integers(10, 40)), int(rng.integers(4, 9))


def _mel(samples, sample_rate, n_fft, hop, n_mels, low, high, pad="constant", window="periodic", power=2, before=2):
    from course.speech import spectrogram

    samples = np.asarray(samples, np.float64)
    padded = np.pad(samples, n_fft // before, mode=pad) if before else samples
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    shapes = {"periodic": 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft), "none": np.ones(n_fft),
              "symmetric": np.hanning(n_fft), "hamming": np.hamming(n_fft + 1)[:-1]}
    spectrum = np.abs(np.fft.rfft(frames * shapes[window], axis=1)) ** power
    return spectrogram.mel_filters(sample_rate, n_fft, n_mels, low, high) @ spectrum.T


def mel_not_centred(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return _mel(samples, sample_rate, n_fft, hop, n_mels, low, high, before=0)


def mel_padded_twice(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return _mel(samples, sample_rate, n_fft, hop, n_mels, low, high, before=1)


def mel_mirrored(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return _mel(samples, sample_rate, n_fft, hop, n_mels, low, high, pad="reflect")


def mel_without_window(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return _mel(samples, sample_rate, n_fft, hop, n_mels, low, high, window="none")


def mel_symmetric(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return _mel(samples, sample_rate, n_fft, hop, n_mels, low, high, window="symmetric")


def mel_hamming(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return _mel(samples, sample_rate, n_fft, hop, n_mels, low, high, window="hamming")


def mel_magnitude(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return _mel(samples, sample_rate, n_fft, hop, n_mels, low, high, power=1)


def mel_decibels(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return 10 * np.log10(np.maximum(_mel(samples, sample_rate, n_fft, hop, n_mels, low, high), 1e-10))


def mel_frames_first(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return _mel(samples, sample_rate, n_fft, hop, n_mels, low, high).T


# ---------------------------------------------------------------- phonemes_to_visemes


def spoken(*sounds) -> list:
    """Phonemes in a row: (symbol, seconds) or (symbol, seconds, stress) each, from 0.1 s on."""
    made, at = [], 0.1
    for symbol, seconds, *stress in sounds:
        made.append(Phoneme(symbol, at, at + seconds, *stress))
        at += seconds
    return made


def random_words(rng):
    symbols = ("m", "aɪ", "s", "t", "əʊ", "f", "", "uː", "tʃ", "a", "n", "ɪ", "eɪ", "b")
    chosen = rng.choice(len(symbols), int(rng.integers(1, 9)))
    return (spoken(*((symbols[k], float(rng.uniform(0.03, 0.25)), int(rng.integers(3))) for k in chosen)),)


def _visemes(phonemes, pauses=True, share="even", only_first=False, stress="vowels", end="end", silent=1.0):
    from course.speech import visemes

    found = []
    for phoneme in phonemes:
        shapes = visemes.visemes_of(phoneme.symbol)
        if not shapes and not pauses:
            continue
        shapes = (shapes or [("sil", silent)])[: 1 if only_first else None]
        seconds = (phoneme.end - phoneme.start) / (len(shapes) if share == "even" else 1)
        for number, (viseme, strength) in enumerate(shapes):
            if stress == "all" or stress == "vowels" and viseme in visemes.VOWELS:
                strength *= visemes.STRESS_GAIN[phoneme.stress]
            if stress == "instead" and viseme in visemes.VOWELS:
                strength = visemes.STRESS_GAIN[phoneme.stress]
            start = phoneme.start + (number * seconds if share == "even" else 0)
            found.append((viseme, start, start + seconds if end == "end" else seconds, strength))
    return found


def visemes_without_pauses(phonemes):
    return _visemes(phonemes, pauses=False)


def visemes_first_only(phonemes):
    return _visemes(phonemes, only_first=True)


def visemes_all_the_time(phonemes):
    return _visemes(phonemes, share="whole")


def visemes_unstressed(phonemes):
    return _visemes(phonemes, stress="none")


def visemes_all_stressed(phonemes):
    return _visemes(phonemes, stress="all")


def visemes_stress_instead(phonemes):
    return _visemes(phonemes, stress="instead")


def visemes_lengths(phonemes):
    return _visemes(phonemes, end="length")


def visemes_pause_without_strength(phonemes):
    return _visemes(phonemes, silent=0.0)


# ---------------------------------------------------------------- coarticulate

AMU = (np.array([[0.0, 0.2], [0.2, 0.28], [0.28, 0.5]]), np.array([1.0, 0.5, 1.8]),
       np.array([[0.5, 0.0], [0.1, 0.0], [0.1, 0.8]]))


def random_mouths(rng):
    edges = np.cumsum(np.append(0, rng.uniform(0.05, 0.25, int(rng.integers(1, 6)))))
    spans = np.column_stack([edges[:-1], edges[1:]])
    return (np.sort(rng.uniform(-0.02, edges[-1] + 0.02, 9)), spans, rng.uniform(0.1, 2, len(spans)),
            rng.uniform(0, 1, (len(spans), 3)), float(rng.uniform(0.03, 0.1)), float(rng.uniform(0.02, 0.08)))


def _mouth(times, spans, alphas, targets, lead, lag, part=0.25, divided=True, power=1, ruled="times", way="soft",
           joined="sum"):
    times, start, end = np.asarray(times)[:, None], spans[:, 0], spans[:, 1]
    edge = part * (end - start)
    before = np.maximum(start + edge - times, 0) / lead
    after = np.maximum(times - (end - edge), 0) / lag
    if not len(spans):
        return np.zeros((len(times), targets.shape[1]))
    distance = (before + after) ** power
    dominance = {"times": lambda: alphas * np.exp(-distance), "none": lambda: np.exp(-distance) + 0 * alphas,
                 "inside": lambda: np.exp(-alphas * distance)}[ruled]()
    if way == "hard":
        dominance = (dominance == dominance.max(axis=1, keepdims=True)).astype(float)
    if joined == "max":
        return (dominance[:, :, None] * targets).max(axis=1)
    return dominance @ targets / (dominance.sum(axis=1, keepdims=True) if divided else 1)


def mouth_exchanged(times, spans, alphas, targets, lead, lag):
    return _mouth(times, spans, alphas, targets, lag, lead)


def mouth_not_divided(times, spans, alphas, targets, lead, lag):
    return _mouth(times, spans, alphas, targets, lead, lag, divided=False)


def mouth_from_middle(times, spans, alphas, targets, lead, lag):
    return _mouth(times, spans, alphas, targets, lead, lag, part=0.5)


def mouth_from_edges(times, spans, alphas, targets, lead, lag):
    return _mouth(times, spans, alphas, targets, lead, lag, part=0)


def mouth_unruled(times, spans, alphas, targets, lead, lag):
    return _mouth(times, spans, alphas, targets, lead, lag, ruled="none")


def mouth_alpha_inside(times, spans, alphas, targets, lead, lag):
    return _mouth(times, spans, alphas, targets, lead, lag, ruled="inside")


def mouth_gaussian(times, spans, alphas, targets, lead, lag):
    return _mouth(times, spans, alphas, targets, lead, lag, power=2)


def mouth_winner(times, spans, alphas, targets, lead, lag):
    return _mouth(times, spans, alphas, targets, lead, lag, way="hard")


# ---------------------------------------------------------------- expression_from_speech


@functools.cache
def pressed_lips(count: int) -> np.ndarray:
    """Lips (T, 57) that stand still, shut for an m in the middle and round at the end."""
    from course.face import channels

    lips = np.zeros((count, len(channels.CHANNELS)), np.float32)
    middle, last = slice(count // 3, 2 * count // 3), slice(2 * count // 3, None)
    lips[middle, [channels.INDEX["mouthPressLeft"]]] = 0.3
    lips[middle, [channels.INDEX["mouthPressRight"]]] = 0.3
    lips[last, channels.INDEX["mouthPucker"]] = 0.5
    return lips


def on_lips(phrases, times) -> tuple:
    """Phrases, times (T,), and lips (T, 57)."""
    return phrases, np.asarray(times, float), pressed_lips(len(times)).copy()


def random_talk(rng):
    from course.motion import expressions

    phrases, at = [], 0.3
    for _ in range(int(rng.integers(1, 5))):
        length = float(rng.uniform(0.6, 2.0))
        strength = float(rng.choice([0.0, rng.uniform(0.34, 1)], p=[0.2, 0.8]))
        phrases.append(Phrase(at, at + length, str(rng.choice(list(expressions.EXPRESSIONS))), strength))
        at += length + float(rng.uniform(-0.3, 0.5))
    return on_lips(phrases, np.linspace(0, at + 0.5, 12))


def _shown(phrases, times, lips, within="max", between="sum", amount="right", fades="mouth", envelope="right",
           with_lips=False, shut="room"):
    from course.motion import expressions, expressive

    of_mood = {}
    for phrase in phrases:
        if not phrase.strength:
            continue
        size = {"right": 0.35 + 0.45 * phrase.strength, "plain": phrase.strength, "full": 0.8}[amount]
        inside = (times >= phrase.start) & (times <= phrase.end)
        come = expressive.envelope(times, phrase.start, phrase.end) if envelope == "right" else inside.astype(float)
        of_mood.setdefault(phrase.mood, []).append(size * come)
    join = {"max": lambda rows: np.max(rows, axis=0), "sum": lambda rows: np.sum(rows, axis=0),
            "last": lambda rows: rows[-1]}[within]
    parts = [join(rows)[:, None] * expressions.expression(mood) for mood, rows in of_mood.items()]
    if not parts:
        parts = [np.zeros(lips.shape)]
    values = sum(parts) if between == "sum" else np.max(parts, axis=0)
    room = expressive.mouth_room(lips)[:, None]
    values = {"mouth": lambda: np.where(expressive.MOUTH, room * values, values), "nothing": lambda: values,
              "all": lambda: room * values}[fades]()
    return values + (lips if with_lips else 0)


def shown_adds_up(phrases, times, lips):
    return _shown(phrases, times, lips, within="sum")


def shown_last(phrases, times, lips):
    return _shown(phrases, times, lips, within="last")


def shown_largest_mood(phrases, times, lips):
    return _shown(phrases, times, lips, between="max")


def shown_plain_strength(phrases, times, lips):
    return _shown(phrases, times, lips, amount="plain")


def shown_full(phrases, times, lips):
    return _shown(phrases, times, lips, amount="full")


def shown_over_lips(phrases, times, lips):
    return _shown(phrases, times, lips, fades="nothing")


def shown_all_fades(phrases, times, lips):
    return _shown(phrases, times, lips, fades="all")


def shown_at_once(phrases, times, lips):
    return _shown(phrases, times, lips, envelope="hard")


def shown_with_lips(phrases, times, lips):
    return _shown(phrases, times, lips, with_lips=True)


# ---------------------------------------------------------------- vae_loss


@parallel.one_thread_each()
def with_gradients(function, target, reconstruction, mean, logvar, beta=1.0):
    """The three numbers, and what reconstruction, mean and logvar would learn from the first."""
    import torch

    learned = {name: torch.tensor(value, requires_grad=True) for name, value in
               (("reconstruction", reconstruction), ("mean", mean), ("logvar", logvar))}
    loss, error, divergence = function(torch.tensor(target), *learned.values(), beta)
    found = {"loss": loss, "reconstruction term": error, "KL": divergence}
    gradients = [None] * len(learned)
    if getattr(loss, "requires_grad", False):
        gradients = torch.autograd.grad(loss, list(learned.values()), retain_graph=True, allow_unused=True)
    return found | {f"gradient for {name}": torch.zeros_like(value) if gradient is None else gradient
                    for (name, value), gradient in zip(learned.items(), gradients)}


def random_latents(rng):
    count, size, latent = (int(n) for n in rng.integers(2, 5, 3))
    return (rng.normal(0, 1, (count, size, 3)), rng.normal(0, 1, (count, size, 3)), rng.normal(0, 1, (count, latent)),
            rng.uniform(-1.5, 1, (count, latent)), float(rng.uniform(0.2, 3)))


def _vae(target, reconstruction, mean, logvar, beta, half=0.5, sign=1, numbers="sum", latents="sum", batch="mean",
         spread=1, weigh="kl", told=False, absolute=False, stops=False):
    reconstruction = reconstruction.detach() if stops else reconstruction
    off = (target - reconstruction).abs() if absolute else (target - reconstruction).square()
    error = half * getattr(off.flatten(1), numbers)(dim=1)
    terms = 1 + spread * logvar - mean.square() - (spread * logvar).exp()
    divergence = -0.5 * sign * getattr(terms, latents)(dim=1)
    error, divergence = getattr(error, batch)(), getattr(divergence, batch)()
    loss = beta * error + divergence if weigh == "error" else error + beta * divergence
    return loss, error, beta * divergence if told else divergence


def vae_sign(target, reconstruction, mean, logvar, beta=1.0):
    return _vae(target, reconstruction, mean, logvar, beta, sign=-1)


def vae_mean_of_latents(target, reconstruction, mean, logvar, beta=1.0):
    return _vae(target, reconstruction, mean, logvar, beta, latents="mean")


def vae_mean_of_numbers(target, reconstruction, mean, logvar, beta=1.0):
    return _vae(target, reconstruction, mean, logvar, beta, numbers="mean")


def vae_without_half(target, reconstruction, mean, logvar, beta=1.0):
    return _vae(target, reconstruction, mean, logvar, beta, half=1.0)


def vae_sum_of_batch(target, reconstruction, mean, logvar, beta=1.0):
    return _vae(target, reconstruction, mean, logvar, beta, batch="sum")


def vae_log_deviation(target, reconstruction, mean, logvar, beta=1.0):
    return _vae(target, reconstruction, mean, logvar, beta, spread=2)


def vae_beta_on_error(target, reconstruction, mean, logvar, beta=1.0):
    return _vae(target, reconstruction, mean, logvar, beta, weigh="error")


def vae_tells_weighted(target, reconstruction, mean, logvar, beta=1.0):
    return _vae(target, reconstruction, mean, logvar, beta, told=True)


def vae_absolute(target, reconstruction, mean, logvar, beta=1.0):
    return _vae(target, reconstruction, mean, logvar, beta, absolute=True, half=1.0)


# ---------------------------------------------------------------- autoregressive_rollout


@parallel.one_thread_each()
def rolled(function, told, noise, limit, forced=None):
    """What the function makes with a small model that remembers, and what it asked that model."""
    import torch

    asked = []

    def predict(value, speed, told_now, state):
        asked.append(torch.cat([torch.as_tensor(part, dtype=torch.float32).flatten()
                                for part in (value, speed, told_now, 0.0 if state is None else state)]))
        memory = (0.5 if state is None else 0.6 * state) + 0.3 * value.sum()
        mean = 0.7 * speed - 0.2 * value + 0.4 * told_now.sum() + 0.1 * memory
        return mean, 0.2 + 0.1 * speed.abs(), memory

    forced = None if forced is None else torch.tensor(forced, dtype=torch.float32)
    told, noise = (torch.tensor(part, dtype=torch.float32) for part in (told, noise))
    values, means = function(predict, told, noise, limit, forced)
    return {"values": values, "means": means,
            "what predict was asked": torch.stack(asked) if asked else torch.zeros(0)}


def random_rollouts(rng):
    frames = int(rng.integers(1, 9))
    forced = rng.normal(0, 1, (frames, 3)) if rng.random() < 0.4 else None
    return rng.uniform(0, 1, (frames, 2)), rng.normal(0, 1, (frames, 3)), float(rng.uniform(0.4, 2)), forced


def _roll(predict, told, noise, limit, forced, draw="drawn", bend="tanh", add=True, remember=True, feed="both",
          forcing="right", when=0):
    import torch

    value, speed, state = torch.zeros(noise.shape[1]), torch.zeros(noise.shape[1]), None
    values, means = [], []
    for t in range(len(told)):
        nothing = torch.zeros_like(value)
        mean, deviation, state_after = predict(nothing if feed == "speed" else value,
                                               nothing if feed == "value" else speed, told[max(0, t - when)], state)
        state = state_after if remember else None
        if forced is not None and forcing != "ignored":
            speed = forced[t] - value if forcing == "right" else mean
            value = forced[t]
        else:
            sizes = {"drawn": deviation * noise[t], "mean": 0 * noise[t], "plain": noise[t],
                     "squared": deviation**2 * noise[t], "first": deviation * noise[0]}
            drawn_now = mean + sizes[draw]
            speed = {"tanh": limit * torch.tanh(drawn_now / limit), "none": drawn_now,
                     "clamp": drawn_now.clamp(-limit, limit)}[bend]
            value = value + speed if add else speed
        values.append(value)
        means.append(mean)
    return (torch.stack(values), torch.stack(means)) if values else (torch.zeros_like(noise), torch.zeros_like(noise))


def roll_mean(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, draw="mean")


def roll_plain_noise(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, draw="plain")


def roll_same_noise(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, draw="first")


def roll_unlimited(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, bend="none")


def roll_clamped(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, bend="clamp")


def roll_places_are_speeds(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, add=False)


def roll_forgets(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, remember=False)


def roll_value_not_fed(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, feed="speed")


def roll_speed_not_fed(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, feed="value")


def roll_never_forced(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, forcing="ignored")


def roll_forced_places_only(predict, told, noise, limit=2.0, forced=None):
    return _roll(predict, told, noise, limit, forced, forcing="expected")


# ---------------------------------------------------------------- all of them

RNG = np.random.default_rng(5)
LATENTS = (np.array([[[1.0, 2.0]], [[0.0, 1.0]]]), np.array([[[1.0, 0.0]], [[0.0, 0.0]]]),
           np.array([[1.0, 0.0], [0.5, -1.0]]), np.array([[0.0, -1.0], [0.5, 0.0]]))

EXERCISES = [
    Exercise(
        name="mel_spectrogram",
        lesson=5,
        title="what an ear can tell apart in a sound",
        place="speech.mel_spectrogram",
        cases=[case("a tone of 1000 Hz", tone(1000)), case("a short click", np.eye(1, 200, 90)[0], **SMALL)],
        edges=[case("40 samples, fewer than a frame", tone(2000, 40), **SMALL), case("silence", np.zeros(300), **SMALL),
               case("a sound that breaks off", np.ones(160), **SMALL),
               case("one sample", np.ones(1), RATE, 64, 20, 6),
               case("a low rate", tone(300, 500), 8000, 64, 20, 5, 50.0, 3900.0)],
        random=random_sounds,
        random_count=30,
        random_label="random sounds",
        atol=1e-4,
        rtol=1e-3,
        hints=[
            "How many samples does a frame hold, and on which sample shall frame k be centred?",
            "Put n_fft // 2 zeros before and after, cut a frame every hop samples, weigh it with Hann's window, take "
            "`np.fft.rfft`, square its size, and let the filters sum it into bands.",
            "frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]; power = "
            "np.abs(np.fft.rfft(frames * window, axis=1)) ** 2; speech.mel_filters(...) @ power.T",
        ],
        cards=[
            BugCard("not-centred", mel_not_centred, "It looks as if nothing was put before and after the sound: then "
                                                    "frame 0 begins at sample 0 in place of being centred on it."),
            BugCard("padded-twice", mel_padded_twice, "It looks as if a whole frame of zeros was put at each end: half "
                                                      "a frame, n_fft // 2, centres frame 0 on sample 0."),
            BugCard("mirrored", mel_mirrored, "It looks as if the sound was mirrored at its ends: beyond them there is "
                                              "silence, so pad with zeros."),
            BugCard("no-window", mel_without_window, "It looks as if the frames were cut out hard: without Hann's "
                                                     "window every tone spills into all the other bands."),
            BugCard("symmetric", mel_symmetric, "It looks as if the window came from `np.hanning(n_fft)`, which is "
                                                "symmetric: its last zero belongs to the next period, so divide by "
                                                "n_fft, not by n_fft - 1."),
            BugCard("hamming", mel_hamming, "It looks as if the window was Hamming's: Hann's goes down to 0 at its "
                                            "ends."),
            BugCard("magnitude", mel_magnitude, "It looks as if the size of the spectrum was summed: power is its "
                                                "square."),
            BugCard("decibels", mel_decibels, "It looks as if the answer is in decibels: the logarithm comes later, "
                                              "here is power."),
            BugCard("frames-first", mel_frames_first, "It looks as if frames and bands changed places: one row a "
                                                      "band, one column a frame."),
        ],
        picture=drawn("draw_mel"),
    ),
    Exercise(
        name="phonemes_to_visemes",
        lesson=5,
        title="sounds as looks of a mouth",
        place="speech.phonemes_to_visemes",
        cases=[case("the word \"my\"", spoken(("m", 0.08), ("aɪ", 0.2, 2))),
               case("\"so, two\"", spoken(("s", 0.1), ("əʊ", 0.16, 2), ("", 0.25), ("t", 0.06), ("uː", 0.2, 1)))],
        edges=[case("no sound at all", []), case("a pause alone", spoken(("", 0.3))),
               case("a stressed consonant", spoken(("s", 0.1, 2), ("ʃ", 0.1, 1))),
               case("the same sound twice", spoken(("a", 0.1), ("a", 0.1, 2))),
               case("a sound that no table knows", spoken(("ǃ", 0.1, 1))),
               case("a sound of no length", spoken(("aɪ", 0.0, 2)))],
        random=random_words,
        random_count=40,
        random_label="random words",
        hints=[
            "What does `speech.visemes_of` give for a pause, and for the sound of \"eye\"?",
            "A sound of n visemes gives each of them the n-th part of its time, one after the other. Of those in "
            "`speech.VOWELS` the strength is multiplied with `speech.STRESS_GAIN[phoneme.stress]`.",
            "shapes = speech.visemes_of(phoneme.symbol) or [(\"sil\", 1.0)]; share = (phoneme.end - phoneme.start) / "
            "len(shapes); start = phoneme.start + i * share",
        ],
        cards=[
            BugCard("first-only", visemes_first_only, "It looks as if a sound of two visemes keeps only the first: "
                                                      "\"my\" would end with its mouth open."),
            BugCard("all-the-time", visemes_all_the_time, "It looks as if each viseme of a sound gets all of its time: "
                                                          "they come one after the other and share it."),
            BugCard("no-pauses", visemes_without_pauses, "It looks as if pauses are left out: they are \"sil\", and "
                                                         "the lips come to rest in them."),
            BugCard("no-stress", visemes_unstressed, "It looks as if stress changes nothing: the strength of a vowel "
                                                     "is multiplied with `speech.STRESS_GAIN[phoneme.stress]`."),
            BugCard("all-stressed", visemes_all_stressed, "It looks as if consonants are stressed as well: stress "
                                                          "opens vowels, those in `speech.VOWELS`."),
            BugCard("stress-instead", visemes_stress_instead, "It looks as if the stress took the place of a vowel's "
                                                              "own strength: multiply the two."),
            BugCard("lengths", visemes_lengths, "It looks as if the third number is how long a viseme lasts: it is "
                                                "when it ends."),
            BugCard("weak-silence", visemes_pause_without_strength, "It looks as if a pause has the strength 0: it is "
                                                                    "a look like any other, with strength 1."),
        ],
        picture=drawn("draw_visemes"),
    ),
    Exercise(
        name="coarticulate",
        lesson=5,
        title="a mouth between two sounds",
        place="speech.coarticulate",
        cases=[case("\"amu\", its jaw and its pucker", np.arange(0.0, 0.5, 0.04), *AMU, 0.09, 0.05)],
        edges=[case("one sound", np.array([0.0, 0.1, 0.2]), *(part[:1] for part in AMU), 0.05, 0.04),
               case("no sound", np.array([0.0, 0.1]), *(part[:0] for part in AMU), 0.05, 0.04),
               case("no time", np.zeros(0), *AMU, 0.05, 0.04),
               case("the middle of a sound", np.array([0.24]), *AMU, 0.05, 0.02)],
        random=random_mouths,
        random_count=40,
        random_label="random mouths",
        atol=1e-4,
        hints=[
            "At a moment inside the second sound: how far is it from the middle half of the first, of the second, of "
            "the third, and in which unit?",
            "Before its middle half count the seconds in `lead`s, after it in `lag`s, inside it nothing. The dominance "
            "is alpha e^-distance; the mouth is the mean of all targets, weighted by it.",
            "before = np.maximum(start + quarter - times[:, None], 0) / lead; D = alphas * np.exp(-(before + after)); "
            "D @ targets / D.sum(axis=1, keepdims=True)",
        ],
        cards=[
            BugCard("not-divided", mouth_not_divided, "It looks as if the targets are summed and not divided by the "
                                                      "sum of the dominances: a mean needs that."),
            BugCard("exchanged", mouth_exchanged, "It looks as if `lead` and `lag` changed places: before a sound "
                                                  "`lead` counts, after it `lag`."),
            BugCard("from-the-middle", mouth_from_middle, "It looks as if the distance is counted from the moment in "
                                                          "the middle: it is 0 in the whole middle half."),
            BugCard("from-the-edges", mouth_from_edges, "It looks as if the dominance fades only outside of a sound: "
                                                        "its first and last quarter give way already."),
            BugCard("unruled", mouth_unruled, "It looks as if all sounds rule alike: each dominance is multiplied with "
                                              "its alpha."),
            BugCard("alpha-inside", mouth_alpha_inside, "It looks as if alpha stands in the exponent: it is a factor "
                                                        "in front."),
            BugCard("gaussian", mouth_gaussian, "It looks as if the distance is squared: Cohen and Massaro's dominance "
                                                "falls by e^-distance."),
            BugCard("winner", mouth_winner, "It looks as if the strongest sound takes all: then the mouth jumps from "
                                            "target to target."),
        ],
        picture=drawn("draw_mouth"),
    ),
    Exercise(
        name="expression_from_speech",
        lesson=5,
        title="a face that means what it says",
        place="motion.expression_from_speech",
        cases=[case("one happy sentence", *on_lips([Phrase(0.5, 2.0, "happy", 0.8)], np.linspace(0, 3, 13))),
               case("happy twice, then sad", *on_lips([Phrase(0.3, 1.4, "happy", 0.9), Phrase(1.0, 2.0, "happy", 0.5),
                                                       Phrase(1.8, 3.0, "sad", 0.7)], np.linspace(0, 4, 13)))],
        edges=[case("nobody says anything", *on_lips([], np.linspace(0, 1, 4))),
               case("a neutral sentence", *on_lips([Phrase(0.2, 1.0)], np.linspace(0, 1, 4))),
               case("a mood without strength", *on_lips([Phrase(0.2, 1.0, "angry", 0.0)], np.linspace(0, 1, 4))),
               case("two moods at once", *on_lips([Phrase(0.0, 2.0, "surprised", 1.0), Phrase(0.0, 2.0, "sad", 0.4)],
                                                  np.linspace(0, 2, 9)))],
        random=random_talk,
        random_count=30,
        random_label="random talks",
        hints=[
            "How far has the expression of one phrase come at each time, if it is shown with its own amount?",
            "Of several phrases of one mood the largest share counts at each time; what the moods ask for is added. "
            "Then multiply the columns in `motion.MOUTH` with `motion.mouth_room(lips)`.",
            "share = np.max([(0.35 + 0.45 * p.strength) * motion.envelope(times, p.start, p.end) for p in ...], axis=0)"
            "; values += share[:, None] * motion.expression(mood)",
        ],
        cards=[
            BugCard("over-lips", shown_over_lips, "It looks as if the mouth never gives way: multiply the columns in "
                                                  "`motion.MOUTH` with `motion.mouth_room(lips)`, or a smile pulls an "
                                                  "m open."),
            BugCard("all-fades", shown_all_fades, "It looks as if the whole face gives way to the lips: brows and eyes "
                                                  "stay, only the columns in `motion.MOUTH` fade."),
            BugCard("adds-up", shown_adds_up, "It looks as if phrases of one mood add up: where two overlap, the "
                                              "larger counts."),
            BugCard("last", shown_last, "It looks as if the last phrase of a mood wipes out the ones before: at each "
                                        "time the largest counts."),
            BugCard("largest-mood", shown_largest_mood, "It looks as if of two moods only the larger shows in each "
                                                        "channel: what moods ask for is added."),
            BugCard("plain-strength", shown_plain_strength, "It looks as if the strength itself is shown: it goes from "
                                                            "0.35 to 0.8 as the strength goes from 0 to 1."),
            BugCard("full", shown_full, "It looks as if every mood is shown at its full 0.8, however weak it is."),
            BugCard("at-once", shown_at_once, "It looks as if an expression is there at once and gone at once: "
                                              "`motion.envelope` lets it come and go."),
            BugCard("with-lips", shown_with_lips, "It looks as if the lips are in the answer: it is what is added to "
                                                  "them."),
        ],
        picture=drawn("draw_expression"),
    ),
    Exercise(
        name="vae_loss",
        lesson=5,
        title="say much with little",
        place="motion.vae_loss",
        run=with_gradients,
        cases=[case("two small windows", *LATENTS, 0.5)],
        edges=[case("a perfect answer from the prior", LATENTS[0], LATENTS[0], 0 * LATENTS[2], 0 * LATENTS[3]),
               case("beta 0", *LATENTS, 0.0), case("one window, one latent", *(part[:1, :1] for part in LATENTS), 2.0)],
        random=random_latents,
        random_count=30,
        random_label="random windows",
        hints=[
            "Which of the two terms sums over the numbers of a window, which over the latents, and which mean comes "
            "last?",
            "Half the sum of squared differences; minus half the sum of 1 + logvar - mean^2 - e^logvar; each summed "
            "for one window, then a mean over the windows.",
            "error = 0.5 * (target - reconstruction).square().flatten(1).sum(dim=1); divergence = -0.5 * (1 + logvar "
            "- mean.square() - logvar.exp()).sum(dim=1)",
        ],
        cards=[
            BugCard("sign", vae_sign, "It looks as if the KL term has the wrong sign: it is never below 0, and pulls "
                                      "towards the prior."),
            BugCard("mean-of-latents", vae_mean_of_latents, "It looks as if the KL term is a mean over the latents: it "
                                                            "is their sum."),
            BugCard("mean-of-numbers", vae_mean_of_numbers, "It looks as if the reconstruction is a mean over the "
                                                            "numbers of a window: it is their sum, or the KL term "
                                                            "outweighs it."),
            BugCard("no-half", vae_without_half, "It looks as if the half is missing: -log of a normal distribution is "
                                                 "half the square."),
            BugCard("sum-of-batch", vae_sum_of_batch, "It looks as if the windows are summed: the loss is their mean, "
                                                      "or it grows with the batch."),
            BugCard("log-deviation", vae_log_deviation, "It looks as if logvar is taken for the logarithm of the "
                                                        "deviation: it is that of the variance."),
            BugCard("beta-on-error", vae_beta_on_error, "It looks as if beta weighs the reconstruction: it weighs the "
                                                        "KL term."),
            BugCard("tells-weighted", vae_tells_weighted, "It looks as if the third number is beta times the KL term: "
                                                          "tell it unweighted, beta is in the first."),
            BugCard("absolute", vae_absolute, "It looks as if differences are taken without their sign and not "
                                              "squared: that is Laplace's distribution, not the normal one."),
        ],
        picture=drawn("draw_vae"),
    ),
    Exercise(
        name="autoregressive_rollout",
        lesson=5,
        title="go on from what you made yourself",
        place="motion.autoregressive_rollout",
        run=rolled,
        cases=[case("five frames", RNG.uniform(0, 1, (5, 1)), RNG.normal(0, 1, (5, 2)), 0.6)],
        edges=[case("one frame", RNG.uniform(0, 1, (1, 1)), RNG.normal(0, 1, (1, 2)), 0.5),
               case("no frame", np.zeros((0, 1)), np.zeros((0, 2)), 2.0),
               case("four frames that are forced", RNG.uniform(0, 1, (4, 1)), RNG.normal(0, 1, (4, 2)), 0.5,
                    RNG.normal(0, 1, (4, 2))),
               case("wild noise", RNG.uniform(0, 1, (6, 1)), 30 * RNG.normal(0, 1, (6, 2)), 0.5)],
        random=random_rollouts,
        random_count=30,
        random_label="random rollouts",
        hints=[
            "What does the model need to be told at frame t, and where does each part of it come from?",
            "Ask `predict`, draw a speed around its mean, bend it to the limit, add it to the place, and hand place, "
            "speed and state to the next frame. When forced, the place is the given one and the speed its step.",
            "mean, deviation, state = predict(value, speed, told[t], state); drawn = mean + deviation * noise[t]; "
            "speed = limit * torch.tanh(drawn / limit); value = value + speed",
        ],
        cards=[
            BugCard("mean-only", roll_mean, "It looks as if every frame takes the mean: without the noise each film "
                                            "is the same, and hardly moves."),
            BugCard("plain-noise", roll_plain_noise, "It looks as if the noise is added as it is: multiply it with "
                                                     "the deviation that the model gives."),
            BugCard("same-noise", roll_same_noise, "It looks as if every frame gets the first frame's noise: frame t "
                                                   "has a row of its own."),
            BugCard("unlimited", roll_unlimited, "It looks as if the limit is not used: one wild draw would throw the "
                                                 "head away."),
            BugCard("clamped", roll_clamped, "It looks as if speeds are cut off at the limit: `limit * tanh(speed / "
                                             "limit)` bends them towards it."),
            BugCard("places-are-speeds", roll_places_are_speeds, "It looks as if the place is the speed itself: places "
                                                                 "are sums of speeds."),
            BugCard("forgets", roll_forgets, "It looks as if the state is lost after each frame: hand to `predict` "
                                             "what it gave the last time."),
            BugCard("place-not-fed", roll_value_not_fed, "It looks as if the model is never told where the head is: "
                                                         "hand it the place of the frame before."),
            BugCard("speed-not-fed", roll_speed_not_fed, "It looks as if the model is never told how fast the head "
                                                         "moves: hand it the speed of the frame before."),
            BugCard("never-forced", roll_never_forced, "It looks as if `forced` is not looked at: where it is given, "
                                                       "the place is its row t."),
            BugCard("forced-places-only", roll_forced_places_only, "It looks as if, when forced, the speed handed on "
                                                                   "is the one expected: it is the step that the "
                                                                   "given places make."),
        ],
        picture=drawn("draw_rollout"),
    ),
]
