"""Two models of head movement, trained while one looks on, on the tracks that ship; one person is left out."""

import numpy as np
import torch

from course import parallel
from course.motion import idle_features, idle_networks, learned_idle
from course.recipes.motion import tracks as motion_tracks
from course.recipes.motion import training as motion_training
from course.training import schedules

LEFT_OUT = "d13"  # the person on whom is measured
STEPS = {"vae": 120, "autoregressive": 120}
BATCH = 12


class Run:
    """One model, "vae" or "autoregressive", and its training: 120 steps of pieces of 3 s.

    beta: weight of the VAE's KL term.
    """

    def __init__(self, kind: str, steps: int | None = None, beta: float = motion_training.RECIPE.beta):
        self.kind, self.steps = kind, steps or STEPS[kind]
        tracks = motion_tracks.shipped()
        self.learned = [track for track in tracks if track.name != LEFT_OUT]
        self.left_out = [track for track in tracks if track.name == LEFT_OUT]
        recipe = motion_training.Recipe(steps=self.steps, batch=BATCH, beta=beta)
        self.task = motion_training.MotionTask(self.learned, self.steps, recipe)
        self.network, self.optimizer = self.task.networks[kind], self.task.optimizers[kind]
        self.loss_of = {"vae": self.task.vae_loss, "autoregressive": self.task.autoregressive_loss}[kind]

    @parallel.one_thread_each()
    def train(self, report=None, every: int = 20) -> None:
        """All steps; report: called now and then with (step, {words: number}), as `measure` gives them."""
        for number in range(self.steps):
            share = schedules.learning_rate_share(number, self.steps, warmup=0, least=0.05)
            schedules.set_learning_rate(self.optimizer, self.task.recipe.rate, share)
            loss = self.loss_of(*self.task.batch(self.learned, number))
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            if report and ((number + 1) % every == 0 or number + 1 == self.steps):
                report(number + 1, self.measure())

    @torch.no_grad()
    def measure(self) -> dict:
        """How it does on the person left out: nats a window of the VAE's two terms, or nats a number."""
        batch = self.task.batch(self.left_out, 10_000)
        if self.kind == "autoregressive":
            return {"-log p of the next frame": float(self.task.autoregressive_loss(*batch))}
        _, error, divergence = self.task.vae_terms(*batch[:5])[0]
        return {"reconstruction": float(error), "KL": float(divergence)}

    def networks(self) -> dict:
        """What `learned_idle` asks for, with this model in its place."""
        return learned_idle.load() | {self.kind: self.network.eval()}

    @torch.no_grad()
    def draws(self, count: int = 4, seconds: float = 6.0, seed: int = 0) -> np.ndarray:
        """Movement for a mouth that speaks, drawn several times: (count, T, 8) in units of usual movement."""
        opening = self.left_out[0].opening[: round(seconds * idle_features.FPS)]
        told = torch.from_numpy(idle_features.conditions(opening))
        random, made = np.random.default_rng(seed), []
        for _ in range(count):
            noise = np.concatenate([random.standard_normal((len(told), idle_networks.CHANNELS)),
                                    random.random((len(told), 1))], axis=1)
            noise = torch.from_numpy(noise.astype(np.float32))
            if self.kind == "vae":
                made.append(idle_networks.vae_rollout(self.network, told, noise)[0])
            else:
                made.append(idle_networks.gru_rollout(self.network, told, noise)[0])
        return torch.stack(made).numpy()
