"""`course train gan`: noise to faces, from the formula or from photographs."""

from pathlib import Path

from .. import images
from ..gan import look as gan_look
from ..gan import train as gan_train
from ..training import loop, processes

STEPS = 3000  # about six minutes on two cores; faces can be told from the first thousand on


def train(data=None, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/gan",
          out="runs/gan.safetensors") -> Path:
    """Train; writes the generator and a sheet of 64 of its faces beside it.

    Args:
        data: folders of `course data fetch`, None for drawn faces; steps: in all, None for `STEPS`; resume: go on from
            the checkpoint in `logdir`; device: cpu, cuda or mps; logdir: gets the checkpoint and TensorBoard's files;
            out: the generator's file.
    Returns:
        `out`.
    Raises:
        training.Stopped: Ctrl-C, with everything saved; errors.CourseError: no pictures, nothing to resume from;
        errors.OutputError: a place that cannot be written.
    """
    config = loop.Config(batch=16, resume=resume, device=device, logdir=logdir)
    trained = gan_train.train_gan(data or "formula", steps=steps or STEPS, config=config)
    out = Path(out)
    if processes.join(device).first:
        trained.save(out)
        sheet = images.save_image(out.with_suffix(".png"), images.from_tensor(gan_look.grid(trained.sample(64))))
        print(f"{out}: {trained.result.steps} steps; 64 of its faces: {sheet}")
    return out
