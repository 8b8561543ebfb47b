"""Two models that learn how a head moves while its mouth speaks: one variational, one autoregressive.

Both are small recurrent networks over the eight channels of `idle_features.MOVING` in units of usual movement, told the
mouth's opening, and both say how the head *moves* next (its speed), never where it is: positions are sums of speeds, so
no frame jumps. Whether the lids shut in a frame is a chance of its own, and a blink is laid whole where it falls.

    VAE              16 latent numbers for every 2 s (Kingma and Welling, "Auto-encoding variational Bayes", 2014)
    autoregressive   a normal distribution of the next frame, given all before it, and a draw (Graves, "Generating
                     sequences with recurrent neural networks", 2013)
"""

import math

import torch
from torch import nn

from .idle_features import (
    CHANNELS,
    HISTORY,
    LATENT,
    POSITION,
    REFRACTORY,
    SEEN,
    SINCE,
    SPEED,
    TOLD,
    TOP_SPEED,
    WINDOW,
)


def vae_loss(target, reconstruction, mean, logvar, beta: float = 1.0):
    """The negative evidence lower bound, a mean over the batch.

    Args:
        target, reconstruction: (N, ...), in units in which an error of 1 is a standard deviation.
        mean, logvar: (N, Z) of the posterior q(z | x); beta: weight of the KL term (Higgins et al., 2017).
    Returns:
        loss, reconstruction term, KL term: scalars.
    """
    # -log p(x | z) = 1/2 sum (x - x')^2 + constant
    error = 0.5 * (target - reconstruction).square().flatten(1).sum(dim=1)
    # KL(q | N(0, 1)) = -1/2 sum (1 + logvar - mean^2 - e^logvar);  note the minus sign
    divergence = -0.5 * (1 + logvar - mean.square() - logvar.exp()).sum(dim=1)
    # L = E[-log p(x | z)] + beta KL
    return (error + beta * divergence).mean(), error.mean(), divergence.mean()


class MotionVAE(nn.Module):
    """q(z | movement, history, mouth) and p(movement | z, history, mouth)."""

    def __init__(self, width: int = 56, latent: int = LATENT):
        super().__init__()
        self.history = nn.GRU(SEEN, width, batch_first=True)
        self.encoder = nn.GRU(SEEN, width, batch_first=True)
        # One layer each. Published code of SadTalker feeds logvar from the mean's layer, which ties spread to place.
        self.mean = nn.Linear(width, latent)
        self.logvar = nn.Linear(width, latent)
        self.start = nn.Linear(width + latent, width)
        self.decoder = nn.GRU(latent + TOLD, width, batch_first=True)
        self.speed = nn.Linear(width, CHANNELS)
        # Blinks are not in the latent: a decoder that reads them off it waits for a latent that says so, and latents
        # drawn by chance say so far too often.
        self.blink = nn.Sequential(nn.Linear(width + TOLD, 16), nn.ReLU(), nn.Linear(16, 1))

    def encode(self, before, window):
        """History (N, H, 22) and window (N, W, 22) -> mean, logvar (N, Z) each."""
        _, state = self.history(before)  # (1, N, width)
        _, state = self.encoder(window, state)
        return self.mean(state[0]), self.logvar(state[0]).clamp(-8, 4)

    def decode(self, latent, before, told):
        """Latent (N, Z), history (N, H, 22), mouth (N, W, 5) -> speeds (N, W, 8), blink logits (N, W)."""
        _, state = self.history(before)
        past = state[0][:, None].expand(-1, told.shape[1], -1)
        blink = self.blink(torch.cat([past, told], dim=2))[..., 0]  # (N, W)
        state = torch.tanh(self.start(torch.cat([state[0], latent], dim=1)))[None]  # (1, N, width)
        repeated = latent[:, None].expand(-1, told.shape[1], -1)
        hidden, _ = self.decoder(torch.cat([repeated, told], dim=2), state)  # (N, W, width)
        return SPEED * self.speed(hidden), blink


class MotionGRU(nn.Module):
    """p(next frame | all frames before it, mouth): a normal distribution of the speed, and the chance of a blink."""

    def __init__(self, width: int = 64):
        super().__init__()
        self.cell = nn.GRU(SEEN, width, batch_first=True)
        self.hidden = nn.Linear(width, 32)
        self.out = nn.Linear(32, 2 * CHANNELS + 1)
        self.keep = nn.Parameter(torch.full((CHANNELS,), 2.0))  # the speed mostly stays: sigmoid(2) of it

    def forward(self, seen, state=None):
        """Frames (N, T, 22) -> mean and log deviation (N, T, 8) of the next speed, in `SPEED`; logits (N, T); state."""
        hidden, state = self.cell(seen, state)
        found = self.out(torch.relu(self.hidden(hidden)))
        mean = torch.sigmoid(self.keep) * seen[..., CHANNELS : 2 * CHANNELS] + found[..., :CHANNELS]
        return mean, found[..., CHANNELS : 2 * CHANNELS].clamp(-5, 1), found[..., -1], state


def seen_by(values, speeds, since, told):
    """One row a frame for the networks: (..., 8), (..., 8), (...), (..., 5) -> (..., 22)."""
    return torch.cat([values / POSITION, speeds / SPEED, since[..., None], told], dim=-1)


def gaussian_nll(target, mean, log_deviation):
    """-log N(x; m, s), a mean over all numbers: (...) three times -> scalar.

    -log N(x; m, s) = 1/2 ((x - m) / s)^2 + log s + 1/2 log 2 pi
    """
    off = (target - mean) * torch.exp(-log_deviation)
    return (0.5 * off.square() + log_deviation + 0.5 * math.log(2 * math.pi)).mean()


def autoregressive_rollout(predict, told, noise, limit: float = TOP_SPEED, forced=None):
    """Let a model continue its own motion, frame by frame (Graves, 2013).

    Args:
        predict: (value (C,), speed (C,), told (K,), state) -> mean (C,) and deviation (C,) of the next speed, state;
            the first state is None. told: (T, K), what is known of each frame; noise: (T, C) normal numbers; limit:
            speeds bend towards it and never pass; forced: values (T, C) to go on from instead of its own (teacher
            forcing).
    Returns:
        values (T, C), which begin at rest at 0, and the means (T, C) that it expected.
    """
    value, speed, state = torch.zeros(noise.shape[1]), torch.zeros(noise.shape[1]), None
    values, means = [], []
    for t in range(len(told)):
        mean, deviation, state = predict(value, speed, told[t], state)
        # v_t ~ N(m, s),  x_t = x_{t-1} + v_t
        if forced is None:
            speed = soft_limit(mean + deviation * noise[t], limit)
            value = value + speed
        else:
            speed, value = forced[t] - value, forced[t]
        values.append(value)
        means.append(mean)
    return (torch.stack(values), torch.stack(means)) if values else (torch.zeros_like(noise), torch.zeros_like(noise))


def gru_rollout(network, told, noise, forced=None):
    """The rollout of a `MotionGRU`, which also shuts the lids now and then.

    Args:
        told: (T, 5), the mouth; noise: (T, 9), eight normal numbers and one uniform in [0, 1) a frame: all the chance
            there is; forced: (values (T, 8), blinks (T,)) to be fed instead of its own.
    Returns:
        values (T, 8) in units, blinks (T,) of 0 and 1, means (T, 8) of the speeds it expected, in units a frame.
    """
    blinks, since = [], SINCE

    def predict(value, speed, told_now, state):
        nonlocal since
        seen = seen_by(value, speed, torch.tensor(since), told_now)
        mean, log_deviation, logit, state = network(seen[None, None], state)
        if forced is None:
            shut = bool(noise[len(blinks), -1] < torch.sigmoid(logit[0, 0])) and since * 100 >= REFRACTORY
        else:
            shut = bool(forced[1][len(blinks)] > 0)
        since = 0.0 if shut else min(1.0, since + 0.01)  # 0.04 s of 4 s
        blinks.append(float(shut))
        return SPEED * mean[0, 0], SPEED * log_deviation[0, 0].exp(), state

    values, means = autoregressive_rollout(predict, told, noise[:, :CHANNELS], TOP_SPEED,
                                           None if forced is None else forced[0])
    return values, torch.tensor(blinks), means


def vae_rollout(network, told, noise):
    """Windows of 2 s, each from a fresh latent, each going on from the last frames of the one before.

    Args:
        network: a `MotionVAE`; told: (T, 5), the mouth; noise: (T, 9), of which a window's first `LATENT` / 8 rows make
            its latent and the last column its blinks.
    Returns:
        values (T, 8) in units, and blinks (T,) of 0 and 1.
    """
    count = len(told)
    past = torch.zeros(HISTORY, CHANNELS)
    since, blinked = torch.full((HISTORY,), SINCE), SINCE
    values, blinks, speeds = past, torch.zeros(HISTORY), torch.zeros(HISTORY, CHANNELS)
    told_all = torch.cat([told[:1].expand(HISTORY, -1), told])
    for first in range(0, count, WINDOW):
        here = slice(first, min(first + WINDOW, count))  # of what is asked for
        before = slice(len(values) - HISTORY, len(values))
        history = seen_by(values[before], speeds[before], since[before], told_all[before])
        latent = noise[here, :CHANNELS].flatten()[:LATENT]
        latent = torch.nn.functional.pad(latent, (0, LATENT - len(latent)))
        made, logits = network.decode(latent[None], history[None], told[None, here])
        made = soft_limit(made[0], TOP_SPEED)
        shut, times = [], []
        for chance, draw in zip(torch.sigmoid(logits[0]).tolist(), noise[here, -1].tolist()):
            now = draw < chance and blinked * 100 >= REFRACTORY
            blinked = 0.0 if now else min(1.0, blinked + 0.01)
            shut.append(float(now))
            times.append(blinked)
        values = torch.cat([values, values[-1] + made.cumsum(dim=0)])
        speeds, since = torch.cat([speeds, made]), torch.cat([since, torch.tensor(times)])
        blinks = torch.cat([blinks, torch.tensor(shut)])
    return values[HISTORY:], blinks[HISTORY:]


def soft_limit(x, limit: float):
    """x while it is small, never beyond the limit: limit tanh(x / limit), (...) -> (...)."""
    return limit * torch.tanh(x / limit)
