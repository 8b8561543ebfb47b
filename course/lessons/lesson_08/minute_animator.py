"""An animator small enough to be trained in a minute: the experiment of lesson 08.

    faces = minute_animator.draw_faces()                 # people made by a formula, their mouths open
    pairs = minute_animator.make_pairs(faces)            # {"train": Squares, "unseen": Squares}
    run = minute_animator.Run(pairs)
    run.train(report=...)                                # stops and goes on: run.save(path), run.resume(path)

It is the shipped animator in small: mouths of 48 px in place of 96, four tenths of the numbers, and it has seen nobody
but people made by a formula. Pairs, steps and losses are those of the long training (`recipes.animator`), so a
student's parts work in it as they do there.
"""

import copy
import dataclasses
from dataclasses import dataclass

import numpy as np
import torch

from course import images, keypoints, parallel, rendering, synthetic, training
from course.face import channels
from course.recipes import animator
from course.recipes.animator import discriminator
from course.recipes.animator import losses as animator_losses
from course.recipes.animator import pairs as animator_pairs
from course.recipes.animator import squares as animator_squares
from course.recipes.animator import steps as animator_steps
from course.rendering import animator_crops
from course.synthetic import scene

INDEX = channels.INDEX
ZOOM = (2.1, 0.0, 0.05)  # of a picture: eye distances across, and what lies in its middle


@dataclass(frozen=True)
class Settings:
    """side: of a drawn face, size: of a mouth's square, in pixels; others: expressions each person is warped to."""

    people: int = 56
    others: int = 2
    unseen: int = 12  # people who are kept apart
    side: int = 112
    size: int = 48
    widths: tuple = (16, 24, 32)
    discriminator_width: int = 16
    steps: int = 240
    batch: int = 12
    rate: float = 1.5e-3
    discriminator_rate: float = 1e-3
    begin: float = 0.5  # share of the steps after which the discriminator joins
    inside: float = 3.0  # what an error between the lips counts beside one on the skin
    l1: float = 1.0
    adversarial: float = 0.005
    matching: float = 0.05
    average: float = 0.98
    seed: int = 0

    @property
    def part(self):
        """The mouth's square at this size, an `animator_crops.Part`."""
        return dataclasses.replace(animator_crops.MOUTH, size=self.size)


@dataclass
class Face:
    """image: uint8 (H, W, 3), the mouth open; points: (78, 2); elsewhere: list of (78, 2), the mouth otherwise."""

    image: np.ndarray
    points: np.ndarray
    elsewhere: list


# ---------------------------------------------------------------- data


@parallel.one_thread_each()
def draw_faces(settings: Settings = Settings()) -> list:
    """People made by a formula, (H, W, 3), and how each would hold the mouth otherwise: a list of `Face`."""
    people = synthetic.People.random(settings.people, (settings.seed, 8))
    people.frame[:] = torch.tensor(ZOOM)
    rng = np.random.default_rng((settings.seed, 8))
    values = synthetic.random_motion(settings.people, (settings.seed, 8)).numpy()
    values[:, [INDEX[name] for name in ("headYaw", "headPitch", "headRoll")]] *= 0.5
    values[:, [INDEX[name] for name in ("headX", "headY", "headScale")]] = 0
    values[:, INDEX["jawOpen"]] = rng.uniform(0.2, 0.7, settings.people)
    drawn = synthetic.render(people, torch.from_numpy(values), settings.side, samples=1)
    pictures = images.from_tensor(drawn.image)
    boxes = np.pad(keypoints.tight_boxes(drawn.keypoints.numpy()), ((0, 0), (0, 1)), constant_values=1)
    found = [keypoints.find_points(image, box[None].astype(np.float32))[0] for image, box in zip(pictures, boxes)]
    elsewhere = [[] for _ in found]
    for _ in range(settings.others):
        other = torch.from_numpy(other_mouths(values, rng))
        moved = scene.build(people, other, settings.side).keypoints - drawn.keypoints  # (N, 68, 2)
        for points, step, targets in zip(found, moved.numpy(), elsewhere):
            targets.append(points + np.pad(step, ((0, len(points) - len(step)), (0, 0))))
    return [Face(*row) for row in zip(pictures, found, elsewhere)]


def other_mouths(values: np.ndarray, rng) -> np.ndarray:
    """The same people with the mouth shut, or nearly: channel values (N, 57) -> (N, 57)."""
    other, lips = values.copy(), [k for name, k in INDEX.items() if name.startswith(("mouth", "jaw"))]
    other[:, lips] *= rng.uniform(0, 0.3, (len(values), 1)).astype(np.float32)
    other[:, INDEX["jawOpen"]] = np.maximum(rng.uniform(-0.1, 0.2, len(values)), 0)
    other[:, INDEX["mouthPucker"]] = rng.uniform(0, 0.4, len(values))
    return other


@parallel.one_thread_each()
def make_pairs(faces: list, settings: Settings = Settings(), report=None) -> dict:
    """What the warp makes of each face, and what it should have made: {"train": Squares, "unseen": Squares}.

    report: called with (done, of how many) after each person.
    """
    made = {"train": animator_pairs.Pairs(), "unseen": animator_pairs.Pairs()}
    for number, face in enumerate(faces):
        pairs = made["unseen" if number >= len(faces) - settings.unseen else "train"]
        for pair in pairs_of(face, (settings.seed, number)):
            animator_pairs.add_pair(pairs, settings.part, number, pair)
        if report:
            report(number + 1, len(faces))
    return {name: animator_squares.Squares(pairs.arrays(), "mouth") for name, pairs in made.items()}


def pairs_of(face: Face, seed) -> list:
    """All pairs of one face, see `recipes.animator.make_pair`; seed: of its errors."""
    rng, actor = np.random.default_rng(seed), rendering.Portrait(face.image, face.points)
    error = animator_pairs.PairRecipe()

    def spoil(image):
        return animator_pairs.as_another_photo(rng, image)

    def jitter(points):
        return points + animator_pairs.point_noise(rng, keypoints.eye_distance(face.points), error)

    return [animator.make_pair(actor, elsewhere, spoil, jitter) for elsewhere in face.elsewhere]


# ---------------------------------------------------------------- training


class Run:
    """A generator, its running mean and a discriminator, and everything needed to stop and go on."""

    def __init__(self, pairs: dict, settings: Settings = Settings()):
        self.pairs, self.settings, self.step = pairs, settings, 0
        with torch.random.fork_rng():
            torch.manual_seed(settings.seed)
            self.net = new_network(settings)
            self.discriminator = discriminator.PatchDiscriminator(settings.discriminator_width)
        self.mean = copy.deepcopy(self.net).requires_grad_(False)
        self.optimizer = torch.optim.Adam(self.net.parameters(), settings.rate, betas=(0.5, 0.99))
        self.discriminator_optimizer = torch.optim.Adam(self.discriminator.parameters(), settings.discriminator_rate,
                                                        betas=(0.5, 0.99))
        self.window = window_of(settings)

    def batch(self) -> tuple:
        """The inputs (N, 9, S, S) and targets (N, 3, S, S) of this step, which depend on nothing but its number."""
        rng = np.random.default_rng((self.settings.seed, self.step))
        squares = self.pairs["train"]
        return squares.batch(rng.integers(len(squares), size=self.settings.batch), rng)

    def one_step(self) -> dict:
        """One step of the generator, and of the discriminator once it has joined; returns the losses."""
        settings, (inputs, target) = self.settings, self.batch()
        share = training.learning_rate_share(self.step, settings.steps, 20)
        training.set_learning_rate(self.optimizer, settings.rate, share)
        training.set_learning_rate(self.discriminator_optimizer, settings.discriminator_rate, share)
        masks = animator_squares.masks_of(inputs)
        judging = self.step >= settings.begin * settings.steps

        def losses_of(made, target):
            losses = {"l1": animator_losses.weighted_l1(made, target, inputs[:, 3:4], settings.inside)}
            if judging:
                losses["adversarial"], losses["matching"] = animator_losses.adversarial_losses(
                    self.discriminator, made, target, masks)
            return losses

        made, losses = animator.train_step(self.net, self.optimizer, inputs, target, self.window, losses_of,
                                                 vars(settings))
        if judging:
            loss = animator_losses.discriminator_loss(self.discriminator, made, target, masks)
            animator_steps.descend(self.discriminator, self.discriminator_optimizer, loss)
            losses["discriminator"] = float(loss.detach())
        training.ema_update(self.mean, self.net, training.ema_decay(self.step, settings.average))
        self.step += 1
        return losses

    @parallel.one_thread_each()
    def train(self, report=None, every: int = 25, until: int | None = None, board=None) -> dict:
        """Steps up to `until` (all of them by default); returns the losses of the last one.

        report: called now and then with (step, {words: L1 on mouths never seen, in grey levels of 255}); board: a
        TensorBoard writer, which gets the losses too.
        """
        until, losses = self.settings.steps if until is None else until, {}
        while self.step < until:
            losses = self.one_step()
            if self.step % every == 0 or self.step == until:
                if report or board:
                    found = measure(self.mean, self.pairs["unseen"], self.window)
                    if report:
                        report(self.step, found)
                    for name, value in {**losses, **found}.items() if board else ():
                        board.add_scalar(name, value, self.step)
        return losses

    @parallel.one_thread_each()
    def by_heart(self, steps: int = 120, count: int = 4) -> list:
        """The test before the run, see `recipes.animator.overfit_one_batch`: the losses on the first few squares."""
        squares = self.pairs["train"]
        inputs, target = squares.batch(np.linspace(0, len(squares) - 1, count).astype(int))
        return animator.overfit_one_batch(self.net, inputs, target, self.window, steps, rate=1e-3)

    def parts(self) -> dict:
        """All that is needed to go on: {name: what is saved of it}."""
        return {"net": self.net, "discriminator": self.discriminator, "mean": self.mean, "optimizer": self.optimizer,
                "discriminator_optimizer": self.discriminator_optimizer}

    def save(self, path) -> None:
        """Write a checkpoint that `resume` reads. Raises `errors.OutputError`: it cannot be written."""
        animator.save_and_resume(path, self.parts(), {"step": self.step})

    def resume(self, path) -> int:
        """Go on from a checkpoint; returns the step it was written at. Raises errors.WeightsError."""
        self.step = animator.save_and_resume(path, self.parts())["step"]
        return self.step


def new_network(settings: Settings = Settings()) -> rendering.AnimatorNetwork:
    """The generator before it has learned anything, (N, 9, S, S) -> (N, 3, S, S): it adds nothing to the warp."""
    return rendering.AnimatorNetwork(settings.widths).to(memory_format=torch.channels_last)


def window_of(settings: Settings = Settings()) -> torch.Tensor:
    """How much of each pixel is taken from the network: (S, S) in [0, 1], falling off towards the rim."""
    return torch.from_numpy(animator_crops.window(settings.size))


@torch.no_grad()
def repainted(net, squares, window, chosen=None) -> tuple:
    """Of chosen squares (all by default): what the warp made, what the network makes of it, and what it should be,
    each float32 (N, 3, S, S)."""
    inputs, target = squares.batch(np.arange(len(squares)) if chosen is None else np.asarray(chosen))
    return inputs[:, :3], rendering.repaint(net, inputs, window), target


def measure(net, squares, window) -> dict:
    """Mean L1 in grey levels of 255 between the lips, where they are to stand open: {words: number}."""
    warp, made, target = repainted(net, squares, window)
    inside = squares.inside(np.arange(len(squares)))
    return {words: float(255 * ((picture - target).abs() * inside).sum() / (3 * inside.sum()))
            for words, picture in (("the warp alone", warp), ("repainted", made))}
