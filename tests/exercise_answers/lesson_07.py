"""Answers that students give in lesson 07: right ones in styles unlike ours, wrong ones without a bug card."""

NETS = "import math\nimport torch\nfrom torch import nn\n"

ANSWERS = {
    "generator_loss": {
        "right": [
            "import torch\n\ndef generator_loss(fake_logits):\n"
            "    return -torch.nn.functional.logsigmoid(fake_logits).mean()\n",
            "import torch\n\ndef generator_loss(x):\n"
            "    return torch.nn.functional.binary_cross_entropy_with_logits(x, torch.ones_like(x))\n",
            "import torch\n\ndef generator_loss(x):\n"
            "    return ((-x).clamp(min=0) + torch.log1p(torch.exp(-x.abs()))).mean()\n",
            "import torch\n\ndef generator_loss(x):\n"
            "    return (torch.relu(-x) + torch.log1p(torch.exp(-x.abs()))).mean()\n",
        ],
        "wrong": ["def generator_loss(fake_logits):\n    return -fake_logits.mean()\n",
                  "def generator_loss(fake_logits):\n    return 0.5\n"],
    },
    "discriminator_loss": {
        "right": [
            "import torch\n\ndef discriminator_loss(r, f):\n"
            "    s = torch.nn.functional.logsigmoid\n    return -(s(r).mean() + s(-f).mean())\n",
            "import torch\n\ndef discriminator_loss(r, f):\n"
            "    bce = torch.nn.functional.binary_cross_entropy_with_logits\n"
            "    return bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))\n",
            "import torch\n\ndef softplus(x):\n    return x.clamp(min=0) + torch.log1p(torch.exp(-abs(x)))\n\n"
            "def discriminator_loss(r, f):\n    return softplus(-r).mean() + softplus(f).mean()\n",
        ],
        "wrong": ["def discriminator_loss(r, f):\n    return f.mean() - r.mean()\n",
                  "import torch\n\ndef discriminator_loss(r, f):\n"
                  "    return torch.nn.functional.softplus(torch.cat([-r.flatten(), f.flatten()])).mean() * 2\n"],
    },
    "build_generator": {
        "right": [
            NETS + '''
def build_generator(latent=128, size=64, width=32):
    n = int(math.log2(size // 4))
    net = [nn.Linear(latent, 16 * width * 2), nn.ReLU(), nn.Unflatten(1, (width * 2, 4, 4))]
    for k in range(n):
        net += [nn.Upsample(scale_factor=2), nn.Conv2d(width * 2, width * 2, 3, padding=1), nn.LeakyReLU(0.2)]
    return nn.Sequential(*net, nn.Conv2d(width * 2, 3, 1), nn.Tanh())
''',
            NETS + '''
class Painter(nn.Module):
    def __init__(self, latent, size, width):
        super().__init__()
        self.first = nn.ConvTranspose2d(latent, width * 4, 4)
        n = 4 * width
        self.rest = nn.ModuleList(nn.ConvTranspose2d(n, n, 4, 2, 1) for _ in range(int(math.log2(size)) - 2))
        self.last = nn.Conv2d(width * 4, 3, 3, padding=1)

    def forward(self, z):
        x = torch.relu(self.first(z[:, :, None, None]))
        for layer in self.rest:
            x = torch.relu(layer(x))
        return torch.tanh(self.last(x))

def build_generator(latent=128, size=64, width=32):
    return Painter(latent, size, width)
''',
            NETS + '''
from torch.nn.utils import spectral_norm

class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(n), spectral_norm(nn.Conv2d(n, n, 3, 1, 1))

    def forward(self, x):
        return self.conv(nn.functional.interpolate(torch.relu(self.norm(x)), scale_factor=2))

def build_generator(latent=128, size=64, width=32):
    n, first = 2 * width, 32 * width
    blocks = [Block(n) for _ in range(size.bit_length() - 3)]
    return nn.Sequential(nn.Linear(latent, first), nn.BatchNorm1d(first), nn.SiLU(), nn.Unflatten(1, (n, 4, 4)),
                         *blocks, nn.BatchNorm2d(n), nn.SiLU(), spectral_norm(nn.Conv2d(n, 3, 3, 1, 1)), nn.Tanh())
''',
        ],
        "wrong": [
            NETS + '''
def build_generator(latent=128, size=64, width=32):
    return nn.Sequential(nn.Linear(latent, width), nn.Linear(width, 3 * size * size), nn.Tanh())
''',
            NETS + '''
def build_generator(latent=128, size=64, width=32):
    return nn.Sequential(nn.Linear(latent, width), nn.ReLU(), nn.Linear(width, 3 * 64 * 64), nn.Tanh(),
                         nn.Unflatten(1, (3, 64, 64)))
''',
        ],
    },
    "build_discriminator": {
        "right": [
            NETS + '''
def build_discriminator(size=64, width=32):
    return nn.Sequential(nn.Conv2d(3, width, 4, 2, 1), nn.SiLU(), nn.Conv2d(width, width, 3, 1, 1), nn.SiLU(),
                         nn.Flatten(), nn.Linear(width * (size // 2) ** 2, 1), nn.Flatten(0))
''',
            NETS + '''
class Judge(nn.Module):
    def __init__(self, size, width):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(3 * size * size, 8 * width), nn.LeakyReLU(0.2))
        self.end = nn.Linear(8 * width, 1)

    def forward(self, x):
        return self.end(self.body(x)).squeeze(1)

def build_discriminator(size=64, width=32):
    return Judge(size, width)
''',
            NETS + '''
from torch.nn.utils import spectral_norm

def build_discriminator(size=64, width=32):
    layers, n, side = [], 3, size
    while side > 4:
        layers += [spectral_norm(nn.Conv2d(n, width, 4, 2, 1)), nn.LeakyReLU(0.1)]
        n, side = width, side // 2
    return nn.Sequential(*layers, nn.Flatten(), spectral_norm(nn.Linear(16 * width, 1)), nn.Flatten(0))
''',
            NETS + '''
from torch.nn.utils.parametrizations import spectral_norm

def build_discriminator(size=64, width=32):
    layers, n = [], 3
    for k in range(int(math.log2(size)) - 2):
        m = width * 2 ** k
        layers += [spectral_norm(nn.Conv2d(n, m, 4, 2, 1)), nn.InstanceNorm2d(m), nn.GELU()]
        n = m
    return nn.Sequential(*layers, nn.Conv2d(n, 1, 4), nn.Flatten(0))
''',
            NETS + '''
from torch.nn.utils import spectral_norm

class Halve(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.first, self.second = (spectral_norm(nn.Conv2d(n, n_out, 3, 1, 1)) for n in (n_in, n_out))
        self.past = spectral_norm(nn.Conv2d(n_in, n_out, 1))

    def forward(self, x):
        return nn.functional.avg_pool2d(self.past(x) + self.second(torch.relu(self.first(torch.relu(x)))), 2)

def build_discriminator(size=64, width=32):
    widths = [3, *(width * 2 ** k for k in range(int(math.log2(size)) - 2))]
    return nn.Sequential(*(Halve(*pair) for pair in zip(widths, widths[1:])), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
                         nn.Flatten(), spectral_norm(nn.Linear(widths[-1], 1)), nn.Flatten(0))
''',
        ],
        "wrong": [
            NETS + '''
def build_discriminator(size=64, width=32):
    return nn.Sequential(nn.Conv2d(3, width, 1, stride=2), nn.LeakyReLU(0.2), nn.Flatten(),
                         nn.Linear(width * (size // 2) ** 2, 1), nn.Flatten(0))
''',
            NETS + '''
def build_discriminator(size=64, width=32):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * size * size, 2 * width), nn.ReLU(), nn.Linear(2 * width, 2))
''',
        ],
    },
    "gan_step": {
        "right": [
            '''
from course import gan as rooms

def gan_step(gan, real, noise):
    loss_of_g, loss_of_d = rooms.losses_of(gan.settings.game)
    fake = gan.generator(noise)
    gan.discriminator_optimizer.zero_grad()
    d = loss_of_d(gan.discriminator(real), gan.discriminator(fake.detach()))
    (d + rooms.smoothness(gan, real)).backward()
    gan.discriminator_optimizer.step()
    gan.generator_optimizer.zero_grad()
    g = loss_of_g(gan.discriminator(fake))
    g.backward()
    gan.generator_optimizer.step()
    gan.steps += 1
    return {"d_loss": d.item(), "g_loss": g.item()}
''',
            '''
import torch
from course import gan as rooms

def gan_step(players, real, noise):
    G, D = players.generator, players.discriminator
    loss_of_g, loss_of_d = rooms.losses_of(players.settings.game)
    with torch.no_grad():
        fake = G(noise)
    d = loss_of_d(D(real), D(fake))
    for p, slope in zip(D.parameters(), torch.autograd.grad(d + rooms.smoothness(players, real), list(D.parameters()))):
        p.grad = slope
    players.discriminator_optimizer.step()
    g = loss_of_g(D(G(noise)))
    for p, slope in zip(G.parameters(), torch.autograd.grad(g, list(G.parameters()))):
        p.grad = slope
    players.generator_optimizer.step()
    players.steps = players.steps + 1
    return dict(d_loss=float(d), g_loss=float(g), other=1.0)
''',
        ],
        "wrong": [
            '''
def gan_step(players, real, noise):
    return {"d_loss": 0.0, "g_loss": 0.0}
''',
            '''
from course import gan as rooms

def gan_step(gan, real, noise):
    loss_of_g, loss_of_d = rooms.losses_of(gan.settings.game)
    fake = gan.generator(noise)
    gan.discriminator_optimizer.zero_grad()
    d = loss_of_d(gan.discriminator(real), gan.discriminator(fake.detach()))
    (d + rooms.smoothness(gan, real)).backward()
    gan.discriminator_optimizer.step()
    gan.generator_optimizer.zero_grad()
    g = rooms.saturating_generator_loss(gan.discriminator(fake))
    g.backward()
    gan.generator_optimizer.step()
    gan.steps += 1
    return {"d_loss": d.item(), "g_loss": g.item()}
''',
        ],
    },
    "hinge_loss": {
        "right": [
            "import torch\n\ndef hinge_loss(fake_logits, real_logits=None):\n    if real_logits is None:\n"
            "        return -torch.mean(fake_logits)\n    zero = torch.zeros(())\n"
            "    return torch.maximum(zero, 1 - real_logits).mean() + torch.maximum(zero, 1 + fake_logits).mean()\n",
            "import torch\n\ndef hinge_loss(fake, real=None):\n    relu = torch.nn.functional.relu\n"
            "    return fake.mean() * -1 if real is None else relu(1 - real).mean() + relu(fake + 1).mean()\n",
        ],
        "wrong": ["def hinge_loss(fake_logits, real_logits=None):\n    return -fake_logits.mean()\n",
                  "def hinge_loss(fake_logits, real_logits=None):\n    return fake_logits.sum()\n"],
    },
    "r1_penalty": {
        "right": [
            "import torch\n\ndef r1_penalty(real_logits, real):\n"
            "    g = torch.autograd.grad(real_logits, real, torch.ones_like(real_logits), create_graph=True)[0]\n"
            "    return (g ** 2).sum() / len(real)\n",
            "import torch\n\ndef r1_penalty(real_logits, real):\n"
            "    slope = torch.autograd.grad(real_logits.sum(), real, create_graph=True)[0]\n"
            "    return torch.linalg.vector_norm(slope.flatten(1), dim=1).pow(2).mean()\n",
        ],
        "wrong": ["def r1_penalty(real_logits, real):\n    return (real ** 2).mean()\n",
                  "import torch\n\ndef r1_penalty(real_logits, real):\n"
                  "    g = torch.autograd.grad(real_logits.sum(), real, create_graph=True)[0]\n"
                  "    return (g.flatten(1).norm(dim=1) - 1).square().mean()\n"],
    },
}
