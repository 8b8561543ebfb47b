"""Training the networks of `layers`: `course train layers --teacher selfie_segmentation.tflite`.

    photos, turned people (`layers_data`) -> Parter: where the person is
    turned people                         -> Refiner: how outlines really move

`training.train` runs both: curves and pictures for TensorBoard, checkpoints, resume.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from ...io.weights import write_weights
from ...rendering import layers_networks, layers_square
from ...training import labelled, loop, processes, updates
from ...training.schedules import learning_rate_share
from ..animator.squares import other_light
from . import data

PEOPLE, HELD_OUT_PEOPLE, BACKDROPS = 660, 60, 600
STEPS = {"parter": 2800, "refiner": 1200}


@dataclass
class Recipe:
    """Weights are against 1 for the first loss of each network."""

    batch: int = 16
    rate: float = 6e-4
    formula: float = 0.35  # share of formula people in the Parter's batches
    elsewhere: float = 0.6  # share of photos whose person stands before another background
    nearer: float = 0.5  # share of pictures that end nearer to the face
    outline: float = 0.5  # L1 of the occlusion, beside the picture's
    smooth: float = 0.05  # of the flow's slopes
    seed: int = 0


# ---------------------------------------------------------------- the Parter


@dataclass
class PartSample:
    """One batch. squares: (N, 5, S, S); person: (N, 1, S, S); known: (N, 1, S, S), where that is known."""

    squares: torch.Tensor
    person: torch.Tensor
    known: torch.Tensor


class PartSamples:
    """Photos, formula people and backgrounds in memory; draws batches."""

    def __init__(self, photos: dict, pairs: dict, backdrops: np.ndarray, recipe: Recipe):
        self.photos, self.pairs, self.backdrops, self.recipe = photos, pairs, backdrops, recipe

    def __len__(self):
        return len(self.photos["photo"])

    def batch(self, chosen, rng) -> PartSample:
        """The photos of these numbers, some of them replaced by formula people."""
        rows = [self.formula(rng) if rng.random() < self.recipe.formula else self.photo(number, rng)
                for number in chosen]
        photo, inside, face, person, known = (np.stack(column) for column in zip(*rows))
        [photo] = other_light(rng, _tensor(photo))
        maps = [_tensor(each[..., None]) for each in (inside, face, person, known)]
        turned = torch.from_numpy(rng.random(len(rows)) < 0.5)[:, None, None, None]
        photo, inside, face, person, known = (torch.where(turned, each.flip(-1), each) for each in (photo, *maps))
        return PartSample(torch.cat([photo, inside, face], dim=1), person, known)

    def photo(self, number: int, rng) -> tuple:
        photo, inside, face, person = (self.photos[name][number] for name in ("photo", "inside", "face", "person"))
        return self._changed(rng, photo, inside, face, person, inside, self.recipe.nearer)

    def formula(self, rng) -> tuple:
        row = int(rng.integers(len(self.pairs["photo"])))
        photo, inside, face, person, known = (self.pairs[name][row] for name in (
            "photo", "inside", "face", "person", "target_inside"))
        return self._changed(rng, photo, inside, face, person, known, 0.0)  # they are cut off already

    def _changed(self, rng, photo, inside, face, person, known, nearer: float) -> tuple:
        if rng.random() < self.recipe.elsewhere:
            photo = data.before_another(photo, person, self.backdrops[rng.integers(len(self.backdrops))])
        frame = data.frame_of(inside)
        if rng.random() < nearer:
            frame = data.nearer_frame(rng, frame, face)
        photo, shown = data.framed(photo, frame)
        return photo, shown, face, person, known


class ParterTask:
    """What `training.train` asks for."""

    averaged = ("parter",)

    def __init__(self, samples: PartSamples, unseen: PartSamples, steps: int, recipe: Recipe):
        torch.manual_seed(recipe.seed)
        self.samples, self.unseen, self.steps, self.recipe = samples, unseen, steps, recipe
        self.networks = {"parter": layers_networks.Parter()}
        self.optimizers = {"parter": torch.optim.Adam(self.networks["parter"].parameters(), recipe.rate)}

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        set_rate(self.optimizers["parter"], self.recipe.rate, number, self.steps)
        rng = np.random.default_rng((self.recipe.seed, number))
        chosen = loop.batch_numbers(number, self.recipe.batch, len(self.samples), self.recipe.seed)
        sample = self.samples.batch(chosen, rng)
        device = next(self.networks["parter"].parameters()).device
        numbers = {}

        def loss(squares, person, known):
            value = part_loss(self.networks["parter"](squares), person, known)
            numbers["matte"] = float(value.detach())
            return value

        updater.update("parter", loss, *(each[rows].to(device) for each in vars(sample).values()))
        return numbers

    def pictures(self, averaged: dict) -> dict:
        """Ten held-out squares, one a column: photo, matte, the teacher's or the true one."""
        net = averaged["parter"]
        sample = self.unseen.batch(np.arange(10) % len(self.unseen), np.random.default_rng(1))
        with torch.no_grad():
            matte = layers_networks.matte_of(net(sample.squares.to(next(net.parameters()).device))).cpu()
        rows = [sample.squares[:, :3], matte.expand(-1, 3, -1, -1), sample.person.expand(-1, 3, -1, -1)]
        return {"parts": torch.cat([torch.cat(list(row), 2) for row in rows], 1).clamp(0, 1)}


def part_loss(logits, person, known) -> torch.Tensor:
    """Cross entropy where the answer is known: (N, 1, S, S) each."""
    entropy = F.binary_cross_entropy_with_logits(logits, person, reduction="none")
    return (entropy * known).sum() / known.sum().clamp(min=1)


@torch.inference_mode()
def validate_parter(net, photos: dict) -> dict:
    """Held-out photos against the teacher: mean error, and overlap (intersection over union)."""
    off, both, either = [], 0.0, 0.0
    for first in range(0, len(photos["photo"]), 16):
        some = slice(first, first + 16)
        known, person = (_tensor(photos[name][some][..., None]) for name in ("inside", "person"))
        found = torch.sigmoid(net(photo_inputs(photos, some)))
        off.append(((found - person).abs() * known).sum((1, 2, 3)) / known.sum((1, 2, 3)))
        both += float(((found > 0.5) & (person > 0.5) & (known > 0.5)).sum())
        either += float((((found > 0.5) | (person > 0.5)) & (known > 0.5)).sum())
    return {"error": round(float(torch.cat(off).mean()), 4), "overlap": round(both / either, 4)}


def photo_inputs(squares: dict, some) -> torch.Tensor:
    """The Parter's channels: (N, 5, S, S)."""
    return torch.cat([_tensor(squares["photo"][some])] + [
        _tensor(squares[name][some][..., None]) for name in ("inside", "face")], dim=1)


# ---------------------------------------------------------------- the Refiner


class Movements:
    """Pairs of turned people with what the Parter made of their photos, in memory; draws batches."""

    def __init__(self, pairs: dict, parter: layers_networks.Parter):
        self.pairs = dict(pairs)
        mattes = []
        with torch.inference_mode():
            for first in range(0, len(pairs["photo"]), 16):
                matte = layers_networks.matte_of(parter(photo_inputs(pairs, slice(first, first + 16))))
                mattes.append((matte[:, 0] * 255).round().byte().numpy())
        self.pairs["matte"] = np.concatenate(mattes)
        self.pairs["filled"] = np.stack([layers_square.filled(*each) for each in zip(
            pairs["photo"], self.pairs["matte"], pairs["inside"])])

    def __len__(self):
        return len(self.pairs["photo"])

    def batch(self, chosen, rng=None) -> dict:
        """Names -> tensors (N, C, S, S); with `rng` half of them mirrored."""
        pictures = {name: _tensor(self.pairs[name][chosen]) for name in ("photo", "filled", "target")}
        maps = {name: _tensor(self.pairs[name][chosen][..., None]) for name in (
            "inside", "face", "matte", "target_inside", "target_face", "target_person")}
        movement = torch.from_numpy(self.pairs["movement"][chosen].astype(np.float32)).permute(0, 3, 1, 2)
        batch = pictures | maps | {"movement": movement}
        if rng is None:
            return batch
        turned = torch.from_numpy(rng.random(len(chosen)) < 0.5)[:, None, None, None]
        batch = {name: torch.where(turned, each.flip(-1), each) for name, each in batch.items()}
        batch["movement"][:, :1] *= torch.where(turned, -1.0, 1.0)
        return batch


class RefinerTask:
    """What `training.train` asks for."""

    averaged = ("refiner",)

    def __init__(self, movements: Movements, unseen: Movements, steps: int, recipe: Recipe):
        torch.manual_seed(recipe.seed)
        self.movements, self.unseen, self.steps, self.recipe = movements, unseen, steps, recipe
        self.networks = {"refiner": layers_networks.Refiner()}
        self.optimizers = {"refiner": torch.optim.Adam(self.networks["refiner"].parameters(), recipe.rate)}

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        set_rate(self.optimizers["refiner"], self.recipe.rate, number, self.steps)
        rng = np.random.default_rng((self.recipe.seed, number))
        chosen = loop.batch_numbers(number, self.recipe.batch, len(self.movements), self.recipe.seed)
        batch = self.movements.batch(chosen, rng)
        device = next(self.networks["refiner"].parameters()).device
        names, numbers = list(batch), {}

        def loss(*tensors):
            parts = movement_losses(self.networks["refiner"], dict(zip(names, tensors)))
            numbers.update({name: float(value.detach()) for name, value in parts.items()})
            return parts["L1"] + self.recipe.outline * parts["outline"] + self.recipe.smooth * parts["slope"]

        updater.update("refiner", loss, *(each[rows].to(device) for each in batch.values()))
        return numbers

    def pictures(self, averaged: dict) -> dict:
        """Ten held-out movements, one a column: photo, the plain movement, layers alone, refined, the truth."""
        net = averaged["refiner"]
        batch = self.unseen.batch(np.linspace(0, len(self.unseen) - 1, 10).astype(int))
        batch = {name: each.to(next(net.parameters()).device) for name, each in batch.items()}
        with torch.no_grad():
            rows = [batch["photo"], layers_networks.look_up(batch["photo"], batch["movement"], UNIT),
                    compose(batch, *nothing(batch))[0], compose(batch, *refine(net, batch))[0], batch["target"]]
        return {"movements": torch.cat([torch.cat(list(row), 2) for row in rows], 1).clamp(0, 1).cpu()}


UNIT, FIELD_UNIT = layers_square.unit_of(layers_networks.SIZE), layers_square.unit_of(layers_networks.FIELD_SIZE)


def refine(net, batch: dict) -> tuple:
    """The Refiner's flow (N, 2, s, s) and the share it takes away (N, 1, s, s)."""
    small = [F.interpolate(batch[name], size=batch["movement"].shape[-2:], mode="area")
             for name in ("matte", "inside", "target_face", "face")]
    return net(layers_networks.frame_inputs(batch["movement"], *small, FIELD_UNIT))


def nothing(batch: dict) -> tuple:
    """What the Refiner would answer if it knew nothing."""
    return torch.zeros_like(batch["movement"]), torch.zeros_like(batch["movement"][:, :1])


def compose(batch: dict, flow, away) -> tuple:
    """The frame (N, 3, S, S), and how much of it is person (N, 1, S, S).

    I = (1 - away) own(q + d + flow) + (1 - o) plate,   o = (1 - away) matte(q + d + flow)
    """
    hole = layers_networks.hole_of(batch["matte"], UNIT)
    own, plate = layers_networks.part(batch["photo"], batch["matte"], hole, batch["inside"], batch["filled"])
    moved = layers_networks.look_up(torch.cat([own, batch["matte"]], dim=1), batch["movement"] + flow, UNIT)
    left = 1 - F.interpolate(away, size=moved.shape[-2:], mode="bilinear", align_corners=False)
    person = left * moved[:, 3:]
    return left * moved[:, :3] + (1 - person) * plate, person


def movement_losses(net, batch: dict) -> dict:
    """L1: of the picture, little of it on the face; outline: of the occlusion; slope: how much the flow changes."""
    flow, away = refine(net, batch)
    made, person = compose(batch, flow, away)
    return picture_losses(made, person, batch) | {
        "slope": (flow.diff(dim=-1).abs().mean() + flow.diff(dim=-2).abs().mean()) * FIELD_UNIT}


def picture_losses(made, person, batch: dict) -> dict:
    weight = batch["target_inside"] * (1 - 0.9 * batch["target_face"])
    return {"L1": ((made - batch["target"]).abs().mean(dim=1, keepdim=True) * weight).sum() / weight.sum(),
            "outline": ((person - batch["target_person"]).abs() * weight).sum() / weight.sum()}


@torch.inference_mode()
def validate_refiner(net, movements: Movements) -> dict:
    """L1 of held-out pictures: the plain movement, layers without the Refiner, and with it; the outline's, too."""
    sums, count = {}, 0
    for first in range(0, len(movements), 16):
        batch = movements.batch(np.arange(first, min(first + 16, len(movements))))
        n = len(batch["photo"])
        plain = layers_networks.look_up(batch["photo"], batch["movement"], UNIT)
        ways = {"plain": (plain, torch.ones_like(batch["matte"])), "layers": compose(batch, *nothing(batch)),
                "refined": compose(batch, *refine(net, batch)),
                "flow only": compose(batch, refine(net, batch)[0], nothing(batch)[1])}
        for name, (made, person) in ways.items():
            for loss, value in picture_losses(made, person, batch).items():
                sums[f"{name}: {loss}"] = sums.get(f"{name}: {loss}", 0.0) + n * float(value)
        count += n
    return {name: round(value / count, 4) for name, value in sums.items()}


def set_rate(optimizer, rate: float, number: int, steps: int) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate * learning_rate_share(number, steps, min(50, steps // 10))


def _tensor(pictures: np.ndarray) -> torch.Tensor:
    """uint8 (N, S, S, C) -> float32 (N, C, S, S) in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 255


# ---------------------------------------------------------------- squares, and the command


def make_all(folders, teacher, seed: int = 0) -> dict:
    """Everything to learn from: {"photos": {part: arrays}, "pairs": {part: arrays}, "backdrops": {part: array}}."""
    faces = labelled.load_labelled(*folders)
    learned = PEOPLE - HELD_OUT_PEOPLE
    made = {"train": make_part(faces.part("train"), teacher, range(learned), seed),
            "validation": make_part(faces.part("validation"), teacher, range(learned, PEOPLE), seed)}
    return {kind: {part: each[kind] for part, each in made.items()} for kind in ("photos", "pairs", "backdrops")}


def make_part(photos, teacher, numbers, seed: int) -> dict:
    """The same of one part: its photos, and formula people of these numbers before pieces of them."""
    mattes = data.segment(photos.paths, teacher)

    def behind(rng):
        return data.backdrop(rng, photos.paths, mattes, data.PICTURE)

    return {"photos": data.photo_squares(photos.paths, photos.points[..., :2], mattes),
            "pairs": data.movement_pairs(data.turned_people(numbers, behind, seed), seed),
            "backdrops": data.backdrops(photos.paths, mattes, BACKDROPS, seed)}


def load_all(folder: Path, folders, teacher, seed: int = 0) -> dict:
    """`make_all`, made once and kept in `folder`."""
    kept = folder / "layers.npz"
    if not kept.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        made = make_all(folders, teacher, seed)
        flat = {f"{kind}/{part}/{name}": array for kind, parts in made.items() for part, arrays in parts.items()
                for name, array in (arrays.items() if isinstance(arrays, dict) else [("", arrays)])}
        beside = kept.with_name("layers.part.npz")
        np.savez(beside, **flat)
        beside.replace(kept)
        return made
    made = {"photos": {}, "pairs": {}, "backdrops": {}}
    with np.load(kept) as file:
        for key in file.files:
            kind, part, name = key.split("/")
            if name:
                made[kind].setdefault(part, {})[name] = file[key]
            else:
                made[kind][part] = file[key]
    return made


def train(folders, teacher=None, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs",
          out="layers.safetensors", recipe: Recipe | None = None) -> Path:
    """Train both networks and write their weights into one file.

    Args:
        folders: made by `course data fetch`; teacher: the segmenter's file (`segmenter`); steps: for the Parter (the
            Refiner gets as many in proportion), None for the recipe; resume: go on from the checkpoints in `logdir`.
    Returns:
        `out`.
    Raises:
        errors.CourseError: no labelled pictures, no teacher, no checkpoint to resume from.
    """
    from safetensors.torch import load_file

    recipe, logdir, out = recipe or Recipe(), Path(logdir), Path(out)
    made = load_all(logdir, folders, teacher, recipe.seed)
    count = {name: value if steps is None else max(1, round(steps * value / STEPS["parter"]))
             for name, value in STEPS.items()}
    done = logdir / "layers_parter.safetensors"
    if not (resume and done.is_file()):  # a run that was stopped at the Refiner has its Parter done
        parter = train_parter(made, count["parter"], resume, device, logdir, recipe)
        if processes.join(device).first:
            write_weights(parter.state_dict(), done)
    parter = layers_networks.Parter()
    parter.load_state_dict({name: value.float() for name, value in load_file(done).items()})
    again = resume and (logdir / "refiner" / loop.CHECKPOINT).is_file()
    refiner = train_refiner(made, parter, count["refiner"], again, device, logdir, recipe)
    tensors = {f"{name}.{key}": value.contiguous() for name, net in (("parter", parter), ("refiner", refiner))
               for key, value in net.state_dict().items()}
    if processes.join(device).first:
        write_weights(tensors, out)
    return out


def train_parter(made: dict, steps: int, resume: bool, device: str, logdir: Path, recipe: Recipe):
    """Returns the averaged network."""
    samples, unseen = (PartSamples(made["photos"][part], made["pairs"][part], made["backdrops"][part], recipe)
                       for part in ("train", "validation"))
    config = loop.Config(steps=steps, batch=recipe.batch, clip=1.0, average=0.998, report_every=25,
                             picture_every=200, save_every=100, seed=recipe.seed, device=device,
                             logdir=logdir / "parter", resume=resume)
    result = loop.train(ParterTask(samples, unseen, steps, recipe), config)
    net = result.averaged["parter"].cpu().eval()
    print(f"parter: {result.steps} steps; held-out: {validate_parter(net, made['photos']['validation'])}")
    return net


def train_refiner(made: dict, parter, steps: int, resume: bool, device: str, logdir: Path, recipe: Recipe):
    """Returns the averaged network."""
    movements, unseen = (Movements(made["pairs"][part], parter) for part in ("train", "validation"))
    config = loop.Config(steps=steps, batch=recipe.batch, clip=1.0, average=0.998, report_every=25,
                             picture_every=200, save_every=100, seed=recipe.seed, device=device,
                             logdir=logdir / "refiner", resume=resume)
    result = loop.train(RefinerTask(movements, unseen, steps, recipe), config)
    net = result.averaged["refiner"].cpu().eval()
    print(f"refiner: {result.steps} steps; held-out people: {validate_refiner(net, unseen)}")
    return net
