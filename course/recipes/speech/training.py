"""Training the network of `speech/lip_networks.py` on voices that say when they say what: `course train speech`.

    texts -> made speech (`corpus`) -> pieces, changed in every way there is -> visemes, curves, gates
"""

from pathlib import Path

import torch
from torch.nn import functional

from ... import devices, errors
from ...io import weights
from ...speech import lip_networks, lips
from ...training import loop, processes, schedules, updates
from . import corpus, utterances

CORPUS = "runs/speech_corpus"  # made when it is not there


def train(data=None, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/speech",
          out="runs/speech.safetensors", recipe: utterances.Recipe = utterances.RECIPE) -> Path:
    """Train and write the weights.

    Args:
        data: one folder: a corpus that is made, or Kokoro's speakers (`*.bin`), from which `CORPUS` is made first;
            steps: in all, None for the recipe's; resume: go on from the checkpoint in `logdir`, with the same numbers
            as without a stop; device: cpu, cuda or mps; logdir: gets the checkpoint and TensorBoard's files; out: the
            weights' file.
    Returns:
        `out`.
    Raises:
        training.Stopped: Ctrl-C, with everything saved; errors.CourseError: nothing to resume from, no voices;
        errors.OutputError: a place that cannot be written.
    """
    devices.check(device)
    weights.check_place(Path(logdir) / loop.CHECKPOINT)  # before an hour goes into the corpus
    folder = _corpus(data, recipe)
    task = SpeechTask(steps or recipe.steps, recipe, folder)
    result = loop.train(task, loop.Config(
        steps=task.steps, batch=recipe.batch, precision=recipe.precision, clip=1.0, save_every=recipe.save_every,
        seed=recipe.seed, device=device, logdir=logdir, resume=resume))
    if processes.join(device).first:
        learned = result.networks["visemes"].half()  # with more digits it hears nothing better
        weights.write_weights(learned.state_dict(), out)
    return Path(out)


def _corpus(data, recipe) -> Path:
    folders = [Path(one) for one in ([data] if isinstance(data, (str, Path)) else data or [CORPUS])]
    if len(folders) != 1:
        raise errors.CourseError("speech takes one folder as --data: a corpus, or Kokoro's speakers")
    if any(folders[0].glob("*.npz")):
        return folders[0]
    if any(folders[0].glob("*.bin")):
        return corpus.make(CORPUS, folders[0], recipe.sizes, recipe.seed)
    raise errors.CourseError(f"{folders[0]} holds neither a corpus nor speakers: give the folder package/voices of "
                             "`npm pack kokoro-js` as --data")


class SpeechTask(loop.Task):
    """What the training loop asks for: pieces of speech and a step. The network itself is kept, not its mean."""

    def __init__(self, steps: int, recipe: utterances.Recipe, folder):
        """steps: of the whole run, at whose end the learning rate is a hundredth of its peak; folder: the corpus."""
        torch.manual_seed(recipe.seed)
        self.steps, self.recipe, self.pool = steps, recipe, utterances.Pool(recipe, folder)
        network = lip_networks.VisemeNet()
        network.usual.copy_(torch.from_numpy(self.pool.usual))
        self.networks = {"visemes": network}
        self.optimizers = {"visemes": torch.optim.AdamW(network.parameters(), recipe.rate, weight_decay=0.01)}

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"loss", "right": share of the moments with the right viseme, "off":
        mean error of the curves}."""
        schedules.set_learning_rate(self.optimizers["visemes"], self.recipe.rate, schedules.learning_rate_share(
            number, self.steps, self.recipe.warmup, least=0.01))
        net = self.networks["visemes"]
        device = next(net.parameters()).device
        batch = (torch.from_numpy(part[rows]).to(device) for part in self.pool.batch(number))
        right, off = [], []

        def loss_of(heard, labels, curves, gates):
            answer = lip_networks.Answer(*(part[:, :, lips.WAIT :].float() for part in net(heard)))
            labels, curves, gates = (part[..., : part.shape[-1] - lips.WAIT] for part in (labels, curves, gates))
            right.append((answer.visemes.argmax(1) == labels).float().mean())
            off.append((answer.curves - curves).abs().mean().detach())
            return loss_of_answer(answer, labels, curves, gates, self.recipe)

        loss = updater.update("visemes", loss_of, *batch)
        return {"loss": loss, "right": float(torch.stack(right).mean()), "off": float(torch.stack(off).mean())}


def loss_of_answer(answer: lip_networks.Answer, labels, curves, gates, recipe: utterances.Recipe) -> torch.Tensor:
    """Cross-entropy of the visemes (N, T), squared distance of the curves (N, C, T), cross-entropy of the gates
    (N, 2, T). Squared: where the network is in doubt, the mean of what may be said keeps the mouth moving, while the
    median, which the plain distance asks for, hardly opens it."""
    named = functional.cross_entropy(answer.visemes, labels, label_smoothing=recipe.smoothing)
    drawn = functional.mse_loss(answer.curves, curves)
    weight = torch.full((2, 1), recipe.open_gates, device=gates.device)
    shut = functional.binary_cross_entropy_with_logits(answer.gates, gates, pos_weight=weight)
    return named + recipe.curves * drawn + recipe.gates * shut
