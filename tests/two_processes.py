"""Run by test_training_processes.py, alone or under torchrun: two steps of a GAN; the gradients go to a file.

    two_processes.py FOLDER PARTS...            once for each number of parts that a batch is worked through in
"""

import sys
from pathlib import Path

import torch
from torch import nn

from course import gan, training


def gradients(folder: Path, parts: int) -> dict:
    torch.manual_seed(0)
    # No batch norm: its statistics would be those of a process's own rows.
    generator = nn.Sequential(nn.Linear(4, 3 * 8 * 8), nn.LeakyReLU(0.2), nn.Linear(3 * 8 * 8, 3 * 8 * 8), nn.Tanh(),
                              nn.Unflatten(1, (3, 8, 8)))
    players = gan.build_gan(generator, settings=gan.Settings(size=8, latent=4, discriminator_width=4))
    faces = torch.randint(0, 255, (40, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    config = training.Config(batch=16, accumulate=parts, logdir=folder / str(parts), live=False)
    gan.train_gan(faces, players, steps=2, config=config)
    return {f"{name} {part} {kind}": value.detach().clone()
            for name, network in players.networks.items() for part, tensor in network.named_parameters()
            for kind, value in (("weight", tensor), ("gradient", tensor.grad))}


folder = Path(sys.argv[1])
found = {int(parts): gradients(folder, int(parts)) for parts in sys.argv[2:]}
if training.join().first:
    torch.save(found, folder / "found.pt")
training.leave()
