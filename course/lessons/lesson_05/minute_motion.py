"""Two models of head movement, trained while one looks on, on the tracks that ship; one person is left out."""

import numpy as np
import torch

from course import parallel
from course.motion import idle_features, idle_networks, learned_idle
from course.recipes.motion import tracks as motion_tracks
from course.recipes.motion import training as motion_training
from course.training import schedules

LEFT_OUT = "d13"  # the person on whom is measured
STEPS = {"vae": 240, "autoregressive": 180}
BATCH = 12


def tracks() -> list:
    """The seven people, a list of `recipes.motion.tracks.Track`: `values` (T, 8), degrees first, and `opening` (T,)."""
    return motion_tracks.shipped()


class Run:
    """One model, "vae" or "autoregressive", and its training, on pieces of 3 s.

    beta: weight of the VAE's KL term.
    """

    def __init__(self, kind: str, steps: int | None = None, beta: float = motion_training.RECIPE.beta):
        self.kind, self.steps = kind, steps or STEPS[kind]
        people = tracks()
        self.learned = [track for track in people if track.name != LEFT_OUT]
        self.left_out = [track for track in people if track.name == LEFT_OUT]
        recipe = motion_training.Recipe(steps=self.steps, batch=BATCH, beta=beta)
        self.task = motion_training.MotionTask(self.learned, self.steps, recipe)
        self.network, self.optimizer = self.task.networks[kind], self.task.optimizers[kind]
        self.loss_of = {"vae": self.task.vae_loss, "autoregressive": self.task.autoregressive_loss}[kind]

    def train(self, report=None, every: int = 20) -> None:
        """All steps; report: called now and then with (step, {words: number}), as `measure` gives them."""
        for number in range(self.steps):
            self.one_step(number)
            if report and ((number + 1) % every == 0 or number + 1 == self.steps):
                report(number + 1, self.measure())

    @parallel.one_thread_each()
    def one_step(self, number: int) -> None:
        """Step `number`, from 0."""
        share = schedules.learning_rate_share(number, self.steps, warmup=0, least=0.05)
        schedules.set_learning_rate(self.optimizer, self.task.recipe.rate, share)
        loss = self.loss_of(*self.task.batch(self.learned, number))
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()

    @torch.no_grad()
    def measure(self) -> dict:
        """How it does on people that it learns from and on the one left out: {words: number}.

        VAE: how much of the path of a head its own latent leaves unexplained, in percent of what standing still
        leaves; autoregressive: -log p of the next frame, nats a number.
        """
        batches = {"people it learns from": self.task.batch(self.learned, 20_000),
                   "the one left out": self.task.batch(self.left_out, 10_000)}
        if self.kind == "autoregressive":
            return {words: float(self.task.autoregressive_loss(*batch)) for words, batch in batches.items()}
        return {words: 100 * self._unexplained(batch) for words, batch in batches.items()}

    def divergence(self) -> float:
        """The VAE's KL term on the people it learns from, nats a window of 2 s."""
        with torch.no_grad():
            return float(self.task.vae_terms(*self.task.batch(self.learned, 20_000)[:5])[0][2])

    def _unexplained(self, batch: list) -> float:
        true, made = self.paths_of(batch)
        return float((true - made).square().sum() / true.square().sum())

    @torch.no_grad()
    def paths_of(self, batch: list, own: bool = True) -> tuple:
        """Paths of heads over windows of 2 s, (N, 50, 5) each: the true ones, and those decoded from their latents.

        own: from the mean of its own posterior; else from the latent 0, the middle of the prior.
        """
        values, _, since, told = batch[:4]
        begin, end = idle_networks.HISTORY, idle_networks.HISTORY + idle_networks.WINDOW
        speeds = torch.diff(values, dim=1, prepend=values[:, :1])
        seen = idle_networks.seen_by(values, speeds, since, told)
        mean, _ = self.network.encode(seen[:, :begin], seen[:, begin:end])
        made, _ = self.network.decode(mean if own else 0 * mean, seen[:, :begin], told[:, begin:end])
        true = values[:, begin:end] - values[:, begin - 1 : begin]
        return true[..., idle_features.HEAD], made.cumsum(dim=1)[..., idle_features.HEAD]

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
