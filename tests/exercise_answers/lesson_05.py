"""Answers that students give in lesson 05: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "mel_spectrogram": {
        "right": [
            '''
import numpy as np
from scipy.signal import get_window
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    sound = np.concatenate([np.zeros(n_fft // 2), samples, np.zeros(n_fft // 2)])
    window = get_window("hann", n_fft)
    columns = []
    for k in range(1 + len(samples) // hop):
        spectrum = np.fft.rfft(window * sound[k * hop : k * hop + n_fft])
        columns.append((spectrum * spectrum.conj()).real)
    return speech.mel_filters(sample_rate, n_fft, n_mels, low, high) @ np.array(columns).T
''',
            '''
import torch
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    sound = torch.as_tensor(samples, dtype=torch.float32)
    spectrum = torch.stft(sound, n_fft, hop, window=torch.hann_window(n_fft), center=True, pad_mode="constant",
                          return_complex=True)
    filters = torch.from_numpy(speech.mel_filters(sample_rate, n_fft, n_mels, low, high))
    return filters @ spectrum.abs().square()
''',
            '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    sound = np.pad(np.asarray(samples, float), n_fft // 2)
    starts = np.arange(0, len(sound) - n_fft + 1, hop)
    frames = sound[starts[:, None] + np.arange(n_fft)] * np.sin(np.pi * np.arange(n_fft) / n_fft) ** 2
    full = np.fft.fft(frames, axis=1)[:, : n_fft // 2 + 1]
    power = full.real ** 2 + full.imag ** 2
    return np.einsum("mb,tb->mt", speech.mel_filters(sample_rate, n_fft, n_mels, low, high), power)
''',
        ],
        "wrong": [
            '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, n_fft // 2, mode="edge")
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    window = np.hanning(n_fft + 1)[:-1]
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    return speech.mel_filters(sample_rate, n_fft, n_mels, low, high) @ power.T
''',
            '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    window = np.hanning(n_fft + 1)[:-1]
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2 / n_fft
    return speech.mel_filters(sample_rate, n_fft, n_mels, low, high) @ power.T
''',
            '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    power = np.abs(np.fft.fft(frames * np.hanning(n_fft + 1)[:-1], axis=1)) ** 2
    return speech.mel_filters(sample_rate, n_fft, n_mels, low, high) @ power.T
''',
        ],
    },
    "phonemes_to_visemes": {
        "right": [
            '''
import numpy as np
from course import speech

def phonemes_to_visemes(phonemes):
    rows = []
    for p in phonemes:
        shapes = speech.visemes_of(p.symbol)
        if len(shapes) == 0:
            shapes = [("sil", 1.0)]
        edges = np.linspace(p.start, p.end, len(shapes) + 1)
        for (name, strength), begin, end in zip(shapes, edges[:-1], edges[1:]):
            gain = speech.STRESS_GAIN[p.stress] if name in speech.VOWELS else 1
            rows.append([name, begin, end, gain * strength])
    return rows
''',
            '''
from course import speech

def phonemes_to_visemes(phonemes):
    for p in phonemes:
        shapes = speech.visemes_of(p.symbol) or [("sil", 1)]
        start = p.start
        for name, strength in shapes:
            end = start + (p.end - p.start) / len(shapes)
            yield name, start, end, strength * (speech.STRESS_GAIN[p.stress] if name in speech.VOWELS else 1)
            start = end
''',
            '''
from course import speech

GAIN = {0: 0.82, 1: 0.95, 2: 1.08}

def phonemes_to_visemes(phonemes):
    shapes = [(p, speech.visemes_of(p.symbol) or [("sil", 1.0)]) for p in phonemes]
    return [(name, p.start + (p.end - p.start) * i / len(all_), p.start + (p.end - p.start) * (i + 1) / len(all_),
             strength * (GAIN[p.stress] if name in ("aa", "E", "ih", "oh", "ou", "ue", "uh") else 1.0))
            for p, all_ in shapes for i, (name, strength) in enumerate(all_)]
''',
        ],
        "wrong": [
            '''
from course import speech

def phonemes_to_visemes(phonemes):
    rows = []
    for p in phonemes:
        shapes = speech.visemes_of(p.symbol)[-1:] or [("sil", 1.0)]
        for name, strength in shapes:
            strength *= speech.STRESS_GAIN[p.stress] if name in speech.VOWELS else 1
            rows.append((name, p.start, p.end, strength))
    return rows
''',
            '''
from course import speech

def phonemes_to_visemes(phonemes):
    rows, at = [], 0.0
    for p in phonemes:
        shapes = speech.visemes_of(p.symbol) or [("sil", 1.0)]
        for name, strength in shapes:
            strength *= speech.STRESS_GAIN[p.stress] if name in speech.VOWELS else 1
            rows.append((name, at, at + (p.end - p.start) / len(shapes), strength))
            at += (p.end - p.start) / len(shapes)
    return rows
''',
            '''
from course import speech

def phonemes_to_visemes(phonemes):
    rows = []
    for p in phonemes:
        name, strength = (speech.visemes_of(p.symbol) or [("sil", 1.0)])[0]
        rows.append((name, p.start, p.end))
    return rows
''',
        ],
    },
    "coarticulate": {
        "right": [
            '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    mouth = np.zeros((len(times), targets.shape[1]))
    for row, t in enumerate(times):
        total = 0.0
        for (start, end), alpha, target in zip(spans, alphas, targets):
            a, b = start + (end - start) / 4, end - (end - start) / 4
            theta = (a - t) / lead if t < a else (t - b) / lag if t > b else 0.0
            dominance = alpha * np.exp(-theta)
            mouth[row] += dominance * target
            total += dominance
        if total:
            mouth[row] /= total
    return mouth
''',
            '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    if not len(spans):
        return np.zeros((len(times), targets.shape[1]))
    low, high = 0.75 * spans[:, 0] + 0.25 * spans[:, 1], 0.25 * spans[:, 0] + 0.75 * spans[:, 1]
    t = np.asarray(times)[:, None]
    logs = np.log(alphas) - np.clip(low - t, 0, None) / lead - np.clip(t - high, 0, None) / lag
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)) @ targets
''',
            '''
import torch

def coarticulate(times, spans, alphas, targets, lead, lag):
    times, spans, alphas, targets = map(torch.as_tensor, (times, spans, alphas, targets))
    quarter = (spans[:, 1] - spans[:, 0]) / 4
    before = (spans[:, 0] + quarter - times[:, None]).clamp(min=0) / lead
    after = (times[:, None] - spans[:, 1] + quarter).clamp(min=0) / lag
    dominance = alphas * torch.exp(-before) * torch.exp(-after)
    return (dominance @ targets) / (dominance.sum(1, keepdim=True) + 1e-12)
''',
        ],
        "wrong": [
            '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    middles = spans.mean(axis=1)
    return np.stack([np.interp(times, middles, column) for column in targets.T], axis=1) if len(spans) else (
        np.zeros((len(times), targets.shape[1])))
''',
            '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    t = np.asarray(times)[:, None]
    quarter = (spans[:, 1] - spans[:, 0]) / 4
    before = np.maximum(spans[:, 0] + quarter - t, 0)
    after = np.maximum(t - spans[:, 1] + quarter, 0)
    dominance = alphas * np.exp(-(before + after))
    return dominance @ targets / (dominance.sum(axis=1, keepdims=True) + 1e-9)
''',
            '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    t = np.asarray(times)[:, None]
    quarter = (spans[:, 1] - spans[:, 0]) / 4
    before = np.maximum(spans[:, 0] + quarter - t, 0) / lead
    after = np.maximum(t - spans[:, 1] + quarter, 0) / lag
    dominance = alphas / (1 + before + after)
    return dominance @ targets / (dominance.sum(axis=1, keepdims=True) + 1e-9)
''',
        ],
    },
    "expression_from_speech": {
        "right": [
            '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    values = np.zeros((len(times), 57))
    for mood in motion.EXPRESSIONS:
        share = np.zeros(len(times))
        for phrase in phrases:
            if phrase.mood == mood and phrase.strength > 0:
                amount = 0.35 + 0.45 * phrase.strength
                share = np.maximum(share, amount * motion.envelope(times, phrase.start, phrase.end))
        values += np.outer(share, motion.expression(mood))
    values[:, motion.MOUTH] *= motion.mouth_room(lips)[:, None]
    return values
''',
            '''
import numpy as np
from course import face, motion

def expression_from_speech(phrases, times, lips):
    shares = {}
    for phrase in phrases:
        if not phrase.strength:
            continue
        come = motion.envelope(times, phrase.start, phrase.end) * (0.35 * (1 - phrase.strength) + 0.8 * phrase.strength)
        shares[phrase.mood] = np.fmax(shares.get(phrase.mood, 0 * times), come)
    room = motion.mouth_room(lips)
    rows = []
    for t in range(len(times)):
        row = np.zeros(57)
        for mood, share in shares.items():
            for name, value in motion.EXPRESSIONS[mood].items():
                row[face.INDEX[name]] += value * share[t] * (room[t] if name.startswith(("jaw", "mouth")) else 1)
        rows.append(row)
    return np.array(rows)
''',
            '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    felt = [phrase for phrase in phrases if phrase.strength]
    values = np.zeros((len(times), 57), dtype=np.float32)
    for mood in {phrase.mood for phrase in felt}:
        rows = [(0.35 + 0.45 * p.strength) * motion.envelope(times, p.start, p.end) for p in felt if p.mood == mood]
        values = values + np.array(rows).max(0)[:, np.newaxis] * motion.expression(mood)
    return np.where(motion.MOUTH, values * motion.mouth_room(lips)[:, None], values)
''',
        ],
        "wrong": [
            '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    values = np.zeros((len(times), 57))
    for phrase in phrases:
        share = motion.envelope(times, phrase.start, phrase.end)
        values = np.maximum(values, phrase.strength * share[:, None] * motion.expression(phrase.mood))
    return values
''',
            '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    values = np.zeros((len(times), 57))
    for phrase in phrases[:1]:
        share = (0.35 + 0.45 * phrase.strength) * motion.envelope(times, phrase.start, phrase.end)
        values += share[:, None] * motion.expression(phrase.mood)
    return np.where(motion.MOUTH, values * motion.mouth_room(lips)[:, None], values)
''',
            '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    values = np.zeros((len(times), 57))
    for mood in {p.mood for p in phrases}:
        share = np.max([(0.35 + 0.45 * p.strength) * motion.envelope(times, p.start, p.end)
                        for p in phrases if p.mood == mood], axis=0)
        values += share[:, None] * motion.expression(mood)
    return np.where(motion.MOUTH, values * motion.mouth_room(lips)[:, None], values)
''',
        ],
    },
    "vae_loss": {
        "right": [
            '''
import torch

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    count = target.shape[0]
    error = ((target - reconstruction) ** 2).sum() / 2 / count
    kl = (logvar.exp() + mean ** 2 - 1 - logvar).sum() / 2 / count
    return error + beta * kl, error, kl
''',
            '''
import torch
from torch import distributions

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    posterior = distributions.Normal(mean, torch.exp(logvar / 2))
    prior = distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    kl = distributions.kl_divergence(posterior, prior).sum(1).mean()
    error = 0.5 * (target - reconstruction).pow(2).reshape(len(target), -1).sum(1).mean()
    return [error + beta * kl, error, kl]
''',
            '''
import torch
from torch.nn import functional

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    error = 0.5 * functional.mse_loss(reconstruction, target, reduction="sum") / len(target)
    kl = torch.stack([-0.5 * torch.sum(1 + v - m * m - torch.exp(v)) for m, v in zip(mean, logvar)]).mean()
    return error + kl * beta, error, kl
''',
        ],
        "wrong": [
            '''
import torch
from torch.nn import functional

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    error = functional.mse_loss(reconstruction, target)
    kl = -0.5 * torch.mean(1 + logvar - mean ** 2 - logvar.exp())
    return error + beta * kl, error, kl
''',
            '''
import torch

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    error = 0.5 * (target - reconstruction).square().flatten(1).sum(1).mean()
    kl = -0.5 * (1 + logvar - mean.square() - logvar).sum(1).mean()
    return error + beta * kl, error, kl
''',
            '''
import torch

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    error = 0.5 * (target - reconstruction).square().flatten(1).sum(1).mean()
    kl = -0.5 * (1 + logvar - mean.square() - logvar.exp()).sum(1).mean()
    return error + kl, error, kl
''',
        ],
    },
    "autoregressive_rollout": {
        "right": [
            '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    frames, channels = noise.shape
    values, means = torch.zeros(frames, channels), torch.zeros(frames, channels)
    before, speed, memory = torch.zeros(channels), torch.zeros(channels), None
    for t in range(frames):
        means[t], deviation, memory = predict(before, speed, told[t], memory)
        if forced is not None:
            values[t] = forced[t]
            speed = values[t] - before
        else:
            speed = torch.tanh((means[t] + noise[t] * deviation) / limit) * limit
            values[t] = before + speed
        before = values[t]
    return values, means
''',
            '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    places, means, state = [torch.zeros(noise.shape[1])], [], None
    for t, (seen, chance) in enumerate(zip(told, noise)):
        speed = places[-1] - places[-2] if t else torch.zeros(noise.shape[1])
        mean, deviation, state = predict(places[-1], speed, seen, state)
        step = limit * ((mean + deviation * chance) / limit).tanh()
        places.append(places[-1] + step if forced is None else forced[t])
        means.append(mean)
    if not means:
        return noise, noise
    return torch.stack(places[1:]), torch.stack(means)
''',
            '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    def step(t, value, speed, state):
        if t == len(told):
            return [], []
        mean, deviation, state = predict(value, speed, told[t], state)
        after = forced[t] if forced is not None else value + limit * torch.tanh((mean + deviation * noise[t]) / limit)
        values, means = step(t + 1, after, after - value, state)
        return [after, *values], [mean, *means]

    rest = torch.zeros(noise.shape[1])
    values, means = step(0, rest, rest, None)
    return (torch.stack(values), torch.stack(means)) if values else (noise.clone(), noise.clone())
''',
        ],
        "wrong": [
            '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    value, speed, state = torch.zeros(noise.shape[1]), torch.zeros(noise.shape[1]), None
    values, means = [], []
    for t in range(len(told)):
        values.append(value)
        mean, deviation, state = predict(value, speed, told[t], state)
        speed = limit * torch.tanh((mean + deviation * noise[t]) / limit)
        value = value + speed
        means.append(mean)
    return torch.stack(values), torch.stack(means)
''',
            '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    value, speed, state = torch.zeros(noise.shape[1]), torch.zeros(noise.shape[1]), None
    values, means = [], []
    for t in range(len(told)):
        mean, deviation, state = predict(value, speed, told[t], state)
        speed = limit * torch.sigmoid((mean + deviation * noise[t]) / limit)
        value = value + speed
        values.append(value)
        means.append(mean)
    return torch.stack(values) if values else noise, torch.stack(means) if means else noise
''',
            '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    value, speed, state = torch.zeros(noise.shape[1]), torch.zeros(noise.shape[1]), None
    values, means = [], []
    for t in range(len(told)):
        mean, deviation, state = predict(value, speed, told[t], state)
        value = value + limit * torch.tanh((mean + deviation * noise[t]) / limit)
        speed = mean + deviation * noise[t]
        values.append(value)
        means.append(mean)
    return (torch.stack(values), torch.stack(means)) if values else (noise, noise)
''',
        ],
    },
}
