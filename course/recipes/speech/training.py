"""Training the network of `speech/lips.py` on espeak-ng's voices: `course train speech`.

    texts -> made speech that labels itself -> pieces, changed in every way there is -> cross-entropy of the visemes
"""

from pathlib import Path

import torch
from torch.nn import functional

from ... import errors
from ...io import weights
from ...speech import lips
from ...training import loop, processes, schedules, updates
from . import utterances


def train(data=None, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/speech",
          out="runs/speech.safetensors", recipe: utterances.Recipe = utterances.RECIPE) -> Path:
    """Train and write the weights.

    Args:
        data: None, speech makes its own; steps: in all, None for the recipe's; resume: go on from the checkpoint in
            `logdir`, with the same numbers as without a stop; device: cpu, cuda or mps; logdir: gets the checkpoint
            and TensorBoard's files; out: the weights' file.
    Returns:
        `out`.
    Raises:
        training.Stopped: Ctrl-C, with everything saved; errors.CourseError: nothing to resume from, or data;
        errors.TextError: no espeak-ng; errors.OutputError: a place that cannot be written.
    """
    if data:
        raise errors.CourseError("speech makes its own data: leave --data out")
    task = SpeechTask(steps or recipe.steps, recipe)
    result = loop.train(task, loop.Config(
        steps=task.steps, batch=recipe.batch, precision="float32", clip=1.0, save_every=recipe.save_every,
        seed=recipe.seed, device=device, logdir=logdir, resume=resume))
    if processes.join(device).first:
        weights.write_weights(result.networks["visemes"].state_dict(), out)
    return Path(out)


class SpeechTask(loop.Task):
    """What the training loop asks for: pieces of speech and a step. The network itself is kept, not its mean."""

    def __init__(self, steps: int, recipe: utterances.Recipe):
        """steps: of the whole run, at whose end the learning rate is a hundredth of its peak."""
        torch.manual_seed(recipe.seed)
        self.steps, self.recipe, self.pool = steps, recipe, utterances.Pool(recipe)
        self.networks = {"visemes": lips.VisemeNet()}
        self.optimizers = {"visemes": torch.optim.AdamW(self.networks["visemes"].parameters(), recipe.rate,
                                                        weight_decay=0.01)}

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"loss", "right": share of the moments with the right viseme}."""
        schedules.set_learning_rate(self.optimizers["visemes"], self.recipe.rate, schedules.learning_rate_share(
            number, self.steps, self.recipe.warmup, least=0.01))
        net = self.networks["visemes"]
        device = next(net.parameters()).device
        heard, labels = (torch.from_numpy(part[rows]).to(device) for part in self.pool.batch(number))
        right = []

        def loss_of(heard, labels):
            logits = net(heard)  # (N, V, T)
            right.append((logits.argmax(1) == labels).float().mean())
            return functional.cross_entropy(logits, labels, label_smoothing=self.recipe.smoothing)

        loss = updater.update("visemes", loss_of, heard, labels)
        return {"loss": loss, "right": float(torch.stack(right).mean())}
