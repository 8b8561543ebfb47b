"""Training the networks of `layers`: `course train layers --teacher selfie_segmentation.tflite`.

    photos, turned people (`data`) -> Matting (`matting`): where the person is
    turned people                  -> Refiner (`refiner`): how outlines really move
                                   -> a smaller one that answers as it does (`distillation`): what ships

`training.train` runs both: curves and pictures for TensorBoard, checkpoints, resume.
"""

from pathlib import Path

from ...io import weights
from ...rendering import layers_networks
from ...training import kept, labelled, loop, processes
from . import data as layers_data
from . import distillation, matting, refiner
from . import recipe as layers_recipe


def make_all(folders, teacher, seed: int = 0) -> dict:
    """Everything to learn from: {"photos": {part: arrays}, "pairs": {part: arrays}, "backdrops": {part: array}}."""
    faces = labelled.load_labelled(*folders)
    learned = layers_recipe.PEOPLE - layers_recipe.HELD_OUT_PEOPLE
    made = {"train": make_part(faces.part("train"), teacher, range(learned), seed),
            "validation": make_part(faces.part("validation"), teacher, range(learned, layers_recipe.PEOPLE), seed)}
    return {kind: {part: each[kind] for part, each in made.items()} for kind in ("photos", "pairs", "backdrops")}


def make_part(photos, teacher, numbers, seed: int) -> dict:
    """The same of one part: its photos, and formula people of these numbers before pieces of them."""
    mattes = layers_data.segment(photos.paths, teacher)

    def behind(rng):
        return layers_data.backdrop(rng, photos.paths, mattes, layers_data.PICTURE)

    return {"photos": layers_data.photo_squares(photos.paths, photos.points[..., :2], mattes),
            "pairs": layers_data.movement_pairs(layers_data.turned_people(numbers, behind, seed), seed),
            "backdrops": layers_data.backdrops(photos.paths, mattes, layers_recipe.BACKDROPS, seed)}


def train(data, *, teacher=None, steps: int | None = None, resume: bool = False, device: str = "cpu",
          logdir="runs/layers", out="runs/layers.safetensors") -> Path:
    """Train the networks by `recipe.RECIPE` and write the weights of those that ship, running means, into one file.

    Args:
        data: folders made by `course data fetch`; teacher: the segmenter's file (`teacher`); steps: for the matting
            (the Refiner gets as many in proportion), None for the recipe's; resume: go on from the checkpoints in
            `logdir`; device: cpu, cuda or mps; logdir: gets the squares, checkpoints and TensorBoard's files; out:
            the weights' file.
    Returns:
        `out`.
    Raises:
        training.Stopped: Ctrl-C, with everything saved; errors.CourseError: no labelled pictures, no teacher, no
        checkpoint to resume from; errors.OutputError: a place that cannot be written.
    """
    logdir, recipe = Path(logdir), layers_recipe.RECIPE
    made = kept.made_once(logdir / "squares.npz", lambda: make_all(data, teacher, recipe.seed))
    first = processes.join(device).first

    def config(name: str, again: bool) -> loop.Config:
        count = layers_recipe.STEPS[name]
        if steps is not None:
            count = max(1, round(steps * count / layers_recipe.STEPS["matting"]))
        return loop.Config(steps=count, batch=recipe.batch, clip=1.0, average=0.998, picture_every=200, save_every=100,
                           seed=recipe.seed, device=device, logdir=logdir / name, resume=again)

    done = logdir / "layers_matting.safetensors"
    if not (resume and done.is_file()):  # a run that was stopped at the Refiner has its matting done
        found = train_matting(made, config("matting", resume), recipe).state_dict()
        if first:
            weights.write_weights(found, done)
        processes.join(device).wait()
    net = layers_networks.Matting()
    net.load_state_dict(weights.read_weights(done, "delete it, it is made anew"))
    refined = train_refiner(made, net, [config(name, resume and (logdir / name / loop.CHECKPOINT).is_file())
                                        for name in ("refiner", "smaller")], recipe)
    if first:
        weights.write_weights({f"{name}.{key}": value for name, each in (("parter", net), ("refiner", refined))
                               for key, value in each.state_dict().items()}, out)
    return Path(out)


def train_matting(made: dict, config: loop.Config, recipe: layers_recipe.Recipe) -> layers_networks.Matting:
    """The averaged network, trained on what `make_all` gives."""
    samples, unseen = (matting.MattingSamples(*(made[kind][part] for kind in ("photos", "pairs", "backdrops")), recipe)
                       for part in ("train", "validation"))
    result = loop.train(matting.MattingTask(samples, unseen, config.steps, recipe), config)
    net = result.averaged["matting"].cpu().eval()
    print(f"matting: {result.steps} steps; held-out: {matting.validate(net, made['photos']['validation'])}")
    return net


def train_refiner(made: dict, net: layers_networks.Matting, configs: list,
                  recipe: layers_recipe.Recipe) -> layers_networks.Refiner:
    """The averaged smaller network, taught by a larger one, which is trained on the movements that `make_all` gives,
    with the mattes of `net`; configs: of the larger and the smaller one, `loop.Config` each."""
    movements, unseen = (refiner.Movements(made["pairs"][part], net) for part in ("train", "validation"))
    larger, smaller = configs
    result = loop.train(refiner.RefinerTask(movements, unseen, larger.steps, recipe), larger)
    refined = result.averaged["refiner"].cpu().eval()
    print(f"refiner: {result.steps} steps; held-out people: {refiner.validate(refined, unseen)}")
    return distillation.distil(refined, movements, unseen, smaller, recipe)
