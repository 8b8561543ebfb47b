"""`course train gan`: noise to faces, from the formula or from photographs."""

from pathlib import Path

from .. import images
from ..gan import look as gan_look
from ..gan import train as gan_train
from ..training import loop, processes

STEPS = 3000  # about six minutes on two cores; faces can be told from the first thousand on


def train(folders=None, steps: int = STEPS, resume: bool = False, device: str = "cpu", logdir="runs",
          out="runs/gan.safetensors") -> Path:
    """Train; writes the generator, a sheet of 64 of its faces beside it, and TensorBoard's files in `logdir`/gan.

    folders: of `course data fetch`; drawn faces if there are none.
    """
    config = loop.Config(batch=16, resume=resume, device=device, logdir=Path(logdir) / "gan")
    trained = gan_train.train_gan(folders or "formula", steps=steps, config=config)
    out = Path(out)
    if processes.join(device).first:
        trained.save(out)
        sheet = images.save_image(out.with_suffix(".png"), images.from_tensor(gan_look.grid(trained.sample(64))))
        print(f"{out}: {trained.result.steps} steps; 64 of its faces: {sheet}")
    processes.leave()
    return out
